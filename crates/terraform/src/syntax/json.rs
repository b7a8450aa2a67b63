//! The JSON form of configurations: the same blocks and expressions, written as objects and strings.

use std::sync::Arc;

use iamrail_core::source::{SourceFile, Span};
use iamrail_core::value::{Number, Part, Text};
use jsonc_parser::ast::{Object, ObjectProp, StringLit, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::expression::{Expr, ExprKind, Item};
use super::hcl::parse_template;
use super::places::Places;
use super::scan::Index;
use super::structure::{Attribute, Block, Body, Declaration, Fault, Label};
use crate::types::normalize;

/// How many labels the blocks of a file have.
fn labels_of(kind: &str) -> usize {
    match kind {
        "resource" | "data" | "ephemeral" => 2,
        "module" | "variable" | "output" | "provider" | "check" => 1,
        _ => 0,
    }
}

/// Nested blocks and their labels. JSON does not tell a block from an argument that is an object; these are the ones
/// that matter to the evaluation. Any other is read as an argument, which for a reader of values is the same but for the
/// list around it.
fn labels_of_nested(kind: &str) -> Option<usize> {
    match kind {
        "dynamic" | "provisioner" | "backend" => Some(1),
        "lifecycle" | "connection" | "content" | "statement" | "principals" | "not_principals"
        | "condition" | "inline_policy" | "validation" => Some(0),
        _ => None,
    }
}

/// The blocks of a JSON file.
pub(super) fn read(file: &Arc<SourceFile>) -> Index {
    let mut reader = Reader { file, base: 0, faults: Vec::new() };
    let declarations = match reader.root() {
        Some(root) => reader.declarations(&root),
        None => Vec::new(),
    };
    Index { declarations, faults: reader.faults }
}

/// The arguments of a JSON file of variables.
pub(super) fn read_arguments(file: &Arc<SourceFile>) -> (Body, Vec<Fault>) {
    let mut reader = Reader { file, base: 0, faults: Vec::new() };
    let mut body = Body::default();
    if let Some(Value::Object(root)) = reader.root() {
        for property in &root.properties {
            // A file of values has no expressions: `${` in it is text.
            body.attributes.push(reader.attribute(property, true));
        }
    }
    (body, reader.faults)
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    /// Where the JSON begins: behind a byte order mark.
    base: usize,
    faults: Vec<Fault>,
}

impl<'f> Reader<'f> {
    fn root(&mut self) -> Option<Value<'f>> {
        let text: &'f str = self.file.text();
        let json = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.base = text.len() - json.len();
        let strict = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        match parse_to_ast(json, &CollectOptions::default(), &strict) {
            Ok(result) => result.value,
            Err(error) => {
                let message = error.kind().to_string();
                let span = self.span(error.range().start, error.range().end);
                self.faults.push(Fault { message: lower_first(&message), span });
                None
            }
        }
    }

    fn declarations(&mut self, root: &Value<'f>) -> Vec<Declaration> {
        let mut found = Vec::new();
        for object in self.objects(root) {
            for property in &object.properties {
                let kind: Arc<str> = property.name.as_str().into();
                if &*kind == "//" {
                    continue;
                }
                let heading = self.name_span(property);
                let mut blocks = Vec::new();
                self.labelled(&property.value, labels_of(&kind), &mut Vec::new(), &mut blocks);
                for (labels, object) in blocks {
                    let heading = labels.last().map_or(heading, |label: &Label| label.span);
                    let body = self.body(object, &kind);
                    found.push(Declaration::parsed(Arc::clone(&kind), labels, heading, body));
                }
            }
        }
        found
    }

    /// The objects behind `depth` levels of labels, a list of them at any level.
    fn labelled<'v>(
        &mut self,
        value: &'v Value<'f>,
        depth: usize,
        labels: &mut Vec<Label>,
        found: &mut Vec<(Vec<Label>, &'v Object<'f>)>,
    ) {
        for object in self.objects(value) {
            if depth == 0 {
                found.push((labels.clone(), object));
                continue;
            }
            for property in object.properties.iter().filter(|property| property.name.as_str() != "//") {
                labels.push(Label { text: property.name.as_str().into(), span: self.name_span(property) });
                self.labelled(&property.value, depth - 1, labels, found);
                labels.pop();
            }
        }
    }

    fn objects<'v>(&mut self, value: &'v Value<'f>) -> Vec<&'v Object<'f>> {
        match value {
            Value::Object(object) => vec![object],
            Value::Array(array) => array.elements.iter().flat_map(|one| self.objects(one)).collect(),
            Value::NullKeyword(_) => Vec::new(),
            other => {
                let range = other.range();
                let message = "an object is expected here".to_owned();
                self.faults.push(Fault { message, span: self.span(range.start, range.end) });
                Vec::new()
            }
        }
    }

    fn body(&mut self, object: &Object<'f>, kind: &str) -> Body {
        let mut body = Body::default();
        for property in &object.properties {
            let name = property.name.as_str();
            // The names of locals and of a module's arguments are the user's own.
            let nested = if matches!(kind, "locals" | "module") { None } else { labels_of_nested(name) };
            match nested {
                _ if name == "//" => {}
                Some(depth) => {
                    let mut blocks = Vec::new();
                    self.labelled(&property.value, depth, &mut Vec::new(), &mut blocks);
                    for (labels, object) in blocks {
                        body.blocks.push(Block {
                            kind: name.into(),
                            labels,
                            heading: self.name_span(property),
                            body: self.body(object, name),
                        });
                    }
                }
                None => body.attributes.push(self.attribute(property, false)),
            }
        }
        body
    }

    fn attribute(&mut self, property: &ObjectProp<'f>, verbatim: bool) -> Attribute {
        Attribute {
            name: property.name.as_str().into(),
            name_span: self.name_span(property),
            value: self.expr(&property.value, verbatim),
        }
    }

    fn expr(&mut self, value: &Value<'f>, verbatim: bool) -> Expr {
        let range = value.range();
        let span = self.span(range.start, range.end);
        let kind = match value {
            Value::NullKeyword(_) => ExprKind::Null,
            Value::BooleanLit(literal) => ExprKind::Bool(literal.value),
            Value::NumberLit(literal) => ExprKind::Number(number(literal.value)),
            Value::StringLit(literal) => return Expr { span, ..self.text(literal, verbatim) },
            Value::Array(array) => {
                ExprKind::Tuple(array.elements.iter().map(|one| self.expr(one, verbatim)).collect())
            }
            Value::Object(object) => ExprKind::Object(
                object
                    .properties
                    .iter()
                    .map(|property| Item {
                        key: match &property.name {
                            jsonc_parser::ast::ObjectPropName::String(name) => self.text(name, verbatim),
                            jsonc_parser::ast::ObjectPropName::Word(name) => {
                                let span = self.name_span(property);
                                Expr::new(ExprKind::Text(Text::literal(name.value, Some(span))), span)
                            }
                        },
                        value: self.expr(&property.value, verbatim),
                    })
                    .collect(),
            ),
        };
        Expr::new(kind, span)
    }

    fn text(&mut self, literal: &StringLit<'f>, verbatim: bool) -> Expr {
        let range = literal.range;
        let (start, end) = (self.base + range.start + 1, self.base + range.end.saturating_sub(1));
        let raw = self.file.text().get(start..end).unwrap_or_default();
        let (text, shifts) = decode(raw);
        let places = Places::escaped(self.file.id(), start, shifts);
        if !verbatim && (text.contains("${") || text.contains("%{")) {
            match parse_template(&text, places.clone()) {
                Ok(expr) => return expr,
                Err(fault) => self.faults.push(fault),
            }
        }
        let mut parts: Vec<Part> = Vec::new();
        places.literal(&text, 0, &mut parts);
        Expr::new(ExprKind::Text(Text::from_parts(parts)), self.span(range.start, range.end))
    }

    fn name_span(&self, property: &ObjectProp<'_>) -> Span {
        let range = property.name.range();
        self.span(range.start + 1, range.end.saturating_sub(1))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.file.span(self.base + start, self.base + end)
    }
}

