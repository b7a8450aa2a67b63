//! Paths into nested blocks: `environment.variables`.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Kind, Origins, Part, Text, Unknown, Value, json};

/// A value found at the end of a path.
#[derive(Clone)]
pub(super) struct Found {
    /// Where the last name of the path stands.
    pub(super) key: Option<Span>,
    /// The value; one that is not known stands for whatever may be below it.
    pub(super) value: Value,
}

/// Everything at a path. Blocks and lists are entered, as are all alternatives and texts that are JSON.
pub(super) fn follow(value: &Value, path: &str) -> Vec<Found> {
    let mut found = vec![Found { key: None, value: value.clone() }];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        found = found.iter().flat_map(|one| maps(&one.value)).flat_map(|map| step(&map, name)).collect();
    }
    found.retain(|one| !one.value.is_null());
    found
}

/// What an argument is that can be left out: null when it is, and a choice when that is not decided. Of several blocks, or
/// elements, the first one counts.
pub(super) fn at(value: &Value, path: &str) -> Value {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let below = |value: &Value| if rest.is_empty() { value.clone() } else { at(value, rest) };
    match &value.kind {
        Kind::Map(map) => match (map.get(name), &map.open) {
            (Some(value), _) => below(value),
            (None, Some(open)) => Value::unknown(Arc::clone(open)),
            (None, None) => Value::null(),
        },
        Kind::List(list) | Kind::Set(list) => {
            let more = list.open.as_ref().map(|open| {
                let perhaps = [None, Some(Value::unknown(Arc::clone(open)))];
                choice(perhaps.map(|value| (Guard::always(), value)).to_vec(), Some(open))
            });
            list.items.iter().map(|item| at(item, path)).chain(more).reduce(or).unwrap_or_default()
        }
        Kind::Choice(_) => {
            let possible = value.alternatives();
            let undecided = possible.iter().find_map(|one| one.undecided).cloned();
            let below = possible.into_iter().map(|one| (one.guard, one.value.map(|value| at(value, path))));
            choice(below.collect(), undecided.as_ref())
        }
        Kind::Text(_) => inside(value).as_ref().map(|value| at(value, path)).unwrap_or_default(),
        Kind::Unknown(_) => value.clone(),
        _ => Value::null(),
    }
}

/// The first value, or the second where the first is null.
pub(super) fn or(first: Value, second: Value) -> Value {
    let is_set = |value: &Value| !value.is_null() && !value.as_text().is_some_and(Text::is_empty);
    if second.is_null() || (!matches!(first.kind, Kind::Choice(_)) && is_set(&first)) {
        return first;
    }
    let possible = first.alternatives();
    let [_, _, ..] = possible.as_slice() else { return second };
    let undecided = possible.iter().find_map(|one| one.undecided).cloned();
    let either = possible
        .into_iter()
        .map(|one| (one.guard, Some(one.value.cloned().filter(is_set).unwrap_or_else(|| second.clone()))));
    choice(either.collect(), undecided.as_ref())
}

fn choice(alternatives: Vec<(Guard, Option<Value>)>, undecided: Option<&Arc<Unknown>>) -> Value {
    let alternatives: Vec<_> =
        alternatives.into_iter().map(|(guard, value)| Alternative { guard, value }).collect();
    let origins = Origins::of_all(alternatives.iter().flat_map(|one| &one.value).map(|value| &value.origins));
    Value::new(Kind::Choice(Arc::new(Choice { alternatives, undecided: undecided.cloned() })))
        .with_origins(origins)
}

fn step(value: &Value, name: &str) -> Option<Found> {
    match &value.kind {
        Kind::Map(map) => match map.entries.get(name) {
            Some(field) => Some(Found { key: field.key, value: field.value.clone() }),
            None => {
                map.open.as_ref().map(|open| Found { key: None, value: Value::unknown(Arc::clone(open)) })
            }
        },
        Kind::Unknown(_) => Some(Found { key: None, value: value.clone() }),
        _ => None,
    }
}

/// The maps that a value is or holds, and what is not known in their place.
fn maps(value: &Value) -> Vec<Value> {
    match &value.kind {
        Kind::List(list) | Kind::Set(list) => {
            let mut inside: Vec<Value> = list.items.iter().flat_map(alternatives).collect();
            inside.extend(list.open.iter().map(|open| Value::unknown(Arc::clone(open))));
            inside
        }
        Kind::Choice(_) => alternatives(value).iter().flat_map(maps).collect(),
        Kind::Text(_) => inside(value).as_ref().map(maps).unwrap_or_default(),
        _ => vec![value.clone()],
    }
}

/// What a text is the JSON of, if that is an object or array.
pub(crate) fn inside(value: &Value) -> Option<Value> {
    let text = value.as_text()?;
    let starts = match text.parts().first() {
        Some(Part::Literal { text, .. }) => text.trim_start().starts_with(['{', '[']),
        _ => false,
    };
    if !starts && text.structure().is_none() {
        return None;
    }
    let inside =
        json::read(text).ok().filter(|value| value.as_map().is_some() || value.as_list().is_some())?;
    Some(if value.sensitive { secret(inside) } else { inside })
}

/// The value with all its parts marked as secret.
pub(crate) fn secret(value: Value) -> Value {
    let kind = match value.kind {
        Kind::Map(mut map) => {
            for field in Arc::make_mut(&mut map).entries.values_mut() {
                field.value = secret(std::mem::take(&mut field.value));
            }
            Kind::Map(map)
        }
        Kind::List(mut list) => {
            for item in &mut Arc::make_mut(&mut list).items {
                *item = secret(std::mem::take(item));
            }
            Kind::List(list)
        }
        kind => kind,
    };
    Value { kind, sensitive: true, ..value }
}

fn alternatives(value: &Value) -> Vec<Value> {
    value.alternatives().into_iter().filter_map(|possible| possible.value.cloned()).collect()
}
