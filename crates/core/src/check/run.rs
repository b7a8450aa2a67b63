//! Puts together what was found, in an order that does not depend on threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::elsewhere::Spoken;
use crate::collections::{HashMap, HashSet};
use crate::configuration::Matched;
use crate::exceptions::{Aliases, Entry, Judged, Origin, Reviewed, claims};
use crate::model::Exception;
use crate::report::{Diagnostic, Finding, Related, Report, Tally, UnitSummary, Verdict};
use crate::rule::Rule;
use crate::sighting::Sighting;
use crate::source::{Sources, Span};
use crate::value::{Reason, Unknown};

/// What is said where something declares more than can be seen.
const HIDING: [&str; 3] = ["module", "module-not-found", "nested-template"];

/// What judging one unit or text gave.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) tallies: Vec<(&'static Rule, Tally)>,
    pub(super) secrets: Vec<Span>,
    /// Credentials in values, wherever their parts stand.
    pub(super) computed: Vec<Sighting>,
    pub(super) summary: Option<UnitSummary>,
    pub(super) claims: Vec<Exception>,
    pub(super) aliases: Aliases,
    pub(super) spoken: Spoken,
    pub(super) matched: Matched,
}

/// What all of them gave.
#[derive(Default)]
pub(super) struct Run {
    findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
    units: Vec<UnitSummary>,
    tallies: BTreeMap<&'static str, Tally>,
    secrets: Vec<Span>,
    /// How many files were only looked through for credentials.
    pub(super) looked_through: usize,
    /// The exceptions that resources claim.
    pub(super) claims: Vec<Entry>,
    aliases: Vec<Aliases>,
    /// What each unit speaks of that others declare.
    spoken: Vec<Spoken>,
    /// Which entries of the configuration match anything.
    matched: Matched,
    exceptions: Vec<Judged>,
}

impl Run {
    pub(super) fn take(&mut self, index: usize, mut outcome: Outcome, sources: &Sources) {
        let path_of =
            |span: Span| sources.file(span.file).map_or_else(|| "".into(), |file| Arc::clone(file.path()));
        self.claims.extend(claims(index, &outcome.claims, path_of));
        self.aliases.push(std::mem::take(&mut outcome.aliases));
        self.matched.join(std::mem::take(&mut outcome.matched));
        self.spoken.push(std::mem::take(&mut outcome.spoken));
        self.units.extend(outcome.summary.take());
        self.findings.extend(outcome.findings.drain(..).map(|finding| Finding { unit: index, ..finding }));
        self.take_rest(outcome);
    }

    /// What was found in texts belongs to the unit that each text is a part of.
    pub(super) fn take_text(&mut self, sources: &Sources, mut outcome: Outcome) {
        for finding in outcome.findings.drain(..) {
            let file = sources.file(finding.span.file);
            let unit = file.map_or(0, |file| self.unit_of(file.path()));
            self.findings.push(Finding { unit, ..finding });
        }
        self.take_rest(outcome);
    }

    fn take_rest(&mut self, outcome: Outcome) {
        self.diagnostics.extend(outcome.diagnostics);
        self.secrets.extend(outcome.secrets);
        // Most rules have nothing to say of most units.
        for (rule, tally) in outcome.tallies.into_iter().filter(|(_, tally)| *tally != Tally::default()) {
            let sum = self.tallies.entry(rule.name).or_default();
            sum.holds += tally.holds;
            sum.violated += tally.violated;
            sum.undetermined += tally.undetermined;
            sum.excepted += tally.excepted;
        }
    }

    /// The unit whose path is the longest one that leads to a file; the first if there is none.
    pub(super) fn unit_of(&self, path: &str) -> usize {
        let leads = |unit: &str| {
            unit == "." || path == unit || path.strip_prefix(unit).is_some_and(|rest| rest.starts_with('/'))
        };
        let found = self.units.iter().enumerate().filter(|(_, unit)| leads(&unit.path));
        found.max_by_key(|(_, unit)| unit.path.len()).map_or(0, |(index, _)| index)
    }

    /// Drops what holds unless another unit speaks of something that does.
    pub(super) fn clear_what_is_spoken_of(&mut self) {
        let Self { spoken, tallies, .. } = self;
        self.findings.retain(|finding| {
            let Some(thing) = &finding.unless else { return true };
            let mut others = spoken.iter().enumerate().filter(|(unit, _)| *unit != finding.unit);
            let is_cleared = others.any(|(_, spoken)| spoken.is_of(thing));
            if is_cleared && let Some(tally) = tallies.get_mut(finding.rule.name) {
                let count = match finding.verdict {
                    Verdict::Violated => &mut tally.violated,
                    Verdict::Undetermined => &mut tally.undetermined,
                };
                *count = count.saturating_sub(finding.verdicts);
                tally.holds += finding.verdicts;
            }
            !is_cleared
        });
    }

