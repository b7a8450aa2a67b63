//! What a run found: findings, diagnostics, counts. Data only; renderers are functions of it.

use std::fmt;
use std::sync::Arc;

use iamrail_credentials::{KeyId, Pieces};

use crate::check::Thing;
use crate::exceptions::{Entry, Judged};
use crate::rule::{Rule, StatementId};
use crate::source::{FileError, Sources, Span};

/// How much a finding or diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Against a SHOULD.
    Warning,
    /// Against a MUST.
    Error,
}

impl Level {
    /// `note`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a finding says of its subject. The third verdict, *holds*, is only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The rule is violated.
    Violated,
    /// What decides is not known.
    Undetermined,
}

impl Verdict {
    /// `violated` or `undetermined`.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Violated => "violated",
            Verdict::Undetermined => "undetermined",
        }
    }
}

/// A rule that does not hold, or may not, for a subject.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Its weight here, after options.
    pub level: Level,
    /// Violated or undetermined.
    pub verdict: Verdict,
    /// One lower-case line without full stop, understandable alone.
    pub message: String,
    /// The resource whose change makes it go away.
    pub subject: Arc<str>,
    /// The path of the construct of the AWS CDK that made the resource: `App/Stack/Role/Resource`.
    pub construct: Option<Arc<str>>,
    /// The narrowest place that shows the fault.
    pub span: Span,
    /// What the place shows, in a few words; may be empty.
    pub label: String,
    /// Other places that take part.
    pub related: Vec<Related>,
    /// What to do.
    pub help: String,
    /// The same for the same fault in every run, whatever its line: 32 hexadecimal digits.
    pub fingerprint: String,
    /// How many verdicts of the tally it stands for: those on all subjects that have the fault in common.
    pub verdicts: usize,
    /// The unit it was found in: an index into [`Report::units`].
    pub unit: usize,
    /// The environments that it holds in, in the order of the configuration; none when it does not depend on environments.
    pub environments: Vec<Arc<str>>,
    /// The access key that it is about, where its id is known; displaying it shows the ends of the id.
    pub key: Option<KeyId>,
    /// The exception that covers it: it is told, and fails nothing.
    pub exception: Option<Arc<Entry>>,
    /// What clears it when another unit of the run speaks of it.
    pub(crate) unless: Option<Thing>,
}

/// A place that takes part in a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Related {
    /// What stands there: a resource, a module call.
    pub subject: Arc<str>,
    /// Where, if it stands anywhere.
    pub span: Option<Span>,
    /// How it takes part, in a few words.
    pub message: String,
}

impl Related {
    /// A place that takes part.
    pub fn new(subject: impl Into<Arc<str>>, span: Option<Span>, message: impl Into<String>) -> Self {
        Self { subject: subject.into(), span, message: message.into() }
    }
}

/// Something to say about the input itself: it cannot be read, parsed or evaluated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How bad.
    pub level: Level,
    /// What kind, in kebab case: `syntax`, `module-not-found`.
    pub code: &'static str,
    /// One lower-case line without full stop, understandable alone.
    pub message: String,
    /// The file or directory.
    pub path: Arc<str>,
    /// The place in it, if there is one.
    pub span: Option<Span>,
    /// What the place shows, in a few words; may be empty.
    pub label: String,
    /// What to do; may be empty.
    pub help: String,
    /// Whether something was left out of the check because of it.
    pub incomplete: bool,
    /// The environments in which it is so, in the order of the configuration; none when it is so in all of them.
    pub environments: Vec<Arc<str>>,
    /// What declares more than can be seen, by its name, where something does: a module that is not at hand.
    pub hides: Option<Arc<str>>,
}

impl Diagnostic {
    /// An error because of which a part of the input was not checked.
    pub fn error(code: &'static str, path: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            code,
            message: message.into(),
            path: path.into(),
            span: None,
            label: String::new(),
            help: String::new(),
            incomplete: true,
            environments: Vec::new(),
            hides: None,
        }
    }

    /// A file that cannot be read.
    pub fn unreadable(path: impl Into<Arc<str>>, error: &FileError) -> Self {
        let path = path.into();
        let message = format!("`{path}` cannot be read: {error}");
        let help = match error {
            FileError::NotText { .. } => "save the file as UTF-8, or leave it out of the check",
            FileError::TooLarge { .. } => "leave the file out of the check, or raise the limit of bytes",
            FileError::OutsideRoot => "start the check further up, or name that directory as its root",
            _ => "",
        };
        Self::error("unreadable", path, message).help(help)
    }

    /// A warning; nothing was left out because of it.
    pub fn warning(code: &'static str, path: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, incomplete: false, ..Self::error(code, path, message) }
    }

    /// Something worth knowing, shown only on request; nothing was left out because of it.
    pub fn note(code: &'static str, path: impl Into<Arc<str>>, message: impl Into<String>) -> Self {
        Self { level: Level::Note, incomplete: false, ..Self::error(code, path, message) }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// The same with a few words on what the place shows.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same of something that declares more than can be seen, by its name.
    #[must_use]
    pub fn hides(mut self, what: impl Into<Arc<str>>) -> Self {
        self.hides = Some(what.into());
        self
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// What was checked as one deployment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UnitSummary {
    /// `terraform`, `opentofu`, `terraform-plan`, `terraform-state`, `cloudformation`.
    pub kind: &'static str,
    /// The directory or file, relative to the root of the run; `.` for the root itself.
    pub path: Arc<str>,
    /// Whether all of it was read and understood.
    pub complete: bool,
    /// How many resources it declares, those without a meaning for IAM included: where environments differ, the most.
    pub resources: usize,
    /// The environments that it is deployed to, in the order of the configuration.
    pub environments: Vec<Arc<str>>,
}

/// How often a rule held, was violated or could not be decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Subjects for which it holds: where environments differ, the most of one unit.
    pub holds: usize,
    /// Subjects for which it is violated.
    pub violated: usize,
    /// Subjects for which what decides is not known.
    pub undetermined: usize,
    /// Subjects that an exception covers, which count as nothing else.
    pub excepted: usize,
}

/// The result of a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// Findings, sorted by path, place, rule and subject.
    pub findings: Vec<Finding>,
    /// Diagnostics, sorted by path and place.
    pub diagnostics: Vec<Diagnostic>,
    /// What was checked, sorted by path.
    pub units: Vec<UnitSummary>,
    /// The rules that ran, in the order of the list, with their counts.
    pub rules: Vec<(&'static Rule, Tally)>,
    /// The exceptions of the run with what became of them: those of files first, then those of resources.
    pub exceptions: Vec<Judged>,
    /// Places that hold a secret: whoever shows a part of the input masks them.
    pub secrets: Vec<Span>,
    /// What of credentials may stand anywhere else, and is masked as well.
    pub pieces: Pieces,
    /// How many texts were looked through for credentials and are nothing else to the check: other files, versions of files, files in
    /// images.
    pub looked_through: usize,
    /// How many files and versions of files were not looked through since they are no text.
    pub binaries: usize,
    /// The texts.
    pub sources: Arc<Sources>,
}

impl Report {
    /// Whether every unit was read and understood.
    pub fn is_complete(&self) -> bool {
        self.units.iter().all(|unit| unit.complete) && !self.diagnostics.iter().any(|one| one.incomplete)
    }

    /// The statements of the policy documents that a finding speaks of.
    pub fn statements(finding: &Finding) -> &'static [StatementId] {
        finding.rule.statements
    }
}
