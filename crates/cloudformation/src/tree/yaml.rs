//! YAML, read from the events of a parser.

use std::borrow::Cow;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};

use super::builder::{Builder, Properties, Stop};
use super::cut::Trust;
use super::padding::Padding;
use super::scalar::{Scalar, block_span};
use super::{MOST_LEVELS, Style, Tag, Tree, reader};

/// The namespace of tags like `!!str`.
const CORE: &str = "tag:yaml.org,2002:";
/// How often the same text is read again with one more line indented.
const MOST_READINGS: usize = 64;
/// How many bytes are read again in all.
const MOST_REREAD: usize = 16 << 20;

/// Parses a text as YAML.
pub(super) fn parse(file: &Arc<SourceFile>) -> (Option<Tree>, Vec<Diagnostic>) {
    reader::read_yaml(file).unwrap_or_else(|| parse_events(file))
}

/// The same without the reader, which knows less.
pub(super) fn parse_events(file: &Arc<SourceFile>) -> (Option<Tree>, Vec<Diagnostic>) {
    parse_padded(file, Padding::none(file.text()), false)
}

/// Parses what follows a place of a text.
pub(super) fn parse_rest(file: &Arc<SourceFile>, rest: Padding<'_>) -> (Option<Tree>, Vec<Diagnostic>) {
    parse_padded(file, rest, true)
}

fn parse_padded(
    file: &Arc<SourceFile>,
    mut padding: Padding<'_>,
    is_rest: bool,
) -> (Option<Tree>, Vec<Diagnostic>) {
    let mut readings = 0;
    let mut first_fault = None;
    loop {
        readings += 1;
        let mut builder = Builder::new(file);
        builder.is_rest = is_rest;
        let end = Reader { file, padding: &padding }.read(&mut builder);
        match end {
            End::Read => return builder.finish(),
            End::Stopped(at) => return builder.cut(at, Trust::OneLine),
            End::Fault(error) => {
                let offset = error.marker().byte_offset().unwrap_or_default();
                let may_read_on = readings < MOST_READINGS && readings * file.text().len() < MOST_REREAD;
                if matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent)
                    && may_read_on
                    && let Some(padded) = padding.pad_line_at(offset)
                {
                    first_fault.get_or_insert(padding.original(offset));
                    padding = padded;
                    continue;
                }
                builder.fault = first_fault;
                let mut at = padding.original(offset);
                let rest = file.text().get(at..).unwrap_or_default();
                // The place is that of the text which the character is in.
                if let ErrorKind::UnexpectedCharacter { character } = error.kind() {
                    at += rest.find(*character).unwrap_or_default();
                }
                let letter = file.text().get(at..).and_then(|rest| rest.chars().next());
                let span = file.span(at, at + letter.map_or(0, char::len_utf8));
                builder.report("syntax", message(error.kind()), span);
                return builder.cut(span, Trust::OneLine);
            }
        }
    }
}

enum End {
    Read,
    /// Reading had to end here.
    Stopped(Span),
    Fault(ScanError),
}

struct Reader<'f> {
    file: &'f SourceFile,
    padding: &'f Padding<'f>,
}

impl Reader<'_> {
    fn read(&self, builder: &mut Builder<'_>) -> End {
        let options = granit_parser::options! {
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: MOST_LEVELS,
            block_nesting_limit: MOST_LEVELS,
        };
        for event in Parser::new_from_str_with_options(self.padding.text(), options) {
            match event {
                Ok((event, span)) => {
                    if self.take(event, &span, builder).is_err() {
                        return End::Stopped(self.span(&span));
                    }
                }
                Err(error) => return End::Fault(error),
            }
        }
        End::Read
    }

    fn take(
        &self,
        event: Event<'_>,
        at: &granit_parser::Span,
        builder: &mut Builder<'_>,
    ) -> Result<(), Stop> {
        let span = self.span(at);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let (properties, core) = self.properties(anchor, tag, at);
                let (scalar, span) = self.scalar(&text, style, core.as_deref(), span);
                builder.scalar(properties, scalar, span)
            }
            Event::SequenceStart(style, anchor, tag) => {
                let (properties, _) = self.properties(anchor, tag, at);
                builder.sequence(properties, span, style == StructureStyle::Block)
            }
            Event::MappingStart(style, anchor, tag) => {
                let (properties, _) = self.properties(anchor, tag, at);
                builder.mapping(properties, span, style == StructureStyle::Block)
            }
            Event::SequenceEnd | Event::MappingEnd => builder.end(span),
            Event::Alias(anchor) => builder.alias(Some(anchor), span),
            Event::UnresolvedAlias(_) => builder.alias(None, span),
            _ => Ok(()),
        }
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or_default();
        self.file.span(self.padding.original(range.start), self.padding.original(range.end))
    }

    /// Anchor and local tag of a node; the second part is the name of a tag of the core schema.
    fn properties(
        &self,
        anchor: usize,
        tag: Option<Cow<'_, granit_parser::Tag>>,
        at: &granit_parser::Span,
    ) -> (Properties, Option<String>) {
        let anchor = (anchor != 0).then_some(anchor);
        let Some(tag) = tag else { return (Properties { tag: None, anchor }, None) };
        if tag.handle() == CORE {
            return (Properties { tag: None, anchor }, Some(tag.suffix().to_owned()));
        }
        let name = tag.suffix().trim_start_matches('!').into();
        let tag = at.tag_span().map(|at| Box::new(Tag { name, span: self.span(&at) }));
        (Properties { tag, anchor }, None)
    }

    fn scalar(&self, text: &str, style: ScalarStyle, core: Option<&str>, span: Span) -> (Scalar, Span) {
        let (style, inner, span) = match style {
            ScalarStyle::SingleQuoted => (Style::Single, inside(span), span),
            ScalarStyle::DoubleQuoted => (Style::Double, inside(span), span),
            ScalarStyle::Plain => (Style::Plain, span, span),
            ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, span, block_span(self.file, span)),
        };
        let style = match core {
            // `!!str 1` is a text.
            Some("str") if style == Style::Plain => Style::Single,
            _ => style,
        };
        // The parser writes `~` for a value that is absent.
        let text = if inner.is_empty() && style == Style::Plain { "" } else { text };
        let decoded = (self.file.slice(inner) != text).then(|| text.into());
        (Scalar { style, inner, decoded }, span)
    }
}

fn inside(quoted: Span) -> Span {
    Span::new(quoted.file, quoted.start + 1, quoted.end.saturating_sub(1))
}

fn message(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::RecursionLimitExceeded => format!("collections are nested more than {MOST_LEVELS} deep"),
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabInPlainScalar => {
            "no YAML: a tab cannot indent".to_owned()
        }
        kind => format!("no YAML: {kind}"),
    }
}
