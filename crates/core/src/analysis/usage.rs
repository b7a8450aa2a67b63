//! Whether what is granted is of use to anyone: policies that somebody has, groups that somebody is in, roles that somebody can
//! assume.

use std::sync::Arc;

use super::trust;
use crate::model::{
    Declared, Deployment, Granted, Group, Guard, Id, Link, Mention, Model, Policy, Principal, Reference,
    Role, Use,
};
use crate::policy::{Answer, Effect, Element, Glob, Principals, Statement};
use crate::source::Span;
use crate::value::{Reason, Unknown, Value};

/// Whether something is of use.
#[derive(Clone, Debug, PartialEq)]
pub enum Usage {
    /// It is.
    Used,
    /// It may be, for this reason; with the place that may make use of any of several, if there is one.
    Perhaps(Arc<Unknown>, Option<Span>),
    /// Nothing here makes use of it; why, where that says more than this.
    Unused(&'static str),
}

/// The prefixes of the unique identifiers of users and roles.
const UNIQUE_IDS: [&str; 2] = ["AIDA", "AROA"];
/// How long they are at least.
const LEAST_OF_ID: usize = 16;

/// Whether anybody has a policy in a deployment.
pub fn of_policy(model: &Model, id: Id<Policy>, deployment: &Deployment) -> Usage {
    of_policy_by(model, id, deployment, |_| true)
}

/// Whether a policy is the permissions boundary of somebody, and nothing else makes use of it: it grants nothing.
pub(crate) fn is_only_boundary(model: &Model, id: Id<Policy>) -> bool {
    model.uses_of_policy(id).any(|one| one.is_boundary)
        && matches!(of_policy_by(model, id, &Deployment::default(), |one| !one.is_boundary), Usage::Unused(_))
}

fn of_policy_by(
    model: &Model,
    id: Id<Policy>,
    deployment: &Deployment,
    counts: impl Fn(&Use) -> bool,
) -> Usage {
    let Some(policy) = model.policies.get(id) else { return Usage::Used };
    let mut perhaps = None;
    let named = |principal: &Principal| match principal {
        Principal::User(user) => !matches!(user.link, Link::None),
        Principal::Group(group) => !matches!(group.link, Link::None),
        Principal::Role(role) => !matches!(role.link, Link::None),
    };
    let grants = model.grants_of_policy(id).filter(|grant| named(&grant.principal));
    let grants = grants.map(|grant| (&grant.declared, &grant.guard, &grant.forsaken));
    let uses = model
        .uses_of_policy(id)
        .filter(|one| counts(one))
        .map(|one| (&one.declared, &one.guard, &one.undecided));
    for (by, guard, undecided) in grants.chain(uses) {
        match made(by, &policy.declared, guard, undecided.as_ref(), deployment) {
            Answer::Yes => return Usage::Used,
            Answer::Perhaps(unknown) => perhaps = perhaps.or(Some(unknown)),
            Answer::No => {}
        }
    }
    let open = model.grants.iter().filter_map(|grant| match &grant.policy {
        Granted::Managed(policy) => Some((policy, &grant.guard, grant.span)),
        Granted::Inline { .. } | Granted::InlineNamed(_) => None,
    });
    let uses = model.uses.iter().filter(|one| counts(one));
    let open = open.chain(uses.map(|one| (&one.policy, &one.guard, one.span)));
    usage(model, perhaps, &policy.declared.subject, || unknown_ones(open, &policy.name, deployment))
}

/// Whether anybody is in a group in a deployment.
pub fn of_group(model: &Model, id: Id<Group>, deployment: &Deployment) -> Usage {
    let Some(group) = model.groups.get(id) else { return Usage::Used };
    let mut perhaps = None;
    let memberships = model.memberships_of_group(id).filter(|one| !matches!(one.user.link, Link::None));
    for one in memberships {
        match made(&one.declared, &group.declared, &one.guard, one.undecided.as_ref(), deployment) {
            Answer::Yes => return Usage::Used,
            Answer::Perhaps(unknown) => perhaps = perhaps.or(Some(unknown)),
            Answer::No => {}
        }
    }
    let open = model.memberships.iter().map(|one| (&one.group, &one.guard, one.span));
    usage(model, perhaps, &group.declared.subject, || unknown_ones(open, &group.name, deployment))
}

/// Whether something that makes use of a resource is there in a deployment.
fn made(
    by: &Declared,
    of: &Declared,
    guard: &Guard,
    undecided: Option<&Arc<Unknown>>,
    deployment: &Deployment,
) -> Answer {
    // As many attachments as there are policies attach each of them.
    let instances = by.instances.as_ref().filter(|_| by.instances != of.instances);
    is_made(instances, guard, undecided, deployment)
}

/// Whether something is there in a deployment, of which there may be so many instances that are not known.
pub(crate) fn is_made(
    instances: Option<&Arc<Unknown>>,
    guard: &Guard,
    undecided: Option<&Arc<Unknown>>,
    deployment: &Deployment,
) -> Answer {
    // One under a condition is there when that holds.
    let is_settled = !guard.is_always() && deployment.holds(guard) == Some(true);
    let instances = instances.filter(|_| !is_settled);
    match (undecided.or(instances), deployment.holds(guard)) {
        // A condition that is not known is no deployment of its own: there is one, and it is not known which.
        (Some(unknown), _) => Answer::Perhaps(Arc::clone(unknown)),
        (None, Some(holds)) => Answer::from(holds),
        (None, None) => Answer::Perhaps(Arc::new(crate::model::undecided())),
    }
}

/// What is known of something that nothing surely makes use of: `perhaps` is why something may.
fn usage(
    model: &Model,
    perhaps: Option<Arc<Unknown>>,
    subject: &str,
    open: impl FnOnce() -> Option<(Arc<Unknown>, Span)>,
) -> Usage {
    let handed_on = || {
        let mention = handed_on(model, subject)?;
        let unknown = Arc::new(Unknown::new(Reason::HandedOn, Arc::clone(&mention.by)));
        Some(Usage::Perhaps(unknown, Some(mention.span)))
    };
    let may_be = || open().map(|(unknown, span)| Usage::Perhaps(unknown, Some(span)));
    let perhaps = perhaps.map(|unknown| Usage::Perhaps(unknown, None));
    let unread = || model.gap.as_ref().map(|unknown| Usage::Perhaps(Arc::clone(unknown), None));
    perhaps.or_else(handed_on).or_else(may_be).or_else(unread).unwrap_or(Usage::Unused(""))
}

/// Why one of those that are named by something that is not known may be the one with this name, and where it is.
fn unknown_ones<'m, T: 'm>(
    mut named: impl Iterator<Item = (&'m Reference<T>, &'m Guard, Span)>,
    name: &Value,
    deployment: &Deployment,
) -> Option<(Arc<Unknown>, Span)> {
    let wanted = name.as_text().map_or_else(|| "*".to_owned(), |text| text.widest_pattern());
    let [alone, in_arn] = [Glob::new(&wanted), Glob::new(&format!("*/{wanted}"))];
    named.find_map(|(reference, guard, span)| {
        let Link::Unknown(unknown) = &reference.link else { return None };
        // What AWS, another input or another module makes is none of what is declared here, unless that is handed to it.
        let is_other = matches!(unknown.reason, Reason::Computed | Reason::Import | Reason::Missing);
        let text = reference.value.as_text().map_or_else(|| "*".to_owned(), |text| text.widest_pattern());
        let pattern = Glob::new(&text);
        let may_be = !text.contains(":iam::aws:") && (pattern.meets(&alone) || pattern.meets(&in_arn));
        (!is_other && may_be && deployment.holds(guard) != Some(false)).then(|| (Arc::clone(unknown), span))
    })
}

/// The first place that hands a resource on.
pub fn handed_on<'m>(model: &'m Model, subject: &str) -> Option<&'m Mention> {
    model.mentions_of(subject).find(|mention| mention.hands_on)
}

