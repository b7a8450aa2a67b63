//! Everyone takes paths until nobody gets further.

use std::collections::BTreeSet;

use super::attempt::Proof;
use super::cast::Cast;
use super::stage::Stage;
use super::tried;
use crate::analysis::administrators::{Administrators, Strength};
use crate::collections::HashMap;
use crate::model::Guard;
use crate::policy::Element;

/// How often someone may be asked again because others got further, beyond a few times for everyone. Those who name a new
/// administrator are always asked again, so that chains are followed to their end; only long chains in the middle of many who may do
/// something to anyone come to this.
const MOST_TRIES: usize = 20_000;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Played<'e, 'm> {
    /// Who can take which paths, by place: first those of whom one is proven.
    pub(super) found: Vec<(usize, Vec<Proof<'e, 'm>>)>,
    /// Who was not asked about everything, because that would take too long.
    pub(super) unfinished: BTreeSet<usize>,
}

/// Lets everyone take paths until nobody gets further: one round more than the longest chain of takeovers has steps.
pub(super) fn play<'e, 'm>(
    cast: &'e Cast<'m>,
    given: &'e Guard,
    administrators: &Administrators<'m>,
) -> Played<'e, 'm> {
    let mut stage = Stage::new(cast, given);
    let implied = |guard: &Guard| guard.terms().iter().all(|term| given.terms().contains(term));
    for (place, actor) in cast.actors.iter().enumerate() {
        let is_one = administrators.get(actor.holder).is_some_and(|one| {
            matches!(one.strength, Strength::Direct { .. }) && one.guards.iter().any(implied)
        });
        stage.make_administrator(place, is_one);
    }
    let is_playing = |place: &usize| {
        cast.actors.get(*place).is_some_and(|actor| {
            let is_idle = actor.allowed.is_empty() && stage.trusting(*place).is_empty();
            !is_idle && actor.declared.guard.and(given).is_some()
        })
    };
    let players: Vec<usize> = (0..cast.actors.len()).filter(is_playing).collect();
    let reach = Reach::of(&stage, &players);
    let mut tries = MOST_TRIES + 4 * players.len();
    let mut played = Played::default();
    let mut possible: Vec<(usize, Vec<Proof<'e, 'm>>)> = Vec::new();
    let mut asked: BTreeSet<usize> = players.into_iter().collect();
    let mut is_first = true;
    loop {
        let mut fresh: Vec<usize> = Vec::new();
        asked.retain(|place| stage.administrators.get(*place) != Some(&true));
        for place in asked {
            let Some(actor) = cast.actors.get(place) else { continue };
            let proofs = tried(&stage, place, actor, !is_first);
            if proofs.iter().any(|proof| proof.doubt.is_none()) {
                fresh.push(place);
                played.found.push((place, proofs));
            } else if !proofs.is_empty() {
                possible.push((place, proofs));
            }
        }
        if fresh.is_empty() {
            break;
        }
        fresh.iter().for_each(|place| stage.make_administrator(*place, true));
        asked = reach.by_name(&fresh);
        let more = reach.by_pattern(&stage, &fresh);
        match tries.checked_sub(more.len()) {
            Some(left) => {
                tries = left;
                asked.extend(more);
            }
            None => played.unfinished.extend(more),
        }
        stage.next_round(fresh);
        is_first = false;
    }
    played.unfinished.extend(stage.unfinished());
    played.unfinished.retain(|place| stage.administrators.get(*place) != Some(&true));
    played.found.extend(possible);
    played
}

/// Who may have to do with whom, as far as can be told without asking policies.
#[derive(Debug, Default)]
struct Reach {
    /// Those whose policies name someone, or whom its trust policy names, by the place of the one named.
    to: HashMap<usize, Vec<usize>>,
    /// Those whose policies have a pattern that may match anyone.
    to_anyone: Vec<usize>,
    /// Those whose policies name something else: a workload, say.
    to_others: Vec<usize>,
}

impl Reach {
    fn of(stage: &Stage<'_, '_>, players: &[usize]) -> Self {
        let mut reach = Self::default();
        for player in players {
            for role in stage.trusting(*player) {
                reach.to.entry(*role).or_default().push(*player);
            }
            let Some(actor) = stage.cast.actors.get(*player) else { continue };
            let readings = actor.held.iter().filter_map(|(_, reading)| stage.cast.readings.get(*reading));
            let (mut is_of_anyone, mut is_of_others) = (false, false);
            let allows = readings.flat_map(|one| &one.document.statements).filter(|one| !one.is_deny());
            for resources in allows.filter_map(|statement| statement.resources.as_ref()) {
                is_of_anyone |= resources.except || resources.open.is_some();
                for pattern in resources.items.iter().map(Element::widest_pattern) {
                    match stage.named_by(&pattern) {
                        _ if pattern.contains(['*', '?', '$']) => is_of_anyone = true,
                        Some(named) => reach.to.entry(named).or_default().push(*player),
                        None => is_of_others = true,
                    }
                }
            }
            match (is_of_anyone, is_of_others) {
                (true, _) => reach.to_anyone.push(*player),
                (false, true) => reach.to_others.push(*player),
                (false, false) => {}
            }
        }
        reach
    }

    /// Those whose policies name one of these, or whom one of these trusts.
    fn by_name(&self, these: &[usize]) -> BTreeSet<usize> {
        these.iter().filter_map(|one| self.to.get(one)).flatten().copied().collect()
    }

    /// The others who may have to do with one of these.
    fn by_pattern(&self, stage: &Stage<'_, '_>, these: &[usize]) -> Vec<usize> {
        let by_work = these.iter().any(|one| stage.has_profile(*one) || stage.has_workload(*one));
        let others = self.to_others.iter().filter(|_| by_work);
        let all = self.to_anyone.iter().chain(others).copied();
        all.filter(|place| stage.administrators.get(*place) != Some(&true)).collect()
    }
}
