//! Texts that indentation ends.

use super::super::Style;
use super::super::builder::Properties;
use super::super::scalar::{Scalar, block_span};
use super::{Reader, Token, columns};

/// What becomes of the line ends behind the last line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// The lines of a text as they are put together.
struct Lines {
    is_folded: bool,
    text: String,
    /// Whether the last line begins with a blank; `None` before the first one.
    last: Option<bool>,
    /// Empty lines since then.
    empty: usize,
}

impl Lines {
    fn add(&mut self, line: &str) {
        let is_indented = line.starts_with([' ', '\t']);
        let is_joined = self.is_folded && self.last == Some(false) && !is_indented;
        if is_joined && self.empty == 0 {
            self.text.push(' ');
        } else if !is_joined && self.last.is_some() {
            self.text.push('\n');
        }
        self.end_empty();
        self.text.push_str(line);
        self.last = Some(is_indented);
    }

    fn end_empty(&mut self) {
        self.text.extend(std::iter::repeat_n('\n', self.empty));
        self.empty = 0;
    }
}

impl Reader<'_> {
    /// A text in a block, from its indicator.
    pub(super) fn text_block(&mut self, parent: isize, properties: Properties) -> Option<()> {
        let is_folded = self.peek()? == b'>';
        self.at += 1;
        let chomping = match self.peek()? {
            b'-' => Chomping::Strip,
            b'+' => Chomping::Keep,
            _ => Chomping::Clip,
        };
        if chomping != Chomping::Clip {
            self.at += 1;
        }
        self.rest_of_line()?;
        let mut lines = Lines { is_folded, text: String::new(), last: None, empty: 0 };
        let indent = self.first_indent(parent, &mut lines)?;
        let (start, mut next) = (self.at, self.at);
        loop {
            let from = self.at;
            self.skip_line();
            let line = self.text.get(from..self.at)?;
            lines.add(line.strip_suffix('\r').unwrap_or(line));
            if self.peek().is_none() {
                // The last line of the text ends all the same.
                break;
            }
            self.at += 1;
            next = self.at;
            if !self.indentation(indent, &mut next, &mut lines)? {
                break;
            }
        }
        let end = self.at;
        if chomping != Chomping::Strip {
            lines.text.push('\n');
        }
        if chomping == Chomping::Keep {
            lines.end_empty();
        }
        let inner = self.span(start, end);
        let decoded = (self.text.get(start..end)? != lines.text).then(|| lines.text.into_boxed_str());
        let span = block_span(self.file, inner);
        self.hand_over(properties, Token { scalar: Scalar { style: Style::Block, inner, decoded }, span })?;
        if self.peek().is_some() {
            self.at = next;
        }
        self.next_line()
    }

    /// Moves to the first line with something in it; how much it is indented is how much all of them are.
    fn first_indent(&mut self, parent: isize, lines: &mut Lines) -> Option<usize> {
        let mut widest = 0;
        loop {
            let line = self.at;
            self.skip_blanks();
            let width = self.at - line;
            match self.peek()? {
                b'\n' | b'\r' => {
                    widest = widest.max(width);
                    lines.empty += 1;
                    self.line_end()?;
                }
                b'\t' => return None,
                _ => return (width >= widest && columns(line, self.at) > parent).then_some(width),
            }
        }
    }

    /// Moves over empty lines and the indentation of the next one. Answers whether it is one of the text; `next` is where
    /// it starts.
    fn indentation(&mut self, indent: usize, next: &mut usize, lines: &mut Lines) -> Option<bool> {
        loop {
            *next = self.at;
            while self.at - *next < indent && self.peek() == Some(b' ') {
                self.at += 1;
            }
            match self.peek() {
                None => return Some(false),
                Some(b'\n' | b'\r') => {
                    lines.empty += 1;
                    self.line_end()?;
                }
                Some(b'\t') if self.at - *next < indent => return None,
                Some(_) => return Some(self.at - *next == indent),
            }
        }
    }
}