/// The places that would make use of a resource, and do so for nobody.
pub fn for_nobody<'m>(model: &'m Model, subject: &'m str) -> impl Iterator<Item = &'m Mention> {
    model.mentions_of(subject).filter(|mention| !mention.hands_on)
}

/// Whether anybody can assume a role in a deployment, by its trust policy.
pub fn of_role(role: &Role, deployment: &Deployment) -> Usage {
    let document = role.trust.deployed(deployment, None);
    // A document that AWS refuses makes no role.
    if document.size == 0 && document.open.is_none() || !document.problems.is_empty() {
        return Usage::Used;
    }
    let variables = document.has_variables();
    let mut why = if document.statements.is_empty() { "its trust policy has no statement" } else { "" };
    // Which of the statements are there is not known of the one deployment that there is.
    let allowing = || role.trust.statements.iter().filter(|one| !one.is_deny());
    let mut perhaps = document.open.clone().or_else(|| allowing().find_map(|one| one.undecided.clone()));
    for statement in &document.statements {
        let allows = match &statement.effect {
            Effect::Deny => continue,
            Effect::Allow => Answer::Yes,
            Effect::Unknown(unknown) => Answer::Perhaps(Arc::clone(unknown)),
        };
        if !trust::assumes(statement) {
            why = "its trust policy does not let anyone assume it";
            continue;
        }
        if statement.conditions.iter().any(|condition| condition.is_void(&variables)) {
            why = "the conditions of its trust policy never hold";
            continue;
        }
        if document.statements.iter().any(|other| denies(other, statement)) {
            why = "its trust policy denies everyone whom it allows";
            continue;
        }
        let Some(principals) = &statement.principals else { continue };
        let principals = somebody(principals);
        match allows.and(principals).unless(statement.undecided.as_ref()) {
            Answer::Yes => return Usage::Used,
            Answer::Perhaps(unknown) => perhaps = perhaps.or(Some(unknown)),
            Answer::No => why = "whomever its trust policy names was deleted",
        }
    }
    let denies_all = document.statements.iter().all(Statement::is_deny) && !document.statements.is_empty();
    let why = if denies_all { "its trust policy only denies" } else { why };
    perhaps.map_or(Usage::Unused(why), |unknown| Usage::Perhaps(unknown, None))
}

