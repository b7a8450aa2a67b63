//! Operands: literals, names, calls, and the steps behind them.

use iamrail_core::value::Number;

use super::{Lines, Reader, without_room};
use crate::syntax::expression::{Access, Call, Each, Expr, ExprKind};
use crate::types::normalize;

impl<'t, const KEEP: bool> Reader<'t, KEEP> {
    /// An operand with what stands before and behind it.
    pub(super) fn operand(&mut self, lines: Lines) -> Option<Expr> {
        let start = self.cursor.at();
        match self.cursor.peek()? {
            sign @ (b'!' | b'-') => {
                self.cursor.advance(1);
                self.cursor.skip_blanks();
                if sign == b'-' && matches!(self.cursor.peek(), Some(b'0'..=b'9')) {
                    return self.number(start);
                }
                let operand = Box::new(self.deeper(|reader| reader.operand(lines))?);
                Some(self.made(start, || match sign {
                    b'!' => ExprKind::Not(operand),
                    _ => ExprKind::Negative(operand),
                }))
            }
            _ => {
                let base = self.term(start)?;
                self.accessed(start, base, lines)
            }
        }
    }

    fn term(&mut self, start: usize) -> Option<Expr> {
        match self.cursor.peek()? {
            b'"' => self.quoted(),
            b'<' => self.heredoc(),
            b'[' => self.list(),
            b'{' => self.deeper(Self::object),
            b'(' => {
                self.cursor.advance(1);
                let inner = self.expr(Lines::AreBlanks)?;
                self.close(b')')?;
                Some(inner)
            }
            b'0'..=b'9' => self.number(start),
            _ => {
                let name = self.cursor.ascii_identifier()?;
                if self.cursor.peek() == Some(b'(') {
                    return self.call(start, name);
                }
                Some(self.made(start, || match name {
                    "null" => ExprKind::Null,
                    "true" => ExprKind::Bool(true),
                    "false" => ExprKind::Bool(false),
                    name => ExprKind::Name(name.into()),
                }))
            }
        }
    }

    fn call(&mut self, start: usize, name: &str) -> Option<Expr> {
        let name_span = self.lowering.places.span(start, self.cursor.at());
        let mut arguments = Vec::new();
        let mut expand = false;
        self.cursor.advance(1);
        loop {
            self.skip(Lines::AreBlanks);
            if self.cursor.peek() == Some(b')') {
                self.cursor.advance(1);
                break;
            }
            let argument = self.expr(Lines::AreBlanks)?;
            if KEEP {
                arguments.push(argument);
            }
            self.skip(Lines::AreBlanks);
            match self.cursor.peek()? {
                b',' => self.cursor.advance(1),
                b')' => {}
                _ => {
                    self.cursor.sees(b"...").then(|| self.cursor.advance(3))?;
                    expand = true;
                    self.close(b')')?;
                    break;
                }
            }
        }
        Some(self.made(start, || {
            let arguments = without_room(arguments);
            ExprKind::Call(Box::new(Call { name: name.into(), name_span, arguments, expand }))
        }))
    }

    fn accessed(&mut self, start: usize, base: Expr, lines: Lines) -> Option<Expr> {
        let mut ahead = self.cursor.clone();
        match lines {
            Lines::Matter => ahead.skip_blanks(),
            Lines::AreBlanks => ahead.skip_trivia(),
        }
        if !matches!(ahead.peek(), Some(b'.' | b'[')) {
            return Some(base);
        }
        let before = self.cursor.at();
        let steps = self.steps(lines)?;
        if self.cursor.at() == before {
            return Some(base);
        }
        Some(self.made(start, || ExprKind::Access(Box::new(base), without_room(steps))))
    }

    /// `.name`, `[index]` and splats.
    fn steps(&mut self, lines: Lines) -> Option<Vec<Access>> {
        let mut steps = Vec::new();
        // Where the splat stands that takes the names which follow.
        let mut attribute_splat = None;
        loop {
            let behind = self.cursor.clone();
            self.skip(lines);
            match self.cursor.peek() {
                Some(b'.') if self.cursor.peek_second() == Some(b'*') => {
                    // Terraform knows no `.*` within another.
                    attribute_splat.is_none().then_some(())?;
                    attribute_splat = Some(steps.len());
                    let at = self.cursor.at() + 1;
                    self.cursor.advance(2);
                    if KEEP {
                        let span = self.lowering.places.span(at, at + 1);
                        steps.push(Access::Splat(Each::Next(0), span));
                    }
                }
                Some(b'.') if self.cursor.peek_second() != Some(b'.') => {
                    self.cursor.advance(1);
                    let step = self.named_step()?;
                    let splat = attribute_splat.and_then(|at| steps.get_mut(at));
                    if let Some(Access::Splat(Each::Next(names), _)) = splat {
                        *names += 1;
                    }
                    if KEEP {
                        steps.push(step);
                    }
                }
                Some(b'[') if lines == Lines::Matter || behind.at() == self.cursor.at() => {
                    attribute_splat = None;
                    self.cursor.advance(1);
                    self.cursor.skip_trivia();
                    let step = self.bracketed_step()?;
                    self.close(b']')?;
                    if KEEP {
                        steps.push(step);
                    }
                }
                _ => {
                    self.cursor = behind;
                    return Some(steps);
                }
            }
        }
    }

    fn bracketed_step(&mut self) -> Option<Access> {
        let at = self.cursor.at();
        if self.cursor.peek() == Some(b'*') {
            self.cursor.advance(1);
            return Some(Access::Splat(Each::Rest, self.lowering.places.span(at, at + 1)));
        }
        self.expr(Lines::AreBlanks).map(Access::Index)
    }

    fn named_step(&mut self) -> Option<Access> {
        let at = self.cursor.at();
        if self.cursor.peek()?.is_ascii_digit() {
            let digits = self.digits();
            let is_plain = digits.len() == 1 || (digits.len() < 18 && !digits.starts_with('0'));
            let index = digits.parse().ok().filter(|_| is_plain)?;
            return Some(Access::Index(self.made(at, || ExprKind::Number(Number::Int(index)))));
        }
        let name = self.cursor.ascii_identifier()?;
        let span = self.lowering.places.span(at, self.cursor.at());
        Some(Access::Attribute(if KEEP { name.into() } else { "".into() }, span))
    }

    /// A number, the sign before it read already.
    fn number(&mut self, start: usize) -> Option<Expr> {
        let is_negative = self.cursor.at() > start;
        let from = self.cursor.at();
        self.digits();
        if self.cursor.peek() == Some(b'.') && matches!(self.cursor.peek_second(), Some(b'0'..=b'9')) {
            self.cursor.advance(1);
            self.digits();
        }
        // Exponents, and what only begins like a number, are for the parser.
        if matches!(self.cursor.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_')) {
            return None;
        }
        let written = self.lowering.text.get(from..self.cursor.at())?;
        let number = match written.parse::<i128>() {
            Ok(whole) if is_negative => Number::Int(-whole),
            Ok(whole) => Number::Int(whole),
            Err(_) => {
                let number: f64 = written.parse().ok().filter(|number: &f64| number.is_finite())?;
                normalize(if is_negative { -number } else { number })
            }
        };
        Some(self.made(start, || ExprKind::Number(number)))
    }

    fn digits(&mut self) -> &'t str {
        let from = self.cursor.at();
        while matches!(self.cursor.peek(), Some(b'0'..=b'9')) {
            self.cursor.advance(1);
        }
        self.lowering.text.get(from..self.cursor.at()).unwrap_or_default()
    }
}
