//! The seam at which inputs join: what a front end is asked, and what it answers.

use std::sync::Arc;

use super::Environments;
use crate::model::Model;
use crate::report::Diagnostic;
use crate::source::{Sources, Span};
use crate::value::{Reason, Unknown};

/// Reads one family of formats. The seam at which new inputs join.
pub trait FrontEnd: Send + Sync {
    /// Its name, for messages: `Terraform`.
    fn name(&self) -> &'static str;

    /// Which units the candidates make up. Reads no more of them than it needs to recognise its own. Files that are deployed
    /// together in any of the environments are one unit.
    fn discover(&self, candidates: &[Candidate], environments: &Environments, sources: &Sources)
    -> Discovery;

    /// Reads a unit that it discovered. Never fails: what cannot be read is a diagnostic and an unknown value.
    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit;

    /// Reads a unit that it discovered as it is in each of some environments, whose values it knows by their names. `take` gets
    /// what that comes to, with the environments in which it does: each of them once. What cannot differ is read once.
    fn read_in(
        &self,
        unit: &UnitSource,
        environments: &[Arc<str>],
        sources: &Sources,
        take: &mut dyn FnMut(Vec<Arc<str>>, Unit),
    ) {
        take(environments.to_vec(), self.read(unit, sources));
    }

    /// Says which of the values of an environment none of its units has a use for.
    fn unused(&self, _environment: &str, _units: &[&UnitSource], _sources: &Sources) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// What would settle something that is not known in a unit, as an advice to its author.
    fn settle(&self, _unit: &UnitSource, unknown: &Unknown) -> String {
        match unknown.reason {
            Reason::NoValue => format!("give `{}` a value", unknown.what),
            Reason::Invalid => "mend what is wrong here".to_owned(),
            _ => "review this by hand".to_owned(),
        }
    }
}

/// A file that may be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Candidate {
    /// Its path relative to the root of the run.
    pub path: Arc<str>,
    /// Whether the caller named this very file, and so expects it to be understood.
    pub named: bool,
    /// Whether it is only looked through for credentials: no front end is asked what it is.
    pub aside: bool,
}

impl Candidate {
    /// A file found below a directory that the caller named.
    pub fn found(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), named: false, aside: false }
    }

    /// A file that the caller named.
    pub fn named(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), named: true, aside: false }
    }

    /// A file that is only looked through for credentials, such as a copy that a tool keeps.
    pub fn aside(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), named: false, aside: true }
    }
}

/// What a front end recognised.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// The units, each to be read on its own.
    pub units: Vec<UnitSource>,
    /// The candidates that are accounted for: by a unit, by being part of one, or by a diagnostic.
    pub claimed: Vec<Arc<str>>,
    /// What is wrong with candidates that are no unit.
    pub diagnostics: Vec<Diagnostic>,
    /// Candidates that the caller named, that are called like an input of this front end and are none, each with why: "as a
    /// template, it has no `Resources`".
    pub refused: Vec<(Arc<str>, String)>,
}

/// A unit that can be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct UnitSource {
    /// The directory or file; the empty path is the root of the run.
    pub path: Arc<str>,
    /// The kind, as in [`UnitSummary::kind`](crate::report::UnitSummary::kind).
    pub kind: &'static str,
    /// The other files that are deployed together with it, each in the environments that it belongs to itself.
    pub beside: Vec<Arc<str>>,
    /// Whether this is what an environment has of it, and not all.
    pub is_part: bool,
}

impl UnitSource {
    /// A unit at a path.
    pub fn new(kind: &'static str, path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), kind, beside: Vec::new(), is_part: false }
    }

    /// The same deployed together with other files.
    #[must_use]
    pub fn beside(self, others: Vec<Arc<str>>) -> Self {
        Self { beside: others, ..self }
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &Arc<str>> {
        std::iter::once(&self.path).chain(&self.beside)
    }
}

/// What a front end made of a unit.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unit {
    /// The linked model.
    pub model: Model,
    /// What could not be read, parsed or evaluated.
    pub diagnostics: Vec<Diagnostic>,
    /// How many resources the unit declares, those without a meaning for IAM included.
    pub resources: usize,
    /// Places that hold a secret without being part of the model, which no output may show.
    pub secrets: Vec<Span>,
}

impl Unit {
    /// A unit. It is complete unless a diagnostic says that something was left out.
    pub fn new(model: Model, diagnostics: Vec<Diagnostic>, resources: usize) -> Self {
        Self { model, diagnostics, resources, secrets: Vec::new() }
    }
}
