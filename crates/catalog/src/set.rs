//! Sets of actions.

use std::ops::Range;

use crate::{Action, Service, services};

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
        let mut set = Self::new();
        set.insert_places(0..services().last().map_or(0, |last| last.places().end));
        set
    }

    /// Adds an action.
    pub fn insert(&mut self, action: &Action) {
        self.insert_places(action.index()..action.index() + 1);
    }

    /// Adds all actions of a service.
    pub fn insert_service(&mut self, service: &Service) {
        self.insert_places(service.places());
    }

    fn insert_places(&mut self, places: Range<usize>) {
        if places.is_empty() {
            return;
        }
        let words = places.end.div_ceil(64);
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        for (at, word) in self.words.iter_mut().enumerate().take(words).skip(places.start / 64) {
            let from = places.start.saturating_sub(at * 64);
            let to = (places.end - at * 64).min(64);
            *word |= (u64::MAX >> (64 - (to - from))) << from;
        }
    }

    /// Whether an action is in it.
    pub fn contains(&self, action: &Action) -> bool {
        let place = action.index();
        self.words.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
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
        self.services().flat_map(|service| service.actions().iter().filter(|action| self.contains(action)))
    }

    /// The services that have an action in it.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> {
        services().iter().filter(|service| self.has_any(service.places()))
    }

    /// Whether all actions of a service are in it, and it has some.
    pub fn has_service(&self, service: &Service) -> bool {
        let mut whole = Self::new();
        whole.insert_service(service);
        !whole.is_empty() && whole.is_subset(self)
    }

    fn has_any(&self, places: Range<usize>) -> bool {
        let words = self.words.iter().enumerate().take(places.end.div_ceil(64)).skip(places.start / 64);
        !places.is_empty()
            && words.into_iter().any(|(at, word)| {
                let from = places.start.saturating_sub(at * 64);
                let to = (places.end - at * 64).min(64);
                word & ((u64::MAX >> (64 - (to - from))) << from) != 0
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

    /// Whether none of its actions is in another set.
    pub fn is_disjoint(&self, other: &ActionSet) -> bool {
        self.words.iter().zip(&other.words).all(|(mine, theirs)| mine & theirs == 0)
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }
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
    use crate::{actions, expand, service};

    #[test]
    fn sets_are_what_their_actions_are() {
        let s3 = expand("s3:*");
        let reads = expand("s3:Get*");
        assert!(reads.is_subset(&s3) && !s3.is_subset(&reads) && !reads.is_empty());
        let mut rest = s3.clone();
        rest.remove(&reads);
        assert_eq!(rest.len() + reads.len(), s3.len());
        assert!(rest.iter().all(|action| !action.name().starts_with("Get")));
        assert!(rest.is_disjoint(&reads) && !s3.is_disjoint(&reads));
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
        assert!(all.iter().eq(actions()));
        assert_eq!(all.len(), actions().count());
    }

    #[test]
    fn a_set_knows_its_services() {
        for one in services() {
            let mut set = ActionSet::new();
            set.insert_service(one);
            assert!(set.iter().eq(one.actions()));
            let found: Vec<_> = set.services().map(Service::prefix).collect();
            let expected = if one.actions().is_empty() { vec![] } else { vec![one.prefix()] };
            assert_eq!(found, expected);
            assert_eq!(set.has_service(one), !one.actions().is_empty());
            if let Some(action) = one.actions().first() {
                set.remove(&ActionSet::from_iter([action]));
                assert!(!set.has_service(one) && set.len() == one.actions().len() - 1);
            }
        }
        let two = expand("s3:GetObject").iter().chain(expand("iam:GetUser").iter()).collect::<ActionSet>();
        assert!(two.services().map(Service::prefix).eq(["iam", "s3"]));
        assert!(!two.has_service(service("s3").unwrap()));
    }
}
