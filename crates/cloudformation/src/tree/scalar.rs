//! Scalars: texts that are typed only when a type is asked for, as CloudFormation does.

use iamrail_core::source::{SourceFile, Span};

use super::align::align;

/// A scalar as it was written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) style: Style,
    /// The characters between the quotes.
    pub(super) inner: Span,
    /// The text, when it differs from the characters.
    pub(super) decoded: Option<Box<str>>,
}

/// The notation of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: the only one that may be null, a truth value or a number.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A block (`|` or `>`).
    Block,
}

/// A typed scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Resolved<'t> {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`, also as `yes`, `no`, `on` or `off`.
    Bool(bool),
    /// A whole number whose digits are kept by printing it.
    Int(i128),
    /// Any other number whose digits are kept by printing it.
    Float(f64),
    /// Everything else: dates, account ids with leading zeros, `y`.
    Text(&'t str),
}

impl Scalar {
    pub(super) fn text<'t>(&'t self, file: &'t SourceFile) -> &'t str {
        self.decoded.as_deref().unwrap_or_else(|| file.slice(self.inner))
    }

    pub(super) fn resolve<'t>(&'t self, file: &'t SourceFile) -> Resolved<'t> {
        let text = self.text(file);
        if self.style == Style::Plain { resolve_plain(text) } else { Resolved::Text(text) }
    }

    pub(super) fn pieces<'t>(&'t self, file: &'t SourceFile) -> Vec<(&'t str, Option<Span>)> {
        let Some(decoded) = self.decoded.as_deref() else {
            return vec![(file.slice(self.inner), Some(self.inner))];
        };
        let from = self.inner.start as usize;
        let pieces = align(file.slice(self.inner), decoded, self.style).into_iter();
        pieces
            .filter_map(|piece| {
                let span = piece.source.map(|source| file.span(from + source.start, from + source.end));
                Some((decoded.get(piece.text)?, span))
            })
            .collect()
    }
}

/// What is shown of the text of a block: the blank lines behind it belong to it only as its last line break.
pub(super) fn block_span(file: &SourceFile, text: Span) -> Span {
    let shown = file.slice(text).trim_end().len();
    Span::new(text.file, text.start, text.start + u32::try_from(shown).unwrap_or_default())
}

/// The truth value that a plain scalar is. CloudFormation reads YAML 1.1, but for its `y` and `n`.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn resolve_plain(text: &str) -> Resolved<'_> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Resolved::Null;
    }
    if let Some(truth) = truth(text) {
        return Resolved::Bool(truth);
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return Resolved::Text(text);
    }
    // A number that prints differently (`007`, `1.10`) may be an account id or a version: the digits count.
    match text.parse::<i128>() {
        Ok(number) if number.to_string() == text => return Resolved::Int(number),
        _ => {}
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number.to_string() == text => Resolved::Float(number),
        _ => Resolved::Text(text),
    }
}
