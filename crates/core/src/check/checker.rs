//! What runs: discovery, reading, rules.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use super::credentials::{Gathering, InValues};
use super::elsewhere::Spoken;
use super::fingerprint::Fingerprints;
use super::run::{Outcome, Run};
use super::variants;
use super::{Candidate, Discovery, Environments, FrontEnd, Unit, UnitSource};
use crate::collections::HashSet;
use crate::configuration::{Configuration, Matched, matched};
use crate::exceptions::{Aliases, Entry, Exceptions, Reviewed, together};
use crate::model::{Aside, Model};
use crate::options::Options;
use crate::report::{Diagnostic, Level, Report, UnitSummary};
use crate::rule::{Analyses, Check, Configured, Context, Judge, Rule};
use crate::rules::RULES;
use crate::sighting::Sightings;
use crate::source::{SourceFile, Sources};
use crate::value::Unknown;

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
        let texts: Vec<Outcome> = files.par_iter().map(|file| self.judge(&Judged::Text(file))).collect();
        texts.into_iter().for_each(|outcome| run.take_text(sources, outcome));
        let mut texts = HashSet::default();
        if self.judges_credentials() {
            let elsewhere = seen.texts;
            let mut gathering = Gathering::new(sources, seen);
            gathering.texts(&files);
            gathering.files(candidates);
            gathering.computed(computed);
            run.looked_through = gathering.looked_through + elsewhere;
            run.diagnostics.append(&mut gathering.diagnostics);
            texts = std::mem::take(&mut gathering.named);
            let sightings = gathering.finish();
            run.take_text(sources, self.judge(&Judged::Credentials(&sightings, sources)));
        }
        run.diagnostics.extend(unclaimed.into_iter().map(|one| one.diagnostic(&texts)));
        self.except(&mut run, sources);
        self.review_configuration(&mut run, sources);
        run.finish(&self.rules, &self.environments.known, sources)
    }

    /// What environments have that nothing of the input has a use for. Nobody can tell who does not see all of it.
    fn unused(&self, units: &[(&dyn FrontEnd, UnitSource)], sources: &Sources) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for environment in self.environments.checked().filter(|_| self.exceptions.covers_all) {
            let own: Vec<&UnitSource> =
                units.iter().map(|(_, unit)| unit).filter(|unit| environment.has(unit)).collect();
            if own.is_empty() && environment.paths.is_some() {
                diagnostics.push(Environments::empty(environment, sources));
            }
            for front_end in &self.front_ends {
                let unused = front_end.unused(&environment.name, &own, sources);
                diagnostics.extend(
                    unused
                        .into_iter()
                        .map(|one| Diagnostic { environments: vec![Arc::clone(&environment.name)], ..one }),
                );
            }
        }
        diagnostics
    }

    /// Applies the exceptions, and judges them.
    fn except(&self, run: &mut Run, sources: &Sources) {
        let mut claims = together(std::mem::take(&mut run.claims));
        if let Some(earlier) = &self.exceptions.earlier {
            let counting = together(earlier.counting(|kind, path| run.unit_at(kind, path)));
            let said: HashSet<String> = counting.iter().map(Entry::said).collect();
            let new = claims.iter().filter(|claim| !said.contains(&claim.said()));
            run.diagnostics.extend(new.map(|claim| not_in(&earlier.revision, claim)));
            claims = counting;
        }
        let environments = &self.environments;
        let mut reviewed = self.exceptions.review(claims, &self.options, &self.rules, &environments.known);
        run.except(&mut reviewed, self.exceptions.covers_all, |entry| {
            let checks_its_own = || entry.environments.iter().all(|one| environments.checks(&one.text));
            !environments.is_partial() || (!entry.environments.is_empty() && checks_its_own())
        });
        let outcome = self.judge(&Judged::Exceptions(&reviewed));
        run.take_text(sources, outcome);
        run.keep(reviewed);
    }

    /// Judges the configuration. What it says of the input is judged when all was checked that it speaks of.
    fn review_configuration(&self, run: &mut Run, sources: &Sources) {
        let Some(configuration) = &self.options.configuration else { return };
        let matched = run.matched().filter(|_| self.judges_matches());
        let judged = Judged::Configuration { configuration, matched: matched.as_ref() };
        let outcome = self.judge(&judged);
        run.take_text(sources, outcome);
    }

    /// Whether the run shows what the entries of the configuration match, and a rule asks for it.
    fn judges_matches(&self) -> bool {
        let asks = |rule: &&&Rule| matches!(rule.check, Check::Configuration(_));
        let is_on = |rule: &&Rule| self.options.levels.get(rule.name).is_none_or(Option::is_some);
        self.exceptions.covers_all && self.rules.iter().filter(asks).any(is_on)
    }

    /// Whether a rule that is off would find anything in a unit. Of those that judge no units it is not asked.
    fn would_find<'a>(&'a self, name: &str, judged: &Judged<'a>) -> bool {
        let Some(rule) = self.rules.iter().find(|rule| rule.name == name) else { return true };
        let is_of_units = matches!(rule.check, Check::Unit(_) | Check::UnitAndConfiguration(..));
        !is_of_units
            || self
                .run_rule_at(rule, rule.level, judged)
                .is_none_or(|(judge, failed)| failed || !judge.drafts.is_empty())
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

    /// Reads a unit as it is in each environment that it belongs to.
    fn read_unit(
        &self,
        front_end: &dyn FrontEnd,
        source: &UnitSource,
        sources: &Sources,
        mut take: impl FnMut(Vec<Arc<str>>, Unit),
    ) {
        let environments = self.environments.of(source);
        let mut missing = environments.clone();
        let read = || match environments.as_slice() {
            [] => take(Vec::new(), front_end.read(source, sources)),
            _ => front_end.read_in(source, &environments, sources, &mut |environments, unit| {
                missing.retain(|name| !environments.contains(name));
                take(environments, unit);
            }),
        };
        if catch_unwind(AssertUnwindSafe(read)).is_err() {
            let message = format!("the {} front end failed on this input", front_end.name());
            let unit = Unit::new(Model::default(), vec![internal_error(&source.path, message)], 0);
            take(missing, unit);
        }
    }

    fn discover<'c>(&self, sources: &Sources, candidates: &'c [Candidate]) -> Found<'_, 'c> {
        let mut asked = Cow::Borrowed(candidates);
        if candidates.iter().any(|one| one.aside) {
            asked.to_mut().retain(|one| !one.aside);
        }
        let discoveries: Vec<_> = self
            .front_ends
            .par_iter()
            .map(|front_end| (front_end, guarded_discover(front_end.as_ref(), &asked, sources)))
            .collect();
        let mut units: Vec<(&dyn FrontEnd, UnitSource)> = Vec::new();
        let mut claimed = HashSet::default();
        let mut diagnostics = Vec::new();
        let mut refused = Vec::new();
        for (front_end, discovery) in discoveries {
            units.extend(discovery.units.into_iter().map(|unit| (front_end.as_ref(), unit)));
            claimed.extend(discovery.claimed);
            diagnostics.extend(discovery.diagnostics);
            refused.extend(discovery.refused);
        }
        let unclaimed = candidates.iter().filter(|one| one.named && !claimed.contains(&one.path));
        let unclaimed = unclaimed.map(|candidate| {
            let why = refused.iter().filter(|(path, _)| *path == candidate.path);
            let front_ends = self.front_ends.iter().map(|front_end| front_end.name()).collect();
            Unclaimed { path: &candidate.path, why: why.map(|(_, why)| why.clone()).collect(), front_ends }
        });
        let unclaimed = unclaimed.collect();
        units.retain(|(_, unit)| {
            let left_out = self.environments.left_out(unit);
            diagnostics.extend(left_out.clone());
            left_out.is_none()
        });
        units.sort_by(|(_, a), (_, b)| a.cmp(b));
        Found { units, diagnostics, unclaimed }
    }

    fn check_unit(&self, front_end: &dyn FrontEnd, source: &UnitSource, sources: &Sources) -> Outcome {
        let mut variants = Vec::new();
        self.read_unit(front_end, source, sources, |environments, unit| {
            variants.push(self.check_reading(front_end, source, environments, unit));
        });
        variants::together(&self.environments.known, variants)
    }

    fn check_reading(
        &self,
        front_end: &dyn FrontEnd,
        source: &UnitSource,
        environments: Vec<Arc<str>>,
        unit: Unit,
    ) -> Outcome {
        let analyses = Analyses::default();
        let judged = Judged::Unit { model: &unit.model, analyses: &analyses, source, front_end };
        let mut outcome = self.judge(&judged);
        outcome.diagnostics.extend(unit.diagnostics);
        outcome.secrets.extend(unit.secrets);
        outcome.secrets.extend(unit.model.sensitive_places());
        if self.judges_credentials() {
            let InValues { found, parts } = InValues::of(&unit.model);
            outcome.computed = found;
            outcome.secrets.extend(parts);
        }
        outcome.diagnostics.extend(unit.model.asides.iter().map(|aside| left_aside(aside, &source.path)));
        outcome.findings.iter_mut().for_each(|one| one.environments.clone_from(&environments));
        outcome.diagnostics.iter_mut().for_each(|one| one.environments.clone_from(&environments));
        outcome.claims.push((environments.clone(), unit.model.exceptions.clone()));
        outcome.spoken.push((environments.clone(), Spoken::of(&unit.model)));
        if let Some(configuration) = self.options.configuration.as_ref().filter(|_| self.judges_matches()) {
            outcome.matched = matched(configuration, &unit.model, |name| self.would_find(name, &judged));
        }
        if self.exceptions.entries.iter().any(|entry| !entry.resources.is_empty()) {
            outcome.aliases.push((environments.clone(), Aliases::of(&unit.model)));
        }
        outcome.summary = Some(UnitSummary {
            kind: source.kind,
            path: if source.path.is_empty() { ".".into() } else { Arc::clone(&source.path) },
            complete: !outcome.diagnostics.iter().any(|diagnostic| diagnostic.incomplete),
            resources: unit.resources,
            environments,
        });
        outcome
    }

    fn judge<'a>(&'a self, judged: &Judged<'a>) -> Outcome {
        let rules: Vec<&'static Rule> =
            self.rules.iter().copied().filter(|rule| judged.is_for(rule)).collect();
        let outcomes: Vec<(Judge<'static>, bool)> =
            rules.into_par_iter().filter_map(|rule| self.run_rule(rule, judged)).collect();
        let mut outcome = Outcome::default();
        if let Some(span) = outcomes.iter().find_map(|(judge, _)| judge.gave_up()) {
            let message = "which conditions hold together takes too long to find out";
            let diagnostic = Diagnostic::error("too-large", judged.path(), message).at(span);
            outcome.diagnostics.push(diagnostic.help("what depends on that is undetermined"));
        }
        for (judge, failed) in outcomes {
            if failed {
                let message = format!("the rule `{}` failed", judge.rule.name);
                outcome.diagnostics.push(internal_error(judged.path(), message));
            }
            outcome.tallies.push((judge.rule, judge.tally()));
            outcome.secrets.extend(judge.secrets);
            let mut numbered = Fingerprints::default();
            for mut draft in judge.drafts {
                if let Some(unknown) = draft.unknown.as_ref().filter(|_| draft.help.is_empty()) {
                    draft.help = judged.settle(unknown);
                }
                // Credentials are told apart by the file that they stand in first, which is the subject.
                let path = match judged {
                    Judged::Credentials(..) => Arc::clone(&draft.subject.name),
                    _ => judged.path().into(),
                };
                outcome.findings.push(numbered.finding(judge.rule, draft, &path));
            }
        }
        outcome
    }

    /// Runs a rule, unless it is switched off or judges something else; the flag says that it panicked.
    fn run_rule<'a>(&'a self, rule: &'static Rule, judged: &Judged<'a>) -> Option<(Judge<'static>, bool)> {
        let level = match self.options.levels.get(rule.name) {
            Some(level) => (*level)?,
            None => rule.level,
        };
        self.run_rule_at(rule, level, judged)
    }

    fn run_rule_at<'a>(
        &'a self,
        rule: &'static Rule,
        level: Level,
        judged: &Judged<'a>,
    ) -> Option<(Judge<'static>, bool)> {
        let mut judge = Judge::new(rule, level);
        let failed = match (rule.check, judged) {
            (
                Check::Unit(check) | Check::UnitAndConfiguration(check, _),
                Judged::Unit { model, analyses, .. },
            ) => {
                let context = Context { model, options: &self.options, analyses };
                let failed = catch_unwind(AssertUnwindSafe(|| check(&context, &mut judge))).is_err();
                judge.keep_possible(&model.conditions);
                failed
            }
            (Check::Text(check), Judged::Text(file)) => {
                catch_unwind(AssertUnwindSafe(|| check(file, &mut judge))).is_err()
            }
            (Check::Credentials(check), Judged::Credentials(sightings, sources)) => {
                catch_unwind(AssertUnwindSafe(|| check(sightings, sources, &mut judge))).is_err()
            }
            (Check::Exceptions(kind), Judged::Exceptions(reviewed)) => {
                reviewed.report(kind, &mut judge);
                false
            }
            (
                Check::Configuration(check) | Check::UnitAndConfiguration(_, check),
                Judged::Configuration { configuration, matched },
            ) => {
                let context = Configured { configuration, options: &self.options, matched: *matched };
                catch_unwind(AssertUnwindSafe(|| check(&context, &mut judge))).is_err()
            }
            _ => return None,
        };
        Some((judge, failed))
    }
}

