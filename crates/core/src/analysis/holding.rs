//! Which policies a principal has: its own, those of its groups, and those that AWS manages.

use std::borrow::Cow;
use std::sync::Arc;

use super::aws_managed;
use super::principal::named;
use crate::model::{Grant, Granted, Group, Guard, Id, Link, Model, Principal, Reference, Role, User};
use crate::policy::{Document, Prepared};
use crate::value::{Reason, Text, Unknown};

/// A principal that the input declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user.
    User(Id<User>),
    /// A group, which hands on what it has to its members.
    Group(Id<Group>),
    /// A role.
    Role(Id<Role>),
}

impl From<Holder> for Principal {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::User(id) => Self::User(Reference::to(id)),
            Holder::Group(id) => Self::Group(Reference::to(id)),
            Holder::Role(id) => Self::Role(Reference::to(id)),
        }
    }
}

impl Holder {
    /// The principal of a grant, if the input declares it.
    pub fn declared(principal: &Principal) -> Option<Self> {
        match principal {
            Principal::User(user) => user.declared().map(Self::User),
            Principal::Group(group) => group.declared().map(Self::Group),
            Principal::Role(role) => role.declared().map(Self::Role),
        }
    }
}

/// A policy that a principal has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Held<'m> {
    /// What it is: "the inline policy `read`", "the AWS-managed policy `ReadOnlyAccess` of the group `staff`".
    pub what: String,
    /// What it says; open when that is not known.
    pub document: Cow<'m, Document>,
    /// The grant that hands it out; `None` when even that is not known.
    pub grant: Option<&'m Grant>,
    /// The conditions of the input under which the principal has it.
    pub guard: Guard,
    /// Set when it is not known whether the principal has it.
    pub undecided: Option<Arc<Unknown>>,
}

impl<'m> Held<'m> {
    /// The policy made ready for requests, as the input is deployed when `given` holds; `None` when it is not deployed then.
    pub fn prepared(&self, given: &Guard) -> Option<Prepared<'_>> {
        Prepared::identity(&self.document, given).held(&self.guard, self.undecided.as_ref(), given)
    }
}

/// The policies of a principal. What the input does not know of them is there as a policy that may say anything.
pub fn policies(model: &Model, holder: Holder) -> Vec<Held<'_>> {
    match holder {
        Holder::Group(group) => of_grants(model, model.grants_of_group(group), "", &Guard::always(), None),
        Holder::Role(role) => of_grants(model, model.grants_of_role(role), "", &Guard::always(), None),
        Holder::User(user) => {
            let mut all = of_grants(model, model.grants_of_user(user), "", &Guard::always(), None);
            for membership in model.memberships_of_user(user) {
                let group = Principal::Group(membership.group.clone());
                let of = format!(" of the {}", named(model, &group));
                let (guard, undecided) = (&membership.guard, membership.undecided.as_ref());
                match membership.group.declared() {
                    Some(group) => {
                        all.extend(of_grants(model, model.grants_of_group(group), &of, guard, undecided))
                    }
                    None => all.push(Held {
                        what: format!("the policies{of}"),
                        document: open(outside(&membership.group, &of)),
                        grant: None,
                        guard: guard.clone(),
                        undecided: undecided.cloned(),
                    }),
                }
            }
            all
        }
    }
}

fn of_grants<'m>(
    model: &'m Model,
    grants: impl Iterator<Item = &'m Grant>,
    of: &str,
    guard: &Guard,
    undecided: Option<&Arc<Unknown>>,
) -> Vec<Held<'m>> {
    let held = |grant: &'m Grant| {
        let (what, document) = granted(model, grant);
        Some(Held {
            what: format!("{what}{of}"),
            document,
            grant: Some(grant),
            guard: guard.and(&grant.guard)?,
            undecided: undecided.or(grant.undecided.as_ref()).cloned(),
        })
    };
    grants.filter_map(held).collect()
}

fn granted<'m>(model: &'m Model, grant: &'m Grant) -> (String, Cow<'m, Document>) {
    let shown = |name: &crate::value::Value| name.as_text().filter(|_| !name.sensitive).map(Text::display);
    match &grant.policy {
        Granted::Inline { name, document } => {
            let what = match shown(name).filter(|name| !name.is_empty()) {
                Some(name) => format!("the inline policy `{name}`"),
                None => format!("the inline policy of `{}`", grant.declared.subject),
            };
            (what, Cow::Borrowed(document.as_ref()))
        }
        Granted::InlineNamed(name) => {
            let name = shown(name).unwrap_or_default();
            let unknown = Unknown::new(Reason::Import, name.as_str());
            (format!("the inline policy `{name}`"), open(Arc::new(unknown)))
        }
        Granted::Managed(policy) => match &policy.link {
            Link::Declared(id) => match model.policies.get(*id) {
                Some(declared) => {
                    (format!("the policy `{}`", declared.declared.subject), Cow::Borrowed(&declared.document))
                }
                None => ("a policy".to_owned(), open(outside(policy, "a policy"))),
            },
            Link::Named(arn) => match aws_managed::document(arn) {
                Some((name, document)) => {
                    (format!("the AWS-managed policy `{name}`"), Cow::Borrowed(document))
                }
                None => (
                    format!("the policy `{arn}`"),
                    at_most_allowing(arn).unwrap_or_else(|| open(outside(policy, arn))),
                ),
            },
            Link::Unknown(_) | Link::Several(_) | Link::None => {
                ("a policy".to_owned(), open(outside(policy, "a policy")))
            }
        },
    }
}

/// A document that may say anything.
fn open<'m>(unknown: Arc<Unknown>) -> Cow<'m, Document> {
    Cow::Owned(Document { open: Some(unknown), ..Document::default() })
}

/// The document of an AWS-managed policy that AWS had not when the catalogue was made: with the name, a deployment fails, and a newer
/// one allows what no other does yet. What others allow it does not take away. `None` for any other policy.
fn at_most_allowing<'m>(arn: &str) -> Option<Cow<'m, Document>> {
    let unknown = Arc::new(aws_managed::unlisted(arn)?);
    // An action that everyone has, and others perhaps.
    let least = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}}"#;
    let mut document = Document::from_text(least);
    document.statements.iter_mut().for_each(|one| one.actions.open = Some(Arc::clone(&unknown)));
    Some(Cow::Owned(document))
}

/// Why nothing is known of what a reference names.
fn outside<T>(reference: &Reference<T>, what: &str) -> Arc<Unknown> {
    match &reference.link {
        Link::Unknown(unknown) => Arc::clone(unknown),
        Link::Named(name) => Arc::new(Unknown::new(Reason::Import, Arc::clone(name))),
        Link::Declared(_) | Link::Several(_) | Link::None => {
            Arc::new(Unknown::new(Reason::Import, what.trim()))
        }
    }
}
