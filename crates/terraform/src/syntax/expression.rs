//! Expressions as they were written, with places in the file. One form for HCL and JSON.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Number, Part, Text};

/// An expression with its place.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// What it is.
    pub(crate) kind: ExprKind,
    /// Where it stands, quotes and brackets included.
    pub(crate) span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `4.5`.
    Number(Number),
    /// A quoted text or heredoc in which nothing is to be evaluated.
    Text(Text),
    /// A quoted text or heredoc with interpolations or directives.
    Template(Vec<Piece>),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = b }`.
    Object(Vec<Item>),
    /// A name at the start of a reference: `var`, `local`, a resource type, a variable of `for`.
    Name(Arc<str>),
    /// `base.attribute[index]`.
    Access(Box<Expr>, Vec<Access>),
    /// `condition ? then : otherwise`.
    Conditional(Box<Conditional>),
    /// `!a`.
    Not(Box<Expr>),
    /// `-a`.
    Negative(Box<Expr>),
    /// `a + b`.
    Binary(Operator, Box<[Expr; 2]>),
    /// `f(a, b...)`.
    Call(Box<Call>),
    /// `[for k, v in c : v if p]`, `{for k, v in c : k => v... if p}`.
    For(Box<For>),
}

/// An entry of an object expression.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Its key; a bare name is a text, as Terraform reads it.
    pub(crate) key: Expr,
    /// Its value.
    pub(crate) value: Expr,
}

/// A step into a value.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// `.name`.
    Attribute(Arc<str>, Span),
    /// `[index]`, also `.0`.
    Index(Expr),
    /// `[*]` or `.*`, and which of the steps behind it are taken in every element. The steps stay in one list, however
    /// many splats there are: nothing that goes through an expression goes deeper for them.
    Splat(Each, Span),
}

/// What a splat takes in every element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Each {
    /// All steps behind it, as `[*]` does.
    Rest,
    /// So many, as `.*` does: the names and `.0` up to the next bracket.
    Next(usize),
}

/// A conditional expression.
#[derive(Clone, Debug)]
pub(crate) struct Conditional {
    /// What decides.
    pub(crate) condition: Expr,
    /// The value when it is true.
    pub(crate) then: Expr,
    /// The value when it is false.
    pub(crate) otherwise: Expr,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A call of a function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its name, with namespaces: `jsonencode`, `provider::aws::arn_parse`.
    pub(crate) name: Arc<str>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// The arguments.
    pub(crate) arguments: Vec<Expr>,
    /// Whether the last argument is a list of arguments (`...`).
    pub(crate) expand: bool,
}

/// A `for` expression.
#[derive(Clone, Debug)]
pub(crate) struct For {
    /// The name of the key or index, if it is named.
    pub(crate) key_name: Option<Arc<str>>,
    /// The name of the element.
    pub(crate) value_name: Arc<str>,
    /// What it goes over.
    pub(crate) collection: Expr,
    /// The key of the result when it is an object.
    pub(crate) key: Option<Expr>,
    /// The value.
    pub(crate) value: Expr,
    /// Whether values under one key are collected (`...`).
    pub(crate) grouping: bool,
    /// Which elements are taken.
    pub(crate) condition: Option<Expr>,
}

/// A piece of a template, after strip markers and indentation have had their effect.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Text; its parts map to the file byte by byte except for escapes.
    Literal(Text),
    /// `${value}`.
    Interpolation(Expr),
    /// `%{if condition}`.
    If(Box<IfDirective>),
    /// `%{for key, value in collection}`.
    For(Box<ForDirective>),
}

/// `%{if condition}then%{else}otherwise%{endif}`.
#[derive(Clone, Debug)]
pub(crate) struct IfDirective {
    /// What decides.
    pub(crate) condition: Expr,
    /// The text when it is true.
    pub(crate) then: Vec<Piece>,
    /// The text when it is false.
    pub(crate) otherwise: Vec<Piece>,
}

/// `%{for key, value in collection}body%{endfor}`.
#[derive(Clone, Debug)]
pub(crate) struct ForDirective {
    /// The name of the key or index, if it is named.
    pub(crate) key_name: Option<Arc<str>>,
    /// The name of the element.
    pub(crate) value_name: Arc<str>,
    /// What it goes over.
    pub(crate) collection: Expr,
    /// The text of each element.
    pub(crate) body: Vec<Piece>,
}

impl Each {
    /// The steps behind a splat: those that it takes in every element, and those that are taken in the result.
    pub(crate) fn split(self, behind: &[Access]) -> (&[Access], &[Access]) {
        match self {
            Self::Rest => (behind, &[]),
            Self::Next(count) => behind.split_at_checked(count).unwrap_or((behind, &[])),
        }
    }
}

impl Item {
    /// The key, if it is written as it is.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        match &self.key.kind {
            ExprKind::Text(text) => match text.parts() {
                [Part::Literal { text, .. }] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Expr {
    /// An expression at a place.
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The text, if this is one in which nothing is to be evaluated.
    pub(crate) fn literal(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Text(text) => text.as_str().map(String::from),
            _ => None,
        }
    }
}
