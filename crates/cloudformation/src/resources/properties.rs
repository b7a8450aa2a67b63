//! The properties of a resource, with the place of each.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Aside, Declarations, Declared, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Field, Kind, Map, Possible, Reason, Unknown, Value};

use super::{Instance, path};
use crate::eval::as_text;

/// The properties of a resource or of a map in it.
#[derive(Clone, Copy)]
pub(super) struct Properties<'i> {
    pub(super) declared: &'i Arc<Declared>,
    values: &'i Value,
    metadata: &'i Value,
    itself: &'i Value,
    /// Whether a transform made the resource.
    pub(super) is_implicit: bool,
}

/// An element of a list.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) value: Value,
    /// Where it stands within the property.
    pub(super) span: Span,
    /// The conditions under which it is there.
    pub(super) guard: Guard,
    /// Set when it is not known whether it is there.
    pub(super) undecided: Option<Arc<Unknown>>,
}

impl<'i> Properties<'i> {
    pub(super) fn of(instance: &'i Instance) -> Self {
        Self {
            declared: &instance.declared,
            values: &instance.properties,
            metadata: &instance.metadata,
            itself: &instance.itself,
            is_implicit: instance.is_implicit,
        }
    }

    /// The same resource with a map in it in the place of its properties.
    pub(super) fn within(&self, values: &'i Value) -> Self {
        Self { values, ..*self }
    }

    /// All of them as one value.
    pub(super) fn all(&self) -> &'i Value {
        self.values
    }

    /// The metadata of the resource.
    pub(super) fn metadata(&self) -> &'i Value {
        self.metadata
    }

    /// The resource itself, as others refer to it.
    pub(super) fn itself(&self) -> Value {
        self.itself.clone().at(self.declared.span)
    }

    /// The value of a property; null when it is not set. Where IAM takes a text, CloudFormation gives it one.
    pub(super) fn value(&self, name: &str) -> Value {
        as_text(self.raw(name))
    }

    fn raw(&self, name: &str) -> Value {
        match &self.values.kind {
            Kind::Map(map) => match (map.get(name), &map.open) {
                (Some(value), _) => value.clone(),
                (None, Some(unknown)) => Value::unknown(Arc::clone(unknown)),
                (None, None) => Value::null(),
            },
            Kind::Unknown(_) => self.values.clone(),
            Kind::Choice(_) => {
                let found = path::follow(self.values, name).into_iter();
                let found = found.map(|one| Alternative { guard: one.guard, value: Some(one.value) });
                path::one_of(found.collect(), None).unwrap_or_default()
            }
            _ => Value::null(),
        }
    }

    /// Where a property stands: its value, or the resource when it has none.
    pub(super) fn span(&self, name: &str) -> Span {
        let field = self.values.as_map().and_then(|map| map.entries.get(name));
        let span = field.and_then(|field| field.value.span.or(field.key));
        span.or(self.values.span).unwrap_or(self.declared.span)
    }

    /// The name under which AWS knows the resource: unknown when AWS makes it up.
    pub(super) fn name(&self, property: &str) -> Value {
        let name = self.value(property);
        if !name.is_null() {
            return name;
        }
        let what = format!("{}.{property}", self.declared.subject);
        Value::unknown(Unknown::new(Reason::Computed, what))
    }

    /// The elements of a list. A single value in the place of a list is its only element, as CloudFormation has it.
    pub(super) fn items(&self, name: &str) -> Vec<Item> {
        let whole = self.span(name);
        // What the transform makes is written at one place, of parts that stand elsewhere.
        let place = |value: &Value| {
            value.span.filter(|span| self.is_implicit || whole.contains(span)).unwrap_or(whole)
        };
        self.value(name).referents().iter().flat_map(|one| elements(one, place)).collect()
    }

    /// Tags as a map; null when there are none.
    pub(super) fn tags(&self, name: &str) -> Value {
        let value = self.value(name);
        // Some types have them as a map from the start.
        if value.is_null() || value.is_unknown() || value.as_map().is_some() {
            return value;
        }
        let mut entries = IndexMap::default();
        let mut open = None;
        for item in self.items(name) {
            let key = item.value.get("Key");
            match (key.and_then(Value::as_str), item.value.get("Value")) {
                (Some(name), Some(value)) => {
                    let key = key.and_then(|key| key.span);
                    let mut value = present(value, &item);
                    if let Some(Field { value: other, .. }) = entries.get(name.as_ref()) {
                        value = either(other, &value);
                    }
                    entries.insert(Arc::from(name.as_ref()), Field { key, value });
                }
                _ => open = item.value.unknown_part().cloned().or(open),
            }
        }
        let kind = Kind::Map(Arc::new(Map { entries, open }));
        Value { kind, span: value.span, origins: value.origins.inexact(), sensitive: value.sensitive }
    }

    /// Notes something that the guardrails leave aside, if the property is set.
    pub(super) fn leave_aside(&self, name: &str, what: &'static str, declarations: &mut Declarations) {
        let value = self.value(name);
        if !value.is_null() && !value.is_unknown() {
            let subject = Arc::clone(&self.declared.subject);
            declarations.asides.push(Aside { subject, span: self.span(name), what });
        }
    }
}

