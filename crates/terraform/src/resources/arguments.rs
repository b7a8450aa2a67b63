//! The arguments of a resource, with the place of each.

use std::sync::Arc;

use iamrail_core::model::{Aside, Declarations, Declared, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Possible, Reason, Text, Unknown, Value};

use super::Instance;

/// The longest run of blanks and `=` between the name of an argument and its value. A value that stands further away
/// was written elsewhere and came here through a reference.
const GAP: u32 = 64;

/// The arguments of a resource or of a block in it.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'i> {
    pub(super) declared: &'i Arc<Declared>,
    attributes: &'i Value,
}

/// An argument that names things.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    /// It is the name or ARN of one.
    One(&'static str),
    /// It is a list of names or ARNs.
    Each(&'static str),
}

impl Argument {
    pub(super) fn name(self) -> &'static str {
        match self {
            Argument::One(name) | Argument::Each(name) => name,
        }
    }
}

/// Something that an argument names.
pub(super) struct Item {
    pub(super) value: Value,
    pub(super) span: Span,
    pub(super) guard: Guard,
    /// Set when it is not known whether it is there.
    pub(super) undecided: Option<Arc<Unknown>>,
}

impl<'i> Arguments<'i> {
    pub(super) fn of(instance: &'i Instance) -> Self {
        Self { declared: &instance.declared, attributes: &instance.attributes }
    }

    /// All of them as one value.
    pub(super) fn all(&self) -> &'i Value {
        self.attributes
    }

    /// The value of an argument; null when it is not set.
    pub(super) fn value(&self, name: &str) -> Value {
        match &self.attributes.kind {
            Kind::Map(map) => match (map.get(name), &map.open) {
                (Some(value), _) => value.clone(),
                (None, Some(unknown)) => Value::unknown(Arc::clone(unknown)),
                (None, None) => Value::null(),
            },
            Kind::Unknown(_) | Kind::Choice(_) => self.attributes.clone(),
            _ => Value::null(),
        }
    }

    /// Where an argument stands: its value if it is written there, its name if the value comes from elsewhere, or the heading
    /// of the resource.
    pub(super) fn span(&self, name: &str) -> Span {
        let Some(field) = self.attributes.as_map().and_then(|map| map.entries.get(name)) else {
            return self.declared.span;
        };
        match (field.key, field.value.span) {
            (Some(key), Some(value)) if follows(key, value) => value,
            (Some(key), _) => key,
            (None, Some(value)) => value,
            (None, None) => self.declared.span,
        }
    }

    /// The name under which AWS knows the resource: unknown when AWS makes it up.
    pub(super) fn name(&self, argument: &str) -> Value {
        let name = self.value(argument);
        if name.is_null() { self.computed(argument) } else { name }
    }

    /// An attribute that is known only when the resource exists.
    pub(super) fn computed(&self, attribute: &str) -> Value {
        let what = format!("{}.{attribute}", self.declared.subject);
        Value::unknown(Unknown::new(Reason::Computed, what))
    }

    /// The resource itself, as others refer to it by an attribute.
    pub(super) fn itself(&self, attribute: &str) -> Value {
        let origins = super::origins_of(&self.declared.subject, attribute);
        self.name(attribute).with_origins(origins).at(self.declared.span)
    }

    /// The things that an argument names.
    pub(super) fn items(&self, argument: Argument) -> Vec<Item> {
        let (name, whole) = (argument.name(), self.span(argument.name()));
        let value = self.value(name);
        match argument {
            Argument::One(_) if value.is_null() => Vec::new(),
            // The linker takes the alternatives of a single value apart.
            Argument::One(_) => vec![Item { value, span: whole, guard: Guard::always(), undecided: None }],
            Argument::Each(_) => value.alternatives().iter().flat_map(|one| elements(one, whole)).collect(),
        }
    }

    /// The nested blocks of a type, each with its own arguments.
    pub(super) fn blocks(&self, name: &str) -> Vec<Arguments<'i>> {
        let Some(blocks) = self.attributes.get(name).and_then(Value::as_list) else { return Vec::new() };
        blocks.items.iter().map(|block| Arguments { declared: self.declared, attributes: block }).collect()
    }

    /// Notes something that the guardrails leave aside, if the argument is set.
    pub(super) fn leave_aside(&self, name: &str, what: &'static str, declarations: &mut Declarations) {
        let value = self.value(name);
        if !value.is_null() && !value.as_text().is_some_and(Text::is_empty) {
            let subject = Arc::clone(&self.declared.subject);
            declarations.asides.push(Aside { subject, span: self.span(name), what });
        }
    }
}

/// The elements of a list, those that may be there included.
fn elements(possible: &Possible<'_>, whole: Span) -> Vec<Item> {
    let item = |value: &Value, undecided: Option<&Arc<Unknown>>| Item {
        span: value.span.filter(|span| whole.contains(span)).unwrap_or(whole),
        value: value.clone(),
        guard: possible.guard.clone(),
        undecided: possible.undecided.or(undecided).cloned(),
    };
    let Some(value) = possible.value else { return Vec::new() };
    match &value.kind {
        Kind::Null => Vec::new(),
        Kind::List(list) | Kind::Set(list) => {
            let known = list.items.iter().filter(|value| !value.is_null()).map(|value| item(value, None));
            let more = list.open.iter().map(|open| item(&Value::unknown(Arc::clone(open)), Some(open)));
            known.chain(more).collect()
        }
        // A list that is not known at all may be empty.
        Kind::Unknown(unknown) => vec![item(value, Some(unknown))],
        _ => vec![item(value, None)],
    }
}

fn follows(key: Span, value: Span) -> bool {
    key.file == value.file && value.start >= key.end && value.start - key.end <= GAP
}
