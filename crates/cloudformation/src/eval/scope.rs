//! Where something is evaluated: under which assumptions.

use iamrail_core::model::Guard;

use crate::template::Bindings;

/// The surroundings of an evaluation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// The conditions that are assumed, since what is evaluated exists only under them.
    pub(crate) guard: Guard,
    /// The loops around it.
    pub(super) bindings: Bindings,
    /// Whether parameters without a given value stay unknown although they have a default: a deployment may
    /// override it, so a condition must not be decided by it.
    pub(super) symbolic: bool,
}

impl Scope {
    /// The scope of what exists under a guard.
    pub(crate) fn under(guard: Guard) -> Self {
        Self { guard, ..Self::default() }
    }

    /// The same within loops.
    #[must_use]
    pub(crate) fn within(self, bindings: &Bindings) -> Self {
        Self { bindings: bindings.clone(), ..self }
    }

    /// The same where conditions are evaluated.
    #[must_use]
    pub(super) fn symbolic(self) -> Self {
        Self { symbolic: true, ..self }
    }

    /// The same under one more assumption; `None` when that contradicts what is assumed.
    pub(super) fn assuming(&self, guard: &Guard) -> Option<Self> {
        Some(Self { guard: self.guard.and(guard)?, ..self.clone() })
    }
}
