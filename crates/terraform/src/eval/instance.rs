//! Instances of resources and module calls.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::model::Guard;
use iamrail_core::value::{Unknown, Value};

/// What tells the instances of a block apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// There is only one.
    None,
    /// The index of `count`.
    Index(usize),
    /// The key of `for_each`.
    Name(Arc<str>),
    /// Any of an unknown number of instances that `count` makes. It goes by the plain address.
    AnyIndex,
    /// Any of the instances that `for_each` makes under keys that are not known.
    AnyName,
}

/// How it is written in an address.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::None | Key::AnyIndex => Ok(()),
            Key::Index(index) => write!(f, "[{index}]"),
            Key::Name(name) => {
                let name = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                write!(f, "[\"{name}\"]")
            }
            Key::AnyName => f.write_str("[*]"),
        }
    }
}

/// An instance of a block.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// What tells it from the others.
    pub(crate) key: Key,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Value, Value)>,
    /// `count.index`.
    pub(super) index: Option<Value>,
    /// The conditions under which it exists.
    pub(crate) guard: Guard,
    /// Set when it stands for a number of instances that is not known.
    pub(crate) instances: Option<Arc<Unknown>>,
    /// Whether there is one at most of those that it stands for.
    pub(super) is_alone: bool,
}

/// The instances of a block.
#[derive(Debug)]
pub(crate) struct Expansion {
    /// What the instances are together.
    pub(super) form: Form,
    /// The instances.
    pub(crate) instances: Vec<Instance>,
    /// Where in them each key is, from when one is first asked for.
    places: OnceCell<HashMap<Key, usize>>,
}

/// What the instances of a block are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One thing.
    One,
    /// A list.
    List,
    /// A map.
    Map,
}

impl Instance {
    /// The only one.
    pub(super) fn single() -> Self {
        Self::new(Key::None)
    }

    /// The one of `count` with an index.
    pub(super) fn numbered(index: usize) -> Self {
        let number = Value::int(i128::try_from(index).unwrap_or_default());
        Self { index: Some(number), ..Self::new(Key::Index(index)) }
    }

    /// Any of an unknown number that `count` makes.
    pub(super) fn unnumbered(unknown: &Arc<Unknown>, guard: Guard) -> Self {
        let index = Value::unknown(Unknown::new(unknown.reason, "count.index"));
        Self { index: Some(index), guard, instances: Some(Arc::clone(unknown)), ..Self::new(Key::AnyIndex) }
    }

    /// The one that `count` makes, if it makes one.
    pub(super) fn perhaps(unknown: &Arc<Unknown>, guard: Guard) -> Self {
        Self { index: Some(Value::int(0)), is_alone: true, ..Self::unnumbered(unknown, guard) }
    }

    /// The one of `for_each` under a key.
    pub(super) fn named(key: Arc<str>, name: Value, value: Value) -> Self {
        Self { each: Some((name, value)), ..Self::new(Key::Name(key)) }
    }

    /// Any of those that `for_each` makes under keys that are not known; of the element, if that is.
    pub(super) fn unnamed(unknown: &Arc<Unknown>, item: Option<Value>) -> Self {
        let part = |name: &str| Value::unknown(Unknown::new(unknown.reason, name));
        let each = match item {
            Some(item) => (item.clone(), item),
            None => (part("each.key"), part("each.value")),
        };
        Self { each: Some(each), instances: Some(Arc::clone(unknown)), ..Self::new(Key::AnyName) }
    }

    fn new(key: Key) -> Self {
        Self { key, each: None, index: None, guard: Guard::always(), instances: None, is_alone: false }
    }

    /// The address of the instance of a block.
    pub(crate) fn address(&self, entity: &str) -> String {
        format!("{entity}{}", self.key)
    }
}

impl Expansion {
    pub(super) fn new(form: Form, instances: Vec<Instance>) -> Self {
        Self { form, instances, places: OnceCell::new() }
    }

    /// The instance of a key, or the one that stands for all.
    pub(super) fn select(&self, key: &Key) -> Option<&Instance> {
        let places = self.places.get_or_init(|| {
            // The first of several counts.
            let places = self.instances.iter().enumerate().rev();
            places.map(|(place, instance)| (instance.key.clone(), place)).collect()
        });
        let exact = places.get(key).and_then(|place| self.instances.get(*place));
        exact.or_else(|| self.instances.iter().find(|one| matches!(one.key, Key::AnyIndex | Key::AnyName)))
    }

    /// The only instance, if there is one only.
    pub(super) fn single(&self) -> Option<&Instance> {
        match self.instances.as_slice() {
            [instance] if self.form == Form::One => Some(instance),
            _ => None,
        }
    }
}
