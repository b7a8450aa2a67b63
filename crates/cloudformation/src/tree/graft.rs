//! Puts other files into a tree, where `AWS::Include` asks for them.

use iamrail_core::source::Span;

use super::{Content, MOST_NODES, Node, NodeId, Pair, Tree};

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

impl Tree {
    /// The calls of `AWS::Include` with a path that is written out.
    pub(crate) fn includes(&self) -> Vec<Include> {
        if !self.file.text().contains(INCLUDE) {
            return Vec::new();
        }
        self.nodes().filter_map(include).collect()
    }

    /// Puts the first document of another tree in the place of a call. Entries that stand beside the call stay, and
    /// count before those of the file. `false` when the tree would become too large.
    pub(crate) fn graft(&mut self, include: &Include, other: Tree) -> bool {
        let shift = self.nodes.len();
        let Some(&root) = other.documents.first() else { return true };
        if shift + other.nodes.len() > MOST_NODES {
            return false;
        }
        let moved = |id: NodeId| NodeId(id.0 + u32::try_from(shift).unwrap_or_default());
        for mut data in other.nodes {
            match &mut data.content {
                Content::Scalar(_) => {}
                Content::Sequence(items) => items.iter_mut().for_each(|id| *id = moved(*id)),
                Content::Mapping(pairs) => pairs.iter_mut().for_each(|pair| pair.value = moved(pair.value)),
            }
            self.nodes.push(data);
        }
        self.grafted.push(other.file);
        self.replace(include.at, moved(root));
        true
    }

    fn replace(&mut self, at: NodeId, root: NodeId) {
        let beside: Vec<Pair> = match self.nodes.get(at.0 as usize).map(|data| &data.content) {
            Some(Content::Mapping(pairs)) => pairs.iter().filter(|pair| !is_call(pair)).cloned().collect(),
            _ => return,
        };
        let included = match self.nodes.get(root.0 as usize).map(|data| &data.content) {
            Some(Content::Mapping(pairs)) => Some(pairs.to_vec()),
            _ => None,
        };
        let content = match included {
            Some(pairs) => {
                let new: Vec<Pair> =
                    pairs.into_iter().filter(|pair| !beside.iter().any(|one| one.key == pair.key)).collect();
                Content::Mapping(beside.into_iter().chain(new).collect())
            }
            // What is no map can only stand in the place of the whole call.
            None => Content::Sequence([root].into()),
        };
        if let Some(data) = self.nodes.get_mut(at.0 as usize) {
            data.content = content;
        }
    }
}

fn is_call(pair: &Pair) -> bool {
    is_transform(&pair.key)
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
