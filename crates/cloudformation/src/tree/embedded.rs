//! Templates within other texts: what the AWS command line answers to `get-template`, and what it tells of a change set.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, Sources, Span};

use super::keys::Entries;
use super::{Content, Data, Node, NodeId, Pair, Style, Tree};

impl Tree {
    /// The template that the text holds: the one that was asked for, the resources that a change set makes, otherwise the
    /// text itself.
    pub(crate) fn unwrapped(mut self, diagnostics: &mut Vec<Diagnostic>) -> Tree {
        let Some(root) = self.documents().next().filter(|root| root.get("Resources").is_none()) else {
            return self;
        };
        let answer = root.id();
        let inner = match (root.get("TemplateBody").map(Node::id), root.get("Changes").map(Node::id)) {
            (Some(body), _) if self.node(body).text().is_none() => Some(body),
            (Some(body), _) => self.embed(body, diagnostics),
            (None, Some(changes)) => {
                let changed = self.changed(changes, diagnostics);
                self.change_set = changed.map(|_| answer);
                changed
            }
            (None, None) => None,
        };
        if let Some(inner) = inner {
            self.documents = vec![inner];
        }
        self
    }

    /// A template of the resources that a change set adds or changes.
    fn changed(&mut self, changes: NodeId, diagnostics: &mut Vec<Diagnostic>) -> Option<NodeId> {
        let changes = self.node(changes);
        let (span, is_cut) = (changes.span(), changes.is_cut());
        let each = changes.items()?.filter_map(|change| Change::of(change.get("ResourceChange")?));
        let each: Vec<Change> = each.collect();
        // Of a stack that exists a change set shows what changes: the rest is there as well.
        let all_new = changes.items()?.all(|change| is_action(change, "Add"));
        if each.iter().any(|change| change.after.is_none()) {
            let message = "the change set does not tell the properties of its resources";
            let diagnostic = Diagnostic::error("change-set", Arc::clone(self.file.path()), message).at(span);
            diagnostics.push(diagnostic.help(
                "show it with them: `aws cloudformation describe-change-set --include-property-values`",
            ));
        }
        let mut resources = Vec::new();
        for Change { id, kind, after } in each {
            let mut pairs = vec![kind];
            let context = after.and_then(|after| self.embed(after, diagnostics));
            if let Some(Content::Mapping(more)) = context.map(|context| &self.node(context).data.content) {
                pairs.extend(more.pairs().iter().cloned());
            }
            let value = self.add(Content::Mapping(Entries::new(pairs)), id.key_span)?;
            resources.push(Pair { value, ..id });
        }
        let value = self.add(Content::Mapping(Entries::new(resources)), span)?;
        let section = Pair { key: "Resources".into(), key_span: span, value };
        let root = self.add(Content::Mapping(Entries::new(vec![section])), span)?;
        if is_cut || !all_new {
            self.cut.extend([value, root]);
        }
        Some(root)
    }

    /// Adds the document that a text is to the tree.
    fn embed(&mut self, at: NodeId, diagnostics: &mut Vec<Diagnostic>) -> Option<NodeId> {
        let other = self.embedded(at, diagnostics)?;
        self.adopt(other).ok()?
    }

    /// The document that a text is, with the places in the text around it.
    pub(crate) fn embedded(&self, at: NodeId, diagnostics: &mut Vec<Diagnostic>) -> Option<Tree> {
        let node = self.node(at);
        self.within(node.text()?, &Places::of(node)?, diagnostics)
    }

