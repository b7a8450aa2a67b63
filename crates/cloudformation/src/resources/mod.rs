//! What the resources of CloudFormation mean for IAM.

mod credential;
mod grants;
mod kept;
mod path;
mod permission_set;
mod policy;
mod properties;
mod role;
mod settings;
mod table;
mod user;
mod workload;
mod workloads;

use std::sync::Arc;

use iamrail_core::model::{Aside, Declarations, Declared};
use iamrail_core::value::{Field, Kind, Value};

use properties::Properties;
use table::Meaning;
pub(crate) use table::is_link;

/// A resource with its evaluated properties.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its logical id, place and conditions; `kind` is the resource type.
    pub(crate) declared: Arc<Declared>,
    /// A map of its properties.
    pub(crate) properties: Value,
    /// A map of its metadata; null when it has none.
    pub(crate) metadata: Value,
    /// What others get when they refer to it with `Ref`.
    pub(crate) itself: Value,
    /// Whether a transform made it.
    pub(crate) is_implicit: bool,
}

/// The same resource with a property set.
pub(crate) fn with_property(instance: Instance, name: &str, value: Value) -> Instance {
    let mut map = instance.properties.as_map().cloned().unwrap_or_default();
    let key = map.entries.get(name).and_then(|field| field.key);
    map.entries.insert(name.into(), Field { key, value });
    let properties = Value { kind: Kind::Map(Arc::new(map)), ..instance.properties };
    Instance { properties, ..instance }
}

/// Whether resources of a type matter to the model at all. Others need not be evaluated.
pub(crate) fn is_relevant(kind: &str) -> bool {
    table::meaning(kind).is_some() || table::store(kind).is_some() || table::left_aside(kind).is_some()
}

/// Whether a type would be one of IAM, and is none: whatever it is, it may hand out power.
pub(crate) fn is_unknown_of_iam(kind: &str) -> bool {
    kind.starts_with("AWS::IAM::") && !is_relevant(kind) && !table::WITHOUT_MEANING.contains(&kind)
}

/// Adds what a resource declares.
pub(crate) fn lower(instance: &Instance, declarations: &mut Declarations) {
    let kind = &instance.declared.kind;
    if let Some(what) = table::left_aside(kind) {
        let subject = Arc::clone(&instance.declared.subject);
        declarations.asides.push(Aside { subject, span: instance.declared.span, what });
    }
    let properties = Properties::of(instance);
    if let Some(keep) = table::store(kind) {
        keep(&properties, declarations);
    }
    match table::meaning(kind) {
        Some(Meaning::Entity(lower)) => lower(&properties, declarations),
        Some(Meaning::Workload(shape)) => workload::workload(&properties, shape, declarations),
        None => {}
    }
}

#[cfg(test)]
mod tests;
