//! Other documents that a document builds on, in the form in which the provider reads and writes them again.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Kind, Map, Unknown, Value, json};

use super::blocks::{Block, Blocks};
use super::elements::sorted_backwards;
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
///
/// # Errors
/// Says what the provider refuses.
pub(super) fn listed(value: Option<&Value>) -> Result<Vec<Draft>, String> {
    let Some(value) = value else { return Ok(Vec::new()) };
    if let Kind::Unknown(unknown) = &value.kind {
        return Ok(vec![opened(unknown)]);
    }
    let mut drafts = Vec::new();
    for one in Block::each(value) {
        let Some(documents) = one.value.as_list() else { continue };
        for document in &documents.items {
            let draft = read(document)?;
            drafts.push(if one.is_certain { draft } else { draft.doubted(&one) });
        }
        drafts.extend(documents.open.as_ref().map(opened));
    }
    Ok(drafts)
}

/// The document in a text.
///
/// # Errors
/// Says what the provider refuses.
pub(super) fn read(value: &Value) -> Result<Draft, String> {
    if !matches!(value.kind, Kind::Choice(_)) {
        return read_one(value);
    }
    let mut whole = Draft::default();
    for one in Block::each(value) {
        whole.merge(read_one(one.value)?.doubted(&one));
    }
    Ok(whole)
}

fn opened(unknown: &Arc<Unknown>) -> Draft {
    Draft { open: Some(Arc::clone(unknown)), ..Draft::default() }
}

fn read_one(value: &Value) -> Result<Draft, String> {
    let text = match &value.kind {
        Kind::Null => return Ok(Draft::default()),
        Kind::Text(text) if text.is_empty() => return Ok(Draft::default()),
        Kind::Text(text) => text,
        _ => return value.unknown_part().map(opened).ok_or_else(|| "a document must be a text".to_owned()),
    };
    let document = json::read(text).map_err(|error| format!("a document is no JSON: {error}"))?;
    match (&document.kind, document.unknown_part()) {
        (Kind::Map(map), _) => from_map(map),
        (Kind::Null, _) => Ok(Draft::default()),
        (_, Some(unknown)) => Ok(opened(unknown)),
        _ => Err("a document must be a JSON object".to_owned()),
    }
}

fn from_map(document: &Map) -> Result<Draft, String> {
    let text = |name| find(document, name).map(|field| field.value.clone());
    let mut draft = Draft { version: text("Version"), id: text("Id"), ..Draft::default() };
    let statements = find(document, "Statement").map(|field| &field.value);
    if statements.is_some_and(|one| matches!(one.kind, Kind::Map(_))) {
        return Err("the `Statement` of a document must be a list".to_owned());
    }
    let blocks = Blocks::of(statements);
    for block in &blocks.items {
        let Some(statement) = block.value.as_map() else {
            draft.push(block.value.clone(), "", block);
            continue;
        };
        let sid = find(statement, "Sid").and_then(|field| field.value.as_str()).unwrap_or_default();
        draft.push(rewritten(statement, block.value)?, &sid, block);
    }
    draft.open = blocks.open.or_else(|| document.open.clone());
    Ok(draft)
}

/// Go matches keys without regard to case.
fn find<'m>(map: &'m Map, name: &str) -> Option<&'m Field> {
    let same = |(key, _): &(&Arc<str>, &Field)| key.eq_ignore_ascii_case(name);
    map.entries.get(name).or_else(|| map.entries.iter().find(same).map(|(_, field)| field))
}

fn rewritten(statement: &Map, value: &Value) -> Result<Value, String> {
    let mut entries = IndexMap::default();
    for name in ELEMENTS {
        let Some(field) = find(statement, name) else { continue };
        let value = match name {
            "Principal" | "NotPrincipal" => principals(&field.value)?,
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
    Ok(rewritten)
}

/// Any text is taken for `*`, which also stands for the type `*` alone.
fn principals(value: &Value) -> Result<Value, String> {
    let types = match &value.kind {
        Kind::Map(types) => types,
        Kind::Text(text) if text.is_known() => {
            return Ok(Value { kind: Value::text("*").kind, ..value.clone() });
        }
        _ => return Ok(value.clone()),
    };
    let mut entries: IndexMap<_, _> = types.entries.clone();
    for field in entries.values_mut() {
        if matches!(field.value.kind, Kind::Number(_) | Kind::Bool(_) | Kind::Map(_)) {
            return Err("the identifiers of a principal must be texts".to_owned());
        }
        if let Some(identifiers) = field.value.as_list() {
            let items = sorted_backwards(identifiers.items.clone());
            field.value = list(items, identifiers.open.clone()).at(field.value.span);
        }
    }
    if let (Some(everyone), 1, None) = (entries.get("*"), entries.len(), &types.open) {
        let items = everyone.value.as_list().map(|list| (list.items.as_slice(), &list.open));
        let only = match items {
            Some(([one], None)) => one,
            _ => &everyone.value,
        };
        if only.as_str().as_deref() == Some("*") {
            return Ok(only.clone());
        }
    }
    entries.sort_keys();
    Ok(map(entries, types.open.clone()).at(value.span))
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
