//! Places that show values, and places that keep them.

use std::sync::Arc;

use super::Declared;
use crate::value::Value;

/// A place that shows a value in clear text to whoever sees it, and is no configuration of a workload: an output, a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Disclosure {
    /// What declares it.
    pub declared: Arc<Declared>,
    /// What it is, for messages: `output`, `local file`.
    pub what: &'static str,
    /// What it shows.
    pub value: Value,
}

impl Disclosure {
    /// A place that shows a value.
    pub fn new(declared: Arc<Declared>, what: &'static str, value: Value) -> Self {
        Self { declared, what, value }
    }
}

/// A value that a resource keeps for others to read: a parameter of Systems Manager, a secret of Secrets Manager.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What the value is called where it is kept, as far as that is known.
    pub name: Arc<str>,
    /// The value.
    pub value: Value,
}
