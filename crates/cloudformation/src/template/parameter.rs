//! Parameters of a template.

use std::sync::Arc;

use crate::tree::{Node, NodeId};

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// Its declaration.
    pub(crate) node: NodeId,
    /// Its type: `String`, `CommaDelimitedList`, `AWS::SSM::Parameter::Value<String>`.
    pub(crate) kind: Arc<str>,
    /// Its default.
    pub(crate) default: Option<NodeId>,
    /// The values that it may have; empty when they are not limited.
    pub(crate) allowed: Vec<NodeId>,
    /// Whether its value is secret.
    pub(crate) no_echo: bool,
}

impl Parameter {
    /// Reads a declaration; one that is no map is one of a text without a value.
    pub(super) fn read(node: Node<'_>) -> Self {
        let truth = |node: Node<'_>| node.value_text() == Some("true");
        let allowed = node.get("AllowedValues").and_then(Node::items);
        Self {
            node: node.id(),
            kind: node.get("Type").and_then(Node::text).unwrap_or("String").into(),
            default: node.get("Default").filter(|default| default.text().is_some()).map(Node::id),
            allowed: allowed.into_iter().flatten().map(Node::id).collect(),
            no_echo: node.get("NoEcho").is_some_and(truth),
        }
    }

    /// One of a text that no template declares: it stands for a part of one that was put together.
    pub(crate) fn made_up(node: NodeId) -> Self {
        Self { node, kind: "String".into(), default: None, allowed: Vec::new(), no_echo: false }
    }

    /// Whether its text is a list of values between commas.
    pub(crate) fn is_list(&self) -> bool {
        self.kind.as_ref() == "CommaDelimitedList"
            || self.kind.starts_with("List<")
            || self.kind.contains("Value<List<")
            || self.kind.contains("Value<CommaDelimitedList>")
    }

    /// Whether its value, or each of its values, is a number.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind.as_ref(), "Number" | "List<Number>")
    }

    /// Whether its text names an entry of the parameter store, whose value is the value.
    pub(crate) fn is_stored(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value<")
    }
}
