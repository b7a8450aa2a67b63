//! Access keys in files that are nothing else to the check, and in values that are put together.

#![expect(clippy::string_slice, reason = "digests and keys are ASCII")]

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::command::{CLEAN, Run, directory, iamrail};
use crate::{exceptions, repository};

/// A key is put together here, so that no scanner of this repository takes it for a leak.
pub(crate) fn id() -> String {
    ["AKIARZPUZD", "IKHHOY7W7M"].concat()
}

pub(crate) fn secret() -> String {
    ["2HPcHyGcFRl1SPnXNYvM", "IHa+2o76umfXfKm+r5kJ"].concat()
}

/// The findings on access keys: place, message, and the places of the related ones with what is said of them.
pub(crate) fn leaks(run: &Run) -> Vec<(String, String, Vec<String>)> {
    let json = run.json();
    let place = |of: &Value| {
        let at = |key: &str| of.pointer(&format!("/location/{key}")).unwrap_or(&Value::Null).to_string();
        format!("{}:{}:{}", at("file").trim_matches('"'), at("line"), at("column"))
    };
    let text = |of: &Value, key: &str| of.get(key).unwrap().as_str().unwrap().to_owned();
    let findings = json.get("findings").unwrap().as_array().unwrap();
    let leaks = findings.iter().filter(|one| text(one, "rule") == "embedded-access-key");
    leaks
        .map(|one| {
            let related = one.get("related").unwrap().as_array().unwrap();
            let related = related.iter().map(|other| format!("{} {}", place(other), text(other, "message")));
            (place(one), text(one, "message"), related.collect())
        })
        .collect()
}

pub(crate) fn check(dir: &Path, args: &[&str]) -> Run {
    iamrail(dir, &[&["check", "--format", "json"], args].concat())
}

