//! Writes values as JSON, byte for byte as Go's encoder does, which both Terraform and its providers use.

use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, List, Map, Origins, Part, Reason, Text, Unknown, Value};

use crate::types::format_number;

/// How JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Without any space, keys sorted: `jsonencode`.
    Sorted,
    /// Without any space, keys as they come.
    Compact,
    /// Two spaces a level, keys as they come.
    Indented,
}

/// The JSON of a value, with holes where it is not known, and the value itself as its structure.
pub(super) fn encode(value: &Value, layout: Layout) -> Text {
    let mut writer = Writer { layout, level: 0, written: String::new(), parts: Vec::new() };
    writer.value(value);
    writer.flush();
    Text::from_parts(writer.parts).encoding(Arc::new(value.clone()))
}

/// A hole for a value, with what flowed into it.
pub(super) fn hole(value: &Value) -> Hole {
    let undecided = || Arc::new(Unknown::new(Reason::Unsupported, "one of several values"));
    Hole {
        unknown: value.unknown_part().cloned().unwrap_or_else(undecided),
        origins: value.origins.clone(),
        span: value.span,
    }
}

struct Writer {
    layout: Layout,
    level: usize,
    /// Characters since the last part.
    written: String,
    parts: Vec<Part>,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::Null => self.written.push_str("null"),
            Kind::Bool(value) => self.written.push_str(if *value { "true" } else { "false" }),
            Kind::Number(number) => self.written.push_str(&format_number(*number)),
            Kind::Text(text) => self.text(text),
            Kind::List(list) | Kind::Set(list) => self.list(list),
            Kind::Map(map) => self.map(map),
            _ => self.hole(hole(value)),
        }
    }

    fn text(&mut self, text: &Text) {
        self.written.push('"');
        for part in text.parts() {
            match part {
                Part::Literal { text, span } => {
                    self.flush();
                    escape(text, &mut self.written);
                    self.flush_at(*span);
                }
                Part::Hole(hole) => self.hole(hole.as_ref().clone()),
            }
        }
        self.written.push('"');
    }

    fn list(&mut self, list: &List) {
        self.written.push('[');
        self.level += 1;
        for (at, item) in list.items.iter().enumerate() {
            self.separate(at);
            self.value(item);
        }
        self.open_end(list.open.as_ref());
        self.level -= 1;
        self.close(list.items.is_empty() && list.open.is_none(), ']');
    }

    fn map(&mut self, map: &Map) {
        let mut fields: Vec<_> = map.iter().collect();
        if self.layout == Layout::Sorted {
            fields.sort_by_key(|(key, _)| *key);
        }
        self.written.push('{');
        self.level += 1;
        for (at, (key, value)) in fields.iter().enumerate() {
            self.separate(at);
            self.written.push('"');
            escape(key, &mut self.written);
            self.written.push_str(if self.layout == Layout::Indented { "\": " } else { "\":" });
            self.value(value);
        }
        self.open_end(map.open.as_ref());
        self.level -= 1;
        self.close(fields.is_empty() && map.open.is_none(), '}');
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.written.push(',');
        }
        self.line();
    }

    /// A hole for what may follow; it stands for the comma as well, since there may be nothing.
    fn open_end(&mut self, open: Option<&Arc<Unknown>>) {
        if let Some(unknown) = open {
            self.hole(Hole { unknown: Arc::clone(unknown), origins: Origins::none(), span: None });
        }
    }

    fn close(&mut self, is_empty: bool, bracket: char) {
        if !is_empty {
            self.line();
        }
        self.written.push(bracket);
    }

    fn line(&mut self) {
        if self.layout == Layout::Indented {
            self.written.push('\n');
            self.written.extend(std::iter::repeat_n("  ", self.level));
        }
    }

    fn hole(&mut self, hole: Hole) {
        self.flush();
        self.parts.push(Part::Hole(Arc::new(hole)));
    }

    fn flush(&mut self) {
        self.flush_at(None);
    }

    /// Ends a part that is written at a place, if anywhere.
    fn flush_at(&mut self, span: Option<Span>) {
        if !self.written.is_empty() {
            let text = std::mem::take(&mut self.written).into();
            self.parts.push(Part::Literal { text, span });
        }
    }
}

/// Escapes what Go escapes: besides the characters that JSON demands those with a meaning in HTML, and the line
/// separators of JavaScript.
fn escape(text: &str, written: &mut String) {
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{C}' => written.push_str("\\f"),
            '\0'..='\u{1F}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                written.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => written.push(letter),
        }
    }
}
