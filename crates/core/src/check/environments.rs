//! Environments: what the same code is deployed to several times, with values of its own each time.

use std::sync::Arc;

use super::{PathPatterns, UnitSource};
use crate::report::Diagnostic;
use crate::source::{Sources, Span};

/// The code of the diagnostics of units that belong to environments which are not checked.
pub const OTHER: &str = "other-environment";

/// The environments of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Environments {
    /// The names of all that are configured, in the order of the configuration.
    pub known: Vec<Arc<str>>,
    all: Vec<Environment>,
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
    /// Whether it is checked.
    pub is_checked: bool,
}

impl Environment {
    /// An environment that all units are deployed to.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), paths: None, span: None, is_checked: true }
    }

    /// Whether a unit is deployed to it.
    pub(super) fn has(&self, unit: &UnitSource) -> bool {
        let mut paths = std::iter::once(&unit.path).chain(&unit.beside);
        self.paths.as_ref().is_none_or(|patterns| paths.any(|path| patterns.match_path(path)))
    }
}

impl Environments {
    /// These environments.
    pub fn new(all: Vec<Environment>) -> Self {
        Self { known: all.iter().map(|one| Arc::clone(&one.name)).collect(), all }
    }

    /// The names of those that a unit is deployed to, of those that are checked.
    pub fn of(&self, unit: &UnitSource) -> Vec<Arc<str>> {
        self.checked().filter(|one| one.has(unit)).map(|one| Arc::clone(&one.name)).collect()
    }

    /// Those that are checked.
    pub(super) fn checked(&self) -> impl Iterator<Item = &Environment> {
        self.all.iter().filter(|one| one.is_checked)
    }

    /// Whether some are not checked.
    pub(super) fn is_partial(&self) -> bool {
        self.all.iter().any(|one| !one.is_checked)
    }

    /// Whether one is checked.
    pub(super) fn checks(&self, name: &str) -> bool {
        self.checked().any(|one| *one.name == *name)
    }

    /// Says of a unit that all environments which it is deployed to are left out; `None` when it is to be checked.
    pub(super) fn left_out(&self, unit: &UnitSource) -> Option<Diagnostic> {
        let mut own = self.all.iter().filter(|one| one.has(unit)).peekable();
        own.peek()?;
        let names = own.clone().map(|one| format!("`{}`", one.name)).collect::<Vec<_>>().join(", ");
        if own.any(|one| one.is_checked) {
            return None;
        }
        let path = if unit.path.is_empty() { ".".into() } else { Arc::clone(&unit.path) };
        let message = format!("left out, since it belongs to {names} and to no environment that is checked");
        Some(Diagnostic::note(OTHER, path, message))
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
