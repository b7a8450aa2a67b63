//! The size of values. What is written once may be contained many times: sixty lists, each of which holds the one before
//! twice, are small to keep and endless to walk through.

use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Value};

use super::Evaluator;

/// How many parts a value may have, counted as often as they are contained.
const PARTS: usize = 1 << 19;

/// How deep the parts of a value may be nested.
const NESTING: usize = 200;

/// How many parts are counted for one step of the budget.
const PARTS_A_STEP: usize = 8;

impl Evaluator<'_> {
    /// The value, unless it has too many parts.
    pub(super) fn bounded(&self, value: Value, span: Span) -> Value {
        let mut left = PARTS;
        let fits = weigh(&value, NESTING, &mut left);
        if self.spend((PARTS - left) / PARTS_A_STEP) && fits { value } else { self.over_budget(span) }
    }
}

/// Whether a value has no more parts than are left, nested no deeper than it may be.
fn weigh(value: &Value, nesting: usize, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    let Some(nesting) = nesting.checked_sub(1) else { return false };
    match &value.kind {
        Kind::List(list) | Kind::Set(list) => list.items.iter().all(|item| weigh(item, nesting, left)),
        Kind::Map(map) => map.iter().all(|(_, value)| weigh(value, nesting, left)),
        Kind::Choice(choice) => {
            let mut values = choice.alternatives.iter().filter_map(|one| one.value.as_ref());
            values.all(|value| weigh(value, nesting, left))
        }
        _ => true,
    }
}
