//! The paths that someone can take, those behind denials that it can remove included.

use std::borrow::Cow;

use super::asking::Asker;
use super::attempt::{Attempt, Doubt, Proof};
use super::cast::Actor;
use super::demands::demands;
use super::removal::{Removal, after, removal};
use super::stage::Stage;
use crate::analysis::administration::{Administration, administration_of};
use crate::analysis::bearer::Bearer;
use crate::analysis::documents::each_once;
use crate::collections::HashMap;
use crate::policy::Document;

/// What everyone is left with who can remove denials, each found out once.
pub(super) type Removals<'e, 'm> = HashMap<usize, Option<Removal<'e, 'm>>>;

/// The paths that someone can take.
pub(super) fn tried<'e, 'm>(
    stage: &Stage<'e, 'm>,
    place: usize,
    actor: &'e Actor<'m>,
    only_fresh: bool,
    removals: &mut Removals<'e, 'm>,
) -> Vec<Proof<'e>> {
    let asker = Asker::new(stage.cast, actor, stage.questions, stage.given_to(place));
    let mut proofs = with(stage, &asker, place, only_fresh);
    if proofs.iter().any(|proof| proof.doubt.is_none()) {
        return proofs;
    }
    if let Some(removal) = removals.entry(place).or_insert_with(|| removal(stage, place, actor)) {
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
    let within_reach = demands().iter().filter(|demand| demand.is_met_by(asker.actor.allowed, is_trusted));
    within_reach.filter(|demand| demand.is_whole()).filter_map(|demand| attempt.at(demand.path)).collect()
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
    let bearer = Bearer::of(stage.cast.model, actor.holder, documents.iter().flat_map(|one| &one.statements));
    match administration_of(&each_once(&documents), &bearer) {
        Administration::Yes(_) => {}
        Administration::Unless(_) | Administration::Perhaps(_) => {
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
