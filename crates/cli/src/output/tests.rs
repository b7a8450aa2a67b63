//! The renderers on a small input of their own.

use std::sync::Arc;
use std::time::Duration;

use iamrail::core::check::{Candidate, Checker, Discovery, Environments, FrontEnd, Unit, UnitSource};
use iamrail::core::exceptions::Exceptions;
use iamrail::core::model::{Declarations, Declared, User};
use iamrail::core::options::Options;
use iamrail::core::report::{Diagnostic, Level, Related, Report};
use iamrail::core::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use iamrail::core::rules::RULES;
use iamrail::core::source::{MemoryFiles, Sources};
use iamrail::core::value::{Reason, Unknown};

use super::{Human, Mask, Shown, json, sarif};
use crate::paths::Paths;

/// Reads files of lines `user NAME [guarded]`.
struct Lines;

impl FrontEnd for Lines {
    fn name(&self) -> &'static str {
        "Lines"
    }

    fn discover(&self, candidates: &[Candidate], _: &Environments, _: &Sources) -> Discovery {
        let mut discovery = Discovery::default();
        discovery.units =
            candidates.iter().map(|one| UnitSource::new("lines", Arc::clone(&one.path))).collect();
        discovery.claimed = candidates.iter().map(|one| Arc::clone(&one.path)).collect();
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        let mut declarations = Declarations::default();
        let mut diagnostics = Vec::new();
        let file = match sources.load(&unit.path) {
            Ok(file) => file,
            Err(error) => {
                let message = format!("cannot read `{}`: {error}", unit.path);
                diagnostics.push(Diagnostic::error("unreadable", Arc::clone(&unit.path), message));
                return Unit::new(Declarations::default().link(), diagnostics, 0);
            }
        };
        let mut at = 0;
        for line in file.text().split_inclusive('\n') {
            if let Some(name) = line.trim_end().strip_prefix("user ") {
                let span = file.span(at + 5, at + 5 + name.len());
                declarations.users.add(User::new(Arc::new(Declared::new(name, "user", span))));
            } else if !line.trim().is_empty() {
                let span = file.span(at, at + line.trim_end().len());
                let diagnostic = Diagnostic::error("syntax", Arc::clone(&unit.path), "this is no user");
                diagnostics.push(diagnostic.at(span).label("a line starts with `user`"));
            }
            at += line.len();
        }
        let resources = declarations.users.len();
        Unit::new(declarations.link(), diagnostics, resources)
    }
}

static RULE: Rule = Rule {
    name: "short-name",
    summary: "A name is short.",
    level: Level::Error,
    statements: &[StatementId("UB-1.1")],
    inputs: Inputs::Resources,
    page: "",
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let first = context.model.users.iter().next().map(|(_, user)| &user.declared);
    for (_, user) in context.model.users.iter() {
        let declared = &user.declared;
        match declared.subject.len() {
            ..4 => {
                let finding =
                    judge.violated(declared, declared.span, format!("`{}` is short", declared.subject));
                finding.label("a short name").help("use a longer name");
                if let Some(first) = first {
                    finding.related(Related::new(
                        Arc::clone(&first.subject),
                        Some(first.span),
                        "the first user",
                    ));
                }
            }
            4..8 => {
                let unknown = Unknown::new(Reason::NoValue, "var.name");
                judge.undetermined(declared, declared.span, "it may be short", &unknown);
            }
            _ => judge.holds(),
        }
        if declared.subject.contains("hunter2") {
            judge.secret(declared.span);
        }
    }
}

fn report(files: &[(&str, &str)]) -> Report {
    report_with(files, "")
}

