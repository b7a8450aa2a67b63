//! Scalars within lines, and tags.

use super::super::builder::Properties;
use super::super::scalar::Scalar;
use super::super::{Style, Tag};
use super::{END, Reader, Token, columns};

impl Reader<'_> {
    /// A local tag. Answers where it ends.
    pub(super) fn tag(&mut self, properties: &mut Properties) -> Option<usize> {
        let start = self.at;
        self.at += 1;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'.' | b'_' | b'-');
        while self.peek().is_some_and(is_name) {
            self.at += 1;
        }
        let name = self.text.get(start + 1..self.at).filter(|name| !name.is_empty())?;
        if !self.is_blank(self.at) {
            return None;
        }
        properties.tag = Some(Box::new(Tag { name: name.into(), span: self.span(start, self.at) }));
        Some(self.at)
    }

    /// Moves over an unquoted text, up to where it ends in the line. Answers where its last letter ends.
    pub(super) fn plain_line(&mut self, in_flow: bool) -> Option<usize> {
        let start = self.at;
        match self.peek()? {
            b'-' if !self.is_parted(in_flow) => {}
            b':' if !in_flow && !self.is_parted(false) => {}
            b'-' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
            | b'"' | b'%' | b'@' | b'`' | b'?' | b':' => return None,
            _ => {}
        }
        let meanings = if in_flow { ANYWHERE | IN_FLOW } else { ANYWHERE };
        loop {
            let is_end = |&byte: &u8| means(byte, meanings);
            self.at += self.rest().iter().position(is_end).unwrap_or(self.rest().len());
            match self.peek() {
                Some(b'\t') => return None,
                Some(b':') if !self.is_parted(in_flow) => {}
                Some(b'#') if !self.is_at_comment() => {}
                _ => break,
            }
            self.at += 1;
        }
        let len = self.text.get(start..self.at)?.trim_end_matches(' ').len();
        (len > 0).then_some(start + len)
    }

    /// Whether an indicator at the position is one: something else has to follow it than a letter.
    fn is_parted(&self, in_flow: bool) -> bool {
        self.is_blank(self.at + 1) || in_flow && self.byte(self.at + 1).is_some_and(is_flow)
    }

    /// An unquoted text that was written as it is.
    pub(super) fn plain(&self, start: usize, end: usize) -> Token {
        let span = self.span(start, end);
        Token { scalar: Scalar { style: Style::Plain, inner: span, decoded: None }, span }
    }

    /// An unquoted text whose first line was read, with those below that are indented more than what it stands in. The
    /// reader is then at the start of a line.
    pub(super) fn plain_lines(&mut self, parent: isize, start: usize, first_end: usize) -> Option<Token> {
        // At the margin the lines may be those that part documents.
        (parent > END).then_some(())?;
        let mut end = first_end;
        let mut folded: Option<String> = None;
        while self.is_at_end() && self.peek().is_some() {
            self.line_end()?;
            let line = self.at;
            let mut blank_lines = 0;
            let mut from = line;
            loop {
                self.skip_blanks();
                if !self.is_at_end() || self.peek().is_none() {
                    break;
                }
                self.line_end()?;
                blank_lines += 1;
                from = self.at;
            }
            if matches!(self.peek(), None | Some(b'#')) || columns(from, self.at) <= parent {
                self.at = line;
                return Some(self.folded(start, end, folded));
            }
            let text = folded.get_or_insert(self.text.get(start..end)?.to_owned());
            if blank_lines == 0 {
                text.push(' ');
            }
            text.extend(std::iter::repeat_n('\n', blank_lines));
            let from = self.at;
            end = self.plain_line(false)?;
            text.push_str(self.text.get(from..end)?);
            (self.peek() != Some(b':')).then_some(())?;
        }
        self.rest_of_line()?;
        Some(self.folded(start, end, folded))
    }

    fn folded(&self, start: usize, end: usize, folded: Option<String>) -> Token {
        let mut token = self.plain(start, end);
        token.scalar.decoded = folded.map(String::into_boxed_str);
        token
    }

    /// A text in quotes, all in one line.
    pub(super) fn quoted(&mut self) -> Option<Token> {
        let start = self.at;
        self.at += 1;
        let (style, decoded) = match self.byte(start)? {
            b'"' => (Style::Double, self.double_quoted(Self::escape)?),
            _ => (Style::Single, self.single_quoted()?),
        };
        self.at += 1;
        let (span, inner) = (self.span(start, self.at), self.span(start + 1, self.at - 1));
        Some(Token { scalar: Scalar { style, inner, decoded }, span })
    }

    /// The text up to a closing quote, if it differs from what is written.
    fn single_quoted(&mut self) -> Option<Option<Box<str>>> {
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at += memchr::memchr2(b'\'', b'\n', self.rest())?;
            match (self.peek()?, self.byte(self.at + 1)) {
                (b'\n', _) => return None,
                (_, Some(b'\'')) => {
                    is_escaped = true;
                    self.at += 2;
                }
                _ => break,
            }
        }
        let written = self.text.get(start..self.at)?;
        Some(is_escaped.then(|| written.replace("''", "'").into()))
    }

    /// The text up to a closing quote, if it differs from what is written. `escape` knows what the backslash at the position
    /// and what follows it stand for, and how long they are.
    pub(super) fn double_quoted(
        &mut self,
        escape: impl Fn(&Self) -> Option<(char, usize)>,
    ) -> Option<Option<Box<str>>> {
        let mut from = self.at;
        let mut decoded: Option<String> = None;
        loop {
            self.at += memchr::memchr3(b'"', b'\\', b'\n', self.rest())?;
            let written = self.text.get(from..self.at)?;
            match self.peek()? {
                b'"' => {
                    let text = decoded.map(|text| text + written);
                    return Some(text.map(String::into_boxed_str));
                }
                b'\\' => {
                    let (letter, len) = escape(self)?;
                    let text = decoded.get_or_insert_default();
                    text.push_str(written);
                    text.push(letter);
                    self.at += len;
                    from = self.at;
                }
                _ => return None,
            }
        }
    }

    fn escape(&self) -> Option<(char, usize)> {
        match self.byte(self.at + 1)? {
            b'n' => Some(('\n', 2)),
            b't' => Some(('\t', 2)),
            letter @ (b'"' | b'\\' | b'/') => Some((char::from(letter), 2)),
            _ => None,
        }
    }
}

/// Where a byte may end an unquoted text, as bits.
const ANYWHERE: u8 = 1;
const IN_FLOW: u8 = 2;

/// Where each byte may.
#[expect(clippy::indexing_slicing, reason = "the compiler counts to 256")]
const MEANINGS: [u8; 256] = {
    let mut meanings = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        meanings[byte] = match byte as u8 {
            b'\n' | b'\r' | b'\t' | b':' | b'#' => ANYWHERE,
            b',' | b'[' | b']' | b'{' | b'}' => IN_FLOW,
            _ => 0,
        };
        byte += 1;
    }
    meanings
};

#[expect(clippy::indexing_slicing, reason = "a byte is less than 256")]
fn means(byte: u8, meanings: u8) -> bool {
    MEANINGS[usize::from(byte)] & meanings != 0
}

fn is_flow(byte: u8) -> bool {
    means(byte, IN_FLOW)
}
