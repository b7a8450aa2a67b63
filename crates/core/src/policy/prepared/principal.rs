//! Principals of the policies of resources and roles.

use std::sync::Arc;

use super::elements::Alternatives;
use crate::model::Guard;
use crate::policy::glob::Glob;
use crate::policy::request::{Arn, Caller, Context, Entry, Request, is_account};
use crate::policy::wording::{Reading, Wording};
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
    Account(Wording, Home),
    /// An identity by ARN, or by the identifier that AWS gives it, and the resource of the input that has this ARN.
    Identity(Wording, Option<Arc<str>>, Home),
    /// A service.
    Service(Wording),
    /// An identity provider, or a canonical user.
    Provider(Wording),
}

/// Whether the account of a principal is the one that the policy is deployed in, whichever that is.
type Home = bool;

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
        // The policy is deployed where the resource is.
        let owner = request.target.account().or(request.account.as_deref());
        let is_at_home = owner.is_none() || caller.account().is_none_or(|account| owner == Some(account));
        let subject = request.caller_subject.as_deref();
        let any = |matches: &dyn Fn(&Principal) -> Answer| {
            let open = self.open.clone().map_or(Answer::No, Answer::Perhaps);
            let is_meant = |one: &Principal| match is_at_home || !one.is_of_home() {
                true => matches(one),
                false => Answer::No,
            };
            self.entries.iter().fold(open, |answer, entry| answer.or(entry.any(is_meant)))
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
                Some(account) if is_account(account) => Self::Account(text, false),
                _ if is_this_account(&element.text) => Self::Account(text, true),
                _ => match account_of_root(&text) {
                    Some(account) => Self::Account(account, has_this_account(&element.text)),
                    None => Self::Identity(text, super::linked(element), has_this_account(&element.text)),
                },
            },
            _ if element.text.as_str().as_deref() == Some("*") => Self::Star(kind.into()),
            _ => Self::Provider(text),
        }
    }

    /// Whether it is an account, or someone in it, that is the one which the policy is deployed in.
    fn is_of_home(&self) -> bool {
        matches!(self, Self::Account(_, true) | Self::Identity(.., true))
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
            (Self::Identity(_, Some(linked), _), _) if let Some(subject) = subject => {
                (**linked == *subject).into()
            }
            (Self::Identity(text, ..), Caller::Session(arn)) => {
                is(text, &|glob| glob.matches(&arn.text)).or(self.is_role_of(arn)).or(has_id(text, context))
            }
            (Self::Identity(text, ..), Caller::User(arn) | Caller::Role(arn)) => {
                is(text, &|glob| glob.matches(&arn.text)).or(has_id(text, context))
            }
            (Self::Account(..), Caller::Root(_)) => self.is_account_of(caller),
            _ => Answer::No,
        }
    }

    /// Whether it is the account of the caller.
    fn is_account_of(&self, caller: &Caller) -> Answer {
        match (self, caller.account()) {
            (Self::Account(text, _), Some(account)) => is(text, &|glob| glob.matches(account)),
            _ => Answer::No,
        }
    }

    /// Whether it is the role of a session, whose ARN has the name of the role without its path.
    fn is_role_of(&self, session: &Arn) -> Answer {
        let (Self::Identity(text, ..), Some(("assumed-role", rest))) =
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

/// Whether the account of an ARN is the one that the input is deployed in.
fn has_this_account(text: &Text) -> bool {
    let mut colons = 0;
    text.parts().iter().any(|part| match part {
        Part::Literal { text, .. } => {
            colons += text.bytes().filter(|byte| *byte == b':').count();
            false
        }
        Part::Hole(hole) => colons == 4 && hole.unknown.reason == Reason::Environment,
    })
}

fn is(text: &Wording, matches: &dyn Fn(&Glob) -> bool) -> Answer {
    text.resolve(&Context::default()).answer(matches)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Document, Policies, Prepared, ResourcePolicies, decide};
    use crate::value::{Hole, Origins, Value};

    /// What becomes of a request to assume a role of account 111122223333, by whom its trust policy names with `before`, something
    /// that is not known for a reason, and `after`.
    fn assumed_by(before: &str, reason: Reason, after: &str, caller: &str) -> String {
        let text =
            r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "-"}}}"#;
        let mut document = Document::read(&Value::text(text));
        let unknown = Arc::new(Unknown::new(reason, "what is not known"));
        let literal = |text: &str| Part::Literal { text: text.into(), span: None };
        let hole = Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None }));
        let mut parts = vec![literal(before), hole, literal(after)];
        parts.retain(|part| !matches!(part, Part::Literal { text, .. } if text.is_empty()));
        let principals = document.statements[0].principals.as_mut().unwrap();
        principals.entries[0].1.items[0].text = Text::from_parts(parts);
        let role = "arn:aws:iam::111122223333:role/r";
        let caller = Caller::read(caller).unwrap();
        let request = Request::new(caller, "sts:AssumeRole", role, Context::new()).unwrap();
        let trust = Prepared::resource(&document, &Guard::always());
        let allow = r#"{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}"#;
        let own = Document::read(&Value::text(allow));
        let own = [Prepared::identity(&own, &Guard::always())];
        let policies = Policies { identity: &own, resource: ResourcePolicies::Trust(&trust) };
        decide(&request, policies).decision.to_string()
    }

    #[test]
    fn the_account_of_a_policy_is_that_of_its_resource() {
        let [home, away] = ["111122223333", "444455556666"].map(|one| format!("arn:aws:iam::{one}:user/u"));
        for (before, after) in [("", ""), ("arn:aws:iam::", ":root"), ("arn:aws:iam::", ":user/u")] {
            let by = |caller: &str| assumed_by(before, Reason::Environment, after, caller);
            assert_eq!(by(&home), "Allowed", "{before}{after}");
            assert_eq!(by(&away), "ImplicitlyDenied", "{before}{after}");
        }
        // A variable may be any account, and whoever deploys the input may be anyone.
        assert_eq!(assumed_by("arn:aws:iam::", Reason::NoValue, ":root", &home), "Undetermined");
        assert_eq!(assumed_by("", Reason::Deployer, "", &home), "Undetermined");
    }
}
