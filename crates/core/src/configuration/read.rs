//! Reads the places of a configuration file, whose keys and types were checked before.

use std::sync::Arc;

use super::{Configuration, Entry, EntryKind};
use crate::exceptions::{date, text};
use crate::options::{RoleOptions, UserOptions};
use crate::report::Diagnostic;
use crate::source::Span;
use crate::value::Value;

/// The lists of which every entry is to match something, by their keys.
const LISTS: [(&[&str], EntryKind); 6] = [
    (&["administrators", "approved", "users"], EntryKind::ApprovedUser),
    (&["administrators", "approved", "groups"], EntryKind::ApprovedGroup),
    (&["administrators", "approved", "roles"], EntryKind::ApprovedRole),
    (&["users", "application"], EntryKind::ApplicationUser),
    (&["users", "human"], EntryKind::HumanUser),
    (&["roles", "purpose_tags"], EntryKind::PurposeTag),
];

/// The places of a configuration; `root` is what it says, and `start` its beginning.
///
/// # Errors
/// Says that the date of the last review is none, and where.
pub fn read(path: &Arc<str>, root: &Value, start: Span) -> Result<Configuration, Box<Diagnostic>> {
    let mut entries = Vec::new();
    for (keys, kind) in LISTS {
        let list = keys.iter().try_fold(root, |value, key| value.get(key)).and_then(Value::as_list);
        let written = list.into_iter().flat_map(|list| &list.items).filter_map(|item| {
            let written = text("entry", item, item.span.unwrap_or(start)).ok()??;
            Some(Entry { kind, text: written.text, span: written.span })
        });
        entries.extend(written);
    }
    // Whoever adds to a default writes it out: that is no decision of theirs.
    entries.retain(|entry| !is_default(entry));
    let rules = root.get("rules").and_then(Value::as_map);
    for (name, field) in rules.into_iter().flat_map(|rules| &rules.entries) {
        if field.value.get("level").and_then(Value::as_str).as_deref() == Some("off") {
            let span = field.key.or(field.value.span).unwrap_or(start);
            entries.push(Entry { kind: EntryKind::RuleOff, text: Arc::clone(name), span });
        }
    }
    entries.sort_by_key(|entry| entry.span);
    let required = root.get("review").and_then(|review| review.get("required"));
    let demands_review = required.filter(|value| value.as_bool() == Some(true));
    Ok(Configuration {
        path: Arc::clone(path),
        start,
        entries,
        reviewed: root.get("reviewed").map(|value| reviewed(path, value, start)).transpose()?.flatten(),
        demands_review: demands_review.map(|value| value.span.unwrap_or(start)),
    })
}

fn is_default(entry: &Entry) -> bool {
    let is_in = |list: &[String]| list.iter().any(|one| one.eq_ignore_ascii_case(&entry.text));
    match entry.kind {
        EntryKind::ApplicationUser => is_in(&UserOptions::default().application),
        EntryKind::HumanUser => is_in(&UserOptions::default().human),
        EntryKind::PurposeTag => is_in(&RoleOptions::default().purpose_tags),
        _ => false,
    }
}

fn reviewed(
    path: &Arc<str>,
    value: &Value,
    start: Span,
) -> Result<Option<(jiff::civil::Date, Span)>, Box<Diagnostic>> {
    let wrong = |message: String, span: Span| {
        let diagnostic = Diagnostic::error("configuration", Arc::clone(path), message).at(span);
        Box::new(diagnostic.help("write the day of the last review as YYYY-MM-DD, such as 2026-01-31"))
    };
    let written = match text("reviewed", value, value.span.unwrap_or(start)) {
        Ok(Some(written)) => written,
        Ok(None) => return Ok(None),
        Err(misread) => return Err(wrong(misread.message, misread.span)),
    };
    match date(&written.text) {
        Ok(date) => Ok(Some((date, written.span))),
        Err(why) => Err(wrong(format!("`{}` is no date: {why}", written.text), written.span)),
    }
}
