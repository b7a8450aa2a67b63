//! Reads YAML and JSON as templates mostly have them, several times faster than the parsers.
//!
//! The reader errs on one side: what it does not know, or not surely, it leaves to the parsers, and so does it with all
//! that is wrong. What it does read becomes the same events with the same places.

mod block;
mod flow;
mod json;
mod scalar;
mod text_block;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};

use super::builder::{Builder, Properties};
use super::scalar::Scalar;
use super::{Style, Tree};

/// How deep collections may be nested here: less deep than a tree may be, and deeper than real templates are.
const DEPTH: usize = 48;

/// How long a key may be here; the parser knows no keys of more than 1024 characters.
const LONGEST_KEY: usize = 1000;

/// The column of what comes at the end of the text: less than that of any line.
const END: isize = -1;

/// A tree, with what is worth a word about its text.
type Read = (Option<Tree>, Vec<Diagnostic>);

/// The tree of a text in YAML.
pub(super) fn read_yaml(file: &Arc<SourceFile>) -> Option<Read> {
    read(file, Reader::yaml)
}

/// The tree of a text in JSON.
pub(super) fn read_json(file: &Arc<SourceFile>) -> Option<Read> {
    read(file, Reader::json)
}

fn read<'f>(file: &'f Arc<SourceFile>, notation: fn(&mut Reader<'f>) -> Option<()>) -> Option<Read> {
    let text = file.text();
    if !is_plain(text) {
        return None;
    }
    let mut reader = Reader { file, text, at: 0, column: END, depth: DEPTH, builder: Builder::new(file) };
    notation(&mut reader)?;
    Some(reader.builder.finish())
}

/// Whether no character means more than it shows: all can be printed, and carriage returns only stand at the ends of
/// lines.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if all(bytes, |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return true;
    }
    all(bytes, |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r' | 0x80..))
        && memchr::memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n'))
        && text.chars().all(|letter| match letter {
            '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' => false,
            letter => (letter as u32) & 0xFFFE != 0xFFFE,
        })
}

/// Whether all bytes are of a kind. Without an end before that of a piece, the processor looks at many at once.
fn all(bytes: &[u8], is_kind: impl Fn(u8) -> bool) -> bool {
    bytes.chunks(256).all(|piece| piece.iter().fold(true, |all, &byte| all & is_kind(byte)))
}

/// Each step is `Some` when what it expects is there; the reader is then behind it.
struct Reader<'f> {
    file: &'f SourceFile,
    text: &'f str,
    at: usize,
    /// The column of what stands at the position, when that is the first of its line; [`END`] at the end of the text.
    column: isize,
    /// How much deeper it may go.
    depth: usize,
    builder: Builder<'f>,
}

/// A scalar, not yet handed over.
struct Token {
    scalar: Scalar,
    span: Span,
}

impl<'f> Reader<'f> {
    /// The only document of the text.
    fn yaml(&mut self) -> Option<()> {
        self.line()?;
        if self.column == 0 && self.rest().starts_with(b"---") {
            self.at += 3;
            self.rest_of_line()?;
            self.next_line()?;
        }
        if self.column == END || matches!(self.peek(), Some(b'[' | b'{')) {
            return None;
        }
        self.block(END, Properties::default())?;
        (self.column == END).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self) -> &'f [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.file.span(start, end)
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Whether nothing or a space is at a position: what has to follow indicators.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), None | Some(b' ' | b'\n' | b'\r'))
    }

    /// Whether the line ends at the position.
    fn is_at_end(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n' | b'\r'))
    }

    /// Whether a comment begins at the position.
    fn is_at_comment(&self) -> bool {
        let is_apart = || self.at.checked_sub(1).is_none_or(|before| self.is_blank(before));
        self.peek() == Some(b'#') && is_apart()
    }

    /// Moves to the end of the line.
    fn skip_line(&mut self) {
        let end = memchr::memchr(b'\n', self.rest()).map_or(self.text.len(), |len| self.at + len);
        self.at = end;
    }

    /// Moves over what may stand before the end of a line: blanks and a comment.
    fn skip_trivia(&mut self) {
        self.skip_blanks();
        if self.is_at_comment() {
            self.skip_line();
            if self.at.checked_sub(1).and_then(|before| self.byte(before)) == Some(b'\r') {
                self.at -= 1;
            }
        }
    }

    /// Moves over the end of the line.
    fn line_end(&mut self) -> Option<()> {
        match self.peek() {
            None => {}
            Some(b'\n') => self.at += 1,
            Some(b'\r') => self.at += 2,
            Some(_) => return None,
        }
        Some(())
    }

    /// Moves to the next line, as nothing else may stand in this one.
    fn rest_of_line(&mut self) -> Option<()> {
        self.skip_trivia();
        self.line_end()
    }

    /// Moves from the start of a line to the next thing of the same document that is no comment.
    fn next_line(&mut self) -> Option<()> {
        self.line()?;
        let is_marker = self.column == 0
            && (self.rest().starts_with(b"---") || self.rest().starts_with(b"..."))
            && self.is_blank(self.at + 3);
        (!is_marker).then_some(())
    }

    /// Moves from the start of a line to the next thing that is no comment.
    fn line(&mut self) -> Option<()> {
        loop {
            let start = self.at;
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.column = END;
                    return Some(());
                }
                Some(b'\n') => self.at += 1,
                Some(b'\r') => self.at += 2,
                Some(b'#') => self.skip_line(),
                Some(b'\t') => return None,
                Some(_) => {
                    self.column = columns(start, self.at);
                    return Some(());
                }
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth = self.depth.checked_sub(1)?;
        let read = read(self)?;
        self.depth += 1;
        Some(read)
    }

    fn hand_over(&mut self, properties: Properties, token: Token) -> Option<()> {
        self.builder.scalar(properties, token.scalar, token.span).ok()
    }

    /// A value that is not there.
    fn nothing(&mut self, properties: Properties, at: usize) -> Option<()> {
        let span = self.span(at, at);
        self.hand_over(
            properties,
            Token { scalar: Scalar { style: Style::Plain, inner: span, decoded: None }, span },
        )
    }
}

/// How many columns lie between two positions of a line.
fn columns(from: usize, at: usize) -> isize {
    isize::try_from(at - from).unwrap_or(isize::MAX)
}
