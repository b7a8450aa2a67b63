//! Arithmetic, comparison and logic.

use std::cmp::Ordering;

use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Number, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::access::described;
use super::scope::Scope;
use crate::syntax::{Expr, Operator};
use crate::types::{
    Constraint, Inexact, add, compare, divide, equal, is_close, is_rounded, multiply, negate, remainder,
    rounded, to_float,
};

impl Evaluator<'_> {
    pub(super) fn not(&self, operand: &Expr, span: Span, scope: &Scope<'_>) -> Value {
        let value = self.eval(operand, scope);
        self.unary(&value, operand.span, span, &Constraint::Bool, |kind| match kind {
            Kind::Bool(value) => Some(Kind::Bool(!value)),
            _ => None,
        })
    }

    pub(super) fn negative(&self, operand: &Expr, span: Span, scope: &Scope<'_>) -> Value {
        let value = self.eval(operand, scope);
        self.unary(&value, operand.span, span, &Constraint::Number, |kind| match kind {
            Kind::Number(Number::Int(number)) => Some(Kind::Number(Number::Int(number.checked_neg()?))),
            Kind::Number(Number::Float(number)) => Some(Kind::Number(Number::Float(-number))),
            _ => None,
        })
    }

    fn unary(
        &self,
        value: &Value,
        at: Span,
        span: Span,
        constraint: &Constraint,
        compute: fn(&Kind) -> Option<Kind>,
    ) -> Value {
        if let Some(value) = self.in_each_case(&[value], |case| {
            case.first().map_or_else(Value::null, |value| self.unary(value, at, span, constraint, compute))
        }) {
            return value;
        }
        if let Some(unknown) = value.unknown_part() {
            return made_of(&[value], Value::unknown(unknown.clone())).at(span);
        }
        match self.operand(value, at, constraint).and_then(|value| compute(&value.kind)) {
            Some(kind) => made_of(&[value], Value::new(kind)).at(span),
            None => self.invalid_operand(value, at, constraint),
        }
    }

    pub(super) fn binary(
        &self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Value {
        let left_value = self.eval(left, scope);
        // What cannot change the result is not asked for: it may be in error or unknown.
        let decided = match (operator, left_value.as_bool()) {
            (Operator::And, Some(false)) => Some(false),
            (Operator::Or, Some(true)) => Some(true),
            _ => None,
        };
        if let Some(decided) = decided {
            return made_of(&[&left_value], Value::bool(decided)).at(span);
        }
        let right_value = self.eval(right, scope);
        self.combine(operator, (&left_value, left.span), (&right_value, right.span), span)
    }

    fn combine(
        &self,
        operator: Operator,
        (left, left_span): (&Value, Span),
        (right, right_span): (&Value, Span),
        span: Span,
    ) -> Value {
        if let Some(value) = self.in_each_case(&[left, right], |case| match case {
            [left, right] => self.combine(operator, (left, left_span), (right, right_span), span),
            _ => Value::null(),
        }) {
            return value;
        }
        let both = [left, right];
        let unknown = || match left.unknown_part().or_else(|| right.unknown_part()) {
            Some(unknown) => made_of(&both, Value::unknown(unknown.clone())).at(span),
            None => Value::null(),
        };
        let unclear = || {
            let unknown = Unknown::new(Reason::Unsupported, self.excerpt(span));
            made_of(&both, Value::unknown(unknown)).at(span)
        };
        let result = |kind: Kind| made_of(&both, Value::new(kind)).at(span);
        match operator {
            Operator::Equal | Operator::NotEqual if are_close(left, right) => unclear(),
            Operator::Equal | Operator::NotEqual => match equal(left, right) {
                Some(same) => result(Kind::Bool(same == (operator == Operator::Equal))),
                None => unknown(),
            },
            Operator::And | Operator::Or => {
                let neutral = operator == Operator::And;
                match (left.as_bool(), right.as_bool()) {
                    (Some(left), Some(right)) => {
                        result(Kind::Bool(if neutral { left && right } else { left || right }))
                    }
                    // One operand alone decides.
                    (Some(one), None) | (None, Some(one)) if one != neutral => result(Kind::Bool(one)),
                    _ if left.unknown_part().is_some() || right.unknown_part().is_some() => unknown(),
                    (None, _) => self.invalid_operand(left, left_span, &Constraint::Bool),
                    _ => self.invalid_operand(right, right_span, &Constraint::Bool),
                }
            }
            _ => {
                if left.unknown_part().is_some() || right.unknown_part().is_some() {
                    return unknown();
                }
                let Some(a) = self.operand(left, left_span, &Constraint::Number) else {
                    return self.invalid_operand(left, left_span, &Constraint::Number);
                };
                let Some(b) = self.operand(right, right_span, &Constraint::Number) else {
                    return self.invalid_operand(right, right_span, &Constraint::Number);
                };
                match computed(operator, &a, &b) {
                    Ok(kind) => result(kind),
                    Err(Inexact::Unclear) => unclear(),
                    Err(Inexact::Undefined) => self.invalid(
                        span,
                        "invalid-operand",
                        "zero cannot be divided by zero, nor infinity by infinity",
                    ),
                }
            }
        }
    }

    fn operand(&self, value: &Value, _: Span, constraint: &Constraint) -> Option<Value> {
        if value.is_null() { None } else { constraint.convert(value.clone()).ok() }
    }

    fn invalid_operand(&self, value: &Value, span: Span, constraint: &Constraint) -> Value {
        let message = format!("a {constraint} is needed here, not {}", described(&value.kind));
        self.invalid(span, "invalid-operand", message)
    }
}

