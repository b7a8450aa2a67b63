//! Maps and lists between brackets.

use super::super::builder::Properties;
use super::{LONGEST_KEY, Reader};

impl Reader<'_> {
    /// A collection between brackets, all of whose lines are indented more than what it stands in.
    pub(super) fn flow(&mut self, parent: isize, properties: Properties) -> Option<()> {
        let opening = self.span(self.at, self.at + 1);
        let closing = if self.peek() == Some(b'[') { b']' } else { b'}' };
        self.at += 1;
        if closing == b']' {
            self.builder.sequence(properties, opening, false).ok()?;
        } else {
            self.builder.mapping(properties, opening, false).ok()?;
        }
        self.deeper(|reader| {
            loop {
                reader.between(parent)?;
                if reader.peek()? == closing {
                    return Some(());
                }
                if closing == b'}' {
                    reader.flow_key()?;
                    reader.between(parent)?;
                }
                reader.flow_node(parent)?;
                reader.between(parent)?;
                match reader.peek()? {
                    b',' => reader.at += 1,
                    byte => (byte == closing).then_some(())?,
                }
            }
        })?;
        self.at += 1;
        self.builder.end(self.span(self.at - 1, self.at)).ok()
    }

    /// A key with its colon.
    fn flow_key(&mut self) -> Option<()> {
        let token = match self.peek()? {
            b'"' | b'\'' => {
                let token = self.quoted()?;
                self.skip_blanks();
                token
            }
            _ => {
                let start = self.at;
                let end = self.plain_line(true)?;
                self.plain(start, end)
            }
        };
        (self.peek() == Some(b':') && token.span.len() as usize <= LONGEST_KEY).then_some(())?;
        self.at += 1;
        self.hand_over(Properties::default(), token)
    }

    fn flow_node(&mut self, parent: isize) -> Option<()> {
        let mut properties = Properties::default();
        if self.peek()? == b'!' {
            self.tag(&mut properties)?;
            self.skip_blanks();
        }
        let token = match self.peek()? {
            b'[' | b'{' => return self.flow(parent, properties),
            b'"' | b'\'' => self.quoted()?,
            _ => {
                let start = self.at;
                let end = self.plain_line(true)?;
                self.plain(start, end)
            }
        };
        self.hand_over(properties, token)
    }

    /// Moves over blanks, ends of lines and comments.
    fn between(&mut self, parent: isize) -> Option<()> {
        self.skip_trivia();
        if !self.is_at_end() {
            return Some(());
        }
        self.line_end()?;
        self.next_line()?;
        (self.column > parent).then_some(())
    }
}
