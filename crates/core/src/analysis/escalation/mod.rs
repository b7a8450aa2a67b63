//! Who can make itself an administrator: the known paths, tried by everyone in the model.
//!
//! A path is *proven* when every step is surely allowed and everything that it needs is in the model; otherwise it is possible,
//! and says what is not known. Whoever can take a path counts as an administrator from then on, so that others reach it.

mod actions;
mod asking;
mod attempt;
mod cast;
mod credentials;
mod demands;
pub mod paths;
mod play;
mod questions;
mod reading;
mod removal;
mod search;
mod stage;
#[cfg(test)]
mod tests;
mod tried;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use attempt::Doubt;

use self::asking::By;
use self::attempt::{Proof, Taken};
use self::cast::{Actor, Cast};
use self::demands::is_idle;
use self::paths::Path;
use self::search::Search;
use super::administrators::Administrators;
use super::holding::Holder;
use crate::model::{Declared, Guard, Model, Term, WorkloadRole};
use crate::policy::Statement;
use crate::source::Span;

/// The ways to administration that a model leaves open.
#[derive(Clone, Debug, Default)]
pub struct Escalations<'m> {
    all: Vec<Escalation<'m>>,
    unfinished: Vec<Holder>,
}

/// A way of someone to administration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Escalation<'m> {
    /// Who can take it.
    pub holder: Holder,
    /// The path; that of the last step when several are taken one after the other.
    pub path: &'static Path,
    /// What is done, in order.
    pub steps: Vec<Step<'m>>,
    /// The administrator whose power it gives; `None` when it gives all.
    pub reaches: Option<Holder>,
    /// The conditions of the input under which it is open; each guard is one of several ways to it.
    pub guards: Vec<Guard>,
    /// Why it is not certain; `None` for a path that is proven.
    pub doubt: Option<Doubt>,
}

/// A step, and what allows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step<'m> {
    /// The action.
    pub action: &'static str,
    /// What it works on, in the names of the input; `None` for what is made on the way.
    pub on: Option<String>,
    /// The policy whose statement allows it: "the inline policy `deploy`". Empty when nothing has to.
    pub policy: String,
    /// The resource whose change takes the permission away.
    pub declared: Option<&'m Arc<Declared>>,
    /// The narrowest place that allows it.
    pub span: Option<Span>,
}

impl<'m> Escalations<'m> {
    /// Finds the ways to those who are administrators by their policies, and to those who get there.
    pub fn of(model: &'m Model, administrators: &Administrators<'m>) -> Self {
        if is_idle(model) {
            return Self::default();
        }
        let cast = Cast::of(model);
        let search = Search::new(&cast, administrators, guards(&cast, administrators));
        let all: Vec<Escalation<'m>> = (0..cast.actors.len()).flat_map(|place| search.ways(place)).collect();
        let known: BTreeSet<Holder> = all.iter().map(|one| one.holder).collect();
        let unfinished = search.unfinished().filter_map(|place| Some(cast.actors.get(place)?.holder));
        Self { unfinished: unfinished.filter(|holder| !known.contains(holder)).collect(), all }
    }

    /// All of them: those of users, of groups, of roles, each in the order of the input. Those of one principal follow each
    /// other, those that are proven first. In no deployment are there doubtful ones beside one that is proven.
    pub fn iter(&self) -> impl Iterator<Item = &Escalation<'m>> {
        self.all.iter()
    }

    /// Those of whom no way was found, and not every way was tried because that would take too long.
    pub fn unfinished(&self) -> &[Holder] {
        &self.unfinished
    }
}

impl Escalation<'_> {
    /// Whether it is the same way, whenever it is open.
    fn is_same(&self, other: &Self) -> bool {
        self.path.id == other.path.id
            && self.reaches == other.reaches
            && self.doubt.is_none() == other.doubt.is_none()
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(one, other)| one.is_same(other))
    }
}

impl Step<'_> {
    fn is_same(&self, other: &Self) -> bool {
        let subject = |step: &Self| step.declared.map(|declared| Arc::clone(&declared.subject));
        self.action == other.action
            && self.on == other.on
            && self.policy == other.policy
            && self.span == other.span
            && subject(self) == subject(other)
    }
}

