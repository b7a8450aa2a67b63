//! Where the characters of an expression stand in the file, when its text was cut out of the file or taken from a JSON
//! string with escapes.

use std::sync::Arc;

use iamrail_core::source::{FileId, Span};
use iamrail_core::value::Part;

use crate::types::composed;

/// A map from offsets in a text that is parsed to offsets in the file.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    file: FileId,
    base: usize,
    /// Offsets in the text from which on another shift holds: the offset, and what is added to it. Sorted.
    shifts: Vec<(usize, usize)>,
    /// The place of everything, when the text stands nowhere as it is.
    whole: Option<Span>,
}

impl Places {
    /// The text stands in the file as it is, from `base` on.
    pub(crate) fn direct(file: FileId, base: usize) -> Self {
        Self { file, base, shifts: Vec::new(), whole: None }
    }

    /// The text stands from `base` on with escapes: each shift is an offset in the text and how many more bytes the
    /// file has before it.
    pub(crate) fn escaped(file: FileId, base: usize, shifts: Vec<(usize, usize)>) -> Self {
        Self { file, base, shifts, whole: None }
    }

    /// The text was computed: all of it is at one place.
    pub(crate) fn nowhere(span: Span) -> Self {
        Self { file: span.file, base: 0, shifts: Vec::new(), whole: Some(span) }
    }

    /// Whether the text stands in the file as it is.
    pub(crate) fn is_direct(&self) -> bool {
        self.shifts.is_empty() && self.whole.is_none()
    }

    /// The span of a range of the text.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        if let Some(whole) = self.whole {
            return whole;
        }
        Span::new(self.file, self.offset(start), self.offset(end))
    }

    fn offset(&self, at: usize) -> u32 {
        let passed = self.shifts.partition_point(|(offset, _)| *offset <= at);
        let shift = passed.checked_sub(1).and_then(|n| self.shifts.get(n)).map_or(0, |(_, shift)| *shift);
        u32::try_from(self.base + at + shift).unwrap_or(u32::MAX)
    }

    /// The characters of `text`, which stand at `start`, as parts that each map to the file byte by byte, or are one
    /// escape.
    pub(crate) fn literal(&self, text: &str, start: usize, parts: &mut Vec<Part>) {
        let mut from = 0;
        let first = self.shifts.partition_point(|(offset, _)| *offset <= start);
        for (offset, _) in self.shifts.iter().skip(first) {
            // The shift holds behind the escaped character: the character before it stands apart.
            let end = offset.saturating_sub(start).min(text.len());
            let escaped =
                text.get(..end).and_then(|head| head.char_indices().next_back()).map_or(0, |(n, _)| n);
            self.push(text, start, from, escaped.max(from), parts);
            self.push(text, start, escaped.max(from), end, parts);
            from = end;
            if from == text.len() {
                return;
            }
        }
        self.push(text, start, from, text.len(), parts);
    }

    fn push(&self, text: &str, start: usize, from: usize, to: usize, parts: &mut Vec<Part>) {
        if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
            let span = match self.whole {
                Some(_) => None,
                None => Some(self.span(start + from, start + to)),
            };
            parts.push(Part::Literal { text: Arc::from(&*composed(piece)), span });
        }
    }
}
