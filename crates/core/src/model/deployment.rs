//! Deployments of an input, as far as its conditions tell them apart.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::condition::{MOST_DEPLOYMENTS, Question};
use super::{Conditions, Guard, Term};
use crate::value::{Possible, Unknown, Value};

/// How often a deployment is compared with conditions to find the fewest that tell all of them apart.
const MOST_COMPARED: usize = 1 << 20;
/// How many are compared by what their conditions mean.
const FEW_DEPLOYMENTS: usize = 32;

/// A deployment: which of the conditions hold in it. Nothing is known of those that it does not name.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    terms: Vec<Term>,
    /// The first condition that was asked for and that it does not name.
    asked: OnceLock<Arc<str>>,
}

/// What was found to be the case in some deployments.
#[derive(Clone, Debug)]
pub struct Case<V> {
    /// What.
    pub outcome: V,
    /// The conditions that tell its deployments from all others; each guard is one of several ways to it.
    pub guards: Vec<Guard>,
}

impl<V> Case<V> {
    /// One way to it.
    pub fn guard(&self) -> Guard {
        self.guards.first().cloned().unwrap_or_default()
    }
}

impl Deployment {
    pub(super) fn of(terms: Vec<Term>) -> Self {
        Self { terms, asked: OnceLock::new() }
    }

    /// What is known of it, as a guard.
    pub fn guard(&self) -> Guard {
        Guard::all(self.terms.clone())
    }

    /// What is known of it, as a guard, for a judge to whom all of these matter.
    pub fn deciding<'g>(&self, guards: impl IntoIterator<Item = &'g Guard>) -> Guard {
        self.ask(guards);
        self.guard()
    }

    /// Asks whether guards hold, for a judge to whom all of these matter.
    pub fn ask<'g>(&self, guards: impl IntoIterator<Item = &'g Guard>) {
        for guard in guards {
            let _ = self.holds(guard);
        }
    }

    /// Whether a guard holds; `None` when that is not known.
    pub fn holds(&self, guard: &Guard) -> Option<bool> {
        let mut open = None;
        for term in guard.terms() {
            match self.terms.iter().find(|one| one.condition == term.condition) {
                Some(one) if one.holds != term.holds => return Some(false),
                Some(_) => {}
                None => open = open.or(Some(&term.condition)),
            }
        }
        match open {
            Some(condition) => {
                self.asked.get_or_init(|| Arc::clone(condition));
                None
            }
            None => Some(true),
        }
    }

    /// Whether a guard holds, as far as that is known already; nothing is asked.
    pub fn knows(&self, guard: &Guard) -> Option<bool> {
        if self.lacks(guard.terms()) {
            return Some(false);
        }
        self.has(guard.terms()).then_some(true)
    }

    /// Whether what a guard protects may be there. `undecided` says why it is not known, if it is not.
    pub fn keeps(&self, guard: &Guard, undecided: &mut Option<Arc<Unknown>>) -> bool {
        self.holds(guard).unwrap_or_else(|| {
            undecided.get_or_insert_with(|| Arc::new(super::condition::undecided()));
            true
        })
    }

    /// What a value can be in it.
    pub fn alternatives<'v>(&self, value: &'v Value) -> Vec<Possible<'v>> {
        let mut alternatives = value.alternatives();
        alternatives.retain(|one| self.holds(&one.guard) != Some(false));
        alternatives
    }

    /// Whether all of the terms hold.
    fn has(&self, terms: &[Term]) -> bool {
        terms.iter().all(|term| self.terms.contains(term))
    }

    /// Whether one of the terms does not hold.
    fn lacks(&self, terms: &[Term]) -> bool {
        let is_opposite =
            |one: &Term, other: &Term| one.condition == other.condition && one.holds != other.holds;
        terms.iter().any(|term| self.terms.iter().any(|one| is_opposite(one, term)))
    }

    /// The deployments that differ in the answer to a question, as far as they can be; the last one is looked at first.
    fn split(&self, question: &Question<'_>, conditions: &Conditions) -> Vec<Self> {
        let answers =
            question.answers().map(|answer| self.terms.iter().cloned().chain(answer).collect::<Vec<_>>());
        let mut possible: Vec<Vec<Term>> = answers.filter(|terms| conditions.can_hold(terms)).collect();
        possible.reverse();
        for terms in &mut possible {
            // What is assumed may be part of the answer.
            let mut seen = BTreeSet::new();
            terms.retain(|term| seen.insert(Arc::clone(&term.condition)));
        }
        possible.into_iter().map(Self::of).collect()
    }
}

