//! Choices inside of a list, turned into a choice of lists.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Kind, List, Value};

use super::call::Call;

/// The most lists that are told apart.
const MOST: usize = 16;

/// Calls `make` with the first argument, once for each way in which the choices among its elements can turn out. When
/// there are too many ways, once with the choices as they are.
pub(super) fn spread(call: &Call<'_>, make: impl Fn(&Value) -> Value) -> Value {
    let whole = call.value(0);
    let items = call.items(0);
    let ways = items.iter().map(|item| item.alternatives().len().max(1)).product::<usize>();
    if ways == 1 || ways > MOST {
        return make(whole);
    }
    let mut undecided = None;
    let mut lists: Vec<(Guard, Vec<Value>)> = vec![(Guard::always(), Vec::new())];
    for item in items {
        let possible = item.alternatives();
        let mut longer = Vec::with_capacity(lists.len() * possible.len());
        for (guard, list) in &lists {
            for one in &possible {
                let Some(guard) = guard.and(&one.guard) else { continue };
                undecided = undecided.or_else(|| one.undecided.cloned());
                longer.push((guard, list.iter().chain(one.value).cloned().collect()));
            }
        }
        lists = longer;
    }
    let open = whole.as_list().and_then(|list| list.open.clone());
    let alternatives = lists.into_iter().map(|(guard, items)| {
        let list = Value { kind: Kind::List(Arc::new(List::new(items, open.clone()))), ..whole.clone() };
        Alternative { guard, value: Some(make(&list)) }
    });
    call.derive(Kind::Choice(Arc::new(Choice { alternatives: alternatives.collect(), undecided })))
}
