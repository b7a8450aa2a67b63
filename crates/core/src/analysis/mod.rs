//! Questions that several rules ask of a model.

pub mod administration;
pub mod approval;
pub mod aws_managed;
pub mod holding;
pub mod power;
pub mod principal;
pub mod user_kind;
