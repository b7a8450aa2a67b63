//! The report for programs.

use std::io::{self, Write};
use std::sync::Arc;

use iamrail::core::exceptions::{Entry, Written};
use iamrail::core::report::{Diagnostic, Finding, Related};
use serde::Serialize;

use super::{Place, Scene, Shown};

/// The version of the format: raised when something is taken away or changes its meaning, not when something is added.
const VERSION: u32 = 1;

/// Writes a report.
pub(crate) fn json(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document::new(shown))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document {
    version: u32,
    findings: Vec<FindingEntry>,
    units: Vec<UnitEntry>,
    diagnostics: Vec<DiagnosticEntry>,
    summary: Summary,
}

#[derive(Serialize)]
struct FindingEntry {
    rule: &'static str,
    level: &'static str,
    verdict: &'static str,
    message: String,
    subject: String,
    /// The path of the construct of the AWS CDK that made the subject.
    construct: Option<String>,
    location: Option<Place>,
    related: Vec<RelatedEntry>,
    statements: Vec<&'static str>,
    help: String,
    fingerprint: String,
    /// The environments that it holds in; not there when it does not depend on environments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<String>,
    /// The exception that covers the finding.
    exception: Option<ExceptionEntry>,
}

#[derive(Serialize)]
struct ExceptionEntry {
    reason: Option<String>,
    owner: Option<String>,
    approved_by: Option<String>,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    review_date: Option<String>,
    location: Option<Place>,
}

#[derive(Serialize)]
struct RelatedEntry {
    subject: String,
    location: Option<Place>,
    message: String,
}

#[derive(Serialize)]
struct UnitEntry {
    kind: &'static str,
    path: String,
    complete: bool,
    resources: usize,
    /// The environments that it is deployed to; not there when it belongs to none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<String>,
}

/// A diagnostic.
#[derive(Serialize)]
pub(crate) struct DiagnosticEntry {
    level: &'static str,
    code: &'static str,
    message: String,
    path: String,
    location: Option<Place>,
    help: String,
    incomplete: bool,
    /// The environments in which it is so; not there when it is so in all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<String>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    /// Other files, versions of files and files in images, which were only looked through for credentials.
    looked_through: usize,
    /// Files that are no text, which were not looked through; and versions of files in a history.
    binaries: usize,
    binary_versions: usize,
    units: usize,
    resources: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    undetermined: usize,
    excepted: usize,
    complete: bool,
    rules: Vec<RuleEntry>,
}

#[derive(Serialize)]
struct RuleEntry {
    rule: &'static str,
    holds: usize,
    violated: usize,
    undetermined: usize,
    excepted: usize,
}

impl Document {
    fn new(shown: &Shown<'_>) -> Self {
        let (report, scene) = (shown.report, &shown.scene);
        let unit = |unit: &iamrail::core::report::UnitSummary| UnitEntry {
            kind: unit.kind,
            path: scene.path(&unit.path),
            complete: unit.complete,
            resources: unit.resources,
            environments: texts(scene, &unit.environments),
        };
        Self {
            version: VERSION,
            findings: report.findings.iter().map(|finding| FindingEntry::new(scene, finding)).collect(),
            units: report.units.iter().map(unit).collect(),
            diagnostics: report.diagnostics.iter().map(|one| DiagnosticEntry::new(scene, one)).collect(),
            summary: Summary::new(shown),
        }
    }
}

/// Names as they may be shown.
pub(crate) fn texts(scene: &Scene<'_>, names: &[Arc<str>]) -> Vec<String> {
    names.iter().map(|name| scene.text(name).into_owned()).collect()
}

impl FindingEntry {
    fn new(scene: &Scene<'_>, finding: &Finding) -> Self {
        Self {
            rule: finding.rule.name,
            level: finding.level.as_str(),
            verdict: finding.verdict.as_str(),
            message: scene.text(&finding.message).into_owned(),
            subject: scene.text(&finding.subject).into_owned(),
            construct: finding.construct.as_ref().map(|path| scene.text(path).into_owned()),
            location: Place::new(scene, finding.span),
            related: finding.related.iter().map(|related| RelatedEntry::new(scene, related)).collect(),
            statements: finding.rule.statements.iter().map(|statement| statement.0).collect(),
            help: scene.text(&finding.help).into_owned(),
            fingerprint: finding.fingerprint.clone(),
            environments: texts(scene, &finding.environments),
            exception: finding.exception.as_ref().map(|exception| ExceptionEntry::new(scene, exception)),
        }
    }
}

impl ExceptionEntry {
    fn new(scene: &Scene<'_>, exception: &Entry) -> Self {
        let text = |written: &Option<Written>| written.as_ref().map(|one| scene.text(&one.text).into_owned());
        Self {
            reason: text(&exception.reason),
            owner: text(&exception.owner),
            approved_by: text(&exception.approver),
            review_date: exception.review.map(|(date, _)| date.to_string()),
            location: Place::new(scene, exception.span),
        }
    }
}

impl RelatedEntry {
    fn new(scene: &Scene<'_>, related: &Related) -> Self {
        Self {
            subject: scene.text(&related.subject).into_owned(),
            location: related.span.and_then(|span| Place::new(scene, span)),
            message: scene.text(&related.message).into_owned(),
        }
    }
}

impl DiagnosticEntry {
    /// A diagnostic as it may be shown.
    pub(crate) fn new(scene: &Scene<'_>, diagnostic: &Diagnostic) -> Self {
        Self {
            level: diagnostic.level.as_str(),
            code: diagnostic.code,
            message: scene.text(&diagnostic.message).into_owned(),
            path: scene.path(&diagnostic.path),
            location: diagnostic.span.and_then(|span| Place::new(scene, span)),
            help: scene.text(&diagnostic.help).into_owned(),
            incomplete: diagnostic.incomplete,
            environments: texts(scene, &diagnostic.environments),
        }
    }
}

impl Summary {
    fn new(shown: &Shown<'_>) -> Self {
        let counts = shown.counts();
        let rules = shown.report.rules.iter().map(|(rule, tally)| RuleEntry {
            rule: rule.name,
            holds: tally.holds,
            violated: tally.violated,
            undetermined: tally.undetermined,
            excepted: tally.excepted,
        });
        Self {
            files: shown.files(),
            looked_through: shown.report.looked_through,
            binaries: shown.report.binaries,
            binary_versions: shown.report.binary_versions,
            units: shown.report.units.len(),
            resources: shown.resources(),
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            undetermined: counts.undetermined,
            excepted: counts.excepted,
            complete: shown.report.is_complete(),
            rules: rules.collect(),
        }
    }
}
