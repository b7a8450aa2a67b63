//! What runs: discovery, reading, rules, exceptions, the configuration. Here is the checker and the order of a run.

mod configuration;
mod discovery;
mod exceptions;
mod judging;
mod reading;

use std::sync::Arc;

use rayon::prelude::*;

use self::discovery::Found;
use self::judging::Judged;
use super::credentials::Gathering;
use super::environments::union;
use super::run::{Outcome, Run};
use super::{Candidate, Environments, FrontEnd, Unit, UnitSource};
use crate::collections::HashSet;
use crate::exceptions::Exceptions;
use crate::options::Options;
use crate::report::{Diagnostic, Report};
use crate::rule::{Check, Rule};
use crate::rules::RULES;
use crate::sighting::Sightings;
use crate::source::Sources;

/// Checks inputs. Built once, used from any number of threads.
pub struct Checker {
    front_ends: Vec<Box<dyn FrontEnd>>,
    rules: Vec<&'static Rule>,
    options: Options,
    exceptions: Exceptions,
    environments: Environments,
}

/// A unit as it is in some environments.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// The unit: an index into [`Report::units`].
    pub number: usize,
    /// Where it stands.
    pub source: UnitSource,
    /// The environments in which it is like this; none when it belongs to no environment.
    pub environments: Vec<Arc<str>>,
    /// What it comes to there.
    pub unit: Unit,
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.front_ends.iter().map(|front_end| front_end.name()).collect();
        f.debug_struct("Checker")
            .field("front_ends", &names)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Checker {
    /// A checker with all built-in rules and no front end.
    pub fn new(options: Options) -> Self {
        Self {
            front_ends: Vec::new(),
            rules: RULES.to_vec(),
            options,
            exceptions: Exceptions::default(),
            environments: Environments::default(),
        }
    }

    /// The same for these environments, whose values the front ends know: every unit is checked in each that it belongs to.
    #[must_use]
    pub fn with_environments(self, environments: Environments) -> Self {
        Self { environments, ..self }
    }

    /// The same with exceptions, whose places are in the sources of the runs to come. Without any, those that resources
    /// claim for themselves hold nevertheless.
    #[must_use]
    pub fn with_exceptions(self, exceptions: Exceptions) -> Self {
        Self { exceptions, ..self }
    }

    /// The same with one more front end.
    #[must_use]
    pub fn with_front_end(mut self, front_end: impl FrontEnd + 'static) -> Self {
        self.front_ends.push(Box::new(front_end));
        self
    }

    /// The same with one more rule.
    #[must_use]
    pub fn with_rule(mut self, rule: &'static Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The options that it checks by.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Checks the candidates. Those that are no input of a front end are looked through for credentials. Runs on the rayon thread
    /// pool it is called in.
    pub fn check(&self, sources: &Arc<Sources>, candidates: &[Candidate]) -> Report {
        self.check_with(sources, candidates, Sightings::default())
    }

    /// Whether anything judges credentials, so that it is worth looking for them.
    pub fn judges_credentials(&self) -> bool {
        let is_on = |rule: &&&Rule| self.options.levels.get(rule.name).is_none_or(|level| level.is_some());
        self.rules.iter().filter(is_on).any(|rule| matches!(rule.check, Check::Credentials(_)))
    }

    /// Checks the candidates, and judges credentials that were seen elsewhere together with those in them.
    pub fn check_with(&self, sources: &Arc<Sources>, candidates: &[Candidate], seen: Sightings) -> Report {
        let mut run = Run::default();
        let Found { units, diagnostics, unclaimed } = self.discover(sources, candidates);
        run.diagnostics.extend(diagnostics);
        run.diagnostics.extend(self.unused(&units, sources));
        let outcomes: Vec<Outcome> =
            units.par_iter().map(|(front_end, unit)| self.check_unit(*front_end, unit, sources)).collect();
        let mut computed = Vec::new();
        for (index, mut outcome) in outcomes.into_iter().enumerate() {
            computed.append(&mut outcome.computed);
            run.take(index, outcome, sources);
        }
        run.clear_what_is_spoken_of();
        run.join_readings();
        let mut files = sources.all();
        files.retain(|file| !self.exceptions.aside.contains(&file.id()));
        if self.rules.iter().any(|rule| matches!(rule.check, Check::Text(_))) {
            let texts: Vec<Outcome> = files.par_iter().map(|file| self.judge(&Judged::Text(file))).collect();
            texts.into_iter().for_each(|outcome| run.take_text(sources, outcome));
        }
        let mut texts = HashSet::default();
        if self.judges_credentials() {
            let elsewhere = seen.texts;
            run.binary_versions = seen.binary_versions;
            let mut gathering = Gathering::new(sources, seen);
            gathering.texts(&files);
            gathering.files(candidates);
            gathering.computed(computed);
            run.looked_through = gathering.looked_through + elsewhere;
            run.binaries = gathering.binaries;
            run.diagnostics.extend(gathering.passed_over());
            run.diagnostics.append(&mut gathering.diagnostics);
            texts = std::mem::take(&mut gathering.named);
            let sightings = gathering.finish();
            sightings.all.iter().for_each(|one| run.pieces.add(&one.value));
            let mut judged = self.judge(&Judged::Credentials(&sightings, sources));
            for finding in &mut judged.findings {
                let own = &finding.environments;
                finding.environments = union(&self.environments.known, own, own);
            }
            run.take_text(sources, judged);
        }
        run.diagnostics.extend(unclaimed.into_iter().map(|one| one.diagnostic(&texts)));
        self.except(&mut run, sources);
        self.review_configuration(&mut run, sources);
        run.finish(&self.rules, &self.environments.known, sources)
    }

    /// Reads the candidates without judging them: the units in the order of the report, each as often as environments differ.
    pub fn read(&self, sources: &Sources, candidates: &[Candidate]) -> Vec<Reading> {
        let Found { units, .. } = self.discover(sources, candidates);
        let read = |(number, (front_end, source)): (usize, (&dyn FrontEnd, UnitSource))| {
            let mut readings = Vec::new();
            self.read_unit(front_end, &source, sources, |environments, unit| {
                readings.push(Reading { number, source: source.clone(), environments, unit });
            });
            readings
        };
        units.into_par_iter().enumerate().flat_map_iter(read).collect()
    }
}

fn internal_error(path: &str, message: String) -> Diagnostic {
    Diagnostic::error("internal-error", path, message)
        .help("this is a defect of iamrail; please report it with the input that shows it")
}
