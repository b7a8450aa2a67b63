//! Blocks of base64 in a text: which of them are decoded, and that each of them is once.

use std::ops::Range;

use crate::anchor::{Anchor, anchors_among};
use crate::base64::{self, Block, Run};

/// How many characters of a block are decoded to see whether it holds text, and how far behind each other it is seen.
const HEAD: usize = 32;
const APART: usize = 4096;

/// The anchors of a text with the offsets that they begin and end at, in its order; `with_texts` says that those places are among them
/// where base64 holds text, whatever that says.
pub(crate) fn anchors_and_texts(
    bytes: &[u8],
    with_texts: bool,
) -> impl Iterator<Item = (usize, usize, Anchor)> {
    let runs = base64::long_runs(bytes);
    let mut anchors = anchors_among(bytes, &runs).peekable();
    let texts = runs.into_iter().filter(move |_| with_texts);
    let mut texts = texts.flat_map(move |run| texts_in(bytes, run)).peekable();
    std::iter::from_fn(move || match (anchors.peek(), texts.peek()) {
        (Some(anchor), Some(text)) if text.0 < anchor.0 => texts.next(),
        (None, _) => texts.next(),
        _ => anchors.next(),
    })
}

/// The places of a run of characters where base64 holds text.
fn texts_in(bytes: &[u8], run: Run) -> impl Iterator<Item = (usize, usize, Anchor)> {
    let Run { range, seen } = run;
    let last = range.end.saturating_sub(HEAD).max(range.start);
    (seen..range.end).step_by(APART).filter_map(move |at| text_at(bytes, at.min(last)))
}

/// The place next to an offset where a group of base64 begins, if it holds text there.
fn text_at(bytes: &[u8], at: usize) -> Option<(usize, usize, Anchor)> {
    let head = bytes.get(at..bytes.len().min(at + HEAD))?;
    let readings = [0, 1, 2, 3].map(|skip| {
        let head = head.get(skip..).unwrap_or_default();
        // The first characters tell most of what is no text.
        let first = base64::decode_first(head)?;
        (is_text(&first) || first.contains(&0)).then(|| base64::decode(head))
    });
    let readings = readings.iter().enumerate().filter_map(|(skip, text)| Some((skip, text.as_deref()?)));
    let found = |skip: usize, phase: usize, wide: bool| {
        let start = at + skip + base64::begun(phase);
        (start, start + 1, Anchor::Base64 { phase, wide })
    };
    // Read from a wrong place, text of few letters may look like one of many.
    let others = |text: &[u8]| text.iter().filter(|byte| !byte.is_ascii()).count();
    let narrow = readings.clone().filter(|(_, text)| is_text(text));
    let narrow = narrow.min_by_key(|(_, text)| others(text)).map(|(skip, _)| found(skip, 0, false));
    let is_wide = |text: &[u8]| {
        let (units, _) = text.as_chunks::<2>();
        units.iter().all(|[byte, zero]| is_of_text(*byte) && byte.is_ascii() && *zero == 0)
    };
    let shift = |text: &[u8]| (0..2).find(|shift| text.get(*shift..).is_some_and(is_wide));
    narrow.or_else(|| readings.into_iter().find_map(|(skip, text)| Some(found(skip, shift(text)?, true))))
}

fn is_text(part: &[u8]) -> bool {
    part.iter().all(|byte| is_of_text(*byte)) && is_utf8(part)
}

/// Whether a part of a text is UTF-8, of which a character may be cut off at both ends.
fn is_utf8(part: &[u8]) -> bool {
    let cut = part.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count();
    let text = std::str::from_utf8(part.get(cut..).unwrap_or_default());
    text.err().is_none_or(|error| error.error_len().is_none())
}

/// Whether a byte may be one of a text: no control character but those that lay it out, and the one that colours a terminal.
fn is_of_text(byte: u8) -> bool {
    !byte.is_ascii_control() || matches!(byte, b'\n' | b'\r' | b'\t' | 0x1B)
}

/// The blocks of base64 that were decoded last. Characters can be read in four ways, by which of them begins a group, and as UTF-16;
/// each of them is decoded once.
#[derive(Default)]
pub(crate) struct Blocks {
    /// Those that reach farthest, which are readings of the same characters.
    last: Vec<Block>,
    /// Where the others end.
    before: usize,
}

impl Blocks {
    /// The block around an anchor, unless it was decoded already.
    pub(crate) fn decode(
        &mut self,
        bytes: &[u8],
        anchor: &Range<usize>,
        phase: usize,
        wide: bool,
    ) -> Option<&Block> {
        let passed = self.last.extract_if(.., |block| block.end() <= anchor.start);
        self.before = passed.map(|block| block.end()).fold(self.before, usize::max);
        if self.last.iter().any(|block| block.covers(anchor.start, phase, wide)) {
            return None;
        }
        self.last.push(Block::around(bytes, anchor, phase, self.before, wide));
        self.last.last()
    }
}
