//! The roles that the transform makes up.

use std::sync::Arc;

use iamrail_core::model::{Declared, Guard};
use iamrail_core::value::{Alternative, Choice, Kind, Value};

use super::policies::Policies;
use super::written::Pen;
use crate::eval::computed;
use crate::resources::Instance;

/// The type of the roles.
const KIND: &str = "AWS::IAM::Role";

/// A role in the making.
pub(super) struct Role<'i> {
    /// The resource that it is made for.
    pub(super) owner: &'i Instance,
    /// What is put behind the logical id of the resource.
    pub(super) suffix: &'i str,
    /// Who may assume it: a policy document.
    pub(super) trust: Value,
    /// What it may do.
    pub(super) policies: Policies,
    /// The conditions under which it is made, beside those of the resource.
    pub(super) guard: Guard,
}

impl Role<'_> {
    /// The role as a resource; `None` when it is never made.
    pub(super) fn make(self) -> Option<Instance> {
        let id = format!("{}{}", self.owner.declared.subject, self.suffix);
        self.make_as(id.into())
    }

    /// The role as a resource with a logical id of its own.
    pub(super) fn make_as(self, id: Arc<str>) -> Option<Instance> {
        let owner = &self.owner.declared;
        let pen = Pen(owner.span);
        let mut declared = Declared::new(Arc::clone(&id), KIND, owner.span);
        declared.calls.clone_from(&owner.calls);
        declared.construct.clone_from(&owner.construct);
        declared.guard = owner.guard.and(&self.guard)?;
        let inherited = ["Tags", "PermissionsBoundary"];
        let inherited =
            inherited.into_iter().filter_map(|name| Some((name, self.owner.properties.get(name)?.clone())));
        let path = self.owner.properties.get("RolePath").map(|path| ("Path", path.clone()));
        let properties = pen.map(
            [
                ("AssumeRolePolicyDocument", self.trust),
                ("ManagedPolicyArns", pen.list(self.policies.managed)),
                ("Policies", pen.list(self.policies.inline)),
            ]
            .into_iter()
            .chain(inherited)
            .chain(path),
        );
        Some(Instance {
            declared: Arc::new(declared),
            properties,
            metadata: Value::null(),
            itself: computed(&id, "Ref", owner.span),
            is_implicit: true,
        })
    }
}

/// The conditions under which a property that names a role is not there, so that the transform makes one.
pub(super) fn absences(role: &Value) -> Vec<Guard> {
    if role.is_null() {
        return vec![Guard::always()];
    }
    let alternatives = role.alternatives().into_iter();
    alternatives.filter(|one| one.value.is_none_or(Value::is_null)).map(|one| one.guard).collect()
}

/// What a resource uses: what a property names, or else what is made for it.
pub(super) fn or_made(role: &Value, made: &Value) -> Value {
    match &role.kind {
        Kind::Null => made.clone(),
        Kind::Choice(choice) => {
            let alternatives = choice.alternatives.iter().map(|one| Alternative {
                guard: one.guard.clone(),
                value: Some(one.value.as_ref().map_or_else(|| made.clone(), |value| or_made(value, made))),
            });
            let choice = Choice { alternatives: alternatives.collect(), undecided: choice.undecided.clone() };
            Value { kind: Kind::Choice(Arc::new(choice)), ..role.clone() }
        }
        _ => role.clone(),
    }
}
