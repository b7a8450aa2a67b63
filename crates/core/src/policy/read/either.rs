//! Elements of which a statement has one, given in both forms.

use crate::model::Guard;
use crate::value::{Field, Map, Possible, Value};

/// What becomes of an element that has two forms, such as `Resource` and `NotResource`.
pub(super) enum Either {
    /// One of them is given at most.
    One,
    /// Both are, each in other deployments.
    Apart(Vec<Form>),
    /// Both are at once, under one of these conditions.
    Together(Vec<Guard>),
}

/// A form of an element in some deployments.
pub(super) struct Form {
    /// The conditions under which it is there.
    pub(super) guard: Guard,
    /// The statement with this form alone.
    pub(super) statement: Map,
}

/// Which form of an element a statement has in which deployment.
pub(super) fn either(statement: &Map, names: [&str; 2]) -> Either {
    let [Some(one), Some(other)] = names.map(|name| statement.entries.get(name)) else { return Either::One };
    let [ones, others] = [one, other].map(|field| field.value.alternatives());
    if ones.iter().chain(&others).any(|possible| possible.undecided.is_some()) {
        return Either::Together(vec![Guard::always()]);
    }
    let pairs = given(&ones).flat_map(|(a, _)| given(&others).filter_map(move |(b, _)| a.and(b)));
    let together: Vec<Guard> = pairs.collect();
    if !together.is_empty() {
        return Either::Together(together);
    }
    let form = |[kept, left_out]: [&str; 2], field: &Field, value: &Value, guard: &Guard| {
        let mut statement = statement.clone();
        statement.entries.shift_remove(left_out);
        statement.entries.insert(kept.into(), Field { key: field.key, value: value.clone() });
        Form { guard: guard.clone(), statement }
    };
    let [name, not] = names;
    let of_one = given(&ones).map(|(guard, value)| form([name, not], one, value, guard));
    let of_other = given(&others).map(|(guard, value)| form([not, name], other, value, guard));
    Either::Apart(of_one.chain(of_other).collect())
}

fn given<'p>(possible: &'p [Possible<'p>]) -> impl Iterator<Item = (&'p Guard, &'p Value)> {
    possible.iter().filter_map(|one| Some((&one.guard, one.value?)))
}
