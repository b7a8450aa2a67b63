//! What paths demand of the policies of whoever takes them.

use std::sync::LazyLock;

use super::actions::{Actions, is_assumption};
use super::paths::{Gain, Path, Step, paths};
use crate::analysis::power::document;
use crate::collections::HashSet;
use crate::model::Model;
use crate::policy::Statement;

/// What a path demands of the policies of whoever takes it.
pub(super) struct Demand {
    pub(super) path: &'static Path,
    /// For each step, the actions one of which it is, and whether it is to assume a role, which a trust policy may allow by itself.
    steps: Vec<(Actions, bool)>,
}

impl Demand {
    /// Whether policies that speak of these actions may allow every step.
    pub(super) fn is_met_by(&self, actions: Actions, is_trusted: bool) -> bool {
        self.steps.iter().all(|(step, is_assumption)| actions.meets(*step) || is_trusted && *is_assumption)
    }

    /// Whether the path is taken by itself, and not as a part of others.
    pub(super) fn is_whole(&self) -> bool {
        match self.path.gain {
            Gain::WithoutDeny | Gain::WithoutBoundary | Gain::PermissionSet | Gain::Federation => false,
            Gain::Everything
            | Gain::User
            | Gain::Role
            | Gain::PassedRole
            | Gain::WorkloadRole
            | Gain::ProfiledRole
            | Gain::Group
            | Gain::OlderVersion => true,
        }
    }
}

/// What all paths demand.
pub(super) fn demands() -> &'static [Demand] {
    static READ: LazyLock<Vec<Demand>> = LazyLock::new(|| {
        let step = |step: &Step| {
            let mut actions = Actions::default();
            step.actions().for_each(|action| actions.extend(Actions::of(action)));
            (actions, is_assumption(step.action, step.on))
        };
        paths().map(|path| Demand { path, steps: path.steps.iter().map(step).collect() }).collect()
    });
    &READ
}

/// Whether nobody can take a path, since no policies speak of all that one takes, whoever has them.
pub(super) fn is_idle(model: &Model) -> bool {
    let trusts_services = |statement: &Statement| {
        statement.principals.as_ref().is_some_and(|principals| {
            let mut kinds = principals.entries.iter().map(|(kind, _)| &**kind);
            !principals.except && principals.open.is_none() && kinds.all(|kind| kind == "Service")
        })
    };
    let (mut named, mut seen) = (Actions::default(), HashSet::default());
    let granted = model.grants.iter().filter_map(|grant| document(model, grant));
    // Many share a policy of AWS, which takes long to read.
    let granted = granted.filter(|document| seen.insert(std::ptr::from_ref(*document)));
    for statement in granted.flat_map(|document| &document.statements) {
        named.extend(Actions::named_by(&statement.actions));
    }
    let mut trusts = model.roles.iter().flat_map(|(_, role)| &role.trust.statements);
    let is_trusted = !trusts.all(trusts_services);
    !demands().iter().any(|demand| demand.is_met_by(named, is_trusted))
}
