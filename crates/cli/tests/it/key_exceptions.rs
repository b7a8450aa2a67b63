//! Exceptions for single access keys.

use std::fs;

use crate::command::{Run, directory};
use crate::credentials::{id, leaks, secret};
use crate::exceptions;

/// Another key of the same account.
fn other() -> String {
    ["AKIARZPUZD", "IKGH2Y5QXC"].concat()
}

fn check(files: &[(&str, &str)], resource: &str) -> Run {
    let entry = exceptions::entry(resource).replace("user-direct-policy", "embedded-access-key");
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    let files: Vec<_> = files.chain([("iam-exceptions.yaml", entry.as_bytes())]).collect();
    exceptions::check(directory(&files).path(), &[])
}

/// How many keys no exception covers, and how many one does.
fn found(files: &[(&str, &str)], resource: &str) -> (usize, usize) {
    counts(&check(files, resource))
}

fn counts(run: &Run) -> (usize, usize) {
    let json = run.json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap();
    let leaks = findings.iter().filter(|one| one["rule"] == "embedded-access-key");
    let (excepted, open): (Vec<_>, Vec<_>) = leaks.partition(|one| !one["exception"].is_null());
    (open.len(), excepted.len())
}

#[test]
fn an_exception_for_a_key_does_not_cover_those_that_come_later() {
    let (before, after) = (format!("{}\n", id()), format!("{}\n{}\n", id(), other()));
    for resource in
        ["AKIA…7W7M", "AKIA...7W7M", "keys.txt#AKIA…7W7M", "keys.txt#AKIA...7W7M", "'*.txt#AKIA…7W7M'"]
    {
        assert_eq!(found(&[("keys.txt", &before)], resource), (0, 1), "{resource}");
        assert_eq!(found(&[("keys.txt", &after)], resource), (1, 1), "{resource}");
    }
    assert_eq!(found(&[("keys.txt", &after)], "keys.txt"), (0, 2));
    for resource in ["AKIA…5QXC", "other.txt#AKIA…7W7M", "AKIA…", "'AKIA*'", "'#AKIA…7W7M'"] {
        let run = check(&[("keys.txt", &before)], resource);
        assert_eq!(run.rules(), ["unused-exception", "embedded-access-key"], "{resource}");
    }
}

#[test]
fn a_key_with_a_file_is_excepted_in_that_file_and_without_one_wherever_it_stands() {
    let text = format!("{}\n", id());
    let files = [("docs/a.txt", text.as_str()), ("src/b.txt", text.as_str())];
    for (resource, expected) in [
        ("AKIA…7W7M", (0, 1)),
        ("docs/a.txt#AKIA…7W7M", (1, 0)),
        ("src/b.txt#AKIA…7W7M", (1, 0)),
        ("[docs/a.txt#AKIA…7W7M, src/b.txt#AKIA...7W7M]", (0, 1)),
        ("[docs/a.txt#AKIA…7W7M, src/b.txt]", (0, 1)),
        ("[docs/a.txt#AKIA…7W7M, src/b.txt#AKIA…5QXC]", (1, 0)),
    ] {
        assert_eq!(found(&files, resource), expected, "{resource}");
    }
}

