//! Conditions that are not known, in the terms of the input.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::Value;

use super::Evaluator;
use super::scope::Scope;
use crate::syntax::{Access, Expr, ExprKind, Piece};

impl Evaluator<'_> {
    /// The guards of what exists when a condition holds, and when it does not.
    ///
    /// The same words mean the same only where they speak of the module as a whole: a condition that speaks of an
    /// instance or an element guards nothing, so that conditions of two of them are not taken for one.
    pub(super) fn guards(&self, condition: &Expr, decision: &Value, scope: &Scope<'_>) -> (Guard, Guard) {
        let mut holds = true;
        let mut inner = condition;
        while let ExprKind::Not(operand) = &inner.kind {
            inner = operand;
            holds = !holds;
        }
        let Some(frame) = scope.frame.filter(|_| !decision.sensitive && speaks_of_the_module(inner, 0))
        else {
            return (Guard::always(), Guard::always());
        };
        let mut text = self.excerpt(inner.span);
        if !frame.path.is_empty() {
            text = format!("{text} in {}", frame.path);
        }
        (Guard::when(text.as_str(), holds), Guard::when(text.as_str(), !holds))
    }
}

/// Whether an expression names only what is the same everywhere in a module.
fn speaks_of_the_module(expr: &Expr, depth: usize) -> bool {
    let all = |exprs: &[Expr]| exprs.iter().all(|expr| speaks_of_the_module(expr, depth + 1));
    if depth > 32 {
        return false;
    }
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => true,
        ExprKind::Template(pieces) => pieces.iter().all(|piece| match piece {
            Piece::Literal(_) => true,
            Piece::Interpolation(expr) => speaks_of_the_module(expr, depth + 1),
            Piece::If(_) | Piece::For(_) => false,
        }),
        ExprKind::Tuple(items) => all(items),
        ExprKind::Access(base, steps) => {
            let is_of_module = match &base.kind {
                ExprKind::Name(name) => matches!(&**name, "var" | "local" | "module" | "data" | "terraform"),
                _ => speaks_of_the_module(base, depth + 1),
            };
            is_of_module
                && steps.iter().all(|step| match step {
                    Access::Attribute(..) => true,
                    Access::Index(index) => speaks_of_the_module(index, depth + 1),
                    Access::Splat(..) => false,
                })
        }
        ExprKind::Not(operand) | ExprKind::Negative(operand) => speaks_of_the_module(operand, depth + 1),
        ExprKind::Binary(_, operands) => all(operands.as_slice()),
        ExprKind::Call(call) => all(&call.arguments),
        ExprKind::Object(_) | ExprKind::Name(_) | ExprKind::Conditional(_) | ExprKind::For(_) => false,
    }
}

/// When a guard does not hold, as far as one guard can say it: of several conditions any may be the one.
pub(super) fn negated(guard: &Guard) -> Guard {
    match guard.terms() {
        [term] => Guard::when(Arc::clone(&term.condition), !term.holds),
        _ => Guard::always(),
    }
}
