//! Guards that say that a parameter or pseudo parameter has a value.

use iamrail_core::model::{Guard, Term};

/// Stands between a variable and its value in the name of the condition. Conditions of templates have none in theirs.
const IS: char = '=';

/// The guard of the deployments in which a variable has a value.
pub(super) fn is(variable: &str, value: &str) -> Guard {
    let shown = if value.is_empty() { "\"\"" } else { value };
    Guard::when(format!("{variable}{IS}{shown}"), true)
}

/// Both guards together; `None` when they contradict each other, also by different values of one variable.
pub(super) fn both(one: &Guard, other: &Guard) -> Option<Guard> {
    let excludes =
        |term: &Term| one.terms().iter().any(|own| own.condition != term.condition && of(own) == of(term));
    if other.terms().iter().any(|term| of(term).is_some() && excludes(term)) {
        return None;
    }
    one.and(other)
}

/// The variable that a term gives a value, if it does.
fn of(term: &Term) -> Option<&str> {
    term.condition.split_once(IS).filter(|_| term.holds).map(|(variable, _)| variable)
}
