//! Environments: what the same code is deployed to several times, with values of its own each time.

use std::sync::Arc;

use super::{PathPatterns, UnitSource};
use crate::collections::IndexMap;
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

    /// Whether a file or directory is deployed to it.
    fn has_path(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|patterns| patterns.match_path(path))
    }

    /// What is deployed to it of a unit; `None` when nothing is.
    pub(super) fn part_of(&self, unit: &UnitSource) -> Option<UnitSource> {
        let mut files: Vec<_> = unit.files().filter(|path| self.has_path(path)).cloned().collect();
        let is_part = unit.is_part || files.len() <= unit.beside.len();
        (!files.is_empty()).then(|| UnitSource {
            path: files.remove(0),
            kind: unit.kind,
            beside: files,
            is_part,
        })
    }
}

impl Environments {
    /// These environments.
    pub fn new(all: Vec<Environment>) -> Self {
        Self { known: all.iter().map(|one| Arc::clone(&one.name)).collect(), all }
    }

    /// The names of all that a file or directory is deployed to, whether they are checked or not.
    pub fn of_path(&self, path: &str) -> Vec<Arc<str>> {
        self.all.iter().filter(|one| one.has_path(path)).map(|one| Arc::clone(&one.name)).collect()
    }

    /// What is deployed of a unit to the environments that are checked, each part with those that have the same one.
    pub(super) fn parts_of(&self, unit: &UnitSource) -> IndexMap<UnitSource, Vec<Arc<str>>> {
        let mut parts: IndexMap<UnitSource, Vec<Arc<str>>> = IndexMap::default();
        for one in self.checked() {
            let Some(part) = one.part_of(unit) else { continue };
            parts.entry(part).or_default().push(Arc::clone(&one.name));
        }
        parts
    }

    /// Those that are checked.
    pub(super) fn checked(&self) -> impl Iterator<Item = &Environment> {
        self.all.iter().filter(|one| one.is_checked)
    }

    /// Whether some are not checked.
    pub(super) fn is_partial(&self) -> bool {
        self.all.iter().any(|one| !one.is_checked)
    }

    /// Whether the one with a name is checked.
    pub fn checks(&self, name: &str) -> bool {
        self.checked().any(|one| *one.name == *name)
    }

    /// Says of a file or directory that all environments which it is deployed to are left out; `None` when it is to be checked.
    pub(super) fn left_out(&self, path: &Arc<str>) -> Option<Diagnostic> {
        let mut own = self.all.iter().filter(|one| one.has_path(path)).peekable();
        own.peek()?;
        let names = own.clone().map(|one| format!("`{}`", one.name)).collect::<Vec<_>>().join(", ");
        if own.any(|one| one.is_checked) {
            return None;
        }
        let path = if path.is_empty() { ".".into() } else { Arc::clone(path) };
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
