//! The points that most tools get wrong, one by one.

use super::cast::Cast;
use super::paths::{Gain, On, paths};
use super::questions::Questions;
use super::removal::removal;
use super::stage::Stage;
use super::{Doubt, Escalations};
use crate::analysis::administrators::{Administrator, Administrators, Strength};
use crate::analysis::sketch::{Sketch, group, role, user};
use crate::catalog::{Standing, standing};
use crate::collections::HashSet;
use crate::model::{Guard, Principal};
use crate::policy::{Answer, Statement};

const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// The simplest way of everyone who has one: `who: path`, with `?` and the reason when it is not certain.
fn found(sketch: Sketch) -> Vec<String> {
    let model = sketch.link();
    let escalations = Escalations::of(&model, &Administrators::direct(&model));
    let mut seen = HashSet::default();
    let first = escalations.iter().filter(|one| seen.insert(one.holder));
    let shown = first.map(|one| {
        let principal = Principal::from(one.holder);
        let name = crate::analysis::principal::named(&model, &principal).name;
        let id = one.path.id;
        match &one.doubt {
            None if one.guards == [Guard::always()] => format!("{name}: {id}"),
            None => {
                let guards: Vec<_> = one.guards.iter().map(ToString::to_string).collect();
                format!("{name}: {id} when {}", guards.join(" or "))
            }
            Some(Doubt::Unknown(unknown)) => format!("{name}: {id}? {}", unknown.what),
            Some(Doubt::Missing(what)) => format!("{name}: {id}? {what}"),
        }
    });
    shown.collect()
}

fn allow(actions: &str, resource: &str) -> String {
    let actions: Vec<String> = actions.split(' ').map(|action| format!("\"{action}\"")).collect();
    format!(r#"{{"Effect": "Allow", "Action": [{}], "Resource": "{resource}"}}"#, actions.join(", "))
}

fn deny(actions: &str, resource: &str) -> String {
    allow(actions, resource).replace("Allow", "Deny")
}

fn when(statement: &str, condition: &str) -> String {
    format!(r#"{}, "Condition": {{{condition}}}}}"#, statement.strip_suffix('}').unwrap())
}

fn service(name: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"Service": "{name}.amazonaws.com"}}}}"#
    )
}

fn trusting(arn: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{arn}"}}}}"#)
}

/// A user `u` with a policy.
fn of_user(statements: &[String]) -> Sketch {
    let mut sketch = Sketch::default();
    sketch.user("u");
    sketch.grant(user("u"), &statements.join(", "), Guard::always());
    sketch
}

/// A role `r` that EC2 runs with a policy.
fn of_role(statements: &[String]) -> Sketch {
    let mut sketch = Sketch::default();
    sketch.role_for("r", &service("ec2"));
    sketch.grant(role("r"), &statements.join(", "), Guard::always());
    sketch
}

/// The same with an administrator that a service runs.
fn with_admin(mut sketch: Sketch, trust: &str) -> Sketch {
    sketch.role_for("admin", trust);
    sketch.attach(role("admin"), ADMIN);
    sketch
}

#[test]
fn every_action_of_the_paths_is_one_that_aws_has_or_had() {
    let mut ids = HashSet::default();
    for path in paths() {
        assert!(ids.insert(path.id), "{} is there twice", path.id);
        for action in path.steps.iter().flat_map(|step| step.actions()) {
            let is_retired = matches!(standing(action), Standing::Retired) && path.missing.is_some();
            assert!(is_retired || matches!(standing(action), Standing::Current), "{}: {action}", path.id);
        }
        let works_on_workloads = path.steps.iter().any(|step| step.on == On::Workload);
        let is_judged = path.gain != Gain::PermissionSet;
        assert!(!works_on_workloads || !is_judged || !path.workloads.is_empty(), "{}", path.id);
        assert_eq!(path.services.is_empty(), path.gain != Gain::PassedRole, "{}", path.id);
    }
    assert_eq!(ids.len(), 120);
}

#[test]
fn a_role_that_writes_its_own_policies_need_not_assume_itself() {
    for (action, path) in [("iam:AttachRolePolicy", "iam-009"), ("iam:PutRolePolicy", "iam-005")] {
        assert_eq!(found(of_role(&[allow(action, "arn:aws:iam::*:role/r")])), [format!("r: {path}")]);
    }
}

