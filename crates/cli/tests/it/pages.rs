//! The pages of the rules: every example is checked, and gives the verdict that its fence names.
//!
//! A fence reads `hcl violated`, `yaml clean`, `json undetermined`; `yaml config` is a configuration file. `yaml config violated`
//! is one with which the `hcl input` before it gives that verdict. Fences of other languages are left alone.

use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::exceptions::Exceptions;
use iamrail::core::report::{Level, Verdict};
use iamrail::core::rule::{Check, Rule};
use iamrail::core::rules::RULES;
use iamrail::core::source::{MemoryFiles, Sources};

use crate::TODAY;
use crate::markdown::{Fence, fences};

#[test]
fn every_example_of_every_page_gives_the_verdict_that_it_names() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let mut input = String::new();
        for fence in fences(rule.page) {
            if fence.info == ["hcl", "input"] {
                input = fence.text;
            } else {
                wrong.extend(fault(rule, &fence, &input));
            }
        }
    }
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

/// What is wrong with an example, if anything; `input` is what a configuration is for.
fn fault(rule: &Rule, fence: &Fence, input: &str) -> Option<String> {
    let words: Vec<&str> = fence.info.iter().map(String::as_str).collect();
    let found = match words.as_slice() {
        ["yaml", "config"] => configuration(&fence.text),
        ["yaml", "config", verdict] => expect(rule, "main.tf", input, &fence.text, verdict),
        ["hcl", verdict] => expect(rule, "main.tf", &fence.text, "", verdict),
        ["yaml", verdict] => expect(rule, "template.yaml", &fence.text, "", verdict),
        ["json", verdict] => expect(rule, "template.json", &fence.text, "", verdict),
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

fn expect(rule: &Rule, path: &str, text: &str, configuration: &str, verdict: &str) -> Result<(), String> {
    let files = [(path, text), ("iamrail.yaml", configuration)];
    let sources = Arc::new(Sources::new(MemoryFiles::new(files)));
    let file = sources.load("iamrail.yaml").map_err(|error| error.to_string())?;
    let mut options = iamrail::config::parse(&file).map_err(|error| error.message.clone())?;
    options.today = Some(TODAY);
    let mut exceptions = Exceptions::default();
    exceptions.covers_all = true;
    let checker = iamrail::checker(options).with_exceptions(exceptions);
    let report = checker.check(&sources, &[Candidate::named(path)]);
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
