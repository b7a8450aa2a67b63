//! The data source `aws_iam_policy_document`: its blocks as the JSON that the AWS provider renders.
//!
//! The facts are those of AWS provider 4 to 6: statements in written order after those of source documents, a
//! statement replaced by a later one of the same `sid`, lists sorted backwards, one element without brackets.

mod blocks;
mod elements;
mod merge;
mod sources;
mod statement;

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Kind, List, Map, Reason, Text, Unknown, Value};

use self::blocks::Blocks;
use self::merge::Draft;
use super::json::{Layout, encode};

/// The version that the provider writes when none is set.
const VERSION: &str = "2012-10-17";

/// What the data source computes from its evaluated body: the arguments themselves, and `json`, `minified_json` and
/// `id`. Nested blocks are lists of maps. A part that is not known is a hole in the JSON, the rest stays; the text's
/// structure is the document in the form of IAM's JSON, with the places of the arguments.
///
/// What the provider refuses, such as two statements with one `sid`, makes the JSON unknown for the reason
/// [`Reason::Invalid`].
pub(crate) fn policy_document(arguments: &Value) -> Value {
    let (json, minified, id) = match render(arguments) {
        Ok(document) => {
            let json = encode(&document, Layout::Indented);
            let id = match json.as_str() {
                Some(json) => Value::text(checksum(&json).to_string()),
                None => document.unknown_part().cloned().map(Value::unknown).unwrap_or_default(),
            };
            let as_value = |text: Text| Value { kind: Kind::Text(text), ..document.clone() };
            let minified = encode(&document, Layout::Compact);
            (as_value(json), as_value(minified), id)
        }
        Err(unknown) => {
            let unknown =
                Value::unknown(unknown).at(arguments.span).with_origins(arguments.origins.inexact());
            (unknown.clone(), unknown.clone(), unknown)
        }
    };
    let mut entries = arguments.as_map().map(|map| map.entries.clone()).unwrap_or_default();
    for (name, value) in [("json", json), ("minified_json", minified), ("id", id)] {
        entries.insert(name.into(), Field { key: None, value });
    }
    Value::map(entries).at(arguments.span)
}

/// The document as a value in the form of IAM's JSON.
fn render(arguments: &Value) -> Result<Value, Arc<Unknown>> {
    let Some(map) = arguments.as_map() else {
        let unknown = arguments.unknown_part().cloned();
        return Err(unknown.unwrap_or_else(|| Arc::new(Unknown::new(Reason::Invalid, "the arguments"))));
    };
    let invalid = |message: String| Arc::new(Unknown::new(Reason::Invalid, message));
    let mut draft = Draft::default();
    if let Some(document) = set(map, "source_json") {
        draft.merge(sources::read(document).map_err(invalid)?);
    }
    let documents = sources::listed(set(map, "source_policy_documents")).map_err(invalid)?;
    for (at, document) in documents.into_iter().enumerate() {
        draft.merge_unique(document).map_err(|sid| {
            invalid(format!("duplicate sid `{sid}` in document {at} of `source_policy_documents`"))
        })?;
    }
    draft.merge(own(map).map_err(invalid)?);
    for document in sources::listed(set(map, "override_policy_documents")).map_err(invalid)? {
        draft.merge(document);
    }
    if let Some(document) = set(map, "override_json") {
        draft.merge(sources::read(document).map_err(invalid)?);
    }
    let mut document = draft.into_value().at(arguments.span);
    document.sensitive |= arguments.sensitive;
    Ok(document)
}

/// What the arguments themselves say, without other documents.
fn own(map: &Map) -> Result<Draft, String> {
    let version = set(map, "version").cloned().unwrap_or_else(|| Value::text(VERSION));
    // To the provider an empty text is no text.
    let is_given = |id: &&Value| id.as_text().is_none_or(|text| !text.is_empty());
    let mut draft = Draft { id: set(map, "policy_id").filter(is_given).cloned(), ..Draft::default() };
    let blocks = Blocks::of(map.get("statement"));
    for block in &blocks.items {
        let sid = block.value.get("sid").and_then(Value::as_str).unwrap_or_default();
        let replaces = draft.statements.iter().any(|one| one.is_named(&sid));
        if replaces && block.is_certain {
            return Err(format!("duplicate sid `{sid}`"));
        }
        let statement = statement::render(block.value, version.as_str().as_deref())?;
        draft.push(statement, &sid, block);
    }
    draft.version = Some(version);
    draft.open = blocks.open;
    Ok(draft)
}

/// The value of an argument that is set.
fn set<'m>(map: &'m Map, name: &str) -> Option<&'m Value> {
    map.get(name).filter(|value| !value.is_null())
}

/// CRC-32 as the provider takes it for ids and for the order of sets.
fn checksum(text: &str) -> u32 {
    crc32fast::hash(text.as_bytes())
}

/// A list as a value.
fn list(items: Vec<Value>, open: Option<Arc<Unknown>>) -> Value {
    let whole = Value::list(items.clone());
    Value { kind: Kind::List(Arc::new(List::new(items, open))), ..whole }
}

/// A map as a value.
fn map(entries: IndexMap<Arc<str>, Field>, open: Option<Arc<Unknown>>) -> Value {
    let whole = Value::map(entries.clone());
    Value { kind: Kind::Map(Arc::new(Map { entries, open })), ..whole }
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