/// What the candidates are.
struct Found<'f, 'c> {
    /// The units of all front ends in the order of the report.
    units: Vec<(&'f dyn FrontEnd, UnitSource)>,
    /// What is wrong with candidates that are no unit.
    diagnostics: Vec<Diagnostic>,
    unclaimed: Vec<Unclaimed<'c>>,
}

/// A candidate that the caller named and that is nothing to any front end.
struct Unclaimed<'c> {
    path: &'c Arc<str>,
    /// Why it is none, where it is called like an input.
    why: Vec<String>,
    front_ends: Vec<&'static str>,
}

impl Unclaimed<'_> {
    /// What is said of it. A text that is not called like an input was checked for all that it can hold when it was looked through
    /// for credentials; `texts` are those.
    fn diagnostic(self, texts: &HashSet<Arc<str>>) -> Diagnostic {
        let Self { path, why, front_ends } = self;
        if why.is_empty() && texts.contains(path) {
            let message =
                format!("`{path}` is no infrastructure code, and was looked through for access keys");
            return Diagnostic::note("not-recognised", Arc::clone(path), message);
        }
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
        let message = format!("`{path}` is no input that can be checked{why}");
        Diagnostic::error("not-recognised", Arc::clone(path), message)
            .help(format!("give an input of {}", front_ends.join(" or ")))
    }
}

