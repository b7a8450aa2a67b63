//! The entities of the model and the links between them as JSON.

use std::sync::Arc;

use iamrail::core::model::{
    Aside, Declared, Exception, Grant, Granted, Guard, KeyForm, Link, Membership, Model, Named, Principal,
    Reference, RoleForm, Setting, Table, User, Workload, WorkloadRole,
};
use serde::Serialize;
use serde_json::Value as Json;

use super::document::DocumentEntry;
use super::value::value;
use crate::output::{Place, Scene};

/// All entities of a unit, those of a kind in the order of the input.
#[derive(Serialize)]
pub(super) struct Entities {
    users: Vec<Entry<UserDetails>>,
    groups: Vec<Entry<GroupDetails>>,
    roles: Vec<Entry<RoleDetails>>,
    policies: Vec<Entry<PolicyDetails>>,
    grants: Vec<Entry<GrantDetails>>,
    memberships: Vec<Entry<MembershipDetails>>,
    access_keys: Vec<Entry<KeyDetails>>,
    login_profiles: Vec<Entry<UserLink>>,
    mfa_devices: Vec<Entry<UserLink>>,
    instance_profiles: Vec<Entry<ProfileDetails>>,
    workloads: Vec<Entry<WorkloadDetails>>,
    /// What is out of the scope of the guardrails and was left aside.
    asides: Vec<AsideEntry>,
    /// Exceptions that resources claim for themselves.
    exceptions: Vec<Entry<ExceptionDetails>>,
}

/// What a resource declares.
#[derive(Serialize)]
struct Entry<T> {
    subject: String,
    r#type: String,
    location: Option<Place>,
    /// The module calls or nested stacks it is declared through, the outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<String>,
    /// The conditions of the input under which it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    /// Why the number of its instances is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    instances: Option<String>,
    /// The construct of the AWS CDK that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<String>,
    #[serde(flatten)]
    details: T,
}

#[derive(Serialize)]
struct UserDetails {
    name: Json,
    path: Json,
    tags: Json,
}

#[derive(Serialize)]
struct GroupDetails {
    name: Json,
    path: Json,
}

#[derive(Serialize)]
struct RoleDetails {
    name: Json,
    path: Json,
    description: Json,
    tags: Json,
    form: &'static str,
    trust: DocumentEntry,
}

#[derive(Serialize)]
struct PolicyDetails {
    name: Json,
    description: Json,
    tags: Json,
    document: DocumentEntry,
}

#[derive(Serialize)]
struct GrantDetails {
    principal_kind: &'static str,
    principal: Target,
    policy: GrantedPolicy,
    /// Why it is not known whether it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum GrantedPolicy {
    Inline { name: Json, document: Option<DocumentEntry> },
    Managed(Target),
}

#[derive(Serialize)]
struct MembershipDetails {
    user: Target,
    group: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
}

#[derive(Serialize)]
struct KeyDetails {
    user: Target,
    status: Json,
    form: &'static str,
}

#[derive(Serialize)]
struct UserLink {
    user: Option<Target>,
}

#[derive(Serialize)]
struct ProfileDetails {
    name: Json,
    role: Target,
}

#[derive(Serialize)]
struct WorkloadDetails {
    what: &'static str,
    role: Option<Target>,
    /// The role with which its service starts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_role: Option<Target>,
    settings: Vec<SettingEntry>,
}

/// A setting: what flows into it, never its value, which may be any secret.
#[derive(Serialize)]
struct SettingEntry {
    name: String,
    from: Vec<String>,
}

#[derive(Serialize)]
struct ExceptionDetails {
    /// Where it stands.
    at: Option<Place>,
    written: Json,
}

#[derive(Serialize)]
struct AsideEntry {
    subject: String,
    location: Option<Place>,
    what: &'static str,
}

/// What a reference names.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    Nothing,
    Declared(String),
    Named(String),
    Unknown(String),
    /// One of these, as the deployment has it.
    Several(Vec<CaseEntry>),
}

/// What a reference names in some of the deployments.
#[derive(Serialize)]
struct CaseEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
    what: Target,
}