#[test]
fn every_text_is_looked_through_and_a_key_is_one_finding() {
    let (id, secret) = (id(), secret());
    let script = format!("#!/bin/sh\n# é\n  export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n");
    let dotenv = format!("X=1\nAWS_SECRET_ACCESS_KEY={secret}\n");
    let latin = [b"caf\xE9 ".as_slice(), id.as_bytes(), b"\n"].concat();
    let wide: Vec<u8> =
        format!("\u{FEFF}one\r\nkey: {id}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let binary = [b"\0\x01".as_slice(), id.as_bytes()].concat();
    let dir = directory(&[
        ("a/run.sh", script.as_bytes()),
        (".env", dotenv.as_bytes()),
        ("latin.txt", &latin),
        ("wide.reg", &wide),
        ("z.bin", &binary),
        ("main.tf", CLEAN),
        ("old.tf", latin.as_slice()),
    ]);
    let run = check(dir.path(), &[]);
    let leaks = leaks(&run);
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    let (place, message, related) = &leaks[0];
    assert_eq!(place, "a/run.sh:3:28");
    assert_eq!(message, "the access key `AKIA…7W7M` of account 123456789012 is written into the file");
    let expected = [
        ".env:2:23 its secret",
        "a/run.sh:3:71 its secret",
        "latin.txt:1:6 its id stands here too",
        "old.tf:1:6 its id stands here too",
        "wide.reg:2:6 its id stands here too",
    ];
    assert_eq!(*related, expected);
    assert_eq!(run.json().pointer("/summary/looked_through"), Some(&5.into()));
    for format in ["human", "sarif"] {
        let run = iamrail(dir.path(), &["check", "--verbose", "--format", format]);
        assert!(!run.out.contains(&secret) && !run.out.contains(&id[4..16]), "{}", run.out);
    }
}

#[test]
fn a_key_that_an_expression_puts_together_is_found() {
    let (start, end) = id().split_at(10).map_to_owned();
    let configuration = format!(
        "resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  environment {{\n    variables = {{\n      \
         KEY = join(\"\", [\"{start}\", \"{end}\"])\n    }}\n  }}\n}}\n"
    );
    let template = format!(
        "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n        Variables:\n          \
         KEY: !Join ['', ['{start}', '{end}']]\n"
    );
    let dir = directory(&[("main.tf", configuration.as_bytes()), ("template.yaml", template.as_bytes())]);
    let run = check(dir.path(), &[]);
    let leaks = leaks(&run);
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert!(leaks[0].0.starts_with("main.tf:5:"), "{leaks:?}");
    assert!(leaks[0].1.ends_with("is put together of parts in the file"), "{leaks:?}");
    assert!(leaks[0].2.iter().any(|one| one.starts_with("template.yaml:7:")), "{leaks:?}");
    assert!(!run.out.contains(&start) && !run.out.contains(&end));
}

#[test]
fn a_secret_beside_two_ids_is_told_with_each_of_them() {
    let other = ["AKIAQYLPMN5", "HNM4OWEZR"].concat();
    let secret = secret();
    let pair = |id: &str| format!("aws_access_key_id={id}\naws_secret_access_key={secret}\n");
    let (one, two) = (pair(&id()), pair(&other));
    let alone = format!("aws_secret_access_key={secret}\n");
    let dir = directory(&[("a", one.as_bytes()), ("b", two.as_bytes()), ("c", alone.as_bytes())]);
    let found = leaks(&check(dir.path(), &[]));
    let places: Vec<_> = found.iter().map(|(place, _, others)| (place.as_str(), others.as_slice())).collect();
    let first = ["a:2:23 its secret".to_owned(), "c:1:23 its secret".to_owned()];
    assert_eq!(places, [("a:1:19", &first[..]), ("b:1:19", &["b:2:23 its secret".to_owned()][..])]);
}

#[test]
fn keys_that_providers_and_properties_put_together_are_found() {
    let ((start, end), (first, rest)) =
        (id().split_at(10).map_to_owned(), secret().split_at(20).map_to_owned());
    let provider = format!(
        "provider \"aws\" {{\n  access_key = format(\"%s%s\", \"{start}\", \"{end}\")\n  \
         secret_key = join(\"\", [\"{first}\", \"{rest}\"])\n}}\nresource \"aws_s3_bucket\" \"b\" {{}}\n"
    );
    let template = format!(
        "Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: /aws/secret_key\n      Type: String\n      \
         Value: !Join ['', ['{first}', '{rest}']]\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      \
         SecretString: !Sub ['{{\"id\":\"${{A}}${{B}}\"}}', {{A: {start}, B: {end}}}]\n  C:\n    Type: Custom::Thing\n    Properties:\n      \
         ServiceToken: x\n      SecretAccessKey: !Sub ['${{A}}{rest}', {{A: '{first}'}}]\n"
    );
    let found = |files: &[(&str, &[u8])]| {
        let run = check(directory(files).path(), &[]);
        assert!(![&start, &end, &first, &rest].into_iter().any(|part| run.out.contains(part)), "{}", run.out);
        leaks(&run)
    };
    let leaks = found(&[("main.tf", provider.as_bytes())]);
    let places: Vec<&str> = leaks.iter().map(|leak| leak.0.as_str()).collect();
    assert_eq!(places, ["main.tf:2:32"], "{leaks:?}");
    let parts = [
        "main.tf:2:46 its id goes on here",
        "main.tf:3:27 its secret, put together of parts",
        "main.tf:3:51 its secret goes on here",
    ];
    assert_eq!(leaks[0].2, parts, "{leaks:?}");
    // The id as it stands, and the secret in parts, and the other way round.
    let provider = |id: &str, secret: &str| {
        format!("provider \"aws\" {{\n  access_key = {id}\n  secret_key = {secret}\n}}\n")
    };
    let (id, whole) = (format!("\"{start}{end}\""), format!("\"{first}{rest}\""));
    let parts = |a: &str, b: &str| format!("join(\"\", [\"{a}\", \"{b}\"])");
    for text in [provider(&id, &parts(&first, &rest)), provider(&parts(&start, &end), &whole)] {
        let leaks = found(&[("main.tf", text.as_bytes())]);
        assert_eq!((leaks.len(), leaks[0].2.len()), (1, 2), "{text}{leaks:?}");
    }
    let kept = format!(
        "resource \"aws_ssm_parameter\" \"p\" {{\n  name  = \"/aws/secret_key\"\n  type  = \"SecureString\"\n  \
         value = join(\"\", [\"{first}\", \"{rest}\"])\n}}\nresource \"aws_secretsmanager_secret_version\" \"v\" {{\n  \
         secret_id     = \"s\"\n  secret_string = jsonencode({{ id = format(\"%s%s\", \"{start}\", \"{end}\") }})\n}}\n"
    );
    let leaks = found(&[("main.tf", kept.as_bytes())]);
    let places: Vec<&str> = leaks.iter().map(|leak| leak.0.as_str()).collect();
    assert_eq!(places, ["main.tf:4:22", "main.tf:8:53"], "{leaks:?}");
    let leaks = found(&[("template.yaml", template.as_bytes())]);
    let places: Vec<(&str, &str)> = leaks.iter().map(|leak| (leak.0.as_str(), leak.1.as_str())).collect();
    let secret = "a secret access key is put together of parts in the file";
    let key = "the access key `AKIA…7W7M` of account 123456789012 is put together of parts in the file";
    let expected = [("template.yaml:7:27", secret), ("template.yaml:11:52", key)];
    assert_eq!(places, expected, "{leaks:?}");
    assert_eq!(leaks[0].2.len(), 3, "{leaks:?}");
}

#[test]
fn what_goes_with_an_id_is_put_together_beside_it() {
    let temporary = id().replacen("AK", "AS", 1);
    let noise = |length: usize| -> String {
        let mut state = 7u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                    [(state >> 40) as usize % 64],
            )
        };
        (0..length).map(next).collect()
    };
    let token = ["IQoJb3JpZ2luX2Vj", &noise(300)].concat();
    let password = ["BK", &noise(42)].concat();
    let variables = |id: &str, name: &str, value: &str| {
        let ((start, end), (first, rest)) = (id.split_at(9), value.split_at(25));
        format!(
            "resource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  environment {{\n    variables = {{\n      \
             NAME = join(\"\", [\"{start}\", \"{end}\"])\n      {name} = join(\"\", [\"{first}\", \"{rest}\"])\n    }}\n  }}\n}}\n"
        )
    };
    for (id, name, value, what) in [
        (&temporary, "AWS_SESSION_TOKEN", &token, "session token"),
        (&id(), "SMTP_PASSWORD", &password, "SMTP password of Amazon SES"),
    ] {
        let text = variables(id, name, value);
        let dir = directory(&[("main.tf", text.as_bytes())]);
        let run = check(dir.path(), &[]);
        let leaks = leaks(&run);
        assert_eq!(leaks.len(), 1, "{leaks:?}");
        let first = name.len() + 21;
        let expected = [
            "main.tf:5:38 its id goes on here".to_owned(),
            format!("main.tf:6:{first} its {what}, put together of parts"),
            format!("main.tf:6:{} its {what} goes on here", first + 25 + "\", \"".len()),
        ];
        assert_eq!(leaks[0].2, expected);
        let alone = variables("none-at-all-here", name, value);
        let alone = directory(&[("main.tf", alone.as_bytes())]);
        for (dir, format) in [(&dir, "human"), (&dir, "sarif"), (&alone, "human"), (&alone, "json")] {
            let run = iamrail(dir.path(), &["check", "--verbose", "--format", format]);
            for part in [&value[..25], &value[25..]] {
                assert!(!run.out.contains(part), "{format} {part}: {}", run.out);
            }
        }
    }
}

