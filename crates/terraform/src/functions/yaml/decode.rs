//! Reads YAML, keeping the place of every part.

use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use iamrail_core::collections::HashMap;
use iamrail_core::source::Span;
use iamrail_core::value::{Field, Kind, Map, Part, Text, Value};

use super::marks::Marks;
use super::scalar::{is_not_a_number, resolve};
use crate::functions::pieces;
use crate::types::{Constraint, type_name};

/// The most values that a document may have, each alias counted as what it stands for.
const MOST: usize = 200_000;

/// How deep collections may nest.
const DEPTH: usize = 128;

/// The namespace of tags like `!!str`.
const CORE: &str = "tag:yaml.org,2002:";

/// The value of a document: a text, the same in one piece, and the holes marked in that.
///
/// # Errors
/// Says what is wrong with it, in one line.
pub(super) fn read(text: &Text, whole: &str, marks: &Marks) -> Result<Value, String> {
    let merged = pieces::merged(text);
    let place = match merged.as_slice() {
        [Part::Literal { text, span: Some(span) }] if span.len() as usize == text.len() => Some(*span),
        _ => None,
    };
    let mut builder =
        Builder { marks, open: Vec::new(), root: None, anchors: HashMap::default(), documents: 0, count: 0 };
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    for event in Parser::new_from_str_with_options(whole, options) {
        let (event, at) = event.map_err(|error| error.to_string())?;
        let range = at.byte_range();
        let span = place.and_then(|whole| {
            let offset = |at: usize| whole.start + u32::try_from(at).unwrap_or(0);
            range.map(|range| Span::new(whole.file, offset(range.start), offset(range.end)))
        });
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(|| "on line 1, column 1: missing start of document".to_owned())
}

struct Builder<'m> {
    marks: &'m Marks,
    /// Collections that are not closed yet.
    open: Vec<Open>,
    root: Option<Value>,
    anchors: HashMap<usize, (Value, usize)>,
    documents: usize,
    /// Values so far, those behind aliases counted each time.
    count: usize,
}

struct Open {
    anchor: usize,
    span: Option<Span>,
    /// How many values there were when it was opened.
    since: usize,
    content: Content,
}

enum Content {
    List(Vec<Value>),
    Map { map: Map, merged: Vec<Value>, key: Option<Key> },
}

