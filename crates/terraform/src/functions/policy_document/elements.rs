//! Lists of actions, resources, identifiers and values of conditions.

use std::cmp::Reverse;
use std::sync::Arc;

use iamrail_core::value::{Alternative, Choice, Kind, Part, Text, Value};

use super::super::json::hole;
use super::blocks::Block;
use super::list;
use crate::types::Constraint;

/// The elements of an argument as texts, in written order, each with the doubt whether it is there.
pub(super) fn texts(value: &Value) -> Vec<Value> {
    let Some(items) = value.as_list() else { return Vec::new() };
    let mut texts = Vec::new();
    for item in &items.items {
        for one in Block::each(item) {
            if let Some(text) = text(one.value) {
                texts.push(one.wrap(text));
            }
        }
    }
    texts
}

/// An element as the text that the provider's schema makes of it; null is left out.
fn text(value: &Value) -> Option<Value> {
    match &value.kind {
        Kind::Null => None,
        Kind::Unknown(_) => {
            let text = Text::hole(hole(value));
            Some(Value { kind: Kind::Text(text), ..value.clone() })
        }
        _ => Constraint::String.convert(value.clone()).ok(),
    }
}

/// The elements of a set in the order in which the provider writes them: each once, sorted backwards.
pub(super) fn sorted(texts: Vec<Value>) -> Vec<Value> {
    let mut texts = sorted_backwards(texts);
    texts.dedup_by(|a, b| a.as_str().is_some_and(|a| b.as_str().is_some_and(|b| a == b)));
    texts
}

/// Texts that begin with a hole come last, since their place is not known.
pub(super) fn sorted_backwards(mut texts: Vec<Value>) -> Vec<Value> {
    texts.sort_by_cached_key(|text| Reverse(start(text)));
    texts
}

/// The known characters at the start of a text.
fn start(value: &Value) -> String {
    let value = match &value.kind {
        Kind::Choice(choice) => {
            choice.alternatives.iter().find_map(|one| one.value.as_ref()).unwrap_or(value)
        }
        _ => value,
    };
    let mut start = String::new();
    for part in value.as_text().into_iter().flat_map(Text::parts) {
        let Part::Literal { text, .. } = part else { break };
        start.push_str(text);
    }
    start
}

/// An argument that is a set of texts, in the form in which the provider writes it: `None` when it is not set or
/// empty, the text itself when it is only one.
pub(super) fn set(value: Option<&Value>, each: &dyn Fn(Value) -> Value) -> Option<Value> {
    let value = value?;
    match &value.kind {
        Kind::Null => None,
        Kind::Unknown(_) => Some(value.clone()),
        Kind::Choice(choice) => {
            let alternatives = choice.alternatives.iter().map(|one| Alternative {
                guard: one.guard.clone(),
                value: one.value.as_ref().and_then(|value| set(Some(value), each)),
            });
            let choice = Choice { alternatives: alternatives.collect(), undecided: choice.undecided.clone() };
            Some(Value { kind: Kind::Choice(Arc::new(choice)), ..value.clone() })
        }
        _ => {
            let open = value.as_list().and_then(|list| list.open.clone());
            let mut texts = sorted(texts(value).into_iter().map(each).collect());
            match (texts.len(), open) {
                (0, None) => None,
                (1, None) if !matches!(texts.first().map(|one| &one.kind), Some(Kind::Choice(_))) => {
                    texts.pop()
                }
                (_, open) => Some(list(texts, open).at(value.span)),
            }
        }
    }
}

/// The text with the provider's `&{` as the `${` of policy variables. Both are two bytes, so places stay.
pub(super) fn with_variables(value: Value) -> Value {
    match &value.kind {
        Kind::Text(text) => {
            let parts = text.parts().iter().map(|part| match part {
                Part::Literal { text, span } if text.contains("&{") => {
                    Part::Literal { text: text.replace("&{", "${").into(), span: *span }
                }
                part => part.clone(),
            });
            Value { kind: Kind::Text(Text::from_parts(parts.collect())), ..value }
        }
        Kind::Choice(choice) => {
            let alternatives = choice.alternatives.iter().map(|one| Alternative {
                guard: one.guard.clone(),
                value: one.value.clone().map(with_variables),
            });
            let choice = Choice { alternatives: alternatives.collect(), undecided: choice.undecided.clone() };
            Value { kind: Kind::Choice(Arc::new(choice)), ..value }
        }
        _ => value,
    }
}

/// Whether any text contains the `&{` that only version 2012-10-17 knows.
pub(super) fn has_variables(value: &Value) -> bool {
    let texts = value.as_list().into_iter().flat_map(|list| &list.items);
    texts.filter_map(Value::as_text).flat_map(Text::parts).any(|part| match part {
        Part::Literal { text, .. } => text.contains("&{"),
        Part::Hole(_) => false,
    })
}