#[test]
fn a_part_of_a_credential_whose_rest_is_not_known_is_not_shown() {
    let (id, secret) = (id(), secret());
    let (start, first, rest) = (&id[..10], &secret[..20], &secret[20..27]);
    let configuration = format!(
        "variable \"rest\" {{}}\nlocals {{\n  half = \"{rest}\"\n}}\nresource \"aws_lambda_function\" \"f\" {{\n  function_name = \"f\"\n  \
         environment {{\n    variables = {{\n      AWS_SECRET_ACCESS_KEY = \"{first}${{var.rest}}\"\n      \
         AWS_ACCESS_KEY_ID = \"{start}${{var.rest}}\"\n      OTHER = \"{start}${{var.rest}}{first}${{var.rest}}\"\n      \
         aws_secret_key = join(\"\", [local.half, var.rest, \"{rest}\"])\n    }}\n  }}\n}}\n"
    );
    let template = format!(
        "Parameters:\n  Rest:\n    Type: String\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      \
         Role: !Ref Rest\n      Environment:\n        Variables:\n          AWS_SECRET_ACCESS_KEY: !Sub '{first}${{Rest}}'\n          \
         AWS_ACCESS_KEY_ID: !Join ['', ['{start}', !Ref Rest]]\n          AWS_SECRET_KEY: !Join ['', [!Ref Rest, '{rest}']]\n"
    );
    let dir = directory(&[("main.tf", configuration.as_bytes()), ("template.yaml", template.as_bytes())]);
    for command in [
        &["check", "--verbose"][..],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["show"],
        &["review"],
    ] {
        let run = iamrail(dir.path(), command);
        for part in [start, first, rest] {
            assert!(
                !run.out.contains(part) && !run.err.contains(part),
                "{command:?} {part}: {}{}",
                run.out,
                run.err
            );
        }
    }
    let run = iamrail(dir.path(), &["check"]);
    assert!(run.out.contains("workload-static-credentials"), "{}", run.out);
}

