//! Decisions against an oracle that is obvious and slow, and against what must hold of any decision.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use iamrail_core::model::Guard;
use iamrail_core::policy::{
    Caller, Context, Decision, Document, Policies, Prepared, Request, ResourcePolicies, decide,
};
use iamrail_core::value::{Hole, Kind, Part, Reason, Text, Unknown, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A statement in the terms of the oracle.
#[derive(Clone, Debug)]
struct Rule {
    allow: bool,
    except_actions: bool,
    actions: Vec<&'static str>,
    except_resources: bool,
    resources: Vec<&'static str>,
    conditions: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

/// A request in the terms of the oracle.
#[derive(Clone, Debug)]
struct Asked {
    action: &'static str,
    resource: &'static str,
    context: Vec<(&'static str, Vec<&'static str>)>,
}

const ACTIONS: [&str; 9] = [
    "*",
    "s3:*",
    "S3:Get*",
    "s3:GetObject",
    "s3:?etObject",
    "iam:PutUserPolicy",
    "iam:*Policy",
    "s3:GetObject ",
    "s3:",
];
const RESOURCES: [&str; 7] = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/?/x",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:iam::*:user/alice",
    "arn:aws:s3:::b/a/x",
    "arn:aws:s3",
];
const OPERATORS: [&str; 12] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLikeIfExists",
    "StringEqualsIgnoreCaseIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "ForAnyValue:StringNotEquals",
    "Null",
    "Bool",
    "BoolIfExists",
    "NoSuchOperator",
];

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let condition = (
        select(&OPERATORS[..]),
        select(&["aws:username", "aws:PrincipalTag/t"][..]),
        subsequence(vec!["alice", "b", "a*", "true", "${aws:PrincipalTag/t}"], 1..3),
    );
    let rule = (
        any::<bool>(),
        proptest::bool::weighted(0.2),
        subsequence(ACTIONS.to_vec(), 1..3),
        proptest::bool::weighted(0.2),
        subsequence(RESOURCES.to_vec(), 1..3),
        vec(condition, 0..2),
    );
    let rule = rule.prop_map(|(allow, except_actions, actions, except_resources, resources, conditions)| {
        Rule { allow, except_actions, actions, except_resources, resources, conditions }
    });
    vec(rule, 0..5)
}

fn asked() -> impl Strategy<Value = Asked> {
    let requests = [
        ("s3:GetObject", "arn:aws:s3:::b/a/x"),
        ("s3:GetObject", "arn:aws:s3:::alice/k"),
        ("s3:ListAllMyBuckets", "*"),
        ("iam:PutUserPolicy", "arn:aws:iam::111122223333:user/alice"),
        ("nowhere:Policy", "arn:aws:s3:::b/a/x"),
    ];
    let values = subsequence(vec!["alice", "b", "abc", "true", "Alice"], 0..3);
    let tag = subsequence(vec!["alice", "b", ""], 0..2);
    (select(requests.to_vec()), values, tag).prop_map(|((action, resource), user, tag)| Asked {
        action,
        resource,
        context: vec![("aws:username", user), ("aws:PrincipalTag/t", tag)],
    })
}

fn document(rules: &[Rule]) -> Document {
    let text = text(rules);
    let document = Document::from_text(&text);
    // One without statements is read as such, and is a fault of its own.
    assert!(document.problems.is_empty() || rules.is_empty(), "{text}: {:?}", document.problems);
    document
}

