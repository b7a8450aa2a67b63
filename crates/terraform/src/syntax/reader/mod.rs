//! Reads blocks as configurations mostly have them, several times faster than the parser.
//!
//! The reader errs on one side: what it does not know, or not surely, it leaves to the parser, and so does it with all that
//! is wrong. Of what it does read, it makes the same tree with the same places.
//!
//! Most blocks mean nothing to any rule; all that anybody wants to know of them is whether they are configuration at all.
//! For these the reader goes through the same steps and keeps nothing.

mod collection;
mod expression;
mod operand;
mod template;

#[cfg(test)]
mod tests;

use super::cursor::Cursor;
use super::expression::{Expr, ExprKind};
use super::lower::Lowering;
use super::structure::{Attribute, Block, Body, Label};
use iamrail_core::collections::HashSet;

/// How deep expressions and blocks may be nested here: less deep than the parser takes, which says where that ends.
const DEPTH: usize = 24;

/// How many operators may lie within each other: a tree is as deep as the chain is long. It is twice what the parser takes,
/// as long conditions have more than that.
const OPERATORS: usize = 256;

/// The body of a block, whose heading is at the start of the text.
pub(super) fn read_block(lowering: &Lowering<'_>) -> Option<Body> {
    Reader::<true>::new(lowering).only_block()
}

/// Whether a text that begins with the heading of a block surely is a block.
pub(super) fn is_block(lowering: &Lowering<'_>) -> bool {
    Reader::<false>::new(lowering).only_block().is_some()
}

/// A template that is a whole text of its own.
pub(super) fn read_template(lowering: &Lowering<'_>) -> Option<ExprKind> {
    Reader::<true>::new(lowering).only_template()
}

/// Each step is `Some` when what it expects is there; the cursor is then behind it. Without `KEEP` the steps are the
/// same, and what they read is empty.
struct Reader<'t, const KEEP: bool> {
    lowering: &'t Lowering<'t>,
    cursor: Cursor<'t>,
    /// How much deeper it may go.
    depth: usize,
    /// How many operators lie within each other in what was read of the expression at hand, its own left out.
    operators: usize,
}

/// The names of arguments that a body has had.
#[derive(Default)]
struct Names<'t> {
    /// The first ones, which are as many as most bodies have: to compare them takes less than a set of them.
    few: Vec<&'t str>,
    many: HashSet<&'t str>,
}

impl<'t> Names<'t> {
    /// Adds a name; `false` when it is there already.
    fn add(&mut self, name: &'t str) -> bool {
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() < 16 {
            self.few.push(name);
            return true;
        }
        self.many.insert(name)
    }
}

/// A list without the room to grow in. A tree has many short ones, and that room would be most of its memory.
fn without_room<T>(mut parts: Vec<T>) -> Vec<T> {
    parts.shrink_to_fit();
    parts
}

/// Whether line ends are blanks, as they are between brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Matter,
    AreBlanks,
}

impl<'t, const KEEP: bool> Reader<'t, KEEP> {
    fn new(lowering: &'t Lowering<'t>) -> Self {
        Self { lowering, cursor: Cursor::new(lowering.text, 0), depth: DEPTH, operators: 0 }
    }

    /// To the parser a carriage return means something only at the end of a line.
    fn has_only_lines(&self) -> bool {
        let bytes = self.lowering.text.as_bytes();
        memchr::memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n'))
    }

    fn only_template(&mut self) -> Option<ExprKind> {
        if !self.has_only_lines() {
            return None;
        }
        self.lines(self.lowering.text.len(), false)
    }

    fn only_block(&mut self) -> Option<Body> {
        if !self.has_only_lines() {
            return None;
        }
        let (mut around, mut names) = (Body::default(), Names::default());
        self.structure(&mut around, &mut names)?;
        names.few.is_empty().then_some(())?;
        self.cursor.skip_trivia();
        if self.cursor.peek().is_some() {
            return None;
        }
        if KEEP { around.blocks.pop().map(|block| block.body) } else { Some(around) }
    }

