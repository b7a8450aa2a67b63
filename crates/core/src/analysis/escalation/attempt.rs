//! Whether someone can take a path.

use std::cell::RefCell;
use std::sync::Arc;

use super::actions::is_assumption;
use super::asking::{Asker, By, Permit, is_trusted};
use super::credentials::works;
use super::paths::{Gain, On, Path, Step};
use super::questions::{Open, Questions};
use super::reading::{ACCOUNT, placeholder};
use super::stage::{Kind, Stage, Worth};
use crate::analysis::holding::Holder;
use crate::collections::HashMap;
use crate::model::{Grant, Granted, Group, Id, Policy, Principal, Workload};
use crate::policy::Answer;
use crate::value::Unknown;

/// How many meanings of a path are tried for someone: of those that are left nothing is known.
const MOST_MEANINGS: usize = 256;

/// A path that someone can take, or may be able to.
#[derive(Debug)]
pub(super) struct Proof<'r> {
    pub(super) path: &'static Path,
    pub(super) taken: Vec<Taken<'r>>,
    /// Whose power it gives, by place; `None` when it gives all.
    pub(super) reaches: Option<usize>,
    /// Why it is not certain.
    pub(super) doubt: Option<Doubt>,
}

/// Why a path is not certain.
#[derive(Clone, Debug)]
pub enum Doubt {
    /// Something of the input is not known.
    Unknown(Arc<Unknown>),
    /// Something that no input shows.
    Missing(&'static str),
}

/// A step that is taken.
#[derive(Clone, Debug)]
pub(super) struct Taken<'r> {
    pub(super) action: &'static str,
    /// The ARN that it works on; `None` for what is made on the way.
    pub(super) on: Option<String>,
    pub(super) by: By<'r>,
}

/// What the words of a path mean in one attempt.
#[derive(Clone, Debug, Default)]
struct Meaning<'m> {
    group: Option<usize>,
    policy: Option<Id<Policy>>,
    user: Option<usize>,
    role: Option<usize>,
    workload: Option<&'m Workload>,
    /// The ARN of what is made.
    new: Option<String>,
    /// What it depends on whether they mean this, if it does.
    open: Option<Open>,
}

/// Someone who tries paths.
#[derive(Debug)]
pub(super) struct Attempt<'s, 'e, 'm> {
    pub(super) stage: &'s Stage<'e, 'm>,
    pub(super) asker: &'s Asker<'e, 'm>,
    /// The place of the one who tries.
    pub(super) place: usize,
    /// Whether only those count as targets who became administrators in the last round.
    pub(super) only_fresh: bool,
    anywhere: RefCell<HashMap<&'static str, Permit<'e>>>,
}

impl<'s, 'e, 'm> Attempt<'s, 'e, 'm> {
    pub(super) fn new(
        stage: &'s Stage<'e, 'm>,
        asker: &'s Asker<'e, 'm>,
        place: usize,
        only_fresh: bool,
    ) -> Self {
        Self { stage, asker, place, only_fresh, anywhere: RefCell::default() }
    }

