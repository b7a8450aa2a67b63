//! Steps into values: attributes, indices, splats.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, List, Map, Number, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::choice::{MOST_ALTERNATIVES, choose};
use super::reference::DEFAULT_WORKSPACE;
use super::scope::Scope;
use crate::resources::origins_of;
use crate::syntax::Access;
use crate::types::{format_number, parse_number};

/// How many bytes of what is not known are named before further steps into it are left out: each names all before it.
const MOST_NAMED: usize = 1000;

impl Evaluator<'_> {
    /// The value at the end of the steps.
    pub(super) fn access(&self, value: Value, steps: &[Access], span: Span, scope: &Scope<'_>) -> Value {
        let (mut value, mut behind) = (value, steps);
        while let Some((step, others)) = behind.split_first() {
            behind = others;
            value = match step {
                Access::Attribute(name, at) => self.attribute(&value, name, *at),
                Access::Index(index) => {
                    let index = self.eval(index, scope);
                    self.index(&value, &index, span)
                }
                Access::Splat(each, at) => {
                    let (each, others) = each.split(behind);
                    behind = others;
                    self.splat(&value, each, *at, scope)
                }
            };
        }
        value
    }

    /// An attribute of an object or map.
    pub(super) fn attribute(&self, value: &Value, name: &Arc<str>, span: Span) -> Value {
        if let Some(value) = self.in_each_case(&[value], |case| {
            case.first().map_or_else(Value::null, |value| self.attribute(value, name, span))
        }) {
            return value;
        }
        match &value.kind {
            Kind::Map(map) => match (map.get(name), &map.open) {
                (Some(found), _) => part_of(value, found),
                (None, Some(open)) => unset(value, open, name).at(span),
                (None, None) => {
                    let message = format!("the object has no attribute `{name}`");
                    self.invalid(span, "unsupported-attribute", message)
                }
            },
            Kind::Unknown(_) | Kind::Choice(_) => beyond(value, &format!(".{name}")).at(span),
            Kind::Null => {
                let message = format!("a null value has no attribute `{name}`");
                self.invalid(span, "unsupported-attribute", message)
            }
            kind => {
                let message = format!("{} has no attribute `{name}`", described(kind));
                self.invalid(span, "unsupported-attribute", message)
            }
        }
    }

    /// An element of a list, or an entry of a map.
    pub(super) fn index(&self, value: &Value, index: &Value, span: Span) -> Value {
        if let Some(value) = self.in_each_case(&[value, index], |case| match case {
            [value, index] => self.index(value, index, span),
            _ => Value::null(),
        }) {
            return value;
        }
        if value.is_unknown() || matches!(value.kind, Kind::Choice(_)) {
            let shown = index.as_str().map_or_else(|| "[...]".to_owned(), |key| format!("[{key:?}]"));
            return beyond(value, &shown).at(span);
        }
        if index.unknown_part().is_some() {
            return self.index_unknown(value, index, span);
        }
        let found = match &value.kind {
            Kind::List(list) => self.element(value, list, index, span),
            Kind::Map(map) => self.entry(value, map, index, span),
            Kind::Set(_) => self.invalid(
                span,
                "invalid-index",
                "the elements of a set have no index; `tolist` gives them one",
            ),
            Kind::Null => self.invalid(span, "invalid-index", "a null value has no elements"),
            kind => self.invalid(span, "invalid-index", format!("{} has no elements", described(kind))),
        };
        // What was found tells which of them was looked for.
        Value { sensitive: found.sensitive || index.sensitive, ..found }
    }

    fn element(&self, value: &Value, list: &List, index: &Value, span: Span) -> Value {
        let number = match &index.kind {
            Kind::Number(number) => Some(*number),
            Kind::Text(text) => text.as_str().and_then(|text| parse_number(&text)),
            _ => None,
        };
        let Some(Number::Int(number)) = number else {
            return self.invalid(span, "invalid-index", "the index of a list is a whole number");
        };
        let at = usize::try_from(number).ok();
        match at.and_then(|at| list.element(at, &value.origins)) {
            Some(item) => {
                let item = part_of(value, &item);
                if item.span.is_some() { item } else { item.at(span) }
            }
            None => {
                let message = format!("the list has {} elements, none at index {number}", list.items.len());
                self.invalid(span, "invalid-index", message)
            }
        }
    }

    fn entry(&self, value: &Value, map: &Map, index: &Value, span: Span) -> Value {
        let Some(key) = key_text(index) else {
            return self.invalid(span, "invalid-index", "the key of a map is a string");
        };
        match (map.get(&key), &map.open) {
            (Some(found), _) => part_of(value, found),
            (None, Some(open)) => unset(value, open, &key).at(span),
            // A configuration that keeps a map of workspaces is not wrong because nobody said which one is meant.
            (None, None) if key.contains(DEFAULT_WORKSPACE) && self.given.workspace().is_none() => {
                Value::unknown(Unknown::new(Reason::NoValue, "terraform.workspace")).at(span)
            }
            (None, None) => {
                self.invalid(span, "invalid-index", format!("the map has no element with the key `{key}`"))
            }
        }
    }

    /// One of the elements, which one is not known.
    fn index_unknown(&self, value: &Value, index: &Value, span: Span) -> Value {
        let Some(unknown) = index.unknown_part().cloned() else { return value.clone() };
        let origins = Origins::of_all([&value.origins, &index.origins]);
        let candidates: Vec<&Value> = match &value.kind {
            Kind::List(list) if list.open.is_none() => list.items.iter().collect(),
            Kind::Map(map) if map.open.is_none() => map.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        if candidates.is_empty() || candidates.len() > MOST_ALTERNATIVES {
            return Value::unknown(unknown).with_origins(origins).at(span);
        }
        let alternatives = candidates
            .into_iter()
            .map(|value| Alternative { guard: Guard::always(), value: Some(value.clone()) })
            .collect();
        choose(alternatives, Some(unknown))
    }

    fn splat(&self, value: &Value, each: &[Access], span: Span, scope: &Scope<'_>) -> Value {
        if let Some(value) = self.in_each_case(&[value], |case| {
            case.first().map_or_else(Value::null, |value| self.splat(value, each, span, scope))
        }) {
            return value;
        }
        let taken = |item: &Value| self.deeper(span, || self.access(item.clone(), each, span, scope));
        match &value.kind {
            Kind::Null => Value::list(Vec::new()).at(span),
            Kind::List(list) | Kind::Set(list) => {
                let items = list.items.iter().map(taken).collect();
                let taken = list_with(items, list.open.clone());
                Value { span: value.span, sensitive: value.sensitive || taken.sensitive, ..taken }
            }
            Kind::Unknown(_) | Kind::Choice(_) => beyond(value, "[*]").at(span),
            _ => Value::list(vec![taken(value)]).at(value.span),
        }
    }
}

