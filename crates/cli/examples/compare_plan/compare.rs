//! Whether a value is what a plan says.

use std::borrow::Cow;

use iamrail::core::value::{Kind, List, Map, Part, Reason, Text, Unknown, Value, json};
use serde_json::Value as Json;

use super::expected::{Early, is_default};

/// How a value compares, the better ones first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// The same, or not known on both sides.
    Equal,
    /// A text that means the same JSON.
    SameJson,
    /// The same elements in another order: that of the provider's set, unless it is a list.
    Reordered,
    /// It is null, and the plan has what the provider is known to put there.
    Defaulted,
    /// It is known, while Terraform learns it from the provider later, and the plan shows that it is right.
    Early,
    /// Only Terraform knows it, since it asks a data source or the environment.
    DataSource,
    /// Only Terraform knows it.
    Gap,
    /// It is known, while Terraform learns it later, and nothing in the plan shows that it is right.
    Unproven,
    /// It is something else.
    Different,
}

impl Verdict {
    /// Whether one of the two is wrong, or iamrail knows less than it could.
    pub(crate) fn is_failure(self) -> bool {
        self >= Verdict::Gap
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Equal => "equal",
            Verdict::SameJson => "same-json",
            Verdict::Reordered => "reordered",
            Verdict::Defaulted => "defaulted",
            Verdict::Early => "early",
            Verdict::DataSource => "data-source",
            Verdict::Gap => "gap",
            Verdict::Unproven => "unproven",
            Verdict::Different => "different",
        }
    }
}

/// A verdict with what it is about: the path below the argument, and both values.
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) detail: String,
}

/// How many characters of a value are shown.
const SHOWN: usize = 400;

/// What a plan has at a place: the value, and which parts of it are not known.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'p> {
    pub(crate) after: Option<&'p Json>,
    pub(crate) unknown: Option<&'p Json>,
    /// What makes a value right that the plan does not know.
    pub(crate) early: &'p Early<'p>,
    /// The innermost name on the way: that of the argument, or of a member.
    pub(crate) name: &'p str,
    /// Whether it is a member of a block.
    pub(crate) nested: bool,
}

impl<'p> Expected<'p> {
    fn item(self, at: usize) -> Expected<'p> {
        let unknown = self.unknown.and_then(|unknown| unknown.get(at));
        Expected { after: self.after.and_then(|after| after.get(at)), unknown, ..self }
    }

    fn member<'n>(self, name: &'n str) -> Expected<'n>
    where
        'p: 'n,
    {
        let unknown = self.unknown.and_then(|unknown| unknown.get(name));
        Expected { after: self.after.and_then(|after| after.get(name)), unknown, name, nested: true, ..self }
    }
}

/// Compares a value with what a plan has at the same place.
pub(crate) fn compare(value: &Value, expected: Expected<'_>) -> Outcome {
    let after = expected.after.unwrap_or(&Json::Null);
    let told = |verdict| outcome(verdict, value, after);
    if expected.unknown == Some(&Json::Bool(true)) {
        return match expected.early.reason(value) {
            _ if !value.is_wholly_known() || value.is_null() || is_empty(value) => told(Verdict::Equal),
            Some(reason) => Outcome { verdict: Verdict::Early, detail: format!(": {reason}") },
            None => told(Verdict::Unproven),
        };
    }
    match (&value.kind, after) {
        (Kind::Null, Json::Null) => told(Verdict::Equal),
        (Kind::Null, _) if is_default(expected.name, expected.nested, after) => told(Verdict::Defaulted),
        (Kind::Unknown(unknown), _) => told(gap([&**unknown])),
        (Kind::Choice(_), _) => told(choice(value, expected)),
        (Kind::Text(text), _) => told(compare_text(text, after, expected)),
        (Kind::Bool(_) | Kind::Number(_), _) => {
            let same = scalar(after).is_some_and(|other| same_scalar(&format!("{value:?}"), &other));
            told(if same { Verdict::Equal } else { Verdict::Different })
        }
        (Kind::List(list), Json::Array(others)) => compare_list(value, list, others, expected, true),
        (Kind::Set(list), Json::Array(others)) => compare_list(value, list, others, expected, false),
        // A block of which there is one only.
        (Kind::List(list), Json::Object(_)) if list.items.len() == 1 => match list.items.first() {
            Some(item) => compare(item, expected),
            None => told(Verdict::Different),
        },
        (Kind::List(list) | Kind::Set(list), Json::Null) if list.items.is_empty() => told(Verdict::Equal),
        (Kind::Map(map), Json::Object(_)) => compare_map(map, expected),
        (Kind::Map(map), Json::Null) if map.entries.is_empty() => told(Verdict::Equal),
        _ => told(Verdict::Different),
    }
}

fn outcome(verdict: Verdict, value: &Value, after: &Json) -> Outcome {
    if matches!(verdict, Verdict::Equal | Verdict::SameJson) {
        return Outcome { verdict, detail: String::new() };
    }
    if let (Verdict::DataSource, Some(unknown)) = (verdict, value.unknown_part()) {
        return Outcome { verdict, detail: format!(": {unknown}") };
    }
    let after = if value.sensitive { "...".to_owned() } else { after.to_string() };
    Outcome {
        verdict,
        detail: format!("\n  iamrail   {}\n  terraform {}", short(&format!("{value:?}")), short(&after)),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() > SHOWN {
        text.chars().take(SHOWN).chain("...".chars()).collect()
    } else {
        text.to_owned()
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_list().is_some_and(|list| list.items.is_empty())
        || value.as_map().is_some_and(|map| map.entries.is_empty())
}

/// Whether only Terraform can know it: a data source is as good a reason as where it is deployed.
pub(crate) fn is_from_outside(unknown: &Unknown) -> bool {
    matches!(
        unknown.reason,
        Reason::DataSource | Reason::Environment | Reason::Deployer | Reason::Import | Reason::Volatile
    )
}

fn gap<'u>(unknowns: impl IntoIterator<Item = &'u Unknown>) -> Verdict {
    if unknowns.into_iter().all(is_from_outside) { Verdict::DataSource } else { Verdict::Gap }
}

fn scalar(json: &Json) -> Option<Cow<'_, str>> {
    match json {
        Json::String(text) => Some(text.into()),
        Json::Number(number) => Some(number.to_string().into()),
        Json::Bool(value) => Some(value.to_string().into()),
        _ => None,
    }
}

