//! Ends trees of texts that could not be read to their end.

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

use super::builder::{Builder, Items, Key, Size};
use super::{Content, Data, Pair, Style, Tree};

/// How far the last scalar before a fault can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is what it seems to be, unless it goes over several lines: then it may have taken in what was meant to follow.
    OneLine,
    /// It was meant as something else.
    Nothing,
}

impl Builder<'_> {
    /// The tree of what was read before a fault at a place. All collections that are open end there, and are marked: what
    /// else they hold is not known.
    pub(super) fn cut(mut self, at: Span, trust: Trust) -> (Option<Tree>, Vec<Diagnostic>) {
        let mut fault = self.distrust(trust).map_or(at.start, |scalar| scalar.start.min(at.start));
        // A line that is wrong may have been meant to go on with what it ends.
        self.cut.extend(self.ended.drain(..));
        if std::mem::take(&mut self.skipped) > 0 {
            self.leave_out(at);
        }
        // In a text of lines, a bracket that is not closed takes in whatever follows it.
        let bracket = self.open.iter().position(|open| !open.grows).filter(|&bracket| bracket > 0);
        self.fault_in_bracket = bracket.is_some();
        if self.open.is_empty() {
            // Something follows what seemed to be all of the text.
            self.cut.extend(self.documents.last());
        }
        if let Some(bracket) = bracket {
            for open in self.open.drain(bracket..) {
                fault = fault.min(open.span.start);
                match open.items {
                    Items::Sequence => self.items.truncate(open.from),
                    Items::Mapping { .. } => self.pairs.truncate(open.from),
                }
            }
            self.leave_out(at);
        }
        while let Some(mut open) = self.open.pop() {
            if let Items::Mapping { key, .. } = &mut open.items
                && let Some(Key::Named(key, key_span)) = key.take()
            {
                // Its value is what could not be read.
                let value = self.push(Data::unread(at), Size { nodes: 1, depth: 0 });
                self.pairs.push(Pair { key, key_span, value });
            }
            let id = self.close(open, at);
            self.cut.insert(id);
            self.attach(id);
        }
        if self.documents.is_empty() {
            return (None, self.diagnostics);
        }
        self.fault = Some(self.fault.map_or(fault as usize, |first| first.min(fault as usize)));
        self.finish()
    }

    /// Forgets the scalar that was read last, if it cannot be trusted, and answers where it stands.
    fn distrust(&mut self, trust: Trust) -> Option<Span> {
        let data = self.nodes.get_mut(self.last?.0 as usize)?;
        let Content::Scalar(scalar) = &data.content else { return None };
        let is_block = scalar.style == Style::Block;
        let is_wrong = trust == Trust::Nothing || !is_block && self.file.slice(scalar.inner).contains('\n');
        is_wrong.then(|| {
            data.content = Content::Unread;
            data.span
        })
    }

    /// A node in the place of something that is not kept.
    pub(super) fn leave_out(&mut self, span: Span) {
        let id = self.push(Data::unread(span), Size { nodes: 1, depth: 0 });
        self.attach(id);
    }
}

impl Data {
    /// Something that could not be read.
    pub(super) fn unread(span: Span) -> Self {
        Self { span, tag: None, content: Content::Unread }
    }
}
