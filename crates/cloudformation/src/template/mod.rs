//! The sections of a template, still unevaluated.

mod bindings;
mod computed;
mod load;
mod nested;
mod parameter;
mod resource;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use iamrail_core::collections::{HashMap, IndexMap};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

use crate::Argument;
use crate::advice::PROCESSED;
use crate::tree::{Node, NodeId, Tree};

pub(crate) use bindings::Bindings;
pub(crate) use load::{load, load_synthesised, not_at_hand, within};
pub(crate) use nested::{Inner, nested_in};
pub(crate) use parameter::Parameter;
pub(crate) use resource::Resource;

/// What parameters and pseudo parameters are given, by name.
pub(crate) type Values = IndexMap<Arc<str>, Argument>;

/// The sections that a template may have.
pub(crate) const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// The key under which a macro is called.
pub(crate) const TRANSFORM: &str = "Fn::Transform";

/// The starts of the names of the macros that AWS provides, none of which hides what the rules look at.
const TRANSFORMS: &[&str] = &[
    "AWS::CodeDeployBlueGreen",
    "AWS::Include",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-",
    "AWS::Serverless-",
    "AWS::ServiceCatalog",
];

/// A template as it was written.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) tree: Tree,
    /// Parameters by name.
    pub(crate) parameters: IndexMap<Arc<str>, Parameter>,
    /// Mappings by name.
    pub(crate) mappings: IndexMap<Arc<str>, NodeId>,
    /// The templates of nested stacks by the properties of the stack; set once they are loaded.
    pub(crate) nested: OnceLock<HashMap<NodeId, Vec<Inner>>>,
    /// The constructs of the AWS CDK that its resources come from, by logical id.
    pub(crate) constructs: BTreeMap<Arc<str>, Arc<str>>,
    root: NodeId,
}

impl Template {
    /// Reads the sections of the first document that is a template. `None`, with a diagnostic, when there is none.
    pub(crate) fn read(tree: Tree, diagnostics: &mut Vec<Diagnostic>) -> Option<Template> {
        let path = Arc::clone(tree.file().path());
        let error =
            |code, message: String, span: Span| Diagnostic::error(code, Arc::clone(&path), message).at(span);
        let Some(root) = tree.documents().find(|root| is_template(*root)).or_else(|| tree.documents().next())
        else {
            let start = tree.file().span(0, 0);
            diagnostics.push(error("no-template", "the file is empty".to_owned(), start));
            return None;
        };
        for other in tree.documents().filter(|other| other.id() != root.id() && !other.is_null()) {
            let message = "the file holds several documents; only one can be a template".to_owned();
            diagnostics.push(error("several-documents", message, other.span()));
        }
        let resources = root.get("Resources");
        match resources {
            Some(node) if node.entries().is_some() || node.is_unread() => {}
            None if root.is_cut() => {}
            Some(node) => {
                let message = format!("`Resources` must be a map, not {}", node.shape());
                diagnostics.push(error("no-resources", message, node.span()));
            }
            None => {
                let message = "the template has no `Resources`".to_owned();
                let start = Span::new(root.span().file, root.span().start, root.span().start);
                diagnostics.push(error("no-resources", message, start));
            }
        }
        let mut reader = Reader { root, diagnostics, path: &path };
        let parameters = reader.section("Parameters", Parameter::read);
        let mappings = reader.section("Mappings", Node::id);
        for name in ["Conditions", "Outputs"] {
            reader.section(name, Node::id);
        }
        reader.transforms();
        reader.unknown_sections();
        let root = root.id();
        Some(Template {
            parameters,
            mappings,
            nested: OnceLock::new(),
            constructs: BTreeMap::new(),
            root,
            tree,
        })
    }