    /// Where one path is read in several ways, what all of them show is one finding. What only some show says so.
    pub(super) fn join_readings(&mut self) {
        let mut readings: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in &self.units {
            *readings.entry(&unit.path).or_default() += 1;
        }
        if readings.values().all(|count| *count < 2) {
            return;
        }
        let key = |finding: &Finding| (finding.fingerprint.clone(), finding.message.clone(), finding.span);
        let mut shown: HashMap<_, Vec<&'static str>> = HashMap::default();
        for finding in &self.findings {
            let Some(unit) = self.units.get(finding.unit) else { continue };
            shown.entry(key(finding)).or_default().push(unit.kind);
        }
        let mut seen = HashSet::default();
        self.findings.retain_mut(|finding| {
            let Some(unit) = self.units.get(finding.unit) else { return true };
            let all = readings.get(&*unit.path).copied().unwrap_or_default();
            let kinds = shown.get(&key(finding)).map(Vec::as_slice).unwrap_or_default();
            if kinds.len() < all {
                let message = "is the only reading of the files in which this holds";
                finding.related.extend(kinds.iter().map(|kind| Related::new(*kind, None, message)));
                return true;
            }
            let is_first = seen.insert(key(finding));
            if !is_first && let Some(tally) = self.tallies.get_mut(finding.rule.name) {
                let count = match finding.verdict {
                    Verdict::Violated => &mut tally.violated,
                    Verdict::Undetermined => &mut tally.undetermined,
                };
                *count = count.saturating_sub(finding.verdicts);
            }
            is_first
        });
    }

    /// Which unit is of a kind and has a path.
    pub(super) fn unit_at(&self, kind: &str, path: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit.kind == kind && *unit.path == *path)
    }

    /// Marks the findings that exceptions cover, and finds the exceptions that nothing needs. `covers_all` says that the
    /// run checks all that files of exceptions speak of.
    pub(super) fn except(&mut self, reviewed: &mut Reviewed, covers_all: bool) {
        let none = Aliases::default();
        reviewed.apply(&mut self.findings, |unit| self.aliases.get(unit).unwrap_or(&none));
        for finding in self.findings.iter().filter(|finding| finding.exception.is_some()) {
            if let Some(tally) = self.tallies.get_mut(finding.rule.name) {
                let count = match finding.verdict {
                    Verdict::Violated => &mut tally.violated,
                    Verdict::Undetermined => &mut tally.undetermined,
                };
                *count = count.saturating_sub(finding.verdicts);
                tally.excepted += finding.verdicts;
            }
        }
        let is_complete = self.is_complete();
        reviewed.find_unused(|entry| match &entry.origin {
            Origin::File => is_complete && covers_all,
            Origin::Inline(claimants) => {
                claimants.iter().all(|one| self.units.get(one.unit).is_some_and(|unit| unit.complete))
            }
        });
    }

    fn is_complete(&self) -> bool {
        self.units.iter().all(|unit| unit.complete) && !self.diagnostics.iter().any(|one| one.incomplete)
    }

    /// Which entries of the configuration match anything; `None` when not all was read and understood that there is.
    pub(super) fn matched(&self) -> Option<Matched> {
        if self.units.is_empty() || !self.is_complete() {
            return None;
        }
        let mut matched = self.matched.clone();
        if let Some(hidden) = self.diagnostics.iter().find(|one| HIDING.contains(&one.code)) {
            let what = hidden.message.split('`').nth(1).unwrap_or(&hidden.path);
            matched.doubt(&Arc::new(Unknown::new(Reason::Missing, what)));
        }
        Some(matched)
    }

    /// Keeps the exceptions for the report.
    pub(super) fn keep(&mut self, reviewed: Reviewed) {
        self.exceptions = reviewed.judged;
    }

    pub(super) fn finish(mut self, rules: &[&'static Rule], sources: &Arc<Sources>) -> Report {
        let place =
            |span: Span| sources.file(span.file).map(|file| (Arc::clone(file.path()), span.start, span.end));
        self.findings.sort_by_cached_key(|finding| {
            (
                place(finding.span),
                finding.rule.name,
                Arc::clone(&finding.subject),
                finding.unit,
                finding.fingerprint.clone(),
            )
        });
        let key = |one: &Diagnostic| {
            (Arc::clone(&one.path), one.span.and_then(place), one.code, one.message.clone())
        };
        self.diagnostics.sort_by_cached_key(key);
        // A file that several units share says the same to each of them; it is said once.
        self.diagnostics.dedup_by_key(|one| key(one));
        self.secrets.sort_unstable();
        self.secrets.dedup();
        let tally = |rule: &&'static Rule| (*rule, self.tallies.get(rule.name).copied().unwrap_or_default());
        Report {
            rules: rules.iter().map(tally).collect(),
            findings: self.findings,
            diagnostics: self.diagnostics,
            units: self.units,
            exceptions: self.exceptions,
            secrets: self.secrets,
            looked_through: self.looked_through,
            sources: Arc::clone(sources),
        }
    }
}
