//! Gathers the credentials of a run: those in the texts of the front ends, in all other files, and in values that are put together.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_credentials::redact::{may_be_part, tokens};
use iamrail_credentials::{self as credentials, KeyId, Kind as Credential, find, find_beside};
use rayon::prelude::*;

use super::Candidate;
use crate::collections::{HashMap, HashSet};
use crate::model::{Kept, Model, Setting};
use crate::report::Diagnostic;
use crate::scan::{Extent, Scanned, Scanner};
use crate::sighting::{Form, Medium, Sighting, Sightings};
use crate::source::{FileError, SourceFile, Sources, Span};
use crate::value::{Flat, Kind, Part, Text, Value};

/// How deeply values are searched.
const DEPTH: usize = 32;

/// How many ids that stand side by side are tried on what stands beside them.
const MOST_IDS: usize = 4;

/// The longest place in bytes that is shown for what is put together in it; otherwise it is that of the first part.
const WIDEST: u32 = 200;

/// How many files are named that are no text.
const MOST_NAMED: usize = 5;

/// What was seen so far.
pub(super) struct Gathering<'s> {
    sources: &'s Arc<Sources>,
    sightings: Sightings,
    /// How many files were looked through that are nothing else to the check.
    pub(super) looked_through: usize,
    /// Those that are no text, and were passed over.
    pub(super) binaries: Vec<Arc<str>>,
    /// Those of the texts that the caller named.
    pub(super) named: HashSet<Arc<str>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'s> Gathering<'s> {
    pub(super) fn new(sources: &'s Arc<Sources>, seen: Sightings) -> Self {
        Self {
            sources,
            sightings: seen,
            looked_through: 0,
            binaries: Vec::new(),
            named: HashSet::default(),
            diagnostics: Vec::new(),
        }
    }

    /// Looks through the texts that front ends read.
    pub(super) fn texts(&mut self, texts: &[Arc<SourceFile>]) {
        let scanned: Vec<Scanned> = texts.par_iter().map(|file| Scanned::of(file)).collect();
        self.sightings.texts += texts.len();
        for (file, scanned) in texts.iter().zip(scanned) {
            self.diagnostics.extend(scanned.extent.trouble(file.path(), u64::MAX));
            self.sightings.all.extend(scanned.sightings);
        }
    }

    /// Looks through the candidates that no front end read.
    pub(super) fn files(&mut self, candidates: &[Candidate]) {
        let limit = self.sources.files().limit();
        let rest: Vec<&Candidate> = candidates.iter().filter(|one| !self.sources.has(&one.path)).collect();
        let scanned: Vec<(&Candidate, Result<Scanned, FileError>)> = rest
            .into_par_iter()
            .map_init(
                || Scanner::new(self.sources, limit),
                |scanner, one| {
                    let opened = self.sources.open(&one.path);
                    (one, opened.map(|mut reader| scanner.scan(&one.path, &Medium::File, &mut reader)))
                },
            )
            .collect();
        for (one, scanned) in scanned {
            match scanned {
                Ok(scanned) => self.take(one, scanned, limit),
                // What went away meanwhile, and what is no file, has nothing written in it.
                Err(FileError::NotFound | FileError::NotAFile | FileError::OutsideRoot) => {}
                Err(error) => self.diagnostics.push(Diagnostic::unreadable(Arc::clone(&one.path), &error)),
            }
        }
    }

    fn take(&mut self, candidate: &Candidate, scanned: Scanned, limit: u64) {
        self.sightings.all.extend(scanned.sightings);
        if matches!(scanned.extent, Extent::Binary) {
            self.binaries.push(Arc::clone(&candidate.path));
        } else {
            self.looked_through += 1;
            self.sightings.texts += 1;
            self.named.extend(candidate.named.then(|| Arc::clone(&candidate.path)));
        }
        self.diagnostics.extend(scanned.extent.trouble(&candidate.path, limit));
    }

    /// Takes what stands nowhere in one piece. What does was found there.
    pub(super) fn computed(&mut self, computed: Vec<Sighting>) {
        let known: HashSet<_> = self.sightings.all.iter().map(|one| one.value.clone()).collect();
        let ids: HashMap<_, KeyId> =
            computed.iter().filter_map(|one| Some((one.value.clone(), one.id?))).collect();
        for one in self.sightings.all.iter_mut().filter(|one| one.id.is_none()) {
            one.id = ids.get(&one.value).copied();
        }
        let new = computed.into_iter().filter(|one| !known.contains(&one.value));
        self.sightings.all.extend(new);
    }

    /// What is said of the files that are no text.
    pub(super) fn passed_over(&self) -> Option<Diagnostic> {
        let first = self.binaries.first()?;
        let named: Vec<String> =
            self.binaries.iter().take(MOST_NAMED).map(|path| format!("`{path}`")).collect();
        let more = match self.binaries.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (count, named) = (self.binaries.len(), named.join(", "));
        let what = if count == 1 { "binary file was" } else { "binary files were" };
        let message = format!("{count} {what} not looked through for access keys: {named}{more}");
        Some(Diagnostic::note("binary", Arc::clone(first), message))
    }

    /// All of it, in an order that does not depend on threads.
    pub(super) fn finish(self) -> Sightings {
        let Self { sources, mut sightings, .. } = self;
        sightings.all.sort_by_cached_key(|one| {
            let at = sources.locate(one.span);
            (one.medium.clone(), at, one.span.start, one.span.end)
        });
        sightings
    }
}