/// Whether there is somebody among principals. A unique identifier is what AWS shows of a user or role that was deleted, and does not
/// accept in a policy that is saved: <https://repost.aws/knowledge-center/iam-resource-policy-format>.
fn somebody(principals: &Principals) -> Answer {
    let lists = || principals.entries.iter().map(|(_, elements)| elements);
    // A list that is not known names somebody: AWS accepts no empty one.
    if principals.except || principals.open.is_some() || lists().any(|elements| elements.open.is_some()) {
        return Answer::Yes;
    }
    lists().flat_map(|elements| &elements.items).fold(Answer::No, |answer, one| answer.or(is_somebody(one)))
}

fn is_somebody(element: &Element) -> Answer {
    let is_id = |text: &str| {
        UNIQUE_IDS.iter().any(|prefix| text.starts_with(prefix))
            && text.len() >= LEAST_OF_ID
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let was_deleted = element.text.as_str().is_some_and(|text| is_id(&text));
    Answer::from(!was_deleted).unless(element.undecided.as_ref())
}

/// Whether a statement surely denies all that another one allows: to everyone, unconditionally. Of services and federated
/// identities it is not said that `*` means them.
fn denies(statement: &Statement, other: &Statement) -> bool {
    let is_everyone = |principals: &Principals| {
        let is_star =
            |element: &Element| element.undecided.is_none() && element.text.as_str().as_deref() == Some("*");
        !principals.except
            && principals
                .entries
                .iter()
                .any(|(kind, elements)| &**kind == "AWS" && elements.items.iter().any(is_star))
    };
    let speaks_of_aws = |principals: &Principals| {
        !principals.except
            && principals.open.is_none()
            && principals.entries.iter().all(|(kind, _)| &**kind == "AWS")
    };
    let covers = |action: &Element| match action.pattern() {
        Some(pattern) => statement.actions.covered_by(&pattern, true).0 == Answer::Yes,
        None => false,
    };
    statement.is_deny()
        && statement.undecided.is_none()
        && statement.guard.is_always()
        && statement.conditions.is_empty()
        && statement.conditions_open.is_none()
        && !statement.actions.except
        && !other.actions.except
        && other.actions.open.is_none()
        && statement.principals.as_ref().is_some_and(is_everyone)
        && other.principals.as_ref().is_some_and(speaks_of_aws)
        && other.actions.items.iter().all(covers)
}
