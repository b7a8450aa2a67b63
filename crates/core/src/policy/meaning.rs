//! What the parts of a statement surely mean, and what they may mean.

use std::borrow::Cow;
use std::sync::Arc;

use iamrail_catalog::{glob_covers, glob_covers_folded};

use super::prepared::is_void;
use super::{Condition, Document, Effect, Element, Elements, Statement};
use crate::value::{Part, Reason, Unknown};

/// A three-valued answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It surely is.
    Yes,
    /// It depends on this.
    Perhaps(Arc<Unknown>),
    /// It surely is not.
    No,
}

impl Answer {
    /// Whether both are.
    #[must_use]
    pub fn and(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Yes, other) => other,
            (perhaps, _) => perhaps,
        }
    }

    /// Whether both are; the other one is asked only if it matters.
    #[must_use]
    pub fn and_then(self, other: impl FnOnce() -> Answer) -> Answer {
        if self == Answer::No { self } else { self.and(other()) }
    }

    /// Whether one of them is.
    #[must_use]
    pub fn or(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, other) => other,
            (perhaps, _) => perhaps,
        }
    }

    /// Whether it is not.
    #[must_use]
    pub fn negated(self) -> Answer {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            perhaps => perhaps,
        }
    }

    /// Whether it is, when `unknown` stands in the way of knowing.
    #[must_use]
    pub fn unless(self, unknown: Option<&Arc<Unknown>>) -> Answer {
        match unknown {
            Some(unknown) => self.and(Answer::Perhaps(Arc::clone(unknown))),
            None => self,
        }
    }
}

/// Yes or no.
impl From<bool> for Answer {
    fn from(is: bool) -> Self {
        if is { Answer::Yes } else { Answer::No }
    }
}

impl Element {
    /// The pattern, if all of it is known but for the account, region or partition that it is deployed in, which become `*`.
    pub fn pattern(&self) -> Option<Cow<'_, str>> {
        if let Some(known) = self.text.as_str() {
            return Some(known);
        }
        let is_known = self.text.holes().all(|hole| hole.unknown.reason == Reason::Environment);
        is_known.then(|| Cow::Owned(self.text.with_holes_as("*")))
    }

    /// Whether it may match something that begins so, whatever the case, as far as the letters of both before the first wildcard
    /// tell.
    pub fn may_begin(&self, beginning: &str) -> bool {
        let Some(Part::Literal { text, .. }) = self.text.parts().first() else { return true };
        fixed(text).zip(fixed(beginning)).all(|(mine, other)| mine.eq_ignore_ascii_case(&other))
    }

    /// The widest pattern that it can be: `*` for whatever is not known.
    pub fn widest_pattern(&self) -> String {
        self.text.widest_pattern()
    }

    /// Whether it covers all that the pattern `other` matches; `fold` compares without regard to case, as actions do.
    pub fn covers(&self, other: &str, fold: bool) -> Answer {
        let covers = |pattern: &str| {
            if fold { glob_covers_folded(pattern, other) } else { glob_covers(pattern, other) }
        };
        if fold && !self.may_begin(other) {
            return Answer::No;
        }
        let unknown = || {
            self.undecided.clone().or_else(|| self.text.holes().next().map(|hole| Arc::clone(&hole.unknown)))
        };
        match self.pattern() {
            Some(pattern) if covers(&pattern) => match &self.undecided {
                None => Answer::Yes,
                Some(unknown) => Answer::Perhaps(Arc::clone(unknown)),
            },
            Some(_) => Answer::No,
            None if covers(&self.widest_pattern()) => unknown().map_or(Answer::No, Answer::Perhaps),
            None => Answer::No,
        }
    }
}

impl Elements {
    /// Whether one of the patterns covers all that `other` matches, `except` left aside, and which.
    pub fn covered_by(&self, other: &str, fold: bool) -> (Answer, Option<&Element>) {
        let mut perhaps = None;
        for element in &self.items {
            match element.covers(other, fold) {
                Answer::Yes => return (Answer::Yes, Some(element)),
                Answer::Perhaps(unknown) => drop(perhaps.get_or_insert((unknown, Some(element)))),
                Answer::No => {}
            }
        }
        match perhaps.or_else(|| self.open.clone().map(|unknown| (unknown, None))) {
            Some((unknown, element)) => (Answer::Perhaps(unknown), element),
            None => (Answer::No, None),
        }
    }
}

/// The letters of a pattern before its first wildcard.
fn fixed(pattern: &str) -> impl Iterator<Item = u8> {
    pattern.bytes().take_while(|byte| !matches!(byte, b'*' | b'?'))
}

/// The version from which on policies have variables.
const WITH_VARIABLES: &str = "2012-10-17";

impl Document {
    /// Whether `${...}` is a variable in it, rather than plain text.
    pub fn has_variables(&self) -> Answer {
        match (self.version.as_str().as_deref(), self.version.unknown_part()) {
            (Some(version), _) => Answer::from(version == WITH_VARIABLES),
            (None, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
            (None, None) => Answer::No,
        }
    }
}

impl Statement {
    /// Whether it allows, whatever else is not known of it.
    pub fn is_allow(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// Whether it denies.
    pub fn is_deny(&self) -> bool {
        self.effect == Effect::Deny
    }

    /// Whether a transform wrote it, as that of serverless applications does: its parts then stand where it stands itself. Nobody
    /// can change them one by one.
    pub fn is_made_up(&self) -> bool {
        let first = self.actions.items.first();
        self.span.is_some() && first.is_some_and(|element| element.span == self.span)
    }
}

impl Condition {
    /// The key in lower case: keys are compared without regard to case.
    pub fn folded_key(&self) -> String {
        self.key.to_ascii_lowercase()
    }

    /// Whether it holds for no request, whatever is in it: AWS does not have its operator, no request has its key, or the operator
    /// can read none of its values. Guards are left out of account.
    pub fn is_void(&self, variables: &Answer) -> bool {
        is_void(self, variables)
    }

    /// The operator without its set qualifier and `IfExists`, in lower case.
    pub fn folded_operator(&self) -> String {
        let operator = self.operator.to_ascii_lowercase();
        let bare = operator.split_once(':').map_or(operator.as_str(), |(_, bare)| bare);
        bare.strip_suffix("ifexists").unwrap_or(bare).to_owned()
    }

    /// Whether it holds when the key is not in the request: `IfExists`, `ForAllValues` and the negated operators do.
    pub fn holds_without_key(&self) -> bool {
        let operator = self.operator.to_ascii_lowercase();
        operator.ends_with("ifexists")
            || operator.starts_with("forallvalues:")
            || self.folded_operator().contains("not")
    }
}