/// A key that waits for its value.
enum Key {
    Name(Arc<str>, Option<Span>),
    /// `<<`.
    Merge,
    /// One with a hole: its value cannot be found under any name.
    Hidden,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Option<Span>) -> Result<(), String> {
        match event {
            Event::DocumentStart(_, version) => {
                self.documents += 1;
                if version.is_some_and(|version| (version.major, version.minor) != (1, 1)) {
                    return Err("found incompatible YAML document".to_owned());
                }
                if self.documents > 1 {
                    return Err("unexpected extra content after value".to_owned());
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref().map(name);
                let is_merge = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                if is_merge && self.expects_key() {
                    return self.key(Key::Merge);
                }
                self.count(1)?;
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                if let Some(value) = self.marks.scalar(&text, is_plain, span) {
                    return self.add(value, anchor, 1);
                }
                if style == ScalarStyle::Plain
                    && matches!(tag.as_deref(), None | Some("float"))
                    && is_not_a_number(&text)
                {
                    return Err("floating point NaN is not supported".to_owned());
                }
                let kind = match tag.as_deref() {
                    None | Some("int" | "float" | "bool" | "null") if style == ScalarStyle::Plain => {
                        resolve(&text)
                    }
                    None | Some("str" | "binary" | "timestamp" | "int" | "float" | "bool" | "null" | "!") => {
                        Kind::Text(Text::literal(text.as_ref(), inner(span, &text, style)))
                    }
                    Some(tag) => return Err(format!("unsupported tag {tag:?}")),
                };
                self.add(Value::new(kind).at(span), anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.as_deref(), "sequence", "seq")?;
                self.start(Content::List(Vec::new()), anchor, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(tag.as_deref(), "mapping", "map")?;
                let content = Content::Map { map: Map::default(), merged: Vec::new(), key: None };
                self.start(content, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => {
                let Some((value, weight)) = self.anchors.get(&anchor).cloned() else {
                    return Err("cannot refer to an anchor from inside its own definition".to_owned());
                };
                self.count(weight)?;
                self.add(value, 0, weight)
            }
            _ => Ok(()),
        }
    }

    /// Aliases of aliases can stand for more values than anything can hold.
    fn count(&mut self, more: usize) -> Result<(), String> {
        self.count = self.count.saturating_add(more);
        if self.count > MOST { Err("the document has too many values".to_owned()) } else { Ok(()) }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }))
    }

    fn start(&mut self, content: Content, anchor: usize, span: Option<Span>) -> Result<(), String> {
        if self.expects_key() {
            return Err("only strings are allowed as mapping keys".to_owned());
        }
        if self.open.len() >= DEPTH {
            return Err("the document is nested too deeply".to_owned());
        }
        let since = self.count;
        self.count(1)?;
        self.open.push(Open { anchor, span, since, content });
        Ok(())
    }

    fn end(&mut self, end: Option<Span>) -> Result<(), String> {
        let Some(Open { anchor, span, since, content }) = self.open.pop() else { return Ok(()) };
        let value = match content {
            Content::List(items) => Value::list(items),
            Content::Map { mut map, merged, .. } => {
                for (key, field) in merged.iter().filter_map(Value::as_map).flat_map(|map| &map.entries) {
                    map.entries.entry(Arc::clone(key)).or_insert_with(|| field.clone());
                }
                map.entries.sort_keys();
                let made = Value::map(map.entries.clone());
                Value { kind: Kind::Map(Arc::new(map)), ..made }
            }
        };
        let span = span.map(|start| end.map_or(start, |end| start.to(end)));
        let weight = self.count.saturating_sub(since);
        self.add(value.at(span), anchor, weight)
    }

    fn key(&mut self, new: Key) -> Result<(), String> {
        if let Some(Open { content: Content::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(new);
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, value: Value, anchor: usize, weight: usize) -> Result<(), String> {
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), weight));
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(value),
            Some(Content::List(items)) => items.push(value),
            Some(Content::Map { map, merged, key }) => match key.take() {
                None => {
                    let span = value.span;
                    if value.is_null() {
                        return Err("mapping key cannot be null".to_owned());
                    }
                    if let Some(unknown) = value.unknown_part() {
                        map.open.get_or_insert_with(|| Arc::clone(unknown));
                        *key = Some(Key::Hidden);
                        return Ok(());
                    }
                    let name = Constraint::String.convert(value).ok();
                    let name = name.as_ref().and_then(Value::as_str);
                    let name = name.ok_or("only strings are allowed as mapping keys")?;
                    *key = Some(Key::Name(name.as_ref().into(), span));
                }
                Some(Key::Name(name, place)) => {
                    map.entries.insert(name, Field { key: place, value });
                }
                Some(Key::Hidden) => {}
                Some(Key::Merge) if value.as_map().is_some() => merged.push(value),
                Some(Key::Merge) => return Err(format!("cannot merge {} into mapping", type_name(&value))),
            },
        }
        Ok(())
    }
}

/// A tag, those of YAML without their namespace.
fn name(tag: &Tag) -> String {
    let whole = format!("{}{}", tag.handle(), tag.suffix());
    whole.strip_prefix(CORE).map(str::to_owned).unwrap_or(whole)
}

fn refuse_tag(tag: Option<&Tag>, what: &str, own: &str) -> Result<(), String> {
    match tag.map(name) {
        Some(tag) if tag != own && tag != "!" => Err(format!("can't interpret {what} as {tag}")),
        _ => Ok(()),
    }
}

/// The place of the characters within their quotes.
fn inner(span: Option<Span>, text: &str, style: ScalarStyle) -> Option<Span> {
    let span = span?;
    let quotes = u32::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
    let inner = Span::new(span.file, span.start + quotes, span.end.saturating_sub(quotes));
    (inner.len() as usize == text.len()).then_some(inner)
}
