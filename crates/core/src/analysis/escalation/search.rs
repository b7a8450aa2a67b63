//! Under which conditions of the input someone can take which paths.
//!
//! First everyone takes paths while nothing is known of the conditions. What is certain then is certain in every deployment, and
//! what is impossible is so in all. Only of those for whom something depends on conditions are deployments told apart, by the
//! conditions that matter to them: theirs, and those of the ones whose power they could reach.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::Escalation;
use super::cast::Cast;
use super::play::{Played, Turn, play};
use super::questions::Questions;
use crate::analysis::administrators::Administrators;
use crate::model::{Deployment, Guard, Term};

/// How often, at most, someone takes paths in one deployment or another. What is not found out then is not known.
const MOST_TURNS: usize = 20_000;

/// What is known of a deployment, and who is concerned.
type Asked = (Vec<Term>, BTreeSet<usize>);

/// What some can do in a deployment, by place.
type Turns<'m> = Rc<BTreeMap<usize, Turn<'m>>>;

/// What everyone can do while nothing is known of the conditions, and what it takes to find out more.
#[derive(Debug)]
pub(super) struct Search<'s, 'm> {
    cast: &'s Cast<'m>,
    administrators: &'s Administrators<'m>,
    everywhere: Played<'m>,
    /// The guards of everything that matters to paths.
    guards: Vec<Guard>,
    turns: Cell<usize>,
    /// What was found out, by what is known of the deployment and by who is concerned: those who could reach each other ask the same.
    found: RefCell<BTreeMap<Asked, Turns<'m>>>,
}

impl<'s, 'm> Search<'s, 'm> {
    pub(super) fn new(
        cast: &'s Cast<'m>,
        administrators: &'s Administrators<'m>,
        guards: Vec<Guard>,
    ) -> Self {
        let questions = Questions::new(Guard::always());
        let everywhere = play(cast, &questions, administrators, None);
        Self { cast, administrators, everywhere, guards, turns: Cell::default(), found: RefCell::default() }
    }

