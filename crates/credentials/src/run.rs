//! Runs of the characters that secrets are made of, with what JSON and addresses write in their place.

use std::borrow::Cow;
use std::ops::Range;

/// The longest run that is kept. Session tokens are the longest credentials, of two or three thousand characters.
pub(crate) const LONGEST: usize = 4096;

/// What begins the sequences that colour a terminal, and how long their parameters may be.
const ESCAPE: u8 = 0x1B;
const COLOUR: usize = 20;

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

/// The run that begins at an offset or behind it, if one begins before `end`.
pub(crate) fn next(bytes: &[u8], mut at: usize, end: usize) -> Option<Run<'_>> {
    while at < end {
        let escape = escaped_control(bytes, at);
        if escape > 0 {
            at += escape;
        } else if character(bytes, at).is_some() {
            return Some(read(bytes, at));
        } else {
            at += 1;
        }
    }
    None
}

fn read(bytes: &[u8], start: usize) -> Run<'_> {
    let rest = bytes.get(start..).unwrap_or_default();
    let plain = rest.iter().take_while(|byte| is_plain(**byte)).count();
    let mut characters = Cow::Borrowed(rest.get(..plain.min(LONGEST + 1)).unwrap_or_default());
    let mut at = start + plain;
    while let Some((character, width)) = character(bytes, at) {
        if characters.len() <= LONGEST {
            characters.to_mut().push(character);
        }
        at += width;
    }
    let mut end = at;
    let mut padding = 0;
    while let Some(width) = padding_at(bytes, end) {
        padding += 1;
        end += width;
    }
    Run { range: start..at, characters, padding }
}

/// The character of base64 at an offset, and how many bytes it takes: one, or more where it is percent-encoded or escaped.
fn character(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *bytes.get(at)?;
    match byte {
        _ if is_plain(byte) => Some((byte, 1)),
        b'%' => match bytes.get(at + 1..at + 3)? {
            [b'2', b'B' | b'b'] => Some((b'+', 3)),
            [b'2', b'F' | b'f'] => Some((b'/', 3)),
            _ => None,
        },
        b'\\' => match bytes.get(at + 1..)? {
            [b'/', ..] => Some((b'/', 2)),
            [b'u', b'0', b'0', b'2', b'B' | b'b', ..] => Some((b'+', 6)),
            [b'u', b'0', b'0', b'2', b'F' | b'f', ..] => Some((b'/', 6)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a byte is a character of base64 as it stands.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/')
}

fn padding_at(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..)? {
        [b'=', ..] => Some(1),
        [b'%', b'3', b'D' | b'd', ..] => Some(3),
        [b'\\', b'u', b'0', b'0', b'3', b'D' | b'd', ..] => Some(6),
        _ => None,
    }
}

/// How many bytes an escape takes that stands for no character of base64: `\n`, `%22`, `\u0022`, a colour of the terminal. Its letters
/// belong to no run.
fn escaped_control(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [ESCAPE, b'[', rest @ ..] => {
            let parameters =
                rest.iter().take(COLOUR).take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
            if rest.get(parameters).is_some_and(u8::is_ascii_alphabetic) { parameters + 3 } else { 0 }
        }
        [b'\\', b'n' | b'r' | b't' | b'b' | b'f' | b'"' | b'\\', ..] => 2,
        [b'\\', b'u', a, b, c, d, ..]
            if character(bytes, at).is_none() && [a, b, c, d].iter().all(|one| one.is_ascii_hexdigit()) =>
        {
            6
        }
        [b'%', a, b, ..]
            if character(bytes, at).is_none() && a.is_ascii_hexdigit() && b.is_ascii_hexdigit() =>
        {
            3
        }
        _ => 0,
    }
}

/// Whether what begins at an offset is the rest of a word. The letters of an escape before it are none.
pub(crate) fn continues(bytes: &[u8], start: usize, is_word: impl Fn(u8) -> bool) -> bool {
    let before = |distance: usize| start.checked_sub(distance);
    let escapes =
        (2..=COLOUR + 3).any(|width| before(width).is_some_and(|at| escaped_control(bytes, at) == width));
    !escapes && before(1).and_then(|at| bytes.get(at)).is_some_and(|byte| is_word(*byte))
}
