//! Environments: what the same code is deployed to several times, with values of its own each time.

use std::sync::Arc;

use super::{PathPatterns, UnitSource};
use crate::report::Diagnostic;
use crate::source::{Sources, Span};

/// The environments of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Environments {
    /// The names of all that are configured, in the order of the configuration.
    pub known: Vec<Arc<str>>,
    /// Those that are checked, in the same order.
    pub checked: Vec<Environment>,
}

/// An environment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Environment {
    /// Its name.
    pub name: Arc<str>,
    /// The units that are deployed to it; `None` stands for all.
    pub paths: Option<PathPatterns>,
    /// Where the sources of the run name it.
    pub span: Option<Span>,
}

impl Environment {
    /// An environment that all units are deployed to.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), paths: None, span: None }
    }

    fn has(&self, unit: &UnitSource) -> bool {
        let mut paths = std::iter::once(&unit.path).chain(&unit.beside);
        self.paths.as_ref().is_none_or(|patterns| paths.any(|path| patterns.match_path(path)))
    }
}

impl Environments {
    /// All of these, each of them checked.
    pub fn all(environments: Vec<Environment>) -> Self {
        Self { known: environments.iter().map(|one| Arc::clone(&one.name)).collect(), checked: environments }
    }

    /// Only those with certain names are checked.
    #[must_use]
    pub fn only(mut self, names: &[impl AsRef<str>]) -> Self {
        self.checked.retain(|one| names.iter().any(|name| *name.as_ref() == *one.name));
        self
    }

    /// The names of those that a unit is deployed to, of those that are checked.
    pub fn of(&self, unit: &UnitSource) -> Vec<Arc<str>> {
        self.checked.iter().filter(|one| one.has(unit)).map(|one| Arc::clone(&one.name)).collect()
    }

    /// Whether some are not checked.
    pub(super) fn is_partial(&self) -> bool {
        self.checked.len() < self.known.len()
    }

    /// Whether one is checked.
    pub(super) fn checks(&self, name: &str) -> bool {
        self.checked.iter().any(|one| *one.name == *name)
    }

    /// Says that an environment has no unit.
    pub(super) fn empty(environment: &Environment, sources: &Sources) -> Diagnostic {
        let name = &environment.name;
        let file = environment.span.and_then(|span| sources.file(span.file));
        let path = file.map_or_else(|| ".".into(), |file| Arc::clone(file.path()));
        let message =
            format!("nothing of the input belongs to the environment `{name}`: its `paths` match no unit");
        Diagnostic::warning("empty-environment", path, message)
            .at(environment.span)
            .help("name the directories of root modules and the files of templates, as seen from this file")
    }
}

/// The names in both lists, each once, in the order of `known`; an empty list stands for whatever there is.
pub(super) fn union(known: &[Arc<str>], one: &[Arc<str>], other: &[Arc<str>]) -> Vec<Arc<str>> {
    if one.is_empty() || other.is_empty() {
        return Vec::new();
    }
    known.iter().filter(|name| one.contains(name) || other.contains(name)).cloned().collect()
}
