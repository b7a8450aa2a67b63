//! What is said of the configuration itself.

use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::source::{MemoryFiles, Sources};
use serde_json::Value;

use crate::command::{CLEAN, directory, iamrail};

const APPROVAL: &[u8] = b"administrators:\n  approved:\n    roles: [gone]\n";
const TODAY: &str = "--today=2026-07-01";

/// The rules that speak of the configuration, each with its verdict and place.
fn said(dir: &std::path::Path, args: &[&str]) -> Vec<String> {
    let run = iamrail(dir, &[&["check", "--format", "json", TODAY][..], args].concat());
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let findings = report.get("findings").and_then(Value::as_array).unwrap().iter();
    let text = |one: &Value, at: &str| one.pointer(at).map(|at| at.to_string().replace('"', "")).unwrap();
    let said = findings.filter(|one| text(one, "/subject").ends_with("iamrail.yaml")).map(|one| {
        let place = format!("{}:{}", text(one, "/location/line"), text(one, "/location/column"));
        format!("{} {} {place}", text(one, "/rule"), text(one, "/verdict"))
    });
    said.collect()
}

#[test]
fn what_matches_nothing_is_stale_only_when_everything_was_checked() {
    let dir = directory(&[("live/main.tf", CLEAN), ("other/main.tf", CLEAN), ("iamrail.yaml", APPROVAL)]);
    let stale = ["stale-configuration violated 3:13"];
    assert_eq!(said(dir.path(), &[]), stale);
    assert_eq!(said(dir.path(), &["."]), stale);
    // The role may be in what was left out.
    assert!(said(dir.path(), &["live"]).is_empty());
    assert!(said(dir.path(), &["live/main.tf"]).is_empty());
}

#[test]
fn nothing_is_stale_in_a_run_that_is_not_complete() {
    let broken = b"resource \"aws_iam_role\" {{{\n";
    let dir = directory(&[("a/main.tf", CLEAN), ("b/main.tf", broken), ("iamrail.yaml", APPROVAL)]);
    assert!(said(dir.path(), &[]).is_empty());
}

#[test]
fn what_a_module_may_declare_that_is_not_at_hand_is_not_known() {
    let call = b"module \"roles\" {\n  source = \"example.com/roles\"\n}\n";
    let dir = directory(&[("main.tf", call), ("iamrail.yaml", APPROVAL)]);
    assert_eq!(said(dir.path(), &[]), ["stale-configuration undetermined 3:13"]);
}

#[test]
fn the_rule_can_be_switched_off_and_not_be_excepted() {
    let off = [
        APPROVAL,
        b"rules:\n  stale-configuration: { level: \"off\", reason: The list is that of all repositories. }\n",
    ]
    .concat();
    let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", &off)]);
    assert!(said(dir.path(), &[]).is_empty());
    let exception = b"exceptions:\n- rule: stale-configuration\n  reason: The role will be back in spring\n  owner: Platform team\n  approved by: me\n  review date: 2026-09-30\n";
    let dir =
        directory(&[("main.tf", CLEAN), ("iamrail.yaml", APPROVAL), ("iam-exceptions.yaml", exception)]);
    assert_eq!(said(dir.path(), &[]), ["stale-configuration violated 3:13"]);
    let run = iamrail(dir.path(), &["check", TODAY]);
    assert!(run.out.contains("is a rule about the configuration, which cannot be excepted"), "{}", run.out);
}

#[test]
fn the_review_of_the_configuration_is_due_like_any_other() {
    let config = b"# First of all:\nreviewed: 2025-12-31\n";
    let dir = directory(&[("live/main.tf", CLEAN), ("iamrail.yaml", config)]);
    assert_eq!(said(dir.path(), &["live"]), ["review-overdue violated 2:11"]);
    let longer = [&config[..], b"review: { max_age: 182 }\n"].concat();
    let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", &longer)]);
    assert!(said(dir.path(), &[]).is_empty());
}

