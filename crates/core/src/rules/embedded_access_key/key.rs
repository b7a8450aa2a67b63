//! Which credentials belong to one key.

use std::sync::Arc;

use iamrail_credentials::{KeyId, Kind, Value};

use crate::collections::HashMap;
use crate::sighting::Sighting;

/// A key with all places that it stands in.
pub(super) struct Key<'s> {
    /// Its id, where one is known.
    pub(super) id: Option<KeyId>,
    /// The places of its id, its secret and what else goes with it. The first is one of the id, if there is any.
    pub(super) places: Vec<&'s Sighting>,
}

impl Key<'_> {
    /// The number of its account, where one is known.
    pub(super) fn account(&self) -> Option<String> {
        let told = || self.places.iter().find_map(|place| place.account.clone());
        self.id.and_then(|id| id.account()).or_else(told)
    }

    /// Whether more than the id is there.
    pub(super) fn has_secret(&self) -> bool {
        self.places.iter().any(|place| place.kind != Kind::KeyId)
    }

    /// The environments that it is put together in; none where it stands anywhere as it is.
    pub(super) fn environments(&self) -> Vec<Arc<str>> {
        if self.places.iter().any(|place| place.environments.is_empty()) {
            return Vec::new();
        }
        let mut all: Vec<_> = self.places.iter().flat_map(|place| &place.environments).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether nothing is there but what presigned URLs tell: the id, and the session token.
    pub(super) fn is_presigned(&self) -> bool {
        self.places.iter().all(|place| match place.kind {
            Kind::KeyId => place.presigned,
            kind => kind == Kind::SessionToken,
        })
    }
}

/// The keys of all credentials, in the order of their first places. A secret belongs to the id that it stands next to; where it stands
/// alone, it is that of the first id that it stands next to anywhere.
pub(super) fn keys(sightings: &[Sighting]) -> Vec<Key<'_>> {
    let mut ids: HashMap<&Value, KeyId> = HashMap::default();
    for one in sightings {
        if let Some(id) = one.id {
            ids.entry(&one.value).or_insert(id);
        }
    }
    let mut keys: Vec<Key<'_>> = Vec::new();
    let mut by_id: HashMap<KeyId, usize> = HashMap::default();
    let mut by_value: HashMap<&Value, usize> = HashMap::default();
    for one in sightings {
        let id = one.id.or_else(|| ids.get(&one.value).copied());
        let new = keys.len();
        let index = match id {
            Some(id) => *by_id.entry(id).or_insert(new),
            None => *by_value.entry(&one.value).or_insert(new),
        };
        match keys.get_mut(index) {
            Some(key) => key.places.push(one),
            None => keys.push(Key { id, places: vec![one] }),
        }
    }
    for key in &mut keys {
        if let Some(first) = key.places.iter().position(|place| place.kind == Kind::KeyId) {
            key.places.get_mut(..=first).unwrap_or_default().rotate_right(1);
        }
    }
    keys
}
