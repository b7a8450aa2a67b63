//! What environments give, and what of that is refused.

use crate::command::{CLEAN, directory, iamrail};
use crate::environments::{DESCRIBED, PERHAPS, check, found, names, told};

#[test]
fn the_command_line_comes_on_top_of_an_environment() {
    let yaml = "environments:\n  production:\n    var_files: [a.tfvars, b.tfvars]\n    workspace: production\n    parameters: { Stage: production }\n";
    let text = "variable \"a\" {}\nvariable \"b\" {}\nvariable \"c\" {}\nresource \"aws_iam_role\" \"r\" {\n  name = \"${var.a}-${var.b}-${var.c}-${terraform.workspace}\"\n}\n";
    let template = "Parameters: { Stage: { Type: String } }\nResources:\n  R: { Type: AWS::IAM::Role, Properties: { RoleName: !Ref Stage } }\n";
    let files: [(&str, &[u8]); 7] = [
        ("iamrail.yaml", yaml.as_bytes()),
        ("main.tf", text.as_bytes()),
        ("t.yaml", template.as_bytes()),
        ("terraform.tfvars", b"a = \"t\"\nb = \"t\"\nc = \"t\"\n"),
        ("a.tfvars", b"a = \"a\"\nb = \"a\"\n"),
        ("b.tfvars", b"b = \"b\"\n"),
        ("c.tfvars", b"c = \"c\"\n"),
    ];
    let dir = directory(&files);
    let shown = |args: &[&str]| {
        let run = iamrail(dir.path(), &[&["show"], args].concat());
        let json = run.json();
        let units = json["units"].as_array().unwrap().iter();
        units.map(|unit| unit["roles"][0]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]), ["a-b-t-production", "production"]);
    assert_eq!(shown(&["--var-file", "c.tfvars", "--var", "a=v"]), ["v-b-c-production", "production"]);
    assert_eq!(shown(&["--workspace", "w", "--parameters", "Stage=s"]), ["a-b-t-w", "s"]);
    let values = yaml.replace("    workspace", "    variables: { b: 7 }\n    workspace");
    std::fs::write(dir.path().join("iamrail.yaml"), values).unwrap();
    assert_eq!(shown(&["--var-file", "a.tfvars"]), ["a-a-t-production", "production"]);
    assert_eq!(shown(&[]), ["a-7-t-production", "production"]);
}

