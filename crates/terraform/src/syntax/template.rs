//! Templates: what strip markers and indentation leave of the text, and where that stands.

use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, HeredocTemplate, StringTemplate, Strip, Template};
use iamrail_core::value::{Part, Text};

use super::expression::{Expr, ExprKind, ForDirective, IfDirective, Piece};
use super::lower::Lowering;
use super::parts::{composed_over, joined, literal_text, trim_end, trim_start};

/// A template as Terraform's scanner sees it: flat, heredocs and template files cut into lines. Strip markers reach as
/// far as the next token, indentation is counted over all of them.
enum Token {
    Text(Vec<Part>),
    Value(Expr),
    If(Expr),
    Else,
    For { key_name: Option<Arc<str>>, value_name: Arc<str>, collection: Expr },
    End,
}

/// How a template is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Quoted,
    Lines,
}

impl Lowering<'_> {
    pub(super) fn quoted_template(&self, template: &StringTemplate) -> ExprKind {
        let mut tokens = Tokens::quoted(self);
        for element in template {
            tokens.add(element);
        }
        tokens.finish(false)
    }

    pub(super) fn heredoc(&self, heredoc: &HeredocTemplate) -> ExprKind {
        let mut tokens = Tokens::lines(self);
        tokens.add_all(&heredoc.template);
        let flush =
            heredoc.span().and_then(|range| self.text.get(range)).is_some_and(|t| t.starts_with("<<-"));
        tokens.finish(flush)
    }

    /// A template that is a file or a JSON string of its own.
    pub(super) fn template(&self, template: &Template) -> ExprKind {
        let mut tokens = Tokens::lines(self);
        tokens.add_all(template);
        tokens.finish(false)
    }

    /// The characters of a range of the text with escapes resolved.
    pub(super) fn literal(&self, range: Range<usize>, quoted: bool, parts: &mut Vec<Part>) {
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let mut pieces = Vec::new();
        let mut from = 0;
        while let Some((at, length, decoded)) = next_escape(raw, from, quoted) {
            self.places.literal(raw.get(from..at).unwrap_or_default(), range.start + from, &mut pieces);
            let span = self.places.span(range.start + at, range.start + at + length);
            pieces.push(Part::Literal { text: decoded.into(), span: Some(span) });
            from = at + length;
        }
        self.places.literal(raw.get(from..).unwrap_or_default(), range.start + from, &mut pieces);
        parts.extend(composed_over(pieces));
    }
}

/// The next escape at or behind `from`: where it is, how many bytes it takes, what it stands for.
fn next_escape(raw: &str, from: usize, quoted: bool) -> Option<(usize, usize, String)> {
    let bytes = raw.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memchr3(b'\\', b'$', b'%', bytes.get(at..)?) {
        at += found;
        let rest = raw.get(at..)?;
        if rest.starts_with("$${") {
            return Some((at, 3, "${".to_owned()));
        }
        if rest.starts_with("%%{") {
            return Some((at, 3, "%{".to_owned()));
        }
        if quoted && rest.starts_with('\\') {
            let hex = |digits: usize| {
                let code = rest.get(2..2 + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
                code.and_then(char::from_u32).map(|c| (at, 2 + digits, c.to_string()))
            };
            return match rest.as_bytes().get(1)? {
                b'n' => Some((at, 2, "\n".to_owned())),
                b'r' => Some((at, 2, "\r".to_owned())),
                b't' => Some((at, 2, "\t".to_owned())),
                b'u' => hex(4),
                b'U' => hex(8),
                _ => Some((at, 2, rest.get(1..2)?.to_owned())),
            };
        }
        at += 1;
    }
    None
}

/// The tokens of a template as they come.
pub(super) struct Tokens<'l> {
    lowering: &'l Lowering<'l>,
    form: Form,
    tokens: Vec<Token>,
    strip_next: bool,
}

impl<'l> Tokens<'l> {
    /// Of a template between quotes.
    pub(super) fn quoted(lowering: &'l Lowering<'l>) -> Self {
        Self { lowering, form: Form::Quoted, tokens: Vec::new(), strip_next: false }
    }

    /// Of a heredoc or a template file.
    pub(super) fn lines(lowering: &'l Lowering<'l>) -> Self {
        Self { form: Form::Lines, ..Self::quoted(lowering) }
    }

    fn add_all(&mut self, template: &Template) {
        for element in template {
            self.add(element);
        }
    }

