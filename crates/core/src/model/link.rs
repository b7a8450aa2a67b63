//! Finds what every reference names: by the attribute it came from first, by name or ARN second.

use std::sync::Arc;

use super::{
    AccessKey, Declarations, Declared, Grant, Granted, Group, Id, Link, LoginProfile, Membership, Model,
    Policy, Principal, Reference, Role, Table, User, Workload, WorkloadRole,
};
use crate::collections::HashMap;
use crate::value::{Kind, Origins, Part, Possible, Text, Value};

/// Which grants concern which entity, as indices into the list of grants.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    pub(super) of_user: HashMap<Id<User>, Vec<usize>>,
    pub(super) of_group: HashMap<Id<Group>, Vec<usize>>,
    pub(super) of_role: HashMap<Id<Role>, Vec<usize>>,
    pub(super) of_policy: HashMap<Id<Policy>, Vec<usize>>,
    pub(super) memberships_of_user: HashMap<Id<User>, Vec<usize>>,
    pub(super) memberships_of_group: HashMap<Id<Group>, Vec<usize>>,
    pub(super) keys_of_user: HashMap<Id<User>, Vec<Id<AccessKey>>>,
    pub(super) logins_of_user: HashMap<Id<User>, Vec<Id<LoginProfile>>>,
    pub(super) workloads_of_role: HashMap<Id<Role>, Vec<Id<Workload>>>,
}

/// What a table of links holds for an identifier.
pub(super) fn of<T, I: Copy>(links: &HashMap<Id<T>, Vec<I>>, id: Id<T>) -> impl Iterator<Item = I> {
    links.get(&id).into_iter().flatten().copied()
}

pub(super) fn link(mut declarations: Declarations) -> Model {
    declarations.grants = declarations.grants.into_iter().flat_map(expand_grant).collect();
    declarations.memberships = declarations.memberships.into_iter().flat_map(expand_membership).collect();

    let users = Names::of(&declarations.users, |user| (&user.declared, &user.name));
    let groups = Names::of(&declarations.groups, |group| (&group.declared, &group.name));
    let roles = Names::of(&declarations.roles, |role| (&role.declared, &role.name));
    let policies = Names::of(&declarations.policies, |policy| (&policy.declared, &policy.name));
    let profiles = Names::of(&declarations.instance_profiles, |profile| (&profile.declared, &profile.name));

    let mut links = Links::default();
    for (index, grant) in declarations.grants.iter_mut().enumerate() {
        match &mut grant.principal {
            Principal::User(user) => {
                users.resolve(user).map(|id| links.of_user.entry(id).or_default().push(index))
            }
            Principal::Group(group) => {
                groups.resolve(group).map(|id| links.of_group.entry(id).or_default().push(index))
            }
            Principal::Role(role) => {
                roles.resolve(role).map(|id| links.of_role.entry(id).or_default().push(index))
            }
        };
        if let Granted::Managed(policy) = &mut grant.policy
            && let Some(id) = policies.resolve(policy)
        {
            links.of_policy.entry(id).or_default().push(index);
        }
    }
    for (index, membership) in declarations.memberships.iter_mut().enumerate() {
        if let Some(user) = users.resolve(&mut membership.user) {
            links.memberships_of_user.entry(user).or_default().push(index);
        }
        if let Some(group) = groups.resolve(&mut membership.group) {
            links.memberships_of_group.entry(group).or_default().push(index);
        }
    }
    for (id, key) in declarations.access_keys.iter_mut() {
        if let Some(user) = users.resolve(&mut key.user) {
            links.keys_of_user.entry(user).or_default().push(id);
        }
    }
    for (id, profile) in declarations.login_profiles.iter_mut() {
        if let Some(user) = users.resolve(&mut profile.user) {
            links.logins_of_user.entry(user).or_default().push(id);
        }
    }
    for user in declarations.mfa_devices.iter_mut().filter_map(|(_, device)| device.user.as_mut()) {
        users.resolve(user);
    }
    for (_, profile) in declarations.instance_profiles.iter_mut() {
        roles.resolve(&mut profile.role);
    }
    for (id, workload) in declarations.workloads.iter_mut() {
        let role = match &mut workload.role {
            WorkloadRole::Role(role) => roles.resolve(role),
            WorkloadRole::Profile(profile) => profiles
                .resolve(profile)
                .and_then(|profile| declarations.instance_profiles.get(profile))
                .and_then(|profile| profile.role.declared()),
            WorkloadRole::NotAsked | WorkloadRole::Absent => None,
        };
        if let Some(role) = role {
            links.workloads_of_role.entry(role).or_default().push(id);
        }
    }
    Model { declared: declarations, links }
}

/// The entities of a table by address and by name.
struct Names<T> {
    by_subject: HashMap<Arc<str>, Id<T>>,
    by_name: HashMap<String, Id<T>>,
}

impl<T> Names<T> {
    fn of(table: &Table<T>, key: impl Fn(&T) -> (&Arc<Declared>, &Value)) -> Self {
        let mut names = Self { by_subject: HashMap::default(), by_name: HashMap::default() };
        for (id, entity) in table.iter() {
            let (declared, name) = key(entity);
            names.by_subject.entry(Arc::clone(&declared.subject)).or_insert(id);
            if let Some(name) = name.as_str() {
                names.by_name.entry(name.into_owned()).or_insert(id);
            }
        }
        names
    }

