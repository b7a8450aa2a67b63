//! Exceptions that the input claims for its own resources.

use std::sync::Arc;

use super::Declared;
use crate::source::Span;
use crate::value::Value;

/// An exception that stands in a resource, in its metadata or in a comment, as it is written there. Nothing is honoured by being written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception {
    /// The resource it stands in.
    pub declared: Arc<Declared>,
    /// Where.
    pub span: Span,
    /// All of the resource, its heading included, where the front end knows that: a key that is written there is excepted with it.
    pub extent: Option<Span>,
    /// What is written: a map of fields if it is what an exception should be.
    pub written: Value,
    /// Why it is none, where the front end knows: a place, and one lower-case line.
    pub fault: Option<(Span, String)>,
}

impl Exception {
    /// An exception that a resource claims.
    pub fn new(declared: Arc<Declared>, span: Span, written: Value) -> Self {
        Self { declared, span, extent: None, written, fault: None }
    }

    /// The same of a resource that takes up this place.
    #[must_use]
    pub fn within(self, extent: Option<Span>) -> Self {
        Self { extent, ..self }
    }

    /// One that cannot be understood.
    pub fn misread(declared: Arc<Declared>, span: Span, at: Span, message: impl Into<String>) -> Self {
        Self { fault: Some((at, message.into())), ..Self::new(declared, span, Value::null()) }
    }
}