    /// The document that a text is, with the places that its parts have here.
    pub(super) fn within(
        &self,
        text: &str,
        places: &Places,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Tree> {
        let apart = Sources::new(MemoryFiles::default());
        let file = apart.adopt(self.file.path(), text.as_bytes().to_vec()).ok()?;
        let (other, found) = Tree::parse(&file);
        diagnostics.extend(found.into_iter().map(|one| {
            let span = one.span.map(|span| places.of_span(span));
            one.at(span)
        }));
        let mut other = other?;
        for data in &mut other.nodes {
            data.span = places.of_span(data.span);
            match &mut data.content {
                Content::Scalar(scalar) => {
                    scalar.decoded = Some(scalar.text(&file).into());
                    scalar.inner = places.of_span(scalar.inner);
                    if scalar.style != Style::Plain {
                        scalar.style = Style::Double;
                    }
                }
                Content::Sequence(_) | Content::Unread => {}
                Content::Mapping(entries) => {
                    let pairs = entries.pairs_mut().iter_mut();
                    pairs.for_each(|pair| pair.key_span = places.of_span(pair.key_span));
                }
            }
            if let Some(tag) = &mut data.tag {
                tag.span = places.of_span(tag.span);
            }
        }
        // Its places are all in the text around it.
        other.file = Arc::clone(&self.file);
        Some(other)
    }

    fn add(&mut self, content: Content, span: Span) -> Option<NodeId> {
        let id = NodeId(u32::try_from(self.nodes.len()).ok()?);
        self.nodes.push(Data { span, tag: None, content });
        Some(id)
    }
}

/// Whether an entry of a change set does something to its resource.
fn is_action(change: Node<'_>, action: &str) -> bool {
    change.get("ResourceChange").and_then(|change| change.get("Action")?.text()) == Some(action)
}

/// A resource that a change set adds or changes.
struct Change {
    /// Its logical id, with a value that is still to be made.
    id: Pair,
    /// The entry of its type.
    kind: Pair,
    /// What it will be, as JSON in a text, when the change set tells.
    after: Option<NodeId>,
}

impl Change {
    fn of(change: Node<'_>) -> Option<Self> {
        let is_removed = change.get("Action").and_then(Node::text) == Some("Remove");
        let (id, kind) = (change.get("LogicalResourceId")?, change.find("ResourceType")?);
        let pair =
            |key: &str, key_span, value: Node<'_>| Pair { key: key.into(), key_span, value: value.id() };
        (!is_removed).then_some(Self {
            id: pair(id.text()?, id.span(), id),
            kind: pair("Type", kind.key_span, kind.value),
            after: change.get("AfterContext").map(Node::id),
        })
    }
}

/// Where the bytes of a text stand in the text that it was written in.
pub(super) struct Places {
    pieces: Vec<Piece>,
    /// Where all of it stands.
    whole: Span,
}

/// A part of a text with its place.
struct Piece {
    start: usize,
    len: usize,
    span: Span,
}

impl Places {
    fn of(node: Node<'_>) -> Option<Self> {
        let pieces = node.pieces()?.into_iter().map(|(text, span)| (text.len(), span));
        Some(Self::of_pieces(pieces, node.span()))
    }

    /// Of a text of pieces, each with its length and its place, that stands somewhere as a whole.
    pub(super) fn of_pieces(each: impl Iterator<Item = (usize, Option<Span>)>, whole: Span) -> Self {
        let mut start = 0;
        let mut pieces = Vec::new();
        for (len, span) in each {
            pieces.push(Piece { start, len, span: span.unwrap_or(whole) });
            start += len;
        }
        Self { pieces, whole }
    }

    fn of_span(&self, span: Span) -> Span {
        let start = self.byte(span.start as usize);
        if span.end <= span.start {
            return Span::new(start.file, start.start, start.start);
        }
        start.to(self.byte(span.end as usize - 1))
    }

    /// Where one byte stands; after the end, the last.
    fn byte(&self, offset: usize) -> Span {
        let at = self.pieces.partition_point(|piece| piece.start <= offset).saturating_sub(1);
        let Some(Piece { start, len, span }) = self.pieces.get(at) else { return self.whole };
        if span.len() as usize != *len {
            return *span;
        }
        let at = (span.start + u32::try_from(offset - start).unwrap_or_default()).min(span.end);
        Span::new(span.file, at, (at + 1).min(span.end))
    }
}
