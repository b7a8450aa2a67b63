//! The configuration in a plan: which expression refers to which resource attributes, through however many variables,
//! outputs and data sources.
//!
//! A plan gives of an expression only what it refers to. References to locals lead nowhere, since a plan does not have
//! them, and dynamic blocks are missing altogether.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::value::Value;
use serde_json::value::RawValue;

use super::document::{Configuration, Module, Resource};
use super::expression::{attribute, is_expression, references, split_key};
use crate::artifact::address::{self, Call, Key, Part};
use crate::artifact::flow::Flow;
use crate::artifact::values::Source;

/// How many hops a reference is followed.
const FARTHEST: usize = 32;

/// How many resource attributes one argument may come from.
const MOST: usize = 64;

/// The configuration with the instances that the plan has of it.
pub(super) struct Graph<'t> {
    source: Source<'t>,
    root: &'t Module<'t>,
    /// By the calls that lead to a module, without keys, and the address within it.
    resources: HashMap<String, &'t Resource<'t>>,
    /// Instances of resources by their address without key.
    instances: BTreeMap<String, Vec<Instance>>,
    /// The addresses of all module instances.
    modules: BTreeSet<String>,
    expressions: RefCell<HashMap<u32, Rc<Value>>>,
}

/// An instance of a resource: its key and its address.
type Instance = (Option<Key>, Arc<str>);

/// Where an expression stands: the module instance, and the element of `count` or `for_each` it is evaluated for.
#[derive(Clone, Default)]
pub(super) struct Place<'t> {
    pub(super) calls: Vec<Call>,
    pub(super) key: Option<Key>,
    pub(super) for_each: Option<&'t RawValue>,
}

/// What flows into an expression.
#[derive(Default)]
pub(super) struct Sources {
    /// The resource attributes.
    pub(super) flows: Vec<Flow>,
    /// The addresses of the policy documents that are still to be read.
    pub(super) documents: Vec<Arc<str>>,
    /// Whether it refers to anything but documents.
    pub(super) mixed: bool,
}

/// A walk from an argument back to where its value comes from.
#[derive(Default)]
struct Walk {
    found: Sources,
    steps: Vec<Arc<str>>,
    through_data: usize,
    seen: HashSet<String>,
}

impl Walk {
    /// Something that is no policy document flows in.
    fn meet_other(&mut self) {
        self.found.mixed |= self.through_data == 0;
    }
}

impl<'t> Graph<'t> {
    pub(super) fn new(source: Source<'t>, configuration: &'t Configuration<'t>) -> Self {
        let mut resources = HashMap::default();
        index("", &configuration.root_module, &mut resources);
        let root = &configuration.root_module;
        let (instances, modules) = (BTreeMap::new(), BTreeSet::new());
        Self { source, root, resources, instances, modules, expressions: RefCell::default() }
    }

    /// Adds an instance of a resource.
    pub(super) fn add(&mut self, calls: &[Call], block: &str, key: Option<Key>, address: &Arc<str>) {
        for depth in 1..=calls.len() {
            self.modules.insert(address::module_address(calls.get(..depth).unwrap_or_default()));
        }
        let base = within(&address::module_address(calls), block);
        self.instances.entry(base).or_default().push((key, Arc::clone(address)));
    }

    /// The block that an instance is made of.
    pub(super) fn block(&self, calls: &[Call], block: &str) -> Option<&'t Resource<'t>> {
        let path: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        self.resources.get(&within(&path.join("."), block)).copied()
    }

    /// The expressions of a block, read once.
    pub(super) fn expressions(&self, raw: &RawValue) -> Rc<Value> {
        let start = self.source.span(raw).start;
        if let Some(known) = self.expressions.borrow().get(&start) {
            return Rc::clone(known);
        }
        let value = Rc::new(self.source.value(raw));
        self.expressions.borrow_mut().insert(start, Rc::clone(&value));
        value
    }

    /// What flows into an expression.
    pub(super) fn sources(&self, expression: &Value, place: &Place<'t>) -> Sources {
        let mut walk = Walk::default();
        self.follow(expression, None, place, 0, &mut walk);
        walk.found
    }

