//! Attachments: the resources that give policies to principals, and users to groups.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Grant, Granted, Membership, Principal, Reference};
use iamrail_core::policy::Document;
use iamrail_core::source::Span;
use iamrail_core::value::{Unknown, Value};

use super::arguments::{Argument, Arguments, Item};
use super::table::{Grants, PolicyArgument};

/// Adds a grant for every principal and every policy that a resource names.
pub(super) fn grant(arguments: &Arguments<'_>, shape: &Grants, declarations: &mut Declarations) {
    let policies = policies(arguments, &shape.policy);
    let user = |value: &Value| Principal::User(Reference::new(value.clone()));
    let group = |value: &Value| Principal::Group(Reference::new(value.clone()));
    let role = |value: &Value| Principal::Role(Reference::new(value.clone()));
    let mut give = |receiver: Option<Argument>, principal: &dyn Fn(&Value) -> Principal| {
        for to in receiver.into_iter().flat_map(|argument| arguments.items(argument)) {
            for (policy, granted) in &policies {
                let principal = principal(&to.value);
                let span = place(&principal, &to, policy);
                let grant = Grant::new(Arc::clone(arguments.declared), span, principal, granted.clone());
                let grant = of_item(grant, &to).and_then(|grant| of_item(grant, policy));
                declarations.grants.extend(grant);
            }
        }
    };
    give(shape.users, &user);
    give(shape.groups, &group);
    give(shape.roles, &role);
}

/// That a user gets a policy at all is the fault of naming the user; what a group or role gets is the policy's.
fn place(principal: &Principal, to: &Item, policy: &Item) -> Span {
    if matches!(principal, Principal::User(_)) { to.span } else { policy.span }
}

/// The grant, made only if the item is there; `None` when it cannot be.
pub(super) fn of_item(mut grant: Grant, item: &Item) -> Option<Grant> {
    grant.guard = grant.guard.and(&item.guard)?;
    grant.undecided = grant.undecided.or_else(|| item.undecided.clone());
    Some(grant)
}

fn policies(arguments: &Arguments<'_>, argument: &PolicyArgument) -> Vec<(Item, Granted)> {
    let granted = |item: &Item| match *argument {
        PolicyArgument::Managed(_) => Granted::Managed(Reference::new(item.value.clone())),
        PolicyArgument::Named(_) => Granted::InlineNamed(item.value.clone()),
        PolicyArgument::Inline { name, .. } => {
            Granted::Inline { name: arguments.name(name), document: Arc::new(Document::read(&item.value)) }
        }
    };
    let argument = match *argument {
        PolicyArgument::Managed(argument) | PolicyArgument::Named(argument) => argument,
        PolicyArgument::Inline { document, .. } => Argument::One(document),
    };
    let pair = |item: Item| {
        let granted = granted(&item);
        (item, granted)
    };
    arguments.items(argument).into_iter().map(pair).collect()
}

/// Adds a membership for every user and every group that a resource names.
pub(super) fn join(
    arguments: &Arguments<'_>,
    user: &Argument,
    group: &Argument,
    declarations: &mut Declarations,
) {
    for user in arguments.items(*user) {
        for group in arguments.items(*group) {
            let to = Reference::new(group.value.clone());
            let who = Reference::new(user.value.clone());
            let mut membership = Membership::new(Arc::clone(arguments.declared), user.span, who, to);
            let guard = membership.guard.and(&user.guard).and_then(|guard| guard.and(&group.guard));
            let Some(guard) = guard else { continue };
            membership.guard = guard;
            membership.undecided = either(&user, &group);
            declarations.memberships.push(membership);
        }
    }
}

fn either(one: &Item, other: &Item) -> Option<Arc<Unknown>> {
    one.undecided.as_ref().or(other.undecided.as_ref()).cloned()
}
