//! Functions that cut texts and put them together.

use std::sync::Arc;

use iamrail_core::value::{Kind, Part, Text, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::call::{Call, Fault, MOST_BYTES, MOST_ELEMENTS};
use super::function::{Function, Outcome, number, text, texts};
use super::{json, pieces};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("chomp", &[text("str")], chomp),
    Function::partly("indent", &[number("spaces"), text("str")], indent),
    Function::open("join", &[text("separator")], join).with_rest(texts("lists")),
    Function::partly("split", &[text("separator"), text("str")], split),
    Function::known("strrev", &[text("str")], strrev),
    Function::partly("substr", &[text("str"), number("offset"), number("length")], substr),
    Function::partly("trim", &[text("str"), text("cutset")], trim),
    Function::partly("trimprefix", &[text("str"), text("prefix")], trimprefix),
    Function::partly("trimspace", &[text("str")], trimspace),
    Function::partly("trimsuffix", &[text("str"), text("suffix")], trimsuffix),
];

/// The first argument cut to a part of itself, standing where it stood.
fn cut(call: &Call<'_>, text: Text) -> Outcome {
    let whole = call.value(0);
    let is_same = whole.as_text().is_some_and(|whole| whole.display().len() == text.display().len());
    let mut cut = if is_same { whole.clone() } else { call.derive_text(text).at(whole.span) };
    cut.sensitive |= call.is_sensitive();
    Ok(cut)
}

/// The first argument as it is, and as secret as what decided that.
fn unchanged(call: &Call<'_>) -> Outcome {
    Ok(Value { sensitive: call.is_sensitive(), ..call.value(0).clone() })
}

fn chomp(call: &Call<'_>) -> Outcome {
    cut(call, pieces::trim_end(&call.text(0), |letter| matches!(letter, '\n' | '\r')))
}

fn trimspace(call: &Call<'_>) -> Outcome {
    let ended = pieces::trim_end(&call.text(0), char::is_whitespace);
    cut(call, pieces::trim_start(&ended, char::is_whitespace))
}

fn trim(call: &Call<'_>) -> Outcome {
    let Some(letters) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let ended = pieces::trim_end(&call.text(0), |letter| letters.contains(letter));
    cut(call, pieces::trim_start(&ended, |letter| letters.contains(letter)))
}

fn trimprefix(call: &Call<'_>) -> Outcome {
    let Some(prefix) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let whole = call.text(0);
    let start = pieces::known_start(&whole);
    if start.starts_with(prefix.as_ref()) {
        return cut(call, pieces::skip_start(&whole, prefix.len()));
    }
    let is_decided = whole.is_known() || !prefix.starts_with(&start);
    if is_decided { unchanged(call) } else { Ok(without_first_hole(call, &whole, &prefix)) }
}

/// A prefix that ends in the hole at the start changes only that hole, unless it may reach beyond.
fn without_first_hole(call: &Call<'_>, whole: &Text, prefix: &str) -> Value {
    let [Part::Hole(hole), rest @ ..] = whole.parts() else { return call.unknown() };
    let reaches = match rest.first() {
        Some(Part::Literal { text, .. }) => {
            prefix.char_indices().any(|(at, _)| prefix.get(at..).is_some_and(|end| may_meet(text, end)))
        }
        Some(Part::Hole(_)) => true,
        None => false,
    };
    if reaches {
        return call.unknown();
    }
    let parts = std::iter::once(Part::Hole(pieces::blurred(hole))).chain(rest.iter().cloned());
    call.derive_text(Text::from_parts(parts.collect()))
}

fn may_meet(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn trimsuffix(call: &Call<'_>) -> Outcome {
    let Some(suffix) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let whole = call.text(0);
    let end = pieces::known_end(&whole);
    if end.ends_with(suffix.as_ref()) {
        return cut(call, pieces::skip_end(&whole, suffix.len()));
    }
    let is_decided = whole.is_known() || !suffix.ends_with(&end);
    if is_decided { unchanged(call) } else { Ok(call.unknown()) }
}

fn indent(call: &Call<'_>) -> Outcome {
    let spaces = usize::try_from(call.whole(0)?).map_err(|_| Fault::call("negative number of spaces"))?;
    let whole = call.text(1);
    let lines: usize = whole
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal { text, .. } => text.matches('\n').count(),
            Part::Hole(_) => 0,
        })
        .sum();
    if spaces.saturating_mul(lines) > MOST_BYTES {
        return Err(Fault::too_large());
    }
    let line = format!("\n{}", " ".repeat(spaces));
    Ok(call.derive_text(pieces::map_literals(&whole, |text| text.replace('\n', &line))))
}