#[test]
fn a_secret_without_an_id_is_excepted_by_the_fingerprint_of_its_finding() {
    let text = format!("AWS_SECRET_ACCESS_KEY={}\n", secret());
    let files = [("keys.env", text.as_str())];
    let run = check(&files, "nothing.txt");
    assert_eq!(leaks(&run).len(), 1);
    let json = run.json();
    let leak = json["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "embedded-access-key");
    let fingerprint = leak.unwrap()["fingerprint"].as_str().unwrap();
    assert_eq!(found(&files, &format!("'{fingerprint}'")), (0, 1));
    let key = id();
    assert_eq!(found(&[files[0], ("other.txt", &key)], &format!("'{fingerprint}'")), (1, 1));
}

#[test]
fn the_whole_id_of_a_key_is_no_name_for_it_in_an_exception() {
    let text = format!("{}\n", id());
    for resource in [id(), format!("keys.txt#{}", id())] {
        let run = check(&[("keys.txt", &text)], &resource);
        assert_eq!(run.status, 1, "{run:?}");
        let json = run.json();
        let findings = json["findings"].as_array().unwrap();
        let invalid = findings.iter().find(|one| one["rule"] == "invalid-exception").unwrap();
        let message = invalid["message"].as_str().unwrap();
        assert!(message.ends_with("names an access key by its whole id"), "{message}");
        assert!(invalid["help"].as_str().unwrap().contains("`AKIA…7W7M`"), "{invalid}");
        assert!(!run.out.contains(&id()), "{}", run.out);
    }
}

#[test]
fn files_are_named_as_seen_from_the_file_of_the_exception_wherever_the_command_runs() {
    let entry =
        |resource: &str| exceptions::entry(resource).replace("user-direct-policy", "embedded-access-key");
    let text = id();
    for resource in ["keys.txt", "keys.txt#AKIA…7W7M", "'k*.txt'"] {
        let entry = entry(resource);
        for repository in [true, false] {
            let files: [(&str, &[u8]); 2] =
                [("a/keys/keys.txt", text.as_bytes()), ("a/keys/iam-exceptions.yaml", entry.as_bytes())];
            let dir = directory(&files);
            if !repository {
                fs::remove_dir(dir.path().join(".git")).unwrap();
            }
            for (from, path) in [(".", "a/keys"), ("a", "keys"), ("a/keys", "."), ("a/keys", "keys.txt")] {
                let run = exceptions::check(&dir.path().join(from), &[path]);
                assert_eq!(
                    (run.status, run.rules().len()),
                    (0, 1),
                    "{resource} {repository} {from} {path}: {run:?}"
                );
            }
        }
    }
    let (entry, dir) = (entry("sub/keys.txt"), tempfile::tempdir().unwrap());
    fs::create_dir(dir.path().join("sub")).unwrap();
    fs::write(dir.path().join("iam-exceptions.yaml"), entry).unwrap();
    fs::write(dir.path().join("sub/keys.txt"), text).unwrap();
    assert_eq!(exceptions::check(&dir.path().join("sub"), &["."]).status, 0);
}

const FIELDS: &str = "reason=\"The key is one of a test vector only\" owner=Platform approved-by=sec@example.com until=2027-01-31";

#[test]
fn a_key_is_excepted_where_its_resource_says_so() {
    let (id, secret) = (id(), secret());
    let keys = format!("access_key = \"{id}\"\n  secret_key = \"{secret}\"");
    let allow = format!("# iamrail: allow embedded-access-key {FIELDS}");
    let both = format!("# iamrail: allow embedded-access-key workload-static-credentials {FIELDS}");
    let data = format!(
        "user_data = <<EOT\nexport AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY={secret}\nEOT"
    );
    for (text, expected) in [
        (format!("{allow}\nprovider \"aws\" {{\n  {keys}\n}}\n"), (0, 1)),
        (format!("provider \"aws\" {{\n  {both}\n  {keys}\n}}\n"), (0, 1)),
        (format!("resource \"aws_instance\" \"a\" {{\n  {both}\n  {data}\n}}\n"), (0, 1)),
        (
            format!("resource \"null_resource\" \"a\" {{\n  {allow}\n  triggers = {{ k = \"{id}\" }}\n}}\n"),
            (0, 1),
        ),
        (format!("resource \"null_resource\" \"a\" {{\n  {allow}\n}}\nlocals {{ k = \"{id}\" }}\n"), (1, 0)),
        (format!("provider \"aws\" {{\n  {allow}\n  {keys}\n}}\nlocals {{ k = \"{id}\" }}\n"), (1, 0)),
    ] {
        let dir = directory(&[("main.tf", text.as_bytes())]);
        let run = exceptions::check(dir.path(), &[]);
        assert_eq!(counts(&run), expected, "{text}: {run:?}");
        let is_unused = run.rules().contains(&"unused-exception".to_owned());
        assert_eq!(is_unused, expected.1 == 0, "{text}: {run:?}");
    }
}

#[test]
fn a_key_is_excepted_where_the_metadata_of_its_resource_say_so() {
    let id = id();
    let entry = exceptions::entry("x").replace("user-direct-policy", "embedded-access-key");
    let entry = entry.replace("  resource: x\n", "").replace('\n', "\n          ");
    let template = |value: &str, output: &str| {
        format!(
            "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Metadata:\n      iamrail:\n          {entry}\n    Properties:\n      \
             BucketName: {value}\n  B:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: {output}\n"
        )
    };
    for (text, expected) in
        [(template(&id, "x"), (0, 1)), (template("x", &id), (1, 0)), (template(&id, &id), (1, 0))]
    {
        let dir = directory(&[("template.yaml", text.as_bytes())]);
        let run = exceptions::check(dir.path(), &[]);
        assert_eq!(counts(&run), expected, "{text}: {run:?}");
    }
}
