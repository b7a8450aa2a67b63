//! Tells at a glance that a block is well-formed, several times faster than by parsing it. Most blocks mean nothing to
//! any rule; all that anybody wants to know of them is whether they are configuration at all.
//!
//! The glance errs on one side: what it does not know, or not surely, is parsed to find out.

use super::cursor::Cursor;

/// How deep expressions and blocks may be nested for a glance.
const DEPTH: usize = 24;

/// How many operators an expression may have for a glance: fewer than the parser takes.
const OPERATORS: usize = 16;

/// Whether a text that begins with the heading of a block surely is a block.
pub(super) fn is_block(text: &str) -> bool {
    // To the parser a carriage return means something only at the end of a line.
    let bytes = text.as_bytes();
    if memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n')) {
        return false;
    }
    let mut glance = Glance { text, cursor: Cursor::new(text, 0), depth: DEPTH };
    glance.structure(&mut Vec::new()) == Some(()) && {
        glance.cursor.skip_trivia();
        glance.cursor.peek().is_none()
    }
}

/// Each step is `Some` when what it expects is there; the cursor is then behind it.
struct Glance<'t> {
    text: &'t str,
    cursor: Cursor<'t>,
    depth: usize,
}

/// Whether line ends are blanks, as they are between brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Matter,
    AreBlanks,
}

impl<'t> Glance<'t> {
    /// An argument or block of a body. `names` are the arguments seen so far: each may come once.
    fn structure(&mut self, names: &mut Vec<&'t str>) -> Option<()> {
        let name = self.cursor.identifier()?;
        self.cursor.skip_blanks();
        if self.cursor.peek() == Some(b'=') {
            if names.contains(&name) {
                return None;
            }
            names.push(name);
            self.eat(b"=")?;
            return self.expr(Lines::Matter);
        }
        while self.cursor.peek() != Some(b'{') {
            match self.cursor.peek() {
                Some(b'"') => {
                    let label = self.cursor.quoted()?;
                    (!label.contains(['\\', '$', '%'])).then_some(())?;
                }
                _ => drop(self.cursor.identifier()?),
            }
            self.cursor.skip_blanks();
        }
        self.deeper(Self::block_body)
    }

    fn block_body(&mut self) -> Option<()> {
        self.eat(b"{")?;
        let mut names = Vec::new();
        self.skip_line_rest();
        if self.cursor.peek() != Some(b'\n') {
            // All on one line: at most one argument.
            if self.cursor.peek() != Some(b'}') {
                self.structure(&mut names)?;
                self.cursor.skip_blanks();
                (!names.is_empty()).then_some(())?;
            }
            return self.eat(b"}");
        }
        loop {
            self.cursor.skip_trivia();
            if self.cursor.peek() == Some(b'}') {
                return self.eat(b"}");
            }
            self.structure(&mut names)?;
            self.skip_line_rest();
            (self.cursor.peek() == Some(b'\n')).then_some(())?;
        }
    }

    fn expr(&mut self, lines: Lines) -> Option<()> {
        self.deeper(|glance| glance.operands(lines))
    }

    fn operands(&mut self, lines: Lines) -> Option<()> {
        let mut operators = OPERATORS;
        loop {
            self.skip(lines);
            while matches!(self.cursor.peek(), Some(b'!' | b'-')) {
                operators = operators.checked_sub(1)?;
                self.cursor.advance(1);
                self.cursor.skip_blanks();
            }
            operators = operators.checked_sub(1)?;
            self.term(lines)?;
            // Line ends before an operator count only where they are blanks.
            let behind = self.cursor.clone();
            self.skip(lines);
            if self.cursor.sees(b"?") {
                self.cursor.advance(1);
                self.expr(lines)?;
                self.skip(lines);
                self.eat(b":")?;
                return self.expr(lines);
            }
            let two: &[&[u8]] = &[b"==", b"!=", b"<=", b">=", b"&&", b"||"];
            let one: &[&[u8]] = &[b"+", b"-", b"*", b"/", b"%", b"<", b">"];
            match two.iter().chain(one).find(|operator| self.cursor.sees(operator)) {
                // The arrow of `for`, and the heredoc that cannot follow an operand, are no operators.
                Some(operator) if !self.cursor.sees(b"=>") && !self.cursor.sees(b"<<") => {
                    self.cursor.advance(operator.len());
                }
                _ => {
                    self.cursor = behind;
                    return Some(());
                }
            }
        }
    }

