//! Conditions of statements: those that a step can meet, and those that it cannot.

use super::{ADMIN, allow, deny, found, of_role, of_user, service, trusting, when, with_admin};
use crate::analysis::administrators::Administrators;
use crate::analysis::sketch::{Sketch, role, user};
use crate::model::Guard;

#[test]
fn conditions_on_the_step_count() {
    let creates = allow("lambda:CreateFunction lambda:InvokeFunction glue:CreateDevEndpoint", "*");
    let passes = |condition: &str| {
        let pass = when(&allow("iam:PassRole", "*"), condition);
        found(with_admin(of_user(&[creates.clone(), pass]), &service("lambda")))
    };
    assert_eq!(
        passes(r#""StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}"#),
        ["u: lambda-001"]
    );
    assert_eq!(passes(r#""StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}"#), [""; 0]);
    assert_eq!(passes(r#""StringNotLike": {"iam:PassedToService": "lambda*"}"#), [""; 0]);
    let attaches = |condition: &str| found(of_user(&[when(&allow("iam:AttachUserPolicy", "*"), condition)]));
    assert_eq!(
        attaches(r#""ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}"#),
        [""; 0]
    );
    // One administrative policy is refused, another is not.
    let but_one = r#""ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}"#;
    assert_eq!(attaches(but_one), ["u: iam-008"]);
    let bounded = r#""StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits"}"#;
    assert_eq!(attaches(bounded), [""; 0]);
    // Who calls, and when, can be had, unless that time is over.
    assert_eq!(attaches(r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#), ["u: iam-008"]);
    assert_eq!(attaches(r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#), ["u: iam-008"]);
    assert_eq!(attaches(r#""DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#), ["u: iam-008"]);
    assert_eq!(attaches(r#""DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#), [""; 0]);
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        let from = |year: u32| format!(r#""DateGreaterThan": {{"{key}": "{year}-06-01T00:00:00Z"}}"#);
        let until = |year: u32| format!(r#""DateLessThan": {{"{key}": "{year}-06-01T00:00:00Z"}}"#);
        assert_eq!(attaches(&from(2080)), ["u: iam-008"], "{key}");
        assert_eq!(attaches(&format!("{}, {}", from(2080), until(2081))), ["u: iam-008"], "{key}");
        assert_eq!(attaches(&format!("{}, {}", from(2081), until(2080))), [""; 0], "{key}");
        let denied = |condition: &str| {
            let deny = when(&deny("iam:AttachUserPolicy", "*"), condition);
            found(of_user(&[allow("iam:AttachUserPolicy", "*"), deny]))
        };
        assert_eq!(denied(&from(2080)), ["u: iam-008"], "{key}");
        assert_eq!(denied(&until(2080)), ["u: iam-008"], "{key}");
        assert_eq!(denied(&from(2020)), [""; 0], "{key}");
    }
    // What requests for an action never say is not said, for certain.
    let passed = r#""StringEqualsIfExists": {"iam:PassedToService": "glue.amazonaws.com"}"#;
    assert_eq!(attaches(passed), ["u: iam-008"]);
    assert_eq!(attaches(r#""StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}"#), [""; 0]);
    assert_eq!(passes(&passed.replace("glue", "lambda")), ["u: lambda-001"]);
    assert_eq!(passes(passed), [""; 0]);
    assert_eq!(attaches(r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#), [""; 0]);
}

/// Conditions that hold for no request, whatever is in it.
const VOID: [&str; 7] = [
    r#""Bool": {"aws:SecureTransport": "yes"}"#,
    r#""IpAddress": {"aws:SourceIp": ["10.0.0.0/33", "office"]}"#,
    r#""NumericLessThan": {"aws:MultiFactorAuthAge": "an hour"}"#,
    r#""StringMatches": {"aws:userid": "*"}"#,
    r#""StringEquals": {"SourceVpc": "vpc-1"}"#,
    r#""StringEquals": {"aws:TagKeys": "team"}"#,
    r#""StringEquals": {"aws:Referer": []}"#,
];

#[test]
fn under_a_condition_that_never_holds_nothing_is_allowed_and_nothing_denied() {
    let own = allow("iam:PutUserPolicy", "*");
    for condition in VOID {
        assert_eq!(found(of_user(&[when(&own, condition)])), [""; 0], "{condition}");
        let denied = when(&deny("iam:PutUserPolicy", "*"), condition);
        assert_eq!(found(of_user(&[own.clone(), denied])), ["u: iam-007"], "{condition}");
        let administrators = |statements: &[String]| {
            let model = of_user(statements).link();
            Administrators::of(&model).iter().count()
        };
        assert_eq!(administrators(&[when(&allow("*", "*"), condition)]), 0, "{condition}");
        assert_eq!(administrators(&[allow("*", "*"), when(&deny("*", "*"), condition)]), 1, "{condition}");
        let trusted = when(&trusting("arn:aws:iam::111122223333:user/u"), condition);
        assert_eq!(found(with_admin(of_user(&[]), &trusted)), [""; 0], "{condition}");
    }
    for holds in [
        r#""IpAddress": {"aws:SourceIp": ["office", "10.0.0.0/8"]}"#,
        r#""NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "an hour"}"#,
        r#""StringNotEquals": {"SourceVpc": "vpc-1"}"#,
    ] {
        assert_eq!(found(of_user(&[when(&own, holds)])), ["u: iam-007"], "{holds}");
    }
}

#[test]
fn tags_that_are_declared_decide() {
    let when_tag =
        |statement: &str, key: &str| when(statement, &format!(r#""StringEquals": {{"{key}": "platform"}}"#));
    // Of the one who calls.
    let own = |tags: &[(&str, &str)], more: &str| {
        let mut sketch = Sketch::default();
        sketch.user_with_tags("u", tags);
        let puts = when_tag(&allow("iam:PutUserPolicy", "*"), "aws:PrincipalTag/Team");
        sketch.grant(
            user("u"),
            &[puts, allow(&format!("s3:GetObject {more}"), "*")].join(", "),
            Guard::always(),
        );
        found(sketch)
    };
    assert_eq!(own(&[("team", "platform")], ""), ["u: iam-007"]);
    assert_eq!(own(&[("team", "web")], ""), [""; 0]);
    assert_eq!(own(&[], ""), [""; 0]);
    // Whoever tags itself has the tags that it likes.
    assert_eq!(own(&[], "iam:TagUser"), ["u: iam-007? aws:PrincipalTag/Team"]);
    // Of what is acted on.
    let other = |key: &str, tags: &[(&str, &str)]| {
        let mut sketch = of_user(&[when_tag(&allow("iam:UpdateAssumeRolePolicy", "*"), key)]);
        sketch.role_with_tags("admin", &service("ec2"), tags);
        sketch.attach(role("admin"), ADMIN);
        found(sketch)
    };
    for key in ["aws:ResourceTag/team", "iam:ResourceTag/Team"] {
        assert_eq!(other(key, &[("Team", "platform")]), ["u: iam-012"]);
        assert_eq!(other(key, &[("Team", "web")]), [""; 0]);
        assert_eq!(other(key, &[]), [""; 0]);
    }
    // Of the session of a role, with which tags may come.
    let session = |actions: &str| {
        let mut sketch = Sketch::default();
        let trust = service("ec2").replace("\"sts:AssumeRole\"", actions);
        sketch.role_with_tags("r", &trust, &[("team", "web")]);
        let puts = when_tag(&allow("iam:PutRolePolicy", "*"), "aws:PrincipalTag/team");
        sketch.grant(role("r"), &puts, Guard::always());
        found(sketch)
    };
    assert_eq!(session("\"sts:AssumeRole\""), [""; 0]);
    assert_eq!(session("[\"sts:AssumeRole\", \"sts:TagSession\"]"), ["r: iam-005? aws:PrincipalTag/team"]);
}

#[test]
fn mfa_in_a_trust_policy_lets_users_in_and_keeps_sessions_out() {
    let asks = |who: &str| when(&trusting(who), r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#);
    let by_user = with_admin(of_user(&[]), &asks("arn:aws:iam::111122223333:user/u"));
    assert_eq!(found(by_user), ["u: sts-001"]);
    let by_role = with_admin(of_role(&[]), &asks("arn:aws:iam::111122223333:role/r"));
    assert_eq!(found(by_role), [""; 0]);
}
