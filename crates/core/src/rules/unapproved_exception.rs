use crate::exceptions::FaultKind;
use crate::report::Level;
use crate::rule::{Check, Inputs, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "unapproved-exception",
    summary: "an exception is not approved by the team that owns it",
    level: Level::Error,
    statements: &[StatementId("FG-E4")],
    inputs: Inputs::Exceptions,
    page: include_str!("unapproved_exception.md"),
    check: Check::Exceptions(FaultKind::Unapproved),
};
