//! The sections of a template with their loops gone through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Scope, Stack};
use crate::advice::PROCESSED;
use crate::resources::is_unknown_of_iam;
use crate::sam::is_serverless;
use crate::template::{Bindings, Resource, TRANSFORM};
use crate::tree::{Entry, Node, NodeId};
use iamrail_core::collections::{IndexMap, RandomState};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

/// What a template declares.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// Resources by logical id.
    pub(super) resources: IndexMap<Arc<str>, Resource>,
    /// The logical ids of the resources that the serverless transform expands, and of those that it is told to make.
    pub(super) serverless: BTreeSet<Arc<str>>,
    /// Conditions by name.
    pub(super) conditions: IndexMap<Arc<str>, Declaration>,
    /// Outputs by name.
    pub(super) outputs: IndexMap<Arc<str>, Declaration>,
    /// Where resources may be declared that could not be read.
    pub(super) unread: Option<Span>,
}

/// A condition or output.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) node: NodeId,
    /// The loops that it is declared in.
    pub(super) bindings: Bindings,
}

/// The logical ids that loops give several resources, by the place of the key that makes them: the first one, and how
/// many resources more are given one that another has.
#[derive(Debug, Default)]
struct Collisions(IndexMap<Span, (Arc<str>, usize)>);

impl Collisions {
    fn add(&mut self, id: &Arc<str>, key: Span) {
        let known = self.0.entry(key);
        known.and_modify(|(_, others)| *others += 1).or_insert_with(|| (Arc::clone(id), 0));
    }
}

/// How the types of modules end.
const MODULE: &str = "::MODULE";

impl Stack {
    /// Says that a macro makes something which the template does not show.
    fn hidden(&self, message: impl Into<String>, span: Span) {
        self.say(Diagnostic::error("macro", self.path_of(span), message).help(PROCESSED), span);
    }

    pub(super) fn read_sections(&self) -> Sections {
        let section = self.template.section("Resources");
        let root = self.template.root();
        let is_hidden =
            root.is_cut() || section.is_some_and(|section| section.is_unread() || section.is_cut());
        let mut unread = is_hidden.then(|| section.map_or(root.span(), Node::span));
        let count = section.and_then(Node::entries).map_or(0, |entries| entries.len());
        let mut collisions = Collisions::default();
        let mut resources = IndexMap::with_capacity_and_hasher(count, RandomState::default());
        if let Some(section) = section {
            self.each_entry(section, &Scope::default(), &mut |id, entry, scope| {
                if &**id == TRANSFORM {
                    self.hidden("a macro adds resources when the template is deployed", entry.key_span);
                    return;
                }
                let has_type = entry.value.get("Type").is_some_and(|kind| !kind.is_unread());
                if entry.value.is_unread() || entry.value.is_cut() && !has_type {
                    unread = Some(entry.key_span);
                    return;
                }
                self.check_entry(id, entry, scope);
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
                            self.say(warning.hides(Arc::clone(id)).help(PROCESSED), entry.key_span);
                        }
                        self.check_declaration(id, &resource, entry);
                        if resources.insert(Arc::clone(id), resource).is_some() {
                            collisions.add(id, entry.key_span);
                        }
                    }
                    Err(message) => self.report("invalid-template", message, entry.key_span),
                }
            });
        }
        for (span, (id, others)) in collisions.0 {
            let more = match others {
                0 => String::new(),
                others => format!(", and {others} more with one that another has"),
            };
            let message = format!("loops make several resources with the logical id `{id}`{more}");
            self.report("duplicate-id", message, span);
        }
        let first = resources.values().find(|resource: &&Resource| is_serverless(&resource.kind));
        let asks = || self.template.asks_for("AWS::Serverless-") || self.may_declare_more();
        if let Some(first) = first.filter(|_| !asks()) {
            let message =
                "serverless types need `Transform: AWS::Serverless-2016-10-31`, which the template lacks";
            self.warn("missing-transform", message, first.span);
        }
        let is_expanded =
            |resource: &Resource| is_serverless(&resource.kind) || resource.connectors.is_some();
        let expanded = resources.iter().filter(|(_, resource)| is_expanded(resource));
        let mut serverless: BTreeSet<Arc<str>> = expanded.map(|(id, _)| Arc::clone(id)).collect();
        if !serverless.is_empty() {
            // The transform makes queues of these names for events that are not delivered.
            let names = self.template.tree.nodes().filter_map(|node| node.get("QueueLogicalId")?.text());
            serverless.extend(names.map(Arc::from));
        }
        Sections {
            serverless,
            resources,
            unread,
            conditions: self.declarations("Conditions"),
            outputs: self.declarations("Outputs"),
        }
    }

    /// Says what of a resource CloudFormation refuses before it looks into it. Names that loops make, and what macros of the
    /// account rewrite, are not told here.
    fn check_entry(&self, id: &str, entry: Entry<'_>, scope: &Scope) {
        if let Some(tag) = entry.value.tag().filter(|tag| tag.is_call()) {
            self.report(
                "invalid-template",
                format!("`!{}` cannot stand before a resource", tag.name),
                tag.span,
            );
        }
        let is_made = !scope.bindings.is_empty() || id.starts_with("Fn::");
        if is_made || id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !id.is_empty() {
            return;
        }
        if self.template.unknown_macro().is_none() {
            let message = format!("the logical id `{id}` must consist of letters and digits of ASCII");
            self.report("invalid-template", message, entry.key_span);
        }
    }

    /// Says of a resource what makes unsure what it does.
    fn check_declaration(&self, id: &str, resource: &Resource, entry: Entry<'_>) {
        if let Some(condition) = entry.value.get("Condition").filter(|_| resource.condition.is_none()) {
            let message = format!("the `Condition` of `{id}` must be the name of a condition");
            self.report("invalid-template", message, condition.span());
        }
        if is_unknown_of_iam(&resource.kind) {
            let message = format!("`{}` is no type of resource of IAM that is known", resource.kind);
            self.report("unknown-type", message, entry.key_span);
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
