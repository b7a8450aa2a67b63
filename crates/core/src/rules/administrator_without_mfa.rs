use super::human_user_without_mfa::check_administrators;
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "administrator-without-mfa",
    summary: "an administrator can act without multi-factor authentication",
    level: Level::Error,
    statements: &[StatementId("UB-5.2")],
    inputs: Inputs::Resources,
    page: include_str!("administrator_without_mfa.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    check_administrators(context, judge);
}
