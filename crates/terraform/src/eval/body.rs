//! The arguments and nested blocks of a block as one value.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, List, Map, Origins, Reason, Unknown, Value};

use super::Evaluator;
use super::access::list_with;
use super::collection::maybe;
use super::frame::Frame;
use super::scope::{Binding, Scope};
use crate::syntax::{Attribute, Block, Body, ExprKind};

/// Arguments that speak to Terraform and not to the provider.
const META_ARGUMENTS: &[&str] = &["count", "for_each", "provider", "providers", "depends_on"];

/// Nested blocks and arguments that hold conditions or bare names, not values.
const WITHOUT_VALUE: &[&str] = &["precondition", "postcondition", "validation", "ignore_changes"];

/// Arguments of provisioners whose values are words of Terraform: `when = destroy`.
const KEYWORDS: &[(&str, &[&str])] =
    &[("when", &["create", "destroy"]), ("on_failure", &["continue", "fail"])];

/// Nested blocks of one type.
#[derive(Default)]
struct Blocks {
    heading: Option<Span>,
    items: Vec<Value>,
    open: Option<Arc<Unknown>>,
}

impl Evaluator<'_> {
    /// What is in a block of a module that is no resource: a provider, a backend, an output.
    pub(crate) fn block(&self, frame: &Frame, body: &Body) -> Value {
        self.apart(|| self.body(body, &Scope::of(frame)))
    }

    /// A body as a map: its arguments, and for every type of nested blocks a list of maps.
    pub(super) fn body(&self, body: &Body, scope: &Scope<'_>) -> Value {
        let mut entries = IndexMap::with_capacity_and_hasher(body.attributes.len(), <_>::default());
        for attribute in &body.attributes {
            if is_meta(&attribute.name) || is_keyword(attribute) {
                continue;
            }
            let value = self.eval(&attribute.value, scope);
            entries.insert(Arc::clone(&attribute.name), Field { key: Some(attribute.name_span), value });
        }
        let mut kinds: Vec<&str> = Vec::new();
        for block in &body.blocks {
            if !kinds.contains(&block.produces()) && !is_meta(block.produces()) {
                kinds.push(block.produces());
            }
        }
        for kind in kinds {
            let (key, value) = self.blocks(body, kind, scope);
            entries.insert(kind.into(), Field { key, value });
        }
        let first = body.attributes.first().map(|attribute| attribute.name_span);
        let place = first.or_else(|| body.blocks.first().map(|block| block.heading));
        match place {
            Some(place) => self.bounded(Value::map(entries), place),
            None => Value::map(entries),
        }
    }

    /// One argument of a body, or its nested blocks of that name; `None` when it has neither.
    pub(super) fn argument(&self, body: &Body, name: &str, scope: &Scope<'_>) -> Option<Value> {
        if let Some(attribute) = body.attribute(name).filter(|_| !META_ARGUMENTS.contains(&name)) {
            return Some(self.eval(&attribute.value, scope));
        }
        let has_blocks = body.blocks.iter().any(|block| block.produces() == name);
        has_blocks.then(|| self.blocks(body, name, scope).1)
    }

    /// Nested blocks of a resource as others see them: the provider may compute more attributes of each.
    pub(super) fn opened(&self, value: Value, what: &str, depth: usize) -> Value {
        let unknown = |reason| Some(Arc::new(Unknown::new(reason, what)));
        let kind = match &value.kind {
            Kind::List(list) if depth > 0 => {
                let items =
                    list.items.iter().map(|item| self.opened(item.clone(), what, depth - 1)).collect();
                Kind::List(Arc::new(List::new(items, list.open.clone())))
            }
            Kind::Map(map) if depth > 0 => {
                let fields = map.entries.iter().map(|(name, field)| {
                    let value = match &field.value.kind {
                        Kind::List(_) => self.opened(field.value.clone(), what, depth - 1),
                        _ => field.value.clone(),
                    };
                    (Arc::clone(name), Field { key: field.key, value })
                });
                let open = map.open.clone().or_else(|| unknown(Reason::Computed));
                Kind::Map(Arc::new(Map { entries: fields.collect(), open }))
            }
            _ => return value,
        };
        Value { kind, ..value }
    }

    fn blocks(&self, body: &Body, kind: &str, scope: &Scope<'_>) -> (Option<Span>, Value) {
        let mut blocks = Blocks::default();
        for block in body.blocks.iter().filter(|block| block.produces() == kind) {
            blocks.heading.get_or_insert(block.heading);
            if &*block.kind == "dynamic" {
                self.dynamic(block, scope, &mut blocks);
            } else {
                let value = self.body(&block.body, scope);
                blocks.items.push(value.at(block.heading));
            }
        }
        (blocks.heading, list_with(blocks.items, blocks.open).at(blocks.heading))
    }

    /// The blocks that a dynamic block makes.
    fn dynamic(&self, block: &Block, scope: &Scope<'_>, blocks: &mut Blocks) {
        let Some(for_each) = block.body.value("for_each") else {
            self.report(block.heading, "invalid-dynamic", "a dynamic block needs `for_each`");
            return;
        };
        let collection = self.eval(for_each, scope);
        let possible = collection.alternatives();
        let possible = possible.iter().filter_map(|one| Some((one, one.value?)));
        let made = self.fitting(possible, |(one, collection)| {
            let mut made = Blocks::default();
            self.dynamic_over(block, collection, for_each.span, scope, &mut made);
            if let Some(undecided) = one.undecided {
                let items = made.items.into_iter();
                made.items = items.map(|item| maybe(item, &one.guard, undecided)).collect();
            }
            made
        });
        for made in made {
            blocks.items.extend(made.items);
            blocks.open = blocks.open.take().or(made.open);
        }
    }

    fn dynamic_over(
        &self,
        block: &Block,
        collection: &Value,
        span: Span,
        scope: &Scope<'_>,
        blocks: &mut Blocks,
    ) {
        let each: Vec<(Value, Value)> = match &collection.kind {
            Kind::Null => Vec::new(),
            Kind::List(list) => list
                .items
                .iter()
                .enumerate()
                .map(|(at, item)| (Value::int(i128::try_from(at).unwrap_or_default()), item.clone()))
                .collect(),
            Kind::Set(set) => set.items.iter().map(|item| (item.clone(), item.clone())).collect(),
            Kind::Map(map) => {
                map.iter().map(|(key, value)| (Value::text(Arc::clone(key)), value.clone())).collect()
            }
            Kind::Unknown(_) | Kind::Choice(_) => Vec::new(),
            _ => {
                self.report(span, "invalid-dynamic", "`for_each` takes a collection");
                Vec::new()
            }
        };
        for (key, value) in each {
            // An element that may not be there makes a block that may not be there.
            let possible = value.alternatives();
            let possible = possible.iter().filter_map(|one| Some((one, one.value?)));
            blocks.items.extend(self.fitting(possible, |(one, value)| {
                let item = self.dynamic_content(block, key.clone(), value.clone(), scope);
                match one.undecided {
                    Some(undecided) => maybe(item, &one.guard, undecided),
                    None => item,
                }
            }));
        }
        let open = match &collection.kind {
            Kind::List(list) | Kind::Set(list) => list.open.clone(),
            Kind::Map(map) => map.open.clone(),
            Kind::Unknown(unknown) => Some(Arc::clone(unknown)),
            _ => None,
        };
        if let Some(unknown) = open {
            let part = |name: &str| {
                Value::unknown(Unknown::new(unknown.reason, format!("{}.{name}", block.produces())))
            };
            let item = self.dynamic_content(block, part("key"), part("value"), scope);
            blocks.items.push(maybe(item, &Guard::always(), &unknown));
            blocks.open = Some(unknown);
        }
    }

    fn dynamic_content(&self, block: &Block, key: Value, value: Value, scope: &Scope<'_>) -> Value {
        let iterator = match block.body.value("iterator").map(|iterator| &iterator.kind) {
            Some(ExprKind::Name(name)) => Arc::clone(name),
            Some(ExprKind::Text(name)) => name.as_str().unwrap_or_default().into(),
            _ => block.produces().into(),
        };
        let mut fields = IndexMap::with_capacity_and_hasher(2, <_>::default());
        fields.insert(Arc::from("key"), Field { key: None, value: key });
        fields.insert(Arc::from("value"), Field { key: None, value });
        let binding = Binding { name: &iterator, value: Value::map(fields), outer: scope.names };
        let scope = scope.with(&binding);
        let content = block.body.blocks_of("content").next();
        let mut value = match content {
            Some(content) => self.body(&content.body, &scope).at(content.heading),
            None => Value::map(IndexMap::default()),
        };
        if let Some(labels) = block.body.value("labels") {
            // Labels have no place among the arguments; what flows into them is remembered all the same.
            let labels = self.eval(labels, &scope);
            value.origins = Origins::of_all([&value.origins, &labels.origins]);
        }
        value.at(block.heading)
    }
}

/// Whether an argument has a word of Terraform for its value.
fn is_keyword(attribute: &Attribute) -> bool {
    let ExprKind::Name(word) = &attribute.value.kind else { return false };
    KEYWORDS.iter().any(|(name, words)| **name == *attribute.name && words.contains(&&**word))
}

fn is_meta(name: &str) -> bool {
    META_ARGUMENTS.contains(&name) || WITHOUT_VALUE.contains(&name)
}
