//! The resources and outputs of a plan, by address.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A block that will exist.
pub(crate) struct Planned<'p> {
    pub(crate) kind: String,
    /// Its values.
    pub(crate) after: Object<'p>,
    /// Which of them are not known.
    pub(crate) unknown: Object<'p>,
}

/// The members of an object; of anything else, none.
#[derive(Clone, Copy)]
pub(crate) struct Object<'p>(&'p Json);

impl<'p> Object<'p> {
    pub(crate) fn get(self, name: &str) -> Option<&'p Json> {
        match name {
            // An output is its value.
            "" => Some(self.0),
            _ => self.0.get(name),
        }
    }
}

/// The managed resources and the outputs that exist after the plan is applied.
pub(crate) fn planned(plan: &Json) -> BTreeMap<String, Planned<'_>> {
    let text =
        |value: &Json, name: &str| value.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut planned = BTreeMap::new();
    for change in plan.get("resource_changes").and_then(Json::as_array).into_iter().flatten() {
        let (mode, kind) = (text(change, "mode"), text(change, "type"));
        if let Some(values) = change.get("change").filter(|values| mode == "managed" && stays(values)) {
            planned.insert(text(change, "address"), block(kind, values));
        }
    }
    for (name, values) in plan.get("output_changes").and_then(Json::as_object).into_iter().flatten() {
        if stays(values) {
            planned.insert(format!("output.{name}"), block("output".to_owned(), values));
        }
    }
    planned
}

fn stays(change: &Json) -> bool {
    let actions = change.get("actions").and_then(Json::as_array);
    !actions
        .is_some_and(|actions| matches!(actions.as_slice(), [only] if only == "delete" || only == "forget"))
}

fn block(kind: String, values: &Json) -> Planned<'_> {
    let part = |name: &str| Object(values.get(name).unwrap_or(&Json::Null));
    Planned { kind, after: part("after"), unknown: part("after_unknown") }
}

/// An address without the keys of instances.
pub(crate) fn without_keys(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let (mut in_key, mut in_text, mut escaped) = (false, false, false);
    for letter in address.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' if in_key => in_text = !in_text,
            '[' if !in_text => in_key = true,
            ']' if !in_text => in_key = false,
            letter if !in_key => plain.push(letter),
            _ => {}
        }
    }
    plain
}
