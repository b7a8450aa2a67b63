//! The engine: front ends read units in parallel, rules judge them in parallel, the report is in a fixed order.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::model::Model;
use crate::options::Options;
use crate::report::{Diagnostic, Finding, Related, Report, Tally, UnitSummary};
use crate::rule::{Check, Context, Draft, Judge, Rule};
use crate::rules::RULES;
use crate::source::{Sources, Span};

/// Reads one family of formats. The seam at which new inputs join.
pub trait FrontEnd: Send + Sync {
    /// Its name, for messages: `Terraform`.
    fn name(&self) -> &'static str;

    /// Which units the candidates make up. Reads no more of them than it needs to recognise its own.
    fn discover(&self, candidates: &[Candidate], sources: &Sources) -> Discovery;

    /// Reads a unit that it discovered. Never fails: what cannot be read is a diagnostic and an unknown value.
    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit;
}

/// A file that may be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Candidate {
    /// Its path relative to the root of the run.
    pub path: Arc<str>,
    /// Whether the caller named this very file, and so expects it to be understood.
    pub named: bool,
}

impl Candidate {
    /// A file found below a directory that the caller named.
    pub fn found(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), named: false }
    }

    /// A file that the caller named.
    pub fn named(path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), named: true }
    }
}

/// What a front end recognised.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Discovery {
    /// The units, each to be read on its own.
    pub units: Vec<UnitSource>,
    /// The candidates that are accounted for: by a unit, by being part of one, or by a diagnostic.
    pub claimed: Vec<Arc<str>>,
    /// What is wrong with candidates that are no unit.
    pub diagnostics: Vec<Diagnostic>,
}

/// A unit that can be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UnitSource {
    /// The directory or file; the empty path is the root of the run.
    pub path: Arc<str>,
    /// The kind, as in [`UnitSummary::kind`].
    pub kind: &'static str,
}

impl UnitSource {
    /// A unit at a path.
    pub fn new(kind: &'static str, path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), kind }
    }
}

/// What a front end made of a unit.
#[derive(Debug)]
#[non_exhaustive]
pub struct Unit {
    /// The linked model.
    pub model: Model,
    /// What could not be read, parsed or evaluated.
    pub diagnostics: Vec<Diagnostic>,
    /// How many resources the unit declares, those without a meaning for IAM included.
    pub resources: usize,
}

impl Unit {
    /// A unit. It is complete unless a diagnostic says that something was left out.
    pub fn new(model: Model, diagnostics: Vec<Diagnostic>, resources: usize) -> Self {
        Self { model, diagnostics, resources }
    }
}

/// Checks inputs. Built once, used from any number of threads.
pub struct Checker {
    front_ends: Vec<Box<dyn FrontEnd>>,
    rules: Vec<&'static Rule>,
    options: Options,
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
        Self { front_ends: Vec::new(), rules: RULES.to_vec(), options }
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

    /// Checks the candidates. Runs on the rayon thread pool it is called in.
    pub fn check(&self, sources: &Arc<Sources>, candidates: &[Candidate]) -> Report {
        let mut run = Run::default();
        let (units, diagnostics) = self.discover(sources, candidates);
        run.diagnostics.extend(diagnostics);
        let outcomes: Vec<Outcome> =
            units.par_iter().map(|(front_end, unit)| self.check_unit(*front_end, unit, sources)).collect();
        for (index, outcome) in outcomes.into_iter().enumerate() {
            run.take(index, outcome);
        }
        let texts: Vec<Outcome> =
            sources.all().par_iter().map(|file| self.judge(&Judged::Text(file), sources)).collect();
        for outcome in texts {
            let file = outcome.findings.first().and_then(|finding| sources.file(finding.span.file));
            let unit = file.map_or(0, |file| run.unit_of(file.path()));
            run.take_text(unit, outcome);
        }
        run.finish(&self.rules, sources)
    }