#[test]
fn an_account_that_the_configuration_names_is_told() {
    let key = format!("key = {}\n", id());
    let message = |configuration: &str| {
        let files = [("main.tf", configuration.as_bytes()), ("key.txt", key.as_bytes())];
        leaks(&check(directory(&files).path(), &[])).remove(0).1
    };
    let own = "the access key `AKIA…7W7M` of account 123456789012, an account of this configuration, is written into the file";
    assert_eq!(message("provider \"aws\" {\n  allowed_account_ids = [\"123456789012\"]\n}\n"), own);
    assert_eq!(message("output \"a\" {\n  value = \"arn:aws:iam::123456789012:root\"\n}\n"), own);
    let other = "the access key `AKIA…7W7M` of account 123456789012 is written into the file";
    assert_eq!(message("provider \"aws\" {\n  allowed_account_ids = [\"123456789013\"]\n}\n"), other);
}

/// Splits into texts of their own.
trait Owned {
    fn map_to_owned(self) -> (String, String);
}

impl Owned for (&str, &str) {
    fn map_to_owned(self) -> (String, String) {
        (self.0.to_owned(), self.1.to_owned())
    }
}

#[test]
fn what_images_are_built_of_is_input() {
    let dockerfile =
        format!("FROM alpine\nARG KEY={}\nENV AWS_SECRET_ACCESS_KEY \\\n    {}\n", id(), secret());
    let packer = format!("source \"amazon-ebs\" \"a\" {{\n  access_key = \"{}\"\n}}\n", id());
    let dir = directory(&[
        ("Dockerfile", dockerfile.as_bytes()),
        ("ami.pkr.hcl", packer.as_bytes()),
        ("clean/Dockerfile", b"FROM alpine\n"),
    ]);
    let run = check(dir.path(), &["Dockerfile", "ami.pkr.hcl"]);
    let found = leaks(&run);
    assert_eq!((run.codes(), found.len(), found[0].0.as_str()), (Vec::new(), 1, "Dockerfile:2:9"));
    assert_eq!(found[0].2, ["Dockerfile:4:5 its secret", "ami.pkr.hcl:2:17 its id stands here too"]);
    let run = iamrail(dir.path(), &["check", "Dockerfile"]);
    assert!(run.out.contains("every image that is built of this file carries it"), "{}", run.out);
    for path in ["clean/Dockerfile", "clean"] {
        assert_eq!(check(dir.path(), &[path]).status, 0);
    }
}

#[test]
fn what_git_ignores_is_named_when_it_mostly_holds_secrets() {
    let env = format!("AWS_SECRET_ACCESS_KEY={}\n", secret());
    let dir = directory(&[
        (".gitignore", b"*.env\n*.tfvars\nnotes\n"),
        ("main.tf", CLEAN),
        ("prod.tfvars", b"a = 1\n"),
        ("deploy/x.env", env.as_bytes()),
        ("notes", b"nothing\n"),
    ]);
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes(), leaks(&run).len()), (0, vec!["ignored".to_owned()], 0));
    assert!(run.out.contains("`deploy/x.env`, `prod.tfvars`") && !run.out.contains("`notes`"), "{}", run.out);
    let run = check(dir.path(), &["--no-ignore"]);
    assert_eq!((run.status, run.codes(), leaks(&run).len()), (1, Vec::new(), 1));
}

