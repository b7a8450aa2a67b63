//! The policy templates of the transform: policies by name, with parameters.

use iamrail_core::value::{Reason, Unknown, Value};

use super::listing::{entry, statements};
use super::written::Pen;
use crate::eval::Stack;

static TEMPLATES: &str = include_str!("../../data/sam-policy-templates.txt");

/// The document that a template makes of its parameters; `None` when there is no such template.
pub(super) fn document(stack: &Stack, name: &str, parameters: &Value, pen: Pen) -> Option<Value> {
    let lacking = needed(name).filter(|needed| parameters.get(needed).is_none());
    let lacking: Vec<String> = lacking.map(|needed| format!("`{needed}`")).collect();
    if !parameters.is_unknown() && !lacking.is_empty() {
        stack.wrong(pen.0, format!("the policy template `{name}` lacks {}", lacking.join(" and ")));
    }
    let variable = |variable: &str| {
        let unknown = || Value::unknown(Unknown::new(Reason::Invalid, format!("{name}.{variable}")));
        (!variable.starts_with("AWS::")).then(|| parameters.get(variable).cloned().unwrap_or_else(unknown))
    };
    let text = |pattern: &str| stack.substitute(pattern, &variable, pen.0);
    let lines = entry(TEMPLATES, |line| line.split(' ').next() == Some(name))?;
    Some(pen.map([("Statement", pen.list(statements(lines, &text, pen)))]))
}

/// The parameters that a template needs.
pub(super) fn needed(name: &str) -> impl Iterator<Item = &'static str> {
    let mut headings = TEMPLATES.lines().filter(|line| !line.starts_with(' '));
    let heading = headings.find(|line| line.split(' ').next() == Some(name));
    heading.into_iter().flat_map(|heading| heading.split(' ').skip(1))
}

/// The names of all templates.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next())
}
