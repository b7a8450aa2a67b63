//! The conditions of an input, and which of them can hold together.
//!
//! Conditions compare variables (the parameters of a template) with fixed texts. A combination of conditions is possible
//! when some choice of a value for every variable makes it true. A condition of which nothing is said is free: it may
//! or may not hold whatever the others do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::solver::{Demand, Domains, Found, Solver};
use super::{Deployment, Guard, Term};
use crate::policy::Answer;
use crate::value::{Reason, Unknown};

/// How many steps of the solver one question may take.
const MOST_STEPS: usize = 20_000;
/// How many steps all decisions of a front end may take. Beyond that only what is easy is decided.
const MOST_EFFORT: usize = 2_000_000;
/// How many steps an easy question takes at most.
const EASY: usize = 4_000;
/// How many deployments are told apart.
pub(super) const MOST_DEPLOYMENTS: usize = 256;

/// What is known of the conditions of an input.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    formulas: BTreeMap<Arc<str>, Formula>,
    /// The values that variables may have, where they are limited.
    domains: Domains,
    /// What holds in every deployment.
    facts: Vec<Formula>,
    effort: Effort,
}

/// How many steps all decisions took, and how many were given up. Only decisions add to it, which a front end asks for
/// one after the other: what is asked later, from any number of threads, has the same answers in any order.
#[derive(Debug, Default)]
struct Effort {
    steps: AtomicUsize,
    given_up: AtomicUsize,
}

impl Clone for Effort {
    fn clone(&self) -> Self {
        let copy = |count: &AtomicUsize| AtomicUsize::new(count.load(Ordering::Relaxed));
        Self { steps: copy(&self.steps), given_up: copy(&self.given_up) }
    }
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// It always holds, or never.
    Known(bool),
    /// A variable has a value.
    Is {
        /// The variable.
        variable: Arc<str>,
        /// The value.
        value: Arc<str>,
    },
    /// The operand does not hold.
    Not(Arc<Formula>),
    /// All operands hold.
    All(Arc<[Formula]>),
    /// One of the operands holds.
    Any(Arc<[Formula]>),
}

impl Formula {
    /// Whether it has at most that many terms, written out.
    pub fn fits(&self, most: usize) -> bool {
        self.rest_of(most).is_some()
    }

    fn collect<'f>(&'f self, variables: &mut BTreeMap<&'f str, BTreeSet<&'f str>>) {
        match self {
            Self::Known(_) => {}
            Self::Is { variable, value } => drop(variables.entry(variable).or_default().insert(value)),
            Self::Not(operand) => operand.collect(variables),
            Self::All(operands) | Self::Any(operands) => {
                operands.iter().for_each(|operand| operand.collect(variables));
            }
        }
    }

    /// What is left of a budget after its terms; `None` when they exceed it.
    fn rest_of(&self, budget: usize) -> Option<usize> {
        let budget = budget.checked_sub(1)?;
        match self {
            Self::Known(_) | Self::Is { .. } => Some(budget),
            Self::Not(operand) => operand.rest_of(budget),
            Self::All(operands) | Self::Any(operands) => {
                operands.iter().try_fold(budget, |budget, operand| operand.rest_of(budget))
            }
        }
    }
}

impl Conditions {
    /// Says what a condition means.
    pub fn define(&mut self, condition: Arc<str>, formula: Formula) {
        self.formulas.insert(condition, formula);
    }

    /// Says that a variable has one of these values.
    pub fn limit(&mut self, variable: Arc<str>, values: BTreeSet<Arc<str>>) {
        if !values.is_empty() {
            self.domains.insert(variable, values);
        }
    }

    /// Says that a formula holds in every deployment. One that leaves no deployment is not taken: `false`.
    pub fn suppose(&mut self, fact: Formula) -> bool {
        if self.facts.contains(&fact) {
            return true;
        }
        self.facts.push(fact);
        let leaves_some = self.search(Vec::new()).0 != Found::No;
        if !leaves_some {
            self.facts.pop();
        }
        leaves_some
    }