    /// Reads the candidates without judging them: the units in the order of the report.
    pub fn read(&self, sources: &Sources, candidates: &[Candidate]) -> Vec<(UnitSource, Unit)> {
        let (units, _) = self.discover(sources, candidates);
        let read = |(front_end, source): (&dyn FrontEnd, UnitSource)| {
            let unit = guarded_read(front_end, &source, sources);
            (source, unit)
        };
        units.into_par_iter().map(read).collect()
    }

    /// The units of all front ends in the order of the report, and what is wrong with candidates that are no unit.
    fn discover(
        &self,
        sources: &Sources,
        candidates: &[Candidate],
    ) -> (Vec<(&dyn FrontEnd, UnitSource)>, Vec<Diagnostic>) {
        let discoveries: Vec<_> = self
            .front_ends
            .par_iter()
            .map(|front_end| (front_end, guarded_discover(front_end.as_ref(), candidates, sources)))
            .collect();
        let mut units: Vec<(&dyn FrontEnd, UnitSource)> = Vec::new();
        let mut claimed = HashSet::new();
        let mut diagnostics = Vec::new();
        for (front_end, discovery) in discoveries {
            units.extend(discovery.units.into_iter().map(|unit| (front_end.as_ref(), unit)));
            claimed.extend(discovery.claimed);
            diagnostics.extend(discovery.diagnostics);
        }
        for candidate in candidates.iter().filter(|one| one.named && !claimed.contains(&one.path)) {
            diagnostics.push(self.not_recognised(candidate));
        }
        units.sort_by(|(_, a), (_, b)| a.cmp(b));
        (units, diagnostics)
    }

    fn not_recognised(&self, candidate: &Candidate) -> Diagnostic {
        let names: Vec<_> = self.front_ends.iter().map(|front_end| front_end.name()).collect();
        let message = format!("`{}` is no input that can be checked", candidate.path);
        Diagnostic::error("not-recognised", Arc::clone(&candidate.path), message)
            .help(format!("give an input of {}", names.join(" or ")))
    }

    fn check_unit(&self, front_end: &dyn FrontEnd, source: &UnitSource, sources: &Sources) -> Outcome {
        let unit = guarded_read(front_end, source, sources);
        let mut outcome = self.judge(&Judged::Unit { model: &unit.model, path: &source.path }, sources);
        outcome.diagnostics.extend(unit.diagnostics);
        outcome.summary = Some(UnitSummary {
            kind: source.kind,
            path: if source.path.is_empty() { ".".into() } else { Arc::clone(&source.path) },
            complete: !outcome.diagnostics.iter().any(|diagnostic| diagnostic.incomplete),
            resources: unit.resources,
        });
        outcome
    }

