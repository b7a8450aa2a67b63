//! The ways in which policies reach principals, and users reach groups.

use std::sync::Arc;

use super::{Declared, Group, Guard, Policy, Reference, Role, User};
use crate::policy::Document;
use crate::source::Span;
use crate::value::{Unknown, Value};

/// One policy that reaches one principal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Grant {
    /// The resource that makes it: the attachment, or the principal that carries the policy itself.
    pub declared: Arc<Declared>,
    /// The place that attaches: the argument that names the principal or the policy.
    pub span: Span,
    /// Who gets it.
    pub principal: Principal,
    /// What they get.
    pub policy: Granted,
    /// The conditions under which it is made, those of the resource included.
    pub guard: Guard,
    /// Set when it is not known whether it is made.
    pub undecided: Option<Arc<Unknown>>,
    /// Set when it is not even known whether anybody gets the policy from its resource: a policy that goes to one of two roles goes to
    /// somebody. Known once the model is linked.
    pub forsaken: Option<Arc<Unknown>>,
}

/// Who receives a policy.
#[derive(Clone, Debug)]
pub enum Principal {
    /// A user, directly.
    User(Reference<User>),
    /// A group.
    Group(Reference<Group>),
    /// A role.
    Role(Reference<Role>),
}

/// The policy of a grant.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Granted {
    /// An inline policy whose document is given here.
    Inline {
        /// Its name.
        name: Value,
        /// What it says.
        document: Arc<Document>,
    },
    /// An inline policy that is only named here.
    InlineNamed(Value),
    /// A managed policy, by ARN.
    Managed(Reference<Policy>),
}

impl Grant {
    /// A grant that exists whenever its resource does.
    pub fn new(declared: Arc<Declared>, span: Span, principal: Principal, policy: Granted) -> Self {
        let guard = declared.guard.clone();
        Self { declared, span, principal, policy, guard, undecided: None, forsaken: None }
    }
}

/// A user in a group.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Membership {
    /// The resource that makes it: the membership, or the user that lists its groups.
    pub declared: Arc<Declared>,
    /// The place that adds the user.
    pub span: Span,
    /// The user.
    pub user: Reference<User>,
    /// The group.
    pub group: Reference<Group>,
    /// The conditions under which it is made, those of the resource included.
    pub guard: Guard,
    /// Set when it is not known whether it is made.
    pub undecided: Option<Arc<Unknown>>,
}

impl Membership {
    /// A membership that exists whenever its resource does.
    pub fn new(declared: Arc<Declared>, span: Span, user: Reference<User>, group: Reference<Group>) -> Self {
        let guard = declared.guard.clone();
        Self { declared, span, user, group, guard, undecided: None }
    }
}
