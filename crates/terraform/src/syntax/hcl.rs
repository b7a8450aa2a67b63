//! Parses HCL with `hcl-edit`.

use hcl_edit::parser::{self, Error};
use iamrail_core::source::{SourceFile, Span};

use super::expression::Expr;
use super::lower::Lowering;
use super::places::Places;
use super::structure::{Body, Fault, Parsed};

/// How many repeated keys of objects are worked around in one block.
const MOST_REPEATED_KEYS: usize = 64;

/// The block, heading included, that stands at a span.
pub(super) fn parse_block(file: &SourceFile, span: Span) -> Parsed {
    let text = file.slice(span);
    let places = Places::direct(file.id(), span.start as usize);
    let parsed = match parser::parse_body(text) {
        Err(error) => parse_with_repeated_keys(text, error),
        parsed => parsed,
    };
    let lowering = Lowering { text, places };
    match parsed {
        Ok(body) => match body.blocks().next() {
            Some(block) => Parsed { body: lowering.block(block).body, fault: None },
            None => Parsed::default(),
        },
        Err(error) => Parsed { body: Body::default(), fault: Some(fault(&error, text, &lowering.places)) },
    }
}

/// A template that is a whole text of its own: a file, or a JSON string.
pub(super) fn parse_template(text: &str, places: Places) -> Result<Expr, Fault> {
    let span = places.span(0, text.len());
    match parser::parse_template(text) {
        Ok(template) => Ok(Expr::new(Lowering { text, places }.template(&template), span)),
        Err(error) => Err(fault(&error, text, &places)),
    }
}

/// An expression that is a whole text of its own: a variable on the command line.
pub(super) fn parse_expression(text: &str, places: Places) -> Result<Expr, Fault> {
    match parser::parse_expr(text) {
        Ok(expr) => Ok(Lowering { text, places }.expr(&expr)),
        Err(error) => Err(fault(&error, text, &places)),
    }
}

/// The arguments of a file of variables.
pub(super) fn parse_arguments(file: &SourceFile) -> Parsed {
    let whole = file.text();
    let start = if whole.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = whole.get(start..).unwrap_or_default();
    let places = Places::direct(file.id(), start);
    let parsed = match parser::parse_body(text) {
        Err(error) => parse_with_repeated_keys(text, error),
        parsed => parsed,
    };
    match parsed {
        Ok(body) => Parsed { body: Lowering { text, places }.body(&body), fault: None },
        Err(error) => Parsed { body: Body::default(), fault: Some(fault(&error, text, &places)) },
    }
}

fn fault(error: &Error, text: &str, places: &Places) -> Fault {
    let at = error.location().offset();
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Fault { message: error.message().to_owned(), span: places.span(at, at + width) }
}

/// Terraform takes the last of several equal keys of an object, the parser none. It is given other names of the same
/// length for the earlier ones; lowering reads the names from the text, where they are what they were.
fn parse_with_repeated_keys(text: &str, mut error: Error) -> Result<hcl_edit::structure::Body, Error> {
    let mut masked = text.as_bytes().to_vec();
    for round in 0..MOST_REPEATED_KEYS {
        let at = error.location().offset();
        let is_repeated = error.message().contains("redefined object key");
        let name = key_range(text, at).filter(|_| is_repeated);
        let Some(key) = name.and_then(|range| masked.get_mut(range)) else { return Err(error) };
        for (letter, byte) in other_name(round, key.len()).zip(key) {
            *byte = letter;
        }
        match std::str::from_utf8(&masked).map(parser::parse_body) {
            Ok(Ok(body)) => return Ok(body),
            Ok(Err(next)) => error = next,
            Err(_) => return Err(error),
        }
    }
    Err(error)
}

/// The bare or quoted name of a key at an offset, without quotes.
fn key_range(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(at..)?;
    match rest.strip_prefix('"') {
        Some(inner) => Some(at + 1..at + 1 + inner.find('"')?),
        None => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))?;
            (end > 0).then_some(at..at + end)
        }
    }
}

/// A name of a given length that nobody writes, another one each round.
fn other_name(round: usize, length: usize) -> impl Iterator<Item = u8> {
    let letters = b"QXZJKVWYqxzjkvwy";
    (0..length).map(move |at| {
        let digit = round.checked_shr(u32::try_from(at * 4).unwrap_or(u32::MAX)).unwrap_or(0) % letters.len();
        letters.get(digit).copied().unwrap_or(b'_')
    })
}
