//! What the conditions of statements come to for someone, in the circumstances that it can choose.

use std::sync::Arc;

use crate::analysis::bearer::Bearer;
use crate::analysis::circumstances::{Times, lacks};
use crate::analysis::mfa::{SignIn, asks_for_mfa, is_misspelt};
use crate::policy::{Answer, Condition, Context, Document, Statement, holds};
use crate::value::{Reason, Unknown};

/// Condition keys about the way of a call, which callers choose: they limit when and whence a right is used, not what it is.
const CHOSEN: [&str; 18] = [
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

/// Circumstances in which someone makes its requests.
#[derive(Debug)]
pub(in crate::analysis) struct Circumstances(Context);

/// What a condition comes to.
enum Met {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It holds if the caller likes, and does not otherwise.
    AsLiked,
    /// It depends on what is asked for.
    Limits,
    /// It is not known.
    Unknown(Arc<Unknown>),
}

impl Circumstances {
    /// All that differ for the conditions of some documents: how the caller signed in, and when it calls.
    pub(in crate::analysis) fn all(bearer: &Bearer, documents: &[&Document]) -> Vec<Self> {
        let statements = documents.iter().flat_map(|document| &document.statements);
        let conditions: Vec<&Condition> = statements.flat_map(|one| &one.conditions).collect();
        // IAM answers in this region only, whatever region the account works in.
        let base = bearer.context.clone().with("aws:RequestedRegion", ["us-east-1"]);
        let misspelt = conditions.iter().filter(|condition| is_misspelt(condition));
        let base = misspelt.fold(base, |context, condition| context.without(&condition.key));
        let sign_ins: &[SignIn] = match bearer.is_user {
            // Sessions of roles say nothing of MFA.
            Some(false) => &[SignIn::AccessKey],
            _ => &[SignIn::Mfa, SignIn::AccessKey, SignIn::Console, SignIn::OldMfa],
        };
        let signed_in: Vec<Context> = match conditions.iter().any(|one| asks_for_mfa(one)) {
            true => sign_ins.iter().map(|sign_in| sign_in.of(&base)).collect(),
            false => vec![base],
        };
        let is_on_time =
            |one: &&Condition| matches!(one.folded_key().as_str(), "aws:currenttime" | "aws:epochtime");
        if !conditions.iter().any(is_on_time) {
            return signed_in.into_iter().map(Self).collect();
        }
        let times = Times::of(conditions.iter().copied());
        signed_in
            .iter()
            .flat_map(|context| times.all().map(move |time| Self(time.told(context.clone()))))
            .collect()
    }

    /// Whether the conditions of a statement leave someone what it allows: that they hold, or hold if the caller likes.
    pub(in crate::analysis) fn allow(
        &self,
        document: &Document,
        statement: &Statement,
        action: Option<&str>,
    ) -> Answer {
        let mut answer = Answer::Yes;
        for condition in &statement.conditions {
            match self.met(document, condition, action) {
                Met::Yes | Met::AsLiked => {}
                Met::No | Met::Limits => return Answer::No,
                Met::Unknown(unknown) => answer = answer.and(Answer::Perhaps(unknown)),
            }
        }
        answer
    }

    /// Whether the conditions of a statement leave someone no way around what it denies.
    pub(in crate::analysis) fn deny(
        &self,
        document: &Document,
        statement: &Statement,
        action: Option<&str>,
    ) -> Answer {
        let mut answer = Answer::Yes;
        for condition in &statement.conditions {
            match self.met(document, condition, action) {
                Met::Yes => {}
                // Whoever meets the guard, from a certain address for example, is an administrator still.
                Met::No | Met::AsLiked => return Answer::No,
                Met::Unknown(unknown) => answer = answer.and(Answer::Perhaps(unknown)),
                Met::Limits => {
                    let unknown = Unknown::new(Reason::Unsupported, "the condition of a Deny");
                    answer = answer.and(Answer::Perhaps(Arc::new(unknown)));
                }
            }
        }
        answer
    }

    fn met(&self, document: &Document, condition: &Condition, action: Option<&str>) -> Met {
        let key = condition.folded_key();
        let is_missing = action.is_some_and(|action| lacks(action, &key));
        let without = is_missing.then(|| self.0.clone().without(&key));
        match holds(document, condition, without.as_ref().unwrap_or(&self.0)) {
            Answer::Yes => Met::Yes,
            Answer::No => Met::No,
            Answer::Perhaps(unknown) => match unknown.reason {
                // The account of the caller is the one that the input is deployed in.
                Reason::Unstated | Reason::Environment if is_chosen(&key) => Met::AsLiked,
                Reason::Unstated => Met::Limits,
                _ => Met::Unknown(unknown),
            },
        }
    }
}

/// Whether callers choose what requests say of a key. The key is in lower case.
fn is_chosen(key: &str) -> bool {
    key.starts_with("aws:principaltag/") || CHOSEN.contains(&key)
}