#[test]
fn another_role_must_let_the_caller_in() {
    let writes = allow("iam:AttachRolePolicy", "*");
    let target = |trust: &str, statements: &[String]| {
        let mut sketch = of_user(statements);
        sketch.role_for("target", trust);
        found(sketch)
    };
    let assumes = allow("sts:AssumeRole", "*");
    let [u, root] = ["user/u", "root"].map(|who| trusting(&format!("arn:aws:iam::111122223333:{who}")));
    assert_eq!(target(&service("ec2"), &[writes.clone(), assumes.clone()]), [""; 0]);
    // The trust policy names the user: nothing more is needed, but a Deny counts.
    assert_eq!(target(&u, std::slice::from_ref(&writes)), ["u: iam-014"]);
    assert_eq!(target(&u, &[writes.clone(), deny("sts:*", "*")]), [""; 0]);
    // It lets in the account as such: the policies of the user decide. Which account the input is for is told by the policies.
    let own = allow("iam:GetRole", "arn:aws:iam::111122223333:role/target");
    assert_eq!(target(&root, &[writes.clone(), own.clone()]), [""; 0]);
    assert_eq!(target(&root, &[writes.clone(), own, assumes]), ["u: iam-014"]);
    assert_eq!(target(&service("ec2"), &[writes, allow("iam:UpdateAssumeRolePolicy", "*")]), ["u: iam-019"]);
}

#[test]
fn rights_over_users_help_users_and_rights_over_roles_help_roles() {
    let of_users = allow("iam:PutUserPolicy iam:AttachUserPolicy iam:AddUserToGroup", "*");
    let of_roles = allow("iam:PutRolePolicy iam:AttachRolePolicy", "*");
    assert_eq!(found(of_role(std::slice::from_ref(&of_users))), [""; 0]);
    assert_eq!(found(of_user(std::slice::from_ref(&of_roles))), [""; 0]);
    assert_eq!(found(of_user(&[of_users])), ["u: iam-007"]);
    assert_eq!(found(of_role(&[of_roles])), ["r: iam-005"]);
}

#[test]
fn groups_give_what_they_have_and_what_can_be_put_on_them() {
    let mut sketch = of_user(&[allow("iam:AddUserToGroup", "arn:aws:iam::*:group/ops")]);
    sketch.group("ops", &[]);
    sketch.attach(group("ops"), ADMIN);
    assert_eq!(found(sketch), ["u: iam-013"]);
    let mut sketch = of_user(&[allow("iam:PutGroupPolicy", "arn:aws:iam::*:group/*")]);
    sketch.group("mine", &["u"]);
    sketch.group("others", &[]);
    assert_eq!(found(sketch), ["u: iam-011"]);
}

