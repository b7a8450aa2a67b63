//! From the parser's tree to ours: places become those of the file, literals are cut where escapes lie between, and
//! the layout is left behind.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::structure as parsed;
use iamrail_core::source::Span;
use iamrail_core::value::{Number, Text};

use super::expression::{Access, Call, Conditional, Each, Expr, ExprKind, For, Item, Operator};
use super::places::Places;
use super::structure::{Attribute, Block, Body, Label};
use crate::types::{composed, normalize};

/// What lowering needs to know about the text that was parsed.
pub(super) struct Lowering<'t> {
    /// The text as it was written.
    pub(super) text: &'t str,
    /// Where it stands.
    pub(super) places: Places,
}

impl Lowering<'_> {
    pub(super) fn body(&self, body: &parsed::Body) -> Body {
        let mut lowered = Body::default();
        for structure in body {
            match structure {
                parsed::Structure::Attribute(attribute) => lowered.attributes.push(self.attribute(attribute)),
                parsed::Structure::Block(block) => lowered.blocks.push(self.block(block)),
            }
        }
        lowered
    }

    fn attribute(&self, attribute: &parsed::Attribute) -> Attribute {
        Attribute {
            name: attribute.key.as_str().into(),
            name_span: self.span(attribute.key.span()),
            value: self.expr(&attribute.value),
        }
    }

    pub(super) fn block(&self, block: &parsed::Block) -> Block {
        let kind = self.span(block.ident.span());
        let labels: Vec<Label> = block
            .labels
            .iter()
            .map(|label| {
                let mut range = label.span().unwrap_or_default();
                if label.is_string() {
                    range = range.start + 1..range.end.saturating_sub(1);
                }
                Label { text: label.as_str().into(), span: self.span(Some(range)) }
            })
            .collect();
        let heading = block.labels.last().map_or(kind, |label| kind.to(self.span(label.span())));
        Block { kind: block.ident.as_str().into(), labels, heading, body: self.body(&block.body) }
    }

    pub(super) fn expr(&self, expr: &Expression) -> Expr {
        let span = self.span(expr.span());
        let kind = match expr {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(number) => ExprKind::Number(self.number(number.value(), number.span())),
            Expression::String(_) => ExprKind::Text(self.quoted(expr.span().unwrap_or_default())),
            Expression::Array(array) => ExprKind::Tuple(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => ExprKind::Object(self.items(object)),
            Expression::StringTemplate(template) => self.quoted_template(template),
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc),
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => ExprKind::Name(name.as_str().into()),
            Expression::Conditional(conditional) => ExprKind::Conditional(Box::new(Conditional {
                condition: self.expr(&conditional.cond_expr),
                then: self.expr(&conditional.true_expr),
                otherwise: self.expr(&conditional.false_expr),
            })),
            Expression::FuncCall(call) => ExprKind::Call(Box::new(self.call(call))),
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => {
                let operand = Box::new(self.expr(&operation.expr));
                match operation.operator.value() {
                    UnaryOperator::Not => ExprKind::Not(operand),
                    UnaryOperator::Neg => ExprKind::Negative(operand),
                }
            }
            Expression::BinaryOp(operation) => ExprKind::Binary(
                operator(*operation.operator.value()),
                Box::new([self.expr(&operation.lhs_expr), self.expr(&operation.rhs_expr)]),
            ),
            Expression::ForExpr(each) => ExprKind::For(Box::new(self.for_expr(each))),
        };
        Expr::new(kind, span)
    }

    fn number(&self, number: &hcl_edit::Number, range: Option<Range<usize>>) -> Number {
        // The parser reads whole numbers of more than 64 bits as fractions; the text has all digits.
        let written = range.and_then(|range| self.text.get(range)).unwrap_or_default();
        let digits: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        match digits.parse() {
            Ok(whole) => Number::Int(whole),
            Err(_) => normalize(number.as_f64().unwrap_or_default()),
        }
    }

    /// A text with its quotes, in which nothing is to be evaluated.
    pub(super) fn quoted(&self, range: Range<usize>) -> Text {
        let inner = range.start + 1..range.end.saturating_sub(1);
        let written = self.text.get(inner.clone()).unwrap_or_default();
        if written.is_empty() {
            return Text::default();
        }
        if self.places.is_direct() && memchr::memchr3(b'\\', b'$', b'%', written.as_bytes()).is_none() {
            return Text::literal(&*composed(written), Some(self.span(Some(inner))));
        }
        let mut parts = Vec::new();
        self.literal(inner, true, &mut parts);
        Text::from_parts(parts)
    }

    fn items(&self, object: &Object) -> Vec<Item> {
        let item = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| Item {
            key: match key {
                ObjectKey::Ident(name) => {
                    let span = self.span(name.span());
                    // The text as written: the parser may have been given another name for a repeated key.
                    let written = name.span().and_then(|range| self.text.get(range)).unwrap_or(name.as_str());
                    Expr::new(ExprKind::Text(Text::literal(written, Some(span))), span)
                }
                // As a key, `null` is a name like any other.
                ObjectKey::Expression(Expression::Null(key)) => {
                    let span = self.span(key.span());
                    Expr::new(ExprKind::Text(Text::literal("null", Some(span))), span)
                }
                ObjectKey::Expression(key) => self.expr(key),
            },
            value: self.expr(value.expr()),
        };
        object.iter().map(item).collect()
    }

    fn call(&self, call: &FuncCall) -> Call {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        let first = call.name.namespace.first().unwrap_or(&call.name.name);
        Call {
            name: name.into(),
            name_span: self.span(first.span()).to(self.span(call.name.name.span())),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand: call.args.expand_final(),
        }
    }

    fn traversal(&self, traversal: &Traversal) -> ExprKind {
        let base = self.expr(&traversal.expr);
        let mut steps = Vec::with_capacity(traversal.operators.len());
        let mut behind = traversal.operators.iter();
        while let Some(operator) = behind.next() {
            steps.push(match operator.value() {
                TraversalOperator::GetAttr(name) => {
                    Access::Attribute(name.as_str().into(), self.span(name.span()))
                }
                TraversalOperator::Index(index) => Access::Index(self.expr(index)),
                TraversalOperator::LegacyIndex(index) => {
                    let number = Number::Int(i128::from(*index.value()));
                    Access::Index(Expr::new(ExprKind::Number(number), self.span(index.span())))
                }
                TraversalOperator::FullSplat(splat) => Access::Splat(Each::Rest, self.span(splat.span())),
                TraversalOperator::AttrSplat(splat) => {
                    let named = behind.clone().take_while(|one| is_named(one.value())).count();
                    Access::Splat(Each::Next(named), self.span(splat.span()))
                }
            });
        }
        ExprKind::Access(Box::new(base), steps)
    }

    fn for_expr(&self, each: &ForExpr) -> For {
        For {
            key_name: each.intro.key_var.as_ref().map(|name| name.as_str().into()),
            value_name: each.intro.value_var.as_str().into(),
            collection: self.expr(&each.intro.collection_expr),
            key: each.key_expr.as_ref().map(|key| self.expr(key)),
            value: self.expr(&each.value_expr),
            grouping: each.grouping,
            condition: each.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }
    }

    pub(super) fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        self.places.span(range.start, range.end)
    }
}

/// Whether a step is one that `.*` takes in every element.
fn is_named(operator: &TraversalOperator) -> bool {
    matches!(operator, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Remainder,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
