//! JSON, read strictly.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{SourceFile, Span};
use jsonc_parser::errors::{ParseError, ParseErrorKind as Kind};
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::builder::{Builder, Properties, Stop};
use super::cut::Trust;
use super::padding::Padding;
use super::scalar::Scalar;
use super::{MOST_LEVELS, Style, Tree, reader};

const STRICT: ScannerOptions = ScannerOptions {
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
    let start = file.text().len() - file.text().trim_start_matches('\u{FEFF}').len();
    parse_rest(file, &Padding::behind("", file.text(), start))
}

/// Parses what follows a place of a text.
pub(super) fn parse_rest(file: &Arc<SourceFile>, rest: &Padding<'_>) -> (Option<Tree>, Vec<Diagnostic>) {
    let scanner = Scanner::new(rest.text(), &STRICT);
    let mut reader = Reader { file, rest, scanner, open: Vec::new(), builder: Builder::new(file) };
    let Err(end) = reader.read() else { return reader.builder.finish() };
    let here = reader.place();
    // What stands before a colon was meant as a key: the list around it has no end.
    let is_key = matches!(end, End::Fault { kind: Kind::UnexpectedColon, .. });
    let trust = if is_key { Trust::Nothing } else { Trust::OneLine };
    if let Some((mut message, at)) = match end {
        End::Stopped => None,
        End::Fault { kind, at } => Some((kind.to_string(), at)),
        End::Wrong { message, at } => Some((message, at)),
    } {
        if let Some(first) = message.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        reader.builder.report("syntax", format!("no JSON: {message}"), at);
    }
    reader.builder.cut(here, trust)
}

/// Why reading ended before the end of the text.
enum End {
    /// It had to, as the builder has said.
    Stopped,
    /// A token stands where it must not.
    Fault { kind: Kind, at: Span },
    /// Something is no token.
    Wrong { message: String, at: Span },
}

impl From<Stop> for End {
    fn from(_: Stop) -> Self {
        Self::Stopped
    }
}

/// A collection whose end was not read yet.
#[derive(Clone, Copy)]
struct Open {
    is_object: bool,
    /// Where it begins.
    span: Span,
    /// Whether nothing of it was read yet.
    is_new: bool,
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    rest: &'f Padding<'f>,
    scanner: Scanner<'f>,
    open: Vec<Open>,
    builder: Builder<'f>,
}

impl<'f> Reader<'f> {
    /// The only value of the text.
    fn read(&mut self) -> Result<(), End> {
        let Some(first) = self.scan()? else { return Ok(()) };
        self.value(first)?;
        while let Some(last) = self.open.last_mut() {
            let open = *last;
            last.is_new = false;
            let before = self.place();
            let next = self.scan()?;
            if is_end(next.as_ref(), open) {
                self.open.pop();
                self.builder.end(self.place())?;
            } else if open.is_new {
                self.element(next, open)?;
            } else if next == Some(Token::Comma) {
                let comma = self.place();
                let next = self.scan()?;
                if is_end(next.as_ref(), open) {
                    return Err(End::Fault { kind: Kind::TrailingCommasNotAllowed, at: comma });
                }
                self.element(next, open)?;
            } else {
                let is_key = next == Some(Token::Colon) && !open.is_object;
                let missing = End::Fault {
                    kind: Kind::ExpectedComma,
                    at: Span::new(before.file, before.end, before.end),
                };
                return Err(match next {
                    None => open.unterminated(),
                    Some(_) if is_key => self.fault(Kind::UnexpectedColon),
                    Some(_) => missing,
                });
            }
        }
        match self.scan()? {
            Some(_) => Err(self.fault(Kind::MultipleRootJsonValues)),
            None => Ok(()),
        }
    }

    /// An element of an array, or an entry of an object, that begins with a token.
    fn element(&mut self, token: Option<Token<'f>>, open: Open) -> Result<(), End> {
        let token = token.ok_or_else(|| open.unterminated())?;
        if !open.is_object {
            return self.value(token);
        }
        match token {
            Token::String(key) => self.text(&key)?,
            Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null => {
                return Err(self.fault(Kind::ExpectedStringObjectProperty));
            }
            _ => return Err(self.fault(Kind::UnexpectedTokenInObject)),
        }
        if self.scan()? != Some(Token::Colon) {
            return Err(self.fault(Kind::ExpectedColonAfterObjectKey));
        }
        match self.scan()? {
            Some(token) => self.value(token),
            None => Err(self.fault(Kind::ExpectedObjectValue)),
        }
    }

    /// A value, or the beginning of one that is a collection.
    fn value(&mut self, token: Token<'f>) -> Result<(), End> {
        let span = self.place();
        match token {
            Token::OpenBrace | Token::OpenBracket if self.open.len() >= MOST_LEVELS => {
                Err(self.fault(Kind::NestingDepthExceeded))
            }
            Token::OpenBrace | Token::OpenBracket => {
                let is_object = token == Token::OpenBrace;
                if is_object {
                    self.builder.mapping(Properties::default(), span, false)?;
                } else {
                    self.builder.sequence(Properties::default(), span, false)?;
                }
                self.open.push(Open { is_object, span, is_new: true });
                Ok(())
            }
            Token::String(text) => Ok(self.text(&text)?),
            Token::Number(_) | Token::Boolean(_) | Token::Null => {
                let scalar = Scalar { style: Style::Plain, inner: span, decoded: None };
                Ok(self.builder.scalar(Properties::default(), scalar, span)?)
            }
            Token::CloseBracket => Err(self.fault(Kind::UnexpectedCloseBracket)),
            Token::CloseBrace => Err(self.fault(Kind::UnexpectedCloseBrace)),
            Token::Comma => Err(self.fault(Kind::UnexpectedComma)),
            Token::Colon => Err(self.fault(Kind::UnexpectedColon)),
            Token::Word(_) => Err(self.fault(Kind::UnexpectedWord)),
            Token::CommentLine(_) | Token::CommentBlock(_) => Err(self.fault(Kind::CommentsNotAllowed)),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Stop> {
        let span = self.place();
        let inner = Span::new(span.file, span.start + 1, span.end.saturating_sub(1));
        let decoded = (self.file.slice(inner) != text).then(|| text.into());
        self.builder.scalar(Properties::default(), Scalar { style: Style::Double, inner, decoded }, span)
    }

    /// The next token; `None` at the end of the text.
    fn scan(&mut self) -> Result<Option<Token<'f>>, End> {
        let scanned = self.scanner.scan();
        match scanned {
            Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => {
                Err(self.fault(Kind::CommentsNotAllowed))
            }
            Ok(token) => Ok(token),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    fn wrong(&self, error: &ParseError) -> End {
        let range = error.range();
        let at = self.file.span(self.rest.original(range.start), self.rest.original(range.end));
        End::Wrong { message: error.kind().to_string(), at }
    }

    fn fault(&self, kind: Kind) -> End {
        End::Fault { kind, at: self.place() }
    }

    /// Where the last token stands.
    fn place(&self) -> Span {
        let (start, end) = (self.scanner.token_start(), self.scanner.token_end());
        self.file.span(self.rest.original(start), self.rest.original(end))
    }
}

impl Open {
    fn unterminated(self) -> End {
        let kind = if self.is_object { Kind::UnterminatedObject } else { Kind::UnterminatedArray };
        End::Fault { kind, at: self.span }
    }
}

/// Whether a token ends a collection.
fn is_end(token: Option<&Token<'_>>, open: Open) -> bool {
    match token {
        Some(Token::CloseBrace) => open.is_object,
        Some(Token::CloseBracket) => !open.is_object,
        _ => false,
    }
}