#[test]
fn a_review_on_a_day_that_cannot_be_is_an_error_at_its_place() {
    for (config, message) in [
        (
            &b"reviewed: 2026-07-02\n"[..],
            "the configuration was reviewed on `2026-07-02`, which is still to come",
        ),
        (b"reviewed: 31.12.2025\n", "`31.12.2025` is no date: it is not of the form YYYY-MM-DD"),
        (b"reviewed: '2026-02-30'\n", "`2026-02-30` is no date: there is no such day"),
        (b"reviewed: [2026-01-31]\n", "`reviewed` is one text, and no list or map"),
        (b"reviewed: true\n", "`reviewed` is a text, and no truth value"),
    ] {
        let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", config)]);
        let run = iamrail(dir.path(), &["check", TODAY]);
        assert_eq!(run.status, 2, "{}", run.err);
        assert!(run.err.contains(message), "{message}: {}", run.err);
        assert!(run.err.contains("iamrail.yaml:1:1"), "{}", run.err);
    }
    let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", b"reviewed: 2026-07-01\n")]);
    assert_eq!(iamrail(dir.path(), &["check", TODAY]).status, 0);
}

#[test]
fn nothing_is_stale_in_a_run_that_leaves_environments_out() {
    let user = |name: &str| format!("resource \"aws_iam_user\" \"u\" {{\n  name = \"{name}\"\n}}\n");
    let config = "administrators:\n  approved:\n    users: [alice, bob, gone]\nenvironments:\n  production: { paths: [live/prod] }\n  \
                  staging: { paths: [live/stg] }\n";
    let (alice, bob) = (user("alice"), user("bob"));
    let dir = directory(&[
        ("live/prod/main.tf", alice.as_bytes()),
        ("live/stg/main.tf", bob.as_bytes()),
        ("iamrail.yaml", config.as_bytes()),
    ]);
    assert_eq!(said(dir.path(), &[]), ["stale-configuration violated 3:25"]);
    // Bob is in what was left out.
    assert!(said(dir.path(), &["--environment", "production"]).is_empty());
}

#[test]
fn what_terragrunt_or_a_plan_that_cannot_be_read_may_declare_is_not_known() {
    for (path, bytes) in [
        ("live/terragrunt.hcl", &b"inputs = { role = \"gone\" }\n"[..]),
        ("live/tfplan", b"PK\x03\x04\x14\x00\x08\x00"),
    ] {
        let dir = directory(&[("main.tf", CLEAN), (path, bytes), ("iamrail.yaml", APPROVAL)]);
        assert_eq!(said(dir.path(), &[]), ["stale-configuration undetermined 3:13"], "{path}");
        let run = iamrail(dir.path(), &["check", TODAY]);
        assert!(run.out.contains(&format!("`{path}`")) || run.out.contains(path), "{}", run.out);
    }
}

#[test]
fn a_rule_that_is_off_would_find_something_in_the_configuration_too() {
    let off = "rules:\n  review-overdue: { level: \"off\", reason: Reviews are kept elsewhere. }\n";
    for (reviewed, expected) in
        [("2020-01-01", &[][..]), ("2026-06-30", &["stale-configuration violated 3:3"])]
    {
        let config = format!("reviewed: {reviewed}\n{off}");
        let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", config.as_bytes())]);
        assert_eq!(said(dir.path(), &[]), expected, "{reviewed}");
    }
}

#[test]
fn a_review_that_is_still_to_come_does_not_hold_in_a_program_either() {
    let sources = Arc::new(Sources::new(MemoryFiles::new([
        ("main.tf", std::str::from_utf8(CLEAN).unwrap()),
        ("iamrail.yaml", "reviewed: 2026-07-02\n"),
    ])));
    let mut options = iamrail::config::parse(&sources.load("iamrail.yaml").unwrap()).unwrap();
    options.today = Some("2026-07-01".parse().unwrap());
    let report = iamrail::checker(options).check(&sources, &[Candidate::found("main.tf")]);
    let said: Vec<_> = report.findings.iter().map(|one| (one.rule.name, &*one.message)).collect();
    assert_eq!(said, [("review-overdue", "the configuration was reviewed on a day that is still to come")]);
}
