//! Blocks of base64, such as user data: what they hold, and where each byte of it stands.

use std::ops::Range;

/// How many characters of a block are decoded before what was recognised in it. What stands farther before it was recognised by itself,
/// and is decoded already.
const BEFORE: usize = 12 << 10;

/// How many characters lines of base64 have at least that are looked at although nothing in them was recognised: fewer than an id with
/// a short name has in base64 of base64.
const LINE: usize = 48;
/// How many characters in a row tell them from text.
const LOOK: usize = 16;

/// How long the lines of a block are at least that are as long as each other.
const WRAPPED: usize = 40;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits of every character, in the alphabet of files and that of addresses; those of other bytes are 0.
#[expect(clippy::indexing_slicing, reason = "what is out of range does not compile")]
const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut six = 0;
    while six < ALPHABET.len() {
        bits[ALPHABET[six] as usize] = six as u8;
        six += 1;
    }
    bits[b'-' as usize] = 62;
    bits[b'_' as usize] = 63;
    bits
};

/// Whether a byte is a character of base64, found without a branch.
fn is_character(byte: u8) -> bool {
    is_of_lines(byte) | (byte == b'-') | (byte == b'_')
}

/// Whether a byte is a character of base64 in the alphabet of files, which is written in lines.
fn is_of_lines(byte: u8) -> bool {
    (byte | 0x20).is_ascii_lowercase() | byte.is_ascii_digit() | (byte == b'+') | (byte == b'/')
}

/// All characters of base64 in a row of which one stands at an offset.
fn characters_around(bytes: &[u8], at: usize) -> Range<usize> {
    line_start(bytes, at, 0)..at + length(bytes, at)
}

/// Many characters of base64 in a row.
pub(crate) struct Run {
    pub(crate) range: Range<usize>,
    /// Where characters of it stand that are letters, digits, `+` and `/`: what it begins with may be a word and a hyphen.
    pub(crate) seen: usize,
}

/// Where as many characters stand in a row as lines of base64 have at least.
pub(crate) fn long_runs(bytes: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    // Of such a run, some characters in a row are among those that are looked at.
    while let Some(look) = bytes.get(at..).and_then(|rest| rest.first_chunk::<LOOK>()) {
        if look.iter().fold(true, |all, byte| all & is_of_lines(*byte)) {
            let range = characters_around(bytes, at);
            let end = range.end;
            runs.extend((range.len() >= LINE).then_some(Run { range, seen: at }));
            at = end;
        }
        at += LINE - LOOK + 1;
    }
    runs
}

/// How many characters of base64 so many bytes begin, the last one in part.
pub(crate) fn begun(bytes: usize) -> usize {
    (bytes * 8).div_ceil(6)
}

/// The characters of base64 that depend on nothing but a word which begins so many bytes behind a group of three.
pub(crate) fn inner(word: &[u8], phase: usize) -> Vec<u8> {
    let bytes: Vec<u8> = std::iter::repeat_n(0, phase).chain(word.iter().copied()).collect();
    let whole = bytes.len() * 8 / 6;
    let six = |at: usize| {
        let bit = |place: usize| bytes.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
        (0..6).fold(0, |six, place| six << 1 | usize::from(bit(at * 6 + place)))
    };
    (begun(phase)..whole).filter_map(|at| ALPHABET.get(six(at)).copied()).collect()
}

/// The bytes that characters stand for; those that are none of base64 count as zeros, and what is left of a last group counts as
/// nothing.
pub(crate) fn decode(characters: &[u8]) -> Vec<u8> {
    let six = |byte: u8| u32::from(BITS.get(usize::from(byte)).copied().unwrap_or_default());
    let mut decoded = Vec::with_capacity(characters.len() / 4 * 3 + 3);
    let (groups, rest) = characters.as_chunks::<4>();
    for &[a, b, c, d] in groups {
        let [_, bytes @ ..] = (six(a) << 18 | six(b) << 12 | six(c) << 6 | six(d)).to_be_bytes();
        decoded.extend_from_slice(&bytes);
    }
    let all = rest.iter().fold(0, |all, byte| all << 6 | six(*byte)) << (6 * (4 - rest.len()));
    decoded.extend(all.to_be_bytes().into_iter().skip(1).take(rest.len().saturating_sub(1)));
    decoded
}

