//! Values of parameters.

use std::sync::Arc;

use iamrail_core::model::{Formula, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Origins, Reason, Unknown, Value};

use super::distribute::{choose, distribute};
use super::list::split;
use super::literal::{text, unknown_text};
use super::{Scope, Stack, variable};
use crate::template::Parameter;

/// How many allowed values are followed.
const MOST_ALLOWED: usize = 32;

impl Stack {
    /// The value of a parameter: the one that is given, else its default, else one of the values that it may have.
    pub(super) fn parameter(&self, name: &str, parameter: &Parameter, span: Span, scope: &Scope) -> Value {
        let unknown = |reason, what: Arc<str>| {
            let unknown = Unknown::new(reason, what);
            if parameter.is_list() {
                Value::unknown(unknown)
            } else {
                // What a message says of it may not be what it is called.
                let origins = Origins::of_variable(self.id(name));
                let origins = origins.and(&Origins::of_variable(Arc::clone(&unknown.what)));
                unknown_text(unknown, origins, span)
            }
        };
        let value = match self.given.get(name) {
            // What is given is the name of an entry in the parameter store.
            _ if parameter.is_stored() => unknown(Reason::Import, self.id(name)),
            Some(given) if scope.symbolic => given.symbolic.clone(),
            Some(given) => given.value.clone(),
            None => self.not_given(name, parameter, span, scope).unwrap_or_else(|| {
                match self.kept.contains(name) {
                    true => {
                        unknown(Reason::Runtime, format!("the previous value of `{}`", self.id(name)).into())
                    }
                    false => unknown(Reason::NoValue, self.id(name)),
                }
            }),
        };
        let value = match parameter.is_list() {
            true => distribute(vec![Some(value)], &|mut values| {
                listed(values.pop().flatten().unwrap_or_default())
            }),
            false => value,
        };
        Value { sensitive: value.sensitive || parameter.no_echo, ..value }.at(span)
    }

    /// The value of a parameter that is given none: what the assumptions demand, else the default unless they exclude it, else
    /// one of the values that it may have.
    fn not_given(&self, name: &str, parameter: &Parameter, span: Span, scope: &Scope) -> Option<Value> {
        let variable = self.id(name);
        if !scope.guard.is_always()
            && let Some(value) = self.conditions.borrow().value_under(&variable, &scope.guard)
        {
            return Some(Value::text(value));
        }
        let counts = (!scope.symbolic || self.defaults_count) && !self.kept.contains(name);
        let default = parameter.default.filter(|_| counts).map(|default| text(self.template.node(default)));
        let may_be = |default: &Value| {
            let is = |text: &str| self.value_guard(&variable, text, &scope.guard).is_some();
            scope.guard.is_always() || default.as_str().is_none_or(|text| is(&text))
        };
        default.filter(may_be).or_else(|| self.allowed(&variable, parameter, span, scope))
    }

    /// One of the values that a parameter may have, if there are not too many: each is a deployment of its own.
    fn allowed(
        &self,
        variable: &Arc<str>,
        parameter: &Parameter,
        span: Span,
        scope: &Scope,
    ) -> Option<Value> {
        let is_too_much = parameter.allowed.is_empty() || parameter.allowed.len() > MOST_ALLOWED;
        // A list has any number of them, and a message must not name what is secret.
        if is_too_much || parameter.is_list() || parameter.no_echo {
            return None;
        }
        let mut alternatives: Vec<Alternative> = Vec::new();
        for node in parameter.allowed.iter().map(|&node| self.template.node(node)) {
            let guard = node.value_text().and_then(|text| self.value_guard(variable, text, &scope.guard));
            let Some(guard) = guard else { continue };
            if !alternatives.iter().any(|one| one.guard == guard) {
                alternatives.push(Alternative { guard, value: Some(text(node).at(span)) });
            }
        }
        (!alternatives.is_empty()).then(|| choose(alternatives, None, false))
    }

    /// The guard of the deployments in which a variable has a value; `None` when none of those that are assumed has it.
    pub(super) fn value_guard(&self, name: &Arc<str>, value: &str, assumed: &Guard) -> Option<Guard> {
        let guard = variable::is(name, value);
        let formula = Formula::Is { variable: Arc::clone(name), value: value.into() };
        let [term] = guard.terms() else { return Some(guard) };
        self.conditions.borrow_mut().define(Arc::clone(&term.condition), formula.clone());
        let can_be = self.decide_formula(&term.condition, assumed, || formula) != Some(false);
        can_be.then_some(guard)
    }
}

/// The value of a list parameter, which is given as one text with commas.
fn listed(value: Value) -> Value {
    let Kind::Text(whole) = &value.kind else { return value };
    if whole.is_empty() {
        return Value { kind: Value::list(Vec::new()).kind, ..value };
    }
    let list = split(whole, &value, ",", None);
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
