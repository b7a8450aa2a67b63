//! Reads JSON from a text that may have holes, and keeps the place of every part.
//!
//! Policies and container definitions are written as JSON inside of templates: `"Resource": "${aws_s3_bucket.b.arn}/*"`. A
//! JSON parser for whole texts can neither see past such a hole nor say where in the template a string stands.

use std::sync::Arc;

use memchr::memchr2;
use thiserror::Error;

use super::flat::{Flat, HOLE};
use super::{Field, Hole, Kind, List, Map, Number, Origins, Part, Text, Unknown, Value};
use crate::collections::IndexMap;
use crate::source::Span;

/// How deeply objects and arrays may nest.
const DEPTH: usize = 128;

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct JsonError {
    /// What is wrong, in one lower-case line without full stop.
    pub message: &'static str,
    /// Where, if the text stands anywhere.
    pub span: Option<Span>,
}

/// Reads the JSON value in a text. Strings with holes become texts with holes; a hole that stands for a whole value is
/// unknown, one that stands among the elements of an array or object leaves it open. Of duplicate keys the last counts.
///
/// # Errors
/// Says where a text is no JSON. When holes are what keeps it from being read, the value is unknown instead.
pub fn read(text: &Text) -> Result<Value, JsonError> {
    if let Some(structure) = text.structure() {
        return Ok(structure.as_ref().clone());
    }
    let flat = Flat::new(text);
    let mut reader = Reader { flat: &flat, rest: flat.text(), depth: 0 };
    let whole = reader.document();
    match (whole, text.holes().next()) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(hole)) => Ok(unknown(hole)),
        (Err(message), None) => {
            let at = reader.offset();
            let character = reader.rest.chars().next().map_or(1, char::len_utf8);
            Err(JsonError { message, span: flat.span(at, at + character) })
        }
    }
}

fn unknown(hole: &Hole) -> Value {
    Value::unknown(Arc::clone(&hole.unknown)).with_origins(hole.origins.clone()).at(hole.span)
}

struct Reader<'f> {
    flat: &'f Flat,
    rest: &'f str,
    depth: usize,
}

type Fallible<T> = Result<T, &'static str>;

impl<'f> Reader<'f> {
    fn offset(&self) -> usize {
        self.flat.text().len() - self.rest.len()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{FEFF}']);
    }

