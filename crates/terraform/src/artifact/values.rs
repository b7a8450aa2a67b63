//! Values of a plan: JSON with its places, put together with what is unknown and what is secret.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Field, Kind, List, Map, Reason, Text, Unknown, Value, json};
use serde_json::Value as Mask;
use serde_json::value::RawValue;

use crate::resources::path;

/// The text of the plan, in which every raw value knows its place.
#[derive(Clone, Copy)]
pub(super) struct Source<'t>(pub(super) &'t SourceFile);

impl<'t> Source<'t> {
    /// The JSON, without a byte order mark.
    pub(super) fn text(&self) -> &'t str {
        let text: &'t str = self.0.text();
        text.strip_prefix('\u{FEFF}').unwrap_or(text)
    }

    /// Where a part of the text stands.
    pub(super) fn span(&self, raw: &RawValue) -> Span {
        let start = (raw.get().as_ptr() as usize).saturating_sub(self.0.text().as_ptr() as usize);
        self.0.span(start, start + raw.get().len())
    }

    /// The value that a part of the text is the JSON of.
    pub(super) fn value(&self, raw: &RawValue) -> Value {
        let span = self.span(raw);
        json::read(&Text::literal(raw.get(), Some(span)))
            .unwrap_or_else(|error| Value::unknown(Unknown::from(&error)).at(span))
    }

    /// The text that a part of the text is the JSON string of; empty when it is something else.
    pub(super) fn string(&self, raw: &RawValue) -> String {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }
}

/// A value with all that will only be known after apply, and with its secrets marked. `what` is its address.
pub(super) fn merge(value: Value, unknown: &Mask, sensitive: &Mask, what: &str) -> Value {
    let value = fill(value, unknown, what);
    mark(value, sensitive)
}

fn fill(value: Value, unknown: &Mask, what: &str) -> Value {
    match unknown {
        Mask::Bool(true) => Value::unknown(Unknown::new(Reason::Applied, what)).at(value.span),
        Mask::Object(members) if members.values().any(is_marked) => {
            let mut entries = entries(&value);
            for (name, mask) in members.iter().filter(|(_, mask)| is_marked(mask)) {
                let field = entries
                    .entry(name.as_str().into())
                    .or_insert_with(|| Field { key: None, value: Value::null() });
                field.value = fill(std::mem::take(&mut field.value), mask, &format!("{what}.{name}"));
            }
            Value { kind: Kind::Map(Arc::new(Map { entries, open: None })), ..value }
        }
        Mask::Array(members) if members.iter().any(is_marked) => {
            let mut items = value.as_list().map(|list| list.items.clone()).unwrap_or_default();
            items.resize(items.len().max(members.len()), Value::null());
            for (index, (item, mask)) in items.iter_mut().zip(members).enumerate() {
                if is_marked(mask) {
                    *item = fill(std::mem::take(item), mask, &format!("{what}[{index}]"));
                }
            }
            Value { kind: Kind::List(Arc::new(List::new(items, None))), ..value }
        }
        _ => value,
    }
}

/// Where the secrets of a value stand that is not merged.
pub(super) fn secrets(source: Source<'_>, raw: Option<&RawValue>, sensitive: &Mask, places: &mut Vec<Span>) {
    if let Some(raw) = raw.filter(|_| is_marked(sensitive)) {
        secret_places(&mark(source.value(raw), sensitive), places);
    }
}

/// Where the secrets of a value stand. What is marked as a whole is marked in all its parts here, and what only holds a
/// secret has others beside it that are none.
pub(super) fn secret_places(value: &Value, places: &mut Vec<Span>) {
    match &value.kind {
        Kind::Map(map) => map.iter().for_each(|(_, value)| secret_places(value, places)),
        Kind::List(list) | Kind::Set(list) => list.items.iter().for_each(|item| secret_places(item, places)),
        _ => value.sensitive_places(places),
    }
}

/// The value with its secrets marked; what holds a secret is one.
fn mark(value: Value, sensitive: &Mask) -> Value {
    if !is_marked(sensitive) {
        return value;
    }
    let kind = match (sensitive, value.kind) {
        (Mask::Object(members), Kind::Map(mut map)) => {
            for (name, field) in &mut Arc::make_mut(&mut map).entries {
                if let Some(mask) = members.get(&**name) {
                    field.value = mark(std::mem::take(&mut field.value), mask);
                }
            }
            Kind::Map(map)
        }
        (Mask::Array(members), Kind::List(mut list)) => {
            for (item, mask) in Arc::make_mut(&mut list).items.iter_mut().zip(members) {
                *item = mark(std::mem::take(item), mask);
            }
            Kind::List(list)
        }
        (_, kind) => return path::secret(Value { kind, ..value }),
    };
    Value { kind, sensitive: true, ..value }
}

fn entries(value: &Value) -> IndexMap<Arc<str>, Field> {
    value.as_map().map(|map| map.entries.clone()).unwrap_or_default()
}

/// Whether a mask marks anything.
pub(super) fn is_marked(mask: &Mask) -> bool {
    match mask {
        Mask::Bool(marked) => *marked,
        Mask::Object(members) => members.values().any(is_marked),
        Mask::Array(members) => members.iter().any(is_marked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::{MemoryFiles, Sources};
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        json::read(&Text::literal(text, None)).unwrap()
    }

    #[test]
    fn exactly_what_the_mask_names_is_unknown() {
        let after = value(r#"{"name": "x", "block": [{"a": 1}, {}], "list": ["x", null]}"#);
        let unknown = json!({"id": true, "block": [{}, {"b": true}], "list": [false, true], "tags": {}});
        let merged = merge(after, &unknown, &json!({}), "r.x");
        assert_eq!(
            format!("{merged:?}"),
            r#"{"name": "x", "block": [{"a": 1}, {"b": <unknown: `r.x.block[1].b` is known only after the plan is applied>}], "#.to_owned()
                + r#""list": ["x", <unknown: `r.x.list[1]` is known only after the plan is applied>], "#
                + r#""id": <unknown: `r.x.id` is known only after the plan is applied>}"#
        );
    }

    #[test]
    fn what_holds_a_secret_is_secret_and_its_neighbours_are_not() {
        let after = value(r#"{"name": "x", "block": [{"password": "p", "user": "u"}], "env": {"A": "1"}}"#);
        let merged = merge(after, &json!({}), &json!({"block": [{"password": true}], "env": true}), "r.x");
        let block = &merged.get("block").unwrap().as_list().unwrap().items[0];
        let sensitive = |value: Option<&Value>| value.unwrap().sensitive;
        assert!(sensitive(block.get("password")) && !sensitive(block.get("user")));
        assert!(sensitive(merged.get("env")) && sensitive(merged.get("env").unwrap().get("A")));
        assert!(!sensitive(merged.get("name")));
    }

    #[test]
    fn parts_of_the_text_know_where_they_stand() {
        let sources = Sources::new(MemoryFiles::new([("p", r#" {"a": "x"}"#)]));
        let file = sources.load("p").unwrap();
        let raw: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(file.text()).unwrap();
        assert_eq!(file.slice(Source(&file).span(raw["a"])), "\"x\"");
    }
}
