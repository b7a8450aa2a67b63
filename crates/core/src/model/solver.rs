//! Looks for values of variables with which formulas hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Formula;

/// The values that variables may have, where they are limited.
pub(super) type Domains = BTreeMap<Arc<str>, BTreeSet<Arc<str>>>;

/// A formula with what is demanded of it.
pub(super) type Demand<'f> = (&'f Formula, bool);

/// Whether there are such values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Yes,
    No,
    /// Looking further would take too long.
    GaveUp,
}

/// A search. It follows what is demanded without alternative first, and tries one alternative after the other only of
/// what then is still open: of a violation, one witness is enough.
pub(super) struct Solver<'f> {
    pub(super) domains: &'f Domains,
    /// How many formulas may still be looked at.
    pub(super) steps: usize,
}

/// What is demanded of the variables so far.
#[derive(Clone, Default)]
struct World<'f> {
    values: BTreeMap<&'f str, Known<'f>>,
    /// Of each of these lists one demand has to be met.
    open: Vec<Vec<Demand<'f>>>,
}

/// What is known of a variable.
#[derive(Clone)]
enum Known<'f> {
    Is(&'f str),
    IsNone(BTreeSet<&'f str>),
}

/// No values meet the demands.
struct Contradiction;

impl<'f> Solver<'f> {
    /// Whether all demands can be met together.
    pub(super) fn solve(&mut self, demands: Vec<Demand<'f>>) -> Found {
        let mut worlds = vec![(World::default(), demands)];
        while let Some((mut world, demands)) = worlds.pop() {
            let followed = self.follow(&mut world, demands);
            if self.steps == 0 {
                return Found::GaveUp;
            }
            if let Err(Contradiction) = followed {
                continue;
            }
            let shortest = world.open.iter().enumerate().min_by_key(|(_, alternatives)| alternatives.len());
            let Some(alternatives) = shortest.map(|(at, _)| at).map(|at| world.open.swap_remove(at)) else {
                return Found::Yes;
            };
            // Each alternative is tried without those before it.
            for at in (0..alternatives.len()).rev() {
                self.spend(world.values.len() + world.open.len());
                let tried = alternatives.iter().take(at + 1).enumerate();
                let tried = tried.map(|(before, (formula, wanted))| (*formula, *wanted == (before == at)));
                worlds.push((world.clone(), tried.collect()));
            }
        }
        Found::No
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    /// Adds demands to a world, and all that follows from them.
    fn follow(&mut self, world: &mut World<'f>, mut demands: Vec<Demand<'f>>) -> Result<(), Contradiction> {
        loop {
            while let Some(demand) = demands.pop() {
                self.spend(1);
                if self.steps == 0 {
                    return Ok(());
                }
                self.demand(world, demand, &mut demands)?;
            }
            let open = std::mem::take(&mut world.open);
            for mut alternatives in open {
                let mut is_met = false;
                alternatives.retain(|(formula, wanted)| {
                    let truth = self.truth(formula, world);
                    is_met |= truth == Some(*wanted);
                    truth.is_none()
                });
                match alternatives.as_slice() {
                    _ if is_met => {}
                    [] => return Err(Contradiction),
                    [last] => demands.push(*last),
                    _ => world.open.push(alternatives),
                }
            }
            if demands.is_empty() {
                return Ok(());
            }
        }
    }

    fn demand(
        &self,
        world: &mut World<'f>,
        (formula, wanted): Demand<'f>,
        demands: &mut Vec<Demand<'f>>,
    ) -> Result<(), Contradiction> {
        match formula {
            Formula::Known(truth) if *truth == wanted => Ok(()),
            Formula::Known(_) => Err(Contradiction),
            Formula::Is { variable, value } => self.assume(world, variable, value, wanted),
            Formula::Not(operand) => {
                demands.push((operand, !wanted));
                Ok(())
            }
            Formula::All(operands) | Formula::Any(operands) => {
                let each = operands.iter().map(|operand| (operand, wanted));
                if matches!(formula, Formula::All(_)) == wanted {
                    demands.extend(each);
                } else {
                    world.open.push(each.collect());
                }
                Ok(())
            }
        }
    }

    /// Takes in that a variable has a value, or has not.
    fn assume(
        &self,
        world: &mut World<'f>,
        variable: &'f str,
        value: &'f str,
        is: bool,
    ) -> Result<(), Contradiction> {
        let domain = self.domains.get(variable);
        let known = world.values.entry(variable).or_insert(Known::IsNone(BTreeSet::new()));
        match known {
            Known::Is(one) => return if (*one == value) == is { Ok(()) } else { Err(Contradiction) },
            Known::IsNone(excluded) if is => {
                if excluded.contains(value) || domain.is_some_and(|domain| !domain.contains(value)) {
                    return Err(Contradiction);
                }
                *known = Known::Is(value);
            }
            Known::IsNone(excluded) => {
                excluded.insert(value);
                let Some(domain) = domain.filter(|domain| domain.len() <= excluded.len() + 1) else {
                    return Ok(());
                };
                let mut left = domain.iter().filter(|value| !excluded.contains(&***value));
                match (left.next(), left.next()) {
                    (None, _) => return Err(Contradiction),
                    (Some(last), None) => *known = Known::Is(last),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether a formula holds; `None` when that is open.
    fn truth(&mut self, formula: &Formula, world: &World<'f>) -> Option<bool> {
        self.spend(1);
        match formula {
            Formula::Known(truth) => Some(*truth),
            Formula::Is { variable, value } => match world.values.get(&**variable) {
                Some(Known::Is(one)) => Some(*one == &**value),
                Some(Known::IsNone(excluded)) if excluded.contains(&**value) => Some(false),
                _ => self.domains.get(variable).filter(|domain| !domain.contains(value)).map(|_| false),
            },
            Formula::Not(operand) => self.truth(operand, world).map(|truth| !truth),
            Formula::All(operands) => self.settle(operands, false, world),
            Formula::Any(operands) => self.settle(operands, true, world),
        }
    }

    /// `decisive` if one operand is, its opposite if all are that, open otherwise.
    fn settle(&mut self, operands: &[Formula], decisive: bool, world: &World<'f>) -> Option<bool> {
        let mut settled = Some(!decisive);
        for operand in operands {
            match self.truth(operand, world) {
                Some(truth) if truth == decisive => return Some(decisive),
                Some(_) => {}
                None => settled = None,
            }
        }
        settled
    }
}

/// Formulas at random, and what they say in a world, found in the simplest way.
#[cfg(test)]
pub(super) mod naive {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use crate::model::Formula;

    /// The values of all variables.
    pub(in crate::model) type World = BTreeMap<&'static str, &'static str>;

    pub(in crate::model) fn formula() -> impl Strategy<Value = Formula> {
        let leaf = ("[ABC]", "[xyz]")
            .prop_map(|(variable, value)| Formula::Is { variable: variable.into(), value: value.into() });
        prop_oneof![9 => leaf, 1 => any::<bool>().prop_map(Formula::Known)].prop_recursive(
            4,
            24,
            3,
            |inner| {
                let list = || prop::collection::vec(inner.clone(), 0..4);
                prop_oneof![
                    inner.clone().prop_map(|formula| Formula::Not(Arc::new(formula))),
                    list().prop_map(|list| Formula::All(list.into())),
                    list().prop_map(|list| Formula::Any(list.into())),
                ]
            },
        )
    }

    pub(in crate::model) fn holds(formula: &Formula, world: &World) -> bool {
        match formula {
            Formula::Known(truth) => *truth,
            Formula::Is { variable, value } => world.get(&**variable).is_some_and(|one| *one == &**value),
            Formula::Not(operand) => !holds(operand, world),
            Formula::All(operands) => operands.iter().all(|operand| holds(operand, world)),
            Formula::Any(operands) => operands.iter().any(|operand| holds(operand, world)),
        }
    }

    pub(in crate::model) fn worlds() -> Vec<World> {
        let values = ["x", "y", "z", "w", "other"];
        let pairs = values.iter().flat_map(|a| values.iter().map(move |b| (*a, *b)));
        let all = pairs.flat_map(|(a, b)| values.iter().map(move |c| [("A", a), ("B", b), ("C", *c)]));
        all.map(World::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::naive::{World, formula, holds, worlds};
    use super::{Domains, Found, Solver};
    use crate::model::Formula;

    proptest! {
        #[test]
        fn values_are_found_when_there_are_some(
            demands in prop::collection::vec((formula(), any::<bool>()), 1..4),
            domains in prop::collection::btree_map("[ABC]", prop::collection::btree_set("[xyzw]", 1..3), 0..3),
        ) {
            let domain = |values: &std::collections::BTreeSet<String>| values.iter().map(|one| one.as_str().into()).collect();
            let domains: Domains = domains.iter().map(|(name, values)| (name.as_str().into(), domain(values))).collect();
            let asked = demands.iter().map(|(formula, wanted)| (formula, *wanted)).collect();
            let found = Solver { domains: &domains, steps: 100_000 }.solve(asked);
            let is_possible = |world: &World| {
                domains.iter().all(|(name, domain)| world.get(&**name).is_none_or(|value| domain.contains(*value)))
            };
            let is_met = |world: &World| demands.iter().all(|(formula, wanted)| holds(formula, world) == *wanted);
            let expected = worlds().iter().any(|world| is_possible(world) && is_met(world));
            prop_assert_eq!(found, if expected { Found::Yes } else { Found::No });
        }
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        // Ten of the same kind are to have nine different values.
        let is = |variable: usize, value: usize| Formula::Is {
            variable: format!("P{variable}").into(),
            value: value.to_string().into(),
        };
        let one_of_nine = |at: usize| Formula::Any((0..9).map(|value| is(at, value)).collect());
        let each = (0..10).map(one_of_nine);
        let differ = |one: usize, other: usize, value: usize| {
            Formula::Not(Arc::new(Formula::All([is(one, value), is(other, value)].into())))
        };
        let pairs = (0..10).flat_map(|one| (0..one).map(move |other| (one, other)));
        let apart = pairs.flat_map(|(one, other)| (0..9).map(move |value| differ(one, other, value)));
        let formula = Formula::All(each.chain(apart).collect());
        let domains = Domains::new();
        assert_eq!(Solver { domains: &domains, steps: 20_000 }.solve(vec![(&formula, true)]), Found::GaveUp);
        assert_eq!(Solver { domains: &domains, steps: 20_000 }.solve(vec![(&formula, false)]), Found::Yes);
    }
}
