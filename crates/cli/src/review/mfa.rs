//! What is known of multi-factor authentication.

use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::mfa::{Access, Demand, Hole, SignIn, demands, has_credential, is_stranger};
use iamrail::core::analysis::user_kind::user_kind;
use iamrail::core::model::{Id, Role, User};
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
    let kind = user_kind(model, &subject.options.users, id);
    let is_administrator = subject.administrators.is(Holder::User(id)) == Answer::Yes;
    let is_stranger = is_stranger(model, id, &kind, is_administrator);
    for case in demands(model, &subject.administrators, &subject.trusts, &subject.flaws, id) {
        let line = match (case.outcome.doubt(model, is_stranger), &case.outcome) {
            (Some(unknown), _) => subject.unknown(&unknown),
            (None, Demand::Proven) => Line::mark(Tone::Good, "demanded"),
            (None, Demand::Idle) => Line::prose("no permission, and no way to sign in"),
            (None, Demand::Flawed) => {
                Line::mark(Tone::Bad, "not demanded").and_prose(": what is meant to demand it does not")
            }
            (None, Demand::Missing(hole)) => {
                let has_credential = has_credential(model, id);
                Line::mark(Tone::Bad, "not demanded").and_prose(": ").and(told(hole, has_credential))
            }
            (None, Demand::Unknown(unknown)) => subject.unknown(unknown),
        };
        cell.push(match subject.when(&case.guards) {
            Some(when) => line.and_prose(" ").and(when),
            None => line,
        });
    }
    cell
}

/// Whether MFA is demanded of people who assume a role.
pub(super) fn of_role(subject: &Subject<'_>, role: &Role) -> Line {
    match subject.trusts.access(role, &subject.options.users) {
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
