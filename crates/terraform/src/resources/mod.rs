//! What the resources of the AWS provider, and others that carry credentials, mean for IAM.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Declared};
use iamrail_core::value::Value;

/// A resource with its evaluated arguments, from source or from a plan.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its address, place and conditions; `kind` is the resource type.
    pub(crate) declared: Arc<Declared>,
    /// A map of its arguments. Nested blocks are lists of maps under the block's type, whatever their number.
    pub(crate) attributes: Value,
}

/// Whether resources of a type matter to the model at all. Others need not be evaluated.
pub(crate) fn is_relevant(kind: &str) -> bool {
    kind.starts_with("aws_iam_")
}

/// The value of an attribute that the configuration does not set but that follows from what it sets: names that serve as
/// ids, ARNs of a fixed form. `None` when AWS makes it up.
pub(crate) fn derived(kind: &str, attribute: &str, attributes: &Value) -> Option<Value> {
    let _ = (kind, attribute, attributes);
    None
}

/// Adds what a resource declares.
pub(crate) fn lower(instance: &Instance, declarations: &mut Declarations) {
    let _ = (instance, declarations);
}
