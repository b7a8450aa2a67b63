//! What is asked: who does what to which resource, and in which circumstances.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use super::glob::Glob;
use crate::value::{Reason, Unknown};

/// A request to AWS.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// Who makes it.
    pub caller: Caller,
    /// The resource of the input that declares the caller, if one does: references to it are known to name the caller.
    pub caller_subject: Option<Arc<str>>,
    /// What is to be done.
    pub action: RequestedAction,
    /// To what.
    pub target: Target,
    /// The resource of the input that declares the target, if one does.
    pub target_subject: Option<Arc<str>>,
    /// What the ARN of the resource may be when not all of it is known; its letters stand for what is not.
    pub target_open: Option<Arc<OpenName>>,
    /// The account that owns the resource, if the ARN does not say and it is not that of the caller.
    pub account: Option<Box<str>>,
    /// In which circumstances.
    pub context: Context,
}

/// An ARN of which not all is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenName {
    /// It is one of these.
    pub pattern: Glob,
    /// Why it is not known which.
    pub unknown: Arc<Unknown>,
    /// Whether AWS makes up the name: then no pattern that is known is meant to match it, but one that is not known may.
    pub is_made_up: bool,
}

/// Why a request makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The action has no service.
    #[error("`{0}` is no action: write the service and the name, as in `s3:GetObject`")]
    Action(String),
    /// The resource is no ARN.
    #[error("`{0}` is no resource: write an ARN with its six parts, as in `arn:aws:s3:::bucket/key`, or `*`")]
    Resource(String),
    /// The principal is none.
    #[error(
        "`{0}` is no principal: write the ARN of a user, a role or a session, or the principal of a service, as in `lambda.amazonaws.com`"
    )]
    Principal(String),
}

impl Request {
    /// A request for an action such as `s3:GetObject` on a resource, which is an ARN, a pattern of ARNs, or `*`.
    ///
    /// # Errors
    /// The action or the resource makes no sense.
    pub fn new(caller: Caller, action: &str, resource: &str, context: Context) -> Result<Self, RequestError> {
        let action = RequestedAction::read(action)?;
        let target = Target::read(resource, action.cannot_be_limited())?;
        let (caller_subject, target_subject, target_open) = (None, None, None);
        let account = None;
        Ok(Self { caller, caller_subject, action, target, target_subject, target_open, account, context })
    }

    /// The same requests one by one for the actions that its pattern stands for today; none when it asks for one action, or for
    /// those of a service that is not known.
    pub fn each(&self) -> impl Iterator<Item = (&'static iamrail_catalog::Action, Self)> {
        let pattern = self.action.pattern.as_ref().map(|_| self.action.folded.as_str());
        let actions: Vec<_> = pattern
            .into_iter()
            .flat_map(|pattern| iamrail_catalog::expand(pattern).iter().collect::<Vec<_>>())
            .collect();
        actions.into_iter().map(|fact| {
            let target = if fact.can_be_limited() { self.target.clone() } else { Target::Everything };
            (fact, Self { action: RequestedAction::of(fact), target, ..self.clone() })
        })
    }
}

/// The action of a request, or a pattern of actions.
#[derive(Clone, Debug)]
pub struct RequestedAction {
    /// `s3:getobject`
    pub(super) folded: String,
    /// Where the colon is.
    pub(super) colon: usize,
    /// The pattern of the name, if it is one.
    pub(super) pattern: Option<Glob>,
    fact: Option<&'static iamrail_catalog::Action>,
}

impl RequestedAction {
    fn read(text: &str) -> Result<Self, RequestError> {
        let wrong = || RequestError::Action(text.to_owned());
        let folded = text.to_ascii_lowercase();
        let colon = folded.find(':').ok_or_else(wrong)?;
        let (service, name) =
            (folded.get(..colon).ok_or_else(wrong)?, folded.get(colon + 1..).ok_or_else(wrong)?);
        let is_word = |text: &str, more: &[u8]| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
        };
        if !is_word(service, b"-.") || !is_word(name, b"*?_-.") {
            return Err(wrong());
        }
        let glob = Glob::new(name);
        let pattern = glob.has_wildcard().then_some(glob);
        let fact = if pattern.is_none() { iamrail_catalog::action(&folded) } else { None };
        Ok(Self { colon, pattern, fact, folded })
    }

    fn of(fact: &'static iamrail_catalog::Action) -> Self {
        let folded = fact.to_string().to_ascii_lowercase();
        Self { colon: folded.find(':').unwrap_or_default(), pattern: None, fact: Some(fact), folded }
    }

    /// The pattern of the name in lower case, if it is one.
    pub fn pattern(&self) -> Option<&Glob> {
        self.pattern.as_ref()
    }

    /// What the catalog knows of it.
    pub fn fact(&self) -> Option<&'static iamrail_catalog::Action> {
        self.fact
    }

    /// The service, in lower case.
    pub fn service(&self) -> &str {
        self.folded.get(..self.colon).unwrap_or_default()
    }

    /// The name, in lower case.
    pub fn name(&self) -> &str {
        self.folded.get(self.colon + 1..).unwrap_or_default()
    }

    /// Whether no policy can limit it to a resource.
    pub fn cannot_be_limited(&self) -> bool {
        self.fact.is_some_and(|action| !action.can_be_limited())
    }

    pub(super) fn is(&self, folded: &str) -> bool {
        self.folded == folded
    }
}

