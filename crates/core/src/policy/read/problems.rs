//! What is wrong with a document, and what that leaves of its meaning.

use std::sync::Arc;

use super::Presence;
use crate::model::Guard;
use crate::policy::{Document, Problem};
use crate::source::Span;
use crate::suggest::closest;
use crate::value::{Reason, Unknown};

impl Document {
    pub(super) fn problem(&mut self, message: impl Into<String>, span: Option<Span>) {
        self.problem_when(&Presence::default(), message, span, None);
    }

    /// AWS refuses what is empty; what it means is clear all the same.
    pub(super) fn lack(&mut self, message: impl Into<String>, span: Option<Span>) {
        let (guard, undecided) = (Guard::always(), None);
        self.problems.push(Problem { message: message.into(), span, meant: None, guard, undecided });
    }

    /// The same where a guard holds, within a part that is there under conditions itself. In other deployments the document is
    /// whole.
    pub(super) fn lack_when(
        &mut self,
        presence: &Presence,
        guard: &Guard,
        message: impl Into<String>,
        span: Option<Span>,
    ) {
        let Some(Presence { guard, undecided }) = presence.and(guard, None) else { return };
        self.problems.push(Problem { message: message.into(), span, meant: None, guard, undecided });
    }

    pub(super) fn unknown_element(
        &mut self,
        name: &str,
        of: &str,
        known: &[&'static str],
        span: Option<Span>,
    ) {
        let message = format!("`{name}` is no element of {of}");
        self.problem_when(&Presence::default(), message, span, meant_by(name, known));
    }

    /// What is wrong hides what the document means: it must not pass for one that says less.
    pub(super) fn problem_when(
        &mut self,
        presence: &Presence,
        message: impl Into<String>,
        span: Option<Span>,
        meant: Option<&'static str>,
    ) {
        self.leave_open(&Arc::new(Unknown::new(Reason::Invalid, "the policy document")));
        let Presence { guard, undecided } = presence.clone();
        self.problems.push(Problem { message: message.into(), span, meant, guard, undecided });
    }
}

/// The element that was meant by a name that none has.
pub(super) fn meant_by(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if known.contains(&name) {
        return None;
    }
    let folded = known.iter().find(|one| one.eq_ignore_ascii_case(name)).copied();
    folded.or_else(|| closest(name, known.iter().copied()))
}
