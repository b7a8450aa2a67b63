//! The actions that paths take, as sets of bits: what a document has nothing to do with is left out early.

use std::sync::LazyLock;

use super::paths::{On, paths};
use crate::collections::HashMap;
use crate::policy::{Elements, glob_matches};

/// Actions that steps bring along, and those with which conditions on tags are met.
const MORE: [&str; 8] = [
    "iam:CreateInstanceProfile",
    "iam:AddRoleToInstanceProfile",
    "iam:TagUser",
    "iam:UntagUser",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:TagPolicy",
    "iam:UntagPolicy",
];

/// A set of the actions that paths take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Actions([u64; 4]);

static NAMES: LazyLock<Names> = LazyLock::new(Names::read);

struct Names {
    /// In lower case.
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn read() -> Self {
        let steps = paths().flat_map(|path| path.steps).flat_map(|step| step.actions());
        let mut names = Self { all: Vec::new(), places: HashMap::default() };
        for name in steps.chain(MORE) {
            let name = name.to_ascii_lowercase();
            if !names.places.contains_key(&name) {
                names.places.insert(name.clone(), names.all.len());
                names.all.push(name);
            }
        }
        names
    }
}

impl Actions {
    /// The set of one action; empty when no path takes it.
    pub(super) fn of(name: &str) -> Self {
        let mut set = Self::default();
        if let Some(place) = NAMES.places.get(&name.to_ascii_lowercase()) {
            set.insert(*place);
        }
        set
    }

    /// The actions that a list of a statement may speak of.
    pub(super) fn named_by(elements: &Elements) -> Self {
        let mut set = Self::default();
        if elements.except || elements.open.is_some() {
            (0..NAMES.all.len()).for_each(|place| set.insert(place));
            return set;
        }
        for element in &elements.items {
            let pattern = element.widest_pattern().to_ascii_lowercase();
            if !pattern.contains(['*', '?']) {
                NAMES.places.get(&pattern).into_iter().for_each(|place| set.insert(*place));
                continue;
            }
            let matching = NAMES.all.iter().enumerate().filter(|(_, name)| glob_matches(&pattern, name));
            matching.for_each(|(place, _)| set.insert(place));
        }
        set
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(one, other)| *one |= other);
    }

    fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }
}

/// Whether a step is one that the trust policy of the role may allow by itself.
pub(super) fn is_assumption(action: &str, on: On) -> bool {
    on == On::Role && action == "sts:AssumeRole"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bit_for_every_action() {
        assert!(NAMES.all.len() <= 256, "{}", NAMES.all.len());
        for name in &NAMES.all {
            assert!(!Actions::of(name).is_empty(), "{name}");
        }
    }
}