impl fmt::Display for RequestedAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fact {
            Some(fact) => fact.fmt(f),
            None => f.write_str(&self.folded),
        }
    }
}

/// The resource of a request.
#[derive(Clone, Debug)]
pub enum Target {
    /// What an action acts on that no policy can limit to a resource: only `*` in a policy stands for it.
    Everything,
    /// One resource.
    Resource(Arn),
    /// The resources of a pattern, all of them: what is true of some only is not certain. A pattern that does not speak of accounts,
    /// such as `*`, means those of the account of the caller.
    Resources(Glob),
}

impl Target {
    fn read(text: &str, is_everything: bool) -> Result<Self, RequestError> {
        let glob = Glob::new(text);
        if is_everything {
            return Ok(Self::Everything);
        }
        if glob.is_everything() {
            return Ok(Self::Resources(glob));
        }
        let arn = Arn::read(text).ok_or_else(|| RequestError::Resource(text.to_owned()))?;
        Ok(if glob.has_wildcard() { Self::Resources(Glob::new(&arn.text)) } else { Self::Resource(arn) })
    }

    /// The account in the ARN, if there is one.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Resource(arn) => Some(arn.segment(4)).filter(|account| is_account(account)),
            Self::Everything | Self::Resources(_) => None,
        }
    }
}

/// An ARN: the resource part as it is, the parts before it in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn {
    pub(super) text: String,
    colons: [usize; 5],
}

impl Arn {
    /// Reads an ARN, which has six parts.
    pub fn read(text: &str) -> Option<Self> {
        let mut colons = [0; 5];
        let mut found = text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(at, _)| at);
        for colon in &mut colons {
            *colon = found.next()?;
        }
        let [first, second, third, _, last] = colons;
        let resource = text.get(last..)?;
        let head = text.get(..last)?.to_ascii_lowercase();
        let is_full = first + 1 < second && second + 1 < third && resource.len() > 1;
        (head.starts_with("arn:") && is_full).then(|| Self { text: head + resource, colons })
    }

    /// A part: 0 is `arn`, 1 the partition, 2 the service, 3 the region, 4 the account, 5 the resource with its colons.
    pub fn segment(&self, place: usize) -> &str {
        let start =
            place.checked_sub(1).and_then(|before| self.colons.get(before)).map_or(0, |colon| colon + 1);
        let end = self.colons.get(place).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// An IAM user, by ARN.
    User(Arn),
    /// Any session of a role, by the ARN of the role.
    Role(Arn),
    /// One session of a role, or of a federated user, by its ARN.
    Session(Arn),
    /// The root user of an account, by ARN.
    Root(Arn),
    /// A service: `lambda.amazonaws.com`.
    Service(Box<str>),
    /// Someone whom an identity provider vouches for, by the name or ARN of the provider.
    Federated(Box<str>),
}

impl Caller {
    /// Reads the ARN of an identity, the principal of a service, or the name of an identity provider.
    ///
    /// # Errors
    /// It is none of these.
    pub fn read(text: &str) -> Result<Self, RequestError> {
        let wrong = || RequestError::Principal(text.to_owned());
        if !text.starts_with("arn:") {
            let is_domain = text.contains('.') && !text.contains([' ', '*', '/']);
            return match text {
                _ if !is_domain => Err(wrong()),
                _ if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") => {
                    Ok(if text.starts_with("cognito-identity.") {
                        Self::Federated(text.into())
                    } else {
                        Self::Service(text.into())
                    })
                }
                _ => Ok(Self::Federated(text.into())),
            };
        }
        let arn = Arn::read(text).filter(|arn| is_account(arn.segment(4))).ok_or_else(wrong)?;
        let resource = arn.segment(5);
        let kind = resource.split_once('/').map_or(resource, |(kind, _)| kind);
        match (arn.segment(2), kind) {
            ("iam", "user") => Ok(Self::User(arn)),
            ("iam", "role") => Ok(Self::Role(arn)),
            ("iam", "root") => Ok(Self::Root(arn)),
            ("iam", "saml-provider" | "oidc-provider") => Ok(Self::Federated(text.into())),
            ("sts", "assumed-role" | "federated-user") => Ok(Self::Session(arn)),
            _ => Err(wrong()),
        }
    }

    /// The ARN of an identity.
    pub fn arn(&self) -> Option<&Arn> {
        match self {
            Self::User(arn) | Self::Role(arn) | Self::Session(arn) | Self::Root(arn) => Some(arn),
            Self::Service(_) | Self::Federated(_) => None,
        }
    }

    /// The account, if it has one.
    pub fn account(&self) -> Option<&str> {
        self.arn().map(|arn| arn.segment(4))
    }
}

