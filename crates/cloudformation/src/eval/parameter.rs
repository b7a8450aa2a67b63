//! Values of parameters.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Origins, Reason, Unknown, Value};

use super::distribute::choose;
use super::list::split;
use super::literal::{text, unknown_text};
use super::{Scope, Stack};
use crate::template::Parameter;

/// How many allowed values are followed.
const MOST_ALLOWED: usize = 32;

impl Stack {
    /// The value of a parameter: the one that is given, else its default, else one of the values that it may have.
    pub(super) fn parameter(&self, name: &str, parameter: &Parameter, span: Span, scope: &Scope) -> Value {
        let unknown = |reason| {
            let unknown = Unknown::new(reason, self.id(name));
            if parameter.is_list() {
                Value::unknown(unknown)
            } else {
                unknown_text(unknown, Origins::none(), span)
            }
        };
        let value = match (self.given.get(name), parameter.default) {
            // What is given is the name of an entry in the parameter store.
            _ if parameter.is_stored() => unknown(Reason::Import),
            (Some(given), _) if scope.symbolic => given.symbolic.clone(),
            (Some(given), _) => given.value.clone(),
            // Nobody but the stack around it gives parameters to a nested one.
            (None, _) if scope.symbolic && !self.is_nested() => unknown(Reason::NoValue),
            (None, Some(default)) => text(self.template.node(default)),
            (None, None) => self.allowed(name, parameter).unwrap_or_else(|| unknown(Reason::NoValue)),
        };
        let value = if parameter.is_list() { listed(value) } else { value };
        Value { sensitive: value.sensitive || parameter.no_echo, ..value }.at(span)
    }

    /// One of the values that a parameter may have, if there are not too many.
    fn allowed(&self, name: &str, parameter: &Parameter) -> Option<Value> {
        if parameter.allowed.is_empty() || parameter.allowed.len() > MOST_ALLOWED {
            return None;
        }
        let unknown = Arc::new(Unknown::new(Reason::NoValue, self.id(name)));
        let alternative = |&node: &_| {
            let node = self.template.node(node);
            Alternative { guard: Guard::always(), value: Some(text(node)) }
        };
        Some(choose(parameter.allowed.iter().map(alternative).collect(), Some(unknown), false))
    }
}

/// The value of a list parameter, which is given as one text with commas.
fn listed(value: Value) -> Value {
    let Kind::Text(whole) = &value.kind else { return value };
    if whole.is_empty() {
        return Value { kind: Value::list(Vec::new()).kind, ..value };
    }
    let list = split(whole, &value, ",");
    let Kind::List(items) = &list.kind else { return list };
    let trimmed = items.items.iter().map(trim).collect();
    Value { span: value.span, sensitive: value.sensitive, ..Value::list(trimmed) }
}

/// A text without the white space around it.
fn trim(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.trim() != text => {
            let span = value.span.filter(|span| span.len() as usize == text.len()).map(|span| {
                let before = u32::try_from(text.len() - text.trim_start().len()).unwrap_or_default();
                let len = u32::try_from(text.trim().len()).unwrap_or_default();
                Span::new(span.file, span.start + before, span.start + before + len)
            });
            let trimmed = iamrail_core::value::Text::literal(text.trim(), span);
            Value { kind: Kind::Text(trimmed), span: span.or(value.span), ..value.clone() }
        }
        _ => value.clone(),
    }
}
