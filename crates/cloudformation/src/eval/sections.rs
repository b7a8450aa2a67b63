//! The sections of a template with their loops gone through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Scope, Stack};
use crate::sam::is_serverless;
use crate::template::{Bindings, Resource};
use crate::tree::{Node, NodeId};
use iamrail_core::collections::{IndexMap, RandomState};

/// What a template declares.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// Resources by logical id.
    pub(super) resources: IndexMap<Arc<str>, Resource>,
    /// The logical ids of the resources that the serverless transform expands.
    pub(super) serverless: BTreeSet<Arc<str>>,
    /// Conditions by name.
    pub(super) conditions: IndexMap<Arc<str>, Declaration>,
    /// Outputs by name.
    pub(super) outputs: IndexMap<Arc<str>, Declaration>,
}

/// A condition or output.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) node: NodeId,
    /// The loops that it is declared in.
    pub(super) bindings: Bindings,
}

impl Stack {
    pub(super) fn read_sections(&self) -> Sections {
        let section = self.template.section("Resources");
        let count = section.and_then(Node::entries).map_or(0, |entries| entries.len());
        let mut resources = IndexMap::with_capacity_and_hasher(count, RandomState::default());
        if let Some(section) = section {
            self.each_entry(section, &Scope::default(), &mut |id, entry, scope| {
                if &**id == "Fn::Transform" {
                    let message = "a macro adds resources when the template is deployed";
                    self.report("macro", message, entry.key_span);
                    return;
                }
                let bound = |text: &str, span| self.bound(text, span, scope).into();
                match Resource::read(id, entry, &scope.bindings, &bound) {
                    Ok(resource) => drop(resources.insert(Arc::clone(id), resource)),
                    Err(message) => self.report("invalid-template", message, entry.key_span),
                }
            });
        }
        let serverless =
            resources.iter().filter(|(_, resource): &(_, &Resource)| is_serverless(&resource.kind));
        Sections {
            serverless: serverless.map(|(id, _)| Arc::clone(id)).collect(),
            resources,
            conditions: self.declarations("Conditions"),
            outputs: self.declarations("Outputs"),
        }
    }

    fn declarations(&self, section: &str) -> IndexMap<Arc<str>, Declaration> {
        let mut declarations = IndexMap::default();
        if let Some(section) = self.template.section(section) {
            self.each_entry(section, &Scope::default(), &mut |name, entry, scope| {
                let declaration = Declaration { node: entry.value.id(), bindings: scope.bindings.clone() };
                declarations.insert(Arc::clone(name), declaration);
            });
        }
        declarations
    }
}
