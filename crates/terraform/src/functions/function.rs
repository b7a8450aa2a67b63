//! What a function is: its name, its parameters, and how much of its arguments it needs to know.

use iamrail_core::value::Value;

use super::call::{Call, Fault};
use crate::types::Constraint;

/// What a function computes.
pub(super) type Outcome = Result<Value, Fault>;

/// A built-in function.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name, without namespace.
    pub(super) name: &'static str,
    /// The parameters that every call gives.
    pub(super) parameters: &'static [Parameter],
    /// The parameter of all further arguments.
    pub(super) rest: Option<Parameter>,
    /// What it does.
    pub(super) body: Body,
}

/// How a function deals with what is not known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// It is called when all of its arguments are known at every depth, and what it makes has the history of all of
    /// them.
    Known(fn(&Call<'_>) -> Outcome),
    /// It is called when no argument as a whole is unknown, and gives its result a history itself.
    Partly(fn(&Call<'_>) -> Outcome),
    /// It is called in any case, and gives its result a history itself.
    Open(fn(&Call<'_>) -> Outcome),
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    /// Its name in messages.
    pub(super) name: &'static str,
    kind: Kind,
    /// Whether null may be given.
    pub(super) is_nullable: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Any,
    Text,
    Number,
    Texts,
    Truths,
    List,
    Set,
    TextsByKey,
}

impl Function {
    /// A function that needs to know everything.
    pub(super) const fn known(
        name: &'static str,
        parameters: &'static [Parameter],
        run: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self { name, parameters, rest: None, body: Body::Known(run) }
    }

    /// A function that copes with unknown parts.
    pub(super) const fn partly(
        name: &'static str,
        parameters: &'static [Parameter],
        run: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self { name, parameters, rest: None, body: Body::Partly(run) }
    }

    /// A function that copes with anything.
    pub(super) const fn open(
        name: &'static str,
        parameters: &'static [Parameter],
        run: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self { name, parameters, rest: None, body: Body::Open(run) }
    }

    /// The same function with any number of further arguments.
    pub(super) const fn with_rest(self, rest: Parameter) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// The parameter of an argument.
    pub(super) fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.rest.as_ref())
    }
}

impl Parameter {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_nullable: false }
    }

    /// The same parameter, for which null may be given.
    pub(super) const fn or_null(self) -> Self {
        Self { is_nullable: true, ..self }
    }

    /// The type that its arguments are converted to.
    pub(super) fn constraint(&self) -> Constraint {
        let list = |element| Constraint::List(Box::new(element));
        match self.kind {
            Kind::Any => Constraint::Any,
            Kind::Text => Constraint::String,
            Kind::Number => Constraint::Number,
            Kind::Texts => list(Constraint::String),
            Kind::Truths => list(Constraint::Bool),
            Kind::List => list(Constraint::Any),
            Kind::Set => Constraint::Set(Box::new(Constraint::Any)),
            Kind::TextsByKey => Constraint::Map(Box::new(list(Constraint::String))),
        }
    }
}

/// A parameter for anything.
pub(super) const fn any(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Any)
}

/// A parameter for a text.
pub(super) const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Text)
}

/// A parameter for a number.
pub(super) const fn number(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Number)
}

/// A parameter for a list of texts.
pub(super) const fn texts(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Texts)
}

/// A parameter for a list of truth values.
pub(super) const fn truths(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Truths)
}

/// A parameter for a list whose elements are of one type.
pub(super) const fn list(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::List)
}

/// A parameter for a set whose elements are of one type.
pub(super) const fn set(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::Set)
}

/// A parameter for a map of lists of texts.
pub(super) const fn texts_by_key(name: &'static str) -> Parameter {
    Parameter::new(name, Kind::TextsByKey)
}
