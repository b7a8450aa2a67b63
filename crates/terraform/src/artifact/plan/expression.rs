//! Expressions as a plan has them: `{"constant_value": 1}`, `{"references": ["var.name"]}`.

use iamrail_core::value::Value;

use crate::artifact::address::{Key, Part};

/// How many references of one argument are looked at.
const REFERENCES: usize = 1024;

/// Whether a value is an expression, rather than nested blocks.
pub(super) fn is_expression(value: &Value) -> bool {
    value.as_map().is_some_and(|map| {
        map.entries.is_empty()
            || map.get("constant_value").is_some()
            || map.get("references").is_some_and(|references| references.as_list().is_some())
    })
}

/// What the expressions in a value refer to. Terraform names `a.b` after every `a.b.c`: only the longest counts.
pub(super) fn references(value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    collect(value, &mut all);
    let is_start = |one: &str, other: &str| {
        other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
    };
    let longest: Vec<bool> = all.iter().map(|one| !all.iter().any(|other| is_start(one, other))).collect();
    all.into_iter().zip(longest).filter_map(|(one, is_longest)| is_longest.then_some(one)).collect()
}

fn collect(value: &Value, all: &mut Vec<String>) {
    if let Some(list) = value.as_list() {
        list.items.iter().for_each(|item| collect(item, all));
    }
    let Some(map) = value.as_map() else { return };
    if map.get("constant_value").is_some() || all.len() >= REFERENCES {
        return;
    }
    match map.get("references").and_then(Value::as_list) {
        Some(list) => {
            let texts = list.items.iter().filter_map(|item| item.as_str().map(|text| text.into_owned()));
            all.extend(texts.take(REFERENCES));
        }
        None => map.iter().for_each(|(_, value)| collect(value, all)),
    }
}

/// The name that comes first, behind a key if there is one.
pub(super) fn attribute<'a>(rest: &[Part<'a>]) -> Option<&'a str> {
    match split_key(rest).1.first() {
        Some(Part::Name(name)) => Some(name),
        _ => None,
    }
}

pub(super) fn split_key<'p, 'a>(rest: &'p [Part<'a>]) -> (Option<&'p Key>, &'p [Part<'a>]) {
    match rest {
        [Part::Key(key), rest @ ..] => (Some(key), rest),
        rest => (None, rest),
    }
}
