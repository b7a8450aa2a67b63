//! Functions that look for something in a text.

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::value::{Field, Kind, List, Map, Part, Text, Value};
use regex::{Captures, Regex};

use super::call::{Call, Fault, MOST_BYTES, MOST_ELEMENTS};
use super::function::{Function, Outcome, text};
use super::{pieces, re2};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("endswith", &[text("str"), text("suffix")], endswith),
    Function::known("regex", &[text("pattern"), text("string")], regex),
    Function::known("regexall", &[text("pattern"), text("string")], regexall),
    Function::open("replace", &[text("str"), text("substr"), text("replace")], replace),
    Function::partly("startswith", &[text("str"), text("prefix")], startswith),
    Function::partly("strcontains", &[text("str"), text("substr")], strcontains),
];

fn truth(call: &Call<'_>, answer: Option<bool>) -> Outcome {
    Ok(answer.map_or_else(|| call.unknown(), |answer| call.derive(Kind::Bool(answer))))
}

fn startswith(call: &Call<'_>) -> Outcome {
    let Some(prefix) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let whole = call.text(0);
    let start = pieces::known_start(&whole);
    let answer = match start.starts_with(prefix.as_ref()) {
        true => Some(true),
        false if whole.is_known() || !prefix.starts_with(&start) => Some(false),
        false => None,
    };
    truth(call, answer)
}

fn endswith(call: &Call<'_>) -> Outcome {
    let Some(suffix) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let whole = call.text(0);
    let end = pieces::known_end(&whole);
    let answer = match end.ends_with(suffix.as_ref()) {
        true => Some(true),
        false if whole.is_known() || !suffix.ends_with(&end) => Some(false),
        false => None,
    };
    truth(call, answer)
}

fn strcontains(call: &Call<'_>) -> Outcome {
    let Some(part) = call.value(1).as_str() else { return Ok(call.unknown()) };
    let whole = call.text(0);
    let is_found = pieces::merged(&whole).iter().any(|one| match one {
        Part::Literal { text, .. } => text.contains(part.as_ref()),
        Part::Hole(_) => false,
    });
    truth(call, if is_found { Some(true) } else { whole.is_known().then_some(false) })
}

fn compiled(pattern: &str) -> Result<Regex, Fault> {
    re2::compile(pattern).map_err(|message| Fault::argument(0, format!("invalid regexp pattern: {message}")))
}

fn regex(call: &Call<'_>) -> Outcome {
    let (regex, string) = (compiled(&call.str(0))?, call.str(1));
    let captured = regex.captures(&string);
    refuse_mixed(&regex)?;
    let captures =
        captured.ok_or_else(|| Fault::call("pattern did not match any part of the given string"))?;
    Ok(matched(&regex, &captures))
}

fn regexall(call: &Call<'_>) -> Outcome {
    let (regex, string) = (compiled(&call.str(0))?, call.str(1));
    refuse_mixed(&regex)?;
    let matches = regex.captures_iter(&string).take(MOST_ELEMENTS + 1);
    let matches: Vec<Value> = matches.map(|captures| matched(&regex, &captures)).collect();
    if matches.len() > MOST_ELEMENTS {
        return Err(Fault::too_large());
    }
    Ok(Value::list(matches))
}

fn refuse_mixed(regex: &Regex) -> Result<(), Fault> {
    let named = regex.capture_names().skip(1).filter(Option::is_some).count();
    if named == 0 || named + 1 == regex.captures_len() {
        return Ok(());
    }
    let message = "invalid regexp pattern: cannot mix both named and unnamed capture groups";
    Err(Fault::argument(0, message))
}