fn text(rules: &[Rule]) -> String {
    let list = |values: &[&str]| format!("{values:?}");
    let statements = rules.iter().map(|rule| {
        let not = |except| if except { "Not" } else { "" };
        let conditions = rule.conditions.iter().enumerate().map(|(at, (operator, key, values))| {
            // One object has every operator once; two conditions with the same one stand in statements of their own.
            let clash = rule.conditions[..at].iter().any(|(earlier, ..)| earlier == operator);
            if clash { String::new() } else { format!(r#""{operator}": {{"{key}": {}}}"#, list(values)) }
        });
        let conditions: Vec<String> = conditions.filter(|condition| !condition.is_empty()).collect();
        format!(
            r#"{{"Effect": "{}", "{}Action": {}, "{}Resource": {}, "Condition": {{{}}}}}"#,
            if rule.allow { "Allow" } else { "Deny" },
            not(rule.except_actions),
            list(&rule.actions),
            not(rule.except_resources),
            list(&rule.resources),
            conditions.join(", ")
        )
    });
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.collect::<Vec<_>>().join(", "))
}

/// What a part of a policy can be when it is not known: the part, and others.
const COMPLETIONS: [(&str, &[&str]); 8] = [
    ("Allow", &["Allow", "Deny"]),
    ("Deny", &["Allow", "Deny"]),
    ("alice", &["alice", "b", "*", "", "${aws:username}"]),
    ("true", &["true", "false", "alice"]),
    ("Get", &["Get", "Put", "*", "", "?"]),
    ("s3:::b", &["s3:::b", "s3:::alice", "iam::*:user", "s3:::*"]),
    ("aws:username}", &["aws:username}", "aws:userid}", "b", "*}"]),
    ("2012-10-17", &["2012-10-17", "2008-10-17"]),
];

/// A policy with a hole in the place of one part, and the policies that it can be.
fn with_hole(rules: &[Rule], kind: usize, place: usize) -> Option<(Document, Vec<Document>)> {
    let text = text(rules);
    let (token, completions) = COMPLETIONS[kind];
    // A key of a condition is no text with holes.
    let is_value = |(before, after): &(&str, &str)| !before.ends_with("{\"") && !after.starts_with("\":");
    let around = |at| Some((text.get(..at)?, text.get(at + token.len()..)?));
    let places = text.match_indices(token).filter_map(|(at, _)| around(at)).filter(is_value);
    let places: Vec<(&str, &str)> = places.collect();
    let (before, after) = *places.get(place % places.len().max(1))?;
    let unknown = Unknown::new(Reason::NoValue, "x").into();
    let hole = Part::Hole(Hole { unknown, origins: Default::default(), span: None }.into());
    let literal = |text: &str| Part::Literal { text: text.into(), span: None };
    let open = Text::from_parts(vec![literal(before), hole, literal(after)]);
    let completed = completions.iter().map(|one| Document::from_text(&format!("{before}{one}{after}")));
    let completed = completed.filter(|document| document.problems.is_empty()).collect();
    Some((Document::read(&Value::new(Kind::Text(open))), completed))
}

/// The same rules as the policy of a resource, for everyone.
fn policy_of_resource(rules: &[Rule]) -> Document {
    let mut document = document(rules);
    let everyone = Document::from_text(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}"#,
    );
    for statement in &mut document.statements {
        statement.principals.clone_from(&everyone.statements[0].principals);
    }
    document
}

fn decision(documents: &[Document], asked: &Asked) -> Decision {
    let caller = Caller::read("arn:aws:iam::111122223333:user/alice").unwrap();
    let context =
        asked.context.iter().fold(Context::new(), |context, (key, values)| context.with(key, values.clone()));
    let request = Request::new(caller, asked.action, asked.resource, context).unwrap();
    let always = Guard::always();
    let prepared: Vec<_> = documents.iter().map(|document| Prepared::identity(document, &always)).collect();
    decide(&request, Policies { identity: &prepared, resource: ResourcePolicies::Unasked }).decision
}

/// Matching by its definition, exponential and obvious.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => glob(rest, text) || (!text.is_empty() && glob(pattern, &text[1..])),
        ([b'?', rest @ ..], [_, text @ ..]) => glob(rest, text),
        ([one, rest @ ..], [letter, text @ ..]) if one == letter => glob(rest, text),
        _ => false,
    }
}

