//! Roles with their purpose, whom they trust, what runs with them and what they may do; policies; workloads.

use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::principal::{declared, named};
use iamrail::core::model::{
    Id, InstanceProfile, Link, Named, Principal, Reference, Role, RoleForm, WorkloadRole,
};
use serde_json::Value as Json;

use super::allowed::of_holder;
use super::mfa;
use super::page::{Cell, Row, Section};
use super::subject::{Subject, elsewhere};
use crate::output::{Line, Tone};
use crate::show::document::{DocumentEntry, StatementEntry};

/// How many identifiers, values, or workloads are told of one statement or role.
const MOST: usize = 8;

/// The roles.
pub(super) fn roles(subject: &Subject<'_>) -> Section {
    let rows = subject.model.roles.iter().map(|(id, role)| self::role(subject, id, role)).collect();
    let columns = ["Role", "Purpose", "Who may assume it", "Runs", "Policies", "May", "Rules", "Where"];
    Section::new("Roles", &columns, rows, "")
}

fn role(subject: &Subject<'_>, id: Id<Role>, role: &Role) -> Row {
    let named = subject.role(id);
    let mut trust = self::trust(subject, role);
    trust.extend(mfa::of_role(subject, role).into_iter().map(|line| Line::prose("MFA: ").and(line)));
    let running: Vec<Cell> = subject
        .model
        .workloads_of_role(id)
        .map(|(workload, guard)| {
            let line = Line::prose(format!("{} ", workload.what)).and_code(&*workload.declared.subject);
            vec![match subject.when(std::slice::from_ref(guard)) {
                Some(when) => line.and_prose(" ").and(when),
                None => line,
            }]
        })
        .collect();
    let more = running.len().saturating_sub(MOST);
    let mut runs: Cell = running.into_iter().take(MOST).flatten().collect();
    match (runs.is_empty(), more) {
        (true, _) => runs.push(Line::prose("nothing here")),
        (_, 0) => {}
        (_, more) => runs.push(Line::prose(format!("and {more} more"))),
    }
    Row::new([
        subject.name(&named),
        purpose(subject, role),
        trust,
        runs,
        subject.policies(Holder::Role(id)),
        of_holder(subject, "role", Holder::Role(id), &role.declared),
        subject.rules_against(&role.declared),
        vec![subject.place(role.declared.span)],
    ])
}

/// What a role says of its purpose, in its description and its tags.
fn purpose(subject: &Subject<'_>, role: &Role) -> Cell {
    let mut cell = subject.value(&role.description);
    for tags in role.tags.alternatives().into_iter().filter_map(|one| one.value?.as_map()) {
        let is_purpose =
            |key: &str| subject.options.roles.purpose_tags.iter().any(|tag| tag.eq_ignore_ascii_case(key));
        for (key, value) in tags.iter().filter(|(key, _)| is_purpose(key)) {
            let tagged = |line| Line::prose("tag ").and_code(&**key).and_prose(": ").and(line);
            cell.extend(subject.value(value).into_iter().map(tagged));
        }
    }
    match role.form {
        RoleForm::Implicit => cell.push(Line::prose("made by a transform or tool")),
        RoleForm::ServiceLinked => cell.push(Line::prose("defined by AWS for a service")),
        _ if cell.is_empty() => cell.push(Line::mark(Tone::Bad, "not stated")),
        _ => {}
    }
    cell
}

fn trust(subject: &Subject<'_>, role: &Role) -> Cell {
    let document = DocumentEntry::new(subject.scene, &role.trust);
    let mut cell: Cell = document.statements.iter().filter_map(|one| trusted(subject, one)).collect();
    if let Some(open) = &document.open {
        cell.push(Line::mark(Tone::Open, "perhaps others").and_prose(": ").and(subject.message(open)));
    } else if cell.is_empty() {
        cell.push(Line::prose("nobody"));
    }
    cell
}

