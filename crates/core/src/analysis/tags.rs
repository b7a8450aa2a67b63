//! What requests say of the tags of principals and resources that the input declares.

use std::sync::Arc;

use crate::policy::Context;
use crate::value::{Kind, Reason, Unknown, Value};

/// A request by or for something with these tags, as far as one condition key speaks of one of them: `aws:PrincipalTag/team`. Tags are
/// compared without regard to case. Tags that the input does not show, such as those of a whole stack, are taken for absent.
pub(super) fn with_tag(context: Context, key: &str, tags: &Value) -> Context {
    let tag = key.split_once('/').map_or("", |(_, tag)| tag);
    let entries = match &tags.kind {
        Kind::Null => return context.without(key),
        Kind::Map(map) => map,
        _ => return context.with_unknown(key, unknown(tags, tag)),
    };
    match entries.iter().find(|(one, _)| one.eq_ignore_ascii_case(tag)).map(|(_, value)| value) {
        Some(value) => match text(value) {
            Some(text) => context.with(key, [text]),
            None if value.is_null() => context.without(key),
            None => context.with_unknown(key, unknown(value, tag)),
        },
        None => match &entries.open {
            Some(open) => context.with_unknown(key, Arc::clone(open)),
            None => context.without(key),
        },
    }
}

fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(is) => Some(is.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => value.as_str().map(std::borrow::Cow::into_owned),
    }
}

fn unknown(value: &Value, tag: &str) -> Arc<Unknown> {
    let undecided = || Arc::new(Unknown::new(Reason::NoValue, format!("the tag {tag}")));
    value.unknown_part().cloned().unwrap_or_else(undecided)
}
