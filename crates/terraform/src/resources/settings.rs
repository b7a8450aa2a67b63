//! Takes configuration apart into named values.

use std::sync::Arc;

use iamrail_core::model::{Guard, Setting};
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Map, Text, Unknown, Value};

use super::encoding;
use super::path::{self, Found};

/// How deep configuration is taken apart; below, a value stands for all that it holds.
const DEEPEST: usize = 24;

/// How many settings one resource may have.
const MOST: usize = 10_000;

/// Names of the members that hold the name and the value of a setting, in the formats that write settings as lists.
const PAIRS: &[(&str, &str)] = &[
    ("name", "value"),
    ("Name", "Value"),
    ("name", "valueFrom"),
    ("name", "value_from"),
    ("key", "value"),
    ("secret_name", "plaintext_value"),
    ("secret_name", "value"),
    ("secret_name", "encrypted_value"),
    ("variable_name", "value"),
];

/// An argument that reaches the code of a workload.
#[derive(Clone, Copy)]
pub(super) struct Sink {
    /// Its path; empty when the resource itself is one setting with a name and a value.
    pub(super) path: &'static str,
    /// How it is written.
    pub(super) form: Form,
}

/// How configuration is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As a value of Terraform, or as JSON.
    Plain,
    /// As base64, or as plain text where the provider takes both.
    Base64,
}

/// The settings in an argument of a resource.
pub(super) fn settings(arguments: &Value, sink: &Sink, settings: &mut Vec<Setting>) {
    let last = sink.path.rsplit('.').next().unwrap_or_default();
    for Found { key, value } in path::follow(arguments, sink.path) {
        let value = if sink.form == Form::Base64 { decoded(value) } else { value };
        let name = Name { text: last.into(), span: key, variable: false, undecided: None };
        take_apart(name, &value, 0, settings);
    }
}

#[derive(Clone)]
struct Name {
    text: Arc<str>,
    span: Option<Span>,
    variable: bool,
    /// Why it is not known whether what it names is there, if it is not.
    undecided: Option<Arc<Unknown>>,
}

fn take_apart(name: Name, value: &Value, depth: usize, settings: &mut Vec<Setting>) {
    if settings.len() >= MOST {
        return;
    }
    match &value.kind {
        Kind::Null => {}
        Kind::Map(map) if depth < DEEPEST => take_map_apart(&name, map, depth, settings),
        Kind::List(list) | Kind::Set(list) if depth < DEEPEST => {
            for item in &list.items {
                take_apart(name.clone(), item, depth + 1, settings);
            }
            settings.extend(list.open.iter().map(|open| name.is(&Value::unknown(Arc::clone(open)))));
        }
        Kind::Choice(_) if depth < DEEPEST && !Setting::is_one_of_texts(value) => {
            for possible in value.alternatives() {
                let Some(value) = possible.value else { continue };
                let undecided = name.undecided.clone().or_else(|| possible.undecided.cloned());
                take_apart(Name { undecided, ..name.clone() }, value, depth + 1, settings);
            }
        }
        Kind::Text(_) if depth < DEEPEST => match path::inside(value) {
            Some(inside) => take_apart(name, &inside, depth + 1, settings),
            None => settings.push(name.is(value)),
        },
        _ => settings.push(name.is(value)),
    }
}

fn take_map_apart(name: &Name, map: &Map, depth: usize, settings: &mut Vec<Setting>) {
    let pair =
        PAIRS.iter().find_map(|&(name, value)| Some((name, map.get(name)?, value, map.entries.get(value)?)));
    if let Some((named_by, called, valued_by, field)) = pair
        && !field.value.is_null()
    {
        if let Some(text) = called.as_str() {
            let undecided = name.undecided.clone();
            let called = Name { text: text.into(), span: called.span, variable: true, undecided };
            take_apart(called, &field.value, depth + 1, settings);
        } else {
            take_apart(name.member(&valued_by.into(), field.key), &field.value, depth + 1, settings);
        }
        let rest =
            map.entries.iter().filter(|(key, _)| key.as_ref() != named_by && key.as_ref() != valued_by);
        for (key, field) in rest {
            take_apart(name.member(key, field.key), &field.value, depth + 1, settings);
        }
    } else {
        for (key, field) in &map.entries {
            take_apart(name.member(key, field.key), &field.value, depth + 1, settings);
        }
    }
    settings.extend(map.open.iter().map(|open| name.is(&Value::unknown(Arc::clone(open)))));
}

impl Name {
    /// The name of a part of what this one names.
    fn member(&self, text: &Arc<str>, span: Option<Span>) -> Name {
        let variable = self.variable || Setting::is_variable(&self.text, text);
        Name { text: Arc::clone(text), span, variable, undecided: self.undecided.clone() }
    }

    fn is(&self, value: &Value) -> Setting {
        Setting {
            name: Arc::clone(&self.text),
            name_span: self.span,
            variable: self.variable,
            value: value.clone(),
            guard: Guard::always(),
            undecided: self.undecided.clone(),
        }
    }
}

/// The text behind base64; a value that is none stays as it is.
fn decoded(value: Value) -> Value {
    if let Some(plain) = value.as_text().and_then(Text::decoded) {
        return plain.as_ref().clone();
    }
    let text = value.as_str().and_then(|encoded| encoding::decoded(&encoded));
    match text {
        // Its place covers the encoded text, byte by byte it is elsewhere.
        Some(text) => Value { kind: Kind::Text(Text::literal(text, value.span)), ..value },
        None => value,
    }
}
