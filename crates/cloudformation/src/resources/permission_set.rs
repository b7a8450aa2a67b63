//! Permission sets of IAM Identity Center, which attach policies of the accounts that they are assigned to.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Use};

use super::properties::{Item, Properties};

/// What is within the guardrails is only that the policies are in use.
pub(super) fn permission_set(properties: &Properties<'_>, declarations: &mut Declarations) {
    for item in properties.items("CustomerManagedPolicyReferences") {
        attach(properties, &item, declarations);
    }
    for item in properties.items("PermissionsBoundary") {
        let boundary = properties.within(&item.value);
        for reference in boundary.items("CustomerManagedPolicyReference") {
            attach(properties, &reference, declarations);
        }
    }
}

fn attach(properties: &Properties<'_>, reference: &Item, declarations: &mut Declarations) {
    let name = properties.within(&reference.value).value("Name");
    add(properties, &Item { value: name, ..reference.clone() }, declarations);
}

/// The permissions boundary of a user or role.
pub(super) fn bound(properties: &Properties<'_>, declarations: &mut Declarations) {
    for item in properties.items("PermissionsBoundary") {
        add(properties, &item, declarations);
    }
    properties.leave_aside("PermissionsBoundary", "permissions boundary", declarations);
}

fn add(properties: &Properties<'_>, item: &Item, declarations: &mut Declarations) {
    let mut one = Use::new(Arc::clone(properties.declared), item.span, item.value.clone());
    let Some(guard) = one.guard.and(&item.guard) else { return };
    one.guard = guard;
    one.undecided.clone_from(&item.undecided);
    declarations.uses.push(one);
}
