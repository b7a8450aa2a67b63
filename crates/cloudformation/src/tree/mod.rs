//! Templates as trees: YAML and JSON alike, every key and value with the bytes it was written in.

mod align;
mod builder;
mod cut;
mod doubt;
mod embedded;
mod graft;
mod holes;
mod json;
mod keys;
mod padding;
mod passages;
mod reader;
mod rest;
mod scalar;
mod yaml;

use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};

pub(crate) use graft::{Full, Include};
pub(crate) use holes::{Piece, parameter};
pub(crate) use keys::DUPLICATE_KEY;
pub(crate) use scalar::{Resolved, Style, truth};

use keys::Entries;
use rest::Notation;
use scalar::Scalar;

/// How deeply collections may be nested, aliases expanded. Real templates stay below 40.
const MOST_DEPTH: usize = 100;
/// How deeply collections may be nested for what follows them to be read. Those that are deeper than [`MOST_DEPTH`] are
/// not kept.
const MOST_LEVELS: usize = 100_000;
/// How many nodes a tree may have with every alias expanded.
const MOST_NODES: usize = 1_000_000;
/// How many bytes a template may have: CloudFormation takes one million.
const MOST_BYTES: usize = 16 << 20;

/// The documents of a text.
#[derive(Debug)]
pub(crate) struct Tree {
    file: Arc<SourceFile>,
    /// The files that were put into it.
    grafted: Vec<Arc<SourceFile>>,
    /// How many of their entries were put into maps.
    included: usize,
    nodes: Vec<Data>,
    documents: Vec<NodeId>,
    /// The root of the change set that it was made of.
    change_set: Option<NodeId>,
    /// The collections of which not all could be read.
    cut: HashSet<NodeId>,
    /// From where on the text could not be read, as it is no syntax.
    fault: Option<usize>,
    /// Whether that is within brackets among lines, which were not closed.
    fault_in_bracket: bool,
}

/// The place of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    tree: &'t Tree,
    id: NodeId,
    data: &'t Data,
}

#[derive(Clone, Debug)]
struct Data {
    span: Span,
    tag: Option<Box<Tag>>,
    content: Content,
}

/// A local tag of YAML: `!Ref`.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// The name without the exclamation mark.
    pub(crate) name: Box<str>,
    /// Where it stands, the exclamation mark included.
    pub(crate) span: Span,
}

impl Tag {
    /// Whether it calls a function: `!` alone says no more than that the node is what it seems to be.
    pub(crate) fn is_call(&self) -> bool {
        !self.name.is_empty()
    }
}

#[derive(Clone, Debug)]
enum Content {
    Scalar(Scalar),
    Sequence(Box<[NodeId]>),
    Mapping(Entries),
    /// Something that could not be read, or was not kept.
    Unread,
}

#[derive(Clone, Debug)]
struct Pair {
    key: Arc<str>,
    key_span: Span,
    value: NodeId,
}

/// An entry of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t> {
    /// The key.
    pub(crate) key: &'t Arc<str>,
    /// Where the key stands.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: Node<'t>,
}

/// Whether a text is the number of an account.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Tree {
    /// Parses a text, JSON when it looks like it. What is wrong with it is said in the diagnostics; the tree then has what
    /// could be read all the same. Without a tree, that is nothing.
    pub(crate) fn parse(file: &Arc<SourceFile>) -> (Option<Tree>, Vec<Diagnostic>) {
        let size = file.text().len();
        if size > MOST_BYTES {
            let message =
                format!("the file has {size} bytes; templates of more than {MOST_BYTES} are not read");
            return (None, vec![Diagnostic::error("too-large", Arc::clone(file.path()), message)]);
        }
        if !is_json(file.text()) {
            return rest::with_rest(file, yaml::parse(file), Notation::Yaml);
        }
        let json = json::parse(file);
        if !is_faulty(&json) {
            return json;
        }
        // What is no strict JSON may be YAML in flow style.
        let yaml = yaml::parse(file);
        let size = |tree: &Option<Tree>| tree.as_ref().map_or(0, |tree| tree.nodes.len());
        match is_faulty(&yaml) {
            false => yaml,
            true if size(&yaml.0) > size(&json.0) => rest::with_rest(file, (yaml.0, json.1), Notation::Flow),
            true => rest::with_rest(file, json, Notation::Json),
        }
    }

    /// Whether it was made of a change set, which shows resources alone.
    pub(crate) fn is_change_set(&self) -> bool {
        self.change_set.is_some()
    }

    /// The account of the stack that the change set is for, if it was made of one that names the stack.
    pub(crate) fn account(&self) -> Option<&str> {
        // `arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/1`
        let stack = self.node(self.change_set?).get("StackId")?.text()?;
        stack.split(':').nth(4).filter(|account| is_account(account))
    }

    /// The text it was read from.
    pub(crate) fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The texts that it is made of.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        std::iter::once(&self.file).chain(&self.grafted)
    }

    /// The text that a place of the tree is in.
    pub(crate) fn file_of(&self, span: Span) -> &Arc<SourceFile> {
        let other = || self.grafted.iter().find(|file| file.id() == span.file);
        if span.file == self.file.id() { &self.file } else { other().unwrap_or(&self.file) }
    }

    /// The root of every document, in order.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.documents.iter().map(|&id| self.node(id))
    }

    /// All nodes, in no order that means anything.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let ids = (0..self.nodes.len()).filter_map(|id| u32::try_from(id).ok());
        ids.map(|id| self.node(NodeId(id)))
    }

    /// The node with an identifier of this tree.
    #[expect(clippy::indexing_slicing, reason = "identifiers are only made by the tree that they index")]
    pub(crate) fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id, data: &self.nodes[id.0 as usize] }
    }
}

