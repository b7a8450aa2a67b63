//! Conditional expressions.

use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Kind, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::access::described;
use super::choice::choose;
use super::scope::Scope;
use crate::syntax::{Conditional, Expr};
use crate::types::{Constraint, unify};

impl Evaluator<'_> {
    /// `condition ? then : otherwise`.
    pub(super) fn conditional(&self, conditional: &Conditional, span: Span, scope: &Scope<'_>) -> Value {
        let Conditional { condition, then, otherwise } = conditional;
        let decision = self.eval(condition, scope);
        let value = match decision.as_bool() {
            Some(true) => self.branch(then, otherwise, span, scope),
            Some(false) => self.branch(otherwise, then, span, scope),
            None => return self.either(conditional, &decision, span, scope),
        };
        // What decides has flowed into the value as well, though the value is not made of it.
        let sensitive = value.sensitive || decision.sensitive;
        Value { sensitive, ..value }
    }

    /// The branch that is taken, as the type that both branches have in common.
    fn branch(&self, taken: &Expr, other: &Expr, span: Span, scope: &Scope<'_>) -> Value {
        let value = self.eval(taken, scope);
        if !depends_on_other(&value) {
            return value;
        }
        let (other, faults) = self.attempt(|| self.eval(other, scope));
        let is_known = || faults.is_empty() && value.is_wholly_known() && other.is_wholly_known();
        match common_type(&value, &other) {
            Some(common) => common.convert(value.clone()).unwrap_or(value),
            None if is_known() => {
                let [one, two] = [&value, &other].map(|branch| described(&branch.kind));
                let message = format!("the branches have no type in common: one is {one}, the other {two}");
                self.invalid(span, "invalid-conditional", message)
            }
            None => value,
        }
    }

    /// Both branches, when it is not known which is taken.
    fn either(&self, conditional: &Conditional, decision: &Value, span: Span, scope: &Scope<'_>) -> Value {
        let Some(unknown) = decision.unknown_part().cloned() else {
            let message = "the condition is neither true nor false";
            return self.invalid(conditional.condition.span, "invalid-condition", message);
        };
        let (guard, not_guard) = self.guards(&conditional.condition, decision, scope);
        let then = self.branch_if_taken(&conditional.then, scope);
        let otherwise = self.branch_if_taken(&conditional.otherwise, scope);
        let alternatives = vec![
            Alternative { guard, value: Some(in_common(then.clone(), &otherwise)) },
            Alternative { guard: not_guard, value: Some(in_common(otherwise, &then)) },
        ];
        let value = choose(alternatives, Some(unknown));
        let origins = if decision.origins.is_empty() {
            value.origins.clone()
        } else {
            Origins::of_all([&value.origins, &decision.origins])
        };
        Value { sensitive: value.sensitive || decision.sensitive, ..value }.with_origins(origins).at(span)
    }

    /// A branch that fails cannot be the one that is taken, as long as the configuration is applied.
    fn branch_if_taken(&self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let (value, faults) = self.attempt(|| self.eval(expr, scope));
        if faults.is_empty() {
            return value;
        }
        Value::unknown(Unknown::new(Reason::Invalid, self.excerpt(expr.span))).at(expr.span)
    }
}

/// Whether a branch may be changed by the type of the other: a number or truth value next to a text becomes one, at any
/// depth, and a list next to a set as well. What else the common type changes does not show in the values.
fn depends_on_other(value: &Value) -> bool {
    matches!(value.kind, Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_))
}

fn common_type(one: &Value, other: &Value) -> Option<Constraint> {
    unify(&[Constraint::of(one), Constraint::of(other)])
}

/// A branch as the type that it has in common with the other.
fn in_common(value: Value, other: &Value) -> Value {
    if !depends_on_other(&value) {
        return value;
    }
    match common_type(&value, other) {
        Some(common) => common.convert(value.clone()).unwrap_or(value),
        None => value,
    }
}
