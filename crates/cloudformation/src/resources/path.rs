//! Paths into properties: `Environment.Variables`, with `*` for every member of a map.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Choice, Kind, Origins, Part, Unknown, Value};

/// The step of a path that enters every member of a map.
const EVERY: &str = "*";

/// A value found at the end of a path.
#[derive(Clone)]
pub(super) struct Found {
    /// Where the last name of the path stands.
    pub(super) key: Option<Span>,
    /// The value; one that is not known stands for whatever may be below it.
    pub(super) value: Value,
    /// The conditions under which it is there.
    pub(super) guard: Guard,
    /// Why it is not known whether it is, if it is not.
    pub(super) undecided: Option<Arc<Unknown>>,
}

/// Everything at a path. Lists and all branches of conditions are entered.
pub(super) fn follow(value: &Value, path: &str) -> Vec<Found> {
    let mut found = vec![Found { key: None, value: value.clone(), guard: Guard::always(), undecided: None }];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let mut below = Vec::new();
        for one in &found {
            step(&one.value, name, (&one.guard, one.undecided.as_ref()), &mut below);
        }
        found = below;
    }
    found.retain(|one| !one.value.is_null());
    found
}

/// The first of several values when it is always there, else whichever is there. `undecided` is why that is not known, if it is not.
pub(super) fn one_of(mut alternatives: Vec<Alternative>, undecided: Option<Arc<Unknown>>) -> Option<Value> {
    if alternatives.first()?.guard.is_always() && undecided.is_none() {
        return alternatives.swap_remove(0).value;
    }
    let origins = Origins::of_all(alternatives.iter().flat_map(|one| &one.value).map(|value| &value.origins));
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided }));
    Some(Value::new(kind).with_origins(origins))
}

/// The conditions under which a value is there, and why it is not known whether it is.
type Presence<'v> = (&'v Guard, Option<&'v Arc<Unknown>>);

fn step(value: &Value, name: &str, presence: Presence<'_>, found: &mut Vec<Found>) {
    let (guard, undecided) = presence;
    let there = |key, value| Found { key, value, guard: guard.clone(), undecided: undecided.cloned() };
    let unknown = |open: &Arc<Unknown>| there(None, Value::unknown(Arc::clone(open)));
    match &value.kind {
        Kind::Map(map) if name == EVERY => {
            found.extend(map.entries.values().map(|field| there(field.key, field.value.clone())));
            found.extend(map.open.iter().map(unknown));
        }
        Kind::Map(map) => match (map.entries.get(name), &map.open) {
            (Some(field), _) => found.push(there(field.key, field.value.clone())),
            (None, Some(open)) => found.push(unknown(open)),
            (None, None) => {}
        },
        Kind::List(list) | Kind::Set(list) => {
            for item in &list.items {
                step(item, name, presence, found);
            }
            found.extend(list.open.iter().map(unknown));
        }
        Kind::Choice(_) => {
            for possible in value.alternatives() {
                if let (Some(value), Some(guard)) = (possible.value, guard.and(&possible.guard)) {
                    step(value, name, (&guard, undecided.or(possible.undecided)), found);
                }
            }
        }
        Kind::Unknown(open) => found.push(unknown(open)),
        // A parameter in the place of a map.
        Kind::Text(text) => {
            if let [Part::Hole(hole)] = text.parts() {
                found.push(unknown(&hole.unknown));
            }
        }
        _ => {}
    }
}
