//! Gives the values of a plan the resource attributes that flowed into them.
//!
//! A plan does not say what an expression does with what it refers to. What is known is compared with the attribute: if
//! it is equal, it is the attribute; if it contains it, it was made with it. What is not known can only come from
//! attributes that are not known either.

use std::collections::HashMap;
use std::sync::Arc;

use iamrail_core::value::{Kind, List, Map, Origins, Reason, Unknown, Value};

use super::graph::{Flow, Graph, Place, is_expression};

/// The attributes by which resources are referred to.
const NAMES: &[&str] = &["arn", "id", "name", "role"];

/// The shortest value that is looked for inside of others: shorter ones are found everywhere.
const TELLING: usize = 6;

/// The resource instances of a plan with their attributes, by address.
pub(super) type Known = HashMap<Arc<str>, Value>;

/// What is needed to find the origins of an argument.
pub(super) struct Tracer<'g, 't> {
    pub(super) graph: &'g Graph<'t>,
    pub(super) known: &'g Known,
    pub(super) place: Place<'t>,
}

impl Tracer<'_, '_> {
    /// The arguments of a resource with their origins. `is_link` tells the arguments that name another resource.
    pub(super) fn arguments(
        &self,
        arguments: Value,
        expressions: &Value,
        is_link: &dyn Fn(&str) -> bool,
    ) -> Value {
        self.block(arguments, &[expressions], "", is_link)
    }

    /// The value of an expression that a plan does not evaluate.
    pub(super) fn unevaluated(&self, expression: &Value) -> Value {
        let flows = self.graph.flows(expression, &self.place);
        let what = flows.first().map_or_else(|| "an expression".to_owned(), name);
        let unknown = Unknown::new(Reason::Unsupported, what);
        let origins: Vec<Origins> = flows.iter().flat_map(|flow| self.attributes(flow)).collect();
        Value::unknown(unknown).with_origins(Origins::of_all(&origins)).at(expression.span)
    }

    fn block(&self, block: Value, blocks: &[&Value], path: &str, is_link: &dyn Fn(&str) -> bool) -> Value {
        let Kind::Map(map) = &block.kind else { return block };
        let mut map = Map::clone(map);
        for (name, field) in &mut map.entries {
            let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            let expressions: Vec<&Value> = blocks.iter().filter_map(|block| block.get(name)).collect();
            let value = std::mem::take(&mut field.value);
            field.value = self.argument(value, &expressions, &path, is_link);
        }
        let origins = Origins::of_all(map.iter().map(|(_, value)| &value.origins));
        Value { kind: Kind::Map(Arc::new(map)), origins, ..block }
    }

    fn argument(
        &self,
        value: Value,
        expressions: &[&Value],
        path: &str,
        is_link: &dyn Fn(&str) -> bool,
    ) -> Value {
        let (leaves, nested): (Vec<&Value>, Vec<&Value>) =
            expressions.iter().copied().partition(|expression| is_expression(expression));
        if nested.is_empty() {
            let mut flows: Vec<Flow> =
                leaves.iter().flat_map(|leaf| self.graph.flows(leaf, &self.place)).collect();
            flows.dedup_by(|one, other| one.resource == other.resource && one.attribute == other.attribute);
            return if flows.is_empty() { value } else { self.apply(value, &flows, is_link(path), true) };
        }
        // Blocks of a set change their order, and dynamic ones have no expressions: any of them may be behind a block.
        let blocks: Vec<&Value> = nested
            .into_iter()
            .flat_map(|one| one.as_list().map_or_else(|| vec![one], |list| list.items.iter().collect()))
            .collect();
        match &value.kind {
            Kind::List(list) => {
                let items = list.items.iter().map(|item| self.block(item.clone(), &blocks, path, is_link));
                rebuilt(&value, list, items.collect())
            }
            _ => self.block(value, &blocks, path, is_link),
        }
    }

    /// The value with the origins among the flows. `alone` says that no other value came from the same expression.
    fn apply(&self, value: Value, flows: &[Flow], is_link: bool, alone: bool) -> Value {
        match &value.kind {
            Kind::List(list) => {
                let alone = alone && list.items.len() == 1;
                let items = list.items.iter().map(|item| self.apply(item.clone(), flows, is_link, alone));
                rebuilt(&value, list, items.collect())
            }
            Kind::Map(map) => {
                let alone = alone && map.entries.len() == 1;
                let mut map = Map::clone(map);
                for field in map.entries.values_mut() {
                    field.value = self.apply(std::mem::take(&mut field.value), flows, is_link, alone);
                }
                let origins = Origins::of_all(map.iter().map(|(_, value)| &value.origins));
                Value { kind: Kind::Map(Arc::new(map)), origins, ..value }
            }
            Kind::Unknown(unknown) => {
                let flows = self.unknown_flows(flows, is_link);
                let unknown = match flows.as_slice() {
                    [flow] => Arc::new(Unknown::new(unknown.reason, name(flow))),
                    _ => Arc::clone(unknown),
                };
                let origins = match flows.as_slice() {
                    [flow] if is_link && flow.direct && is_name(flow) => exact(flow),
                    flows => {
                        let all: Vec<_> = flows.iter().flat_map(|flow| self.attributes(flow)).collect();
                        Origins::of_all(&all)
                    }
                };
                Value { kind: Kind::Unknown(unknown), origins, ..value }
            }
            Kind::Text(text) => {
                let origins = text.as_str().map(|text| self.origins_of(&text, flows, alone));
                Value { origins: origins.unwrap_or_default(), ..value }
            }
            _ => value,
        }
    }

