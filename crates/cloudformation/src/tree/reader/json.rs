//! JSON, which no line means anything to.

use super::super::Style;
use super::super::builder::Properties;
use super::super::scalar::Scalar;
use super::{Reader, Token};

impl Reader<'_> {
    /// The only value of the text.
    pub(super) fn json(&mut self) -> Option<()> {
        self.skip_space();
        self.json_value()?;
        self.skip_space();
        self.peek().is_none().then_some(())
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn json_value(&mut self) -> Option<()> {
        let start = self.at;
        match self.peek()? {
            b'{' => return self.json_collection(b'}'),
            b'[' => return self.json_collection(b']'),
            b'"' => return self.json_text(),
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            _ => self.number()?,
        }
        let token = self.plain(start, self.at);
        self.hand_over(Properties::default(), token)
    }

    fn json_collection(&mut self, closing: u8) -> Option<()> {
        let opening = self.span(self.at, self.at + 1);
        self.at += 1;
        if closing == b']' {
            self.builder.sequence(Properties::default(), opening, false).ok()?;
        } else {
            self.builder.mapping(Properties::default(), opening, false).ok()?;
        }
        self.skip_space();
        if self.peek()? != closing {
            self.deeper(|reader| reader.json_elements(closing))?;
        }
        self.at += 1;
        self.builder.end(self.span(self.at - 1, self.at)).ok()
    }

    fn json_elements(&mut self, closing: u8) -> Option<()> {
        loop {
            if closing == b'}' {
                self.json_text()?;
                self.skip_space();
                self.eat(b':')?;
                self.skip_space();
            }
            self.json_value()?;
            self.skip_space();
            if self.peek()? == closing {
                return Some(());
            }
            self.eat(b',')?;
            self.skip_space();
        }
    }

    fn json_text(&mut self) -> Option<()> {
        let start = self.at;
        self.eat(b'"')?;
        let decoded = self.double_quoted(Self::json_escape)?;
        self.at += 1;
        let written = self.text.as_bytes().get(start..self.at)?;
        memchr::memchr2(b'\t', b'\r', written).is_none().then_some(())?;
        let (span, inner) = (self.span(start, self.at), self.span(start + 1, self.at - 1));
        let scalar = Scalar { style: Style::Double, inner, decoded };
        self.hand_over(Properties::default(), Token { scalar, span })
    }

    /// What an escape stands for, and how long it is.
    fn json_escape(&self) -> Option<(char, usize)> {
        let letter = match self.byte(self.at + 1)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'u' => {
                let digits = self.text.get(self.at + 2..self.at + 6)?;
                let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let code = are_digits.then(|| u32::from_str_radix(digits, 16).ok())??;
                return Some((char::from_u32(code)?, 6));
            }
            letter @ (b'"' | b'\\' | b'/') => char::from(letter),
            _ => return None,
        };
        Some((letter, 2))
    }

    fn literal(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}
