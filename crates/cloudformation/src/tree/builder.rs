//! Builds trees from the events of a parser, under budgets.
//!
//! The parsers know nothing of nodes, and this knows nothing of parsers: another source of events joins here.

use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet, RandomState};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};

use super::scalar::Scalar;
use super::{Content, Data, MOST_DEPTH, MOST_NODES, NodeId, Pair, Style, Tag, Tree};

/// How many collections are open at once, how many elements they have that wait, and how many keys differ, in templates of usual size.
const USUAL: usize = 28;

/// What YAML says of a node beside its content.
#[derive(Debug, Default)]
pub(super) struct Properties {
    /// Its local tag.
    pub(super) tag: Option<Box<Tag>>,
    /// The number of its anchor.
    pub(super) anchor: Option<usize>,
}

/// Reading has to end: the diagnostic says why.
#[derive(Debug)]
pub(super) struct Stop;

/// A tree in the making.
#[derive(Debug)]
pub(super) struct Builder<'f> {
    pub(super) file: &'f Arc<SourceFile>,
    pub(super) nodes: Vec<Data>,
    sizes: Vec<Size>,
    pub(super) documents: Vec<NodeId>,
    pub(super) open: Vec<Open>,
    /// The elements of all open sequences, those of the innermost last: a collection takes its own when it ends, so
    /// that none grows by itself.
    pub(super) items: Vec<NodeId>,
    /// The entries of all open mappings, likewise.
    pub(super) pairs: Vec<Pair>,
    anchors: HashMap<usize, Option<NodeId>>,
    /// Every key once, as most of them come again and again.
    keys: HashSet<Arc<str>>,
    has_alias: bool,
    /// How many collections are open that are nested too deep to be kept.
    pub(super) skipped: usize,
    /// The value that was read last, if it is a scalar and nothing was read since.
    pub(super) last: Option<NodeId>,
    /// The collections that the last line has ended by its indentation.
    pub(super) ended: Vec<NodeId>,
    /// The collections of which not all was read.
    pub(super) cut: HashSet<NodeId>,
    /// From where on the text could not be read.
    pub(super) fault: Option<usize>,
    /// Whether that is within brackets among lines, which were not closed.
    pub(super) fault_in_bracket: bool,
    /// Whether anchors may stand before what is read here.
    pub(super) is_rest: bool,
    /// How many entries `<<` went through.
    pub(super) merged: usize,
    /// Whether something was left out because it is nested too deep.
    is_too_deep: bool,
    /// Whether something was left out because it is too large.
    is_too_large: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The size of a node with every alias in it expanded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) nodes: u32,
    pub(super) depth: u16,
}

/// A collection whose end was not read yet.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) items: Items,
    /// Where its own elements or entries start.
    pub(super) from: usize,
    properties: Properties,
    pub(super) span: Span,
    /// Whether the end of the last child is the end of the collection (block style).
    pub(super) grows: bool,
    /// Whether a key in it is no text.
    is_strange: bool,
}

#[derive(Debug)]
pub(super) enum Items {
    Sequence,
    Mapping { key: Option<Key>, merges: Vec<NodeId> },
}

#[derive(Debug)]
pub(super) enum Key {
    Named(Arc<str>, Span),
    /// `<<`
    Merge,
    /// A collection: its value is dropped.
    Complex,
}

