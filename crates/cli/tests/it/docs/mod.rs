//! The pages that are kept in step with the code: generated ones are compared (`UPDATE=1` writes them), examples are run.

mod schemas;

use std::fs;
use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::options::Options;
use iamrail::core::report::Finding;
use iamrail::core::rule::STATEMENTS;
use iamrail::core::rules::RULES;
use iamrail::core::source::{MemoryFiles, Sources};

use crate::TODAY;
use crate::command::iamrail;
use crate::markdown::fences;
use crate::repository;

#[path = "../../../examples/embed.rs"]
#[expect(dead_code, reason = "its main is that of the example")]
mod embed;

/// The text of a file of the repository.
fn page(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_default()
}

/// Compares a generated page, or writes it.
fn generated(path: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(repository().join(path), text).unwrap();
    }
    let old = page(path);
    let difference = similar::TextDiff::from_lines(old.as_str(), text).unified_diff().to_string();
    assert!(difference.is_empty(), "{path} is out of step, `UPDATE=1 cargo test` writes it:\n{difference}");
}

#[test]
fn the_page_of_the_rules_lists_them() {
    let mut text =
        "# Rules\n\nGenerated from the rules; `iamrail explain RULE` prints a page.\n\n".to_owned();
    text.push_str("| rule | level | statements | reports that |\n|---|---|---|---|\n");
    for rule in RULES {
        let statements: Vec<_> = rule.statements.iter().map(|statement| statement.0).collect();
        let page = format!("../crates/core/src/rules/{}.md", rule.name.replace('-', "_"));
        let (name, level, summary) = (rule.name, rule.level, rule.summary);
        text.push_str(&format!("| [{name}]({page}) | {level} | {} | {summary} |\n", statements.join(", ")));
    }
    text.push_str("\n## Statements\n\n| statement | level | demands that | rules |\n|---|---|---|---|\n");
    for statement in STATEMENTS {
        let rules = RULES.iter().filter(|rule| rule.statements.contains(&statement.id));
        let rules: Vec<_> = rules.map(|rule| rule.name).collect();
        let rules = if rules.is_empty() { "not covered".to_owned() } else { rules.join(", ") };
        text.push_str(&format!(
            "| {} | {} | {} | {rules} |\n",
            statement.id, statement.level, statement.text
        ));
    }
    generated("docs/rules.md", &text);
}

#[test]
fn the_page_of_the_command_line_is_its_help() {
    let mut text =
        "# Command line\n\nGenerated from `iamrail --help` and the help of its commands.\n".to_owned();
    let exceptions = ["exceptions", "exceptions list", "exceptions check", "exceptions import"];
    let commands =
        [&["", "check", "review", "show", "simulate"], &exceptions[..], &["explain", "rules"]].concat();
    for command in commands {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).filter(|arg| !arg.is_empty()).collect();
        let help = iamrail(&repository(), &args).out;
        let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let heading = format!("iamrail {command}");
        text.push_str(&format!("\n## {}\n\n```text\n{help}```\n", heading.trim_end()));
    }
    generated("docs/command-line.md", &text);
}

/// The examples of the page on exceptions: what a resource is declared as, with an exception that counts.
#[test]
fn the_exceptions_of_their_page_count() {
    let page = page("docs/exceptions.md");
    let mut options = Options::default();
    options.today = Some(TODAY);
    let examples: Vec<_> = fences(&page)
        .into_iter()
        .filter(|fence| fence.info.last().is_some_and(|word| word == "excepted"))
        .collect();
    assert!(examples.len() > 1);
    for example in examples {
        let path = if example.info[0] == "hcl" { "main.tf" } else { "template.yaml" };
        let sources = Arc::new(Sources::new(MemoryFiles::new([(path, example.text.as_str())])));
        let report = iamrail::checker(options.clone()).check(&sources, &[Candidate::named(path)]);
        let open: Vec<_> =
            report.findings.iter().filter(|one| one.exception.is_none()).map(|one| &one.message).collect();
        assert!(
            open.is_empty() && !report.findings.is_empty(),
            "docs/exceptions.md:{}: {open:?}",
            example.line
        );
    }
}

#[test]
fn the_example_of_embedding_runs_and_is_the_one_in_the_readme() {
    let code = page("crates/cli/examples/embed.rs");
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let readme = page("README.md");
    let shown = fences(&readme).into_iter().find(|fence| fence.info == ["rust"]).unwrap();
    for line in shown.text.lines() {
        assert!(lines.contains(&line.trim()), "`{line}` is not in the example");
    }
    let found = embed::findings(embed::TEMPLATE);
    assert!(found.iter().any(|line| line.starts_with("line 7: error[user-direct-policy]")), "{found:?}");
}

#[test]
fn the_architecture_names_every_crate_and_stays_short() {
    let text = page("ARCHITECTURE.md");
    assert!(text.lines().count() <= 150);
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("| `crates/{name}` ")), "crates/{name} is missing");
    }
}

#[test]
fn the_finding_in_the_readme_is_what_the_command_prints() {
    let readme = page("README.md");
    let shown = fences(&readme).into_iter().find(|fence| fence.info == ["console"]).unwrap();
    let mut lines = shown.text.lines();
    let command = lines.next().unwrap();
    let args: Vec<&str> = command.split_once(" -- ").unwrap().1.split(' ').collect();
    let printed = iamrail(&repository(), &args).out;
    // What is left out stands as a line of dots before and behind the finding.
    let shown: Vec<&str> = lines.collect();
    let [first, finding @ .., last] = shown.as_slice() else { panic!("no finding is shown") };
    assert_eq!((*first, *last), ("...", "..."));
    assert!(printed.contains(&format!("\n\n{}\n\n", finding.join("\n"))), "{printed}");
}

#[test]
fn the_readme_names_the_commands_that_are_run() {
    let readme = page("README.md");
    assert!(
        readme.contains("cargo run --release -p iamrail -- check testdata/projects/terraform-noncompliant")
    );
    assert!(readme.contains("cargo test --workspace"));
    assert!(page(".ci/run").contains("cargo test --locked --workspace"));
}

/// A template on the page, and the findings that the text after it names: the rule, the resource and its conditions.
#[test]
fn the_templates_of_the_page_on_cloudformation_have_the_findings_that_it_names() {
    let page = page("docs/cloudformation.md");
    let fences = fences(&page);
    let examples: Vec<_> = fences.windows(2).filter(|pair| pair[0].info == ["yaml"]).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let sources = Arc::new(Sources::new(MemoryFiles::new([("template.yaml", example[0].text.as_str())])));
        let report =
            iamrail::checker(Options::default()).check(&sources, &[Candidate::named("template.yaml")]);
        assert!(report.is_complete(), "{:?}", report.diagnostics);
        let shown = |finding: &Finding| {
            let when = finding
                .message
                .split_once(" when ")
                .map_or(String::new(), |(_, when)| format!(" when {when}"));
            format!("{} {}{when}", finding.rule.name, finding.subject)
        };
        let mut found: Vec<String> = report.findings.iter().map(shown).collect();
        let mut named: Vec<&str> = example[1].text.lines().collect();
        found.sort();
        named.sort_unstable();
        assert_eq!(found, named, "docs/cloudformation.md:{}", example[1].line);
    }
}
