//! Principals of the policies of resources and roles.

use std::sync::Arc;

use super::elements::Alternatives;
use crate::model::Guard;
use crate::policy::glob::Glob;
use crate::policy::request::{Arn, Caller, Context, Entry, Request, is_account};
use crate::policy::wording::{Reading, Resolved, Wording};
use crate::policy::{Answer, Element, Principals as Written};
use crate::value::{Part, Reason, Text, Unknown};

/// The principals of a statement, made ready for comparison.
#[derive(Debug)]
pub(super) struct Principals {
    except: bool,
    entries: Vec<Alternatives<Principal>>,
    open: Option<Arc<Unknown>>,
}

/// A principal of a statement.
#[derive(Debug)]
enum Principal {
    /// Everyone.
    Everyone,
    /// `*` under a kind that AWS does not document it for: those of that kind, and perhaps everyone.
    Star(Arc<str>),
    /// An account.
    Account(Wording),
    /// An identity by ARN, or by the identifier that AWS gives it, and the resource of the input that has this ARN.
    Identity(Wording, Option<Arc<str>>),
    /// A service.
    Service(Wording),
    /// An identity provider, or a canonical user.
    Provider(Wording),
}

/// Whether a statement speaks of a caller, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressed {
    /// Whether it speaks of the caller: by name, or of everyone.
    pub(super) directly: Answer,
    /// Whether it speaks of the caller, if only by its account.
    pub(super) at_all: Answer,
}

impl Principals {
    pub(super) fn read(written: &Written, given: &Guard) -> Self {
        let entries = written.entries.iter().map(|(kind, elements)| {
            let mut entry = Alternatives::read(elements, given, |element| Principal::read(kind, element));
            // Whether everyone else is meant is told for all kinds together.
            entry.except = false;
            entry
        });
        Self { except: written.except, entries: entries.collect(), open: written.open.clone() }
    }

    pub(super) fn address(&self, request: &Request, undocumented: &Arc<Unknown>) -> Addressed {
        let caller = &request.caller;
        let subject = request.caller_subject.as_deref();
        let any = |matches: &dyn Fn(&Principal) -> Answer| {
            let open = self.open.clone().map_or(Answer::No, Answer::Perhaps);
            self.entries.iter().fold(open, |answer, entry| answer.or(entry.any(matches)))
        };
        let by_name = any(&|one| one.names(caller, subject, &request.context, undocumented));
        let by_account = any(&|one| one.is_account_of(caller));
        if !self.except {
            return Addressed { directly: by_name.clone(), at_all: by_name.or(by_account) };
        }
        // Whom `NotPrincipal` spares must be named with all that stands behind it: AWS may look at the account, or at the role
        // of a session, before it looks at the identity.
        let role = match caller {
            Caller::Session(arn) => any(&|one| one.is_role_of(arn)),
            _ => Answer::Yes,
        };
        let behind = if caller.account().is_some() { by_account.and(role) } else { Answer::Yes };
        let spared = match (by_name, behind) {
            (Answer::Yes, Answer::Yes) => Answer::Yes,
            (Answer::Yes, _) => Answer::Perhaps(Arc::clone(undocumented)),
            (other, _) => other,
        };
        let meant = spared.negated();
        Addressed { directly: meant.clone(), at_all: meant }
    }
}

impl Principal {
    fn read(kind: &str, element: &Element) -> Self {
        // Only a bare `*` is a wildcard.
        let text = Wording::read(&element.text, Reading { wildcards: false, variables: &Answer::No });
        match kind {
            "Service" => Self::Service(text),
            "AWS" => match element.text.as_str().as_deref() {
                Some("*") => Self::Everyone,
                Some(account) if is_account(account) => Self::Account(text),
                _ if is_this_account(&element.text) => Self::Account(text),
                _ => match account_of_root(&text) {
                    Some(account) => Self::Account(account),
                    None => Self::Identity(text, super::linked(element)),
                },
            },
            _ if element.text.as_str().as_deref() == Some("*") => Self::Star(kind.into()),
            _ => Self::Provider(text),
        }
    }

