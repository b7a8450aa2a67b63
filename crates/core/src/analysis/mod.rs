//! Questions that several rules ask of a model.

pub mod actions;
pub mod administration;
pub mod administrators;
pub mod age;
pub mod approval;
pub mod aws_managed;
pub mod bearer;
mod circumstances;
pub mod coverage;
mod credential_names;
pub mod credentials;
pub mod documents;
pub mod escalation;
pub mod holding;
pub(crate) mod limiting;
pub mod mfa;
pub mod misnamed;
pub mod permissions;
pub mod power;
pub mod principal;
pub mod purpose;
pub(crate) mod sharers;
#[cfg(test)]
mod sketch;
pub mod static_credentials;
mod tags;
pub(crate) mod together;
pub mod trust;
pub mod usage;
pub mod user_kind;
pub(crate) mod wide;
