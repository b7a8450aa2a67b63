//! What is wrong with documents: what AWS refuses, and what it takes although it cannot mean what it says.

mod action;
mod condition;
mod document;
mod operation;
mod principal;
mod reach;
mod remedy;
mod resource;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use reach::{arns, listed};

use std::sync::Arc;

use iamrail_credentials::redact::tokens;

use super::{Answer, Document, Effect, Element, Statement};
use crate::model::Guard;
use crate::source::Span;
use crate::value::Unknown;

/// What kind of policy a document is: AWS demands other things of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A customer-managed policy.
    Managed,
    /// An inline policy of a user, a group or a role.
    Inline,
    /// The trust policy of a role.
    Trust,
}

/// Something wrong in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What AWS does with it.
    pub consequence: Consequence,
    /// What is wrong, as a clause without full stop: "`Effect` is missing".
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// The narrowest place that shows it.
    pub span: Option<Span>,
    /// Another place that takes part, with what it says.
    pub related: Option<(Option<Span>, String)>,
    /// The conditions of the input under which it is there.
    pub guard: Guard,
    /// Set when it is not known whether it is there.
    pub undecided: Option<Arc<Unknown>>,
}

/// What AWS does with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Consequence {
    /// It refuses the document.
    Refused,
    /// It takes the document, of which a part then does nothing.
    Void,
    /// It takes the document; a part of it is of the past.
    Dated,
}

impl Fault {
    fn new(consequence: Consequence, message: impl Into<String>, span: Option<Span>) -> Self {
        Self {
            consequence,
            message: message.into(),
            help: String::new(),
            span,
            related: None,
            guard: Guard::always(),
            undecided: None,
        }
    }

    fn refused(message: impl Into<String>, span: Option<Span>) -> Self {
        Self::new(Consequence::Refused, message, span)
    }

    fn void(message: impl Into<String>, span: Option<Span>) -> Self {
        Self::new(Consequence::Void, message, span)
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// It is a fault of this element, and there as far as that is.
    fn of(mut self, element: &Element) -> Self {
        self.span = self.span.or(element.span);
        self.undecided = self.undecided.or_else(|| element.undecided.clone());
        self
    }
}

/// The faults of a document as a whole, those of its statements left out.
pub fn of_document(document: &Document, kind: PolicyKind) -> Vec<Fault> {
    document::faults(document, kind)
}

/// The faults of a statement as one deployment has it: guards are left out of account.
pub fn of_statement(statement: &Statement, kind: PolicyKind, variables: &Answer) -> Vec<Fault> {
    let mut faults = Vec::new();
    if statement.is_made_up() {
        return faults;
    }
    document::sid(statement, &mut faults);
    action::check(statement, kind, &mut faults);
    if kind == PolicyKind::Trust {
        principal::check(statement, &mut faults);
    } else {
        document::elements_of_identities(statement, &mut faults);
        resource::check(statement, variables, &mut faults);
        reach::check(statement, variables, &mut faults);
    }
    condition::check(statement, variables, &mut faults);
    for fault in &mut faults {
        fault.undecided = fault.undecided.take().or_else(|| statement.undecided.clone());
    }
    faults
}

/// What a part of a statement that never applies comes to: "so it allows nothing".
fn to_no_effect(statement: &Statement) -> &'static str {
    match &statement.effect {
        Effect::Allow => "so it allows nothing",
        Effect::Deny => "so it denies nothing",
        Effect::Unknown(_) => "so it has no effect",
    }
}

/// A text as messages show it: in backticks, and not at any length.
fn shown(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        // A part of a secret is not recognised any more.
        Some((at, _)) => {
            let cut = tokens(text).into_iter().find(|token| token.contains(&at));
            let at = cut.map_or(at, |token| token.start);
            format!("`{}...`", text.get(..at).unwrap_or_default())
        }
        None => format!("`{text}`"),
    }
}
