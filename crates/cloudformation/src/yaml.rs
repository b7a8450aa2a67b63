//! YAML and JSON that is no template, as values with their places.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::report::{Diagnostic, Level};
use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Field, Kind, Number, Text, Value};

use crate::tree::{DUPLICATE_KEY, Entry, Node, Resolved, Tree};

/// Reads a text as one document of YAML or JSON; null when it says nothing. Dates, and numbers that print differently than
/// they are written, are texts.
///
/// # Errors
/// Says what is no YAML, a key that is given twice, a tag, or a second document, each with its place.
pub fn yaml(file: &Arc<SourceFile>) -> Result<Value, Vec<Diagnostic>> {
    let (tree, mut diagnostics) = Tree::parse(file);
    diagnostics.retain(|one| one.level > Level::Note);
    for one in &mut diagnostics {
        // What CloudFormation takes, and settles by itself, is settled by nobody here.
        one.level = Level::Error;
        if one.code == DUPLICATE_KEY {
            one.help = "leave one of them out".to_owned();
        }
    }
    let Some(tree) = tree.filter(|_| diagnostics.is_empty()) else { return Err(diagnostics) };
    let mut documents = tree.documents();
    let Some(root) = documents.next() else { return Ok(Value::null()) };
    let mut reader = Reader { file, diagnostics };
    if let Some(second) = documents.next() {
        reader.refuse(second, "a second document begins here", "put all into one document");
    }
    let value = reader.value(root);
    if reader.diagnostics.is_empty() { Ok(value) } else { Err(reader.diagnostics) }
}

struct Reader<'f> {
    file: &'f SourceFile,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn refuse(&mut self, node: Node<'_>, message: &str, help: &str) {
        let diagnostic = Diagnostic::error("syntax", Arc::clone(self.file.path()), message).at(node.span());
        self.diagnostics.push(diagnostic.help(help));
    }

    /// The value of a node; the tree bounds how deep it is.
    fn value(&mut self, node: Node<'_>) -> Value {
        if node.tag().is_some() {
            self.refuse(node, "a tag means nothing here", "write the value itself");
            return Value::null();
        }
        if let Some(entries) = node.entries() {
            let entries = entries.map(|entry| {
                let field = Field { key: Some(entry.key_span), value: self.value(entry.value) };
                (Arc::clone(entry.key), field)
            });
            return Value::map(entries.collect::<IndexMap<_, _>>()).at(node.span());
        }
        if let Some(items) = node.items() {
            return Value::list(items.map(|item| self.value(item)).collect()).at(node.span());
        }
        let kind = match node.resolved() {
            None | Some(Resolved::Null) => Kind::Null,
            Some(Resolved::Bool(value)) => Kind::Bool(value),
            Some(Resolved::Int(number)) => Kind::Number(Number::Int(number)),
            Some(Resolved::Float(number)) => Kind::Number(Number::Float(number)),
            Some(Resolved::Text(text)) => {
                let span = node.verbatim().map(|(_, span)| span);
                Kind::Text(Text::literal(text, span.or(Some(node.span()))))
            }
        };
        Value::new(kind).at(node.span())
    }
}

/// What a template says about one of its resources to tools.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// The logical id.
    pub resource: Arc<str>,
    /// The whole resource, logical id included.
    pub span: Span,
    /// Its metadata as they are written; null when it has none. Calls of functions are null as well.
    pub value: Value,
}

/// The metadata of the resources of a template, nothing of it evaluated; none when the text is no template.
pub fn metadata(file: &Arc<SourceFile>) -> Vec<Metadata> {
    let (Some(tree), _) = Tree::parse(file) else { return Vec::new() };
    let root = tree.documents().next();
    let Some(resources) = root.and_then(|root| root.get("Resources")?.entries()) else { return Vec::new() };
    let read = |entry: Entry<'_>| {
        let mut reader = Reader { file, diagnostics: Vec::new() };
        let value = entry.value.get("Metadata").map_or_else(Value::null, |node| reader.value(node));
        Metadata { resource: Arc::clone(entry.key), span: entry.key_span.to(entry.value.span()), value }
    };
    resources.map(read).collect()
}
