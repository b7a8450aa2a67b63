use std::sync::Arc;

use crate::analysis::administrators::Strength;
use crate::analysis::approval::{self, Approval, approval};
use crate::analysis::aws_managed::Power;
use crate::analysis::holding::Holder;
use crate::analysis::power::Source;
use crate::analysis::principal::{Named, named};
use crate::collections::HashSet;
use crate::model::{Grant, Guard, Model, Principal};
use crate::policy::Answer;
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "unapproved-administrator",
    summary: "someone is an administrator without approval",
    level: Level::Error,
    statements: &[StatementId("FG-M5")],
    inputs: Inputs::Resources,
    page: include_str!("unapproved_administrator.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let approved = &context.options.administrators;
    for source in context.power() {
        if matches!(source.power, Ok(Power::NearAdministration)) {
            judge.holds();
            continue;
        }
        let (mut refused, mut open, mut uncertain) = (Vec::new(), Vec::new(), Vec::new());
        for grant in &source.grants {
            match (approval(context.model, approved, &grant.principal), standing(context, &grant.principal)) {
                (Approval::Yes, _) | (_, Answer::No) => judge.holds(),
                (Approval::No, Answer::Perhaps(unknown)) if source.power.is_ok() => {
                    uncertain.push((*grant, unknown))
                }
                (Approval::No, _) => refused.push(*grant),
                (Approval::Unknown(unknown), _) => open.push((*grant, unknown)),
            }
        }
        if let (true, Some((grant, unknown))) = (refused.is_empty(), uncertain.first()) {
            let who = named(context.model, &grant.principal);
            let message = format!("whether {} makes the {who} an administrator is not known", source.what);
            let ways = source.ways(context.model, grant);
            let draft = judge.undetermined(source.declared, source.span, message, unknown);
            draft.when_any(&ways).key(format!("{}\0{}", source.what, who.name));
        }
        if let Some(first) = refused.first() {
            report(context, judge, source, first, &refused);
        } else if let (Some((grant, unknown)), Ok(_)) = (open.first(), &source.power) {
            let message =
                format!("whether the administrator that {} makes is approved is not known", source.what);
            let ways = source.ways(context.model, grant);
            judge.undetermined(source.declared, source.span, message, unknown).when_any(&ways);
        }
    }
}

/// Whether all of its policies together make a principal an administrator: what one hands out another may deny. Of one that is
/// declared elsewhere no other policies are known.
fn standing(context: &Context<'_>, principal: &Principal) -> Answer {
    let Some(holder) = holder(principal) else { return Answer::Yes };
    match context.administrators().get(holder).map(|one| &one.strength) {
        Some(Strength::Direct { .. }) => Answer::Yes,
        Some(Strength::Possible(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
        // Whoever gets there by a path is told with the path.
        Some(Strength::Via(_)) | None => Answer::No,
    }
}

fn report(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    source: &Source<'_>,
    first: &Grant,
    refused: &[&Grant],
) {
    let model = context.model;
    let principal = named(model, &first.principal);
    let distinct = distinct(model, refused);
    let who = match distinct.len() {
        0 | 1 => principal.to_string(),
        more => format!("{principal} and {} more", more - 1),
    };
    let undecided = refused.iter().find_map(|grant| grant.undecided.as_ref());
    let draft = match (&source.power, undecided) {
        (Err(unknown), _) => {
            let message = format!("whether {} makes the {who} an administrator is not known", source.what);
            judge.undetermined(source.declared, source.span, message, unknown)
        }
        (Ok(_), Some(unknown)) => {
            let message = format!("whether {} reaches the {who} is not known", source.what);
            judge.undetermined(source.declared, source.span, message, unknown)
        }
        (Ok(_), None) => {
            let verb = if distinct.len() > 1 { "are administrators" } else { "is an administrator" };
            let how = source.how;
            let message = format!("the {who} {verb} without approval: {} {how}", source.what);
            judge.violated(source.declared, source.span, message).label(source.how).help(format!(
                "grant only what is needed, or approve `{}` under `administrators.approved.{}s` in iamrail.yaml",
                principal.approvable(),
                principal.kind
            ))
        }
    };
    let mut ways = Vec::new();
    for grant in refused {
        let names = approval::refused(model, &context.options.administrators, &grant.principal);
        let alone = source.ways(model, grant);
        for way in together(context, &grant.principal, alone) {
            ways.extend(names.iter().filter_map(|name| way.and(name)));
        }
    }
    draft.when_any(&ways).key(format!("{}\0{}", source.what, principal.name));
    for (named, grant) in distinct {
        let subject = named.declared.map_or(&grant.declared.subject, |declared| &declared.subject);
        if *subject != source.declared.subject {
            let span = named.declared.map_or(grant.span, |declared| declared.span);
            draft.related(Related::new(Arc::clone(subject), Some(span), format!("the {named} gets it")));
        }
        if let Principal::Group(group) = &grant.principal {
            for membership in group.declared().into_iter().flat_map(|id| model.memberships_of_group(id)) {
                let user = Principal::User(membership.user.clone());
                let user = crate::analysis::principal::named(model, &user).to_string();
                let message = format!("the {user} gets it as a member");
                draft.related(Related::new(
                    Arc::clone(&membership.declared.subject),
                    Some(membership.span),
                    message,
                ));
            }
        }
    }
}

/// The conditions under which a principal is an administrator by all of its policies, of those under which one hands it the power.
fn together(context: &Context<'_>, principal: &Principal, ways: Vec<Guard>) -> Vec<Guard> {
    let guards =
        holder(principal).and_then(|holder| context.administrators().get(holder)).map(|one| &one.guards);
    match guards.filter(|guards| !guards.iter().any(Guard::is_always)) {
        Some(guards) => {
            ways.iter().flat_map(|way| guards.iter().filter_map(|guard| way.and(guard))).collect()
        }
        None => ways,
    }
}

fn holder(principal: &Principal) -> Option<Holder> {
    match principal {
        Principal::User(user) => user.declared().map(Holder::User),
        Principal::Group(group) => group.declared().map(Holder::Group),
        Principal::Role(role) => role.declared().map(Holder::Role),
    }
}

/// The principals of grants, each once.
fn distinct<'m>(model: &'m Model, grants: &[&'m Grant]) -> Vec<(Named<'m>, &'m Grant)> {
    let mut seen = HashSet::default();
    let named = grants.iter().map(|grant| (named(model, &grant.principal), *grant));
    named.filter(|(named, _)| seen.insert((named.kind, named.name.clone()))).collect()
}
