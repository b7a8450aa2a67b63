//! Resources of a template.

use std::sync::Arc;

use iamrail_core::source::Span;

use super::Bindings;
use crate::tree::{Entry, Node, NodeId, Resolved};

/// A resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Its logical id.
    pub(crate) span: Span,
    /// All of it, its logical id included.
    pub(crate) whole: Span,
    /// Its type: `AWS::IAM::User`.
    pub(crate) kind: Arc<str>,
    /// Its properties.
    pub(crate) properties: Option<NodeId>,
    /// Its metadata.
    pub(crate) metadata: Option<NodeId>,
    /// The serverless connectors that start at it.
    pub(crate) connectors: Option<NodeId>,
    /// What of `Globals` is not for it: `*`, or a list of properties.
    pub(crate) ignored_globals: Option<NodeId>,
    /// The condition under which it exists, with its place.
    pub(crate) condition: Option<(Arc<str>, Span)>,
    /// Whether not all of it could be read.
    pub(crate) is_cut: bool,
    /// The loops that it is declared in.
    pub(crate) bindings: Bindings,
}

impl Resource {
    /// Reads a declaration; otherwise says what is wrong. `bound` replaces the identifiers of the loops around it.
    pub(crate) fn read(
        id: &str,
        entry: Entry<'_>,
        bindings: &Bindings,
        bound: &dyn Fn(&str, Span) -> Arc<str>,
    ) -> Result<Self, String> {
        let node = entry.value;
        if node.entries().is_none() {
            return Err(format!("the resource `{id}` must be a map, not {}", node.shape()));
        }
        let is_text = |kind: &Node<'_>| matches!(kind.resolved(), Some(Resolved::Text(_)));
        let written = node.get("Type").filter(is_text);
        let Some(kind) = written.and_then(Node::untagged_text) else {
            return Err(match node.get("Type") {
                Some(kind) => {
                    let what = match kind.resolved() {
                        Some(_) if kind.tag().is_some() => "a call of a function",
                        Some(Resolved::Int(_) | Resolved::Float(_)) => "a number",
                        Some(Resolved::Bool(_)) => "a truth value",
                        _ => kind.shape(),
                    };
                    format!("the `Type` of the resource `{id}` must be a text, not {what}")
                }
                None => format!("the resource `{id}` has no `Type`"),
            });
        };
        let condition = node.get("Condition");
        Ok(Self {
            span: entry.key_span,
            whole: entry.key_span.to(node.span()),
            kind: kind.into(),
            properties: node.get("Properties").filter(|properties| !properties.is_null()).map(Node::id),
            metadata: node.get("Metadata").map(Node::id),
            connectors: node.get("Connectors").map(Node::id),
            ignored_globals: node.get("IgnoreGlobals").map(Node::id),
            condition: condition.and_then(|node| Some((bound(node.text()?, node.span()), node.span()))),
            is_cut: node.is_cut(),
            bindings: bindings.clone(),
        })
    }
}
