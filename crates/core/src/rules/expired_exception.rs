use crate::exceptions::FaultKind;
use crate::report::Level;
use crate::rule::{Check, Inputs, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "expired-exception",
    summary: "the review of an exception is due",
    level: Level::Error,
    statements: &[StatementId("UB-E3"), StatementId("FG-E3")],
    inputs: Inputs::Exceptions,
    page: include_str!("expired_exception.md"),
    check: Check::Exceptions(FaultKind::Expired),
};
