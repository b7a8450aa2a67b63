//! How much is read of a history: of a few bytes, differences to differences can make any number.

/// How much is put together altogether, in bytes: so much of any repository, and so much for each byte of its packs. Those of large
/// projects come to twenty times their size, and a file that grows by a line a day to some hundred times.
const LEAST_MADE: u64 = 64 << 30;
const MOST_MADE: u64 = 2000;

/// How much more is put together, in bytes, by one that reads: what others read at the same time does not change what it comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Budget(pub(super) u64);

impl Budget {
    /// That of a repository with packs of so many bytes.
    pub(super) fn of(packed: u64) -> Self {
        Self(LEAST_MADE.max(packed.saturating_mul(MOST_MADE)))
    }

    /// Takes so many bytes; `false`, from then on, if there are not as many left.
    pub(super) fn take(&mut self, bytes: u64) -> bool {
        let is_enough = self.0 > bytes;
        self.0 = self.0.saturating_sub(bytes);
        is_enough
    }

    pub(super) fn is_spent(self) -> bool {
        self.0 == 0
    }

    /// One of so many equal parts.
    pub(super) fn share(self, parts: usize) -> Self {
        Self(self.0 / u64::try_from(parts).unwrap_or(u64::MAX).max(1))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, LEAST_MADE};

    #[test]
    fn a_budget_grows_with_what_is_packed_and_is_spent_once() {
        let mut budget = Budget::of(LEAST_MADE);
        assert!(budget.take(1000 * LEAST_MADE) && budget.take(999 * LEAST_MADE) && !budget.is_spent());
        assert!(!budget.take(2 * LEAST_MADE) && budget.is_spent() && !budget.take(1));
        assert!(Budget::of(1).take(LEAST_MADE - 1));
    }
}
