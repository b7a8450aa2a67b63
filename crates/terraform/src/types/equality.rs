//! Whether values are equal, and the order in which Terraform keeps sets.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::value::{Kind, List, Map, Number, Part, Text, Unknown, Value};

use super::{format_number, to_float};

/// Whether two values are equal by Terraform's `==`; `None` when that is not known. Values of different types are
/// not equal: `1 == "1"` is false.
///
/// Missed knowingly: to Terraform a list never equals a tuple nor a map an object, whatever is in them. Here
/// contents decide, since values do not carry that difference.
pub(crate) fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Unknown(_), _) | (_, Kind::Unknown(_)) => None,
        (Kind::Choice(_), _) => equal_to_each(a, b),
        (_, Kind::Choice(_)) => equal_to_each(b, a),
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(compare_numbers(*a, *b).is_eq()),
        (Kind::Text(a), Kind::Text(b)) => equal_texts(a, b),
        (Kind::List(a), Kind::List(b)) => equal_lists(a, b),
        (Kind::Set(a), Kind::Set(b)) => equal_sets(a, b),
        (Kind::Map(a), Kind::Map(b)) => equal_maps(a, b),
        _ => Some(false),
    }
}

/// The answer that all alternatives of a choice agree on.
fn equal_to_each(choice: &Value, other: &Value) -> Option<bool> {
    let mut answers = choice.alternatives().into_iter().map(|one| match one.value {
        // A choice that is nested too deeply to be flattened stays undecided.
        Some(value) if !matches!(value.kind, Kind::Choice(_)) => equal(value, other),
        _ => None,
    });
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

fn equal_texts(a: &Text, b: &Text) -> Option<bool> {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => Some(a == b),
        _ => {
            let (a, b) = (a.parts(), b.parts());
            let starts_agree = common_start(known(a.first()), known(b.first()));
            let ends_agree = common_end(known(a.last()), known(b.last()));
            if starts_agree && ends_agree { None } else { Some(false) }
        }
    }
}

/// The characters of a part at an end of a text, none when it is a hole.
fn known(part: Option<&Part>) -> &str {
    match part {
        Some(Part::Literal { text, .. }) => text,
        _ => "",
    }
}

fn common_start(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).all(|(a, b)| a == b)
}

fn common_end(a: &str, b: &str) -> bool {
    a.bytes().rev().zip(b.bytes().rev()).all(|(a, b)| a == b)
}

fn equal_lists(a: &List, b: &List) -> Option<bool> {
    if a.open.is_some() || b.open.is_some() {
        return None;
    }
    if a.items.len() != b.items.len() {
        return Some(false);
    }
    all(a.items.iter().zip(&b.items).map(|(a, b)| equal(a, b)))
}

fn equal_sets(a: &List, b: &List) -> Option<bool> {
    let known = |set: &List| set.open.is_none() && set.items.iter().all(Value::is_wholly_known);
    if known(a) && known(b) { equal_lists(a, b) } else { None }
}

fn equal_maps(a: &Map, b: &Map) -> Option<bool> {
    let missing = |one: &Map, other: &Map| {
        other.open.is_none() && one.entries.keys().any(|key| !other.entries.contains_key(key))
    };
    if missing(a, b) || missing(b, a) {
        return Some(false);
    }
    let answers = a.iter().map(|(key, value)| b.get(key).and_then(|other| equal(value, other)));
    match all(answers) {
        Some(true) if a.open.is_some() || b.open.is_some() => None,
        answer => answer,
    }
}

/// False if any is, true if all are.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            None => whole = None,
            Some(true) => {}
        }
    }
    whole
}

/// The set of these elements: each once, in the order in which Terraform iterates over them. Elements that are not
/// known stay behind those that are, since each may equal another.
pub(crate) fn into_set(items: Vec<Value>, open: Option<Arc<Unknown>>) -> List {
    let mut known: Vec<(String, Value)> = Vec::with_capacity(items.len());
    let mut unknown = Vec::new();
    let mut seen = HashSet::with_capacity_and_hasher(items.len(), <_>::default());
    for item in items {
        if !item.is_wholly_known() {
            unknown.push(item);
            continue;
        }
        let code = code(&item);
        if seen.insert(code.clone()) {
            known.push((code, item));
        }
    }
    known.sort_by(|(code_a, a), (code_b, b)| compare_known(a, b).unwrap_or_else(|| code_a.cmp(code_b)));
    let items = known.into_iter().map(|(_, item)| item).chain(unknown).collect();
    List::new(items, open)
}

/// The order of two elements of a set; `None` when one is not wholly known.
pub(crate) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if !a.is_wholly_known() || !b.is_wholly_known() {
        return None;
    }
    Some(compare_known(a, b).unwrap_or_else(|| code(a).cmp(&code(b))))
}

fn compare_known(a: &Value, b: &Value) -> Option<Ordering> {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => Some(Ordering::Equal),
        (Kind::Null, _) => Some(Ordering::Greater),
        (_, Kind::Null) => Some(Ordering::Less),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a.cmp(b)),
        (Kind::Number(a), Kind::Number(b)) => Some(compare_numbers(*a, *b)),
        (Kind::Text(a), Kind::Text(b)) => Some(a.as_str()?.cmp(&b.as_str()?)),
        _ => None,
    }
}

fn compare_numbers(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a.cmp(&b),
        (a, b) => to_float(a).total_cmp(&to_float(b)),
    }
}

/// A text that is the same for equal values only, and whose order is that of Terraform for elements that have no
/// natural one.
fn code(value: &Value) -> String {
    let mut code = String::new();
    write_code(value, &mut code);
    code
}

fn write_code(value: &Value, code: &mut String) {
    match &value.kind {
        Kind::Null => code.push('~'),
        Kind::Bool(true) => code.push('T'),
        Kind::Bool(false) => code.push('F'),
        Kind::Number(number) => code.push_str(&format_number(*number)),
        Kind::Text(text) => {
            let text = text.as_str().unwrap_or_default();
            // Escaped, so that no text can look like the end of another.
            let _ = write!(code, "{text:?}");
        }
        Kind::List(list) | Kind::Set(list) => {
            code.push('[');
            for item in &list.items {
                write_code(item, code);
                code.push(';');
            }
            code.push(']');
        }
        Kind::Map(map) => {
            code.push('<');
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(key, _)| Arc::clone(key));
            for (key, value) in fields {
                let _ = write!(code, "{key:?}:");
                write_code(value, code);
                code.push(';');
            }
            code.push('>');
        }
        _ => code.push('?'),
    }
}
