//! The IAM policy language: documents as they were written, and what they mean.

mod agree;
mod deployed;
mod document;
mod meaning;
mod pattern;
mod read;

pub use document::{Condition, Document, Effect, Element, Elements, Principals, Problem, Statement};
pub use meaning::Answer;
pub use pattern::{glob_covers, glob_matches};
