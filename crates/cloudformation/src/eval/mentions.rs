//! Where a template speaks of its own resources, whatever becomes of that.

use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::model::Mention;

use super::Stack;
use super::call::{Call, Function};
use super::substitution::{Segment, segments};
use crate::resources::is_link;
use crate::tree::Node;

impl Stack {
    /// Where this stack, or one that is nested in it, speaks of one of these resources other than to make use of it in a way that the
    /// model has: in outputs, in policies, in what is passed to others.
    pub(crate) fn mentions(&self, of: &HashSet<&str>) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut add = |node: Node<'_>, by: &Arc<str>| {
            let mut waiting = vec![node];
            while let Some(node) = waiting.pop() {
                for name in names(node) {
                    let id = self.id(&name);
                    if of.contains(&*id) {
                        mentions.push(Mention {
                            of: id,
                            by: Arc::clone(by),
                            span: node.span(),
                            hands_on: true,
                        });
                    }
                }
                waiting.extend(node.items().into_iter().flatten());
                waiting.extend(node.entries().into_iter().flatten().map(|entry| entry.value));
            }
        };
        for (id, resource) in self.resources() {
            let Some(properties) = resource.properties else { continue };
            let entries = self.template.node(properties).entries().into_iter().flatten();
            for entry in entries.filter(|entry| !is_link(&resource.kind, entry.key)) {
                add(entry.value, &self.id(id));
            }
        }
        for (name, output) in &self.sections.outputs {
            if let Some(value) = self.template.node(output.node).get("Value") {
                add(value, &self.id(&format!("Outputs.{name}")));
            }
        }
        for id in self.resources().keys() {
            for child in self.children(id).iter() {
                mentions.extend(child.stack.mentions(of));
            }
        }
        mentions
    }
}

/// The names that a node refers to itself, if it is a call that does.
fn names(node: Node<'_>) -> Vec<String> {
    let Some(call) = Call::of(node) else { return Vec::new() };
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    match call.function {
        Function::Ref | Function::GetAtt => {
            let listed = || call.argument.items()?.next()?.text().map(str::to_owned);
            call.argument.text().map(first).or_else(listed).into_iter().collect()
        }
        Function::Sub => {
            let text = call.argument.items().and_then(|mut items| items.next()).unwrap_or(call.argument);
            let pieces = text.pieces().unwrap_or_default();
            let names = segments(&pieces).into_iter().filter_map(|segment| match segment {
                Segment::Variable { name, .. } => Some(first(name.trim())),
                _ => None,
            });
            names.collect()
        }
        _ => Vec::new(),
    }
}
