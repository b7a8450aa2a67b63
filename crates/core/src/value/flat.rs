//! Texts in one piece, for whoever searches or parses them.

use std::sync::Arc;

use super::{Hole, Part, Text};
use crate::source::Span;

/// Stands for a hole. A text that contains this character itself is told apart by [`Flat::hole_at`].
pub const HOLE: char = '\u{10FFFF}';

/// A text in one piece, with the way back to where its bytes stand.
#[derive(Debug)]
pub struct Flat {
    text: String,
    /// Offsets at which holes are marked.
    holes: Vec<(usize, Arc<Hole>)>,
    /// Literal parts: offset in the text, length, place.
    places: Vec<(usize, usize, Option<Span>)>,
}

impl Flat {
    /// The text with [`HOLE`] for every hole.
    pub fn new(text: &Text) -> Self {
        let parts = text.parts();
        let length = |part: &Part| match part {
            Part::Literal { text, .. } => text.len(),
            Part::Hole(_) => HOLE.len_utf8(),
        };
        let mut flat = Self {
            text: String::with_capacity(parts.iter().map(length).sum()),
            holes: Vec::new(),
            places: Vec::with_capacity(parts.len()),
        };
        for part in parts {
            let at = flat.text.len();
            match part {
                Part::Literal { text, span } => {
                    flat.text.push_str(text);
                    flat.places.push((at, text.len(), *span));
                }
                Part::Hole(hole) => {
                    flat.text.push(HOLE);
                    flat.holes.push((at, Arc::clone(hole)));
                    flat.places.push((at, HOLE.len_utf8(), hole.span));
                }
            }
        }
        flat
    }

    /// The characters.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hole that is marked at an offset.
    pub fn hole_at(&self, offset: usize) -> Option<&Arc<Hole>> {
        let index = self.holes.binary_search_by_key(&offset, |(at, _)| *at).ok()?;
        self.holes.get(index).map(|(_, hole)| hole)
    }

    /// The offset of the first hole that is marked at an offset or behind it.
    pub(super) fn next_hole(&self, offset: usize) -> Option<usize> {
        let index = self.holes.partition_point(|(at, _)| *at < offset);
        self.holes.get(index).map(|(at, _)| *at)
    }

    /// Where the bytes `start..end` stand: exactly in parts that are written as they are, by part otherwise.
    pub fn span(&self, start: usize, end: usize) -> Option<Span> {
        let first = self.place(start)?;
        let last =
            if end > start { self.place(end - 1)? } else { Span::new(first.file, first.start, first.start) };
        Some(first.to(last))
    }

    /// Where the parts stand that make up the bytes `start..end`: none of those that stand nowhere.
    pub fn places(&self, start: usize, end: usize) -> Vec<Span> {
        let mut places: Vec<Span> = Vec::new();
        for span in (start..end).filter_map(|at| self.place(at)) {
            match places.last_mut() {
                Some(last)
                    if last.file == span.file && last.start <= span.start && span.start <= last.end =>
                {
                    *last = last.to(span);
                }
                _ => places.push(span),
            }
        }
        places
    }

    /// Where one byte stands.
    fn place(&self, offset: usize) -> Option<Span> {
        let index = self.places.partition_point(|(at, _, _)| *at <= offset).checked_sub(1)?;
        let (at, len, span) = self.places.get(index)?;
        let span = (*span)?;
        let inside = u32::try_from(offset - at).ok()?;
        Some(if span.len() as usize == *len {
            let start = (span.start + inside).min(span.end);
            Span::new(span.file, start, (start + 1).min(span.end))
        } else {
            span
        })
    }
}
