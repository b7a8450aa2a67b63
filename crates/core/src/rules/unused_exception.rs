use crate::exceptions::FaultKind;
use crate::report::Level;
use crate::rule::{Check, Inputs, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "unused-exception",
    summary: "an exception is not needed",
    level: Level::Warning,
    statements: &[StatementId("UB-E1"), StatementId("FG-E1"), StatementId("UB-R2")],
    inputs: Inputs::Exceptions,
    page: include_str!("unused_exception.md"),
    check: Check::Exceptions(FaultKind::Unused),
};
