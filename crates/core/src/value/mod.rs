//! What front ends compute: values that are known, partly known or unknown, with where they stand and
//! which resource attributes they came from.

mod flat;
pub mod json;
mod origin;
mod text;
mod unknown;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

pub use flat::{Flat, HOLE};
pub use origin::{Form, Origin, Origins, Step};
pub use text::{Hole, Part, Text};
pub(crate) use unknown::{Place, symbol};
pub use unknown::{Reason, Unknown};

use crate::collections::IndexMap;
use crate::model::Guard;
use crate::source::Span;

/// A value with its history.
#[derive(Clone)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written; `None` when no single place of the input holds it (built by a function, given on
    /// the command line).
    pub span: Option<Span>,
    /// The resource attributes that flowed into it, in any number of hops.
    pub origins: Origins,
    /// Whether the input declares it to be secret. Such a value must never be printed.
    pub sensitive: bool,
}

/// The kinds of values.
#[derive(Clone)]
#[non_exhaustive]
pub enum Kind {
    /// JSON's and HCL's null.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, possibly with holes.
    Text(Text),
    /// A list or tuple.
    List(Arc<List>),
    /// A Terraform set, its elements in Terraform's order.
    Set(Arc<List>),
    /// A map or object.
    Map(Arc<Map>),
    /// One of several values, depending on what is not known or differs between deployments.
    Choice(Arc<Choice>),
    /// Not known, with the reason.
    Unknown(Arc<Unknown>),
}

/// A number as configuration languages know it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i128),
    /// Any other.
    Float(f64),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(n) => write!(f, "{n}"),
            Number::Float(n) => write!(f, "{n}"),
        }
    }
}

/// How many elements are followed that may stand at one position.
const MOST_ALTERNATIVES: usize = 8;

/// The elements of a list or set.
#[derive(Clone, Default)]
pub struct List {
    /// The elements that are known to be there (each may itself be unknown).
    pub items: Vec<Value>,
    /// Set when there may be more elements than these.
    pub open: Option<Arc<Unknown>>,
    /// The first of the elements that may not be there, looked for once.
    absent: OnceLock<Option<(usize, Arc<Unknown>)>>,
}

/// The entries of a map.
#[derive(Clone, Default)]
pub struct Map {
    /// The entries in the order of the input (Terraform maps: sorted).
    pub entries: IndexMap<Arc<str>, Field>,
    /// Set when there may be more entries, under keys that are not known.
    pub open: Option<Arc<Unknown>>,
}

/// An entry of a map.
#[derive(Clone)]
pub struct Field {
    /// Where the key stands.
    pub key: Option<Span>,
    /// The value.
    pub value: Value,
}

/// One of several values. Exactly one of the alternatives is real.
#[derive(Clone)]
pub struct Choice {
    /// The alternatives.
    pub alternatives: Vec<Alternative>,
    /// Why it is not decided. `None` when each alternative is a deployment of its own, as the branches of
    /// CloudFormation's `Fn::If` are: then a fault in one of them is a fault. Otherwise the one that is real is
    /// simply not known, and a fault in only one of them is undetermined.
    pub undecided: Option<Arc<Unknown>>,
}

/// A possible value.
#[derive(Clone)]
pub struct Alternative {
    /// The condition under which it is the real one.
    pub guard: Guard,
    /// The value; `None` when nothing is there (`AWS::NoValue`).
    pub value: Option<Value>,
}

impl List {
    /// These elements, and perhaps more.
    pub fn new(items: Vec<Value>, open: Option<Arc<Unknown>>) -> Self {
        Self { items, open, absent: OnceLock::new() }
    }

    /// Why it is not known how many elements there are and where they stand: there may be more, or one of them may not
    /// be there.
    pub fn doubt(&self) -> Option<&Arc<Unknown>> {
        self.open.as_ref().or_else(|| self.absent().map(|(_, unknown)| unknown))
    }

    /// Why it is not known where the element at a position stands: there may be more, or one of those before it may not
    /// be there.
    pub fn doubt_before(&self, position: usize) -> Option<&Arc<Unknown>> {
        let absent = || self.absent().filter(|(at, _)| *at < position);
        self.open.as_ref().or_else(|| absent().map(|(_, unknown)| unknown))
    }

