//! The resource instances of a plan.

use std::collections::HashMap;
use std::sync::Arc;

use iamrail_core::model::{Call, Declared};
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Map, Value};
use indexmap::IndexMap;

use super::address;
use super::document::{Change, Plan, Provider, ResourceChange};
use super::graph::{Graph, Place, is_expression};
use super::origins::{Known, Tracer};
use super::values::{Source, merge};
use crate::resources::{self, Instance};

/// What a plan declares.
pub(super) struct Instances {
    /// Those that matter to the model.
    pub(super) relevant: Vec<Instance>,
    /// How many resources there will be.
    pub(super) resources: usize,
    /// The changes that cannot be read.
    pub(super) unreadable: Vec<Span>,
}

/// A resource instance that will exist after the plan is applied.
struct Planned<'t> {
    declared: Arc<Declared>,
    calls: Vec<address::Call>,
    key: Option<address::Key>,
    /// Its type and name.
    block: String,
    change: Option<Change<'t>>,
}

/// Reads the instances that will exist after the plan is applied.
pub(super) fn read<'t>(source: Source<'t>, plan: &'t Plan<'t>) -> Instances {
    let mut unreadable = Vec::new();
    let mut planned = Vec::new();
    for raw in &plan.resource_changes {
        match planned_instance(source, raw.get()) {
            Ok(instance) => planned.extend(instance),
            Err(_) => unreadable.push(source.span(raw)),
        }
    }
    let mut graph = Graph::new(source, &plan.configuration);
    for one in &planned {
        graph.add(&one.calls, &one.block, one.key.clone(), &one.declared.subject);
    }
    let known: Known = planned
        .iter()
        .filter_map(|one| Some((Arc::clone(&one.declared.subject), attributes(source, one)?)))
        .collect();
    let mut relevant: Vec<Instance> =
        planned.iter().filter_map(|one| instance(&graph, &known, one)).collect();
    relevant.extend(
        plan.configuration.provider_config.values().filter_map(|block| provider(source, plan, &graph, block)),
    );
    Instances { relevant, resources: planned.len(), unreadable }
}

/// The instance behind a change; `None` when it is a data source, or will not exist.
fn planned_instance<'t>(source: Source<'t>, text: &'t str) -> Result<Option<Planned<'t>>, serde_json::Error> {
    let change: ResourceChange<'t> = serde_json::from_str(text)?;
    if change.mode != "managed" || change.deposed.is_some() {
        return Ok(None);
    }
    let values: Change<'t> = serde_json::from_str(change.change.get())?;
    let actions: Vec<&str> = values.actions.iter().map(|action| &**action).collect();
    if matches!(actions.as_slice(), ["delete"] | ["forget"]) {
        return Ok(None);
    }
    let address = source.string(change.address);
    let mut declared = Declared::new(address, &*change.kind, source.span(change.address));
    let calls = change.module_address.map(|raw| address::calls(&source.string(raw))).unwrap_or_default();
    if let Some(raw) = change.module_address {
        declared.calls = (1..=calls.len())
            .map(|depth| Call {
                subject: address::module_address(calls.get(..depth).unwrap_or_default()).into(),
                span: source.span(raw),
            })
            .collect();
    }
    Ok(Some(Planned {
        block: format!("{}.{}", change.kind, change.name),
        key: change.index.map(Into::into),
        declared: Arc::new(declared),
        calls,
        change: resources::is_relevant(&change.kind).then_some(values),
    }))
}

fn attributes(source: Source<'_>, planned: &Planned<'_>) -> Option<Value> {
    let change = planned.change.as_ref()?;
    let after = change.after.map(|raw| source.value(raw)).unwrap_or_default();
    Some(merge(after, &change.after_unknown, &change.after_sensitive, &planned.declared.subject))
}

