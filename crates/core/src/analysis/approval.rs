//! Who is approved as an administrator.

use std::sync::Arc;

use super::principal::{is_listed, named as principal_named};
use crate::model::{Link, Model, Principal};
use crate::options::AdministratorOptions;
use crate::value::Unknown;

/// Whether someone may be an administrator.
#[derive(Clone, Copy, Debug)]
pub enum Approval<'m> {
    /// They are approved.
    Yes,
    /// They are not.
    No,
    /// Their name is not known, and someone is approved.
    Unknown(&'m Unknown),
}

/// A principal is approved by its name; a user also as a member of an approved group.
pub fn approval<'m>(
    model: &'m Model,
    approved: &AdministratorOptions,
    principal: &'m Principal,
) -> Approval<'m> {
    let globs = match principal {
        Principal::User(_) => &approved.users,
        Principal::Group(_) => &approved.groups,
        Principal::Role(_) => &approved.roles,
    };
    let named = principal_named(model, principal);
    // What stands for a name that is not known is the text of an expression, which no approval speaks of.
    if named.unknown.is_none() && is_listed(globs, &named.name) {
        return Approval::Yes;
    }
    if let Principal::User(user) = principal
        && let Some(id) = user.declared()
        && model.memberships_of_user(id).any(|membership| {
            let group = Principal::Group(membership.group.clone());
            let named = principal_named(model, &group);
            membership.undecided.is_none()
                && named.unknown.is_none()
                && is_listed(&approved.groups, &named.name)
        })
    {
        return Approval::Yes;
    }
    // A name that nobody can know yet may be one that is listed, if any is.
    match unknown_name(principal, model) {
        Some(unknown) if !globs.is_empty() => Approval::Unknown(unknown),
        _ => Approval::No,
    }
}

fn unknown_name<'m>(principal: &'m Principal, model: &'m Model) -> Option<&'m Unknown> {
    let of_link = |unknown: &'m Arc<Unknown>| Some(unknown.as_ref());
    let name = match principal {
        Principal::User(user) => match &user.link {
            Link::Unknown(unknown) => return of_link(unknown),
            _ => user.declared().and_then(|id| model.users.get(id)).map(|user| &user.name),
        },
        Principal::Group(group) => match &group.link {
            Link::Unknown(unknown) => return of_link(unknown),
            _ => group.declared().and_then(|id| model.groups.get(id)).map(|group| &group.name),
        },
        Principal::Role(role) => match &role.link {
            Link::Unknown(unknown) => return of_link(unknown),
            _ => role.declared().and_then(|id| model.roles.get(id)).map(|role| &role.name),
        },
    };
    name?.unknown_part().map(AsRef::as_ref)
}