    /// The resource instances that flow into any of the expressions of a block, or into one that stands alone.
    pub(super) fn resources(&self, raw: &RawValue, place: &Place<'t>) -> Vec<Arc<str>> {
        let expressions = self.expressions(raw);
        let mut found: Vec<Arc<str>> = Vec::new();
        let mut waiting: Vec<&Value> = vec![&expressions];
        while let Some(value) = waiting.pop() {
            if is_expression(value) {
                let flows = self.sources(value, place).flows.into_iter();
                found.extend(flows.map(|flow| flow.resource));
                continue;
            }
            waiting.extend(value.as_list().into_iter().flat_map(|list| &list.items));
            waiting.extend(value.as_map().into_iter().flat_map(|map| map.iter()).map(|(_, value)| value));
        }
        found
    }

    /// `then` is the attribute that is taken of what the expression gives.
    fn follow(
        &self,
        expression: &Value,
        then: Option<&str>,
        place: &Place<'t>,
        depth: usize,
        walk: &mut Walk,
    ) {
        if depth > FARTHEST {
            return;
        }
        for reference in references(expression) {
            let Some(parts) = address::parse(&reference) else { continue };
            let at = address::module_address(&place.calls);
            let key = place.key.as_ref().map(Key::to_string).unwrap_or_default();
            let then = then.unwrap_or_default();
            let inside = walk.through_data > 0;
            if walk.found.flows.len() >= MOST
                || !walk.seen.insert(format!("{at} {key} {reference} {then} {inside}"))
            {
                continue;
            }
            let then = Some(then).filter(|then| !then.is_empty());
            match parts.as_slice() {
                [Part::Name("var"), Part::Name(name), rest @ ..] => {
                    self.through_variable(name, attribute(rest).or(then), place, depth, walk);
                }
                // Keys are always known, and never secret.
                [Part::Name("each"), Part::Name("key")] => {}
                [Part::Name("each"), rest @ ..] => {
                    if let Some(raw) = place.for_each {
                        let outside = Place { for_each: None, ..place.clone() };
                        let then = attribute(rest.get(1..).unwrap_or_default()).or(then);
                        self.follow(&self.expressions(raw), then, &outside, depth + 1, walk);
                    }
                }
                [Part::Name("module"), Part::Name(name), rest @ ..] => {
                    self.through_output(name, rest, then, place, depth, walk);
                }
                [Part::Name("data"), Part::Name(kind), Part::Name(name), rest @ ..] => {
                    self.through_data(&format!("data.{kind}.{name}"), rest, place, depth, walk);
                }
                // Locals are not in a plan.
                [Part::Name("local"), ..] => walk.meet_other(),
                [Part::Name("count" | "path" | "terraform" | "self"), ..] => {}
                [Part::Name(kind), Part::Name(name), rest @ ..] => {
                    self.arrive(&format!("{kind}.{name}"), rest, then, place, walk);
                }
                _ => {}
            }
        }
    }

    fn through_variable(
        &self,
        name: &str,
        then: Option<&str>,
        place: &Place<'t>,
        depth: usize,
        walk: &mut Walk,
    ) {
        let Some((call, parents)) = place.calls.split_last() else { return walk.meet_other() };
        let block = self.module(parents).and_then(|module| module.module_calls.get(&call.name));
        let Some(block) = block else { return };
        let Some(expressions) = block.expressions.map(|raw| self.expressions(raw)) else { return };
        let Some(expression) = expressions.get(name) else { return };
        let parent =
            Place { calls: parents.to_vec(), key: call.key.clone(), for_each: block.for_each_expression };
        walk.steps.push(within(&address::module_address(&place.calls), &format!("var.{name}")).into());
        self.follow(expression, then, &parent, depth + 1, walk);
        walk.steps.pop();
    }

