//! Who is an administrator, how, and by which approval.

use iamrail::core::analysis::administrators::{Administrator, Strength};
use iamrail::core::analysis::approval::{Approval, approval, entries};
use iamrail::core::analysis::aws_managed::Power;
use iamrail::core::analysis::escalation::Escalation;
use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::power::sources;
use iamrail::core::analysis::principal::named;
use iamrail::core::model::Principal;

use super::mfa;
use super::page::{Cell, Row, Section};
use super::subject::Subject;
use crate::output::{Line, Tone};

/// How many steps of a path, and how many policies are told.
const MOST_STEPS: usize = 6;

/// The section.
pub(super) fn section(subject: &Subject<'_>) -> Section {
    let mut rows: Vec<Row> = subject.administrators.iter().map(|one| declared(subject, one)).collect();
    rows.extend(elsewhere(subject));
    Section::new(
        "Administrators",
        &["Who", "By what", "Approval", "MFA", "Where"],
        rows,
        "Nobody is an administrator, as far as this input tells.",
    )
}

fn declared(subject: &Subject<'_>, administrator: &Administrator<'_>) -> Row {
    let principal = Principal::from(administrator.holder);
    let named = named(subject.model, &principal);
    let mut who: Cell = subject.name(&named);
    if let Some(first) = who.first_mut() {
        *first = Line::prose(format!("{} ", named.kind)).and(first.clone());
    }
    let mut how = by_what(subject, administrator);
    let own = named.declared.map(|declared| &declared.guard);
    let guards: Vec<_> = administrator.guards.iter().filter(|guard| Some(*guard) != own).cloned().collect();
    if guards.len() == administrator.guards.len() {
        how.extend(subject.when(&guards));
    }
    let mfa = match administrator.holder {
        Holder::User(id) => mfa::of_user(subject, id),
        Holder::Group(_) => vec![Line::prose("see its members")],
        Holder::Role(id) => {
            subject.model.roles.get(id).map(|role| mfa::of_role(subject, role)).unwrap_or_default()
        }
    };
    let place = named.declared.map(|declared| subject.place(declared.span)).into_iter().collect();
    Row::new([who, how, vec![approved(subject, &principal)], mfa, place])
}

fn by_what(subject: &Subject<'_>, administrator: &Administrator<'_>) -> Cell {
    match &administrator.strength {
        Strength::Direct { how, .. } => {
            let what = administrator.policies(subject.model);
            let mut cell: Cell = what.iter().map(|what| subject.message(what)).collect();
            let together = if what.len() > 1 { "which together: " } else { "" };
            cell.push(Line::prose(format!("{together}{how}")));
            cell
        }
        Strength::Via(escalation) => path(subject, escalation),
        Strength::Possible(unknown) => {
            vec![Line::mark(Tone::Open, "perhaps").and_prose(": ").and(subject.message(&unknown.to_string()))]
        }
        _ => Cell::new(),
    }
}

fn path(subject: &Subject<'_>, escalation: &Escalation<'_>) -> Cell {
    let mut cell = vec![
        Line::mark(Tone::Bad, "by a path")
            .and_prose(" that it can take, ")
            .and_code(escalation.path.id)
            .and_prose(":"),
    ];
    for step in escalation.steps.iter().take(MOST_STEPS) {
        let mut line = Line::code(step.action);
        if let Some(on) = &step.on {
            line = line.and_prose(" on ").and_code(on.clone());
        }
        if !step.policy.is_empty() {
            line = line.and_prose(", by ").and(subject.message(&step.policy));
        }
        cell.push(line);
    }
    if let more @ 1.. = escalation.steps.len().saturating_sub(MOST_STEPS) {
        cell.push(Line::prose(format!("and {more} more steps")));
    }
    cell
}

fn approved(subject: &Subject<'_>, principal: &Principal) -> Line {
    let options = &subject.options.administrators;
    match approval(subject.model, options, principal) {
        Approval::Yes => {
            let mut line = Line::mark(Tone::Good, "approved");
            for (at, entry) in entries(subject.model, options, principal).iter().enumerate() {
                line = line.and_prose(if at == 0 { " by " } else { " and " });
                line = line.and_code(format!("administrators.approved.{}: {}", entry.list, entry.glob));
            }
            line
        }
        Approval::No => Line::mark(Tone::Bad, "not approved"),
        Approval::Unknown(unknown) => subject.unknown(unknown),
    }
}

/// Those whom this input makes administrators, and who are declared elsewhere.
fn elsewhere(subject: &Subject<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for source in sources(subject.model) {
        if matches!(source.power, Ok(Power::NearAdministration)) {
            continue;
        }
        for grant in &source.grants {
            let named = named(subject.model, &grant.principal);
            if named.declared.is_some() {
                continue;
            }
            let linked = subject.linked(&grant.principal, &grant.guard, grant.undecided.as_ref());
            let who = Line::prose(format!("{} ", named.kind)).and(linked);
            let how = match &source.power {
                Ok(_) => Line::prose(source.how),
                Err(unknown) => Line::mark(Tone::Open, "perhaps")
                    .and_prose(": ")
                    .and(subject.message(&unknown.to_string())),
            };
            let approval = approved(subject, &grant.principal);
            rows.push(Row::new([
                vec![who],
                vec![subject.message(&source.what), how],
                vec![approval],
                vec![Line::prose("declared elsewhere")],
                vec![subject.place(grant.span)],
            ]));
        }
    }
    rows
}
