//! Assets: files of the assembly that are uploaded before the deployment, nested templates among them.

use std::collections::BTreeMap;

use iamrail_core::source::{file_name, join};

use crate::tree::Node;

/// How deep a reference to an asset is looked into.
const MOST_DEPTH: usize = 16;

/// The paths of files by the name under which they are uploaded.
#[derive(Debug, Default)]
pub(crate) struct Assets(BTreeMap<String, String>);

impl Assets {
    /// Adds what a list of assets names. Paths are relative to the directory of the assembly.
    pub(super) fn add(&mut self, root: Node<'_>, dir: &str) {
        for entry in root.get("files").and_then(Node::entries).into_iter().flatten() {
            let source = entry.value.get("source").and_then(|source| source.get("path"));
            let Some(path) = source.and_then(Node::text).and_then(|path| join(dir, path)) else { continue };
            let destinations = entry.value.get("destinations").and_then(Node::entries);
            for destination in destinations.into_iter().flatten() {
                if let Some(key) = destination.value.get("objectKey").and_then(Node::text) {
                    self.0.insert(file_name(key).to_owned(), path.clone());
                }
            }
        }
    }

    /// The paths of the files that are templates by their name.
    pub(super) fn templates(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str).filter(|path| path.ends_with(".template.json"))
    }

    /// The path of the file that a URL leads to, which is written as a text or joined of several.
    pub(crate) fn behind(&self, url: Node<'_>) -> Option<&str> {
        self.0.get(file_name(last_text(url, 0)?)).map(String::as_str)
    }
}

fn last_text(node: Node<'_>, depth: usize) -> Option<&str> {
    if depth > MOST_DEPTH {
        return None;
    }
    if let Some(items) = node.items() {
        return last_text(items.last()?, depth + 1);
    }
    if let Some(entries) = node.entries() {
        return last_text(entries.last()?.value, depth + 1);
    }
    node.text()
}
