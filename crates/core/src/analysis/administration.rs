//! Whether policies amount to administration: everything on everything, or all of IAM, which amounts to the same.

use std::sync::Arc;

use crate::policy::{Answer, Condition, Document, Effect, Element, Elements, Glob, Statement, glob_covers};
use crate::source::Span;
use crate::value::{Reason, Unknown};

/// Who may do one of these on any resource can give any right to anyone, itself included.
const POLICY_WRITES: [&str; 8] = [
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// All of the identities that IAM knows, as patterns of resources.
const IDENTITIES: [&str; 2] = ["arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:role/*"];

/// Condition keys about the caller and the way of the call. They limit who uses a right and when, not what the right is.
const CALLER_KEYS: [&str; 18] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:referer",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:vpcsourceip",
];

/// Whether documents together amount to administration.
#[derive(Clone, Debug)]
pub enum Administration {
    /// They do.
    Yes(Grounds),
    /// It depends on something that is not known.
    Perhaps(Arc<Unknown>),
    /// They do not.
    No,
}

/// Why documents amount to administration.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// What is allowed: "allows every action on every resource".
    pub how: &'static str,
    /// The places that allow it, the narrowest first.
    pub spans: Vec<Span>,
}

/// Whether documents that all reach one principal amount to administration, as one deployment has them: guards are left out
/// of account.
pub fn administration(documents: &[&Document]) -> Administration {
    let statements: Vec<&Statement> = documents.iter().flat_map(|document| document.effective()).collect();
    let mut perhaps = documents.iter().find_map(|document| document.open.clone());
    let denials = Denials::of(&statements);
    for statement in statements.iter().copied() {
        match base(statement) {
            (Answer::Yes, how, span) => match keeps_policy_writes(statement, &denials) {
                Answer::Yes => {
                    let spans = span.into_iter().chain(statement.span).collect();
                    return Administration::Yes(Grounds { how, spans });
                }
                Answer::Perhaps(unknown) => drop(perhaps.get_or_insert(unknown)),
                Answer::No => {}
            },
            (Answer::Perhaps(unknown), ..) => drop(perhaps.get_or_insert(unknown)),
            (Answer::No, ..) => {}
        }
    }
    match (split_over_statements(&statements, &denials), perhaps) {
        (Administration::Yes(grounds), _) => Administration::Yes(grounds),
        (_, Some(unknown)) => Administration::Perhaps(unknown),
        (together, None) => together,
    }
}

/// Whether a document has a say in administration at all: whether it may allow or deny a policy write, somewhere.
pub fn concerns(document: &Document) -> bool {
    document.open.is_some() || document.statements.iter().any(has_say)
}

/// Whether a statement has a say in administration.
pub fn has_say(statement: &Statement) -> bool {
    let actions = &statement.actions;
    let names_one = |element: &Element| {
        let glob = Glob::new(&element.widest_pattern().to_ascii_lowercase());
        POLICY_WRITES.iter().any(|action| glob.matches(&action.to_ascii_lowercase()))
    };
    actions.except || actions.open.is_some() || actions.items.iter().any(names_one)
}