impl<'f> Builder<'f> {
    pub(super) fn new(file: &'f Arc<SourceFile>) -> Self {
        // Templates have a node every thirty bytes or so; those that have more shall not need twice the room at once.
        let expected = (file.text().len() / 24).min(1 << 16);
        Self {
            file,
            nodes: Vec::with_capacity(expected),
            sizes: Vec::with_capacity(expected),
            documents: Vec::new(),
            open: Vec::with_capacity(USUAL),
            items: Vec::with_capacity(USUAL),
            pairs: Vec::with_capacity(USUAL),
            anchors: HashMap::default(),
            keys: HashSet::with_capacity_and_hasher(USUAL, RandomState::default()),
            has_alias: false,
            skipped: 0,
            last: None,
            ended: Vec::new(),
            cut: HashSet::default(),
            fault: None,
            fault_in_bracket: false,
            is_rest: false,
            merged: 0,
            is_too_deep: false,
            is_too_large: false,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Option<Tree>, Vec<Diagnostic>) {
        let Self { file, nodes, documents, diagnostics, cut, fault, fault_in_bracket, .. } = self;
        let file = Arc::clone(file);
        let tree = Tree {
            file,
            grafted: Vec::new(),
            included: 0,
            nodes,
            documents,
            change_set: None,
            cut,
            fault,
            fault_in_bracket,
        };
        (Some(tree), diagnostics)
    }

    /// Goes on to something that begins.
    fn step(&mut self) {
        self.last = None;
        self.ended.clear();
    }

    pub(super) fn report(&mut self, code: &'static str, message: impl Into<String>, span: Span) {
        self.diagnostics.push(Diagnostic::error(code, Arc::clone(self.file.path()), message).at(span));
    }

    /// Says, once, that something is left out.
    pub(super) fn report_too_large(&mut self, message: String, span: Span) {
        if !std::mem::replace(&mut self.is_too_large, true) {
            self.report("too-large", message, span);
        }
    }

    pub(super) fn sequence(&mut self, properties: Properties, span: Span, grows: bool) -> Result<(), Stop> {
        let from = self.items.len();
        self.open(Open { items: Items::Sequence, from, properties, span, grows, is_strange: false })
    }

    pub(super) fn mapping(&mut self, properties: Properties, span: Span, grows: bool) -> Result<(), Stop> {
        let items = Items::Mapping { key: None, merges: Vec::new() };
        self.open(Open { items, from: self.pairs.len(), properties, span, grows, is_strange: false })
    }

    pub(super) fn scalar(&mut self, properties: Properties, scalar: Scalar, span: Span) -> Result<(), Stop> {
        self.step();
        if self.skipped > 0 {
            return Ok(());
        }
        if properties.anchor.is_none()
            && let Some(Open { items: Items::Mapping { key: key @ None, .. }, .. }) = self.open.last_mut()
        {
            if self.file.slice(span).contains('\n') {
                self.report("syntax", "no YAML: a key has to stand in one line", span);
                return Err(Stop);
            }
            if let Some(tag) = properties.tag.filter(|tag| tag.is_call()) {
                self.strange_key(tag.span.to(span));
                return Ok(());
            }
            // Most keys are plain texts: they need no node.
            *key = Some(key_of(&scalar, span, self.file, &mut self.keys));
            return Ok(());
        }
        let whole = properties.tag.as_ref().map_or(span, |tag| tag.span.to(span));
        let id = self.push(
            Data { span: whole, tag: properties.tag, content: Content::Scalar(scalar) },
            Size { nodes: 1, depth: 0 },
        );
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, Some(id));
        }
        self.last = Some(id);
        self.attach(id);
        self.has_room(whole)
    }

    /// A reference to an anchored node, `None` when there is no such anchor.
    pub(super) fn alias(&mut self, anchor: Option<usize>, span: Span) -> Result<(), Stop> {
        self.step();
        if self.skipped > 0 {
            return Ok(());
        }
        if !std::mem::replace(&mut self.has_alias, true) && !self.is_rest {
            let note = "the template uses YAML aliases, which CloudFormation itself refuses";
            let help = "deploy it with `aws cloudformation package`, which resolves them";
            let path = Arc::clone(self.file.path());
            self.diagnostics.push(Diagnostic::note("yaml-alias", path, note).at(span).help(help));
        }
        let target = anchor.and_then(|anchor| self.anchors.get(&anchor).copied());
        let id = match target {
            Some(Some(id)) => id,
            target => {
                let message = match target {
                    Some(_) => "the alias stands within the node that it refers to",
                    None => "the alias refers to an anchor that is not defined before it",
                };
                if target.is_some() || !self.is_rest {
                    self.report("syntax", message, span);
                }
                self.push(Data::unread(span), Size { nodes: 1, depth: 0 })
            }
        };
        if let Some(Open { span: whole, grows: true, .. }) = self.open.last_mut() {
            *whole = whole.to(span);
        }
        self.attach(id);
        self.has_room(span)
    }

    pub(super) fn end(&mut self, span: Span) -> Result<(), Stop> {
        self.last = None;
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.leave_out(span);
            }
            return Ok(());
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        let is_ended_by_line = open.grows;
        let id = self.close(open, span);
        if is_ended_by_line {
            self.ended.push(id);
        }
        self.attach(id);
        self.has_room(span)
    }

    /// Makes a collection of what was read of it.
    pub(super) fn close(&mut self, open: Open, span: Span) -> NodeId {
        let content = match open.items {
            Items::Sequence => Content::Sequence(self.items.drain(open.from..).collect()),
            Items::Mapping { merges, .. } => Content::Mapping(self.settle(open.from, &merges)),
        };
        // What has nothing but such keys may have been meant as a call; otherwise the other entries stand.
        let is_lost =
            open.is_strange && matches!(&content, Content::Mapping(entries) if entries.pairs().is_empty());
        let content = if is_lost { Content::Unread } else { content };
        let size = self.size_of(&content);
        let whole = if open.grows { open.span } else { open.span.to(span) };
        let whole = open.properties.tag.as_ref().map_or(whole, |tag| tag.span.to(whole));
        let id = self.push(Data { span: whole, tag: open.properties.tag, content }, size);
        if let Some(anchor) = open.properties.anchor {
            self.anchors.insert(anchor, Some(id));
        }
        if open.is_strange {
            self.cut.insert(id);
        }
        id
    }

    fn open(&mut self, open: Open) -> Result<(), Stop> {
        self.step();
        if self.skipped > 0 || self.open.len() >= MOST_DEPTH {
            if self.skipped == 0 && !std::mem::replace(&mut self.is_too_deep, true) {
                let message = format!("collections are nested more than {MOST_DEPTH} deep");
                self.report("too-deep", message, open.span);
            }
            self.skipped += 1;
            return Ok(());
        }
        if let Some(anchor) = open.properties.anchor {
            self.anchors.insert(anchor, None);
        }
        self.open.push(open);
        Ok(())
    }

    /// Whether there may be more nodes.
    fn has_room(&mut self, span: Span) -> Result<(), Stop> {
        if self.nodes.len() <= MOST_NODES {
            return Ok(());
        }
        self.report_too_large(format!("the text has more than {MOST_NODES} nodes"), span);
        Err(Stop)
    }

    pub(super) fn push(&mut self, data: Data, size: Size) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(data);
        self.sizes.push(size);
        id
    }

    /// Hands a node to the collection it stands in.
    pub(super) fn attach(&mut self, id: NodeId) {
        let node = self.nodes.get(id.0 as usize);
        let span = node.map(|node| node.span);
        let is_call = node.and_then(|node| node.tag.as_ref()).is_some_and(|tag| tag.is_call());
        let size = self.size(id);
        if let Some(span) = span
            && (size.nodes as usize > MOST_NODES || self.open.len() + usize::from(size.depth) > MOST_DEPTH)
        {
            let message = if size.nodes as usize > MOST_NODES {
                format!("with its aliases expanded this has more than {MOST_NODES} nodes")
            } else {
                format!("with its aliases expanded this is nested more than {MOST_DEPTH} deep")
            };
            self.report_too_large(message, span);
            // What aliases blow up is left out; the rest of the text stands.
            return self.leave_out(span);
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(id);
            return;
        };
        if open.grows
            && let Some(span) = span
            && span.start >= open.span.start
        {
            // An alias stands elsewhere: its target must not stretch the collection back to it.
            open.span = open.span.to(span);
        }
        match &mut open.items {
            Items::Sequence => self.items.push(id),
            Items::Mapping { key, merges } => match key.take() {
                Some(Key::Named(name, key_span)) => self.pairs.push(Pair { key: name, key_span, value: id }),
                Some(Key::Merge) => merges.push(id),
                Some(Key::Complex) => {}
                None => {
                    // The key is a collection or an anchored scalar.
                    let named = match node.map(|node| (&node.content, node.span)) {
                        Some((Content::Scalar(scalar), span)) if !is_call => {
                            key_of(scalar, span, self.file, &mut self.keys)
                        }
                        _ => {
                            let at = span.unwrap_or(open.span);
                            return self.strange_key(at);
                        }
                    };
                    *key = Some(named);
                }
            },
        }
    }

    /// Takes a key that is a collection or a call of a function.
    fn strange_key(&mut self, span: Span) {
        if let Some(Open { items: Items::Mapping { key, .. }, is_strange, .. }) = self.open.last_mut() {
            *key = Some(Key::Complex);
            *is_strange = true;
        }
        self.report("syntax", "a key of a map must be a text", span);
    }

    fn size(&self, id: NodeId) -> Size {
        self.sizes.get(id.0 as usize).copied().unwrap_or(Size { nodes: 1, depth: 0 })
    }

    fn size_of(&self, content: &Content) -> Size {
        match content {
            Content::Scalar(_) | Content::Unread => Size { nodes: 1, depth: 0 },
            Content::Sequence(items) => self.size_around(items.iter().copied()),
            Content::Mapping(entries) => self.size_around(entries.pairs().iter().map(|pair| pair.value)),
        }
    }

    fn size_around(&self, children: impl Iterator<Item = NodeId>) -> Size {
        children.map(|id| self.size(id)).fold(Size { nodes: 1, depth: 1 }, |sum, child| Size {
            nodes: sum.nodes.saturating_add(child.nodes),
            depth: sum.depth.max(child.depth.saturating_add(1)),
        })
    }
}

fn key_of(scalar: &Scalar, span: Span, file: &SourceFile, keys: &mut HashSet<Arc<str>>) -> Key {
    let text = scalar.text(file);
    if text == "<<" && scalar.style == Style::Plain {
        return Key::Merge;
    }
    let known = keys.get(text).map(Arc::clone);
    let key = known.unwrap_or_else(|| {
        let key: Arc<str> = text.into();
        keys.insert(Arc::clone(&key));
        key
    });
    Key::Named(key, span)
}
