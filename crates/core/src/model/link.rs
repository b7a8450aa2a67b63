//! Finds what every reference names: by the attribute it came from first, by name or ARN second.

use std::borrow::Cow;
use std::sync::Arc;

use super::{
    AccessKey, Declarations, Declared, Grant, Granted, Group, Guard, Id, Link, LoginProfile, Membership,
    Model, Named, Policy, Principal, Reference, Role, Table, Use, User, Workload, WorkloadRole,
};
use crate::collections::HashMap;
use crate::value::{Kind, Origins, Part, Reason, Text, Unknown, Value};

/// How many entities with one name, of which deployments have one at most, are told apart.
const MOST_NAMESAKES: usize = 64;

/// Which grants concern which entity, as indices into the list of grants.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    pub(super) of_user: HashMap<Id<User>, Vec<usize>>,
    pub(super) of_group: HashMap<Id<Group>, Vec<usize>>,
    pub(super) of_role: HashMap<Id<Role>, Vec<usize>>,
    pub(super) of_policy: HashMap<Id<Policy>, Vec<usize>>,
    pub(super) uses_of_policy: HashMap<Id<Policy>, Vec<usize>>,
    pub(super) memberships_of_user: HashMap<Id<User>, Vec<usize>>,
    pub(super) memberships_of_group: HashMap<Id<Group>, Vec<usize>>,
    pub(super) keys_of_user: HashMap<Id<User>, Vec<Id<AccessKey>>>,
    pub(super) logins_of_user: HashMap<Id<User>, Vec<Id<LoginProfile>>>,
    pub(super) workloads_of_role: HashMap<Id<Role>, Vec<(Id<Workload>, Guard)>>,
}

/// What a table of links holds for an identifier.
pub(super) fn of<T, I: Copy>(links: &HashMap<Id<T>, Vec<I>>, id: Id<T>) -> impl Iterator<Item = I> {
    links.get(&id).into_iter().flatten().copied()
}

pub(super) fn link(mut declarations: Declarations) -> Model {
    let users = Names::of(&declarations.users, |user| (&user.declared, &user.name));
    let groups = Names::of(&declarations.groups, |group| (&group.declared, &group.name));
    let roles = Names::of(&declarations.roles, |role| (&role.declared, &role.name));
    let policies = Names::of(&declarations.policies, |policy| (&policy.declared, &policy.name));
    let profiles = Names::of(&declarations.instance_profiles, |profile| (&profile.declared, &profile.name));

    let mut grants = Vec::with_capacity(declarations.grants.len());
    for grant in std::mem::take(&mut declarations.grants) {
        expand_grant(&grant, (&users, &groups, &roles), &policies, &mut grants);
    }
    grants.retain(|grant| may_reach(&declarations, grant));
    declarations.grants = grants;
    let memberships = std::mem::take(&mut declarations.memberships).into_iter();
    declarations.memberships =
        memberships.flat_map(|membership| expand_membership(membership, &users, &groups)).collect();

    let uses = std::mem::take(&mut declarations.uses).into_iter();
    declarations.uses = uses.flat_map(|one| expand_use(one, &policies)).collect();

    let mut links = Links::default();
    for (index, grant) in declarations.grants.iter().enumerate() {
        match &grant.principal {
            Principal::User(user) => {
                user.declared().map(|id| links.of_user.entry(id).or_default().push(index))
            }
            Principal::Group(group) => {
                group.declared().map(|id| links.of_group.entry(id).or_default().push(index))
            }
            Principal::Role(role) => {
                role.declared().map(|id| links.of_role.entry(id).or_default().push(index))
            }
        };
        if let Granted::Managed(policy) = &grant.policy
            && let Some(id) = policy.declared()
        {
            links.of_policy.entry(id).or_default().push(index);
        }
    }
    for (index, one) in declarations.uses.iter().enumerate() {
        if let Some(policy) = one.policy.declared() {
            links.uses_of_policy.entry(policy).or_default().push(index);
        }
    }
    for (index, membership) in declarations.memberships.iter().enumerate() {
        if let Some(user) = membership.user.declared() {
            links.memberships_of_user.entry(user).or_default().push(index);
        }
        if let Some(group) = membership.group.declared() {
            links.memberships_of_group.entry(group).or_default().push(index);
        }
    }
    for (id, key) in declarations.access_keys.iter_mut() {
        users.resolve(&mut key.user);
        for user in declared(&key.user) {
            links.keys_of_user.entry(user).or_default().push(id);
        }
    }
    for (id, profile) in declarations.login_profiles.iter_mut() {
        users.resolve(&mut profile.user);
        for user in declared(&profile.user) {
            links.logins_of_user.entry(user).or_default().push(id);
        }
    }
    for user in declarations.mfa_devices.iter_mut().filter_map(|(_, device)| device.user.as_mut()) {
        users.resolve(user);
    }
    for (_, profile) in declarations.instance_profiles.iter_mut() {
        roles.resolve(&mut profile.role);
    }
    let templates = Names::among(
        &declarations.workloads,
        |workload| workload.what == Workload::LAUNCH_TEMPLATE,
        |workload| (&workload.declared, &workload.name),
    );
    for (_, workload) in declarations.workloads.iter_mut() {
        templates.resolve(&mut workload.template);
        roles.resolve(&mut workload.execution_role);
        match &mut workload.role {
            WorkloadRole::Role(role) => roles.resolve(role),
            WorkloadRole::Profile(profile) => profiles.resolve(profile),
            WorkloadRole::NotAsked | WorkloadRole::Absent => {}
        }
    }
    for (workload, role, guard) in running(&declarations) {
        links.workloads_of_role.entry(role).or_default().push((workload, guard));
    }
    Model { declared: declarations, links }
}