#[test]
fn large_texts_are_looked_through_to_the_limit_whatever_their_lines() {
    let mut line = vec![b'x'; 5_000_000];
    line.extend_from_slice(format!(" {} \n", id()).as_bytes());
    line.extend_from_slice(&vec![b'y'; 1_048_576]);
    let dir = directory(&[("main.tf", CLEAN), ("long.txt", &line)]);
    let run = check(dir.path(), &[]);
    assert_eq!(leaks(&run)[0].0, "long.txt:1:5000002");
    let run = check(dir.path(), &["--max-file-size", "2000000"]);
    assert_eq!((run.status, run.codes(), leaks(&run).len()), (3, vec!["too-large".to_owned()], 0));
    // A file of zeros is no text, and one that only begins as a text ends at the limit.
    let sparse = fs::File::create(dir.path().join("sparse")).unwrap();
    sparse.set_len(10 << 30).unwrap();
    fs::remove_file(dir.path().join("long.txt")).unwrap();
    assert_eq!(check(dir.path(), &[]).status, 0);
    fs::File::options()
        .write(true)
        .open(dir.path().join("sparse"))
        .unwrap()
        .write_all(&[b'a'; 9000])
        .unwrap();
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.codes()), (3, vec!["too-large".to_owned()]));
}

#[test]
fn a_key_at_the_edge_of_what_is_read_at_once_is_found_once() {
    let key = format!("\naws_access_key_id={}\naws_secret_access_key={}\n", id(), secret());
    for at in [1_040_000, 1_048_500, 1_048_540, 1_048_576, 1_032_150] {
        let mut text = vec![b'\n'; at];
        text.extend_from_slice(key.as_bytes());
        text.resize(2_500_000, b'\n');
        let dir = directory(&[("main.tf", CLEAN), ("large.txt", &text)]);
        let leaks = leaks(&check(dir.path(), &[]));
        assert_eq!(leaks.len(), 1, "{at}: {leaks:?}");
        assert_eq!(leaks[0].0, format!("large.txt:{}:19", at + 2));
        assert_eq!(leaks[0].2, [format!("large.txt:{}:23 its secret", at + 3)], "{at}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_are_passed_over_and_what_may_not_be_read_is_told() {
    let dir = directory(&[("main.tf", CLEAN)]);
    let made = std::process::Command::new("mkfifo").arg(dir.path().join("pipe")).status();
    std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(check(dir.path(), &[]).status, 0);
    }
}

#[test]
fn the_rule_can_be_switched_off() {
    let dir = directory(&[
        ("main.tf", CLEAN),
        ("key.txt", id().as_bytes()),
        ("iamrail.yaml", b"rules:\n  embedded-access-key:\n    level: \"off\"\n    reason: None.\n"),
    ]);
    let run = check(dir.path(), &[]);
    assert_eq!((run.status, run.json().pointer("/summary/looked_through")), (0, Some(&0.into())));
}

#[test]
fn only_the_fixtures_of_this_repository_hold_keys() {
    let run =
        check(&repository(), &["crates", "docs", "README.md", "ARCHITECTURE.md", "Cargo.toml", "Cargo.lock"]);
    assert_eq!(leaks(&run), []);
}

#[test]
fn a_credential_is_excepted_only_in_the_files_that_are_named() {
    let text = format!("key = {}\n", id());
    let found = |resources: &str| {
        let entry = exceptions::entry(resources).replace("user-direct-policy", "embedded-access-key");
        let text = text.as_bytes();
        let files = [("docs/a.txt", text), ("src/b.txt", text), ("iam-exceptions.yaml", entry.as_bytes())];
        exceptions::found(&exceptions::check(directory(&files).path(), &[]))
    };
    let leak = vec!["embedded-access-key".to_owned()];
    assert_eq!(found("docs/a.txt"), (leak.clone(), Vec::new()));
    assert_eq!(found("[docs/a.txt, \"src/*\"]"), (Vec::new(), leak.clone()));
    assert!(found("src/b.txt").0.contains(&leak[0]));
}

#[test]
fn a_credential_is_shown_nowhere() {
    let (id, secret) = (id(), secret());
    let other = ["q7Zk2mVx", "L0aTn4RsWy8dBe1Gf6Hj3Kp5Mq9Nc2Ub"].concat();
    let key = format!("AWS_ACCESS_KEY_ID={id} TOKEN={other}\n");
    let broken = format!("{id}/broken.tf");
    let dir = directory(&[
        (&format!("backup_{id}.env"), key.as_bytes()),
        (&format!("{}.txt", secret.replace('+', "x")), key.as_bytes()),
        (&broken, b"resource \"a\" {{\n"),
        ("main.tf", CLEAN),
    ]);
    let seen = |out: &str| {
        [&id[4..16], &secret[..20], &other[..20]]
            .into_iter()
            .find(|part| out.contains(part))
            .map(str::to_owned)
    };
    for format in ["human", "json", "sarif"] {
        let run = iamrail(dir.path(), &["check", "--verbose", "--format", format]);
        assert_eq!(run.status, 1);
        assert_eq!(seen(&run.out).or_else(|| seen(&run.err)), None, "{format}: {}{}", run.out, run.err);
    }
    let pair = format!("{id}={secret}");
    let arguments: [&[&str]; 6] = [
        &["explain", &id],
        &["check", &secret],
        &["check", "--var", &other],
        &["check", "--var", "hunter2"],
        &["check", "--format", &id],
        &["check", &format!("--{pair}")],
    ];
    for arguments in arguments {
        let run = iamrail(dir.path(), arguments);
        assert_eq!((run.status, seen(&run.err)), (2, None), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("hunter2"), "{}", run.err);
    }
}

#[test]
fn nothing_that_is_made_of_a_credential_is_shown() {
    let secret = ["iwUofxg+L0DZ35v5", "aot4DHAR3C8yLDS2XniQGyyS"].concat();
    let far = format!("{} {secret}", "a".repeat(60));
    let policy = |name: &str, sid: &str| {
        format!(
            "resource \"aws_iam_policy\" \"{name}\" {{\n  name   = \"{name}\"\n  policy = jsonencode({{\n    \
             Version = \"2012-10-17\"\n    Statement = [{{\n      Sid = \"{sid}\"\n      Effect = \"Allow\"\n      \
             Action = \"s3:Get*\"\n      Resource = \"*\"\n      Condition = {{ StringEquals = {{ \"aws:{secret}\" = \"x\" }}, \
             \"{secret}\" = {{ \"a\" = \"b\" }} }}\n    }}]\n  }})\n}}\n"
        )
    };
    let known = format!("locals {{\n  aws_secret_access_key = \"{secret}\"\n}}\n");
    let text = [known, policy("p", &secret), policy("q", &far)].concat();
    let dir = directory(&[("main.tf", text.as_bytes())]);
    let runs = ["human", "json", "sarif", "markdown"].map(|format| vec!["check", "--format", format]);
    for arguments in runs.into_iter().chain([vec!["show"], vec!["show", "--permissions"]]) {
        let run = iamrail(dir.path(), &arguments);
        for part in [&secret[..7], "iwUofxgL", &secret[8..20]] {
            assert!(!run.out.contains(part) && !run.err.contains(part), "{arguments:?}: {}", run.out);
        }
    }
}

#[test]
fn an_id_in_a_presigned_url_is_a_warning() {
    let (id, secret) = (id(), secret());
    let url = format!(
        "https://b.s3.amazonaws.com/k?X-Amz-Credential={id}%2F20261127%2Feu-west-1%2Fs3%2Faws4_request\n"
    );
    let level = |text: &str| {
        let run = check(directory(&[("a.txt", text.as_bytes())]).path(), &[]);
        assert_eq!(leaks(&run).len(), 1, "{}", run.out);
        run.json().pointer("/findings/0/level").unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(level(&url), "warning");
    assert_eq!(level(&format!("{url}id = {id}\n")), "error");
    assert_eq!(level(&format!("{url}aws_secret_access_key = {secret}\n")), "error");
}
