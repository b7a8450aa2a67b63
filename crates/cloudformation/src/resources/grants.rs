//! The ways in which resources give policies to principals, and put users in groups.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Grant, Granted, Membership, Principal, Reference};
use iamrail_core::policy::Document;
use iamrail_core::source::Span;
use iamrail_core::value::Value;

use super::properties::{Item, Properties};

/// Makes a principal of the name of one.
pub(super) type ToPrincipal = fn(Value) -> Principal;

/// The policies that a user, group or role carries itself: `Policies` and `ManagedPolicyArns`.
pub(super) fn carried(
    properties: &Properties<'_>,
    principal: &dyn Fn() -> Principal,
    declarations: &mut Declarations,
) {
    for item in properties.items("Policies") {
        let policy = properties.within(&item.value);
        let span = if item.value.get("PolicyName").is_some() { policy.span("PolicyName") } else { item.span };
        let granted = inline(&policy);
        add(properties, span, principal(), granted, &[&item], declarations);
    }
    for item in properties.items("ManagedPolicyArns") {
        let granted = Granted::Managed(Reference::new(item.value.clone()));
        add(properties, item.span, principal(), granted, &[&item], declarations);
    }
}

/// The principals that a policy lists: `Users`, `Groups`, `Roles`.
pub(super) fn listed(properties: &Properties<'_>, granted: &Granted, declarations: &mut Declarations) {
    let receivers: [(&str, ToPrincipal); 3] = [
        ("Users", |value| Principal::User(Reference::new(value))),
        ("Groups", |value| Principal::Group(Reference::new(value))),
        ("Roles", |value| Principal::Role(Reference::new(value))),
    ];
    for (name, principal) in receivers {
        for item in properties.items(name) {
            let to = principal(item.value.clone());
            add(properties, item.span, to, granted.clone(), &[&item], declarations);
        }
    }
}

/// The inline policy in a map with `PolicyName` and `PolicyDocument`.
pub(super) fn inline(policy: &Properties<'_>) -> Granted {
    let document = Arc::new(Document::read(&policy.value("PolicyDocument")));
    Granted::Inline { name: policy.value("PolicyName"), document }
}

/// Adds a grant that is made only when all items are there.
pub(super) fn add(
    properties: &Properties<'_>,
    span: Span,
    principal: Principal,
    granted: Granted,
    items: &[&Item],
    declarations: &mut Declarations,
) {
    let mut grant = Grant::new(Arc::clone(properties.declared), span, principal, granted);
    for item in items {
        let Some(guard) = grant.guard.and(&item.guard) else { return };
        grant.guard = guard;
        grant.undecided = grant.undecided.or_else(|| item.undecided.clone());
    }
    declarations.grants.push(grant);
}

/// Puts a user in a group, when the item is there that says so.
pub(super) fn join(
    properties: &Properties<'_>,
    user: Value,
    group: Value,
    item: &Item,
    declarations: &mut Declarations,
) {
    let declared = Arc::clone(properties.declared);
    let mut membership = Membership::new(declared, item.span, Reference::new(user), Reference::new(group));
    let Some(guard) = membership.guard.and(&item.guard) else { return };
    membership.guard = guard;
    membership.undecided.clone_from(&item.undecided);
    declarations.memberships.push(membership);
}
