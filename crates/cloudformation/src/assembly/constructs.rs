//! Which construct of an app every resource comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamrail_core::source::join;

use crate::tree::Node;

/// The paths of constructs by template and logical id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constructs {
    dir: Arc<str>,
    /// The template of the stack itself.
    template: Arc<str>,
    /// The templates of nested stacks by the path of the construct that is the stack.
    nested: BTreeMap<Arc<str>, Arc<str>>,
    /// Every construct with the logical id of its resource.
    resources: Vec<(Arc<str>, Arc<str>)>,
}

impl Constructs {
    pub(super) fn new(template: &str, dir: &str) -> Self {
        Self { dir: dir.into(), template: template.into(), ..Self::default() }
    }

    /// Adds metadata: constructs by path, each with what the app says of it.
    pub(super) fn add(&mut self, metadata: Node<'_>) {
        for construct in metadata.entries().into_iter().flatten() {
            let path: Arc<str> = construct.key.strip_prefix('/').unwrap_or(construct.key).into();
            for said in construct.value.items().into_iter().flatten() {
                let kind = said.get("type").and_then(Node::text);
                match (kind, said.get("data").and_then(Node::text)) {
                    (Some("aws:cdk:logicalId"), Some(id)) => {
                        self.resources.push((Arc::clone(&path), id.into()));
                    }
                    (Some("aws:cdk:templateFile"), Some(file)) => {
                        if let Some(template) = join(&self.dir, file).filter(|one| **one != *self.template) {
                            self.nested.insert(Arc::clone(&path), template.into());
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The constructs of a template by logical id. Of two constructs that may both be meant, neither is taken.
    pub(crate) fn of(&self, template: &str) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut of = BTreeMap::new();
        let mut ambiguous = Vec::new();
        for (path, id) in self.resources.iter().filter(|(path, _)| self.may_be_in(path, template)) {
            if of.insert(Arc::clone(id), Arc::clone(path)).is_some() {
                ambiguous.push(Arc::clone(id));
            }
        }
        for id in ambiguous {
            of.remove(&id);
        }
        of
    }

    /// Whether the resource of a construct may be in a template: it is in that of the innermost stack around it.
    fn may_be_in(&self, construct: &str, template: &str) -> bool {
        let is_around = |stack: &str| construct.strip_prefix(stack).is_some_and(|rest| rest.starts_with('/'));
        let around = self.nested.iter().filter(|(stack, _)| is_around(stack));
        match around.max_by_key(|(stack, _)| stack.len()) {
            Some((_, innermost)) => **innermost == *template,
            // Not every version of the CDK names the templates of nested stacks.
            None => self.nested.is_empty() || *template == *self.template,
        }
    }
}
