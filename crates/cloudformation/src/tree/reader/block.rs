//! Maps and lists that indentation makes.

use super::super::builder::Properties;
use super::{LONGEST_KEY, Reader, Token, columns};

impl Reader<'_> {
    /// The node that begins a line, within a collection at a column.
    pub(super) fn block(&mut self, parent: isize, mut properties: Properties) -> Option<()> {
        let at = self.column;
        if self.is_at_dash() {
            return self.sequence(at, properties, at == parent);
        }
        if self.peek() != Some(b'!') {
            return self.inline(parent, properties, Some(at));
        }
        if properties.tag.is_some() {
            return None;
        }
        let end = self.tag(&mut properties)?;
        self.behind(parent, properties, false, end)
    }

    /// What stands behind a tag or an indicator, in the same line or below.
    fn behind(&mut self, parent: isize, properties: Properties, is_value: bool, end: usize) -> Option<()> {
        self.skip_trivia();
        if !self.is_at_end() {
            return self.inline(parent, properties, None);
        }
        self.line_end()?;
        self.next_line()?;
        // The lists of a map need no more indentation than its keys.
        let is_below = self.column > parent || is_value && self.column == parent && self.is_at_dash();
        if is_below { self.block(parent, properties) } else { self.nothing(properties, end) }
    }

    /// A node that is no list. At `column` it may be the first key of a map.
    fn inline(&mut self, parent: isize, properties: Properties, column: Option<isize>) -> Option<()> {
        match self.peek()? {
            b'[' | b'{' => {
                self.flow(parent, properties)?;
                self.end_of_value()
            }
            b'|' | b'>' => self.text_block(parent, properties),
            b'"' | b'\'' => {
                let start = self.at;
                let token = self.quoted()?;
                self.skip_blanks();
                if self.is_at_colon() {
                    return self.mapping(column?, properties, start, token);
                }
                self.hand_over(properties, token)?;
                self.end_of_value()
            }
            _ => {
                let start = self.at;
                let end = self.plain_line(false)?;
                if self.peek() == Some(b':') {
                    let token = self.plain(start, end);
                    return self.mapping(column?, properties, start, token);
                }
                let token = self.plain_lines(parent, start, end)?;
                self.hand_over(properties, token)?;
                self.next_line()
            }
        }
    }

    fn end_of_value(&mut self) -> Option<()> {
        self.rest_of_line()?;
        self.next_line()
    }

    /// A map at a column, whose first key was read.
    fn mapping(&mut self, column: isize, properties: Properties, start: usize, first: Token) -> Option<()> {
        self.builder.mapping(properties, self.span(start, start), true).ok()?;
        self.deeper(|reader| {
            let mut key = first;
            loop {
                (key.span.len() as usize <= LONGEST_KEY).then_some(())?;
                reader.hand_over(Properties::default(), key)?;
                let colon = reader.at;
                reader.at += 1;
                reader.value(column, colon)?;
                if reader.column < column {
                    return Some(());
                }
                (reader.column == column).then_some(())?;
                key = reader.key()?;
            }
        })?;
        self.builder.end(self.span(self.at, self.at)).ok()
    }

    /// A key, up to its colon.
    fn key(&mut self) -> Option<Token> {
        let token = match self.peek()? {
            b'"' | b'\'' => self.quoted()?,
            _ => {
                let start = self.at;
                let end = self.plain_line(false)?;
                self.plain(start, end)
            }
        };
        self.skip_blanks();
        self.is_at_colon().then_some(token)
    }

    fn is_at_colon(&self) -> bool {
        self.peek() == Some(b':') && self.is_blank(self.at + 1)
    }

    fn value(&mut self, column: isize, colon: usize) -> Option<()> {
        self.skip_blanks();
        let mut properties = Properties::default();
        let mut end = colon;
        if self.peek() == Some(b'!') {
            end = self.tag(&mut properties)?;
        }
        self.behind(column, properties, true, end)
    }

    fn is_at_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_blank(self.at + 1)
    }

    /// A list at a column. In a map it may stand at the column of the keys.
    fn sequence(&mut self, column: isize, properties: Properties, is_flush: bool) -> Option<()> {
        let dash = self.at;
        self.skip_dash();
        let start = if is_flush { self.at } else { dash };
        self.builder.sequence(properties, self.span(start, start), true).ok()?;
        self.deeper(|reader| {
            loop {
                reader.item(column)?;
                if reader.column < column || is_flush && reader.column == column && !reader.is_at_dash() {
                    return Some(());
                }
                (reader.column == column && reader.is_at_dash()).then_some(())?;
                reader.skip_dash();
            }
        })?;
        self.builder.end(self.span(self.at, self.at)).ok()
    }

    /// Moves to what stands behind a dash, and counts its column from that of the dash.
    fn skip_dash(&mut self) {
        let dash = self.at;
        self.at += 1;
        self.skip_trivia();
        self.column += columns(dash, self.at);
    }

    fn item(&mut self, column: isize) -> Option<()> {
        let start = self.at;
        if self.is_at_end() {
            return self.behind(column, Properties::default(), false, start);
        }
        self.block(column, Properties::default())
    }
}
