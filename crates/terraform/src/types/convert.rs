//! Conversion of values to a type.

use std::fmt::Write as _;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Alternative, Choice, Field, Kind, List, Map, Reason, Text, Unknown, Value};

use super::{Attribute, Constraint, format_number, into_set, parse_number};

/// Why a value does not fit a type, and where in it.
struct Mismatch {
    /// The way to the part, in reverse: steps are added on the way out.
    path: Vec<String>,
    message: String,
}

type Converted = Result<Value, Mismatch>;

impl Constraint {
    /// The value as one of this type. What is not known stays so; places, origins and sensitivity are kept, and so
    /// is null.
    ///
    /// # Errors
    /// Says what does not fit, in one lower-case line without full stop, with the path to it.
    pub(crate) fn convert(&self, value: Value) -> Result<Value, String> {
        convert(self, value).map_err(|mismatch| {
            let path: String = mismatch.path.into_iter().rev().map(|step| format!("{step}: ")).collect();
            path + &mismatch.message
        })
    }
}

fn convert(constraint: &Constraint, value: Value) -> Converted {
    match (&value.kind, constraint) {
        (_, Constraint::Any) | (Kind::Null | Kind::Unknown(_), _) => Ok(value),
        (Kind::Choice(choice), _) => each_alternative(constraint, choice, &value),
        (_, Constraint::String) => to_text(value),
        (_, Constraint::Number) => to_number(value),
        (_, Constraint::Bool) => to_bool(value),
        (_, Constraint::List(element)) => to_list(constraint, element, value),
        (_, Constraint::Set(element)) => to_set(constraint, element, value),
        (_, Constraint::Map(element)) => to_map(constraint, element, value),
        (_, Constraint::Tuple(types)) => to_tuple(types, value),
        (_, Constraint::Object(attributes)) => to_object(attributes, value),
    }
}

/// An alternative that does not fit cannot be the real one unless the deployment fails: it becomes unknown, and
/// only when none fits the whole does not.
fn each_alternative(constraint: &Constraint, choice: &Arc<Choice>, value: &Value) -> Converted {
    let mut first_mismatch = None;
    let mut fits = false;
    let mut alternatives = Vec::with_capacity(choice.alternatives.len());
    for alternative in &choice.alternatives {
        let converted = match alternative.value.clone().map(|one| (one.span, convert(constraint, one))) {
            None => None,
            Some((_, Ok(value))) => {
                fits = true;
                Some(value)
            }
            Some((span, Err(mismatch))) => {
                let unknown = Unknown::new(Reason::Invalid, mismatch.message.as_str());
                first_mismatch.get_or_insert(mismatch);
                Some(Value::unknown(unknown).at(span))
            }
        };
        alternatives.push(Alternative { guard: alternative.guard.clone(), value: converted });
    }
    match first_mismatch {
        Some(mismatch) if !fits => Err(mismatch),
        _ => {
            let choice = Choice { alternatives, undecided: choice.undecided.clone() };
            Ok(Value { kind: Kind::Choice(Arc::new(choice)), ..value.clone() })
        }
    }
}

fn to_text(value: Value) -> Converted {
    let text = match &value.kind {
        Kind::Text(_) => return Ok(value),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => format_number(*number),
        _ => return mismatch("string required".to_owned()),
    };
    Ok(Value { kind: Kind::Text(Text::literal(text, None)), ..value })
}

fn to_number(value: Value) -> Converted {
    match &value.kind {
        Kind::Number(_) => Ok(value),
        Kind::Text(text) => match text.as_str() {
            None => Ok(without_holes(value)),
            Some(known) => match parse_number(&known) {
                Some(number) => Ok(Value { kind: Kind::Number(number), ..value }),
                None => mismatch("a number is required".to_owned()),
            },
        },
        _ => mismatch("number required".to_owned()),
    }
}

fn to_bool(value: Value) -> Converted {
    match &value.kind {
        Kind::Bool(_) => Ok(value),
        Kind::Text(text) => match text.as_str().as_deref() {
            None => Ok(without_holes(value)),
            Some("true" | "1") => Ok(Value { kind: Kind::Bool(true), ..value }),
            Some("false" | "0") => Ok(Value { kind: Kind::Bool(false), ..value }),
            Some(known) => mismatch(bool_hint(known).to_owned()),
        },
        _ => mismatch("bool required".to_owned()),
    }
}

fn bool_hint(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "true" => "a bool is required; to convert from string, use lowercase \"true\"",
        "false" => "a bool is required; to convert from string, use lowercase \"false\"",
        _ => "a bool is required",
    }
}

/// A text with holes where something else than a text is wanted: nothing of it is usable.
fn without_holes(value: Value) -> Value {
    let unknown = value.unknown_part().cloned();
    let unknown = unknown.unwrap_or_else(|| Arc::new(Unknown::new(Reason::Unsupported, "text")));
    Value { kind: Kind::Unknown(unknown), ..value }
}

fn to_list(constraint: &Constraint, element: &Constraint, value: Value) -> Converted {
    let Some((items, open)) = elements(&value) else {
        return mismatch(format!("{constraint} required"));
    };
    let items = convert_each(element, items, constraint, |index| format!("element {index}"))?;
    Ok(Value { kind: Kind::List(Arc::new(List::new(items, open))), ..value })
}

fn to_set(constraint: &Constraint, element: &Constraint, value: Value) -> Converted {
    let Some((items, open)) = elements(&value) else {
        return mismatch(format!("{constraint} required"));
    };
    let items = convert_each(element, items, constraint, |index| format!("element {index}"))?;
    Ok(Value { kind: Kind::Set(Arc::new(into_set(items, open))), ..value })
}