/// The report with exceptions from the rule, which a file of them has.
fn report_with(files: &[(&str, &str)], exceptions: &str) -> Report {
    let memory = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let sources = Arc::new(Sources::new(memory));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let mut options = Options::default();
    options.levels = RULES.iter().map(|rule| (rule.name.into(), None)).collect();
    let mut read = Exceptions::default();
    if !exceptions.is_empty() {
        let file = sources.adopt("iam-exceptions.yaml", exceptions.into()).unwrap();
        read.entries = iamrail::exceptions::parse(&file, file.path()).unwrap();
    }
    let checker = Checker::new(options).with_front_end(Lines).with_rule(&RULE).with_exceptions(read);
    checker.check(&sources, &candidates)
}

fn human(files: &[(&str, &str)]) -> String {
    let report = report(files);
    let paths = Paths::default();
    let mut text = Vec::new();
    let human = Human { color: false, width: 100, verbose: true };
    human.write(&Shown::new(&report, &paths), Duration::from_millis(20), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn people_see_the_place_what_takes_part_and_what_to_do() {
    let text = human(&[
        ("a/b", "user ann-marie\n\nuser bob\nuser undec\nuser xhunter2-and-more\n"),
        ("c", "nonsense\n"),
    ]);
    insta::assert_snapshot!(text);
}

#[test]
fn a_long_line_is_cut_and_its_column_is_that_of_the_file() {
    let line = format!("user {}\nuser {}\n", "x".repeat(1000), "y\u{1b}[0m");
    let text = human(&[("a", &line)]);
    assert!(text.lines().all(|line| line.chars().count() < 500), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn secrets_are_in_no_output_wherever_they_turn_up() {
    let files = [("a", "user hunter2-hunter2\nuser b\nhunter2-hunter2 again\n")];
    let report = report(&files);
    let paths = Paths::default();
    let mut text = Vec::new();
    json(&Shown::new(&report, &paths), &mut text).unwrap();
    sarif(&Shown::new(&report, &paths), &mut text).unwrap();
    let text = String::from_utf8(text).unwrap() + &human(&files);
    assert!(text.contains("***************"), "{text}");
    assert!(!text.contains("hunter2-hunter2"), "{text}");
}

#[test]
fn a_secret_is_found_that_begins_within_a_word_that_is_none() {
    let file = "wordpress press-1234";
    let sources = Sources::new(MemoryFiles::new([("a", file.as_bytes())]));
    let file = sources.load("a").unwrap();
    let mask = Mask::new(&[file.span(0, 9), file.span(10, 20)], &sources);
    for (text, expected) in [
        ("wordpress", "*********"),
        ("a `wordpress` is", "a `*********` is"),
        ("mywordpress, wordpressé", "mywordpress, wordpressé"),
        ("mywordpress-1234", "myword**********"),
        ("MyWordpress is Press-1234", "MyWordpress is **********"),
        ("postgres://a:b1@c", "postgres://a:**@c"),
        ("nothing", "nothing"),
    ] {
        assert_eq!(mask.text(text), expected);
    }
}

#[test]
fn sarif_is_valid_against_its_schema() {
    let exceptions = "exceptions:\n- {rule: short-name, resource: joe, reason: He is called like this, owner: T, approved by: x}\n";
    let files = [
        ("dir with space/a", "user ann-marie\nuser bob\nuser undec\nuser xhunter2-and-more\nuser joe\n"),
        ("c", "nonsense\n"),
    ];
    let report = report_with(&files, exceptions);
    let mut text = Vec::new();
    sarif(&Shown::new(&report, &Paths::default()), &mut text).unwrap();
    let log: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let schema = include_str!("../../../../testdata/schemas/sarif-2.1.0-rtm.5.json");
    // This pattern of the schema is no regular expression: one of its brackets is never opened.
    let schema = schema.replace("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(&log).map(|fault| format!("{fault} at {}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let results = log.pointer("/runs/0/results").unwrap().as_array().unwrap();
    let kinds =
        results.iter().map(|result| (result["kind"].as_str().unwrap(), result.get("suppressions").is_some()));
    assert_eq!(kinds.collect::<Vec<_>>(), [("fail", false), ("open", false), ("fail", true)]);
}