    fn add(&mut self, element: &Element) {
        match element {
            Element::Literal(literal) => self.add_literal(literal.span().unwrap_or_default()),
            Element::Interpolation(interpolation) => {
                let value = self.lowering.expr(&interpolation.expr);
                self.add_sequence(Token::Value(value), interpolation.strip);
            }
            Element::Directive(directive) => match directive.as_ref() {
                Directive::If(directive) => {
                    let condition = self.lowering.expr(&directive.if_expr.cond_expr);
                    self.add_sequence(Token::If(condition), directive.if_expr.strip);
                    self.add_all(&directive.if_expr.template);
                    if let Some(otherwise) = &directive.else_expr {
                        self.add_sequence(Token::Else, otherwise.strip);
                        self.add_all(&otherwise.template);
                    }
                    self.add_sequence(Token::End, directive.endif_expr.strip);
                }
                Directive::For(directive) => {
                    let each = &directive.for_expr;
                    let token = Token::For {
                        key_name: each.key_var.as_ref().map(|name| name.as_str().into()),
                        value_name: each.value_var.as_str().into(),
                        collection: self.lowering.expr(&each.collection_expr),
                    };
                    self.add_sequence(token, each.strip);
                    self.add_all(&each.template);
                    self.add_sequence(Token::End, directive.endfor_expr.strip);
                }
            },
        }
    }

    /// An interpolation without strip markers.
    pub(super) fn add_value(&mut self, value: Expr) {
        self.add_sequence(Token::Value(value), Strip::None);
    }

    /// The characters of a range of the text.
    pub(super) fn add_literal(&mut self, range: Range<usize>) {
        if self.form == Form::Quoted {
            return self.add_text(range, true);
        }
        let raw = self.lowering.text.get(range.clone()).unwrap_or_default();
        let mut start = range.start;
        for line in raw.split_inclusive('\n') {
            self.add_text(start..start + line.len(), false);
            start += line.len();
        }
    }

    fn add_text(&mut self, range: Range<usize>, quoted: bool) {
        let mut parts = Vec::new();
        self.lowering.literal(range, quoted, &mut parts);
        if std::mem::take(&mut self.strip_next) {
            trim_start(&mut parts, usize::MAX);
        }
        self.tokens.push(Token::Text(parts));
    }

    fn add_sequence(&mut self, token: Token, strip: Strip) {
        if strip.strip_start()
            && let Some(Token::Text(parts)) = self.tokens.last_mut()
        {
            trim_end(parts);
        }
        self.strip_next = strip.strip_end();
        self.tokens.push(token);
    }

    /// What they make; `flush` takes the indentation that all lines share.
    pub(super) fn finish(mut self, flush: bool) -> ExprKind {
        if flush {
            remove_indentation(&mut self.tokens);
        }
        let mut tokens = self.tokens.into_iter().peekable();
        let mut pieces = pieces(&mut tokens);
        match pieces.as_mut_slice() {
            [] => ExprKind::Text(Text::default()),
            [Piece::Literal(text)] => ExprKind::Text(std::mem::take(text)),
            _ => ExprKind::Template(pieces),
        }
    }
}

/// The pieces up to the end of the directive that is open. Nesting is as deep as the parser allows.
fn pieces(tokens: &mut Peekable<std::vec::IntoIter<Token>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    while let Some(token) = tokens.next_if(|token| !matches!(token, Token::Else | Token::End)) {
        if let Token::Text(parts) = token {
            text.extend(parts);
            continue;
        }
        flush_text(&mut text, &mut pieces);
        match token {
            Token::Value(value) => pieces.push(Piece::Interpolation(value)),
            Token::If(condition) => {
                let then = self::pieces(tokens);
                let otherwise = match tokens.next() {
                    Some(Token::Else) => {
                        let otherwise = self::pieces(tokens);
                        tokens.next();
                        otherwise
                    }
                    _ => Vec::new(),
                };
                pieces.push(Piece::If(Box::new(IfDirective { condition, then, otherwise })));
            }
            Token::For { key_name, value_name, collection } => {
                let body = self::pieces(tokens);
                tokens.next();
                pieces.push(Piece::For(Box::new(ForDirective { key_name, value_name, collection, body })));
            }
            Token::Text(_) | Token::Else | Token::End => {}
        }
    }
    flush_text(&mut text, &mut pieces);
    pieces
}

fn flush_text(parts: &mut Vec<Part>, pieces: &mut Vec<Piece>) {
    let text = Text::from_parts(joined(std::mem::take(parts)));
    if !text.parts().is_empty() {
        pieces.push(Piece::Literal(text));
    }
}

/// Takes the indentation that all lines share from every line, as `<<-` does. Blank lines neither count nor change.
fn remove_indentation(tokens: &mut [Token]) {
    let mut least = usize::MAX;
    let mut begins_line = true;
    let mut indented = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Token::Text(parts) = token else {
            if begins_line {
                least = 0;
            }
            begins_line = false;
            continue;
        };
        let line: String = parts.iter().filter_map(literal_text).collect();
        if begins_line {
            let indentation = line.chars().take_while(|c| c.is_whitespace()).count();
            if !(line.trim().is_empty() && line.ends_with('\n')) {
                least = least.min(indentation);
                indented.push(index);
            }
        }
        begins_line = line.ends_with('\n');
    }
    for index in indented {
        if let Some(Token::Text(parts)) = tokens.get_mut(index) {
            trim_start(parts, least);
        }
    }
}
