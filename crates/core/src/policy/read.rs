//! Reads documents from values.

use std::sync::Arc;

use super::absent::{Absence, absences, both_absent};
use super::agree::agree;
use super::either::{Either, either};
use super::size::least_size;
use super::{Condition, Document, Effect, Element, Elements, Principals, Problem, Statement};
use crate::model::Guard;
use crate::source::Span;
use crate::suggest::closest;
use crate::value::{Choice, Hole, Kind, Map, Part, Reason, Text, Unknown, Value, json};

/// How deeply lists within lists and choices within choices are followed.
const DEPTH: usize = 16;
/// The elements of a policy.
const OF_POLICIES: [&str; 3] = ["Version", "Id", "Statement"];
/// The elements of a statement.
const OF_STATEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// An element that a statement needs, its other form, and what it has in it.
type Needed = (&'static str, &'static str, &'static str);

/// The elements that a statement needs.
const NEEDED: [Needed; 3] =
    [("Effect", "", ""), ("Action", "NotAction", "action"), ("Resource", "NotResource", "resource")];

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

    fn take_statement(&mut self, map: &Map, value: &Value, presence: &Presence) {
        for needed in &NEEDED {
            let &(name, other, _) = needed;
            match either(map, [name, other]) {
                Either::One => {}
                Either::Apart(forms) => {
                    self.check_absences(std::slice::from_ref(needed), map, value.span, presence);
                    for form in forms {
                        let Some(presence) = presence.and(&form.guard, None) else { continue };
                        self.take_statement(&form.statement, value, &presence);
                    }
                    return;
                }
                Either::Together(guards) => {
                    let message = format!("the statement has `{name}` and `{other}`");
                    for presence in guards.iter().filter_map(|guard| presence.and(guard, None)) {
                        self.problem_when(&presence, message.as_str(), value.span, None);
                    }
                }
            }
        }
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
        let is_misspelt = |name: &str| {
            map.entries.keys().any(|key| meant_by(key, &OF_STATEMENTS).is_some_and(|meant| meant == name))
        };
        if is_given(["Action", "NotAction"]) == [false, false] && map.open.is_none() && !is_misspelt("Action")
        {
            self.problem("the statement has no `Action`", value.span);
        }
        for (name, what) in [
            ("Action", "action"),
            ("NotAction", "action"),
            ("Resource", "resource"),
            ("NotResource", "resource"),
        ] {
            if let Some(field) = map.entries.get(name).filter(|field| is_nothing(&field.value)) {
                let message = format!("`{name}` has no {what} in it");
                self.lack(message, field.value.span.or(field.key).or(value.span));
            }
        }
        self.check_absences(&NEEDED, map, value.span, presence);
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
                other => self.unknown_element(other, "a statement", &OF_STATEMENTS, field.key.or(value.span)),
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
            if map.open.is_none() && !map.entries.contains_key("Effect") && !is_misspelt("Effect") {
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

    /// Says which of the elements that a statement needs are missing in some deployments only.
    fn check_absences(&mut self, needed: &[Needed], map: &Map, span: Option<Span>, presence: &Presence) {
        if map.open.is_some() {
            return;
        }
        let of = |name: &str| match map.entries.get(name) {
            Some(field) => absences(&field.value),
            None => vec![Absence::default()],
        };
        // A statement with a principal may speak of the resource that has the policy.
        let is_of_resource = ["Principal", "NotPrincipal"].iter().any(|name| map.entries.contains_key(*name));
        for &(name, other, what) in needed {
            if name == "Resource" && is_of_resource {
                continue;
            }
            let given = map.entries.get(name).or_else(|| map.entries.get(other));
            for absence in conditional(both_absent(&of(name), &of(other))) {
                let (message, span) = match absence.is_there {
                    true => {
                        let name = if map.entries.contains_key(name) { name } else { other };
                        let place = given.and_then(|field| field.value.span.or(field.key));
                        (format!("`{name}` has no {what} in it"), place.or(span))
                    }
                    false => (format!("the statement has no `{name}`"), span),
                };
                self.lack_when(presence, &absence.guard, message, span);
            }
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
                (Some(other), _) => {
                    let message = format!("`{other}` is no effect: it must be `Allow` or `Deny`");
                    let meant = ["Allow", "Deny"].into_iter().find(|name| name.eq_ignore_ascii_case(other));
                    self.problem_when(&presence, message, effect.span, meant);
                    continue;
                }
                _ => {
                    self.problem_when(&presence, "`Effect` must be `Allow` or `Deny`", effect.span, None);
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
            Kind::Unknown(unknown) if is_arn(value) => {
                let (unknown, origins) = (Arc::clone(unknown), value.origins.clone());
                Text::from_parts(vec![Part::Hole(Arc::new(Hole { unknown, origins, span: value.span }))])
            }
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
                let span = value.span.or(elements.key);
                self.problem_when(presence, "expected a string or a list of strings", span, None);
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
                _ => {
                    let span = value.span.or(key);
                    self.problem_when(&presence, "a principal must be `*` or an object", span, None);
                }
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

    fn problem(&mut self, message: impl Into<String>, span: Option<Span>) {
        self.problem_when(&Presence::default(), message, span, None);
    }

    /// AWS refuses what is empty; what it means is clear all the same.
    fn lack(&mut self, message: impl Into<String>, span: Option<Span>) {
        let (guard, undecided) = (Guard::always(), None);
        self.problems.push(Problem { message: message.into(), span, meant: None, guard, undecided });
    }

    /// The same where a guard holds, within a part that is there under conditions itself. In other deployments the document is
    /// whole.
    fn lack_when(
        &mut self,
        presence: &Presence,
        guard: &Guard,
        message: impl Into<String>,
        span: Option<Span>,
    ) {
        let Some(Presence { guard, undecided }) = presence.and(guard, None) else { return };
        self.problems.push(Problem { message: message.into(), span, meant: None, guard, undecided });
    }

    fn unknown_element(&mut self, name: &str, of: &str, known: &[&'static str], span: Option<Span>) {
        let message = format!("`{name}` is no element of {of}");
        self.problem_when(&Presence::default(), message, span, meant_by(name, known));
    }

    /// What is wrong hides what the document means: it must not pass for one that says less.
    fn problem_when(
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
fn meant_by(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if known.contains(&name) {
        return None;
    }
    let folded = known.iter().find(|one| one.eq_ignore_ascii_case(name)).copied();
    folded.or_else(|| closest(name, known.iter().copied()))
}

/// Whether a value is a list of which it is known that nothing is in it.
fn is_nothing(value: &Value) -> bool {
    value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none())
}

/// Those that are the case in some deployments only.
fn conditional(absences: Vec<Absence>) -> impl Iterator<Item = Absence> {
    absences.into_iter().filter(|absence| !absence.guard.is_always())
}

/// Adds to a list that mostly has one element: the room for three more would be most of what a document takes.
fn push<T>(list: &mut Vec<T>, element: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(element);
}

/// Whether a value that is not known is the ARN of a resource all the same: one text, and no list.
fn is_arn(value: &Value) -> bool {
    value.origins.all_exact().any(|origin| origin.attribute.to_ascii_lowercase().ends_with("arn"))
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
    fn is_certain(&self) -> bool {
        self.guard.is_always() && self.undecided.is_none()
    }

    /// This presence under further conditions; `None` when they contradict each other.
    fn and(&self, guard: &Guard, undecided: Option<&Arc<Unknown>>) -> Option<Presence> {
        let guard = self.guard.and(guard)?;
        Some(Presence { guard, undecided: self.undecided.as_ref().or(undecided).cloned() })
    }
}
