//! Quoted texts and heredocs with interpolations.

use super::{Lines, Reader};
use crate::syntax::cursor::Cursor;
use crate::syntax::expression::{Expr, ExprKind};
use crate::syntax::template::Tokens;

impl<const KEEP: bool> Reader<'_, KEEP> {
    pub(super) fn quoted(&mut self) -> Option<Expr> {
        let start = self.cursor.at();
        self.eat(b'"')?;
        let mut tokens = Tokens::quoted(self.lowering);
        let mut from = self.cursor.at();
        loop {
            self.cursor.skip_plain_in_quotes();
            match self.cursor.peek()? {
                b'"' => {
                    let end = self.cursor.at();
                    self.cursor.advance(1);
                    if from == start + 1 {
                        let range = start..end + 1;
                        return Some(self.made(start, || ExprKind::Text(self.lowering.quoted(range))));
                    }
                    return Some(self.made(start, || {
                        tokens.add_literal(from..end);
                        tokens.finish(false)
                    }));
                }
                b'\n' => return None,
                b'\\' => {
                    let escaped = self.cursor.peek_second()?;
                    matches!(escaped, b'n' | b'r' | b't' | b'"' | b'\\').then_some(())?;
                    self.cursor.advance(2);
                }
                _ => from = self.interpolated(from, &mut tokens)?,
            }
        }
    }

    pub(super) fn heredoc(&mut self) -> Option<Expr> {
        let start = self.cursor.at();
        let mut end = self.cursor.clone();
        matches!(end.skip_heredoc(), Ok(true)).then_some(())?;
        // Only a marker alone on its line ends it for Terraform, and an interpolation may hide one.
        matches!(end.peek(), None | Some(b'\n' | b'\r')).then_some(())?;
        let flush = self.cursor.sees(b"<<-");
        let written = self.lowering.text.get(start..end.at())?;
        let first = start + memchr::memchr(b'\n', written.as_bytes())? + 1;
        let last = start + memchr::memrchr(b'\n', written.as_bytes())? + 1;
        self.cursor = Cursor::new(self.lowering.text, first);
        let kind = self.lines(last, flush)?;
        self.cursor = end;
        Some(self.made(start, || kind))
    }

    /// A template of lines from the cursor to `last`; `flush` takes the indentation that all lines share.
    pub(super) fn lines(&mut self, last: usize, flush: bool) -> Option<ExprKind> {
        let mut tokens = Tokens::lines(self.lowering);
        let mut from = self.cursor.at();
        loop {
            let rest = self.lowering.text.as_bytes().get(self.cursor.at()..last)?;
            let Some(found) = memchr::memchr2(b'$', b'%', rest) else { break };
            self.cursor.advance(found);
            from = self.interpolated(from, &mut tokens)?;
            (self.cursor.at() <= last).then_some(())?;
        }
        if !KEEP {
            return Some(ExprKind::Null);
        }
        tokens.add_literal(from..last);
        Some(tokens.finish(flush))
    }

    /// What begins with `$` or `%`: an interpolation, an escape, or the character itself. Directives and strip markers are
    /// for the parser. `from` is where the literal begins that leads here; the answer is where the one begins that goes
    /// on.
    fn interpolated(&mut self, from: usize, tokens: &mut Tokens<'_>) -> Option<usize> {
        if self.cursor.sees(b"$${") || self.cursor.sees(b"%%{") {
            self.cursor.advance(3);
            return Some(from);
        }
        if self.cursor.sees(b"%{") || self.cursor.sees(b"${~") {
            return None;
        }
        if !self.cursor.sees(b"${") {
            self.cursor.advance(1);
            return Some(from);
        }
        let end = self.cursor.at();
        self.cursor.advance(2);
        let value = self.expr(Lines::AreBlanks)?;
        self.close(b'}')?;
        if KEEP {
            tokens.add_literal(from..end);
            tokens.add_value(value);
        }
        Some(self.cursor.at())
    }
}
