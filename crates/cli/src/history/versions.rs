//! The versions of all files, looked through in the order in which they are stored.
//!
//! Git stores versions of one file near each other, as differences. Read by commits, or by paths, they would be put together again
//! and again. What they are called and which commits have them is looked up afterwards, for those in which something is.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use gix::objs::Kind;
use gix::{ObjectId, ThreadSafeRepository};
use iamrail::core::scan::{Extent, Scanned, Scanner};
use iamrail::core::sighting::{Medium, Sighting};
use rayon::prelude::*;

use super::Place;
use super::budget::Budget;
use super::ids::Keyed;
use super::objects::cost;
use super::packs::{Object, Packs, Reader, Spot};

/// How many versions a thread takes at once: those of some files.
const BATCH: usize = 4096;
/// The largest version of which at least the beginning is looked at, to tell whether it is a text: one at a time, since git has most
/// objects as a whole or not at all.
pub(super) const LARGEST: u64 = 256 << 20;

/// What looking through all versions gave, whether a commit has them or not.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Those of which something is to be said.
    pub(super) notable: HashMap<ObjectId, Arc<Notable>, Keyed>,
    /// How many are texts, and how many are none.
    pub(super) texts: usize,
    pub(super) binaries: usize,
    /// Whether there is something that the stores of objects do not say of what they have.
    pub(super) unlisted: bool,
    /// Whether they expand to more than is read.
    pub(super) is_too_much: bool,
}

/// A version of which something is to be said.
#[derive(Debug)]
pub(super) struct Notable {
    /// The credentials in it, in excerpts that have no name yet.
    pub(super) sightings: Vec<Sighting>,
    pub(super) trouble: Option<Trouble>,
}

/// Why a version was not looked through to its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is a text that was looked through so far.
    Cut(Extent),
    /// It is of so many bytes.
    TooLarge(u64),
    /// It is there, and cannot be read.
    Unreadable,
}

enum Looked {
    Through(Scanned),
    Not(Trouble),
    /// It is no version of a file.
    Other,
    /// It has to be looked at by itself.
    Left,
    /// No more is read.
    Beyond,
}

impl Versions {
    pub(super) fn of(repository: &ThreadSafeRepository, packs: &Packs, place: &Place<'_>) -> Self {
        let look = Look { repository, packs, place, large: Mutex::new(()), unnamed: "version".into() };
        let mut versions = Self::default();
        let packed = look.packed();
        let notable: HashMap<Spot, Arc<Notable>> = packed.notable.into_iter().collect();
        let named = packs.names(&notable.keys().copied().collect()).into_iter();
        let named = named.filter_map(|(id, spot)| Some((id, Arc::clone(notable.get(&spot)?))));
        versions.notable.extend(named);
        let left = packs.names(&packed.left.into_iter().collect());
        let mut rest: Vec<ObjectId> = left.into_iter().map(|(id, _)| id).collect();
        match repository.to_thread_local().objects.iter() {
            Ok(all) => {
                for id in all {
                    match id {
                        Ok(id) if packs.spot(&id).is_none() => rest.push(id),
                        Ok(_) => {}
                        Err(_) => versions.unlisted = true,
                    }
                }
            }
            Err(_) => versions.unlisted = true,
        }
        rest.sort();
        rest.dedup();
        let single = look.single(&rest);
        versions.notable.extend(single.notable);
        versions.texts = packed.texts + single.texts;
        versions.binaries = packed.binaries + single.binaries;
        versions.is_too_much = !packed.beyond.is_empty() || !single.beyond.is_empty();
        versions
    }
}

/// What looking at some versions gave.
struct Seen<K> {
    notable: Vec<(K, Arc<Notable>)>,
    texts: usize,
    binaries: usize,
    /// What could not be read.
    left: Vec<K>,
    /// What there was no budget for.
    beyond: Vec<K>,
    /// What is left of the budget.
    budget: Budget,
}

impl<K> Default for Seen<K> {
    fn default() -> Self {
        Self {
            notable: Vec::new(),
            texts: 0,
            binaries: 0,
            left: Vec::new(),
            beyond: Vec::new(),
            budget: Budget::default(),
        }
    }
}

impl<K> Seen<K> {
    /// Looks at versions up to what there is no budget for.
    fn of(batch: &[K], mut look: impl FnMut(K) -> Looked) -> Self
    where
        K: Copy,
    {
        let mut seen = Self::default();
        for (at, key) in batch.iter().enumerate() {
            match look(*key) {
                Looked::Beyond => {
                    seen.beyond.extend(batch.iter().skip(at));
                    break;
                }
                looked => seen.add(*key, looked),
            }
        }
        seen
    }