impl Entities {
    /// The entities of a model.
    pub(super) fn new(scene: &Scene<'_>, model: &Model) -> Self {
        let shower = Shower { scene, model };
        let show = |shown: &iamrail::core::value::Value| value(scene, shown);
        Self {
            users: shower.all(&model.users, |user| {
                let details =
                    UserDetails { name: show(&user.name), path: show(&user.path), tags: show(&user.tags) };
                (&user.declared, details)
            }),
            groups: shower.all(&model.groups, |group| {
                (&group.declared, GroupDetails { name: show(&group.name), path: show(&group.path) })
            }),
            roles: shower.all(&model.roles, |role| {
                let details = RoleDetails {
                    name: show(&role.name),
                    path: show(&role.path),
                    description: show(&role.description),
                    tags: show(&role.tags),
                    form: match role.form {
                        RoleForm::Implicit | RoleForm::ImplicitWithTrust => "implicit",
                        RoleForm::ServiceLinked => "service-linked",
                        _ => "declared",
                    },
                    trust: DocumentEntry::new(scene, &role.trust),
                };
                (&role.declared, details)
            }),
            policies: shower.all(&model.policies, |policy| {
                let details = PolicyDetails {
                    name: show(&policy.name),
                    description: show(&policy.description),
                    tags: show(&policy.tags),
                    document: DocumentEntry::new(scene, &policy.document),
                };
                (&policy.declared, details)
            }),
            grants: model.grants.iter().map(|grant| shower.grant(grant)).collect(),
            memberships: model.memberships.iter().map(|membership| shower.membership(membership)).collect(),
            access_keys: shower.all(&model.access_keys, |key| {
                let form = match key.form {
                    KeyForm::ServiceSpecific => "service-specific",
                    _ => "access-key",
                };
                (&key.declared, KeyDetails { user: shower.user(&key.user), status: show(&key.status), form })
            }),
            login_profiles: shower.all(&model.login_profiles, |profile| {
                (&profile.declared, UserLink { user: Some(shower.user(&profile.user)) })
            }),
            mfa_devices: shower.all(&model.mfa_devices, |device| {
                (&device.declared, UserLink { user: device.user.as_ref().map(|user| shower.user(user)) })
            }),
            instance_profiles: shower.all(&model.instance_profiles, |profile| {
                let role = shower.target(&profile.role, &model.roles, |one| &one.declared);
                (&profile.declared, ProfileDetails { name: show(&profile.name), role })
            }),
            workloads: shower
                .all(&model.workloads, |workload| (&workload.declared, shower.workload(workload))),
            asides: model.asides.iter().map(|aside| shower.aside(aside)).collect(),
            exceptions: model.exceptions.iter().map(|exception| shower.exception(exception)).collect(),
        }
    }
}

struct Shower<'s> {
    scene: &'s Scene<'s>,
    model: &'s Model,
}

