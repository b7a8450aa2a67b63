//! The shared model: the IAM that an input would create, whatever the format it is written in.

mod condition;
mod deployment;
mod disclosure;
mod entity;
mod exception;
mod grant;
mod guard;
mod link;
mod reference;
mod solver;
mod usage;

use std::ops::Index;
use std::sync::Arc;

pub(crate) use condition::undecided;
pub use condition::{Conditions, Formula};
pub use deployment::{Case, Deployment};
pub use disclosure::{Disclosure, Kept};
pub use entity::{
    AccessKey, Call, Declared, Group, InstanceProfile, KeyForm, LoginProfile, MfaDevice, Policy, Role,
    RoleForm, Setting, User, Workload, WorkloadRole,
};
pub use exception::Exception;
pub use grant::{Grant, Granted, Membership, Principal};
pub use guard::{Guard, Term};
pub(crate) use link::name_in;
pub use reference::{Id, Link, Named, Reference};
pub use usage::{Mention, Use};

use crate::source::Span;
use crate::value::{Unknown, Value};

/// The entities of one kind. They are large: a table that grows moves none of them.
#[derive(Clone, Debug)]
pub struct Table<T>(Vec<Box<T>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Table<T> {
    /// Adds an entity.
    pub fn add(&mut self, entity: T) -> Id<T> {
        self.0.push(Box::new(entity));
        Id::new(self.0.len() - 1)
    }

    /// The entity with an identifier of this table.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.0.get(id.index()).map(AsRef::as_ref)
    }

    /// All entities with their identifiers, in the order of the input.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Id<T>, &T)> {
        self.0.iter().enumerate().map(|(index, entity)| (Id::new(index), &**entity))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = (Id<T>, &mut T)> {
        self.0.iter_mut().enumerate().map(|(index, entity)| (Id::new(index), &mut **entity))
    }
}

impl<T> Index<Id<T>> for Table<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "identifiers are only made by the table that they index")]
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.index()]
    }
}

/// What an input declares. Front ends fill it; [`Declarations::link`] makes it a [`Model`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Declarations {
    /// IAM users.
    pub users: Table<User>,
    /// IAM groups.
    pub groups: Table<Group>,
    /// IAM roles.
    pub roles: Table<Role>,
    /// Customer-managed policies.
    pub policies: Table<Policy>,
    /// Which policy reaches which principal.
    pub grants: Vec<Grant>,
    /// Which user is in which group.
    pub memberships: Vec<Membership>,
    /// Managed policies that are in use otherwise.
    pub uses: Vec<Use>,
    /// Places that hand on policies and groups that nothing else grants or joins, see [`Model::idle`].
    pub mentions: Vec<Mention>,
    /// Long-lived credentials.
    pub access_keys: Table<AccessKey>,
    /// Console passwords.
    pub login_profiles: Table<LoginProfile>,
    /// MFA devices.
    pub mfa_devices: Table<MfaDevice>,
    /// Instance profiles.
    pub instance_profiles: Table<InstanceProfile>,
    /// Workloads, and what else carries configuration to code.
    pub workloads: Table<Workload>,
    /// Places that show values to whoever sees them.
    pub disclosures: Vec<Disclosure>,
    /// Values that may be credentials, beside the settings of workloads.
    pub kept: Vec<Kept>,
    /// Set when not all of the input could be read: what is missing may make use of anything that is there.
    pub gap: Option<Arc<Unknown>>,
    /// What is out of the scope of the guardrails and was left aside.
    pub asides: Vec<Aside>,
    /// What the conditions mean that guard all this.
    pub conditions: Conditions,
    /// Exceptions that stand in resources.
    pub exceptions: Vec<Exception>,
}

/// Something that the guardrails exclude: a permissions boundary, a service control policy, federation.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The resource that has it.
    pub subject: Arc<str>,
    /// Where.
    pub span: Span,
    /// What it is: `permissions boundary`.
    pub what: &'static str,
}

impl Declarations {
    /// Resolves every reference and every choice, and gives the model.
    pub fn link(self) -> Model {
        link::link(self)
    }
}

/// The linked model of one unit. Read-only.
#[derive(Clone, Debug, Default)]
pub struct Model {
    declared: Declarations,
    links: link::Links,
}

impl std::ops::Deref for Model {
    type Target = Declarations;

    fn deref(&self) -> &Declarations {
        &self.declared
    }
}

impl Model {
    /// Where the values that the input declares to be secret are written.
    pub fn sensitive_places(&self) -> Vec<Span> {
        let mut places = Vec::new();
        let mut take =
            |values: &[&Value]| values.iter().for_each(|value| value.sensitive_places(&mut places));
        self.users.iter().for_each(|(_, user)| take(&[&user.name, &user.path, &user.tags]));
        self.groups.iter().for_each(|(_, group)| take(&[&group.name, &group.path]));
        self.roles
            .iter()
            .for_each(|(_, role)| take(&[&role.name, &role.path, &role.description, &role.tags]));
        self.policies.iter().for_each(|(_, policy)| take(&[&policy.name, &policy.description, &policy.tags]));
        for (_, workload) in self.workloads.iter() {
            workload.settings.iter().for_each(|setting| take(&[&setting.value]));
        }
        for grant in &self.grants {
            match &grant.policy {
                Granted::Inline { name, .. } | Granted::InlineNamed(name) => take(&[name]),
                Granted::Managed(policy) => take(&[&policy.value]),
            }
        }
        places
    }

