//! Reads documents from values.

use std::sync::Arc;

use super::agree::agree;
use super::{Condition, Document, Effect, Element, Elements, Principals, Problem, Statement};
use crate::model::Guard;
use crate::source::Span;
use crate::value::{Choice, Kind, Map, Reason, Text, Unknown, Value, json};

/// How deeply lists within lists and choices within choices are followed.
const DEPTH: usize = 16;

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
        let mut alternatives = Vec::new();
        for one in value.alternatives() {
            let Some(presence) = presence.and(&one.guard, one.undecided) else { continue };
            // Where nothing is there, nothing is said.
            if let Some(value) = one.value {
                take(self, value, &presence);
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
        let mut found = false;
        for (key, field) in &map.entries {
            match key.as_ref() {
                "Version" => self.version = field.value.clone(),
                "Id" => self.id = field.value.clone(),
                "Statement" => {
                    found = true;
                    self.take_statements(&field.value, presence, 0);
                }
                other => self.problem(format!("`{other}` is no element of a policy"), field.key.or(span)),
            }
        }
        if !found && map.open.is_none() {
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

    fn take_statement(&mut self, map: &Map, value: &Value, presence: &Presence) {
        let mut statement = Statement {
            span: value.span,
            sid: Value::null(),
            effect: Effect::Unknown(Arc::new(Unknown::new(Reason::Invalid, "Effect"))),
            actions: Elements::default(),
            resources: None,
            principals: None,
            conditions: Vec::new(),
            conditions_open: None,
            guard: presence.guard.clone(),
            undecided: presence.undecided.clone(),
        };
        let is_given = |names: [&str; 2]| names.map(|name| map.entries.contains_key(name));
        match (is_given(["Action", "NotAction"]), &map.open) {
            ([false, false], None) => self.problem("the statement has no `Action`", value.span),
            ([true, true], _) => self.problem("the statement has `Action` and `NotAction`", value.span),
            _ => {}
        }
        if is_given(["Resource", "NotResource"]) == [true, true] {
            self.problem("the statement has `Resource` and `NotResource`", value.span);
        }
        let mut effects = Vec::new();
        for (key, field) in &map.entries {
            let element = &field.value;
            match key.as_ref() {
                "Sid" => statement.sid = element.clone(),
                "Effect" => effects = self.effects(element),
                "Action" | "NotAction" => {
                    statement.actions = self.elements(element, field.key, key.as_ref() == "NotAction");
                }
                "Resource" | "NotResource" => {
                    let elements = self.elements(element, field.key, key.as_ref() == "NotResource");
                    statement.resources = Some(elements);
                }
                "Principal" | "NotPrincipal" => {
                    let principals = self.principals(element, field.key, key.as_ref() == "NotPrincipal");
                    statement.principals = Some(principals);
                }
                "Condition" => {
                    self.take_conditions(element, &mut statement, &Guard::always(), 0);
                }
                other => {
                    let message = format!("`{other}` is no element of a statement");
                    self.problem(message, field.key.or(value.span));
                }
            }
        }
        if let Some(unknown) = &map.open {
            // What is hidden may be a condition, and so take away from what is seen, or more actions, and so add to it.
            let open = || Some(Arc::clone(unknown));
            statement.conditions_open = statement.conditions_open.or_else(open);
            if statement.actions.items.is_empty() {
                statement.actions.open = statement.actions.open.or_else(open);
            }
            if statement.resources.is_none() && statement.principals.is_none() {
                statement.resources = Some(Elements { open: open(), ..Elements::default() });
            }
        }
        if effects.is_empty() {
            if map.open.is_none() && !map.entries.contains_key("Effect") {
                self.problem("the statement has no `Effect`", value.span);
            }
            push(&mut self.statements, statement);
            return;
        }
        let together = |(effect, here): (Effect, Presence)| {
            let Presence { guard, undecided } = presence.and(&here.guard, here.undecided.as_ref())?;
            Some((effect, guard, undecided))
        };
        let mut effects: Vec<_> = effects.into_iter().filter_map(together).collect();
        let last = effects.pop();
        for (effect, guard, undecided) in effects {
            self.statements.push(Statement { effect, guard, undecided, ..statement.clone() });
        }
        if let Some((effect, guard, undecided)) = last {
            push(&mut self.statements, Statement { effect, guard, undecided, ..statement });
        }
    }

    fn effects(&mut self, value: &Value) -> Vec<(Effect, Presence)> {
        let mut effects = Vec::new();
        for one in value.alternatives() {
            let Some(effect) = one.value else { continue };
            let presence = Presence { guard: one.guard, undecided: one.undecided.cloned() };
            let effect = match (effect.as_str().as_deref(), effect.unknown_part()) {
                (Some("Allow"), _) => Effect::Allow,
                (Some("Deny"), _) => Effect::Deny,
                (None, Some(unknown)) => Effect::Unknown(Arc::clone(unknown)),
                _ => {
                    self.problem("`Effect` must be `Allow` or `Deny`", effect.span);
                    continue;
                }
            };
            effects.push((effect, presence));
        }
        effects
    }

    fn elements(&mut self, value: &Value, key: Option<Span>, except: bool) -> Elements {
        let mut elements = Elements { except, key, ..Elements::default() };
        self.take_elements(value, &mut elements, &Presence::default(), 0);
        elements
    }

    fn take_elements(&mut self, value: &Value, elements: &mut Elements, presence: &Presence, depth: usize) {
        let text = match &value.kind {
            Kind::Text(text) => text.clone(),
            Kind::Bool(value) => Text::literal(value.to_string(), None),
            Kind::Number(number) => Text::literal(number.to_string(), None),
            Kind::Unknown(unknown) => {
                elements.open.get_or_insert_with(|| Arc::clone(unknown));
                return;
            }
            Kind::List(list) | Kind::Set(list) if depth < DEPTH => {
                if let Some(unknown) = &list.open {
                    elements.open.get_or_insert_with(|| Arc::clone(unknown));
                }
                elements.items.reserve_exact(list.items.len());
                for item in &list.items {
                    self.take_elements(item, elements, presence, depth + 1);
                }
                return;
            }
            Kind::Choice(_) if depth < DEPTH => {
                for one in value.alternatives() {
                    if let (Some(value), Some(presence)) =
                        (one.value, presence.and(&one.guard, one.undecided))
                    {
                        self.take_elements(value, elements, &presence, depth + 1);
                    }
                }
                return;
            }
            _ => {
                self.problem("expected a string or a list of strings", value.span.or(elements.key));
                return;
            }
        };
        let Presence { guard, undecided } = presence.clone();
        let element = Element { text, span: value.span, value: value.clone(), guard, undecided };
        push(&mut elements.items, element);
    }

    fn principals(&mut self, value: &Value, key: Option<Span>, except: bool) -> Principals {
        let mut principals = Principals { key, except, ..Principals::default() };
        for one in value.alternatives() {
            let Some(value) = one.value else { continue };
            let presence = Presence { guard: one.guard, undecided: one.undecided.cloned() };
            match &value.kind {
                Kind::Map(map) => {
                    if let Some(unknown) = &map.open {
                        principals.open.get_or_insert_with(|| Arc::clone(unknown));
                    }
                    for (kind, field) in &map.entries {
                        let mut elements = Elements { except, key: field.key, ..Elements::default() };
                        self.take_elements(&field.value, &mut elements, &presence, 0);
                        push(&mut principals.entries, (Arc::clone(kind), elements));
                    }
                }
                Kind::Unknown(unknown) => drop(principals.open.get_or_insert_with(|| Arc::clone(unknown))),
                Kind::Text(text) if text.as_str().as_deref() == Some("*") => {
                    let mut elements = Elements { except, key, ..Elements::default() };
                    self.take_elements(value, &mut elements, &presence, 0);
                    principals.entries.push(("AWS".into(), elements));
                }
                Kind::Text(text) if !text.is_known() => {
                    let unknown = text.holes().next().map(|hole| Arc::clone(&hole.unknown));
                    principals.open = principals.open.or(unknown);
                }
                _ => self.problem("a principal must be `*` or an object", value.span),
            }
        }
        principals
    }

    fn take_conditions(&mut self, value: &Value, statement: &mut Statement, guard: &Guard, depth: usize) {
        match &value.kind {
            Kind::Null => {}
            Kind::Unknown(unknown) => leave_conditions_open(statement, unknown),
            Kind::Map(operators) => {
                if let Some(unknown) = &operators.open {
                    leave_conditions_open(statement, unknown);
                }
                for (operator, field) in &operators.entries {
                    self.take_operator(operator, &field.value, statement, guard, 0);
                }
            }
            Kind::Choice(choice) if depth < DEPTH => {
                for (value, guard) in settled(choice, statement, guard) {
                    self.take_conditions(value, statement, &guard, depth + 1);
                }
            }
            _ => self.problem("a condition must be an object", value.span),
        }
    }

    fn take_operator(
        &mut self,
        operator: &Arc<str>,
        value: &Value,
        statement: &mut Statement,
        guard: &Guard,
        depth: usize,
    ) {
        let keys = match &value.kind {
            Kind::Map(keys) => keys,
            Kind::Choice(choice) if depth < DEPTH => {
                for (value, guard) in settled(choice, statement, guard) {
                    self.take_operator(operator, value, statement, &guard, depth + 1);
                }
                return;
            }
            _ => {
                match value.unknown_part() {
                    Some(unknown) => leave_conditions_open(statement, unknown),
                    None => {
                        self.problem(format!("the condition `{operator}` must be an object"), value.span);
                    }
                }
                return;
            }
        };
        if let Some(unknown) = &keys.open {
            leave_conditions_open(statement, unknown);
        }
        for (key, field) in &keys.entries {
            statement.conditions.push(Condition {
                operator: Arc::clone(operator),
                key: Arc::clone(key),
                key_span: field.key,
                values: self.elements(&field.value, field.key, false),
                guard: guard.clone(),
            });
        }
    }

    fn leave_open(&mut self, unknown: &Arc<Unknown>) {
        self.open.get_or_insert_with(|| Arc::clone(unknown));
    }

    /// What is wrong hides what the document means: it must not pass for one that says less.
    fn problem(&mut self, message: impl Into<String>, span: Option<Span>) {
        self.leave_open(&Arc::new(Unknown::new(Reason::Invalid, "the policy document")));
        self.problems.push(Problem { message: message.into(), span });
    }
}

/// Adds to a list that mostly has one element: the room for three more would be most of what a document takes.
fn push<T>(list: &mut Vec<T>, element: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(element);
}

fn leave_conditions_open(statement: &mut Statement, unknown: &Arc<Unknown>) {
    statement.conditions_open.get_or_insert_with(|| Arc::clone(unknown));
}

/// The alternatives of conditions, each with its guard. Which of them is real may not be known: then the statement may
/// mean less than it says without any.
fn settled<'c>(choice: &'c Choice, statement: &mut Statement, guard: &Guard) -> Vec<(&'c Value, Guard)> {
    if let Some(unknown) = &choice.undecided {
        leave_conditions_open(statement, unknown);
        return Vec::new();
    }
    let alternatives = choice.alternatives.iter();
    alternatives.filter_map(|one| Some((one.value.as_ref()?, guard.and(&one.guard)?))).collect()
}

/// Whether a part of the document is there.
#[derive(Clone, Debug, Default)]
struct Presence {
    guard: Guard,
    undecided: Option<Arc<Unknown>>,
}

impl Presence {
    /// This presence under further conditions; `None` when they contradict each other.
    fn and(&self, guard: &Guard, undecided: Option<&Arc<Unknown>>) -> Option<Presence> {
        let guard = self.guard.and(guard)?;
        Some(Presence { guard, undecided: self.undecided.as_ref().or(undecided).cloned() })
    }
}