    fn term(&mut self, lines: Lines) -> Option<()> {
        match self.cursor.peek()? {
            b'"' => self.quoted()?,
            b'<' => return self.heredoc(),
            b'[' => self.list()?,
            b'{' => self.deeper(Self::object)?,
            b'(' => {
                self.eat(b"(")?;
                self.expr(Lines::AreBlanks)?;
                self.close(b")")?;
            }
            b'0'..=b'9' => self.number()?,
            _ => {
                self.cursor.identifier()?;
                if self.cursor.peek() == Some(b'(') {
                    self.arguments()?;
                }
            }
        }
        self.steps(lines)
    }

    /// `.name`, `[index]` and splats behind an operand.
    fn steps(&mut self, lines: Lines) -> Option<()> {
        loop {
            let behind = self.cursor.clone();
            self.skip(lines);
            match self.cursor.peek() {
                Some(b'.') if !self.cursor.sees(b"..") => {
                    self.cursor.advance(1);
                    match self.cursor.peek()? {
                        b'*' => self.cursor.advance(1),
                        b'0'..=b'9' => self.digits(),
                        _ => drop(self.cursor.identifier()?),
                    }
                }
                Some(b'[') if lines == Lines::Matter || behind.at() == self.cursor.at() => {
                    self.eat(b"[")?;
                    self.skip(Lines::AreBlanks);
                    match self.cursor.peek()? {
                        b'*' => self.cursor.advance(1),
                        _ => self.expr(Lines::AreBlanks)?,
                    }
                    self.close(b"]")?;
                }
                _ => {
                    self.cursor = behind;
                    return Some(());
                }
            }
        }
    }

    fn arguments(&mut self) -> Option<()> {
        self.eat(b"(")?;
        loop {
            self.skip(Lines::AreBlanks);
            if self.cursor.peek() == Some(b')') {
                return self.eat(b")");
            }
            self.expr(Lines::AreBlanks)?;
            self.skip(Lines::AreBlanks);
            if self.cursor.sees(b"...") {
                self.cursor.advance(3);
                return self.close(b")");
            }
            match self.cursor.peek()? {
                b',' => self.cursor.advance(1),
                b')' => {}
                _ => return None,
            }
        }
    }

    fn list(&mut self) -> Option<()> {
        self.eat(b"[")?;
        self.skip(Lines::AreBlanks);
        if self.begins_for() {
            self.for_intro()?;
            self.expr(Lines::AreBlanks)?;
            self.for_condition()?;
            return self.close(b"]");
        }
        loop {
            self.skip(Lines::AreBlanks);
            if self.cursor.peek() == Some(b']') {
                return self.eat(b"]");
            }
            self.expr(Lines::AreBlanks)?;
            self.skip(Lines::AreBlanks);
            match self.cursor.peek()? {
                b',' => self.cursor.advance(1),
                b']' => {}
                _ => return None,
            }
        }
    }

    fn object(&mut self) -> Option<()> {
        self.eat(b"{")?;
        self.skip(Lines::AreBlanks);
        if self.begins_for() {
            self.for_intro()?;
            self.expr(Lines::AreBlanks)?;
            self.skip(Lines::AreBlanks);
            self.eat(b"=>")?;
            self.expr(Lines::AreBlanks)?;
            self.skip(Lines::AreBlanks);
            if self.cursor.sees(b"...") {
                self.cursor.advance(3);
            }
            self.for_condition()?;
            return self.close(b"}");
        }
        loop {
            self.cursor.skip_trivia();
            if self.cursor.peek() == Some(b'}') {
                return self.eat(b"}");
            }
            self.expr(Lines::Matter)?;
            self.cursor.skip_blanks();
            matches!(self.cursor.peek()?, b'=' | b':').then(|| self.cursor.advance(1))?;
            self.expr(Lines::Matter)?;
            self.skip_line_rest();
            match self.cursor.peek()? {
                b',' | b'\n' => self.cursor.advance(1),
                b'}' => {}
                _ => return None,
            }
        }
    }

