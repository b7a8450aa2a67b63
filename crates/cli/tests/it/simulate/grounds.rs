//! Why a request is decided as it is: the statements that decide, and what is missing.

use serde_json::{Value, json};

use super::simulated;

/// The messages of an answer, each with the policy and the place of its statement.
fn grounds(answer: &Value) -> String {
    let told = answer["because"].as_array().unwrap().iter().map(|one| match one["policy"].as_str() {
        Some(policy) => format!("{} ({policy} {})", one["message"].as_str().unwrap(), one["statement"]),
        None => one["message"].as_str().unwrap().to_owned(),
    });
    told.collect::<Vec<_>>().join("; ")
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
