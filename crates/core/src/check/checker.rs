//! What runs: discovery, reading, rules.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use super::credentials::{Gathering, InValues};
use super::elsewhere::Spoken;
use super::fingerprint::Fingerprints;
use super::run::{Outcome, Run};
use super::{Candidate, Discovery, FrontEnd, Unit, UnitSource};
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
        Self { front_ends: Vec::new(), rules: RULES.to_vec(), options, exceptions: Exceptions::default() }
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
        run.finish(&self.rules, sources)
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
        let mut reviewed = self.exceptions.review(claims, &self.options, &self.rules);
        run.except(&mut reviewed, self.exceptions.covers_all);
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

    /// Reads the candidates without judging them: the units in the order of the report.
    pub fn read(&self, sources: &Sources, candidates: &[Candidate]) -> Vec<(UnitSource, Unit)> {
        let Found { units, .. } = self.discover(sources, candidates);
        let read = |(front_end, source): (&dyn FrontEnd, UnitSource)| {
            let unit = guarded_read(front_end, &source, sources);
            (source, unit)
        };
        units.into_par_iter().map(read).collect()
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
        units.sort_by(|(_, a), (_, b)| a.cmp(b));
        Found { units, diagnostics, unclaimed }
    }

    fn check_unit(&self, front_end: &dyn FrontEnd, source: &UnitSource, sources: &Sources) -> Outcome {
        let unit = guarded_read(front_end, source, sources);
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
        outcome.claims.clone_from(&unit.model.exceptions);
        outcome.spoken = Spoken::of(&unit.model);
        if let Some(configuration) = self.options.configuration.as_ref().filter(|_| self.judges_matches()) {
            outcome.matched = matched(configuration, &unit.model, |name| self.would_find(name, &judged));
        }
        if self.exceptions.entries.iter().any(|entry| !entry.resources.is_empty()) {
            outcome.aliases = Aliases::of(&unit.model);
        }
        outcome.summary = Some(UnitSummary {
            kind: source.kind,
            path: if source.path.is_empty() { ".".into() } else { Arc::clone(&source.path) },
            complete: !outcome.diagnostics.iter().any(|diagnostic| diagnostic.incomplete),
            resources: unit.resources,
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

fn guarded_read(front_end: &dyn FrontEnd, source: &UnitSource, sources: &Sources) -> Unit {
    catch_unwind(AssertUnwindSafe(|| front_end.read(source, sources))).unwrap_or_else(|_| {
        let message = format!("the {} front end failed on this input", front_end.name());
        Unit::new(Model::default(), vec![internal_error(&source.path, message)], 0)
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
