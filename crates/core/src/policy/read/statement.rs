//! Reads a statement: its elements, its effects, and what is missing from it.

use std::sync::Arc;

use super::absent::{Absence, absences, both_absent, conditional, is_nothing};
use super::either::{Either, either};
use super::problems::meant_by;
use super::{Presence, push};
use crate::model::Guard;
use crate::policy::{Document, Effect, Elements, Statement};
use crate::source::Span;
use crate::value::{Map, Reason, Unknown, Value};

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
    pub(super) fn take_statement(&mut self, map: &Map, value: &Value, presence: &Presence) {
        for needed in &NEEDED {
            let &(name, other, _) = needed;
            match either(map, [name, other]) {
                Either::One => {}
                Either::Apart { forms, perhaps_together } => {
                    self.check_absences(std::slice::from_ref(needed), map, value.span, presence);
                    // The forms say what the document means: it means nothing where AWS refuses it.
                    let message = format!("the statement has `{name}` and `{other}`");
                    for presence in perhaps_together.iter().filter_map(|both| presence.and_also(both)) {
                        self.lack_when(&presence, &Guard::always(), message.as_str(), value.span);
                    }
                    for form in forms {
                        let Some(presence) = presence.and_also(&form.presence) else { continue };
                        self.take_statement(&form.statement, value, &presence);
                    }
                    return;
                }
                Either::Together(together) => {
                    let message = format!("the statement has `{name}` and `{other}`");
                    for presence in together.iter().filter_map(|both| presence.and_also(both)) {
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
        let nothing = map.entries.values().any(|field| is_nothing(&field.value));
        for (name, what) in [
            ("Action", "action"),
            ("NotAction", "action"),
            ("Resource", "resource"),
            ("NotResource", "resource"),
        ]
        .into_iter()
        .filter(|_| nothing)
        {
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
            let absent = of(name);
            if absent.is_empty() {
                continue;
            }
            let given = map.entries.get(name).or_else(|| map.entries.get(other));
            for absence in conditional(both_absent(&absent, &of(other))) {
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
}
