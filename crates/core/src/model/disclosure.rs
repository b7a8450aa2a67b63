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

/// A value that may be a credential: what a resource keeps for others to read, such as a secret of Secrets Manager, and what no rule
/// asks for otherwise.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What the value is called where it stands, as far as that is known.
    pub name: Arc<str>,
    /// The value.
    pub value: Value,
    /// Whether it may be anything, and is kept for nobody: a random text in it is most likely the name of something.
    pub is_anything: bool,
}
