//! Whether policies amount to administration: everything on everything, or all of IAM, which amounts to the same.

mod circumstances;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(super) use self::circumstances::Circumstances;
use super::bearer::Bearer;
use crate::policy::{
    Answer, Document, Effect, Element, Elements, Glob, Statement, glob_covers, glob_covers_folded,
};
use crate::source::Span;
use crate::value::Unknown;

const USERS: &str = "arn:aws:iam::111122223333:user/*";
const GROUPS: &str = "arn:aws:iam::111122223333:group/*";
const ROLES: &str = "arn:aws:iam::111122223333:role/*";
const POLICIES: &str = "arn:aws:iam::111122223333:policy/*";

/// The actions that write policies, each with what it works on.
const POLICY_WRITES: [(&str, &str); 8] = [
    ("iam:AttachUserPolicy", USERS),
    ("iam:PutUserPolicy", USERS),
    ("iam:AttachRolePolicy", ROLES),
    ("iam:PutRolePolicy", ROLES),
    ("iam:UpdateAssumeRolePolicy", ROLES),
    ("iam:AttachGroupPolicy", GROUPS),
    ("iam:PutGroupPolicy", GROUPS),
    ("iam:CreatePolicyVersion", POLICIES),
];

/// The writes with which a user gives itself any right, and those with which a role does. The others give rights to others, unless
/// someone is a member of the group, has the policy, or can assume the role: that is a matter of paths.
const OF_USERS: [&str; 2] = ["iam:AttachUserPolicy", "iam:PutUserPolicy"];
const OF_ROLES: [&str; 2] = ["iam:AttachRolePolicy", "iam:PutRolePolicy"];

/// All of the identities that IAM knows, as patterns of resources.
const IDENTITIES: [&str; 2] = [USERS, ROLES];

/// Whether documents together amount to administration.
#[derive(Clone, Debug)]
pub enum Administration {
    /// They do.
    Yes(Grounds),
    /// They do, unless something that is not known takes it away.
    Unless(Arc<Unknown>),
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

/// Whether documents amount to administration for whoever gets them, as one deployment has them: guards are left out of account.
pub fn administration(documents: &[&Document]) -> Administration {
    administration_of(documents, &Bearer::anyone())
}

/// Whether documents that all reach one principal make it an administrator, as one deployment has them: guards are left out of
/// account. A document of which not everything is known may deny.
pub fn administration_of(documents: &[&Document], bearer: &Bearer) -> Administration {
    let open = documents.iter().find_map(|document| document.open.as_ref());
    let mut best = Administration::No;
    for circumstances in Circumstances::all(bearer, documents) {
        let inquiry = Inquiry { documents, circumstances, is_user: bearer.is_user };
        best = best.or(match (inquiry.answer(), open) {
            (Administration::Yes(_), Some(open)) => Administration::Unless(Arc::clone(open)),
            // What is not known may allow whatever is not denied.
            (Administration::No, Some(open)) if inquiry.leaves_writes() => {
                Administration::Perhaps(Arc::clone(open))
            }
            (answer, _) => answer,
        });
    }
    best
}

impl Administration {
    /// What is more certain comes first.
    fn rank(&self) -> u8 {
        match self {
            Self::Yes(_) => 0,
            Self::Unless(_) => 1,
            Self::Perhaps(_) => 2,
            Self::No => 3,
        }
    }

    fn of(answer: Answer, grounds: impl FnOnce() -> Grounds) -> Self {
        match answer {
            Answer::Yes => Self::Yes(grounds()),
            Answer::Perhaps(unknown) => Self::Perhaps(unknown),
            Answer::No => Self::No,
        }
    }

    /// The better of two.
    fn or(self, other: Self) -> Self {
        if other.rank() < self.rank() { other } else { self }
    }