    /// The path as it can be taken; one that is certain if there is one.
    pub(super) fn at(&self, path: &'static Path) -> Option<Proof<'e>> {
        let is_possible_for_it = match self.asker.actor.holder {
            Holder::Role(_) => {
                !path.steps.iter().any(|step| matches!(step.on, On::OwnUser | On::OwnGroup | On::Group))
            }
            Holder::User(_) | Holder::Group(_) => !path.steps.iter().any(|step| step.on == On::OwnRole),
        };
        let is_new = path.gain == Gain::Everything || path.gain == Gain::OlderVersion;
        if !is_possible_for_it || is_new && self.only_fresh {
            return None;
        }
        let beside = self.stage.beside(path)?;
        let mut best: Option<Proof<'e>> = None;
        let meanings = self.meanings(path);
        let is_cut = meanings.len() > MOST_MEANINGS;
        for meaning in meanings.into_iter().take(MOST_MEANINGS) {
            let proof = self.take(path, &meaning).map(|mut proof| {
                proof.rest_on(beside.as_ref(), self.stage.questions);
                proof
            });
            match proof {
                Some(proof) if proof.doubt.is_none() => return Some(proof),
                Some(proof) => drop(best.get_or_insert(proof)),
                None => {}
            }
        }
        if is_cut {
            self.stage.leave_unfinished(self.place);
        }
        best
    }

    /// What the words of a path may mean.
    fn meanings(&self, path: &'static Path) -> Vec<Meaning<'m>> {
        let has = |on: On| path.steps.iter().any(|step| step.on == on);
        let worth = match (path.gain, self.only_fresh) {
            (Gain::Everything, _) => Worth::Anyone,
            (_, true) => Worth::Fresh,
            (_, false) => Worth::Administrator,
        };
        let gives = |place: usize| self.stage.gives(place, worth);
        let targets = |on: On, kind: Kind| {
            let steps = path.steps.iter().filter(|step| step.on == on);
            let mut targets: Vec<usize> = Vec::new();
            if let Some(step) = steps.clone().next() {
                for action in step.actions() {
                    targets.extend(self.stage.targets(self.asker, action, kind, worth));
                }
            }
            if steps.clone().any(|step| is_assumption(step.action, step.on)) {
                targets.extend(self.stage.trusting(self.place));
            }
            targets.sort_unstable();
            targets.dedup();
            targets.retain(|target| *target != self.place && gives(*target));
            if targets.len() > MOST_MEANINGS {
                // Roles that let somebody in come before those of services.
                targets.sort_by_cached_key(|target| !self.stage.trusts_identities(*target));
            }
            targets
        };
        let one = || Meaning::default();
        match () {
            () if has(On::OwnGroup) => self
                .groups()
                .into_iter()
                .map(|(group, open)| Meaning { group: Some(group), open, ..one() })
                .collect(),
            () if has(On::OwnPolicy) => {
                let policies = self.own_policies().into_iter();
                policies.map(|(policy, open)| Meaning { policy: Some(policy), open, ..one() }).collect()
            }
            () if has(On::Group) => targets(On::Group, Kind::Group)
                .into_iter()
                .map(|group| Meaning { group: Some(group), ..one() })
                .collect(),
            () if has(On::User) => targets(On::User, Kind::User)
                .into_iter()
                .map(|user| Meaning { user: Some(user), ..one() })
                .collect(),
            () if has(On::Role) => targets(On::Role, Kind::Role)
                .into_iter()
                .map(|role| Meaning { role: Some(role), ..one() })
                .collect(),
            () if has(On::PassedRole) => {
                let roles = targets(On::PassedRole, Kind::Role);
                let workloads: Vec<_> = match has(On::Workload) {
                    true => self.stage.workloads(path).map(|(one, _, open)| (Some(one), open)).collect(),
                    false => vec![(None, None)],
                };
                let pair = |role| {
                    workloads.iter().map(move |(workload, open)| Meaning {
                        role: Some(role),
                        workload: *workload,
                        open: open.clone(),
                        ..one()
                    })
                };
                roles.into_iter().flat_map(pair).collect()
            }
            () if path.gain == Gain::WorkloadRole => {
                let workloads =
                    self.stage.workloads(path).filter_map(|(one, role, open)| Some((one, role?, open)));
                let workloads = workloads.filter(|(_, role, _)| *role != self.place && gives(*role));
                workloads
                    .map(|(workload, role, open)| Meaning {
                        workload: Some(workload),
                        role: Some(role),
                        open,
                        ..one()
                    })
                    .collect()
            }
            () if path.gain == Gain::ProfiledRole => {
                let roles = self.stage.profiled().filter(|(role, _)| *role != self.place && gives(*role));
                let roles: Vec<_> = roles.collect();
                let templates = self.stage.workloads(path);
                let pair = |(workload, _, of_workload): (_, _, Option<Open>)| {
                    roles.iter().map(move |(role, open)| Meaning {
                        workload: Some(workload),
                        role: Some(*role),
                        open: of_workload.clone().or(open.clone()),
                        ..one()
                    })
                };
                templates.flat_map(pair).collect()
            }
            () if has(On::NewUser) || has(On::NewRole) => {
                self.new_names(path).into_iter().map(|new| Meaning { new: Some(new), ..one() }).collect()
            }
            () => vec![one()],
        }
    }

    /// Its groups, each with what that depends on, if it does.
    fn groups(&self) -> Vec<(usize, Option<Open>)> {
        let places = &self.stage.cast.places;
        let of = |id: Id<Group>| places.get(&Holder::Group(id)).copied();
        match self.asker.actor.holder {
            Holder::Group(id) => of(id).into_iter().map(|place| (place, None)).collect(),
            Holder::User(id) => {
                let memberships = self.stage.cast.model.memberships_of_user(id);
                let presence = |guard, undecided| self.stage.questions.presence(guard, undecided);
                memberships
                    .filter_map(|one| {
                        Some((of(one.group.declared()?)?, presence(&one.guard, one.undecided.as_ref())?))
                    })
                    .collect()
            }
            Holder::Role(_) => Vec::new(),
        }
    }

    /// The customer-managed policies that it has, whatever they say: one that only grants what no path takes can be rewritten
    /// all the same. Each with what that depends on, if it does.
    fn own_policies(&self) -> Vec<(Id<Policy>, Option<Open>)> {
        let model = self.stage.cast.model;
        let grants: Vec<(&Grant, Option<Open>)> = match self.asker.actor.holder {
            Holder::User(id) => model.grants_of_user(id).map(|grant| (grant, None)).collect(),
            Holder::Group(_) => Vec::new(),
            Holder::Role(id) => model.grants_of_role(id).map(|grant| (grant, None)).collect(),
        };
        let of_groups = self.groups().into_iter().flat_map(|(group, open)| {
            let holder = self.stage.cast.actors.get(group).map(|actor| actor.holder);
            let grants = match holder {
                Some(Holder::Group(id)) => Some(model.grants_of_group(id)),
                _ => None,
            };
            grants.into_iter().flatten().map(move |grant| (grant, open.clone()))
        });
        let policies = grants.into_iter().chain(of_groups).filter_map(|(grant, open)| {
            let Granted::Managed(policy) = &grant.policy else { return None };
            let of_grant = self.stage.questions.presence(&grant.guard, grant.undecided.as_ref())?;
            Some((policy.declared()?, open.or(of_grant)))
        });
        let mut policies: Vec<_> = policies.collect();
        // The surest way to each comes first.
        policies.sort_by_key(|(policy, open)| (*policy, open.is_some()));
        policies.dedup_by_key(|(policy, _)| *policy);
        policies
    }

    /// ARNs that what a path makes could have.
    fn new_names(&self, path: &Path) -> Vec<String> {
        let is_user = path.steps.iter().any(|step| step.on == On::NewUser);
        let kind = if is_user { "user" } else { "role" };
        let prefix = format!("arn:aws:iam::{ACCOUNT}:{kind}/");
        let mut names = vec![format!("{prefix}{}", placeholder("new"))];
        for action in path.steps.iter().flat_map(Step::actions) {
            names.extend(self.asker.examples(action).into_iter().filter(|name| name.starts_with(&prefix)));
        }
        names.retain(|name| !name.contains("/aws-service-role/") && !name.contains("/aws-reserved/"));
        names.dedup();
        names
    }

    fn take(&self, path: &'static Path, meaning: &Meaning<'m>) -> Option<Proof<'e>> {
        let new = meaning.new.as_deref();
        let mut proof = Proof {
            path,
            taken: Vec::new(),
            reaches: match path.gain {
                Gain::User => meaning.user,
                Gain::Role | Gain::PassedRole | Gain::WorkloadRole | Gain::ProfiledRole => meaning.role,
                Gain::Group => meaning.group,
                _ => None,
            },
            doubt: None,
        };
        for step in path.steps {
            let (action, on, permit) = self.step(path, step, meaning)?;
            proof.add(action, on, permit)?;
        }
        self.rest(&mut proof, meaning)?;
        if path.gain == Gain::PassedRole && path.in_profile {
            let makes = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"];
            let permits = || makes.map(|action| (action, self.may_anywhere(action)));
            match self.stage.profile(meaning.role?) {
                Some(None) => {}
                // Where there is none, one can be made.
                Some(Some(open)) if !permits().iter().all(|(_, permit)| matches!(permit, Permit::Yes(_))) => {
                    proof.rest_on(Some(&open), self.stage.questions);
                }
                _ => {
                    for (action, permit) in permits() {
                        proof.add(action, None, permit)?;
                    }
                }
            }
        }
        let assumed = match path.steps.iter().any(|step| step.action == "iam:UpdateAssumeRolePolicy") {
            true => {
                meaning.role.and_then(|role| self.stage.cast.actors.get(role)).map(|role| role.arn.clone())
            }
            false => new.filter(|_| path.steps.iter().any(|step| step.on == On::NewRole)).map(str::to_owned),
        };
        if let Some(role) = assumed {
            let permit = self.asker.may_assume_if_trusted(&role);
            // What is made on the way has no name in the input.
            proof.add("sts:AssumeRole", meaning.role.map(|_| role), permit)?;
        }
        for (guard, unknown) in &self.asker.actor.open {
            if let Some(open) = self.stage.questions.presence(guard, None) {
                if let Some(open) = open {
                    self.stage.questions.ask(&open);
                }
                proof.doubt.get_or_insert_with(|| Doubt::Unknown(Arc::clone(unknown)));
            }
        }
        if let Some(missing) = path.missing {
            // A role that may not be the one, for a chance that may not come, is nothing that anyone could act on.
            if proof.doubt.is_some() && path.gain == Gain::PassedRole {
                self.stage.questions.cut();
                return None;
            }
            proof.doubt.get_or_insert(Doubt::Missing(missing));
        }
        Some(proof)
    }

    /// Whether what a path works on is there, and has the power that it is to give.
    fn rest(&self, proof: &mut Proof<'e>, meaning: &Meaning<'m>) -> Option<()> {
        let questions = self.stage.questions;
        for place in [meaning.group, meaning.user, meaning.role].into_iter().flatten() {
            let actor = self.stage.cast.actors.get(place)?;
            proof.rest_on(questions.presence(&actor.declared.guard, None)?.as_ref(), questions);
        }
        proof.rest_on(meaning.open.as_ref(), questions);
        if let Some((place, suspect)) =
            proof.reaches.and_then(|place| Some((place, self.stage.suspects.get(&place)?)))
        {
            questions.lean_on(place);
            proof.rest_on(Some(&Open::Condition(Arc::clone(suspect))), questions);
        }
        Some(())
    }

    /// Whether a step can be taken, with which action and on what.
    fn step(
        &self,
        path: &Path,
        step: &Step,
        meaning: &Meaning<'m>,
    ) -> Option<(&'static str, Option<String>, Permit<'e>)> {
        let cast = self.stage.cast;
        let of = |place: Option<usize>| place.and_then(|place| cast.actors.get(place));
        let changeable = |place: Option<usize>| of(place).filter(|actor| !actor.is_reserved);
        let mut best = (step.action, None, Permit::No);
        for action in step.actions() {
            let (on, permit) = match step.on {
                On::OwnUser => {
                    (Some(self.asker.actor.arn.clone()), self.asker.may_grant(action, &self.asker.actor.arn))
                }
                On::OwnRole => {
                    let own = changeable(Some(self.place))?;
                    (Some(own.arn.clone()), self.asker.may_grant(action, &own.arn))
                }
                On::OwnGroup | On::Group => {
                    let group = of(meaning.group)?;
                    (Some(group.own_arn.clone()), self.asker.may_grant(action, &group.own_arn))
                }
                On::OwnPolicy => {
                    let arn = cast.policy_arn(meaning.policy?)?;
                    (Some(arn.to_owned()), self.asker.may(action, arn, &[]))
                }
                On::User => {
                    let user = of(meaning.user)?;
                    let makes_room = path.steps.iter().any(|step| step.action == "iam:DeleteAccessKey");
                    let permit = match self.asker.may_grant(action, &user.arn) {
                        Permit::No => Permit::No,
                        permit => permit.given(works(self.stage, action, meaning.user?, makes_room)),
                    };
                    (Some(user.arn.clone()), permit)
                }
                On::Role if is_assumption(action, step.on) => {
                    (Some(of(meaning.role)?.arn.clone()), self.asker.may_assume(meaning.role?))
                }
                On::Role => {
                    let role = changeable(meaning.role)?;
                    (Some(role.arn.clone()), self.asker.may_grant(action, &role.arn))
                }
                On::PolicyOfRole => self.policy_of_role(action, meaning.role?),
                On::NewUser | On::NewRole => (None, self.asker.may_grant(action, meaning.new.as_deref()?)),
                On::PassedRole => {
                    let role = changeable(meaning.role)?;
                    (Some(role.arn.clone()), self.pass(path, action, meaning.role?, &role.arn))
                }
                On::Workload => {
                    let workload = meaning.workload?;
                    (
                        Some(workload.declared.subject.to_string()),
                        self.asker.may_to_workload(action, workload),
                    )
                }
                On::Anything => (None, self.may_anywhere(action)),
                // Denials are removed before paths are taken.
                On::DenyingPolicy => return None,
            };
            match permit {
                Permit::Yes(_) => return Some((action, on, permit)),
                Permit::Perhaps(..) => best = (action, on, permit),
                Permit::No => {}
            }
        }
        Some(best)
    }

    fn policy_of_role(&self, action: &str, role: usize) -> (Option<String>, Permit<'e>) {
        let cast = self.stage.cast;
        let Some(Holder::Role(id)) = cast.actors.get(role).map(|role| role.holder) else {
            return (None, Permit::No);
        };
        let mut best = (None, Permit::No);
        let questions = self.stage.questions;
        for grant in cast.model.grants_of_role(id) {
            let Granted::Managed(policy) = &grant.policy else { continue };
            let Some(arn) = policy.declared().and_then(|id| cast.policy_arn(id)) else { continue };
            let Some(open) = questions.presence(&grant.guard, grant.undecided.as_ref()) else { continue };
            let permit = match (self.asker.may(action, arn, &[]), open) {
                (Permit::Yes(by), Some(open)) => Permit::Perhaps(questions.ask(&open), by),
                (permit, _) => permit,
            };
            match permit {
                Permit::Yes(_) => return (Some(arn.to_owned()), permit),
                Permit::Perhaps(..) => best = (Some(arn.to_owned()), permit),
                Permit::No => {}
            }
        }
        best
    }

    /// Whether a role can be passed to one of the services of a path, and works for it.
    fn pass(&self, path: &Path, action: &str, role: usize, arn: &str) -> Permit<'e> {
        let mut best = Permit::No;
        for service in path.services {
            let trusted = is_trusted(service, role, self.stage.cast, self.stage.questions);
            if trusted == Answer::No {
                continue;
            }
            let permit = self.asker.may(action, arn, &[("iam:PassedToService", service)]);
            best = best.or(|| permit.given(trusted));
        }
        best
    }

    fn may_anywhere(&self, action: &'static str) -> Permit<'e> {
        if let Some(known) = self.anywhere.borrow().get(action) {
            return known.clone();
        }
        let permit = self.asker.may_anywhere(action);
        self.anywhere.borrow_mut().insert(action, permit.clone());
        permit
    }
}

impl<'r> Proof<'r> {
    /// Notes what it depends on, if it does.
    fn rest_on(&mut self, open: Option<&Open>, questions: &Questions) {
        if let Some(open) = open {
            let unknown = questions.ask(open);
            self.doubt.get_or_insert(Doubt::Unknown(unknown));
        }
    }

    fn add(&mut self, action: &'static str, on: Option<String>, permit: Permit<'r>) -> Option<()> {
        let by = match permit {
            Permit::No => return None,
            Permit::Yes(by) => by,
            Permit::Perhaps(unknown, by) => {
                self.doubt.get_or_insert(Doubt::Unknown(unknown));
                by
            }
        };
        self.taken.push(Taken { action, on, by });
        Some(())
    }
}

/// The group through which someone has a policy.
pub(super) fn group_of(principal: &Principal) -> Option<Id<Group>> {
    match principal {
        Principal::Group(group) => group.declared(),
        _ => None,
    }
}
