//! The files that govern a check: none is passed over, and nothing of another file is shown in their place.

use std::fs;
use std::os::unix::fs::symlink;

use crate::command::{VIOLATION, directory, iamrail};

#[test]
fn a_configuration_that_is_no_file_stops_the_check() {
    for kind in ["directory", "dangling", "itself"] {
        let dir = directory(&[("main.tf", VIOLATION)]);
        let path = dir.path().join("iamrail.yaml");
        match kind {
            "directory" => fs::create_dir(&path).unwrap(),
            "dangling" => symlink("nowhere.yaml", &path).unwrap(),
            _ => symlink("iamrail.yaml", &path).unwrap(),
        }
        let run = iamrail(dir.path(), &["check"]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{kind}");
        assert!(
            run.err.contains("cannot read `") && run.err.contains("iamrail.yaml`"),
            "{kind}: {}",
            run.err
        );
    }
    let dir = directory(&[("main.tf", VIOLATION), ("iamrail.yml", b"{}")]);
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("a configuration is called `iamrail.yaml`"), "{}", run.err);
}

#[test]
fn a_configuration_that_is_a_link_out_of_the_repository_is_not_read() {
    let outside = directory(&[("secret.yaml", b"password: top-secret\n")]);
    let dir = directory(&[("main.tf", VIOLATION), ("shared/iamrail.yaml", b"unknown: top-secret\n")]);
    let path = dir.path().join("iamrail.yaml");
    symlink(outside.path().join("secret.yaml"), &path).unwrap();
    for args in [&["check"][..], &["check", "--config", "iamrail.yaml"], &["review"], &["show"]] {
        let run = iamrail(dir.path(), args);
        assert_eq!(run.status, 2, "{args:?}");
        assert!(!run.err.contains("secret") && !run.err.contains("password"), "{args:?}: {}", run.err);
    }
    // One that stays within is read.
    fs::remove_file(&path).unwrap();
    symlink("shared/iamrail.yaml", &path).unwrap();
    let run = iamrail(dir.path(), &["check"]);
    assert!(run.err.contains("unknown key `unknown`"), "{}", run.err);
}

#[test]
fn teams_that_are_the_same_but_for_letters_and_spaces_do_not_replace_each_other() {
    for second in ["platform team", "Platform  TEAM"] {
        let text = format!("teams:\n  Platform team: [sec@example.com]\n  {second}: [mallory]\n");
        let dir = directory(&[("main.tf", VIOLATION), ("iamrail.yaml", text.as_bytes())]);
        let run = iamrail(dir.path(), &["check"]);
        assert_eq!(run.status, 2, "{second}");
        assert!(run.err.contains("is there already") && run.err.contains("iamrail.yaml:3:3"), "{}", run.err);
    }
}

#[test]
fn an_empty_list_of_environments_covers_nothing() {
    for list in ["[]", "", "~"] {
        let entry = format!(
            "exceptions:\n- rule: user-direct-policy\n  resource: aws_iam_user_policy_attachment.ann\n  environments: {list}\n  \
             reason: The audit tool needs a user of its own\n  owner: Platform team\n  approved by: sec@example.com\n  review date: 2027-01-31\n"
        );
        let configuration = b"environments: { production: {}, staging: {} }\n";
        let dir = directory(&[
            ("main.tf", VIOLATION),
            ("iamrail.yaml", configuration),
            ("iam-exceptions.yaml", entry.as_bytes()),
        ]);
        let run = iamrail(dir.path(), &["check", "--today", "2026-06-01"]);
        assert_eq!(run.status, 2, "{list:?}: {}", run.out);
        assert!(run.err.contains("`environments` names no environment"), "{list:?}: {}", run.err);
    }
}

#[test]
fn a_comment_names_several_environments() {
    let comment = "# iamrail: allow user-direct-policy reason=\"The audit tool needs a user of its own\" owner=\"Platform team\" approved-by=\"sec@example.com\" until=2027-01-31 environments=\"production, staging\"\nresource \"aws_iam_user_policy_attachment\"";
    let text = String::from_utf8(VIOLATION.to_vec()).unwrap();
    let text = text.replace("resource \"aws_iam_user_policy_attachment\"", comment);
    let configuration = b"environments: { production: {}, staging: {}, test: {} }\n";
    let dir = directory(&[("main.tf", text.as_bytes()), ("iamrail.yaml", configuration)]);
    let json = iamrail(dir.path(), &["check", "--today", "2026-06-01", "--format", "json"]).json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap();
    let mut of_rule: Vec<(bool, String)> = findings
        .iter()
        .filter(|one| one.get("rule").unwrap() == "user-direct-policy")
        .map(|one| (!one.get("exception").unwrap().is_null(), one.get("environments").unwrap().to_string()))
        .collect();
    of_rule.sort();
    let expected = [(false, "[\"test\"]"), (true, "[\"production\",\"staging\"]")];
    assert_eq!(of_rule, expected.map(|(excepted, names)| (excepted, names.to_owned())));
}
