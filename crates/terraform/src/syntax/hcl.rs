//! Parses HCL with `hcl-edit`.

use hcl_edit::parser::Error;
use hcl_edit::structure as parsed;
use iamrail_core::source::{SourceFile, Span};

use super::expression::Expr;
use super::lower::Lowering;
use super::mend;
use super::places::Places;
use super::reader;
use super::structure::{Fault, Parsed};
use crate::stack::with_room;

/// The block, heading included, that stands at a span.
pub(super) fn parse_block(file: &SourceFile, span: Span) -> Parsed {
    let lowering =
        Lowering { text: file.slice(span), places: Places::direct(file.id(), span.start as usize) };
    if let Some(body) = reader::read_block(&lowering) {
        return Parsed { body, fault: None };
    }
    let body = |body: &parsed::Body| body.blocks().next().map(|block| lowering.block(block).body);
    Parsed::from(parse(&lowering, mend::parse_body, body).map(Option::unwrap_or_default))
}

/// What is wrong with the block that stands at a span.
pub(super) fn check_block(file: &SourceFile, span: Span) -> Option<Fault> {
    let lowering =
        Lowering { text: file.slice(span), places: Places::direct(file.id(), span.start as usize) };
    if reader::is_block(&lowering) {
        return None;
    }
    parse(&lowering, mend::parse_body, |_| ()).err()
}

/// A template that is a whole text of its own: a file, or a JSON string.
pub(super) fn parse_template(text: &str, places: Places) -> Result<Expr, Fault> {
    let span = places.span(0, text.len());
    let lowering = Lowering { text, places };
    let kind = match reader::read_template(&lowering) {
        Some(kind) => kind,
        None => parse(&lowering, mend::parse_template, |template| lowering.template(template))?,
    };
    Ok(Expr::new(kind, span))
}

/// An expression that is a whole text of its own: a variable on the command line.
pub(super) fn parse_expression(text: &str, places: Places) -> Result<Expr, Fault> {
    let lowering = Lowering { text, places };
    parse(&lowering, mend::parse_expr, |expr| lowering.expr(expr))
}

/// The arguments of a file of variables.
pub(super) fn parse_arguments(file: &SourceFile) -> Parsed {
    let whole = file.text();
    let start = if whole.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = whole.get(start..).unwrap_or_default();
    let lowering = Lowering { text, places: Places::direct(file.id(), start) };
    Parsed::from(parse(&lowering, mend::parse_body, |body| lowering.body(body)))
}

/// What the parser makes of a text, in our form. Both trees are as deep as the parser lets them be.
fn parse<T, L>(
    lowering: &Lowering<'_>,
    parse: fn(&str) -> Result<T, Error>,
    lower: impl FnOnce(&T) -> L,
) -> Result<L, Fault> {
    with_room(|| parse(lowering.text).map(|tree| lower(&tree)))
        .map_err(|error| fault(&error, lowering.text, &lowering.places))
}

fn fault(error: &Error, text: &str, places: &Places) -> Fault {
    let offset = error.location().offset().min(text.len());
    let at = (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Fault { message: error.message().to_owned(), span: places.span(at, at + width) }
}
