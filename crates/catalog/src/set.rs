//! Sets of actions.

use crate::{Action, actions};

/// A set of actions of the catalog: a bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ActionSet {
    /// Never ends with a word that is zero, so that equal sets are equal.
    words: Vec<u64>,
}

impl ActionSet {
    /// The set of no action.
    pub const fn new() -> Self {
        Self { words: Vec::new() }
    }

    /// The set of all actions that are in use.
    pub fn all() -> Self {
        actions().iter().collect()
    }

    /// Adds an action.
    pub fn insert(&mut self, action: &Action) {
        let (word, bit) = place(action);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    /// Whether an action is in it.
    pub fn contains(&self, action: &Action) -> bool {
        let (word, bit) = place(action);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether it has no action.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The number of actions.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The actions in it, by service and name.
    pub fn iter(&self) -> impl Iterator<Item = &'static Action> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let bits = (0..64).filter(move |bit| word & (1 << bit) != 0);
            bits.filter_map(move |bit| actions().get(at * 64 + bit))
        })
    }

    /// Adds all actions of another set.
    pub fn extend(&mut self, other: &ActionSet) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// Takes away all actions of another set.
    pub fn remove(&mut self, other: &ActionSet) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= !theirs;
        }
        self.trim();
    }

    /// Keeps the actions that are in another set too.
    pub fn retain(&mut self, other: &ActionSet) {
        self.words.truncate(other.words.len());
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
        self.trim();
    }

    /// Whether all of its actions are in another set.
    pub fn is_subset(&self, other: &ActionSet) -> bool {
        self.words.len() <= other.words.len()
            && self.words.iter().zip(&other.words).all(|(mine, theirs)| mine & !theirs == 0)
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }
}

fn place(action: &Action) -> (usize, u64) {
    (action.index() / 64, 1 << (action.index() % 64))
}

impl<'a> FromIterator<&'a Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = &'a Action>>(actions: I) -> Self {
        let mut set = Self::new();
        actions.into_iter().for_each(|action| set.insert(action));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn sets_are_what_their_actions_are() {
        let s3 = expand("s3:*");
        let reads = expand("s3:Get*");
        assert!(reads.is_subset(&s3) && !s3.is_subset(&reads) && !reads.is_empty());
        let mut rest = s3.clone();
        rest.remove(&reads);
        assert_eq!(rest.len() + reads.len(), s3.len());
        assert!(rest.iter().all(|action| !action.name().starts_with("Get")));
        rest.extend(&reads);
        assert_eq!(rest, s3);
        rest.retain(&reads);
        assert_eq!(rest, reads);
        rest.remove(&s3);
        assert_eq!(rest, ActionSet::new());
    }

    #[test]
    fn a_set_gives_back_every_action_once_and_in_order() {
        let all = ActionSet::all();
        assert!(all.iter().eq(actions().iter()));
        assert_eq!(all.len(), actions().len());
    }
}