/// Whether a statement hands out everything, or all of IAM, if no Deny stands against it.
fn base(statement: &Statement) -> (Answer, &'static str, Option<Span>) {
    const NO: (Answer, &str, Option<Span>) = (Answer::No, "", None);
    if statement.is_deny() {
        return NO;
    }
    let Some(resources) = &statement.resources else { return NO };
    let (actions, how, span) = if statement.actions.except {
        let how = "allows everything but the actions that it names";
        (Answer::Yes, how, statement.actions.key)
    } else {
        match statement.actions.covered_by("*", true) {
            (Answer::No, _) => {
                let (answer, element) = statement.actions.covered_by("iam:*", true);
                (answer, "allows every action of IAM", element.and_then(|element| element.span))
            }
            (answer, element) => (answer, "allows every action", element.and_then(|element| element.span)),
        }
    };
    if actions == Answer::No || !statement.conditions.iter().all(limits_only_the_caller) {
        return NO;
    }
    let answer = match (actions, all_of_iam(resources), uncertainty(statement)) {
        (Answer::No, ..) | (_, Answer::No, _) => Answer::No,
        (_, _, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
        (Answer::Perhaps(unknown), ..) | (_, Answer::Perhaps(unknown), _) => Answer::Perhaps(unknown),
        (Answer::Yes, Answer::Yes, None) => Answer::Yes,
    };
    (answer, how, span)
}

/// Whether resources take in every user and every role.
fn all_of_iam(resources: &Elements) -> Answer {
    if resources.except {
        let answers = IDENTITIES.iter().map(|identity| covers_identity(resources, identity));
        return answers.fold(Answer::Yes, |sofar, excluded| match (sofar, excluded) {
            (Answer::No, _) | (_, Answer::Yes) => Answer::No,
            (_, Answer::Perhaps(unknown)) => Answer::Perhaps(unknown),
            (sofar, Answer::No) => sofar,
        });
    }
    let mut perhaps = None;
    for identity in IDENTITIES {
        match covers_identity(resources, identity) {
            Answer::Yes => {}
            Answer::Perhaps(unknown) => perhaps = Some(unknown),
            Answer::No => return Answer::No,
        }
    }
    perhaps.map_or(Answer::Yes, Answer::Perhaps)
}

/// Whether a pattern of a resource takes in an identity pattern of this account, whatever the account and the partition are.
fn covers_identity(resources: &Elements, identity: &str) -> Answer {
    let in_this_account = |pattern: &str| {
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        match parts.as_slice() {
            [arn, _, iam, region, account, rest]
                if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                [*arn, "*", *iam, *region, "*", *rest].join(":")
            }
            [arn, _, rest @ ..] if !rest.is_empty() => {
                let partition = std::iter::once("*");
                std::iter::once(*arn)
                    .chain(partition)
                    .chain(rest.iter().copied())
                    .collect::<Vec<_>>()
                    .join(":")
            }
            _ => pattern.to_owned(),
        }
    };
    let (answer, _) = resources.covered_by(identity, false);
    let by_account = resources.items.iter().filter(|element| element.undecided.is_none()).any(|element| {
        element.pattern().is_some_and(|pattern| glob_covers(&in_this_account(&pattern), identity))
    });
    if by_account { Answer::Yes } else { answer }
}

/// Whether a condition limits who calls and how, rather than what may be done.
pub(super) fn limits_only_the_caller(condition: &Condition) -> bool {
    let key = condition.folded_key();
    if key == "aws:requestedregion" {
        // IAM answers in this region only, whatever region the account works in.
        return condition.values.items.iter().any(|value| value.widest_pattern() == "us-east-1");
    }
    key.starts_with("aws:principaltag/") || CALLER_KEYS.contains(&key.as_str())
}

/// The Deny statements that can take a policy write away, by action: found once for all that is allowed.
struct Denials<'d>(Vec<(&'static str, Vec<&'d Statement>)>);

