//! Which places of a credential are told.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::sync::Arc;

use iamrail::core::credentials::Value;
use iamrail::core::scan::Scanner;
use iamrail::core::sighting::Sighting;
use iamrail::core::source::FileId;

use super::Place;
use super::roots::Bringer;

/// How many places of all credentials of a repository are told, besides one of each.
const MOST: usize = 10_000;
/// How much text is kept for that, in bytes.
const MOST_TEXT: usize = 64 << 20;

/// Credentials at the paths that they stood at, each with what first had it there.
pub(super) struct Told<'t> {
    place: &'t Place<'t>,
    scanner: Scanner<'t>,
    /// The first place of each credential at a path, among all.
    known: HashMap<(Arc<str>, Value), usize>,
    /// The first place of each, once no others are told.
    first: Option<HashMap<Value, usize>>,
    /// The paths that are called like a credential.
    names: HashSet<Arc<str>>,
    pub(super) all: Vec<Sighting>,
    /// How much more text is kept.
    left: usize,
}

impl<'t> Told<'t> {
    pub(super) fn new(place: &'t Place<'t>) -> Self {
        Self {
            place,
            scanner: Scanner::new(place.sources, u64::MAX),
            known: HashMap::new(),
            first: None,
            names: HashSet::new(),
            all: Vec::new(),
            left: MOST_TEXT,
        }
    }

    /// Whether only one place of each is told from here on.
    pub(super) fn is_part(&self) -> bool {
        self.first.is_some()
    }

    /// Tells the credentials of a file at a path, as far as they were not there before.
    pub(super) fn tell(&mut self, sightings: &[Sighting], path: &str, bringer: &Bringer) {
        let path: Arc<str> = path.into();
        let name = self.place.path(&format!("{path}{}", bringer.suffix));
        let medium = bringer.medium();
        let mut copies = HashMap::new();
        let before = self.all.len();
        for one in sightings {
            let key = (Arc::clone(&path), one.value.clone());
            let is_told = self.known.get(&key).copied().filter(|first| *first < before);
            if self.first.is_none() && is_told.is_none() && self.is_full() {
                self.tell_first();
            }
            let known = self.first.as_ref().map_or(is_told, |first| first.get(&one.value).copied());
            if let Some(known) = known {
                self.all.get_mut(known).into_iter().for_each(|known| learn(known, one));
                continue;
            }
            let file = match copies.entry(one.span.file) {
                Entry::Occupied(known) => Some(*known.get()),
                Entry::Vacant(new) => self.copy(one.span.file, &name).map(|copy| *new.insert(copy)),
            };
            let Some(file) = file else { continue };
            match &mut self.first {
                Some(first) => first.entry(one.value.clone()).or_insert(self.all.len()),
                None => self.known.entry(key).or_insert(self.all.len()),
            };
            self.all.push(one.in_copy(file, medium.clone()));
        }
    }

    /// Tells the credentials in a path itself, as far as it was not told before.
    pub(super) fn name(&mut self, path: &str, bringer: &Bringer) {
        if self.first.is_none() && !self.names.contains(path) && self.is_full() {
            self.tell_first();
        }
        if self.first.is_none() && !self.names.insert(path.into()) {
            return;
        }
        let name = self.place.path(&format!("name of file{}", bringer.suffix));
        let scanned = self.scanner.scan(&name, &bringer.medium(), &mut Cursor::new(path));
        for one in scanned.sightings {
            if let Some(first) = &mut self.first {
                match first.entry(one.value.clone()) {
                    Entry::Occupied(_) => continue,
                    Entry::Vacant(new) => new.insert(self.all.len()),
                };
            }
            self.all.push(one);
        }
    }

    fn is_full(&self) -> bool {
        self.all.len() >= MOST || self.left == 0
    }

    fn tell_first(&mut self) {
        let mut first = HashMap::new();
        for (at, one) in self.all.iter().enumerate() {
            first.entry(one.value.clone()).or_insert(at);
        }
        self.first = Some(first);
    }

    /// A copy of an excerpt that has no name yet.
    fn copy(&mut self, id: FileId, name: &Arc<str>) -> Option<FileId> {
        let copy = self.place.sources.adopt_copy(id, Arc::clone(name))?;
        self.left = self.left.saturating_sub(copy.text().len());
        Some(copy.id())
    }
}

/// Takes over what another version says of a credential: which id it belongs to, and that it stands there outside of URLs.
fn learn(first: &mut Sighting, later: &Sighting) {
    first.id = first.id.or(later.id);
    first.presigned &= later.presigned;
}
