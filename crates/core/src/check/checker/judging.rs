//! Runs the rules on what they judge.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Checker, internal_error};
use crate::check::fingerprint::Fingerprints;
use crate::check::run::Outcome;
use crate::check::{FrontEnd, UnitSource};
use crate::configuration::{Configuration, Matched};
use crate::exceptions::Reviewed;
use crate::model::Model;
use crate::report::{Diagnostic, Level, Tally};
use crate::rule::{Analyses, Check, Configured, Context, Judge, Rule};
use crate::sighting::Sightings;
use crate::source::{SourceFile, Sources};
use crate::value::Unknown;

/// How many users, groups, roles, policies, grants and workloads a unit has that is large enough to be judged by several threads.
const SMALL: usize = 64;

/// What rules judge.
pub(super) enum Judged<'a> {
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

    /// Whether to hand rules to other threads takes about as long as to run them. Small units are many, and keep all threads busy.
    fn is_small(&self) -> bool {
        match self {
            Judged::Unit { model, .. } => {
                let principals = model.users.len() + model.groups.len() + model.roles.len();
                principals + model.policies.len() + model.grants.len() + model.workloads.len() < SMALL
            }
            Judged::Text(_) => true,
            Judged::Credentials(..) | Judged::Exceptions(_) | Judged::Configuration { .. } => false,
        }
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

impl Checker {
    pub(super) fn judge<'a>(&'a self, judged: &Judged<'a>) -> Outcome {
        let rules: Vec<&'static Rule> =
            self.rules.iter().copied().filter(|rule| judged.is_for(rule)).collect();
        let at_once = if judged.is_small() { rules.len().max(1) } else { 1 };
        let outcomes: Vec<Option<(Judge<'static>, bool)>> =
            rules.into_par_iter().with_min_len(at_once).map(|rule| self.run_rule(rule, judged)).collect();
        let mut outcome = Outcome::default();
        if let Some(span) = outcomes.iter().flatten().find_map(|(judge, _)| judge.gave_up()) {
            let message = "which conditions hold together takes too long to find out";
            let diagnostic = Diagnostic::error("too-large", judged.path(), message).at(span);
            outcome.diagnostics.push(diagnostic.help("what depends on that is undetermined"));
        }
        for (judge, failed) in outcomes.into_iter().flatten() {
            if failed {
                let message = format!("the rule `{}` failed", judge.rule.name);
                outcome.diagnostics.push(internal_error(judged.path(), message));
            }
            // Most rules have nothing to say of most units, and there may be many units.
            outcome
                .tallies
                .extend(Some((judge.rule, judge.tally())).filter(|(_, tally)| *tally != Tally::default()));
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

    pub(super) fn run_rule_at<'a>(
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
