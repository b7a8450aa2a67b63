use crate::exceptions::FaultKind;
use crate::report::Level;
use crate::rule::{Check, Inputs, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "invalid-exception",
    summary: "an exception says nothing that could be honoured",
    level: Level::Error,
    statements: &[StatementId("UB-E1"), StatementId("UB-E2"), StatementId("FG-E1"), StatementId("FG-E2")],
    inputs: Inputs::Exceptions,
    page: include_str!("invalid_exception.md"),
    check: Check::Exceptions(FaultKind::Invalid),
};
