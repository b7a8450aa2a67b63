//! What the expressions of a body refer to, without evaluating them.

use std::sync::Arc;

use iamrail_core::source::Span;

use super::expression::{Access, Expr, ExprKind, Piece};
use super::structure::Body;

/// Arguments that order things, and let nothing flow.
const ORDERING: [&str; 3] = ["depends_on", "lifecycle", "provider"];

/// A reference: the names that lead to what it means, without keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Referred {
    /// `aws_iam_policy`, `deploy`, `arn`.
    pub(crate) names: Vec<Arc<str>>,
    /// Where it stands.
    pub(crate) span: Span,
}

impl Body {
    /// The references in its arguments and blocks, those left out that only order things; of each argument or block that
    /// `is_meant` picks by its name.
    pub(crate) fn references(&self, is_meant: &dyn Fn(&str) -> bool) -> Vec<Referred> {
        let mut expressions: Vec<&Expr> = Vec::new();
        let is_meant = |name: &str| !ORDERING.contains(&name) && is_meant(name);
        let own = self.attributes.iter().filter(|attribute| is_meant(&attribute.name));
        expressions.extend(own.map(|attribute| &attribute.value));
        let mut bodies: Vec<&Body> =
            self.blocks.iter().filter(|one| is_meant(one.produces())).map(|one| &one.body).collect();
        while let Some(body) = bodies.pop() {
            expressions.extend(body.attributes.iter().map(|attribute| &attribute.value));
            bodies.extend(body.blocks.iter().map(|block| &block.body));
        }
        of_expressions(expressions)
    }
}

impl Expr {
    /// The references in it.
    pub(crate) fn references(&self) -> Vec<Referred> {
        of_expressions(vec![self])
    }
}

/// Keeps a stack of its own, so that no nesting can overflow that of the thread.
fn of_expressions(mut waiting: Vec<&Expr>) -> Vec<Referred> {
    let mut found = Vec::new();
    let mut pieces: Vec<&Piece> = Vec::new();
    loop {
        if let Some(piece) = pieces.pop() {
            match piece {
                Piece::Literal(_) => {}
                Piece::Interpolation(value) => waiting.push(value),
                Piece::If(one) => {
                    waiting.push(&one.condition);
                    pieces.extend(one.then.iter().chain(&one.otherwise));
                }
                Piece::For(one) => {
                    waiting.push(&one.collection);
                    pieces.extend(&one.body);
                }
            }
            continue;
        }
        let Some(expr) = waiting.pop() else { return found };
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => {}
            ExprKind::Template(template) => pieces.extend(template),
            ExprKind::Tuple(items) => waiting.extend(items),
            ExprKind::Object(items) => waiting.extend(items.iter().flat_map(|item| [&item.key, &item.value])),
            ExprKind::Name(name) => found.push(Referred { names: vec![Arc::clone(name)], span: expr.span }),
            ExprKind::Access(base, steps) => {
                let indices = steps.iter().filter_map(|step| match step {
                    Access::Index(index) => Some(index),
                    Access::Attribute(..) | Access::Splat(..) => None,
                });
                waiting.extend(indices);
                let ExprKind::Name(name) = &base.kind else {
                    waiting.push(base);
                    continue;
                };
                let attributes = steps.iter().filter_map(|step| match step {
                    Access::Attribute(name, _) => Some(Arc::clone(name)),
                    Access::Index(_) | Access::Splat(..) => None,
                });
                let names = std::iter::once(Arc::clone(name)).chain(attributes).collect();
                found.push(Referred { names, span: expr.span });
            }
            ExprKind::Conditional(one) => waiting.extend([&one.condition, &one.then, &one.otherwise]),
            ExprKind::Not(operand) | ExprKind::Negative(operand) => waiting.push(operand),
            ExprKind::Binary(_, operands) => waiting.extend(operands.iter()),
            ExprKind::Call(call) => waiting.extend(&call.arguments),
            ExprKind::For(one) => {
                waiting.extend([&one.collection, &one.value]);
                waiting.extend(one.key.iter().chain(&one.condition));
            }
        }
    }
}
