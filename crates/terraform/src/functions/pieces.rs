//! Texts with holes, taken apart.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use iamrail_core::source::Span;
use iamrail_core::value::{Hole, Kind, Part, Text, Value};

use super::json;
use crate::types;

/// How many parts a text may have before it is put together.
const MOST_PARTS: usize = 4096;

/// A part of a literal; its place as well, when characters and bytes of the source are the same.
pub(super) fn slice(text: &Arc<str>, span: Option<Span>, range: Range<usize>) -> Part {
    let narrowed = span.map(|span| {
        let offset = |at: usize| span.start + u32::try_from(at).unwrap_or(0);
        if span.len() as usize == text.len() {
            Span::new(span.file, offset(range.start), offset(range.end))
        } else {
            span
        }
    });
    Part::Literal { text: text.get(range).unwrap_or_default().into(), span: narrowed }
}

/// The number of known bytes of a part.
pub(super) fn len(part: &Part) -> usize {
    match part {
        Part::Literal { text, .. } => text.len(),
        Part::Hole(_) => 0,
    }
}

/// The same text with its literals changed one by one. What was done to a hole is not known, so it no longer is the
/// attribute that it was.
pub(super) fn map_literals(text: &Text, change: impl Fn(&str) -> String) -> Text {
    let parts = text.parts().iter().map(|part| match part {
        Part::Literal { text, span } => {
            let changed = change(text);
            let span = span.filter(|_| changed.len() == text.len());
            Part::Literal { text: changed.into(), span }
        }
        Part::Hole(hole) => Part::Hole(blurred(hole)),
    });
    Text::from_parts(parts.collect())
}

/// Whether a text is as Terraform keeps it.
pub(super) fn is_composed(text: &Text) -> bool {
    text.parts().iter().all(|part| match part {
        Part::Literal { text, .. } => matches!(types::composed(text), Cow::Borrowed(_)),
        Part::Hole(_) => true,
    })
}

/// The text as Terraform keeps it.
pub(super) fn composed(text: &Text) -> Text {
    let parts = merged(text).into_iter().map(|part| match part {
        Part::Literal { text, span } => Part::Literal { text: types::composed(&text).into(), span },
        hole @ Part::Hole(_) => hole,
    });
    text.with_parts(parts.collect())
}

/// A hole whose content was changed.
pub(super) fn blurred(hole: &Hole) -> Arc<Hole> {
    Arc::new(Hole { origins: hole.origins.inexact(), ..hole.clone() })
}

/// The text that stands for a value in a larger one: itself, or a hole.
pub(super) fn of_value(value: &Value) -> Vec<Part> {
    match &value.kind {
        Kind::Text(text) => text.parts().to_vec(),
        _ => vec![Part::Hole(Arc::new(json::hole(value)))],
    }
}

/// The known characters at the start, up to the first hole.
pub(super) fn known_start(text: &Text) -> String {
    let mut start = String::new();
    for part in text.parts() {
        let Part::Literal { text, .. } = part else { break };
        start.push_str(text);
    }
    start
}

/// The known characters at the end, behind the last hole.
pub(super) fn known_end(text: &Text) -> String {
    let mut end = Vec::new();
    for part in text.parts().iter().rev() {
        let Part::Literal { text, .. } = part else { break };
        end.push(text.as_ref());
    }
    end.reverse();
    end.concat()
}

/// The text without characters at its start that `is_cut` says. A hole there is changed, or may be.
pub(super) fn trim_start(text: &Text, is_cut: impl Fn(char) -> bool) -> Text {
    let mut parts = Vec::new();
    let mut rest = text.parts().iter();
    for part in rest.by_ref() {
        match part {
            Part::Literal { text, span } => {
                let kept = text.trim_start_matches(&is_cut).len();
                if kept > 0 {
                    parts.push(slice(text, *span, text.len() - kept..text.len()));
                    break;
                }
            }
            Part::Hole(hole) => {
                parts.push(Part::Hole(blurred(hole)));
                break;
            }
        }
    }
    parts.extend(rest.cloned());
    Text::from_parts(parts)
}

/// The text without characters at its end that `is_cut` says.
pub(super) fn trim_end(text: &Text, is_cut: impl Fn(char) -> bool) -> Text {
    let mut parts = text.parts().to_vec();
    while let Some(part) = parts.pop() {
        match part {
            Part::Literal { text, span } => {
                let kept = text.trim_end_matches(&is_cut).len();
                if kept > 0 {
                    parts.push(slice(&text, span, 0..kept));
                    break;
                }
            }
            Part::Hole(hole) => {
                parts.push(Part::Hole(blurred(&hole)));
                break;
            }
        }
    }
    Text::from_parts(parts)
}

/// The text without its first `count` bytes, all of which are known.
pub(super) fn skip_start(text: &Text, mut count: usize) -> Text {
    let parts = text.parts().iter().filter_map(|part| match part {
        Part::Literal { text, .. } if text.len() <= count => {
            count -= text.len();
            None
        }
        Part::Literal { text, span } => {
            let part = slice(text, *span, count..text.len());
            count = 0;
            Some(part)
        }
        Part::Hole(_) => Some(part.clone()),
    });
    Text::from_parts(parts.collect())
}

/// The first `count` bytes of the text, all of which are known.
pub(super) fn take_start(text: &Text, mut count: usize) -> Text {
    let mut parts = Vec::new();
    for part in text.parts() {
        let Part::Literal { text, span } = part else { break };
        let taken = count.min(text.len());
        parts.push(slice(text, *span, 0..taken));
        count -= taken;
        if count == 0 {
            break;
        }
    }
    Text::from_parts(parts)
}

/// The text without its last `count` bytes, all of which are known.
pub(super) fn skip_end(text: &Text, mut count: usize) -> Text {
    let mut parts = Vec::new();
    for part in text.parts().iter().rev() {
        match part {
            Part::Literal { text, span } => {
                let cut = count.min(text.len());
                count -= cut;
                parts.push(slice(text, *span, 0..text.len() - cut));
            }
            Part::Hole(_) => parts.push(part.clone()),
        }
    }
    parts.reverse();
    Text::from_parts(parts)
}

/// The parts of a text with neighbouring literals as one. It keeps its place when they stand next to each other.
pub(super) fn merged(text: &Text) -> Vec<Part> {
    let is_literal = |part: &Part| matches!(part, Part::Literal { .. });
    let runs = text.parts().chunk_by(|one, next| is_literal(one) && is_literal(next));
    runs.flat_map(|run| match run {
        [part] => vec![part.clone()],
        run => vec![one_literal(run)],
    })
    .collect()
}

fn one_literal(run: &[Part]) -> Part {
    let mut whole = String::new();
    let mut place: Option<Span> = None;
    let mut is_exact = true;
    for part in run {
        let Part::Literal { text, span } = part else { continue };
        is_exact &= span.is_some_and(|span| {
            let follows = place.is_none_or(|place| place.file == span.file && place.end == span.start);
            place = Some(place.map_or(span, |place| place.to(span)));
            follows && span.len() as usize == text.len()
        });
        whole.push_str(text);
    }
    Part::Literal { text: whole.into(), span: place.filter(|_| is_exact) }
}

/// The text, of which literals lose their places when it has very many parts: each takes more memory than the characters
/// in it.
pub(super) fn compact(text: Text) -> Text {
    if text.parts().len() <= MOST_PARTS {
        return text;
    }
    Text::from_parts(merged(&text))
}
