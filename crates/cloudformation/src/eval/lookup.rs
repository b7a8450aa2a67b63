//! `FindInMap`.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::value::{Alternative, Unknown, Value};

use super::call::Call;
use super::distribute::{choose, distribute};
use super::{Scope, Stack};
use crate::tree::{Entry, Node};

/// How many entries of a mapping are followed when a key is not known.
const MOST_ENTRIES: usize = 64;

impl Stack {
    pub(super) fn find_in_map(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let arguments = call.arguments();
        let (keys, default) = match arguments.as_deref() {
            Some([map, top, second]) => ([*map, *top, *second], None),
            Some([map, top, second, options]) => ([*map, *top, *second], options.get("DefaultValue")),
            _ => {
                let message = "`FindInMap` takes a list of a mapping, a top-level key and a second-level key";
                return self.wrong(call.span, message);
            }
        };
        let inputs: Vec<Option<Value>> = keys.map(|key| self.evaluate(key, scope)).into();
        // Of keys that are not known some may be wrong, which is nobody's fault.
        let unknown = inputs.iter().flatten().find_map(Value::unknown_part).cloned();
        let default = default.and_then(|default| self.evaluate(default, scope));
        distribute(inputs, &|inputs| {
            let [Some(map), Some(top), Some(second)] = inputs.as_slice() else { return Value::null() };
            let Some(name) = key(map) else {
                return self.undetermined(map, call.span, "the mapping of `FindInMap`");
            };
            let Some(&mapping) = self.template.mappings.get(name.as_str()) else {
                return match (&default, &unknown) {
                    (Some(default), _) => default.clone(),
                    (None, Some(unknown)) => Value::unknown(Arc::clone(unknown)),
                    (None, None) => self.wrong(call.span, format!("there is no mapping `{name}`")),
                };
            };
            let mapping = self.template.node(mapping);
            let mut found = Vec::new();
            for top in candidates(mapping, top) {
                found.extend(candidates(top.value, second).into_iter().map(|entry| entry.value));
            }
            if found.is_empty()
                && default.is_none()
                && let Some(unknown) = &unknown
            {
                return Value::unknown(Arc::clone(unknown));
            }
            let open = [top, second].into_iter().filter(|one| key(one).is_none());
            let open = open.flat_map(Value::unknown_part).next().cloned();
            self.found(found, open, default.as_ref(), call, scope)
        })
    }

    fn found(
        &self,
        nodes: Vec<Node<'_>>,
        unknown: Option<Arc<Unknown>>,
        default: Option<&Value>,
        call: &Call<'_>,
        scope: &Scope,
    ) -> Value {
        let Some(unknown) = unknown else {
            return match (nodes.first(), default) {
                (Some(node), _) => self.evaluate(*node, scope).unwrap_or_default(),
                (None, Some(default)) => default.clone(),
                (None, None) => {
                    self.wrong(call.span, "`FindInMap` asks for a key that the mapping does not have")
                }
            };
        };
        let mut values: Vec<Value> = Vec::new();
        for node in nodes.into_iter().take(MOST_ENTRIES + 1) {
            let value = self.evaluate(node, scope).unwrap_or_default();
            let is_new = value.as_str().is_none_or(|text| {
                !values.iter().any(|known| known.as_str().is_some_and(|known| known == text))
            });
            if is_new {
                values.push(value);
            }
        }
        if values.is_empty() || values.len() > MOST_ENTRIES {
            return Value::unknown(unknown);
        }
        values.extend(default.cloned());
        let always = |value| Alternative { guard: Guard::always(), value: Some(value) };
        choose(values.into_iter().map(always).collect(), Some(unknown), false)
    }
}

/// A key that is known.
fn key(value: &Value) -> Option<String> {
    match &value.kind {
        iamrail_core::value::Kind::Number(number) => Some(number.to_string()),
        _ => value.as_str().map(|key| key.into_owned()),
    }
}

/// The entries that a key can mean: one when it is known, otherwise all.
fn candidates<'t>(mapping: Node<'t>, value: &Value) -> Vec<Entry<'t>> {
    match key(value) {
        Some(key) => mapping.find(&key).into_iter().collect(),
        None => mapping.entries().into_iter().flatten().collect(),
    }
}
