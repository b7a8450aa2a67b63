//! The sections of a template with their loops gone through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Scope, Stack};
use crate::advice::PROCESSED;
use crate::sam::is_serverless;
use crate::template::{Bindings, Resource};
use crate::tree::{Node, NodeId};
use iamrail_core::collections::{IndexMap, RandomState};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

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

/// The key under which a macro is called.
const TRANSFORM: &str = "Fn::Transform";
/// How the types of modules end.
const MODULE: &str = "::MODULE";

impl Stack {
    /// Says that a macro makes something which the template does not show.
    fn hidden(&self, message: impl Into<String>, span: Span) {
        self.say(Diagnostic::error("macro", self.path_of(span), message).help(PROCESSED), span);
    }

    pub(super) fn read_sections(&self) -> Sections {
        let section = self.template.section("Resources");
        let count = section.and_then(Node::entries).map_or(0, |entries| entries.len());
        let mut resources = IndexMap::with_capacity_and_hasher(count, RandomState::default());
        if let Some(section) = section {
            self.each_entry(section, &Scope::default(), &mut |id, entry, scope| {
                if &**id == TRANSFORM {
                    self.hidden("a macro adds resources when the template is deployed", entry.key_span);
                    return;
                }
                if let Some(written) = entry.value.find(TRANSFORM) {
                    let message = format!("a macro writes the resource `{id}` when the template is deployed");
                    self.hidden(message, written.key_span);
                    if entry.value.get("Type").is_none() {
                        return;
                    }
                }
                let bound = |text: &str, span| self.bound(text, span, scope).into();
                match Resource::read(id, entry, &scope.bindings, &bound) {
                    Ok(resource) => {
                        if resource.kind.ends_with(MODULE) {
                            let message = format!("what the module `{id}` makes is not at hand");
                            let warning =
                                Diagnostic::warning("module", self.path_of(entry.key_span), message);
                            self.say(warning.help(PROCESSED), entry.key_span);
                        }
                        resources.insert(Arc::clone(id), resource);
                    }
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