fn same_scalar(one: &str, other: &str) -> bool {
    one == other || matches!((one.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(other)) if one == other)
}

fn compare_text(text: &Text, after: &Json, expected: Expected<'_>) -> Verdict {
    let Some(other) = scalar(after) else {
        // Providers keep some unset texts as null.
        return if text.is_empty() && after.is_null() { Verdict::Equal } else { Verdict::Different };
    };
    let Some(known) = text.as_str() else {
        let holes = text.holes().map(|hole| &*hole.unknown);
        return if could_be(text, &other) || could_be_json(text, &other, expected) {
            gap(holes)
        } else {
            Verdict::Different
        };
    };
    if same_scalar(&known, &other) {
        return Verdict::Equal;
    }
    match (serde_json::from_str::<Json>(&known), serde_json::from_str::<Json>(&other)) {
        (Ok(one), Ok(other)) if one == other => Verdict::SameJson,
        _ => Verdict::Different,
    }
}

/// Whether a text with holes can be another: what is known of it stands there in this order, at the start and
/// at the end unless a hole is there.
fn could_be(text: &Text, other: &str) -> bool {
    let mut known = vec![String::new()];
    for part in text.parts() {
        match (part, known.last_mut()) {
            (Part::Literal { text, .. }, Some(last)) => last.push_str(text),
            _ => known.push(String::new()),
        }
    }
    let [first, between @ .., last] = known.as_slice() else { return known.concat() == other };
    let Some(mut rest) = other.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
        return false;
    };
    between.iter().all(|part| match rest.split_once(&**part) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// Whether the JSON in a text can be that in another. Where the order of texts is made of what is not known,
/// it is no fault.
fn could_be_json(text: &Text, other: &str, expected: Expected<'_>) -> bool {
    match (json::read(text), serde_json::from_str::<Json>(other)) {
        (Ok(value), Ok(other)) => {
            let expected = Expected { after: Some(&other), unknown: None, ..expected };
            compare(&value, expected).verdict < Verdict::Different
        }
        _ => false,
    }
}

/// A value that is one of several is at best not decided.
fn choice(value: &Value, expected: Expected<'_>) -> Verdict {
    let possible = value.alternatives();
    let fits = possible
        .iter()
        .any(|one| one.value.is_none_or(|value| compare(value, expected).verdict < Verdict::Different));
    match possible.iter().find_map(|one| one.undecided) {
        _ if !fits => Verdict::Different,
        Some(reason) => gap([&**reason]),
        None => Verdict::Gap,
    }
}

/// The worst of what is compared below a value, with its path.
fn worst(parts: impl Iterator<Item = (String, Outcome)>) -> Outcome {
    let start = Outcome { verdict: Verdict::Equal, detail: String::new() };
    parts.fold(start, |worst, (path, part)| match part.verdict > worst.verdict {
        true => Outcome { verdict: part.verdict, detail: format!("{path}{}", part.detail) },
        false => worst,
    })
}

fn compare_list(
    value: &Value,
    list: &List,
    others: &[Json],
    expected: Expected<'_>,
    ordered: bool,
) -> Outcome {
    let at_place = |at: usize, item: &Value| compare(item, expected.item(at));
    let in_order =
        worst(list.items.iter().enumerate().map(|(at, item)| (format!("[{at}]"), at_place(at, item))));
    let after = expected.after.unwrap_or(&Json::Null);
    if let Some(open) = &list.open {
        let verdict = if list.items.len() > others.len() + 1 { Verdict::Different } else { gap([&**open]) };
        return outcome(verdict, value, after);
    }
    if list.items.len() == others.len() && in_order.verdict < Verdict::Different {
        return in_order;
    }
    // Sets, and the blocks of some types, have an order of their own: each has to be found somewhere.
    let has_order = ordered && !has_blocks(list);
    let mut free: Vec<usize> = (0..others.len()).collect();
    let mut found = if has_order { Verdict::Reordered } else { Verdict::Equal };
    for item in &list.items {
        let best = free.iter().enumerate().map(|(place, &at)| (at_place(at, item).verdict, place)).min();
        match best {
            Some((verdict, place)) if verdict < Verdict::Different => {
                free.swap_remove(place);
                found = found.max(verdict);
            }
            // Two elements of a set that are the same are one.
            _ if (0..others.len()).any(|at| at_place(at, item).verdict < Verdict::Different) => {}
            _ => return outcome(Verdict::Different, value, after),
        }
    }
    let left = if free.is_empty() { found } else { Verdict::Different };
    outcome(left, value, after)
}

fn has_blocks(list: &List) -> bool {
    list.items.iter().all(|item| matches!(item.kind, Kind::Map(_) | Kind::Choice(_)))
}

/// What is written is compared; the provider may add to it.
fn compare_map(map: &Map, expected: Expected<'_>) -> Outcome {
    worst(map.iter().map(|(name, value)| (format!(".{name}"), compare(value, expected.member(name)))))
}
