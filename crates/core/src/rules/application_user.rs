use crate::analysis::principal::declared;
use crate::analysis::user_kind::{Judged, user_kinds};
use crate::model::{Case, Id, Model, User};
use crate::options::UserKind;
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "application-user",
    summary: "a user is used by an application",
    level: Level::Error,
    statements: &[StatementId("FG-P1")],
    inputs: Inputs::Resources,
    page: include_str!("application_user.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (id, user) in model.users.iter() {
        for case in user_kinds(model, &context.options.users, id, &user.declared.guard) {
            report(model, judge, id, user, &case);
        }
    }
}

fn report(model: &Model, judge: &mut Judge<'_>, id: Id<User>, user: &User, case: &Case<Judged>) {
    let judged = &case.outcome;
    if judged.kind == UserKind::Human || judged.assumed {
        judge.holds();
        return;
    }
    let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
    let message = format!("the {named} is used by an application, by {}", judged.evidence);
    judge
            .violated(&user.declared, user.declared.span, message)
            .when_any(&case.guards)
            .label("a user for an application")
            .help(
                "give the application a role instead: an instance profile, task role or execution role inside AWS; \
                 OpenID Connect for a pipeline; IAM Roles Anywhere for a server elsewhere",
            );
}