    /// The same with what may stand against it, which is asked only if it matters.
    fn unless_denied(self, denied: impl FnOnce() -> Answer) -> Self {
        if let Self::No = self {
            return self;
        }
        match (self, denied()) {
            (_, Answer::Yes) => Self::No,
            (Self::Yes(_), Answer::Perhaps(unknown)) => Self::Unless(unknown),
            (one, _) => one,
        }
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
        let pattern = element.widest_pattern();
        POLICY_WRITES.iter().any(|(action, _)| glob_covers_folded(&pattern, action))
    };
    // Most actions are those of other services.
    let of_iam = || actions.items.iter().filter(|element| element.may_begin("iam:"));
    actions.except || actions.open.is_some() || of_iam().any(names_one)
}

/// What documents amount to for someone, in certain circumstances.
struct Inquiry<'d> {
    documents: &'d [&'d Document],
    circumstances: Circumstances,
    /// Whether it is a user; `None` for whoever gets the documents.
    is_user: Option<bool>,
}

impl<'d> Inquiry<'d> {
    fn answer(&self) -> Administration {
        let mut best = Administration::No;
        for (document, statement) in self.statements() {
            let (base, how, span) = base(statement);
            if base == Answer::No {
                continue;
            }
            for (write, on) in self.sufficient() {
                let kept = base.clone().and_then(|| self.keeps(document, statement, write));
                let spans = || span.into_iter().chain(statement.span).collect();
                let found = Administration::of(kept, || Grounds { how, spans: spans() });
                best = best.or(found.unless_denied(|| self.is_denied(write, on)));
                if let Administration::Yes(_) = best {
                    return best;
                }
            }
        }
        best.or(self.split_over_statements())
    }

    /// Whether a policy write is left that suffices, by the denials.
    fn leaves_writes(&self) -> bool {
        self.sufficient().any(|(write, on)| self.is_denied(write, on) != Answer::Yes)
    }

    fn statements(&self) -> impl Iterator<Item = (&'d Document, &'d Statement)> {
        let documents = self.documents.iter().copied();
        documents.flat_map(|document| document.statements.iter().map(move |statement| (document, statement)))
    }

    /// The writes with which someone gives itself any right.
    fn sufficient(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_user = self.is_user;
        POLICY_WRITES.into_iter().filter(move |(write, _)| {
            (is_user != Some(false) && OF_USERS.contains(write))
                || (is_user != Some(true) && OF_ROLES.contains(write))
        })
    }

    /// Whether, of what a statement hands out, a policy write survives its exceptions and its conditions.
    fn keeps(&self, document: &Document, base: &Statement, write: &str) -> Answer {
        let named = match base.actions.except {
            true => base.actions.covered_by(write, true).0.negated(),
            false => Answer::Yes,
        };
        named.and_then(|| self.circumstances.allow(document, base, Some(write)))
    }

    /// Whether an action is taken away on all that it works on.
    fn is_denied(&self, action: &str, on: &str) -> Answer {
        any(self.statements().map(|(document, statement)| {
            let denies = match &statement.effect {
                Effect::Allow => return Answer::No,
                Effect::Deny => Answer::Yes,
                Effect::Unknown(unknown) => Answer::Perhaps(Arc::clone(unknown)),
            };
            let (covered, _) = statement.actions.covered_by(action, true);
            let named = if statement.actions.except { covered.negated() } else { covered };
            named
                .and_then(|| {
                    statement.resources.as_ref().map_or(Answer::No, |resources| all_of(resources, on))
                })
                .and_then(|| self.circumstances.deny(document, statement, Some(action)))
                .unless(statement.undecided.as_ref().or(statement.conditions_open.as_ref()))
                .and(denies)
        }))
    }

    /// Whether all of the policy writes are allowed, each everywhere by some statement.
    fn split_over_statements(&self) -> Administration {
        let grounds = || Grounds { how: "allows every action that writes policies", spans: Vec::new() };
        let mut together = Administration::Yes(grounds());
        let mut spans = Vec::new();
        for (action, on) in POLICY_WRITES {
            let (allowed, span) = self.allowed(action);
            let allowed = Administration::of(allowed, grounds).unless_denied(|| self.is_denied(action, on));
            if let Administration::No = allowed {
                return allowed;
            }
            if allowed.rank() > together.rank() {
                together = allowed;
            }
            spans.extend(span.filter(|span| !spans.contains(span)));
        }
        match together {
            Administration::Yes(Grounds { how, .. }) => Administration::Yes(Grounds { how, spans }),
            other => other,
        }
    }

