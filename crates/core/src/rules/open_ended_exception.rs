use crate::exceptions::FaultKind;
use crate::report::Level;
use crate::rule::{Check, Inputs, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "open-ended-exception",
    summary: "an exception has no end, or holds for everything",
    level: Level::Warning,
    statements: &[StatementId("UB-E3"), StatementId("FG-E3")],
    inputs: Inputs::Exceptions,
    page: include_str!("open_ended_exception.md"),
    check: Check::Exceptions(FaultKind::Open),
};
