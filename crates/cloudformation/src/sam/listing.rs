//! Policies as the data of the transform lists them; `data/sam.py` says how.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Value};

use super::written::Pen;

/// The statements in the lines of an entry. `text` makes a text of a pattern with variables.
pub(super) fn statements<'l>(
    lines: impl IntoIterator<Item = &'l str>,
    text: &dyn Fn(&str) -> Value,
    pen: Pen,
) -> Vec<Value> {
    let mut statements: Vec<Statement> = Vec::new();
    for line in lines {
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
    statements.into_iter().map(|statement| statement.write(pen)).collect()
}

/// The lines below the one that satisfies a condition.
pub(super) fn entry(
    data: &'static str,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<impl Iterator<Item = &'static str>> {
    let mut lines = data.lines();
    lines.by_ref().find(|line| !line.starts_with(' ') && is_wanted(line))?;
    Some(lines.take_while(|line| line.starts_with(' ')))
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
    Value::map(IndexMap::from_iter([(Arc::from(key), field)])).at(pen.0)
}