    /// An argument or block of a body. `names` are the arguments seen so far: each may come once.
    fn structure(&mut self, around: &mut Body, names: &mut Names<'t>) -> Option<()> {
        let start = self.cursor.at();
        let name = self.cursor.ascii_identifier()?;
        let name_end = self.cursor.at();
        self.cursor.skip_blanks();
        if self.cursor.peek() == Some(b'=') {
            names.add(name).then_some(())?;
            self.cursor.advance(1);
            let value = self.expr(Lines::Matter)?;
            if KEEP {
                let name_span = self.lowering.places.span(start, name_end);
                around.attributes.push(Attribute { name: name.into(), name_span, value });
            }
            return Some(());
        }
        let mut labels = Vec::new();
        let mut heading_end = name_end;
        while self.cursor.peek() != Some(b'{') {
            let at = self.cursor.at();
            let (text, quote) = if self.cursor.peek() == Some(b'"') {
                let label = self.cursor.quoted()?;
                (!label.contains(['\\', '$', '%'])).then_some((label, 1))?
            } else {
                (self.cursor.ascii_identifier()?, 0)
            };
            heading_end = self.cursor.at();
            if KEEP {
                let span = self.lowering.places.span(at + quote, heading_end - quote);
                labels.push(Label { text: text.into(), span });
            }
            self.cursor.skip_blanks();
        }
        let mut body = self.deeper(Self::block_body)?;
        if KEEP {
            body.attributes.shrink_to_fit();
            body.blocks.shrink_to_fit();
            let labels = without_room(labels);
            let heading = self.lowering.places.span(start, heading_end);
            around.blocks.push(Block { kind: name.into(), labels, heading, body });
        }
        Some(())
    }

    fn block_body(&mut self) -> Option<Body> {
        self.eat(b'{')?;
        let mut body = Body::default();
        let mut names = Names::default();
        self.skip_line_rest();
        if self.cursor.peek() != Some(b'\n') {
            // All on one line: at most one argument.
            if self.cursor.peek() != Some(b'}') {
                self.structure(&mut body, &mut names)?;
                self.cursor.skip_blanks();
                (!names.few.is_empty()).then_some(())?;
            }
            self.eat(b'}')?;
            return Some(body);
        }
        loop {
            self.cursor.skip_trivia();
            if self.cursor.peek() == Some(b'}') {
                self.cursor.advance(1);
                return Some(body);
            }
            self.structure(&mut body, &mut names)?;
            self.skip_line_rest();
            (self.cursor.peek() == Some(b'\n')).then_some(())?;
        }
    }

    fn skip(&mut self, lines: Lines) {
        match lines {
            Lines::Matter => self.cursor.skip_blanks(),
            Lines::AreBlanks => self.cursor.skip_trivia(),
        }
    }

    /// Blanks, a comment and a carriage return: what may stand before the end of a line.
    fn skip_line_rest(&mut self) {
        self.cursor.skip_blanks();
        self.cursor.skip_line_comment();
        if self.cursor.peek() == Some(b'\r') {
            self.cursor.advance(1);
        }
    }

    fn close(&mut self, bracket: u8) -> Option<()> {
        self.skip(Lines::AreBlanks);
        self.eat(bracket)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.cursor.peek() == Some(byte)).then(|| self.cursor.advance(1))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth = self.depth.checked_sub(1)?;
        let read = read(self)?;
        self.depth += 1;
        Some(read)
    }

    /// An expression from `start` to where the cursor is.
    fn made(&self, start: usize, kind: impl FnOnce() -> ExprKind) -> Expr {
        let kind = if KEEP { kind() } else { ExprKind::Null };
        Expr::new(kind, self.lowering.places.span(start, self.cursor.at()))
    }
}
