//! Elements of documents that say nothing in some deployments.

use crate::model::Guard;
use crate::value::{Kind, Value};

/// How deeply lists within lists are followed.
const DEPTH: usize = 8;
/// How many ways to an empty list are followed.
const MOST_WAYS: usize = 64;

/// A way in which an element says nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Absence {
    /// The conditions under which it does.
    pub(super) guard: Guard,
    /// Whether it is there, as a list without elements.
    pub(super) is_there: bool,
}

/// The ways in which an element says nothing. What is not known to be absent is taken to be there.
pub(super) fn absences(value: &Value) -> Vec<Absence> {
    absences_at(value, 0)
}

/// The ways in which two elements, of which one is needed, both say nothing.
pub(super) fn both_absent(one: &[Absence], other: &[Absence]) -> Vec<Absence> {
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
    let both = pairs.filter_map(|(one, other)| {
        Some(Absence { guard: one.guard.and(&other.guard)?, is_there: one.is_there || other.is_there })
    });
    both.take(MOST_WAYS).collect()
}

/// Whether a value is a list of which it is known that nothing is in it.
pub(super) fn is_nothing(value: &Value) -> bool {
    value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none())
}

/// Those that are the case in some deployments only.
pub(super) fn conditional(absences: Vec<Absence>) -> impl Iterator<Item = Absence> {
    absences.into_iter().filter(|absence| !absence.guard.is_always())
}

fn absences_at(value: &Value, depth: usize) -> Vec<Absence> {
    // Most elements are texts and lists of texts.
    if depth > DEPTH || !matches!(value.kind, Kind::Choice(_) | Kind::List(_) | Kind::Set(_)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for one in value.alternatives().into_iter().filter(|one| one.undecided.is_none()) {
        let Some(value) = one.value else {
            found.push(Absence { guard: one.guard, is_there: false });
            continue;
        };
        let Some(list) = value.as_list().filter(|list| list.open.is_none()) else { continue };
        let mut ways = vec![Absence { guard: one.guard, is_there: true }];
        for item in &list.items {
            ways = both_absent(&ways, &absences_at(item, depth + 1));
            if ways.is_empty() {
                break;
            }
        }
        found.extend(ways);
    }
    found
}
