//! Whether MFA is demanded: of users by their policies, of whoever assumes a role by its trust policy.
//!
//! Requests with a long-lived key do not have the condition key `aws:MultiFactorAuthPresent`, those with temporary credentials without
//! MFA have it as `false`, those with MFA as `true`. Sessions of roles do not tell of MFA. Nothing here looks for the shape of a guard:
//! policies are asked what they leave open to requests of each kind.
//!
//! One risk remains with every guard that lets people enrol a device: whoever has a stolen key can enrol a device of their own first.

mod asker;
mod flaw;
mod flawed;
mod kept;
mod mend;
mod open;
mod proof;
mod ready;
mod sign_in;
mod statement;
#[cfg(test)]
mod tests;
mod trust;

pub use flaw::Flaw;
pub use flawed::{Flawed, Flaws};
pub use proof::{Demand, Hole, demands, is_stranger};
pub use sign_in::SignIn;
pub(super) use sign_in::{asks_for_mfa, direct_call, is_misspelt};
pub use statement::Fault;
pub use trust::{Access, Opened, Trusts};