#[test]
fn the_resource_decides_what_an_action_is_worth() {
    let own = "arn:aws:iam::*:user/${aws:username}";
    let with_target = |action: &str, resource: &str| {
        let mut sketch = of_user(&[allow(action, resource)]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        found(sketch)
    };
    assert_eq!(with_target("iam:CreateAccessKey", own), [""; 0]);
    assert_eq!(with_target("iam:PutUserPolicy", own), ["u: iam-007"]);
    assert_eq!(with_target("iam:CreateAccessKey", "arn:aws:iam::*:user/b*"), ["u: iam-002"]);
    assert_eq!(with_target("iam:CreateAccessKey", "arn:aws:iam::*:user/c*"), [""; 0]);
}

#[test]
fn policies_of_aws_have_no_versions_to_write() {
    let mut sketch = of_user(&[allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/*")]);
    sketch.attach(user("u"), "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_eq!(found(sketch), [""; 0]);
    let mut sketch = of_user(&[allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/mine")]);
    sketch.policy("mine", &allow("s3:GetObject", "*"));
    sketch.policy("others", &allow("s3:GetObject", "*"));
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/mine");
    assert_eq!(found(sketch), ["u: iam-001"]);
}

#[test]
fn roles_that_aws_keeps_for_itself_are_not_changed() {
    let below = |path: &str| {
        let mut sketch = of_user(&[allow("iam:PutRolePolicy iam:UpdateAssumeRolePolicy", "*")]);
        sketch.role_below(path, "sso", &service("sso"));
        found(sketch)
    };
    assert_eq!(below("/aws-reserved/sso.amazonaws.com/"), [""; 0]);
    assert_eq!(below("/aws-service-role/x.amazonaws.com/"), [""; 0]);
    assert_eq!(below("/team/"), ["u: iam-021"]);
}

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
fn instances_get_roles_in_profiles_only() {
    let launches = allow("iam:PassRole ec2:RunInstances", "*");
    let sketch = || with_admin(of_user(std::slice::from_ref(&launches)), &service("ec2"));
    assert_eq!(found(sketch()), [""; 0]);
    let mut profiled = sketch();
    profiled.profile("admin");
    assert_eq!(found(profiled), ["u: ec2-001"]);
    let makes = allow("iam:CreateInstanceProfile iam:AddRoleToInstanceProfile", "*");
    assert_eq!(found(with_admin(of_user(&[launches, makes]), &service("ec2"))), ["u: ec2-001"]);
}

#[test]
fn workloads_of_the_model_are_taken_over_by_name() {
    let updates = |resource: &str| {
        let mut sketch =
            with_admin(of_user(&[allow("lambda:UpdateFunctionCode", resource)]), &service("lambda"));
        sketch.workload("Lambda function", "api", "admin");
        found(sketch)
    };
    assert_eq!(updates("*"), ["u: lambda-003"]);
    assert_eq!(updates("arn:aws:lambda:eu-west-1:111122223333:function:api"), ["u: lambda-003"]);
    assert_eq!(updates("arn:aws:lambda:*:*:function:web-*"), [""; 0]);
    // Nothing is there that would be worth it.
    let none = with_admin(of_user(&[allow("lambda:UpdateFunctionCode", "*")]), &service("lambda"));
    assert_eq!(found(none), [""; 0]);
    let mut session = with_admin(of_user(&[allow("ssm:StartSession", "*")]), &service("ec2"));
    session.workload("EC2 instance", "web", "admin");
    assert_eq!(found(session), ["u: ssm-001? a running instance with the SSM agent"]);
}

#[test]
fn rights_add_up_over_policies_and_groups_and_denials_subtract() {
    let sketch = |more: &[String]| {
        let mut sketch = with_admin(of_user(&[allow("iam:PassRole", "*")]), &service("lambda"));
        sketch.group("devs", &["u"]);
        let create = allow("lambda:CreateFunction lambda:InvokeFunction", "*");
        sketch.grant(group("devs"), &[&[create], more].concat().join(", "), Guard::always());
        found(sketch)
    };
    assert_eq!(sketch(&[]), ["u: lambda-001"]);
    assert_eq!(sketch(&[deny("iam:PassRole", "arn:aws:iam::*:role/admin")]), [""; 0]);
    assert_eq!(sketch(&[deny("iam:PassRole", "arn:aws:iam::*:role/other")]), ["u: lambda-001"]);
    // A function by another name is as good.
    let one = deny("lambda:CreateFunction", "arn:aws:lambda:*:*:function:prod");
    assert_eq!(sketch(&[one]), ["u: lambda-001"]);
}

#[test]
fn chains_are_followed_to_their_end() {
    let mut sketch = of_user(&[]);
    let [u, a, b] = ["user/u", "role/a", "role/b"].map(|who| format!("arn:aws:iam::111122223333:{who}"));
    sketch.role_for("a", &trusting(&u));
    sketch.role_for("b", &trusting(&a));
    sketch.role_for("c", &trusting(&b));
    sketch.grant(role("c"), &allow("iam:PutRolePolicy", "arn:aws:iam::*:role/c"), Guard::always());
    assert_eq!(found(sketch), ["u: sts-001", "a: sts-001", "b: sts-001", "c: iam-005"]);
}

#[test]
fn chains_of_any_length_are_followed() {
    let mut sketch = of_user(&[]);
    let mut before = "user/u".to_owned();
    for place in 0..400 {
        sketch.role_for(&format!("r{place}"), &trusting(&format!("arn:aws:iam::111122223333:{before}")));
        before = format!("role/r{place}");
    }
    sketch.attach(role("r399"), ADMIN);
    let found = found(sketch);
    assert_eq!((found.len(), found[0].as_str()), (400, "u: sts-001"));
}

#[test]
fn long_chains_are_followed_among_many_who_may_do_something_to_anyone() {
    let mut sketch = of_user(&[]);
    let mut before = "user/u".to_owned();
    for place in 0..600 {
        sketch.role_for(&format!("r{place}"), &trusting(&format!("arn:aws:iam::111122223333:{before}")));
        before = format!("role/r{place}");
    }
    sketch.attach(role("r599"), ADMIN);
    for place in 0..60 {
        let name = format!("w{place}");
        sketch.user(&name);
        sketch.grant(user(&name), &allow("iam:PassRole lambda:CreateFunction", "*"), Guard::always());
    }
    let model = sketch.link();
    let escalations = Escalations::of(&model, &Administrators::direct(&model));
    let proven = escalations.iter().filter(|one| one.doubt.is_none()).count();
    assert_eq!((proven, escalations.unfinished().len()), (600, 60));
}

#[test]
fn whoever_is_not_tried_with_everything_is_told() {
    let unfinished = |roles: usize| {
        let mut sketch = of_user(&[allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "*")]);
        for place in 0..roles {
            sketch.role_for(&format!("r{place}"), &service("ec2"));
            sketch.attach(role(&format!("r{place}")), ADMIN);
        }
        let model = sketch.link();
        let escalations = Escalations::of(&model, &Administrators::direct(&model));
        assert_eq!(escalations.iter().count(), 0);
        escalations.unfinished().len()
    };
    assert_eq!((unfinished(200), unfinished(300)), (0, 1));
}

#[test]
fn a_role_that_lets_in_is_found_among_any_number_that_do_not() {
    let mut sketch = of_user(&[allow("iam:PutRolePolicy sts:AssumeRole", "*")]);
    for place in 0..600 {
        sketch.role_for(&format!("r{place}"), &service("ec2"));
    }
    sketch.grant(user("u"), &allow("iam:GetRole", "arn:aws:iam::111122223333:role/x"), Guard::always());
    sketch.role_for("last", &trusting("arn:aws:iam::111122223333:root"));
    assert_eq!(found(sketch), ["u: iam-017"]);
}

#[test]
fn credentials_are_made_where_there_is_room_for_them() {
    let boss = |actions: &str, more: &dyn Fn(&mut Sketch)| {
        let mut sketch = of_user(&[allow(actions, "arn:aws:iam::*:user/boss")]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        more(&mut sketch);
        found(sketch)
    };
    let [create, update, key] = ["iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:CreateAccessKey"];
    let has_password = |sketch: &mut Sketch| sketch.password("boss", Guard::always());
    let has_key = |sketch: &mut Sketch| sketch.key("boss");
    let has_keys = |sketch: &mut Sketch| ["boss"; 2].into_iter().for_each(|user| sketch.key(user));
    assert_eq!(boss(create, &|_| {}), ["u: iam-004"]);
    assert_eq!(boss(create, &has_password), [""; 0]);
    assert_eq!(boss(update, &has_password), ["u: iam-006"]);
    // What a user has elsewhere who has nothing here is not known.
    assert_eq!(boss(update, &|_| {}), ["u: iam-006? a password of `boss`"]);
    assert_eq!(boss(update, &has_key), [""; 0]);
    assert_eq!(boss(key, &has_key), ["u: iam-002"]);
    assert_eq!(boss(key, &has_keys), [""; 0]);
    assert_eq!(boss(&format!("{key} iam:DeleteAccessKey"), &has_keys), ["u: iam-003"]);
    let sometimes = |sketch: &mut Sketch| sketch.password("boss", Guard::when("IsTest", true));
    assert_eq!(boss(create, &sometimes), ["u: iam-004 when not IsTest"]);
    assert_eq!(boss(&format!("{create} {update}"), &has_password), ["u: iam-006"]);
    let two_sometimes = |sketch: &mut Sketch| {
        sketch.key("boss");
        sketch.under(Guard::when("IsTest", true));
        sketch.key("boss");
    };
    assert_eq!(boss(key, &two_sometimes), ["u: iam-002 when not IsTest"]);
    let key_sometimes = |sketch: &mut Sketch| {
        sketch.under(Guard::when("IsTest", true));
        sketch.key("boss");
    };
    assert_eq!(boss(update, &key_sometimes), ["u: iam-006? a password of `boss`"]);
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

#[test]
fn a_deny_that_can_be_removed_is_none() {
    let all = || allow("*", "*");
    let guard = "iam:Put* iam:Attach* iam:Create* iam:Update* iam:Add* iam:Pass* sts:*";
    let arn = "arn:aws:iam::111122223333:policy/guard";
    let mut detached = of_user(&[all()]);
    detached.policy("guard", &deny(guard, "*"));
    detached.attach(user("u"), arn);
    assert_eq!(found(detached), ["u: iam-025"]);
    let mut kept = of_user(&[all()]);
    kept.policy("guard", &deny(&format!("{guard} iam:Detach* iam:Delete* iam:Set*"), "*"));
    kept.attach(user("u"), arn);
    assert_eq!(found(kept), [""; 0]);
    let deleted = {
        let mut sketch = of_user(&[all()]);
        sketch.grant(user("u"), &deny(guard, "*"), Guard::always());
        found(sketch)
    };
    assert_eq!(deleted, ["u: iam-026"]);
    for (spared, path) in [
        ("iam:Detach* iam:Delete*", "x-iam-removeuserfromgroup"),
        ("iam:Remove* iam:Delete*", "x-iam-detachgrouppolicy"),
    ] {
        let mut left = of_user(&[all()]);
        left.group("guarded", &["u"]);
        left.policy("guard", &deny(&format!("{guard} {spared}"), "*"));
        left.attach(group("guarded"), arn);
        assert_eq!(found(left), [format!("u: {path}")], "{spared}");
    }
    // The policy of the Deny itself is the one that may be rewritten.
    let mut rewritten = of_role(&[all()]);
    let but_itself = deny(&format!("{guard} iam:Detach* iam:Delete*"), "arn:aws:iam::*:policy/guard");
    rewritten.policy("guard", &but_itself.replace("Resource", "NotResource"));
    rewritten.attach(role("r"), arn);
    let found = found(rewritten);
    assert_eq!(found, ["r: iam-001"]);
}

#[test]
fn the_path_of_a_policy_is_part_of_its_arn() {
    let writes = |on: &str| {
        let mut sketch = of_user(&[]);
        let own = "arn:aws:iam::111122223333:policy/team/own";
        sketch.policy_at("/team/", "own", &allow("iam:CreatePolicyVersion", on));
        sketch.attach(user("u"), own);
        found(sketch)
    };
    assert_eq!(writes("arn:aws:iam::111122223333:policy/team/own"), ["u: iam-001"]);
    assert_eq!(writes("arn:aws:iam::111122223333:policy/own"), [""; 0]);
}

#[test]
fn new_users_and_roles_are_made_under_names_that_are_allowed() {
    let makes = |roles: &str, policies: &str| {
        found(of_user(&[allow("iam:CreateRole", roles), allow("iam:AttachRolePolicy", policies)]))
    };
    assert_eq!(makes("*", "*"), ["u: x-iam-createrole-attach"]);
    assert_eq!(makes("arn:aws:iam::*:role/app-*", "*"), ["u: x-iam-createrole-attach"]);
    assert_eq!(
        makes("arn:aws:iam::*:role/app-*", "arn:aws:iam::*:role/app-*"),
        ["u: x-iam-createrole-attach"]
    );
    assert_eq!(makes("arn:aws:iam::*:role/app-*", "arn:aws:iam::*:role/web-*"), [""; 0]);
    let user = allow("iam:CreateUser iam:CreateLoginProfile iam:PutUserPolicy", "arn:aws:iam::*:user/x-*");
    assert_eq!(found(of_user(&[user])), ["u: x-iam-createuser"]);
}

#[test]
fn conditions_of_the_input_are_kept_apart() {
    let sketch = |guard: Guard, other: Guard| {
        let mut sketch = Sketch::default();
        sketch.user("u");
        sketch.grant(user("u"), &allow("iam:PassRole", "*"), guard);
        sketch.grant(user("u"), &allow("lambda:CreateFunction lambda:InvokeFunction", "*"), other);
        found(with_admin(sketch, &service("lambda")))
    };
    let test = |holds| Guard::when("IsTest", holds);
    assert_eq!(sketch(test(true), Guard::always()), ["u: lambda-001 when IsTest"]);
    assert_eq!(sketch(test(true), test(true)), ["u: lambda-001 when IsTest"]);
    assert_eq!(sketch(test(true), test(false)), [""; 0]);
}

#[test]
fn many_conditions_are_told_apart_as_far_as_they_matter() {
    let mut sketch = of_user(&[allow("sts:AssumeRole", "*")]);
    sketch.role_for("target", &trusting("arn:aws:iam::111122223333:root"));
    sketch.grant(role("target"), &allow("*", "*"), Guard::when("IsTest", true));
    for at in 0..40 {
        let name = format!("other{at}");
        sketch.user(&name);
        sketch.grant(user(&name), &allow("iam:PutUserPolicy", "*"), Guard::when(format!("Has{at}"), true));
    }
    let found = found(sketch);
    assert_eq!(found.len(), 41);
    assert_eq!(found[0], "u: sts-001 when IsTest");
    assert_eq!(found[40], "other39: iam-007 when Has39");
}

#[test]
fn too_many_conditions_leave_a_doubt_and_never_silence() {
    let mut sketch = of_user(&[allow("iam:PassRole", "*")]);
    // All of them would have to be looked at to tell in which deployments it is allowed.
    for at in 0..20 {
        let create = allow("lambda:CreateFunction", "*");
        sketch.grant(user("u"), &create, Guard::when(format!("Creates{at:02}"), true));
        let invoke = deny("lambda:InvokeFunction", "*");
        sketch.grant(user("u"), &invoke, Guard::when(format!("Spares{at:02}"), false));
    }
    sketch.grant(user("u"), &allow("lambda:InvokeFunction", "*"), Guard::always());
    let [first] = &found(with_admin(sketch, &service("lambda")))[..] else { panic!("one is found") };
    assert!(first.starts_with("u: lambda-001"), "{first}");
}

#[test]
fn what_is_absent_in_a_deployment_neither_denies_nor_gives() {
    let test = |holds| Guard::when("IsTest", holds);
    // A Deny that is there in some deployments only.
    let mut sketch = of_user(&[allow("iam:PutUserPolicy", "*")]);
    sketch.grant(user("u"), &deny("iam:PutUserPolicy", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-007 when not IsTest"]);
    // The power that is to be gained.
    let mut sketch = of_user(&[allow("iam:CreateAccessKey", "*")]);
    sketch.user("boss");
    sketch.grant(user("boss"), &allow("*", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-002 when IsTest"]);
    // What would be left when the denials are gone.
    let mut sketch =
        of_user(&[deny("iam:Put* iam:Attach* iam:Create* iam:Update* iam:Add* iam:Pass* sts:*", "*")]);
    sketch.grant(user("u"), &allow("iam:DeleteUserPolicy", "*"), Guard::always());
    sketch.grant(user("u"), &allow("*", "*"), test(true));
    assert_eq!(found(sketch), ["u: iam-026 when IsTest"]);
    // The role, or the membership, by which it would be gained.
    let mut sketch = of_user(&[allow("iam:PutRolePolicy", "*")]);
    sketch.under(test(true));
    sketch.role_for("target", &trusting("arn:aws:iam::111122223333:user/u"));
    assert_eq!(found(sketch), ["u: iam-017 when IsTest"]);
}

#[test]
fn roles_of_other_accounts_are_not_those_of_the_input() {
    let assumes = |actions: &str| {
        let sketch = of_user(&[allow(actions, "arn:aws:iam::999988887777:role/admin")]);
        found(with_admin(sketch, &trusting("arn:aws:iam::111122223333:root")))
    };
    assert_eq!(assumes("sts:AssumeRole"), [""; 0]);
    assert_eq!(assumes("sts:AssumeRole iam:GetRole iam:PassRole"), [""; 0]);
    // IAM acts on no other account, whatever it is called.
    let own = |actions: &str| {
        let mut sketch = of_user(&[allow(actions, "arn:aws:iam::999988887777:user/u")]);
        sketch.user("other");
        found(sketch)
    };
    assert_eq!(own("sts:AssumeRole iam:PutUserPolicy"), ["u: iam-007"]);
}

#[test]
fn an_exception_that_is_not_known_may_leave_an_action_in() {
    let open = |text: &str| {
        let mut sketch = of_user(&[]);
        sketch.user("boss");
        sketch.attach(user("boss"), ADMIN);
        let statement = allow("iam:CreateAccessKey", "*").replace("Action", text);
        sketch.grant_unknown(user("u"), &statement, "iam:CreateAccessKey", "the action");
        let model = sketch.link();
        let escalations = Escalations::of(&model, &Administrators::direct(&model));
        escalations.iter().any(|one| one.path.id == "iam-002" && one.doubt.is_some())
    };
    assert!(open("Action"));
    assert!(open("NotAction"));
}

#[test]
fn what_is_asked_of_removable_denials_grows_with_their_number() {
    // Each policy keeps the one before it from being removed.
    let asked = |count: usize| {
        let mut sketch = of_user(&[allow("iam:DetachUserPolicy", "*")]);
        for at in 0..count {
            let arn = |at: usize| format!("arn:aws:iam::111122223333:policy/p{at}");
            let before = format!(r#""ArnEquals": {{"iam:PolicyARN": "{}"}}"#, arn(at.wrapping_sub(1)));
            sketch.policy(&format!("p{at}"), &when(&deny("iam:DetachUserPolicy", "*"), &before));
            sketch.attach(user("u"), &arn(at));
        }
        let model = sketch.link();
        let cast = Cast::of(&model);
        let questions = Questions::new(Guard::always());
        let stage = Stage::new(&cast, &questions);
        let removal = removal(&stage, &cast.actors[0]).expect("they can be removed");
        assert_eq!(removal.taken.len(), count);
        removal.asker.asked.get()
    };
    assert!(asked(60) <= 3 * asked(20) + 10, "{} of {}", asked(60), asked(20));
}

#[test]
fn what_is_doubtful_twice_is_not_told() {
    let sketch = || {
        let passes = allow("iam:PassRole ec2:ReplaceIamInstanceProfileAssociation", "*");
        let mut sketch = with_admin(of_user(&[passes]), &service("ec2"));
        sketch.profile("admin");
        sketch.workload("EC2 instance", "web", "other");
        sketch
    };
    assert_eq!(found(sketch()), ["u: ec2-replace-profile? access to a running instance"]);
    let mut open = sketch();
    open.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(open), [""; 0]);
}

#[test]
fn a_policy_that_is_not_known_may_deny() {
    let mut sketch = of_user(&[allow("iam:PutUserPolicy", "*")]);
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(sketch), ["u: iam-007? arn:aws:iam::111122223333:policy/elsewhere"]);
    // It may allow as well, of which nothing is said.
    let mut sketch = of_user(&[]);
    sketch.attach(user("u"), "arn:aws:iam::111122223333:policy/elsewhere");
    assert_eq!(found(sketch), [""; 0]);
}

#[test]
fn of_the_policies_of_aws_few_escalate_with_iam_alone() {
    let mut everywhere = Vec::new();
    let mut by_name = Vec::new();
    for policy in crate::catalog::managed_policies() {
        let mut sketch = of_role(&[]);
        sketch.user("u");
        let arn = policy.arn("aws");
        sketch.attach(user("u"), &arn);
        sketch.attach(role("r"), &arn);
        let model = sketch.link();
        let administrators = Administrators::of(&model);
        let is_certain = |one: &&Administrator<'_>| !matches!(one.strength, Strength::Possible(_));
        if administrators.iter().find(is_certain).is_none() {
            continue;
        }
        let (_, document) = crate::analysis::aws_managed::document(&arn).unwrap();
        let creates = |statement: &&Statement| {
            statement.is_allow() && statement.actions.covered_by("iam:CreateRole", true).0 == Answer::Yes
        };
        let on_all = document.statements.iter().filter(creates).any(|statement| {
            statement.resources.as_ref().is_some_and(|one| one.covered_by("*", false).0 == Answer::Yes)
        });
        if on_all { everywhere.push(policy.name()) } else { by_name.push(policy.name()) }
    }
    assert_eq!(everywhere, ["AdministratorAccess", "AdministratorAccess-Amplify", "IAMFullAccess"]);
    // These make roles under a name of their own, and put any policy on them.
    let named = [
        "AWSCodeStarServiceRole",
        "AWSManagedAccountManagementAccess",
        "CloudFormationStackSetsOrgMemberServiceRolePolicy",
        "WellArchitectedConsoleFullAccess",
    ];
    assert_eq!(by_name, named);
}
