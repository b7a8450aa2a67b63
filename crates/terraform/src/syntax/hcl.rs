//! Parses HCL with `hcl-edit`.

use hcl_edit::parser::{self, Error};
use iamrail_core::source::{SourceFile, Span};

use super::expression::Expr;
use super::lower::Lowering;
use super::mend::parse_body;
use super::places::Places;
use super::reader;
use super::structure::{Body, Fault, Parsed};
use crate::stack::with_room;

/// The block, heading included, that stands at a span.
pub(super) fn parse_block(file: &SourceFile, span: Span) -> Parsed {
    let text = file.slice(span);
    let places = Places::direct(file.id(), span.start as usize);
    let lowering = Lowering { text, places };
    if let Some(body) = reader::read_block(&lowering) {
        return Parsed { body, fault: None };
    }
    match with_room(|| parse_body(text)) {
        Ok(body) => match body.blocks().next() {
            Some(block) => Parsed { body: lowering.block(block).body, fault: None },
            None => Parsed::default(),
        },
        Err(error) => Parsed { body: Body::default(), fault: Some(fault(&error, text, &lowering.places)) },
    }
}

/// What is wrong with the block that stands at a span.
pub(super) fn check_block(file: &SourceFile, span: Span) -> Option<Fault> {
    let text = file.slice(span);
    let lowering = Lowering { text, places: Places::direct(file.id(), span.start as usize) };
    if reader::is_block(&lowering) {
        return None;
    }
    let error = with_room(|| parse_body(text)).err()?;
    Some(fault(&error, text, &lowering.places))
}

/// A template that is a whole text of its own: a file, or a JSON string.
pub(super) fn parse_template(text: &str, places: Places) -> Result<Expr, Fault> {
    let span = places.span(0, text.len());
    let lowering = Lowering { text, places };
    if let Some(kind) = reader::read_template(&lowering) {
        return Ok(Expr::new(kind, span));
    }
    match with_room(|| parser::parse_template(text)) {
        Ok(template) => Ok(Expr::new(lowering.template(&template), span)),
        Err(error) => Err(fault(&error, text, &lowering.places)),
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
    match parse_body(text) {
        Ok(body) => Parsed { body: Lowering { text, places }.body(&body), fault: None },
        Err(error) => Parsed { body: Body::default(), fault: Some(fault(&error, text, &places)) },
    }
}

fn fault(error: &Error, text: &str, places: &Places) -> Fault {
    let offset = error.location().offset().min(text.len());
    let at = (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Fault { message: error.message().to_owned(), span: places.span(at, at + width) }
}
