//! The report as SARIF 2.1.0, for code scanning services and editors.
//!
//! Addresses are relative to `%SRCROOT%`, the root of the run: those services look files up in the repository.

use std::collections::BTreeMap;
use std::io::{self, Write};

use iamrail::core::exceptions::Entry;
use iamrail::core::report::{Diagnostic, Finding, Level, Related, Report, Verdict};
use iamrail::core::rule::Rule;
use iamrail::core::source::Span;
use serde::Serialize;

use super::{Scene, Shown, environments, texts};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT: &str = "%SRCROOT%";

/// Writes a report.
pub(crate) fn sarif(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Log::new(shown))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, Described>,
    invocations: [Invocation; 1],
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text,
    help: Page,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Page {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Tags {
    tags: Vec<&'static str>,
}

#[derive(Serialize)]
struct Described {
    description: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: Named,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Named {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Environments>,
}

/// The environments that a result is about.
#[derive(Serialize)]
struct Environments {
    environments: Vec<String>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<Physical>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Logical>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

impl Log {
    fn new(shown: &Shown<'_>) -> Self {
        let Shown { report, scene } = shown;
        let root = "The root of the run: the repository, or the directory that holds what is checked.";
        let run = Run {
            tool: Tool { driver: Driver::new(report) },
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: BTreeMap::from([(ROOT, Described { description: Text::new(root) })]),
            invocations: [Invocation {
                execution_successful: report.is_complete(),
                tool_execution_notifications: report
                    .diagnostics
                    .iter()
                    .map(|diagnostic| Notification::new(scene, diagnostic))
                    .collect(),
            }],
            results: report.findings.iter().map(|finding| Outcome::new(shown, finding)).collect(),
        };
        Self { schema: SCHEMA, version: "2.1.0", runs: [run] }
    }
}

impl Driver {
    fn new(report: &Report) -> Self {
        Self {
            name: "iamrail",
            semantic_version: env!("CARGO_PKG_VERSION"),
            information_uri: env!("CARGO_PKG_REPOSITORY"),
            rules: report.rules.iter().map(|(rule, _)| Descriptor::new(rule)).collect(),
        }
    }
}

impl Descriptor {
    fn new(rule: &'static Rule) -> Self {
        let statements = rule.statements.iter().map(|statement| statement.0);
        Self {
            id: rule.name,
            short_description: Text::new(rule.summary),
            help: Page { text: rule.page, markdown: rule.page },
            default_configuration: Configuration { level: rule.level.as_str() },
            properties: Tags { tags: ["security"].into_iter().chain(statements).collect() },
        }
    }
}

impl Notification {
    fn new(scene: &Scene<'_>, diagnostic: &Diagnostic) -> Self {
        let place = diagnostic.span.and_then(|span| Physical::at(scene, span));
        let place = place.unwrap_or_else(|| Physical::whole(scene, &diagnostic.path));
        let mut message = diagnostic.message.clone();
        if let Some(environments) = environments::of_diagnostic(diagnostic) {
            message.push_str(&format!(" ({environments})"));
        }
        Self {
            descriptor: Named { id: diagnostic.code },
            level: diagnostic.level.as_str(),
            message: Text::new(scene.text(&message)),
            locations: vec![Location::new(Some(place))],
        }
    }
}

impl Outcome {
    fn new(shown: &Shown<'_>, finding: &Finding) -> Self {
        let Shown { report, scene } = shown;
        // A result that is no failure has no level: the standard demands "none".
        let (kind, level) = match (finding.verdict, finding.level) {
            (Verdict::Undetermined, _) => ("open", "none"),
            (Verdict::Violated, Level::Error) => ("fail", "error"),
            (Verdict::Violated, Level::Warning) => ("fail", "warning"),
            (Verdict::Violated, _) => ("fail", "note"),
        };
        let mut message = finding.message.clone();
        if let Some(environments) = environments::of_finding(report, finding) {
            message.push_str(&format!(" ({environments})"));
        }
        if !finding.help.is_empty() {
            message.push_str(&format!("\n{}", finding.help));
        }
        let mut location = Location::new(Physical::at(scene, finding.span)).of(&scene.text(&finding.subject));
        if let Some(path) = &finding.construct {
            let fully_qualified_name = scene.text(path).into_owned();
            location.logical_locations.push(Logical { fully_qualified_name, kind: "construct" });
        }
        let related = (1..).zip(&finding.related).map(|(id, related)| Location::related(scene, id, related));
        Self {
            rule_id: finding.rule.name,
            rule_index: report.rules.iter().position(|(rule, _)| rule.name == finding.rule.name),
            kind,
            level,
            message: Text::new(scene.text(&message)),
            locations: vec![location],
            related_locations: related.collect(),
            partial_fingerprints: BTreeMap::from([("iamrail/v1", finding.fingerprint.clone())]),
            suppressions: finding
                .exception
                .iter()
                .map(|exception| Suppression::new(scene, exception))
                .collect(),
            properties: (!finding.environments.is_empty())
                .then(|| Environments { environments: texts(scene, &finding.environments) }),
        }
    }
}

impl Suppression {
    fn new(scene: &Scene<'_>, exception: &Entry) -> Self {
        let mut justification =
            exception.reason.as_ref().map_or_else(String::new, |one| one.text.to_string());
        let mut add = |what: &str, text: String| justification.push_str(&format!("\n{what}: {text}"));
        for (what, written) in [("owner", &exception.owner), ("approved by", &exception.approver)] {
            written.iter().for_each(|one| add(what, one.text.to_string()));
        }
        if let Some((date, _)) = exception.review {
            add("review date", date.to_string());
        }
        Self {
            kind: if exception.is_inline() { "inSource" } else { "external" },
            status: "accepted",
            justification: scene.text(&justification).into_owned(),
            location: Physical::at(scene, exception.span).map(|place| Location::new(Some(place))),
        }
    }
}

impl Location {
    fn new(physical_location: Option<Physical>) -> Self {
        Self { id: None, physical_location, logical_locations: Vec::new(), message: None }
    }

    fn related(scene: &Scene<'_>, id: usize, related: &Related) -> Self {
        let place = related.span.and_then(|span| Physical::at(scene, span));
        let message = Some(Text::new(scene.text(&related.message)));
        Self { id: Some(id), message, ..Self::new(place) }.of(&scene.text(&related.subject))
    }

    fn of(mut self, subject: &str) -> Self {
        if !subject.is_empty() {
            self.logical_locations
                .push(Logical { fully_qualified_name: subject.to_owned(), kind: "resource" });
        }
        self
    }
}

impl Physical {
    fn at(scene: &Scene<'_>, span: Span) -> Option<Self> {
        let at = scene.sources.locate(span)?;
        let region = Region {
            start_line: at.start.line,
            start_column: at.start.column,
            end_line: at.end.line,
            end_column: at.end.column,
        };
        Some(Self { region: Some(region), ..Self::whole(scene, &at.path) })
    }

    fn whole(scene: &Scene<'_>, path: &str) -> Self {
        let path = &scene.mask.path(path);
        Self { artifact_location: Artifact { uri: uri(path), uri_base_id: ROOT }, region: None }
    }
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// A path as a relative reference, percent-encoded where an address demands it.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_becomes_a_relative_reference() {
        assert_eq!(uri("a b/ü#?:%.tf"), "a%20b/%C3%BC%23%3F%3A%25.tf");
    }
}
