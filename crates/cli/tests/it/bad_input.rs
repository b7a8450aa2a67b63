//! Input that is broken, hostile or something else: it is named, nothing else is lost, and nothing outside is read.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use crate::command::{CLEAN, Run, VIOLATION, directory, iamrail, iamrail_with};

/// Checks a directory with a bad file beside a violation, which must be found all the same, and gives the run and the
/// codes of its diagnostics.
fn beside_a_violation(bad: &[(&str, &[u8])]) -> (Run, Vec<String>) {
    let mut files = vec![("good/main.tf", VIOLATION)];
    files.extend(bad);
    let dir = directory(&files);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.rules().contains(&"user-direct-policy".to_owned()), "{run:?}");
    let codes = run.codes();
    (run, codes)
}

#[test]
fn broken_files_are_named_with_their_place_and_nothing_else_is_lost() {
    for (path, text) in [
        ("bad/main.tf", "resource \"aws_iam_user\" \"u\" {\n  name = = 1\n}\n"),
        ("bad/main.tf.json", "{\"resource\": {\"aws_iam_user\": }\n"),
        ("bad/template.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: [\n"),
        ("bad/template.json", "{\"AWSTemplateFormatVersion\": \"2010-09-09\",\n \"Resources\": {,}}\n"),
    ] {
        let (run, codes) = beside_a_violation(&[(path, text.as_bytes())]);
        assert!(!codes.is_empty(), "{path}");
        let diagnostic = run.json().pointer("/diagnostics/0").unwrap().clone();
        assert_eq!(diagnostic.pointer("/location/file").unwrap(), path, "{diagnostic}");
        assert_eq!(diagnostic.pointer("/incomplete").unwrap(), true);
    }
}

#[test]
fn a_block_that_no_rule_needs_has_only_to_be_balanced_unless_all_syntax_is_demanded() {
    let unneeded = b"resource \"aws_sqs_queue\" \"q\" {\n  name = = 1\n}\nmoved {\n  from = = 1\n}\n";
    let unbalanced = b"resource \"aws_sqs_queue\" \"q\" {\n  name = [1\n}\n";
    let needed = b"resource \"aws_sqs_queue\" \"q\" {\n  name = = 1\n}\n\
        resource \"aws_iam_user\" \"u\" {\n  name = aws_sqs_queue.q.name\n}\n";
    for (text, syntax, expected) in [
        (&unneeded[..], "needed", 0),
        (unneeded, "all", 2),
        (unbalanced, "needed", 1),
        (unbalanced, "all", 1),
        (needed, "needed", 1),
        (needed, "all", 1),
    ] {
        let dir = directory(&[("main.tf", text)]);
        let run = iamrail(dir.path(), &["check", "--format", "json", "--syntax", syntax]);
        assert_eq!(run.codes(), vec!["syntax"; expected], "{run:?}");
        assert_eq!(run.status, if expected == 0 { 0 } else { 3 }, "{run:?}");
    }
}

#[test]
fn a_fault_in_a_shared_module_counts_only_for_those_who_need_the_block() {
    let module: &[u8] = b"variable \"a\" {\n  default = = 1\n}\noutput \"a\" {\n  value = var.a\n}\n";
    let needs: &[u8] = b"module \"m\" {\n  source = \"../m\"\n}\n\
        resource \"aws_iam_user\" \"u\" {\n  name = module.m.a\n}\n";
    let calls: &[u8] = b"module \"m\" {\n  source = \"../m\"\n}\n";
    let dir = directory(&[("m/main.tf", module), ("needs/main.tf", needs), ("calls/main.tf", calls)]);
    let incomplete = |run: &Run| -> Vec<(String, bool)> {
        let units = run.json().pointer("/units").unwrap().as_array().unwrap().clone();
        let unit = |unit: &serde_json::Value| {
            (unit["path"].as_str().unwrap().to_owned(), unit["complete"].as_bool().unwrap())
        };
        units.iter().map(unit).collect()
    };
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!(incomplete(&run), [("calls".to_owned(), true), ("needs".to_owned(), false)], "{run:?}");
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let latin = b"resource \"aws_iam_user\" \"u\" {\n  name = \"J\xfcrgen\"\n}\n";
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [&latin[..], &utf16, b"\0\0\0\0", b"\x7fELF\x02\x01\x01"] {
        let (run, _) = beside_a_violation(&[("bad/main.tf", bytes)]);
        let diagnostics = run.json().pointer("/diagnostics").unwrap().to_string();
        assert!(diagnostics.contains("bad/main.tf"), "{diagnostics}");
    }
}

