//! Requests of principals that the input declares, with all the policies that reach them.

use serde_json::Value;

use super::text;
use crate::command::{directory, iamrail};

pub(super) const UNIT: &str = r#"
resource "aws_iam_user" "alice" {
  name = "alice"
  tags = { team = "red" }
}

resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.staff.name]
}

resource "aws_iam_group_policy_attachment" "read" {
  group      = aws_iam_group.staff.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

resource "aws_iam_group_policy" "own" {
  group = aws_iam_group.staff.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Home", Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::home/$${aws:username}/*" },
      { Sid = "Team", Effect = "Allow", Action = "sqs:*", Resource = "*", Condition = { StringEquals = { "aws:PrincipalTag/team" = "red" } } },
      { Sid = "Office", Effect = "Allow", Action = "sns:Publish", Resource = "*", Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } } },
      { Effect = "Allow", Action = "kms:CreateKey", Resource = var.keys },
      { Effect = "Deny", Action = "s3:GetObject", Resource = "arn:aws:s3:::secret/*" },
    ]
  })
}

variable "keys" {}

resource "aws_iam_role" "admin" {
  name = "admin"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.alice.arn } }]
  })
}

resource "aws_iam_role" "service" {
  name = "service"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
"#;

/// What alice may do, and why: the message and the policy of the first ground.
fn of_alice(more: &[&str]) -> (String, String) {
    let dir = directory(&[("main.tf", UNIT.as_bytes())]);
    let run = iamrail(dir.path(), &[&["simulate", "--principal", "alice"], more].concat());
    let part = |name: &str| {
        let json = run.json();
        json.pointer(&format!("/0/because/0/{name}")).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let told = ["message", "policy", "at"].map(part);
    (text(&run, "/0/decision"), told.join("; "))
}

#[test]
fn a_principal_of_the_input_has_all_the_policies_that_reach_it() {
    let own = "the inline policy of `aws_iam_group_policy.own` of the group `staff`";
    for (args, decision, because) in [
        (
            &["--action", "s3:GetObject", "--resource", "arn:aws:s3:::logs/today"][..],
            "Allowed",
            "allows it; the AWS-managed policy `AmazonS3ReadOnlyAccess` of the group `staff`; ".to_owned(),
        ),
        (
            &["--action", "s3:GetObject", "--resource", "arn:aws:s3:::secret/today"],
            "ExplicitlyDenied",
            format!("denies it; {own}; main.tf:30:7"),
        ),
        (
            &["--action", "s3:PutObject", "--resource", "arn:aws:s3:::home/alice/x"],
            "Allowed",
            format!("allows it; {own}; main.tf:26:7"),
        ),
        (
            &["--action", "s3:PutObject", "--resource", "arn:aws:s3:::home/bob/x"],
            "ImplicitlyDenied",
            format!("allows the action on other resources; {own}; main.tf:26:7"),
        ),
        (&["--action", "sqs:SendMessage"], "Allowed", format!("allows it; {own}; main.tf:27:7")),
        (
            &["--action", "sns:Publish"],
            "ImplicitlyDenied",
            format!(
                "allows the action when `IpAddress` on `aws:SourceIp` holds, which it does not; {own}; main.tf:28:7"
            ),
        ),
        (
            &["--action", "sns:Publish", "--context", "aws:sourceip=203.0.113.9"],
            "Allowed",
            format!("allows it; {own}; main.tf:28:7"),
        ),
        (
            &["--action", "sns:Publish", "--open-context"],
            "Undetermined",
            format!("may allow it: the request does not say what `aws:SourceIp` is; {own}; main.tf:28:7"),
        ),
        (
            &["--action", "kms:CreateKey"],
            "Undetermined",
            format!("may allow it: `var.keys` has no value; {own}; main.tf:29:7"),
        ),
        (
            &["--action", "sts:AssumeRole", "--resource", "arn:aws:iam::111122223333:role/admin"],
            "Allowed",
            "allows it; the trust policy of `aws_iam_role.admin`; main.tf:41:18".to_owned(),
        ),
        (
            &["--action", "sts:AssumeRole", "--resource", "arn:aws:iam::111122223333:role/service"],
            "ImplicitlyDenied",
            "allows the action to others; the trust policy of `aws_iam_role.service`; main.tf:49:18"
                .to_owned(),
        ),
    ] {
        assert_eq!(of_alice(args), (decision.to_owned(), because), "{args:?}");
    }
}

#[test]
fn a_principal_is_named_by_name_address_or_arn() {
    let dir = directory(&[("main.tf", UNIT.as_bytes())]);
    for (principal, id) in [
        ("alice", "user aws_iam_user.alice"),
        ("aws_iam_role.admin", "role aws_iam_role.admin"),
        ("arn:aws:iam::111122223333:user/alice", "user aws_iam_user.alice"),
    ] {
        let run =
            iamrail(dir.path(), &["simulate", "--principal", principal, "--action", "s3:ListAllMyBuckets"]);
        assert_eq!((run.status, text(&run, "/0/id").as_str()), (0, id), "{run:?}");
    }
    for (args, message) in [
        (&["--principal", "nobody", "--action", "s3:Get*"][..], "no user or role `nobody` is declared"),
        (&["--principal", "alice", "--action", "get"], "`get` is no action"),
        (&["--principal", "alice", "--action", "s3:GetObject", "--resource", "x"], "`x` is no resource"),
        (&["--principal", "alice"], "--action"),
        (&["--cases", "-", "--principal", "alice"], "cannot be used with"),
    ] {
        let run = iamrail(dir.path(), &[&["simulate"], args].concat());
        assert!(run.status == 2 && run.out.is_empty() && run.err.contains(message), "{message}: {run:?}");
    }
}

#[test]
fn deployments_that_differ_are_answered_one_by_one() {
    let template = r#"
Parameters:
  Stage: { Type: String }
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Action: "sts:AssumeRole", Principal: { Service: lambda.amazonaws.com } }
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - { Effect: Allow, Action: "sqs:SendMessage", Resource: "*" }
              - !If
                - IsProduction
                - { Effect: Deny, Action: "sqs:*", Resource: "*" }
                - { Effect: Allow, Action: "sns:Publish", Resource: "*" }
              - Effect: Allow
                Action: s3:ListAllMyBuckets
                Resource: "*"
                Condition: !If [IsProduction, { Bool: { "aws:SecureTransport": "true" } }, !Ref AWS::NoValue]
"#;
    let dir = directory(&[("template.yaml", template.as_bytes())]);
    let decided = |more: &[&str]| {
        let run = iamrail(dir.path(), &[&["simulate", "--principal", "app"], more].concat());
        let answers = run.json();
        let told = |answer: &Value| format!("{} {}", answer["decision"].as_str().unwrap(), answer["when"]);
        let told: Vec<String> = answers.as_array().unwrap().iter().map(told).collect();
        (run.status, told.join("; "))
    };
    for (more, status, expected) in [
        (
            &["--action", "sqs:SendMessage"][..],
            0,
            r#"ExplicitlyDenied ["IsProduction"]; Allowed ["not IsProduction"]"#,
        ),
        (
            &["--action", "sns:Publish"],
            0,
            r#"ImplicitlyDenied ["IsProduction"]; Allowed ["not IsProduction"]"#,
        ),
        (&["--action", "sns:Subscribe"], 0, "ImplicitlyDenied null"),
        (
            &["--action", "s3:ListAllMyBuckets"],
            0,
            r#"ImplicitlyDenied ["IsProduction"]; Allowed ["not IsProduction"]"#,
        ),
        (&["--action", "s3:ListAllMyBuckets", "--context", "aws:SecureTransport=true"], 0, "Allowed null"),
        (&["--action", "sqs:SendMessage", "--parameters", "Stage=test"], 0, "Allowed null"),
    ] {
        assert_eq!(decided(more), (status, expected.to_owned()), "{more:?}");
    }
}

#[test]
fn what_is_not_read_is_said_to_be_assumed() {
    let dir = directory(&[("main.tf", UNIT.as_bytes())]);
    let assuming = |more: &[&str]| {
        let run = iamrail(dir.path(), &[&["simulate", "--principal", "alice"], more].concat());
        run.json()[0]["assuming"].as_str().unwrap_or_default().to_owned()
    };
    let expected = "the resource has no policy of its own that denies or allows it";
    assert_eq!(assuming(&["--action", "s3:GetObject", "--resource", "arn:aws:s3:::logs/today"]), expected);
    // What cannot be limited to a resource asks none, and the trust policy of a role is read.
    assert_eq!(assuming(&["--action", "s3:ListAllMyBuckets"]), "");
    let role = "arn:aws:iam::111122223333:role/admin";
    assert_eq!(assuming(&["--action", "sts:AssumeRole", "--resource", role]), "");
}

#[test]
fn a_role_of_another_account_is_none_of_the_input() {
    let dir = directory(&[(
        "main.tf",
        br#"
resource "aws_iam_user" "a" { name = "alice" }
resource "aws_iam_role" "r" {
  name = "admin"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/alice" } }] })
}
"#,
    )]);
    let assumes = |account: &str| {
        let role = format!("arn:aws:iam::{account}:role/admin");
        let alice = "arn:aws:iam::111122223333:user/alice";
        let arguments =
            ["simulate", "--principal", alice, "--action", "sts:AssumeRole", "--resource", &role, "."];
        text(&iamrail(dir.path(), &arguments), "/0/decision")
    };
    assert_eq!(assumes("111122223333"), "Allowed");
    assert_ne!(assumes("999988887777"), "Allowed");
}
