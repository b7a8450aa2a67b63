//! A call in progress: converted arguments, and what results are made with.

use std::borrow::Cow;
use std::sync::Arc;

use iamrail_core::value::{Kind, List, Map, Number, Origins, Reason, Text, Unknown, Value};

use super::{Host, pieces};
use crate::types::to_float;

/// The most elements that a function takes or makes.
pub(super) const MOST_ELEMENTS: usize = 1 << 18;

/// The most bytes that a function takes or makes.
pub(super) const MOST_BYTES: usize = 16 << 20;

/// A call in progress.
pub(super) struct Call<'a> {
    /// The arguments, converted to the types of their parameters. None is a choice.
    pub(super) arguments: &'a [Value],
    /// The module that calls.
    pub(super) host: &'a dyn Host,
}

/// Why a call fails, in the words of Terraform.
#[derive(Debug)]
pub(super) struct Fault {
    /// The argument to blame, from 0; `None` when it is the call itself.
    pub(super) argument: Option<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// Whether nothing is wrong but the size: Terraform would go on.
    pub(super) is_size: bool,
}

impl Fault {
    /// The call fails.
    pub(super) fn call(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into(), is_size: false }
    }

    /// The result would have more bytes or elements than one may have.
    pub(super) fn too_large() -> Self {
        Self { is_size: true, ..Self::call("the result would be too large") }
    }

    /// An argument is wrong.
    pub(super) fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(index), message: message.into(), is_size: false }
    }
}

static NULL: Value = Value { kind: Kind::Null, span: None, origins: Origins::none(), sensitive: false };

impl<'a> Call<'a> {
    /// An argument; null when the call does not give it.
    pub(super) fn value(&self, index: usize) -> &'a Value {
        self.arguments.get(index).unwrap_or(&NULL)
    }

    /// A known text, empty when the argument is none.
    pub(super) fn str(&self, index: usize) -> Cow<'a, str> {
        self.value(index).as_str().unwrap_or_default()
    }

    /// A text, possibly with holes.
    pub(super) fn text(&self, index: usize) -> Cow<'a, Text> {
        self.value(index).as_text().map_or_else(|| Cow::Owned(Text::default()), Cow::Borrowed)
    }

    /// A number, 0 when the argument is none.
    pub(super) fn number(&self, index: usize) -> Number {
        match self.value(index).kind {
            Kind::Number(number) => number,
            _ => Number::Int(0),
        }
    }

    /// A number as a double.
    pub(super) fn float(&self, index: usize) -> f64 {
        to_float(self.number(index))
    }

    /// A number that must be whole and of 64 bits.
    pub(super) fn whole(&self, index: usize) -> Result<i64, Fault> {
        let whole = match self.number(index) {
            Number::Int(whole) => i64::try_from(whole).ok(),
            Number::Float(_) => None,
        };
        whole.ok_or_else(|| {
            let (min, max) = (i64::MIN, i64::MAX);
            Fault::call(format!("value must be a whole number, between {min} and {max}"))
        })
    }

    /// The elements of a list or set, none when the argument is neither.
    pub(super) fn items(&self, index: usize) -> &'a [Value] {
        self.value(index).as_list().map_or(&[], |list| &list.items)
    }

    /// What was made from the arguments.
    pub(super) fn derive(&self, kind: Kind) -> Value {
        let origins = Origins::of_all(self.arguments.iter().map(|one| &one.origins));
        Value { kind, span: None, origins, sensitive: self.is_sensitive() }
    }

    /// A list that was made from the arguments.
    pub(super) fn derive_list(&self, items: Vec<Value>, open: Option<Arc<Unknown>>) -> Value {
        self.derive(Kind::List(Arc::new(List::new(items, open))))
    }

    /// A map that was made from the arguments.
    pub(super) fn derive_map(&self, map: Map) -> Value {
        self.derive(Kind::Map(Arc::new(map)))
    }

    /// A text that was made from the arguments.
    pub(super) fn derive_text(&self, text: Text) -> Value {
        self.derive(Kind::Text(pieces::compact(text)))
    }

    /// What cannot be made because an argument is not known.
    pub(super) fn unknown(&self) -> Value {
        let because = self.arguments.iter().find_map(Value::unknown_part).cloned();
        let because = because.unwrap_or_else(|| Arc::new(Unknown::new(Reason::Unsupported, "a function")));
        self.derive(Kind::Unknown(because))
    }

    /// What cannot be made for a reason of its own.
    pub(super) fn unknown_for(&self, reason: Reason, what: impl Into<Arc<str>>) -> Value {
        self.derive(Kind::Unknown(Arc::new(Unknown::new(reason, what))))
    }

    /// Whether any argument is secret.
    pub(super) fn is_sensitive(&self) -> bool {
        self.arguments.iter().any(|one| one.sensitive)
    }
}
