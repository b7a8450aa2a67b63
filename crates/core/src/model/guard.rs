//! The conditions under which something is deployed.

use std::fmt;
use std::sync::Arc;

/// A conjunction of conditions of the input: what it guards exists when all of them hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard(Option<Arc<[Term]>>);

/// A condition of the input, or its negation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The condition, in the terms of the input: `IsProduction`.
    pub condition: Arc<str>,
    /// Whether it must hold, or must not.
    pub holds: bool,
}

impl Guard {
    /// The guard of what always exists.
    pub const fn always() -> Self {
        Self(None)
    }

    /// The guard of what exists when the condition holds (or, with `false`, does not hold).
    pub fn when(condition: impl Into<Arc<str>>, holds: bool) -> Self {
        Self(Some(Arc::new([Term { condition: condition.into(), holds }])))
    }

    /// The guard of what exists when all terms hold, none of which contradict each other.
    pub(super) fn all(mut terms: Vec<Term>) -> Self {
        terms.sort();
        Self((!terms.is_empty()).then(|| terms.into()))
    }

    /// Both guards together; `None` when they contradict each other.
    pub fn and(&self, other: &Guard) -> Option<Guard> {
        let (Some(mine), Some(others)) = (&self.0, &other.0) else {
            return Some(if self.0.is_some() { self.clone() } else { other.clone() });
        };
        let mut terms = mine.to_vec();
        for term in others.iter() {
            match terms.iter().find(|one| one.condition == term.condition) {
                Some(one) if one.holds != term.holds => return None,
                Some(_) => {}
                None => terms.push(term.clone()),
            }
        }
        Some(Guard::all(terms))
    }

    /// Whether they contradict each other.
    pub fn contradicts(&self, other: &Guard) -> bool {
        let excludes = |term: &Term| {
            other.terms().iter().any(|one| one.condition == term.condition && one.holds != term.holds)
        };
        self.terms().iter().any(excludes)
    }

    /// Guards that exclude this one and each other, and leave nothing out: one of them holds whenever this one does not.
    pub fn unless(&self) -> Vec<Guard> {
        let terms = self.terms();
        let failing = |(at, term): (usize, &Term)| {
            let failed = Term { condition: Arc::clone(&term.condition), holds: !term.holds };
            Guard::all(terms.iter().take(at).cloned().chain([failed]).collect())
        };
        terms.iter().enumerate().map(failing).collect()
    }

    /// Whether nothing is guarded.
    pub fn is_always(&self) -> bool {
        self.0.is_none()
    }

    /// The conditions, sorted.
    pub fn terms(&self) -> &[Term] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Guard {
    /// `IsProduction and not UseBoundary`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms().iter().enumerate() {
            if at > 0 {
                f.write_str(" and ")?;
            }
            if !term.holds {
                f.write_str("not ")?;
            }
            f.write_str(&term.condition)?;
        }
        Ok(())
    }
}