#[test]
fn values_have_the_types_that_terraform_gives_them() {
    let yaml = r#"
environments:
  one:
    variables:
      flag: true
      count: 3
      account: "012345678901"
      ratio: 1.50
      tags: { b: 1, a: [x, "yes"] }
      nothing: null
"#;
    let text = r#"
variable "flag" { type = bool }
variable "count" { type = number }
variable "account" {}
variable "ratio" { type = number }
variable "tags" { type = any }
variable "nothing" { default = "default" }

resource "aws_iam_role" "r" {
  count = var.count
  name  = jsonencode([var.flag, var.count + 1, var.account, var.ratio * 2, var.tags, var.nothing])
}
"#;
    let dir = directory(&[("iamrail.yaml", yaml.as_bytes()), ("main.tf", text.as_bytes())]);
    let json = iamrail(dir.path(), &["show"]).json();
    let roles = json["units"][0]["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 3);
    assert_eq!(roles[0]["name"], r#"[true,4,"012345678901",3,{"a":["x","yes"],"b":1},null]"#);
}

#[test]
fn units_belong_to_the_environments_whose_paths_match() {
    let yaml = "environments:\n  production: { paths: [live/prod/**], variables: { direct: true } }\n  \
                staging: { paths: [\"live/stag*\", live/shared], variables: { direct: true } }\n  qa: { paths: [live/qa] }\n";
    let files: [(&str, &[u8]); 5] = [
        ("infra/iamrail.yaml", yaml.as_bytes()),
        ("infra/live/prod/main.tf", PERHAPS.as_bytes()),
        ("infra/live/staging/main.tf", PERHAPS.as_bytes()),
        ("infra/live/shared/iam/main.tf", PERHAPS.as_bytes()),
        ("infra/tools/main.tf", PERHAPS.as_bytes()),
    ];
    let dir = directory(&files);
    let run = check(dir.path(), &["infra"]);
    assert_eq!(
        found(&run),
        ["user-direct-policy production", "user-direct-policy staging", "user-direct-policy staging"],
    );
    let json = run.json();
    let units = json["units"].as_array().unwrap().iter();
    let units: Vec<String> = units.map(|unit| names(&unit["environments"])).collect();
    assert_eq!(units, ["production", "staging", "staging", ""]);
    assert_eq!(run.codes(), ["empty-environment"]);
    assert_eq!(json["diagnostics"][0]["location"]["file"], "infra/iamrail.yaml");
    assert_eq!(json["diagnostics"][0]["location"]["line"], 4);
    // From further down the paths are the same, and nobody knows what else there is.
    let run = check(&dir.path().join("infra/live"), &["prod"]);
    assert_eq!(found(&run), ["user-direct-policy production"]);
    assert!(run.codes().is_empty());
    let run = check(&dir.path().join("infra/live"), &["--root", ".", "prod"]);
    assert_eq!(found(&run), ["user-direct-policy production"]);
    // What belongs to others alone is left out, and what belongs to none is not.
    let run = check(dir.path(), &["infra", "--environment", "production"]);
    assert_eq!(found(&run), ["user-direct-policy production"]);
    assert_eq!(run.json()["units"].as_array().unwrap().len(), 2);
    assert_eq!(run.codes(), ["other-environment", "other-environment"]);
    let run = check(dir.path(), &["infra/live/prod", "--environment", "staging"]);
    assert_eq!(run.status, 2);
    assert!(
        run.err.starts_with("error: nothing in `infra/live/prod` belongs to an environment that is checked"),
    );
}

#[test]
fn a_value_that_nothing_has_a_use_for_is_told() {
    let yaml = "environments:\n  production: { variables: { dirct: true }, parameters: { Stag: x } }\n  staging: {}\n";
    let template = "Parameters: { Stage: { Type: String } }\nResources:\n  R: { Type: AWS::SNS::Topic }\n";
    let dir = directory(&[
        ("iamrail.yaml", yaml.as_bytes()),
        ("a/main.tf", PERHAPS.as_bytes()),
        ("t.yaml", template.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    let told = told(&run, |one| {
        let (message, help) = (one["message"].as_str().unwrap(), one["help"].as_str().unwrap());
        format!("{message} ({help}) {}", names(&one["environments"]))
    });
    assert_eq!(
        told,
        [
            "no root module declares the variable `dirct`, which is given a value (did you mean `direct`?) production",
            "no template declares the parameter `Stag`, which is given a value (did you mean `Stage`?) production",
        ]
    );
    assert_eq!(run.status, 0);
    assert!(check(dir.path(), &["a"]).codes().is_empty());
}

#[test]
fn a_file_that_cannot_be_had_stops_the_check_at_its_place() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("o.tfvars"), "a = 1\n").unwrap();
    let beyond = outside.path().join("o.tfvars").display().to_string();
    for (entry, expected) in [
        (
            "var_files: [none.tfvars]",
            "error[configuration]: `none.tfvars` cannot be read: no such file\n --> iamrail.yaml:2:29\n",
        ),
        (
            "var_files: [env]",
            "error[configuration]: `env` cannot be read: not a regular file\n --> iamrail.yaml:2:29\n",
        ),
        (
            "var_files: [latin.tfvars]",
            "error[configuration]: `latin.tfvars` cannot be read: not UTF-8 text: byte 0, in line 1, cannot be decoded\n",
        ),
        (
            "parameters: [none.json]",
            "error[configuration]: `none.json` cannot be read: no such file\n --> iamrail.yaml:2:30\n",
        ),
        (
            "parameters: [bad.json]",
            "error[invalid-parameters]: a list or map of parameters is expected\n --> bad.json:1:1\n",
        ),
        (
            &format!("var_files: ['{beyond}']"),
            "cannot be read: the path leads out of the directory that is checked\n",
        ),
        (&format!("var_files: ['../../../../../../../..{beyond}']"), "cannot be read: "),
    ] {
        let yaml = format!("environments:\n  production: {{ {entry} }}\n  staging: {{}}\n");
        let dir = directory(&[
            ("iamrail.yaml", yaml.as_bytes()),
            ("main.tf", CLEAN),
            ("env/x.tfvars", b""),
            ("latin.tfvars", b"\xe9"),
            ("bad.json", b"\"text\""),
        ]);
        let run = check(dir.path(), &[]);
        assert_eq!(run.status, 2, "{entry}");
        assert!(run.err.contains(expected), "{entry}: {}", run.err);
        // Who does not check that environment does not need its files.
        assert_eq!(check(dir.path(), &["--environment", "staging"]).status, 0, "{entry}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_place_and_what_to_do() {
    let many: String = (0..10_000).map(|number| format!("  e{number}: {{}}\n")).collect();
    let many = format!("environments:\n{many}");
    for (yaml, expected) in [
        ("environments: [production]\n", "iamrail.yaml:1:15|is a mapping of names"),
        ("environments: production\n", "iamrail.yaml:1:15|is a mapping of names"),
        (
            "environments: { a: [] }\n",
            "iamrail.yaml:1:20|an environment is a mapping of `paths`, `var_files`",
        ),
        (
            "environments: { a: { var_file: x } }\n",
            "iamrail.yaml:1:22|unknown key `var_file`|did you mean `var_files`?",
        ),
        (
            "environments: { a: { zzz: x } }\n",
            "iamrail.yaml:1:22|unknown key `zzz`|known here: paths, var_files",
        ),
        ("environments: { a: { var_files: [[x]] } }\n", "iamrail.yaml:1:34|`var_files` is a list of texts"),
        (
            "environments: { a: { var_files: { x: y } } }\n",
            "iamrail.yaml:1:33|`var_files` is a list of texts",
        ),
        (
            "environments: { a: { variables: [x] } }\n",
            "iamrail.yaml:1:33|`variables` is a mapping of names to values",
        ),
        (
            "environments: { a: { variables: { x: yes } } }\n",
            "iamrail.yaml:1:38|`yes` is a truth value to some readers",
        ),
        (
            "environments: { a: { variables: { x: [Off] } } }\n",
            "iamrail.yaml:1:39|`Off` is a truth value to some readers",
        ),
        (
            "environments: { a: { parameters: { x: no } } }\n",
            "iamrail.yaml:1:39|`no` is a truth value to some readers",
        ),
        (
            "environments: { a: { parameters: { x: { y: z } } } }\n",
            "iamrail.yaml:1:39|the value of the parameter `x` is no text",
        ),
        (
            "environments: { a: { parameters: { x: null } } }\n",
            "iamrail.yaml:1:39|the value of the parameter `x` is no text",
        ),
        ("environments: { a: { paths: [../b] } }\n", "iamrail.yaml:1:30|a pattern of paths counts from"),
        ("environments: { a: { paths: [] } }\n", "iamrail.yaml:1:29|`paths` names nothing"),
        ("environments: { a: { paths: ['!b'] } }\n", "iamrail.yaml:1:30|a pattern of paths has"),
        ("environments: { a: { paths: ['{b,c}'] } }\n", "iamrail.yaml:1:30|a pattern of paths has"),
        ("environments: { a: { paths: [/b] } }\n", "iamrail.yaml:1:30|a pattern of paths counts from"),
        (
            "environments: { a: { workspace: [x] } }\n",
            "iamrail.yaml:1:33|`workspace` is the name of a Terraform workspace",
        ),
        ("environments: { \"a\\nb\": {} }\n", "iamrail.yaml:1:17|this is no name of an environment"),
        ("environments: { \"a\\u001b[31m\": {} }\n", "iamrail.yaml:1:17|this is no name of an environment"),
        ("environments: { \"\": {} }\n", "iamrail.yaml:1:17|this is no name of an environment"),
        ("environments: { \"a\\u202eb\": {} }\n", "iamrail.yaml:1:17|this is no name of an environment"),
        ("environments: { a: {}, a: {} }\n", "iamrail.yaml:1:24|`a`"),
        ("environments: { a: { variables: { x: !Ref y } } }\n", "a tag means nothing here"),
        (many.as_str(), "there are 10000 environments, more than 128|split the configuration"),
    ] {
        let dir = directory(&[("iamrail.yaml", yaml.as_bytes()), ("main.tf", CLEAN)]);
        let run = check(dir.path(), &[]);
        let start: String = yaml.chars().take(80).collect();
        assert_eq!(run.status, 2, "{start}");
        for part in expected.split('|') {
            assert!(run.err.contains(part), "{start}: {part}: {}", run.err);
        }
        assert!(!run.err.contains('\u{1b}') && !run.err.contains('\u{202e}'), "{start}: {}", run.err);
    }
}

#[test]
fn environments_without_anything_to_give_are_environments() {
    let todo = DESCRIBED.replace("var.purpose", "\"todo\"");
    for yaml in ["environments:\n", "environments: {}\n"] {
        let dir = directory(&[("iamrail.yaml", yaml.as_bytes()), ("main.tf", todo.as_bytes())]);
        assert_eq!(found(&check(dir.path(), &[])), ["role-without-purpose "], "{yaml}");
        let run = check(dir.path(), &["--environment", "a"]);
        assert_eq!(
            (run.status, run.err.as_str()),
            (2, "error: there is no environment `a`: the configuration has no `environments`\n")
        );
    }
    let dir =
        directory(&[("iamrail.yaml", b"environments: { alpha: , b: {} }\n"), ("main.tf", todo.as_bytes())]);
    assert_eq!(found(&check(dir.path(), &[])), ["role-without-purpose alpha+b"]);
    for (name, help) in [("alpah", "did you mean `alpha`?"), ("else", "there are `alpha`, `b`")] {
        let run = check(dir.path(), &["--environment", "b", "--environment", name]);
        assert_eq!(run.status, 2);
        assert_eq!(run.err, format!("error: there is no environment `{name}` in `iamrail.yaml`; {help}\n"));
    }
    let dir = directory(&[("main.tf", todo.as_bytes())]);
    let run = check(dir.path(), &["--environment", "a"]);
    assert_eq!(
        (run.status, run.err.as_str()),
        (2, "error: there is no environment `a`: there is no iamrail.yaml\n")
    );
}