    /// Those with whom not everything was tried. In no deployment are there others: while nothing is known of the conditions, everyone
    /// has more to be tried.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = usize> {
        self.everywhere.unfinished.iter().copied()
    }

    /// The ways of someone, each with the conditions under which it is open, the simplest first.
    pub(super) fn ways(&self, place: usize) -> Vec<Escalation<'m>> {
        let (Some(actor), Some(turn)) = (self.cast.actors.get(place), self.everywhere.turns.get(place))
        else {
            return Vec::new();
        };
        let own = &actor.declared.guard;
        if turn.open().is_none() {
            let ways = turn.ways.iter().cloned();
            return ways.map(|way| Escalation { guards: vec![own.clone()], ..way }).collect();
        }
        let concerned = self.concerned(place);
        let known: RefCell<Vec<Escalation<'m>>> = RefCell::default();
        let open_in = |deployment: &Deployment| {
            let played = self.played(deployment, &concerned);
            let turn = played.as_ref().and_then(|played| played.get(&place)).unwrap_or(turn);
            if let Some(condition) = turn.open().filter(|_| played.is_some()) {
                // Deployments are told apart by what is asked of them.
                let _ = deployment.holds(&Guard::when(Arc::clone(condition), true));
            }
            let mut known = known.borrow_mut();
            let mut at = |way: &Escalation<'m>| {
                let at = known.iter().position(|one| one.is_same(way));
                // The more is known of the conditions, the more a doubt says.
                if let Some(same) = at.and_then(|at| known.get_mut(at)) {
                    same.doubt.clone_from(&way.doubt);
                }
                at.unwrap_or_else(|| {
                    known.push(way.clone());
                    known.len() - 1
                })
            };
            turn.ways.iter().map(&mut at).collect::<Vec<usize>>()
        };
        let conditions = &self.cast.model.conditions;
        let cases = conditions.cases(own, &self.guards, open_in);
        let ways = known.into_inner().into_iter().enumerate().map(|(at, way)| {
            let open = cases.iter().filter(|case| case.outcome.contains(&at));
            let guards: Vec<Guard> = open.flat_map(|case| case.guards.iter().cloned()).collect();
            let guards = if guards.len() > 1 { conditions.ways(&guards) } else { guards };
            Escalation { guards: guards.iter().filter_map(|guard| own.and(guard)).collect(), ..way }
        });
        // What seemed to be open while less was known is open in no deployment, perhaps.
        let mut ways: Vec<_> = ways.filter(|way| !way.guards.is_empty()).collect();
        // What is certain, and open in most deployments, says most.
        ways.sort_by_key(|way| {
            let is_everywhere = way.guards.contains(own);
            (way.doubt.is_some(), !is_everywhere, way.steps.len())
        });
        ways
    }

    /// Someone, and those whose power it could reach if conditions were such, over any number of others.
    fn concerned(&self, place: usize) -> BTreeSet<usize> {
        let mut concerned = BTreeSet::from([place]);
        let mut waiting = vec![place];
        while let Some(turn) = waiting.pop().and_then(|place| self.everywhere.turns.get(place)) {
            waiting.extend(turn.asked.leaned_on.iter().copied().filter(|place| concerned.insert(*place)));
        }
        concerned
    }

    /// What those who are concerned can do in a deployment; `None` when that takes too long to find out.
    fn played(&self, deployment: &Deployment, concerned: &BTreeSet<usize>) -> Option<Turns<'m>> {
        let key = (deployment.guard().terms().to_vec(), concerned.clone());
        if let Some(found) = self.found.borrow().get(&key) {
            return Some(Rc::clone(found));
        }
        let turns = self.turns.get() + concerned.len();
        if turns > MOST_TURNS {
            return None;
        }
        self.turns.set(turns);
        let questions = Questions::new(deployment.guard());
        let played = play(self.cast, &questions, self.administrators, Some((&self.everywhere, concerned)));
        let turns = played.turns.into_iter().enumerate().filter(|(place, _)| concerned.contains(place));
        let found = Rc::new(turns.collect());
        self.found.borrow_mut().insert(key, Rc::clone(&found));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::Search;
    use crate::analysis::administrators::Administrators;
    use crate::analysis::escalation::{cast::Cast, guards};
    use crate::analysis::sketch::{Sketch, group, user};
    use crate::model::Guard;

    #[test]
    fn who_is_an_administrator_under_many_conditions_takes_no_path_with_that_power() {
        let mut input = Sketch::default();
        let names: Vec<String> = (0..12).map(|at| format!("user-{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.iter().for_each(|name| input.user(name));
        for at in 0..10 {
            let admins = format!("admins-{at}");
            input.group(&admins, &names);
            let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
            input.grant(group(&admins), all, Guard::when(format!("C{at}"), true));
        }
        let own = r#"{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}"#;
        input.grant(user("user-0"), own, Guard::always());
        let model = input.link();
        let (cast, administrators) = (Cast::of(&model), Administrators::direct(&model));
        let search = Search::new(&cast, &administrators, guards(&cast, &administrators));
        let ways: Vec<_> = (0..names.len()).flat_map(|place| search.ways(place)).collect();
        // Only the one who has something else has a way, where it is no administrator.
        let none = (0..10).map(|at| format!("not C{at}")).collect::<Vec<_>>().join(" and ");
        let shown: Vec<_> = ways.iter().flat_map(|way| &way.guards).map(Guard::to_string).collect();
        assert_eq!(shown, [none]);
        // Its deployments differ in which of the conditions is the first that holds; nobody else is asked about.
        assert!(search.turns.get() <= 2 * 21, "{}", search.turns.get());
    }

    #[test]
    fn those_who_could_reach_each_other_are_asked_once_in_a_deployment() {
        let mut input = Sketch::default();
        let keys = r#"{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}"#;
        let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let names = ["alice", "bob", "carol"];
        names.iter().for_each(|name| input.user(name));
        for name in names {
            input.grant(user(name), keys, Guard::always());
            input.group(&format!("admins-{name}"), &[name]);
            input.grant(group(&format!("admins-{name}")), all, Guard::when(name, true));
        }
        let model = input.link();
        let (cast, administrators) = (Cast::of(&model), Administrators::direct(&model));
        let search = Search::new(&cast, &administrators, guards(&cast, &administrators));
        let ways: usize = (0..cast.actors.len()).map(|place| search.ways(place).len()).sum();
        let found = search.found.borrow();
        let asked: usize = found.keys().map(|(_, concerned)| concerned.len()).sum();
        assert!(ways > 0 && found.keys().any(|(_, concerned)| concerned.len() > 2));
        assert_eq!(search.turns.get(), asked);
    }
}