    /// The flows that can make a value unknown.
    fn unknown_flows<'f>(&self, flows: &'f [Flow], is_link: bool) -> Vec<&'f Flow> {
        let unknown = |flow: &&Flow| match (&flow.attribute, self.known.get(&flow.resource)) {
            (Some(attribute), Some(known)) => {
                known.get(attribute).is_none_or(|value| value.unknown_part().is_some())
            }
            _ => true,
        };
        let mut flows: Vec<&Flow> = flows.iter().filter(unknown).collect();
        if is_link && flows.iter().any(|flow| flow.near) {
            flows.retain(|flow| flow.near);
        }
        flows
    }

    /// The origins of a text that is known.
    fn origins_of(&self, text: &str, flows: &[Flow], alone: bool) -> Origins {
        let mut made_with = Vec::new();
        let mut is: Option<&Flow> = None;
        for flow in flows {
            let values = self.values(flow);
            if values.iter().any(|value| value == text) && is.is_none_or(|is| !is.near && flow.near) {
                is = Some(flow);
            }
            let found = values.iter().any(|value| value.len() >= TELLING && text.contains(value.as_str()));
            // A secret may have been encoded on its way.
            if found || alone && self.is_secret(flow) {
                made_with.extend(self.attributes(flow));
            }
        }
        match is {
            Some(flow) if flow.direct => exact(flow),
            Some(flow) => exact(flow).inexact(),
            None => Origins::of_all(&made_with),
        }
    }

    /// The known texts that a flow may carry.
    fn values(&self, flow: &Flow) -> Vec<String> {
        let Some(known) = self.known.get(&flow.resource) else { return Vec::new() };
        let text = |name: &str| known.get(name).and_then(Value::as_str).map(|text| text.into_owned());
        match &flow.attribute {
            Some(attribute) => text(attribute).into_iter().collect(),
            None => NAMES.iter().filter_map(|name| text(name)).collect(),
        }
    }

    fn is_secret(&self, flow: &Flow) -> bool {
        let known = self.known.get(&flow.resource);
        flow.attribute
            .as_ref()
            .zip(known)
            .and_then(|(name, known)| known.get(name))
            .is_some_and(|value| value.sensitive)
    }

    /// The attributes that a flow may be of, as origins.
    fn attributes(&self, flow: &Flow) -> Vec<Origins> {
        let via = |attribute: &str| {
            let origins = Origins::of(Arc::clone(&flow.resource), attribute);
            flow.steps.iter().rev().fold(origins, |origins, step| origins.via(step, None)).inexact()
        };
        match (&flow.attribute, self.known.get(&flow.resource).and_then(Value::as_map)) {
            (Some(attribute), _) => vec![via(attribute)],
            (None, Some(known)) => {
                let unknown = known.iter().filter(|(_, value)| value.is_unknown() || value.sensitive);
                unknown.map(|(name, _)| via(name)).collect()
            }
            (None, None) => vec![via("id")],
        }
    }
}

fn exact(flow: &Flow) -> Origins {
    let attribute = flow.attribute.clone().unwrap_or_else(|| "id".into());
    let origins = Origins::of(Arc::clone(&flow.resource), attribute);
    flow.steps.iter().rev().fold(origins, |origins, step| origins.via(step, None))
}

fn is_name(flow: &Flow) -> bool {
    flow.attribute.as_deref().is_none_or(|attribute| NAMES.contains(&attribute))
}

fn name(flow: &Flow) -> String {
    match &flow.attribute {
        Some(attribute) => format!("{}.{attribute}", flow.resource),
        None => flow.resource.to_string(),
    }
}

fn rebuilt(value: &Value, list: &List, items: Vec<Value>) -> Value {
    let origins = Origins::of_all(items.iter().map(|item| &item.origins));
    let list = List { items, open: list.open.clone() };
    Value { kind: Kind::List(Arc::new(list)), origins, ..value.clone() }
}
