//! Deployments of an input, as far as its conditions tell them apart.

use std::sync::Arc;

use super::{Conditions, Guard, Term};
use crate::value::{Possible, Reason, Unknown, Value};

/// A deployment: which of the conditions hold in it. Nothing is known of those that it does not name.
#[derive(Clone, Debug, Default)]
pub struct Deployment(Vec<Term>);

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
        Self(terms)
    }

    /// What is known of it, as a guard.
    pub fn guard(&self) -> Guard {
        Guard::all(self.0.clone())
    }

    /// Whether a guard holds; `None` when that is not known.
    pub fn holds(&self, guard: &Guard) -> Option<bool> {
        let mut holds = Some(true);
        for term in guard.terms() {
            match self.0.iter().find(|one| one.condition == term.condition) {
                Some(one) if one.holds != term.holds => return Some(false),
                Some(_) => {}
                None => holds = None,
            }
        }
        holds
    }

    /// Whether what a guard protects may be there. `undecided` says why it is not known, if it is not.
    pub fn keeps(&self, guard: &Guard, undecided: &mut Option<Arc<Unknown>>) -> bool {
        self.holds(guard).unwrap_or_else(|| {
            let why = || Arc::new(Unknown::new(Reason::Budget, "the combination of its conditions"));
            undecided.get_or_insert_with(why);
            true
        })
    }

    /// What a value can be in it.
    pub fn alternatives<'v>(&self, value: &'v Value) -> Vec<Possible<'v>> {
        let mut alternatives = value.alternatives();
        alternatives.retain(|one| self.holds(&one.guard) != Some(false));
        alternatives
    }

    /// Whether all of the terms hold, each of which stands at the same place in every deployment that is told apart.
    fn keeps_all(&self, terms: &[(usize, &Term)]) -> bool {
        terms.iter().all(|(place, term)| self.0.get(*place).is_some_and(|own| own.holds == term.holds))
    }

    /// Whether all of the terms hold.
    fn has(&self, terms: &[Term]) -> bool {
        terms.iter().all(|term| self.0.contains(term))
    }
}

impl Conditions {
    /// Judges every deployment that differs in one of the guards, all of them such that `assumed` holds, and puts together
    /// those with the same outcome. An outcome that is the case in all of them has one guard, which is always.
    pub fn cases<'g, V: PartialEq>(
        &self,
        assumed: &Guard,
        guards: impl IntoIterator<Item = &'g Guard>,
        judge: impl Fn(&Deployment) -> V,
    ) -> Vec<Case<V>> {
        let deployments = self.deployments(assumed, guards);
        let mut cases: Vec<Case<V>> = Vec::new();
        let mut judged: Vec<(Deployment, usize)> = Vec::new();
        for deployment in deployments {
            let outcome = judge(&deployment);
            let known = cases.iter().position(|case| case.outcome == outcome);
            if known.is_none() {
                cases.push(Case { outcome, guards: Vec::new() });
            }
            judged.push((deployment, known.unwrap_or(cases.len() - 1)));
        }
        for (at, case) in cases.iter_mut().enumerate() {
            case.guards = ways(at, &judged, assumed);
        }
        cases
    }
}

impl Conditions {
    /// The same ways with the fewest conditions; no condition at all when one of them is open in every deployment.
    pub fn ways(&self, guards: &[Guard]) -> Vec<Guard> {
        let is_one = |one: &Deployment| guards.iter().any(|guard| one.holds(guard) == Some(true));
        let cases = self.cases(&Guard::always(), guards, is_one);
        let ways = cases.into_iter().find(|case| case.outcome).map(|case| case.guards);
        // Too many deployments are not told apart.
        ways.unwrap_or_else(|| guards.to_vec())
    }
}

/// The fewest conditions that tell the deployments of a case from the others, for as many ways as it takes.
fn ways(case: usize, judged: &[(Deployment, usize)], assumed: &Guard) -> Vec<Guard> {
    let own: Vec<&Deployment> = judged.iter().filter(|(_, of)| *of == case).map(|(one, _)| one).collect();
    let others: Vec<&Deployment> = judged.iter().filter(|(_, of)| *of != case).map(|(one, _)| one).collect();
    let mut ways: Vec<Vec<Term>> = Vec::new();
    for deployment in &own {
        if ways.iter().any(|way| deployment.has(way)) {
            continue;
        }
        let open = deployment.0.iter().enumerate().filter(|(_, term)| !assumed.terms().contains(term));
        let mut terms: Vec<(usize, &Term)> = open.collect();
        // What holds says more to people than what does not.
        terms.sort_by(|(_, one), (_, other)| {
            (one.holds, &other.condition).cmp(&(other.holds, &one.condition))
        });
        let way = fewest(terms, &others);
        ways.push(way.into_iter().map(|(_, term)| term.clone()).collect());
    }
    ways.into_iter().map(Guard::all).collect()
}

/// What is left of terms, each with its place, when those are dropped in order without which no other deployment has the
/// rest as well.
fn fewest<'t>(terms: Vec<(usize, &'t Term)>, others: &[&Deployment]) -> Vec<(usize, &'t Term)> {
    let mut way = terms.clone();
    for (place, _) in terms {
        let fewer: Vec<_> = way.iter().filter(|(at, _)| *at != place).copied().collect();
        if !others.iter().any(|other| other.keeps_all(&fewer)) {
            way = fewer;
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use crate::model::{Conditions, Guard};

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
}
