use std::sync::Arc;

use crate::analysis::approval::{Approval, approval};
use crate::analysis::aws_managed::Power;
use crate::analysis::holding::{Holder, policies};
use crate::analysis::power::Source;
use crate::analysis::principal::named;
use crate::collections::HashSet;
use crate::model::{Grant, Guard, Model, Principal, Workload};
use crate::policy::{Element, Elements, Statement};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Unknown;

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
    for source in context.power() {
        // What is not known is undetermined once, as the question of who is an administrator.
        let Ok(power) = &source.power else { continue };
        let (mut routine, mut open) = (Vec::new(), Vec::new());
        for grant in source.grants.iter().filter(|grant| grant.undecided.is_none()) {
            if is_shut_out(model, grant) {
                judge.holds();
                continue;
            }
            match Use::of(context, grant) {
                Use::Routine(task) => routine.push(task),
                Use::Administration => judge.holds(),
                Use::Unknown(unknown) => open.push((*grant, unknown)),
            }
        }
        report(model, judge, source, *power, &routine);
        // Of an administrator this is asked already when it is asked whether it is approved.
        if let (true, Power::NearAdministration, Some((grant, unknown))) =
            (routine.is_empty(), power, open.first())
        {
            let principal = named(model, &grant.principal);
            let message = format!(
                "whether the {principal}, which {} reaches, is approved for administration is not known",
                source.what
            );
            judge
                .undetermined(source.declared, source.span, message, unknown)
                .when_any(&source.ways(model, grant))
                .key(format!("{}\0{}", source.what, principal.name));
        }
    }
}

/// Whether the principal of a grant has a policy that denies everything wherever the grant is made: nothing is left of it.
fn is_shut_out(model: &Model, grant: &Grant) -> bool {
    let Some(holder) = Holder::declared(&grant.principal) else { return false };
    let always = |guard: &Guard| grant.guard.and(guard).as_ref() == Some(&grant.guard);
    policies(model, holder).iter().any(|held| {
        held.undecided.is_none()
            && always(&held.guard)
            && held.document.statements.iter().any(|one| always(&one.guard) && denies_everything(one))
    })
}

fn denies_everything(statement: &Statement) -> bool {
    let is_all = |elements: &Elements| {
        let is_certain = |element: &&Element| element.undecided.is_none() && element.guard.is_always();
        let mut certain = elements.items.iter().filter(is_certain);
        !elements.except && certain.any(|element| element.text.as_str().as_deref() == Some("*"))
    };
    statement.is_deny()
        && statement.undecided.is_none()
        && statement.conditions.is_empty()
        && statement.conditions_open.is_none()
        && is_all(&statement.actions)
        && statement.resources.as_ref().is_some_and(is_all)
}

/// What a grant is used for.
enum Use<'m> {
    /// Routine tasks.
    Routine(Routine<'m>),
    /// Administration alone, by someone who is approved for it.
    Administration,
    /// It depends on a name whether it is someone approved.
    Unknown(&'m Unknown),
}

/// A grant that serves routine tasks.
struct Routine<'m> {
    grant: &'m Grant,
    /// What assumes the role, if something does wherever the grant is made.
    by: Option<String>,
    /// The conditions under which the grant serves them, each guard one of several ways to it.
    guards: Vec<Guard>,
}

impl<'m> Use<'m> {
    fn of(context: &Context<'m>, grant: &'m Grant) -> Self {
        let mut users = assumed_by(context.model, &grant.principal);
        let always = |(_, guard): &(String, Guard)| grant.guard.and(guard).as_ref() == Some(&grant.guard);
        if let Some(at) = users.iter().position(always) {
            let by = Some(users.swap_remove(at).0);
            return Self::Routine(Routine { grant, by, guards: vec![Guard::always()] });
        }
        let approval = approval(context.model, &context.options.administrators, &grant.principal);
        let (by, guards): (Vec<_>, _) = users.into_iter().unzip();
        match (approval, by.into_iter().next()) {
            (Approval::No, _) => Self::Routine(Routine { grant, by: None, guards: vec![Guard::always()] }),
            (_, Some(by)) => Self::Routine(Routine { grant, by: Some(by), guards }),
            (Approval::Yes, None) => Self::Administration,
            (Approval::Unknown(unknown), None) => Self::Unknown(unknown),
        }
    }
}

/// What assumes a role, and when: workloads that run with it, and services that it trusts.
fn assumed_by(model: &Model, principal: &Principal) -> Vec<(String, Guard)> {
    let Principal::Role(role) = principal else { return Vec::new() };
    let Some(id) = role.declared() else { return Vec::new() };
    let workload = |(workload, guard): (&Workload, &Guard)| {
        (format!("the {} `{}`", workload.what, workload.declared.subject), guard.clone())
    };
    let mut users: Vec<(String, Guard)> = model.workloads_of_role(id).map(workload).collect();
    let trusted = model.roles.get(id).into_iter().flat_map(|role| &role.trust.statements);
    for statement in trusted.filter(|statement| statement.is_allow()) {
        let principals = statement.principals.iter().filter(|principals| !principals.except);
        let entries = principals.flat_map(|principals| &principals.entries);
        for (_, services) in entries.filter(|(kind, _)| kind.as_ref() == "Service") {
            users.extend(services.items.iter().filter_map(|service| {
                let guard = statement.guard.and(&service.guard)?;
                Some((format!("the service `{}`", service.text.display()), guard))
            }));
        }
    }
    users
}

fn report(model: &Model, judge: &mut Judge<'_>, source: &Source<'_>, power: Power, routine: &[Routine<'_>]) {
    let Some(first) = routine.first() else { return };
    let principal = named(model, &first.grant.principal);
    let broad = match power {
        Power::Administration => "administrative",
        Power::NearAdministration => "nearly administrative",
    };
    let mut seen = HashSet::default();
    let distinct = routine.iter().map(|task| named(model, &task.grant.principal));
    let distinct = distinct.filter(|one| seen.insert((one.kind, one.name.clone()))).count();
    let whom = match (&first.by, distinct) {
        (Some(workload), 1) => format!("the {principal}, which {workload} assumes"),
        (None, 1) => format!("the {principal}, which is not approved for administration"),
        (_, more) => format!("the {principal} and {} more", more - 1),
    };
    let message = format!("{} is {broad} and reaches {whom}", source.what);
    let ways: Vec<Guard> = routine
        .iter()
        .flat_map(|task| source.ways(model, task.grant).into_iter().map(move |way| (task, way)))
        .flat_map(|(task, way)| task.guards.iter().filter_map(move |guard| way.and(guard)))
        .collect();
    let draft = judge.violated(source.declared, source.span, message);
    draft
        .label(source.how)
        .help(format!(
            "grant `{}` the actions and resources that its task needs, and no more",
            principal.name
        ))
        .when_any(&ways)
        .key(format!("{}\0{}", source.what, principal.name));
    for Routine { grant, .. } in routine {
        let named = named(model, &grant.principal);
        if let Some(declared) = named.declared.filter(|declared| declared.subject != source.declared.subject)
        {
            let message = format!("the {named} gets it");
            draft.related(Related::new(Arc::clone(&declared.subject), Some(declared.span), message));
        }
    }
}