    /// What stands at a position: one of several values when elements before it may not be there. `None` when nothing
    /// can stand there. The origins are those of the list.
    pub fn element(&self, position: usize, origins: &Origins) -> Option<Value> {
        let Some(doubt) = self.doubt_before(position.saturating_add(1)) else {
            return self.items.get(position).cloned();
        };
        let mut alternatives = Vec::new();
        let mut certain = 0;
        for (at, item) in self.items.iter().enumerate() {
            if certain > position || alternatives.len() > MOST_ALTERNATIVES {
                break;
            }
            certain += usize::from(item.absence().is_none());
            if at >= position {
                let possible = item.alternatives().into_iter();
                alternatives.extend(possible.filter_map(|one| {
                    Some(Alternative { guard: one.guard, value: Some(one.value?.clone()) })
                }));
            }
        }
        if alternatives.is_empty() && self.open.is_none() {
            return None;
        }
        if certain <= position || self.open.is_some() {
            let other = Value::unknown(Arc::clone(doubt)).with_origins(origins.inexact());
            alternatives.push(Alternative { guard: Guard::always(), value: Some(other) });
        }
        let present = || alternatives.iter().filter_map(|one| one.value.as_ref());
        let origins = Origins::of_all(present().map(|value| &value.origins));
        let sensitive = present().any(|value| value.sensitive);
        let undecided = Some(Arc::clone(doubt));
        let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided }));
        Some(Value { sensitive, ..Value::new(kind) }.with_origins(origins))
    }

    fn absent(&self) -> Option<&(usize, Arc<Unknown>)> {
        let find = || {
            let mut items = self.items.iter().enumerate();
            items.find_map(|(at, item)| Some((at, Arc::clone(item.absence()?))))
        };
        self.absent.get_or_init(find).as_ref()
    }
}

impl Map {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).map(|field| &field.value)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.entries.iter().map(|(key, field)| (key, &field.value))
    }
}

impl Value {
    /// A value without place and history.
    pub fn new(kind: Kind) -> Self {
        Self { kind, span: None, origins: Origins::none(), sensitive: false }
    }

    /// Null.
    pub fn null() -> Self {
        Self::new(Kind::Null)
    }

    /// A truth value.
    pub fn bool(value: bool) -> Self {
        Self::new(Kind::Bool(value))
    }

    /// A whole number.
    pub fn int(value: impl Into<i128>) -> Self {
        Self::new(Kind::Number(Number::Int(value.into())))
    }