/// The circumstances of a request: condition keys with their values.
#[derive(Clone, Debug, Default)]
pub struct Context {
    entries: Vec<(Box<str>, Held)>,
    /// Set when other keys than these may be there, with any values, and why.
    others: Option<Reason>,
}

#[derive(Clone, Debug)]
enum Held {
    Values(Vec<String>),
    Absent,
    Unknown(Arc<Unknown>),
}

/// What a request says of a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'c> {
    /// These values, at least one.
    Values(&'c [String]),
    /// It does not have the key.
    Absent,
    /// It may have the key, with any value.
    Unknown(&'c Arc<Unknown>),
    /// Nothing is said of the key, for this reason: it may be there, with any value.
    Unstated(Reason),
}

impl Entry<'_> {
    /// Why it is not known what the request says of `key`, if it is not.
    pub(super) fn unknown(&self, key: &str) -> Option<Arc<Unknown>> {
        match self {
            Self::Unknown(unknown) => Some(Arc::clone(unknown)),
            Self::Unstated(reason) => Some(Arc::new(Unknown::new(*reason, key))),
            Self::Values(_) | Self::Absent => None,
        }
    }
}

impl Context {
    /// A request with no key but those that are added.
    pub fn new() -> Self {
        Self::default()
    }

    /// A request that may have any other keys than those that are added: what it says of them is not known for this reason.
    pub fn open(reason: Reason) -> Self {
        Self { entries: Vec::new(), others: Some(reason) }
    }

    /// The same with values for a key, whatever the case of the key. No values are the same as no key.
    #[must_use]
    pub fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.put(key, if values.is_empty() { Held::Absent } else { Held::Values(values) });
        self
    }

    /// The same without a key, for certain.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.put(key, Held::Absent);
        self
    }

    /// The same with a key of which it is not known whether it is there and what it is.
    #[must_use]
    pub fn with_unknown(mut self, key: &str, unknown: Arc<Unknown>) -> Self {
        self.put(key, Held::Unknown(unknown));
        self
    }

    /// Whether it says something of a key.
    pub fn names(&self, key: &str) -> bool {
        self.entries.iter().any(|(one, _)| one.eq_ignore_ascii_case(key))
    }

    fn put(&mut self, key: &str, held: Held) {
        let key = key.to_ascii_lowercase();
        match self.entries.iter_mut().find(|(one, _)| **one == *key) {
            Some((_, old)) => *old = held,
            None => self.entries.push((key.into(), held)),
        }
    }

    /// What it says of a key in lower case.
    pub(super) fn entry(&self, folded: &str) -> Entry<'_> {
        match self.entries.iter().find(|(key, _)| **key == *folded) {
            Some((_, Held::Values(values))) => Entry::Values(values),
            Some((_, Held::Absent)) => Entry::Absent,
            Some((_, Held::Unknown(unknown))) => Entry::Unknown(unknown),
            None => self.others.map_or(Entry::Absent, Entry::Unstated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_told_by_their_arns() {
        let read = |text: &str| Caller::read(text).map(|caller| std::mem::discriminant(&caller));
        let arn = |text| Arn::read(text).unwrap();
        assert!(matches!(Caller::read("arn:aws:iam::111122223333:user/a/b"), Ok(Caller::User(_))));
        assert!(matches!(Caller::read("arn:aws:sts::111122223333:assumed-role/r/s"), Ok(Caller::Session(_))));
        assert!(matches!(Caller::read("lambda.amazonaws.com"), Ok(Caller::Service(_))));
        assert!(matches!(Caller::read("accounts.google.com"), Ok(Caller::Federated(_))));
        for wrong in
            ["", "alice", "*", "arn:aws:iam::111122223333:group/g", "arn:aws:s3:::b", "arn:aws:iam::1:user/a"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(arn("arn:aws:SQS:us-east-1:111122223333:Q:x").segment(5), "Q:x");
        assert_eq!(arn("arn:aws:SQS:us-east-1:111122223333:Q:x").segment(2), "sqs");
    }

    #[test]
    fn requests_that_make_no_sense_say_so() {
        let caller = || Caller::read("arn:aws:iam::111122223333:user/a").unwrap();
        let request = |action, resource| Request::new(caller(), action, resource, Context::new()).map(drop);
        for action in ["", "s3", "s3:", ":Get", "s3:Get Object", "s3:a,b", "s*:Get", "s3:Get:Object"] {
            assert_eq!(request(action, "*"), Err(RequestError::Action(action.to_owned())));
        }
        for resource in ["", "bucket", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::b", "http:a:b:c:d:e"] {
            assert_eq!(request("s3:GetObject", resource), Err(RequestError::Resource(resource.to_owned())));
        }
        assert_eq!(request("nowhere:DoThis", "arn:aws:nowhere:::x"), Ok(()));
    }
}
