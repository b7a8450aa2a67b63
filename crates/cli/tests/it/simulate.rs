//! What becomes of requests.

use std::fs;

use serde_json::{Value, json};

use crate::command::{Run, directory, iamrail, iamrail_with};
use crate::repository;

fn simulated(cases: &Value) -> Run {
    iamrail_with(&repository(), &["simulate", "--cases", "-"], cases.to_string().as_bytes())
}

/// The decision on a request of a user for an object, by one policy.
fn decision(policy: &Value) -> String {
    let request = json!({
        "principal": "arn:aws:iam::111122223333:user/alice",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::bucket/key",
    });
    let run = simulated(&json!([{ "id": "x", "identity_policies": [policy], "request": request }]));
    text(&run, "/0/decision")
}

fn text(run: &Run, pointer: &str) -> String {
    run.json()
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer}: {run:?}"))
        .to_owned()
}

#[test]
fn every_case_is_decided_as_aws_documents_it() {
    let path = repository().join("testdata/simulate/decisions.json");
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let run = iamrail(&repository(), &["simulate", "--cases", "testdata/simulate/decisions.json"]);
    let answers = run.json();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        assert_eq!((&case["id"], &case["expected"]), (&answer["id"], &answer["decision"]), "{case} {answer}");
        assert!(!answer["because"].as_array().unwrap().is_empty(), "{answer}");
    }
}

#[test]
fn an_answer_names_the_statements_that_decide() {
    let policy = json!({ "Statement": [
        { "Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" },
        { "Effect": "Allow", "Action": "s3:Put*", "Resource": "*" },
    ] });
    let request = |action: &str| json!({ "principal": "arn:aws:iam::111122223333:user/alice", "action": action, "resource": "arn:aws:s3:::b/k" });
    let cases = json!([
        { "id": "allowed", "identity_policies": [{ "Statement": [] }, policy], "request": request("s3:GetObject") },
        { "id": "other", "identity_policies": [policy], "request": request("s3:DeleteObject") },
    ]);
    let run = simulated(&cases);
    assert_eq!(
        run.json(),
        json!([
            { "id": "allowed", "decision": "Allowed", "because": [
                { "message": "allows it", "policy": "identity_policies[1]", "statement": 0, "sid": "Read", "effect": "Allow" },
            ] },
            { "id": "other", "decision": "ImplicitlyDenied", "because": [{ "message": "no statement allows `s3:DeleteObject`" }] },
        ])
    );
    assert_eq!(run.status, 0, "{run:?}");
}

