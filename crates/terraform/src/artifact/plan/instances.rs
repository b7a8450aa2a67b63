//! The resource instances of a plan.

use std::sync::Arc;

use iamrail_core::model::{Declared, Mention};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Value};
use serde_json::value::RawValue;

use super::blocks;
use super::document::{Change, Plan, Resource, ResourceChange};
use super::documents::{self, Documents};
use super::graph::{Graph, Place};
use super::tracer::Tracer;
use crate::artifact::address::{self, Call, Key};
use crate::artifact::attached;
use crate::artifact::flow::{Attributes, Comparison};
use crate::artifact::mentions::{Place as Handing, mentions};
use crate::artifact::values::{Source, merge, secrets};
use crate::resources::{self, Instance, OUTPUT};

/// What a plan declares.
pub(super) struct Instances {
    /// Those that matter to the model.
    pub(super) relevant: Vec<Instance>,
    /// How many resources there will be.
    pub(super) resources: usize,
    /// The changes that cannot be read.
    pub(super) unreadable: Vec<Span>,
    /// Where secrets stand, those of resources that do not matter included.
    pub(super) secrets: Vec<Span>,
    /// The attributes of those that matter, as the plan has them.
    pub(super) known: Attributes,
    /// The places that hand on what matters.
    pub(super) mentions: Vec<Mention>,
    /// That these may not be all.
    pub(super) given_up: Option<Diagnostic>,
}

/// A resource instance that will exist after the plan is applied.
struct Planned<'t> {
    declared: Arc<Declared>,
    calls: Vec<Call>,
    key: Option<Key>,
    /// Its type and name, for data sources after `data.`.
    block: String,
    is_data: bool,
    /// Its values, if it matters.
    change: Option<Change<'t>>,
    /// What it will be, if it does not.
    after: Option<&'t RawValue>,
}

/// Reads the instances that will exist after the plan is applied.
pub(super) fn read<'t>(source: Source<'t>, plan: &'t Plan<'t>) -> Instances {
    let mut unreadable = Vec::new();
    let mut secrets = Vec::new();
    let mut planned = Vec::new();
    for raw in &plan.resource_changes {
        match planned_instance(source, raw.get(), &mut secrets) {
            Ok(instance) => planned.extend(instance),
            Err(_) => unreadable.push(source.span(raw)),
        }
    }
    let mut graph = Graph::new(source, &plan.configuration);
    let mut known = Attributes::default();
    for one in &planned {
        let address = &one.declared.subject;
        graph.add(&one.calls, &one.block, one.key.clone(), address);
        known.extend(attributes(source, one).map(|attributes| (Arc::clone(address), attributes)));
    }
    let (data, managed): (Vec<_>, Vec<_>) = planned.iter().partition(|one| one.is_data);
    let comparison = Comparison::new(&known, managed.iter().map(|one| &one.declared));
    let blocks = data.iter().map(|one| {
        let block = graph.block(&one.calls, &one.block);
        let place = one.place(block);
        (Arc::clone(&one.declared.subject), (place, block.and_then(|block| block.expressions)))
    });
    let documents = Documents::new(&graph, &comparison, blocks.collect());
    let mut relevant: Vec<Instance> =
        managed.iter().filter_map(|one| instance(&graph, &comparison, &documents, one)).collect();
    attached::deduplicate(&mut relevant);
    relevant.extend(blocks::providers(source, plan, &graph, &comparison));
    if relevant.iter().any(|one| resources::is_credential(&one.declared.kind)) {
        relevant.extend(blocks::outputs(source, plan, &graph, &comparison));
    }
    let kinds = || managed.iter().map(|one| (&one.declared.subject, &one.declared.kind));
    let (mentions, given_up) = if kinds().any(|(_, kind)| resources::is_handed_on(kind)) {
        mentions(source.0, kinds(), &known, &places(source, plan, &graph, &managed))
    } else {
        (Vec::new(), None)
    };
    Instances { relevant, resources: managed.len(), unreadable, secrets, known, mentions, given_up }
}

/// The outputs of the root module, and the resources that do not matter, with what flows into them.
fn places<'t>(
    source: Source<'t>,
    plan: &'t Plan<'t>,
    graph: &Graph<'t>,
    managed: &[&Planned<'t>],
) -> Vec<Handing> {
    let outputs = plan.configuration.root_module.outputs.iter().filter_map(|(name, output)| {
        let raw = output.expression?;
        let after = plan.output_changes.get(name).and_then(|change| change.after);
        Some(Handing {
            by: format!("{OUTPUT}.{name}").into(),
            span: source.span(raw),
            values: after.map(|raw| source.span(raw)),
            from: graph.resources(raw, &Place::default()),
        })
    });
    let others = managed.iter().filter(|one| one.change.is_none()).map(|one| {
        let block = graph.block(&one.calls, &one.block);
        let place = one.place(block);
        let expressions = block.and_then(|block| block.expressions);
        Handing {
            by: Arc::clone(&one.declared.subject),
            span: one.declared.span,
            values: one.after.map(|raw| source.span(raw)),
            from: expressions.map(|raw| graph.resources(raw, &place)).unwrap_or_default(),
        }
    });
    outputs.chain(others).collect()
}

