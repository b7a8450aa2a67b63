//! A position in a text, and the small things that stand at one: names, blanks, comments, heredocs.

/// A position in a text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

/// What a byte may mean, as bits.
const IN_QUOTES: u8 = 1;
const OUTSIDE: u8 = 2;
const STARTS_NAME: u8 = 4;
const IN_NAME: u8 = 8;

/// What each byte may mean.
#[expect(clippy::indexing_slicing, reason = "the compiler counts to 256")]
const MEANINGS: [u8; 256] = {
    let mut meanings = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        meanings[byte] = match byte as u8 {
            b'"' => IN_QUOTES | OUTSIDE,
            b'\\' | b'\n' | b'$' | b'%' => IN_QUOTES,
            b'{' | b'}' | b'[' | b']' | b'(' | b')' | b'<' | b'#' | b'/' => OUTSIDE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => STARTS_NAME | IN_NAME,
            b'0'..=b'9' | b'-' => IN_NAME,
            _ => 0,
        };
        byte += 1;
    }
    meanings
};

#[expect(clippy::indexing_slicing, reason = "a byte is less than 256")]
fn means(byte: u8, meaning: u8) -> bool {
    MEANINGS[usize::from(byte)] & meaning != 0
}

/// A closing bracket, quote or marker is missing or wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unbalanced;

impl<'t> Cursor<'t> {
    /// The position `at` in `text`.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The offset.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The byte at the position.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte behind it.
    pub(super) fn peek_second(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at + 1).copied()
    }

    /// Moves on by `n` bytes.
    pub(super) fn advance(&mut self, n: usize) {
        self.at = (self.at + n).min(self.text.len());
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Whether the text goes on with these bytes.
    pub(super) fn sees(&self, bytes: &[u8]) -> bool {
        self.rest().starts_with(bytes)
    }

    /// Moves behind the next `byte`, or to the end.
    pub(super) fn skip_past(&mut self, byte: u8) {
        let found = memchr::memchr(byte, self.rest());
        self.at = found.map_or(self.text.len(), |n| self.at + n + 1);
    }

    /// Moves over blanks on the line, and over comments between `/*` and `*/`: to Terraform these are blanks, also when
    /// they go over the ends of lines.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'/') if self.sees(b"/*") => drop(self.skip_comment()),
                _ => return,
            }
        }
    }

    /// Where a comment without end begins, if there is nothing else up to there.
    pub(super) fn unclosed_comment(&self) -> Option<usize> {
        let mut cursor = self.clone();
        loop {
            let start = cursor.at;
            match cursor.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => cursor.at += 1,
                _ if !cursor.skip_comment() => return None,
                _ => {
                    let comment = self.text.get(start..cursor.at)?;
                    if comment.starts_with("/*") && (comment.len() < 4 || !comment.ends_with("*/")) {
                        return Some(start);
                    }
                }
            }
        }
    }

    /// Moves over white space and comments.
    pub(super) fn skip_trivia(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                _ if !self.skip_comment() => return,
                _ => {}
            }
        }
    }

    /// Moves over a comment that ends with its line, if there is one.
    pub(super) fn skip_line_comment(&mut self) {
        if self.sees(b"#") || self.sees(b"//") {
            self.skip_comment();
        }
    }

    /// Moves over a comment, if there is one. The end of a line comment's line stays.
    pub(super) fn skip_comment(&mut self) -> bool {
        if self.sees(b"#") || self.sees(b"//") {
            let found = memchr::memchr(b'\n', self.rest());
            self.at = found.map_or(self.text.len(), |n| self.at + n);
            true
        } else if self.sees(b"/*") {
            let found = memchr::memmem::find(self.rest(), b"*/");
            self.at = found.map_or(self.text.len(), |n| self.at + n + 2);
            true
        } else {
            false
        }
    }

    /// Moves to the next byte that may be more than itself: between quotes, or outside of them.
    pub(super) fn skip_plain(&mut self, in_quotes: bool) {
        let meaning = if in_quotes { IN_QUOTES } else { OUTSIDE };
        let found = self.rest().iter().position(|&byte| means(byte, meaning));
        self.at = found.map_or(self.text.len(), |n| self.at + n);
    }

    /// Moves to the next byte that may be more than itself between quotes.
    pub(super) fn skip_plain_in_quotes(&mut self) {
        self.skip_plain(true);
    }

    /// The identifier at the position, which is moved over, if it is one of the letters that everyone takes for such: those
    /// of ASCII.
    pub(super) fn ascii_identifier(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        rest.first().filter(|&&byte| means(byte, STARTS_NAME))?;
        let end = rest.iter().position(|&byte| !means(byte, IN_NAME)).unwrap_or(rest.len());
        if rest.get(end).is_some_and(|byte| !byte.is_ascii()) {
            return None;
        }
        let name = self.text.get(self.at..self.at + end);
        self.at += end;
        name
    }

    /// The identifier at the position, if there is one, which is moved over.
    pub(super) fn identifier(&mut self) -> Option<&'t str> {
        if let Some(name) = self.ascii_identifier() {
            return Some(name);
        }
        let rest = self.text.get(self.at..)?;
        let mut characters = rest.char_indices();
        let (_, first) = characters.next()?;
        if !(first.is_alphabetic() || first == '_') {
            return None;
        }
        let end = characters
            .find(|(_, c)| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .map_or(rest.len(), |(n, _)| n);
        self.at += end;
        rest.get(..end)
    }

    /// The quoted text at the position without its quotes, if it ends on the line; moved over.
    pub(super) fn quoted(&mut self) -> Option<&'t str> {
        let rest = self.text.get(self.at..)?.strip_prefix('"')?;
        let end = rest.find(['"', '\n'])?;
        let inner = rest.get(..end)?;
        if !rest.get(end..)?.starts_with('"') {
            return None;
        }
        self.at += end + 2;
        Some(inner)
    }

    /// Moves over a heredoc, up to the marker that stands alone on a line; `false` when `<<` begins none.
    pub(super) fn skip_heredoc(&mut self) -> Result<bool, Unbalanced> {
        let mut start = Cursor::new(self.text, self.at + 2);
        if start.peek() == Some(b'-') {
            start.advance(1);
        }
        let Some(marker) = start.identifier() else { return Ok(false) };
        if start.peek() == Some(b'\r') {
            start.advance(1);
        }
        if start.peek() != Some(b'\n') {
            return Ok(false);
        }
        start.advance(1);
        while !start.rest().is_empty() {
            let line = start.at;
            start.skip_past(b'\n');
            let text = self.text.get(line..start.at).unwrap_or_default();
            if text.trim() == marker {
                self.at = line + (text.len() - text.trim_start().len()) + marker.len();
                return Ok(true);
            }
        }
        Err(Unbalanced)
    }
}
