//! Writes YAML as Terraform does: texts in double quotes or, when they have several lines, as literal blocks.

use std::ops::Range;

use iamrail_core::source::Span;
use iamrail_core::value::{Kind, List, Map, Part, Text, Value};

use crate::types::format_number;

/// The column behind which a quoted text is folded.
const WIDTH: usize = 80;

/// A document that is being written.
#[derive(Default)]
pub(super) struct Writer {
    /// What is written so far.
    pub(super) text: String,
    column: usize,
    /// Which parts of it are written elsewhere as they are, and where.
    places: Vec<(Range<usize>, Span)>,
}

impl Writer {
    /// Writes a whole document.
    pub(super) fn document(&mut self, value: &Value) {
        match &value.kind {
            Kind::List(list) | Kind::Set(list) if !list.items.is_empty() => self.list(list, 0),
            Kind::Map(map) if !map.entries.is_empty() => self.map(map, 0),
            Kind::Text(_) | Kind::List(_) | Kind::Set(_) | Kind::Map(_) => {
                self.inline(value, 2);
                self.line_end();
            }
            _ => {
                self.inline(value, 2);
                // A plain scalar alone needs a mark of its end.
                self.put("\n...\n");
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.column + text.chars().count(),
        };
    }

    /// A literal block ends its line itself.
    fn line_end(&mut self) {
        if !self.text.ends_with('\n') {
            self.put("\n");
        }
    }

    fn list(&mut self, list: &List, indent: usize) {
        for (at, item) in list.items.iter().enumerate() {
            if at > 0 {
                self.put(&" ".repeat(indent));
            }
            self.put("- ");
            match &item.kind {
                Kind::List(list) | Kind::Set(list) if !list.items.is_empty() => self.list(list, indent + 2),
                Kind::Map(map) if !map.entries.is_empty() => self.map(map, indent + 2),
                _ => {
                    self.inline(item, indent + 2);
                    self.line_end();
                }
            }
        }
    }

    fn map(&mut self, map: &Map, indent: usize) {
        let mut fields: Vec<_> = map.iter().collect();
        fields.sort_by_key(|(key, _)| *key);
        for (at, (key, value)) in fields.into_iter().enumerate() {
            if at > 0 {
                self.put(&" ".repeat(indent));
            }
            self.quoted(key, None);
            self.put(":");
            match &value.kind {
                // A list in a map is not indented further.
                Kind::List(list) | Kind::Set(list) if !list.items.is_empty() => {
                    self.put("\n");
                    self.put(&" ".repeat(indent));
                    self.list(list, indent);
                }
                Kind::Map(map) if !map.entries.is_empty() => {
                    self.put("\n");
                    self.put(&" ".repeat(indent + 2));
                    self.map(map, indent + 2);
                }
                _ => {
                    self.put(" ");
                    self.inline(value, indent + 2);
                    self.line_end();
                }
            }
        }
    }

    /// A value that begins on the line; further lines get this indent.
    fn inline(&mut self, value: &Value, indent: usize) {
        match &value.kind {
            Kind::Bool(value) => self.put(if *value { "true" } else { "false" }),
            Kind::Number(number) => self.put(&format_number(*number)),
            Kind::List(_) | Kind::Set(_) => self.put("[]"),
            Kind::Map(_) => self.put("{}"),
            Kind::Text(parts) => {
                let text = parts.as_str().unwrap_or_default();
                let start = self.text.len();
                if text.contains('\n') && may_be_block(&text) {
                    self.block(&text, indent);
                } else {
                    self.quoted(&text, Some(indent));
                }
                self.place(parts, start);
            }
            _ => self.put("null"),
        }
    }

    /// Finds the parts of a text again that was written from an offset on.
    fn place(&mut self, text: &Text, mut from: usize) {
        for part in text.parts() {
            let Part::Literal { text, span: Some(span) } = part else { continue };
            let found = self.text.get(from..).and_then(|written| written.find(text.as_ref()));
            let Some(start) = found.map(|found| from + found) else { continue };
            from = start + text.len();
            self.places.push((start..from, *span));
        }
    }

    /// All that was written, in parts that know where they come from.
    pub(super) fn finish(self) -> Text {
        let literal = |range: Range<usize>, span| Part::Literal {
            text: self.text.get(range).unwrap_or_default().into(),
            span,
        };
        let mut parts = Vec::new();
        let mut at = 0;
        for (range, span) in &self.places {
            parts.push(literal(at..range.start, None));
            parts.push(literal(range.clone(), Some(*span)));
            at = range.end;
        }
        parts.push(literal(at..self.text.len(), None));
        Text::from_parts(parts)
    }

    fn block(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        if !text.ends_with('\n') {
            self.put("-");
        } else if text.ends_with("\n\n") || text == "\n" {
            self.put("+");
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.put("\n");
            if !line.is_empty() {
                self.put(&" ".repeat(indent));
                self.put(line);
            }
        }
        if text.ends_with('\n') {
            self.put("\n");
        }
    }

    /// A text in double quotes, folded at spaces when an indent for further lines is given.
    fn quoted(&mut self, text: &str, indent: Option<usize>) {
        self.put("\"");
        let mut was_space = false;
        let last = text.chars().count().saturating_sub(1);
        let mut letters = text.chars().enumerate().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != ' ' {
                self.put(&escaped(letter));
                was_space = false;
                continue;
            }
            match indent {
                Some(indent) if !was_space && self.column > WIDTH && at > 0 && at < last => {
                    self.put("\n");
                    self.put(&" ".repeat(indent));
                    if letters.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.put("\\");
                    }
                }
                _ => self.put(" "),
            }
            was_space = true;
        }
        self.put("\"");
    }
}

/// Whether a text of several lines keeps its meaning as a literal block.
fn may_be_block(text: &str) -> bool {
    let has_space_at_end = text.ends_with(' ') || text.contains(" \n");
    !has_space_at_end && text.chars().all(|letter| letter == '\n' || is_printable(letter))
}

fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}')
        && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

fn escaped(letter: char) -> String {
    let code = u32::from(letter);
    match letter {
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{B}' => "\\v".to_owned(),
        '\u{C}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1B}' => "\\e".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{A0}' => "\\_".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        letter if is_printable(letter) => letter.to_string(),
        _ if code <= 0xFF => format!("\\x{code:02X}"),
        _ if code <= 0xFFFF => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    }
}
