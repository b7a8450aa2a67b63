//! What names mean at a place.

use iamrail_core::value::{Map, Value};

use super::frame::Frame;
use super::instance::Instance;

/// What names mean at a place.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s> {
    /// The module; `None` in a template file, which sees its variables only.
    pub(super) frame: Option<&'s Frame>,
    /// The variables of `for` and of dynamic blocks, the innermost first.
    pub(super) names: Option<&'s Binding<'s>>,
    /// The variables of a template file.
    pub(super) table: Option<&'s Map>,
    /// The instance whose arguments are evaluated: what `each` and `count` mean.
    pub(super) instance: Option<&'s Instance>,
    /// The resource that `self` means.
    pub(super) own: Option<&'s str>,
}

/// A name with its value.
pub(super) struct Binding<'s> {
    pub(super) name: &'s str,
    pub(super) value: Value,
    pub(super) outer: Option<&'s Binding<'s>>,
}

impl<'s> Scope<'s> {
    /// The top level of a module.
    pub(crate) fn of(frame: &'s Frame) -> Self {
        Self { frame: Some(frame), names: None, table: None, instance: None, own: None }
    }

    /// The same for an instance of a resource or call.
    pub(super) fn for_instance(frame: &'s Frame, instance: &'s Instance) -> Self {
        Self { instance: Some(instance), ..Self::of(frame) }
    }

    /// Nothing but these names.
    pub(super) fn isolated(table: &'s Map) -> Self {
        Self { frame: None, names: None, table: Some(table), instance: None, own: None }
    }

    /// The same with more names.
    pub(super) fn with(self, names: &'s Binding<'s>) -> Self {
        Self { names: Some(names), ..self }
    }

    /// The value of a name that is bound here.
    pub(super) fn lookup(&self, name: &str) -> Option<&'s Value> {
        let mut next = self.names;
        while let Some(binding) = next {
            if binding.name == name {
                return Some(&binding.value);
            }
            next = binding.outer;
        }
        self.table.and_then(|table| table.get(name))
    }
}