impl<'t> Planned<'t> {
    /// Where the expressions of its block are evaluated.
    fn place(&self, block: Option<&Resource<'t>>) -> Place<'t> {
        let for_each = block.and_then(|block| block.for_each_expression);
        Place { calls: self.calls.clone(), key: self.key.clone(), for_each }
    }
}

/// The instance behind a change; `None` when it will not exist, or is a data source of no interest.
fn planned_instance<'t>(
    source: Source<'t>,
    text: &'t str,
    secrets: &mut Vec<Span>,
) -> Result<Option<Planned<'t>>, serde_json::Error> {
    let change: ResourceChange<'t> = serde_json::from_str(text)?;
    let values: Change<'t> = serde_json::from_str(change.change.get())?;
    values.add_secrets(source, secrets);
    let is_data = change.mode == "data" && change.kind == documents::KIND;
    if !(is_data || change.mode == "managed") || change.deposed.is_some() {
        return Ok(None);
    }
    let actions: Vec<&str> = values.actions.iter().map(|action| &**action).collect();
    if matches!(actions.as_slice(), ["delete"] | ["forget"]) {
        return Ok(None);
    }
    let matters = is_data || resources::is_relevant(&change.kind);
    let module = change.module_address.map(|raw| (source.string(raw), source.span(raw)));
    let calls = module.as_ref().map(|(address, _)| address::calls(address)).unwrap_or_default();
    let mut declared =
        Declared::new(source.string(change.address), &*change.kind, source.span(change.address));
    declared.calls = module.map(|(_, span)| address::path(&calls, span)).unwrap_or_default();
    Ok(Some(Planned {
        block: format!("{}{}.{}", if is_data { "data." } else { "" }, change.kind, change.name),
        is_data,
        key: change.index.map(Into::into),
        declared: Arc::new(declared),
        calls,
        after: values.after.filter(|_| !matters),
        change: matters.then_some(values),
    }))
}

impl Change<'_> {
    /// Adds the places of what it marks as secret, before and after.
    pub(super) fn add_secrets(&self, source: Source<'_>, places: &mut Vec<Span>) {
        secrets(source, self.before, &self.before_sensitive, places);
        secrets(source, self.after, &self.after_sensitive, places);
    }
}

fn attributes(source: Source<'_>, planned: &Planned<'_>) -> Option<Value> {
    let change = planned.change.as_ref()?;
    let after = change.after.map(|raw| source.value(raw)).unwrap_or_default();
    Some(merge(after, &change.after_unknown, &change.after_sensitive, &planned.declared.subject))
}

fn instance<'t>(
    graph: &Graph<'t>,
    comparison: &Comparison<'_>,
    documents: &Documents<'_, 't>,
    planned: &Planned<'t>,
) -> Option<Instance> {
    let declared = Arc::clone(&planned.declared);
    let attributes = comparison.attributes_of(&declared.subject)?.clone();
    let block = graph.block(&planned.calls, &planned.block);
    let tracer = Tracer { graph, comparison, documents: Some(documents), place: planned.place(block) };
    let Some(block) = block else {
        let attributes = tracer.arguments(attributes, &Value::null(), &|_| false);
        return Some(Instance {
            attributes: resources::without_lifecycle(&declared.kind, attributes),
            declared,
        });
    };
    let expressions = block.expressions.map(|raw| graph.expressions(raw)).unwrap_or_default();
    let is_link = |path: &str| resources::is_link(&declared.kind, path);
    let mut attributes =
        tracer.arguments(configured(&declared.kind, attributes, &expressions), &expressions, &is_link);
    if let Kind::Map(map) = &mut attributes.kind {
        let provisioners = Field { key: None, value: blocks::provisioners(&tracer, &block.provisioners) };
        Arc::make_mut(map).entries.insert("provisioner".into(), provisioners);
    }
    Some(Instance { attributes: resources::without_lifecycle(&declared.kind, attributes), declared })
}

/// The attributes that are read, without those that only AWS will fill in.
fn configured(kind: &str, attributes: Value, expressions: &Value) -> Value {
    let is_read = resources::reads(kind);
    let Kind::Map(map) = attributes.kind else { return attributes };
    let mut map = Arc::unwrap_or_clone(map);
    map.entries.retain(|name, field| {
        if !is_read(name) {
            return false;
        }
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