fn guarded_discover(front_end: &dyn FrontEnd, candidates: &[Candidate], sources: &Sources) -> Discovery {
    catch_unwind(AssertUnwindSafe(|| front_end.discover(candidates, sources))).unwrap_or_else(|_| Discovery {
        diagnostics: vec![internal_error(".", format!("the {} front end failed", front_end.name()))],
        ..Discovery::default()
    })
}

/// What the guardrails exclude is named and never judged.
fn left_aside(aside: &Aside, path: &Arc<str>) -> Diagnostic {
    let Aside { subject, span, what } = aside;
    let message = format!("`{subject}`: the {what} is out of the scope of the guardrails");
    Diagnostic::note("out-of-scope", Arc::clone(path), message).at(*span).label("left aside")
}

/// A claim that does not stand in the revision whose claims count.
fn not_in(revision: &str, claim: &Entry) -> Diagnostic {
    let message = format!("{} does not stand in `{revision}` like this, and covers nothing", claim.named());
    Diagnostic::warning("exception-not-in-revision", Arc::clone(&claim.path), message)
        .at(claim.span)
        .help("it counts as soon as that revision has it")
}

fn internal_error(path: &str, message: String) -> Diagnostic {
    Diagnostic::error("internal-error", path, message)
        .help("this is a defect of iamrail; please report it with the input that shows it")
}