/// The bytes that the first characters stand for.
pub(crate) fn decode_first(characters: &[u8]) -> Option<[u8; 6]> {
    let six = |byte: u8| u64::from(BITS.get(usize::from(byte)).copied().unwrap_or_default());
    let all = characters.first_chunk::<8>()?.iter().fold(0, |all, byte| all << 6 | six(*byte));
    let [_, _, bytes @ ..] = all.to_be_bytes();
    Some(bytes)
}

/// A decoded block.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) decoded: Vec<u8>,
    /// Where its lines stand, each with the number of the characters before it.
    lines: Vec<(usize, Range<usize>)>,
    /// How many characters there are.
    length: usize,
    /// Where the first character is that was decoded, in bytes of what it decodes to: 1 if the first byte is the second half of a
    /// character in UTF-16.
    shift: usize,
    /// How many bytes a character of the text takes that it holds.
    width: usize,
}

impl Block {
    /// The block around the characters at `anchor`, which stand for what begins `phase` bytes behind a group of three. Its lines are
    /// joined. It begins behind `from`. `wide` says that it holds UTF-16, as PowerShell takes it: of that the characters of ASCII are
    /// kept, and others replaced.
    pub(crate) fn around(bytes: &[u8], anchor: &Range<usize>, phase: usize, from: usize, wide: bool) -> Self {
        let at = anchor.start;
        let least = from.max(at.saturating_sub(BEFORE));
        let own = line_start(bytes, at, least);
        let is_aligned = (at - own) % 4 == begun(phase) % 4;
        // Lines of one block are as long as each other, or end with a group.
        let joins =
            |line: usize, next: usize| !is_aligned || line.is_multiple_of(4) || line >= next.max(WRAPPED);
        let mut place = first(bytes, own, least, joins);
        let mut characters = Vec::new();
        let mut lines: Vec<(usize, Range<usize>)> = Vec::new();
        let mut before = 0;
        loop {
            let length = length(bytes, place);
            if (place..place + length).contains(&at) {
                before = characters.len() + at - place;
            }
            lines.push((characters.len(), place..place + length));
            characters.extend_from_slice(bytes.get(place..place + length).unwrap_or_default());
            place += length;
            let Some(next) = line_break(bytes, place).map(|width| place + width) else { break };
            if place >= anchor.end && !joins(length, self::length(bytes, next)) {
                break;
            }
            place = next;
        }
        // The anchor leaves out the characters before it that other bytes have a part in.
        let skip = (before + 4 - begun(phase) % 4) % 4;
        let length = characters.len();
        let decoded = decode(characters.get(skip..).unwrap_or_default());
        let block = Self { decoded, lines, length, shift: 0, width: 1 };
        let word = word(before.saturating_sub(skip), phase);
        let block = if wide { block.narrowed(word % 2) } else { block };
        block.skipping(skip)
    }

    /// The text that the block holds in UTF-16, which begins at its first byte or its second.
    fn narrowed(self, shift: usize) -> Self {
        let units = self.decoded.get(shift..).unwrap_or_default().chunks(2);
        let narrow = |unit: &[u8]| match *unit {
            [byte, 0] => byte,
            _ => 0xFF,
        };
        Self { decoded: units.map(narrow).collect(), shift, width: 2, ..self }
    }

    /// The same with the first characters left out, which were not decoded.
    fn skipping(mut self, skip: usize) -> Self {
        self.length = self.length.saturating_sub(skip);
        if let Some((_, first)) = self.lines.first_mut() {
            first.start = (first.start + skip).min(first.end);
        }
        for (before, _) in self.lines.iter_mut().skip(1) {
            *before = before.saturating_sub(skip);
        }
        self
    }