    /// Whether it is the caller, or everyone.
    fn names(
        &self,
        caller: &Caller,
        subject: Option<&str>,
        context: &Context,
        undocumented: &Arc<Unknown>,
    ) -> Answer {
        match (self, caller) {
            (Self::Everyone, _) => Answer::Yes,
            (Self::Star(kind), Caller::Federated(_)) if **kind == *"Federated" => Answer::Yes,
            (Self::Star(_), _) => Answer::Perhaps(Arc::clone(undocumented)),
            (Self::Service(text), Caller::Service(name)) => is(text, &|glob| glob.matches(name)),
            (Self::Provider(text), Caller::Federated(name)) => is(text, &|glob| glob.matches(name)),
            (Self::Identity(_, Some(linked)), _) if let Some(subject) = subject => {
                (**linked == *subject).into()
            }
            (Self::Identity(text, _), Caller::Session(arn)) => {
                is(text, &|glob| glob.matches(&arn.text)).or(self.is_role_of(arn)).or(has_id(text, context))
            }
            (Self::Identity(text, _), Caller::User(arn) | Caller::Role(arn)) => {
                is(text, &|glob| glob.matches(&arn.text)).or(has_id(text, context))
            }
            (Self::Account(_), Caller::Root(_)) => self.is_account_of(caller),
            _ => Answer::No,
        }
    }

    /// Whether it is the account of the caller.
    fn is_account_of(&self, caller: &Caller) -> Answer {
        match (self, caller.account()) {
            (Self::Account(text), Some(account)) => is(text, &|glob| glob.matches(account)),
            _ => Answer::No,
        }
    }

    /// Whether it is the role of a session, whose ARN has the name of the role without its path.
    fn is_role_of(&self, session: &Arn) -> Answer {
        let (Self::Identity(text, _), Some(("assumed-role", rest))) =
            (self, session.segment(5).split_once('/'))
        else {
            return Answer::No;
        };
        let role = rest.split_once('/').map_or(rest, |(role, _)| role);
        let (partition, account) = (session.segment(1), session.segment(4));
        is(text, &|glob| {
            let arn = |path| Glob::new(&format!("arn:{partition}:iam::{account}:role/{path}{role}"));
            glob.meets(&arn("")) || glob.meets(&arn("*/"))
        })
    }
}

/// The account of `arn:PARTITION:iam::ACCOUNT:root`.
fn account_of_root(text: &Wording) -> Option<Wording> {
    let parts = text.segments(6);
    let is = |place: usize, word: &str| {
        parts.get(place).and_then(Wording::fixed).is_some_and(|part| *part == Glob::new(word))
    };
    (is(0, "arn") && is(2, "iam") && is(5, "root")).then(|| parts.get(4).cloned()).flatten()
}

/// Whether a text is the account that the input is deployed in.
fn is_this_account(text: &Text) -> bool {
    matches!(text.parts(), [Part::Hole(hole)] if hole.unknown.reason == Reason::Environment)
}

fn is(text: &Wording, matches: &dyn Fn(&Glob) -> bool) -> Answer {
    match text.resolve(&Context::default()) {
        Resolved::Known(glob) => matches(&glob).into(),
        Resolved::Unknown(glob, unknown) if matches(&glob) => Answer::Perhaps(unknown),
        Resolved::Unknown(..) | Resolved::Nothing => Answer::No,
    }
}

/// Whether a text is the identifier that AWS writes in the place of an ARN, and the request says that it is that of the caller.
fn has_id(text: &Wording, context: &Context) -> Answer {
    let Some(id) = text.fixed() else { return Answer::No };
    let is_id = Glob::new("A?OA*").meets(id) || Glob::new("A?DA*").meets(id);
    match context.entry("aws:userid") {
        Entry::Values([user]) if is_id => {
            let user = user.split_once(':').map_or(user.as_str(), |(id, _)| id);
            id.matches(user).into()
        }
        _ => Answer::No,
    }
}
