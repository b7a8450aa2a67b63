//! A checklist in Markdown for the review of a change: the statements of the policy documents one by one, each with what was found
//! of it, or with what a reviewer has to look at.

mod look;

use std::fmt::Write as _;
use std::io::{self, Write};

use iamrail::core::options::Options;
use iamrail::core::report::{Diagnostic, Finding, Level, Report, Tally, Verdict};
use iamrail::core::rule::{Check, Rule, STATEMENTS, Statement};
use iamrail::core::source::Span;

use super::{Line, Scene, Shown, environments};
use look::{Look, look};

/// The statement that permissions are reviewed.
const PERMISSIONS_REVIEWED: &str = "FG-S4";
/// The most findings that are told of one statement.
const MOST_FINDINGS: usize = 20;
/// The most reasons why the input is not complete.
const MOST_REASONS: usize = 10;

/// The policy documents by the beginning of the identifiers of their statements.
const DOCUMENTS: [(&str, &str); 2] = [("UB-", "IAM Usage Basics"), ("FG-", "Foundational Guardrails")];

/// What is known of a statement.
struct Item<'r> {
    statement: &'static Statement,
    standing: Standing,
    /// What breaks it, what may, and what is worth knowing.
    findings: Vec<&'r Finding>,
    /// Rules that the options switch off.
    off: Vec<&'static Rule>,
}

/// How a statement fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing breaks it; how many subjects were judged.
    Holds(usize),
    /// Something breaks it.
    Violated,
    /// It cannot be decided here, and why.
    Open(&'static str),
}

/// Writes the checklist. The options tell which rules were not asked.
pub(crate) fn checklist(shown: &Shown<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (scene, report) = (&shown.scene, shown.report);
    let items: Vec<Item<'_>> = STATEMENTS.iter().map(|one| Item::new(report, options, one)).collect();
    let count = |is: fn(Standing) -> bool| items.iter().filter(|item| is(item.standing)).count();
    let mut text = "# Checklist of the IAM guardrails\n\n".to_owned();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "Of {} statements, {} hold as far as this input tells, {} are violated, and {} are for the reviewer to decide. Files read: {}, \
         units: {}, resources: {}.\n",
        items.len(),
        count(|standing| matches!(standing, Standing::Holds(_))),
        count(|standing| standing == Standing::Violated),
        count(|standing| matches!(standing, Standing::Open(_))),
        shown.files(),
        report.units.len(),
        shown.resources(),
    );
    text.push_str(&incomplete(scene, report));
    for (prefix, title) in DOCUMENTS {
        let _ = writeln!(text, "## {title}\n");
        for (at, item) in items.iter().enumerate().filter(|(_, item)| item.statement.id.0.starts_with(prefix))
        {
            item.write(shown, items.get(..at).unwrap_or_default(), &mut text);
        }
        text.push('\n');
    }
    out.write_all(text.trim_end().as_bytes())?;
    writeln!(out)
}

/// Whether a rule judges what code declares.
fn judges_units(rule: &Rule) -> bool {
    matches!(rule.check, Check::Unit(_) | Check::UnitAndConfiguration(..))
}

/// Why not all of the input was checked.
fn incomplete(scene: &Scene<'_>, report: &Report) -> String {
    let mut text = String::new();
    if report.is_complete() {
        return text;
    }
    text.push_str("**Not all of the input could be read or understood:**\n\n");
    let reasons: Vec<&Diagnostic> = report.diagnostics.iter().filter(|one| one.incomplete).collect();
    for reason in reasons.iter().take(MOST_REASONS) {
        let place = reason.span.and_then(|span| place(scene, span));
        let place = place.unwrap_or_else(|| Line::place(scene.path(&reason.path)));
        let message = located(&reason.message, environments::of_diagnostic(reason));
        let message = Line::message(scene, &message);
        let _ = writeln!(text, "- Here: {} ({})", message.markdown(scene), place.markdown(scene));
    }
    if let more @ 1.. = reasons.len().saturating_sub(MOST_REASONS) {
        let _ = writeln!(text, "- and {more} more");
    }
    text.push('\n');
    text
}