#[test]
fn a_file_beyond_the_limit_is_named_and_not_read() {
    let dir = directory(&[("good/main.tf", VIOLATION), ("bad/main.tf", b"")]);
    File::options().write(true).open(dir.path().join("bad/main.tf")).unwrap().set_len(100 << 20).unwrap();
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("104857600 bytes, more than the limit of 67108864"), "{}", run.out);
}

#[test]
fn what_is_given_by_mistake_is_called_by_its_name() {
    let log = b"{\"@level\":\"info\",\"@message\":\"Terraform 1.11.0\",\"type\":\"version\",\"ui\":\"1.2\"}\n{\"@level\":\"info\",\"type\":\"planned_change\"}\n";
    for (name, bytes, said) in [
        ("plan.json", &log[..], "terraform show -json"),
        ("plan.bin", b"PK\x03\x04\x14\0\x08\0\x08\0", "terraform show -json"),
        ("notes.json", b"[]\n", "no input that can be checked: as a template"),
    ] {
        let dir = directory(&[(name, bytes)]);
        let run = iamrail(dir.path(), &["check", name]);
        assert_eq!(run.status, 3, "{name}: {run:?}");
        assert!(run.out.contains(said), "{name}: {}", run.out);
    }
}

#[test]
fn deep_and_wide_input_ends() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let bomb = (0..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        text + &format!("a{}: &a{} [*a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)
    });
    for (path, text) in [
        ("bad/main.tf", format!("locals {{\n  a = {}\n}}\n", deep("[", "]"))),
        ("bad/paren.tf", format!("locals {{\n  a = {}1{}\n}}\n", "(".repeat(100_000), ")".repeat(100_000))),
        ("bad/block.tf", deep("a {\n", "}\n")),
        ("bad/template.json", format!("{{\"Resources\": {}}}", deep("[", "]"))),
        ("bad/template.yaml", format!("Resources: {}\n", deep("[", "]"))),
        ("bad/bomb.yaml", format!("AWSTemplateFormatVersion: '2010-09-09'\n{bomb}Resources: {{}}\n")),
    ] {
        beside_a_violation(&[(path, text.as_bytes())]);
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_named_and_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = directory(&[("secret.tf", VIOLATION), ("dir/main.tf", VIOLATION)]);
    let dir = directory(&[("a/main.tf", CLEAN)]);
    symlink(outside.path().join("secret.tf"), dir.path().join("a/link.tf")).unwrap();
    symlink(outside.path().join("dir"), dir.path().join("linked")).unwrap();
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!(run.status, 3, "{run:?}");
    assert!(run.rules().is_empty(), "{run:?}");
    let paths = run.json().pointer("/diagnostics").unwrap().to_string();
    assert!(paths.contains("a/link.tf") && paths.contains("linked"), "{paths}");
}

