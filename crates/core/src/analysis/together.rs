//! What is there at once in some deployment.

use std::collections::BTreeMap;

use crate::model::{Conditions, Guard, Term};
use crate::policy::Answer;

/// How many pairs under conditions are kept.
const MOST_PAIRS: usize = 64;
/// How many comparisons are made.
const MOST_COMPARED: usize = 8_192;
/// From how many conditions it is tried how many others there are with them.
const MOST_STARTS: usize = 16;
/// How many conditions are tried from each start.
const MOST_TRIED: usize = 256;

/// Those that are there together with others.
pub(crate) struct Together<'a, T> {
    /// Two that may be there at once, and when; one pair alone if it is there in any case.
    pub(crate) pairs: Vec<(&'a T, &'a T, Guard)>,
    /// All that are found to be in such a pair, in the order in which they were given.
    pub(crate) all: Vec<&'a T>,
    /// How many of these are there in one deployment, at least.
    pub(crate) at_once: usize,
    /// Whether all were compared; otherwise there may be more.
    pub(crate) is_complete: bool,
}

/// Those that are of one kind and are there under the same conditions, each with its place among all.
struct Class<'a, T, K> {
    guard: &'a Guard,
    kind: Option<K>,
    members: Vec<(usize, &'a T)>,
    is_in_pair: bool,
}

impl<'a, T> Together<'a, T> {
    /// Which of them are there with another, by their guards. Two of one kind are no pair; what has no kind is one with any.
    pub(crate) fn of<K: Ord + Copy>(
        conditions: &Conditions,
        all: &[&'a T],
        guard: impl Fn(&'a T) -> &'a Guard,
        kind: impl Fn(&'a T) -> Option<K>,
    ) -> Self {
        let mut classes = classes(all, guard, kind);
        let (mut pairs, mut compared) = (Vec::new(), 0);
        for one in 0..classes.len() {
            for other in one..classes.len() {
                compared += 1;
                if compared > MOST_COMPARED {
                    break;
                }
                let Some((first, second, both)) = pair(&classes, one, other) else { continue };
                if !conditions.is_possible(&both) {
                    continue;
                }
                for at in [one, other] {
                    classes.get_mut(at).into_iter().for_each(|class| class.is_in_pair = true);
                }
                let is_settled = matches!(&pairs[..], [(_, _, guard)] if Guard::is_always(guard));
                // What is there in any case needs no other way to it.
                if both.is_always() && !is_settled {
                    pairs = vec![(first, second, both)];
                } else if !is_settled && pairs.len() < MOST_PAIRS {
                    pairs.push((first, second, both));
                }
            }
        }
        classes.retain(|class| class.is_in_pair);
        let mut all: Vec<(usize, &T)> = classes.iter().flat_map(|class| &class.members).copied().collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        Self {
            pairs,
            all: all.into_iter().map(|(_, one)| one).collect(),
            at_once: at_once(conditions, &classes),
            is_complete: compared <= MOST_COMPARED,
        }
    }
}

fn classes<'a, T, K: Ord + Copy>(
    all: &[&'a T],
    guard: impl Fn(&'a T) -> &'a Guard,
    kind: impl Fn(&'a T) -> Option<K>,
) -> Vec<Class<'a, T, K>> {
    let mut places: BTreeMap<(&[Term], Option<K>), usize> = BTreeMap::new();
    let mut classes: Vec<Class<'a, T, K>> = Vec::new();
    for (place, one) in all.iter().copied().enumerate() {
        let (guard, kind) = (guard(one), kind(one));
        let at = *places.entry((guard.terms(), kind)).or_insert(classes.len());
        match classes.get_mut(at) {
            Some(class) => class.members.push((place, one)),
            None => classes.push(Class { guard, kind, members: vec![(place, one)], is_in_pair: false }),
        }
    }
    classes
}

/// One of each of two classes, or two of one, if they are a pair, and the conditions of both.
fn pair<'a, T, K: Ord>(
    classes: &[Class<'a, T, K>],
    one: usize,
    other: usize,
) -> Option<(&'a T, &'a T, Guard)> {
    let is_same = one == other;
    let (one, other) = (classes.get(one)?, classes.get(other)?);
    if one.kind.is_some() && one.kind == other.kind {
        return None;
    }
    let (_, first) = one.members.first()?;
    let (_, second) = other.members.get(usize::from(is_same))?;
    Some((first, second, one.guard.and(other.guard)?))
}

/// How many there are in some deployment, as far as adding one to others tells.
fn at_once<T, K>(conditions: &Conditions, classes: &[Class<'_, T, K>]) -> usize {
    let from = |first: usize| {
        let (mut given, mut count) = (Guard::always(), 0);
        let all = classes.iter().skip(first).chain(classes.iter().take(first));
        for class in all.take(MOST_TRIED) {
            let both = given.and(class.guard);
            if let Some(both) = both.filter(|both| conditions.possibility(both) == Answer::Yes) {
                (given, count) = (both, count + class.members.len());
            }
        }
        count
    };
    (0..classes.len().min(MOST_STARTS)).map(from).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Together;
    use crate::model::{Conditions, Formula, Guard};

    /// Conditions of which each asks for another value of one variable.
    fn apart(count: usize) -> (Conditions, Vec<Guard>) {
        let mut conditions = Conditions::default();
        let names = (0..count).map(|at| format!("C{at}"));
        let guards = names.map(|name| {
            let formula = Formula::Is { variable: "V".into(), value: name.as_str().into() };
            conditions.define(name.as_str().into(), formula);
            Guard::when(name.as_str(), true)
        });
        let guards = guards.collect();
        (conditions, guards)
    }

    fn of<'a>(conditions: &Conditions, guards: &[&'a Guard]) -> Together<'a, Guard> {
        Together::of(conditions, guards, |guard| guard, |_| None::<()>)
    }

    #[test]
    fn all_that_are_there_in_any_case_are_counted() {
        let always = vec![Guard::always(); 1000];
        let together = of(&Conditions::default(), &always.iter().collect::<Vec<_>>());
        assert_eq!((together.at_once, together.all.len(), together.pairs.len()), (1000, 1000, 1));
        assert!(together.is_complete);
    }

    #[test]
    fn a_pair_is_found_behind_many_that_are_never_there() {
        let (conditions, guards) = apart(100);
        let mut all: Vec<&Guard> = guards.iter().collect();
        let together = of(&conditions, &all);
        assert!(together.pairs.is_empty() && together.all.is_empty() && together.is_complete);
        all.extend(guards.last());
        let together = of(&conditions, &all);
        assert_eq!((together.at_once, together.all.len(), together.pairs.len()), (2, 2, 1));
    }

    #[test]
    fn what_takes_too_many_comparisons_is_left_open() {
        let (conditions, guards) = apart(200);
        let together = of(&conditions, &guards.iter().collect::<Vec<_>>());
        assert!(together.pairs.is_empty() && !together.is_complete);
    }

    #[test]
    fn two_of_one_kind_are_no_pair() {
        let parties = [(Guard::always(), "a"), (Guard::always(), "a"), (Guard::when("C", true), "b")];
        let of = |count: usize| {
            let some: Vec<_> = parties.iter().take(count).collect();
            Together::of(&Conditions::default(), &some, |one| &one.0, |one| Some(one.1))
        };
        assert!(of(2).pairs.is_empty() && of(2).is_complete);
        let all = of(3);
        let kinds: Vec<_> = all.pairs.iter().map(|(one, other, guard)| (one.1, other.1, guard)).collect();
        assert_eq!(kinds, [("a", "b", &Guard::when("C", true))]);
    }
}
