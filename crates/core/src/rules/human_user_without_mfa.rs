use std::sync::Arc;

use crate::analysis::administrators::{Administrator, Administrators, Strength};
use crate::analysis::holding::Holder;
use crate::analysis::mfa::{Demand, Hole, SignIn, Trusts, demands, has_credential, is_stranger};
use crate::analysis::principal::declared;
use crate::analysis::user_kind::user_kind;
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
    let is_person = |id| user_kind(context.model, &context.options.users, id).kind == UserKind::Human;
    check_users(context, judge, &|id, administrators| {
        administrators.is(Holder::User(id)) != Answer::Yes && is_person(id)
    });
}

/// Judges the users that `asked` picks: those who are administrators, or those who are not.
pub(super) fn check_users(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    asked: &dyn Fn(Id<User>, &Administrators<'_>) -> bool,
) {
    let (model, administrators) = (context.model, context.administrators());
    let trusts = Trusts::of(model);
    for (id, _) in model.users.iter().filter(|(id, _)| asked(*id, administrators)) {
        for case in demands(model, administrators, &trusts, context.mfa_flaws(), id) {
            report(context, judge, id, &case.outcome, &case.guard());
        }
    }
}

fn report(context: &Context<'_>, judge: &mut Judge<'_>, id: Id<User>, demand: &Demand, guard: &Guard) {
    let model = context.model;
    let Some(user) = model.users.get(id) else { return };
    let is_certain = |one: &&Administrator<'_>| matches!(one.strength, Strength::Direct { .. } | Strength::Via(_));
    let administrator = context.administrators().get(Holder::User(id)).filter(is_certain);
    let name = declared("user", &model.users, id, |user| (&user.declared, &user.name)).name;
    let who = match administrator.map(|one| &one.strength) {
        Some(Strength::Direct { .. }) => format!("the administrator `{name}`"),
        Some(Strength::Via(way)) => format!("the user `{name}`, who can become an administrator ({})", way.path.id),
        _ => format!("the user `{name}`"),
    };
    let kind = user_kind(model, &context.options.users, id);
    let has_credential = has_credential(model, id);
    let is_stranger = is_stranger(model, id, &kind, administrator.is_some());
    let draft = match (demand, demand.doubt(model, is_stranger)) {
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
    draft.when(guard);
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
            format!("MFA is not demanded of {who} for the role `{subject}`, which it can assume {}", how(sign_in))
        }
        Hole::SignIn => format!("nothing demands MFA of {who}, who can sign in"),
    }
}
