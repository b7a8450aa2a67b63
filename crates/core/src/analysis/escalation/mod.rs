//! Who can make itself an administrator: the known paths, tried by everyone in the model.
//!
//! A path is *proven* when every step is surely allowed and everything that it needs is in the model; otherwise it is possible,
//! and says what is not known. Whoever can take a path counts as an administrator from then on, so that others reach it.

mod actions;
mod asking;
mod attempt;
mod cast;
mod circumstances;
#[cfg(test)]
mod deployments;
pub mod paths;
mod questions;
mod reading;
mod removal;
mod search;
mod stage;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use attempt::Doubt;

use self::actions::Actions;
use self::asking::{Asker, By};
use self::attempt::{Attempt, Proof, Taken};
use self::cast::{Actor, Cast};
use self::paths::{Gain, Path, paths};
use self::questions::{Open, Questions};
use self::removal::{Removal, after, removal};
use self::search::{Played, Search, Turn};
use self::stage::{Stage, surest};
use super::administration::{Administration, administration};
use super::administrators::{Administrators, Strength};
use super::holding::Holder;
use crate::collections::HashMap;
use crate::model::{Declared, Guard, Model, Term, WorkloadRole};
use crate::policy::{Document, Statement};
use crate::source::Span;

/// How long a chain of takeovers is followed.
const MOST_ROUNDS: usize = 128;

/// The ways to administration that a model leaves open.
#[derive(Clone, Debug, Default)]
pub struct Escalations<'m> {
    all: Vec<Escalation<'m>>,
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
        let cast = Cast::of(model);
        let search = Search::new(&cast, administrators, guards(&cast, administrators));
        Self { all: (0..cast.actors.len()).flat_map(|place| search.ways(place)).collect() }
    }

    /// All of them: those of users, of groups, of roles, each in the order of the input. Those of one principal follow each
    /// other, those that are proven first. In no deployment are there doubtful ones beside one that is proven.
    pub fn iter(&self) -> impl Iterator<Item = &Escalation<'m>> {
        self.all.iter()
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

/// Lets everyone take paths until nobody gets further; or only some, when it is known of the others what they can do.
fn play<'m>(
    cast: &Cast<'m>,
    questions: &Questions,
    administrators: &Administrators<'m>,
    known: Option<(&Played<'m>, &BTreeSet<usize>)>,
) -> Played<'m> {
    let mut stage = Stage::new(cast, questions);
    let mut turns: Vec<Turn<'m>> = vec![Turn::default(); cast.actors.len()];
    let is_concerned = |place: usize| known.is_none_or(|(_, concerned)| concerned.contains(&place));
    if let Some((played, _)) = known {
        stage.administrators.clone_from(&played.administrators);
        stage.suspects.clone_from(&played.suspects);
    }
    for (place, actor) in cast.actors.iter().enumerate().filter(|(place, _)| is_concerned(*place)) {
        let one = administrators.get(actor.holder);
        let one = one.filter(|one| matches!(one.strength, Strength::Direct { .. }));
        let guards = one.into_iter().flat_map(|one| &one.guards);
        let standing = surest(guards.filter_map(|guard| questions.presence(guard, None)));
        stage.stand(place, standing.as_ref());
        if let (Some(Some(Open::Condition(condition))), Some(turn)) = (standing, turns.get_mut(place)) {
            turn.suspect = Some(condition);
        }
    }
    let mut removals = Removals::default();
    for round in 0..MOST_ROUNDS {
        let mut fresh: Vec<(usize, Option<Open>)> = Vec::new();
        for (place, actor) in cast.actors.iter().enumerate() {
            let is_there = questions.presence(&actor.declared.guard, None).is_some();
            let is_idle = actor.allowed.is_empty() && stage.trusting(place).is_empty();
            if !is_there || is_idle || stage.is_sure(place) || !is_concerned(place) {
                continue;
            }
            let Some(turn) = turns.get_mut(place) else { continue };
            let proofs = tried(&stage, place, actor, round > 0, &mut removals);
            let ways: Vec<_> = proofs.into_iter().map(|proof| written(cast, actor, proof)).collect();
            turn.asked.extend(questions.take());
            if ways.iter().any(|way| way.doubt.is_none()) {
                turn.ways = simplest(ways);
                fresh.push((place, None));
            } else if !ways.is_empty() {
                for way in ways {
                    if turn.ways.iter().all(|known| known.path.id != way.path.id) {
                        turn.ways.push(way);
                    }
                }
                turn.ways = simplest(std::mem::take(&mut turn.ways));
                let open = turn.asked.condition.clone().filter(|_| !stage.may_be_one(place));
                fresh.extend(open.map(|condition| (place, Some(Open::Condition(condition)))));
            }
        }
        if fresh.is_empty() {
            break;
        }
        stage.forget();
        for (place, open) in &fresh {
            stage.stand(*place, Some(open));
        }
        stage.fresh = fresh.into_iter().map(|(place, _)| place).collect();
    }
    let Stage { administrators, suspects, .. } = stage;
    Played { turns, administrators, suspects }
}

