//! Resources that have one fault in common: one finding, which names them.

use std::sync::Arc;

use crate::collections::IndexMap;
use crate::model::Declared;
use crate::report::Related;
use crate::rule::Draft;

/// How many others a finding names; the rest is counted.
const MOST_NAMED: usize = 32;

/// The resources that have a fault in common, the first of which the finding speaks of.
#[derive(Debug)]
pub(crate) struct Sharers<'m> {
    all: IndexMap<&'m Arc<str>, &'m Arc<Declared>>,
}

impl<'m> Sharers<'m> {
    /// These, each once.
    pub(crate) fn of(declared: impl IntoIterator<Item = &'m Arc<Declared>>) -> Self {
        let mut all = IndexMap::default();
        for one in declared {
            all.entry(&one.subject).or_insert(one);
        }
        Self { all }
    }

    /// The subject of a message that begins with the first: "the policy `p`", or "the policy `p` and 3 more".
    pub(crate) fn named(&self, first: &str) -> String {
        match self.all.len().saturating_sub(1) {
            0 => first.to_owned(),
            more => format!("{first} and {more} more"),
        }
    }

    /// Names the others in a finding, with what `says` that each of them does.
    pub(crate) fn relate(&self, draft: &mut Draft, says: impl Fn(&Declared) -> String) {
        for other in self.all.values().skip(1).take(MOST_NAMED) {
            draft.related(Related::new(Arc::clone(&other.subject), Some(other.span), says(other)));
        }
        if let Some(more) = self.all.len().checked_sub(MOST_NAMED + 1).filter(|more| *more > 0) {
            draft.related(Related::new("", None, format!("and {more} more have the same fault")));
        }
    }

    /// Whether it is one resource only.
    pub(crate) fn is_one(&self) -> bool {
        self.all.len() < 2
    }
}
