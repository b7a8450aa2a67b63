//! Questions that several rules ask of a model.

pub mod actions;
pub mod administration;
pub mod administrators;
pub mod age;
pub mod approval;
pub mod aws_managed;
pub mod coverage;
pub mod documents;
pub mod escalation;
pub mod holding;
pub mod mfa;
pub mod permissions;
pub mod power;
pub mod principal;
pub mod purpose;
#[cfg(test)]
mod sketch;
pub mod static_credentials;
pub mod trust;
pub mod user_kind;