/// A list that may have more elements than these.
pub(super) fn list_with(items: Vec<Value>, open: Option<Arc<Unknown>>) -> Value {
    let list = Value::list(Vec::new());
    let whole = Value::list(items);
    match whole.kind {
        Kind::List(items) if open.is_some() => {
            let items = Arc::unwrap_or_clone(items).items;
            let kind = Kind::List(Arc::new(List::new(items, open)));
            Value { kind, origins: whole.origins, sensitive: whole.sensitive, ..list }
        }
        kind => Value { kind, origins: whole.origins, sensitive: whole.sensitive, ..list },
    }
}

/// A part of a value, which is secret when the whole is.
fn part_of(whole: &Value, part: &Value) -> Value {
    Value { sensitive: whole.sensitive || part.sensitive, ..part.clone() }
}

/// What lies in a value that is not known.
fn beyond(value: &Value, step: &str) -> Value {
    let unknown = match value.unknown_part() {
        Some(unknown) if unknown.what.len() > MOST_NAMED => Arc::clone(unknown),
        Some(unknown) => Arc::new(Unknown::new(unknown.reason, format!("{}{step}", unknown.what))),
        None => Arc::new(Unknown::new(Reason::Unsupported, step)),
    };
    let origins = value.origins.inexact();
    Value { sensitive: value.sensitive, ..Value::unknown(unknown) }.with_origins(origins)
}

/// An entry of a map that may have more entries than are known. What a resource does not set is an attribute of it.
fn unset(value: &Value, open: &Arc<Unknown>, name: &str) -> Value {
    let itself = value.origins.iter().find(|origin| origin.exact && origin.attribute.is_empty());
    let origins = match itself {
        Some(origin) => origins_of(&origin.resource, name),
        None => value.origins.inexact(),
    };
    let unknown = Unknown::new(open.reason, format!("{}.{name}", open.what));
    Value { sensitive: value.sensitive, ..Value::unknown(unknown) }.with_origins(origins)
}

/// The key of a map that a value is converted to.
pub(super) fn key_text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => text.as_str().map(String::from),
        Kind::Number(number) => Some(format_number(*number)),
        Kind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A kind of value, as messages call it.
pub(super) fn described(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "a null value",
        Kind::Bool(_) => "a bool",
        Kind::Number(_) => "a number",
        Kind::Text(_) => "a string",
        Kind::List(_) => "a list",
        Kind::Set(_) => "a set",
        Kind::Map(_) => "a map",
        _ => "an unknown value",
    }
}
