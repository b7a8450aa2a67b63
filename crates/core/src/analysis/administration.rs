//! Whether policies amount to administration: everything on everything, or all of IAM, which amounts to the same.

use std::sync::Arc;

use crate::model::Guard;
use crate::policy::{Answer, Condition, Document, Effect, Elements, Statement, glob_covers};
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
    /// The conditions of the input under which it is.
    pub guard: Guard,
}

/// Whether documents that all reach one principal amount to administration.
pub fn administration(documents: &[&Document]) -> Administration {
    let statements = || documents.iter().flat_map(|document| &document.statements);
    let mut perhaps = documents.iter().find_map(|document| document.open.clone());
    for statement in statements() {
        match base(statement) {
            (Answer::Yes, how, span) => match keeps_policy_writes(statement, statements()) {
                Answer::Yes => {
                    let spans = span.into_iter().chain(statement.span).collect();
                    return Administration::Yes(Grounds { how, spans, guard: statement.guard.clone() });
                }
                Answer::Perhaps(unknown) => drop(perhaps.get_or_insert(unknown)),
                Answer::No => {}
            },
            (Answer::Perhaps(unknown), ..) => drop(perhaps.get_or_insert(unknown)),
            (Answer::No, ..) => {}
        }
    }
    if let Some(grounds) = split_over_statements(documents) {
        return Administration::Yes(grounds);
    }
    perhaps.map_or(Administration::No, Administration::Perhaps)
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
    let uncertain = || {
        let effect = match &statement.effect {
            Effect::Unknown(unknown) => Some(unknown),
            Effect::Allow | Effect::Deny => None,
        };
        effect.or(statement.undecided.as_ref()).or(statement.conditions_open.as_ref())
    };
    if actions == Answer::No || !statement.conditions.iter().all(limits_only_the_caller) {
        return NO;
    }
    let answer = match (actions, all_of_iam(resources), uncertain()) {
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
        let excluded = resources.items.iter().any(|element| {
            let pattern = element.widest_pattern();
            IDENTITIES.iter().any(|identity| glob_covers(&pattern, identity))
        });
        return match (excluded, &resources.open) {
            (true, _) => Answer::No,
            (false, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
            (false, None) => Answer::Yes,
        };
    }
    let mut perhaps = None;
    for identity in IDENTITIES {
        match resources.covered_by(identity, false).0 {
            Answer::Yes => {}
            Answer::Perhaps(unknown) => perhaps = Some(unknown),
            Answer::No => return Answer::No,
        }
    }
    perhaps.map_or(Answer::Yes, Answer::Perhaps)
}

/// Whether a condition limits who calls and how, rather than what may be done.
fn limits_only_the_caller(condition: &Condition) -> bool {
    let key = condition.folded_key();
    if key == "aws:requestedregion" {
        // IAM answers in this region only, whatever region the account works in.
        return condition.values.items.iter().any(|value| value.widest_pattern() == "us-east-1");
    }
    key.starts_with("aws:principaltag/") || CALLER_KEYS.contains(&key.as_str())
}

/// Whether, of what a statement hands out, the power to write policies survives its exceptions and every Deny.
fn keeps_policy_writes<'d>(base: &Statement, all: impl Iterator<Item = &'d Statement>) -> Answer {
    let denies: Vec<&Statement> =
        all.filter(|statement| statement.is_deny() && base.guard.and(&statement.guard).is_some()).collect();
    let mut perhaps = None;
    for action in POLICY_WRITES {
        if base.actions.except && base.actions.covered_by(action, true).0 != Answer::No {
            continue;
        }
        let mut blocked = false;
        for deny in &denies {
            match denies_everywhere(deny, action, &base.guard) {
                Answer::Yes => blocked = true,
                Answer::Perhaps(unknown) => {
                    blocked = true;
                    perhaps = Some(unknown);
                }
                Answer::No => {}
            }
        }
        if !blocked {
            return Answer::Yes;
        }
    }
    perhaps.map_or(Answer::No, Answer::Perhaps)
}

/// Whether a Deny takes an action away on every identity, from every caller.
fn denies_everywhere(deny: &Statement, action: &str, guard: &Guard) -> Answer {
    let (covered, _) = deny.actions.covered_by(action, true);
    let named = match (deny.actions.except, covered) {
        (true, Answer::Yes) => Answer::No,
        (true, Answer::No) => Answer::Yes,
        (_, answer) => answer,
    };
    let everywhere = deny.resources.as_ref().map_or(Answer::No, all_of_iam);
    if named == Answer::No || everywhere == Answer::No || !is_implied(&deny.guard, guard) {
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

/// Whether `guard` holds wherever `given` does.
fn is_implied(guard: &Guard, given: &Guard) -> bool {
    guard.terms().iter().all(|term| given.terms().contains(term))
}

/// All of the policy writes, each allowed everywhere by some statement.
fn split_over_statements(documents: &[&Document]) -> Option<Grounds> {
    let mut guard = Guard::always();
    let mut spans = Vec::new();
    let allows = || {
        documents.iter().flat_map(|document| &document.statements).filter(|statement| {
            statement.is_allow()
                && statement.undecided.is_none()
                && statement.conditions_open.is_none()
                && statement.conditions.iter().all(limits_only_the_caller)
                && statement.resources.as_ref().is_some_and(|resources| all_of_iam(resources) == Answer::Yes)
        })
    };
    for action in POLICY_WRITES {
        let (statement, element) =
            allows().filter(|statement| !statement.actions.except).find_map(|statement| {
                let (answer, element) = statement.actions.covered_by(action, true);
                (answer == Answer::Yes).then_some((statement, element?))
            })?;
        guard = guard.and(&statement.guard)?;
        spans.extend(element.span.filter(|span| !spans.contains(span)));
        let denied = documents
            .iter()
            .flat_map(|document| &document.statements)
            .any(|deny| deny.is_deny() && denies_everywhere(deny, action, &guard) != Answer::No);
        if denied {
            return None;
        }
    }
    Some(Grounds { how: "allows every action that writes policies", spans, guard })
}
