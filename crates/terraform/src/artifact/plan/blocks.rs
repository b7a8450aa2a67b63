//! Blocks that a plan has as expressions only: providers, provisioners and outputs.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Declared;
use iamrail_core::value::{Field, Kind, Value};

use super::document::{Plan, Provider, Provisioner};
use super::expression::is_expression;
use super::graph::{Graph, Place};
use super::tracer::Tracer;
use crate::artifact::flow::Comparison;
use crate::artifact::values::Source;
use crate::resources::{self, Instance, OUTPUT};

/// How deeply blocks nest.
const DEEPEST: usize = 8;

/// The provider blocks that matter.
pub(super) fn providers<'t>(
    source: Source<'t>,
    plan: &'t Plan<'t>,
    graph: &Graph<'t>,
    comparison: &Comparison<'_>,
) -> Vec<Instance> {
    let blocks = plan.configuration.provider_config.values();
    blocks.filter_map(|block| provider(source, plan, graph, comparison, block)).collect()
}

fn provider<'t>(
    source: Source<'t>,
    plan: &'t Plan<'t>,
    graph: &Graph<'t>,
    comparison: &Comparison<'_>,
    block: &Provider<'t>,
) -> Option<Instance> {
    let kind = format!("provider.{}", block.name.as_deref()?);
    if !resources::is_relevant(&kind) {
        return None;
    }
    let raw = block.expressions?;
    let module = block.module_address.as_deref().map(|module| format!("{module}.")).unwrap_or_default();
    let alias = block.alias.as_deref().map(|alias| format!(".{alias}")).unwrap_or_default();
    let declared = Declared::new(format!("{module}{kind}{alias}"), kind, source.span(raw));
    let expressions = graph.expressions(raw);
    let tracer = Tracer { graph, comparison, documents: None, place: Place::default() };
    let entries = expressions.as_map()?.entries.iter().map(|(name, field)| {
        let value = variable(source, plan, &field.value).unwrap_or_else(|| value(&tracer, &field.value, 0));
        (Arc::clone(name), Field { key: field.key, value })
    });
    let attributes = Value::map(entries.collect::<IndexMap<_, _>>());
    Some(Instance { declared: Arc::new(declared), attributes })
}

/// The outputs of the root module.
pub(super) fn outputs<'t>(
    source: Source<'t>,
    plan: &'t Plan<'t>,
    graph: &Graph<'t>,
    comparison: &Comparison<'_>,
) -> Vec<Instance> {
    let outputs = plan.configuration.root_module.outputs.iter().filter_map(|(name, output)| {
        let raw = output.expression?;
        let tracer = Tracer { graph, comparison, documents: None, place: Place::default() };
        let field = Field { key: None, value: value(&tracer, &graph.expressions(raw), 0) };
        let attributes = Value::map(IndexMap::from_iter([(Arc::from("value"), field)]));
        let declared = Declared::new(format!("{OUTPUT}.{name}"), OUTPUT, source.span(raw));
        Some(Instance { declared: Arc::new(declared), attributes })
    });
    outputs.collect()
}

/// The value of an expression that refers to one root variable and nothing else.
fn variable(source: Source<'_>, plan: &Plan<'_>, expression: &Value) -> Option<Value> {
    let references = &expression.get("references")?.as_list()?.items;
    let [reference] = references.as_slice() else { return None };
    let reference = reference.as_str()?;
    let name = reference.strip_prefix("var.")?;
    let value = source.value(plan.variables.get(name)?.value?);
    let declaration = plan.configuration.root_module.variables.get(name);
    let sensitive = declaration.is_some_and(|declaration| declaration.sensitive);
    value.as_text().is_some().then_some(Value { sensitive, ..value })
}

/// The provisioners of a resource; null when it has none.
pub(super) fn provisioners(tracer: &Tracer<'_, '_>, blocks: &[Provisioner<'_>]) -> Value {
    let expressions = blocks.iter().filter_map(|block| block.expressions);
    let values: Vec<Value> =
        expressions.map(|raw| value(tracer, &tracer.graph.expressions(raw), 0)).collect();
    if values.is_empty() { Value::null() } else { Value::list(values) }
}

/// The value of expressions: what is constant is known.
fn value(tracer: &Tracer<'_, '_>, expressions: &Value, depth: usize) -> Value {
    if is_expression(expressions) || depth > DEEPEST {
        let constant = expressions.get("constant_value").cloned();
        return constant.unwrap_or_else(|| tracer.unevaluated(expressions));
    }
    match &expressions.kind {
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(name, field)| {
                (Arc::clone(name), Field { key: field.key, value: value(tracer, &field.value, depth + 1) })
            });
            Value::map(entries.collect::<IndexMap<_, _>>()).at(expressions.span)
        }
        Kind::List(list) => {
            Value::list(list.items.iter().map(|item| value(tracer, item, depth + 1)).collect())
        }
        _ => expressions.clone(),
    }
}
