//! The JSON of a plan, as far as it is read. What is large and rarely needed stays text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::artifact::address::Index;

/// A plan.
#[derive(Deserialize)]
pub(super) struct Plan<'t> {
    #[serde(default)]
    pub(super) errored: bool,
    /// Missing before Terraform 1.8.
    pub(super) complete: Option<bool>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) variables: BTreeMap<String, Variable<'t>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) resource_changes: Vec<&'t RawValue>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) deferred_changes: Vec<&'t RawValue>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) configuration: Configuration<'t>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) output_changes: BTreeMap<String, Change<'t>>,
    /// Told once more, with what does not change: read only when there are no changes at all.
    #[serde(borrow)]
    pub(super) planned_values: Option<&'t RawValue>,
}

/// Null stands for nothing.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether the values of a plan have resources.
#[derive(Default, Deserialize)]
pub(super) struct PlannedValues {
    #[serde(default)]
    root_module: PlannedModule,
}

#[derive(Default, Deserialize)]
struct PlannedModule {
    #[serde(default)]
    resources: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    child_modules: Vec<serde::de::IgnoredAny>,
}

impl PlannedValues {
    pub(super) fn has_resources(&self) -> bool {
        !(self.root_module.resources.is_empty() && self.root_module.child_modules.is_empty())
    }
}

/// The value that a root variable was given.
#[derive(Deserialize)]
pub(super) struct Variable<'t> {
    #[serde(borrow)]
    pub(super) value: Option<&'t RawValue>,
}

/// What happens to a resource instance.
#[derive(Deserialize)]
pub(super) struct ResourceChange<'t> {
    #[serde(borrow)]
    pub(super) address: &'t RawValue,
    #[serde(borrow)]
    pub(super) module_address: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) mode: Cow<'t, str>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'t, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'t, str>,
    pub(super) index: Option<Index>,
    /// Set for an object that was replaced earlier and is still to be destroyed.
    pub(super) deposed: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    pub(super) change: &'t RawValue,
}

/// The values of a resource instance before and after.
#[derive(Deserialize)]
pub(super) struct Change<'t> {
    #[serde(borrow)]
    pub(super) actions: Vec<Cow<'t, str>>,
    #[serde(borrow)]
    pub(super) before: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) after: Option<&'t RawValue>,
    #[serde(default)]
    pub(super) after_unknown: serde_json::Value,
    #[serde(default)]
    pub(super) after_sensitive: serde_json::Value,
    #[serde(default)]
    pub(super) before_sensitive: serde_json::Value,
}

/// The configuration that the plan was made from: expressions are given by what they refer to only.
#[derive(Default, Deserialize)]
pub(super) struct Configuration<'t> {
    #[serde(default, borrow)]
    pub(super) provider_config: BTreeMap<String, Provider<'t>>,
    #[serde(default, borrow)]
    pub(super) root_module: Module<'t>,
}

/// A provider block.
#[derive(Deserialize)]
pub(super) struct Provider<'t> {
    pub(super) name: Option<String>,
    pub(super) alias: Option<String>,
    pub(super) module_address: Option<String>,
    #[serde(borrow)]
    pub(super) expressions: Option<&'t RawValue>,
}

/// A module.
#[derive(Default, Deserialize)]
pub(super) struct Module<'t> {
    #[serde(default, borrow)]
    pub(super) resources: Vec<Resource<'t>>,
    #[serde(default, borrow)]
    pub(super) module_calls: BTreeMap<String, ModuleCall<'t>>,
    #[serde(default, borrow)]
    pub(super) outputs: BTreeMap<String, Output<'t>>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Declaration>,
}

/// The declaration of a variable.
#[derive(Deserialize)]
pub(super) struct Declaration {
    #[serde(default)]
    pub(super) sensitive: bool,
}

/// A resource or data block.
#[derive(Deserialize)]
pub(super) struct Resource<'t> {
    #[serde(borrow)]
    pub(super) mode: Cow<'t, str>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'t, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'t, str>,
    #[serde(borrow)]
    pub(super) expressions: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) for_each_expression: Option<&'t RawValue>,
    #[serde(default, borrow)]
    pub(super) provisioners: Vec<Provisioner<'t>>,
}

/// A provisioner block.
#[derive(Deserialize)]
pub(super) struct Provisioner<'t> {
    #[serde(borrow)]
    pub(super) expressions: Option<&'t RawValue>,
}

/// A call of a module.
#[derive(Deserialize)]
pub(super) struct ModuleCall<'t> {
    #[serde(borrow)]
    pub(super) expressions: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) for_each_expression: Option<&'t RawValue>,
    #[serde(default, borrow)]
    pub(super) module: Module<'t>,
}

/// An output of a module.
#[derive(Deserialize)]
pub(super) struct Output<'t> {
    #[serde(borrow)]
    pub(super) expression: Option<&'t RawValue>,
}
