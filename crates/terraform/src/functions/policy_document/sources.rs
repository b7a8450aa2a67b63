//! Other documents that a document builds on, in the form in which the provider reads and writes them again.

use std::sync::Arc;

use iamrail_core::value::{Field, Kind, Map, Reason, Unknown, Value, json};
use indexmap::IndexMap;

use super::blocks::{Block, Blocks};
use super::elements::sorted;
use super::merge::Draft;
use super::{list, map};

/// The elements of a statement in the order of the provider.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// The documents in a list of texts, each with the doubt whether it is there.
pub(super) fn listed(value: Option<&Value>) -> Vec<Draft> {
    let Some(value) = value else { return Vec::new() };
    if let Kind::Unknown(unknown) = &value.kind {
        return vec![Draft { open: Some(Arc::clone(unknown)), ..Draft::default() }];
    }
    let mut drafts = Vec::new();
    for one in Block::each(value) {
        let Some(documents) = one.value.as_list() else { continue };
        for document in &documents.items {
            let mut draft = read(document);
            if !one.is_certain {
                draft = draft.doubted(&one);
            }
            drafts.push(draft);
        }
        if let Some(unknown) = &documents.open {
            drafts.push(Draft { open: Some(Arc::clone(unknown)), ..Draft::default() });
        }
    }
    drafts
}

/// The document in a text.
pub(super) fn read(value: &Value) -> Draft {
    let mut whole = Draft::default();
    for one in Block::each(value) {
        let draft = read_one(one.value);
        whole.merge(if one.is_certain { draft } else { draft.doubted(&one) });
    }
    whole
}

fn read_one(value: &Value) -> Draft {
    let opened = |unknown: Option<&Arc<Unknown>>| {
        let invalid = || Arc::new(Unknown::new(Reason::Invalid, "a document that is no JSON"));
        Draft { open: Some(unknown.cloned().unwrap_or_else(invalid)), ..Draft::default() }
    };
    match &value.kind {
        Kind::Null => Draft::default(),
        Kind::Text(text) if text.is_empty() => Draft::default(),
        Kind::Text(text) => match json::read(text) {
            Ok(document) => match &document.kind {
                Kind::Map(map) => from_map(map),
                Kind::Null => Draft::default(),
                _ => opened(document.unknown_part()),
            },
            Err(_) => opened(None),
        },
        _ => opened(value.unknown_part()),
    }
}

fn from_map(document: &Map) -> Draft {
    let text = |name| find(document, name).map(|field| field.value.clone());
    let mut draft = Draft { version: text("Version"), id: text("Id"), ..Draft::default() };
    let blocks = Blocks::of(find(document, "Statement").map(|field| &field.value));
    for block in &blocks.items {
        let Some(statement) = block.value.as_map() else {
            draft.push(block.value.clone(), "", block);
            continue;
        };
        let sid = find(statement, "Sid").and_then(|field| field.value.as_str()).unwrap_or_default();
        draft.push(rewritten(statement, block.value), &sid, block);
    }
    draft.open = blocks.open.or_else(|| document.open.clone());
    draft
}

/// Go matches keys without regard to case.
fn find<'m>(map: &'m Map, name: &str) -> Option<&'m Field> {
    let same = |(key, _): &(&Arc<str>, &Field)| key.eq_ignore_ascii_case(name);
    map.entries.get(name).or_else(|| map.entries.iter().find(same).map(|(_, field)| field))
}

fn rewritten(statement: &Map, value: &Value) -> Value {
    let mut entries = IndexMap::new();
    for name in ELEMENTS {
        let Some(field) = find(statement, name) else { continue };
        let value = match name {
            "Principal" | "NotPrincipal" => principals(&field.value),
            "Condition" => conditions(&field.value),
            _ => field.value.clone(),
        };
        let is_empty = match &value.kind {
            Kind::Null => true,
            Kind::Text(text) => matches!(name, "Sid" | "Effect") && text.is_empty(),
            Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
            _ => false,
        };
        if !is_empty {
            entries.insert(name.into(), Field { key: field.key, value });
        }
    }
    let mut rewritten = map(entries, statement.open.clone()).at(value.span);
    rewritten.sensitive |= value.sensitive;
    rewritten
}

fn principals(value: &Value) -> Value {
    let Kind::Map(types) = &value.kind else { return value.clone() };
    let mut entries: IndexMap<_, _> = types.entries.clone();
    for field in entries.values_mut() {
        if let Some(identifiers) = field.value.as_list() {
            let items = sorted(identifiers.items.clone());
            field.value = list(items, identifiers.open.clone()).at(field.value.span);
        }
    }
    entries.sort_keys();
    map(entries, types.open.clone()).at(value.span)
}

fn conditions(value: &Value) -> Value {
    let Kind::Map(tests) = &value.kind else { return value.clone() };
    let mut entries = tests.entries.clone();
    for field in entries.values_mut() {
        let Kind::Map(variables) = &field.value.kind else { continue };
        let mut values = variables.entries.clone();
        // The provider knows no number here and drops the variable.
        values.retain(|_, field| !matches!(field.value.kind, Kind::Number(_) | Kind::Null));
        for field in values.values_mut() {
            field.value = condition_values(&field.value);
        }
        values.sort_keys();
        field.value = map(values, variables.open.clone()).at(field.value.span);
    }
    entries.retain(|_, field| {
        field.value.as_map().is_none_or(|map| !map.entries.is_empty() || map.open.is_some())
    });
    entries.sort_keys();
    map(entries, tests.open.clone()).at(value.span)
}

fn condition_values(value: &Value) -> Value {
    match &value.kind {
        Kind::Bool(known) => {
            let text = Value::text(if *known { "true" } else { "false" });
            Value { kind: text.kind, ..value.clone() }
        }
        Kind::List(list) => match (list.items.as_slice(), &list.open) {
            ([one], None) if matches!(one.kind, Kind::Text(_)) => one.clone(),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}
