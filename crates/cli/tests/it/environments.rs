//! The same code in several environments: what is given to each, what is found where, and what exceptions cover.

use std::path::Path;

use serde_json::Value;

use crate::command::{Run, directory, iamrail, iamrail_with};
use crate::repository;

/// A user who may have a policy of his own.
pub(crate) const PERHAPS: &str = r#"
variable "direct" {
  type    = bool
  default = false
}

variable "unused" {
  default = "nothing"
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = ["readers"]
}

resource "aws_iam_user_policy_attachment" "ann" {
  count      = var.direct ? 1 : 0
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
"#;

/// A role whose description is that of the environment.
pub(crate) const DESCRIBED: &str = r#"
variable "purpose" {
  type = string
}

resource "aws_iam_role" "worker" {
  name               = "worker-${terraform.workspace}"
  description        = var.purpose
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
"#;

const BOTH: &str = "environments:\n  production: { variables: { direct: true } }\n  staging: { variables: { direct: true } }\n";
const STAGING: &str = "environments:\n  production: {}\n  staging: { variables: { direct: true } }\n";

pub(crate) fn check(dir: &Path, args: &[&str]) -> Run {
    iamrail(dir, &[&["check", "--format", "json", "--today", "2026-07-01"], args].concat())
}

/// The rules that are violated, each with the environments and whether it is excepted.
pub(crate) fn found(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().iter();
    let told = findings.filter(|finding| finding["verdict"] == "violated").map(|finding| {
        let excepted = if finding["exception"].is_null() { "" } else { " excepted" };
        format!("{} {}{excepted}", finding["rule"].as_str().unwrap(), names(&finding["environments"]))
    });
    told.collect()
}

pub(crate) fn names(environments: &Value) -> String {
    let names = environments.as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
    names.collect::<Vec<_>>().join("+")
}

/// What is told of each diagnostic of a run.
pub(crate) fn told(run: &Run, tell: impl Fn(&Value) -> String) -> Vec<String> {
    run.json().pointer("/diagnostics").unwrap().as_array().unwrap().iter().map(tell).collect()
}

fn fingerprints(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json.pointer("/findings").unwrap().as_array().unwrap().iter();
    let findings = findings.filter(|finding| finding["verdict"] == "violated");
    findings.map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
}

fn exception(environments: &str) -> String {
    format!(
        "exceptions:\n- rule: user-direct-policy\n  resource: aws_iam_user_policy_attachment.ann\n  environments: {environments}\n  \
         reason: The audit tool needs a user of its own\n  owner: Platform team\n  approved by: sec@example.com\n  review date: 2027-01-31\n"
    )
}

#[test]
fn a_project_is_checked_for_each_of_its_environments() {
    let dir = repository().join("testdata/projects/environments");
    let run = check(&dir, &[]);
    assert_eq!(run.status, 1);
    assert_eq!(
        found(&run),
        [
            // The worker of staging may do anything.
            "broad-admin-policy staging",
            "unapproved-administrator staging",
            // Ann may do anything in staging, and nobody asks her for a second factor there.
            "administrator-without-mfa staging",
            "broad-admin-policy staging",
            "unapproved-administrator staging",
            "user-direct-policy staging",
            // A role is the same everywhere.
            "role-without-purpose production+staging",
        ],
    );
    let json = run.json();
    let units = json["units"].as_array().unwrap().iter();
    assert!(units.clone().all(|unit| names(&unit["environments"]) == "production+staging"));
    assert!(json["diagnostics"].as_array().unwrap().is_empty());
    let run = check(&dir, &["--environment", "production"]);
    assert_eq!(found(&run), ["role-without-purpose production"]);
    // What its people need in production is what the rules ask for.
    let run = check(&dir, &["--environment", "production", "--var", "require_mfa=false"]);
    assert_eq!(found(&run), ["human-user-without-mfa production", "role-without-purpose production"]);
}

#[test]
fn people_and_services_read_in_which_environments_something_holds() {
    let dir = repository().join("testdata/projects/environments");
    let run = iamrail(&dir, &["check"]);
    assert!(run.out.contains("\n   = note: in the environment `staging` alone\n"), "{}", run.out);
    assert!(run.out.contains("\n   = note: in every environment: `production`, `staging`\n"), "{}", run.out);
    let run = iamrail(&dir, &["check", "--format", "sarif"]);
    let json = run.json();
    let results = json.pointer("/runs/0/results").unwrap().as_array().unwrap();
    let direct = results.iter().find(|one| one["ruleId"] == "user-direct-policy").unwrap();
    assert_eq!(names(&direct["properties"]["environments"]), "staging");
    let message = direct["message"]["text"].as_str().unwrap();
    assert!(message.contains(" (in the environment `staging` alone)\n"), "{message}");
    let run = iamrail(&dir, &["check", "--format", "checklist"]);
    assert!(run.out.contains("without approval"), "{}", run.out);
    assert!(run.out.contains(", in the environment `staging` alone ("), "{}", run.out);
}

#[test]
fn what_is_the_same_in_all_environments_is_found_once_with_the_fingerprint_that_it_has_without_them() {
    let dir = directory(&[("main.tf", PERHAPS.as_bytes()), ("iamrail.yaml", BOTH.as_bytes())]);
    let with = check(dir.path(), &[]);
    assert_eq!(found(&with), ["user-direct-policy production+staging"]);
    let summary = with.json()["summary"].clone();
    assert_eq!((summary["errors"].as_u64(), summary["units"].as_u64()), (Some(1), Some(1)));
    let rules = summary["rules"].as_array().unwrap().clone();
    let tally = rules.iter().find(|one| one["rule"] == "user-direct-policy").unwrap();
    assert_eq!((tally["violated"].as_u64(), tally["undetermined"].as_u64()), (Some(1), Some(0)));
    let without = directory(&[("main.tf", PERHAPS.as_bytes())]);
    assert_eq!(fingerprints(&with), fingerprints(&check(without.path(), &["--var", "direct=true"])));
    let one = directory(&[("main.tf", PERHAPS.as_bytes()), ("iamrail.yaml", STAGING.as_bytes())]);
    let run = check(one.path(), &[]);
    assert_eq!(found(&run), ["user-direct-policy staging"]);
    assert_eq!(fingerprints(&with), fingerprints(&run));
}

#[test]
fn what_differs_stays_two_findings_with_fingerprints_of_their_own() {
    let yaml = "environments:\n  production: { workspace: production, variables: { purpose: todo } }\n  \
                staging: { workspace: staging, variables: { purpose: worker-staging } }\n";
    let dir = directory(&[("main.tf", DESCRIBED.as_bytes()), ("iamrail.yaml", yaml.as_bytes())]);
    let run = check(dir.path(), &[]);
    let mut all = found(&run);
    all.sort();
    assert_eq!(all, ["role-without-purpose production", "role-without-purpose staging"]);
    let prints = fingerprints(&run);
    assert_ne!(prints[0], prints[1]);
    // Each points at the value of its environment.
    let json = run.json();
    let lines = json["findings"].as_array().unwrap().iter();
    let places: Vec<String> = lines
        .map(|one| format!("{}:{}", one["location"]["file"].as_str().unwrap(), one["location"]["line"]))
        .collect();
    assert_eq!(places, ["iamrail.yaml:2", "iamrail.yaml:3"]);
    // Which of them there are is no matter of chance.
    for _ in 0..3 {
        assert_eq!(fingerprints(&check(dir.path(), &["--threads", "2"])), prints);
    }
}

#[test]
fn an_exception_for_an_environment_covers_nothing_in_others() {
    let except = |environments: &str, yaml: &str, args: &[&str]| {
        let text = exception(environments);
        let dir = directory(&[
            ("main.tf", PERHAPS.as_bytes()),
            ("iamrail.yaml", yaml.as_bytes()),
            ("iam-exceptions.yaml", text.as_bytes()),
        ]);
        check(dir.path(), args)
    };
    let run = except("[staging]", BOTH, &[]);
    assert_eq!(found(&run), ["user-direct-policy production", "user-direct-policy staging excepted"]);
    assert_eq!(run.status, 1);
    let summary = run.json()["summary"].clone();
    assert_eq!((summary["errors"].as_u64(), summary["excepted"].as_u64()), (Some(1), Some(1)));
    // The one that counts keeps the fingerprint, whichever environment it is in.
    let plain = directory(&[("main.tf", PERHAPS.as_bytes()), ("iamrail.yaml", BOTH.as_bytes())]);
    let plain = fingerprints(&check(plain.path(), &[]));
    let open = |run: &Run| {
        let json = run.json();
        let findings = json["findings"].as_array().unwrap().clone();
        let open =
            findings.iter().find(|one| one["exception"].is_null() && one["verdict"] == "violated").unwrap();
        open["fingerprint"].as_str().unwrap().to_owned()
    };
    let prints = fingerprints(&run);
    assert_ne!(prints[0], prints[1]);
    assert_eq!(plain, [open(&run)]);
    let run = except("production", BOTH, &[]);
    assert_eq!(found(&run), ["user-direct-policy production excepted", "user-direct-policy staging"]);
    assert_eq!(plain, [open(&run)]);

    let run = except("[production, staging]", BOTH, &[]);
    assert_eq!(found(&run), ["user-direct-policy production+staging excepted"]);
    assert_eq!((run.status, fingerprints(&run)), (0, plain));
    // It is needed if one of its environments needs it, and nobody knows who does not look at all of them.
    let run = except("[production, staging]", STAGING, &[]);
    assert_eq!(found(&run), ["user-direct-policy staging excepted"]);
    let run = except("[production]", STAGING, &[]);
    assert_eq!(found(&run), ["unused-exception ", "user-direct-policy staging"]);
    let run = except("[staging]", STAGING, &["--environment", "production"]);
    assert!(found(&run).is_empty());
}

#[test]
fn an_exception_for_an_environment_that_there_is_not_covers_nothing() {
    let cases = [
        (BOTH, "productoin", "did you mean `production`?"),
        (BOTH, "Production", "did you mean `production`?"),
        (BOTH, "x", "name one of those in iamrail.yaml: production, staging"),
        (
            "",
            "production",
            "configure it under `environments` in iamrail.yaml, or leave `environments` out here to except all of them",
        ),
    ];
    for (yaml, name, help) in cases {
        let text = exception(name);
        let dir = directory(&[
            ("main.tf", PERHAPS.as_bytes()),
            ("iamrail.yaml", yaml.as_bytes()),
            ("iam-exceptions.yaml", text.as_bytes()),
        ]);
        let run = check(dir.path(), &["--var", "direct=true"]);
        let json = run.json();
        let findings = json["findings"].as_array().unwrap();
        let invalid = findings.iter().find(|one| one["rule"] == "invalid-exception").unwrap();
        let message = invalid["message"].as_str().unwrap();
        assert!(
            message.ends_with(&format!("is for the environment `{name}`, which is not configured")),
            "{message}"
        );
        assert_eq!(
            (invalid["help"].as_str().unwrap(), invalid["location"]["line"].as_u64()),
            (help, Some(4))
        );
        assert!(findings.iter().all(|one| one["exception"].is_null()));
        assert_eq!(run.status, 1);
    }
}

#[test]
fn an_exception_in_a_resource_names_environments_too() {
    let comment = "# iamrail: allow user-direct-policy environments=staging reason=\"The audit tool needs a user of its own\"\n\
                   #   owner=\"Platform team\" approved-by=\"sec@example.com\" until=2027-01-31\nresource \"aws_iam_user_policy_attachment\"";
    let text = PERHAPS.replace("resource \"aws_iam_user_policy_attachment\"", comment);
    let dir = directory(&[("main.tf", text.as_bytes()), ("iamrail.yaml", BOTH.as_bytes())]);
    let run = check(dir.path(), &[]);
    assert_eq!(found(&run), ["user-direct-policy production", "user-direct-policy staging excepted"],);
    let run = iamrail(dir.path(), &["exceptions", "list"]);
    assert!(run.out.contains("aws_iam_user_policy_attachment.ann in staging"), "{}", run.out);
}

#[test]
fn a_claim_of_a_template_counts_as_it_is_in_each_environment() {
    let template = r#"
Parameters:
  Stage: { Type: String }
Conditions:
  IsStaging: !Equals [!Ref Stage, staging]
Resources:
  Ann:
    Type: AWS::IAM::User
    Metadata:
      iamrail:
        exceptions:
          - rule: !If [IsStaging, user-direct-policy, access-key]
            reason: !Sub "The audit tool of ${Stage} needs a user of its own"
            owner: Platform team
            approved by: sec@example.com
            review date: 2027-01-31
    Properties:
      Groups: [readers]
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
"#;
    let yaml = "environments:\n  production: { parameters: { Stage: production } }\n  staging: { parameters: { Stage: staging } }\n";
    let dir = directory(&[("a.yaml", template.as_bytes()), ("iamrail.yaml", yaml.as_bytes())]);
    let all = found(&check(dir.path(), &[]));
    assert!(all.contains(&"user-direct-policy production".to_owned()), "{all:?}");
    assert!(all.contains(&"user-direct-policy staging excepted".to_owned()), "{all:?}");
    // What it says is another thing in each, and it is needed in one.
    assert!(!all.iter().any(|one| one.starts_with("unused-exception")), "{all:?}");
}

#[test]
fn diagnostics_name_their_environments() {
    let yaml = "environments:\n  production: { var_files: [p.tfvars], parameters: { Stage: prod } }\n  \
                staging: { var_files: [s.tfvars], parameters: { Stage: staging } }\n  qa: { parameters: { Stage: prod } }\n";
    let template = "Parameters: { Stage: { Type: String, AllowedValues: [staging] } }\nResources:\n  R: { Type: AWS::SNS::Topic }\n";
    let dir = directory(&[
        ("iamrail.yaml", yaml.as_bytes()),
        ("a/main.tf", b"resource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n}\nlocals {\n  a = \n}\n"),
        ("p.tfvars", b"direct = \n"),
        ("s.tfvars", b"direct = false\n"),
        ("t.yaml", template.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    let told = told(&run, |one| {
        let (path, code) = (one["path"].as_str().unwrap(), one["code"].as_str().unwrap());
        format!("{path} {code} {}", names(&one["environments"]))
    });
    // What is wrong with the code itself is wrong everywhere.
    assert_eq!(
        told,
        ["a/main.tf syntax ", "p.tfvars syntax production", "t.yaml invalid-parameter production+qa"]
    );
    let run = iamrail(dir.path(), &["check"]);
    assert!(run.out.contains("\n  = note: in the environments `production`, `qa`\n"), "{}", run.out);
    let run = iamrail(dir.path(), &["check", "--format", "sarif"]);
    assert!(run.out.contains("(in the environment `production`)"), "{}", run.out);
}

/// A plan that attaches a policy to a user.
const PLAN: &str = r#"{
  "format_version": "1.2",
  "terraform_version": "1.11.0",
  "planned_values": { "root_module": { "resources": [{
    "address": "aws_iam_user_policy_attachment.ann", "mode": "managed", "type": "aws_iam_user_policy_attachment", "name": "ann",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "values": { "user": "ann", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  }] } },
  "resource_changes": [{
    "address": "aws_iam_user_policy_attachment.ann", "mode": "managed", "type": "aws_iam_user_policy_attachment", "name": "ann",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "change": { "actions": ["create"], "before": null, "after": { "user": "ann", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }, "after_unknown": {} }
  }],
  "configuration": { "root_module": {} }
}"#;

#[test]
fn a_plan_is_read_once_and_belongs_to_the_environments_that_it_may_be_for() {
    let yaml = "environments:\n  production: { paths: [prod], var_files: [x.tfvars] }\n  staging: {}\n";
    let dir = directory(&[
        ("iamrail.yaml", yaml.as_bytes()),
        ("prod/plan.json", PLAN.as_bytes()),
        ("x.tfvars", b""),
    ]);
    let direct = |run: &Run| {
        let direct: Vec<String> =
            found(run).into_iter().filter(|one| one.starts_with("user-direct-policy")).collect();
        direct
    };
    assert_eq!(direct(&check(dir.path(), &["prod/plan.json"])), ["user-direct-policy production+staging"]);
    assert_eq!(
        direct(&check(dir.path(), &["prod/plan.json", "--environment", "production"])),
        ["user-direct-policy production"]
    );
    // On standard input it is in no directory: who names the environment says which one it is for.
    let piped = |args: &[&str]| {
        let args = [&["check", "--format", "json", "--today", "2026-07-01", "-"], args].concat();
        iamrail_with(dir.path(), &args, PLAN.as_bytes())
    };
    assert_eq!(direct(&piped(&[])), ["user-direct-policy staging"]);
    assert_eq!(direct(&piped(&["--environment", "production"])), ["user-direct-policy production"]);
}

#[test]
fn other_commands_tell_what_differs_between_environments() {
    let text = PERHAPS.replace("[\"readers\"]", "[]");
    let dir = directory(&[("main.tf", text.as_bytes()), ("iamrail.yaml", STAGING.as_bytes())]);
    let json = iamrail(dir.path(), &["show"]).json();
    let units = json["units"].as_array().unwrap().iter();
    assert_eq!(units.map(|unit| names(&unit["environments"])).collect::<Vec<_>>(), ["production", "staging"]);
    let json = iamrail(dir.path(), &["show", "--environment", "staging"]).json();
    assert_eq!(json["units"].as_array().unwrap().len(), 1);

    let ask = ["simulate", "--principal", "ann", "--action", "s3:GetObject"];
    let json: Value = iamrail(dir.path(), &ask).json();
    let answers = json.as_array().unwrap().iter();
    let answers: Vec<String> = answers
        .map(|one| format!("{} {}", names(&one["environments"]), one["decision"].as_str().unwrap()))
        .collect();
    assert_eq!(answers, ["production ImplicitlyDenied", "staging Allowed"]);

    let run = iamrail(dir.path(), &["review"]);
    for heading in ["\n## 1. `.` in `production`\n", "\n## 2. `.` in `staging`\n"] {
        assert!(run.out.contains(heading), "{}", run.out);
    }
    // The finding is told where it holds, and nowhere else.
    assert_eq!(run.out.matches("is attached directly to the user").count(), 1, "{}", run.out);
    // What does not differ is told once.
    let dir = directory(&[
        ("main.tf", PERHAPS.as_bytes()),
        ("iamrail.yaml", b"environments: { a: { variables: { unused: x } }, b: {} }\n"),
    ]);
    let json = iamrail(dir.path(), &["show"]).json();
    let units = json["units"].as_array().unwrap().iter();
    assert_eq!(units.map(|unit| names(&unit["environments"])).collect::<Vec<_>>(), ["a+b"]);
}

/// What is evaluated once for several environments is what it is in each of them alone.
#[test]
fn sharing_work_between_environments_changes_nothing() {
    let project = repository().join("testdata/projects/environments");
    let yaml = "environments:\n  a: { variables: { direct: true }, workspace: one }\n  b: { variables: { direct: true }, workspace: two }\n  \
                c: { var_files: [true.tfvars] }\n  d: { variables: { direct: [] } }\n  e: { var_files: [wrong.tfvars] }\n  f: {}\n  \
                g: { variables: { purpose: todo } }\n  h: { variables: { purpose: todo }, workspace: two }\n";
    let dir = directory(&[
        ("iamrail.yaml", yaml.as_bytes()),
        ("a/main.tf", PERHAPS.as_bytes()),
        ("b/main.tf", DESCRIBED.as_bytes()),
        ("true.tfvars", b"direct = true\n"),
        ("wrong.tfvars", b"direct = \n"),
    ]);
    for dir in [&project, dir.path()] {
        let lines = |json: &Value, environment: &str| {
            let is_here = |one: &&Value| {
                one["environments"].is_null()
                    || names(&one["environments"]).split('+').any(|name| name == environment)
            };
            let lists = ["findings", "diagnostics"].map(|list| json[list].as_array().unwrap().clone());
            let mut lines: Vec<String> = lists
                .iter()
                .flatten()
                .filter(is_here)
                .map(|one| {
                    let related = one["related"].as_array().into_iter().flatten();
                    let related = related
                        .map(|one| format!("{}{}", one["location"], one["subject"]))
                        .collect::<String>();
                    format!(
                        "{} {} {} {} {related}",
                        one["message"], one["help"], one["location"], one["verdict"]
                    )
                })
                .collect();
            lines.sort();
            lines
        };
        let all = check(dir, &[]).json();
        let units = all["units"].as_array().unwrap();
        let environments = names(&units[0]["environments"]);
        for environment in environments.split('+') {
            let alone = check(dir, &["--environment", environment]).json();
            assert_eq!(lines(&all, environment), lines(&alone, environment), "{environment}");
        }
    }
}

#[test]
fn a_key_in_the_text_is_in_no_environment() {
    let text = format!("{PERHAPS}\nlocals {{\n  key = \"{}\"\n}}\n", crate::credentials::id());
    let dir = directory(&[("main.tf", text.as_bytes()), ("iamrail.yaml", STAGING.as_bytes())]);
    assert_eq!(found(&check(dir.path(), &[])), ["user-direct-policy staging", "embedded-access-key "]);
}