#[test]
fn a_case_that_makes_no_sense_is_undetermined_and_does_not_hide_the_others() {
    let good =
        json!({ "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "*" });
    let with = |key: &str, value: Value| {
        let mut request = good.clone();
        request[key] = value;
        json!({ "identity_policies": [], "request": request })
    };
    for (case, message) in [
        (json!(7), "this is no case"),
        (json!({}), "request"),
        (json!({ "request": { "principal": 7 } }), "expected a string"),
        (with("action", json!("GetObject")), "`GetObject` is no action"),
        (with("resource", json!("bucket")), "`bucket` is no resource"),
        (with("principal", json!("alice")), "`alice` is no principal"),
        (with("context", json!({ "aws:username": { "a": 1 } })), "the values of `aws:username`"),
        (json!({ "identity_policies": 7, "request": good }), "`identity_policies` must be a policy"),
        (json!({ "identity_policies": ["{"], "request": good }), "the policy is no JSON"),
        (json!({ "trust_policy": [{}, {}], "request": good }), "`trust_policy` must be one policy"),
        (
            json!({ "identity_policy": [], "request": good }),
            "no field `identity_policy`; did you mean `identity_policies`?",
        ),
        (
            json!({ "permissions_boundary": {}, "request": good }),
            "a case has no field `permissions_boundary`",
        ),
        (with("contxt", json!({})), "a request has no field `contxt`; did you mean `context`?"),
    ] {
        let run = simulated(&json!([case, { "id": "good", "identity_policies": [], "request": good }]));
        assert_eq!(run.status, 3, "{run:?}");
        assert_eq!(text(&run, "/0/decision"), "Undetermined");
        let because = run.json()[0]["because"].to_string();
        assert!(because.contains(message), "{message}: {because}");
        // A policy that cannot be read is a policy all the same.
        let is_told = run.err.starts_with("error: case `0`: ") && run.err.contains(message);
        assert!(is_told || message.contains("no JSON"), "{run:?}");
        assert_eq!(
            (text(&run, "/1/id"), text(&run, "/1/decision")),
            ("good".to_owned(), "ImplicitlyDenied".to_owned())
        );
    }
}

#[test]
fn what_is_no_list_of_cases_is_refused() {
    for (input, message) in [
        (&b""[..], "no JSON"),
        (b"{\"id\": 1}", "no list of cases"),
        (b"[", "no JSON"),
        (b"[\xff]", "no JSON"),
        (&vec![b'['; 100_000], "no JSON: recursion limit exceeded"),
    ] {
        let run = iamrail_with(&repository(), &["simulate", "--cases", "-"], input);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{run:?}");
        assert!(run.err.contains(message), "{message}: {run:?}");
    }
    let run = iamrail(&repository(), &["simulate", "--cases", "no-such-file.json"]);
    assert!(run.status == 2 && run.err.contains("no-such-file.json"), "{run:?}");
}

#[test]
fn policies_of_any_size_are_decided() {
    let allow =
        |action: &str, resource: &str| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let mut statements = vec![allow("s3:PutObject", "*"); 10_000];
    assert_eq!(decision(&json!({ "Statement": statements })), "ImplicitlyDenied");
    statements.push(allow("s3:GetObject", "*"));
    assert_eq!(decision(&json!({ "Statement": statements })), "Allowed");

    let stars = format!("arn:aws:s3:::{}", "*a".repeat(5_000));
    assert_eq!(
        decision(&json!({ "Statement": allow(&format!("s3:{}", "*?".repeat(5_000)), &stars) })),
        "ImplicitlyDenied"
    );
    assert_eq!(
        decision(&json!({ "Statement": allow(&format!("s3:{}", "*".repeat(5_000)), "*") })),
        "Allowed"
    );
    let condition = json!({ "StringLike": { "aws:username": "*?".repeat(5_000) } });
    let mut statement = allow("*", "*");
    statement["Condition"] = condition;
    assert_eq!(decision(&json!({ "Version": "2012-10-17", "Statement": statement })), "ImplicitlyDenied");
    assert_eq!(
        decision(
            &json!({ "Version": "2012-10-17", "Statement": allow("*", &format!("arn:aws:s3:::{}", "${".repeat(50_000))) })
        ),
        "ImplicitlyDenied"
    );
}

const UNIT: &str = r#"
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

/// The messages of an answer, each with the policy and the place of its statement.
fn grounds(answer: &Value) -> String {
    let told = answer["because"].as_array().unwrap().iter().map(|one| match one["policy"].as_str() {
        Some(policy) => format!("{} ({policy} {})", one["message"].as_str().unwrap(), one["statement"]),
        None => one["message"].as_str().unwrap().to_owned(),
    });
    told.collect::<Vec<_>>().join("; ")
}

#[test]
fn who_must_allow_what_a_trust_policy_leaves_to_the_account_is_named() {
    let allow =
        |resource: &str| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource });
    let trust = |principals: &[&str]| {
        let statement = |one: &&str| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": one } });
        json!({ "Statement": principals.iter().map(statement).collect::<Vec<_>>() })
    };
    let alice = "arn:aws:iam::111122223333:user/alice";
    let account = "allows it to those in the account whose own policies allow it too (trust_policy 0)";
    for (policy, trusted, owner, decision, expected) in [
        (
            json!([]),
            &["111122223333"][..],
            "111122223333",
            "ImplicitlyDenied",
            format!("no policy of the principal allows `sts:AssumeRole`, which it needs too; {account}"),
        ),
        (
            json!([allow("arn:aws:iam::111122223333:role/other")]),
            &["arn:aws:iam::111122223333:root", "lambda"],
            "111122223333",
            "ImplicitlyDenied",
            format!(
                "no policy of the principal allows `sts:AssumeRole`, which it needs too; {account}; \
                 allows the action on other resources (identity_policies[0] 0)"
            ),
        ),
        (
            json!([allow("*")]),
            &["111122223333"],
            "111122223333",
            "Allowed",
            format!("allows it (identity_policies[0] 0); {account}"),
        ),
        (
            json!([]),
            &["111122223333", alice],
            "111122223333",
            "Allowed",
            "allows it (trust_policy 1)".to_owned(),
        ),
        (
            json!([allow("*")]),
            &["444455556666"],
            "444455556666",
            "ImplicitlyDenied",
            "no policy of the resource allows `sts:AssumeRole` to the principal, which it needs too; \
             allows it (identity_policies[0] 0); allows the action to others (trust_policy 0)"
                .to_owned(),
        ),
    ] {
        let request = json!({ "principal": alice, "action": "sts:AssumeRole", "resource": format!("arn:aws:iam::{owner}:role/r") });
        let case = json!({ "identity_policies": [{ "Statement": policy }], "trust_policy": trust(trusted), "request": request });
        let answers = simulated(&json!([case])).json();
        assert_eq!(
            (answers[0]["decision"].as_str().unwrap(), grounds(&answers[0])),
            (decision, expected),
            "{case}"
        );
    }
}

