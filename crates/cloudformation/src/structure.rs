//! Tells templates from other texts by their structure, where the bytes alone do not.

use iamrail_core::source::{MemoryFiles, Sources};

use crate::tree::{Node, Tree};

/// Whether a text is a template; otherwise why it is none, to be read after "it".
pub(crate) fn is_template(path: &str, bytes: &[u8]) -> Result<(), String> {
    // A text that turns out to be no template is kept apart from those of the run.
    let apart = Sources::new(MemoryFiles::default());
    let Ok(file) = apart.adopt(path, bytes.to_vec()) else { return Err("is no text in UTF-8".to_owned()) };
    let neither = "is neither YAML nor JSON";
    let (tree, diagnostics) = Tree::parse(&file);
    let Some(tree) = tree else { return Err(neither.to_owned()) };
    let mut roots = tree.documents().peekable();
    let Some(first) = roots.peek().copied() else { return Err("is empty".to_owned()) };
    match roots.any(is_root) {
        true => Ok(()),
        // What it lacks may be what could not be read.
        false if diagnostics.iter().any(|one| one.incomplete) => Err(neither.to_owned()),
        false => Err(lack(first)),
    }
}

fn is_root(root: Node<'_>) -> bool {
    let mut resources = root.get("Resources").and_then(Node::entries).into_iter().flatten();
    root.find("AWSTemplateFormatVersion").is_some()
        || resources.any(|entry| entry.key.as_ref() == "Fn::Transform" || is_resource(entry.value))
}

fn is_resource(node: Node<'_>) -> bool {
    node.get("Type").and_then(Node::text).is_some_and(|kind| kind.contains("::"))
}

/// What a text lacks to be a template.
fn lack(root: Node<'_>) -> String {
    match root.get("Resources") {
        _ if root.entries().is_none() => format!("is {}, not a map", root.shape()),
        None => "has no `Resources`".to_owned(),
        Some(resources) if resources.entries().is_none() => {
            format!("has `Resources` that are {}, not a map", resources.shape())
        }
        Some(_) => "has no resource with a `Type` such as `AWS::IAM::Role`".to_owned(),
    }
}
