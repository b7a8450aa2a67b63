//! What all outputs have in common: the same bytes for the same input, no secret, nothing that acts on a terminal.

use serde_json::{Value, json};

use crate::command::{CLEAN, VIOLATION, directory, iamrail};
use crate::credentials::{id, secret};
use crate::repository;

/// The secrets of the fixtures and projects.
fn secrets() -> [String; 2] {
    [id(), secret()]
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let names: Vec<String> = (0..40).map(|n| format!("unit-{n}/main.tf")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), VIOLATION)).collect();
    let dir = directory(&files);
    for (command, format, status) in
        [("check", "json", 1), ("check", "sarif", 1), ("check", "checklist", 1), ("review", "html", 0)]
    {
        let run = |threads| iamrail(dir.path(), &[command, "--format", format, "--threads", threads]);
        let one = run("1");
        assert_eq!(one.status, status);
        for _ in 0..3 {
            assert_eq!(one.out, run("8").out);
        }
    }
}

#[test]
fn no_output_shows_a_secret() {
    let projects = repository().join("testdata/projects");
    for args in [
        &["check", "--format", "human", "--verbose"][..],
        &["check", "--format", "human", "--color", "always"],
        &["check", "--format", "json"],
        &["check", "--format", "sarif"],
        &["check", "--format", "checklist"],
        &["review", "--format", "markdown"],
        &["review", "--format", "html"],
        &["show"],
    ] {
        let run = iamrail(&projects, args);
        assert!(!run.out.is_empty());
        for secret in &secrets() {
            assert!(
                !run.out.contains(secret.as_str()) && !run.err.contains(secret.as_str()),
                "{args:?} shows {secret}"
            );
        }
    }
}

#[test]
fn no_output_shows_what_a_state_or_plan_marks_as_secret() {
    let keys = repository().join("testdata/plans/keys");
    let mut tried = 0;
    for name in ["state.json", "applied.json", "terraform.tfstate"] {
        let text = std::fs::read_to_string(keys.join(name)).unwrap();
        let secrets: Vec<&str> = text
            .split("\"secret\":")
            .skip(1)
            .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
            .filter(|secret| secret.len() > 8)
            .collect();
        for (command, format) in [
            ("check", "human"),
            ("check", "json"),
            ("check", "sarif"),
            ("check", "checklist"),
            ("review", "html"),
        ] {
            let run = iamrail(&keys, &[command, name, "--format", format]);
            for secret in &secrets {
                assert!(!run.out.contains(secret), "{name} as {format} shows {secret}");
                tried += 1;
            }
        }
    }
    assert!(tried > 0, "the states hold no secret to look for");
}

#[test]
fn a_value_that_is_declared_secret_is_not_shown() {
    let text = "variable \"name\" {\n  default   = \"hidden-away-name\"\n  sensitive = true\n}\n\nresource \"aws_iam_user\" \"u\" {\n  name = var.name\n}\n";
    let dir = directory(&[("main.tf", text.as_bytes())]);
    for format in ["human", "json", "sarif", "checklist"] {
        let run = iamrail(dir.path(), &["check", "--format", format, "--fail-on", "warning"]);
        assert_eq!(run.status, 1);
        assert!(!run.out.contains("hidden-away-name"), "{format}");
    }
    for format in ["markdown", "html"] {
        let run = iamrail(dir.path(), &["review", "--format", format]);
        assert!(run.out.contains("aws_iam_user.u") && !run.out.contains("hidden-away-name"), "{format}");
    }
}

/// A key that goes through as many locals of its own before it reaches a function.
fn key_through(locals: usize) -> String {
    let steps: String = (1..=locals)
        .map(|n| format!("locals {{\n  step_{n} = \"x${{local.step_{}}}\"\n}}\n", n - 1))
        .collect();
    format!(
        "resource \"aws_iam_user\" \"ftp\" {{\n  name = \"svc-ftp\"\n}}\nresource \"aws_iam_access_key\" \"ftp\" {{\n  user = aws_iam_user.ftp.name\n}}\nlocals {{\n  step_0 = aws_iam_access_key.ftp.secret\n}}\n{steps}resource \"aws_lambda_function\" \"ftp\" {{\n  function_name = \"ftp\"\n  role = \"arn:aws:iam::123456789012:role/ftp\"\n  environment {{\n    variables = {{ S = local.step_{locals} }}\n  }}\n}}\n"
    )
}

#[test]
fn people_are_told_every_step_of_a_way() {
    let told = |locals: usize, args: &[&str]| {
        let dir = directory(&[("main.tf", key_through(locals).as_bytes())]);
        let out = iamrail(dir.path(), &[&["check"], args].concat()).out;
        (0..=locals).filter(|n| out.contains(&format!("goes through `local.step_{n}`"))).count()
    };
    assert_eq!(told(12, &[]), 13);
    assert!(told(60, &[]) < 61);
    assert_eq!(told(60, &["--verbose"]), 61);
}

