use crate::analysis::principal::declared;
use crate::analysis::user_kind::user_kind;
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
        let judged = user_kind(model, &context.options.users, id);
        if judged.kind == UserKind::Human || judged.assumed {
            judge.holds();
            continue;
        }
        let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
        let message = format!("the {named} is used by an application, by {}", judged.evidence);
        judge
            .violated(&user.declared, user.declared.span, message)
            .label("a user for an application")
            .help(
                "give the application a role instead: an instance profile, task role or execution role inside AWS; \
                 OpenID Connect for a pipeline; IAM Roles Anywhere for a server elsewhere",
            );
    }
}
