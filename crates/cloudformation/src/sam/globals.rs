//! The section `Globals`: properties of all resources of a type.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Kind, List, Map, Origins, Value};

use super::written::Pen;
use crate::eval::{Scope, Stack};
use crate::resources::Instance;
use crate::template::Resource;

/// How deep properties are merged.
const MOST_DEPTH: usize = 16;

/// A resource with what `Globals` says of its type. What it says itself comes first, be it that there is no value; and what it
/// wants to ignore (`IgnoreGlobals`) is not there.
pub(super) fn merged(
    stack: &Stack,
    resource: &Resource,
    section: &str,
    instance: Instance,
    scope: &Scope,
) -> Instance {
    let globals = heeded(stack.globals(section, scope), &stack.ignored_globals(resource, scope));
    if globals.is_null() {
        return instance;
    }
    let globals = without(globals, &stack.blanks(resource, scope));
    let own = match instance.properties {
        own if own.is_null() => Pen(instance.declared.span).map([]),
        own => own,
    };
    Instance { properties: merge(globals, own, 0), ..instance }
}

/// What is left of `Globals` when some of it is ignored: all of it (`*`), or the properties of a list.
fn heeded(globals: Value, ignored: &Value) -> Value {
    if ignored.as_str().as_deref() == Some("*") {
        return Value::null();
    }
    let names = ignored.as_list().into_iter().flat_map(|list| &list.items).filter_map(Value::as_str);
    let names = names.map(|name| (Arc::from(name.as_ref()), Field { key: None, value: Value::null() }));
    let names: IndexMap<_, _> = names.collect();
    without(globals, &Value::map(names))
}

/// A value without the members that a map of maps leads to; null ends a way.
fn without(value: Value, left_out: &Value) -> Value {
    let (Kind::Map(map), Some(left_out)) = (&value.kind, left_out.as_map()) else { return value };
    let mut entries = map.entries.clone();
    for (name, field) in &left_out.entries {
        if field.value.is_null() {
            entries.shift_remove(name);
        } else if let Some(inner) = entries.get_mut(name) {
            inner.value = without(std::mem::take(&mut inner.value), &field.value);
        }
    }
    Value { kind: Kind::Map(Arc::new(Map { entries, open: map.open.clone() })), ..value }
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