    /// A text without holes that stands nowhere.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::new(Kind::Text(Text::literal(text, None)))
    }

    /// A list of known length.
    pub fn list(items: Vec<Value>) -> Self {
        let origins = Origins::of_all(items.iter().map(|item| &item.origins));
        let sensitive = items.iter().any(|item| item.sensitive);
        Self { kind: Kind::List(Arc::new(List::new(items, None))), span: None, origins, sensitive }
    }

    /// A map with known keys.
    pub fn map(entries: IndexMap<Arc<str>, Field>) -> Self {
        let origins = Origins::of_all(entries.values().map(|field| &field.value.origins));
        let sensitive = entries.values().any(|field| field.value.sensitive);
        Self { kind: Kind::Map(Arc::new(Map { entries, open: None })), span: None, origins, sensitive }
    }

    /// A value that is not known.
    pub fn unknown(unknown: impl Into<Arc<Unknown>>) -> Self {
        Self::new(Kind::Unknown(unknown.into()))
    }

    /// The same value, standing at `span`.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into();
        self
    }

    /// The same value with these origins.
    #[must_use]
    pub fn with_origins(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether nothing of it is known. A text with holes or a list with unknown elements is not unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    /// Whether all of it is known: no unknown, hole, choice or open end at any depth.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => true,
            Kind::Text(text) => text.is_known(),
            Kind::List(list) | Kind::Set(list) => {
                list.open.is_none() && list.items.iter().all(Value::is_wholly_known)
            }
            Kind::Map(map) => map.open.is_none() && map.iter().all(|(_, value)| value.is_wholly_known()),
            Kind::Choice(_) | Kind::Unknown(_) => false,
        }
    }

    /// Why it is not known: of the value itself, or of the first unknown part in it.
    pub fn unknown_part(&self) -> Option<&Arc<Unknown>> {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
            Kind::Text(text) => text.holes().next().map(|hole| &hole.unknown),
            Kind::List(list) | Kind::Set(list) => {
                list.items.iter().find_map(Value::unknown_part).or(list.open.as_ref())
            }
            Kind::Map(map) => map.iter().find_map(|(_, value)| value.unknown_part()).or(map.open.as_ref()),
            Kind::Choice(choice) => choice.undecided.as_ref().or_else(|| {
                choice.alternatives.iter().filter_map(|one| one.value.as_ref()).find_map(Value::unknown_part)
            }),
            Kind::Unknown(unknown) => Some(unknown),
        }
    }

    /// The text, with or without holes.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, if all of it is known.
    pub fn as_str(&self) -> Option<Cow<'_, str>> {
        self.as_text().and_then(Text::as_str)
    }

    /// The truth value, also when written as text (`"true"`), as both Terraform and CloudFormation convert it.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) => match text.as_str()?.as_ref() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The map.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The elements of a list or set.
    pub fn as_list(&self) -> Option<&List> {
        match &self.kind {
            Kind::List(list) | Kind::Set(list) => Some(list),
            _ => None,
        }
    }

    /// The value under a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get(key))
    }

    /// Where the sensitive texts and numbers in it are written.
    pub fn sensitive_places(&self, places: &mut Vec<Span>) {
        self.collect_sensitive(false, 0, places);
    }

    fn collect_sensitive(&self, within: bool, depth: usize, places: &mut Vec<Span>) {
        let sensitive = within || self.sensitive;
        if depth > 64 {
            places.extend(self.span.filter(|_| sensitive));
            return;
        }
        match &self.kind {
            Kind::Text(text) if sensitive => {
                let literals = text.parts().iter().filter_map(|part| match part {
                    Part::Literal { span, .. } => *span,
                    Part::Hole(_) => None,
                });
                places.extend(literals);
            }
            Kind::Number(_) if sensitive => places.extend(self.span),
            Kind::List(list) | Kind::Set(list) => {
                list.items.iter().for_each(|item| item.collect_sensitive(sensitive, depth + 1, places));
            }
            Kind::Map(map) => {
                map.iter().for_each(|(_, value)| value.collect_sensitive(sensitive, depth + 1, places));
            }
            Kind::Choice(choice) => {
                let values = choice.alternatives.iter().filter_map(|one| one.value.as_ref());
                values.for_each(|value| value.collect_sensitive(sensitive, depth + 1, places));
            }
            _ => {}
        }
    }

    /// What can be the case: the alternatives of a choice, nested ones flattened, each with its guard. A value
    /// that is no choice is its own only alternative. `None` stands for absence.
    pub fn alternatives(&self) -> Vec<Possible<'_>> {
        let mut found = Vec::with_capacity(1);
        self.collect_alternatives(&Guard::always(), None, &|_| false, 0, &mut found);
        found
    }

    /// What can be meant by a value that names something: its alternatives, but the attribute of a resource means that
    /// resource, whatever the attribute is.
    pub fn referents(&self) -> Vec<Possible<'_>> {
        let mut found = Vec::with_capacity(1);
        self.collect_alternatives(&Guard::always(), None, &Self::is_one_attribute, 0, &mut found);
        found
    }

    /// Whether it is the same attribute of the same resource in any case.
    fn is_one_attribute(&self) -> bool {
        let Some(origin) = self.origins.exact() else { return false };
        let is_it = |value: &Value| {
            let own = value.origins.exact();
            own.is_some_and(|own| own.resource == origin.resource && own.attribute == origin.attribute)
        };
        match &self.kind {
            Kind::Choice(choice) => {
                choice.alternatives.iter().all(|one| one.value.as_ref().is_some_and(is_it))
            }
            _ => true,
        }
    }

    /// Why it is not known whether it is there, when in one of the cases it is not.
    pub fn absence(&self) -> Option<&Arc<Unknown>> {
        let Kind::Choice(_) = self.kind else { return None };
        self.alternatives().into_iter().find(|one| one.value.is_none()).and_then(|one| one.undecided)
    }

    fn collect_alternatives<'v>(
        &'v self,
        guard: &Guard,
        undecided: Option<&'v Arc<Unknown>>,
        is_whole: &dyn Fn(&'v Self) -> bool,
        depth: usize,
        found: &mut Vec<Possible<'v>>,
    ) {
        let choice = match &self.kind {
            Kind::Choice(choice) if !is_whole(self) => choice,
            _ => {
                found.push(Possible { guard: guard.clone(), value: Some(self), undecided });
                return;
            }
        };
        for alternative in &choice.alternatives {
            // A branch under conditions that exclude each other cannot be.
            let Some(guard) = guard.and(&alternative.guard) else { continue };
            let undecided = undecided.or(choice.undecided.as_ref());
            match &alternative.value {
                // Front ends bound the nesting; a depth beyond that is not followed, the choice itself stands.
                Some(value) if depth < 64 => {
                    value.collect_alternatives(&guard, undecided, is_whole, depth + 1, found);
                }
                value => found.push(Possible { guard, value: value.as_ref(), undecided }),
            }
        }
    }
}

/// One of the values that can be the case.
#[derive(Clone)]
pub struct Possible<'v> {
    /// The condition under which it is.
    pub guard: Guard,
    /// The value, `None` when nothing is there.
    pub value: Option<&'v Value>,
    /// Set when it is not known which of the values is real.
    pub undecided: Option<&'v Arc<Unknown>>,
}

/// Debugging output shows the shape, and no text of a sensitive value.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str("<sensitive>");
        }
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(number) => write!(f, "{number}"),
            Kind::Text(text) => write!(f, "{text:?}"),
            Kind::List(list) | Kind::Set(list) => {
                f.debug_list().entries(&list.items).entries(list.open.iter().map(|_| "...")).finish()
            }
            Kind::Map(map) => f.debug_map().entries(map.iter()).finish(),
            Kind::Choice(choice) => f
                .debug_set()
                .entries(choice.alternatives.iter().map(|alternative| &alternative.value))
                .finish(),
            Kind::Unknown(unknown) => write!(f, "<unknown: {unknown}>"),
        }
    }
}

/// Null.
impl Default for Value {
    fn default() -> Self {
        Self::null()
    }
}
