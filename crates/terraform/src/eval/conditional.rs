//! Conditional expressions.

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::choice::choose;
use super::scope::Scope;
use crate::syntax::{Conditional, Expr};
use crate::types::Constraint;

impl Evaluator<'_> {
    /// `condition ? then : otherwise`.
    pub(super) fn conditional(&self, conditional: &Conditional, span: Span, scope: &Scope<'_>) -> Value {
        let Conditional { condition, then, otherwise } = conditional;
        let decision = self.eval(condition, scope);
        let value = match decision.as_bool() {
            Some(true) => self.branch(then, otherwise, scope),
            Some(false) => self.branch(otherwise, then, scope),
            None => return self.either(conditional, &decision, span, scope),
        };
        // What decides has flowed into the value as well, though the value is not made of it.
        let sensitive = value.sensitive || decision.sensitive;
        Value { sensitive, ..value }
    }

    /// The branch that is taken, as the type that both branches have in common.
    fn branch(&self, taken: &Expr, other: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.eval(taken, scope);
        if !matches!(value.kind, Kind::Bool(_) | Kind::Number(_)) {
            return value;
        }
        // Only numbers and truth values change by it: next to a text they become one.
        let (other, _) = self.attempt(|| self.eval(other, scope));
        match other.kind {
            Kind::Text(_) => Constraint::String.convert(value.clone()).unwrap_or(value),
            _ => value,
        }
    }

    /// Both branches, when it is not known which is taken.
    fn either(&self, conditional: &Conditional, decision: &Value, span: Span, scope: &Scope<'_>) -> Value {
        let Some(unknown) = decision.unknown_part().cloned() else {
            let message = "the condition is neither true nor false";
            return self.invalid(conditional.condition.span, "invalid-condition", message);
        };
        let (guard, not_guard) = self.guards(&conditional.condition, decision, scope);
        // A branch that fails cannot be the one that is taken, as long as the configuration is applied.
        let branch = |expr: &Expr, guard: Guard| {
            let (value, faults) = self.attempt(|| self.eval(expr, scope));
            let value = if faults.is_empty() {
                value
            } else {
                Value::unknown(Unknown::new(Reason::Invalid, self.excerpt(expr.span))).at(expr.span)
            };
            Alternative { guard, value: Some(value) }
        };
        let alternatives = vec![branch(&conditional.then, guard), branch(&conditional.otherwise, not_guard)];
        let value = choose(alternatives, Some(unknown));
        let origins = if decision.origins.is_empty() {
            value.origins.clone()
        } else {
            Origins::of_all([&value.origins, &decision.origins])
        };
        Value { sensitive: value.sensitive || decision.sensitive, ..value }.with_origins(origins).at(span)
    }
}
