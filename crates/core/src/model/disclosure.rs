//! Places that show values.

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
