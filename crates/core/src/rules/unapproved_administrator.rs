use std::sync::Arc;

use crate::analysis::administrators::{Administrator, Strength};
use crate::analysis::approval::{self, Approval, approval};
use crate::analysis::aws_managed::Power;
use crate::analysis::holding::Holder;
use crate::analysis::power::Source;
use crate::analysis::principal::{Named, named};
use crate::collections::HashSet;
use crate::model::{Grant, Guard, Model, Principal};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Unknown;

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
            if !is_administrator(context, source, grant) {
                judge.holds();
                continue;
            }
            match approval(context.model, approved, &grant.principal) {
                Approval::Yes => judge.holds(),
                Approval::No => refused.push(*grant),
                Approval::Unknown(unknown) => open.push((*grant, unknown)),
            }
        }
        // Another policy may deny what this one allows.
        let is_doubtful = |grant: &&Grant| doubt(context, source, grant).is_some();
        let (doubtful, certain): (Vec<&Grant>, Vec<_>) = refused.iter().partition(|grant| is_doubtful(grant));
        for some in [&certain, &doubtful] {
            if let Some(first) = some.first() {
                report(context, judge, source, first, some);
            }
        }
        if !refused.is_empty() {
            continue;
        }
        if let (Some((grant, unknown)), Ok(_)) = (open.first(), &source.power) {
            let message =
                format!("whether the administrator that {} makes is approved is not known", source.what);
            let ways = ways(context, source, grant);
            judge.undetermined(source.declared, source.span, message, unknown).when_any(&ways);
        }
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
    // Together policies make an administrator of the one who has all of them, and of no group that hands on some.
    let together = source.together.map(Principal::from);
    let principal = named(model, together.as_ref().unwrap_or(&first.principal));
    let distinct = if together.is_some() { Vec::new() } else { distinct(model, refused) };
    let who = match distinct.len() {
        0 | 1 => principal.to_string(),
        more => format!("{principal} and {} more", more - 1),
    };
    let undecided = refused.iter().find_map(|grant| grant.undecided.as_ref());
    let draft = match (source.power.as_ref().err().or_else(|| doubt(context, source, first)), undecided) {
        (Some(unknown), _) => {
            let message = format!("whether {} makes the {who} an administrator is not known", source.what);
            judge.undetermined(source.declared, source.span, message, unknown)
        }
        (None, Some(unknown)) => {
            let message = format!("whether {} reaches the {who} is not known", source.what);
            judge.undetermined(source.declared, source.span, message, unknown)
        }
        (None, None) => {
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
        for way in self::ways(context, source, grant) {
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

/// Whom a grant of a source makes an administrator, if the input declares it.
fn made<'a>(
    context: &Context<'a>,
    source: &Source<'_>,
    grant: &Grant,
) -> Option<Option<&'a Administrator<'a>>> {
    let holder = source.together.or_else(|| Holder::declared(&grant.principal))?;
    Some(context.administrators().get(holder))
}

/// Whether the principal of a grant may be an administrator by its policies: others that it has may deny what this one allows. Of
/// principals elsewhere nothing else is known.
fn is_administrator(context: &Context<'_>, source: &Source<'_>, grant: &Grant) -> bool {
    match made(context, source, grant) {
        None => true,
        Some(None) => false,
        Some(Some(one)) => match one.strength {
            Strength::Direct { .. } | Strength::Possible(_) => true,
            // What it can do on the way is told as a path.
            Strength::Via(_) => source.power.is_err(),
        },
    }
}

/// The conditions under which a grant makes its principal an administrator, each guard one of several ways to it.
fn ways(context: &Context<'_>, source: &Source<'_>, grant: &Grant) -> Vec<Guard> {
    let ways = source.ways(context.model, grant);
    match made(context, source, grant).flatten() {
        Some(one)
            if matches!(one.strength, Strength::Direct { .. })
                && !one.guards.iter().any(Guard::is_always) =>
        {
            let together = ways.iter().flat_map(|way| one.guards.iter().filter_map(|guard| way.and(guard)));
            together.filter(|guard| context.model.conditions.is_possible(guard)).collect()
        }
        _ => ways,
    }
}

/// Why it is not known whether the principal of a grant is an administrator, if it is not.
fn doubt<'a>(context: &Context<'a>, source: &Source<'_>, grant: &Grant) -> Option<&'a Arc<Unknown>> {
    match &made(context, source, grant)??.strength {
        Strength::Possible(unknown) => Some(unknown),
        Strength::Direct { .. } | Strength::Via(_) => None,
    }
}

/// The principals of grants, each once.
fn distinct<'m>(model: &'m Model, grants: &[&'m Grant]) -> Vec<(Named<'m>, &'m Grant)> {
    let mut seen = HashSet::default();
    let named = grants.iter().map(|grant| (named(model, &grant.principal), *grant));
    named.filter(|(named, _)| seen.insert((named.kind, named.name.clone()))).collect()
}
