//! What becomes of policies and groups besides grants and memberships.

use std::sync::Arc;

use super::{Declared, Guard, Policy, Reference};
use crate::source::Span;
use crate::value::{Unknown, Value};

/// A managed policy that is in use without being granted to anyone here: it is the permissions boundary of somebody, or part of
/// a permission set of IAM Identity Center, which attaches it in other accounts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Use {
    /// The resource that uses it.
    pub declared: Arc<Declared>,
    /// The place that names it.
    pub span: Span,
    /// The policy, by ARN or name.
    pub policy: Reference<Policy>,
    /// The conditions under which it does, those of the resource included.
    pub guard: Guard,
    /// Set when it is not known whether it does.
    pub undecided: Option<Arc<Unknown>>,
    /// Whether it is a permissions boundary: that grants nothing.
    pub is_boundary: bool,
}

impl Use {
    /// A use that grants, whenever the resource exists.
    pub fn new(declared: Arc<Declared>, span: Span, policy: Value) -> Self {
        let guard = declared.guard.clone();
        Self { declared, span, policy: Reference::new(policy), guard, undecided: None, is_boundary: false }
    }

    /// A use as a permissions boundary, whenever the resource exists.
    pub fn as_boundary(declared: Arc<Declared>, span: Span, policy: Value) -> Self {
        Self { is_boundary: true, ..Self::new(declared, span, policy) }
    }
}

/// A place that has the name or ARN of a resource, and is no grant, membership or use of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The address or logical id of the resource.
    pub of: Arc<str>,
    /// What has it: `output.policy_arn`, `module.role`.
    pub by: Arc<str>,
    /// Where.
    pub span: Span,
    /// Whether the model does not know what it does with it: an output, a parameter, a module that is not at hand. Otherwise it would
    /// attach it to somebody, or add somebody to it, and there is nobody.
    pub hands_on: bool,
}
