//! Resources as values: what the configuration sets, what follows from that, and what only the provider knows.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Field, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::access::list_with;
use super::choice::choose;
use super::collection::{map_with, maybe};
use super::frame::{Frame, Node};
use super::guard::negated;
use super::instance::{Expansion, Form, Instance, Key};
use super::narrow::narrowed;
use super::reference::Place;
use super::scope::Scope;
use crate::module::Entity;
use crate::resources;

/// Nested blocks that speak to Terraform: the resource has no attributes of their names.
const WITHOUT_ATTRIBUTE: &[&str] = &["lifecycle", "provisioner", "connection"];

impl Evaluator<'_> {
    /// All instances of something as one value: a list for `count`, a map for `for_each`.
    pub(super) fn together(
        &self,
        place: &Place<'_>,
        expansion: &Expansion,
        take: &dyn Fn(&Instance) -> Value,
    ) -> Value {
        let mut items = Vec::new();
        let mut entries = IndexMap::default();
        let mut open = None;
        for instance in &expansion.instances {
            let value = take(instance);
            match (&instance.key, &instance.instances) {
                (Key::AnyIndex, Some(unknown)) if instance.is_alone => {
                    return one_or_none(value, &instance.guard, unknown).at(place.span);
                }
                (Key::AnyIndex, Some(unknown)) => {
                    items.push(maybe(value, &instance.guard, unknown));
                    open = Some(Arc::clone(unknown));
                }
                (Key::AnyName, _) => {
                    let unknown = value.unknown_part().cloned();
                    let unknown = instance.instances.clone().or(unknown);
                    open = Some(unknown.unwrap_or_else(|| self.unsupported(place)));
                }
                (Key::Name(name), _) => {
                    entries.insert(Arc::clone(name), Field { key: None, value });
                }
                _ => items.push(value),
            }
        }
        let value = match expansion.form {
            Form::Map => {
                entries.sort_unstable_keys();
                map_with(entries, open)
            }
            _ => list_with(items, open),
        };
        self.bounded(value.at(place.span), place.span)
    }

    fn unsupported(&self, place: &Place<'_>) -> Arc<Unknown> {
        Arc::new(Unknown::new(Reason::Unsupported, place.frame.address(place.name)))
    }

    /// One attribute of an instance of a resource or data source.
    pub(super) fn attribute_of(
        &self,
        frame: &Frame,
        entity: &Arc<str>,
        declared: &Entity,
        instance: &Instance,
        name: &Arc<str>,
        span: Span,
    ) -> Value {
        let node = Node::Attribute(Arc::clone(entity), instance.key.clone(), Arc::clone(name));
        self.node(frame, node, span, || {
            let address = frame.address(&instance.address(entity));
            let value = self.plain_attribute(frame, entity, declared, instance, name, &address);
            let origins = value.origins.and(&resources::origins_of(&address, name));
            value.with_origins(origins)
        })
    }

    fn plain_attribute(
        &self,
        frame: &Frame,
        entity: &Arc<str>,
        declared: &Entity,
        instance: &Instance,
        name: &Arc<str>,
        address: &Arc<str>,
    ) -> Value {
        let kind = declared.declaration().label(0);
        if entity.starts_with("data.") {
            let arguments = self.arguments(frame, entity, declared, instance);
            let value = self.data_attribute(frame, declared, name, &arguments, address);
            return self.via(value, address, Some(declared.heading()));
        }
        let scope = Scope { own: Some(entity), ..Scope::for_instance(frame, instance) };
        let configured = self.argument(declared.body(), name, &scope);
        if let Some(value) = configured.filter(|value| !value.is_null()) {
            let value = narrowed(value, &guard_of(frame, instance));
            let is_blocks = declared.body().attribute(name).is_none();
            return if is_blocks { self.opened(value, &format!("{address}.{name}"), 8) } else { value };
        }
        // What follows from the other arguments cannot be told while these are computed themselves.
        let arguments = Node::Arguments(Arc::clone(entity), instance.key.clone());
        if !self.is_running(frame, &arguments) {
            let attributes = self.arguments(frame, entity, declared, instance);
            if let Some(value) = resources::derived(kind, name, &attributes) {
                return value;
            }
        }
        let reason = if entity.starts_with("ephemeral.") { Reason::Volatile } else { Reason::Computed };
        Value::unknown(Unknown::new(reason, format!("{address}.{name}")))
    }

    /// An instance of a resource or data source as a whole.
    pub(super) fn object(
        &self,
        frame: &Frame,
        entity: &Arc<str>,
        declared: &Entity,
        instance: &Instance,
        span: Span,
    ) -> Value {
        self.node(frame, Node::Object(Arc::clone(entity), instance.key.clone()), span, || {
            let address = frame.address(&instance.address(entity));
            let arguments = self.arguments(frame, entity, declared, instance);
            let written = arguments.as_map().into_iter().flat_map(|map| map.entries.keys());
            let mut names: Vec<Arc<str>> =
                written.filter(|name| !WITHOUT_ATTRIBUTE.contains(&&***name)).cloned().collect();
            let kind = declared.declaration().label(0);
            let is_data = entity.starts_with("data.");
            let more: &[&str] = if is_data { Self::data_attributes(kind) } else { &["arn", "id"] };
            for name in more {
                if !names.iter().any(|one| &**one == *name) {
                    names.push(Arc::from(*name));
                }
            }
            let mut entries = IndexMap::with_capacity_and_hasher(names.len(), <_>::default());
            for name in names {
                let value = self.attribute_of(frame, entity, declared, instance, &name, span);
                entries.insert(name, Field { key: None, value });
            }
            entries.sort_unstable_keys();
            let reason = if is_data { Reason::DataSource } else { Reason::Computed };
            let open = Arc::new(Unknown::new(reason, Arc::clone(&address)));
            let value = map_with(entries, Some(open));
            let origins = Origins::of(address, "").and(&value.origins.inexact());
            value.with_origins(origins).at(declared.heading())
        })
    }

    /// The arguments of an instance, as they are written.
    pub(crate) fn arguments(
        &self,
        frame: &Frame,
        entity: &Arc<str>,
        declared: &Entity,
        instance: &Instance,
    ) -> Value {
        let node = Node::Arguments(Arc::clone(entity), instance.key.clone());
        self.node(frame, node, declared.heading(), || {
            let scope = Scope { own: Some(entity), ..Scope::for_instance(frame, instance) };
            let arguments = self.body(declared.body(), &scope).at(declared.heading());
            narrowed(arguments, &guard_of(frame, instance))
        })
    }
}

/// The conditions under which an instance exists.
fn guard_of(frame: &Frame, instance: &Instance) -> Guard {
    frame.guard.and(&instance.guard).unwrap_or_default()
}

/// The instance that `count` makes when it is not known whether it does: the list is one of two.
fn one_or_none(value: Value, guard: &Guard, unknown: &Arc<Unknown>) -> Value {
    let origins = value.origins.inexact();
    let alternatives = vec![
        Alternative { guard: guard.clone(), value: Some(Value::list(vec![value])) },
        Alternative { guard: negated(guard), value: Some(Value::list(Vec::new())) },
    ];
    choose(alternatives, Some(Arc::clone(unknown))).with_origins(origins)
}
