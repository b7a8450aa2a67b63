//! Sets of identifiers of objects.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use gix::ObjectId;

/// Identifiers of objects, of which a history has millions.
pub(super) type Ids = HashSet<ObjectId, Keyed>;

/// Hashes identifiers. They are hashes themselves, unless somebody makes them up to have them stand in each other's way: a key keeps
/// that from working.
#[derive(Clone)]
pub(super) struct Keyed(u64);

impl Default for Keyed {
    fn default() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

impl BuildHasher for Keyed {
    type Hasher = Mixed;

    fn build_hasher(&self) -> Mixed {
        Mixed(self.0)
    }
}

pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut filled = [0; 8];
            filled.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
            let product =
                u128::from(self.0 ^ u64::from_le_bytes(filled)) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
            #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
            let folded = (product >> 64) as u64 ^ product as u64;
            self.0 = folded;
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