    /// What a guard says, as far as its conditions are defined.
    pub fn formula(&self, guard: &Guard) -> Formula {
        let free = self.free(guard.terms());
        let demands = self.demands(guard.terms(), &free);
        let term = |(formula, holds): Demand<'_>| match holds {
            true => formula.clone(),
            false => Formula::Not(Arc::new(formula.clone())),
        };
        match <[Formula; 1]>::try_from(demands.into_iter().map(term).collect::<Vec<_>>()) {
            Ok([formula]) => formula,
            Err(formulas) => Formula::All(formulas.into()),
        }
    }

    /// The value that a variable has wherever a guard holds, when there is but one.
    pub fn value_under(&self, variable: &str, guard: &Guard) -> Option<Arc<str>> {
        let mut named = BTreeMap::new();
        let free = self.free(guard.terms());
        let demands = self.demands(guard.terms(), &free);
        demands.iter().for_each(|(formula, _)| formula.collect(&mut named));
        named.get(variable)?.iter().map(|value| Arc::<str>::from(*value)).find(|value| {
            let is = Formula::Is { variable: variable.into(), value: Arc::clone(value) };
            self.decide(&is, guard) == Some(true)
        })
    }

    /// Whether a condition holds wherever a guard does (`true`), nowhere (`false`), or, as far as can be found out, in some
    /// places.
    pub fn decide(&self, condition: &Formula, assumed: &Guard) -> Option<bool> {
        if let Formula::Known(truth) = condition {
            return Some(*truth);
        }
        // Where nothing is assumed, the values that a variable may have tell all of it.
        if let Formula::Is { variable, value } = condition
            && assumed.is_always()
            && self.facts.is_empty()
        {
            let domain = self.domains.get(variable)?;
            return match (domain.contains(value), domain.len()) {
                (false, _) => Some(false),
                (true, 1) => Some(true),
                (true, _) => None,
            };
        }
        let free = self.free(assumed.terms());
        let demands = self.demands(assumed.terms(), &free);
        let can_be = |truth| {
            let (found, steps) = self.search(demands.iter().copied().chain([(condition, truth)]).collect());
            self.effort.steps.fetch_add(steps, Ordering::Relaxed);
            self.effort.given_up.fetch_add(usize::from(found == Found::GaveUp), Ordering::Relaxed);
            found
        };
        match (can_be(true), can_be(false)) {
            (Found::Yes, Found::No) => Some(true),
            (Found::No, Found::Yes) => Some(false),
            // Assumptions that exclude each other decide nothing.
            _ => None,
        }
    }

    /// How many decisions were given up, since they would have taken too long.
    pub fn given_up(&self) -> usize {
        self.effort.given_up.load(Ordering::Relaxed)
    }

    /// Whether there is a deployment in which a guard holds.
    pub fn possibility(&self, guard: &Guard) -> Answer {
        if guard.is_always() || (self.formulas.is_empty() && self.facts.is_empty()) {
            return Answer::Yes;
        }
        match self.find(guard.terms()) {
            Found::Yes => Answer::Yes,
            Found::No => Answer::No,
            Found::GaveUp => Answer::Perhaps(Arc::new(undecided())),
        }
    }

    /// Whether there may be a deployment in which a guard holds.
    pub fn is_possible(&self, guard: &Guard) -> bool {
        self.possibility(guard) != Answer::No
    }

    /// The deployments that differ in one of the guards, all of them such that `assumed` holds. One of which nothing more is
    /// known stands for too many.
    pub fn deployments<'g>(
        &self,
        assumed: &Guard,
        guards: impl IntoIterator<Item = &'g Guard>,
    ) -> Vec<Deployment> {
        let settled: BTreeSet<&str> = assumed.terms().iter().map(|term| &*term.condition).collect();
        let open = guards.into_iter().flat_map(Guard::terms).map(|term| &term.condition);
        let open: BTreeSet<&Arc<str>> = open.filter(|condition| !settled.contains(&***condition)).collect();
        let mut deployments = vec![assumed.terms().to_vec()];
        for question in self.questions(open) {
            let mut next = Vec::new();
            for terms in &deployments {
                for answer in question.answers() {
                    let mut terms = terms.clone();
                    terms.extend(answer);
                    if self.can_hold(&terms) {
                        next.push(terms);
                    }
                    if next.len() > MOST_DEPLOYMENTS {
                        return vec![Deployment::of(assumed.terms().to_vec())];
                    }
                }
            }
            deployments = next;
        }
        deployments.into_iter().map(Deployment::of).collect()
    }

    /// What there is to be asked of a deployment: which value a variable has, of the conditions that compare one, and
    /// whether it holds, of every other.
    pub(super) fn questions<'c>(&self, open: BTreeSet<&'c Arc<str>>) -> Vec<Question<'c>> {
        let mut of_variables: BTreeMap<&str, BTreeMap<&str, Vec<&'c Arc<str>>>> = BTreeMap::new();
        let mut questions = Vec::new();
        for condition in open {
            match self.formulas.get(condition) {
                Some(Formula::Is { variable, value }) => {
                    of_variables.entry(variable).or_default().entry(value).or_default().push(condition);
                }
                _ => questions.push(Question(vec![vec![condition]])),
            }
        }
        questions.extend(of_variables.into_values().map(|values| Question(values.into_values().collect())));
        questions.sort_by_key(|Question(groups)| groups.iter().flatten().min().copied());
        questions
    }

    /// Whether all terms may hold together.
    pub(super) fn can_hold(&self, terms: &[Term]) -> bool {
        self.find(terms) != Found::No
    }

    fn find(&self, terms: &[Term]) -> Found {
        self.search(self.demands(terms, &self.free(terms))).0
    }

    /// Conditions of which nothing is said, as variables of their own.
    fn free(&self, terms: &[Term]) -> BTreeMap<Arc<str>, Formula> {
        let free = terms.iter().filter(|term| !self.formulas.contains_key(&term.condition));
        let variable = |term: &Term| {
            // No variable of an input has a name with a space.
            let variable = format!("condition {}", term.condition).into();
            (Arc::clone(&term.condition), Formula::Is { variable, value: "true".into() })
        };
        free.map(variable).collect()
    }

    fn demands<'f>(&'f self, terms: &[Term], free: &'f BTreeMap<Arc<str>, Formula>) -> Vec<Demand<'f>> {
        let formula = |name: &Arc<str>| self.formulas.get(name).or_else(|| free.get(name));
        terms.iter().filter_map(|term| Some((formula(&term.condition)?, term.holds))).collect()
    }

    /// Whether demands can be met along with what always holds, and how many steps it took to find out.
    fn search<'f>(&'f self, mut demands: Vec<Demand<'f>>) -> (Found, usize) {
        let spent = self.effort.steps.load(Ordering::Relaxed);
        let steps = MOST_STEPS.min(MOST_EFFORT.saturating_sub(spent)).max(EASY);
        let mut solver = Solver { domains: &self.domains, steps };
        demands.extend(self.facts.iter().map(|fact| (fact, true)));
        (solver.solve(demands), steps - solver.steps)
    }
}

