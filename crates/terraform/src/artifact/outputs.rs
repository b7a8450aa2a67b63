//! Outputs, which a plan or state has with their values.

use iamrail_core::collections::HashSet;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Kind, Value};
use serde::Deserialize;
use serde_json::Value as Mask;
use serde_json::value::RawValue;

use super::flow::{Attributes, CREDENTIALS};
use super::values::{Source, secrets};

/// An output of a state.
#[derive(Deserialize)]
pub(super) struct Output<'t> {
    #[serde(default)]
    sensitive: bool,
    #[serde(borrow)]
    value: Option<&'t RawValue>,
}

impl Output<'_> {
    /// Where its value stands.
    pub(super) fn span(&self, source: Source<'_>) -> Option<Span> {
        self.value.map(|raw| source.span(raw))
    }
}

/// Where outputs hold secrets.
#[derive(Default)]
pub(super) struct OutputSecrets {
    /// What is a secret by itself.
    exact: Vec<Span>,
    /// The parts of outputs that are marked as a whole: names of resources may be among them.
    parts: Vec<Span>,
}

impl OutputSecrets {
    /// Adds those of an output.
    pub(super) fn add_output(&mut self, source: Source<'_>, output: &Output<'_>) {
        self.add(source, output.value, &output.sensitive.into());
    }

    /// Adds those of a value of an output.
    pub(super) fn add(&mut self, source: Source<'_>, raw: Option<&RawValue>, sensitive: &Mask) {
        let has_parts = raw.is_some_and(|raw| raw.get().starts_with(['{', '[']));
        let is_marked_as_a_whole = has_parts && sensitive.is_boolean();
        let places = if is_marked_as_a_whole { &mut self.parts } else { &mut self.exact };
        secrets(source, raw, sensitive, places);
    }

    /// The places of all but those parts that a resource has openly as the value of an attribute.
    pub(super) fn places(self, file: &SourceFile, known: &Attributes) -> Vec<Span> {
        let mut places = self.exact;
        if !self.parts.is_empty() {
            let open = open_texts(known);
            places.extend(self.parts.into_iter().filter(|span| !open.contains(file.slice(*span))));
        }
        places
    }
}

/// The texts that attributes have and that are marked nowhere.
fn open_texts(known: &Attributes) -> HashSet<String> {
    let is_credential = |name: &str| name != "id" && CREDENTIALS.iter().any(|(_, other)| *other == name);
    let mut texts = HashSet::default();
    let attributes = known.values().filter_map(Value::as_map).flat_map(|map| map.iter());
    attributes.filter(|(name, _)| !is_credential(name)).for_each(|(_, value)| collect(value, &mut texts));
    texts
}

/// As deep as the document nests, which the JSON parser limits.
fn collect(value: &Value, texts: &mut HashSet<String>) {
    match &value.kind {
        // What holds a secret is marked as well, and its neighbours are not.
        Kind::List(list) | Kind::Set(list) => list.items.iter().for_each(|item| collect(item, texts)),
        Kind::Map(map) => map.iter().for_each(|(_, value)| collect(value, texts)),
        Kind::Text(_) if !value.sensitive => texts.extend(value.as_str().map(Into::into)),
        _ => {}
    }
}