/// The whole match or, when the pattern has groups, those.
fn matched(regex: &Regex, captures: &Captures<'_>) -> Value {
    let group =
        |index: usize| captures.get(index).map_or_else(Value::null, |group| Value::text(group.as_str()));
    if regex.captures_len() == 1 {
        return group(0);
    }
    let mut names: Vec<_> =
        regex.capture_names().enumerate().filter_map(|(index, name)| Some((index, name?))).collect();
    if names.is_empty() {
        let items = (1..regex.captures_len()).map(group).collect();
        return Value::new(Kind::List(Arc::new(List::new(items, None))));
    }
    names.sort_by_key(|(_, name)| *name);
    let entries: IndexMap<_, _> = names
        .into_iter()
        .map(|(index, name)| (name.into(), Field { key: None, value: group(index) }))
        .collect();
    Value::new(Kind::Map(Arc::new(Map { entries, open: None })))
}

fn replace(call: &Call<'_>) -> Outcome {
    let (Some(whole), Some(old)) = (call.value(0).as_text(), call.value(1).as_str()) else {
        return Ok(call.unknown());
    };
    let pattern = old.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match (pattern, whole.as_str()) {
        (Some(pattern), Some(whole)) => replace_pattern(call, &whole, pattern),
        (Some(_), None) => Ok(call.unknown()),
        (None, _) => replace_text(call, whole, &old),
    }
}

fn replace_pattern(call: &Call<'_>, whole: &str, pattern: &str) -> Outcome {
    let regex =
        re2::compile(pattern).map_err(|message| Fault::call(format!("error parsing regexp: {message}")))?;
    if !regex.is_match(whole) {
        return Ok(Value { sensitive: call.is_sensitive(), ..call.value(0).clone() });
    }
    let Some(new) = call.value(2).as_str() else { return Ok(call.unknown()) };
    if regex.find_iter(whole).count().saturating_mul(new.len() + whole.len()) > MOST_BYTES {
        return Err(Fault::too_large());
    }
    Ok(call.derive_text(Text::literal(regex.replace_all(whole, new.as_ref()), None)))
}

fn replace_text(call: &Call<'_>, whole: &Text, old: &str) -> Outcome {
    let merged = pieces::merged(whole);
    let new = pieces::of_value(call.value(2));
    let count: usize = merged.iter().map(|part| occurrences(part, old)).sum();
    let bytes: usize = new.iter().map(pieces::len).sum();
    if count.saturating_mul(bytes.max(1)) > MOST_BYTES || count.saturating_mul(new.len()) > MOST_ELEMENTS {
        return Err(Fault::too_large());
    }
    let is_hole = |at: Option<usize>| matches!(at.and_then(|at| merged.get(at)), Some(Part::Hole(_)));
    let mut parts = Vec::new();
    for (at, part) in merged.iter().enumerate() {
        let Part::Literal { text, span } = part else {
            if let Part::Hole(hole) = part {
                parts.push(Part::Hole(pieces::blurred(hole)));
            }
            continue;
        };
        // What is looked for may begin or end inside of a hole.
        let ends = |end: usize| old.get(..end).is_some_and(|start| text.ends_with(start));
        let starts = |start: usize| old.get(start..).is_some_and(|end| text.starts_with(end));
        if is_hole(Some(at + 1)) && (1..old.len()).any(ends)
            || is_hole(at.checked_sub(1)) && (1..old.len()).any(starts)
        {
            return Ok(call.unknown());
        }
        let mut start = 0;
        for (at, _) in text.match_indices(old) {
            parts.push(pieces::slice(text, *span, start..at));
            parts.extend(new.iter().cloned());
            start = at + old.len();
        }
        parts.push(pieces::slice(text, *span, start..text.len()));
    }
    if count == 0 && whole.is_known() {
        return Ok(Value { sensitive: call.is_sensitive(), ..call.value(0).clone() });
    }
    Ok(call.derive_text(Text::from_parts(parts)))
}

fn occurrences(part: &Part, text: &str) -> usize {
    match part {
        Part::Literal { text: whole, .. } => whole.matches(text).count(),
        Part::Hole(_) => 0,
    }
}
