use proptest::prelude::*;

use super::{Demand, Fault, Flaw, Flaws, SignIn, Trusts, demands};
use crate::analysis::administrators::Administrators;
use crate::analysis::mfa::asker::Asker;
use crate::analysis::sketch::{Sketch, group, user};
use crate::model::Guard;
use crate::policy::{Answer, Document, Prepared};
use crate::value::Reason;

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";

/// A Deny of everything but enrolment, under conditions.
fn deny(conditions: &str) -> String {
    format!(
        r#"{{"Effect": "Deny", "NotAction": ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices",
            "sts:GetSessionToken"], "Resource": "*", "Condition": {{{conditions}}}}}"#
    )
}

fn allow(conditions: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {{{conditions}}}}}"#)
}

fn on(operator: &str, key: &str, value: &str) -> String {
    format!(r#""{operator}": {{"{key}": "{value}"}}"#)
}

/// What is open with a key, with temporary credentials without MFA, with MFA now, and with MFA long ago; and what is wrong with
/// the statement.
#[test]
fn guards_do_what_the_page_says() {
    use Fault::{Inverted, KeysPass, OnlyAge, SessionsPass};
    let everything = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let denied = |conditions: &[String]| {
        let denies: Vec<String> = conditions.iter().map(|one| deny(one)).collect();
        format!("{everything}, {}", denies.join(", "))
    };
    let bool_false = || on("Bool", PRESENT, "false");
    let direct = format!(r#""BoolIfExists": {{"{PRESENT}": "false", "aws:ViaAWSService": "false"}}"#);
    for (statements, open, fault) in [
        (denied(&[bool_false()]), "k-mo", Some(KeysPass)),
        (denied(&[on("BoolIfExists", PRESENT, "false")]), "--mo", None),
        (denied(&[on("Null", PRESENT, "true")]), "-smo", Some(SessionsPass)),
        (denied(&[bool_false(), on("Null", PRESENT, "true")]), "--mo", None),
        (denied(&[on("StringNotEquals", PRESENT, "true")]), "--mo", None),
        (allow(&on("Bool", PRESENT, "true")), "--mo", None),
        (allow(&on("BoolIfExists", PRESENT, "true")), "k-mo", Some(KeysPass)),
        (allow(&on("Null", PRESENT, "false")), "-smo", Some(SessionsPass)),
        (allow(&bool_false()), "-s--", Some(Inverted)),
        (allow(&on("BoolIfExists", PRESENT, "false")), "ks--", Some(Inverted)),
        (allow(&on("NumericLessThan", AGE, "3600")), "--m-", None),
        (allow(&on("NumericLessThanIfExists", AGE, "3600")), "ksm-", Some(Fault::Always)),
        (denied(&[on("NumericGreaterThan", AGE, "3600")]), "ksm-", Some(OnlyAge)),
        (denied(&[direct]), "--mo", None),
    ] {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let document = Document::from_text(&text);
        assert!(document.problems.is_empty(), "{:?}", document.problems);
        let policies = [Prepared::identity(&document, &Guard::always())];
        let asker = Asker::new(None, &policies).unwrap();
        let is_open =
            |sign_in| asker.is_open(sign_in, "s3:GetObject", "arn:aws:s3:::bucket/key") == Answer::Yes;
        let ways = [SignIn::AccessKey, SignIn::Console, SignIn::Mfa, SignIn::OldMfa];
        let found: String = ways
            .iter()
            .zip("ksmo".chars())
            .map(|(way, letter)| if is_open(*way) { letter } else { '-' })
            .collect();
        assert_eq!(found, open, "{statements}");

        let mut input = Sketch::default();
        input.group("staff", &[]);
        input.grant(group("staff"), &statements, Guard::always());
        let model = input.link();
        let flaws = Flaws::of(&model, &Administrators::of(&model));
        let faults: Vec<_> = flaws
            .iter()
            .map(|flawed| match &flawed.flaw {
                Flaw::Conditions(fault) => fault.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(faults, fault.into_iter().collect::<Vec<_>>(), "{statements}");
    }
}

fn demand(statements: &[String]) -> Demand {
    let mut input = Sketch::default();
    input.user("ana");
    for statement in statements {
        input.grant(user("ana"), statement, Guard::always());
    }
    let model = input.link();
    let administrators = Administrators::of(&model);
    let flaws = Flaws::of(&model, &administrators);
    let (id, _) = model.users.iter().next().unwrap();
    let mut cases = demands(&model, &administrators, &Trusts::of(&model), &flaws, id);
    assert_eq!(cases.len(), 1);
    cases.remove(0).outcome
}

/// The well guarded user has the most to be asked about: nothing is open, so that nothing ends the search.
#[test]
fn what_a_guard_denies_is_not_asked_about_one_by_one() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| {
        (0..count).map(|at| format!("{:?}", one(at))).collect::<Vec<_>>().join(", ")
    };
    let buckets = many(200, &|at| format!("arn:aws:s3:::bucket{at}/*"));
    let same = many(200, &|_| "s3:Get*".to_owned());
    let several = r#""s3:*", "sqs:*", "dynamodb:*", "ec2:*""#;
    let without_mfa = on("BoolIfExists", PRESENT, "false");
    for actions in [same.as_str(), several] {
        for denied in [r#""*""#, buckets.as_str()] {
            let allow = format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": [{buckets}]}}"#);
            let deny = format!(
                r#"{{"Effect": "Deny", "Action": [{several}], "Resource": [{denied}], "Condition": {{{without_mfa}}}}}"#
            );
            assert_eq!(demand(&[allow, deny]), Demand::Proven);
        }
    }
}

#[test]
fn a_search_that_takes_too_long_leaves_it_open() {
    let buckets: Vec<String> = (0..400).map(|at| format!("\"arn:aws:s3:::bucket{at}/*\"")).collect();
    let allow = format!(
        r#"{{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": [{}], "Condition": {{{}}}}}"#,
        buckets.join(", "),
        on("IpAddress", "aws:SourceIp", "192.0.2.0/24")
    );
    let deny = format!(
        r#"{{"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::other", "Condition": {{{}}}}}"#,
        on("BoolIfExists", PRESENT, "false")
    );
    let Demand::Unknown(unknown) = demand(&[allow, deny]) else { panic!("it is known") };
    assert_eq!(unknown.reason, crate::value::Reason::Budget);
}

fn statement() -> impl Strategy<Value = String> {
    let effect = prop_oneof!["Allow", "Allow", "Deny"];
    let action = prop_oneof![
        Just(r#""Action": "*""#),
        Just(r#""Action": "iam:*""#),
        Just(r#""Action": ["s3:Get*", "sqs:SendMessage"]"#),
        Just(r#""Action": "sts:AssumeRole""#),
        Just(r#""NotAction": "iam:*""#),
        Just(r#""NotAction": ["iam:EnableMFADevice", "s3:GetObject"]"#),
    ];
    let resource =
        prop_oneof!["\\*", "arn:aws:s3:::bucket/\\*", "arn:aws:iam::\\*:user/\\$\\{aws:username\\}"];
    let condition = prop_oneof![
        Just(String::new()),
        Just(on("Bool", PRESENT, "true")),
        Just(on("Bool", PRESENT, "false")),
        Just(on("Null", PRESENT, "true")),
        Just(on("IpAddress", "aws:SourceIp", "192.0.2.0/24")),
    ];
    (effect, action, resource, condition).prop_map(|(effect, action, resource, condition)| {
        format!(
            r#"{{"Effect": "{effect}", {action}, "Resource": "{resource}", "Condition": {{{condition}}}}}"#
        )
    })
}

proptest! {
    // Of what is made up, about one in three proves the demand. If searches were given up often, more would be rejected than this.
    #![proptest_config(ProptestConfig { cases: 64, max_global_rejects: 320, ..ProptestConfig::default() })]

    #[test]
    fn whoever_has_the_guard_has_no_hole(statements in prop::collection::vec(statement(), 0..4), at in 0usize..4) {
        let mut statements = statements;
        statements.insert(at.min(statements.len()), deny(&on("BoolIfExists", PRESENT, "false")));
        prop_assert_eq!(demand(&statements), Demand::Proven);
    }

    #[test]
    fn a_deny_takes_no_proof_away(statements in prop::collection::vec(statement(), 1..4), deny in statement()) {
        let deny = deny.replace(r#""Effect": "Allow""#, r#""Effect": "Deny""#);
        prop_assume!(demand(&statements) == Demand::Proven);
        let more: Vec<String> = statements.into_iter().chain([deny]).collect();
        let found = demand(&more);
        // A search that takes too long leaves it open, and refutes nothing.
        prop_assume!(!matches!(&found, Demand::Unknown(unknown) if unknown.reason == Reason::Budget));
        prop_assert_eq!(found, Demand::Proven);
    }
}