    fn resolve(&self, reference: &mut Reference<T>) -> Option<Id<T>> {
        reference.link = self.find(&reference.value);
        reference.declared()
    }

    fn find(&self, value: &Value) -> Link<T> {
        if let Some(id) = self.find_origin(&value.origins) {
            return Link::Declared(id);
        }
        match &value.kind {
            Kind::Null => Link::None,
            Kind::Text(text) => self.find_text(text),
            Kind::Unknown(unknown) => Link::Unknown(Arc::clone(unknown)),
            _ => match value.unknown_part() {
                Some(unknown) => Link::Unknown(Arc::clone(unknown)),
                None => Link::None,
            },
        }
    }

    /// What the value is an attribute of. It may be several things at once, such as the argument of another
    /// attachment that names the user.
    fn find_origin(&self, origins: &Origins) -> Option<Id<T>> {
        origins.all_exact().find_map(|origin| self.by_subject.get(&origin.resource)).copied()
    }

    fn find_text(&self, text: &Text) -> Link<T> {
        let hole = text.holes().next();
        // A text that is one hole is an attribute of something, such as `"${aws_iam_user.u.name}"`.
        if let [Part::Hole(hole)] = text.parts() {
            return match self.find_origin(&hole.origins) {
                Some(id) => Link::Declared(id),
                None => Link::Unknown(Arc::clone(&hole.unknown)),
            };
        }
        let written = shown(text);
        match last_segment(text).and_then(|name| self.by_name.get(&name)) {
            // An AWS-managed policy may share its name with one that is declared here.
            Some(&id) if !written.contains(":iam::aws:") => Link::Declared(id),
            _ => match hole {
                // Which one it is depends on a part that is not known, as in `${var.prefix}-deployer`.
                Some(hole) if last_segment(text).is_none() => Link::Unknown(Arc::clone(&hole.unknown)),
                _ => Link::Named(written.into()),
            },
        }
    }
}

/// The name in a name or ARN: what follows the last `/`, if all of that is known.
fn last_segment(text: &Text) -> Option<String> {
    let mut name = String::new();
    for part in text.parts().iter().rev() {
        let Part::Literal { text, .. } = part else { return None };
        match text.rsplit_once('/') {
            Some((_, end)) => {
                name.insert_str(0, end);
                return Some(name);
            }
            None => name.insert_str(0, text),
        }
    }
    Some(name)
}

/// The text with `*` for every hole.
fn shown(text: &Text) -> String {
    let parts = text.parts().iter().map(|part| match part {
        Part::Literal { text, .. } => text,
        Part::Hole(_) => "*",
    });
    parts.collect()
}

/// A grant whose principal or policy is a choice becomes one grant for each alternative.
fn expand_grant(grant: Grant) -> Vec<Grant> {
    let policies: Vec<(Possible<'_>, Granted)> = match &grant.policy {
        Granted::Managed(policy) => each(&policy.value)
            .map(|(possible, value)| (possible, Granted::Managed(Reference::new(value))))
            .collect(),
        other => vec![(always(), other.clone())],
    };
    let principals: Vec<(Possible<'_>, Principal)> = match &grant.principal {
        Principal::User(user) => each(&user.value)
            .map(|(possible, value)| (possible, Principal::User(Reference::new(value))))
            .collect(),
        Principal::Group(group) => each(&group.value)
            .map(|(possible, value)| (possible, Principal::Group(Reference::new(value))))
            .collect(),
        Principal::Role(role) => each(&role.value)
            .map(|(possible, value)| (possible, Principal::Role(Reference::new(value))))
            .collect(),
    };
    let mut grants = Vec::new();
    for (policy_case, policy) in &policies {
        for (principal_case, principal) in &principals {
            let guard =
                grant.guard.and(&policy_case.guard).and_then(|guard| guard.and(&principal_case.guard));
            let Some(guard) = guard else { continue };
            let undecided = grant.undecided.as_ref().or(policy_case.undecided).or(principal_case.undecided);
            grants.push(Grant {
                principal: principal.clone(),
                policy: policy.clone(),
                guard,
                undecided: undecided.cloned(),
                ..grant.clone()
            });
        }
    }
    grants
}

fn expand_membership(membership: Membership) -> Vec<Membership> {
    let mut memberships = Vec::new();
    for (user_case, user) in each(&membership.user.value) {
        for (group_case, group) in each(&membership.group.value) {
            let guard = membership.guard.and(&user_case.guard).and_then(|guard| guard.and(&group_case.guard));
            let Some(guard) = guard else { continue };
            let undecided = membership.undecided.as_ref().or(user_case.undecided).or(group_case.undecided);
            memberships.push(Membership {
                user: Reference::new(user.clone()),
                group: Reference::new(group),
                guard,
                undecided: undecided.cloned(),
                ..membership.clone()
            });
        }
    }
    memberships
}

fn each(value: &Value) -> impl Iterator<Item = (Possible<'_>, Value)> {
    value.referents().into_iter().filter_map(|possible| {
        let value = possible.value?.clone();
        (!value.is_null()).then_some((possible, value))
    })
}

fn always<'v>() -> Possible<'v> {
    Possible { guard: super::Guard::always(), value: None, undecided: None }
}
