//! Conditions that can never hold, or that AWS does not understand.

use iamrail_catalog::{ActionSet, ConditionKey, KeyType, condition_key, expand};

use super::{Fault, action, resource, shown};
use crate::policy::prepared::{OPERATORS, expected, is_operator, takes_variables};
use crate::policy::{Answer, Condition, Effect, Element, Statement};
use crate::source::Span;
use crate::suggest::closest;

pub(super) fn check(statement: &Statement, variables: &Answer, faults: &mut Vec<Fault>) {
    for condition in &statement.conditions {
        let span = condition.key_span.or(condition.values.key).or(statement.span);
        if !is_operator(&condition.operator) {
            let message = format!("{} is no condition operator", shown(&condition.operator));
            let mut fault = Fault::refused(message, span);
            if let Some(meant) = meant_operator(&condition.operator) {
                fault = fault.help(format!("write `{meant}`"));
            }
            faults.push(fault);
            continue;
        }
        if !condition.key.contains(':') {
            let message = format!(
                "no request has the condition key {}, {}",
                shown(&condition.key),
                effect(statement, condition)
            );
            faults.push(Fault::void(message, span).help("write the prefix of a service or `aws:` before it"));
            continue;
        }
        faults.extend(lacks_quantity(statement, condition, span));
        faults.extend(never_present(statement, condition, span));
        faults.extend(values(statement, condition, variables));
    }
}

/// What becomes of a statement with a condition whose key is never there.
fn effect(statement: &Statement, condition: &Condition) -> &'static str {
    let asks_for_absence = condition.folded_operator() == "null";
    if asks_for_absence || condition.holds_without_key() {
        return "so the condition says nothing";
    }
    never_holds(statement)
}

fn never_holds(statement: &Statement) -> &'static str {
    match statement.effect {
        Effect::Allow => "so the statement allows nothing",
        Effect::Deny => "so the statement denies nothing",
        Effect::Unknown(_) => "so the statement has no effect",
    }
}

/// The operator that was probably meant.
fn meant_operator(operator: &str) -> Option<String> {
    let (prefix, name) = match operator.split_once(':') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, operator),
    };
    let is_like = |one: &str, other: &str| strsim::normalized_damerau_levenshtein(one, other) >= 0.75;
    let prefix = match prefix {
        Some(prefix) => {
            Some(["ForAllValues", "ForAnyValue"].into_iter().find(|known| is_like(known, prefix))?)
        }
        None => None,
    };
    let name = closest(name.trim_start_matches(':'), OPERATORS)?;
    Some(prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}:{name}")))
}

/// A key with several values passes no test that asks for one.
fn lacks_quantity(statement: &Statement, condition: &Condition, span: Option<Span>) -> Option<Fault> {
    let key = condition_key(&condition.key).filter(|key| key.kind == KeyType::Several)?;
    if condition.operator.contains(':') || condition.folded_operator() == "null" {
        return None;
    }
    let effect = match condition.holds_without_key() {
        true => "so the condition holds for no request that has it",
        false => never_holds(statement),
    };
    let message = format!(
        "the condition key `{}` has several values and `{}` compares one, {}",
        key.name, condition.operator, effect
    );
    let operator = &condition.operator;
    Some(
        Fault::void(message, span)
            .help(format!("write `ForAnyValue:{operator}` or `ForAllValues:{operator}`")),
    )
}

/// A key of S3 that the requests for none of the actions have, such as the prefix of a listing in a request for an object. Of other
/// services AWS's lists of keys are not complete: its own policies use keys with actions for which they are not listed.
fn never_present(statement: &Statement, condition: &Condition, span: Option<Span>) -> Option<Fault> {
    let key = condition_key(&condition.key)?;
    let is_of_s3 = |text: &str| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("s3:"));
    let actions = &statement.actions;
    let are_known = !actions.except && actions.open.is_none() && actions.items.iter().all(action::is_known);
    if !is_of_s3(key.name) || !are_known || actions.items.is_empty() {
        return None;
    }
    let texts: Vec<_> = actions.items.iter().filter_map(|element| element.text.as_str()).collect();
    if !texts.iter().all(|text| is_of_s3(text)) {
        return None;
    }
    let mut all = ActionSet::new();
    texts.iter().for_each(|text| all.extend(&expand(text)));
    let is_it = |one: &ConditionKey| std::ptr::eq(one, key);
    let has_it = |action: &iamrail_catalog::Action| {
        action.condition_keys().any(is_it)
            || action.resource_types().any(|(kind, _)| kind.condition_keys().any(is_it))
    };
    if all.iter().any(has_it) {
        return None;
    }
    let message = format!(
        "no request for the actions of the statement has the condition key {}, {}",
        shown(&condition.key),
        effect(statement, condition)
    );
    Some(Fault::void(message, span).help("look up which condition keys AWS lists for these actions"))
}

/// Values that the operator cannot read.
fn values(statement: &Statement, condition: &Condition, variables: &Answer) -> Vec<Fault> {
    let name = &condition.operator;
    let fault = |element: &Element| {
        let text = element.text.as_str()?;
        let variable = resource::variable(element);
        if let Some(variable) = variable {
            let message = match variables {
                Answer::No => {
                    format!("`{variable}` is plain text in a policy whose `Version` is not 2012-10-17")
                }
                _ if !takes_variables(name) => {
                    format!("`{name}` takes no variables, and compares with `{variable}` as it is")
                }
                _ => return None,
            };
            return Some(Fault::void(message, None).of(element));
        }
        let expected = expected(name, &text)?;
        let message = format!("`{name}` compares with {expected}, and {} is none", shown(&text));
        Some(Fault::void(message, None).of(element).help(format!("write {expected}")))
    };
    let mut faults: Vec<Fault> = condition.values.items.iter().filter_map(fault).collect();
    if condition.is_void(variables) {
        faults
            .iter_mut()
            .for_each(|fault| fault.message = format!("{}, {}", fault.message, never_holds(statement)));
    }
    faults
}
