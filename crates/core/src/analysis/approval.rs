//! Who is approved as an administrator.

use std::sync::Arc;

use super::principal::{is_listed, named as principal_named};
use crate::model::{Guard, Link, Model, Principal};
use crate::options::AdministratorOptions;
use crate::policy::Glob;
use crate::value::{Possible, Reason, Text, Unknown, Value};

/// Whether someone may be an administrator.
#[derive(Clone, Copy, Debug)]
pub enum Approval<'m> {
    /// They are approved.
    Yes,
    /// They are not.
    No,
    /// Their name is not known, and may be one that is approved.
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
    let own = listed(globs, model, principal);
    if matches!(own, Approval::Yes) {
        return own;
    }
    if let Principal::User(user) = principal
        && let Some(id) = user.declared()
        && model.memberships_of_user(id).any(|membership| {
            let group = Principal::Group(membership.group.clone());
            membership.undecided.is_none() && matches!(listed(&approved.groups, model, &group), Approval::Yes)
        })
    {
        return Approval::Yes;
    }
    own
}

/// An entry of the options that approves someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'o> {
    /// The list it stands in: `users`, `groups`, `roles`.
    pub list: &'static str,
    /// The name or glob.
    pub glob: &'o str,
}

/// By which entries a principal is approved: the first that suffices, or all that take part when its names in different
/// deployments need several. None for one that is not approved.
pub fn entries<'o>(
    model: &Model,
    approved: &'o AdministratorOptions,
    principal: &Principal,
) -> Vec<Entry<'o>> {
    if !matches!(approval(model, approved, principal), Approval::Yes) {
        return Vec::new();
    }
    let own = match principal {
        Principal::User(_) => ("users", &approved.users),
        Principal::Group(_) => ("groups", &approved.groups),
        Principal::Role(_) => ("roles", &approved.roles),
    };
    let lists = [own, ("groups", &approved.groups)];
    let all = lists.into_iter().flat_map(|(list, globs)| globs.iter().map(move |glob| Entry { list, glob }));
    let suffices = |entry: &Entry<'_>| {
        let mut alone =
            AdministratorOptions { users: Vec::new(), groups: Vec::new(), roles: Vec::new(), max: 0 };
        let list = match entry.list {
            "users" => &mut alone.users,
            "groups" => &mut alone.groups,
            _ => &mut alone.roles,
        };
        list.push(entry.glob.to_owned());
        matches!(approval(model, &alone, principal), Approval::Yes)
    };
    if let Some(entry) = all.clone().find(suffices) {
        return vec![entry];
    }
    let names = names(model, principal).unwrap_or_default();
    let takes_part = |entry: &Entry<'_>| {
        let globs = [entry.glob.to_owned()];
        names.iter().any(|name| is_approved(&globs, name))
    };
    all.take(own.1.len()).filter(takes_part).collect()
}

/// The conditions under which a principal that is not approved has a name that is not, each guard one of several ways to it.
pub fn refused(model: &Model, approved: &AdministratorOptions, principal: &Principal) -> Vec<Guard> {
    let globs = match principal {
        Principal::User(_) => &approved.users,
        Principal::Group(_) => &approved.groups,
        Principal::Role(_) => &approved.roles,
    };
    match names(model, principal) {
        Some(names) => {
            names.into_iter().filter(|name| !is_approved(globs, name)).map(|name| name.guard).collect()
        }
        None => vec![Guard::always()],
    }
}

/// The names that a principal has in different deployments; `None` when it has one.
fn names<'m>(model: &'m Model, principal: &'m Principal) -> Option<Vec<Possible<'m>>> {
    let name = match principal {
        Principal::User(user) => &model.users.get(user.declared()?)?.name,
        Principal::Group(group) => &model.groups.get(group.declared()?)?.name,
        Principal::Role(role) => &model.roles.get(role.declared()?)?.name,
    };
    let names = name.alternatives();
    let is_decided = names.len() > 1 && names.iter().all(|name| name.undecided.is_none());
    is_decided.then_some(names)
}

/// Whether one of the globs covers a name, as far as it is known.
fn is_approved(globs: &[String], name: &Possible<'_>) -> bool {
    let text = name.value.and_then(Value::as_text).map(Text::widest_pattern);
    text.is_some_and(|text| globs.iter().any(|glob| Glob::new(glob).covers(&Glob::new(&text))))
}

/// Whether one of the globs matches the name of a principal.
fn listed<'m>(globs: &[String], model: &'m Model, principal: &'m Principal) -> Approval<'m> {
    if let Some(names) = names(model, principal) {
        let all = names.iter().all(|name| is_approved(globs, name));
        return if all { Approval::Yes } else { Approval::No };
    }
    let named = principal_named(model, principal);
    let Some(unknown) = unknown_name(principal, model) else {
        return if is_listed(globs, &named.name) { Approval::Yes } else { Approval::No };
    };
    // A name that AWS makes up can only be approved by the address of the resource.
    if unknown.reason == Reason::Computed
        && named.declared.is_some()
        && globs.iter().any(|glob| **glob == *named.name)
    {
        return Approval::Yes;
    }
    // Otherwise what stands for it is the text of an expression, which no approval speaks of; what is known of it may be enough.
    let pattern = Glob::new(named.pattern.as_deref().unwrap_or("*"));
    let globs: Vec<_> = globs.iter().map(|glob| Glob::new(glob)).collect();
    if globs.iter().any(|glob| glob.covers(&pattern)) {
        Approval::Yes
    } else if globs.iter().any(|glob| glob.meets(&pattern)) {
        Approval::Unknown(unknown)
    } else {
        Approval::No
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
