//! Where a configuration writes what a plan or state has.
//!
//! The configuration is evaluated with the variables of the plan, which gives every value with its place. A value of the
//! plan takes the place of the one that stands at the same address and path. What has none there keeps its place in the
//! plan, if it is a resource, and has none of its own, if it is a part of one.

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::model::{Call, Declared, Exception};
use iamrail_core::source::{FileId, SourceFile, Sources, Span};
use iamrail_core::value::{Field, Kind, List, Map, Origin, Origins, Part, Text, Value};

use super::address;
use crate::configuration::{self, Instances};
use crate::module::Library;
use crate::resources::{self, Instance, path};
use crate::{Flavor, Options};

/// Of how many elements the one is looked for that a plan has in another order.
const MOST_COMPARED: usize = 64;

/// The instances of a configuration.
pub(super) struct Written {
    /// The plan or state, whose places are not those that are looked for.
    artifact: FileId,
    instances: HashMap<Arc<str>, Instance>,
    /// An instance of every block, by its address without keys.
    blocks: HashMap<String, Arc<str>>,
    /// The exceptions that the comments of the configuration claim.
    pub(super) claims: Vec<Exception>,
    /// Whether all of the configuration was understood.
    pub(super) is_complete: bool,
}

impl Written {
    /// Evaluates the configuration in a directory with these values of its variables.
    pub(super) fn read(
        dir: &str,
        artifact: &SourceFile,
        variables: Vec<(Arc<str>, Value)>,
        sources: &Sources,
        library: &Library,
        options: &Options,
    ) -> Self {
        let flavor = options.flavor.unwrap_or_else(|| Flavor::of_artifact(artifact.text()));
        let Instances { instances, claims, is_complete } =
            configuration::instances(&dir.into(), flavor, sources, library, options, variables);
        let mut written = Self {
            artifact: artifact.id(),
            instances: HashMap::default(),
            blocks: HashMap::default(),
            claims,
            is_complete,
        };
        for instance in instances {
            let subject = Arc::clone(&instance.declared.subject);
            written.blocks.entry(address::without_keys(&subject)).or_insert_with(|| Arc::clone(&subject));
            written.instances.insert(subject, instance);
        }
        written
    }

    /// The instance with the places of the configuration; `None` when the configuration does not have it.
    pub(super) fn place(&self, instance: &Instance) -> Option<Instance> {
        let subject = &instance.declared.subject;
        let written = self.instances.get(subject).or_else(|| {
            self.blocks.get(&address::without_keys(subject)).and_then(|block| self.instances.get(block))
        })?;
        let calls = &instance.declared.calls;
        let calls = if calls.len() == written.declared.calls.len() {
            let pairs = calls.iter().zip(&written.declared.calls);
            pairs.map(|(call, written)| Call { span: written.span, ..call.clone() }).collect()
        } else {
            calls.clone()
        };
        let mut declared = Declared::clone(&instance.declared);
        declared.span = written.declared.span;
        declared.calls = calls;
        let attributes = self.value(instance.attributes.clone(), Some(&written.attributes), None);
        let attributes = resources::with_lifecycle(attributes, &written.attributes);
        Some(Instance { declared: Arc::new(declared), attributes })
    }

    /// A value with the places of the written one, or of what is around it.
    fn value(&self, value: Value, written: Option<&Value>, around: Option<Span>) -> Value {
        let written = written.map(|written| alternative(&value, element(&value, written)));
        let own = written.and_then(|written| written.span).filter(|span| span.file != self.artifact);
        let span = own.or(around);
        let kind = match value.kind {
            Kind::List(list) => Kind::List(self.list(&list, written, span)),
            Kind::Set(list) => Kind::Set(self.list(&list, written, span)),
            Kind::Map(map) => Kind::Map(self.map(&map, written, span)),
            Kind::Text(text) => Kind::Text(self.text(text, value.sensitive, written, span)),
            kind => kind,
        };
        let origins = match written {
            Some(written) if tells_the_way(&written.origins, &value.origins) => written.origins.clone(),
            _ => value.origins,
        };
        Value { kind, span, origins, ..value }
    }

    fn list(&self, list: &List, written: Option<&Value>, around: Option<Span>) -> Arc<List> {
        let place = |(index, item): (usize, &Value)| {
            let written = written.and_then(|written| counterpart(item, index, list.items.len(), written));
            self.value(item.clone(), written, around)
        };
        Arc::new(List::new(list.items.iter().enumerate().map(place).collect(), list.open.clone()))
    }

