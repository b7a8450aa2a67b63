//! Puts other files into a tree, where `AWS::Include` asks for them.

use iamrail_core::collections::HashSet;
use iamrail_core::source::Span;

use super::keys::Entries;
use super::{Content, Data, MOST_NODES, Node, NodeId, Pair, Tree};

/// The macro that puts a file in the place of its call.
const INCLUDE: &str = "AWS::Include";

/// A call of `AWS::Include`.
#[derive(Debug)]
pub(crate) struct Include {
    /// The map that holds the call.
    at: NodeId,
    /// The path as written.
    pub(crate) location: String,
    /// Where the path stands.
    pub(crate) span: Span,
}

/// The tree would become too large.
#[derive(Debug)]
pub(crate) struct Full;

impl Tree {
    /// The calls of `AWS::Include` with a path that is written out.
    pub(crate) fn includes(&self) -> Vec<Include> {
        if !self.file.text().contains(INCLUDE) {
            return Vec::new();
        }
        self.nodes().filter_map(include).collect()
    }

    /// Takes in the nodes of another tree and answers the root of its first document.
    pub(crate) fn adopt(&mut self, other: Tree) -> Result<Option<NodeId>, Full> {
        let shift = self.nodes.len();
        let root = other.documents.first().copied();
        if shift + other.nodes.len() > MOST_NODES {
            return Err(Full);
        }
        let moved = |id: NodeId| NodeId(id.0 + u32::try_from(shift).unwrap_or_default());
        for mut data in other.nodes {
            match &mut data.content {
                Content::Scalar(_) | Content::Unread => {}
                Content::Sequence(items) => items.iter_mut().for_each(|id| *id = moved(*id)),
                Content::Mapping(entries) => {
                    entries.pairs_mut().iter_mut().for_each(|pair| pair.value = moved(pair.value));
                }
            }
            self.nodes.push(data);
        }
        self.cut.extend(other.cut.into_iter().map(moved));
        self.grafted.push(other.file);
        Ok(root.map(moved))
    }

    /// Puts an adopted node in the place of a call. Entries that stand beside the call stay, and count before those of
    /// the file; what is no map takes the place of the whole call.
    pub(crate) fn graft(&mut self, include: &Include, root: NodeId) -> Result<(), Full> {
        let data = |id: NodeId| self.nodes.get(id.0 as usize);
        let (Some(call), Some(included)) = (data(include.at), data(root)) else { return Ok(()) };
        let grafted = match (&call.content, &included.content) {
            (Content::Mapping(call_entries), Content::Mapping(entries)) => {
                self.included = self.included.saturating_add(entries.pairs().len());
                if self.nodes.len().saturating_add(self.included) > MOST_NODES {
                    return Err(Full);
                }
                let beside: Vec<&Pair> =
                    call_entries.pairs().iter().filter(|pair| !is_transform(&pair.key)).collect();
                let known: HashSet<&str> = beside.iter().map(|pair| &*pair.key).collect();
                let new = entries.pairs().iter().filter(|pair| !known.contains(&*pair.key));
                let entries = Entries::new(beside.into_iter().chain(new).cloned().collect());
                Data { span: call.span, tag: call.tag.clone(), content: Content::Mapping(entries) }
            }
            _ => included.clone(),
        };
        if let Some(data) = self.nodes.get_mut(include.at.0 as usize) {
            *data = grafted;
        }
        if self.cut.contains(&root) {
            self.cut.insert(include.at);
        }
        Ok(())
    }
}

/// Macros are called under one key below the sections, and under another at the root.
fn is_transform(key: &str) -> bool {
    matches!(key, "Fn::Transform" | "Transform")
}

fn include(node: Node<'_>) -> Option<Include> {
    let call = node.entries()?.find(|entry| is_transform(entry.key))?.value;
    let name = call.get("Name").and_then(Node::text)?;
    let location = call.get("Parameters")?.get("Location")?;
    let text = location.untagged_text().filter(|_| name == INCLUDE)?;
    Some(Include { at: node.id(), location: text.to_owned(), span: location.span() })
}
