//! Where administration, or power near to it, is handed out.

mod handed;
mod near;
mod together;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::handed::{cases, handed, handed_to};
use self::together::combinations;
use super::aws_managed::{self, Power};
use super::bearer::{Bearer, tells_bearers_apart};
use super::holding::{Holder, policies};
use crate::model::{Case, Declared, Deployment, Grant, Granted, Guard, Id, Link, Model, Policy};
use crate::policy::Document;
use crate::source::Span;
use crate::value::{Reason, Unknown};

pub(super) use self::handed::{Handed, hands_out_power};

/// A place that hands out power: a policy with all its grants, or one resource that grants.
#[derive(Clone, Debug)]
pub struct Source<'m> {
    /// The resource whose change takes the power away.
    pub declared: &'m Arc<Declared>,
    /// The narrowest place that shows it.
    pub span: Span,
    /// What it is: "the AWS-managed policy `AdministratorAccess`".
    pub what: String,
    /// What it allows: "allows every action".
    pub how: &'static str,
    /// How much, or why that is not known.
    pub power: Result<Power, Arc<Unknown>>,
    /// The grants that hand it out; none when the policy is attached to nothing here.
    pub grants: Vec<&'m Grant>,
    /// The conditions of the input under which it does, each guard one of several ways to it.
    pub guards: Vec<Guard>,
    /// Whom it makes an administrator, when that takes all of its policies together.
    pub together: Option<Holder>,
}

impl Source<'_> {
    /// The conditions under which it hands out power through a grant, each guard one of several ways to it; none when it never
    /// does.
    pub fn ways(&self, model: &Model, grant: &Grant) -> Vec<Guard> {
        let together =
            self.guards.iter().filter_map(|guard| self.declared.guard.and(guard)?.and(&grant.guard));
        together.filter(|guard| model.conditions.is_possible(guard)).collect()
    }

    /// Whether another source hands out the same under the same conditions.
    fn is_like(&self, other: &Self) -> bool {
        self.power == other.power && self.how == other.how && self.guards == other.guards
    }

    /// The same with the grants alone that it hands out power through; `None` when it had some, and none is left.
    fn possible(mut self, model: &Model) -> Option<Self> {
        let grants = std::mem::take(&mut self.grants);
        let was_attached = !grants.is_empty();
        self.grants = grants.into_iter().filter(|grant| !self.ways(model, grant).is_empty()).collect();
        (!was_attached || !self.grants.is_empty()).then_some(self)
    }

    /// The same with the grants alone whose principals can use the power, as far as conditions on the caller tell; `None` when it
    /// had some, and none is left.
    fn of_use(mut self, model: &Model) -> Option<Self> {
        let was_attached = !self.grants.is_empty();
        self.grants.retain(|grant| is_of_use(model, grant));
        (!was_attached || !self.grants.is_empty()).then_some(self)
    }
}

/// Whether the principal of a grant can use the power of the policy, as far as conditions on the caller tell.
fn is_of_use(model: &Model, grant: &Grant) -> bool {
    let (Some(document), Some(holder)) = (document(model, grant), Holder::declared(&grant.principal)) else {
        return true;
    };
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    if !conditions.clone().any(tells_bearers_apart) {
        return true;
    }
    let held = policies(model, holder);
    let bearer = Bearer::of(model, holder, held.iter().flat_map(|held| &held.document.statements));
    handed_to(&document.deployed(&Deployment::default(), None), &bearer).is_some()
}

/// The document of a grant, if its text is part of the model or AWS's.
pub fn document<'m>(model: &'m Model, grant: &'m Grant) -> Option<&'m Document> {
    match &grant.policy {
        Granted::Inline { document, .. } => Some(document),
        Granted::InlineNamed(_) => None,
        Granted::Managed(policy) => match &policy.link {
            Link::Declared(id) => model.policies.get(*id).map(|policy| &policy.document),
            Link::Named(arn) => aws_managed::document(arn).map(|(_, document)| document),
            Link::Unknown(_) | Link::Several(_) | Link::None => None,
        },
    }
}

