//! Reads the conditions of a statement.

use std::sync::Arc;

use super::DEPTH;
use crate::model::Guard;
use crate::policy::{Condition, Document, Statement};
use crate::value::{Choice, Kind, Unknown, Value};

impl Document {
    pub(super) fn take_conditions(
        &mut self,
        value: &Value,
        statement: &mut Statement,
        guard: &Guard,
        depth: usize,
    ) {
        match &value.kind {
            Kind::Null => {}
            Kind::Unknown(unknown) => leave_conditions_open(statement, unknown),
            Kind::Map(operators) => {
                if let Some(unknown) = &operators.open {
                    leave_conditions_open(statement, unknown);
                }
                for (operator, field) in &operators.entries {
                    self.take_operator(operator, &field.value, statement, guard, 0);
                }
            }
            Kind::Choice(choice) if depth < DEPTH => {
                for (value, guard) in settled(choice, statement, guard) {
                    self.take_conditions(value, statement, &guard, depth + 1);
                }
            }
            _ => self.problem("a condition must be an object", value.span),
        }
    }

    fn take_operator(
        &mut self,
        operator: &Arc<str>,
        value: &Value,
        statement: &mut Statement,
        guard: &Guard,
        depth: usize,
    ) {
        let keys = match &value.kind {
            Kind::Map(keys) => keys,
            Kind::Choice(choice) if depth < DEPTH => {
                for (value, guard) in settled(choice, statement, guard) {
                    self.take_operator(operator, value, statement, &guard, depth + 1);
                }
                return;
            }
            _ => {
                match value.unknown_part() {
                    Some(unknown) => leave_conditions_open(statement, unknown),
                    None => {
                        self.problem(format!("the condition `{operator}` must be an object"), value.span);
                    }
                }
                return;
            }
        };
        if let Some(unknown) = &keys.open {
            leave_conditions_open(statement, unknown);
        }
        for (key, field) in &keys.entries {
            statement.conditions.push(Condition {
                operator: Arc::clone(operator),
                key: Arc::clone(key),
                key_span: field.key,
                values: self.elements(&field.value, field.key, false),
                guard: guard.clone(),
            });
        }
    }
}

fn leave_conditions_open(statement: &mut Statement, unknown: &Arc<Unknown>) {
    statement.conditions_open.get_or_insert_with(|| Arc::clone(unknown));
}

/// The alternatives of conditions, each with its guard. Which of them is real may not be known: then the statement may
/// mean less than it says without any.
fn settled<'c>(choice: &'c Choice, statement: &mut Statement, guard: &Guard) -> Vec<(&'c Value, Guard)> {
    if let Some(unknown) = &choice.undecided {
        leave_conditions_open(statement, unknown);
        return Vec::new();
    }
    let alternatives = choice.alternatives.iter();
    alternatives.filter_map(|one| Some((one.value.as_ref()?, guard.and(&one.guard)?))).collect()
}
