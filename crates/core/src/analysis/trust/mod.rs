//! Whom the trust policy of a role lets assume it.

mod federation;
mod services;

use std::sync::Arc;

pub use federation::unbound_builds;
pub use services::{family, meant_service, page_on_source, service_of};

use crate::analysis::aws_managed;
use crate::model::{Granted, Guard, Id, Link, Model, Role, name_in};
use crate::policy::{Answer, Element, Statement};
use crate::source::Span;
use crate::value::{Reason, Unknown};

/// The actions that give a session of a role.
const ASSUMING: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// A principal that a trust policy names.
#[derive(Clone, Debug)]
pub struct Trusted<'m> {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`.
    pub kind: &'m str,
    /// It, as it is written.
    pub element: &'m Element,
    /// Where it stands.
    pub span: Span,
    /// The statement that names it.
    pub statement: &'m Statement,
    /// The conditions under which it is named there.
    pub guard: Guard,
    /// Set when it is not known whether it is.
    pub undecided: Option<Arc<Unknown>>,
}

/// The statements of a trust policy that may let someone assume the role.
pub fn allowing(role: &Role) -> impl Iterator<Item = &Statement> {
    role.trust.statements.iter().filter(|statement| !statement.is_deny()).filter(|one| assumes(one))
}

/// Whether a statement may speak of assuming a role.
pub fn assumes(statement: &Statement) -> bool {
    let covers = |action| statement.actions.covered_by(action, true).0 != Answer::No;
    statement.actions.except || ASSUMING.into_iter().any(covers)
}

/// The principals that a trust policy names, in its order; those of `NotPrincipal` are none.
pub fn trusted(role: &Role) -> Vec<Trusted<'_>> {
    let mut found = Vec::new();
    for statement in allowing(role) {
        let principals = statement.principals.iter().filter(|principals| !principals.except);
        for (kind, elements) in principals.flat_map(|principals| &principals.entries) {
            for element in &elements.items {
                let Some(guard) = statement.guard.and(&element.guard) else { continue };
                let span = element.span.or(elements.key).or(statement.span).unwrap_or(role.declared.span);
                let undecided = element.undecided.as_ref().or(statement.undecided.as_ref()).cloned();
                found.push(Trusted { kind, element, span, statement, guard, undecided });
            }
        }
    }
    found
}

/// Whether ECS starts tasks with a role that their code does not have: some task definition or the policy for this alone says so, and
/// nothing here runs with it.
pub fn is_execution_role(model: &Model, id: Id<Role>) -> bool {
    const POLICY: &str = "AmazonECSTaskExecutionRolePolicy";
    let starts = || {
        let mut all = model.workloads.iter().flat_map(|(_, workload)| workload.execution_role.cases());
        all.any(|case| case.link.declared() == Some(id))
    };
    let has_policy = || {
        model.grants_of_role(id).any(|grant| match &grant.policy {
            Granted::Managed(policy) => {
                matches!(&policy.link, Link::Named(arn) if aws_managed::name(arn) == Some(POLICY))
            }
            Granted::Inline { .. } | Granted::InlineNamed(_) => false,
        })
    };
    model.workloads_of_role(id).next().is_none() && (starts() || has_policy())
}

/// Whether a principal is the role whose trust policy names it: a role may assume itself only if it says so.
pub fn is_itself(trusted: &Trusted<'_>, role: &Role) -> bool {
    let is_here = || {
        let mut holes = trusted.element.text.holes().peekable();
        holes.peek().is_some() && holes.all(|hole| hole.unknown.reason == Reason::Environment)
    };
    let pattern = trusted.element.widest_pattern();
    let segments: Vec<&str> = pattern.splitn(6, ':').collect();
    let [_, _, _, _, "*", resource] = segments.as_slice() else { return false };
    let named = resource.strip_prefix("role/").map(name_in);
    trusted.kind == "AWS" && named.is_some() && named == role.name.as_str().as_deref() && is_here()
}

/// A place where a trust policy may name others than [`trusted`] finds.
#[derive(Clone, Copy, Debug)]
pub struct OpenEnd<'m> {
    /// The kind of principals of which there may be more; any when that is not known either.
    pub kind: Option<&'m str>,
    /// Why it is not known.
    pub unknown: &'m Arc<Unknown>,
    /// Where.
    pub span: Span,
}

/// The places where a trust policy may name others than [`trusted`] finds.
pub fn open_ends(role: &Role) -> Vec<OpenEnd<'_>> {
    let whole = role.trust.span.unwrap_or(role.declared.span);
    let mut ends = Vec::new();
    for statement in allowing(role) {
        let place = |key: Option<Span>| key.or(statement.span).unwrap_or(whole);
        let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.except) else {
            continue;
        };
        for (kind, elements) in &principals.entries {
            let end = |unknown| OpenEnd { kind: Some(&**kind), unknown, span: place(elements.key) };
            ends.extend(elements.open.as_ref().map(end));
        }
        let end = |unknown| OpenEnd { kind: None, unknown, span: place(principals.key) };
        ends.extend(principals.open.as_ref().map(end));
    }
    ends.extend(role.trust.open.as_ref().map(|unknown| OpenEnd { kind: None, unknown, span: whole }));
    ends
}