/// Without what is only doubtful where something is proven, and without paths that take all the steps of another and more.
fn simplest(mut escalations: Vec<Escalation<'_>>) -> Vec<Escalation<'_>> {
    if escalations.iter().any(|one| one.doubt.is_none()) {
        escalations.retain(|one| one.doubt.is_none());
    }
    let takes_more = |one: &Escalation<'_>| {
        let has =
            |step: &Step<'_>| one.steps.iter().any(|mine| mine.action == step.action && mine.on == step.on);
        escalations.iter().any(|other| {
            other.steps.len() < one.steps.len() && !other.steps.is_empty() && other.steps.iter().all(has)
        })
    };
    let keep: Vec<bool> = escalations.iter().map(|one| !takes_more(one)).collect();
    let mut keep = keep.into_iter();
    escalations.retain(|_| keep.next().unwrap_or(true));
    // The shortest way explains most; the order of the paths decides between equals.
    escalations.sort_by_key(|one| one.steps.len());
    escalations
}

/// The guards of all that matters here.
fn guards(cast: &Cast<'_>, administrators: &Administrators<'_>) -> Vec<Guard> {
    let model = cast.model;
    let mut guards: Vec<Guard> = Vec::new();
    let mut seen: BTreeSet<Vec<Term>> = BTreeSet::new();
    let mut add = |guard: &Guard| {
        if !guard.is_always() && seen.insert(guard.terms().to_vec()) {
            guards.push(guard.clone());
        }
    };
    for actor in &cast.actors {
        add(&actor.declared.guard);
        actor.held.iter().for_each(|(held, _)| add(&held.guard));
    }
    cast.readings
        .iter()
        .chain(cast.trusts.values())
        .flat_map(|reading| reading.document.guards())
        .for_each(&mut add);
    administrators.iter().flat_map(|one| &one.guards).for_each(&mut add);
    model.workloads.iter().for_each(|(_, workload)| add(&workload.declared.guard));
    model.grants.iter().for_each(|grant| add(&grant.guard));
    model.memberships.iter().for_each(|membership| add(&membership.guard));
    model.login_profiles.iter().for_each(|(_, profile)| add(&profile.declared.guard));
    model.access_keys.iter().for_each(|(_, key)| add(&key.declared.guard));
    for (_, profile) in model.instance_profiles.iter() {
        add(&profile.declared.guard);
        profile.role.cases().iter().for_each(|case| add(&case.guard));
    }
    for (_, workload) in model.workloads.iter() {
        match &workload.role {
            WorkloadRole::Role(role) => role.cases().iter().for_each(|case| add(&case.guard)),
            WorkloadRole::Profile(profile) => profile.cases().iter().for_each(|case| add(&case.guard)),
            WorkloadRole::NotAsked | WorkloadRole::Absent => {}
        }
    }
    guards
}

/// A proof in the terms of the input.
fn written<'m>(cast: &Cast<'m>, actor: &Actor<'m>, proof: Proof<'_>) -> Escalation<'m> {
    let steps = proof.taken.iter().map(|taken| step(cast, actor, taken)).collect();
    let reaches = proof.reaches.and_then(|place| cast.actors.get(place)).map(|actor| actor.holder);
    let (holder, path, doubt) = (actor.holder, proof.path, proof.doubt);
    Escalation { holder, path, steps, reaches, guards: vec![Guard::always()], doubt }
}

fn step<'m>(cast: &Cast<'m>, actor: &Actor<'m>, taken: &Taken<'_>) -> Step<'m> {
    let on = taken.on.as_deref().map(|on| match cast.names.by_arn.get(on) {
        Some(subject) => subject.to_string(),
        None if on == actor.arn => "itself".to_owned(),
        None => on.to_owned(),
    });
    let step = Step { action: taken.action, on, policy: String::new(), declared: None, span: None };
    match taken.by {
        By::Nothing => step,
        By::Trust(statement) => {
            let role = taken.on.as_deref().and_then(|arn| cast.role_with(arn));
            let policy = role.map(|role| format!("the trust policy of `{}`", role.declared.subject));
            let declared = role.map(|role| &role.declared);
            Step { policy: policy.unwrap_or_default(), declared, span: statement.span, ..step }
        }
        By::Policy(place, statement) => {
            let Some((held, _)) = actor.held.get(place) else { return step };
            let declared = held.grant.map(|grant| &grant.declared);
            let declared = cast
                .policy_of(held)
                .and_then(|id| cast.model.policies.get(id))
                .map_or(declared, |policy| Some(&policy.declared));
            let span = place_of(statement, taken.action).or(held.grant.map(|grant| grant.span));
            Step { policy: held.what.clone(), declared, span, ..step }
        }
    }
}

/// The narrowest place of a statement that names an action.
fn place_of(statement: &Statement, action: &str) -> Option<Span> {
    let (_, element) = statement.actions.covered_by(action, true);
    let named = if statement.actions.except {
        statement.actions.key
    } else {
        element.and_then(|element| element.span)
    };
    named.or(statement.span)
}
