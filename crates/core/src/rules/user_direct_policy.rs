use std::sync::Arc;

use crate::analysis::aws_managed;
use crate::analysis::principal::named;
use crate::collections::HashSet;
use crate::model::{Grant, Granted, Link, Model, Principal};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Text;

pub(super) static RULE: Rule = Rule {
    name: "user-direct-policy",
    summary: "a policy is attached directly to a user",
    level: Level::Error,
    statements: &[StatementId("UB-1.1"), StatementId("UB-1.2"), StatementId("FG-M1")],
    inputs: Inputs::Resources,
    page: include_str!("user_direct_policy.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let mut groups: Vec<(&Grant, Vec<&Grant>)> = Vec::new();
    for grant in &context.model.grants {
        match &grant.principal {
            Principal::User(user) if !matches!(user.link, Link::None) => {}
            // The policy comes through a group or reaches a role: what this rule asks for.
            _ => {
                judge.holds();
                continue;
            }
        }
        // One resource that attaches one policy to several users is one cause, and so is one place that attaches one of
        // several policies.
        match groups.iter_mut().rev().take(64).find(|(first, _)| is_same_cause(context.model, first, grant)) {
            Some((_, others)) => others.push(grant),
            None => groups.push((grant, Vec::new())),
        }
    }
    for (first, others) in groups {
        report(context.model, judge, first, &others);
    }
}

fn is_same_cause(model: &Model, one: &Grant, other: &Grant) -> bool {
    let is_same_policy = || one.guard == other.guard && policy_name(one) == policy_name(other);
    let is_same_place =
        || one.span == other.span && named(model, &one.principal).name == named(model, &other.principal).name;
    Arc::ptr_eq(&one.declared, &other.declared)
        && one.undecided.is_some() == other.undecided.is_some()
        && matches!((&one.policy, &other.policy), (Granted::Managed(_), Granted::Managed(_)))
        && (is_same_policy() || is_same_place())
}

fn report(model: &Model, judge: &mut Judge<'_>, grant: &Grant, others: &[&Grant]) {
    let user = named(model, &grant.principal);
    let all = || std::iter::once(&grant).chain(others);
    let users = all().map(|one| named(model, &one.principal).name).collect::<HashSet<_>>().len();
    let policy = match all().map(|one| policy_name(one)).collect::<HashSet<_>>().len() {
        0 | 1 => policy_name(grant),
        2 => format!("{} or another", policy_name(grant)),
        more => format!("{} or one of {} others", policy_name(grant), more - 1),
    };
    let draft = match &grant.undecided {
        Some(unknown) => {
            let message = format!("whether {policy} is attached directly to a user is not known");
            judge.undetermined(&grant.declared, grant.span, message, unknown)
        }
        None => {
            let message = match users {
                0 | 1 => format!("{policy} is attached directly to the {user}"),
                more => format!("{policy} is attached directly to the {user} and {} more", more - 1),
            };
            judge.violated(&grant.declared, grant.span, message).help(format!(
                "attach {policy} to a group that `{}` joins, and remove it from the user",
                user.name
            ))
        }
    };
    draft
        .label("attached to a user")
        .when_any(all().map(|one| &one.guard))
        .key(format!("{policy}\0{}", user.name));
    for one in all() {
        let user = named(model, &one.principal);
        if let Some(declared) = user.declared.filter(|declared| declared.subject != grant.declared.subject) {
            let message = format!("the {user} gets the policy");
            draft.related(Related::new(Arc::clone(&declared.subject), Some(declared.span), message));
        }
    }
}

fn policy_name(grant: &Grant) -> String {
    match &grant.policy {
        Granted::Inline { name, .. } | Granted::InlineNamed(name) => {
            match name.as_text().map(Text::display) {
                Some(name) if !name.is_empty() => format!("the inline policy `{name}`"),
                _ => "an inline policy".to_owned(),
            }
        }
        Granted::Managed(policy) => match (&policy.link, policy.value.origins.exact()) {
            (Link::Named(arn), _) => match aws_managed::name(arn) {
                Some(name) => format!("the AWS-managed policy `{name}`"),
                None => format!("the policy `{arn}`"),
            },
            (_, Some(origin)) => format!("the policy `{}`", origin.resource),
            _ => "a policy".to_owned(),
        },
    }
}