#[test]
fn a_default_that_is_a_word_hides_neither_paths_nor_names() {
    let template = "Parameters:\n  Password: {Type: String, NoEcho: true, Default: wordpress}\nResources:\n  wordpress2: # not wordpress\n    Type: AWS::IAM::User\n    Properties:\n      LoginProfile: {Password: !Ref Password}\n  Key:\n    Type: AWS::IAM::User\n    Properties: {UserName: !Ref Password}\n";
    let dir = directory(&[("wordpress/template.yaml", template.as_bytes())]);
    for format in ["human", "json", "sarif"] {
        let run = iamrail(dir.path(), &["check", "--format", format]);
        assert!(run.out.contains("wordpress/template.yaml"), "{format}: {}", run.out);
        assert!(run.out.contains("wordpress2"), "{format}: {}", run.out);
        assert!(!run.out.contains("`wordpress`"), "{format}: {}", run.out);
    }
    let people = iamrail(dir.path(), &["check"]).out;
    assert!(people.contains("wordpress2: # not *********\n"), "{people}");
}

#[test]
fn nothing_of_the_input_acts_on_the_terminal() {
    let text = "resource \"aws_iam_user\" \"u\" {\n  name = \"a\u{1b}]0;owned\u{7}b\u{202e}c\" # \u{1b}[2J\n}\n\nresource \"aws_iam_user_policy_attachment\" \"u\" {\n  user = aws_iam_user.u.name # \u{9b}2J\n  policy_arn = \"arn:aws:iam::aws:policy/\u{1b}[8mReadOnlyAccess\"\n}\nbroken \u{1b}[31m\n";
    let dir = directory(&[("evil\u{1b}[5m/main.tf", VIOLATION), ("b/main.tf", text.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--verbose"]);
    assert!(run.out.contains("user-direct-policy"), "{run:?}");
    let acts = |character: char| character != '\n' && (character.is_control() || character == '\u{202e}');
    assert_eq!(run.out.find(acts), None, "{:?}", run.out);
    let named = iamrail(dir.path(), &["check", "nowhere\u{1b}[5m"]);
    assert_eq!(named.err.find(acts), None, "{:?}", named.err);
}

#[test]
fn what_is_out_of_scope_is_named_on_request() {
    let role = [
        CLEAN,
        b"resource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n  permissions_boundary = \"arn:aws:iam::123456789012:policy/b\"\n}\n",
    ]
    .concat();
    let dir = directory(&[("main.tf", &role)]);
    let said = "note[out-of-scope]: `aws_iam_user.ann`: the permissions boundary";
    assert!(!iamrail(dir.path(), &["check"]).out.contains(said));
    let run = iamrail(dir.path(), &["check", "--verbose"]);
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn trust_in_the_builds_of_everybody_is_named_on_request() {
    let notes = |subject: &str| {
        let template = format!(
            "Resources:\n  Deploy:\n    Type: AWS::IAM::Role\n    Properties:\n      Description: Lets the pipeline deploy \
             the shop\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n        - Effect: \
             Allow\n          Action: sts:AssumeRoleWithWebIdentity\n          Principal: {{Federated: !Sub \
             'arn:aws:iam::${{AWS::AccountId}}:oidc-provider/token.actions.githubusercontent.com'}}\n          Condition:\n\
             \x20           StringEquals: {{'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}\n            {subject}\n"
        );
        let dir = directory(&[("template.yaml", template.as_bytes())]);
        let said = "`Deploy`: the trust in builds of GitHub without a bound subject is out of the scope";
        assert!(!iamrail(dir.path(), &["check"]).out.contains(said));
        iamrail(dir.path(), &["check", "--verbose"]).out.contains(said)
    };
    let subject = "token.actions.githubusercontent.com:sub";
    assert!(notes(""));
    for (operator, value, is_named) in [
        ("StringLike", "'repo:*'", true),
        ("StringLike", "'*'", true),
        ("StringNotLike", "'repo:shop/web:*'", true),
        ("StringLike", "['repo:shop/*', '*']", true),
        ("StringLike", "'repo:shop/*'", false),
        ("StringLike", "!Ref AWS::StackName", false),
    ] {
        assert_eq!(notes(&format!("{operator}: {{'{subject}': {value}}}")), is_named, "{operator} {value}");
    }
}

#[test]
fn colour_is_used_when_asked_for_only() {
    let dir = directory(&[("main.tf", VIOLATION)]);
    assert!(!iamrail(dir.path(), &["check"]).out.contains('\u{1b}'));
    assert!(iamrail(dir.path(), &["check", "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn several_formats_are_written_in_one_run() {
    let dir = directory(&[("main.tf", VIOLATION)]);
    let args = ["check", "--format", "sarif", "--output", "scan", "-o", "report.json", "--format", "human"];
    let run = iamrail(dir.path(), &args);
    assert_eq!(run.status, 1, "{run:?}");
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert!(read("scan").contains("\"2.1.0\""));
    assert!(read("report.json").contains("\"findings\""));
    assert!(run.out.contains("error[user-direct-policy]"), "{}", run.out);
}

#[test]
fn paths_are_those_that_the_user_can_follow() {
    let dir = directory(&[("infra/main.tf", VIOLATION), ("elsewhere/readme", b"")]);
    for (from, path, shown) in [
        ("", "infra", "infra/main.tf"),
        ("infra", ".", "main.tf"),
        ("elsewhere", "../infra", "../infra/main.tf"),
    ] {
        let run = iamrail(&dir.path().join(from), &["check", "--format", "json", path]);
        assert_eq!(run.json().pointer("/findings/0/location/file").unwrap(), shown);
        let run = iamrail(&dir.path().join(from), &["check", "--format", "sarif", path]);
        let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
        assert_eq!(run.json().pointer(uri).unwrap(), "infra/main.tf");
    }
}

#[test]
fn fingerprints_do_not_depend_on_lines() {
    let moved = [b"# one more line\n\n", VIOLATION].concat();
    let fingerprints = |text: &[u8]| {
        let dir = directory(&[("main.tf", text)]);
        let json = iamrail(dir.path(), &["check", "--format", "json"]).json();
        let findings = json.pointer("/findings").unwrap().as_array().unwrap().clone();
        findings.iter().map(|finding| finding.get("fingerprint").unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(fingerprints(VIOLATION), fingerprints(&moved));
}

#[test]
fn what_git_ignores_is_left_out_unless_asked_for() {
    let dir = directory(&[
        ("a/main.tf", VIOLATION),
        ("ignored/main.tf", VIOLATION),
        (".gitignore", b"ignored/\n"),
        (".terraform/modules/m/main.tf", VIOLATION),
    ]);
    let units = |args: &[&str]| iamrail(dir.path(), args).json().pointer("/summary/units").unwrap().clone();
    assert_eq!(units(&["check", "--format", "json"]), 1);
    assert_eq!(units(&["check", "--format", "json", "--no-ignore"]), 2);
    assert_eq!(units(&["check", "--format", "json", "ignored"]), 1);
}

#[test]
fn what_many_instances_have_in_common_is_one_finding_that_names_them() {
    const INSTANCES: &str = r#"
resource "aws_iam_policy" "p" {
  for_each    = toset([for number in range(40) : tostring(number)])
  name        = each.key
  description = "what the application ${each.key} needs"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::${each.key}" }]
  })
}
"#;
    let dir = directory(&[("main.tf", INSTANCES.as_bytes())]);
    let json = iamrail(dir.path(), &["check", "--format", "json"]).json();
    let of_rule = |list: &Value| {
        let entries = list.as_array().unwrap().iter();
        entries.filter(|one| one["rule"] == "wildcard-permission").cloned().collect::<Vec<_>>()
    };
    let found = of_rule(&json["findings"]);
    assert_eq!(found.len(), 1, "{json:#}");
    assert_eq!(
        found[0]["message"],
        r#"the policy `aws_iam_policy.p["0"]` and 39 more allow every action of `s3`"#
    );
    let related = found[0]["related"].as_array().unwrap();
    assert_eq!((related.len(), related[0]["message"].as_str()), (33, Some("allows the same")));
    assert_eq!(related[32]["message"], "and 7 more have the same fault");
    let counted = of_rule(&json["summary"]["rules"]);
    assert_eq!((&counted[0]["violated"], &counted[0]["holds"]), (&json!(40), &json!(0)));

    let sarif = iamrail(dir.path(), &["check", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let results: Vec<_> = results.iter().filter(|one| one["ruleId"] == "wildcard-permission").collect();
    assert_eq!((results.len(), results[0]["relatedLocations"].as_array().unwrap().len()), (1, 33));

    let human = iamrail(dir.path(), &["check"]).out;
    assert_eq!(human.matches("error[wildcard-permission]").count(), 1, "{human}");
    assert!(human.contains("`aws_iam_policy.p[\"13\"]` and 27 more: allows the same"), "{human}");
    assert!(human.contains("and 7 more have the same fault"), "{human}");
}

#[test]
fn what_a_shown_line_tells_to_be_a_password_is_not_shown() {
    let text = "resource \"aws_iam_user\" \"u\" {\n  name = \"postgres://app:hunter2@db\"\n}\nresource \"aws_iam_user_policy\" \"p\" \
                { user = aws_iam_user.u.name, policy = jsonencode({ password = \"hunter3\" }) }\n";
    let dir = directory(&[("main.tf", text.as_bytes())]);
    for format in ["human", "json", "sarif", "checklist"] {
        let run = iamrail(dir.path(), &["check", "--verbose", "--format", format]);
        assert!(run.out.contains("main.tf"), "{}", run.out);
        assert!(!run.out.contains("hunter") && !run.err.contains("hunter"), "{format}: {}", run.out);
    }
}
