//! Runs of the characters that secrets are made of, with what stands for them in escapes.

use std::borrow::Cow;
use std::ops::Range;

use crate::escape;

/// The longest run that is kept. Session tokens are the longest credentials, of two or three thousand characters.
pub(crate) const LONGEST: usize = 4096;

/// In how many parts a credential is written at most, and how many bytes stand between two of them.
const PARTS: usize = 8;
const BETWEEN: usize = 160;

/// A run of characters of base64.
#[derive(Debug)]
pub(crate) struct Run<'t> {
    /// The bytes that it takes up.
    pub(crate) range: Range<usize>,
    /// The characters, decoded; those of an overlong run are left out.
    pub(crate) characters: Cow<'t, [u8]>,
    /// How many `=` follow.
    pub(crate) padding: usize,
}

impl Run<'_> {
    /// The beginning of it, of so many characters, if none of it is escaped.
    pub(crate) fn cut(mut self, length: usize) -> Self {
        if let Cow::Borrowed(characters) = self.characters
            && let Some(beginning) = characters.get(..length).filter(|_| characters.len() > length)
        {
            let range = self.range.start..self.range.start + length;
            self = Self { range, characters: Cow::Borrowed(beginning), padding: 0 };
        }
        self
    }
}

/// Whether the length of a text stands before it, as one byte or as four: so programs keep texts that are compiled, and what follows one
/// without anything between, such as a letter for the kind of the next one, is no part of it. The number of the characters of an id is
/// no character of a text.
pub(crate) fn is_counted(bytes: &[u8], start: usize, length: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let Ok(length) = u8::try_from(length) else { return false };
    before.ends_with(&[length]) || before.ends_with(&[length, 0, 0, 0])
}

/// The next run of at least so many characters that begins at an offset or behind it, if one begins before `end`. One that is written
/// in parts has as many.
pub(crate) fn next(bytes: &[u8], mut at: usize, end: usize, least: usize) -> Option<Run<'_>> {
    while at < end {
        if character(bytes, at).is_some() {
            let (behind, count) = extent(bytes, at);
            if count >= least {
                return Some(read(bytes, at..behind, count));
            }
            let parts = joint(bytes, behind).and_then(|_| joined(bytes, at, least, character));
            if let Some((characters, end)) = parts {
                return Some(Run { range: at..end, characters: Cow::Owned(characters), padding: 0 });
            }
            at = behind;
        } else {
            // The letters of an escape that stands for anything else belong to no run, unless they begin one that is as long as it may be.
            let is_sign = bytes.get(at) == Some(&b'=') && extent(bytes, at + 1).1 == least;
            at += escape::at(bytes, at).filter(|_| !is_sign).map_or(1, |escape| escape.width);
        }
    }
    None
}

/// The characters of one kind from an offset on, those of them decoded that are escaped, and the offset behind them. `most` is how many
/// there are at most.
pub(crate) fn of(bytes: &[u8], start: usize, most: usize, is_one: impl Fn(u8) -> bool) -> (Vec<u8>, usize) {
    let mut at = start;
    let mut characters = Vec::new();
    while let Some(byte) = bytes.get(at).filter(|_| characters.len() < most) {
        let (byte, width) = match escape::at(bytes, at) {
            // What is escaped without need is a part of other text.
            Some(escape) if !escape.byte.is_ascii_alphanumeric() => (escape.byte, escape.width),
            Some(_) => break,
            None => (*byte, 1),
        };
        if !is_one(byte) {
            break;
        }
        characters.push(byte);
        at += width;
    }
    (characters, at)
}

/// The characters from an offset on that are written in parts, if there are so many of them, and the offset behind the last one. `one`
/// reads a character and tells how many bytes it takes.
pub(crate) fn joined(
    bytes: &[u8],
    start: usize,
    length: usize,
    one: impl Fn(&[u8], usize) -> Option<(u8, usize)>,
) -> Option<(Vec<u8>, usize)> {
    let mut at = start;
    let mut characters = Vec::new();
    let mut parts = 1;
    while characters.len() <= length {
        if let Some((character, width)) = one(bytes, at) {
            characters.push(character);
            at += width;
            continue;
        }
        // What goes on behind the last part is longer.
        let next = joint(bytes, at).map(|width| at + width).filter(|next| one(bytes, *next).is_some());
        match next {
            Some(next) if parts < PARTS => (at, parts) = (next, parts + 1),
            _ => {
                return (parts > 1 && next.is_none() && characters.len() == length)
                    .then_some((characters, at));
            }
        }
    }
    None
}

/// How many bytes stand between two parts of a text: the quotes that end a literal and begin the next one, with the operator that
/// joins them if there is any, or the line break of a mail (quoted-printable).
fn joint(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..bytes.len().min(at + BETWEEN))?;
    let quote = match rest {
        [b'=', b'\n', ..] => return Some(2),
        [b'=', b'\r', b'\n', ..] => return Some(3),
        [quote @ (b'"' | b'\'' | b'`'), ..] => *quote,
        _ => return None,
    };
    let spaces = |from: usize| {
        from + rest.iter().skip(from).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count()
    };
    let operator = spaces(1);
    let width = match rest.get(operator..)? {
        [b'.', b'.', ..] => 2,
        [b'+' | b'.' | b'&' | b'\\', ..] => 1,
        _ => 0,
    };
    let next = spaces(operator + width);
    // Python writes a letter before the quote of some literals.
    let prefix = usize::from(matches!(rest.get(next)?, b'b' | b'f' | b'r' | b'u'));
    (rest.get(next + prefix) == Some(&quote)).then_some(next + prefix + 1)
}

/// The offset behind the run that begins at `start`, and how many characters it has.
fn extent(bytes: &[u8], start: usize) -> (usize, usize) {
    let (mut at, mut count) = (start, 0);
    while let Some((_, width)) = character(bytes, at) {
        at += width;
        count += 1;
    }
    (at, count)
}

fn read(bytes: &[u8], range: Range<usize>, count: usize) -> Run<'_> {
    let plain = bytes.get(range.clone()).unwrap_or_default();
    let characters = if plain.len() == count {
        Cow::Borrowed(plain.get(..LONGEST + 1).unwrap_or(plain))
    } else {
        let mut at = range.start;
        let next = || {
            let (character, width) = character(bytes, at)?;
            at += width;
            Some(character)
        };
        Cow::Owned(std::iter::from_fn(next).take(count.min(LONGEST + 1)).collect())
    };
    let mut end = range.end;
    let mut padding = 0;
    while let Some(width) = padding_at(bytes, end) {
        padding += 1;
        end += width;
    }
    Run { range, characters, padding }
}

/// The character of base64 at an offset, and how many bytes it takes: one, or more where it is escaped.
fn character(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *bytes.get(at)?;
    if is_character(byte) {
        return Some((byte, 1));
    }
    let escape = escape::at(bytes, at)?;
    // What is escaped without need is a part of other text.
    matches!(escape.byte, b'+' | b'/').then_some((escape.byte, escape.width))
}

fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn padding_at(bytes: &[u8], at: usize) -> Option<usize> {
    let escaped = escape::at(bytes, at).filter(|escape| escape.byte == b'=').map(|escape| escape.width);
    escaped.or((bytes.get(at) == Some(&b'=')).then_some(1))
}

/// Whether what begins at an offset is the rest of a word. The letters of an escape before it are none.
pub(crate) fn continues(bytes: &[u8], start: usize, is_word: impl Fn(u8) -> bool) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    before.is_some_and(|byte| is_word(*byte)) && !escape::ends_at(bytes, start)
}
