//! Computing with values of which several may be real.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Kind, List, Origins, Unknown, Value};

use super::Evaluator;
use super::access::list_with;
use super::collection::maybe;
use crate::types::equal;

/// How many combinations of alternatives are followed.
pub(super) const MOST_ALTERNATIVES: usize = 16;

/// One combination of alternatives.
struct Case {
    guard: Guard,
    values: Vec<Value>,
    /// Whether one of the values is not there: then neither is what is made of them.
    is_absent: bool,
}

impl Evaluator<'_> {
    /// Computes with every combination of what the values may be. `None` when none of them is a choice, or when there
    /// are too many combinations to follow.
    pub(super) fn in_each_case(
        &self,
        values: &[&Value],
        mut compute: impl FnMut(&[Value]) -> Value,
    ) -> Option<Value> {
        if !values.iter().any(|value| matches!(value.kind, Kind::Choice(_))) {
            return None;
        }
        let mut cases = vec![Case { guard: Guard::always(), values: Vec::new(), is_absent: false }];
        let mut undecided: Option<Arc<Unknown>> = None;
        for value in values {
            let mut next = Vec::new();
            for possible in value.alternatives() {
                undecided = undecided.or_else(|| possible.undecided.cloned());
                for case in &cases {
                    let Some(guard) = case.guard.and(&possible.guard) else { continue };
                    let mut values = case.values.clone();
                    values.push(possible.value.cloned().unwrap_or_default());
                    let is_absent = case.is_absent || possible.value.is_none();
                    next.push(Case { guard, values, is_absent });
                }
            }
            if next.len() > MOST_ALTERNATIVES {
                return None;
            }
            cases = next;
        }
        if cases.iter().any(|case| case.values.iter().any(|value| matches!(value.kind, Kind::Choice(_)))) {
            return None;
        }
        let (absent, present): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(|case| case.is_absent);
        let mut alternatives = self.fitting(present, |case| {
            let value = compute(&case.values);
            Alternative { guard: case.guard, value: Some(value) }
        });
        alternatives.extend(absent.into_iter().map(|case| Alternative { guard: case.guard, value: None }));
        Some(choose(alternatives, undecided))
    }
}

impl Evaluator<'_> {
    /// Computes something in each of several cases, of which one is real. One that fails cannot be it, as long as the
    /// configuration is applied, and is left out; only when all of them fail, that is reported. To `try` a failing case
    /// is as good as any other.
    pub(super) fn fitting<C, T>(
        &self,
        cases: impl IntoIterator<Item = C>,
        mut compute: impl FnMut(C) -> T,
    ) -> Vec<T> {
        let mut made: Vec<(T, bool)> = Vec::new();
        let mut faults = Vec::new();
        for case in cases {
            let (one, own) = self.attempt(|| compute(case));
            made.push((one, own.is_empty()));
            faults.extend(own);
        }
        let fits = made.iter().any(|(_, fits)| *fits);
        if !fits {
            self.sink.borrow_mut().extend(faults);
        }
        let keeps_all = !fits || self.is_trying.get();
        made.into_iter().filter(|(_, fits)| *fits || keeps_all).map(|(one, _)| one).collect()
    }
}

/// The choice between alternatives, or the value itself when all of them are the same.
pub(super) fn choose(mut alternatives: Vec<Alternative>, undecided: Option<Arc<Unknown>>) -> Value {
    let mut values = alternatives.iter().map(|one| one.value.as_ref());
    let first = values.next().flatten();
    let same = first.is_some_and(|first| {
        first.is_wholly_known()
            && values.all(|value| value.is_some_and(|value| equal(first, value) == Some(true)))
    });
    if same || alternatives.len() == 1 {
        let origins = alternatives.iter().filter_map(|one| one.value.as_ref()).map(|value| &value.origins);
        let all = Origins::of_all(origins);
        return match alternatives.swap_remove(0).value {
            Some(value) if alternatives.is_empty() => value,
            Some(value) => value.with_origins(all),
            None => Value::null(),
        };
    }
    let present = || alternatives.iter().filter_map(|one| one.value.as_ref());
    let origins = Origins::of_all(present().map(|value| &value.origins));
    let sensitive = present().any(|value| value.sensitive);
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided }));
    Value { sensitive, ..Value::new(kind) }.with_origins(origins)
}

/// A list that is one of several, as one list of elements that may be there: those that all have in common are certain.
/// Anything else is left as it is.
pub(super) fn as_one_list(value: &Value) -> Value {
    let possible = value.alternatives();
    let lists: Option<Vec<&List>> = possible.iter().map(|one| one.value.and_then(Value::as_list)).collect();
    let (Kind::Choice(_), Some(lists)) = (&value.kind, lists) else { return value.clone() };
    let in_all = |item: &Value| {
        let same = |other: &Value| equal(item, other) == Some(true);
        lists.iter().all(|list| list.items.iter().any(same))
    };
    let mut items: Vec<Value> = Vec::new();
    let mut open = None;
    for (one, list) in possible.iter().zip(&lists) {
        open = open.or_else(|| list.open.clone());
        for item in &list.items {
            let Some(undecided) = one.undecided else { return value.clone() };
            if !in_all(item) {
                items.push(maybe(item.clone(), &one.guard, undecided));
            } else if !items.iter().any(|other| equal(item, other) == Some(true)) {
                items.push(item.clone());
            }
        }
    }
    Value { span: value.span, ..list_with(items, open) }
}
