//! Puts together what was found, in an order that does not depend on threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamrail_credentials::Pieces;

use super::elsewhere::{ByUnit, Spoken};
use super::fingerprint::tell_apart;
use super::variants::said_once;
use crate::collections::{HashMap, HashSet};
use crate::configuration::Matched;
use crate::exceptions::{Aliases, Entry, Judged, Origin, Reviewed, claims};
use crate::model::Exception;
use crate::report::{Diagnostic, Finding, Related, Report, Tally, UnitSummary, Verdict};
use crate::rule::Rule;
use crate::sighting::Sighting;
use crate::source::{Sources, Span};
use crate::value::{Reason, Unknown};

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
    /// The exceptions that resources claim, and in which environments they do.
    pub(super) claims: Vec<(Vec<Arc<str>>, Vec<Exception>)>,
    /// What principals are called in which environments.
    pub(super) aliases: Vec<(Vec<Arc<str>>, Aliases)>,
    /// What is spoken of in which environments.
    pub(super) spoken: Vec<(Vec<Arc<str>>, Spoken)>,
    pub(super) matched: Matched,
}

/// What all of them gave.
#[derive(Default)]
pub(super) struct Run {
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
    units: Vec<UnitSummary>,
    pub(super) tallies: BTreeMap<&'static str, Tally>,
    secrets: Vec<Span>,
    /// What of credentials may stand anywhere.
    pub(super) pieces: Pieces,
    /// How many files were only looked through for credentials.
    pub(super) looked_through: usize,
    /// How many files were passed over since they are no text.
    pub(super) binaries: usize,
    /// The same of versions of files in a history.
    pub(super) binary_versions: usize,
    /// The exceptions that resources claim.
    pub(super) claims: Vec<Entry>,
    aliases: Vec<Vec<(Vec<Arc<str>>, Aliases)>>,
    /// What each unit speaks of that others declare, and in which environments it does.
    pub(super) spoken: ByUnit,
    /// Which entries of the configuration match anything.
    matched: Matched,
    exceptions: Vec<Judged>,
}

impl Run {
    pub(super) fn take(&mut self, index: usize, mut outcome: Outcome, sources: &Sources) {
        let path_of =
            |span: Span| sources.file(span.file).map_or_else(|| "".into(), |file| Arc::clone(file.path()));
        for (environments, claimed) in &outcome.claims {
            self.claims.extend(claims(index, environments, claimed, path_of));
        }
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
        for (rule, tally) in outcome.tallies {
            let sum = self.tallies.entry(rule.name).or_default();
            sum.holds += tally.holds;
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

    /// Where one path is read in several ways, what all of them show is one finding. What only some show says so.
    pub(super) fn join_readings(&mut self) {
        let mut readings: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in &self.units {
            *readings.entry(&unit.path).or_default() += 1;
        }
        if readings.values().all(|count| *count < 2) {
            return;
        }
        let key = |finding: &Finding| {
            let Finding { fingerprint, message, span, environments, .. } = finding;
            (fingerprint.clone(), message.clone(), *span, environments.clone())
        };
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
            seen.insert(key(finding))
        });
    }

    /// Which unit is of a kind and has a path.
    pub(super) fn unit_at(&self, kind: &str, path: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit.kind == kind && *unit.path == *path)
    }

    /// Marks the findings that exceptions cover, and finds the exceptions that nothing needs. `covers_all` says whether the
    /// run checks all that files of exceptions speak of, `is_checked` whether it checks the environments of an exception.
    pub(super) fn except(
        &mut self,
        reviewed: &mut Reviewed,
        covers_all: bool,
        is_checked: impl Fn(&Entry) -> bool,
    ) {
        let none = Aliases::default();
        let aliases = |unit: usize, environment: Option<&Arc<str>>| {
            let is_it = |(environments, _): &&(Vec<Arc<str>>, Aliases)| {
                environment.is_none_or(|one| environments.is_empty() || environments.contains(one))
            };
            let found = self.aliases.get(unit).and_then(|all| all.iter().find(is_it));
            found.map_or(&none, |(_, aliases)| aliases)
        };
        self.findings = reviewed.apply(std::mem::take(&mut self.findings), aliases);
        let is_complete = self.is_complete();
        let is_covered = |entry: &Entry| match &entry.origin {
            Origin::File => is_complete && covers_all,
            Origin::Inline(claimants) => {
                claimants.iter().all(|one| self.units.get(one.unit).is_some_and(|unit| unit.complete))
            }
        };
        reviewed.find_unused(|entry| is_checked(entry) && is_covered(entry));
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
        // The same one in every run, whatever was found first.
        if let Some(what) = self.diagnostics.iter().filter_map(|one| one.hides.as_ref()).min() {
            matched.doubt(&Arc::new(Unknown::new(Reason::Missing, Arc::clone(what))));
        }
        Some(matched)
    }

    /// Keeps the exceptions for the report.
    pub(super) fn keep(&mut self, reviewed: Reviewed) {
        self.exceptions = reviewed.judged;
    }

    /// The report. `known` are all environments, in their order.
    pub(super) fn finish(
        mut self,
        rules: &[&'static Rule],
        known: &[Arc<str>],
        sources: &Arc<Sources>,
    ) -> Report {
        tell_apart(known, &mut self.findings);
        for finding in &self.findings {
            let tally = self.tallies.entry(finding.rule.name).or_default();
            let count = match finding.verdict {
                _ if finding.exception.is_some() => &mut tally.excepted,
                Verdict::Violated => &mut tally.violated,
                Verdict::Undetermined => &mut tally.undetermined,
            };
            *count += finding.verdicts;
        }
        let place =
            |span: Span| sources.file(span.file).map(|file| (Arc::clone(file.path()), span.start, span.end));
        self.findings.sort_by_cached_key(|finding| {
            (
                place(finding.span),
                finding.rule.name,
                Arc::clone(&finding.subject),
                finding.unit,
                finding.environments.first().and_then(|first| known.iter().position(|name| name == first)),
                finding.fingerprint.clone(),
            )
        });
        let key = |one: &Diagnostic| {
            (Arc::clone(&one.path), one.span.and_then(place), one.code, one.message.clone())
        };
        self.diagnostics.sort_by_cached_key(key);
        // A file that several units share says the same to each of them; it is said once.
        self.diagnostics = said_once(known, self.diagnostics);
        for diagnostic in &mut self.diagnostics {
            // What is so in every environment does not depend on them.
            if diagnostic.environments.len() == known.len() {
                diagnostic.environments.clear();
            }
        }
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
            pieces: self.pieces,
            looked_through: self.looked_through,
            binaries: self.binaries,
            binary_versions: self.binary_versions,
            sources: Arc::clone(sources),
        }
    }
}
