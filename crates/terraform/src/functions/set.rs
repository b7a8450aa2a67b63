//! Functions on sets.

use std::sync::Arc;

use iamrail_core::value::{Kind, List, Unknown, Value};

use super::call::{Call, Fault, MOST_ELEMENTS};
use super::function::{Function, Outcome, any, set};
use crate::types::{Constraint, equal, into_set};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("setintersection", &[set("first_set")], setintersection).with_rest(set("other_sets")),
    Function::open("setproduct", &[], setproduct).with_rest(any("sets")),
    Function::partly("setsubtract", &[set("a"), set("b")], setsubtract),
    Function::open("setunion", &[set("first_set")], setunion).with_rest(set("other_sets")),
];

/// The arguments as lists of elements of one type.
fn unified(call: &Call<'_>) -> Result<Vec<List>, Fault> {
    let lists: Vec<&List> = call.arguments.iter().filter_map(Value::as_list).collect();
    let common = Constraint::of_all(lists.iter().flat_map(|list| &list.items))
        .ok_or_else(|| Fault::call("given sets must all have compatible element types"))?;
    let lists = lists.into_iter().map(|list| {
        let items = list.items.iter().map(|item| match common.convert(item.clone()) {
            Ok(item) => Ok(item),
            Err(_) if !item.is_wholly_known() => Ok(item.clone()),
            Err(message) => Err(Fault::call(message)),
        });
        Ok(into_set(items.collect::<Result<_, Fault>>()?, list.open.clone()))
    });
    lists.collect()
}

fn as_set(call: &Call<'_>, items: Vec<Value>, open: Option<Arc<Unknown>>) -> Value {
    call.derive(Kind::Set(Arc::new(into_set(items, open))))
}

fn setunion(call: &Call<'_>) -> Outcome {
    let sets = unified(call)?;
    let unknown = call.arguments.iter().find(|one| one.is_unknown()).and_then(Value::unknown_part).cloned();
    if sets.is_empty() {
        return Ok(call.unknown());
    }
    let open = unknown.or_else(|| sets.iter().find_map(|set| set.open.clone()));
    Ok(as_set(call, sets.into_iter().flat_map(|set| set.items).collect(), open))
}

/// Whether an element is in a set; `None` when that is not known.
fn is_in(item: &Value, set: &List) -> Option<bool> {
    let mut answer = if set.open.is_some() { None } else { Some(false) };
    for one in &set.items {
        match equal(one, item) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => answer = None,
        }
    }
    answer
}

fn setintersection(call: &Call<'_>) -> Outcome {
    let sets = unified(call)?;
    let mut open = sets.iter().find_map(|set| set.open.clone());
    let Some((first, others)) = sets.split_first() else { return Ok(call.unknown()) };
    let mut common = Vec::new();
    for item in &first.items {
        let answers: Vec<_> = others.iter().map(|set| is_in(item, set)).collect();
        if answers.contains(&Some(false)) {
            continue;
        }
        if answers.contains(&None) {
            let doubt = || call.arguments.iter().find_map(Value::unknown_part).cloned();
            open = open.or_else(doubt);
        } else {
            common.push(item.clone());
        }
    }
    Ok(as_set(call, common, open))
}

fn setsubtract(call: &Call<'_>) -> Outcome {
    let sets = unified(call)?;
    let [a, b] = sets.as_slice() else { return Ok(call.unknown()) };
    let mut open = a.open.clone();
    let mut left = Vec::new();
    for item in &a.items {
        match is_in(item, b) {
            Some(true) => {}
            Some(false) => left.push(item.clone()),
            None => open = open.or_else(|| call.arguments.iter().find_map(Value::unknown_part).cloned()),
        }
    }
    Ok(as_set(call, left, open))
}

fn setproduct(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(Fault::call("at least two arguments are required"));
    }
    let mut lists = Vec::new();
    for (index, argument) in call.arguments.iter().enumerate() {
        if argument.is_unknown() {
            return Ok(call.unknown());
        }
        let list = Constraint::List(Box::default());
        let wrong = |_| Fault::argument(index, "a set or a list is required");
        let converted = list.convert(argument.clone()).map_err(wrong)?;
        lists.push(converted.as_list().cloned().unwrap_or_default());
    }
    let count = lists.iter().map(|list| list.items.len()).fold(1usize, usize::saturating_mul);
    if count.saturating_mul(lists.len()) > MOST_ELEMENTS {
        return Err(Fault::too_large());
    }
    let open = lists.iter().find_map(|list| list.open.clone());
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in &lists {
        let longer = rows
            .iter()
            .flat_map(|row| list.items.iter().map(|item| row.iter().chain([item]).cloned().collect()));
        rows = longer.collect();
    }
    let rows = rows.into_iter().map(Value::list).collect();
    // With a set among them the order means nothing.
    if call.arguments.iter().any(|argument| matches!(argument.kind, Kind::Set(_))) {
        return Ok(as_set(call, rows, open));
    }
    Ok(call.derive_list(rows, open))
}