/// Whom a statement of a trust policy lets in, and on which conditions.
fn trusted(subject: &Subject<'_>, statement: &StatementEntry) -> Option<Line> {
    let mut line = match statement.effect.as_str() {
        "Allow" => Line::default(),
        "Deny" => Line::prose("never: "),
        _ => Line::mark(Tone::Open, "perhaps").and_prose(": "),
    };
    for (at, entry) in statement.principals.as_ref()?.iter().enumerate() {
        line = if at > 0 { line.and_prose("; ") } else { line };
        line = line.and_prose(match (entry.r#type.as_str(), entry.identifiers.except) {
            (_, true) => "everyone except ",
            ("Service", _) => "the service ",
            ("Federated", _) => "identities of ",
            _ => "",
        });
        line = line.and_codes(&texts(&entry.identifiers.patterns), MOST);
        if let Some(open) = &entry.identifiers.open {
            line = line.and_prose(", perhaps more: ").and(subject.message(open));
        }
    }
    for (at, condition) in statement.conditions.iter().enumerate() {
        line = line.and_prose(if at == 0 { ", if " } else { " and " }).and_code(condition.key.clone());
        line = line.and_prose(" ").and_code(condition.operator.clone()).and_prose(" ");
        line = line.and_codes(&texts(&condition.values), MOST);
    }
    if let Some(when) = &statement.when {
        line = line.and_prose(", when ").and_code(when.clone());
    }
    if let Some(undecided) = &statement.undecided {
        line = line.and_prose(", perhaps: ").and(subject.message(undecided));
    }
    Some(line)
}

fn texts(values: &[Json]) -> Vec<String> {
    values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

/// The customer-managed policies.
pub(super) fn policies(subject: &Subject<'_>) -> Section {
    let rows = subject.model.policies.iter().map(|(id, policy)| {
        let policy_named =
            declared("policy", &subject.model.policies, id, |policy| (&policy.declared, &policy.name));
        let grants: Vec<_> = subject.model.grants_of_policy(id).collect();
        let mut who: Cell = grants
            .iter()
            .take(MOST)
            .map(|grant| {
                let kind = named(subject.model, &grant.principal).kind;
                Line::prose(format!("{kind} ")).and(subject.linked(
                    &grant.principal,
                    &grant.guard,
                    grant.undecided.as_ref(),
                ))
            })
            .collect();
        match grants.len() {
            0 => who.push(Line::prose("nobody here")),
            all if all > MOST => who.push(Line::prose(format!("and {} more", all - MOST))),
            _ => {}
        }
        Row::new([
            subject.name(&policy_named),
            subject.value(&policy.description),
            who,
            subject.rules_against(&policy.declared),
            vec![subject.place(policy.declared.span)],
        ])
    });
    let columns = ["Policy", "Description", "Who has it", "Rules", "Where"];
    Section::new("Customer-managed policies", &columns, rows.collect(), "")
}

/// The workloads that have a role, or could.
pub(super) fn workloads(subject: &Subject<'_>) -> Section {
    let rows = subject.model.workloads.iter().filter_map(|(_, workload)| {
        let role = match &workload.role {
            WorkloadRole::Role(role) => of_role(subject, role),
            WorkloadRole::Profile(profile) => of_profile(subject, profile),
            WorkloadRole::Absent => vec![Line::prose("none")],
            _ => return None,
        };
        let mut which = vec![Line::code(&*workload.declared.subject)];
        which.extend(subject.existence(&workload.declared));
        Some(Row::new([
            which,
            vec![Line::prose(workload.what)],
            role,
            subject.rules_against(&workload.declared),
            vec![subject.place(workload.declared.span)],
        ]))
    });
    let columns = ["Workload", "What", "Role", "Rules", "Where"];
    Section::new("Workloads", &columns, rows.collect(), "")
}

fn of_role(subject: &Subject<'_>, reference: &Reference<Role>) -> Cell {
    let case = |case: Named<Role>| {
        let principal = Principal::Role(Reference { value: reference.value.clone(), link: case.link });
        subject.linked(&principal, &case.guard, case.undecided.as_ref())
    };
    let cell: Cell = reference.cases().into_iter().map(case).collect();
    if cell.is_empty() { vec![Line::prose("none")] } else { cell }
}

fn of_profile(subject: &Subject<'_>, reference: &Reference<InstanceProfile>) -> Cell {
    let mut cell = Cell::new();
    for case in reference.cases() {
        let profile = match &case.link {
            Link::Declared(id) => subject.model.instance_profiles.get(*id),
            _ => None,
        };
        match profile {
            Some(profile) => cell.extend(of_role(subject, &profile.role)),
            None => {
                let named = Reference { value: reference.value.clone(), link: case.link };
                let name = elsewhere(&named).unwrap_or_default();
                cell.push(
                    Line::prose("that of the instance profile ")
                        .and_code(name)
                        .and_prose(" (declared elsewhere)"),
                );
            }
        }
    }
    cell
}
