//! Room for deep evaluations.

/// Bytes of stack that must be left before something goes one level deeper: what the parser takes at its deepest, in a build
/// without optimisation.
const LEFT: usize = 1 << 20;

/// Bytes of a stack that is added.
const ADDED: usize = 16 << 20;

/// Runs something that goes deeper: on a stack that is added when the one at hand is nearly used up, as that of a thread
/// with 2 MiB soon is. How often that can be is bounded by the depth that evaluations may have.
pub(crate) fn with_room<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(LEFT, ADDED, run)
}
