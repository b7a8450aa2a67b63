use crate::analysis::principal::declared;
use crate::analysis::purpose::{Purpose, WORDS, Words};
use crate::model::Deployment;
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "unexplained-policy",
    summary: "a customer-managed policy does not say what it is for",
    level: Level::Warning,
    statements: &[StatementId("FG-P4")],
    inputs: Inputs::Resources,
    page: include_str!("unexplained_policy.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let options = &context.options.roles;
    // What a transform wrote has no author who could describe it.
    for (id, policy) in model.policies.iter().filter(|(_, policy)| !policy.is_made_up) {
        let named = declared("policy", &model.policies, id, |policy| (&policy.declared, &policy.name));
        let words = Words { name: &policy.name, description: &policy.description, tags: &policy.tags };
        let span = words.span().unwrap_or(policy.declared.span);
        let purpose = |deployment: &Deployment| words.purpose(options, deployment);
        for case in model.conditions.cases(&policy.declared.guard, &words.guards(options), purpose) {
            match &case.outcome {
                Purpose::Stated => judge.holds(),
                Purpose::Unknown(unknown) => {
                    let message = format!("whether the {named} says what it is for is not known");
                    judge.undetermined(&policy.declared, span, message, unknown).when_any(&case.guards);
                }
                Purpose::Missing(why) => {
                    let tag = options.purpose_tags.first().map_or("Purpose", String::as_str);
                    let message = format!("the {named} does not say what it is for: {why}");
                    judge.violated(&policy.declared, span, message).label(*why).when_any(&case.guards).help(format!(
                        "describe in at least {WORDS} words who needs the permissions and for what, or tag it with `{tag}`"
                    ));
                }
            }
        }
    }
}
