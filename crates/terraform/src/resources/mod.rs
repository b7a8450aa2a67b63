//! What the resources of the AWS provider, and others that carry credentials, mean for IAM.

mod arguments;
mod derived;
pub(crate) mod encoding;
mod grants;
mod identity;
mod kept;
mod managed;
pub(crate) mod path;
mod role;
mod settings;
mod table;
mod workload;
mod workloads;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::model::{Aside, Declarations, Declared};
use iamrail_core::value::{Field, Form, Kind, Origins, Reason, Unknown, Value};

use arguments::Arguments;
pub(crate) use derived::derived;
use identity::LIFECYCLE;
pub(crate) use managed::managed_policy_arn;
use table::Meaning;
pub(crate) use table::{OUTPUT, attaches, holds_link, is_link, reads, shows};

/// A resource with its evaluated arguments, from source or from a plan.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its address, place and conditions; `kind` is the resource type. Provider blocks are of the kind `provider.aws`,
    /// backends of the kind `backend.s3`.
    pub(crate) declared: Arc<Declared>,
    /// A map of its arguments. Nested blocks are lists of maps under the block's type, whatever their number.
    pub(crate) attributes: Value,
}

/// Whether resources of a type matter to the model at all. Others need not be evaluated.
pub(crate) fn is_relevant(kind: &str) -> bool {
    table::meaning(kind).is_some() || table::left_aside(kind).is_some()
}

/// The attributes of a resource from a plan or a state, neither of which says what the configuration tells Terraform to do with it.
pub(crate) fn without_lifecycle(kind: &str, attributes: Value) -> Value {
    match attributes.kind {
        Kind::Map(mut map) if reads(kind)(LIFECYCLE) => {
            let unknown = Value::unknown(Unknown::new(Reason::Missing, LIFECYCLE));
            Arc::make_mut(&mut map).entries.insert(LIFECYCLE.into(), Field { key: None, value: unknown });
            Value { kind: Kind::Map(map), ..attributes }
        }
        _ => attributes,
    }
}

/// The same with what the configuration does say, when that is at hand.
pub(crate) fn with_lifecycle(attributes: Value, written: &Value) -> Value {
    match attributes.kind {
        Kind::Map(mut map) if map.entries.contains_key(LIFECYCLE) => {
            let value = written.get(LIFECYCLE).cloned().unwrap_or_default();
            Arc::make_mut(&mut map).entries.insert(LIFECYCLE.into(), Field { key: None, value });
            Value { kind: Kind::Map(map), ..attributes }
        }
        _ => attributes,
    }
}

/// Whether credentials may reach what a type of resource runs, configures or shows.
pub(crate) fn takes_credentials(kind: &str) -> bool {
    shows(kind) || matches!(table::meaning(kind), Some(Meaning::Workload(_)))
}

/// Whether a type of resource is a credential, which others may show.
pub(crate) fn is_credential(kind: &str) -> bool {
    ["aws_iam_access_key", "aws_iam_service_specific_credential"].contains(&kind)
}

/// The origins of a value that is the attribute of a resource.
pub(crate) fn origins_of(address: &Arc<str>, attribute: &str) -> Origins {
    let kind = address.rsplit('.').nth(1).unwrap_or_default();
    let form = match (kind, attribute) {
        ("aws_s3_bucket", "bucket" | "id") | ("aws_kms_key", "key_id" | "id") => Form::Name,
        _ => Form::Any,
    };
    Origins::of_form(Arc::clone(address), attribute, form)
}

/// Whether what becomes of a type of resource may be decided by others that know its name.
pub(crate) fn is_handed_on(kind: &str) -> bool {
    ["aws_iam_policy", "aws_iam_group"].contains(&kind)
}

/// What is said when it takes too much to find these others.
pub(crate) const GIVEN_UP: &str =
    "where policies and groups are handed on takes too long to find, and is given up";

/// Adds what a resource declares.
pub(crate) fn lower(instance: &Instance, declarations: &mut Declarations) {
    let kind = &instance.declared.kind;
    if let Some(what) = table::left_aside(kind) {
        declarations.asides.push(Aside {
            subject: Arc::clone(&instance.declared.subject),
            span: instance.declared.span,
            what,
        });
    }
    let arguments = Arguments::of(instance);
    match table::meaning(kind) {
        Some(Meaning::Entity { lower, .. }) => lower(&arguments, declarations),
        Some(Meaning::Grants(shape)) => grants::grant(&arguments, shape, declarations),
        Some(Meaning::Membership { user, group }) => grants::join(&arguments, user, group, declarations),
        Some(Meaning::Workload(shape)) => workload::workload(&arguments, shape, declarations),
        None => {}
    }
}
