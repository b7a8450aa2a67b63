//! Reads exceptions from values: those of files, of the configuration, and of resources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::{Claimant, Entry, Misread, Origin};
use super::fields::{self, Pair, is_field, names_a_guardrail, plain};
use super::settings::{Approval, Settings, Team};
use crate::model;
use crate::report::Diagnostic;
use crate::source::Span;
use crate::suggest::closest;
use crate::value::{Kind, Map, Number, Value};

/// The version of files of exceptions that is understood.
const VERSION: i128 = 1;

/// What the configuration says of exceptions.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// The exceptions in it.
    pub entries: Vec<Entry>,
    /// What exceptions are held to.
    pub settings: Settings,
}

/// The exceptions of a file of its own; `root` is what the file says, and `whole` its place.
///
/// # Errors
/// Says what cannot be understood and where: a file of which a part is left out would demand less than it says.
pub fn file(path: &Arc<str>, root: &Value, whole: Span) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let mut reader = Reader { path, whole, misread: Vec::new() };
    let mut entries = Vec::new();
    for (name, key, value) in reader.pairs(root, "a mapping with the key `exceptions` is expected") {
        match plain(name).as_str() {
            "exception" | "exceptions" => entries.extend(reader.entries(value)),
            "version" => reader.version(value),
            _ => reader.unknown(name, key, &["exceptions", "version"]),
        }
    }
    reader.finish(entries)
}

/// What a configuration says of exceptions; what else it says is left to others.
///
/// # Errors
/// Says what cannot be understood and where.
pub fn configuration(path: &Arc<str>, root: &Value, whole: Span) -> Result<Configured, Vec<Diagnostic>> {
    let mut reader = Reader { path, whole, misread: Vec::new() };
    let mut configured = Configured::default();
    for (name, _, value) in reader.pairs(root, "a mapping is expected") {
        match plain(name).as_str() {
            "exception" | "exceptions" if is_settings(value) => {
                configured.entries.extend(reader.settings(value, &mut configured.settings));
            }
            "exception" | "exceptions" => configured.entries.extend(reader.entries(value)),
            "teams" => configured.settings.teams = reader.teams(value),
            _ => {}
        }
    }
    let Configured { entries, settings } = configured;
    reader.finish(entries).map(|entries| Configured { entries, settings })
}

/// The exceptions that resources claim for themselves; `unit` is the index of the unit, `environments` are those in which it
/// is like that.
pub fn claims(
    unit: usize,
    environments: &[Arc<str>],
    claims: &[model::Exception],
    path_of: impl Fn(Span) -> Arc<str>,
) -> Vec<Entry> {
    let claimed = |claim: &model::Exception| {
        let environments = environments.to_vec();
        let claimant =
            Claimant { unit, environments, declared: Arc::clone(&claim.declared), extent: claim.extent };
        claimed(claimant, claim, path_of(claim.span))
    };
    claims.iter().map(claimed).collect()
}

fn claimed(claimant: Claimant, claim: &model::Exception, path: Arc<str>) -> Entry {
    let mut entry = Entry::new(claim.span, path, Origin::Inline(vec![claimant]));
    let misread = |span: Span, message: &str, help: &str| Misread {
        span,
        message: message.to_owned(),
        help: help.to_owned(),
    };
    match (&claim.fault, claim.written.as_map()) {
        (Some((span, message)), _) => {
            let help = "see `iamrail explain invalid-exception` for how it is written";
            entry.misread.push(misread(*span, message, help));
        }
        (None, Some(map)) => fields::read(&mut entry, pairs(map)),
        (None, None) => {
            let help = "give it the fields `rule`, `reason`, `owner`, `approved by` and `review date`";
            entry.misread.push(misread(claim.span, "it is no mapping of fields", help));
        }
    }
    entry
}

fn pairs(map: &Map) -> impl Iterator<Item = Pair<'_>> {
    map.entries.iter().map(|(name, field)| (name, field.key, &field.value))
}

/// Whether `exceptions` of a configuration says what they are held to, and is not an exception itself.
fn is_settings(value: &Value) -> bool {
    value.as_map().is_some_and(|map| !map.entries.keys().any(|key| is_field(key)))
}

struct Reader<'f> {
    path: &'f Arc<str>,
    whole: Span,
    misread: Vec<Misread>,
}

impl<'f> Reader<'f> {
    fn wrong(&mut self, span: Option<Span>, message: impl Into<String>, help: impl Into<String>) {
        let span = span.unwrap_or(self.whole);
        self.misread.push(Misread { span, message: message.into(), help: help.into() });
    }

