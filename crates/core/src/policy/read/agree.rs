//! What alternatives have in common: a statement that all of them make is made whichever of them is real.

use crate::policy::{Condition, Effect, Elements, Principals, Statement};
use crate::value::Value;

/// The statements of all alternatives, each list those of one. Those that every alternative makes come once, changed by
/// `settle`, which takes the conditions of the single alternative from them.
pub(super) fn agree(alternatives: Vec<Vec<Statement>>, settle: impl Fn(&mut Statement)) -> Vec<Statement> {
    let mut alternatives = alternatives.into_iter();
    let mut agreed = alternatives.next().unwrap_or_default();
    let mut others: Vec<Vec<Statement>> = alternatives.collect();
    if others.is_empty() {
        return agreed;
    }
    for statement in &mut agreed {
        let places: Vec<Option<usize>> = others
            .iter()
            .map(|others| others.iter().position(|other| says_the_same(statement, other)))
            .collect();
        if places.iter().all(Option::is_some) {
            settle(statement);
            for (others, place) in others.iter_mut().zip(places.into_iter().flatten()) {
                others.remove(place);
            }
        }
    }
    agreed.extend(others.into_iter().flatten());
    agreed
}

/// Whether two statements mean the same, wherever they were written. One that is not certain of itself is never the
/// same as another.
fn says_the_same(a: &Statement, b: &Statement) -> bool {
    let is_certain =
        |one: &Statement| one.conditions_open.is_none() && !matches!(one.effect, Effect::Unknown(_));
    is_certain(a)
        && is_certain(b)
        && a.effect == b.effect
        && same_value(&a.sid, &b.sid)
        && same_elements(&a.actions, &b.actions)
        && same_option(a.resources.as_ref(), b.resources.as_ref(), same_elements)
        && same_option(a.principals.as_ref(), b.principals.as_ref(), same_principals)
        && same_list(&a.conditions, &b.conditions, same_condition)
}

fn same_elements(a: &Elements, b: &Elements) -> bool {
    a.except == b.except
        && a.open.is_none()
        && b.open.is_none()
        && same_list(&a.items, &b.items, |a, b| {
            a.undecided.is_none()
                && b.undecided.is_none()
                && a.guard == b.guard
                && a.text.display() == b.text.display()
        })
}

fn same_principals(a: &Principals, b: &Principals) -> bool {
    a.except == b.except
        && a.open.is_none()
        && b.open.is_none()
        && same_list(&a.entries, &b.entries, |(kind_a, a), (kind_b, b)| {
            kind_a == kind_b && same_elements(a, b)
        })
}

fn same_condition(a: &Condition, b: &Condition) -> bool {
    a.operator == b.operator && a.key == b.key && a.guard == b.guard && same_elements(&a.values, &b.values)
}

fn same_value(a: &Value, b: &Value) -> bool {
    match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => a.display() == b.display(),
        _ => a.is_null() && b.is_null(),
    }
}

fn same_option<T>(a: Option<&T>, b: Option<&T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn same_list<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}
