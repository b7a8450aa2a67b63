//! Type constraints, as variables declare them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Kind, List, Value};
use thiserror::Error;

/// A type that values are converted to, and what is known of the type of a value.
#[derive(Clone, Debug, Default)]
pub(crate) enum Constraint {
    /// Whatever it is. As the element of a collection it means one type for all elements.
    #[default]
    Any,
    /// A text.
    String,
    /// A number.
    Number,
    /// A truth value.
    Bool,
    /// A list of elements of one type.
    List(Box<Constraint>),
    /// A set of elements of one type.
    Set(Box<Constraint>),
    /// A map of values of one type.
    Map(Box<Constraint>),
    /// As many elements, each of its own type.
    Tuple(Vec<Constraint>),
    /// These attributes; others are dropped.
    Object(IndexMap<Arc<str>, Attribute>),
}

/// An attribute of an object type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attribute {
    /// Its type.
    pub(crate) constraint: Constraint,
    /// Whether it may be left out.
    pub(crate) optional: bool,
    /// The value it then has, null when none is declared.
    pub(crate) default: Option<Value>,
}

/// Why an expression is no type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct TypeError {
    /// What is wrong, in one lower-case line without full stop.
    pub(crate) message: String,
    /// The bytes to blame, in the text that the expression was parsed from.
    pub(crate) span: Option<Range<usize>>,
}

impl Constraint {
    /// What is known of the type of a value. Lists count as tuples and maps as objects, the more telling of the two.
    pub(crate) fn of(value: &Value) -> Constraint {
        match &value.kind {
            Kind::Bool(_) => Constraint::Bool,
            Kind::Number(_) => Constraint::Number,
            Kind::Text(_) => Constraint::String,
            Kind::List(list) if list.open.is_some() => {
                Constraint::List(Box::new(Constraint::of_elements(list)))
            }
            Kind::List(list) => Constraint::Tuple(list.items.iter().map(Constraint::of).collect()),
            Kind::Set(set) => Constraint::Set(Box::new(Constraint::of_elements(set))),
            Kind::Map(map) if map.open.is_some() => {
                let element = Constraint::of_all(map.iter().map(|(_, value)| value));
                Constraint::Map(Box::new(element.unwrap_or_default()))
            }
            Kind::Map(map) => Constraint::Object(
                map.iter()
                    .map(|(key, value)| {
                        (
                            Arc::clone(key),
                            Attribute { constraint: Constraint::of(value), ..Attribute::default() },
                        )
                    })
                    .collect(),
            ),
            Kind::Choice(choice) => {
                let values = choice.alternatives.iter().filter_map(|one| one.value.as_ref());
                Constraint::of_all(values).unwrap_or_default()
            }
            _ => Constraint::Any,
        }
    }

    /// The type that all values can be converted to; `None` when there is none. Values that have none in common may
    /// still get one from what is not known of them: then any.
    pub(crate) fn of_all<'v>(values: impl IntoIterator<Item = &'v Value>) -> Option<Constraint> {
        let values: Vec<&Value> = values.into_iter().collect();
        let types: Vec<_> = values.iter().map(|value| Constraint::of(value)).collect();
        let is_open = || values.iter().any(|value| !value.is_wholly_known());
        super::unify(&types).or_else(|| is_open().then_some(Constraint::Any))
    }

    fn of_elements(list: &List) -> Constraint {
        Constraint::of_all(&list.items).unwrap_or_default()
    }

    /// Whether nothing is asked at any depth.
    pub(crate) fn is_any(&self) -> bool {
        matches!(self, Constraint::Any)
    }
}

/// How Terraform names the type of a value: a list counts as a tuple, a map as an object.
pub(crate) fn type_name(value: &Value) -> String {
    Constraint::of(value).to_string()
}

/// As Terraform names types in messages: `list of string`, `object`.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::Any => f.write_str("dynamic"),
            Constraint::String => f.write_str("string"),
            Constraint::Number => f.write_str("number"),
            Constraint::Bool => f.write_str("bool"),
            Constraint::List(element) => write!(f, "list of {element}"),
            Constraint::Set(element) => write!(f, "set of {element}"),
            Constraint::Map(element) => write!(f, "map of {element}"),
            Constraint::Tuple(_) => f.write_str("tuple"),
            Constraint::Object(_) => f.write_str("object"),
        }
    }
}