#[test]
fn what_does_not_decide_is_no_ground() {
    // The policy of a bucket that names the account decides nothing for whom a policy of its own allows it.
    let bucket = json!({ "Statement": { "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "s3:*", "Resource": "*" } });
    let own = json!({ "Statement": { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" } });
    let request = json!({ "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k" });
    let case = json!({ "identity_policies": [own], "resource_policies": [bucket], "request": request });
    assert_eq!(grounds(&simulated(&json!([case])).json()[0]), "allows it (identity_policies[0] 0)");
}

#[test]
fn the_part_of_a_pattern_that_is_decided_otherwise_is_named() {
    let policy = json!({ "Statement": [
        { "Effect": "Allow", "Action": "sqs:*", "Resource": "*" },
        { "Effect": "Deny", "Action": ["sqs:DeleteQueue", "sqs:PurgeQueue", "s3:*"], "Resource": ["arn:aws:sqs:*:*:audit-*", "arn:aws:sqs:*:*:log"] },
        { "Effect": "Deny", "NotAction": ["sqs:Tag*", "sqs:Get*"], "Resource": "arn:aws:sqs:*:*:frozen" },
    ] });
    let answer = |action: &str, resource: &str| {
        let request = json!({ "principal": "arn:aws:iam::111122223333:user/a", "action": action, "resource": resource });
        simulated(&json!([{ "identity_policies": [policy], "request": request }])).json()[0].clone()
    };
    let decided = |action, resource| {
        let answer = answer(action, resource);
        (answer["decision"].as_str().unwrap().to_owned(), grounds(&answer))
    };
    let undetermined = |grounds: &str| ("Undetermined".to_owned(), grounds.to_owned());
    assert_eq!(
        decided("sqs:*Queue", "arn:aws:sqs:eu-west-1:111122223333:audit-a"),
        undetermined(
            "allows it (identity_policies[0] 0); \
             denies a part of what is asked for: `sqs:DeleteQueue`, `sqs:PurgeQueue` (identity_policies[0] 1); \
             Allowed: `sqs:CreateQueue`, `sqs:TagQueue`, `sqs:UntagQueue`; \
             ExplicitlyDenied: `sqs:DeleteQueue`, `sqs:PurgeQueue`"
        )
    );
    assert_eq!(
        decided("sqs:PurgeQueue", "arn:aws:sqs:eu-west-1:111122223333:a*"),
        undetermined(
            "allows it (identity_policies[0] 0); \
             denies a part of what is asked for: `arn:aws:sqs:*:*:audit-*` (identity_policies[0] 1); \
             may deny it: AWS does not document what `a pattern that AWS's pages leave open` means (identity_policies[0] 2)"
        )
    );
    assert_eq!(
        decided("sqs:T*", "arn:aws:sqs:eu-west-1:111122223333:frozen"),
        (
            "Allowed".to_owned(),
            "allows it (identity_policies[0] 0); \
             denies a part of what is asked for: every action but `sqs:Tag*` (identity_policies[0] 2); \
             Allowed: `sqs:TagQueue`"
                .to_owned()
        )
    );
    let parts =
        answer("sqs:*Queue", "arn:aws:sqs:eu-west-1:111122223333:log")["because"][3]["actions"].clone();
    assert_eq!(parts, json!(["sqs:DeleteQueue", "sqs:PurgeQueue"]));
    // A pattern that is decided as a whole needs no parts.
    assert_eq!(
        decided("sqs:Send*", "arn:aws:sqs:eu-west-1:111122223333:log"),
        ("Allowed".to_owned(), "allows it (identity_policies[0] 0)".to_owned())
    );
}

#[test]
fn what_follows_from_the_principal_need_not_be_given() {
    let decided = |principal: &str, key: &str, value: &str, context: Value| {
        let condition = json!({ "StringEquals": { key: value } });
        let statement =
            json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition });
        let request =
            json!({ "principal": principal, "action": "s3:GetObject", "resource": "*", "context": context });
        let policy = json!({ "Version": "2012-10-17", "Statement": statement });
        text(&simulated(&json!([{ "identity_policies": [policy], "request": request }])), "/0/decision")
    };
    let (user, role) = ("arn:aws:iam::111122223333:user/team/alice", "arn:aws:iam::111122223333:role/app");
    let session = "arn:aws:sts::111122223333:assumed-role/app/x";
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    for (principal, key, value, expected) in [
        (user, "aws:username", "alice", "Allowed"),
        (user, "aws:PrincipalArn", user, "Allowed"),
        (user, "aws:PrincipalAccount", "111122223333", "Allowed"),
        (user, "aws:PrincipalType", "User", "Allowed"),
        (user, "aws:PrincipalIsAWSService", "false", "Allowed"),
        (user, "aws:userid", "AIDAEXAMPLE", "Undetermined"),
        (role, "aws:username", "app", "ImplicitlyDenied"),
        (role, "aws:PrincipalArn", role, "Allowed"),
        (session, "aws:PrincipalType", "AssumedRole", "Allowed"),
        (session, "aws:PrincipalArn", role, "Undetermined"),
        (federated, "aws:userid", "111122223333:bob", "Allowed"),
        (federated, "aws:PrincipalArn", federated, "Allowed"),
    ] {
        assert_eq!(decided(principal, key, value, json!({})), expected, "{principal} {key}");
    }
    assert_eq!(decided(user, "aws:username", "alice", json!({ "aws:UserName": null })), "ImplicitlyDenied");
    assert_eq!(decided(user, "aws:username", "bob", json!({ "aws:username": "bob" })), "Allowed");
}

#[test]
fn what_aws_does_not_have_is_answered_with_a_warning() {
    let ask = |action: &str, key: &str| {
        let request = json!({
            "principal": "arn:aws:iam::111122223333:user/a", "action": action, "resource": "*", "context": { key: "x" },
        });
        let run = simulated(&json!([
            { "id": "one", "identity_policies": [], "request": request },
            { "id": "two", "identity_policies": [], "request": request },
        ]));
        assert_eq!((run.status, text(&run, "/0/decision").as_str()), (0, "ImplicitlyDenied"), "{run:?}");
        run.err
    };
    for (action, key, warning) in [
        ("s3:GetObjet", "aws:SourceIp", "no action `s3:getobjet` is known; did you mean `s3:GetObject`?"),
        ("ss3:GetObject", "aws:SourceIp", "no service `ss3` is known; did you mean `s3:GetObject`?"),
        ("s3:Gett*", "aws:SourceIp", "`s3:gett*` matches no action that is known"),
        (
            "s3:GetObject",
            "aws:PrincipalTags/a",
            "no condition key `aws:PrincipalTags/a` is known; did you mean `aws:PrincipalTag/${TagKey}`?",
        ),
        ("s3:GetObject", "s3:prefx", "no condition key `s3:prefx` is known; did you mean `s3:prefix`?"),
    ] {
        assert_eq!(ask(action, key), format!("warning: case `one` and 1 more: {warning}\n"));
    }
    for key in [
        "AWS:sourceip",
        "aws:PrincipalTag/a/b",
        "token.actions.githubusercontent.com:sub",
        "kms:EncryptionContext:a",
        "saml:aud",
    ] {
        assert_eq!(ask("s3:Get*", key), "", "{key}");
    }
    let dir = directory(&[("main.tf", UNIT.as_bytes())]);
    let run = iamrail(
        dir.path(),
        &[
            "simulate",
            "--principal",
            "alice",
            "--action",
            "s3:GetObjet",
            "--context",
            "aws:SourceIpp=203.0.113.9",
        ],
    );
    assert_eq!(
        run.err,
        "warning: no action `s3:getobjet` is known; did you mean `s3:GetObject`?\n\
         warning: no condition key `aws:SourceIpp` is known; did you mean `aws:SourceIp`?\n"
    );
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
