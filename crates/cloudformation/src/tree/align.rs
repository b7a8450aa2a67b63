//! Finds where every part of a decoded scalar was written.

use std::ops::Range;

use super::Style;

/// A run of a decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The bytes of the decoded text.
    pub(super) text: Range<usize>,
    /// The bytes of the source it was written in: as many as the text has, unless an escape was decoded. `None` for
    /// characters that folding made up.
    pub(super) source: Option<Range<usize>>,
}

/// Aligns a decoded scalar with its source (without quotes). Linear in both.
///
/// The notations of YAML and JSON only ever drop or replace white space (indentation, line folding) and decode escapes.
/// So both texts are walked together: equal characters belong together, white space of the source that does not
/// match was dropped, white space of the text that does not match was made up.
pub(super) fn align(source: &str, text: &str, style: Style) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    let (mut from, mut to) = (0, 0);
    while let Some(wanted) = char_at(text, to) {
        let alike = alike(source, from, text, to, style);
        if alike > 0 {
            pieces.push(to..to + alike, Some(from..from + alike));
            from += alike;
            to += alike;
            continue;
        }
        let width = wanted.len_utf8();
        let written = char_at(source, from);
        if let Some(escape) = escape_at(source, from, style) {
            from += escape.len;
            if let Some(count) = escape.decodes_to(text, to) {
                pieces.push(to..to + count, Some(from - escape.len..from));
                to += count;
            }
        } else if written == Some(wanted) {
            pieces.push(to..to + width, Some(from..from + width));
            from += width;
            to += width;
        } else if let Some(skipped) = written.filter(|written| written.is_whitespace()) {
            from += skipped.len_utf8();
        } else if wanted.is_whitespace() {
            pieces.push(to..to + width, None);
            to += width;
        } else {
            // Not one of the notations: the rest stands somewhere in the scalar.
            pieces.push(to..text.len(), None);
            break;
        }
    }
    pieces.0
}

/// How many bytes of whole characters both texts have in common from these positions on, up to what may be an escape.
fn alike(source: &str, from: usize, text: &str, to: usize, style: Style) -> usize {
    let escape = match style {
        Style::Single => Some(b'\''),
        Style::Double => Some(b'\\'),
        Style::Plain | Style::Block => None,
    };
    let written = source.as_bytes().get(from..).unwrap_or_default();
    let wanted = text.get(to..).unwrap_or_default();
    let both = written.iter().zip(wanted.as_bytes());
    wanted.floor_char_boundary(both.take_while(|(one, other)| one == other && Some(**one) != escape).count())
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, text: Range<usize>, source: Option<Range<usize>>) {
        if let Some(last) = self.0.last_mut()
            && last.text.end == text.start
        {
            match (&mut last.source, &source) {
                (Some(before), Some(next))
                    if before.end == next.start
                        && before.len() == last.text.len()
                        && next.len() == text.len() =>
                {
                    before.end = next.end;
                    last.text.end = text.end;
                    return;
                }
                (None, None) => {
                    last.text.end = text.end;
                    return;
                }
                _ => {}
            }
        }
        self.0.push(Piece { text, source });
    }
}

struct Escape {
    /// Bytes in the source.
    len: usize,
    /// Whether it stands for no character: an escaped line break.
    void: bool,
}

impl Escape {
    /// How many bytes of the text it stands for.
    fn decodes_to(&self, text: &str, at: usize) -> Option<usize> {
        if self.void { None } else { char_at(text, at).map(char::len_utf8) }
    }
}

fn escape_at(source: &str, at: usize, style: Style) -> Option<Escape> {
    let rest = source.as_bytes().get(at..)?;
    let len = match (style, rest) {
        (Style::Single, [b'\'', b'\'', ..]) => 2,
        (Style::Double, [b'\\', kind, ..]) => match kind {
            b'x' => 4,
            b'u' if is_high_surrogate(rest) => 12,
            b'u' => 6,
            b'U' => 10,
            b'\n' => return Some(Escape { len: 2, void: true }),
            b'\r' => {
                let len = if rest.get(2) == Some(&b'\n') { 3 } else { 2 };
                return Some(Escape { len, void: true });
            }
            // A backslash before a character of several bytes is no escape of either notation.
            kind if kind.is_ascii() => 2,
            _ => return None,
        },
        _ => return None,
    };
    Some(Escape { len: len.min(rest.len()), void: false })
}

/// Whether `\uD8xx\u....` starts here: two escapes for one character.
fn is_high_surrogate(rest: &[u8]) -> bool {
    let digits = rest.get(2..6).and_then(|digits| std::str::from_utf8(digits).ok());
    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    code.is_some_and(|code| (0xD800..0xDC00).contains(&code)) && rest.get(6..8) == Some(b"\\u".as_slice())
}

fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{Piece, align};
    use crate::tree::Style;

    fn of(text: &str, range: Range<usize>) -> String {
        text.get(range).expect("pieces end between characters").to_owned()
    }

    fn shown(source: &str, text: &str, style: Style) -> Vec<(String, Option<String>)> {
        let pieces = align(source, text, style);
        pieces
            .into_iter()
            .map(|Piece { text: at, source: from }| (of(text, at), from.map(|from| of(source, from))))
            .collect()
    }

    #[test]
    fn indentation_of_a_block_is_dropped() {
        let pieces = shown("{\n    \"a\": 1\n  }\n", "{\n  \"a\": 1\n}\n", Style::Block);
        let quoted = pieces.iter().find(|(text, _)| text.contains("\"a\"")).expect("the key is there");
        assert_eq!(quoted.1.as_deref(), Some(quoted.0.as_str()));
    }

    #[test]
    fn folding_makes_up_a_space() {
        let expected = [("x", Some("x")), (" ", None), ("y", Some("y"))]
            .map(|(a, b)| (a.to_owned(), b.map(str::to_owned)));
        assert_eq!(shown("x\ny", "x y", Style::Plain), expected);
    }

    #[test]
    fn escapes_keep_their_place() {
        let expected = [("a", "a"), ("\"", "\\\""), ("b", "b"), ("\u{1D11E}", "\\uD834\\uDD1E"), ("c", "c")];
        let expected: Vec<_> = expected.map(|(a, b)| (a.to_owned(), Some(b.to_owned()))).into();
        assert_eq!(shown("a\\\"b\\uD834\\uDD1Ec", "a\"b\u{1D11E}c", Style::Double), expected);
        let expected =
            [("it", "it"), ("'", "''"), ("s", "s")].map(|(a, b)| (a.to_owned(), Some(b.to_owned())));
        assert_eq!(shown("it''s", "it's", Style::Single), expected);
    }

    proptest! {
        #[test]
        fn pieces_cover_the_text_in_order(source in "[a\\\\\"' \n]{0,12}", text in "[a\\\\\"' \n]{0,12}") {
            for style in [Style::Plain, Style::Single, Style::Double, Style::Block] {
                let mut at = 0;
                for piece in align(&source, &text, style) {
                    prop_assert_eq!(piece.text.start, at);
                    at = piece.text.end;
                    prop_assert!(piece.source.is_none_or(|from| source.get(from).is_some()));
                }
                prop_assert_eq!(at, text.len());
            }
        }
    }
}
