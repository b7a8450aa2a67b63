//! Reads the verbs of a format text: `%-5.2[3]f`.

use std::ops::Range;

use super::super::call::Fault;

/// The greatest width and precision that are carried out.
const WIDEST: usize = 1 << 20;

/// A piece of a format text.
pub(super) enum Piece<'t> {
    /// These bytes as they are.
    Literal(Range<usize>),
    /// `%%`.
    Percent,
    /// A verb.
    Verb(Verb<'t>),
}

/// A verb with its flags.
#[derive(Default)]
pub(super) struct Verb<'t> {
    /// The letter.
    pub(super) mode: char,
    /// As it is written.
    pub(super) raw: &'t str,
    /// Where it begins, in bytes.
    pub(super) offset: usize,
    /// The number of its argument from 1, when it names one.
    pub(super) argument: Option<usize>,
    /// The least number of characters.
    pub(super) width: Option<usize>,
    /// The number behind the point.
    pub(super) precision: Option<usize>,
    /// `#`.
    pub(super) sharp: bool,
    /// `0`.
    pub(super) zero: bool,
    /// `-`.
    pub(super) minus: bool,
    /// `+`.
    pub(super) plus: bool,
    /// A space.
    pub(super) space: bool,
}

impl Verb<'_> {
    /// The argument is not one that the verb can write.
    pub(super) fn refuses(&self, why: &str) -> Fault {
        Fault::call(format!("unsupported value for {:?} at {}: {why}", self.raw, self.offset))
    }

    /// There is no such argument.
    pub(super) fn misses(&self, number: usize, total: usize) -> Fault {
        let (raw, at) = (self.raw, self.offset);
        Fault::call(format!(
            "not enough arguments for {raw:?} at {at}: need index {number} but have {total} total"
        ))
    }
}

/// The pieces of a format text.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(percent) = text.get(at..).and_then(|rest| rest.find('%')).map(|found| at + found) {
        if percent > at {
            pieces.push(Piece::Literal(at..percent));
        }
        let mut reader = Reader { text, start: percent, at: percent + 1 };
        pieces.push(reader.verb()?);
        at = reader.at;
    }
    if at < text.len() {
        pieces.push(Piece::Literal(at..text.len()));
    }
    Ok(pieces)
}

struct Reader<'t> {
    text: &'t str,
    start: usize,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn eat(&mut self, expected: char) -> bool {
        let is_next = self.peek() == Some(expected);
        if is_next {
            self.at += expected.len_utf8();
        }
        is_next
    }

    fn verb(&mut self) -> Result<Piece<'t>, Fault> {
        if self.eat('%') {
            return Ok(Piece::Percent);
        }
        let mut verb = Verb { offset: self.start, ..Verb::default() };
        loop {
            match self.peek() {
                Some('#') => verb.sharp = true,
                Some('0') => verb.zero = true,
                Some('-') => verb.minus = true,
                Some('+') => verb.plus = true,
                Some(' ') => verb.space = true,
                _ => break,
            }
            self.at += 1;
        }
        verb.width = self.digits()?;
        if self.eat('.') {
            verb.precision = Some(self.digits()?.unwrap_or(0));
        }
        if self.eat('[') {
            verb.argument = self.digits()?;
            if !self.eat(']') {
                return Err(self.unrecognized());
            }
        }
        match self.peek() {
            Some(mode) if mode.is_ascii_alphabetic() => {
                self.at += 1;
                verb.mode = mode;
                verb.raw = self.text.get(self.start..self.at).unwrap_or_default();
                Ok(Piece::Verb(verb))
            }
            _ => Err(self.unrecognized()),
        }
    }

    fn digits(&mut self) -> Result<Option<usize>, Fault> {
        let start = self.at;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).filter(|digits| !digits.is_empty());
        let number = digits.map(|digits| digits.parse().ok().filter(|number| *number <= WIDEST));
        match number {
            Some(None) => Err(Fault::call(format!("the width at {start} is too large"))),
            number => Ok(number.flatten()),
        }
    }

    fn unrecognized(&self) -> Fault {
        let at = self.at;
        match self.peek() {
            Some(letter) => Fault::call(format!("unrecognized format character {letter:?} at offset {at}")),
            None => Fault::call(format!("invalid format string starting at offset {at}")),
        }
    }
}
