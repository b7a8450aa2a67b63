//! Whether someone can take a path: every meaning of its words is tried, and every step of it asked for.

mod meaning;
mod step;

use std::cell::RefCell;
use std::sync::Arc;

use self::meaning::Meaning;
use super::asking::{Asker, By, Permit};
use super::paths::{Gain, On, Path};
use super::questions::{Open, Questions};
use super::stage::Stage;
use crate::analysis::holding::Holder;
use crate::collections::HashMap;
use crate::model::{Group, Id, Principal};
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
