use std::sync::Arc;

use super::{Administration, POLICY_WRITES, administration_of, concerns};
use crate::analysis::bearer::Bearer;
use crate::analysis::holding::Holder;
use crate::analysis::sketch::Sketch;
use crate::policy::Document;
use crate::value::{Hole, Part, Reason, Text, Unknown, Value};

fn verdict(documents: &[&str]) -> &'static str {
    judge(&read(documents), &Bearer::anyone())
}

fn read(documents: &[&str]) -> Vec<Document> {
    let read = |statements| Document::read(&Value::text(format!(r#"{{"Statement": [{statements}]}}"#)));
    documents.iter().map(read).collect()
}

/// What documents amount to for the user `alice`, and for the role `app`.
fn of_user_and_role(documents: &[&str]) -> [&'static str; 2] {
    let mut input = Sketch::default();
    input.user("alice");
    input.role("app");
    let model = input.link();
    let user = model.users.iter().map(|(id, _)| Holder::User(id));
    let role = model.roles.iter().map(|(id, _)| Holder::Role(id));
    let documents = read(documents);
    let statements = || documents.iter().flat_map(|document| &document.statements);
    let mut verdicts =
        user.chain(role).map(|holder| judge(&documents, &Bearer::of(&model, holder, statements())));
    [verdicts.next().unwrap(), verdicts.next().unwrap()]
}

fn judge(documents: &[Document], bearer: &Bearer) -> &'static str {
    for document in documents {
        assert!(document.problems.is_empty(), "{:?}", document.problems);
    }
    match administration_of(&documents.iter().collect::<Vec<_>>(), bearer) {
        Administration::Yes(_) => "yes",
        Administration::Unless(_) => "unless",
        Administration::Perhaps(_) => "perhaps",
        Administration::No => "no",
    }
}

#[test]
fn everything_and_all_of_iam_are_administration_in_any_spelling() {
    for (statement, expected) in [
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#, "yes"),
        (r#"{"Effect": "Allow", "Action": ["s3:GetObject", "**"], "Resource": ["*"]}"#, "yes"),
        (r#"{"Effect": "Allow", "Action": "*:*", "Resource": "*"}"#, "yes"),
        (r#"{"Effect": "Allow", "Action": "IAM:*", "Resource": "arn:aws:iam::*:*"}"#, "yes"),
        (
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": ["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*"]}"#,
            "yes",
        ),
        (r#"{"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}"#, "yes"),
        (r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::prod"}"#, "yes"),
        (r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}"#, "no"),
        (r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:iam::*:*"}"#, "no"),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/*"}"#, "no"),
        (r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}"#, "no"),
        (
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws-us-gov:iam::123456789012:*"}"#,
            "yes",
        ),
        (r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}"#, "no"),
        (r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#, "no"),
    ] {
        assert_eq!(verdict(&[statement]), expected, "{statement}");
    }
}

#[test]
fn a_deny_counts_only_when_it_takes_iam_away_from_everyone() {
    let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    for (deny, expected) in [
        (r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#, "no"),
        (r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#, "no"),
        (r#"{"Effect": "Deny", "Action": "iam:PutUserPolicy", "Resource": "*"}"#, "yes"),
        (r#"{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}"#, "yes"),
        (r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/protected"}"#, "yes"),
        (
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            "yes",
        ),
        (
            r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"iam:ResourceTag/team": "x"}}}"#,
            "unless",
        ),
    ] {
        assert_eq!(verdict(&[all, deny]), expected, "{deny}");
    }
}

#[test]
fn conditions_on_the_caller_leave_an_administrator_and_others_do_not() {
    for (condition, expected) in [
        (r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#, "yes"),
        (r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#, "yes"),
        (r#""StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}"#, "yes"),
        (r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#, "no"),
        (r#""StringEquals": {"aws:ResourceTag/team": "x"}"#, "no"),
    ] {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#);
        assert_eq!(verdict(&[&statement]), expected, "{condition}");
    }
}

#[test]
fn power_that_is_split_over_documents_is_found() {
    let one = r#"{"Effect": "Allow", "Action": ["iam:Put*", "iam:Attach*"], "Resource": "*"}"#;
    let other = r#"{"Effect": "Allow", "Action": ["iam:Create*", "iam:Update*"], "Resource": "*"}"#;
    assert_eq!(verdict(&[one]), "no");
    assert_eq!(verdict(&[one, other]), "yes");
    let rest = r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#;
    let iam = r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#;
    assert_eq!(verdict(&[rest, iam]), "yes");
}

#[test]
fn what_is_not_known_is_neither_yes_nor_no() {
    let hole = |what: &str| {
        let unknown = Arc::new(Unknown::new(Reason::NoValue, what));
        Part::Hole(Arc::new(Hole { unknown, origins: Default::default(), span: None }))
    };
    let literal = |text: &str| Part::Literal { text: text.into(), span: None };
    let read = |before: &str, after: &str| {
        let text = Text::from_parts(vec![literal(before), hole("var.x"), literal(after)]);
        Document::read(&Value::new(crate::value::Kind::Text(text)))
    };
    let action = read(r#"{"Statement": {"Effect": "Allow", "Action": ""#, r#"", "Resource": "*"}}"#);
    assert_eq!(judge(&[action], &Bearer::anyone()), "perhaps");
    let narrow = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:"#, r#"", "Resource": "*"}}"#);
    assert_eq!(judge(&[narrow], &Bearer::anyone()), "no");
    let statement = read(r#"{"Statement": ["#, r#"]}"#);
    assert_eq!(judge(&[statement], &Bearer::anyone()), "perhaps");
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

#[test]
fn conditions_on_the_caller_are_asked_of_the_one_who_has_the_policy() {
    let allow = |condition: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#)
    };
    let deny = |condition: &str| {
        format!(r#"{{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#)
    };
    for (condition, allowed, denied) in [
        (r#""StringEquals": {"aws:username": "bob"}"#, ["no", "no"], ["yes", "yes"]),
        (r#""StringNotEquals": {"aws:username": "bob"}"#, ["yes", "yes"], ["no", "no"]),
        (r#""StringEquals": {"aws:username": "alice"}"#, ["yes", "no"], ["no", "yes"]),
        (r#""StringEquals": {"aws:PrincipalType": "User"}"#, ["yes", "no"], ["no", "yes"]),
        // Neither has tags, nor can whoever assumes the role bring any.
        (r#""StringEquals": {"aws:PrincipalTag/admin": "true"}"#, ["no", "no"], ["yes", "yes"]),
        (
            r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:user/alice"}"#,
            ["yes", "no"],
            ["no", "yes"],
        ),
        (
            r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws-cn:iam::444455556666:role/app"}"#,
            ["yes", "no"],
            ["no", "yes"],
        ),
        (r#""StringNotEquals": {"aws:RequestedRegion": "us-east-1"}"#, ["no", "no"], ["yes", "yes"]),
        (r#""StringLike": {"aws:RequestedRegion": "us-*"}"#, ["yes", "yes"], ["no", "no"]),
        (r#""Bool": {"aws:ViaAWSService": "false"}"#, ["yes", "yes"], ["no", "no"]),
        (r#""Bool": {"aws:ViaAWSService": "true"}"#, ["no", "no"], ["yes", "yes"]),
        // Sessions of roles do not tell of MFA.
        (r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#, ["yes", "no"], ["yes", "yes"]),
        (r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}"#, ["yes", "yes"], ["yes", "no"]),
        // The day may come, and does not come back.
        (r#""DateGreaterThan": {"aws:CurrentTime": "2190-01-01T00:00:00Z"}"#, ["yes", "yes"], ["yes", "yes"]),
        (r#""DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#, ["no", "no"], ["yes", "yes"]),
        (r#""DateGreaterThan": {"aws:EpochTime": "1577836800"}"#, ["yes", "yes"], ["no", "no"]),
        // Requests that write policies do not have this key.
        (
            r#""StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}"#,
            ["yes", "yes"],
            ["no", "no"],
        ),
        (r#""StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}"#, ["no", "no"], ["yes", "yes"]),
    ] {
        assert_eq!(of_user_and_role(&[&allow(condition)]), allowed, "allow if {condition}");
        assert_eq!(of_user_and_role(&[ALL, &deny(condition)]), denied, "deny if {condition}");
    }
    // With MFA it is denied, and without it it is not allowed.
    let (present, absent) = (
        r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#,
        r#""Null": {"aws:MultiFactorAuthPresent": "true"}"#,
    );
    assert_eq!(of_user_and_role(&[&allow(present), &deny(present)]), ["no", "no"]);
    assert_eq!(of_user_and_role(&[&allow(absent), &deny(present)]), ["yes", "yes"]);
}

#[test]
fn denials_add_up_and_count_where_an_action_works() {
    let deny = |actions: &str, resources: &str| {
        format!(r#"{{"Effect": "Deny", "Action": {actions}, "Resource": {resources}}}"#)
    };
    let of = |kind: &str| format!(r#""arn:aws:iam::*:{kind}/*""#);
    let (users, roles) = (deny(r#""iam:*""#, &of("user")), deny(r#""iam:*""#, &of("role")));
    assert_eq!(of_user_and_role(&[ALL, &users]), ["no", "yes"]);
    assert_eq!(of_user_and_role(&[ALL, &roles]), ["yes", "no"]);
    assert_eq!(of_user_and_role(&[ALL, &users, &roles]), ["no", "no"]);
    assert_eq!(verdict(&[ALL, &users]), "yes");
    assert_eq!(verdict(&[ALL, &users, &roles]), "no");
    let spared = r#"{"Effect": "Deny", "Action": "iam:*", "NotResource": "arn:aws:iam::*:user/alice"}"#;
    assert_eq!(of_user_and_role(&[ALL, spared]), ["yes", "no"]);
}

#[test]
fn a_right_over_others_alone_is_no_administration() {
    for (left, _) in POLICY_WRITES {
        let others = POLICY_WRITES.iter().filter(|(write, _)| *write != left);
        let denied: Vec<String> = others.map(|(write, _)| format!("{write:?}")).collect();
        let deny = format!(r#"{{"Effect": "Deny", "Action": [{}], "Resource": "*"}}"#, denied.join(", "));
        let expected = match left {
            "iam:AttachUserPolicy" | "iam:PutUserPolicy" => ["yes", "no"],
            "iam:AttachRolePolicy" | "iam:PutRolePolicy" => ["no", "yes"],
            _ => ["no", "no"],
        };
        assert_eq!(of_user_and_role(&[ALL, &deny]), expected, "{left}");
    }
}

#[test]
fn what_is_not_known_may_deny() {
    let hole = || {
        let unknown = Arc::new(Unknown::new(Reason::NoValue, "var.x"));
        Part::Hole(Arc::new(Hole { unknown, origins: Default::default(), span: None }))
    };
    let read = |before: &str, after: &str| {
        let literal = |text: &str| Part::Literal { text: text.into(), span: None };
        let text = Text::from_parts(vec![literal(before), hole(), literal(after)]);
        Document::read(&Value::new(crate::value::Kind::Text(text)))
    };
    let all = || Document::read(&Value::text(format!(r#"{{"Statement": [{ALL}]}}"#)));
    let anyone = Bearer::anyone();
    let effect = read(r#"{"Statement": {"Effect": ""#, r#"", "Action": "*", "Resource": "*"}}"#);
    assert_eq!(judge(std::slice::from_ref(&effect), &anyone), "perhaps");
    assert_eq!(judge(&[all(), effect], &anyone), "unless");
    let other = read(r#"{"Statement": {"Effect": ""#, r#"", "Action": "s3:*", "Resource": "*"}}"#);
    assert_eq!(judge(&[all(), other], &anyone), "yes");
    let open = read(r#"{"Statement": ["#, "]}");
    assert_eq!(judge(&[all(), open.clone()], &anyone), "unless");
    let none = Document::read(&Value::text(
        r#"{"Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}"#,
    ));
    assert_eq!(judge(&[open, none], &anyone), "no");
}

#[test]
fn whatever_may_write_policies_has_a_say() {
    let has_say = |action: &str| {
        let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
        concerns(&Document::from_text(&format!(r#"{{"Statement": [{statement}]}}"#)))
    };
    for action in ["*", "iam:*", "IAM:putuserpolicy", "i*:Put*", "?am:PutRolePolicy", "*:AttachUserPolicy"] {
        assert!(has_say(action), "{action}");
    }
    for action in ["s3:*", "iam:Get*", "iam", "iamx:Put*", "*:GetObject", "?am:GetRole"] {
        assert!(!has_say(action), "{action}");
    }
}
