//! A walk over the bytes of HCL that knows strings, templates, heredocs and comments, and nothing else: enough to find
//! where a block ends without parsing it. Keeps a stack of its own, so that no nesting can overflow that of the thread.

use super::cursor::{Cursor, Unbalanced};

/// What is open at a position inside of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Something that the byte closes.
    Bracket(u8),
    /// A quoted text.
    Quote,
    /// `${` or `%{` in a text.
    Interpolation,
    /// A text that is a template from its start to its end, in which quotes mean nothing.
    Template,
}

/// A walk through brackets of every kind.
pub(super) struct Walk<'t> {
    pub(super) cursor: Cursor<'t>,
    open: Vec<Open>,
}

/// What a walk has passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// A character, or an escape in quotes.
    Character,
    /// A comment.
    Comment,
    /// A heredoc.
    Heredoc,
}

impl<'t> Walk<'t> {
    /// A walk through blocks or an expression.
    pub(super) fn new(text: &'t str) -> Self {
        Self { cursor: Cursor::new(text, 0), open: Vec::new() }
    }

    /// A walk through a template that is a whole text of its own.
    pub(super) fn template(text: &'t str) -> Self {
        Self { open: vec![Open::Template], ..Self::new(text) }
    }

    /// How many brackets and quotes are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Moves on.
    pub(super) fn step(&mut self) -> Result<Passed, Unbalanced> {
        let Some(byte) = self.cursor.peek() else { return Err(Unbalanced) };
        match self.open.last() {
            Some(Open::Quote) => return self.step_in_quotes(byte),
            Some(Open::Template) => {
                self.step_in_text(byte);
                return Ok(Passed::Character);
            }
            _ => {}
        }
        match byte {
            b'{' => self.open.push(Open::Bracket(b'}')),
            b'[' => self.open.push(Open::Bracket(b']')),
            b'(' => self.open.push(Open::Bracket(b')')),
            b'}' | b']' | b')' => match self.open.pop() {
                Some(Open::Bracket(expected)) if expected == byte => {}
                Some(Open::Interpolation) if byte == b'}' => {}
                _ => return Err(Unbalanced),
            },
            b'"' => self.open.push(Open::Quote),
            b'<' if self.cursor.sees(b"<<") && self.cursor.skip_heredoc()? => return Ok(Passed::Heredoc),
            b'#' | b'/' if self.cursor.skip_comment() => return Ok(Passed::Comment),
            _ => {}
        }
        self.cursor.advance(1);
        Ok(Passed::Character)
    }

    fn step_in_quotes(&mut self, byte: u8) -> Result<Passed, Unbalanced> {
        match byte {
            b'"' => {
                self.open.pop();
                self.cursor.advance(1);
            }
            b'\\' => self.cursor.advance(2),
            b'\n' => return Err(Unbalanced),
            _ => self.step_in_text(byte),
        }
        Ok(Passed::Character)
    }

    fn step_in_text(&mut self, byte: u8) {
        let is_sign = matches!(byte, b'$' | b'%');
        if is_sign && self.cursor.sees(&[byte, byte, b'{']) {
            self.cursor.advance(3);
        } else if is_sign && self.cursor.sees(&[byte, b'{']) {
            self.open.push(Open::Interpolation);
            self.cursor.advance(2);
        } else {
            self.cursor.advance(1);
        }
    }
}

impl Cursor<'_> {
    /// Moves from an opening bracket behind the one that closes it.
    pub(super) fn skip_brackets(&mut self) -> Result<(), Unbalanced> {
        let mut walk = Walk { cursor: self.clone(), open: Vec::new() };
        loop {
            walk.cursor.skip_plain(walk.open.last() == Some(&Open::Quote));
            let passed = walk.step()?;
            if walk.open.is_empty() && passed == Passed::Character {
                *self = walk.cursor;
                return Ok(());
            }
        }
    }
}
