//! The engine through its public face, with a front end made for the purpose.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]
use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker, Discovery, Environments, FrontEnd, Unit, UnitSource};
use iamrail_core::model::{Declarations, Declared, User};
use iamrail_core::options::Options;
use iamrail_core::report::{Diagnostic, Level, Report, Verdict};
use iamrail_core::rule::{Check, Context, Inputs, Judge, Rule};
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Value;

/// Every line of a `.users` file declares a user of that name.
struct Users;

impl FrontEnd for Users {
    fn name(&self) -> &'static str {
        "Users"
    }

    fn discover(&self, candidates: &[Candidate], _: &Environments, _: &Sources) -> Discovery {
        let mut discovery = Discovery::default();
        for candidate in candidates.iter().filter(|candidate| candidate.path.ends_with(".users")) {
            discovery.claimed.push(Arc::clone(&candidate.path));
            discovery.units.push(UnitSource::new("users", Arc::clone(&candidate.path)));
        }
        discovery
    }

    fn read(&self, unit: &UnitSource, sources: &Sources) -> Unit {
        let mut declarations = Declarations::default();
        let file = match sources.load(&unit.path) {
            Ok(file) => file,
            Err(error) => {
                let diagnostic = Diagnostic::error("unreadable", unit.path.clone(), error.to_string());
                return Unit::new(declarations.link(), vec![diagnostic], 0);
            }
        };
        let mut offset = 0;
        for line in file.text().lines() {
            assert!(line != "panic", "a front end that fails");
            let span = file.span(offset, offset + line.len());
            let mut user = User::new(Arc::new(Declared::new(format!("user.{line}"), "user", span)));
            user.name = Value::text(line);
            declarations.users.add(user);
            offset += line.len() + 1;
        }
        let resources = declarations.users.len();
        Unit::new(declarations.link(), Vec::new(), resources)
    }
}

fn check(checker: &Checker, files: &[(&str, &str)]) -> Report {
    let memory = MemoryFiles::new(files.iter().copied());
    let candidates: Vec<Candidate> = memory.paths().map(Candidate::found).collect();
    checker.check(&Arc::new(Sources::new(memory)), &candidates)
}

fn told(report: &Report) -> Vec<String> {
    report
        .findings
        .iter()
        .map(|finding| {
            let place = report.sources.locate(finding.span).unwrap();
            format!("{}:{} {} {}", place.path, place.start.line, finding.rule.name, finding.subject)
        })
        .collect()
}

static FAILING: Rule = Rule {
    name: "failing",
    summary: "a rule that fails",
    level: Level::Error,
    statements: &[],
    inputs: Inputs::Resources,
    page: "",
    check: Check::Unit(fail),
};

fn fail(_: &Context<'_>, judge: &mut Judge<'_>) {
    judge.holds();
    panic!("a rule that fails");
}

#[test]
fn findings_are_in_the_order_of_files_and_places() {
    let checker = Checker::new(Options::default()).with_front_end(Users);
    let report = check(&checker, &[("b.users", "zoe\nana\n"), ("a.users", "bo\n")]);
    let expected = [
        "a.users:1 user-without-group user.bo",
        "b.users:1 user-without-group user.zoe",
        "b.users:2 user-without-group user.ana",
    ];
    assert_eq!(told(&report), expected);
    assert!(report.is_complete());
    assert_eq!(report.units.len(), 2);
}

#[test]
fn fingerprints_do_not_depend_on_lines() {
    let checker = Checker::new(Options::default()).with_front_end(Users);
    let before = check(&checker, &[("a.users", "ana\n")]);
    let after = check(&checker, &[("a.users", "bo\nana\n")]);
    let ana = after.findings.iter().find(|finding| finding.subject.as_ref() == "user.ana").unwrap();
    assert_eq!(before.findings[0].fingerprint, ana.fingerprint);
    assert_ne!(after.findings[0].fingerprint, after.findings[1].fingerprint);
}

#[test]
fn a_rule_or_a_front_end_that_fails_is_said_and_the_rest_goes_on() {
    let checker = Checker::new(Options::default()).with_front_end(Users).with_rule(&FAILING);
    let report = check(&checker, &[("a.users", "ana\n"), ("b.users", "panic\n")]);
    assert_eq!(told(&report), ["a.users:1 user-without-group user.ana"]);
    let codes: Vec<_> = report.diagnostics.iter().map(|one| (one.code, one.path.as_ref())).collect();
    assert_eq!(
        codes,
        [("internal-error", "a.users"), ("internal-error", "b.users"), ("internal-error", "b.users")]
    );
    assert!(!report.is_complete());
}

#[test]
fn a_rule_is_switched_off_or_weighs_what_the_options_say() {
    let mut options = Options::default();
    options.levels.insert("user-without-group".into(), Some(Level::Note));
    let report = check(&Checker::new(options).with_front_end(Users), &[("a.users", "ana\n")]);
    assert_eq!(report.findings[0].level, Level::Note);
    assert_eq!(report.findings[0].verdict, Verdict::Violated);

    let mut options = Options::default();
    options.levels.insert("user-without-group".into(), None);
    let report = check(&Checker::new(options).with_front_end(Users), &[("a.users", "ana\n")]);
    assert!(report.findings.is_empty());
}

#[test]
fn a_file_that_nothing_recognises_is_said_only_if_it_was_named() {
    let checker = Checker::new(Options::default()).with_front_end(Users);
    let files = [("notes.txt", "".as_bytes()), ("photo", b"\0")];
    let sources = Arc::new(Sources::new(MemoryFiles::new(files)));
    let codes = |candidate: Candidate| {
        let report = checker.check(&sources, &[candidate]);
        let codes = report.diagnostics.iter().map(|one| (one.code, one.incomplete));
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(Candidate::found("notes.txt")), []);
    // All that a text can hold was looked for in it.
    assert_eq!(codes(Candidate::named("notes.txt")), [("not-recognised", false)]);
    assert_eq!(codes(Candidate::named("photo")), [("not-recognised", true)]);
}

#[test]
fn no_front_end_is_asked_what_a_file_is_that_is_set_aside() {
    let checker = Checker::new(Options::default()).with_front_end(Users);
    let sources = Arc::new(Sources::new(MemoryFiles::new([("a.users", "ana\n")])));
    let report = checker.check(&sources, &[Candidate::aside("a.users")]);
    assert_eq!((report.units.len(), report.findings.len(), report.looked_through), (0, 0, 1));
}
