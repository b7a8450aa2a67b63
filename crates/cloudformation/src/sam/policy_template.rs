//! The policy templates of the transform: policies by name, with parameters.

use std::sync::Arc;

use iamrail_core::value::{Field, Reason, Unknown, Value};
use indexmap::IndexMap;

use super::written::Pen;
use crate::eval::Stack;

/// All templates, in the form that `data/policy-templates.py` describes.
static TEMPLATES: &str = include_str!("../../data/policy-templates.txt");

/// The document that a template makes of its parameters; `None` when there is no such template.
pub(super) fn document(stack: &Stack, name: &str, parameters: &Value, pen: Pen) -> Option<Value> {
    let variable = |variable: &str| {
        let unknown = || Value::unknown(Unknown::new(Reason::Invalid, format!("{name}.{variable}")));
        (!variable.starts_with("AWS::")).then(|| parameters.get(variable).cloned().unwrap_or_else(unknown))
    };
    let text = |pattern: &str| stack.substitute(pattern, &variable, pen.0);
    let mut statements: Vec<Statement> = Vec::new();
    for line in lines(name)? {
        match (line.trim_start().split_once(' '), statements.last_mut()) {
            (Some(("allow", actions)), _) => {
                statements.push(Statement { actions: pen.texts(actions.split(' ')), ..Statement::default() });
            }
            (Some(("on", resource)), Some(statement)) => statement.resources.push(text(resource)),
            (Some(("when", condition)), Some(statement)) => {
                if let [operator, key, value] = condition.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
                    let keys = one(pen, key, text(value));
                    statement.condition = Some(one(pen, operator, keys));
                }
            }
            _ => {}
        }
    }
    let statements = statements.into_iter().map(|statement| statement.write(pen)).collect();
    Some(pen.map([("Statement", pen.list(statements))]))
}

#[derive(Default)]
struct Statement {
    actions: Value,
    resources: Vec<Value>,
    condition: Option<Value>,
}

impl Statement {
    fn write(self, pen: Pen) -> Value {
        let condition = self.condition.map(|condition| ("Condition", condition));
        let entries =
            [("Effect", pen.text("Allow")), ("Action", self.actions), ("Resource", pen.list(self.resources))];
        pen.map(entries.into_iter().chain(condition))
    }
}

/// A map with one entry.
fn one(pen: Pen, key: &str, value: Value) -> Value {
    let field = Field { key: Some(pen.0), value };
    Value::map(IndexMap::from([(Arc::from(key), field)])).at(pen.0)
}

/// The lines of a template below the one with its name.
fn lines(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let mut all = TEMPLATES.lines();
    all.by_ref().find(|line| line.split(' ').next() == Some(name))?;
    Some(all.take_while(|line| line.starts_with(' ')))
}

/// The names of all templates.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next())
}
