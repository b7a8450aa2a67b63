//! Conditions of statements.

use std::sync::Arc;

use iamrail_catalog::{KeyType, condition_key};

use super::elements::Alternatives;
use super::operand::Operand;
use super::operator::{Operator, Quantity, Test};
use crate::model::Guard;
use crate::policy::request::{Context, Entry};
use crate::policy::{Answer, Condition as Written, Document};
use crate::value::Unknown;

/// A condition, made ready to be tested.
#[derive(Debug)]
pub(super) struct Condition {
    /// `None` for an operator that AWS does not have, which never holds.
    operator: Option<Operator>,
    /// The key in lower case.
    key: Box<str>,
    /// The key as written.
    written: Arc<str>,
    /// Whether requests have any number of values for the key.
    is_several: bool,
    values: Alternatives<Operand>,
    /// Whether it holds for no request, whatever is in it.
    pub(super) is_void: bool,
}

impl Condition {
    pub(super) fn read(written: &Written, given: &Guard, variables: &Answer) -> Self {
        let operator = Operator::read(&written.operator);
        let test = operator.map_or(Test::Text, |operator| operator.test);
        let key = written.folded_key();
        let is_several = condition_key(&key).is_some_and(|key| key.kind == KeyType::Several);
        let values =
            Alternatives::read(&written.values, given, |element| Operand::read(element, test, variables));
        let passes_nothing = is_several && operator.is_some_and(Operator::asks_for_one)
            || values.match_nothing(|value| matches!(value, Operand::Nothing))
            || !key.contains(':') && test != Test::Null;
        let is_void = operator.is_none() || passes_nothing && !written.holds_without_key();
        let written = Arc::clone(&written.key);
        Self { operator, key: key.into(), written, is_several, values, is_void }
    }

    /// Whether it holds for a request.
    pub(super) fn holds(&self, context: &Context, undocumented: &Arc<Unknown>) -> Answer {
        let Some(operator) = self.operator.filter(|_| !self.is_void) else { return Answer::No };
        let entry = context.entry(&self.key);
        let values = match (entry, entry.unknown(&self.written)) {
            (Entry::Values(values), _) => values,
            // No request has a key without the prefix of a service.
            (_, Some(unknown)) if self.key.contains(':') => return Answer::Perhaps(unknown),
            _ => &[],
        };
        // Empty texts are no values where the question is whether there are any.
        let is_empty = values.iter().all(String::is_empty);
        if operator.test == Test::Null {
            let expected = if is_empty { "true" } else { "false" };
            return self.values.any(|value| match value {
                Operand::Text(text) => {
                    text.fixed().is_some_and(|glob| glob.to_lowercase().matches(expected)).into()
                }
                Operand::Unknown(unknown) => Answer::Perhaps(Arc::clone(unknown)),
                _ => Answer::No,
            });
        }
        let passes = |value: &String| self.passes(operator, value, context, undocumented);
        match (operator.quantity, values) {
            (_, []) if operator.if_exists => Answer::Yes,
            (Quantity::Single, []) => operator.negated.into(),
            (Quantity::Single, [value]) if !self.is_several => passes(value),
            // A key with several values passes no test that asks for one.
            (Quantity::Single, _) => Answer::No,
            (Quantity::All, _) if is_empty => Answer::Yes,
            (Quantity::Any, _) if is_empty => Answer::No,
            (Quantity::All, values) => values
                .iter()
                .fold(Answer::Yes, |all, value| if all == Answer::No { all } else { all.and(passes(value)) }),
            (Quantity::Any, values) => values
                .iter()
                .fold(Answer::No, |any, value| if any == Answer::Yes { any } else { any.or(passes(value)) }),
        }
    }

    /// Whether one value of the request passes.
    fn passes(
        &self,
        operator: Operator,
        value: &str,
        context: &Context,
        undocumented: &Arc<Unknown>,
    ) -> Answer {
        let passed = self.values.any(|operand| {
            operand.passes(operator.test, value, context, undocumented).unwrap_or_else(|| {
                // A value that is of another type equals nothing; whether it then differs is another question.
                if operator.negated { Answer::Perhaps(Arc::clone(undocumented)) } else { Answer::No }
            })
        });
        if operator.negated { passed.negated() } else { passed }
    }
}

/// Whether a condition of a document holds in the circumstances of a request.
pub fn holds(document: &Document, condition: &Written, context: &Context) -> Answer {
    let undocumented = super::undocumented();
    let given = Guard::always();
    let ready = Condition::read(condition, &given, &document.has_variables());
    match super::presence(&condition.guard, None, &given) {
        Some(undecided) => {
            ready.holds(context, &undocumented).or(undecided.map_or(Answer::No, Answer::Perhaps))
        }
        None => Answer::Yes,
    }
}
