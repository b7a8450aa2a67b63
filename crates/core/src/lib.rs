//! The model, the policy language, the rules and the findings of iamrail. No input, no clock, no format.
//!
//! A front end turns bytes into a [`model::Model`]; a [`check::Checker`] runs the rules on it and gives a
//! [`report::Report`].

pub use iamrail_catalog as catalog;
pub use iamrail_credentials as credentials;

pub mod analysis;
pub mod check;
pub mod collections;
pub mod configuration;
mod enumeration;
pub mod exceptions;
pub mod model;
pub mod options;
mod path_patterns;
pub mod policy;
pub mod report;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod sighting;
pub mod source;
pub mod suggest;
pub mod value;