#[cfg(unix)]
#[test]
fn links_within_the_root_are_the_files_they_lead_to() {
    use std::os::unix::fs::symlink;
    let dir = directory(&[("common/user.tf", VIOLATION), ("a/main.tf", CLEAN)]);
    symlink("../common/user.tf", dir.path().join("a/user.tf")).unwrap();
    symlink("nowhere", dir.path().join("a/.#main.tf")).unwrap();
    symlink(".", dir.path().join("a/loop")).unwrap();
    let run = iamrail(dir.path(), &["check", "--format", "json", "a"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.codes().is_empty(), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let dir = directory(&[("main.tf", CLEAN)]);
    let made = Command::new("mkfifo").arg(dir.path().join("pipe.tf")).status().unwrap();
    assert!(made.success());
    let run = iamrail(dir.path(), &["check"]);
    assert_eq!(run.status, 3, "{run:?}");
    assert!(run.out.contains("pipe.tf"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn a_list_of_what_is_ignored_that_is_a_pipe_is_named_and_not_waited_for() {
    for (place, finds) in [(".", false), ("a", true)] {
        let dir = directory(&[("a/main.tf", CLEAN), ("b/main.tf", VIOLATION)]);
        let list = dir.path().join(place).join(".gitignore");
        assert!(Command::new("mkfifo").arg(list).status().unwrap().success());
        let run = iamrail(dir.path(), &["check"]);
        assert_eq!(run.status, if finds { 1 } else { 3 }, "{run:?}");
        assert!(run.out.contains(&format!("cannot look into `{place}`")), "{}", run.out);
        assert_eq!(iamrail(dir.path(), &["check", "--no-ignore"]).status, 1);
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_listed_makes_the_check_incomplete() {
    use std::os::unix::fs::PermissionsExt;
    let dir = directory(&[("a/main.tf", CLEAN), ("closed/main.tf", CLEAN)]);
    let closed = dir.path().join("closed");
    let mode = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    // Permissions do not hold for the superuser.
    let holds = fs::read_dir(&closed).is_err();
    let run = iamrail(dir.path(), &["check"]);
    mode(0o755);
    assert_eq!(run.status, if holds { 3 } else { 0 }, "{run:?}");
    assert_eq!(run.out.contains("cannot look into `closed`: permission denied"), holds, "{}", run.out);
}

#[test]
fn a_function_of_the_input_reads_nothing_outside_of_the_root() {
    let outside =
        directory(&[("policy.json", b"{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\"}]}")]);
    let text = format!(
        "resource \"aws_iam_policy\" \"p\" {{\n  name = \"p\"\n  policy = file(\"{}\")\n}}\n",
        outside.path().join("policy.json").display()
    );
    let dir = directory(&[("main.tf", text.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!(run.json().pointer("/summary/errors").unwrap(), 0, "{run:?}");
}

#[test]
fn standard_input_is_recognised_by_its_content() {
    let template = b"Resources:\n  Ann:\n    Type: AWS::IAM::User\n    Properties:\n      ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]\n";
    let run = iamrail_with(Path::new("/"), &["check", "--format", "json", "-"], template);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.rules().contains(&"user-direct-policy".to_owned()));
    let nothing = iamrail_with(Path::new("/"), &["check", "-"], b"");
    assert_eq!(nothing.status, 2, "{nothing:?}");
}

#[test]
fn a_template_that_is_too_large_is_known_by_its_beginning_and_said_to_be_unread() {
    let filler = format!("Description: {}\n", "x".repeat(4_000));
    let yaml = format!("Resources:\n  A: {{Type: AWS::IAM::Group}}\n{filler}");
    let json =
        format!("{{\"Resources\": {{\"A\": {{\"Type\": \"AWS::IAM::Group\"}}}},\n\"X\": \"{filler}\"}}");
    for (path, text, status, code) in [
        ("t.yaml", &yaml, 3, "unreadable"),
        ("t.json", &json, 3, "unreadable"),
        ("t.json", &format!("{{\"X\": \"{filler}\"}}"), 0, "no-infrastructure-code"),
    ] {
        let dir = directory(&[(path, text.as_bytes())]);
        let run = iamrail(dir.path(), &["check", "--format", "json", "--max-file-size", "2000"]);
        assert_eq!((run.status, run.codes()), (status, vec![code.to_owned()]), "{path}: {run:?}");
    }
}

#[test]
fn a_specification_of_codedeploy_is_no_template() {
    let text = "version: 0.0\nResources:\n  # the function\n  - Function:\n      Type: AWS::Lambda::Function\n      \
        Properties:\n        Name: f\nHooks:\n  - BeforeAllowTraffic: Check\n";
    let dir = directory(&[("good/main.tf", CLEAN), ("app/appspec.yaml", text.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    assert_eq!((run.status, run.codes()), (0, Vec::<String>::new()), "{run:?}");
}
