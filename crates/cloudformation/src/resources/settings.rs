//! Takes configuration apart into named values.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iamrail_core::model::{Guard, Setting};
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Map, Part, Text, Unknown, Value, json};

use super::path::{self, Found};

/// How deep configuration is taken apart; below, a value stands for all that it holds.
const MOST_DEPTH: usize = 16;

/// Names of the members that hold the name and the value of a setting, where settings are written as lists.
const PAIRS: &[(&str, &str)] = &[
    ("Name", "Value"),
    ("Name", "ValueFrom"),
    ("OptionName", "Value"),
    ("Key", "Value"),
    ("Variable", "Value"),
    ("name", "value"),
    ("ParameterKey", "ParameterValue"),
];

/// The settings at a path of a resource's properties.
pub(super) fn settings(properties: &Value, path: &str, settings: &mut Vec<Setting>) {
    settings_as(path.rsplit('.').next().unwrap_or_default(), properties, path, settings);
}

/// The settings at a path, under a name of their own.
pub(super) fn settings_as(called: &str, properties: &Value, path: &str, settings: &mut Vec<Setting>) {
    for Found { key, value, guard, undecided } in path::follow(properties, path) {
        let name = Name { text: called.into(), span: key, variable: false, guard, undecided };
        take_apart(&name, &value, 0, settings);
    }
}

/// The scripts at a path, of which those that are written in base64 are decoded.
pub(super) fn scripts(properties: &Value, path: &str, settings: &mut Vec<Setting>) {
    let last: Arc<str> = path.rsplit('.').next().unwrap_or_default().into();
    for Found { key, value, guard, undecided } in path::follow(properties, path) {
        let name = Name { text: Arc::clone(&last), span: key, variable: false, guard, undecided };
        settings.push(name.is(&decoded(value)));
    }
}

struct Name {
    text: Arc<str>,
    span: Option<Span>,
    variable: bool,
    /// The conditions under which what it names is there.
    guard: Guard,
    /// Why it is not known whether it is, if it is not.
    undecided: Option<Arc<Unknown>>,
}

fn take_apart(name: &Name, value: &Value, depth: usize, settings: &mut Vec<Setting>) {
    match &value.kind {
        Kind::Null => {}
        Kind::Map(map) if depth < MOST_DEPTH => take_map_apart(name, map, depth, settings),
        Kind::List(list) | Kind::Set(list) if depth < MOST_DEPTH => {
            for item in &list.items {
                take_apart(name, item, depth + 1, settings);
            }
            settings.extend(list.open.iter().map(|open| name.is(&Value::unknown(Arc::clone(open)))));
        }
        Kind::Choice(_) if depth < MOST_DEPTH && !Setting::is_one_of_texts(value) => {
            for possible in value.alternatives() {
                if let (Some(value), Some(guard)) = (possible.value, name.guard.and(&possible.guard)) {
                    let undecided = name.undecided.clone().or_else(|| possible.undecided.cloned());
                    let name = Name { text: Arc::clone(&name.text), guard, undecided, ..*name };
                    take_apart(&name, value, depth + 1, settings);
                }
            }
        }
        Kind::Text(_) if depth < MOST_DEPTH => match inside(value) {
            Some(inside) => take_apart(name, &inside, depth + 1, settings),
            None => settings.push(name.is(value)),
        },
        _ => settings.push(name.is(value)),
    }
}

/// The map or list that a text is the JSON of. A secret text stays as it is: its parts would be shown.
fn inside(value: &Value) -> Option<Value> {
    let text = value.as_text().filter(|_| !value.sensitive)?;
    let starts = match text.parts().first() {
        Some(Part::Literal { text, .. }) => text.trim_start().starts_with(['{', '[']),
        _ => false,
    };
    if !starts && text.structure().is_none() {
        return None;
    }
    json::read(text).ok().filter(|inside| inside.as_map().is_some() || inside.as_list().is_some())
}

fn take_map_apart(name: &Name, map: &Map, depth: usize, settings: &mut Vec<Setting>) {
    let pair = PAIRS
        .iter()
        .find_map(|&(name, value)| Some((map.get(name)?.as_str()?, map.get(name)?.span, map.get(value)?)));
    if let Some((called, span, value)) = pair {
        let called = Name { variable: true, ..name.within(called.as_ref().into(), span) };
        take_apart(&called, value, depth + 1, settings);
        return;
    }
    for (key, field) in &map.entries {
        take_apart(&name.within(Arc::clone(key), field.key), &field.value, depth + 1, settings);
    }
    settings.extend(map.open.iter().map(|open| name.is(&Value::unknown(Arc::clone(open)))));
}

impl Name {
    fn is(&self, value: &Value) -> Setting {
        Setting {
            name: Arc::clone(&self.text),
            name_span: self.span,
            variable: self.variable,
            value: value.clone(),
            guard: self.guard.clone(),
            undecided: self.undecided.clone(),
        }
    }

    /// The name of a part of what this one names.
    fn within(&self, text: Arc<str>, span: Option<Span>) -> Self {
        let variable = self.variable || Setting::is_variable(&self.text, &text);
        Self { text, span, variable, guard: self.guard.clone(), undecided: self.undecided.clone() }
    }
}

/// The text behind base64; a value that is none stays as it is.
fn decoded(value: Value) -> Value {
    let text = value.as_str().and_then(|encoded| decode(&encoded));
    match text {
        // Its place covers the encoded text; byte by byte it is elsewhere.
        Some(text) => Value { kind: Kind::Text(Text::literal(text, value.span)), ..value },
        None => value,
    }
}

fn decode(encoded: &str) -> Option<String> {
    let packed: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // A short word is more likely a word than base64.
    if packed.len() < 8 {
        return None;
    }
    String::from_utf8(STANDARD.decode(packed).ok()?).ok()
}
