//! The pages of the rules: every example is checked, and gives the verdict that its fence names.
//!
//! A fence reads `hcl violated`, `yaml clean`, `json undetermined`; `yaml config` is a configuration file. Fences of other
//! languages are left alone.

use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::options::Options;
use iamrail::core::report::{Level, Verdict};
use iamrail::core::rule::{Check, Rule};
use iamrail::core::rules::RULES;
use iamrail::core::source::{MemoryFiles, Sources};

use crate::TODAY;
use crate::markdown::{Fence, fences};

#[test]
fn every_example_of_every_page_gives_the_verdict_that_it_names() {
    let wrong: Vec<String> = RULES
        .iter()
        .flat_map(|rule| fences(rule.page).into_iter().filter_map(|fence| fault(rule, &fence)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_shows_a_violation_and_the_way_out() {
    for rule in RULES {
        let fences = fences(rule.page);
        let has = |verdict: &str| fences.iter().any(|fence| fence.info.iter().any(|word| word == verdict));
        // A credential on a page would be one in this repository.
        let violated = has("violated") || matches!(rule.check, Check::Credentials(_));
        assert!(violated && has("clean"), "the page of `{}` lacks an example", rule.name);
    }
}

/// What is wrong with an example, if anything.
fn fault(rule: &Rule, fence: &Fence) -> Option<String> {
    let words: Vec<&str> = fence.info.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["yaml", "config"] => configuration(&fence.text),
        ["hcl", verdict] => expect(rule, "main.tf", &fence.text, verdict),
        ["yaml", verdict] => expect(rule, "template.yaml", &fence.text, verdict),
        ["json", verdict] => expect(rule, "template.json", &fence.text, verdict),
        ["hcl" | "yaml" | "json"] => Err("the fence names no verdict".to_owned()),
        _ => Ok(()),
    };
    found.err().map(|fault| format!("{}.md:{}: {fault}", rule.name, fence.line))
}

fn configuration(text: &str) -> Result<(), String> {
    let sources = Sources::new(MemoryFiles::new([("iamrail.yaml", text)]));
    let file = sources.load("iamrail.yaml").map_err(|error| error.to_string())?;
    iamrail::config::parse(&file).map_err(|error| error.message.clone())?;
    let read = iamrail::exceptions::parse_configuration(&file, file.path());
    read.map(drop).map_err(|errors| errors.iter().map(|error| error.message.as_str()).collect())
}

fn expect(rule: &Rule, path: &str, text: &str, verdict: &str) -> Result<(), String> {
    let sources = Arc::new(Sources::new(MemoryFiles::new([(path, text)])));
    let mut options = Options::default();
    options.today = Some(TODAY);
    let report = iamrail::checker(options).check(&sources, &[Candidate::named(path)]);
    let broken = report.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error);
    if let Some(broken) = broken {
        return Err(format!("the example is broken: {}", broken.message));
    }
    let findings = || report.findings.iter().filter(|finding| finding.rule.name == rule.name);
    let found = match (
        findings().any(|finding| finding.verdict == Verdict::Violated),
        findings().any(|finding| finding.verdict == Verdict::Undetermined),
    ) {
        (true, _) => "violated",
        (false, true) => "undetermined",
        (false, false) => "clean",
    };
    if found == verdict { Ok(()) } else { Err(format!("expected {verdict}, found {found}")) }
}