    fn map(&self, map: &Map, written: Option<&Value>, around: Option<Span>) -> Arc<Map> {
        let written = written.and_then(Value::as_map);
        let place = |(name, field): (&Arc<str>, &Field)| {
            let written = written.and_then(|written| written.entries.get(name));
            let key = written.and_then(|written| written.key).filter(|key| key.file != self.artifact);
            let value =
                self.value(field.value.clone(), written.map(|written| &written.value), key.or(around));
            (Arc::clone(name), Field { key, value })
        };
        Arc::new(Map { entries: map.entries.iter().map(place).collect(), open: map.open.clone() })
    }

    /// A text is written as it is, or it is JSON that the provider has written anew.
    fn text(&self, text: Text, sensitive: bool, written: Option<&Value>, around: Option<Span>) -> Text {
        let same = written
            .and_then(Value::as_text)
            .filter(|written| text.is_known() && written.as_str() == text.as_str());
        let is_placed = |text: &&Text| {
            text.parts().iter().all(|part| match part {
                Part::Literal { span, .. } => span.is_some_and(|span| span.file != self.artifact),
                Part::Hole(_) => false,
            })
        };
        if let Some(same) = same.filter(is_placed) {
            return same.clone();
        }
        let json = path::inside(&Value { sensitive, ..Value::new(Kind::Text(text.clone())) })
            .map(|inside| self.value(inside, written.and_then(path::inside).as_ref(), around));
        let parts = text.parts().iter().map(|part| match part {
            Part::Literal { text, .. } => Part::Literal { text: Arc::clone(text), span: around },
            hole => hole.clone(),
        });
        let placed = text.with_parts(parts.collect());
        match json {
            Some(json) => placed.encoding(Arc::new(json)),
            None => placed,
        }
    }
}

/// Whether the configuration knows the way from the same attributes. A plan does not have the locals on it, and finds no
/// attribute at all behind those.
fn tells_the_way(written: &Origins, planned: &Origins) -> bool {
    let is_known = |origin: &Origin| {
        planned.iter().any(|one| one.resource == origin.resource && one.attribute == origin.attribute)
    };
    planned.is_empty() || written.iter().count() == planned.iter().count() && written.iter().all(is_known)
}

/// The written element that an element of a list is. The provider sorts what is a set to it: the one that says the most
/// of the same is meant, and of several the one at the same index.
fn counterpart<'w>(item: &Value, index: usize, count: usize, written: &'w Value) -> Option<&'w Value> {
    let Some(list) = written.as_list() else { return Some(written) };
    let at_index = list.items.get(index).filter(|_| list.items.len() == count);
    if list.items.len() > MOST_COMPARED {
        return at_index;
    }
    let best =
        list.items.iter().map(|one| (agreement(item, one), one)).max_by_key(|(agreement, _)| *agreement);
    match (best, at_index) {
        (Some((most, _)), Some(same)) if agreement(item, same) >= most => Some(same),
        (Some((most, best)), _) if most > 0 => Some(best),
        _ => at_index,
    }
}

/// How many texts two values have in common.
fn agreement(value: &Value, written: &Value) -> usize {
    let is_same = |one: &Value, other: &Value| one.as_str().is_some_and(|text| other.as_str() == Some(text));
    match (value.as_map(), written.as_map()) {
        (Some(map), Some(written)) => map
            .iter()
            .filter(|(name, value)| written.get(name).is_some_and(|one| is_same(value, one)))
            .count(),
        _ => usize::from(is_same(value, written)),
    }
}

/// The only element of a written list, for a value that is none: AWS and the provider write lists of one without brackets.
fn element<'w>(value: &Value, written: &'w Value) -> &'w Value {
    let elements = written.as_list().filter(|_| value.as_list().is_none()).map(|list| list.items.as_slice());
    match elements {
        Some([only]) => only,
        _ => written,
    }
}

/// The alternative of a written value that a value is, as far as that can be told.
fn alternative<'w>(value: &Value, written: &'w Value) -> &'w Value {
    let Kind::Choice(choice) = &written.kind else { return written };
    let alternatives = || choice.alternatives.iter().filter_map(|one| one.value.as_ref());
    let same =
        value.as_str().and_then(|text| alternatives().find(|one| one.as_str().as_ref() == Some(&text)));
    same.or_else(|| {
        let alike = |one: &&Value| std::mem::discriminant(&one.kind) == std::mem::discriminant(&value.kind);
        alternatives().find(alike)
    })
    .unwrap_or(written)
}
