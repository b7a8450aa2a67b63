//! Where something is evaluated: under which assumptions.

use iamrail_core::model::Guard;

/// The surroundings of an evaluation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// The conditions that are assumed, since what is evaluated exists only under them.
    pub(crate) guard: Guard,
    /// Whether parameters without a given value stay unknown although they have a default: a deployment may
    /// override it, so a condition must not be decided by it.
    pub(super) symbolic: bool,
}

impl Scope {
    /// The scope of what exists under a guard.
    pub(crate) fn under(guard: Guard) -> Self {
        Self { guard, symbolic: false }
    }

    /// The scope in which conditions are evaluated.
    pub(super) fn symbolic() -> Self {
        Self { guard: Guard::always(), symbolic: true }
    }

    /// The same under one more assumption; `None` when that contradicts what is assumed.
    pub(super) fn assuming(&self, guard: &Guard) -> Option<Self> {
        Some(Self { guard: self.guard.and(guard)?, ..self.clone() })
    }
}
