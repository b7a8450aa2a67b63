use std::sync::Arc;

use crate::analysis::static_credentials::Found;
use crate::model::{self, Case, Deployment, Guard, Link, Model, Named, Reference, Workload, WorkloadRole};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::{Reason, Unknown, Value};

pub(super) static RULE: Rule = Rule {
    name: "workload-without-role",
    summary: "a workload that could have a role has none",
    level: Level::Error,
    statements: &[StatementId("UB-2.1"), StatementId("FG-M2")],
    inputs: Inputs::Resources,
    page: include_str!("workload_without_role.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (workload, carried) in context.workloads().iter().filter(|(workload, _)| workload.asks_for_role) {
        let starters: Vec<&Workload> = starters(model, workload);
        let certain: Vec<&Found<'_>> =
            carried.found.iter().filter(|found| found.undecided.is_none()).collect();
        let mut guards = guards(model, workload);
        guards.extend(starters.iter().flat_map(|one| self::guards(model, one)));
        guards.extend(certain.iter().map(|found| found.guard.clone()));
        let judged = |deployment: &Deployment| match standing(model, workload, &starters, deployment) {
            Standing::With => Outcome::Kept,
            Standing::Unknown(unknown) => Outcome::Unknown(unknown),
            Standing::Without => Outcome::Missing {
                carries: certain.iter().any(|found| deployment.holds(&found.guard) == Some(true)),
            },
        };
        for case in model.conditions.cases(&workload.declared.guard, &guards, judged) {
            report(judge, workload, &certain, &case);
        }
    }
}

/// What is found of a workload in a deployment.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Kept,
    Missing {
        /// Whether it carries long-lived credentials.
        carries: bool,
    },
    Unknown(Arc<Unknown>),
}

/// Whether something runs with a role.
#[derive(Clone, Debug, PartialEq)]
enum Standing {
    With,
    Without,
    Unknown(Arc<Unknown>),
}

/// The workloads that start from a launch template.
fn starters<'m>(model: &'m Model, template: &Workload) -> Vec<&'m Workload> {
    if template.what != Workload::LAUNCH_TEMPLATE {
        return Vec::new();
    }
    let names = |case: &Named<Workload>| {
        let named = case.link.declared().and_then(|id| model.workloads.get(id));
        named.is_some_and(|named| Arc::ptr_eq(&named.declared, &template.declared))
    };
    let all = model.workloads.iter().map(|(_, workload)| workload);
    all.filter(|workload| workload.template.cases().iter().any(names)).collect()
}

/// The conditions that make a difference to the role of a workload.
fn guards(model: &Model, workload: &Workload) -> Vec<Guard> {
    let mut guards: Vec<Guard> = workload.template.cases().into_iter().map(|case| case.guard).collect();
    match &workload.role {
        WorkloadRole::Role(role) => guards.extend(role.cases().into_iter().map(|case| case.guard)),
        WorkloadRole::Profile(profile) => {
            for case in profile.cases() {
                let profile = case.link.declared().and_then(|id| model.instance_profiles.get(id));
                guards.extend(profile.into_iter().flat_map(|one| one.role.cases()).map(|case| case.guard));
                guards.push(case.guard);
            }
        }
        WorkloadRole::NotAsked | WorkloadRole::Absent => {}
    }
    guards.retain(|guard| !guard.is_always());
    guards
}

/// Whether a workload runs with a role: its own, or the one that its launch template brings along. A launch template whose
/// every user has a role of its own, as the nodes of a managed group have, needs none.
fn standing(model: &Model, workload: &Workload, starters: &[&Workload], deployment: &Deployment) -> Standing {
    match own(model, workload, deployment) {
        Standing::Without => {}
        other => return other,
    }
    let brings_own = |user: &&Workload| own(model, user, deployment) == Standing::With;
    if !starters.is_empty() && starters.iter().all(brings_own) {
        return Standing::With;
    }
    of(&workload.template, deployment, |link| match link {
        // It is asked of the template itself.
        Link::Declared(_) => Standing::With,
        Link::None => Standing::Without,
        Link::Unknown(unknown) => Standing::Unknown(Arc::clone(unknown)),
        Link::Named(name) => {
            Standing::Unknown(Arc::new(Unknown::new(Reason::Missing, format!("launch template {name}"))))
        }
        Link::Several(_) => Standing::Unknown(Arc::new(model::undecided())),
    })
}