impl Conditions {
    /// Judges every deployment that differs in one of the guards, all of them such that `assumed` holds, and puts together
    /// those with the same outcome. An outcome that is the case in all of them has one guard, which is always.
    ///
    /// Deployments are told apart only by what `judge` asks for. When they are too many, the last ones are judged without
    /// more being known of them.
    pub fn cases<'g, V: PartialEq>(
        &self,
        assumed: &Guard,
        guards: impl IntoIterator<Item = &'g Guard>,
        judge: impl Fn(&Deployment) -> V,
    ) -> Vec<Case<V>> {
        self.cases_asking(assumed, guards, |_| {}, judge)
    }

    /// The same for a judge that takes long: `ask` asks a deployment for all that the judge will ask it for, so that it is told
    /// apart before it is judged.
    pub fn cases_asking<'g, V: PartialEq>(
        &self,
        assumed: &Guard,
        guards: impl IntoIterator<Item = &'g Guard>,
        ask: impl Fn(&Deployment),
        judge: impl Fn(&Deployment) -> V,
    ) -> Vec<Case<V>> {
        let open = guards.into_iter().flat_map(Guard::terms).map(|term| &term.condition);
        let questions = self.questions(open.collect());
        if questions.is_empty() {
            let deployment = Deployment::of(assumed.terms().to_vec());
            ask(&deployment);
            return vec![Case { outcome: judge(&deployment), guards: vec![Guard::always()] }];
        }
        let mut cases: Vec<Case<V>> = Vec::new();
        let mut judged: Vec<(Deployment, usize)> = Vec::new();
        let mut waiting = vec![Deployment::of(assumed.terms().to_vec())];
        while let Some(deployment) = waiting.pop() {
            let may_split = |question: &&Question<'_>| {
                judged.len() + waiting.len() + question.answers().count() <= MOST_DEPLOYMENTS
            };
            let open = |deployment: &Deployment| {
                let asked = deployment.asked.get()?;
                questions.iter().find(|question| question.is_about(asked)).filter(may_split)
            };
            ask(&deployment);
            if let Some(question) = open(&deployment) {
                waiting.extend(deployment.split(question, self));
                continue;
            }
            let outcome = judge(&deployment);
            if let Some(question) = open(&deployment) {
                waiting.extend(deployment.split(question, self));
                continue;
            }
            let known = cases.iter().position(|case| case.outcome == outcome);
            if known.is_none() {
                cases.push(Case { outcome, guards: Vec::new() });
            }
            judged.push((deployment, known.unwrap_or(cases.len() - 1)));
        }
        let mut compared = 0;
        for (at, case) in cases.iter_mut().enumerate() {
            case.guards = self.told_apart(at, &judged, assumed, &mut compared);
        }
        cases
    }

    /// The same ways with the fewest conditions; no condition at all when one of them is open in every deployment.
    pub fn ways(&self, guards: &[Guard]) -> Vec<Guard> {
        let is_one = |one: &Deployment| guards.iter().any(|guard| one.holds(guard) == Some(true));
        let cases = self.cases(&Guard::always(), guards, is_one);
        let ways = cases.into_iter().find(|case| case.outcome).map(|case| case.guards);
        // Too many deployments are not told apart.
        ways.unwrap_or_else(|| guards.to_vec())
    }

    /// The same guard without the terms that hold wherever the others do.
    pub fn simplest(&self, guard: &Guard) -> Guard {
        let mut terms = guard.terms().to_vec();
        if terms.len() < 2 {
            return guard.clone();
        }
        // What holds says more to people than what does not.
        let mut in_turn = terms.clone();
        in_turn.sort_by(|one, other| (one.holds, &other.condition).cmp(&(other.holds, &one.condition)));
        for term in in_turn {
            let others = || terms.iter().filter(|one| **one != term).cloned();
            let fails = Term { condition: Arc::clone(&term.condition), holds: !term.holds };
            if !self.can_hold(&others().chain([fails]).collect::<Vec<_>>()) {
                terms = others().collect();
            }
        }
        Guard::all(terms)
    }

    /// The fewest conditions that tell the deployments of a case from the others, for as many ways as it takes; more of them when
    /// that takes too long. `compared` counts the comparisons so far.
    fn told_apart(
        &self,
        case: usize,
        judged: &[(Deployment, usize)],
        assumed: &Guard,
        compared: &mut usize,
    ) -> Vec<Guard> {
        let are_few = judged.len() <= FEW_DEPLOYMENTS;
        let excludes = |other: &Deployment, terms: &[Term]| {
            let both = || other.terms.iter().chain(terms).cloned().collect::<Vec<_>>();
            other.lacks(terms) || (are_few && !self.can_hold(&both()))
        };
        let mut ways: Vec<Vec<Term>> = Vec::new();
        for (deployment, _) in judged.iter().filter(|(_, of)| *of == case) {
            if ways.iter().any(|way| deployment.has(way)) {
                continue;
            }
            let mut way: Vec<Term> =
                deployment.terms.iter().filter(|term| !assumed.terms().contains(term)).cloned().collect();
            // What holds says more to people than what does not.
            way.sort_by(|one, other| (one.holds, &other.condition).cmp(&(other.holds, &one.condition)));
            for term in way.clone() {
                if *compared > MOST_COMPARED {
                    break;
                }
                let fewer: Vec<Term> = way.iter().filter(|one| **one != term).cloned().collect();
                let mut others = judged.iter().filter(|(_, of)| *of != case);
                if others.all(|(other, _)| {
                    *compared += 1;
                    excludes(other, &fewer)
                }) {
                    way = fewer;
                }
            }
            ways.push(way);
        }
        ways.into_iter().map(Guard::all).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::model::solver::naive::{formula, holds, worlds};
    use crate::model::{Conditions, Formula, Guard};

    fn shown(cases: Vec<super::Case<bool>>) -> Vec<String> {
        let guards = |case: &super::Case<bool>| {
            case.guards.iter().map(Guard::to_string).collect::<Vec<_>>().join(" | ")
        };
        cases.iter().map(|case| format!("{}: {}", case.outcome, guards(case))).collect()
    }

    #[test]
    fn cases_are_told_by_the_fewest_conditions() {
        let [a, b, c] = ["A", "B", "C"].map(|name| Guard::when(name, true));
        let conditions = Conditions::default();
        let all = [&a, &b, &c];
        let holds = |guard| move |one: &super::Deployment| one.holds(guard) == Some(true);
        assert_eq!(shown(conditions.cases(&Guard::always(), all, holds(&b))), ["true: B", "false: not B"]);
        assert_eq!(shown(conditions.cases(&a, all, holds(&a))), ["true: "]);
        let either = |one: &super::Deployment| holds(&a)(one) || holds(&c)(one);
        assert_eq!(
            shown(conditions.cases(&Guard::always(), all, either)),
            ["true: A | C", "false: not A and not C"]
        );
    }

    #[test]
    fn a_guard_is_said_without_what_follows_from_the_rest_of_it() {
        let is = |value: &str| Formula::Is { variable: "Stage".into(), value: value.into() };
        let mut conditions = Conditions::default();
        for (name, value) in [("IsDev", "dev"), ("IsProd", "prod")] {
            conditions.define(name.into(), is(value));
        }
        let guard = |terms: &[(&str, bool)]| {
            let all = terms.iter().map(|(name, holds)| Guard::when(*name, *holds));
            all.fold(Guard::always(), |all, one| all.and(&one).expect("they fit"))
        };
        for (terms, expected) in [
            ([("IsDev", true), ("IsProd", false)].as_slice(), "IsDev"),
            (&[("IsDev", false), ("IsProd", false)], "not IsDev and not IsProd"),
            (&[("IsProd", true), ("Open", false)], "IsProd and not Open"),
        ] {
            assert_eq!(conditions.simplest(&guard(terms)).to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn every_deployment_is_one_of_the_cases(formulas in prop::collection::vec(formula(), 3)) {
            let names = ["P", "Q", "R"];
            let mut conditions = Conditions::default();
            for (name, formula) in names.iter().zip(&formulas) {
                conditions.define((*name).into(), formula.clone());
            }
            let [p, q, r] = names.map(|name| Guard::when(name, true));
            // R matters only where P holds and Q does not.
            let judge = |one: &super::Deployment| match (one.holds(&p), one.holds(&q)) {
                (Some(true), Some(false)) => (true, one.holds(&r)),
                (first, _) => (false, first),
            };
            let cases = conditions.cases(&Guard::always(), [&p, &q, &r], judge);
            for world in worlds() {
                let truths = [0, 1, 2].map(|at| holds(&formulas[at], &world));
                let expected = match truths {
                    [true, false, third] => (true, Some(third)),
                    [first, ..] => (false, Some(first)),
                };
                let is_there = |guard: &Guard| {
                    guard.terms().iter().all(|term| truths[names.iter().position(|name| **name == *term.condition).expect("it is one of them")] == term.holds)
                };
                for case in &cases {
                    prop_assert_eq!(case.guards.iter().any(is_there), case.outcome == expected, "{:?} {:?}", case.guards, truths);
                }
            }
        }
    }

    #[test]
    fn only_the_conditions_that_are_asked_for_tell_deployments_apart() {
        let flags: Vec<Guard> = (0..40).map(|at| Guard::when(format!("F{at}"), true)).collect();
        let conditions = Conditions::default();
        let is_first = |one: &super::Deployment| flags.iter().any(|flag| one.holds(flag) == Some(true));
        let cases = conditions.cases(&Guard::always(), &flags, is_first);
        let counts: Vec<_> = cases.iter().map(|case| (case.outcome, case.guards.len())).collect();
        assert_eq!(counts, [(true, 40), (false, 1)]);
    }

    #[test]
    fn what_is_found_in_the_first_of_too_many_deployments_stays_found() {
        let flags: Vec<Guard> = (0..40).map(|at| Guard::when(format!("F{at:02}"), true)).collect();
        let conditions = Conditions::default();
        let count =
            |one: &super::Deployment| flags.iter().filter(|flag| one.holds(flag) == Some(true)).count();
        let judge = |one: &super::Deployment| (one.holds(&flags[0]), count(one) > 0);
        let cases = conditions.cases(&Guard::always(), &flags, judge);
        let found = cases
            .iter()
            .find(|case| case.outcome == (Some(true), true))
            .expect("it is the case with the first");
        assert_eq!(found.guards, [flags[0].clone()]);
    }
}
