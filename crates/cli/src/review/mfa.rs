//! What is known of multi-factor authentication.

use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::mfa::{Access, Demand, Hole, SignIn, demands, is_stranger};
use iamrail::core::analysis::user_kind::{Judged, user_kinds};
use iamrail::core::model::{Case, Deployment, Guard, Id, Role, User};
use iamrail::core::policy::Answer;

use super::page::Cell;
use super::subject::Subject;
use crate::output::{Line, Tone};

/// Whether MFA is demanded of a user, and which devices it has: a line for each deployment in which that differs.
pub(super) fn of_user(subject: &Subject<'_>, id: Id<User>) -> Cell {
    let model = subject.model;
    let devices = model.mfa_devices.iter().filter(|(_, device)| {
        device
            .user
            .as_ref()
            .is_some_and(|user| user.cases().iter().any(|case| case.link.declared() == Some(id)))
    });
    let mut cell: Cell = devices
        .map(|(_, device)| Line::prose("a device is assigned: ").and_code(&*device.declared.subject))
        .collect();
    let Some(user) = model.users.get(id) else { return cell };
    let kinds = user_kinds(model, &subject.options.users, id, &user.declared.guard);
    for case in demands(model, &subject.administrators, &subject.trusts, &subject.flaws, id) {
        let told = told_by_kind(subject, id, &case, &kinds);
        // Where the kind makes no difference, its conditions make none either.
        let told = match <[_; 1]>::try_from(told) {
            Ok([(line, _)]) => vec![(line, case.guards)],
            Err(told) => told,
        };
        cell.extend(told.into_iter().map(|(line, guards)| match subject.when(&guards) {
            Some(when) => line.and_prose(" ").and(when),
            None => line,
        }));
    }
    cell
}

/// What to tell of a demand, for each of the kinds that the user can have with it: each line once, with its conditions.
fn told_by_kind(
    subject: &Subject<'_>,
    id: Id<User>,
    case: &Case<Demand>,
    kinds: &[Case<Judged>],
) -> Vec<(Line, Vec<Guard>)> {
    let conditions = &subject.model.conditions;
    let mut told: Vec<(Line, Vec<Guard>)> = Vec::new();
    for kind in kinds {
        let both = kind.guards.iter().flat_map(|one| case.guards.iter().filter_map(|other| one.and(other)));
        let guards: Vec<Guard> = both.filter(|guard| conditions.is_possible(guard)).collect();
        if guards.is_empty() {
            continue;
        }
        let line = of_demand(subject, id, &case.outcome, &kind.outcome);
        match told.iter_mut().find(|(other, _)| *other == line) {
            Some((_, all)) => all.extend(guards),
            None => told.push((line, guards)),
        }
    }
    told
}

fn of_demand(subject: &Subject<'_>, id: Id<User>, demand: &Demand, kind: &Judged) -> Line {
    let (administrators, holder) = (&subject.administrators, Holder::User(id));
    let doubt = administrators.doubt(holder);
    let is_stranger = is_stranger(kind, administrators.is(holder) == Answer::Yes || doubt.is_some());
    match (demand.doubt(subject.model, is_stranger, doubt), demand) {
        (Some(unknown), _) => subject.unknown(&unknown),
        (None, Demand::Proven) => Line::mark(Tone::Good, "demanded"),
        (None, Demand::Idle) => Line::prose("no permission, and no way to sign in"),
        (None, Demand::Flawed) => {
            Line::mark(Tone::Bad, "not demanded").and_prose(": what is meant to demand it does not")
        }
        (None, Demand::Missing(hole)) => {
            Line::mark(Tone::Bad, "not demanded").and_prose(": ").and(told(hole, kind.has_credential))
        }
        (None, Demand::Unknown(unknown)) => subject.unknown(unknown),
    }
}

/// Whether MFA is demanded of people who assume a role: a line for each deployment in which that differs.
pub(super) fn of_role(subject: &Subject<'_>, role: &Role) -> Cell {
    let users = &subject.options.users;
    let access =
        |deployment: &Deployment| line_of_access(subject, subject.trusts.access(role, deployment, users));
    let cases = subject.model.conditions.cases(&role.declared.guard, role.trust.guards(), access);
    let own = std::slice::from_ref(&role.declared.guard);
    let line = |case: Case<Line>| match subject.when(&case.guards).filter(|_| case.guards != own) {
        Some(when) => case.outcome.and_prose(" ").and(when),
        None => case.outcome,
    };
    cases.into_iter().map(line).collect()
}

fn line_of_access(subject: &Subject<'_>, access: Access) -> Line {
    match access {
        Access::NoPeople => Line::prose("people cannot assume it"),
        Access::Demanded => Line::mark(Tone::Good, "demanded"),
        Access::Unknown(unknown, _) => subject.unknown(&unknown),
        Access::Open(opened) => Line::mark(Tone::Bad, "not demanded")
            .and_prose(": ")
            .and(subject.message(&opened.who))
            .and_prose(" can assume it without"),
    }
}

fn told(hole: &Hole, has_credential: bool) -> Line {
    let how = |sign_in: &SignIn| match has_credential {
        true => format!("with {sign_in}"),
        false => "without it".to_owned(),
    };
    match hole {
        Hole::Action { action, sign_in, .. } => {
            Line::code(action.clone()).and_prose(format!(" is allowed {}", how(sign_in)))
        }
        Hole::Role { subject, sign_in } => Line::prose("the role ")
            .and_code(&**subject)
            .and_prose(format!(" can be assumed {}", how(sign_in))),
        Hole::SignIn => Line::prose("signing in is possible without it"),
    }
}
