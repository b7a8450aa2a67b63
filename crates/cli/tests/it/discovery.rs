//! Which directories are deployments, and as whose.

use crate::command::{CLEAN, Run, VIOLATION, directory, iamrail};

/// The kinds of the units, and of every finding its rule with the reading that it holds in alone.
fn readings(run: &Run) -> (Vec<String>, Vec<String>) {
    let json = run.json();
    let text = |value: &serde_json::Value, key: &str| value.get(key).unwrap().as_str().unwrap().to_owned();
    let units = json.pointer("/units").unwrap().as_array().unwrap();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().iter().map(|finding| {
        let related = finding.get("related").unwrap().as_array().unwrap();
        let only = related.iter().find(|one| text(one, "message").contains("only reading"));
        let only = only.map(|one| format!(" {}", text(one, "subject"))).unwrap_or_default();
        format!("{}{only}", text(finding, "rule"))
    });
    (units.iter().map(|unit| text(unit, "kind")).collect(), findings.collect())
}

const ORPHAN: &[u8] = b"resource \"aws_iam_user\" \"bob\" {\n  name = \"bob\"\n}\n";

#[test]
fn a_directory_for_both_programs_is_read_in_both_ways() {
    let files = [("a/main.tf", VIOLATION), ("a/main.tofu", CLEAN), ("a/bob.tf", ORPHAN)];
    let dir = directory(&files);
    let check = |flavor: &[&str]| {
        let run = iamrail(dir.path(), &[&["check", "--format", "json"], flavor].concat());
        readings(&run)
    };
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let both = texts(&[
        "user-without-group",
        "human-user-without-mfa terraform",
        "user-without-group terraform",
        "user-direct-policy terraform",
    ]);
    assert_eq!(check(&[]), (texts(&["opentofu", "terraform"]), both));
    let one = texts(&["user-without-group"]);
    assert_eq!(check(&["--flavor", "opentofu"]), (texts(&["opentofu"]), one.clone()));
    let three =
        texts(&["user-without-group", "human-user-without-mfa", "user-without-group", "user-direct-policy"]);
    assert_eq!(check(&["--flavor", "terraform"]), (texts(&["terraform"]), three));
    std::fs::write(dir.path().join("a/.opentofu-version"), "1.9.0\n").unwrap();
    assert_eq!(check(&[]), (texts(&["opentofu"]), one));
}

#[test]
fn files_that_only_opentofu_reads_make_a_directory_one_of_opentofu() {
    let dir = directory(&[("a/main.tofu", VIOLATION), ("b/main.tf", CLEAN)]);
    let (kinds, rules) = readings(&iamrail(dir.path(), &["check", "--format", "json"]));
    assert_eq!((kinds, rules.len()), (vec!["opentofu".to_owned(), "terraform".to_owned()], 3));
    let run = iamrail(dir.path(), &["check", "--format", "json", "--flavor", "terraform"]);
    assert_eq!(readings(&run), (vec!["terraform".to_owned()], Vec::new()));
}

#[test]
fn terragrunt_is_named_and_its_copies_are_not_read() {
    let dir = directory(&[
        ("live/terragrunt.hcl", b"terraform {\n  source = \"../modules/a\"\n}\n"),
        ("live/.terragrunt-cache/x/main.tf", VIOLATION),
        ("modules/a/main.tf", CLEAN),
    ]);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!((run.status, run.codes(), run.rules()), (0, vec!["terragrunt".to_owned()], Vec::new()));
    let alone = iamrail(dir.path(), &["check", "live"]);
    assert_eq!(alone.status, 2, "{alone:?}");
    assert!(alone.err.contains("note: `live/terragrunt.hcl` is read by Terragrunt"), "{}", alone.err);
    let named = iamrail(dir.path(), &["check", "live/terragrunt.hcl"]);
    assert_eq!(named.status, 3, "{named:?}");
}

#[test]
fn an_example_calls_the_module_that_it_is_an_example_of() {
    let module = b"variable \"name\" {}\nresource \"aws_iam_user\" \"u\" {\n  name = var.name\n}\n";
    let example = b"module \"example\" {\n  source = \"../..\"\n  name   = \"ann\"\n}\n";
    let dir = directory(&[("main.tf", module), ("examples/basic/main.tf", example)]);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    let json = run.json();
    assert_eq!(json.pointer("/units/0/path").unwrap(), "examples/basic");
    assert_eq!(json.pointer("/units/1"), None);
    assert_eq!(json.pointer("/findings/0/location/file").unwrap(), "main.tf");
    let call = json.pointer("/findings/0/related/0").unwrap();
    assert_eq!(call.pointer("/message").unwrap(), "is called here");
    assert_eq!(call.pointer("/location/file").unwrap(), "examples/basic/main.tf");
}
