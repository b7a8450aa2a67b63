//! Evaluates expressions.

use iamrail_core::value::{Kind, Value};

use super::Evaluator;
use super::scope::Scope;
use crate::syntax::{Expr, ExprKind};

impl Evaluator<'_> {
    /// The value of an expression at a place.
    pub(crate) fn eval(&self, expr: &Expr, scope: &Scope<'_>) -> Value {
        self.deeper(expr.span, || self.eval_kind(expr, scope))
    }

    fn eval_kind(&self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Value::null().at(span),
            ExprKind::Bool(value) => Value::bool(*value).at(span),
            ExprKind::Number(number) => Value::new(Kind::Number(*number)).at(span),
            ExprKind::Text(text) => Value::new(Kind::Text(text.clone())).at(span),
            ExprKind::Template(pieces) => self.template(pieces, span, scope),
            ExprKind::Tuple(items) => {
                let value = Value::list(items.iter().map(|item| self.eval(item, scope)).collect());
                self.bounded(value.at(span), span)
            }
            ExprKind::Object(items) => self.object_of(items, span, scope),
            ExprKind::Name(name) => self.reference(name, span, &[], scope),
            ExprKind::Access(base, steps) => match &base.kind {
                ExprKind::Name(name) => self.reference(name, span, steps, scope),
                _ => {
                    let value = self.eval(base, scope);
                    self.access(value, steps, span, scope)
                }
            },
            ExprKind::Conditional(conditional) => self.conditional(conditional, span, scope),
            ExprKind::Not(operand) => self.not(operand, span, scope),
            ExprKind::Negative(operand) => self.negative(operand, span, scope),
            ExprKind::Binary(operator, operands) => {
                let [left, right] = operands.as_ref();
                self.binary(*operator, left, right, span, scope)
            }
            ExprKind::Call(call) => self.call(call, span, scope),
            ExprKind::For(each) => self.for_expression(each, span, scope),
        }
    }
}
