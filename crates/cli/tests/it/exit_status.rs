//! The exit status tells clean, found, not run and incomplete apart.

use crate::command::{CLEAN, UNDETERMINED, VIOLATION, directory, iamrail};

const BROKEN: &[u8] = b"resource \"aws_iam_user\" {{{\n";

#[test]
fn a_clean_input_is_0_and_a_finding_is_1() {
    let dir = directory(&[("clean/main.tf", CLEAN), ("found/main.tf", VIOLATION)]);
    assert_eq!(iamrail(dir.path(), &["check", "clean"]).status, 0);
    assert_eq!(iamrail(dir.path(), &["check", "found"]).status, 1);
    assert_eq!(iamrail(dir.path(), &["check"]).status, 1);
}

#[test]
fn what_fails_a_run_can_be_chosen() {
    let config = b"rules:\n  user-direct-policy: { level: warning }\n  user-without-group: { level: note }\n";
    let dir = directory(&[("main.tf", VIOLATION), ("iamrail.yaml", config)]);
    for (level, status) in [("error", 0), ("warning", 1), ("undetermined", 1), ("never", 0)] {
        let run = iamrail(dir.path(), &["check", "--fail-on", level]);
        assert_eq!(run.status, status, "{level}: {}", run.out);
    }
}

#[test]
fn an_undetermined_finding_fails_only_when_asked_for() {
    let dir = directory(&[("main.tf", UNDETERMINED)]);
    for (level, status) in [("error", 0), ("warning", 0), ("undetermined", 1), ("never", 0)] {
        let run = iamrail(dir.path(), &["check", "--fail-on", level]);
        assert_eq!(run.status, status, "{level}: {}", run.out);
    }
    let settled = ["check", "--fail-on", "undetermined", "--var", "description=Lets the site read its pages"];
    assert_eq!(iamrail(dir.path(), &settled).status, 0);
}

#[test]
fn an_incomplete_input_is_3_unless_allowed_and_findings_win() {
    let dir = directory(&[("a/main.tf", CLEAN), ("b/main.tf", BROKEN)]);
    assert_eq!(iamrail(dir.path(), &["check"]).status, 3);
    assert_eq!(iamrail(dir.path(), &["check", "--allow-incomplete"]).status, 0);
    let dir = directory(&[("a/main.tf", VIOLATION), ("b/main.tf", BROKEN)]);
    assert_eq!(iamrail(dir.path(), &["check"]).status, 1);
    assert_eq!(iamrail(dir.path(), &["check", "--fail-on", "never"]).status, 3);
}

#[test]
fn what_cannot_run_is_2_and_says_why() {
    let dir = directory(&[("empty/photo.png", b"\0"), ("main.tf", CLEAN)]);
    for (args, said) in [
        (&["check", "empty"][..], "no input found in `empty`: iamrail reads"),
        (&["check", "nowhere"], "cannot read `nowhere`"),
        (&["check", "--format", "xml"], "possible values"),
        (&["check", "--format", "json", "--format", "sarif"], "one `--format`"),
        (&["check", "--output", "report"], "which format"),
        (&["check", "--output", "nowhere/report.json"], "cannot write"),
        (&["check", "--config", "nowhere.yaml"], "cannot read `nowhere.yaml`"),
        (&["check", "--root", "empty", "main.tf"], "is not below the root"),
        (&["check", "--var", "novalue"], "NAME=VALUE"),
        (&["check", "-", "main.tf"], "`-` cannot be checked together"),
        (&["explain", "wildcard-permision"], "did you mean `wildcard-permission`?"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let run = iamrail(dir.path(), args);
        assert_eq!(run.status, 2, "{args:?}: {run:?}");
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
    }
}

#[test]
fn a_wrong_configuration_is_2_and_shows_the_place() {
    let dir = directory(&[("main.tf", CLEAN), ("iamrail.yaml", b"users:\n  hunam: []\n")]);
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(
        run.err.replace(&dir.path().canonicalize().unwrap().display().to_string(), "DIR")
    );
}