    /// The policies that are granted directly to a user.
    pub fn grants_of_user(&self, id: Id<User>) -> impl Iterator<Item = &Grant> {
        link::of(&self.links.of_user, id).filter_map(|index| self.grants.get(index))
    }

    /// The policies that are granted to a group.
    pub fn grants_of_group(&self, id: Id<Group>) -> impl Iterator<Item = &Grant> {
        link::of(&self.links.of_group, id).filter_map(|index| self.grants.get(index))
    }

    /// The policies that are granted to a role.
    pub fn grants_of_role(&self, id: Id<Role>) -> impl Iterator<Item = &Grant> {
        link::of(&self.links.of_role, id).filter_map(|index| self.grants.get(index))
    }

    /// The grants of a customer-managed policy.
    pub fn grants_of_policy(&self, id: Id<Policy>) -> impl Iterator<Item = &Grant> {
        link::of(&self.links.of_policy, id).filter_map(|index| self.grants.get(index))
    }

    /// The other uses of a customer-managed policy.
    pub fn uses_of_policy(&self, id: Id<Policy>) -> impl Iterator<Item = &Use> {
        link::of(&self.links.uses_of_policy, id).filter_map(|index| self.uses.get(index))
    }

    /// The policies that nobody surely has and the groups that nobody is surely in: what becomes of them is decided by the places
    /// that mention them.
    pub fn idle(&self) -> Vec<&Arc<Declared>> {
        let policies = self.policies.iter().filter(|(id, _)| {
            let mut grants = self.grants_of_policy(*id).map(|grant| (&grant.guard, &grant.forsaken));
            // What is only a boundary may be granted wherever it is handed to.
            let uses = self.uses_of_policy(*id).filter(|one| !one.is_boundary);
            let mut uses = uses.map(|one| (&one.guard, &one.undecided));
            !grants.any(is_certain) && !uses.any(is_certain)
        });
        let groups = self.groups.iter().filter(|(id, _)| {
            let mut memberships = self.memberships_of_group(*id).map(|one| (&one.guard, &one.undecided));
            !memberships.any(is_certain)
        });
        let policies = policies.map(|(_, policy)| &policy.declared);
        policies.chain(groups.map(|(_, group)| &group.declared)).collect()
    }

    /// The account that all users, groups, roles and policies are deployed in, when it is known and but one.
    pub fn account(&self) -> Option<&Arc<str>> {
        let users = self.users.iter().map(|(_, one)| &one.declared);
        let groups = self.groups.iter().map(|(_, one)| &one.declared);
        let roles = self.roles.iter().map(|(_, one)| &one.declared);
        let policies = self.policies.iter().map(|(_, one)| &one.declared);
        let mut accounts = users.chain(groups).chain(roles).chain(policies).map(|one| one.account.as_ref());
        let first = accounts.next()??;
        accounts.all(|other| other == Some(first)).then_some(first)
    }

    /// The same model with the places that mention what is idle in it.
    #[must_use]
    pub fn with_mentions(mut self, mut mentions: Vec<Mention>) -> Self {
        mentions.sort_by(|one, other| one.of.cmp(&other.of));
        self.declared.mentions = mentions;
        self
    }

    /// The same model with more values that may be credentials.
    #[must_use]
    pub fn with_kept(mut self, kept: Vec<Kept>) -> Self {
        self.declared.kept.extend(kept);
        self
    }

    /// The places that mention a resource.
    pub fn mentions_of(&self, subject: &str) -> impl Iterator<Item = &Mention> {
        let start = self.mentions.partition_point(|mention| *mention.of < *subject);
        self.mentions.iter().skip(start).take_while(move |mention| *mention.of == *subject)
    }

    /// The same model of an input of which not all could be read, if there is a reason.
    #[must_use]
    pub fn with_gap(mut self, gap: Option<Unknown>) -> Self {
        self.declared.gap = gap.map(Arc::new);
        self
    }

    /// The memberships of a user.
    pub fn memberships_of_user(&self, id: Id<User>) -> impl Iterator<Item = &Membership> {
        link::of(&self.links.memberships_of_user, id).filter_map(|index| self.memberships.get(index))
    }

    /// The memberships in a group.
    pub fn memberships_of_group(&self, id: Id<Group>) -> impl Iterator<Item = &Membership> {
        link::of(&self.links.memberships_of_group, id).filter_map(|index| self.memberships.get(index))
    }

    /// The long-lived credentials of a user.
    pub fn access_keys_of_user(&self, id: Id<User>) -> impl Iterator<Item = &AccessKey> {
        link::of(&self.links.keys_of_user, id).filter_map(|key| self.access_keys.get(key))
    }

    /// The console passwords of a user.
    pub fn login_profiles_of_user(&self, id: Id<User>) -> impl Iterator<Item = &LoginProfile> {
        link::of(&self.links.logins_of_user, id).filter_map(|profile| self.login_profiles.get(profile))
    }

    /// The workloads that run with a role, directly or through an instance profile, each with the conditions under which it
    /// does.
    pub fn workloads_of_role(&self, id: Id<Role>) -> impl Iterator<Item = (&Workload, &Guard)> {
        let running = self.links.workloads_of_role.get(&id).into_iter().flatten();
        running.filter_map(|(workload, guard)| Some((self.workloads.get(*workload)?, guard)))
    }
}

fn is_certain((guard, undecided): (&Guard, &Option<Arc<Unknown>>)) -> bool {
    guard.is_always() && undecided.is_none()
}
