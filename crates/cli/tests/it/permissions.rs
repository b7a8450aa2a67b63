//! What principals may do, as `show --permissions` tells it.

use serde_json::{Value, json};

use crate::command::{directory, iamrail};

const UNIT: &str = r#"
resource "aws_iam_user" "alice" { name = "alice" }
resource "aws_iam_group" "staff" { name = "staff" }

resource "aws_iam_user_group_membership" "alice" {
  user   = aws_iam_user.alice.name
  groups = [aws_iam_group.staff.name]
}

resource "aws_iam_group_policy_attachment" "read" {
  group      = aws_iam_group.staff.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
}

resource "aws_iam_group_policy" "own" {
  name  = "own"
  group = aws_iam_group.staff.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:Get*", "s3:List*", "s3:PutObject"], Resource = "*" },
      { Effect = "Allow", Action = "s3:DeleteObject", Resource = "*" },
      { Effect = "Allow", Action = "iam:*AccessKey*", Resource = "arn:aws:iam::*:user/$${aws:username}" },
      { Effect = "Allow", NotAction = "iam:*", Resource = "arn:aws:s3:::own/*", Condition = { Bool = { "aws:SecureTransport" = "true" } } },
      { Effect = "Allow", Action = var.more, Resource = "*" },
      { Effect = "Deny", Action = "s3:GetObject*", Resource = "*" },
      { Effect = "Deny", Action = "s3:ListBucket", Resource = "arn:aws:s3:::secret" },
    ]
  })
}

variable "more" {}
"#;

fn permissions(files: &[(&str, &[u8])], subject: &str) -> Vec<Value> {
    let dir = directory(files);
    let run = iamrail(dir.path(), &["show", "--permissions"]);
    let json = run.json();
    let all = json.pointer("/units/0/permissions").unwrap_or_else(|| panic!("{run:?}"));
    all.as_array().unwrap().iter().filter(|one| one["subject"] == subject).cloned().collect()
}

#[test]
fn what_a_user_may_do_is_put_together_and_told_in_few_patterns() {
    let found = permissions(&[("main.tf", UNIT.as_bytes())], "aws_iam_user.alice");
    let own = "the inline policy `own` of the group `staff`";
    let read = "the AWS-managed policy `AmazonSQSReadOnlyAccess` of the group `staff`";
    let [alice] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&alice["kind"], &alice["when"]), (&json!("user"), &Value::Null));
    let everywhere = &alice["allow"][0];
    let actions: Vec<&str> =
        everywhere["actions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    for (pattern, is_there) in [
        ("s3:DeleteObject", true),
        ("s3:List*", true),
        ("s3:PutObject", true),
        ("s3:GetBucket*", true),
        ("sqs:GetQueueAttributes", true),
        ("s3:Get*", false),
        ("s3:GetObject", false),
    ] {
        assert_eq!(actions.contains(&pattern), is_there, "{pattern} {actions:?}");
    }
    assert_eq!((&everywhere["resources"], &everywhere["by"]), (&json!(["*"]), &json!([read, own])));
    assert_eq!(
        alice["allow"][1],
        json!({
            "actions": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:UpdateAccessKey"],
            "resources": ["arn:aws:iam::*:user/${aws:username}"],
            "by": [own],
        })
    );
    let most = &alice["allow"][2];
    assert_eq!(most["actions"], json!(["*"]));
    assert!(most["not_actions"].as_array().unwrap().contains(&json!("iam:*")), "{most}");
    assert!(most["not_actions"].as_array().unwrap().contains(&json!("s3:GetObject*")), "{most}");
    assert_eq!(
        most["conditions"],
        json!([{ "operator": "Bool", "key": "aws:SecureTransport", "values": ["true"] }])
    );
    assert_eq!(alice["deny"][1]["actions"], json!(["s3:ListBucket"]));
    let open = &alice["undetermined"][0];
    assert_eq!((&open["effect"], &open["because"]), (&json!("Allow"), &json!("`var.more` has no value")));
}

#[test]
fn deployments_that_differ_are_told_apart() {
    let template = r#"
Parameters:
  Stage: { Type: String }
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Action: "sts:AssumeRole", Principal: { Service: lambda.amazonaws.com } }
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - { Effect: Allow, Action: "sqs:SendMessage", Resource: !If [IsProduction, "arn:aws:sqs:*:*:orders", "*"] }
"#;
    let found = permissions(&[("template.yaml", template.as_bytes())], "App");
    let told: Vec<_> = found.iter().map(|one| (&one["when"], &one["allow"][0]["resources"])).collect();
    assert_eq!(
        told,
        [
            (&json!(["IsProduction"]), &json!(["arn:aws:sqs:*:*:orders"])),
            (&json!(["not IsProduction"]), &json!(["*"])),
        ]
    );
}

#[test]
fn the_model_is_shown_without_permissions_unless_they_are_asked_for() {
    let dir = directory(&[("main.tf", UNIT.as_bytes())]);
    assert!(iamrail(dir.path(), &["show"]).json().pointer("/units/0/permissions").is_none());
}