fn join(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(Fault::call("at least one list is required"));
    }
    if call.value(0).is_unknown() {
        return Ok(call.unknown());
    }
    let separator = call.text(0);
    let gap: usize = separator.parts().iter().map(pieces::len).sum();
    let count: usize = (1..call.arguments.len()).map(|index| call.items(index).len()).sum();
    let parts = separator.parts().len();
    if gap.saturating_mul(count) > MOST_BYTES || parts.saturating_mul(count) > MOST_ELEMENTS {
        return Err(Fault::too_large());
    }
    let mut parts = Vec::new();
    let mut is_first = true;
    let mut separate = |parts: &mut Vec<Part>| {
        if !std::mem::take(&mut is_first) {
            parts.extend(separator.parts().iter().cloned());
        }
    };
    for (index, list) in call.arguments.iter().enumerate().skip(1) {
        let Some(items) = list.as_list().filter(|items| items.doubt().is_none()) else {
            // There may be no element at all, so the hole stands for the separator as well. Of an open list it is not
            // known where the elements stand that are known.
            parts.push(Part::Hole(Arc::new(json::hole(list))));
            continue;
        };
        for (at, item) in items.items.iter().enumerate() {
            if item.is_null() {
                return Err(Fault::argument(index, null_element(at, index, call.arguments.len() - 1)));
            }
            separate(&mut parts);
            parts.extend(pieces::of_value(item));
        }
    }
    let wholly_unknown =
        matches!(parts.as_slice(), [Part::Hole(_)]) && call.arguments.iter().any(Value::is_unknown);
    Ok(if wholly_unknown { call.unknown() } else { call.derive_text(Text::from_parts(parts)) })
}

fn null_element(at: usize, list: usize, lists: usize) -> String {
    let of_list = if lists > 1 { format!(" of list {list}") } else { String::new() };
    format!("element {at}{of_list} is null; cannot concatenate null values")
}

/// Elements next to a hole are left out, since the hole may hold separators itself.
fn split(call: &Call<'_>) -> Outcome {
    let Some(separator) = call.value(0).as_str() else { return Ok(call.unknown()) };
    let whole = pieces::merged(&call.text(1));
    let mut items = Vec::new();
    let mut open = None;
    for (at, part) in whole.iter().enumerate() {
        match part {
            Part::Hole(hole) => drop(open.get_or_insert_with(|| Arc::clone(&hole.unknown))),
            Part::Literal { text, span } => {
                let ranges = ranges(text, &separator);
                if items.len() + ranges.len() > MOST_ELEMENTS {
                    return Err(Fault::too_large());
                }
                let (first, last) = (at == 0, at + 1 == whole.len());
                let count = ranges.len();
                for (nth, range) in ranges.into_iter().enumerate() {
                    if (nth > 0 || first) && (nth + 1 < count || last) {
                        let part = pieces::slice(text, *span, range);
                        let place = if let Part::Literal { span, .. } = &part { *span } else { None };
                        items.push(Value::new(Kind::Text(Text::from_parts(vec![part]))).at(place));
                    }
                }
            }
        }
    }
    if whole.is_empty() && !separator.is_empty() {
        items.push(Value::text(""));
    }
    for item in &mut items {
        item.sensitive = call.is_sensitive();
        item.origins = call.value(1).origins.inexact();
    }
    Ok(call.derive_list(items, open))
}

/// The ranges between separators; of every character, when the separator is empty.
fn ranges(text: &str, separator: &str) -> Vec<std::ops::Range<usize>> {
    if separator.is_empty() {
        return text.char_indices().map(|(at, letter)| at..at + letter.len_utf8()).collect();
    }
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        ranges.push(start..at);
        start = at + separator.len();
    }
    ranges.push(start..text.len());
    ranges
}

fn strrev(call: &Call<'_>) -> Outcome {
    Ok(Value::text(call.str(0).graphemes(true).rev().collect::<String>()))
}

/// Offset and length count what people take for one character.
fn substr(call: &Call<'_>) -> Outcome {
    let (mut offset, length) = (call.whole(1)?, call.whole(2)?);
    let whole = call.text(0);
    let start = pieces::known_start(&whole);
    let letters: Vec<usize> = start.grapheme_indices(true).map(|(at, _)| at).collect();
    let count = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let byte = |letter: i64| {
        let letter = usize::try_from(letter.max(0)).unwrap_or(usize::MAX);
        letters.get(letter).copied().unwrap_or(start.len())
    };
    let is_from_end = offset < 0;
    if is_from_end {
        offset = offset.saturating_add(count).max(0);
    } else if length == 0 {
        return Ok(call.derive_text(Text::default()));
    }
    // A length of 0 behind an offset from the end takes the rest, as any negative one does.
    let end = if length <= 0 { i64::MAX } else { offset.saturating_add(length) };
    if whole.is_known() {
        let until = pieces::take_start(&whole, byte(end));
        return cut(call, pieces::skip_start(&until, byte(offset)));
    }
    // The last character before a hole may be only a part of one.
    if is_from_end || offset >= count {
        return Ok(call.unknown());
    }
    if end == i64::MAX {
        return cut(call, pieces::skip_start(&whole, byte(offset)));
    }
    if end >= count {
        return Ok(call.unknown());
    }
    cut(call, pieces::skip_start(&pieces::take_start(&whole, byte(end)), byte(offset)))
}