fn computed(operator: Operator, a: &Value, b: &Value) -> Result<Kind, Inexact> {
    let order = |accepts: fn(Ordering) -> bool| match compare(a, b) {
        Some(order) if !are_close(a, b) => Ok(Kind::Bool(accepts(order))),
        _ => Err(Inexact::Unclear),
    };
    match operator {
        Operator::Less => order(Ordering::is_lt),
        Operator::LessOrEqual => order(Ordering::is_le),
        Operator::Greater => order(Ordering::is_gt),
        Operator::GreaterOrEqual => order(Ordering::is_ge),
        _ => match (&a.kind, &b.kind) {
            (Kind::Number(a), Kind::Number(b)) => arithmetic(operator, *a, *b).map(Kind::Number),
            _ => Err(Inexact::Undefined),
        },
    }
}

/// Whether it depends on digits that are not kept how two numbers compare.
fn are_close(a: &Value, b: &Value) -> bool {
    matches!((&a.kind, &b.kind), (Kind::Number(a), Kind::Number(b)) if is_close(*a, *b))
}

/// Exact as long as the decimal digits fit; Terraform computes with 512 bits, which no policy needs.
fn arithmetic(operator: Operator, a: Number, b: Number) -> Result<Number, Inexact> {
    let exact = match operator {
        Operator::Divide => return divide(a, b),
        Operator::Add => add(a, b),
        Operator::Subtract => add(a, negate(b)),
        Operator::Multiply => multiply(a, b),
        Operator::Remainder => remainder(a, b),
        _ => return Err(Inexact::Undefined),
    };
    let computed = to_float(exact);
    if computed.is_nan() {
        return Err(Inexact::Undefined);
    }
    if !is_rounded(a) && !is_rounded(b) {
        return Ok(exact);
    }
    // What is left when most of a number is taken away shows only digits that are lost.
    let is_left_over = computed.abs() < 1e-3 * to_float(a).abs().max(to_float(b).abs());
    if operator != Operator::Multiply && is_left_over { Err(Inexact::Unclear) } else { rounded(computed) }
}

/// A value that was computed from others.
pub(super) fn made_of(parts: &[&Value], value: Value) -> Value {
    let origins = Origins::of_all(parts.iter().map(|part| &part.origins));
    Value { sensitive: parts.iter().any(|part| part.sensitive), ..value }.with_origins(origins)
}