fn like(pattern: &str, text: &str) -> bool {
    glob(pattern.as_bytes(), text.as_bytes())
}

fn values<'a>(asked: &'a Asked, key: &str) -> &'a [&'static str] {
    asked.context.iter().find(|(one, _)| *one == key).map_or(&[], |(_, values)| values)
}

/// A value of a policy in a request: the text, and whether it has one.
fn substituted(text: &str, asked: &Asked) -> Option<String> {
    let mut text = text.to_owned();
    for key in ["aws:username", "aws:PrincipalTag/t"] {
        let variable = format!("${{{key}}}");
        if text.contains(&variable) {
            let [value] = values(asked, key) else { return None };
            text = text.replace(&variable, value);
        }
    }
    Some(text)
}

fn holds(operator: &str, key: &str, wanted: &[&str], asked: &Asked) -> bool {
    let given = values(asked, key);
    let is_empty = given.iter().all(|value| value.is_empty());
    let (quantity, operator) = operator.split_once(':').unwrap_or(("", operator));
    let (operator, if_exists) =
        operator.strip_suffix("IfExists").map_or((operator, false), |name| (name, true));
    if operator == "Null" {
        return wanted.contains(&if is_empty { "true" } else { "false" });
    }
    let equal = |value: &str, wanted: &&str| {
        let Some(wanted) = substituted(wanted, asked) else { return false };
        match operator {
            "StringLike" | "StringNotLike" => like(&wanted, value),
            "StringEqualsIgnoreCase" => wanted.eq_ignore_ascii_case(value),
            "Bool" => (value == "true" || value == "false") && wanted == value,
            _ => wanted == value,
        }
    };
    let negated = operator.contains("Not");
    let passes = |value: &&&str| wanted.iter().any(|wanted| equal(value, wanted)) != negated;
    match operator {
        "NoSuchOperator" => false,
        _ if given.is_empty() && if_exists => true,
        _ => match quantity {
            "ForAllValues" => is_empty || given.iter().all(|value| passes(&value)),
            "ForAnyValue" => !is_empty && given.iter().any(|value| passes(&value)),
            _ => match given {
                [] => negated,
                [value] => passes(&value),
                _ => false,
            },
        },
    }
}

fn applies(rule: &Rule, asked: &Asked) -> bool {
    let action = rule.actions.iter().any(|action| {
        !action.ends_with([' ', ':']) && like(&action.to_lowercase(), &asked.action.to_lowercase())
    });
    let resource = rule.resources.iter().any(|resource| {
        let Some(resource) = substituted(resource, asked) else { return false };
        // An ARN that ends early goes on with anything.
        resource == "*"
            || (asked.resource != "*"
                && (like(&resource, asked.resource) || like(&format!("{resource}:*"), asked.resource)))
    });
    let mut operators = Vec::new();
    action != rule.except_actions
        && resource != rule.except_resources
        && rule.conditions.iter().all(|(operator, key, wanted)| {
            let clash = operators.contains(operator);
            operators.push(*operator);
            clash || holds(operator, key, wanted, asked)
        })
}

fn expected(rules: &[Rule], asked: &Asked) -> Decision {
    let any = |allow: bool| rules.iter().any(|rule| rule.allow == allow && applies(rule, asked));
    match (any(false), any(true)) {
        (true, _) => Decision::ExplicitlyDenied,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::ImplicitlyDenied,
    }
}

