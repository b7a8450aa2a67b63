//! The fields of one exception.

use std::sync::Arc;

use jiff::civil::Date;

use super::entry::{Entry, Misread, Written};
use crate::source::Span;
use crate::suggest::closest;
use crate::value::{Kind, Text, Value};

/// A field as it is written: its name, where that stands, and its value.
pub(super) type Pair<'v> = (&'v Arc<str>, Option<Span>, &'v Value);

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Rule,
    Policy,
    Statement,
    Resource,
    Environment,
    Reason,
    Owner,
    Approver,
    Review,
}

/// The names of fields in lower case with spaces. Lists may be named in the plural.
const FIELDS: [(&str, Field); 15] = [
    ("rule", Field::Rule),
    ("policy", Field::Policy),
    ("statement", Field::Statement),
    ("resource", Field::Resource),
    ("environments", Field::Environment),
    ("reason", Field::Reason),
    ("owner", Field::Owner),
    ("approved by", Field::Approver),
    ("review date", Field::Review),
    ("rules", Field::Rule),
    ("policies", Field::Policy),
    ("statements", Field::Statement),
    ("resources", Field::Resource),
    ("environment", Field::Environment),
    ("until", Field::Review),
];

/// A name in lower case, with single spaces for spaces, underscores and hyphens.
///
/// ```
/// assert_eq!(iamrail_core::exceptions::plain("Review_Date"), "review date");
/// ```
pub fn plain(name: &str) -> String {
    let words = name.split(|letter: char| letter.is_whitespace() || matches!(letter, '_' | '-'));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// Whether a name is that of a field of an exception.
pub fn is_field(name: &str) -> bool {
    field(name).is_some()
}

fn field(name: &str) -> Option<Field> {
    let name = plain(name);
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// Whether a field says which guardrail is excepted, with which an exception begins.
pub(super) fn names_a_guardrail(name: &str) -> bool {
    matches!(field(name), Some(Field::Rule | Field::Policy | Field::Statement))
}

/// Reads the fields into an exception, which notes what it cannot understand.
pub(super) fn read<'v>(entry: &mut Entry, pairs: impl IntoIterator<Item = Pair<'v>>) {
    let mut seen = Vec::new();
    for (name, key, value) in pairs {
        let place = key.or(value.span).unwrap_or(entry.span);
        let Some(field) = field(name) else {
            let help = match closest(&plain(name), FIELDS.iter().map(|(known, _)| *known)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known()),
            };
            entry.misread.push(Misread { span: place, message: format!("unknown key `{name}`"), help });
            continue;
        };
        if seen.contains(&field) {
            let message = format!("`{name}` is given twice");
            let help = "leave one of them out".to_owned();
            entry.misread.push(Misread { span: place, message, help });
            continue;
        }
        seen.push(field);
        take(entry, field, name, value, value.span.or(key).unwrap_or(entry.span));
    }
}

fn known() -> String {
    let names = FIELDS.iter().map(|(name, _)| *name).take(9);
    names.collect::<Vec<_>>().join(", ")
}

fn take(entry: &mut Entry, field: Field, name: &str, value: &Value, place: Span) {
    let list = match field {
        Field::Rule => &mut entry.rules,
        Field::Policy => &mut entry.policies,
        Field::Statement => &mut entry.statements,
        Field::Resource => &mut entry.resources,
        Field::Environment => &mut entry.environments,
        _ => return take_one(entry, field, name, value, place),
    };
    let items = value.as_list().map(|list| list.items.iter().collect());
    for item in items.unwrap_or_else(|| vec![value]) {
        match text(name, item, place) {
            Ok(written) => list.extend(written),
            Err(misread) => return entry.misread.push(misread),
        }
    }
    if matches!(field, Field::Environment) && list.is_empty() {
        // Without the field it would hold in every environment.
        let message = format!("`{name}` names no environment");
        let help = "name those that it is for, or leave the field out for all of them".to_owned();
        entry.misread.push(Misread { span: place, message, help });
    }
}

fn take_one(entry: &mut Entry, field: Field, name: &str, value: &Value, place: Span) {
    let written = match text(name, value, place) {
        Ok(Some(written)) => written,
        Ok(None) => return,
        Err(misread) => return entry.misread.push(misread),
    };
    match field {
        Field::Reason => entry.reason = Some(written),
        Field::Owner => entry.owner = Some(written),
        Field::Approver => entry.approver = Some(written),
        _ => match date(&written.text) {
            Ok(date) => entry.review = Some((date, written.span)),
            Err(why) => entry.misread.push(Misread {
                span: written.span,
                message: format!("`{}` is no date: {why}", written.text),
                help: "write the day as YYYY-MM-DD, such as 2027-01-31".to_owned(),
            }),
        },
    }
}

/// The text of a value; none when nothing is there.
pub(crate) fn text(name: &str, value: &Value, place: Span) -> Result<Option<Written>, Misread> {
    let span = value.span.unwrap_or(place);
    let wrong = |what: &str, help: &str| {
        Err(Misread { span, message: format!("`{name}` {what}"), help: help.to_owned() })
    };
    let text = match &value.kind {
        Kind::Null => return Ok(None),
        Kind::Number(number) => number.to_string(),
        Kind::Text(text) => match text.as_str() {
            Some(text) => text.trim().to_owned(),
            None => return wrong("is not known here", "write it out"),
        },
        Kind::List(_) | Kind::Set(_) | Kind::Map(_) => {
            return wrong("is one text, and no list or map", "write one text");
        }
        Kind::Bool(_) => return wrong("is a text, and no truth value", "put it in quotes"),
        Kind::Choice(_) | Kind::Unknown(_) => return wrong("is not known here", "write it out"),
    };
    if text.is_empty() {
        return Ok(None);
    }
    // The characters between the quotes are the place of a text that was written in quotes.
    let inner = value.as_text().and_then(only_part).unwrap_or(span);
    Ok(Some(Written { text: text.into(), span: inner }))
}

fn only_part(text: &Text) -> Option<Span> {
    match text.parts() {
        [crate::value::Part::Literal { span, .. }] => *span,
        _ => None,
    }
}

/// A date as `YYYY-MM-DD` and in no other form.
pub(crate) fn date(text: &str) -> Result<Date, &'static str> {
    const FORM: &str = "0000-00-00";
    let is_formed = text.len() == FORM.len()
        && text.bytes().zip(FORM.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            form => byte == form,
        });
    if !is_formed {
        return Err("it is not of the form YYYY-MM-DD");
    }
    text.parse().map_err(|_| "there is no such day")
}
