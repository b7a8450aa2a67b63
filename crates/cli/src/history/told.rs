//! Which places of a credential are told.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use gix::ObjectId;
use iamrail::core::credentials::Value;
use iamrail::core::sighting::Sighting;
use iamrail::core::source::{FileId, Sources};

use super::Place;
use super::places::Places;
use super::roots::{Bringer, Root};

/// How many places of all credentials of a repository are told, besides one of each.
const MOST: usize = 10_000;
/// How much text is kept for that, in bytes.
const MOST_TEXT: usize = 64 << 20;

/// Credentials at the paths that they stood at, each with what first had it there.
pub(super) struct Told<'t> {
    place: &'t Place<'t>,
    /// The first place of each credential at a path, among all.
    known: HashMap<(Arc<str>, Value), usize>,
    pub(super) all: Vec<Sighting>,
    /// Whether there are more places than are told.
    pub(super) is_part: bool,
    /// How much more text is kept.
    left: usize,
}

impl<'t> Told<'t> {
    /// Tells where the credentials in files were in the history below `roots`.
    pub(super) fn of(
        repository: &gix::Repository,
        roots: &[Root],
        found: &HashMap<ObjectId, Vec<Sighting>>,
        place: &'t Place<'t>,
    ) -> Self {
        let mut told =
            Self { place, known: HashMap::new(), all: Vec::new(), is_part: false, left: MOST_TEXT };
        if found.is_empty() {
            return told;
        }
        let mut places = Places::new(repository, |id: &ObjectId| found.contains_key(id));
        for root in roots {
            let mut bringer = None;
            let whole = places.below(root, |id, path| {
                let bringer = bringer.get_or_insert_with(|| root.bringer());
                told.tell(found.get(id).map(Vec::as_slice).unwrap_or_default(), path, bringer)
            });
            if whole.is_none() {
                told.is_part = true;
                break;
            }
        }
        told.rest(found);
        told
    }

    /// Tells the credentials of a file at a path, as far as they were not there before. `None` if that is too much.
    fn tell(&mut self, sightings: &[Sighting], path: &str, bringer: &Bringer) -> Option<()> {
        let path: Arc<str> = path.into();
        let name = self.place.path(&format!("{path}{}", bringer.suffix));
        let medium = bringer.medium();
        let mut copies = HashMap::new();
        let before = self.all.len();
        for one in sightings {
            match self.known.get(&(Arc::clone(&path), one.value.clone())) {
                Some(first) if *first < before => {
                    self.all.get_mut(*first).into_iter().for_each(|first| learn(first, one));
                    continue;
                }
                _ if self.all.len() == MOST => return None,
                _ => {}
            }
            let file = match copies.entry(one.span.file) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(new) => *new.insert(self.copy(one.span.file, &name)?),
            };
            self.known.entry((Arc::clone(&path), one.value.clone())).or_insert(self.all.len());
            self.all.push(one.in_copy(file, medium.clone()));
        }
        Some(())
    }

    /// The excerpt that is called `name`: the one that was kept when the file was read, or a copy of it.
    fn copy(&mut self, id: FileId, name: &Arc<str>) -> Option<FileId> {
        let file = self.place.sources.file(id)?;
        if file.path() == name {
            return Some(id);
        }
        self.left = self.left.checked_sub(file.text().len())?;
        self.place.sources.adopt_copy(id, Arc::clone(name)).map(|copy| copy.id())
    }

    /// Tells of what was told nowhere one place each.
    fn rest(&mut self, found: &HashMap<ObjectId, Vec<Sighting>>) {
        if !self.is_part {
            return;
        }
        let mut known: HashMap<Value, usize> = HashMap::new();
        for (at, one) in self.all.iter().enumerate() {
            known.entry(one.value.clone()).or_insert(at);
        }
        let mut rest: Vec<&Sighting> = found.values().flatten().collect();
        rest.sort_by_cached_key(|one| (one.medium.clone(), path(one, self.place.sources), one.span.start));
        for one in rest {
            match known.entry(one.value.clone()) {
                Entry::Occupied(first) => {
                    self.all.get_mut(*first.get()).into_iter().for_each(|first| learn(first, one));
                }
                Entry::Vacant(new) => {
                    new.insert(self.all.len());
                    self.all.push(one.clone());
                }
            }
        }
    }
}

/// Takes over what another version says of a credential: which id it belongs to, and that it stands there outside of URLs.
fn learn(first: &mut Sighting, later: &Sighting) {
    first.id = first.id.or(later.id);
    first.presigned &= later.presigned;
}

fn path(one: &Sighting, sources: &Sources) -> Arc<str> {
    sources.file(one.span.file).map(|file| Arc::clone(file.path())).unwrap_or_default()
}
