//! Blocks of base64, such as user data: what they hold, and where each byte of it stands.

use std::ops::Range;

/// The most characters of a block that are decoded to each side of what was recognised in it.
const REACH: usize = 64 << 10;

/// The six bits of a character, in the alphabet of files or that of addresses.
fn bits(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// The bytes that characters stand for; those that are none of base64 count as nothing, and so does what is left of a last group.
pub(crate) fn decode(characters: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(characters.len() / 4 * 3 + 3);
    for group in characters.chunks(4) {
        let all =
            group.iter().filter_map(|byte| bits(*byte)).fold(0u32, |all, six| all << 6 | u32::from(six));
        let all = all << (6 * (4 - group.len()));
        decoded.extend(all.to_be_bytes().into_iter().skip(1).take(group.len().saturating_sub(1)));
    }
    decoded
}

/// A decoded block.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) decoded: Vec<u8>,
    /// The offset of every character.
    places: Vec<usize>,
}

impl Block {
    /// The block around the characters at `at`, which stand for what begins `phase` bytes behind a group of three. Lines are
    /// joined. It begins behind `from`.
    pub(crate) fn around(bytes: &[u8], at: usize, phase: usize, from: usize) -> Self {
        let first = back(bytes, at, from);
        let mut places: Vec<usize> = Vec::new();
        let mut place = first;
        let end = bytes.len().min(at + REACH);
        while place < end {
            if bytes.get(place).is_some_and(|byte| bits(*byte).is_some()) {
                places.push(place);
                place += 1;
            } else {
                match line_break(bytes, place) {
                    Some(width) => place += width,
                    None => break,
                }
            }
        }
        // The anchor leaves out the characters before it that other bytes have a part in.
        let before = places.partition_point(|place| *place < at);
        let skip = (before + 4 - (phase * 8).div_ceil(6) % 4) % 4;
        places.drain(..skip.min(places.len()));
        let characters: Vec<u8> = places.iter().filter_map(|place| bytes.get(*place).copied()).collect();
        Self { decoded: decode(&characters), places }
    }

    /// The offset behind the last character.
    pub(crate) fn end(&self) -> usize {
        self.places.last().map_or(0, |place| place + 1)
    }

    /// Where decoded bytes stand.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = range.start * 4 / 3;
        let last = (range.end * 4).div_ceil(3).saturating_sub(1);
        Some(*self.places.get(first)?..self.places.get(last).or(self.places.last())? + 1)
    }
}

/// The offset of the first character of the block that reaches to `at`.
fn back(bytes: &[u8], at: usize, from: usize) -> usize {
    let least = from.max(at.saturating_sub(REACH));
    let mut first = at;
    loop {
        let line = bytes.get(least..first).unwrap_or_default();
        let characters = line.iter().rev().take_while(|byte| bits(**byte).is_some()).count();
        first -= characters;
        // The letter of an escaped line break belongs to the break.
        if characters > 0 && bytes.get(first.wrapping_sub(1)) == Some(&b'\\') && first > least {
            first += 1;
        }
        match break_before(bytes.get(least..first).unwrap_or_default()) {
            Some(width) => first -= width,
            None => return first,
        }
    }
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
    bits(*before).map(|_| indent + breaks)
}

/// How many bytes a line break with the indent behind it takes, as it stands or as JSON escapes it.
fn line_break(bytes: &[u8], at: usize) -> Option<usize> {
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
