//! States: the output of `terraform show -json` without a plan, and the files in which Terraform keeps them.

mod shown;
mod stored;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::model::Declared;
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Kind, Value};
use serde_json::Value as Mask;

use super::address;
use super::flow::{Attributes, CREDENTIALS, Comparison};
use super::mentions::{Place, mentions};
use super::outputs::OutputSecrets;
use super::values::merge;
use super::{Content, attached, unreadable_part};
use crate::resources::{self, Instance};

/// What a state has.
#[derive(Default)]
struct State {
    relevant: Vec<Instance>,
    resources: usize,
    /// Parts that cannot be read.
    unreadable: Vec<Span>,
    /// Where secrets stand in resources that do not matter.
    secrets: Vec<Span>,
    outputs: OutputSecrets,
    /// The outputs, and the resources that do not matter.
    places: Vec<Place>,
}

/// A resource instance of a state.
struct Present {
    address: String,
    kind: String,
    /// Where it stands.
    span: Span,
    /// The address of its module, with its place.
    module: Option<(String, Span)>,
    attributes: Value,
    sensitive: Mask,
}

/// Reads a state as `terraform show -json` prints it.
pub(super) fn read_shown(file: &SourceFile) -> Content {
    match shown::read(file) {
        Ok(state) => finish(file, state),
        Err(error) => Content::wrong(file, "state", &error),
    }
}

/// Reads a state of version 4 as Terraform stores it.
pub(super) fn read_stored(file: &SourceFile) -> Content {
    match stored::read(file) {
        Ok(state) => finish(file, state),
        Err(error) => Content::wrong(file, "state", &error),
    }
}

impl State {
    /// Adds an output, or a resource that does not matter.
    fn add_place(&mut self, by: String, span: Span, values: Option<Span>) {
        self.places.push(Place { by: by.into(), span, values, from: Vec::new() });
    }

    fn add(&mut self, present: Present) {
        let mut declared = Declared::new(present.address, present.kind, present.span);
        if let Some((module, span)) = present.module {
            declared.calls = address::path(&address::calls(&module), span);
        }
        let mut attributes = merge(present.attributes, &Mask::Null, &present.sensitive, &declared.subject);
        if let Kind::Map(map) = &mut attributes.kind {
            let entries = &mut Arc::make_mut(map).entries;
            for (_, name) in
                CREDENTIALS.iter().filter(|(kind, name)| *kind == &*declared.kind && *name != "id")
            {
                if let Some(field) = entries.get_mut(*name) {
                    field.value.sensitive = true;
                }
            }
        }
        let attributes = resources::without_lifecycle(&declared.kind, attributes);
        self.relevant.push(Instance { declared: Arc::new(declared), attributes });
    }
}

/// A state knows every value, so that links are found by name and secrets by what they are.
fn finish(file: &SourceFile, mut state: State) -> Content {
    let known: Attributes = state
        .relevant
        .iter()
        .map(|instance| (Arc::clone(&instance.declared.subject), instance.attributes.clone()))
        .collect();
    let kinds = state.relevant.iter().map(|one| (&one.declared.subject, &one.declared.kind));
    let (mentions, given_up) = mentions(file, kinds, &known, &state.places);
    let comparison = Comparison::new(&known, state.relevant.iter().map(|instance| &instance.declared));
    for instance in &mut state.relevant {
        if resources::takes_credentials(&instance.declared.kind) {
            let attributes = std::mem::take(&mut instance.attributes);
            instance.attributes = comparison.apply(attributes, &[], false, false);
        }
    }
    attached::deduplicate(&mut state.relevant);
    state.secrets.extend(state.outputs.places(file, &known));
    let unreadable = state.unreadable.iter().map(|span| unreadable_part(file, *span));
    Content {
        instances: state.relevant,
        diagnostics: unreadable.chain(given_up).collect(),
        resources: state.resources,
        secrets: state.secrets,
        mentions,
        ..Content::default()
    }
}