impl Shower<'_> {
    fn all<'t, T, D>(
        &self,
        table: &'t Table<T>,
        details: impl Fn(&'t T) -> (&'t Arc<Declared>, D),
    ) -> Vec<Entry<D>> {
        table
            .iter()
            .map(|(_, entity)| details(entity))
            .map(|(declared, details)| self.entry(declared, details))
            .collect()
    }

    fn entry<D>(&self, declared: &Declared, details: D) -> Entry<D> {
        Entry {
            subject: self.text(&declared.subject),
            r#type: self.text(&declared.kind),
            location: Place::new(self.scene, declared.span),
            calls: declared.calls.iter().map(|call| self.text(&call.subject)).collect(),
            when: self.when(&declared.guard),
            instances: declared.instances.as_ref().map(|unknown| self.text(&unknown.to_string())),
            construct: declared.construct.as_ref().map(|path| self.text(path)),
            details,
        }
    }

    fn grant(&self, grant: &Grant) -> Entry<GrantDetails> {
        let model = self.model;
        let (principal_kind, principal) = match &grant.principal {
            Principal::User(user) => ("user", self.user(user)),
            Principal::Group(group) => ("group", self.target(group, &model.groups, |one| &one.declared)),
            Principal::Role(role) => ("role", self.target(role, &model.roles, |one| &one.declared)),
        };
        let policy = match &grant.policy {
            Granted::Inline { name, document } => GrantedPolicy::Inline {
                name: value(self.scene, name),
                document: Some(DocumentEntry::new(self.scene, document)),
            },
            Granted::InlineNamed(name) => {
                GrantedPolicy::Inline { name: value(self.scene, name), document: None }
            }
            Granted::Managed(policy) => {
                GrantedPolicy::Managed(self.target(policy, &model.policies, |one| &one.declared))
            }
            _ => GrantedPolicy::Managed(Target::Nothing),
        };
        let undecided = grant.undecided.as_ref().map(|unknown| self.text(&unknown.to_string()));
        let details = GrantDetails { principal_kind, principal, policy, undecided };
        Entry { when: self.when(&grant.guard), ..self.entry(&grant.declared, details) }
    }

    fn membership(&self, membership: &Membership) -> Entry<MembershipDetails> {
        let details = MembershipDetails {
            user: self.user(&membership.user),
            group: self.target(&membership.group, &self.model.groups, |one| &one.declared),
            undecided: membership.undecided.as_ref().map(|unknown| self.text(&unknown.to_string())),
        };
        Entry { when: self.when(&membership.guard), ..self.entry(&membership.declared, details) }
    }

    fn workload(&self, workload: &Workload) -> WorkloadDetails {
        let model = self.model;
        let role = match &workload.role {
            WorkloadRole::Absent => Some(Target::Nothing),
            WorkloadRole::Role(role) => Some(self.target(role, &model.roles, |one| &one.declared)),
            WorkloadRole::Profile(profile) => {
                Some(self.target(profile, &model.instance_profiles, |one| &one.declared))
            }
            _ => None,
        };
        let execution_role = (!workload.execution_role.value.is_null())
            .then(|| self.target(&workload.execution_role, &model.roles, |one| &one.declared));
        let setting = |setting: &Setting| SettingEntry {
            name: self.text(&setting.name),
            from: setting
                .value
                .origins
                .iter()
                .map(|origin| format!("{}.{}", self.text(&origin.resource), self.text(&origin.attribute)))
                .collect(),
        };
        WorkloadDetails {
            what: workload.what,
            role,
            execution_role,
            settings: workload.settings.iter().map(setting).collect(),
        }
    }

    fn aside(&self, aside: &Aside) -> AsideEntry {
        AsideEntry {
            subject: self.text(&aside.subject),
            location: Place::new(self.scene, aside.span),
            what: aside.what,
        }
    }

    fn exception(&self, exception: &Exception) -> Entry<ExceptionDetails> {
        let at = Place::new(self.scene, exception.span);
        let written = value(self.scene, &exception.written);
        self.entry(&exception.declared, ExceptionDetails { at, written })
    }

    fn user(&self, user: &Reference<User>) -> Target {
        self.target(user, &self.model.users, |one| &one.declared)
    }

    fn target<'t, T>(
        &self,
        reference: &Reference<T>,
        table: &'t Table<T>,
        declared: impl Fn(&'t T) -> &'t Arc<Declared>,
    ) -> Target {
        self.link(&reference.link, table, &declared)
    }

    fn link<'t, T>(
        &self,
        link: &Link<T>,
        table: &'t Table<T>,
        declared: &dyn Fn(&'t T) -> &'t Arc<Declared>,
    ) -> Target {
        match link {
            Link::Declared(id) => match table.get(*id) {
                Some(entity) => Target::Declared(self.text(&declared(entity).subject)),
                None => Target::Nothing,
            },
            Link::Named(name) => Target::Named(self.text(name)),
            Link::Unknown(unknown) => Target::Unknown(self.text(&unknown.to_string())),
            Link::Several(cases) => {
                let case = |case: &Named<T>| CaseEntry {
                    when: self.when(&case.guard),
                    undecided: case.undecided.as_ref().map(|unknown| self.text(&unknown.to_string())),
                    what: self.link(&case.link, table, declared),
                };
                Target::Several(cases.iter().map(case).collect())
            }
            _ => Target::Nothing,
        }
    }

    /// The conditions under which something is there; `None` when it always is.
    fn when(&self, guard: &Guard) -> Option<String> {
        (!guard.is_always()).then(|| self.text(&guard.to_string()))
    }

    fn text(&self, text: &str) -> String {
        self.scene.text(text).into_owned()
    }
}