    /// The whole template.
    pub(crate) fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// A section; `None` when the template has none of this name.
    pub(crate) fn section(&self, name: &str) -> Option<Node<'_>> {
        self.root().get(name)
    }

    /// Whether all of its parameters are at hand: a change set shows resources alone, and a syntax error hides anything.
    pub(crate) fn tells_its_parameters(&self) -> bool {
        !self.root().is_cut() && !self.tree.is_change_set()
    }

    /// Whether it asks for a transform whose name starts so.
    pub(crate) fn asks_for(&self, transform: &str) -> bool {
        self.transforms().any(|(_, name)| name.starts_with(transform))
    }

    /// The first macro that adds to it, or changes of it, what nothing here tells: its place and its name.
    pub(crate) fn unknown_macro(&self) -> Option<(Span, &str)> {
        let is_known = |name: &str| TRANSFORMS.iter().any(|known| name.starts_with(known));
        let of_all = self.transforms().find(|(_, name)| !is_known(name));
        of_all.or_else(|| {
            let call = self.section("Resources")?.find(TRANSFORM)?;
            Some((call.key_span, call.value.get("Name").and_then(Node::text).unwrap_or(TRANSFORM)))
        })
    }

    fn transforms(&self) -> impl Iterator<Item = (Span, &str)> {
        let node = self.section("Transform");
        let names = node.map(|node| node.items().map_or_else(|| vec![node], Iterator::collect));
        names.into_iter().flatten().filter_map(|node| {
            let name = node.get("Name").unwrap_or(node);
            Some((name.span(), name.text()?))
        })
    }

    /// A node of the template.
    pub(crate) fn node(&self, id: NodeId) -> Node<'_> {
        self.tree.node(id)
    }
}

/// Whether the root of a document is that of a template.
fn is_template(root: Node<'_>) -> bool {
    root.find("Resources").is_some() || root.find("AWSTemplateFormatVersion").is_some()
}

struct Reader<'t, 'd> {
    root: Node<'t>,
    diagnostics: &'d mut Vec<Diagnostic>,
    path: &'d Arc<str>,
}

impl<'t> Reader<'t, '_> {
    /// The entries of a section, a map by name.
    fn section<T>(&mut self, name: &str, read: impl Fn(Node<'t>) -> T) -> IndexMap<Arc<str>, T> {
        let section = self.root.get(name).filter(|section| !section.is_null() && !section.is_unread());
        let Some(section) = section else {
            return IndexMap::default();
        };
        let Some(entries) = section.entries() else {
            self.wrong(format!("`{name}` must be a map, not {}", section.shape()), section.span());
            return IndexMap::default();
        };
        // Of a parameter that could not be read nothing is known, not even that it has no value.
        let is_hidden = |node: Node<'_>| name == "Parameters" && self.root.is_cut() && node.is_unread();
        let entries = entries.filter(|entry| !is_hidden(entry.value));
        entries.map(|entry| (Arc::clone(entry.key), read(entry.value))).collect()
    }

    /// Macros of the account rewrite the template in ways that nothing here tells.
    fn transforms(&mut self) {
        let Some(node) = self.root.get("Transform").filter(|node| !node.is_null()) else { return };
        let names: Vec<Node<'_>> = node.items().map_or_else(|| vec![node], Iterator::collect);
        for node in names {
            let name = node.get("Name").unwrap_or(node);
            if let Some(text) =
                name.text().filter(|name| !TRANSFORMS.iter().any(|known| name.starts_with(known)))
            {
                let message = format!("the macro `{text}` rewrites the template when it is deployed");
                let diagnostic = Diagnostic::error("macro", Arc::clone(self.path), message).at(name.span());
                self.diagnostics.push(diagnostic.help(PROCESSED));
            }
        }
    }

    fn unknown_sections(&mut self) {
        for entry in self.root.entries().into_iter().flatten() {
            if !SECTIONS.contains(&entry.key.as_ref()) {
                let message = format!("`{}` is no section of a template", entry.key);
                let note = Diagnostic::note("unknown-section", Arc::clone(self.path), message);
                self.diagnostics.push(note.at(entry.key_span));
            }
        }
    }

    fn wrong(&mut self, message: String, span: Span) {
        let diagnostic = Diagnostic::error("invalid-template", Arc::clone(self.path), message);
        self.diagnostics.push(diagnostic.at(span));
    }
}
