//! Carries choices through functions: what is made from one of several values is one of several results.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Choice, Kind, Origins, Reason, Unknown, Value};

use super::variable::both;

/// How many results one call may have.
const MOST_RESULTS: usize = 128;

/// Applies a function to every combination of the alternatives of its inputs that can be. `None` among the inputs is
/// what is not there.
pub(super) fn distribute(inputs: Vec<Option<Value>>, make: &dyn Fn(Vec<Option<Value>>) -> Value) -> Value {
    if !are_few(&inputs) {
        return make(inputs.into_iter().map(|input| input.map(undecided)).collect());
    }
    expand(inputs, &Guard::always(), make)
}

/// Whether the combinations of the alternatives can be followed.
pub(super) fn are_few(inputs: &[Option<Value>]) -> bool {
    let mut combinations = vec![Guard::always()];
    for input in inputs.iter().flatten().filter(|input| matches!(input.kind, Kind::Choice(_))) {
        let alternatives = input.alternatives();
        let longer = combinations.iter().flat_map(|guard| {
            alternatives.iter().filter_map(move |alternative| both(guard, &alternative.guard))
        });
        combinations = longer.take(MOST_RESULTS + 1).collect();
    }
    combinations.len() <= MOST_RESULTS
}

fn expand(inputs: Vec<Option<Value>>, guard: &Guard, make: &dyn Fn(Vec<Option<Value>>) -> Value) -> Value {
    let open = inputs.iter().enumerate().find_map(|(at, input)| {
        let value = input.as_ref()?;
        let Kind::Choice(choice) = &value.kind else { return None };
        Some((at, Arc::clone(choice), value.sensitive))
    });
    let Some((at, choice, sensitive)) = open else { return make(inputs) };
    let mut alternatives = Vec::new();
    for alternative in &choice.alternatives {
        let Some(under) = both(guard, &alternative.guard) else { continue };
        let mut inputs = inputs.clone();
        if let Some(slot) = inputs.get_mut(at) {
            slot.clone_from(&alternative.value);
        }
        let value = Some(expand(inputs, &under, make));
        alternatives.push(Alternative { guard: alternative.guard.clone(), value });
    }
    choose(alternatives, choice.undecided.clone(), sensitive)
}

/// One of several values; the value itself when there is but one.
pub(super) fn choose(
    mut alternatives: Vec<Alternative>,
    undecided: Option<Arc<Unknown>>,
    sensitive: bool,
) -> Value {
    if alternatives.len() == 1 {
        return alternatives.pop().and_then(|one| one.value).unwrap_or_default();
    }
    let values = || alternatives.iter().filter_map(|one| one.value.as_ref());
    let origins = Origins::of_all(values().map(|value| &value.origins));
    let sensitive = sensitive || values().any(|value| value.sensitive);
    let kind = Kind::Choice(Arc::new(Choice { alternatives, undecided }));
    Value { kind, span: None, origins, sensitive }
}

/// A choice with too many alternatives to follow.
fn undecided(value: Value) -> Value {
    if !matches!(value.kind, Kind::Choice(_)) {
        return value;
    }
    let unknown = value.unknown_part().cloned();
    let unknown =
        unknown.unwrap_or_else(|| Arc::new(Unknown::new(Reason::Budget, "a choice of many values")));
    Value { kind: Kind::Unknown(unknown), origins: value.origins.inexact(), ..value }
}

#[cfg(test)]
mod tests {
    use iamrail_core::model::Guard;
    use iamrail_core::value::{Alternative, Value};

    use super::{choose, distribute};

    fn either(condition: &str, yes: &str, no: &str) -> Value {
        let alternative = |holds, text: &str| Alternative {
            guard: Guard::when(condition, holds),
            value: Some(Value::text(text)),
        };
        choose(vec![alternative(true, yes), alternative(false, no)], None, false)
    }

    fn pair(a: Value, b: Value) -> Vec<String> {
        let joined = distribute(vec![Some(a), Some(b)], &|inputs| {
            let texts: Vec<_> = inputs.iter().flatten().filter_map(Value::as_str).collect();
            Value::text(texts.concat())
        });
        let all = joined.alternatives();
        all.iter().filter_map(|one| Some(format!("{}: {}", one.guard, one.value?.as_str()?))).collect()
    }

    #[test]
    fn independent_conditions_give_every_combination() {
        let all = pair(either("A", "1", "2"), either("B", "x", "y"));
        assert_eq!(all, ["A and B: 1x", "A and not B: 1y", "not A and B: 2x", "not A and not B: 2y"]);
    }

    #[test]
    fn the_same_condition_is_decided_once() {
        assert_eq!(pair(either("A", "1", "2"), either("A", "x", "y")), ["A: 1x", "not A: 2y"]);
    }
}
