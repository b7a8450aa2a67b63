//! Who can make itself an administrator: the known paths, tried by everyone in the model.
//!
//! A path is *proven* when every step is surely allowed and everything that it needs is in the model; otherwise it is possible,
//! and says what is not known. Whoever can take a path counts as an administrator from then on, so that others reach it.

mod actions;
mod asking;
mod attempt;
mod cast;
mod credentials;
pub mod paths;
mod play;
mod reading;
mod removal;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

pub use attempt::Doubt;

use self::actions::Actions;
use self::asking::{Asker, By};
use self::attempt::{Attempt, Proof, Taken};
use self::cast::{Actor, Cast};
use self::paths::{Gain, Path, paths};
use self::play::play;
use self::removal::{Removal, after, removal};
use self::stage::Stage;
use super::administration::{Administration, administration};
use super::administrators::Administrators;
use super::aws_managed;
use super::holding::Holder;
use crate::collections::HashMap;
use crate::model::{Declared, Deployment, Grant, Granted, Guard, Link, Model};
use crate::policy::{Document, Statement};
use crate::source::Span;

/// How many deployments are looked at one by one. Of an input that has more, conditions count as not known.
const MOST_DEPLOYMENTS: usize = 32;

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
    /// The conditions of the input under which it is open.
    pub guard: Guard,
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
        let mut found: HashMap<usize, Vec<Escalation<'m>>> = HashMap::default();
        let mut unfinished = BTreeSet::new();
        for given in deployments(&cast, administrators) {
            let played = play(&cast, &given, administrators);
            unfinished.extend(played.unfinished);
            for (place, proofs) in played.found {
                let Some(actor) = cast.actors.get(place) else { continue };
                let escalations = proofs.into_iter().filter_map(|proof| written(&cast, actor, proof));
                let known = found.entry(place).or_default();
                for escalation in escalations {
                    match known.iter_mut().find(|one| one.path.id == escalation.path.id) {
                        Some(one) if one.doubt.is_some() && escalation.doubt.is_none() => *one = escalation,
                        Some(_) => {}
                        None => known.push(escalation),
                    }
                }
            }
        }
        let mut places: Vec<_> = found.into_iter().collect();
        places.sort_unstable_by_key(|(place, _)| *place);
        unfinished.retain(|place| places.iter().all(|(one, _)| one != place));
        let holder = |place: usize| cast.actors.get(place).map(|actor| actor.holder);
        Self {
            unfinished: unfinished.into_iter().filter_map(holder).collect(),
            all: places.into_iter().flat_map(|(_, escalations)| simplest(escalations)).collect(),
        }
    }

    /// All of them: those of users, of groups, of roles, each in the order of the input. Those of one principal follow each
    /// other, and when one is proven, all of them are.
    pub fn iter(&self) -> impl Iterator<Item = &Escalation<'m>> {
        self.all.iter()
    }

    /// Those of whom no way was found, and not every way was tried because that would take too long.
    pub fn unfinished(&self) -> &[Holder] {
        &self.unfinished
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

/// Whether nobody can take a path, since no policies speak of all that one takes, whoever has them.
fn is_idle(model: &Model) -> bool {
    let trusts_services = |statement: &Statement| {
        statement.principals.as_ref().is_some_and(|principals| {
            let mut kinds = principals.entries.iter().map(|(kind, _)| &**kind);
            !principals.except && principals.open.is_none() && kinds.all(|kind| kind == "Service")
        })
    };
    let mut named = Actions::default();
    let granted = model.grants.iter().filter_map(|grant| document(model, grant));
    for statement in granted.flat_map(|document| &document.statements) {
        named.extend(Actions::named_by(&statement.actions));
    }
    let mut trusts = model.roles.iter().flat_map(|(_, role)| &role.trust.statements);
    let is_trusted = !trusts.all(trusts_services);
    !demands().iter().any(|demand| demand.is_met_by(named, is_trusted))
}

/// What a grant hands out, as far as it is known.
fn document<'m>(model: &'m Model, grant: &'m Grant) -> Option<&'m Document> {
    match &grant.policy {
        Granted::Inline { document, .. } => Some(document),
        Granted::InlineNamed(_) => None,
        Granted::Managed(policy) => match &policy.link {
            Link::Declared(id) => model.policies.get(*id).map(|policy| &policy.document),
            Link::Named(arn) => aws_managed::document(arn).map(|(_, document)| document),
            Link::Unknown(_) | Link::Several(_) | Link::None => None,
        },
    }
}

/// The deployments that differ in a condition that matters here.
fn deployments(cast: &Cast<'_>, administrators: &Administrators<'_>) -> Vec<Guard> {
    let model = cast.model;
    let mut guards: Vec<Guard> = Vec::new();
    let mut add = |guard: &Guard| {
        if !guard.is_always() && !guards.contains(guard) {
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
    let gives_credentials = |action| cast.actors.iter().any(|actor| actor.allowed.meets(Actions::of(action)));
    if gives_credentials("iam:CreateLoginProfile") || gives_credentials("iam:UpdateLoginProfile") {
        model.login_profiles.iter().for_each(|(_, profile)| add(&profile.declared.guard));
    }
    if gives_credentials("iam:CreateAccessKey") {
        model.access_keys.iter().for_each(|(_, key)| add(&key.declared.guard));
    }
    if guards.is_empty() {
        return vec![Guard::always()];
    }
    let deployments = model.conditions.deployments(&Guard::always(), &guards);
    if deployments.len() > MOST_DEPLOYMENTS {
        return vec![Guard::always()];
    }
    deployments.iter().map(Deployment::guard).collect()
}

/// The paths that someone can take.
fn tried<'e, 'm>(
    stage: &Stage<'e, 'm>,
    place: usize,
    actor: &'e Actor<'m>,
    only_fresh: bool,
) -> Vec<Proof<'e, 'm>> {
    let asker = Asker::new(stage.cast, actor, stage.given, |_| true);
    let mut proofs = with(stage, &asker, place, only_fresh);
    if proofs.iter().any(|proof| proof.doubt.is_none()) {
        return proofs;
    }
    if let Some(removal) = removal(stage, actor) {
        let asker =
            Asker::new(stage.cast, actor, stage.given, |place| removal.left.get(place) == Some(&true));
        if !only_fresh {
            proofs.extend(unbound(stage, actor, &removal));
        }
        proofs.extend(with(stage, &asker, place, only_fresh).into_iter().map(|proof| after(&removal, proof)));
    }
    proofs
}

fn with<'e, 'm>(
    stage: &Stage<'e, 'm>,
    asker: &Asker<'e, 'm>,
    place: usize,
    only_fresh: bool,
) -> Vec<Proof<'e, 'm>> {
    let attempt = Attempt::new(stage, asker, place, only_fresh);
    let is_trusted = !stage.trusting(place).is_empty();
    let within_reach = demands().iter().filter(|demand| demand.is_met_by(asker.actor.allowed, is_trusted));
    within_reach.filter(|demand| demand.is_whole()).filter_map(|demand| attempt.at(demand.path)).collect()
}

/// What a path demands of the policies of whoever takes it.
struct Demand {
    path: &'static Path,
    /// For each step, the actions one of which it is, and whether it is to assume a role, which a trust policy may allow by itself.
    steps: Vec<(Actions, bool)>,
}

impl Demand {
    /// Whether policies that speak of these actions may allow every step.
    fn is_met_by(&self, actions: Actions, is_trusted: bool) -> bool {
        self.steps.iter().all(|(step, is_assumption)| actions.meets(*step) || is_trusted && *is_assumption)
    }

    /// Whether the path is taken by itself, and not as a part of others.
    fn is_whole(&self) -> bool {
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
fn demands() -> &'static [Demand] {
    static READ: LazyLock<Vec<Demand>> = LazyLock::new(|| {
        let step = |step: &paths::Step| {
            let mut actions = Actions::default();
            step.actions().for_each(|action| actions.extend(Actions::of(action)));
            (actions, actions::is_assumption(step.action, step.on))
        };
        paths().map(|path| Demand { path, steps: path.steps.iter().map(step).collect() }).collect()
    });
    &READ
}

/// Whether someone is an administrator by its policies once the denials are gone.
fn unbound<'e, 'm>(
    stage: &Stage<'e, 'm>,
    actor: &'e Actor<'m>,
    removal: &Removal<'e>,
) -> Option<Proof<'e, 'm>> {
    let held = actor.held.iter().enumerate().filter(|(place, _)| removal.left.get(*place) == Some(&true));
    let documents: Vec<&Document> = held
        .filter(|(_, (held, _))| held.undecided.is_none() && held.guard.and(stage.given).is_some())
        .map(|(_, (held, _))| &*held.document)
        .collect();
    let Administration::Yes(_) = administration(&documents) else { return None };
    let taken = removal.taken.clone();
    let guard = Guard::always();
    Some(Proof { path: removal.path, taken, reaches: None, workload: None, guard, doubt: None })
}

/// A proof in the terms of the input.
fn written<'m>(cast: &Cast<'m>, actor: &Actor<'m>, proof: Proof<'_, 'm>) -> Option<Escalation<'m>> {
    let mut guard = actor.declared.guard.and(&proof.guard)?;
    let reached = proof.reaches.and_then(|place| cast.actors.get(place));
    let whole = reached.map(|actor| &actor.declared.guard).into_iter();
    for one in whole.chain(proof.workload.map(|workload| &workload.declared.guard)) {
        guard = guard.and(one)?;
    }
    for taken in &proof.taken {
        if let By::Policy(place, statement) = taken.by {
            let (held, _) = actor.held.get(place)?;
            guard = guard.and(&held.guard)?.and(&statement.guard)?;
        }
    }
    let steps = proof.taken.iter().map(|taken| step(cast, actor, taken)).collect();
    let reaches = reached.map(|actor| actor.holder);
    Some(Escalation { holder: actor.holder, path: proof.path, steps, reaches, guard, doubt: proof.doubt })
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
