//! Puts together what was found, in an order that does not depend on threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::{Diagnostic, Finding, Report, Tally, UnitSummary};
use crate::rule::Rule;
use crate::source::{Sources, Span};

/// What judging one unit or text gave.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) tallies: Vec<(&'static Rule, Tally)>,
    pub(super) secrets: Vec<Span>,
    pub(super) summary: Option<UnitSummary>,
}

/// What all of them gave.
#[derive(Default)]
pub(super) struct Run {
    findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
    units: Vec<UnitSummary>,
    tallies: BTreeMap<&'static str, Tally>,
    secrets: Vec<Span>,
}

impl Run {
    pub(super) fn take(&mut self, index: usize, mut outcome: Outcome) {
        self.units.extend(outcome.summary.take());
        self.take_text(index, outcome);
    }

    pub(super) fn take_text(&mut self, unit: usize, outcome: Outcome) {
        self.findings.extend(outcome.findings.into_iter().map(|finding| Finding { unit, ..finding }));
        self.diagnostics.extend(outcome.diagnostics);
        self.secrets.extend(outcome.secrets);
        for (rule, tally) in outcome.tallies {
            let sum = self.tallies.entry(rule.name).or_default();
            sum.holds += tally.holds;
            sum.violated += tally.violated;
            sum.undetermined += tally.undetermined;
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
            secrets: self.secrets,
            sources: Arc::clone(sources),
        }
    }
}
