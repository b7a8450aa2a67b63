//! What principals may do as JSON.

use std::sync::Arc;

use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::permissions::{self, Permission};
use iamrail::core::model::{Case, Declared, Model};
use iamrail::core::policy::Effect;
use serde::Serialize;

use crate::output::Scene;

/// What a principal may do in some deployments.
#[derive(Serialize)]
pub(crate) struct PermissionsEntry {
    /// `user`, `group` or `role`.
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    /// The conditions of the input under which it is so, each one of several ways to it; none when it always is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) when: Vec<String>,
    /// What is surely allowed, without what is surely denied.
    pub(crate) allow: Vec<PermissionEntry>,
    /// What is surely denied.
    pub(crate) deny: Vec<PermissionEntry>,
    /// What may be allowed or denied.
    pub(crate) undetermined: Vec<PermissionEntry>,
}

/// Actions that policies allow or deny on the same resources under the same conditions.
#[derive(Serialize)]
pub(crate) struct PermissionEntry {
    /// `Allow` or `Deny`, where it is not told by the list, and is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effect: Option<&'static str>,
    pub(crate) actions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_actions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) conditions: Vec<ConditionEntry>,
    /// The policies that say so.
    pub(crate) by: Vec<String>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<String>,
}

/// A condition under which it is so.
#[derive(Serialize)]
pub(crate) struct ConditionEntry {
    pub(crate) operator: String,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// What every principal of a model may do.
pub(super) fn all(scene: &Scene<'_>, model: &Model) -> Vec<PermissionsEntry> {
    let users = model.users.iter().map(|(id, user)| ("user", Holder::User(id), &user.declared));
    let groups = model.groups.iter().map(|(id, group)| ("group", Holder::Group(id), &group.declared));
    let roles = model.roles.iter().map(|(id, role)| ("role", Holder::Role(id), &role.declared));
    let principals = users.chain(groups).chain(roles);
    principals.flat_map(|(kind, holder, declared)| of(scene, model, kind, holder, declared)).collect()
}

/// What a principal may do in every deployment that makes a difference.
pub(crate) fn of(
    scene: &Scene<'_>,
    model: &Model,
    kind: &'static str,
    holder: Holder,
    declared: &Arc<Declared>,
) -> Vec<PermissionsEntry> {
    let cases = permissions::permissions(model, holder, &declared.guard);
    let entry = |Case { outcome, guards }: Case<permissions::Permissions>| {
        let list = |permissions: &[Permission]| {
            permissions.iter().map(|one| PermissionEntry::new(scene, one)).collect()
        };
        let guards = guards.iter().filter(|guard| !guard.is_always());
        PermissionsEntry {
            kind,
            subject: scene.text(&declared.subject).into_owned(),
            when: guards.map(|guard| scene.text(&guard.to_string()).into_owned()).collect(),
            allow: list(&outcome.allow),
            deny: list(&outcome.deny),
            undetermined: list(&outcome.undetermined),
        }
    };
    cases.into_iter().map(entry).collect()
}

impl PermissionEntry {
    fn new(scene: &Scene<'_>, permission: &Permission) -> Self {
        let shown = |text: &String| scene.text(text).into_owned();
        let (actions, not_actions) = permission.actions.patterns();
        let patterns = permission.resources.patterns.iter().map(shown).collect();
        let (resources, not_resources) = match permission.resources.except {
            true => (Vec::new(), patterns),
            false => (patterns, Vec::new()),
        };
        let condition = |demand: &permissions::Demand| ConditionEntry {
            operator: shown(&demand.operator),
            key: shown(&demand.key),
            values: demand.values.iter().map(shown).collect(),
        };
        Self {
            effect: permission.unknown.as_ref().and(match permission.effect {
                Effect::Allow => Some("Allow"),
                Effect::Deny => Some("Deny"),
                Effect::Unknown(_) => None,
            }),
            actions: actions.iter().map(shown).collect(),
            not_actions: not_actions.iter().map(shown).collect(),
            resources,
            not_resources,
            conditions: permission.conditions.iter().map(condition).collect(),
            by: permission.by.iter().map(shown).collect(),
            because: permission.unknown.as_ref().map(|unknown| shown(&unknown.to_string())),
        }
    }
}