impl<'r> Item<'r> {
    fn new(report: &'r Report, options: &Options, statement: &'static Statement) -> Self {
        let is_for = |rule: &Rule| rule.statements.contains(&statement.id);
        let rules: Vec<&(&'static Rule, Tally)> =
            report.rules.iter().filter(|(rule, _)| is_for(rule)).collect();
        let is_off = |rule: &Rule| options.levels.get(rule.name).is_some_and(Option::is_none);
        let off: Vec<&'static Rule> =
            rules.iter().filter(|(rule, _)| is_off(rule)).map(|(rule, _)| *rule).collect();
        let mut findings: Vec<&Finding> =
            report.findings.iter().filter(|finding| is_for(finding.rule)).collect();
        // What is certain and grave comes first; otherwise the order of the report stays.
        findings.sort_by_key(|finding| (finding.verdict, std::cmp::Reverse(finding.level)));
        let mut counting = findings.iter().filter(|one| one.exception.is_none());
        let is_broken =
            counting.clone().any(|one| one.verdict == Verdict::Violated && one.level > Level::Note);
        // That the policy itself was reviewed shows nothing of the permissions.
        let of_policy = options.configuration.as_ref().is_some_and(|one| one.reviewed.is_some());
        let besides = usize::from(of_policy && statement.id.0 == PERMISSIONS_REVIEWED);
        let holds = rules.iter().map(|(_, tally)| tally.holds).sum::<usize>().saturating_sub(besides);
        let standing = if is_broken {
            Standing::Violated
        } else if rules.is_empty() {
            Standing::Open("no rule decides it")
        } else if !off.is_empty() {
            Standing::Open("the configuration switches off what would decide it")
        } else if counting.any(|one| one.verdict == Verdict::Undetermined) {
            Standing::Open("what decides is not known")
        } else if !report.is_complete() {
            Standing::Open("some of the input could not be read")
        } else if findings.iter().any(|one| one.exception.is_some()) {
            Standing::Open("exceptions cover what was found")
        } else if !findings.is_empty() {
            Standing::Open("only a person can judge what was found")
        } else if report.units.is_empty() && rules.iter().any(|(rule, _)| judges_units(rule)) {
            Standing::Open("no infrastructure code was read")
        } else if look(statement.id).is_some_and(|look| look.is_decisive(holds)) {
            Standing::Open("nothing here breaks it, and the input does not show all of it")
        } else {
            Standing::Holds(holds)
        };
        Self { statement, standing, findings, off }
    }

    /// Writes the item; `before` are those that were written already.
    fn write(&self, shown: &Shown<'_>, before: &[Item<'_>], text: &mut String) {
        let scene = &shown.scene;
        let Statement { id, text: demand, level, .. } = self.statement;
        let strength = if *level == Level::Error { "must" } else { "should" };
        let (mark, standing) = match self.standing {
            Standing::Holds(0) => ("x", "**holds**: nothing here breaks it".to_owned()),
            Standing::Holds(count) => ("x", format!("**holds**: {count} checked")),
            Standing::Violated => (" ", "**violated**".to_owned()),
            Standing::Open(why) => (" ", format!("**cannot be decided here**: {why}")),
        };
        let demand = Line::prose(*demand).markdown(scene);
        let _ = writeln!(text, "- [{mark}] **{id}** ({strength}) {demand}. {standing}");
        let same = |other: &&Item<'_>| {
            let mut pairs = other.findings.iter().zip(&self.findings);
            other.findings.len() == self.findings.len()
                && pairs.all(|(one, other)| std::ptr::eq(*one, *other))
        };
        match before.iter().find(same).filter(|_| !self.findings.is_empty()) {
            Some(other) => {
                let _ = writeln!(text, "  - The findings are those of {}.", other.statement.id);
            }
            None => self.findings(shown, text),
        }
        for rule in &self.off {
            let _ = writeln!(text, "  - The rule `{}` is switched off in the configuration.", rule.name);
        }
        if let (Standing::Open(_), Some(Look { at, .. })) = (self.standing, look(self.statement.id)) {
            let _ = writeln!(text, "  - Look at {at}.");
        }
    }

    fn findings(&self, shown: &Shown<'_>, text: &mut String) {
        let scene = &shown.scene;
        for finding in self.findings.iter().take(MOST_FINDINGS) {
            let environments = environments::of_finding(shown.report, finding);
            let message = located(&finding.message, environments);
            let message = Line::message(scene, &message).markdown(scene);
            let place = place(scene, finding.span).unwrap_or_default().markdown(scene);
            let rule = finding.rule.name;
            if let Some(exception) = &finding.exception {
                let by = self::place(scene, exception.span).unwrap_or_default().markdown(scene);
                let _ = writeln!(text, "  - excepted by {by} `{rule}`: {message} ({place})");
                continue;
            }
            let _ = match finding.verdict {
                Verdict::Violated => writeln!(text, "  - {} `{rule}`: {message} ({place})", finding.level),
                Verdict::Undetermined => {
                    let help = Line::message(scene, &finding.help).markdown(scene);
                    writeln!(text, "  - undetermined `{rule}`: {message} ({place}). To settle it: {help}")
                }
            };
        }
        if let more @ 1.. = self.findings.len().saturating_sub(MOST_FINDINGS) {
            let _ = writeln!(text, "  - and {more} more; `iamrail check` lists all of them");
        }
    }
}

/// A message with the environments that it is about.
fn located(message: &str, environments: Option<String>) -> String {
    environments.map_or_else(|| message.to_owned(), |environments| format!("{message}, {environments}"))
}

fn place(scene: &Scene<'_>, span: Span) -> Option<Line> {
    let at = scene.sources.locate(span)?;
    Some(Line::place(format!("{}:{}", scene.path(&at.path), at.start.line)))
}