fn number(text: &str) -> Number {
    match text.parse() {
        Ok(whole) => Number::Int(whole),
        Err(_) => normalize(text.parse().unwrap_or_default()),
    }
}

fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// A JSON string without its escapes, and how far the text behind each is shifted against the file.
fn decode(raw: &str) -> (String, Vec<(usize, usize)>) {
    let mut text = String::with_capacity(raw.len());
    let mut shifts = Vec::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (decoded, length) = escape(after);
        text.push(decoded);
        rest = after.get(length..).unwrap_or_default();
        shifts.push((text.len(), raw.len() - rest.len() - text.len()));
    }
    text.push_str(rest);
    (text, shifts)
}

/// What an escape stands for, and its length behind the backslash.
fn escape(after: &str) -> (char, usize) {
    let unit = |at: usize| after.get(at..at + 4).and_then(|code| u32::from_str_radix(code, 16).ok());
    match after.as_bytes().first() {
        Some(b'n') => ('\n', 1),
        Some(b'r') => ('\r', 1),
        Some(b't') => ('\t', 1),
        Some(b'b') => ('\u{8}', 1),
        Some(b'f') => ('\u{c}', 1),
        Some(b'u') => {
            let first = unit(1).unwrap_or(0xFFFD);
            let second = after.get(5..7).filter(|next| *next == "\\u").and_then(|_| unit(7));
            match (char::from_u32(first), second) {
                (Some(c), _) => (c, 5),
                (None, Some(low)) if (0xDC00..0xE000).contains(&low) && first < 0xDC00 => {
                    let code = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
                    (char::from_u32(code).unwrap_or('\u{FFFD}'), 11)
                }
                _ => ('\u{FFFD}', 5),
            }
        }
        _ => after.chars().next().map_or(('\\', 0), |c| (c, c.len_utf8())),
    }
}
