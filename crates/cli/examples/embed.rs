//! Checks a template that is held in memory.

use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::options::Options;
use iamrail::core::source::{MemoryFiles, Sources};

pub(crate) const TEMPLATE: &str = "
Resources:
  Ann:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/ReadOnlyAccess
";

/// What is wrong with a template, a line each.
pub(crate) fn findings(template: &str) -> Vec<String> {
    let sources = Arc::new(Sources::new(MemoryFiles::new([("template.yaml", template)])));
    let checker = iamrail::checker(Options::default());
    let report = checker.check(&sources, &[Candidate::named("template.yaml")]);
    let lines = report.findings.iter().map(|finding| {
        let line = sources.locate(finding.span).map_or(0, |place| place.start.line);
        format!("line {line}: {}[{}]: {}", finding.level, finding.rule.name, finding.message)
    });
    lines.collect()
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() {
    for finding in findings(TEMPLATE) {
        println!("{finding}");
    }
}