/// Every place that hands out power, in the order of the input.
pub fn sources(model: &Model) -> Vec<Source<'_>> {
    let policies = model.policies.iter().flat_map(|(id, policy)| of_policy(model, id, policy));
    let policies = policies.filter_map(|source| source.possible(model)?.of_use(model));
    let mut sources: Vec<Source<'_>> = policies.collect();
    // One resource may attach one policy to many principals: that is one source.
    let mut attached: BTreeMap<(Arc<str>, Arc<str>), usize> = BTreeMap::new();
    for grant in &model.grants {
        let (key, found) = match &grant.policy {
            Granted::Inline { name, document } => {
                let name = name.as_text().map(crate::value::Text::display).unwrap_or_default();
                (name.clone().into(), of_inline(model, grant, &name, document))
            }
            Granted::Managed(policy) => match &policy.link {
                Link::Named(arn) if is_customer_managed(arn) => {
                    let unknown = Arc::new(Unknown::new(Reason::Import, Arc::clone(arn)));
                    (Arc::clone(arn), vec![of_unknown(grant, &unknown)])
                }
                Link::Named(arn) => (Arc::clone(arn), of_named(grant, arn).into_iter().collect()),
                Link::Unknown(unknown) => (Arc::clone(&unknown.what), vec![of_unknown(grant, unknown)]),
                Link::Declared(_) | Link::Several(_) | Link::None => continue,
            },
            Granted::InlineNamed(_) => continue,
        };
        for source in found.into_iter().filter_map(|source| source.of_use(model)) {
            let key = (Arc::clone(&grant.declared.subject), Arc::clone(&key));
            let known = attached.get(&key).copied();
            match known.and_then(|at| sources.get_mut(at)) {
                Some(same) if same.is_like(&source) => same.grants.push(grant),
                _ => {
                    attached.insert(key, sources.len());
                    sources.push(source);
                }
            }
        }
    }
    let combined = combinations(model, &sources);
    sources.extend(combined);
    sources
}

fn of_policy<'m>(model: &'m Model, id: Id<Policy>, policy: &'m Policy) -> Vec<Source<'m>> {
    let source = |Case { outcome, guards }: Case<Option<Handed>>| {
        let Handed { power, how, span } = outcome?;
        Some(Source {
            declared: &policy.declared,
            span: span.or(policy.document.span).unwrap_or(policy.declared.span),
            what: format!("the policy `{}`", policy.declared.subject),
            how,
            power,
            grants: model.grants_of_policy(id).collect(),
            guards,
            together: None,
        })
    };
    cases(model, &policy.document, &policy.declared.guard).into_iter().filter_map(source).collect()
}

fn of_inline<'m>(model: &'m Model, grant: &'m Grant, name: &str, document: &Document) -> Vec<Source<'m>> {
    let source = |Case { outcome, guards }: Case<Option<Handed>>| {
        let Handed { power, how, span } = outcome?;
        Some(Source {
            declared: &grant.declared,
            span: span.or(document.span).unwrap_or(grant.span),
            what: if name.is_empty() {
                "an inline policy".to_owned()
            } else {
                format!("the inline policy `{name}`")
            },
            how,
            power,
            grants: vec![grant],
            guards,
            together: None,
        })
    };
    cases(model, document, &grant.guard).into_iter().filter_map(source).collect()
}

fn of_named<'m>(grant: &'m Grant, arn: &str) -> Option<Source<'m>> {
    let policy = aws_managed::managed(arn)?;
    let Handed { power, how, .. } = policy.handed.get_or_init(|| handed(&policy.document)).clone()?;
    Some(Source {
        declared: &grant.declared,
        span: grant.span,
        what: format!("the AWS-managed policy `{}`", policy.name),
        how,
        power,
        grants: vec![grant],
        guards: vec![Guard::always()],
        together: None,
    })
}

/// Whether an ARN is that of a policy which an account manages itself: what it says stands elsewhere.
fn is_customer_managed(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, account) = (parts.next(), parts.nth(1));
    service == Some("iam")
        && account.is_some_and(|account| !account.is_empty() && account != "aws")
        && parts.next().is_some_and(|resource| resource.starts_with("policy/"))
}

fn of_unknown<'m>(grant: &'m Grant, unknown: &Arc<Unknown>) -> Source<'m> {
    Source {
        declared: &grant.declared,
        span: grant.span,
        what: "a policy".to_owned(),
        how: "",
        power: Err(Arc::clone(unknown)),
        grants: vec![grant],
        guards: vec![Guard::always()],
        together: None,
    }
}
