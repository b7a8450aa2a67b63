//! The form in which `terraform show -json` prints a state.

use std::borrow::Cow;
use std::collections::BTreeMap;

use iamrail_core::source::SourceFile;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Present, State};
use crate::artifact::outputs::Output;
use crate::artifact::values::{Source, secrets};
use crate::resources::{self, OUTPUT};

#[derive(Deserialize)]
struct Document<'t> {
    #[serde(borrow)]
    values: Option<Values<'t>>,
}

#[derive(Deserialize)]
struct Values<'t> {
    #[serde(default, borrow)]
    outputs: BTreeMap<String, Output<'t>>,
    #[serde(default, borrow)]
    root_module: Module<'t>,
}

#[derive(Default, Deserialize)]
struct Module<'t> {
    #[serde(borrow)]
    address: Option<&'t RawValue>,
    #[serde(default, borrow)]
    resources: Vec<&'t RawValue>,
    #[serde(default, borrow)]
    child_modules: Vec<Module<'t>>,
}

#[derive(Deserialize)]
struct Resource<'t> {
    #[serde(borrow)]
    address: &'t RawValue,
    #[serde(borrow)]
    mode: Cow<'t, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'t, str>,
    /// Set for an object that was replaced and is still to be destroyed.
    deposed_key: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    values: Option<&'t RawValue>,
    #[serde(default)]
    sensitive_values: serde_json::Value,
}

pub(super) fn read(file: &SourceFile) -> Result<State, serde_json::Error> {
    let source = Source(file);
    let document: Document<'_> = serde_json::from_str(source.text())?;
    let mut state = State::default();
    if let Some(values) = &document.values {
        for (name, output) in &values.outputs {
            state.outputs.add_output(source, output);
            if let Some(span) = output.span(source) {
                state.add_place(format!("{OUTPUT}.{name}"), span, Some(span));
            }
        }
        module(source, &values.root_module, &mut state);
    }
    Ok(state)
}

/// As deep as the document nests, which the JSON parser limits.
fn module(source: Source<'_>, module: &Module<'_>, state: &mut State) {
    for raw in &module.resources {
        match serde_json::from_str::<Resource<'_>>(raw.get()) {
            Ok(resource) => add(source, module, &resource, state),
            Err(_) => state.unreadable.push(source.span(raw)),
        }
    }
    for child in &module.child_modules {
        self::module(source, child, state);
    }
}

fn add(source: Source<'_>, module: &Module<'_>, resource: &Resource<'_>, state: &mut State) {
    secrets(source, resource.values, &resource.sensitive_values, &mut state.secrets);
    if resource.mode != "managed" || resource.deposed_key.is_some() {
        return;
    }
    state.resources += 1;
    if resources::is_relevant(&resource.kind) {
        state.add(Present {
            address: source.string(resource.address),
            kind: resource.kind.to_string(),
            span: source.span(resource.address),
            module: module.address.map(|raw| (source.string(raw), source.span(raw))),
            attributes: resource.values.map(|raw| source.value(raw)).unwrap_or_default(),
            sensitive: resource.sensitive_values.clone(),
        });
    } else {
        let values = resource.values.map(|raw| source.span(raw));
        state.add_place(source.string(resource.address), source.span(resource.address), values);
    }
}