    fn through_output(
        &self,
        name: &str,
        rest: &[Part<'_>],
        then: Option<&str>,
        place: &Place<'t>,
        depth: usize,
        walk: &mut Walk,
    ) {
        let (key, rest) = split_key(rest);
        let base = within(&address::module_address(&place.calls), &format!("module.{name}"));
        let mut keys = match key {
            Some(key) => vec![Some(key.clone())],
            None => self.keys_of_module(&base),
        };
        // Without a key in the reference, the instance of the same key is the one that is most likely meant.
        if keys.contains(&place.key) {
            keys.retain(|key| *key == place.key);
        }
        for key in keys {
            let mut calls = place.calls.clone();
            calls.push(Call { name: name.to_owned(), key });
            let Some(module) = self.module(&calls) else { continue };
            let wanted = attribute(rest);
            let outputs =
                module.outputs.iter().filter(|(output, _)| wanted.is_none_or(|wanted| wanted == *output));
            for (output, block) in outputs {
                let Some(raw) = block.expression else { continue };
                let inside = Place { calls: calls.clone(), key: None, for_each: None };
                let then = attribute(rest.get(1..).unwrap_or_default()).or(then);
                walk.steps.push(within(&address::module_address(&calls), output).into());
                self.follow(&self.expressions(raw), then, &inside, depth + 1, walk);
                walk.steps.pop();
            }
        }
    }

    fn through_data(&self, block: &str, rest: &[Part<'_>], place: &Place<'t>, depth: usize, walk: &mut Walk) {
        match self.unread(block, split_key(rest).0, place) {
            Some(address) if walk.through_data == 0 => walk.found.documents.push(address),
            _ => walk.meet_other(),
        }
        let Some(data) = self.block(&place.calls, block) else { return };
        let Some(raw) = data.expressions else { return };
        let key = split_key(rest).0.cloned().or_else(|| place.key.clone());
        let inside = Place { calls: place.calls.clone(), key, for_each: data.for_each_expression };
        walk.steps.push(within(&address::module_address(&place.calls), block).into());
        walk.through_data += 1;
        self.follow(&self.expressions(raw), None, &inside, depth + 1, walk);
        walk.through_data -= 1;
        walk.steps.pop();
    }

    /// The instance of a data source that is meant, if Terraform could not read it yet.
    fn unread(&self, block: &str, key: Option<&Key>, place: &Place<'t>) -> Option<Arc<str>> {
        let instances = self.instances.get(&within(&address::module_address(&place.calls), block))?;
        let wanted = key.or(place.key.as_ref());
        let same = instances.iter().find(|(key, _)| key.as_ref() == wanted);
        same.or(instances.first().filter(|_| instances.len() == 1)).map(|(_, address)| Arc::clone(address))
    }

    fn arrive(&self, block: &str, rest: &[Part<'_>], then: Option<&str>, place: &Place<'t>, walk: &mut Walk) {
        walk.meet_other();
        let (key, rest) = split_key(rest);
        let attribute = attribute(rest).or(then).map(Arc::from);
        let base = within(&address::module_address(&place.calls), block);
        let Some(instances) = self.instances.get(&base) else { return };
        let only = instances.len() == 1;
        for (instance, address) in
            instances.iter().filter(|(instance, _)| key.is_none() || instance.as_ref() == key)
        {
            walk.found.flows.push(Flow {
                resource: Arc::clone(address),
                attribute: attribute.clone(),
                direct: walk.through_data == 0,
                near: only || key.is_some() || *instance == place.key,
                steps: walk.steps.clone(),
            });
        }
    }

    fn module(&self, calls: &[Call]) -> Option<&'t Module<'t>> {
        calls.iter().try_fold(self.root, |module, call| Some(&module.module_calls.get(&call.name)?.module))
    }

    /// The keys of the instances of a module.
    fn keys_of_module(&self, base: &str) -> Vec<Option<Key>> {
        let call = address::calls(base);
        let instances = self.modules.range(base.to_owned()..).take_while(|address| address.starts_with(base));
        let calls = instances.map(|address| address::calls(address));
        // What starts alike may be a module within an instance, or one of a longer name.
        let same = calls.filter(|calls| {
            calls.len() == call.len() && calls.last().map(|one| &one.name) == call.last().map(|one| &one.name)
        });
        same.filter_map(|mut calls| calls.pop().map(|call| call.key)).collect()
    }
}

fn index<'t>(path: &str, module: &'t Module<'t>, resources: &mut HashMap<String, &'t Resource<'t>>) {
    for resource in &module.resources {
        let mode = if resource.mode == "data" { "data." } else { "" };
        resources.insert(within(path, &format!("{mode}{}.{}", resource.kind, resource.name)), resource);
    }
    // As deep as the document nests, which the JSON parser limits.
    for (name, call) in &module.module_calls {
        index(&within(path, name), &call.module, resources);
    }
}

fn within(module: &str, block: &str) -> String {
    if module.is_empty() { block.to_owned() } else { format!("{module}.{block}") }
}