/// What everyone is left with who can remove denials, each found out once.
type Removals<'e, 'm> = HashMap<usize, Option<Removal<'e, 'm>>>;

/// The paths that someone can take.
fn tried<'e, 'm>(
    stage: &Stage<'e, 'm>,
    place: usize,
    actor: &'e Actor<'m>,
    only_fresh: bool,
    removals: &mut Removals<'e, 'm>,
) -> Vec<Proof<'e>> {
    let asker = Asker::new(stage.cast, actor, stage.questions);
    let mut proofs = with(stage, &asker, place, only_fresh);
    if proofs.iter().any(|proof| proof.doubt.is_none()) {
        return proofs;
    }
    if let Some(removal) = removals.entry(place).or_insert_with(|| removal(stage, actor)) {
        if !only_fresh {
            proofs.extend(unbound(stage, actor, removal));
        }
        let more = with(stage, &removal.asker, place, only_fresh);
        proofs.extend(more.into_iter().map(|proof| after(removal, proof)));
    }
    proofs
}

fn with<'e, 'm>(
    stage: &Stage<'e, 'm>,
    asker: &Asker<'e, 'm>,
    place: usize,
    only_fresh: bool,
) -> Vec<Proof<'e>> {
    let attempt = Attempt::new(stage, asker, place, only_fresh);
    let is_trusted = !stage.trusting(place).is_empty();
    let is_within_reach = |path: &&'static Path| {
        path.steps.iter().all(|step| {
            let is_allowed = step.actions().any(|action| asker.actor.allowed.meets(Actions::of(action)));
            is_allowed || is_trusted && actions::is_assumption(step.action, step.on)
        })
    };
    let is_handled = |path: &&'static Path| match path.gain {
        Gain::WithoutDeny | Gain::WithoutBoundary | Gain::PermissionSet | Gain::Federation => false,
        Gain::Everything
        | Gain::User
        | Gain::Role
        | Gain::PassedRole
        | Gain::WorkloadRole
        | Gain::ProfiledRole
        | Gain::Group
        | Gain::OlderVersion => true,
    };
    paths().filter(is_handled).filter(is_within_reach).filter_map(|path| attempt.at(path)).collect()
}

/// Whether someone is an administrator by its policies once the denials are gone.
fn unbound<'e, 'm>(
    stage: &Stage<'e, 'm>,
    actor: &'e Actor<'m>,
    removal: &Removal<'e, 'm>,
) -> Option<Proof<'e>> {
    let deployments = stage.cast.model.conditions.deployments(stage.given, []);
    let deployment = deployments.first()?;
    let held = removal.asker.places().iter().filter_map(|place| actor.held.get(*place));
    let held = held.map(|(held, _)| held).filter(|held| held.undecided.is_none());
    let documents = held.map(|held| {
        let mut undecided = None;
        deployment.keeps(&held.guard, &mut undecided);
        held.document.deployed(deployment, undecided.as_ref())
    });
    let documents: Vec<Cow<'_, Document>> = documents.collect();
    let mut doubt = removal.doubt.clone().map(Doubt::Unknown);
    match administration(&documents.iter().map(|document| &**document).collect::<Vec<_>>()) {
        Administration::Yes(_) => {}
        Administration::Perhaps(_) => {
            // Only what conditions leave open; of what is not known at all the rules on administrators speak.
            let held = removal.asker.places().iter().filter_map(|place| actor.held.get(*place));
            let guards =
                held.flat_map(|(held, _)| std::iter::once(&held.guard).chain(held.document.guards()));
            let mut open = guards.filter_map(|guard| stage.questions.presence(guard, None)?);
            let unknown = stage.questions.ask(&open.next()?);
            doubt.get_or_insert(Doubt::Unknown(unknown));
        }
        Administration::No => return None,
    }
    let taken = removal.taken.clone();
    Some(Proof { path: removal.path, taken, reaches: None, doubt })
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