    /// Whether a statement that names actions allows one of them everywhere, and where.
    fn allowed(&self, action: &str) -> (Answer, Option<Span>) {
        let mut answer = Answer::No;
        for (document, statement) in
            self.statements().filter(|(_, one)| !one.is_deny() && !one.actions.except)
        {
            let (named, element) = statement.actions.covered_by(action, true);
            let allows = named
                .and_then(|| statement.resources.as_ref().map_or(Answer::No, all_of_iam))
                .and_then(|| self.circumstances.allow(document, statement, Some(action)))
                .unless(uncertainty(statement));
            if allows == Answer::Yes {
                return (Answer::Yes, element.and_then(|element| element.span));
            }
            answer = answer.or(allows);
        }
        (answer, None)
    }
}

/// Whether one of several things is; the first that may be tells why it is not known.
fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut all = Answer::No;
    for answer in answers {
        all = all.or(answer);
        if all == Answer::Yes {
            break;
        }
    }
    all
}

/// Whether a statement hands out everything, or all of IAM, if no Deny stands against it and its conditions are met.
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
    let answer = actions.and_then(|| all_of_iam(resources));
    (answer.unless(uncertainty(statement)), how, span)
}

/// Whether resources take in every user and every role, but for single ones.
fn all_of_iam(resources: &Elements) -> Answer {
    let mut answers = IDENTITIES.iter().map(|identity| {
        let covered = covers_identity(resources, identity);
        if resources.except { covered.negated() } else { covered }
    });
    answers.by_ref().fold(Answer::Yes, Answer::and)
}

/// Whether resources take in all that a pattern of resources matches, single ones not excepted.
fn all_of(resources: &Elements, pattern: &str) -> Answer {
    if !resources.except {
        return covers_identity(resources, pattern);
    }
    let pattern = Glob::new(pattern);
    let excepted = resources.items.iter().map(|element| {
        let is_known = element.undecided.is_none() && element.pattern().is_some();
        let hole =
            || element.undecided.as_ref().or_else(|| element.text.holes().next().map(|hole| &hole.unknown));
        match Glob::new(&in_any_account(&element.widest_pattern())).meets_by_parts(&pattern) {
            false => Answer::No,
            true if is_known => Answer::Yes,
            true => hole().map_or(Answer::Yes, |unknown| Answer::Perhaps(Arc::clone(unknown))),
        }
    });
    let open = resources.open.iter().map(|unknown| Answer::Perhaps(Arc::clone(unknown)));
    any(excepted.chain(open)).negated()
}

/// Whether patterns of resources take in an identity pattern of this account, whatever the account and the partition are.
fn covers_identity(resources: &Elements, identity: &str) -> Answer {
    let (answer, _) = resources.covered_by(identity, false);
    let by_account = resources.items.iter().filter(|element| element.undecided.is_none()).any(|element| {
        element.pattern().is_some_and(|pattern| glob_covers(&in_any_account(&pattern), identity))
    });
    if by_account { Answer::Yes } else { answer }
}

/// A pattern of ARNs with the account and the partition left open.
fn in_any_account(pattern: &str) -> String {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    match parts.as_slice() {
        [arn, _, iam, region, account, rest]
            if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            [*arn, "*", *iam, *region, "*", *rest].join(":")
        }
        [arn, _, rest @ ..] if !rest.is_empty() => {
            let partition = std::iter::once("*");
            std::iter::once(*arn).chain(partition).chain(rest.iter().copied()).collect::<Vec<_>>().join(":")
        }
        _ => pattern.to_owned(),
    }
}

/// Why it is not known whether a statement allows what it says, if it is not.
fn uncertainty(statement: &Statement) -> Option<&Arc<Unknown>> {
    let effect = match &statement.effect {
        Effect::Unknown(unknown) => Some(unknown),
        Effect::Allow | Effect::Deny => None,
    };
    effect.or(statement.undecided.as_ref()).or(statement.conditions_open.as_ref())
}
