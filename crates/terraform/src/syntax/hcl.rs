//! Parses HCL with `hcl-edit`.

use hcl_edit::parser::{self, Error};
use iamrail_core::source::{SourceFile, Span};

use super::expression::Expr;
use super::glance;
use super::lower::Lowering;
use super::mend::parse_body;
use super::places::Places;
use super::structure::{Body, Fault, Parsed};

/// The block, heading included, that stands at a span.
pub(super) fn parse_block(file: &SourceFile, span: Span) -> Parsed {
    let text = file.slice(span);
    let places = Places::direct(file.id(), span.start as usize);
    let lowering = Lowering { text, places };
    match parse_body(text) {
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
    if glance::is_block(text) {
        return None;
    }
    let error = parse_body(text).err()?;
    Some(fault(&error, text, &Places::direct(file.id(), span.start as usize)))
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
