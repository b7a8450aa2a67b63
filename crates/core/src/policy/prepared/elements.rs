//! Lists of which any element may match, or, with `Not...`, none.

use std::sync::Arc;

use crate::model::Guard;
use crate::policy::{Answer, Element, Elements};
use crate::value::{Reason, Unknown};

/// Elements made ready for comparison.
#[derive(Debug)]
pub(super) struct Alternatives<T> {
    /// Whether everything is meant except these.
    pub(super) except: bool,
    /// Each with the reason why it is not known to be there.
    pub(super) items: Vec<(T, Option<Arc<Unknown>>)>,
    /// Set when there may be more.
    open: Option<Arc<Unknown>>,
}

impl<T> Alternatives<T> {
    /// The elements that are there when `given` holds.
    pub(super) fn read(elements: &Elements, given: &Guard, read: impl Fn(&Element) -> T) -> Self {
        let items = elements.items.iter().filter_map(|element| {
            let undecided = presence(&element.guard, element.undecided.as_ref(), given)?;
            Some((read(element), undecided))
        });
        Self { except: elements.except, items: items.collect(), open: elements.open.clone() }
    }

    /// Whether nothing is matched, since no element is one that could, and there are no more.
    pub(super) fn match_nothing(&self, is_nothing: impl Fn(&T) -> bool) -> bool {
        !self.except && self.open.is_none() && self.items.iter().all(|(item, _)| is_nothing(item))
    }

    /// Whether one of the elements matches; with `Not...`, whether none does.
    pub(super) fn any(&self, matches: impl Fn(&T) -> Answer) -> Answer {
        let mut answer = self.open.clone().map_or(Answer::No, Answer::Perhaps);
        for (item, undecided) in &self.items {
            let this = matches(item);
            if this == Answer::No {
                continue;
            }
            answer = answer.or(this.unless(undecided.as_ref()));
            if answer == Answer::Yes {
                break;
            }
        }
        if self.except { answer.negated() } else { answer }
    }
}

/// Whether something is there when `given` holds: `None` when it is not, and why it is not known otherwise.
pub(super) fn presence(
    guard: &Guard,
    undecided: Option<&Arc<Unknown>>,
    given: &Guard,
) -> Option<Option<Arc<Unknown>>> {
    if guard.contradicts(given) {
        return None;
    }
    if let Some(unknown) = undecided {
        return Some(Some(Arc::clone(unknown)));
    }
    let open = guard.terms().iter().find(|term| !given.terms().contains(term));
    Some(open.map(|term| Arc::new(Unknown::new(Reason::NoValue, Arc::clone(&term.condition)))))
}
