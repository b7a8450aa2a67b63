//! What becomes of requests.

use std::fs;

use serde_json::{Value, json};

use crate::command::{Run, iamrail, iamrail_with};
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
    ] {
        let run = simulated(&json!([case, { "id": "good", "identity_policies": [], "request": good }]));
        assert_eq!(run.status, 3, "{run:?}");
        assert_eq!(text(&run, "/0/decision"), "Undetermined");
        let because = run.json()[0]["because"].to_string();
        assert!(because.contains(message), "{message}: {because}");
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