fn instance(graph: &Graph<'_>, known: &Known, planned: &Planned<'_>) -> Option<Instance> {
    let declared = Arc::clone(&planned.declared);
    let attributes = known.get(&declared.subject)?.clone();
    let block = graph.block(&planned.calls, &planned.block);
    let Some((block, raw)) = block.and_then(|block| Some((block, block.expressions?))) else {
        return Some(Instance { declared, attributes });
    };
    let expressions = graph.expressions(raw);
    let place =
        Place { calls: planned.calls.clone(), key: planned.key.clone(), for_each: block.for_each_expression };
    let tracer = Tracer { graph, known, place };
    let attributes = configured(attributes, &expressions);
    let is_link = |path: &str| resources::is_link(&declared.kind, path);
    let mut attributes = tracer.arguments(attributes, &expressions, &is_link);
    let provisioners: Vec<Value> = block
        .provisioners
        .iter()
        .filter_map(|provisioner| Some(unevaluated(&tracer, &graph.expressions(provisioner.expressions?), 0)))
        .collect();
    if !provisioners.is_empty() {
        attributes = with(attributes, "provisioner", Value::list(provisioners));
    }
    Some(Instance { declared, attributes })
}

/// The attributes without those that only AWS will fill in.
fn configured(attributes: Value, expressions: &Value) -> Value {
    let Kind::Map(map) = attributes.kind else { return attributes };
    let mut map = Arc::unwrap_or_clone(map);
    map.entries.retain(|name, field| {
        let (value, expression) = (&field.value, expressions.get(name));
        match expression {
            // What a role has attached by others is no argument of its own.
            None => !value.is_unknown() && &**name != "managed_policy_arns",
            Some(expression) => {
                // The provider keeps a hash of what may be long; the plan still has the constant.
                if let Some(constant) = expression.get("constant_value")
                    && is_hash(value)
                {
                    field.value = constant.clone();
                }
                true
            }
        }
    });
    Value { kind: Kind::Map(Arc::new(map)), ..attributes }
}

fn is_hash(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The values of blocks that a plan has as expressions only.
fn unevaluated(tracer: &Tracer<'_, '_>, expressions: &Value, depth: usize) -> Value {
    if is_expression(expressions) || depth > 8 {
        return expressions.get("constant_value").cloned().unwrap_or_else(|| tracer.unevaluated(expressions));
    }
    match &expressions.kind {
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(name, field)| {
                let value = unevaluated(tracer, &field.value, depth + 1);
                (Arc::clone(name), Field { key: field.key, value })
            });
            Value::map(entries.collect::<IndexMap<_, _>>()).at(expressions.span)
        }
        Kind::List(list) => {
            Value::list(list.items.iter().map(|item| unevaluated(tracer, item, depth + 1)).collect())
        }
        _ => expressions.clone(),
    }
}

/// A provider block.
fn provider<'t>(
    source: Source<'t>,
    plan: &'t Plan<'t>,
    graph: &Graph<'t>,
    block: &Provider<'t>,
) -> Option<Instance> {
    let name = block.name.as_deref()?;
    let kind = format!("provider.{name}");
    if !resources::is_relevant(&kind) {
        return None;
    }
    let raw = block.expressions?;
    let module = block.module_address.as_deref().map(|module| format!("{module}.")).unwrap_or_default();
    let alias = block.alias.as_deref().map(|alias| format!(".{alias}")).unwrap_or_default();
    let declared = Declared::new(format!("{module}{kind}{alias}"), kind, source.span(raw));
    let expressions = graph.expressions(raw);
    let known = HashMap::new();
    let tracer = Tracer { graph, known: &known, place: Place::default() };
    let entries = expressions.as_map()?.entries.iter().map(|(name, field)| {
        let value =
            variable(source, plan, &field.value).unwrap_or_else(|| unevaluated(&tracer, &field.value, 0));
        (Arc::clone(name), Field { key: field.key, value })
    });
    let attributes = Value::map(entries.collect::<IndexMap<_, _>>());
    Some(Instance { declared: Arc::new(declared), attributes })
}

/// The value of an expression that refers to one root variable and nothing else.
fn variable(source: Source<'_>, plan: &Plan<'_>, expression: &Value) -> Option<Value> {
    let references = &expression.get("references")?.as_list()?.items;
    let [reference] = references.as_slice() else { return None };
    let name = reference.as_str()?;
    let raw = plan.variables.get(name.strip_prefix("var.")?)?.value?;
    Some(source.value(raw)).filter(|value| value.as_text().is_some())
}

fn with(block: Value, name: &str, value: Value) -> Value {
    let Kind::Map(map) = block.kind else { return block };
    let mut map: Map = Arc::unwrap_or_clone(map);
    map.entries.insert(name.into(), Field { key: None, value });
    Value { kind: Kind::Map(Arc::new(map)), ..block }
}
