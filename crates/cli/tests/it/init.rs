//! Drafts of a configuration, as the command writes them.

use std::fs;
use std::path::Path;

use crate::command::{directory, iamrail};

/// Someone of whom nothing tells, an application, and a group that makes its member an administrator.
const TEAM: &str = r#"
resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user" "deploy" {
  name = "svc-deploy"
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.admins.name]
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy_attachment" "ops" {
  role       = "ops"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"#;

/// The findings of a directory that are about approval, with their subjects.
fn unapproved(dir: &Path) -> Vec<String> {
    let json = iamrail(dir, &["check", "--format", "json", "."]).json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap();
    let of_rule = findings.iter().filter(|one| one.get("rule").unwrap() == "unapproved-administrator");
    of_rule.map(|one| one.get("subject").unwrap().as_str().unwrap().to_owned()).collect()
}

/// A draft with what it proposes uncommented, from the line `# approved:` to the last entry.
fn uncommented(draft: &str) -> String {
    let mut text = String::new();
    for line in draft.lines() {
        let rest = line.strip_prefix("  # ").unwrap_or("");
        let is_entry = ["approved:", "  users:", "  groups:", "  roles:"].contains(&rest);
        let line = if is_entry || rest.starts_with("    - ") { format!("  {rest}") } else { line.to_owned() };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[test]
fn a_draft_approves_nobody_until_a_person_uncomments_it() {
    let team = directory(&[("main.tf", TEAM.as_bytes())]);
    let dir = team.path();
    let before = unapproved(dir);
    assert_eq!(before.len(), 2);
    let run = iamrail(dir, &["init"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(
        run.out,
        "wrote `./iamrail.yaml`: 2 administrators to approve or not, 2 users, 1 of them of whom nothing tells what they are\n"
    );
    assert_eq!(unapproved(dir), before);
    let path = dir.join("iamrail.yaml");
    let draft = fs::read_to_string(&path).unwrap();
    fs::write(&path, uncommented(&draft)).unwrap();
    assert!(unapproved(dir).is_empty(), "{draft}");
}

#[test]
fn a_draft_tells_of_administrators_and_users() {
    let team = directory(&[("main.tf", TEAM.as_bytes())]);
    let dir = team.path();
    let draft = iamrail(dir, &["init", "--output", "-"]).out;
    for line in [
        "version: 1",
        "  #   \"ann\": nothing tells; taken for a person (main.tf:2)",
        "  #   \"svc-deploy\": an application, by its name, which matches `svc-*` (main.tf:6)",
        "  #   groups:",
        "  #     - \"admins\"  # the AWS-managed policy `AdministratorAccess` allows every action (main.tf:10)",
        "  #   roles:",
        "  #     - \"ops\"  # the AWS-managed policy `AdministratorAccess` allows every action (main.tf:26)",
    ] {
        assert!(draft.lines().any(|written| written == line), "{line}\n{draft}");
    }
    // Its group says it of her.
    assert!(!draft.contains("- \"ann\""), "{draft}");
}

#[test]
fn nothing_is_overwritten_or_hidden() {
    let team =
        directory(&[("infra/main.tf", TEAM.as_bytes()), ("iamrail.yaml", b"administrators: { max: 3 }\n")]);
    let dir = team.path();
    for args in [&["init", "infra"][..], &["init", "infra", "--output", "iamrail.yaml"]] {
        let run = iamrail(dir, args);
        assert_eq!(run.status, 2);
        assert!(run.err.contains("there is a configuration already"), "{}", run.err);
    }
    assert_eq!(fs::read_to_string(dir.join("iamrail.yaml")).unwrap(), "administrators: { max: 3 }\n");
    assert!(!dir.join("infra/iamrail.yaml").exists());
    // A draft for comparison keeps what holds.
    let run = iamrail(dir, &["init", "infra", "--output", "draft.yaml"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(fs::read_to_string(dir.join("draft.yaml")).unwrap().contains("  max: 3\n"));
}

#[test]
fn names_of_the_input_add_nothing_to_a_draft_but_themselves() {
    let empty = directory(&[]);
    let dir = empty.path();
    let names =
        ["*", "a\\n  approved: {users: ['*']}", "x\\u2028  approved: {users: ['*']}", "b\\\"] #\\u001b[31m"];
    for (at, name) in names.iter().enumerate() {
        let text = format!(
            "resource \"aws_iam_user\" \"u{at}\" {{\n  name = \"{name}\"\n}}\n\nresource \"aws_iam_user_policy_attachment\" \"u{at}\" {{\n  \
             user = aws_iam_user.u{at}.name\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}}\n"
        );
        fs::write(dir.join(format!("u{at}.tf")), text).unwrap();
    }
    let before = unapproved(dir);
    assert_eq!(before.len(), names.len());
    let run = iamrail(dir, &["init"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(unapproved(dir), before);
    let path = dir.join("iamrail.yaml");
    let draft = fs::read_to_string(&path).unwrap();
    assert!(!draft.contains(['\u{1b}', '\u{2028}']), "{draft}");
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let written: Vec<&str> = draft.lines().filter(|line| !is_comment(line) && !line.is_empty()).collect();
    assert_eq!(written, ["version: 1", "users:", "  default: human", "administrators:", "  max: 5"]);
    // What would stand for everybody is offered to nobody; the rest is approved by its own entry at most.
    assert!(draft.contains("# No entry can approve the user `*`"), "{draft}");
    fs::write(&path, uncommented(&draft)).unwrap();
    assert!(unapproved(dir).contains(&before[0]), "{draft}");
}

#[test]
fn a_draft_needs_input_and_a_place() {
    let empty = directory(&[]);
    let dir = empty.path();
    let run = iamrail(dir, &["init"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("no input found"), "{}", run.err);
    assert!(!dir.join("iamrail.yaml").exists());
    let run = iamrail(dir, &["init", "-"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("standard input has no directory"), "{}", run.err);
    fs::write(dir.join("main.tf"), format!("{TEAM}\nresource \"aws_iam_user\" \"broken\" {{\n  name = \n"))
        .unwrap();
    let run = iamrail(dir, &["init"]);
    assert_eq!(run.status, 3, "{}", run.err);
    assert!(
        fs::read_to_string(dir.join("iamrail.yaml")).unwrap().contains("there may be more than is told here")
    );
}
