//! What one unit says of policies and groups that another one declares, by name or ARN.

use crate::command::directory;
use crate::environments::{check, names};

/// A policy that nothing attaches in its own unit.
const POLICY: &str = r#"
resource "aws_iam_policy" "p" {
  name        = "exporter"
  description = "Lets the nightly export read the billing bucket"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })
}
"#;

/// Attaches a policy to a role.
fn attached(name: &str, arn: &str, more: &str) -> String {
    format!(
        "resource \"aws_iam_role_policy_attachment\" \"{name}\" {{\n  role = \"some\"\n  policy_arn = \"{arn}\"\n  {more}\n}}\n"
    )
}

/// What is said of unused permissions, with the environments, and how often the rule holds.
fn unused(declares: &str, attaches: &str, config: &str) -> (Vec<String>, u64) {
    let dir = directory(&[
        ("a/main.tf", declares.as_bytes()),
        ("b/main.tf", attaches.as_bytes()),
        ("iamrail.yaml", config.as_bytes()),
    ]);
    let json = check(dir.path(), &[]).json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().iter();
    let of_rule = findings.filter(|one| one["rule"] == "unused-grant");
    let said =
        of_rule.map(|one| format!("{} {}", one["verdict"].as_str().unwrap(), names(&one["environments"])));
    let said: Vec<String> = said.map(|one| one.trim_end().to_owned()).collect();
    let mut rules = json.pointer("/summary/rules").unwrap().as_array().unwrap().iter();
    let tally =
        rules.find(|one| one["rule"] == "unused-grant").map_or(0, |one| one["holds"].as_u64().unwrap());
    (said, tally)
}

const ARN: &str = "arn:aws:iam::111122223333:policy/exporter";

#[test]
fn what_another_unit_attaches_is_used_and_counted() {
    assert_eq!(unused(POLICY, &attached("x", ARN, ""), ""), (vec![], 1));
    assert_eq!(unused(POLICY, "", ""), (vec!["violated".to_owned()], 0));
}

#[test]
fn what_another_unit_attaches_under_a_condition_is_not_known() {
    let variable = "variable \"on\" {\n  type = bool\n}\n";
    let maybe = format!("{variable}{}", attached("x", ARN, "count = var.on ? 1 : 0"));
    assert_eq!(unused(POLICY, &maybe, ""), (vec!["undetermined".to_owned()], 0));
    let many = format!("variable \"on\" {{}}\n{}", attached("x", ARN, "count = var.on"));
    assert_eq!(unused(POLICY, &many, ""), (vec!["undetermined".to_owned()], 0));
    // One of the two is made.
    let either = format!("{maybe}{}", attached("y", ARN, "count = var.on ? 0 : 1"));
    assert_eq!(unused(POLICY, &either, ""), (vec![], 1));
    let never = attached("x", ARN, "count = 0");
    assert_eq!(unused(POLICY, &never, ""), (vec!["violated".to_owned()], 0));
}

#[test]
fn environments_in_which_it_is_attached_are_told_from_those_in_which_it_may_be() {
    let variable = "variable \"on\" {\n  type = bool\n}\n";
    let maybe = format!("{variable}{}", attached("x", ARN, "count = var.on ? 1 : 0"));
    let config = "environments:\n  dev: { variables: { on: true } }\n  stg: {}\n  prod: { variables: { on: false } }\n";
    let (mut said, holds) = unused(POLICY, &maybe, config);
    said.sort();
    assert_eq!(said, ["undetermined stg", "violated prod"]);
    assert_eq!(holds, 0);
}

#[test]
fn arns_of_other_paths_and_accounts_are_those_of_other_policies() {
    let violated = (vec!["violated".to_owned()], 0);
    let path = attached("x", "arn:aws:iam::111122223333:policy/other/exporter", "");
    assert_eq!(unused(POLICY, &path, ""), violated);
    let below = POLICY.replace("description", "path = \"/other/\"\n  description");
    assert_eq!(unused(&below, &path, ""), (vec![], 1));
    assert_eq!(unused(&below, &attached("x", ARN, ""), ""), violated);
    // The unit attaches policies of its own account.
    let home = |account: &str| {
        let own = attached("own", &format!("arn:aws:iam::{account}:policy/elsewhere"), "");
        unused(&format!("{POLICY}{own}"), &attached("x", ARN, ""), "")
    };
    assert_eq!(home("111122223333"), (vec![], 1));
    assert_eq!(home("444455556666"), violated);
}