    fn add(&mut self, key: K, looked: Looked) {
        let (sightings, trouble) = match looked {
            Looked::Other | Looked::Beyond => return,
            Looked::Left => {
                self.left.push(key);
                return;
            }
            Looked::Not(trouble) => (Vec::new(), Some(trouble)),
            Looked::Through(Scanned { extent: Extent::Binary, .. }) => {
                self.binaries += 1;
                return;
            }
            Looked::Through(scanned) => {
                self.texts += 1;
                let is_cut = !matches!(scanned.extent, Extent::Whole);
                (scanned.sightings, is_cut.then_some(Trouble::Cut(scanned.extent)))
            }
        };
        if !sightings.is_empty() || trouble.is_some() {
            self.notable.push((key, Arc::new(Notable { sightings, trouble })));
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.notable.extend(other.notable);
        self.left.extend(other.left);
        self.beyond.extend(other.beyond);
        Self {
            texts: self.texts + other.texts,
            binaries: self.binaries + other.binaries,
            budget: self.budget.and(other.budget),
            ..self
        }
    }
}

/// Looks at all versions in batches. Each has an equal share of the budget, whichever threads there are; what that was not enough for is
/// looked at in the end, in its order, with what the others left.
fn shared<K: Copy + Send + Sync>(
    all: &[K],
    size: usize,
    budget: Budget,
    look: impl Fn(&[K], Budget) -> Seen<K> + Sync,
) -> Seen<K> {
    let share = budget.share(all.len().div_ceil(size));
    let batches = all.par_chunks(size).map(|batch| look(batch, share));
    let mut seen = batches.reduce(Seen::default, Seen::join);
    let beyond = std::mem::take(&mut seen.beyond);
    if beyond.is_empty() {
        return seen;
    }
    let rest = std::mem::take(&mut seen.budget);
    seen.join(look(&beyond, rest))
}

/// How versions are looked at.
struct Look<'l> {
    repository: &'l ThreadSafeRepository,
    packs: &'l Packs,
    place: &'l Place<'l>,
    /// Held while a large version is.
    large: Mutex<()>,
    unnamed: Arc<str>,
}

impl Look<'_> {
    /// Looks at what is in packs.
    fn packed(&self) -> Seen<Spot> {
        shared(&self.packs.files(), BATCH, self.packs.budget, |batch, share| {
            let mut reader = Reader::new(self.packs, share);
            let mut scanner = self.scanner();
            let seen = Seen::of(batch, |spot| match reader.at(spot) {
                Some(Object { kind: Kind::Blob, data }) => self.through(&mut scanner, &data),
                Some(_) => Looked::Other,
                None if reader.budget.is_spent() => Looked::Beyond,
                None => Looked::Left,
            });
            Seen { budget: reader.budget, ..seen }
        })
    }

    /// Looks at versions by themselves.
    fn single(&self, ids: &[ObjectId]) -> Seen<ObjectId> {
        shared(ids, BATCH, self.packs.budget, |batch, mut share| {
            let repository = self.repository.to_thread_local();
            let mut scanner = self.scanner();
            let seen = Seen::of(batch, |id| self.alone(&repository, id, &mut scanner, &mut share));
            Seen { budget: share, ..seen }
        })
    }

    fn alone(
        &self,
        repository: &gix::Repository,
        id: ObjectId,
        scanner: &mut Scanner<'_>,
        budget: &mut Budget,
    ) -> Looked {
        let Ok(header) = repository.find_header(id) else {
            // It may be a difference to itself, after any number of others.
            let is_reached = budget.take(super::packs::LARGEST);
            return if is_reached { Looked::Not(Trouble::Unreadable) } else { Looked::Beyond };
        };
        if header.kind() != Kind::Blob {
            return Looked::Other;
        }
        let (size, limit) = (header.size(), self.place.limit);
        if size > limit.max(LARGEST) {
            return Looked::Not(Trouble::TooLarge(size));
        }
        if !budget.take(cost(&header)) {
            return Looked::Beyond;
        }
        let is_large = size > super::packs::LARGEST;
        let _alone = is_large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        match repository.find_object(id) {
            Ok(object) => self.through(scanner, &object.data),
            Err(_) => Looked::Not(Trouble::Unreadable),
        }
    }

    fn through(&self, scanner: &mut Scanner<'_>, text: &[u8]) -> Looked {
        Looked::Through(scanner.scan(&self.unnamed, &Medium::File, &mut Cursor::new(text)))
    }

    fn scanner(&self) -> Scanner<'_> {
        Scanner::new(self.place.sources, self.place.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Looked, Seen, Trouble, shared};

    /// Which versions of so many bytes are reached with a budget, in batches of two.
    fn reached(sizes: &[u64], budget: u64, threads: usize) -> (Vec<u64>, Vec<u64>) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let seen = pool.install(|| {
            shared(sizes, 2, Budget(budget), |batch, mut share| {
                let seen = Seen::of(batch, |size| {
                    if share.take(size) { Looked::Not(Trouble::TooLarge(size)) } else { Looked::Beyond }
                });
                Seen { budget: share, ..seen }
            })
        });
        (seen.notable.into_iter().map(|(size, _)| size).collect(), seen.beyond)
    }

    #[test]
    fn what_a_budget_is_enough_for_does_not_depend_on_threads() {
        for threads in [1, 2, 8] {
            // Each batch has 100, and the ones that are small leave 180.
            let sizes = [90, 91, 10, 1, 5, 4, 92, 93];
            let (seen, beyond) = reached(&sizes, 400, threads);
            assert_eq!((seen, beyond), (vec![90, 10, 1, 5, 4, 92, 91], vec![93]), "{threads}");
            let (seen, beyond) = reached(&sizes, 4000, threads);
            assert_eq!((seen, beyond), (sizes.to_vec(), Vec::new()), "{threads}");
        }
    }
}
