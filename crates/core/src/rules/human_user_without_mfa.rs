use std::sync::Arc;

use crate::analysis::administrators::{Administrator, Strength};
use crate::analysis::holding::Holder;
use crate::analysis::mfa::{Demand, Hole, SignIn, Trusts, demands, is_stranger};
use crate::analysis::principal::declared;
use crate::analysis::user_kind::{Judged, user_kinds};
use crate::model::{Guard, Id, User};
use crate::options::UserKind;
use crate::policy::Answer;
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "human-user-without-mfa",
    summary: "a person can act without multi-factor authentication",
    level: Level::Warning,
    statements: &[StatementId("UB-5.1"), StatementId("FG-S1")],
    inputs: Inputs::Resources,
    page: include_str!("human_user_without_mfa.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    check_users(context, judge, false);
}

fn is_administrator(context: &Context<'_>, id: Id<User>) -> bool {
    let (administrators, holder) = (context.administrators(), Holder::User(id));
    administrators.is(holder) == Answer::Yes || administrators.doubt(holder).is_some()
}

/// Judges the users who are administrators, and those who may be none only because of what is not known and may deny; or the others: of
/// these, people alone.
pub(super) fn check_users(context: &Context<'_>, judge: &mut Judge<'_>, are_administrators: bool) {
    let (model, administrators) = (context.model, context.administrators());
    let trusts = Trusts::of(model);
    let is_asked = |id| is_administrator(context, id) == are_administrators;
    for (id, user) in model.users.iter().filter(|(id, _)| is_asked(*id)) {
        let mut kinds = user_kinds(model, &context.options.users, id, &user.declared.guard);
        if are_administrators {
            // Whoever they are.
            kinds.truncate(1);
            kinds.iter_mut().for_each(|kind| kind.guards = vec![Guard::always()]);
        } else {
            kinds.retain(|kind| kind.outcome.kind == UserKind::Human);
        }
        if kinds.is_empty() {
            continue;
        }
        for case in demands(model, administrators, &trusts, context.mfa_flaws(), id) {
            for kind in &kinds {
                let both =
                    kind.guards.iter().flat_map(|one| case.guards.iter().filter_map(|other| one.and(other)));
                let guards: Vec<Guard> = both.filter(|guard| model.conditions.is_possible(guard)).collect();
                if !guards.is_empty() {
                    report(context, judge, id, (&case.outcome, &kind.outcome), &guards);
                }
            }
        }
    }
}

fn report(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    id: Id<User>,
    (demand, kind): (&Demand, &Judged),
    guards: &[Guard],
) {
    let model = context.model;
    let Some(user) = model.users.get(id) else { return };
    let is_certain =
        |one: &&Administrator<'_>| matches!(one.strength, Strength::Direct { .. } | Strength::Via(_));
    let administrator = context.administrators().get(Holder::User(id)).filter(is_certain);
    let doubt = context.administrators().doubt(Holder::User(id));
    let name = declared("user", &model.users, id, |user| (&user.declared, &user.name)).name;
    let who = match administrator.map(|one| &one.strength) {
        Some(Strength::Direct { .. }) => format!("the administrator `{name}`"),
        Some(Strength::Via(way)) => {
            format!("the user `{name}`, who can become an administrator ({})", way.path.id)
        }
        _ if doubt.is_some() => format!("the user `{name}`, who may be an administrator,"),
        _ => format!("the user `{name}`"),
    };
    let has_credential = kind.has_credential;
    let is_stranger = is_stranger(kind, administrator.is_some() || doubt.is_some());
    let draft = match (demand, demand.doubt(model, is_stranger, doubt)) {
        (Demand::Proven, _) => return judge.holds(),
        (_, Some(unknown)) => {
            let message = format!("whether MFA is demanded of {who} is not known");
            judge.undetermined(&user.declared, user.declared.span, message, &unknown)
        }
        (Demand::Missing(hole), None) => {
            let message = missing(&who, hole, has_credential);
            judge.violated(&user.declared, user.declared.span, message)
        }
        (Demand::Idle | Demand::Flawed | Demand::Unknown(_), None) => return,
    };
    draft.when_any(guards);
    if let (Demand::Missing(_), Some(Strength::Direct { grants, .. })) =
        (demand, administrator.map(|one| &one.strength))
    {
        for grant in grants {
            let message = "makes it an administrator";
            draft.related(Related::new(Arc::clone(&grant.declared.subject), Some(grant.span), message));
        }
    }
    if let Some(administrator) = administrator {
        draft.when_any(&administrator.guards);
    }
    if is_stranger {
        draft.help("give it the tag `Kind` with the value `human` or `service`, or declare how it signs in");
    } else if matches!(demand, Demand::Missing(_)) {
        draft.help(match kind.kind {
            UserKind::Application => "give the application a role instead: it cannot use MFA".to_owned(),
            UserKind::Human => {
                let group = model.memberships_of_user(id).next().and_then(|one| one.group.value.as_str());
                let group = group.map_or_else(|| "a group of its own".to_owned(), |name| format!("the group `{name}`"));
                format!(
                    "attach a policy to {group} that denies everything but enrolling a device, under `BoolIfExists` \
                     with `aws:MultiFactorAuthPresent` `false`"
                )
            }
        });
    }
}

fn missing(who: &str, hole: &Hole, has_credential: bool) -> String {
    let how = |sign_in: &SignIn| match has_credential {
        true => format!("with {sign_in}"),
        false => "without it".to_owned(),
    };
    match hole {
        Hole::Action { action, sign_in, guarded: false } => {
            format!("nothing demands MFA of {who}: `{action}` is allowed {}", how(sign_in))
        }
        Hole::Action { action, sign_in, guarded: true } => {
            format!("MFA is not demanded of {who} for everything: `{action}` is allowed {}", how(sign_in))
        }
        Hole::Role { subject, sign_in } => {
            format!(
                "MFA is not demanded of {who} for the role `{subject}`, which it can assume {}",
                how(sign_in)
            )
        }
        Hole::SignIn => format!("nothing demands MFA of {who}, who can sign in"),
    }
}
