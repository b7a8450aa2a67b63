use std::sync::Arc;

use crate::analysis::aws_managed::Power;
use crate::analysis::power::{Source, sources};
use crate::analysis::approval::{Approval, approval};
use crate::analysis::principal::named;
use crate::model::{Grant, Model, Principal};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "broad-admin-policy",
    summary: "a broad administrative policy serves routine tasks",
    level: Level::Error,
    statements: &[StatementId("UB-4.2"), StatementId("FG-P3")],
    inputs: Inputs::Resources,
    page: include_str!("broad_admin_policy.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for source in sources(model) {
        // What is not known is undetermined once, as the question of who is an administrator.
        let Ok(power) = source.power else { continue };
        let mut routine: Vec<(&Grant, Option<String>)> = Vec::new();
        for grant in source.grants.iter().filter(|grant| grant.undecided.is_none()) {
            let workload = workload_of(model, &grant.principal);
            if workload.is_some() || !matches!(approval(model, &context.options.administrators, &grant.principal), Approval::Yes) {
                routine.push((*grant, workload));
            } else {
                judge.holds();
            }
        }
        if let Some((first, workload)) = routine.first() {
            report(model, judge, &source, power, first, workload.as_deref(), &routine);
        }
    }
}

/// What assumes a role, if a workload does: a service that it trusts, or a workload that runs with it.
fn workload_of(model: &Model, principal: &Principal) -> Option<String> {
    let Principal::Role(role) = principal else { return None };
    let id = role.declared()?;
    if let Some(workload) = model.workloads_of_role(id).next() {
        return Some(format!("the {} `{}`", workload.what, workload.declared.subject));
    }
    let role = model.roles.get(id)?;
    let trusted = role.trust.statements.iter().filter(|statement| statement.is_allow());
    let services = trusted.filter_map(|statement| statement.principals.as_ref()).flat_map(|principals| {
        principals.entries.iter().filter(|(kind, _)| !principals.except && kind.as_ref() == "Service")
    });
    let service = services.flat_map(|(_, elements)| &elements.items).next()?;
    Some(format!("the service `{}`", service.text.display()))
}

fn report(
    model: &Model,
    judge: &mut Judge<'_>,
    source: &Source<'_>,
    power: Power,
    first: &Grant,
    workload: Option<&str>,
    routine: &[(&Grant, Option<String>)],
) {
    let principal = named(model, &first.principal);
    let broad = match power {
        Power::Administration => "administrative",
        Power::NearAdministration => "nearly administrative",
    };
    let whom = match (workload, routine.len()) {
        (Some(workload), 1) => format!("the {principal}, which {workload} assumes"),
        (None, 1) => format!("the {principal}, which is not approved for administration"),
        (_, more) => format!("the {principal} and {} more", more - 1),
    };
    let message = format!("{} is {broad} and reaches {whom}", source.what);
    let draft = judge.violated(source.declared, source.span, message);
    draft
        .label(source.how)
        .help(format!("grant `{}` the actions and resources that its task needs, and no more", principal.name))
        .when(&source.guard(model, first).unwrap_or_default())
        .key(format!("{}\0{}", source.what, principal.name));
    for (grant, _) in routine {
        let named = named(model, &grant.principal);
        if let Some(declared) = named.declared.filter(|declared| declared.subject != source.declared.subject) {
            let message = format!("the {named} gets it");
            draft.related(Related::new(Arc::clone(&declared.subject), Some(declared.span), message));
        }
    }
}