/// What a reference is certain to name in some deployment.
fn declared<T>(reference: &Reference<T>) -> impl Iterator<Item = Id<T>> {
    let certain = reference.cases().into_iter().filter(|case| case.undecided.is_none());
    certain.filter_map(|case| case.link.declared())
}

/// The workloads that run with roles, and when.
fn running(declarations: &Declarations) -> Vec<(Id<Workload>, Id<Role>, Guard)> {
    let mut running = Vec::new();
    for (id, workload) in declarations.workloads.iter() {
        let own = &workload.declared.guard;
        let mut add = |role: &Reference<Role>, outer: &Guard| {
            for case in role.cases().into_iter().filter(|case| case.undecided.is_none()) {
                if let (Some(role), Some(guard)) = (case.link.declared(), outer.and(&case.guard)) {
                    running.push((id, role, guard));
                }
            }
        };
        match &workload.role {
            WorkloadRole::Role(role) => add(role, own),
            WorkloadRole::Profile(profile) => {
                for case in profile.cases().into_iter().filter(|case| case.undecided.is_none()) {
                    let profile = case.link.declared().and_then(|id| declarations.instance_profiles.get(id));
                    if let (Some(profile), Some(guard)) = (profile, own.and(&case.guard)) {
                        add(&profile.role, &guard);
                    }
                }
            }
            WorkloadRole::NotAsked | WorkloadRole::Absent => {}
        }
    }
    running
}

/// The entities of a table by address and by name.
struct Names<T> {
    by_subject: HashMap<Arc<str>, Id<T>>,
    /// What is not known of a name, but the same wherever the input has it, is in letters that stand for it.
    /// Several entities have one name when no deployment has more than one of them; each with its guard.
    by_name: HashMap<String, Vec<(Id<T>, Guard)>>,
    /// The names of which a part is not known, as messages would write them.
    open: HashMap<Id<T>, String>,
}

impl<T> Names<T> {
    fn of(table: &Table<T>, key: impl Fn(&T) -> (&Arc<Declared>, &Value)) -> Self {
        Self::among(table, |_| true, key)
    }

    /// Those of some of the entities of a table.
    fn among(
        table: &Table<T>,
        is_meant: impl Fn(&T) -> bool,
        key: impl Fn(&T) -> (&Arc<Declared>, &Value),
    ) -> Self {
        let mut names =
            Self { by_subject: HashMap::default(), by_name: HashMap::default(), open: HashMap::default() };
        for (id, entity) in table.iter().filter(|(_, entity)| is_meant(entity)) {
            let (declared, name) = key(entity);
            names.by_subject.entry(Arc::clone(&declared.subject)).or_insert(id);
            match &name.kind {
                Kind::Text(text) if !text.is_known() => drop(names.open.insert(id, text.display())),
                Kind::Unknown(unknown) => drop(names.open.insert(id, format!("${{{}}}", unknown.what))),
                _ => {}
            }
            let letters = match &name.kind {
                Kind::Text(text) => text.lettered(),
                Kind::Unknown(unknown) => unknown.symbol(&name.origins),
                _ => name.as_str().map(Cow::into_owned),
            };
            if let Some(name) = letters {
                let same = names.by_name.entry(name).or_default();
                // What always exists leaves no deployment to others.
                if !same.last().is_some_and(|(_, guard)| guard.is_always()) {
                    same.push((id, declared.guard.clone()));
                }
            }
        }
        names
    }