    /// Moves past `expected` if it comes next.
    fn eat(&mut self, expected: char) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Moves past a hole if one comes next.
    fn eat_hole(&mut self) -> Option<&'f Arc<Hole>> {
        let hole = self.flat.hole_at(self.offset())?;
        self.rest = self.rest.strip_prefix(HOLE)?;
        Some(hole)
    }

    fn document(&mut self) -> Fallible<Value> {
        let value = self.value()?;
        self.skip_space();
        if self.rest.is_empty() { Ok(value) } else { Err("expected the end of the JSON text") }
    }

    fn value(&mut self) -> Fallible<Value> {
        self.skip_space();
        let start = self.offset();
        let value = match self.rest.chars().next() {
            None => return Err("expected a JSON value, found the end of the text"),
            Some('{') => self.nested(Self::object)?,
            Some('[') => self.nested(Self::array)?,
            Some('"') => return self.string(),
            Some(HOLE) if self.flat.hole_at(start).is_some() => {
                let hole = self.eat_hole().ok_or("expected a JSON value")?;
                unknown(hole)
            }
            Some(_) => self.scalar()?,
        };
        Ok(value.at(self.flat.span(start, self.offset())))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Fallible<Value>) -> Fallible<Value> {
        if self.depth >= DEPTH {
            return Err("the JSON text is nested too deeply");
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Fallible<Value> {
        self.eat('{');
        let mut map = Map { entries: IndexMap::default(), open: None };
        loop {
            self.skip_space();
            if self.eat('}') {
                break;
            }
            if let Some(hole) = self.eat_hole() {
                map.open.get_or_insert_with(|| Arc::clone(&hole.unknown));
                self.skip_space();
                self.eat(',');
                continue;
            }
            let start = self.offset();
            let key = self.string()?;
            let span = self.flat.span(start, self.offset());
            self.skip_space();
            if !self.eat(':') {
                return Err("expected `:` after a key");
            }
            let value = self.value()?;
            match (key.as_str(), key.unknown_part()) {
                (Some(name), _) => drop(map.entries.insert(name.into(), Field { key: span, value })),
                (None, Some(unknown)) => drop(map.open.get_or_insert_with(|| Arc::clone(unknown))),
                (None, None) => {}
            }
            self.separator('}', "expected `,` or `}`")?;
        }
        let origins = Origins::of_all(map.iter().map(|(_, value)| &value.origins));
        Ok(Value::new(Kind::Map(Arc::new(map))).with_origins(origins))
    }

    fn array(&mut self) -> Fallible<Value> {
        self.eat('[');
        let mut list = List::default();
        loop {
            self.skip_space();
            if self.eat(']') {
                break;
            }
            if let Some(hole) = self.eat_hole() {
                // It may stand for one element or for several, as the result of a `join` does.
                list.items.push(unknown(hole));
                list.open.get_or_insert_with(|| Arc::clone(&hole.unknown));
                self.skip_space();
                self.eat(',');
                continue;
            }
            list.items.push(self.value()?);
            self.separator(']', "expected `,` or `]`")?;
        }
        let origins = Origins::of_all(list.items.iter().map(|item| &item.origins));
        Ok(Value::new(Kind::List(Arc::new(list))).with_origins(origins))
    }

    /// Moves past the comma behind an element. A hole there may bring further elements, so none is needed next to one.
    fn separator(&mut self, close: char, otherwise: &'static str) -> Fallible<()> {
        self.skip_space();
        if self.rest.starts_with(close) || self.flat.hole_at(self.offset()).is_some() {
            return Ok(());
        }
        if !self.eat(',') {
            return Err(otherwise);
        }
        self.skip_space();
        if self.rest.starts_with(close) {
            Err("a comma before the end is not allowed in JSON")
        } else {
            Ok(())
        }
    }

    fn scalar(&mut self) -> Fallible<Value> {
        let end = self.rest.find(|c: char| !matches!(c, '+' | '-' | '.' | '0'..='9' | 'a'..='z' | 'A'..='Z'));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ => match (word.parse::<i128>(), word.parse::<f64>()) {
                (Ok(whole), _) => Kind::Number(Number::Int(whole)),
                (_, Ok(number)) if number.is_finite() && !word.starts_with('+') => {
                    Kind::Number(Number::Float(number))
                }
                _ => return Err("expected a JSON value"),
            },
        };
        self.rest = rest;
        Ok(Value::new(kind))
    }

    fn string(&mut self) -> Fallible<Value> {
        let start = self.offset();
        if !self.eat('"') {
            return Err("expected a string in double quotes");
        }
        let mut parts = Vec::new();
        loop {
            self.literal(&mut parts);
            let at = self.offset();
            if let Some(hole) = self.eat_hole() {
                parts.push(Part::Hole(Arc::clone(hole)));
                continue;
            }
            if self.eat('"') {
                break;
            }
            if !self.eat('\\') {
                return Err("the string is not closed");
            }
            // An escape is a part of its own, so that what stands around it keeps its exact place.
            let letter = self.escape()?;
            let text = letter.encode_utf8(&mut [0; 4]).into();
            parts.push(Part::Literal { text, span: self.flat.span(at, self.offset()) });
        }
        let origins = match parts.as_slice() {
            [Part::Hole(hole)] => hole.origins.clone(),
            parts => Origins::of_all(parts.iter().filter_map(|part| match part {
                Part::Hole(hole) => Some(&hole.origins),
                Part::Literal { .. } => None,
            })),
        };
        let text = Kind::Text(Text::from_parts(parts));
        Ok(Value::new(text).with_origins(origins).at(self.flat.span(start, self.offset())))
    }

    /// Takes the letters of a string that stand for themselves. Raw line breaks are against JSON, but YAML folding and heredocs
    /// leave them, and AWS takes them.
    fn literal(&mut self, parts: &mut Vec<Part>) {
        let at = self.offset();
        let to_hole = self.flat.next_hole(at).and_then(|hole| self.rest.get(..hole - at));
        let before = to_hole.unwrap_or(self.rest);
        let end = memchr2(b'"', b'\\', before.as_bytes()).unwrap_or(before.len());
        let (text, rest) = self.rest.split_at(end);
        if !text.is_empty() {
            parts.push(Part::Literal { text: text.into(), span: self.flat.span(at, at + end) });
        }
        self.rest = rest;
    }

    /// What an escape stands for; the backslash was read already.
    fn escape(&mut self) -> Fallible<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next().ok_or("the string is not closed")?;
        self.rest = letters.as_str();
        Ok(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let high = self.unit()?;
                if !(0xD800..0xDC00).contains(&high) {
                    return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let Some(rest) = self.rest.strip_prefix("\\u") else {
                    return Ok(char::REPLACEMENT_CHARACTER);
                };
                self.rest = rest;
                let low = self.unit()?;
                let code = 0x10000 + ((high - 0xD800) << 10) + low.wrapping_sub(0xDC00) % 0x400;
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err("unknown escape in a string"),
        })
    }

    /// The four hexadecimal digits of a `\u` escape.
    fn unit(&mut self) -> Fallible<u32> {
        let digits = self.rest.get(..4).ok_or("expected four hexadecimal digits")?;
        let unit = u32::from_str_radix(digits, 16).map_err(|_| "expected four hexadecimal digits")?;
        self.rest = self.rest.get(4..).unwrap_or_default();
        Ok(unit)
    }
}