    /// Whether the word at an anchor was decoded: the anchor stands in the block, its groups are those of the block,
    /// and so are its characters in UTF-16.
    pub(crate) fn covers(&self, at: usize, phase: usize, wide: bool) -> bool {
        let line = self.lines.partition_point(|(_, line)| line.start <= at).checked_sub(1);
        let Some((before, line)) = line.and_then(|line| self.lines.get(line)) else { return false };
        let number = before + at - line.start;
        let is_aligned = number % 4 == begun(phase) % 4;
        is_aligned
            && if wide { self.width == 2 && word(number, phase) % 2 == self.shift } else { self.width == 1 }
    }

    /// How many bytes of the text that it holds so many characters stand for.
    pub(crate) fn held_by(&self, characters: usize) -> usize {
        characters * 3 / 4 / self.width
    }

    /// The offset behind the last character.
    pub(crate) fn end(&self) -> usize {
        self.lines.last().map_or(0, |(_, line)| line.end)
    }

    /// Where it stands, its line breaks included.
    pub(crate) fn range(&self) -> Range<usize> {
        self.lines.first().map_or(0, |(_, line)| line.start)..self.end()
    }

    /// Where decoded bytes stand.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let bytes = self.shift + range.start * self.width..self.shift + range.end * self.width;
        let last = (bytes.end * 4).div_ceil(3).min(self.length).checked_sub(1)?;
        Some(self.character(bytes.start * 4 / 3)?..self.character(last)? + 1)
    }

    /// The offset of a character.
    fn character(&self, number: usize) -> Option<usize> {
        let line = self.lines.partition_point(|(before, _)| *before <= number).checked_sub(1)?;
        let (before, line) = self.lines.get(line)?;
        Some(line.start + number - before).filter(|at| *at < line.end)
    }
}

/// Which byte a word begins at whose anchor is a character of that number.
fn word(number: usize, phase: usize) -> usize {
    number.saturating_sub(begun(phase)) / 4 * 3 + phase
}

/// How many characters of base64 begin at an offset.
fn length(bytes: &[u8], at: usize) -> usize {
    let mut rest = bytes.get(at..).unwrap_or_default();
    let begun = rest.len();
    while let Some((chunk, behind)) = rest.split_first_chunk::<16>()
        && chunk.iter().fold(true, |all, byte| all & is_character(*byte))
    {
        rest = behind;
    }
    begun - rest.len() + rest.iter().take_while(|byte| is_character(**byte)).count()
}

/// The offset of the first of the characters that reach to `at` on its line.
fn line_start(bytes: &[u8], at: usize, least: usize) -> usize {
    let line = bytes.get(least..at).unwrap_or_default();
    let start = at - line.iter().rev().take_while(|byte| is_character(**byte)).count();
    // The letter of an escaped line break belongs to the break.
    let is_break = start < at && start > least && bytes.get(start - 1) == Some(&b'\\');
    start + usize::from(is_break)
}

/// The offset of the first character of the block that has a line at `own`.
fn first(bytes: &[u8], own: usize, least: usize, joins: impl Fn(usize, usize) -> bool) -> usize {
    let mut first = own;
    let mut next = length(bytes, own);
    while let Some(width) = break_before(bytes.get(least..first).unwrap_or_default()) {
        let end = first - width;
        let start = line_start(bytes, end, least);
        if start == end || !joins(end - start, next) {
            break;
        }
        (first, next) = (start, end - start);
    }
    first
}

/// How many bytes the line break takes that a text ends with, if characters of base64 stand before it.
fn break_before(text: &[u8]) -> Option<usize> {
    let indent = text.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let rest = text.get(..text.len() - indent)?;
    let breaks = match rest {
        [.., b'\\', b'r', b'\\', b'n'] => 4,
        [.., b'\r', b'\n'] | [.., b'\\', b'n'] => 2,
        [.., b'\n'] => 1,
        _ => return None,
    };
    let before = rest.len().checked_sub(breaks + 1).and_then(|at| rest.get(at))?;
    is_character(*before).then_some(indent + breaks)
}

/// How many bytes a line break with the indent behind it takes, as it stands or as JSON escapes it.
pub(crate) fn line_break(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let breaks = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        [b'\\', b'r', b'\\', b'n', ..] => 4,
        [b'\\', b'n', ..] => 2,
        _ => return None,
    };
    let indent = rest.iter().skip(breaks).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some(breaks + indent)
}
