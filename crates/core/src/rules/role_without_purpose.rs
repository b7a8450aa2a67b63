use crate::analysis::principal::declared;
use crate::analysis::purpose::{Purpose, WORDS, Words};
use crate::model::{Deployment, RoleForm};
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "role-without-purpose",
    summary: "a role does not say what it is for",
    level: Level::Error,
    statements: &[StatementId("FG-M4")],
    inputs: Inputs::Resources,
    page: include_str!("role_without_purpose.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let options = &context.options.roles;
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form == RoleForm::Declared) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let words = Words { name: &role.name, description: &role.description, tags: &role.tags };
        let span = words.span().unwrap_or(role.declared.span);
        let purpose = |deployment: &Deployment| words.purpose(options, deployment);
        for case in model.conditions.cases(&role.declared.guard, &words.guards(options), purpose) {
            match &case.outcome {
                Purpose::Stated => judge.holds(),
                Purpose::Unknown(unknown) => {
                    let message = format!("whether the {named} states its purpose is not known");
                    judge.undetermined(&role.declared, span, message, unknown).when_any(&case.guards);
                }
                Purpose::Missing(why) => {
                    let tag = options.purpose_tags.first().map_or("Purpose", String::as_str);
                    let message = format!("the {named} does not say what it is for: {why}");
                    judge.violated(&role.declared, span, message).label(*why).when_any(&case.guards).help(format!(
                        "describe in at least {WORDS} words who uses the role and for what, or tag it with `{tag}`"
                    ));
                }
            }
        }
    }
}
