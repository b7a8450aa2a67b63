//! The section `Globals`: properties of all resources of a type.

use std::sync::Arc;

use iamrail_core::value::{Kind, List, Map, Origins, Value};

use super::written::Pen;
use crate::eval::{Scope, Stack};
use crate::resources::Instance;

/// How deep properties are merged.
const MOST_DEPTH: usize = 16;

/// A resource with what `Globals` says of its type. What it says itself comes first.
pub(super) fn merged(stack: &Stack, section: &str, instance: Instance, scope: &Scope) -> Instance {
    let globals = stack.globals(section, scope);
    if globals.is_null() {
        return instance;
    }
    let own = match instance.properties {
        own if own.is_null() => Pen(instance.declared.span).map([]),
        own => own,
    };
    Instance { properties: merge(globals, own, 0), ..instance }
}

fn merge(global: Value, local: Value, depth: usize) -> Value {
    let kind = match (&global.kind, &local.kind) {
        (Kind::Map(global), Kind::Map(local)) if depth < MOST_DEPTH => {
            Kind::Map(Arc::new(merge_maps(global, local, depth)))
        }
        (Kind::List(global), Kind::List(local)) => {
            let items = global.items.iter().chain(&local.items).cloned().collect();
            Kind::List(Arc::new(List::new(items, local.open.clone().or_else(|| global.open.clone()))))
        }
        _ => return local,
    };
    let origins = Origins::of_all([&local.origins, &global.origins]);
    Value { kind, span: local.span, origins, sensitive: local.sensitive || global.sensitive }
}

fn merge_maps(global: &Map, local: &Map, depth: usize) -> Map {
    let mut entries = global.entries.clone();
    for (key, field) in &local.entries {
        let mut field = field.clone();
        if let Some(global) = global.get(key) {
            field.value = merge(global.clone(), field.value, depth + 1);
        }
        entries.insert(Arc::clone(key), field);
    }
    Map { entries, open: local.open.clone().or_else(|| global.open.clone()) }
}
