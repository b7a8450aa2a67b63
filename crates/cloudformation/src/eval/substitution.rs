//! The text of a `Sub`, split at its variables.

use std::borrow::Cow;

use iamrail_core::source::Span;

/// A part of the text of a `Sub`.
pub(super) enum Segment<'t> {
    Literal {
        text: Cow<'t, str>,
        span: Option<Span>,
    },
    Variable {
        name: Cow<'t, str>,
        span: Option<Span>,
    },
    /// What begins as a variable and has no end: it stays as it is.
    Unclosed {
        text: String,
        span: Option<Span>,
    },
}

/// Splits the text of a `Sub` at its variables. `${!Name}` stands for `${Name}`. White space is left out of account around
/// names and before the mark, as cfn-lint and decdk have it.
pub(super) fn segments<'t>(pieces: &[(&'t str, Option<Span>)]) -> Vec<Segment<'t>> {
    let mut found = Vec::new();
    // A variable may be written across pieces when a line break or an escape stands in it.
    let mut variable: Option<(Cow<'t, str>, Option<Span>)> = None;
    for &(text, span) in pieces {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((name, start)) = &mut variable {
                let end = memchr::memchr(b'}', rest.as_bytes());
                // Nearly every name stands in one piece.
                *name += rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let Some(end) = end else { break };
                let close = within(text, span, at + end, at + end + 1);
                let whole = start.zip(close).map(|(start, close)| start.to(close));
                let name = std::mem::take(name);
                variable = None;
                found.push(match name.trim_start().strip_prefix('!') {
                    Some(name) => Segment::Literal { text: Cow::Owned(format!("${{{name}}}")), span: whole },
                    None => Segment::Variable { name, span: whole },
                });
                at += end + 1;
                continue;
            }
            let open = opening(rest).unwrap_or(rest.len());
            if open > 0 {
                let text_before = rest.get(..open).unwrap_or_default();
                found.push(Segment::Literal {
                    text: Cow::Borrowed(text_before),
                    span: within(text, span, at, at + open),
                });
            }
            at += open;
            if at < text.len() {
                variable = Some((Cow::Borrowed(""), within(text, span, at, at + 2)));
                at += 2;
            }
        }
    }
    if let Some((name, span)) = variable {
        found.push(Segment::Unclosed { text: format!("${{{name}"), span });
    }
    found
}

/// Where the first variable of a text opens.
fn opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'$', bytes).find(|at| bytes.get(at + 1) == Some(&b'{'))
}

/// Where the bytes `start..end` of a text stand: exactly when it is written as it is, else within its place.
pub(super) fn within(text: &str, span: Option<Span>, start: usize, end: usize) -> Option<Span> {
    let span = span?;
    if span.len() as usize != text.len() {
        return Some(span);
    }
    let offset = |at: usize| span.start + u32::try_from(at).unwrap_or_default();
    Some(Span::new(span.file, offset(start), offset(end)))
}