/// A value that is there only when the item is that holds it.
fn present(value: &Value, item: &Item) -> Value {
    if item.guard.is_always() && item.undecided.is_none() {
        return value.clone();
    }
    let mut alternatives = vec![Alternative { guard: item.guard.clone(), value: Some(value.clone()) }];
    alternatives.extend(item.guard.unless().into_iter().map(|guard| Alternative { guard, value: None }));
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided: item.undecided.clone() }));
    Value { kind, ..value.clone() }
}

/// Two values of one tag, which different branches give it.
fn either(one: &Value, other: &Value) -> Value {
    let (Kind::Choice(first), Kind::Choice(second)) = (&one.kind, &other.kind) else { return other.clone() };
    let there = first.alternatives.iter().chain(&second.alternatives).filter(|one| one.value.is_some());
    let mut alternatives: Vec<_> = there.cloned().collect();
    for absent in first.alternatives.iter().filter(|one| one.value.is_none()) {
        for also in second.alternatives.iter().filter(|one| one.value.is_none()) {
            alternatives
                .extend(absent.guard.and(&also.guard).map(|guard| Alternative { guard, value: None }));
        }
    }
    let undecided = first.undecided.clone().or_else(|| second.undecided.clone());
    Value { kind: Kind::Choice(Arc::new(Choice { alternatives, undecided })), ..other.clone() }
}

fn elements(possible: &Possible<'_>, place: impl Fn(&Value) -> Span) -> Vec<Item> {
    let item = |value: &Value, guard: Guard, undecided: Option<&Arc<Unknown>>| Item {
        span: place(value),
        value: value.clone(),
        guard,
        undecided: possible.undecided.or(undecided).cloned(),
    };
    let Some(value) = possible.value else { return Vec::new() };
    let always = || possible.guard.clone();
    match &value.kind {
        Kind::Null => Vec::new(),
        Kind::List(list) | Kind::Set(list) => {
            let each = list.items.iter().flat_map(|element| {
                element.referents().into_iter().filter_map(|one| {
                    let value = one.value.filter(|value| !value.is_null())?;
                    Some(item(&as_text(value.clone()), possible.guard.and(&one.guard)?, one.undecided))
                })
            });
            let more =
                list.open.iter().map(|open| item(&Value::unknown(Arc::clone(open)), always(), Some(open)));
            each.chain(more).collect()
        }
        // A list that is not known at all may be empty.
        Kind::Unknown(unknown) => vec![item(value, always(), Some(unknown))],
        _ => vec![item(value, always(), None)],
    }
}
