//! Gathers the credentials of a run: those in the texts of the front ends, in all other files, and in values that are put together.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use iamrail_credentials::{KeyId, Value};
use rayon::prelude::*;

use super::Candidate;
use crate::collections::{HashMap, HashSet};
use crate::report::Diagnostic;
use crate::scan::{Extent, Scanned, Scanner};
use crate::sighting::{Form, Medium, Sighting, Sightings};
use crate::source::{FileError, FileId, SourceFile, Sources, Span};

mod values;

pub(super) use values::InValues;

/// How many files are named that are no text.
const MOST_NAMED: usize = 5;

/// What was seen so far.
pub(super) struct Gathering<'s> {
    sources: &'s Arc<Sources>,
    sightings: Sightings,
    /// How many files were looked through that are nothing else to the check.
    pub(super) looked_through: usize,
    /// How many are no text, and were passed over.
    pub(super) binaries: usize,
    /// Those of them that the caller did not name: of the others it is said that they are no input.
    passed_over: Vec<Arc<str>>,
    /// Those of the texts that the caller named.
    pub(super) named: HashSet<Arc<str>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'s> Gathering<'s> {
    pub(super) fn new(sources: &'s Arc<Sources>, seen: Sightings) -> Self {
        Self {
            sources,
            binaries: seen.binaries,
            sightings: seen,
            looked_through: 0,
            passed_over: Vec::new(),
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
            self.binaries += 1;
            self.passed_over.extend((!candidate.named).then(|| Arc::clone(&candidate.path)));
        } else {
            self.looked_through += 1;
            self.sightings.texts += 1;
            self.named.extend(candidate.named.then(|| Arc::clone(&candidate.path)));
        }
        self.diagnostics.extend(scanned.extent.trouble(&candidate.path, limit));
    }

    /// Takes what values hold, but for what was found at its place already.
    pub(super) fn computed(&mut self, computed: Vec<Sighting>) {
        let ids: HashMap<_, KeyId> =
            computed.iter().filter_map(|one| Some((one.value.clone(), one.id?))).collect();
        for one in self.sightings.all.iter_mut().filter(|one| one.id.is_none()) {
            one.id = ids.get(&one.value).copied();
        }
        let mut places: HashMap<(Value, FileId), Vec<Span>> = HashMap::default();
        for one in self.sightings.all.iter().filter(|one| one.medium == Medium::File) {
            places.entry((one.value.clone(), one.span.file)).or_default().push(one.span);
        }
        let mut taken: HashMap<(Value, Vec<Span>), usize> = HashMap::default();
        for one in computed {
            let one = self.found_at(one);
            let known = places.get(&(one.value.clone(), one.span.file)).map_or(&[][..], Vec::as_slice);
            let touches = |span: &Span| span.start < one.span.end && one.span.start < span.end;
            if one.parts.len() < 2 && known.iter().any(touches) {
                continue;
            }
            let parts = if one.parts.is_empty() { vec![one.span] } else { one.parts.clone() };
            match taken.entry((one.value.clone(), parts)) {
                Entry::Occupied(before) => {
                    if let Some(before) = self.sightings.all.get_mut(*before.get()) {
                        before.join(&one);
                    }
                }
                Entry::Vacant(new) => {
                    new.insert(self.sightings.all.len());
                    self.sightings.all.push(one);
                }
            }
        }
    }

    /// What a value holds, with the place of the credential itself where that of an expression around it is known.
    fn found_at(&self, one: Sighting) -> Sighting {
        let place = match one.parts.as_slice() {
            [] => one.span,
            [part] if one.form == Form::Computed => *part,
            _ => return one,
        };
        let Some(file) = self.sources.file(place.file) else { return one };
        let text = file.slice(place);
        if let Some(found) = one.value.place_in(text) {
            let start = place.start as usize;
            let span = file.span(start + found.start, start + found.end);
            return Sighting { form: Form::Plain, span, parts: vec![span], ..one };
        }
        let is_base64 = |byte: u8| {
            byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=\"'".contains(&byte)
        };
        let form = if text.bytes().all(is_base64) { Form::Base64 } else { one.form };
        Sighting { form, ..one }
    }

    /// What is said of the files that are no text.
    pub(super) fn passed_over(&self) -> Option<Diagnostic> {
        let first = self.passed_over.first()?;
        let named: Vec<String> =
            self.passed_over.iter().take(MOST_NAMED).map(|path| format!("`{path}`")).collect();
        let more = match self.passed_over.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (count, named) = (self.passed_over.len(), named.join(", "));
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