/// What rules judge.
enum Judged<'a> {
    Unit { model: &'a Model, analyses: &'a Analyses<'a>, source: &'a UnitSource, front_end: &'a dyn FrontEnd },
    Text(&'a SourceFile),
    Credentials(&'a Sightings, &'a Sources),
    Exceptions(&'a Reviewed),
    Configuration { configuration: &'a Configuration, matched: Option<&'a Matched> },
}

impl Judged<'_> {
    /// Whether a rule judges such a thing.
    fn is_for(&self, rule: &Rule) -> bool {
        matches!(
            (rule.check, self),
            (Check::Unit(_) | Check::UnitAndConfiguration(..), Judged::Unit { .. })
                | (Check::Text(_), Judged::Text(_))
                | (Check::Credentials(_), Judged::Credentials(..))
                | (Check::Exceptions(_), Judged::Exceptions(_))
                | (Check::Configuration(_) | Check::UnitAndConfiguration(..), Judged::Configuration { .. })
        )
    }

    fn path(&self) -> &str {
        match self {
            Judged::Unit { source, .. } => &source.path,
            Judged::Text(file) => file.path(),
            Judged::Credentials(..) => ".",
            Judged::Exceptions(_) => "",
            Judged::Configuration { configuration, .. } => &configuration.path,
        }
    }

    /// What would settle something that is not known; nothing is said of texts, which are all there, and of exceptions
    /// and the configuration, which say it themselves.
    fn settle(&self, unknown: &Unknown) -> String {
        match self {
            Judged::Unit { source, front_end, .. } => front_end.settle(source, unknown),
            Judged::Text(_)
            | Judged::Credentials(..)
            | Judged::Exceptions(_)
            | Judged::Configuration { .. } => String::new(),
        }
    }
}