    fn resolve(&self, reference: &mut Reference<T>) {
        reference.link = match &self.cases(&reference.value)[..] {
            [] => Link::None,
            [Named { link, guard, undecided: None }] if guard.is_always() => link.clone(),
            cases => Link::Several(cases.into()),
        };
    }

    /// What a value names in every case.
    fn cases(&self, value: &Value) -> Vec<Named<T>> {
        let mut cases = Vec::with_capacity(1);
        for possible in value.referents() {
            let link = possible.value.map_or(Link::None, |value| self.find(value));
            let undecided = possible.undecided.cloned();
            let among = match link {
                Link::Several(among) => among.to_vec(),
                link => vec![Named { link, guard: Guard::always(), undecided: None }],
            };
            cases.extend(among.into_iter().filter_map(|one| {
                let guard = possible.guard.and(&one.guard)?;
                Some(Named { link: one.link, guard, undecided: undecided.clone() })
            }));
        }
        cases
    }

    fn find(&self, value: &Value) -> Link<T> {
        if let Some(id) = self.find_origin(&value.origins) {
            return Link::Declared(id);
        }
        match &value.kind {
            Kind::Null => Link::None,
            Kind::Text(text) => match self.find_text(text) {
                Link::Unknown(unknown) => {
                    self.find_made_of(text, &value.origins).map_or(Link::Unknown(unknown), Link::Declared)
                }
                link => link,
            },
            Kind::Unknown(unknown) => {
                match unknown.symbol(&value.origins).and_then(|name| self.named(&name, &name)) {
                    Some(link) => link,
                    None => Link::Unknown(Arc::clone(unknown)),
                }
            }
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

    /// What an ARN is of that was made with an attribute of it, and ends with its name, of which not all is known.
    fn find_made_of(&self, text: &Text, origins: &Origins) -> Option<Id<T>> {
        let written = text.display();
        let ends_with = |name: &String| {
            let before = written.strip_suffix(name.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let mut made_of = origins.iter().filter_map(|origin| self.by_subject.get(&origin.resource).copied());
        made_of.find(|id| self.open.get(id).is_some_and(ends_with))
    }

    fn find_text(&self, text: &Text) -> Link<T> {
        let hole = text.holes().next();
        // A text that is one hole is an attribute of something, such as `"${aws_iam_user.u.name}"`.
        if let [Part::Hole(hole)] = text.parts()
            && let Some(id) = self.find_origin(&hole.origins)
        {
            return Link::Declared(id);
        }
        let written = text.widest_pattern();
        // An AWS-managed policy may share its name with one that is declared here.
        let name = name_in_text(text).filter(|_| !written.contains(":iam::aws:"));
        match name.and_then(|name| self.named(&name, &written)) {
            Some(link) => link,
            None => match hole {
                // Which one it is depends on a part that is not known, as in `${var.prefix}-deployer`.
                Some(hole) if !is_name_known(text) => Link::Unknown(Arc::clone(&hole.unknown)),
                _ => Link::Named(written.into()),
            },
        }
    }

    /// What has a name; `written` is the reference to it.
    fn named(&self, name: &str, written: &str) -> Option<Link<T>> {
        Some(match self.by_name.get(name)?.as_slice() {
            [(id, _)] => Link::Declared(*id),
            several if several.len() > MOST_NAMESAKES => {
                Link::Unknown(Arc::new(Unknown::new(Reason::Budget, written)))
            }
            several => {
                let named = |(id, guard): &(Id<T>, Guard)| Named {
                    link: Link::Declared(*id),
                    guard: guard.clone(),
                    undecided: None,
                };
                Link::Several(several.iter().map(named).collect())
            }
        })
    }
}

/// The name in a name or ARN: what follows the last `/`.
pub(crate) fn name_in(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, name)| name)
}

/// The same of a text, in letters that stand for what is not known of it; `None` when nothing stands for that.
fn name_in_text(text: &Text) -> Option<String> {
    let mut name = String::new();
    for part in text.parts().iter().rev() {
        let text = match part {
            Part::Literal { text, .. } => Cow::Borrowed(&**text),
            Part::Hole(hole) => Cow::Owned(hole.symbol()?),
        };
        match text.rsplit_once('/') {
            Some((_, end)) => {
                name.insert_str(0, end);
                return Some(name);
            }
            None => name.insert_str(0, &text),
        }
    }
    Some(name)
}

/// Whether all of the name in a text is known.
fn is_name_known(text: &Text) -> bool {
    let mut parts = text.parts().iter().rev();
    let is_of_name = |part: &&Part| !matches!(part, Part::Literal { text, .. } if text.contains('/'));
    parts.by_ref().take_while(is_of_name).all(|part| matches!(part, Part::Literal { .. }))
}

/// The names of all who can receive policies.
type Principals<'n> = (&'n Names<User>, &'n Names<Group>, &'n Names<Role>);

/// A grant whose principal or policy is one of several becomes one grant for each of them.
fn expand_grant(
    grant: &Grant,
    (users, groups, roles): Principals<'_>,
    policies: &Names<Policy>,
    grants: &mut Vec<Grant>,
) {
    let policies = match &grant.policy {
        Granted::Managed(policy) => each(policies, policy, Granted::Managed),
        other => vec![Case { what: other.clone(), guard: Guard::always(), undecided: None }],
    };
    let principals = match &grant.principal {
        Principal::User(user) => each(users, user, Principal::User),
        Principal::Group(group) => each(groups, group, Principal::Group),
        Principal::Role(role) => each(roles, role, Principal::Role),
    };
    let reaches_somebody = match &grant.principal {
        Principal::User(user) => is_somebody(&user.value),
        Principal::Group(group) => is_somebody(&group.value),
        Principal::Role(role) => is_somebody(&role.value),
    };
    for policy in &policies {
        for principal in &principals {
            let guard = grant.guard.and(&policy.guard).and_then(|guard| guard.and(&principal.guard));
            let Some(guard) = guard else { continue };
            let forsaken = grant.undecided.as_ref().or(policy.undecided.as_ref());
            let undecided = forsaken.or(principal.undecided.as_ref());
            grants.push(Grant {
                declared: Arc::clone(&grant.declared),
                span: grant.span,
                principal: principal.what.clone(),
                policy: policy.what.clone(),
                guard,
                undecided: undecided.cloned(),
                forsaken: if reaches_somebody { forsaken.cloned() } else { undecided.cloned() },
            });
        }
    }
}

/// Whether some deployment has a grant together with the principal that it names.
fn may_reach(declarations: &Declarations, grant: &Grant) -> bool {
    let principal = match &grant.principal {
        Principal::User(user) => {
            user.declared().and_then(|id| declarations.users.get(id)).map(|one| &one.declared)
        }
        Principal::Group(group) => {
            group.declared().and_then(|id| declarations.groups.get(id)).map(|one| &one.declared)
        }
        Principal::Role(role) => {
            role.declared().and_then(|id| declarations.roles.get(id)).map(|one| &one.declared)
        }
    };
    let own = principal.map(|declared| &declared.guard).filter(|own| !own.is_always());
    own.is_none_or(|own| grant.guard.and(own).is_some_and(|both| declarations.conditions.is_possible(&both)))
}

/// Whether a value names somebody, whichever of several it is.
fn is_somebody(value: &Value) -> bool {
    value.referents().iter().all(|one| one.value.is_some_and(|value| !value.is_null()))
}

fn expand_membership(membership: Membership, users: &Names<User>, groups: &Names<Group>) -> Vec<Membership> {
    let mut memberships = Vec::new();
    for user in each(users, &membership.user, |user| user) {
        for group in each(groups, &membership.group, |group| group) {
            let guard = membership.guard.and(&user.guard).and_then(|guard| guard.and(&group.guard));
            let Some(guard) = guard else { continue };
            let undecided = membership.undecided.as_ref().or(user.undecided.as_ref());
            memberships.push(Membership {
                user: user.what.clone(),
                group: group.what,
                guard,
                undecided: undecided.or(group.undecided.as_ref()).cloned(),
                ..membership.clone()
            });
        }
    }
    memberships
}

fn expand_use(one: Use, policies: &Names<Policy>) -> Vec<Use> {
    let cases = each(policies, &one.policy, |policy| policy).into_iter();
    let made = cases.filter_map(|case| {
        let undecided = one.undecided.clone().or(case.undecided);
        Some(Use { policy: case.what, guard: one.guard.and(&case.guard)?, undecided, ..one.clone() })
    });
    made.collect()
}

/// One of the things that a reference names.
struct Case<W> {
    what: W,
    guard: Guard,
    undecided: Option<Arc<Unknown>>,
}

/// What a reference names in every case, each as a reference of its own.
fn each<T, W>(names: &Names<T>, reference: &Reference<T>, make: impl Fn(Reference<T>) -> W) -> Vec<Case<W>> {
    let mut cases = Vec::with_capacity(1);
    for possible in reference.value.referents() {
        let Some(value) = possible.value.filter(|value| !value.is_null()) else { continue };
        for Named { link, guard, undecided } in names.cases(value) {
            let Some(guard) = possible.guard.and(&guard) else { continue };
            let what = make(Reference { value: value.clone(), link });
            cases.push(Case { what, guard, undecided: possible.undecided.cloned().or(undecided) });
        }
    }
    cases
}