impl<'d> Denials<'d> {
    fn of(statements: &[&'d Statement]) -> Self {
        let denies: Vec<&Statement> =
            statements.iter().copied().filter(|statement| statement.is_deny()).collect();
        let against = |action| {
            let against = |deny: &&&Statement| denies_everywhere(deny, action) != Answer::No;
            (action, denies.iter().filter(against).copied().collect())
        };
        Self(POLICY_WRITES.into_iter().map(against).collect())
    }

    /// Whether an action is taken away.
    fn block(&self, action: &str) -> Answer {
        let denies = self.0.iter().find(|(one, _)| *one == action).map(|(_, denies)| denies.as_slice());
        let mut perhaps = None;
        for deny in denies.unwrap_or_default() {
            match denies_everywhere(deny, action) {
                Answer::Yes => return Answer::Yes,
                Answer::Perhaps(unknown) => perhaps = Some(unknown),
                Answer::No => {}
            }
        }
        perhaps.map_or(Answer::No, Answer::Perhaps)
    }
}

/// Whether, of what a statement hands out, the power to write policies survives its exceptions and every Deny.
fn keeps_policy_writes(base: &Statement, denials: &Denials<'_>) -> Answer {
    let mut perhaps = None;
    for action in POLICY_WRITES {
        let excepted = match base.actions.except {
            true => base.actions.covered_by(action, true).0,
            false => Answer::No,
        };
        match (excepted, denials.block(action)) {
            (Answer::No, Answer::No) => return Answer::Yes,
            (Answer::Yes, _) | (_, Answer::Yes) => {}
            (Answer::Perhaps(unknown), _) | (_, Answer::Perhaps(unknown)) => perhaps = Some(unknown),
        }
    }
    perhaps.map_or(Answer::No, Answer::Perhaps)
}

/// Whether a Deny takes an action away on every identity, from every caller.
fn denies_everywhere(deny: &Statement, action: &str) -> Answer {
    let (covered, _) = deny.actions.covered_by(action, true);
    let named = match (deny.actions.except, covered) {
        (true, Answer::Yes) => Answer::No,
        (true, Answer::No) => Answer::Yes,
        (_, answer) => answer,
    };
    let everywhere = deny.resources.as_ref().map_or(Answer::No, all_of_iam);
    if named == Answer::No || everywhere == Answer::No {
        return Answer::No;
    }
    if !deny.conditions.is_empty() {
        if deny.conditions.iter().any(limits_only_the_caller) {
            // Whoever meets the guard, with MFA for example, is an administrator still.
            return Answer::No;
        }
        return Answer::Perhaps(Arc::new(Unknown::new(Reason::Unsupported, "the condition of a Deny")));
    }
    let unknown = deny.undecided.as_ref().or(deny.conditions_open.as_ref());
    match (named, everywhere, unknown) {
        (_, _, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
        (Answer::Perhaps(unknown), ..) | (_, Answer::Perhaps(unknown), _) => Answer::Perhaps(unknown),
        _ => Answer::Yes,
    }
}

/// Whether all of the policy writes are allowed, each everywhere by some statement.
fn split_over_statements(statements: &[&Statement], denials: &Denials<'_>) -> Administration {
    let mut spans = Vec::new();
    let mut perhaps = None;
    for action in POLICY_WRITES {
        let (answer, span) = allowed(statements, action);
        match (answer, denials.block(action)) {
            (Answer::No, _) | (_, Answer::Yes) => return Administration::No,
            (Answer::Perhaps(unknown), _) | (_, Answer::Perhaps(unknown)) => perhaps = Some(unknown),
            (Answer::Yes, Answer::No) => spans.extend(span.filter(|span| !spans.contains(span))),
        }
    }
    match perhaps {
        Some(unknown) => Administration::Perhaps(unknown),
        None => Administration::Yes(Grounds { how: "allows every action that writes policies", spans }),
    }
}

/// Whether a statement that names actions allows one of them everywhere, and where.
fn allowed(statements: &[&Statement], action: &str) -> (Answer, Option<Span>) {
    let mut perhaps = None;
    for statement in statements.iter().filter(|one| !one.is_deny() && !one.actions.except) {
        let (named, element) = statement.actions.covered_by(action, true);
        let everywhere = statement.resources.as_ref().map_or(Answer::No, all_of_iam);
        let is_limited = !statement.conditions.iter().all(limits_only_the_caller);
        match (named, everywhere, uncertainty(statement)) {
            (Answer::No, ..) | (_, Answer::No, _) => {}
            _ if is_limited => {}
            (Answer::Yes, Answer::Yes, None) => {
                return (Answer::Yes, element.and_then(|element| element.span));
            }
            (_, _, Some(unknown)) => perhaps = Some(Arc::clone(unknown)),
            (Answer::Perhaps(unknown), ..) | (_, Answer::Perhaps(unknown), _) => perhaps = Some(unknown),
        }
    }
    (perhaps.map_or(Answer::No, Answer::Perhaps), None)
}

/// Why it is not known whether a statement allows what it says, if it is not.
fn uncertainty(statement: &Statement) -> Option<&Arc<Unknown>> {
    let effect = match &statement.effect {
        Effect::Unknown(unknown) => Some(unknown),
        Effect::Allow | Effect::Deny => None,
    };
    effect.or(statement.undecided.as_ref()).or(statement.conditions_open.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hole, Part, Text, Value};

    fn verdict(documents: &[&str]) -> &'static str {
        let documents: Vec<Document> = documents
            .iter()
            .map(|statements| Document::read(&Value::text(format!(r#"{{"Statement": [{statements}]}}"#))))
            .collect();
        judge(&documents)
    }

    fn judge(documents: &[Document]) -> &'static str {
        for document in documents {
            assert!(document.problems.is_empty(), "{:?}", document.problems);
        }
        match administration(&documents.iter().collect::<Vec<_>>()) {
            Administration::Yes(_) => "yes",
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
                "perhaps",
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
            let statement = format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
            );
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
        assert_eq!(judge(&[action]), "perhaps");
        let narrow = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:"#, r#"", "Resource": "*"}}"#);
        assert_eq!(judge(&[narrow]), "no");
        let statement = read(r#"{"Statement": ["#, r#"]}"#);
        assert_eq!(judge(&[statement]), "perhaps");
    }
}
