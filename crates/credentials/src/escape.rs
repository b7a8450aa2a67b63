//! What addresses, JSON, program text, HTML, mails and terminals write in the place of a character.

use std::borrow::Cow;

/// What begins the sequences that colour a terminal, and how long their parameters may be.
const ESCAPE: u8 = 0x1B;
const COLOUR: usize = 20;
/// How many backslashes stand before an escape in text that is quoted again and again, at most.
const BACKSLASHES: usize = 8;
/// The longest escape in bytes.
const LONGEST: usize = BACKSLASHES + 5 + COLOUR;

/// An escape at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escape {
    /// The ASCII character that it stands for; 0 where it is no such character.
    pub(crate) byte: u8,
    /// How many bytes it takes.
    pub(crate) width: usize,
}

/// The escape that begins at an offset: `%2B`, `\n`, `\\n`, `\x2b`, `\u002b`, `\053`, `&#43;`, `=3D`, a colour of the
/// terminal.
pub(crate) fn at(bytes: &[u8], offset: usize) -> Option<Escape> {
    let rest = bytes.get(offset..)?;
    match rest.first()? {
        b'%' => percent(rest),
        b'\\' => backslash(rest),
        b'&' => entity(rest),
        // In a mail (quoted-printable); other characters of credentials are written as they are.
        b'=' => rest.starts_with(b"=3D").then_some(Escape { byte: b'=', width: 3 }),
        &ESCAPE => Some(Escape { byte: 0, width: 1 + colour(rest.get(1..)?)? }),
        _ => None,
    }
}

/// Whether an escape ends at an offset.
pub(crate) fn ends_at(bytes: &[u8], offset: usize) -> bool {
    let starts = (2..=LONGEST).filter_map(|width| offset.checked_sub(width).map(|start| (start, width)));
    starts.into_iter().any(|(start, width)| at(bytes, start).is_some_and(|escape| escape.width == width))
}

/// A text as it was before it was quoted: with its lines and its quotes.
pub(crate) fn unquoted(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut unquoted = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            unquoted.push(byte);
            continue;
        }
        while bytes.next_if_eq(&b'\\').is_some() {}
        unquoted.extend(match bytes.next() {
            Some(b'n') => Some(b'\n'),
            Some(b't') => Some(b'\t'),
            Some(b'r') => None,
            other => other,
        });
    }
    Cow::Owned(unquoted)
}

/// An escape in an address, encoded once or twice.
fn percent(rest: &[u8]) -> Option<Escape> {
    let twice = rest.starts_with(b"%25").then(|| hexadecimal(rest.get(3..5)?)).flatten();
    match twice {
        Some(byte) => Some(Escape { byte, width: 5 }),
        None => Some(Escape { byte: hexadecimal(rest.get(1..3)?)?, width: 3 }),
    }
}

fn backslash(rest: &[u8]) -> Option<Escape> {
    let backslashes = rest.iter().take(BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    let body = rest.get(backslashes..)?;
    let (byte, width) = match body {
        [b'/', ..] => (b'/', 1),
        [b'n' | b'r' | b't' | b'b' | b'f' | b'"' | b'\'', ..] => (0, 1),
        [b'u', b'{', ..] => {
            let digits = body.iter().skip(2).take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let closed = body.get(2 + digits) == Some(&b'}');
            (closed.then(|| hexadecimal(body.get(2..2 + digits)?)).flatten()?, 3 + digits)
        }
        [b'u', ..] => (hexadecimal(body.get(1..5)?)?, 5),
        [b'x', ..] => (hexadecimal(body.get(1..3)?)?, 3),
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            ((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), 3)
        }
        [b'e', b'[', ..] => (ESCAPE, 1),
        _ if backslashes > 1 => (0, 0),
        _ => return None,
    };
    let width = backslashes + width;
    let coloured = (byte == ESCAPE).then(|| colour(rest.get(width..)?)).flatten();
    Some(Escape { byte, width: width + coloured.unwrap_or_default() })
}

/// A reference of HTML by number.
fn entity(rest: &[u8]) -> Option<Escape> {
    let (digits, from, radix) = match rest {
        [b'&', b'#', b'x' | b'X', digits @ ..] => (digits, 3, 16),
        [b'&', b'#', digits @ ..] => (digits, 2, 10),
        _ => return None,
    };
    let length = digits.iter().take(4).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let number = u32::from_str_radix(std::str::from_utf8(digits.get(..length)?).ok()?, radix).ok()?;
    let closed = digits.get(length) == Some(&b';');
    closed.then_some(Escape { byte: ascii(number), width: from + length + 1 })
}

/// How many bytes behind the escape character colour a terminal.
fn colour(behind: &[u8]) -> Option<usize> {
    let parameters = behind.strip_prefix(b"[")?;
    let length = parameters.iter().take(COLOUR).take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
    parameters.get(length).filter(|byte| byte.is_ascii_alphabetic()).map(|_| length + 2)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let all = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| all)?;
    u32::from_str_radix(digits, 16).ok().map(ascii)
}

fn ascii(number: u32) -> u8 {
    u8::try_from(number).ok().filter(u8::is_ascii).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Escape, at, ends_at};

    #[test]
    fn escapes_stand_for_characters() {
        for (text, byte) in [
            ("%2B", b'+'),
            ("%252b", b'+'),
            ("%3D", b'='),
            ("\\/", b'/'),
            ("\\\\/", b'/'),
            ("\\x2f", b'/'),
            ("\\u002B", b'+'),
            ("\\\\u003d", b'='),
            ("\\u{2b}", b'+'),
            ("\\053", b'+'),
            ("&#43;", b'+'),
            ("&#x2F;", b'/'),
            ("=3D", b'='),
            ("\\n", 0),
            ("\\\\\\\"", 0),
            ("\\\\", 0),
            ("%C3", 0),
            ("\u{1b}[1;32m", 0),
            ("\\x1b[32m", 0x1B),
            ("\\033[0m", 0x1B),
            ("\\e[0m", 0x1B),
        ] {
            assert_eq!(at(text.as_bytes(), 0), Some(Escape { byte, width: text.len() }), "{text}");
            assert!(ends_at(format!("x{text}y").as_bytes(), text.len() + 1), "{text}");
        }
        for text in ["%2", "%zz", "\\d", "\\u00", "\\x3", "&#43", "&amp;", "=3d", "\u{1b}[1", "x"] {
            assert_eq!(at(text.as_bytes(), 0), None, "{text}");
        }
    }
}
