//! Paths into properties: `Environment.Variables`.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Value};

/// A value found at the end of a path.
#[derive(Clone)]
pub(super) struct Found {
    /// Where the last name of the path stands.
    pub(super) key: Option<Span>,
    /// The value; one that is not known stands for whatever may be below it.
    pub(super) value: Value,
}

/// Everything at a path. Lists and all branches of conditions are entered.
pub(super) fn follow(value: &Value, path: &str) -> Vec<Found> {
    let mut found = vec![Found { key: None, value: value.clone() }];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let mut below = Vec::new();
        for one in &found {
            step(&one.value, name, &mut below);
        }
        found = below;
    }
    found.retain(|one| !one.value.is_null());
    found
}

fn step(value: &Value, name: &str, found: &mut Vec<Found>) {
    match &value.kind {
        Kind::Map(map) => match (map.entries.get(name), &map.open) {
            (Some(field), _) => found.push(Found { key: field.key, value: field.value.clone() }),
            (None, Some(open)) => found.push(Found { key: None, value: Value::unknown(Arc::clone(open)) }),
            (None, None) => {}
        },
        Kind::List(list) | Kind::Set(list) => {
            for item in &list.items {
                step(item, name, found);
            }
            found.extend(
                list.open.iter().map(|open| Found { key: None, value: Value::unknown(Arc::clone(open)) }),
            );
        }
        Kind::Choice(_) => {
            for possible in value.alternatives() {
                if let Some(value) = possible.value {
                    step(value, name, found);
                }
            }
        }
        Kind::Unknown(_) => found.push(Found { key: None, value: value.clone() }),
        _ => {}
    }
}
