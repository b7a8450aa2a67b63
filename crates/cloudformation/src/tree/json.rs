//! JSON, read strictly.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};
use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Range;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::builder::{Builder, Properties, Stop};
use super::scalar::Scalar;
use super::{Style, Tree, reader};

const STRICT: ParseOptions = ParseOptions {
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

/// Parses a text as JSON.
pub(super) fn parse(file: &Arc<SourceFile>) -> (Option<Tree>, Vec<Diagnostic>) {
    reader::read_json(file).unwrap_or_else(|| parse_strictly(file))
}

/// The same without the reader, which knows less.
pub(super) fn parse_strictly(file: &Arc<SourceFile>) -> (Option<Tree>, Vec<Diagnostic>) {
    let text = file.text().trim_start_matches('\u{FEFF}');
    let reader = Reader { file, skipped: file.text().len() - text.len() };
    let mut builder = Builder::new(file);
    // The parser bounds its own depth.
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Err(error) => {
            let mut message = error.kind().to_string();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            builder.report("syntax", format!("no JSON: {message}"), reader.span(error.range()));
            builder.give_up()
        }
        Ok(parsed) => match parsed.value.map(|value| reader.value(&value, &mut builder)) {
            Some(Err(Stop)) => builder.give_up(),
            Some(Ok(())) | None => builder.finish(),
        },
    }
}

struct Reader<'f> {
    file: &'f SourceFile,
    /// The bytes of a byte order mark.
    skipped: usize,
}

impl Reader<'_> {
    fn value(&self, value: &Value<'_>, builder: &mut Builder<'_>) -> Result<(), Stop> {
        match value {
            Value::Object(object) => {
                builder.mapping(Properties::default(), self.span(object.range), false)?;
                for property in &object.properties {
                    if let ObjectPropName::String(name) = &property.name {
                        self.text(name.range, &name.value, builder)?;
                        self.value(&property.value, builder)?;
                    }
                }
                builder.end(self.span(object.range))
            }
            Value::Array(array) => {
                builder.sequence(Properties::default(), self.span(array.range), false)?;
                for element in &array.elements {
                    self.value(element, builder)?;
                }
                builder.end(self.span(array.range))
            }
            Value::StringLit(text) => self.text(text.range, &text.value, builder),
            Value::NumberLit(number) => self.plain(number.range, builder),
            Value::BooleanLit(literal) => self.plain(literal.range, builder),
            Value::NullKeyword(null) => self.plain(null.range, builder),
        }
    }

    fn text(&self, range: Range, text: &str, builder: &mut Builder<'_>) -> Result<(), Stop> {
        let span = self.span(range);
        let inner = Span::new(span.file, span.start + 1, span.end.saturating_sub(1));
        let decoded = (self.file.slice(inner) != text).then(|| text.into());
        builder.scalar(Properties::default(), Scalar { style: Style::Double, inner, decoded }, span)
    }

    fn plain(&self, range: Range, builder: &mut Builder<'_>) -> Result<(), Stop> {
        let inner = self.span(range);
        builder.scalar(Properties::default(), Scalar { style: Style::Plain, inner, decoded: None }, inner)
    }

    fn span(&self, range: Range) -> Span {
        self.file.span(range.start + self.skipped, range.end + self.skipped)
    }
}