/// Whether not all of a text could be read, as it is no syntax.
fn is_faulty((_, diagnostics): &(Option<Tree>, Vec<Diagnostic>)) -> bool {
    diagnostics.iter().any(|one| one.code == "syntax")
}

/// Whether a text is meant as JSON.
fn is_json(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim_start().starts_with(['{', '['])
}

impl<'t> Node<'t> {
    /// The identifier within the tree.
    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    /// Where it stands, tag and quotes included.
    pub(crate) fn span(self) -> Span {
        self.data.span
    }

    /// Its local tag, if it has one.
    pub(crate) fn tag(self) -> Option<&'t Tag> {
        self.data.tag.as_deref()
    }

    /// The text of a scalar, whatever its type.
    pub(crate) fn text(self) -> Option<&'t str> {
        self.scalar().map(|scalar| scalar.text(self.tree.file_of(scalar.inner)))
    }

    /// The text that CloudFormation makes of a scalar where it takes texts: a truth value is `true` or `false` however it
    /// was written.
    pub(crate) fn value_text(self) -> Option<&'t str> {
        match self.resolved() {
            Some(Resolved::Bool(true)) if self.tag().is_none() => Some("true"),
            Some(Resolved::Bool(false)) if self.tag().is_none() => Some("false"),
            _ => self.text(),
        }
    }

    /// The text of a scalar that is no call of a function.
    pub(crate) fn untagged_text(self) -> Option<&'t str> {
        self.text().filter(|_| self.tag().is_none())
    }

    /// The scalar as it is typed; `None` for collections.
    pub(crate) fn resolved(self) -> Option<Resolved<'t>> {
        self.scalar().map(|scalar| scalar.resolve(self.tree.file_of(scalar.inner)))
    }

    /// The text of a scalar that was written as it is, with its place; `None` when escapes or line breaks lie between,
    /// and for collections.
    pub(crate) fn verbatim(self) -> Option<(&'t str, Span)> {
        let scalar = self.scalar().filter(|scalar| scalar.decoded.is_none())?;
        Some((scalar.text(self.tree.file_of(scalar.inner)), scalar.inner))
    }

    /// The parts of a scalar's text, each with the bytes it was written in; `None` for collections.
    pub(crate) fn pieces(self) -> Option<Vec<(&'t str, Option<Span>)>> {
        self.scalar().map(|scalar| scalar.pieces(self.tree.file_of(scalar.inner)))
    }

    /// Whether it stands in the place of something that could not be read.
    pub(crate) fn is_unread(self) -> bool {
        matches!(self.data.content, Content::Unread)
    }

    /// Whether it is a collection of which not all could be read.
    pub(crate) fn is_cut(self) -> bool {
        self.tree.cut.contains(&self.id)
    }

    /// Whether it is an untagged null or absent.
    pub(crate) fn is_null(self) -> bool {
        self.tag().is_none() && matches!(self.resolved(), Some(Resolved::Null))
    }

    /// The elements of a sequence.
    pub(crate) fn items(self) -> Option<impl ExactSizeIterator<Item = Node<'t>> + Clone> {
        match &self.data.content {
            Content::Sequence(items) => Some(items.iter().map(move |&id| self.tree.node(id))),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub(crate) fn entries(self) -> Option<impl ExactSizeIterator<Item = Entry<'t>> + Clone> {
        match &self.data.content {
            Content::Mapping(entries) => Some(entries.pairs().iter().map(move |pair| self.entry(pair))),
            _ => None,
        }
    }

    /// The value under a key, if this is a mapping that has it.
    pub(crate) fn get(self, key: &str) -> Option<Node<'t>> {
        self.find(key).map(|entry| entry.value)
    }

    /// The entry of a key, if this is a mapping that has it.
    pub(crate) fn find(self, key: &str) -> Option<Entry<'t>> {
        match &self.data.content {
            Content::Mapping(entries) => entries.find(key).map(|pair| self.entry(pair)),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(crate) fn shape(self) -> &'static str {
        match &self.data.content {
            Content::Scalar(_) if self.is_null() => "null",
            Content::Scalar(_) => "a text",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a map",
            Content::Unread => "something that could not be read",
        }
    }

    fn entry(self, pair: &'t Pair) -> Entry<'t> {
        Entry { key: &pair.key, key_span: pair.key_span, value: self.tree.node(pair.value) }
    }

    fn scalar(self) -> Option<&'t Scalar> {
        match &self.data.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