/// Conditions of which one group holds at most, all of the group together.
pub(super) struct Question<'c>(Vec<Vec<&'c Arc<str>>>);

impl Question<'_> {
    /// Whether a condition is one of them.
    pub(super) fn is_about(&self, condition: &Arc<str>) -> bool {
        self.0.iter().flatten().any(|one| *one == condition)
    }

    /// Every answer: a group that holds, or none.
    pub(super) fn answers(&self) -> impl Iterator<Item = Vec<Term>> {
        let groups = || self.0.iter().enumerate();
        let answer = move |holding: Option<usize>| {
            let terms = groups().flat_map(move |(at, group)| {
                let holds = holding == Some(at);
                group.iter().map(move |condition| Term { condition: Arc::clone(condition), holds })
            });
            terms.collect()
        };
        (0..self.0.len()).map(Some).chain([None]).map(answer)
    }
}

/// Why it is not known what the conditions of an input amount to, when that takes too long to find out.
pub(crate) fn undecided() -> Unknown {
    Unknown::new(Reason::Budget, "the combination of its conditions")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Conditions, Formula};
    use crate::model::{Deployment, Guard};

    fn is(variable: &str, value: &str) -> Formula {
        Formula::Is { variable: variable.into(), value: value.into() }
    }

    fn not(formula: Formula) -> Formula {
        Formula::Not(Arc::new(formula))
    }

    fn conditions(formulas: &[(&str, Formula)]) -> Conditions {
        let mut conditions = Conditions::default();
        formulas.iter().for_each(|(name, formula)| conditions.define((*name).into(), formula.clone()));
        conditions
    }

    #[test]
    fn values_of_one_variable_exclude_each_other() {
        let (prod, dev) = (is("Env", "prod"), is("Env", "dev"));
        let mut conditions = conditions(&[("P", prod), ("D", dev.clone())]);
        assert_eq!(conditions.decide(&dev, &Guard::when("P", true)), Some(false));
        assert_eq!(conditions.decide(&dev, &Guard::when("P", false)), None);
        conditions.limit("Env".into(), ["prod".into(), "dev".into()].into());
        assert_eq!(conditions.decide(&dev, &Guard::when("P", false)), Some(true));
    }

    #[test]
    fn what_one_variable_tells_is_what_is_found_out_with_others() {
        let mut conditions = Conditions::default();
        conditions.limit("One".into(), ["x".into()].into());
        conditions.limit("Two".into(), ["x".into(), "y".into()].into());
        let variables = [("One", [Some(true), Some(false)]), ("Two", [None, None]), ("Any", [None, None])];
        let decide = |conditions: &Conditions| {
            variables.map(|(name, _)| {
                ["x", "y"].map(|value| conditions.decide(&is(name, value), &Guard::always()))
            })
        };
        assert_eq!(decide(&conditions), variables.map(|(_, expected)| expected));
        let solved = {
            let mut conditions = conditions.clone();
            assert!(conditions.suppose(is("Other", "z")));
            decide(&conditions)
        };
        assert_eq!(decide(&conditions), solved);
        assert_eq!(conditions.decide(&is("Two", "z"), &Guard::always()), Some(false));
    }

    #[test]
    fn negations_and_conjunctions_are_seen_through() {
        let (a, b) = (is("A", "x"), is("B", "y"));
        let both = Formula::All([a.clone(), b.clone()].into());
        let conditions = conditions(&[("Both", both)]);
        let assumed = Guard::when("Both", true);
        assert_eq!(conditions.decide(&a, &assumed), Some(true));
        assert_eq!(conditions.decide(&not(a.clone()), &assumed), Some(false));
        let either = Formula::Any([a.clone(), not(a)].into());
        assert_eq!(conditions.decide(&either, &Guard::always()), Some(true));
        assert_eq!(conditions.decide(&b, &Guard::always()), None);
    }

    #[test]
    fn many_independent_parameters_are_no_obstacle() {
        let all = (0..60).map(|at| is(&format!("P{at}"), "yes")).collect();
        let none = (0..60).map(|at| not(is(&format!("P{at}"), "yes"))).collect();
        let conditions = conditions(&[("All", Formula::All(all))]);
        let none = Formula::Any([Formula::All(none), is("P0", "no")].into());
        assert_eq!(conditions.decide(&none, &Guard::when("All", true)), Some(false));
    }

    #[test]
    fn deployments_that_cannot_be_are_left_out() {
        let conditions = conditions(&[("P", is("Env", "prod")), ("D", is("Env", "dev"))]);
        let guards = ["P", "D", "Free"].map(|name| Guard::when(name, true));
        let deployments = conditions.deployments(&Guard::always(), &guards);
        assert_eq!(deployments.len(), 6);
        assert!(
            !deployments.iter().any(|one| guards[..2].iter().all(|guard| one.holds(guard) == Some(true)))
        );
        let many: Vec<Guard> = (0..40).map(|at| Guard::when(format!("F{at}"), true)).collect();
        let [one] = &conditions.deployments(&guards[0], &many)[..] else { panic!("they are too many") };
        assert_eq!((one.holds(&guards[0]), one.holds(&many[0])), (Some(true), None));
    }

    #[test]
    fn a_variable_has_one_of_its_values_in_every_deployment() {
        let names: Vec<String> = (0..200).map(|at| format!("V={at}")).collect();
        let formulas: Vec<_> = names.iter().map(|name| (name.as_str(), is("V", name))).collect();
        let mut conditions = conditions(&formulas);
        // Another condition may say the same.
        conditions.define("First".into(), is("V", "V=0"));
        let guards: Vec<Guard> =
            names.iter().map(String::as_str).chain(["First"]).map(|name| Guard::when(name, true)).collect();
        let deployments = conditions.deployments(&Guard::always(), &guards);
        let holding = |one: &Deployment| guards.iter().filter(|guard| one.holds(guard) == Some(true)).count();
        let mut counts: Vec<usize> = deployments.iter().map(holding).collect();
        counts.sort_unstable();
        assert_eq!((counts.len(), counts[0], counts[1], counts[200]), (201, 0, 1, 2));
    }

    #[test]
    fn nothing_is_known_of_the_default_deployment() {
        assert_eq!(Deployment::default().holds(&Guard::when("A", true)), None);
        assert_eq!(Deployment::default().holds(&Guard::always()), Some(true));
    }
}
