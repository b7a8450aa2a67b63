//! Where administration, or power near to it, is handed out.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::administration::{Administration, Grounds, administration};
use super::aws_managed::{self, Power};
use crate::model::{Declared, Grant, Granted, Guard, Id, Link, Model, Policy};
use crate::policy::{Answer, Document};
use crate::source::Span;
use crate::value::Unknown;

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
    /// The conditions of the input under which it does, beyond those of the resource and the grants.
    pub guard: Guard,
}

/// The document of a grant, if its text is part of the model.
pub fn document<'m>(model: &'m Model, grant: &'m Grant) -> Option<&'m Document> {
    match &grant.policy {
        Granted::Inline { document, .. } => Some(document),
        Granted::InlineNamed(_) => None,
        Granted::Managed(policy) => {
            policy.declared().and_then(|id| model.policies.get(id)).map(|policy| &policy.document)
        }
    }
}

/// Every place that hands out power, in the order of the input.
pub fn sources(model: &Model) -> Vec<Source<'_>> {
    let mut sources: Vec<Source<'_>> =
        model.policies.iter().filter_map(|(id, policy)| of_policy(model, id, policy)).collect();
    // One resource may attach one policy to many principals: that is one source.
    let mut attached: BTreeMap<(Arc<str>, Arc<str>), usize> = BTreeMap::new();
    for grant in &model.grants {
        let (key, source) = match &grant.policy {
            Granted::Inline { name, document } => {
                let name = name.as_text().map(crate::value::Text::display).unwrap_or_default();
                (name.clone().into(), of_inline(grant, &name, document))
            }
            Granted::Managed(policy) => match &policy.link {
                Link::Named(arn) => (Arc::clone(arn), of_named(grant, arn)),
                Link::Unknown(unknown) => (Arc::clone(&unknown.what), Some(of_unknown(grant, unknown))),
                Link::Declared(_) | Link::None => continue,
            },
            Granted::InlineNamed(_) => continue,
        };
        let Some(source) = source else { continue };
        let known = attached.get(&(Arc::clone(&grant.declared.subject), Arc::clone(&key))).copied();
        match known.and_then(|at| sources.get_mut(at)) {
            Some(same) if same.guard == source.guard => same.grants.push(grant),
            _ => {
                attached.insert((Arc::clone(&grant.declared.subject), key), sources.len());
                sources.push(source);
            }
        }
    }
    let combined = combinations(model, &sources);
    sources.extend(combined);
    sources
}

fn of_policy<'m>(model: &'m Model, id: Id<Policy>, policy: &'m Policy) -> Option<Source<'m>> {
    let (power, how, span, guard) = power_of(&policy.document)?;
    Some(Source {
        declared: &policy.declared,
        span: span.or(policy.document.span).unwrap_or(policy.declared.span),
        what: format!("the policy `{}`", policy.declared.subject),
        how,
        power,
        grants: model.grants_of_policy(id).collect(),
        guard,
    })
}

fn of_inline<'m>(grant: &'m Grant, name: &str, document: &Document) -> Option<Source<'m>> {
    let (power, how, span, guard) = power_of(document)?;
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
        guard,
    })
}

fn of_named<'m>(grant: &'m Grant, arn: &str) -> Option<Source<'m>> {
    let name = aws_managed::name(arn)?;
    let power = aws_managed::power(name)?;
    let how = match (power, name) {
        (Power::Administration, "IAMFullAccess") => "allows every action of IAM",
        (Power::Administration, _) => "allows every action",
        (Power::NearAdministration, _) => "allows everything but IAM and account management",
    };
    Some(Source {
        declared: &grant.declared,
        span: grant.span,
        what: format!("the AWS-managed policy `{name}`"),
        how,
        power: Ok(power),
        grants: vec![grant],
        guard: Guard::always(),
    })
}

fn of_unknown<'m>(grant: &'m Grant, unknown: &Arc<Unknown>) -> Source<'m> {
    Source {
        declared: &grant.declared,
        span: grant.span,
        what: "a policy".to_owned(),
        how: "",
        power: Err(Arc::clone(unknown)),
        grants: vec![grant],
        guard: Guard::always(),
    }
}

type Handed = (Result<Power, Arc<Unknown>>, &'static str, Option<Span>, Guard);

fn power_of(document: &Document) -> Option<Handed> {
    match administration(&[document]) {
        Administration::Yes(Grounds { how, spans, guard }) => {
            Some((Ok(Power::Administration), how, spans.first().copied(), guard))
        }
        Administration::Perhaps(unknown) => Some((Err(unknown), "", None, Guard::always())),
        Administration::No => near_administration(document),
    }
}

/// Power that is near to administration: everything but some services, all of Organizations, all of KMS.
fn near_administration(document: &Document) -> Option<Handed> {
    document.statements.iter().find_map(|statement| {
        let everywhere = statement
            .resources
            .as_ref()
            .is_some_and(|resources| !resources.except && resources.covered_by("*", false).0 == Answer::Yes);
        let plain = statement.is_allow()
            && statement.undecided.is_none()
            && statement.conditions.is_empty()
            && statement.conditions_open.is_none();
        if !everywhere || !plain {
            return None;
        }
        let near = |how, span| Some((Ok(Power::NearAdministration), how, span, statement.guard.clone()));
        if statement.actions.except {
            return near("allows everything but the actions that it names", statement.actions.key);
        }
        let services = [
            ("*", "allows every action but those that a Deny takes away"),
            ("iam:*", "allows every action of IAM but those that a Deny takes away"),
            ("organizations:*", "allows every action of Organizations"),
            ("kms:*", "allows every action of KMS, key policies included"),
        ];
        services.iter().find_map(|(actions, how)| match statement.actions.covered_by(actions, true) {
            (Answer::Yes, element) => near(how, element.and_then(|element| element.span)),
            _ => None,
        })
    })
}

/// Declared principals whose policies amount to administration only together.
fn combinations<'m>(model: &'m Model, single: &[Source<'m>]) -> Vec<Source<'m>> {
    let alone: HashSet<*const Grant> = single
        .iter()
        .filter(|source| source.power == Ok(Power::Administration))
        .flat_map(|source| source.grants.iter().map(|grant| std::ptr::from_ref(*grant)))
        .collect();
    let users = model.users.iter().map(|(id, user)| {
        let groups = model.memberships_of_user(id).filter_map(|membership| membership.group.declared());
        let grants = model.grants_of_user(id).chain(groups.flat_map(|group| model.grants_of_group(group)));
        (&user.declared, grants.collect::<Vec<_>>())
    });
    let groups = model
        .groups
        .iter()
        .map(|(id, group)| (&group.declared, model.grants_of_group(id).collect::<Vec<_>>()));
    let roles =
        model.roles.iter().map(|(id, role)| (&role.declared, model.grants_of_role(id).collect::<Vec<_>>()));
    users
        .chain(groups)
        .chain(roles)
        .filter_map(|(declared, grants)| {
            let documents: Vec<&Document> =
                grants.iter().filter_map(|grant| document(model, grant)).collect();
            if documents.len() < 2 || grants.iter().any(|grant| alone.contains(&std::ptr::from_ref(*grant))) {
                return None;
            }
            let Administration::Yes(grounds) = administration(&documents) else { return None };
            Some(Source {
                declared,
                span: declared.span,
                what: format!("the combination of its {} policies", documents.len()),
                how: grounds.how,
                power: Ok(Power::Administration),
                grants,
                guard: grounds.guard,
            })
        })
        .collect()
}
