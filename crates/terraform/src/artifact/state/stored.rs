//! The form in which Terraform stores a state, version 4.

use std::collections::BTreeMap;

use iamrail_core::source::SourceFile;
use serde::Deserialize;
use serde_json::Value as Mask;
use serde_json::value::RawValue;

use super::{Present, State};
use crate::artifact::address::{Index, Key};
use crate::artifact::outputs::Output;
use crate::artifact::values::{Source, secrets};
use crate::resources::{self, OUTPUT};

#[derive(Deserialize)]
struct Document<'t> {
    #[serde(default, borrow)]
    outputs: BTreeMap<String, Output<'t>>,
    #[serde(default, borrow)]
    resources: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Resource<'t> {
    #[serde(borrow)]
    module: Option<&'t RawValue>,
    mode: String,
    #[serde(borrow, rename = "type")]
    kind: &'t RawValue,
    #[serde(borrow)]
    name: &'t RawValue,
    #[serde(default, borrow)]
    instances: Vec<Instance<'t>>,
}

#[derive(Deserialize)]
struct Instance<'t> {
    index_key: Option<Index>,
    /// Set for an object that was replaced and is still to be destroyed.
    deposed: Option<serde::de::IgnoredAny>,
    /// Missing when the last Terraform to write the state was older than 0.12.
    #[serde(borrow)]
    attributes: Option<&'t RawValue>,
    #[serde(default)]
    sensitive_attributes: Vec<Vec<Step>>,
}

/// A step of a path to a secret.
#[derive(Deserialize)]
struct Step {
    value: Mask,
}

pub(super) fn read(file: &SourceFile) -> Result<State, serde_json::Error> {
    let source = Source(file);
    let document: Document<'_> = serde_json::from_str(source.text())?;
    let mut state = State::default();
    for (name, output) in &document.outputs {
        state.outputs.add_output(source, output);
        if let Some(span) = output.span(source) {
            state.add_place(format!("{OUTPUT}.{name}"), span, Some(span));
        }
    }
    for raw in &document.resources {
        match serde_json::from_str::<Resource<'_>>(raw.get()) {
            Ok(resource) => add(source, &resource, &mut state),
            Err(_) => state.unreadable.push(source.span(raw)),
        }
    }
    Ok(state)
}

fn add(source: Source<'_>, resource: &Resource<'_>, state: &mut State) {
    for instance in &resource.instances {
        secrets(source, instance.attributes, &mask(&instance.sensitive_attributes), &mut state.secrets);
    }
    if resource.mode != "managed" {
        return;
    }
    let kind = source.string(resource.kind);
    let module = resource.module.map(|raw| (source.string(raw), source.span(raw)));
    let before = module.as_ref().map(|(module, _)| format!("{module}.")).unwrap_or_default();
    let block = format!("{before}{kind}.{}", source.string(resource.name));
    let span = source.span(resource.kind).to(source.span(resource.name));
    for instance in resource.instances.iter().filter(|instance| instance.deposed.is_none()) {
        state.resources += 1;
        if !resources::is_relevant(&kind) {
            let values = instance.attributes.map(|raw| source.span(raw));
            state.add_place(block.clone(), span, values);
            continue;
        }
        let Some(attributes) = instance.attributes else {
            state.unreadable.push(span);
            continue;
        };
        let key = instance.index_key.clone().map(|index| Key::from(index).to_string()).unwrap_or_default();
        state.add(Present {
            address: format!("{block}{key}"),
            kind: kind.clone(),
            span,
            module: module.clone(),
            attributes: source.value(attributes),
            sensitive: mask(&instance.sensitive_attributes),
        });
    }
}

/// The arguments that hold a secret anywhere.
fn mask(paths: &[Vec<Step>]) -> Mask {
    let first = paths.iter().filter_map(|path| path.first()?.value.as_str());
    Mask::Object(first.map(|name| (name.to_owned(), Mask::Bool(true))).collect())
}
