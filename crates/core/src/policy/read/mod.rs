//! Reads documents from values: here the document and its statements, each part of a statement in a room of its own.

mod absent;
mod agree;
mod conditions;
mod either;
mod elements;
mod problems;
mod size;
mod statement;

use std::sync::Arc;

use self::absent::{absences, conditional, is_nothing};
use self::agree::agree;
use self::problems::meant_by;
use self::size::least_size;
use super::Document;
use crate::model::Guard;
use crate::source::Span;
use crate::value::{Kind, Map, Unknown, Value, json};

/// How deeply lists within lists and choices within choices are followed.
const DEPTH: usize = 16;
/// The elements of a policy.
const OF_POLICIES: [&str; 3] = ["Version", "Id", "Statement"];

impl Document {
    /// Reads a document from a map, or from a text that is its JSON. Null is a document without statements.
    pub fn read(value: &Value) -> Document {
        let mut document = Document { span: value.span, ..Document::default() };
        document.take(value, &Presence::default(), 0);
        document
    }

    fn take(&mut self, value: &Value, presence: &Presence, depth: usize) {
        match &value.kind {
            Kind::Null => {}
            Kind::Map(map) => self.take_map(map, value.span, presence),
            Kind::Text(text) if depth < 2 => match json::read(text) {
                Ok(inner) if matches!(inner.kind, Kind::Text(_)) => {
                    self.problem("the policy is a JSON string, not a JSON object", inner.span.or(value.span));
                }
                Ok(inner) => self.take(&inner, presence, depth + 1),
                // IAM's API gives documents in this form, and takes none of them.
                Err(_) if text.as_str().is_some_and(|text| text.trim_start().starts_with("%7")) => {
                    self.problem("the policy is URL-encoded, and AWS takes JSON only", value.span);
                }
                Err(error) => {
                    self.problem(format!("the policy is no JSON: {error}"), error.span.or(value.span));
                }
            },
            Kind::Choice(_) if depth < DEPTH => {
                self.take_each(value, presence, &mut |document, value, presence| {
                    document.take(value, presence, depth + 1);
                })
            }
            Kind::Unknown(unknown) => self.leave_open(unknown),
            _ => self.problem("the policy is no JSON object", value.span),
        }
    }

    /// The statements of every alternative. What all of them say is as certain as the choice itself.
    fn take_each(
        &mut self,
        value: &Value,
        presence: &Presence,
        take: &mut dyn FnMut(&mut Document, &Value, &Presence),
    ) {
        let before = std::mem::take(&mut self.statements);
        let problems = self.problems.len();
        let mut alternatives = Vec::new();
        for one in value.alternatives() {
            let Some(presence) = presence.and(&one.guard, one.undecided) else { continue };
            // Where nothing is there, nothing is said.
            if let Some(value) = one.value {
                take(self, value, &presence);
            }
            for problem in self.problems.iter_mut().skip(problems).filter(|problem| problem.is_certain()) {
                problem.guard = presence.guard.clone();
                problem.undecided = presence.undecided.clone();
            }
            alternatives.push(std::mem::take(&mut self.statements));
        }
        self.statements = before;
        self.statements.extend(agree(alternatives, |statement| {
            statement.guard = presence.guard.clone();
            statement.undecided = presence.undecided.clone();
        }));
    }

    fn take_map(&mut self, map: &Map, span: Option<Span>, presence: &Presence) {
        if let Some(unknown) = &map.open {
            self.leave_open(unknown);
        }
        if presence.is_certain() {
            self.size = least_size(map);
        }
        let mut found = false;
        for (key, field) in &map.entries {
            match key.as_ref() {
                "Version" => self.version = field.value.clone(),
                "Id" => self.id = field.value.clone(),
                "Statement" => {
                    found = true;
                    if is_nothing(&field.value) {
                        self.lack("`Statement` has no statement in it", field.value.span.or(field.key));
                    }
                    for absence in conditional(absences(&field.value)) {
                        let message = match absence.is_there {
                            true => "`Statement` has no statement in it",
                            false => "the policy has no `Statement`",
                        };
                        self.lack_when(presence, &absence.guard, message, field.value.span.or(field.key));
                    }
                    self.take_statements(&field.value, presence, 0);
                }
                other => self.unknown_element(other, "a policy", &OF_POLICIES, field.key.or(span)),
            }
        }
        if let (true, Some(unknown)) = (self.version.is_null(), &map.open) {
            self.version = Value::unknown(Arc::clone(unknown));
        }
        let is_misspelt = |key: &Arc<str>| meant_by(key, &OF_POLICIES) == Some("Statement");
        if !found && map.open.is_none() && !map.entries.keys().any(is_misspelt) {
            self.problem("the policy has no `Statement`", span);
        }
    }

    fn take_statements(&mut self, value: &Value, presence: &Presence, depth: usize) {
        match &value.kind {
            Kind::Map(map) => self.take_statement(map, value, presence),
            Kind::List(list) | Kind::Set(list) if depth < DEPTH => {
                if let Some(unknown) = &list.open {
                    self.leave_open(unknown);
                }
                self.statements.reserve_exact(list.items.len());
                for item in &list.items {
                    self.take_statements(item, presence, depth + 1);
                }
            }
            Kind::Choice(_) if depth < DEPTH => {
                self.take_each(value, presence, &mut |document, value, presence| {
                    document.take_statements(value, presence, depth + 1);
                })
            }
            Kind::Unknown(unknown) => self.leave_open(unknown),
            Kind::Text(text) => match text.holes().next() {
                Some(hole) => self.leave_open(&hole.unknown),
                None => self.problem("a statement must be an object, not a string", value.span),
            },
            _ => self.problem("a statement must be an object", value.span),
        }
    }

    fn leave_open(&mut self, unknown: &Arc<Unknown>) {
        self.open.get_or_insert_with(|| Arc::clone(unknown));
    }
}

/// Adds to a list that mostly has one element: the room for three more would be most of what a document takes.
fn push<T>(list: &mut Vec<T>, element: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(element);
}

/// Whether a part of the document is there.
#[derive(Clone, Debug, Default, PartialEq)]
struct Presence {
    guard: Guard,
    undecided: Option<Arc<Unknown>>,
}

impl Presence {
    fn is_certain(&self) -> bool {
        self.guard.is_always() && self.undecided.is_none()
    }

    /// This presence under further conditions; `None` when they contradict each other.
    fn and(&self, guard: &Guard, undecided: Option<&Arc<Unknown>>) -> Option<Presence> {
        let guard = self.guard.and(guard)?;
        Some(Presence { guard, undecided: self.undecided.as_ref().or(undecided).cloned() })
    }

    /// Where both are; `None` where that cannot be.
    fn and_also(&self, other: &Presence) -> Option<Presence> {
        self.and(&other.guard, other.undecided.as_ref())
    }
}
