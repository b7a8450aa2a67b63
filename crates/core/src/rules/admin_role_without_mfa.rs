use crate::analysis::holding::Holder;
use crate::analysis::mfa::{Access, Opened, Trusts};
use crate::analysis::principal::declared;
use crate::model::{Guard, Id, Role};
use crate::policy::Answer;
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "admin-role-without-mfa",
    summary: "people can assume an administrative role without multi-factor authentication",
    level: Level::Error,
    statements: &[StatementId("UB-5.2")],
    inputs: Inputs::Resources,
    page: include_str!("admin_role_without_mfa.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let trusts = Trusts::of(context.model);
    for (id, role) in context.model.roles.iter() {
        let (administrators, holder) = (context.administrators(), Holder::Role(id));
        let is_asked = administrators.is(holder) == Answer::Yes || administrators.doubt(holder).is_some();
        if is_asked && role.form.has_own_trust() {
            report(context, judge, &trusts, id, role);
        }
    }
}

/// Says what each deployment in which the role is an administrator opens to people.
fn report(context: &Context<'_>, judge: &mut Judge<'_>, trusts: &Trusts<'_>, id: Id<Role>, role: &Role) {
    let administrator = context.administrators().get(Holder::Role(id));
    let guards = administrator.map(|one| one.guards.as_slice()).unwrap_or_default();
    let differing = guards.iter().chain(role.trust.guards());
    let cases = context.model.conditions.cases(&role.declared.guard, differing, |deployment| {
        let mut undecided = None;
        if !guards.is_empty() && !guards.iter().any(|guard| deployment.keeps(guard, &mut undecided)) {
            return Access::NoPeople;
        }
        match (trusts.access(role, deployment, &context.options.users), undecided) {
            (Access::Open(opened), Some(unknown)) => Access::Unknown(unknown, opened.span),
            (access, _) => access,
        }
    });
    let before = judge.drafts.len();
    let mut is_demanded = false;
    for case in cases {
        match case.outcome {
            Access::NoPeople => {}
            Access::Demanded => is_demanded = true,
            Access::Unknown(unknown, span) => {
                let message = format!(
                    "whether people can assume the administrative role `{}` without MFA is not known",
                    name(context, id)
                );
                let span = span.unwrap_or(role.declared.span);
                judge.undetermined(&role.declared, span, message, &unknown).when_any(&case.guards);
            }
            Access::Open(opened) => open(context, judge, (id, role), &opened, &case.guards),
        }
    }
    if is_demanded && judge.drafts.len() == before {
        judge.holds();
    }
}

fn name(context: &Context<'_>, id: Id<Role>) -> String {
    declared("role", &context.model.roles, id, |role| (&role.declared, &role.name)).name.into_owned()
}

fn open(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    (id, role): (Id<Role>, &Role),
    opened: &Opened,
    guards: &[Guard],
) {
    let name = name(context, id);
    let span = opened.span.unwrap_or(role.declared.span);
    if let Some(doubt) = context.administrators().doubt(Holder::Role(id)) {
        let message = format!(
            "whether `{name}`, which people can assume without MFA, is an administrative role is not known"
        );
        let draft = judge.undetermined(&role.declared, span, message, doubt);
        draft.when_any(guards).when_any(&opened.guards);
        return;
    }
    let (why, place) = match &opened.fault {
        Some((why, place)) => (format!(": {why}"), place.unwrap_or(span)),
        None => (String::new(), span),
    };
    let message = format!("{} can assume the administrative role `{name}` without MFA{why}", opened.who);
    judge
        .violated(&role.declared, place, message)
        .when_any(guards)
        .when_any(&opened.guards)
        .label(if opened.fault.is_some() { "does not demand it" } else { "trusted without MFA" })
        .help("add the condition `Bool` with `aws:MultiFactorAuthPresent` `true` to the trust policy");
}