    fn unknown(&mut self, name: &str, key: Option<Span>, known: &[&str]) {
        let help = match closest(&plain(name), known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.wrong(key, format!("unknown key `{name}`"), help);
    }

    /// The entries of a mapping; nothing at all is an empty one.
    fn pairs<'v>(&mut self, value: &'v Value, expected: &str) -> Vec<Pair<'v>> {
        match (&value.kind, value.as_map()) {
            (_, Some(map)) => pairs(map).collect(),
            (Kind::Null, _) => Vec::new(),
            _ => {
                self.wrong(value.span, expected, "see docs/exceptions.md for how exceptions are written");
                Vec::new()
            }
        }
    }

    fn version(&mut self, value: &Value) {
        if !matches!(&value.kind, Kind::Number(Number::Int(VERSION))) {
            let help = "update iamrail, or write the file as this version knows it";
            self.wrong(
                value.span,
                format!("the version of this file is not {VERSION}, the only one that is known"),
                help,
            );
        }
    }

    /// The exceptions of a list, or the one that a mapping is.
    fn entries(&mut self, value: &Value) -> Vec<Entry> {
        if let Some(map) = value.as_map() {
            return vec![self.entry(value, pairs(map).collect())];
        }
        if value.is_null() {
            return Vec::new();
        }
        let Some(list) = value.as_list() else {
            self.wrong(value.span, "a list of exceptions is expected", "begin each with `- rule:`");
            return Vec::new();
        };
        if is_spread(&list.items) {
            return self.spread(&list.items);
        }
        let mut entries = Vec::new();
        for item in &list.items {
            match (item.as_map(), item.as_list()) {
                (Some(map), _) => entries.push(self.entry(item, pairs(map).collect())),
                (None, Some(list)) if is_spread(&list.items) => entries.extend(self.spread(&list.items)),
                _ => self.wrong(item.span, "an exception is a mapping of fields", "begin it with `rule:`"),
            }
        }
        entries
    }

    /// An exception whose fields are the elements of a list, as the policy document writes it. The next one begins where a
    /// guardrail is named again.
    fn spread(&mut self, items: &[Value]) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut begun: Vec<(&Value, Pair<'_>)> = Vec::new();
        for item in items {
            for pair in item.as_map().into_iter().flat_map(pairs) {
                let name = plain(pair.0);
                let again = begun.iter().any(|(_, (begun, ..))| plain(begun) == name);
                if again && names_a_guardrail(&name) {
                    entries.extend(self.gathered(&mut begun));
                }
                begun.push((item, pair));
            }
        }
        entries.extend(self.gathered(&mut begun));
        entries
    }

    fn gathered(&mut self, begun: &mut Vec<(&Value, Pair<'_>)>) -> Option<Entry> {
        let (first, _) = *begun.first()?;
        let fields = begun.drain(..).map(|(_, pair)| pair).collect();
        Some(self.entry(first, fields))
    }

    fn entry(&mut self, value: &Value, fields: Vec<Pair<'_>>) -> Entry {
        // The place of an exception is its first line: what it says is many.
        let first = fields
            .first()
            .and_then(|(_, key, value)| Some(key.as_ref()?.to(value.span.unwrap_or(*key.as_ref()?))));
        let span = first.or(value.span).unwrap_or(self.whole);
        let mut entry = Entry::new(span, Arc::clone(self.path), Origin::File);
        fields::read(&mut entry, fields);
        self.misread.append(&mut entry.misread);
        entry
    }

    /// `exceptions` of a configuration as a mapping; gives the exceptions in it.
    fn settings(&mut self, value: &Value, settings: &mut Settings) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (name, key, value) in self.pairs(value, "a list or mapping is expected") {
            match plain(name).as_str() {
                "entries" => entries.extend(self.entries(value)),
                "max days" => match &value.kind {
                    Kind::Number(Number::Int(days)) if (1..=36_500).contains(days) => {
                        settings.max_days = i32::try_from(*days).unwrap_or(settings.max_days);
                    }
                    _ => self.wrong(value.span.or(key), "`max_days` is a number of days from 1", "write 365"),
                },
                "approval" => match value.as_str().as_deref().and_then(Approval::from_name) {
                    Some(approval) => settings.approval = approval,
                    None => self.wrong(
                        value.span.or(key),
                        "there is no such way of approval",
                        "write `declared`, `teams` or `codeowners`",
                    ),
                },
                _ => self.unknown(name, key, &["approval", "max_days", "entries"]),
            }
        }
        entries
    }

    fn teams(&mut self, value: &Value) -> BTreeMap<String, Team> {
        let mut teams = BTreeMap::new();
        for (name, key, members) in
            self.pairs(value, "a mapping of teams to lists of their members is expected")
        {
            let Some(list) = members.as_list() else {
                self.wrong(
                    members.span.or(key),
                    format!("the members of `{name}` are no list"),
                    "write a list of texts",
                );
                continue;
            };
            let mut team = Team::default();
            for member in &list.items {
                match member.as_str() {
                    Some(member) => team.members.push(member.trim().to_owned()),
                    None => self.wrong(member.span.or(key), "a member is named by a text", "write a text"),
                }
            }
            if teams.insert(plain(name), team).is_some() {
                let message =
                    format!("the team `{name}` is there already, perhaps in other letters or spaces");
                self.wrong(key, message, "put all of its members into one list");
            }
        }
        teams
    }

    fn finish<T>(self, read: T) -> Result<T, Vec<Diagnostic>> {
        if self.misread.is_empty() {
            return Ok(read);
        }
        let diagnostic = |misread: Misread| {
            Diagnostic::error("exceptions", Arc::clone(self.path), misread.message)
                .at(misread.span)
                .help(misread.help)
        };
        Err(self.misread.into_iter().map(diagnostic).collect())
    }
}

/// Whether a list holds the fields of exceptions one by one, and not exceptions.
fn is_spread(items: &[Value]) -> bool {
    let single = |item: &Value| item.as_map().is_some_and(|map| map.entries.len() == 1);
    items.len() > 1 && items.iter().all(single)
}