/// How much a decision grants.
fn access(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => 0,
        Decision::Undetermined => 1,
        Decision::Allowed => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn decisions_agree_with_the_oracle(rules in rules(), asked in asked()) {
        prop_assert_eq!(decision(&[document(&rules)], &asked), expected(&rules, &asked));
    }

    #[test]
    fn a_further_allow_takes_nothing_and_a_further_deny_gives_nothing(
        rules in rules(), more in rules(), asked in asked(),
    ) {
        let before = decision(&[document(&rules)], &asked);
        for allow in [true, false] {
            let more: Vec<Rule> = more.iter().map(|rule| Rule { allow, ..rule.clone() }).collect();
            let after = decision(&[document(&rules), document(&more)], &asked);
            if allow {
                prop_assert!(access(after) >= access(before), "{:?} {:?}", before, after);
            } else {
                prop_assert!(access(after) <= access(before), "{:?} {:?}", before, after);
            }
        }
    }

    #[test]
    fn neither_the_order_nor_the_policy_of_a_statement_matters(
        (rules, shuffled) in rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        asked in asked(),
    ) {
        let whole = decision(&[document(&rules)], &asked);
        prop_assert_eq!(decision(&[document(&shuffled)], &asked), whole);
        let single: Vec<Document> = shuffled.chunks(1).map(document).collect();
        prop_assert_eq!(decision(&single, &asked), whole);
    }

    #[test]
    fn a_statement_says_the_same_in_pieces(rules in rules(), asked in asked()) {
        let mut pieces = Vec::new();
        for rule in &rules {
            let actions: Vec<Vec<_>> = match rule.except_actions {
                true => vec![rule.actions.clone()],
                false => rule.actions.iter().map(|action| vec![*action]).collect(),
            };
            for actions in actions {
                let resources: Vec<Vec<_>> = match rule.except_resources {
                    true => vec![rule.resources.clone()],
                    false => rule.resources.iter().map(|resource| vec![*resource]).collect(),
                };
                pieces.extend(resources.into_iter().map(|resources| Rule {
                    actions: actions.clone(),
                    resources,
                    ..rule.clone()
                }));
            }
        }
        prop_assert_eq!(decision(&[document(&pieces)], &asked), decision(&[document(&rules)], &asked));
    }

    #[test]
    fn no_policy_and_no_request_makes_it_panic(
        policy in "[\\PC]{0,40}", action in "[a-z*?:${}' ]{0,12}", resource in "[a-z*?:${}/]{0,16}", value in "\\PC{0,12}",
    ) {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": {action:?}, "Resource": {resource:?},
                "Condition": {{"StringLike": {{"aws:username": {value:?}}}, "ArnLike": {{"aws:x": {resource:?}}}}}}}}}"#
        );
        let documents = [Document::from_text(&text), Document::from_text(&policy)];
        let asked = Asked { action: "s3:GetObject", resource: "arn:aws:s3:::b/a/x", context: vec![("aws:username", vec!["é"])] };
        decision(&documents, &asked);
        let _ = Caller::read(&policy).map(|caller| Request::new(caller, &action, &resource, Context::new()));
    }
}

/// What becomes of a request of a user that is allowed everything by its own policies.
fn of_everything(caller: &str, action: &str, resource: &str, policies: ResourcePolicies<'_, '_>) -> Decision {
    let all = Document::from_text(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    );
    let identity = [Prepared::identity(&all, &Guard::always())];
    let request = Request::new(Caller::read(caller).unwrap(), action, resource, Context::new()).unwrap();
    decide(&request, Policies { identity: &identity, resource: policies }).decision
}

