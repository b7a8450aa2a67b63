//! Functions on maps.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Field, Kind, Map, Unknown, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, text, texts, texts_by_key};
use crate::types::type_name;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("keys", &[any("inputMap")], keys),
    Function::open("lookup", &[any("inputMap"), text("key")], lookup).with_rest(any("default").or_null()),
    Function::open("merge", &[], merge).with_rest(any("maps").or_null()),
    Function::known("transpose", &[texts_by_key("values")], transpose),
    Function::partly("values", &[any("mapping")], values),
    Function::partly("zipmap", &[texts("keys"), any("values")], zipmap),
];

/// The most values that a key that is not known may stand for.
const MOST_VALUES: usize = 16;

/// The entries in the order of their keys.
fn sorted(map: &Map) -> Vec<(&Arc<str>, &Field)> {
    let mut entries: Vec<_> = map.entries.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

fn keys(call: &Call<'_>) -> Outcome {
    let Kind::Map(map) = &call.value(0).kind else {
        return Err(Fault::argument(0, "must have map or object type"));
    };
    let keys = sorted(map).into_iter().map(|(key, field)| Value::text(Arc::clone(key)).at(field.key));
    let mut keys = call.derive_list(keys.collect(), map.open.clone());
    // The values are not in it.
    keys.sensitive &= !map.iter().any(|(_, value)| value.sensitive);
    Ok(keys)
}

fn values(call: &Call<'_>) -> Outcome {
    let Kind::Map(map) = &call.value(0).kind else {
        return Err(Fault::call("values() requires a map as the first argument"));
    };
    let values = sorted(map).into_iter().map(|(_, field)| field.value.clone());
    Ok(call.derive_list(values.collect(), map.open.clone()))
}

fn lookup(call: &Call<'_>) -> Outcome {
    let default = match call.arguments {
        [_, _] => None,
        [_, _, default] => Some(default),
        several => {
            let message = format!("lookup() takes two or three arguments, got {}", several.len());
            return Err(Fault::call(message));
        }
    };
    let map = match &call.value(0).kind {
        Kind::Map(map) => map,
        Kind::Unknown(_) => return Ok(call.unknown()),
        _ => return Err(Fault::argument(0, "lookup() requires a map as the first argument")),
    };
    let Some(key) = call.value(1).as_str() else { return Ok(any_of(call, map, default)) };
    match (map.get(&key), &map.open, default) {
        (Some(value), _, _) => Ok(secret_as(call, value.clone())),
        (None, Some(_), _) => Ok(call.unknown()),
        (None, None, Some(default)) => Ok(secret_as(call, default.clone())),
        (None, None, None) => Err(Fault::argument(0, format!("the given object has no attribute {key:?}"))),
    }
}

/// The value as secret as the key and, unless another entry is what makes it so, the map.
fn secret_as(call: &Call<'_>, mut value: Value) -> Value {
    let of_entries = call.value(0).as_map().is_some_and(|map| map.iter().any(|(_, value)| value.sensitive));
    value.sensitive |= call.value(0).sensitive && !of_entries || call.value(1).sensitive;
    value
}

/// What may stand under a key that is not known.
fn any_of(call: &Call<'_>, map: &Map, default: Option<&Value>) -> Value {
    let Some(undecided) = call.value(1).unknown_part().filter(|_| map.open.is_none()) else {
        return call.unknown();
    };
    let values: Vec<_> = map.iter().map(|(_, value)| value).chain(default).collect();
    if values.is_empty() || values.len() > MOST_VALUES {
        return call.unknown();
    }
    let alternatives =
        values.into_iter().map(|value| Alternative { guard: Guard::always(), value: Some(value.clone()) });
    let choice = Choice { alternatives: alternatives.collect(), undecided: Some(Arc::clone(undecided)) };
    call.derive(Kind::Choice(Arc::new(choice)))
}

fn merge(call: &Call<'_>) -> Outcome {
    let mut merged = Map::default();
    for argument in call.arguments {
        match &argument.kind {
            Kind::Null => {}
            Kind::Map(map) => {
                if let Some(unknown) = &map.open {
                    perhaps_replaced(&mut merged, unknown);
                }
                merged
                    .entries
                    .extend(map.entries.iter().map(|(key, field)| (Arc::clone(key), field.clone())));
            }
            Kind::Unknown(unknown) => perhaps_replaced(&mut merged, unknown),
            _ => {
                let got = type_name(argument);
                return Err(Fault::call(format!("arguments must be maps or objects, got \"{got}\"")));
            }
        }
    }
    if merged.entries.is_empty() && merged.open.is_some() && call.arguments.iter().all(Value::is_unknown) {
        return Ok(call.unknown());
    }
    merged.entries.sort_keys();
    Ok(call.derive_map(merged))
}

/// Entries that a later map, which is not known, may replace.
fn perhaps_replaced(merged: &mut Map, unknown: &Arc<Unknown>) {
    merged.open.get_or_insert_with(|| Arc::clone(unknown));
    for field in merged.entries.values_mut() {
        let alternative = |value| Alternative { guard: Guard::always(), value: Some(value) };
        let alternatives =
            vec![alternative(field.value.clone()), alternative(Value::unknown(Arc::clone(unknown)))];
        let choice = Choice { alternatives, undecided: Some(Arc::clone(unknown)) };
        field.value.kind = Kind::Choice(Arc::new(choice));
    }
}

fn transpose(call: &Call<'_>) -> Outcome {
    let mut transposed: IndexMap<Arc<str>, Vec<Value>> = IndexMap::default();
    let map = call.value(0).as_map();
    for (key, list) in map.into_iter().flat_map(Map::iter) {
        if list.is_null() {
            return Err(Fault::call("input must not contain null list"));
        }
        for item in list.as_list().into_iter().flat_map(|list| &list.items) {
            let Some(name) = item.as_str() else {
                return Err(Fault::call("input list must not contain null string"));
            };
            transposed.entry(name.as_ref().into()).or_default().push(Value::text(Arc::clone(key)));
        }
    }
    transposed.sort_keys();
    let entries = transposed.into_iter().map(|(key, mut items)| {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        (key, Field { key: None, value: Value::list(items) })
    });
    Ok(Value::map(entries.collect()))
}

fn zipmap(call: &Call<'_>) -> Outcome {
    let (keys, values) = match (call.value(0).as_list(), &call.value(1).kind) {
        (Some(keys), Kind::List(values)) => (keys, values),
        _ => return Err(Fault::call("values argument must be a list or tuple value")),
    };
    if keys.doubt().is_some() || values.doubt().is_some() {
        return Ok(call.unknown());
    }
    let (count, given) = (keys.items.len(), values.items.len());
    if count != given {
        let message = format!("number of keys ({count}) does not match number of values ({given})");
        return Err(Fault::call(message));
    }
    let mut map = Map::default();
    for (at, (key, value)) in keys.items.iter().zip(&values.items).enumerate() {
        match (key.as_str(), key.unknown_part()) {
            (Some(name), _) => {
                let field = Field { key: key.span, value: value.clone() };
                map.entries.insert(name.as_ref().into(), field);
            }
            (None, Some(unknown)) => perhaps_replaced(&mut map, unknown),
            (None, None) => return Err(Fault::call(format!("keys list has null value at index {at}"))),
        }
    }
    map.entries.sort_keys();
    Ok(call.derive_map(map))
}
