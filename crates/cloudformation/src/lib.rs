//! Reads CloudFormation into the model of iamrail.
mod tree;
