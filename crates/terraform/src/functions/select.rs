//! Functions that pick from their arguments, or say something about them.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Kind, Unknown, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, list, number, truths};
use super::pieces;
use crate::types::{Constraint, equal, type_name};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("alltrue", &[truths("list")], alltrue),
    Function::partly("anytrue", &[truths("list")], anytrue),
    Function::open("coalesce", &[], coalesce).with_rest(any("vals").or_null()),
    Function::open("coalescelist", &[], coalescelist).with_rest(any("vals").or_null()),
    Function::open("contains", &[any("list"), any("value")], contains),
    Function::partly("element", &[any("list"), number("index")], element),
    Function::open("index", &[any("list"), any("value")], index),
    Function::partly("length", &[any("value")], length),
    Function::known("matchkeys", &[list("values"), list("keys"), list("searchset")], matchkeys),
    Function::partly("one", &[any("list")], one),
];

fn truth(call: &Call<'_>, answer: bool) -> Outcome {
    Ok(call.derive(Kind::Bool(answer)))
}

fn alltrue(call: &Call<'_>) -> Outcome {
    let is = |item: &Value| matches!(item.kind, Kind::Bool(false) | Kind::Null);
    if call.items(0).iter().any(is) {
        return truth(call, false);
    }
    if call.value(0).is_wholly_known() { truth(call, true) } else { Ok(call.unknown()) }
}

fn anytrue(call: &Call<'_>) -> Outcome {
    if call.items(0).iter().any(|item| matches!(item.kind, Kind::Bool(true))) {
        return truth(call, true);
    }
    if call.value(0).is_wholly_known() { truth(call, false) } else { Ok(call.unknown()) }
}

/// Whether a value counts for `coalesce`; `None` when that is not known.
fn is_something(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Null => Some(false),
        Kind::Text(text) if text.is_empty() => Some(false),
        Kind::Text(text) if text.is_known() => Some(true),
        Kind::Text(text) => {
            let is_certain = !pieces::known_start(text).is_empty() || !pieces::known_end(text).is_empty();
            is_certain.then_some(true)
        }
        Kind::Unknown(_) => None,
        _ => Some(true),
    }
}

fn coalesce(call: &Call<'_>) -> Outcome {
    let common = Constraint::of_all(call.arguments).filter(|_| !call.arguments.is_empty());
    let common = common.ok_or_else(|| Fault::call("all arguments must have the same type"))?;
    match first(call, is_something).map(|value| secret_as(call, value)) {
        Some(value) if value.is_wholly_known() => common.convert(value).map_err(Fault::call),
        Some(value) => Ok(common.convert(value.clone()).unwrap_or(value)),
        None => Err(Fault::call("no non-null, non-empty-string arguments")),
    }
}

fn coalescelist(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(Fault::call("at least one argument is required"));
    }
    let fits = |argument: &Value| {
        matches!(argument.kind, Kind::Null | Kind::Unknown(_) | Kind::List(_) | Kind::Set(_))
    };
    if !call.arguments.iter().all(fits) {
        return Err(Fault::call("coalescelist arguments must be lists or tuples"));
    }
    let is_filled = |value: &Value| match &value.kind {
        Kind::Null => Some(false),
        Kind::List(list) | Kind::Set(list) => {
            let is_certain = |item: &Value| item.absence().is_none();
            match list.items.iter().any(is_certain) {
                true => Some(true),
                false if list.doubt().is_none() => Some(false),
                false => None,
            }
        }
        _ => None,
    };
    let first = first(call, is_filled).ok_or_else(|| Fault::call("no non-null arguments"))?;
    Ok(secret_as(call, first))
}

/// The value as secret as everything among which it was chosen.
fn secret_as(call: &Call<'_>, value: Value) -> Value {
    Value { sensitive: value.sensitive || call.is_sensitive(), ..value }
}

/// The first argument that counts. As long as it is not known whether one does, it is one of several values.
fn first(call: &Call<'_>, counts: impl Fn(&Value) -> Option<bool>) -> Option<Value> {
    let mut possible: Vec<&Value> = Vec::new();
    for argument in call.arguments {
        match counts(argument) {
            Some(false) => {}
            Some(true) => {
                possible.push(argument);
                break;
            }
            None => possible.push(argument),
        }
    }
    match possible.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => {
            let undecided = several.iter().find_map(|one| one.unknown_part()).cloned();
            let alternatives = several
                .iter()
                .map(|one| Alternative { guard: Guard::always(), value: Some((*one).clone()) })
                .collect();
            Some(call.derive(Kind::Choice(Arc::new(Choice { alternatives, undecided }))))
        }
    }
}

fn contains(call: &Call<'_>) -> Outcome {
    let (list, value) = (call.value(0), call.value(1));
    if list.is_unknown() {
        return Ok(call.unknown());
    }
    let Some(items) = list.as_list() else {
        return Err(Fault::call("argument must be list, tuple, or set"));
    };
    let mut answer = if items.open.is_some() { None } else { Some(false) };
    for item in &items.items {
        match equal(item, value) {
            Some(true) => return truth(call, true),
            Some(false) => {}
            None => answer = None,
        }
    }
    answer.map_or_else(|| Ok(call.unknown()), |answer| truth(call, answer))
}

