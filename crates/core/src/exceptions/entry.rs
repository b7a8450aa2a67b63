//! Exceptions as they are written, understood as far as that goes.

use std::sync::Arc;

use jiff::civil::Date;

use crate::model::Declared;
use crate::source::{FileId, Span};

/// An exception as it is written. Nothing is honoured by being written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Where it stands.
    pub span: Span,
    /// The path of the file it stands in, relative to the root of the run.
    pub path: Arc<str>,
    /// What it is part of.
    pub origin: Origin,
    /// Where its file stands, from whose directory the paths in it may count.
    pub standing: Standing,
    /// Names of rules.
    pub rules: Vec<Written>,
    /// Titles of policy documents.
    pub policies: Vec<Written>,
    /// Identifiers of statements.
    pub statements: Vec<Written>,
    /// Addresses, logical ids or principals, with `*` and `?`; none in one that holds for everything, or for the resource it
    /// stands in.
    pub resources: Vec<Written>,
    /// The environments it is meant for; none stands for all.
    pub environments: Vec<Written>,
    /// Why the guardrail cannot be kept.
    pub reason: Option<Written>,
    /// The team that owns it.
    pub owner: Option<Written>,
    /// Who approved it.
    pub approver: Option<Written>,
    /// The last day on which it holds.
    pub review: Option<(Date, Span)>,
    /// What of it cannot be understood.
    pub misread: Vec<Misread>,
}

/// What an exception is part of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// A file of exceptions, or the configuration.
    File,
    /// A resource: the one it holds for.
    Inline(Vec<Claimant>),
}

/// Where the directory of a file is, as seen from the root of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Neither the one nor the other, or not known.
    #[default]
    Elsewhere,
    /// In the root or below: its path from there.
    Below(Arc<str>),
    /// Above the root, whose path from there this is.
    Above(Arc<str>),
}

impl Standing {
    /// A path of the run as seen from the directory; `None` for what is not below it, or is called the same.
    pub(super) fn seen(&self, path: &str) -> Option<String> {
        match self {
            Self::Elsewhere => None,
            Self::Below(dir) => path.strip_prefix(&**dir)?.strip_prefix('/').map(str::to_owned),
            Self::Above(root) => (!root.is_empty()).then(|| format!("{root}/{path}")),
        }
    }
}

/// A resource that claims an exception.
#[derive(Clone, Debug)]
pub struct Claimant {
    /// The unit it is part of: an index into [`Report::units`](crate::report::Report::units).
    pub unit: usize,
    /// The environments in which it claims it; none when the unit does not depend on environments.
    pub environments: Vec<Arc<str>>,
    /// The resource.
    pub declared: Arc<Declared>,
    /// All of its text, where that is known and part of the run.
    pub extent: Option<Span>,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// Something in an exception that cannot be understood.
#[derive(Clone, Debug)]
pub struct Misread {
    /// Where.
    pub span: Span,
    /// One lower-case line without full stop.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Entry {
    /// One about which nothing is known yet.
    pub(super) fn new(span: Span, path: Arc<str>, origin: Origin) -> Self {
        Self {
            span,
            path,
            origin,
            standing: Standing::default(),
            rules: Vec::new(),
            policies: Vec::new(),
            statements: Vec::new(),
            resources: Vec::new(),
            environments: Vec::new(),
            reason: None,
            owner: None,
            approver: None,
            review: None,
            misread: Vec::new(),
        }
    }

    /// Whether it is meant for an environment; `None` is what does not depend on environments, and is part of none.
    pub(super) fn is_for(&self, environment: Option<&Arc<str>>) -> bool {
        let is_it = |environment: &Arc<str>| self.environments.iter().any(|one| one.text == *environment);
        self.environments.is_empty() || environment.is_some_and(is_it)
    }

    /// Whether it stands in the resource that it holds for.
    pub fn is_inline(&self) -> bool {
        matches!(self.origin, Origin::Inline(_))
    }

    /// What it says of which resources, wherever it stands.
    pub(crate) fn said(&self) -> String {
        let mut said = self.fields();
        if let Origin::Inline(claimants) = &self.origin {
            let mut of: Vec<_> =
                claimants.iter().map(|one| format!("\n{}\0{}", one.unit, one.declared.subject)).collect();
            of.sort();
            said.extend(of);
        }
        said
    }

    /// What its fields say.
    pub(crate) fn fields(&self) -> String {
        let lists = [&self.rules, &self.policies, &self.statements, &self.resources, &self.environments];
        let singles = [&self.reason, &self.owner, &self.approver];
        let mut parts: Vec<String> = Vec::new();
        let mut add = |texts: Vec<&str>| parts.push(texts.join("\0"));
        lists.iter().for_each(|list| add(list.iter().map(|one| &*one.text).collect()));
        singles.iter().for_each(|one| add(one.iter().map(|one| &*one.text).collect()));
        parts.extend(self.review.map(|(date, _)| date.to_string()));
        parts.join("\n")
    }

    /// Takes over where its resources stand from the same one as another reading has it.
    pub(crate) fn stand_as(&mut self, other: &Self) {
        let (Origin::Inline(claimants), Origin::Inline(others)) = (&mut self.origin, &other.origin) else {
            return;
        };
        for one in claimants {
            let is_it = |other: &&Claimant| {
                (other.unit, &other.declared.subject) == (one.unit, &one.declared.subject)
            };
            one.extent = others.iter().find(is_it).and_then(|other| other.extent);
        }
    }

    /// The same, standing at the same place of another file with the same text.
    #[must_use]
    pub fn moved_to(mut self, file: FileId) -> Self {
        let lists = [
            &mut self.rules,
            &mut self.policies,
            &mut self.statements,
            &mut self.resources,
            &mut self.environments,
        ];
        let texts = lists.into_iter().flatten();
        let singles = [&mut self.reason, &mut self.owner, &mut self.approver].into_iter().flatten();
        let mut spans: Vec<&mut Span> = texts.chain(singles).map(|written| &mut written.span).collect();
        spans.extend(self.review.as_mut().map(|(_, span)| span));
        spans.extend(self.misread.iter_mut().map(|misread| &mut misread.span));
        spans.push(&mut self.span);
        spans.into_iter().for_each(|span| span.file = file);
        // What the resource takes up there is nothing of the run.
        if let Origin::Inline(claimants) = &mut self.origin {
            claimants.iter_mut().for_each(|one| one.extent = None);
        }
        self
    }

    /// What it is called in messages: "the exception from `access-key` of `aws_iam_user.ftp`".
    pub fn named(&self) -> String {
        let what = [&self.rules, &self.statements, &self.policies].into_iter().find(|list| !list.is_empty());
        let what = what.map(|list| format!(" from {}", quoted(list.iter().map(|one| &one.text))));
        let of = match &self.origin {
            Origin::Inline(claimants) => quoted(claimants.iter().map(|one| &one.declared.subject)),
            Origin::File => quoted(self.resources.iter().map(|one| &one.text)),
        };
        let of = if of.is_empty() { of } else { format!(" of {of}") };
        format!("the exception{}{of}", what.unwrap_or_default())
    }
}

/// How many names a list in a message has.
const MOST_NAMED: usize = 3;

/// The first of some names.
fn quoted<'t>(names: impl ExactSizeIterator<Item = &'t Arc<str>>) -> String {
    let more = names.len().saturating_sub(MOST_NAMED);
    let named: Vec<String> = names.take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
    let named = named.join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}
