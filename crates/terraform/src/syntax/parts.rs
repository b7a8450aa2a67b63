//! Runs of literal parts: white space taken from their ends, neighbours joined.

use iamrail_core::source::Span;
use iamrail_core::value::Part;

use crate::types::{composed, continues_letter};

/// The parts with neighbours made one that stand side by side in the file as they are.
pub(super) fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    let mut run: Option<(String, Span)> = None;
    for part in parts {
        let Part::Literal { text, span: Some(span) } = &part else {
            close_run(&mut run, &mut joined);
            joined.push(part);
            continue;
        };
        let plain = span.len() as usize == text.len();
        match &mut run {
            Some((so_far, place)) if plain && place.end == span.start => {
                so_far.push_str(text);
                *place = place.to(*span);
            }
            _ => {
                close_run(&mut run, &mut joined);
                if plain {
                    run = Some((text.to_string(), *span));
                } else {
                    joined.push(part);
                }
            }
        }
    }
    close_run(&mut run, &mut joined);
    joined
}

/// The parts with those made one that share a letter, as `e` and an accent behind it that is written as an escape do.
pub(super) fn composed_over(parts: Vec<Part>) -> Vec<Part> {
    let mut whole: Vec<Part> = Vec::with_capacity(parts.len());
    let mut parts = parts.into_iter().peekable();
    let goes_on = |part: &Part| literal_text(part).is_some_and(continues_letter);
    while let Some(part) = parts.next() {
        let Part::Literal { text, mut span } = part else {
            whole.push(part);
            continue;
        };
        if !parts.peek().is_some_and(goes_on) {
            whole.push(Part::Literal { text, span });
            continue;
        }
        let mut letters = text.to_string();
        while let Some(Part::Literal { text, span: next }) = parts.next_if(goes_on) {
            letters.push_str(&text);
            span = span.zip(next).map(|(span, next)| span.to(next));
        }
        whole.push(Part::Literal { text: composed(&letters).into(), span });
    }
    whole
}

fn close_run(run: &mut Option<(String, Span)>, joined: &mut Vec<Part>) {
    if let Some((text, span)) = run.take() {
        joined.push(Part::Literal { text: text.into(), span: Some(span) });
    }
}

/// Takes at most `most` characters of white space from the start.
pub(super) fn trim_start(parts: &mut Vec<Part>, mut most: usize) {
    while let Some(Part::Literal { text, span }) = parts.first_mut() {
        let blank = text.chars().take(most).take_while(|c| c.is_whitespace());
        let (count, bytes) = blank.fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.len_utf8()));
        if bytes < text.len() {
            if bytes > 0 {
                let rest = text.get(bytes..).unwrap_or_default();
                *span = span.map(|span| {
                    if span.len() as usize == text.len() {
                        Span::new(span.file, span.start + (text.len() - rest.len()) as u32, span.end)
                    } else {
                        span
                    }
                });
                *text = rest.into();
            }
            return;
        }
        most -= count;
        parts.remove(0);
    }
}

/// Takes all white space from the end.
pub(super) fn trim_end(parts: &mut Vec<Part>) {
    while let Some(Part::Literal { text, span }) = parts.last_mut() {
        let rest = text.trim_end();
        if !rest.is_empty() {
            if rest.len() < text.len() {
                *span = span.map(|span| {
                    if span.len() as usize == text.len() {
                        Span::new(span.file, span.start, span.end - (text.len() - rest.len()) as u32)
                    } else {
                        span
                    }
                });
                *text = rest.into();
            }
            return;
        }
        parts.pop();
    }
}

/// The characters of a part, if they are known.
pub(super) fn literal_text(part: &Part) -> Option<&str> {
    match part {
        Part::Literal { text, .. } => Some(text),
        Part::Hole(_) => None,
    }
}
