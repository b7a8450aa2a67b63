//! What a root module is given, and what of it is asked for: where two environments give the same of that, it comes to the same.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::value::{Field, Kind, Part, Value};

/// What is given for a root module.
#[derive(Default)]
pub(super) struct Given {
    /// The values of variables.
    values: HashMap<Arc<str>, Value>,
    /// The name of the workspace, if one is named.
    workspace: Option<String>,
    /// Whether something is wrong with what is given.
    has_faults: bool,
    /// The variables that were asked for.
    asked: RefCell<HashSet<Arc<str>>>,
    /// Whether the workspace was asked for.
    asked_workspace: Cell<bool>,
}

impl Given {
    pub(super) fn new(values: HashMap<Arc<str>, Value>, workspace: Option<String>, has_faults: bool) -> Self {
        Self { values, workspace, has_faults, ..Self::default() }
    }

    /// The value of a variable.
    pub(super) fn value(&self, name: &Arc<str>) -> Option<&Value> {
        self.asked.borrow_mut().insert(Arc::clone(name));
        self.values.get(name)
    }

    /// The values of all variables, whether they are asked for or not.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.values.values()
    }

    /// The name of the workspace, if one is named.
    pub(super) fn workspace(&self) -> Option<&str> {
        self.asked_workspace.set(true);
        self.workspace.as_deref()
    }

    pub(super) fn add(&mut self, values: impl IntoIterator<Item = (Arc<str>, Value)>) {
        self.values.extend(values);
    }

    /// Whether whoever asked this would have got the same from another one.
    pub(super) fn answers_like(&self, other: &Given) -> bool {
        let is_same = |name: &Arc<str>| match (self.values.get(name), other.values.get(name)) {
            (None, None) => true,
            (Some(one), Some(other)) => same(one, other),
            _ => false,
        };
        let has_same_workspace = !self.asked_workspace.get() || self.workspace == other.workspace;
        let has_faults = self.has_faults || other.has_faults;
        !has_faults && has_same_workspace && self.asked.borrow().iter().all(is_same)
    }
}

/// Whether two values are the same in every respect, the places included that findings would show. What is no plain value is not.
fn same(one: &Value, other: &Value) -> bool {
    let is_alike = one.span == other.span && one.sensitive == other.sensitive;
    is_alike && one.origins.is_empty() && other.origins.is_empty() && same_kind(&one.kind, &other.kind)
}

fn same_kind(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Bool(one), Kind::Bool(other)) => one == other,
        (Kind::Number(one), Kind::Number(other)) => one == other,
        (Kind::Text(one), Kind::Text(other)) => {
            let is_same = |parts: (&Part, &Part)| match parts {
                (Part::Literal { text: a, span: b }, Part::Literal { text: c, span: d }) => a == c && b == d,
                _ => false,
            };
            one.parts().len() == other.parts().len()
                && one.parts().iter().zip(other.parts()).all(is_same)
                && [one, other].iter().all(|text| text.structure().is_none() && text.decoded().is_none())
        }
        (Kind::List(one), Kind::List(other)) => {
            one.open.is_none()
                && other.open.is_none()
                && one.items.len() == other.items.len()
                && one.items.iter().zip(&other.items).all(|(one, other)| same(one, other))
        }
        (Kind::Map(one), Kind::Map(other)) => {
            let is_same = |one: &Field, other: &Field| one.key == other.key && same(&one.value, &other.value);
            let mut pairs = one.entries.iter().zip(&other.entries);
            one.open.is_none()
                && other.open.is_none()
                && one.entries.len() == other.entries.len()
                && pairs.all(|((key, one), (name, other))| key == name && is_same(one, other))
        }
        _ => false,
    }
}
