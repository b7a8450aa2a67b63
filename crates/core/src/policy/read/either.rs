//! Elements of which a statement has one, given in both forms.

use super::Presence;
use crate::value::{Field, Map, Possible, Value};

/// What becomes of an element that has two forms, such as `Resource` and `NotResource`.
pub(super) enum Either {
    /// One of them is given at most.
    One,
    /// Each of them is, in other deployments, and it is not known whether both are in any of these.
    Apart { forms: Vec<Form>, perhaps_together: Vec<Presence> },
    /// Both are at once, surely under one of these conditions.
    Together(Vec<Presence>),
}

/// A form of an element in some deployments.
pub(super) struct Form {
    /// Where it is there.
    pub(super) presence: Presence,
    /// The statement with this form alone.
    pub(super) statement: Map,
}

/// Which form of an element a statement has in which deployment.
pub(super) fn either(statement: &Map, names: [&str; 2]) -> Either {
    let [Some(one), Some(other)] = names.map(|name| statement.entries.get(name)) else { return Either::One };
    let [ones, others] = [one, other].map(|field| field.value.alternatives());
    let mut together: Vec<Presence> = Vec::new();
    for one in presences(&ones) {
        let pairs = presences(&others).filter_map(|other| one.and_also(&other));
        for both in pairs {
            if !together.contains(&both) {
                together.push(both);
            }
        }
    }
    if together.iter().any(|both| both.undecided.is_none()) {
        return Either::Together(together);
    }
    let form = |[kept, left_out]: [&str; 2], field: &Field, possible: &Possible<'_>, value: &Value| {
        let mut statement = statement.clone();
        statement.entries.shift_remove(left_out);
        statement.entries.insert(kept.into(), Field { key: field.key, value: value.clone() });
        let presence = Presence { guard: possible.guard.clone(), undecided: possible.undecided.cloned() };
        Form { presence, statement }
    };
    let [name, not] = names;
    let of_one = ones.iter().filter_map(|possible| Some(form([name, not], one, possible, possible.value?)));
    let of_other =
        others.iter().filter_map(|possible| Some(form([not, name], other, possible, possible.value?)));
    Either::Apart { forms: of_one.chain(of_other).collect(), perhaps_together: together }
}

/// Where one of these values is given. It is not asked which: a choice among values alone gives one in any case.
fn presences<'p>(possible: &'p [Possible<'p>]) -> impl Iterator<Item = Presence> {
    let is_given = possible.iter().all(|one| one.value.is_some());
    possible.iter().filter(|one| one.value.is_some()).map(move |one| Presence {
        guard: one.guard.clone(),
        undecided: one.undecided.filter(|_| !is_given).cloned(),
    })
}
