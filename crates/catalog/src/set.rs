//! Sets of actions.

use std::ops::Range;

use crate::{Action, Service, services};

/// A set of actions of the catalog: a bit for each, of those between the first and the last that is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ActionSet {
    /// The place of the first word among those for all actions; 0 when there is none.
    first: usize,
    /// Neither begins nor ends with a word that is zero, so that equal sets are equal.
    words: Vec<u64>,
}

impl ActionSet {
    /// The set of no action.
    pub const fn new() -> Self {
        Self { first: 0, words: Vec::new() }
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

    pub(crate) fn insert_places(&mut self, places: Range<usize>) {
        if places.is_empty() {
            return;
        }
        let (start, end) = (places.start / 64, places.end.div_ceil(64));
        for (at, word) in (start..).zip(self.room(start..end)) {
            *word |= mask(&places, at);
        }
    }

    /// Whether an action is in it.
    pub fn contains(&self, action: &Action) -> bool {
        let place = action.index();
        self.word(place / 64) & (1 << (place % 64)) != 0
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
        self.services().flat_map(|service| self.iter_of(service))
    }

    /// Those of one service, by name.
    pub fn iter_of(&self, service: &'static Service) -> impl Iterator<Item = &'static Action> {
        let Range { start, end } = service.places();
        let mut from = start;
        std::iter::from_fn(move || {
            let place = self.next_from(from).filter(|place| *place < end)?;
            from = place + 1;
            service.actions().get(place - start)
        })
    }

    /// The number of those of one service.
    pub fn len_of(&self, service: &Service) -> usize {
        let places = service.places();
        let end = if places.is_empty() { 0 } else { places.end.div_ceil(64) };
        let words = (places.start / 64..end).map(|at| self.word(at) & mask(&places, at));
        words.map(|word| word.count_ones() as usize).sum()
    }

    /// The services that have an action in it.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let place = self.next_from(from)?;
            // The places of services follow on each other; one without actions has none.
            let at = services().partition_point(|service| service.places().end <= place);
            let service = services().get(at)?;
            from = service.places().end;
            Some(service)
        })
    }

    /// Whether all actions of a service are in it, and it has some.
    pub fn has_service(&self, service: &Service) -> bool {
        let count = service.places().len();
        count > 0 && self.len_of(service) == count
    }

    /// Adds all actions of another set.
    pub fn extend(&mut self, other: &ActionSet) {
        for (mine, theirs) in self.room(other.range()).zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// Takes away all actions of another set.
    pub fn remove(&mut self, other: &ActionSet) {
        let first = self.first;
        for (at, mine) in (first..).zip(&mut self.words) {
            *mine &= !other.word(at);
        }
        self.trim();
    }

    /// Keeps the actions that are in another set too.
    pub fn retain(&mut self, other: &ActionSet) {
        let first = self.first;
        for (at, mine) in (first..).zip(&mut self.words) {
            *mine &= other.word(at);
        }
        self.trim();
    }

    /// Whether all of its actions are in another set.
    pub fn is_subset(&self, other: &ActionSet) -> bool {
        (self.first..).zip(&self.words).all(|(at, word)| word & !other.word(at) == 0)
    }

    /// Whether none of its actions is in another set.
    pub fn is_disjoint(&self, other: &ActionSet) -> bool {
        let (one, other) = if self.words.len() < other.words.len() { (self, other) } else { (other, self) };
        (one.first..).zip(&one.words).all(|(at, word)| word & other.word(at) == 0)
    }

    /// The places of its words among those for all actions.
    fn range(&self) -> Range<usize> {
        self.first..self.first + self.words.len()
    }

    /// The word at a place among those for all actions.
    fn word(&self, at: usize) -> u64 {
        at.checked_sub(self.first).and_then(|at| self.words.get(at)).copied().unwrap_or(0)
    }

    /// The words at some places, made where there are none. The caller puts something into the first and the last.
    fn room(&mut self, places: Range<usize>) -> impl Iterator<Item = &mut u64> {
        if !places.is_empty() {
            if self.words.is_empty() {
                self.first = places.start;
            }
            let before = self.first.saturating_sub(places.start);
            self.words.splice(..0, std::iter::repeat_n(0, before));
            self.first -= before;
            let length = self.words.len().max(places.end - self.first);
            self.words.resize(length, 0);
        }
        self.words.iter_mut().skip(places.start.saturating_sub(self.first)).take(places.len())
    }

    /// The first place of an action at or after one.
    fn next_from(&self, place: usize) -> Option<usize> {
        let at = place / 64;
        let first = self.word(at) & (u64::MAX << (place % 64));
        if first != 0 {
            return Some(at * 64 + first.trailing_zeros() as usize);
        }
        let next = (at + 1).max(self.first);
        let rest = self.words.get(next - self.first..)?;
        let skipped = rest.iter().position(|word| *word != 0)?;
        let word = rest.get(skipped)?;
        Some((next + skipped) * 64 + word.trailing_zeros() as usize)
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
        let zeros = self.words.iter().take_while(|word| **word == 0).count();
        self.words.drain(..zeros);
        self.first = if self.words.is_empty() { 0 } else { self.first + zeros };
    }
}