/// What is secret in the values of a model.
#[derive(Default)]
pub(super) struct InValues {
    /// The credentials, wherever their parts stand.
    pub(super) found: Vec<Sighting>,
    /// Places that may be a part of a credential whose rest is not known.
    pub(super) parts: Vec<Span>,
}

impl InValues {
    /// What is secret in the settings of workloads, in what is kept and in what is shown, each with the name that it has there.
    pub(super) fn of(model: &Model) -> Self {
        let mut all = Self::default();
        for (_, workload) in model.workloads.iter() {
            let from = all.found.len();
            for Setting { name, value, .. } in &workload.settings {
                all.value(name, value, DEPTH);
            }
            all.pair(from, || workload.settings.iter().map(|one| (&*one.name, &one.value)));
        }
        for Kept { name, value } in &model.kept {
            all.value(name, value, DEPTH);
        }
        for disclosure in &model.disclosures {
            all.value(&disclosure.declared.subject, &disclosure.value, DEPTH);
        }
        all
    }

    fn value(&mut self, name: &str, value: &Value, depth: usize) {
        if depth == 0 {
            return;
        }
        match &value.kind {
            Kind::Map(map) => {
                let from = self.found.len();
                for (name, field) in &map.entries {
                    self.value(name, &field.value, depth - 1);
                }
                self.pair(from, || map.entries.iter().map(|(name, field)| (&**name, &field.value)));
            }
            Kind::List(list) | Kind::Set(list) => {
                list.items.iter().for_each(|item| self.value(name, item, depth - 1));
            }
            Kind::Choice(_) => {
                let values = value.alternatives().into_iter().filter_map(|one| one.value);
                values.for_each(|value| self.value(name, value, depth - 1));
            }
            Kind::Text(text) => self.text(name, value, text),
            _ => {}
        }
    }

    /// Values that stand side by side are a key if they are one id and one secret. What only goes with an id, such as a session token,
    /// is looked for beside each.
    fn pair<'v, V: Iterator<Item = (&'v str, &'v Value)>>(&mut self, from: usize, values: impl Fn() -> V) {
        let found = self.found.get_mut(from..).unwrap_or_default();
        let ids: BTreeSet<KeyId> =
            found.iter().filter(|one| one.kind == Credential::KeyId).filter_map(|one| one.id).collect();
        let is_open = |one: &Sighting| one.kind == Credential::SecretKey && one.id.is_none();
        let secrets: HashSet<_> =
            found.iter().filter(|one| is_open(one)).map(|one| one.value.clone()).collect();
        let is_one_pair = ids.len() == 1 && secrets.len() == 1;
        let id = ids.first().copied().filter(|_| is_one_pair);
        for one in found.iter_mut().filter(|one| is_open(one)) {
            one.id = id;
        }
        for id in ids.into_iter().take(MOST_IDS) {
            for (name, value) in values() {
                if let Kind::Text(text) = &value.kind {
                    let flat = Flat::new(text);
                    let known: HashSet<_> =
                        self.found.iter().skip(from).map(|one| one.value.clone()).collect();
                    let mut found = seen_in(name, value, &flat, |text| find_beside(id, text));
                    found.retain(|one| !known.contains(&one.value));
                    self.found.append(&mut found);
                }
            }
        }
    }

    fn text(&mut self, name: &str, value: &Value, text: &Text) {
        if text.holes().next().is_some() {
            self.parts.extend(text.parts().iter().filter_map(|part| match part {
                Part::Literal { text, span } if may_be_part(name, text) => *span,
                _ => None,
            }));
        }
        let flat = Flat::new(text);
        if text.parts().len() > 1 {
            let tokens = tokens(flat.text()).into_iter();
            self.parts.extend(tokens.flat_map(|token| parts(&flat, token.start, token.end)));
        }
        self.found.extend(seen_in(name, value, &flat, find));
    }
}

/// What `find` finds in a value of a name, at the places of its parts.
fn seen_in(
    name: &str,
    value: &Value,
    flat: &Flat,
    find: impl Fn(&[u8]) -> Vec<credentials::Credential>,
) -> Vec<Sighting> {
    // The name announces a secret; that of AWS is meant.
    let announced = format!("aws {name}=");
    let text = format!("{announced}{}", flat.text());
    let seen = find(text.as_bytes()).into_iter().filter_map(|one| {
        let start = one.range.start.checked_sub(announced.len())?;
        let end = one.range.end - announced.len();
        let parts = parts(flat, start, end);
        let first = parts.first().copied();
        let near = |whole: &Span| first.is_some_and(|first| whole.contains(&first)) && whole.len() <= WIDEST;
        let whole = flat.span(start, end).filter(near);
        let seen = Sighting::new(one, whole.or(first).or(value.span)?, Medium::File);
        let in_one = first.is_some_and(|part| part.len() as usize == end - start);
        let form = if in_one { seen.form } else { Form::Computed };
        Some(Sighting { form, hidden: parts, ..seen })
    });
    seen.collect()
}

/// Where the parts stand that make up a piece of a text.
fn parts(flat: &Flat, start: usize, end: usize) -> Vec<Span> {
    let mut parts: Vec<Span> = Vec::new();
    for span in (start..end).filter_map(|at| flat.span(at, at + 1)) {
        match parts.last_mut() {
            Some(last) if last.file == span.file && last.start <= span.start && span.start <= last.end => {
                *last = last.to(span);
            }
            _ => parts.push(span),
        }
    }
    parts
}
