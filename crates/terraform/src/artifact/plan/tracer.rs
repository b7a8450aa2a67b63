//! Follows the expressions of arguments to the resource attributes that flow into them.

use std::sync::Arc;

use iamrail_core::value::{Kind, Map, Origins, Reason, Unknown, Value};

use super::documents::Documents;
use super::expression::is_expression;
use super::graph::{Graph, Place};
use crate::artifact::flow::{self, Comparison, Flow};

/// What is needed to find the origins of an argument.
pub(super) struct Tracer<'g, 't> {
    pub(super) graph: &'g Graph<'t>,
    pub(super) comparison: &'g Comparison<'g>,
    pub(super) documents: Option<&'g Documents<'g, 't>>,
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
        let flows = self.graph.sources(expression, &self.place).flows;
        let what = flows.first().map_or_else(|| "an expression".to_owned(), flow::name);
        let unknown = Unknown::new(Reason::Unsupported, what);
        let origins: Vec<Origins> = flows.iter().flat_map(|flow| self.comparison.attributes(flow)).collect();
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
            let mut flows: Vec<Flow> = Vec::new();
            let mut value = value;
            for leaf in &leaves {
                let sources = self.graph.sources(leaf, &self.place);
                flows.extend(sources.flows);
                if leaves.len() == 1 && !sources.mixed {
                    value = self.with_documents(value, &sources.documents);
                }
            }
            flows.dedup_by(|one, other| one.resource == other.resource && one.attribute == other.attribute);
            return self.comparison.apply(value, &flows, is_link(path), true);
        }
        // Blocks of a set change their order, and dynamic ones have no expressions: any of them may be behind a block.
        let blocks: Vec<&Value> = nested
            .into_iter()
            .flat_map(|one| one.as_list().map_or_else(|| vec![one], |list| list.items.iter().collect()))
            .collect();
        match &value.kind {
            Kind::List(list) => {
                let items = list.items.iter().map(|item| self.block(item.clone(), &blocks, path, is_link));
                flow::rebuilt(&value, list, items.collect())
            }
            _ => self.block(value, &blocks, path, is_link),
        }
    }

    /// The value with the documents in place of what is not known of it.
    fn with_documents(&self, value: Value, addresses: &[Arc<str>]) -> Value {
        let json = |address: &Arc<str>| self.documents.and_then(|documents| documents.json(address));
        match (&value.kind, addresses) {
            (Kind::Unknown(_), [address]) => json(address).unwrap_or(value),
            (Kind::List(list), addresses) if list.open.is_none() => {
                let unknown = list.items.iter().filter(|item| item.is_unknown()).count();
                if unknown != addresses.len() {
                    return value;
                }
                let mut addresses = addresses.iter();
                let items = list.items.iter().map(|item| {
                    let document = if item.is_unknown() { addresses.next().and_then(json) } else { None };
                    document.unwrap_or_else(|| item.clone())
                });
                flow::rebuilt(&value, list, items.collect())
            }
            _ => value,
        }
    }
}
