//! Everyone takes paths until nobody gets further.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cast::Cast;
use super::questions::{Asked, Open, Questions};
use super::stage::{Stage, surest};
use super::tried::{Removals, tried};
use super::{Escalation, simplest, written};
use crate::analysis::administrators::{Administrators, Strength};
use crate::collections::HashMap;
use crate::policy::Element;

/// How often someone may be asked again because others got further, beyond a few times for everyone. Those who name a new
/// administrator are always asked again, so that chains are followed to their end; only long chains in the middle of many who may do
/// something to anyone come to this.
const MOST_TRIES: usize = 20_000;

/// What someone can do in a deployment.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn<'m> {
    pub(super) ways: Vec<Escalation<'m>>,
    pub(super) asked: Asked,
    /// The condition under which it has no need of any way, being an administrator, if there is one.
    pub(super) suspect: Option<Arc<str>>,
}

impl Turn<'_> {
    /// The condition that could change what it can do.
    pub(super) fn open(&self) -> Option<&Arc<str>> {
        let is_proven = self.ways.iter().any(|way| way.doubt.is_none());
        match &self.suspect {
            _ if self.ways.is_empty() && !self.asked.is_cut => None,
            Some(condition) => Some(condition),
            None if is_proven => None,
            None => self.asked.condition.as_ref(),
        }
    }
}

/// What everyone can do in a deployment.
#[derive(Debug)]
pub(super) struct Played<'m> {
    pub(super) turns: Vec<Turn<'m>>,
    /// Who is an administrator, or becomes one, and who is one under a condition that is not known to hold.
    pub(super) administrators: Vec<bool>,
    pub(super) suspects: HashMap<usize, Arc<str>>,
    /// Who was not asked about everything, because that would take too long.
    pub(super) unfinished: BTreeSet<usize>,
}

/// Lets everyone take paths until nobody gets further, one round more than the longest chain of takeovers has steps; or only some,
/// when it is known of the others what they can do.
pub(super) fn play<'m>(
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
        let guards = || one.iter().flat_map(|one| &one.guards);
        let standing = surest(guards().filter_map(|guard| questions.presence(guard, None)));
        stage.stand(place, standing.as_ref());
        if let (Some(Some(Open::Condition(condition))), Some(turn)) = (standing, turns.get_mut(place)) {
            turn.suspect = Some(condition);
            stage.power(place, guards());
        }
    }
    let is_playing = |place: &usize| {
        let actor = cast.actors.get(*place).filter(|_| is_concerned(*place));
        actor.is_some_and(|actor| {
            let is_idle = actor.allowed.is_empty() && stage.trusting(*place).is_empty();
            !is_idle && questions.presence(&actor.declared.guard, None).is_some()
        })
    };
    let players: Vec<usize> = (0..cast.actors.len()).filter(is_playing).collect();
    let reach = Reach::of(&stage, &players);
    let mut tries = MOST_TRIES + 4 * players.len();
    let mut unfinished = BTreeSet::new();
    let mut removals = Removals::default();
    let mut asked: BTreeSet<usize> = players.into_iter().collect();
    let mut is_first = true;
    loop {
        let mut fresh: Vec<(usize, Option<Open>)> = Vec::new();
        asked.retain(|place| !stage.is_sure(*place));
        for place in asked {
            let (Some(actor), Some(turn)) = (cast.actors.get(place), turns.get_mut(place)) else { continue };
            let proofs = tried(&stage, place, actor, !is_first, &mut removals);
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
        let these: Vec<usize> = fresh.iter().map(|(place, _)| *place).collect();
        stage.next_round(fresh);
        asked = reach.by_name(&these);
        let more = reach.by_pattern(&stage, &these);
        match tries.checked_sub(more.len()) {
            Some(left) => {
                tries = left;
                asked.extend(more);
            }
            None => unfinished.extend(more),
        }
        is_first = false;
    }
    unfinished.extend(stage.unfinished());
    unfinished.retain(|place| !stage.is_sure(*place));
    let Stage { administrators, suspects, .. } = stage;
    Played { turns, administrators, suspects, unfinished }
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
                        None if stage.may_name(&pattern) => is_of_anyone = true,
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
        let by_work = these.iter().any(|one| stage.profile(*one).is_some() || stage.has_workload(*one));
        let others = self.to_others.iter().filter(|_| by_work);
        let all = self.to_anyone.iter().chain(others).copied();
        all.filter(|place| !stage.is_sure(*place)).collect()
    }
}
