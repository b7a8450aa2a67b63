//! Which combinations of conditions are possible.
//!
//! Conditions compare parameters with fixed texts. So a world is a choice, for every parameter, of one of the texts it is
//! compared with or of something else, and a combination of conditions is possible when some world makes it true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many worlds are tried. Beyond that every combination counts as possible.
const MOST_WORLDS: usize = 1 << 14;

/// The values that variables may have, where they are limited.
pub(super) type Domains = BTreeMap<Arc<str>, BTreeSet<Arc<str>>>;

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    Known(bool),
    Atom(Atom),
    Not(Arc<Formula>),
    All(Arc<[Formula]>),
    Any(Arc<[Formula]>),
}

/// A variable has a value.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) variable: Arc<str>,
    pub(super) value: Arc<str>,
}

/// The value of every variable in a world; `None` is a value that no condition speaks of.
type World<'f> = BTreeMap<&'f str, Option<&'f str>>;

impl Formula {
    /// A condition that may or may not hold, the same wherever it is written alike.
    pub(super) fn opaque(written: &str) -> Self {
        // No parameter has a name with a space.
        Self::Atom(Atom { variable: format!("condition {written}").into(), value: "true".into() })
    }

    /// Whether it has at most that many terms, written out.
    pub(super) fn fits(&self, most: usize) -> bool {
        self.rest_of(most).is_some()
    }

    /// What is left of a budget after its terms; `None` when they exceed it.
    fn rest_of(&self, budget: usize) -> Option<usize> {
        let budget = budget.checked_sub(1)?;
        match self {
            Self::Known(_) | Self::Atom(_) => Some(budget),
            Self::Not(operand) => operand.rest_of(budget),
            Self::All(operands) | Self::Any(operands) => {
                operands.iter().try_fold(budget, |budget, operand| operand.rest_of(budget))
            }
        }
    }

    fn holds(&self, world: &World<'_>) -> bool {
        match self {
            Self::Known(truth) => *truth,
            Self::Atom(atom) => world.get(atom.variable.as_ref()) == Some(&Some(atom.value.as_ref())),
            Self::Not(operand) => !operand.holds(world),
            Self::All(operands) => operands.iter().all(|operand| operand.holds(world)),
            Self::Any(operands) => operands.iter().any(|operand| operand.holds(world)),
        }
    }

    fn collect<'f>(&'f self, variables: &mut BTreeMap<&'f str, BTreeSet<&'f str>>) {
        match self {
            Self::Known(_) => {}
            Self::Atom(atom) => drop(variables.entry(&atom.variable).or_default().insert(&atom.value)),
            Self::Not(operand) => operand.collect(variables),
            Self::All(operands) | Self::Any(operands) => {
                operands.iter().for_each(|operand| operand.collect(variables));
            }
        }
    }
}

/// Whether a condition holds in every world in which the assumptions hold (`true`), in none (`false`), or in some.
pub(super) fn decide(target: &Formula, assumptions: &[(Formula, bool)], domains: &Domains) -> Option<bool> {
    if let Formula::Known(truth) = target {
        return Some(*truth);
    }
    let mut variables = BTreeMap::new();
    target.collect(&mut variables);
    assumptions.iter().for_each(|(formula, _)| formula.collect(&mut variables));
    let choices: Vec<(&str, Vec<Option<&str>>)> =
        variables.into_iter().map(|(name, values)| (name, values_of(name, values, domains))).collect();
    let worlds = choices.iter().map(|(_, values)| values.len()).try_fold(1, usize::checked_mul);
    let worlds = worlds.filter(|&worlds| worlds <= MOST_WORLDS)?;
    let (mut can_hold, mut can_fail) = (false, false);
    for index in 0..worlds {
        let world = world(&choices, index);
        if assumptions.iter().all(|(formula, holds)| formula.holds(&world) == *holds) {
            if target.holds(&world) { can_hold = true } else { can_fail = true }
        }
    }
    match (can_hold, can_fail) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        // Assumptions that exclude each other decide nothing.
        _ => None,
    }
}

fn values_of<'f>(name: &str, named: BTreeSet<&'f str>, domains: &Domains) -> Vec<Option<&'f str>> {
    match domains.get(name) {
        None => named.into_iter().map(Some).chain([None]).collect(),
        Some(domain) => {
            let other = domain.iter().any(|value| !named.contains(value.as_ref())).then_some(None);
            let possible = named.into_iter().filter(|value| domain.contains(*value));
            possible.map(Some).chain(other).collect()
        }
    }
}

/// The world with a number: its digits in a mixed base are the choices.
fn world<'f>(choices: &[(&'f str, Vec<Option<&'f str>>)], mut index: usize) -> World<'f> {
    let mut world = World::new();
    for (name, values) in choices {
        if let Some(value) = values.get(index % values.len().max(1)) {
            world.insert(name, *value);
        }
        index /= values.len().max(1);
    }
    world
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Atom, Domains, Formula, decide};

    fn is(variable: &str, value: &str) -> Formula {
        Formula::Atom(Atom { variable: variable.into(), value: value.into() })
    }

    fn not(formula: Formula) -> Formula {
        Formula::Not(Arc::new(formula))
    }

    #[test]
    fn values_of_one_parameter_exclude_each_other() {
        let (prod, dev) = (is("Env", "prod"), is("Env", "dev"));
        assert_eq!(decide(&dev, &[(prod.clone(), true)], &Domains::new()), Some(false));
        assert_eq!(decide(&dev, &[(prod.clone(), false)], &Domains::new()), None);
        let domains = Domains::from([("Env".into(), ["prod".into(), "dev".into()].into())]);
        assert_eq!(decide(&dev, &[(prod, false)], &domains), Some(true));
    }

    #[test]
    fn negations_and_conjunctions_are_seen_through() {
        let (a, b) = (is("A", "x"), is("B", "y"));
        let both = Formula::All([a.clone(), b.clone()].into());
        assert_eq!(decide(&a, &[(both.clone(), true)], &Domains::new()), Some(true));
        assert_eq!(decide(&not(a.clone()), &[(both, true)], &Domains::new()), Some(false));
        assert_eq!(decide(&Formula::Any([a.clone(), not(a)].into()), &[], &Domains::new()), Some(true));
        assert_eq!(decide(&b, &[], &Domains::new()), None);
    }
}