    fn begins_for(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.identifier() == Some("for") && matches!(ahead.peek(), Some(b' ' | b'\t' | b'\n'))
    }

    fn for_intro(&mut self) -> Option<()> {
        self.cursor.identifier()?;
        self.skip(Lines::AreBlanks);
        self.cursor.identifier()?;
        self.skip(Lines::AreBlanks);
        if self.cursor.peek() == Some(b',') {
            self.cursor.advance(1);
            self.skip(Lines::AreBlanks);
            self.cursor.identifier()?;
            self.skip(Lines::AreBlanks);
        }
        (self.cursor.identifier()? == "in").then_some(())?;
        self.expr(Lines::AreBlanks)?;
        self.close(b":")
    }

    fn for_condition(&mut self) -> Option<()> {
        self.skip(Lines::AreBlanks);
        let mut ahead = self.cursor.clone();
        if ahead.identifier() == Some("if") {
            self.cursor = ahead;
            self.expr(Lines::AreBlanks)?;
        }
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        self.digits();
        let mut ahead = self.cursor.clone();
        ahead.advance(1);
        if self.cursor.peek() == Some(b'.') && matches!(ahead.peek(), Some(b'0'..=b'9')) {
            self.cursor.advance(1);
            self.digits();
        }
        // Exponents, and what only begins like a number, are for the parser.
        (!matches!(self.cursor.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_'))).then_some(())
    }

    fn digits(&mut self) {
        while matches!(self.cursor.peek(), Some(b'0'..=b'9')) {
            self.cursor.advance(1);
        }
    }

    fn quoted(&mut self) -> Option<()> {
        self.eat(b"\"")?;
        loop {
            match self.cursor.peek()? {
                b'"' => return self.eat(b"\""),
                b'\n' => return None,
                b'\\' => {
                    self.cursor.advance(1);
                    matches!(self.cursor.peek()?, b'n' | b'r' | b't' | b'"' | b'\\').then_some(())?;
                    self.cursor.advance(1);
                }
                _ => self.character()?,
            }
        }
    }

    /// A character of a template, or an interpolation. Directives are for the parser.
    fn character(&mut self) -> Option<()> {
        if self.cursor.sees(b"$${") || self.cursor.sees(b"%%{") {
            self.cursor.advance(3);
        } else if self.cursor.sees(b"%{") || self.cursor.sees(b"${~") {
            return None;
        } else if self.cursor.sees(b"${") {
            self.cursor.advance(2);
            self.expr(Lines::AreBlanks)?;
            self.close(b"}")?;
        } else {
            self.cursor.advance(1);
        }
        Some(())
    }

    fn heredoc(&mut self) -> Option<()> {
        let start = self.cursor.at();
        let mut end = self.cursor.clone();
        matches!(end.skip_heredoc(), Ok(true)).then_some(())?;
        let text = self.text.get(start..end.at())?;
        // Only a marker alone on its line ends it for Terraform, and an interpolation may hide one.
        matches!(end.peek(), None | Some(b'\n' | b'\r')).then_some(())?;
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(['$', '%']) {
            self.cursor = Cursor::new(self.text, start + (text.len() - after.len()) - 1);
            self.character()?;
            (self.cursor.at() <= end.at()).then_some(())?;
            rest = self.text.get(self.cursor.at()..end.at())?;
        }
        self.cursor = end;
        Some(())
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
        if self.cursor.sees(b"\r\n") {
            self.cursor.advance(1);
        }
    }

    fn close(&mut self, bracket: &[u8]) -> Option<()> {
        self.skip(Lines::AreBlanks);
        self.eat(bracket)
    }

    fn eat(&mut self, bytes: &[u8]) -> Option<()> {
        self.cursor.sees(bytes).then(|| self.cursor.advance(bytes.len()))
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.depth = self.depth.checked_sub(1)?;
        read(self)?;
        self.depth += 1;
        Some(())
    }
}
