//! Properties that are said to have no value.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Value};

use super::call::Call;
use super::{Scope, Stack};
use crate::template::Resource;
use crate::tree::Node;

/// How deep such properties are looked for.
const MOST_DEPTH: usize = 16;

impl Stack {
    /// The keys, below the properties of a resource, that are given `AWS::NoValue`: a map of maps that end in null.
    pub(crate) fn blanks(&self, resource: &Resource, scope: &Scope) -> Value {
        let properties = resource.properties.map(|properties| self.template.node(properties));
        properties.and_then(|properties| self.blanks_below(properties, scope, 0)).unwrap_or_default()
    }

    fn blanks_below(&self, node: Node<'_>, scope: &Scope, depth: usize) -> Option<Value> {
        if depth > MOST_DEPTH {
            return None;
        }
        if Call::of(node).is_some() {
            return self.evaluate(node, scope).is_none().then(Value::null);
        }
        let below = node.entries()?.filter_map(|entry| {
            let value = self.blanks_below(entry.value, scope, depth + 1)?;
            Some((Arc::clone(entry.key), Field { key: Some(entry.key_span), value }))
        });
        let entries: IndexMap<_, _> = below.collect();
        (!entries.is_empty()).then(|| Value::map(entries))
    }
}