fn index(call: &Call<'_>) -> Outcome {
    let (list, value) = (call.value(0), call.value(1));
    if list.is_unknown() {
        return Ok(call.unknown());
    }
    let Kind::List(items) = &list.kind else {
        return Err(Fault::call("argument must be a list or tuple"));
    };
    for (at, item) in items.items.iter().enumerate() {
        match equal(item, value) {
            Some(true) if items.doubt().is_none() => return Ok(call.derive(Value::int(at as i128).kind)),
            Some(false) => {}
            _ => return Ok(call.unknown()),
        }
    }
    match (&items.open, items.items.is_empty()) {
        (Some(_), _) => Ok(call.unknown()),
        (None, true) => Err(Fault::call("cannot search an empty list")),
        (None, false) => Err(Fault::call("item not found")),
    }
}

/// The element itself, with its place and history.
fn passed(call: &Call<'_>, item: &Value) -> Value {
    let list = call.value(0);
    let mut item = item.clone();
    // A list that is secret as a whole, rather than for one of its elements, makes every element secret.
    let of_elements = call.items(0).iter().any(|item| item.sensitive);
    item.sensitive |= list.sensitive && !of_elements;
    item.sensitive |= call.arguments.iter().skip(1).any(|argument| argument.sensitive);
    item
}

fn element(call: &Call<'_>) -> Outcome {
    let Kind::List(list) = &call.value(0).kind else {
        return Err(Fault::call(format!("cannot read elements from {}", type_name(call.value(0)))));
    };
    let at = call.whole(1).map_err(|fault| Fault::call(format!("invalid index: {}", fault.message)))?;
    if list.doubt().is_some() {
        // An index behind the end begins anew, and where the end is is not known.
        let at = usize::try_from(at).ok().filter(|at| *at < list.items.len());
        let item = at.and_then(|at| list.element(at, &call.value(0).origins));
        return Ok(item.map_or_else(|| call.unknown(), |item| passed(call, &item)));
    }
    // Terraform takes a negative index of a list and refuses one of a tuple, which values do not tell apart.
    let count = i64::try_from(list.items.len()).unwrap_or(i64::MAX);
    let at = at
        .checked_rem_euclid(count)
        .ok_or_else(|| Fault::call("cannot use element function with an empty list"))?;
    let item = usize::try_from(at).ok().and_then(|at| list.items.get(at));
    Ok(item.map(|item| passed(call, item)).unwrap_or_default())
}

fn one(call: &Call<'_>) -> Outcome {
    let wrong = || Fault::argument(0, "must be a list, set, or tuple value with either zero or one elements");
    let list = call.value(0).as_list().ok_or_else(wrong)?;
    match (list.items.as_slice(), &list.open) {
        ([], None) => Ok(call.derive(Kind::Null)),
        ([], Some(_)) => Ok(call.unknown()),
        // If there were more, the call would fail.
        ([item], _) => Ok(passed(call, item)),
        (_, Some(_)) => Ok(call.unknown()),
        (items, None) => {
            let is_certain = |item: &&Value| item.absence().is_none();
            // Of elements of a set that are not known, two may be the same.
            let is_same = matches!(call.value(0).kind, Kind::Set(_)) && !call.value(0).is_wholly_known();
            let certain = if is_same { 0 } else { items.iter().filter(is_certain).count() };
            if certain > 1 { Err(wrong()) } else { Ok(call.unknown()) }
        }
    }
}

fn length(call: &Call<'_>) -> Outcome {
    let count = |count: usize, open: Option<&Arc<Unknown>>| match open {
        None => call.derive(Value::int(count as i128).kind),
        Some(_) => call.unknown(),
    };
    match &call.value(0).kind {
        Kind::Text(text) => match text.as_str() {
            Some(text) => Ok(count(text.graphemes(true).count(), None)),
            None => Ok(call.unknown()),
        },
        Kind::List(list) => Ok(count(list.items.len(), list.doubt())),
        // Elements that are not known may be equal to others.
        Kind::Set(set) if set.items.len() > 1 && !set.items.iter().all(Value::is_wholly_known) => {
            Ok(call.unknown())
        }
        Kind::Set(set) => Ok(count(set.items.len(), set.doubt())),
        Kind::Map(map) => Ok(count(map.entries.len(), map.open.as_ref())),
        _ => Err(Fault::call("argument must be a string, a collection type, or a structural type")),
    }
}

fn matchkeys(call: &Call<'_>) -> Outcome {
    let (values, keys, wanted) = (call.items(0), call.items(1), call.items(2));
    if values.len() != keys.len() {
        return Err(Fault::call("length of keys and values should be equal"));
    }
    let common = Constraint::of_all(keys.iter().chain(wanted))
        .ok_or_else(|| Fault::call("keys and searchset must be of the same type"))?;
    let converted = |items: &[Value]| -> Result<Vec<Value>, Fault> {
        items.iter().map(|item| common.convert(item.clone()).map_err(Fault::call)).collect()
    };
    let (keys, wanted) = (converted(keys)?, converted(wanted)?);
    let is_wanted = |key: &Value| wanted.iter().any(|one| equal(one, key) == Some(true));
    let matched = values.iter().zip(&keys).filter(|(_, key)| is_wanted(key));
    Ok(Value::list(matched.map(|(value, _)| value.clone()).collect()))
}
