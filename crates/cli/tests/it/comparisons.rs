//! What is computed from a configuration is what Terraform computes for a plan of it, argument by argument,
//! and the comparison tells where it is not.

#[path = "../../examples/compare_plan/compare.rs"]
mod compare;
#[path = "../../examples/compare_plan/comparison.rs"]
mod comparison;
#[path = "../../examples/compare_plan/expected.rs"]
mod expected;
#[path = "../../examples/compare_plan/plan.rs"]
mod plan;

use std::fs;
use std::path::Path;

use iamrail::core::source::{MemoryFiles, Sources};
use serde_json::{Value as Json, json};

use crate::agreement::collect;
use crate::repository;
use comparison::Comparison;

#[test]
fn every_configuration_comes_to_what_its_plan_has() {
    let mut told = Vec::new();
    let mut plans: Vec<_> = fs::read_dir(repository().join("testdata/plans")).unwrap().flatten().collect();
    plans.sort_by_key(fs::DirEntry::file_name);
    for entry in plans.iter().filter(|entry| entry.path().is_dir()) {
        let comparison = compare_directory(&entry.path());
        assert!(!comparison.fails, "{}:\n{}", entry.path().display(), comparison.lines.join("\n"));
        let name = entry.file_name().to_string_lossy().into_owned();
        told.extend(comparison.lines.iter().map(|line| format!("{name}: {line}")));
    }
    // What is left: values that a data source or the account decides, and those that are known before the plan.
    insta::assert_snapshot!(told.join("\n"));
}

fn compare_directory(dir: &Path) -> Comparison {
    let mut files = Vec::new();
    collect(&dir.join("config"), "", &mut files);
    let plan = serde_json::from_slice(&fs::read(dir.join("plan.json")).unwrap()).unwrap();
    Comparison::new(&Sources::new(MemoryFiles::new(files)), "", &plan, "default", &[])
}

const CONFIGURATION: &str = r#"
variable "none" {
  default = null
}
variable "open" {}
resource "aws_iam_role" "app" {
  name                 = "app"
  max_session_duration = var.none
  description          = var.open
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
}
"#;

/// The plan of the configuration, of which each test changes something.
fn plan() -> Json {
    let change = |kind: &str, after: Json, unknown: Json| {
        json!({
            "address": format!("{kind}.app"), "mode": "managed", "type": kind, "name": "app",
            "change": { "actions": ["create"], "after": after, "after_unknown": unknown },
        })
    };
    let role = json!({ "name": "app", "max_session_duration": 3600, "description": "of the app" });
    json!({
        "variables": { "open": { "value": "of the app" } },
        "resource_changes": [
            change("aws_iam_role", role, json!({ "id": true })),
            change("aws_iam_role_policy", json!({}), json!({ "role": true })),
        ],
    })
}

/// The lines of a comparison with the plan after something of it was replaced, and whether it fails.
fn told(pointer: &str, replacement: Json) -> (String, bool) {
    let mut plan = plan();
    *plan.pointer_mut(pointer).unwrap() = replacement;
    let sources = Sources::new(MemoryFiles::new([("main.tf", CONFIGURATION)]));
    let comparison = Comparison::new(&sources, "", &plan, "default", &[]);
    (comparison.lines.join("\n"), comparison.fails)
}

#[test]
fn what_the_provider_sets_and_what_is_known_early_is_told_and_is_no_failure() {
    let (lines, fails) = told("/resource_changes/0/name", json!("app"));
    assert!(lines.contains("defaulted aws_iam_role.app.max_session_duration"), "{lines}");
    assert!(
        lines.contains("early aws_iam_role_policy.app.role: the id of a resource is the name"),
        "{lines}"
    );
    assert_eq!((lines.lines().count(), fails), (4, false), "{lines}");
}

#[test]
fn another_value_is_a_difference() {
    let (lines, fails) = told("/resource_changes/0/change/after/description", json!("of another"));
    assert!(lines.contains("different aws_iam_role.app.description"), "{lines}");
    assert!(fails);
}

#[test]
fn a_null_that_no_provider_puts_something_else_for_is_a_difference() {
    let (lines, fails) = told("/resource_changes/0/change/after/max_session_duration", json!(7200));
    assert!(lines.contains("different aws_iam_role.app.max_session_duration"), "{lines}");
    assert!(fails);
}

#[test]
fn what_terraform_knows_and_no_data_source_tells_is_a_gap() {
    let (lines, fails) = told("/variables", json!({}));
    assert!(lines.contains("gap aws_iam_role.app.description"), "{lines}");
    assert!(lines.contains("`var.open` has no value"), "{lines}");
    assert!(fails);
}

#[test]
fn what_is_known_early_has_to_be_shown_to_be_right() {
    let (lines, fails) = told("/resource_changes/0/change/after/name", json!("other"));
    assert!(lines.contains("unproven aws_iam_role_policy.app.role"), "{lines}");
    assert!(fails);
}

#[test]
fn an_instance_of_one_side_only_is_told() {
    let (lines, fails) = told("/resource_changes/1/address", json!("aws_iam_role_policy.app[0]"));
    assert!(lines.contains("surplus aws_iam_role_policy.app\n"), "{lines}");
    assert!(lines.contains("missing aws_iam_role_policy.app[0]"), "{lines}");
    assert!(fails);
}