    fn judge(&self, judged: &Judged<'_>, sources: &Sources) -> Outcome {
        let outcomes: Vec<(Judge<'static>, bool)> =
            self.rules.par_iter().filter_map(|rule| self.run_rule(rule, judged)).collect();
        let mut outcome = Outcome::default();
        for (judge, failed) in outcomes {
            if failed {
                let message = format!("the rule `{}` failed", judge.rule.name);
                outcome.diagnostics.push(internal_error(judged.path(), message));
            }
            outcome.tallies.push((judge.rule, judge.tally));
            outcome.secrets.extend(judge.secrets);
            let mut numbered = Fingerprints::default();
            for draft in judge.drafts {
                outcome.findings.push(numbered.finding(judge.rule, draft, judged.path(), sources));
            }
        }
        outcome
    }

    /// Runs a rule, unless it is switched off or judges something else; the flag says that it panicked.
    fn run_rule(&self, rule: &'static Rule, judged: &Judged<'_>) -> Option<(Judge<'static>, bool)> {
        let level = match self.options.levels.get(rule.name) {
            Some(level) => (*level)?,
            None => rule.level,
        };
        let mut judge = Judge::new(rule, level);
        let failed = match (rule.check, judged) {
            (Check::Unit(check), Judged::Unit { model, .. }) => {
                let context = Context { model, options: &self.options };
                catch_unwind(AssertUnwindSafe(|| check(&context, &mut judge))).is_err()
            }
            (Check::Text(check), Judged::Text(file)) => {
                catch_unwind(AssertUnwindSafe(|| check(file, &mut judge))).is_err()
            }
            _ => return None,
        };
        Some((judge, failed))
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

fn internal_error(path: &str, message: String) -> Diagnostic {
    Diagnostic::error("internal-error", path, message)
        .help("this is a defect of iamrail; please report it with the input that shows it")
}

enum Judged<'a> {
    Unit { model: &'a Model, path: &'a str },
    Text(&'a crate::source::SourceFile),
}

impl Judged<'_> {
    fn path(&self) -> &str {
        match self {
            Judged::Unit { path, .. } => path,
            Judged::Text(file) => file.path(),
        }
    }
}

#[derive(Default)]
struct Outcome {
    findings: Vec<Finding>,
    diagnostics: Vec<Diagnostic>,
    tallies: Vec<(&'static Rule, Tally)>,
    secrets: Vec<Span>,
    summary: Option<UnitSummary>,
}

/// Gives findings their fingerprints: equal faults of one subject are told apart by their order.
#[derive(Default)]
struct Fingerprints {
    seen: std::collections::HashMap<String, usize>,
}

impl Fingerprints {
    fn finding(&mut self, rule: &'static Rule, draft: Draft, path: &str, sources: &Sources) -> Finding {
        let Draft { verdict, subject, span, mut message, level, label, help, mut related, guard, key } =
            draft;
        if !guard.is_always() {
            message.push_str(&format!(" when {guard}"));
        } else if subject.declared.as_ref().is_some_and(|declared| declared.instances.is_some()) {
            message.push_str(" if an instance is created");
        }
        if let Some(declared) = subject.declared.as_ref().filter(|declared| declared.span.file != span.file) {
            // What decides came from another file: a default, a template, a policy document.
            let here = Related::new(Arc::clone(&declared.subject), Some(declared.span), "declared here");
            if !related.iter().any(|one| one.span == here.span) {
                related.push(here);
            }
        }
        let calls = subject.declared.iter().flat_map(|declared| &declared.calls);
        related.extend(calls.rev().map(|call| {
            let at = sources.locate(call.span).map(|at| format!(" from {}:{}", at.path, at.start.line));
            let message = format!("called{}", at.unwrap_or_default());
            Related::new(Arc::clone(&call.subject), Some(call.span), message)
        }));
        let identity = [rule.name, verdict.as_str(), path, &subject.name, &key].join("\0");
        let ordinal = self.seen.entry(identity.clone()).or_default();
        let digest = Sha256::new().chain_update(&identity).chain_update(ordinal.to_be_bytes()).finalize();
        *ordinal += 1;
        let fingerprint = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Finding {
            rule,
            level,
            verdict,
            message,
            subject: subject.name,
            span,
            label,
            related,
            help,
            fingerprint,
            unit: 0,
        }
    }
}

#[derive(Default)]
struct Run {
    findings: Vec<Finding>,
    diagnostics: Vec<Diagnostic>,
    units: Vec<UnitSummary>,
    tallies: std::collections::BTreeMap<&'static str, Tally>,
    secrets: Vec<Span>,
}

impl Run {
    fn take(&mut self, index: usize, mut outcome: Outcome) {
        self.units.extend(outcome.summary.take());
        self.take_text(index, outcome);
    }

    fn take_text(&mut self, unit: usize, outcome: Outcome) {
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
    fn unit_of(&self, path: &str) -> usize {
        let leads = |unit: &str| {
            unit == "." || path == unit || path.strip_prefix(unit).is_some_and(|rest| rest.starts_with('/'))
        };
        let found = self.units.iter().enumerate().filter(|(_, unit)| leads(&unit.path));
        found.max_by_key(|(_, unit)| unit.path.len()).map_or(0, |(index, _)| index)
    }

    fn finish(mut self, rules: &[&'static Rule], sources: &Arc<Sources>) -> Report {
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
