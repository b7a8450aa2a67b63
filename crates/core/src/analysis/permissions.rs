//! What principals may do: all that their policies allow and deny, put together and told in few words.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::actions::{Actions, Reading};
use super::holding::{Held, Holder, policies};
use crate::model::{Case, Deployment, Guard, Model};
use crate::policy::{Condition, Effect, Elements, Statement, glob_covers};
use crate::value::Unknown;

/// What a principal may do, in one deployment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Permissions {
    /// What its policies surely allow, without what others of them surely deny.
    pub allow: Vec<Permission>,
    /// What they surely deny.
    pub deny: Vec<Permission>,
    /// What they may allow or deny, each with the reason why it is not known.
    pub undetermined: Vec<Permission>,
}

/// Actions that policies allow or deny on the same resources under the same conditions.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Permission {
    /// Allow, Deny, or not known.
    pub effect: Effect,
    /// The actions.
    pub actions: Actions,
    /// The resources.
    pub resources: Listed,
    /// The conditions, all of which must hold.
    pub conditions: Vec<Demand>,
    /// The policies that say so.
    pub by: BTreeSet<String>,
    /// Why it is not known, if it is not.
    pub unknown: Option<Arc<Unknown>>,
}

/// Resources as policies write them; a part that is not known is `${...}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Whether all are meant except these.
    pub except: bool,
    /// The patterns.
    pub patterns: BTreeSet<String>,
}

/// A condition as policies write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Demand {
    /// The operator.
    pub operator: String,
    /// The key.
    pub key: String,
    /// The values, any of which may match.
    pub values: Vec<String>,
}

/// What a declared principal may do in every deployment that makes a difference. `exists` is the condition under which it is there.
pub fn permissions(model: &Model, holder: Holder, exists: &Guard) -> Vec<Case<Permissions>> {
    let held = policies(model, holder);
    let guards = held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
    model.conditions.cases(exists, guards, |deployment| Permissions::of(&held, deployment))
}

impl Permissions {
    /// What policies say together, as one deployment has them.
    fn of(held: &[Held<'_>], deployment: &Deployment) -> Self {
        let mut all = Self::default();
        for policy in held {
            let mut undecided = policy.undecided.clone();
            if !deployment.keeps(&policy.guard, &mut undecided) {
                continue;
            }
            let document = policy.document.deployed(deployment, undecided.as_ref());
            if let Some(unknown) = &document.open {
                all.add(Permission {
                    effect: Effect::Unknown(Arc::clone(unknown)),
                    actions: Actions::of_pattern("*"),
                    resources: Listed { except: false, patterns: BTreeSet::from(["*".to_owned()]) },
                    conditions: Vec::new(),
                    by: BTreeSet::from([policy.what.clone()]),
                    unknown: Some(Arc::clone(unknown)),
                });
            }
            for statement in &document.statements {
                all.add_statement(statement, &policy.what);
            }
        }
        all.take_denied_away();
        all
    }

    fn add_statement(&mut self, statement: &Statement, by: &str) {
        let mut conditions: Vec<Demand> = statement.conditions.iter().map(Demand::read).collect();
        conditions.sort();
        let permission = |actions, unknown: Option<&Arc<Unknown>>| Permission {
            effect: statement.effect.clone(),
            actions,
            resources: statement.resources.as_ref().map(Listed::read).unwrap_or_default(),
            conditions: conditions.clone(),
            by: BTreeSet::from([by.to_owned()]),
            unknown: unknown.cloned(),
        };
        let effect = match &statement.effect {
            Effect::Unknown(unknown) => Some(unknown),
            Effect::Allow | Effect::Deny => None,
        };
        let resources = statement.resources.as_ref().and_then(|resources| resources.open.as_ref());
        let of_all = statement.undecided.as_ref().or(statement.conditions_open.as_ref());
        let mut possible = Actions::of(&statement.actions, Reading::Possible);
        if let Some(unknown) = effect.or(of_all).or(resources) {
            return self.add(permission(possible, Some(unknown)));
        }
        let sure = Actions::of(&statement.actions, Reading::Sure);
        possible.remove(&sure);
        self.add(permission(sure, None));
        self.add(permission(possible, Actions::uncertainty(&statement.actions)));
    }

    /// Adds a permission to those that differ from it in nothing but the actions and the policies.
    fn add(&mut self, permission: Permission) {
        if permission.actions.is_empty() {
            return;
        }
        let list = match (&permission.unknown, &permission.effect) {
            (None, Effect::Deny) => &mut self.deny,
            (None, _) => &mut self.allow,
            (Some(_), _) => &mut self.undetermined,
        };
        let is_like = |one: &&mut Permission| {
            one.effect == permission.effect
                && one.unknown == permission.unknown
                && one.resources == permission.resources
                && one.conditions == permission.conditions
        };
        match list.iter_mut().find(is_like) {
            Some(same) => {
                same.actions.extend(&permission.actions);
                same.by.extend(permission.by);
            }
            None => list.push(permission),
        }
    }

    /// Takes out of what is allowed, or may be, what is denied on all of the same resources without any condition.
    fn take_denied_away(&mut self) {
        let denied: Vec<&Permission> = self.deny.iter().filter(|deny| deny.conditions.is_empty()).collect();
        for allowed in self.allow.iter_mut().chain(&mut self.undetermined) {
            if allowed.effect == Effect::Deny {
                continue;
            }
            for deny in denied.iter().filter(|deny| deny.resources.cover(&allowed.resources)) {
                allowed.actions.remove(&deny.actions);
            }
        }
        self.allow.retain(|one| !one.actions.is_empty());
        self.undetermined.retain(|one| !one.actions.is_empty());
    }
}

impl Listed {
    fn read(elements: &Elements) -> Self {
        let patterns = elements.items.iter().map(|element| element.text.display());
        Self { except: elements.except, patterns: patterns.collect() }
    }

    /// Whether all resources of others are surely among these. What is not known of these covers nothing.
    fn cover(&self, others: &Listed) -> bool {
        let covers = |mine: &String, other: &String| !mine.contains("${") && glob_covers(mine, other);
        let is_covered = |other: &String| self.patterns.iter().any(|mine| covers(mine, other));
        !self.except
            && (self.patterns.contains("*") || (!others.except && others.patterns.iter().all(is_covered)))
    }
}

impl Demand {
    fn read(condition: &Condition) -> Self {
        Self {
            operator: condition.operator.to_string(),
            key: condition.key.to_string(),
            values: condition.values.items.iter().map(|element| element.text.display()).collect(),
        }
    }
}