#[test]
fn a_pattern_is_allowed_only_where_all_that_it_matches_is() {
    use Decision::{Allowed, Undetermined};
    for (action, resource, expected) in [
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/x*", Undetermined),
        ("sts:AssumeRole", "*", Undetermined),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/*", Undetermined),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:*", Undetermined),
        ("kms:Decrypt", "*", Undetermined),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:alias/*", Allowed),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:999988887777:q*", Undetermined),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:*:q", Undetermined),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q*", Allowed),
        ("s3:GetObject", "arn:aws:s3:::b/*", Allowed),
        ("iam:PutUserPolicy", "arn:aws:iam::*:user/*", Allowed),
    ] {
        let caller = "arn:aws:iam::111122223333:user/alice";
        let found = of_everything(caller, action, resource, ResourcePolicies::Unasked);
        assert_eq!(found, expected, "{action} on {resource}");
    }
}

#[test]
fn some_calls_are_not_for_everyone() {
    use Decision::{Allowed, ImplicitlyDenied, Undetermined};
    let trusting = |principal: &str| {
        Document::from_text(&format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:*", "Principal": {principal}}}}}"#
        ))
    };
    let (user, role) = ("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/r");
    let (root, other) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:user/eve");
    for (caller, principal, expected) in [
        (user, r#"{"AWS": "111122223333"}"#, Allowed),
        (root, r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, ImplicitlyDenied),
        (root, r#""*""#, ImplicitlyDenied),
        (user, r#"{"Federated": "*"}"#, Undetermined),
        (other, r#"{"Federated": "*"}"#, Undetermined),
        ("accounts.google.com", r#"{"Federated": "*"}"#, Allowed),
        (user, r#"{"Service": "*"}"#, ImplicitlyDenied),
    ] {
        let trust = trusting(principal);
        let trust = Prepared::resource(&trust, &Guard::always());
        let found = of_everything(caller, "sts:AssumeRole", role, ResourcePolicies::Trust(&trust));
        assert_eq!(found, expected, "{caller} by {principal}");
    }
    for (caller, expected) in [(user, Allowed), (root, Allowed), (role, ImplicitlyDenied)] {
        for action in ["sts:GetSessionToken", "sts:GetFederationToken"] {
            let found = of_everything(caller, action, "*", ResourcePolicies::Unasked);
            assert_eq!(found, expected, "{action} by {caller}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_certain_of_a_policy_with_a_hole_is_so_however_it_is_filled(
        rules in rules(), others in rules(), asked in asked(), kind in 0..COMPLETIONS.len(), place in 0usize..8,
    ) {
        let Some((open, completed)) = with_hole(&rules, kind, place) else { return Ok(()) };
        let others = document(&others);
        let of = |document: &Document| decision(&[others.clone(), document.clone()], &asked);
        let found = of(&open);
        if found != Decision::Undetermined {
            for one in &completed {
                prop_assert_eq!(access(of(one)), access(found), "{:?}", one.version);
            }
        }
    }

    #[test]
    fn what_holds_of_a_pattern_holds_of_its_members(
        rules in rules(),
        others in rules(),
        asked in asked(),
        (pattern, members) in select(vec![
            ("arn:aws:s3:::b/*", &["arn:aws:s3:::b/a/x", "arn:aws:s3:::b/k"][..]),
            ("arn:aws:s3:::b/?/x", &["arn:aws:s3:::b/a/x", "arn:aws:s3:::b/b/x"]),
            ("arn:aws:s3:::*", &["arn:aws:s3:::b/a/x", "arn:aws:s3:::alice/k"]),
            ("*", &["arn:aws:s3:::b/a/x", "arn:aws:s3:::alice/k"]),
        ]),
        action in select(vec!["s3:GetObject", "nowhere:Policy"]),
        with_resource in any::<bool>(),
    ) {
        let documents = [document(&rules)];
        let policy = policy_of_resource(&others);
        let always = Guard::always();
        let identity: Vec<_> = documents.iter().map(|document| Prepared::identity(document, &always)).collect();
        let resource = [Prepared::resource(&policy, &always)];
        let resource = if with_resource { ResourcePolicies::These(&resource) } else { ResourcePolicies::Unasked };
        let decision = |on: &str| {
            let caller = Caller::read("arn:aws:iam::111122223333:user/alice").unwrap();
            let context = asked.context.iter().fold(Context::new(), |context, (key, values)| context.with(key, values.clone()));
            let request = Request::new(caller, action, on, context).unwrap();
            decide(&request, Policies { identity: &identity, resource }).decision
        };
        let of_all = decision(pattern);
        if of_all != Decision::Undetermined {
            for member in members {
                prop_assert_eq!(access(decision(member)), access(of_all), "{} and {}", pattern, member);
            }
        }
    }
}
