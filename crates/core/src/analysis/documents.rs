//! The policy documents of a model, each once.

use std::borrow::Cow;
use std::sync::Arc;

use crate::collections::{HashMap, HashSet};
use crate::model::{Declared, Granted, Guard, Model};
use crate::policy::Document;
use crate::policy::faults::PolicyKind;
use crate::value::Text;

/// A document that a resource gives.
#[derive(Clone, Debug)]
pub struct Given<'m> {
    /// The resource.
    pub declared: &'m Arc<Declared>,
    /// What it is in messages: "the policy `aws_iam_policy.p`".
    pub what: String,
    /// What kind of policy it is.
    pub kind: PolicyKind,
    /// What it says.
    pub document: &'m Document,
    /// The conditions under which it is given, each guard one of several ways to it.
    pub guards: Vec<&'m Guard>,
}

/// The documents that grant something: those of customer-managed policies and inline policies. One that a resource writes into
/// several principals comes once.
pub fn granting(model: &Model) -> Vec<Given<'_>> {
    let managed = model.policies.iter().map(|(_, policy)| Given {
        declared: &policy.declared,
        what: format!("the policy `{}`", policy.declared.subject),
        kind: PolicyKind::Managed,
        document: &policy.document,
        guards: vec![&policy.declared.guard],
    });
    let mut found: Vec<Given<'_>> = managed.collect();
    let mut known = HashMap::default();
    for grant in &model.grants {
        let Granted::Inline { name, document } = &grant.policy else { continue };
        let same = (Arc::as_ptr(&grant.declared), document.span);
        let at = known.get(&same).filter(|_| document.span.is_some()).copied();
        if let Some(given) = at.and_then(|at: usize| found.get_mut(at)) {
            given.guards.push(&grant.guard);
            continue;
        }
        known.insert(same, found.len());
        let what = match name.as_text().map(Text::display) {
            Some(name) if !name.is_empty() => format!("the inline policy `{name}`"),
            _ => format!("the inline policy of `{}`", grant.declared.subject),
        };
        let (declared, kind, guards) = (&grant.declared, PolicyKind::Inline, vec![&grant.guard]);
        found.push(Given { declared, what, kind, document, guards });
    }
    found
}

/// The trust policies of roles.
pub fn trusting(model: &Model) -> Vec<Given<'_>> {
    let trust = model.roles.iter().map(|(_, role)| Given {
        declared: &role.declared,
        what: format!("the trust policy of `{}`", role.declared.subject),
        kind: PolicyKind::Trust,
        document: &role.trust,
        guards: vec![&role.declared.guard],
    });
    trust.collect()
}

/// Documents without those that come again, as they do through several groups.
pub(super) fn each_once<'d>(documents: &'d [Cow<'_, Document>]) -> Vec<&'d Document> {
    let mut seen = HashSet::default();
    documents
        .iter()
        .map(|document| &**document)
        .filter(|document| seen.insert(std::ptr::from_ref(*document)))
        .collect()
}
