//! The IAM policy language: documents as they were written, what they mean, and what becomes of requests.

mod decide;
mod deployed;
mod document;
pub mod faults;
mod glob;
mod meaning;
mod prepared;
mod read;
mod request;
mod transport;
mod wording;

pub use decide::{
    Decision, Ground, Policies, PolicyPlace, ResourcePolicies, Side, Verdict, decide, near_misses,
};
pub use document::{Condition, Document, Effect, Element, Elements, Principals, Problem, Statement};
pub use glob::Glob;
pub use iamrail_catalog::{glob_covers, glob_covers_folded, glob_matches};
pub use meaning::Answer;
pub(crate) use prepared::date;
pub use prepared::{Clashing, Prepared, holds};
pub use request::{Arn, Caller, Context, OpenName, Request, RequestError, RequestedAction, Target};
