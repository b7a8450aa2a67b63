//! Policy documents with the place of every part.

use std::sync::Arc;

use crate::model::Guard;
use crate::source::Span;
use crate::value::{Text, Unknown, Value};

/// A policy document. Read with [`Document::read`]; never fails: what cannot be understood is in `problems`, and
/// what is not known in `open`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Document {
    /// Where it stands.
    pub span: Option<Span>,
    /// Its `Version`; null when it names none.
    pub version: Value,
    /// Its `Id`; null when it names none.
    pub id: Value,
    /// Its statements in order.
    pub statements: Vec<Statement>,
    /// Set when it may have more statements than these: the document or its list of statements is not known, or there are
    /// problems that hide what it means.
    pub open: Option<Arc<Unknown>>,
    /// What AWS would refuse, or what no reader can understand.
    pub problems: Vec<Problem>,
    /// How many characters it has at least, white space left out as AWS does: what is not known counts as none. None for a
    /// document that is not there, or of which not even the frame is known.
    pub size: usize,
}

/// A statement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Statement {
    /// Where it stands.
    pub span: Option<Span>,
    /// Its `Sid`; null when it has none.
    pub sid: Value,
    /// Allow, Deny, or not known.
    pub effect: Effect,
    /// `Action` or `NotAction`.
    pub actions: Elements,
    /// `Resource` or `NotResource`; `None` in trust policies.
    pub resources: Option<Elements>,
    /// `Principal` or `NotPrincipal`; `None` in identity policies.
    pub principals: Option<Principals>,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Condition>,
    /// Set when there may be more conditions than these.
    pub conditions_open: Option<Arc<Unknown>>,
    /// The conditions of the input under which it is part of the document.
    pub guard: Guard,
    /// Set when it is not known whether it is part of the document.
    pub undecided: Option<Arc<Unknown>>,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
    /// Not known.
    Unknown(Arc<Unknown>),
}

/// Actions, resources or principals of one type.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Elements {
    /// Whether it means everything except these (`NotAction`, `NotResource`, `NotPrincipal`).
    pub except: bool,
    /// Where its key stands.
    pub key: Option<Span>,
    /// The patterns.
    pub items: Vec<Element>,
    /// Set when there may be more patterns than these.
    pub open: Option<Arc<Unknown>>,
}

/// One pattern.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Element {
    /// The pattern as written; a part that is not known is a hole.
    pub text: Text,
    /// Where it stands, quotes included.
    pub span: Option<Span>,
    /// The value it was read from has these origins.
    pub value: Value,
    /// The conditions of the input under which it is there.
    pub guard: Guard,
    /// Set when it is not known whether it is there.
    pub undecided: Option<Arc<Unknown>>,
}

/// Who a statement speaks of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Principals {
    /// Where its key stands.
    pub key: Option<Span>,
    /// Whether it means everyone except these (`NotPrincipal`).
    pub except: bool,
    /// `AWS`, `Service`, `Federated`, `CanonicalUser` with their identifiers. A bare `*` is given as `AWS`.
    pub entries: Vec<(Arc<str>, Elements)>,
    /// Set when there may be more than these.
    pub open: Option<Arc<Unknown>>,
}

/// A condition: an operator on a key with values, any of which may match.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Condition {
    /// The operator as written: `ForAnyValue:StringEqualsIfExists`.
    pub operator: Arc<str>,
    /// The context key as written.
    pub key: Arc<str>,
    /// Where the key stands.
    pub key_span: Option<Span>,
    /// The values.
    pub values: Elements,
    /// The conditions of the input under which it is there.
    pub guard: Guard,
}

/// Something in a document that AWS refuses or that has no meaning.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong, in one lower-case line without full stop.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// What was probably meant, to be written in its place.
    pub meant: Option<&'static str>,
    /// The conditions of the input under which it is there.
    pub guard: Guard,
    /// Set when it is not known whether it is there.
    pub undecided: Option<Arc<Unknown>>,
}

impl Problem {
    /// Whether it is there whatever is deployed.
    pub(super) fn is_certain(&self) -> bool {
        self.guard.is_always() && self.undecided.is_none()
    }
}