/// The unknown of a value that was read from an unreadable text.
impl From<&JsonError> for Unknown {
    fn from(error: &JsonError) -> Self {
        Unknown::new(super::Reason::Invalid, error.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};
    use crate::value::Reason;

    fn hole(what: &str) -> Part {
        let unknown = Arc::new(Unknown::new(Reason::Computed, what));
        Part::Hole(Arc::new(Hole { unknown, origins: Origins::of("r", "arn"), span: None }))
    }

    fn literal(text: &str) -> Part {
        Part::Literal { text: text.into(), span: None }
    }

    #[test]
    fn strings_are_located_in_the_text_that_holds_them() {
        let source = r#"x = {"Action": ["s3:*", "\u002a"]}"#;
        let sources = Sources::new(MemoryFiles::new([("f", source)]));
        let file = sources.load("f").unwrap();
        let text = Text::literal(source.get(4..).unwrap(), Some(file.span(4, source.len())));
        let value = read(&text).unwrap();
        let actions = &value.get("Action").unwrap().as_list().unwrap().items;
        assert_eq!(file.slice(actions[0].span.unwrap()), "\"s3:*\"");
        assert_eq!(file.slice(actions[1].span.unwrap()), "\"\\u002a\"");
        assert_eq!(actions[1].as_str().unwrap(), "*");
    }

    #[test]
    fn a_policy_inside_of_a_json_string_is_located_through_its_escapes() {
        let source = r#"{"policy": "{\"Action\": \"s3:*\"}"}"#;
        let sources = Sources::new(MemoryFiles::new([("f", source)]));
        let file = sources.load("f").unwrap();
        let outer = read(&Text::literal(source, Some(file.span(0, source.len())))).unwrap();
        let policy = read(outer.get("policy").unwrap().as_text().unwrap()).unwrap();
        let action = policy.get("Action").unwrap();
        assert_eq!(action.as_str().unwrap(), "s3:*");
        assert_eq!(file.slice(action.span.unwrap()), r#"\"s3:*\""#);
    }

    #[test]
    fn holes_keep_what_is_around_them() {
        let text = Text::from_parts(vec![
            literal(r#"{"a": "x"#),
            hole("h1"),
            literal(r#"/*", "b": "#),
            hole("h2"),
            literal(r#", "c": [1, "#),
            hole("h3"),
            literal("], "),
            hole("h4"),
            literal("}"),
        ]);
        let value = read(&text).unwrap();
        assert_eq!(value.get("a").unwrap().as_text().unwrap().display(), "x${h1}/*");
        assert!(value.get("a").unwrap().origins.exact().is_none());
        assert!(value.get("b").unwrap().is_unknown());
        assert!(value.get("b").unwrap().origins.exact().is_some());
        assert!(value.get("c").unwrap().as_list().unwrap().open.is_some());
        assert!(value.as_map().unwrap().open.is_some());
    }

    #[test]
    fn what_is_no_json_is_an_error_with_a_place_unless_a_hole_is_to_blame() {
        for bad in ["", "{", "[1,]", "{\"a\" 1}", "\"\\x\"", "nul", "[1] 2", &"[".repeat(100_000)] {
            assert!(read(&Text::literal(bad, None)).is_err(), "{bad:.20}");
        }
        let blamed = Text::from_parts(vec![literal("{\"a\": 1"), hole("h"), literal("2}")]);
        assert!(read(&blamed).unwrap().is_unknown());
    }

    #[test]
    fn the_place_of_an_error_is_a_whole_character() {
        let source = "{“Statement”: []}";
        let sources = Sources::new(MemoryFiles::new([("f", source)]));
        let file = sources.load("f").unwrap();
        let error = read(&Text::literal(source, Some(file.span(0, source.len())))).unwrap_err();
        assert_eq!(file.slice(error.span.unwrap()), "“");
    }

    #[test]
    fn escapes_and_numbers_are_those_of_json() {
        let value = read(&Text::literal(r#"["\ud83d\ude00\n\"", -1.5e3, 123456789012]"#, None)).unwrap();
        let items = &value.as_list().unwrap().items;
        assert_eq!(items[0].as_str().unwrap(), "\u{1F600}\n\"");
        assert!(matches!(items[1].kind, Kind::Number(Number::Float(n)) if n == -1500.0));
        assert!(matches!(items[2].kind, Kind::Number(Number::Int(123_456_789_012))));
    }
}