fn own(model: &Model, workload: &Workload, deployment: &Deployment) -> Standing {
    match &workload.role {
        WorkloadRole::NotAsked => Standing::With,
        WorkloadRole::Absent => Standing::Without,
        WorkloadRole::Role(role) => of(role, deployment, |link| named(link, &role.value)),
        WorkloadRole::Profile(profile) => of(profile, deployment, |link| {
            match link.declared().and_then(|id| model.instance_profiles.get(id)) {
                Some(profile) => of(&profile.role, deployment, |link| named(link, &profile.role.value)),
                None => named(link, &profile.value),
            }
        }),
    }
}

/// Whether a link names something, which came from this value.
fn named<T>(link: &Link<T>, value: &Value) -> Standing {
    match link {
        Link::None => Standing::Without,
        Link::Named(name) if name.is_empty() => Standing::Without,
        Link::Unknown(unknown) if may_be_nothing(unknown) && !is_text(value) => {
            Standing::Unknown(Arc::clone(unknown))
        }
        Link::Declared(_) | Link::Named(_) | Link::Unknown(_) | Link::Several(_) => Standing::With,
    }
}

/// Whether a value is a text wherever it is there, as a parameter of a template is: whoever has to give one gives a name.
fn is_text(value: &Value) -> bool {
    let mut all =
        value.alternatives().into_iter().filter_map(|one| one.value).filter(|value| !value.is_null());
    all.all(|value| value.as_text().is_some())
}

/// Whether a value that is not known may be none at all. An attribute of something that exists is there.
fn may_be_nothing(unknown: &Unknown) -> bool {
    !matches!(
        unknown.reason,
        Reason::Computed | Reason::Applied | Reason::DataSource | Reason::Import | Reason::Environment
    )
}

/// What a reference comes to in a deployment.
fn of<T>(
    reference: &Reference<T>,
    deployment: &Deployment,
    judge: impl Fn(&Link<T>) -> Standing,
) -> Standing {
    let mut found: Option<Standing> = None;
    for case in reference.cases() {
        let Some(standing) = judged(&case, deployment, &judge) else { continue };
        found = Some(match found {
            Some(before) if before != standing => {
                let undecided = case.undecided.clone().unwrap_or_else(|| Arc::new(model::undecided()));
                return Standing::Unknown(undecided);
            }
            _ => standing,
        });
    }
    found.unwrap_or(Standing::Without)
}

fn judged<T>(
    case: &Named<T>,
    deployment: &Deployment,
    judge: impl Fn(&Link<T>) -> Standing,
) -> Option<Standing> {
    match deployment.holds(&case.guard) {
        Some(true) => Some(judge(&case.link)),
        Some(false) => None,
        None => Some(Standing::Unknown(Arc::new(model::undecided()))),
    }
}

fn report(judge: &mut Judge<'_>, workload: &Workload, carried: &[&Found<'_>], case: &Case<Outcome>) {
    let Workload { what, declared, .. } = workload;
    let subject = &declared.subject;
    match &case.outcome {
        Outcome::Kept => judge.holds(),
        Outcome::Unknown(unknown) => {
            let message = format!("whether the {what} `{subject}` has a role is not known");
            judge.undetermined(declared, declared.span, message, unknown).when_any(&case.guards);
        }
        Outcome::Missing { carries } => {
            let and = if *carries { " and carries long-lived credentials" } else { "" };
            let draft =
                judge.violated(declared, declared.span, format!("the {what} `{subject}` has no role{and}"));
            let how = match workload.role_argument {
                Some(argument) => format!("with `{argument}`"),
                None => "through an instance profile on EC2".to_owned(),
            };
            draft.label("runs without a role").when_any(&case.guards).help(format!(
                "give it a role of its own, {how}; the AWS SDK finds its temporary credentials by itself",
            ));
            if !carries {
                draft.at_most(Level::Warning);
                return;
            }
            for found in carried {
                let message = format!("credentials arrive in `{}`", found.name);
                draft.related(Related::new(Arc::clone(subject), found.span, message));
            }
        }
    }
}
