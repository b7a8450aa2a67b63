//! What becomes of requests: here those of cases that are given with their policies.

mod grounds;
mod input;

use std::fs;

use serde_json::{Value, json};

use self::input::UNIT;
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
