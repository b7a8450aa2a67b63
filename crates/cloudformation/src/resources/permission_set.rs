//! Permission sets of IAM Identity Center, which attach policies of the accounts that they are assigned to.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Declared, Use};
use iamrail_core::source::Span;
use iamrail_core::value::Value;

use super::properties::{Item, Properties};

/// What is within the guardrails is only that the policies are in use.
pub(super) fn permission_set(properties: &Properties<'_>, declarations: &mut Declarations) {
    for item in properties.items("CustomerManagedPolicyReferences") {
        add(properties, &named(properties, &item), Use::new, declarations);
    }
    for item in properties.items("PermissionsBoundary") {
        let boundary = properties.within(&item.value);
        for reference in boundary.items("CustomerManagedPolicyReference") {
            add(properties, &named(properties, &reference), Use::as_boundary, declarations);
        }
    }
}

/// The name in a reference to a policy.
fn named(properties: &Properties<'_>, reference: &Item) -> Item {
    let name = properties.within(&reference.value).value("Name");
    Item { value: name, ..reference.clone() }
}

/// The permissions boundary of a user or role.
pub(super) fn bound(properties: &Properties<'_>, declarations: &mut Declarations) {
    for item in properties.items("PermissionsBoundary") {
        add(properties, &item, Use::as_boundary, declarations);
    }
    properties.leave_aside("PermissionsBoundary", "permissions boundary", declarations);
}

fn add(
    properties: &Properties<'_>,
    item: &Item,
    make: fn(Arc<Declared>, Span, Value) -> Use,
    declarations: &mut Declarations,
) {
    let mut one = make(Arc::clone(properties.declared), item.span, item.value.clone());
    let Some(guard) = one.guard.and(&item.guard) else { return };
    one.guard = guard;
    one.undecided.clone_from(&item.undecided);
    declarations.uses.push(one);
}