/// The bits that some places have in a word; the word has one of them at least.
fn mask(places: &Range<usize>, word: usize) -> u64 {
    let from = places.start.saturating_sub(word * 64);
    let to = (places.end - word * 64).min(64);
    (u64::MAX >> (64 - (to - from))) << from
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

    proptest::proptest! {
        #[test]
        fn sets_agree_with_sets_of_names(
            one in proptest::collection::vec(0..1_500_usize, 0..8),
            other in proptest::collection::vec(0..1_500_usize, 0..8),
        ) {
            let set = |places: &[usize]| actions().enumerate().filter(|(at, _)| places.contains(&(at / 16))).map(|(_, action)| action).collect::<ActionSet>();
            let names = |set: &ActionSet| set.iter().map(Action::to_string).collect::<std::collections::BTreeSet<_>>();
            let (a, b) = (set(&one), set(&other));
            let (mine, theirs) = (names(&a), names(&b));
            let after = |change: fn(&mut ActionSet, &ActionSet)| {
                let mut changed = a.clone();
                change(&mut changed, &b);
                (names(&changed), changed.len(), changed.first, changed.words.first() != Some(&0) && changed.words.last() != Some(&0))
            };
            let (all, _, _, is_trimmed) = after(ActionSet::extend);
            proptest::prop_assert!(is_trimmed && all == mine.union(&theirs).cloned().collect());
            let (left, count, first, is_trimmed) = after(ActionSet::remove);
            proptest::prop_assert!(is_trimmed && count == left.len() && (count > 0 || first == 0));
            proptest::prop_assert_eq!(left, mine.difference(&theirs).cloned().collect());
            let (both, _, _, is_trimmed) = after(ActionSet::retain);
            proptest::prop_assert!(is_trimmed && both == mine.intersection(&theirs).cloned().collect());
            proptest::prop_assert_eq!(a.is_subset(&b), mine.is_subset(&theirs));
            proptest::prop_assert_eq!(a.is_disjoint(&b), mine.is_disjoint(&theirs));
        }
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
            assert!(set.len_of(one) == one.actions().len() && set.iter_of(one).eq(one.actions()));
            if let Some(action) = one.actions().first() {
                set.remove(&ActionSet::from_iter([action]));
                assert!(!set.has_service(one) && set.len() == one.actions().len() - 1);
            }
        }
        let two = expand("s3:GetObject").iter().chain(expand("iam:GetUser").iter()).collect::<ActionSet>();
        assert!(two.services().map(Service::prefix).eq(["iam", "s3"]));
        assert_eq!([two.len_of(service("iam").unwrap()), two.len_of(service("iot").unwrap())], [1, 0]);
        assert!(!two.has_service(service("s3").unwrap()));
    }
}
