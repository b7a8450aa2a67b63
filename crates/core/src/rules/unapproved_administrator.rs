use std::sync::Arc;

use crate::collections::HashSet;
use crate::analysis::aws_managed::Power;
use crate::analysis::approval::{self, Approval, approval};
use crate::analysis::power::Source;
use crate::analysis::principal::{Named, named};
use crate::model::{Grant, Model, Principal};
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
        let (mut refused, mut open) = (Vec::new(), Vec::new());
        for grant in &source.grants {
            match approval(context.model, approved, &grant.principal) {
                Approval::Yes => judge.holds(),
                Approval::No => refused.push(*grant),
                Approval::Unknown(unknown) => open.push((*grant, unknown)),
            }
        }
        if let Some(first) = refused.first() {
            report(context, judge, source, first, &refused);
        } else if let (Some((grant, unknown)), Ok(_)) = (open.first(), &source.power) {
            let message = format!("whether the administrator that {} makes is approved is not known", source.what);
            let ways = source.ways(context.model, grant);
            judge.undetermined(source.declared, source.span, message, unknown).when_any(&ways);
        }
    }
}

fn report(context: &Context<'_>, judge: &mut Judge<'_>, source: &Source<'_>, first: &Grant, refused: &[&Grant]) {
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
        for way in source.ways(model, grant) {
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
                draft.related(Related::new(Arc::clone(&membership.declared.subject), Some(membership.span), message));
            }
        }
    }
}

/// The principals of grants, each once.
fn distinct<'m>(model: &'m Model, grants: &[&'m Grant]) -> Vec<(Named<'m>, &'m Grant)> {
    let mut seen = HashSet::default();
    let named = grants.iter().map(|grant| (named(model, &grant.principal), *grant));
    named.filter(|(named, _)| seen.insert((named.kind, named.name.clone()))).collect()
}
