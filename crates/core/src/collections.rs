//! Maps and sets with a fast hash.
//!
//! Keys come from untrusted input: the hash is seeded anew in every process, so that no file can be written whose keys
//! collide. Nothing that is put out depends on the order of a hash map; an [`IndexMap`] keeps that of its insertions.

pub use foldhash::fast::RandomState;

/// A map without order.
pub type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set without order.
pub type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// A map in the order of its insertions.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// A set in the order of its insertions.
pub type IndexSet<T> = indexmap::IndexSet<T, RandomState>;