/// The elements with the end. Where an element of a set stands depends on all others: as a list, one that is not wholly
/// known is open, since no position in it can be relied on.
fn elements(value: &Value) -> Option<(Vec<Value>, Option<Arc<Unknown>>)> {
    let list = value.as_list()?;
    let doubt = match value.kind {
        Kind::Set(_) => list.items.iter().find_map(Value::unknown_part).cloned(),
        _ => None,
    };
    Some((list.items.clone(), list.open.clone().or(doubt)))
}

/// Elements of a collection, which must all be of one type even when any will do.
fn convert_each(
    element: &Constraint,
    items: Vec<Value>,
    whole: &Constraint,
    step: fn(usize) -> String,
) -> Result<Vec<Value>, Mismatch> {
    let common = common(element, items.iter(), whole)?;
    let converted = items.into_iter().enumerate().map(|(index, item)| {
        convert_element(element, &common, item).map_err(|mut mismatch| {
            mismatch.path.push(step(index));
            mismatch
        })
    });
    converted.collect()
}

/// An element as one of the common type. What is not known of others may make that a different one: when any type will
/// do, an element that is not wholly known and does not fit stays as it is.
fn convert_element(asked: &Constraint, common: &Constraint, item: Value) -> Converted {
    if !asked.is_any() || item.is_wholly_known() {
        return convert(common, item);
    }
    Ok(convert(common, item.clone()).unwrap_or(item))
}

/// The type of all elements: the one that is asked for or, for `any`, the one that fits all.
fn common<'v>(
    element: &Constraint,
    items: impl Iterator<Item = &'v Value>,
    whole: &Constraint,
) -> Result<Constraint, Mismatch> {
    if !element.is_any() {
        return Ok(element.clone());
    }
    let kind = match whole {
        Constraint::Map(_) => "map",
        Constraint::Set(_) => "set",
        _ => "list",
    };
    Constraint::of_all(items).ok_or_else(|| Mismatch {
        path: Vec::new(),
        message: format!("all {kind} elements must have the same type"),
    })
}

fn to_map(constraint: &Constraint, element: &Constraint, value: Value) -> Converted {
    let Kind::Map(map) = &value.kind else { return mismatch(format!("{constraint} required")) };
    let common = common(element, map.iter().map(|(_, value)| value), constraint)?;
    let mut entries = IndexMap::with_capacity_and_hasher(map.entries.len(), <_>::default());
    for (key, field) in &map.entries {
        let converted = convert_element(element, &common, field.value.clone()).map_err(|mut mismatch| {
            mismatch.path.push(format!("element {key:?}"));
            mismatch
        })?;
        entries.insert(Arc::clone(key), Field { key: field.key, value: converted });
    }
    entries.sort_keys();
    let map = Map { entries, open: map.open.clone() };
    Ok(Value { kind: Kind::Map(Arc::new(map)), ..value })
}

fn to_tuple(types: &[Constraint], value: Value) -> Converted {
    let Some((items, open)) = elements(&value) else { return mismatch("tuple required".to_owned()) };
    if open.is_none() && items.len() != types.len() {
        return mismatch(format!("a tuple of {} elements is required", types.len()));
    }
    let converted = items.into_iter().enumerate().map(|(index, item)| {
        let constraint = types.get(index).unwrap_or(&Constraint::Any);
        convert(constraint, item).map_err(|mut mismatch| {
            mismatch.path.push(format!("element {index}"));
            mismatch
        })
    });
    let items = converted.collect::<Result<_, _>>()?;
    Ok(Value { kind: Kind::List(Arc::new(List::new(items, open))), ..value })
}

fn to_object(attributes: &IndexMap<Arc<str>, Attribute>, value: Value) -> Converted {
    let Kind::Map(map) = &value.kind else { return mismatch("object required".to_owned()) };
    let missing = |(name, attribute): &(&Arc<str>, &Attribute)| {
        !attribute.optional && map.open.is_none() && !map.entries.contains_key(*name)
    };
    let missing: Vec<_> = attributes.iter().filter(missing).map(|(name, _)| name).collect();
    if !missing.is_empty() {
        return mismatch(required(&missing));
    }
    let mut entries = IndexMap::with_capacity_and_hasher(attributes.len(), <_>::default());
    for (name, attribute) in attributes {
        let given = map.entries.get(name);
        let field = match (given, &map.open) {
            (None, Some(unknown)) => Field { key: None, value: Value::unknown(Arc::clone(unknown)) },
            (Some(field), _) if attribute.default.is_none() || !field.value.is_null() => field.clone(),
            _ => Field {
                key: given.and_then(|field| field.key),
                value: attribute.default.clone().unwrap_or_default(),
            },
        };
        let converted = convert(&attribute.constraint, field.value).map_err(|mut mismatch| {
            mismatch.path.push(format!("attribute \"{name}\""));
            mismatch
        })?;
        entries.insert(Arc::clone(name), Field { key: field.key, value: converted });
    }
    let map = Map { entries, open: None };
    Ok(Value { kind: Kind::Map(Arc::new(map)), ..value })
}

fn required(names: &[&Arc<str>]) -> String {
    match names {
        [name] => format!("attribute \"{name}\" is required"),
        [first @ .., last] => {
            let mut message = String::from("attributes ");
            for (at, name) in first.iter().enumerate() {
                let _ = write!(message, "{}\"{name}\"", if at > 0 { ", " } else { "" });
            }
            let _ = write!(message, " and \"{last}\" are required");
            message
        }
        [] => String::new(),
    }
}

fn mismatch(message: String) -> Converted {
    Err(Mismatch { path: Vec::new(), message })
}
