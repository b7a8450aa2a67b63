use crate::analysis::holding::Holder;
use crate::analysis::mfa::{Access, Opened, Trusts};
use crate::analysis::principal::declared;
use crate::model::{Id, Role};
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

fn report<'a>(
    context: &Context<'a>,
    judge: &mut Judge<'_>,
    trusts: &Trusts<'a>,
    id: Id<Role>,
    role: &'a Role,
) {
    let name = declared("role", &context.model.roles, id, |role| (&role.declared, &role.name)).name;
    let guards =
        context.administrators().get(Holder::Role(id)).map(|one| one.guards.as_slice()).unwrap_or_default();
    match trusts.access(role, &context.options.users) {
        Access::NoPeople => {}
        Access::Demanded => judge.holds(),
        Access::Unknown(unknown, span) => {
            let message = format!(
                "whether people can assume the administrative role `{name}` without MFA is not known"
            );
            let span = span.unwrap_or(role.declared.span);
            judge.undetermined(&role.declared, span, message, &unknown).when_any(guards);
        }
        Access::Open(Opened { span, statement, guards: ways, .. })
            if let Some(doubt) = context.administrators().doubt(Holder::Role(id)) =>
        {
            let message = format!(
                "whether `{name}`, which people can assume without MFA, is an administrative role is not known"
            );
            let span = span.or(statement.span).unwrap_or(role.declared.span);
            judge
                .undetermined(&role.declared, span, message, doubt)
                .when_any(guards)
                .when(&statement.guard)
                .when_any(&ways);
        }
        Access::Open(Opened { who, span, statement, fault, guards: ways }) => {
            let why = fault.as_ref().map(|fault| format!(": {}", fault.explained(statement)));
            let message = format!(
                "{who} can assume the administrative role `{name}` without MFA{}",
                why.unwrap_or_default()
            );
            let place = fault.as_ref().and_then(|fault| fault.condition(statement)?.key_span);
            let span = place.or(span).or(statement.span).unwrap_or(role.declared.span);
            judge
                .violated(&role.declared, span, message)
                .when_any(guards)
                .when(&statement.guard)
                .when_any(&ways)
                .label(if fault.is_some() { "does not demand it" } else { "trusted without MFA" })
                .help(
                    "add the condition `Bool` with `aws:MultiFactorAuthPresent` `true` to the trust policy",
                );
        }
    }
}
