//! What operators can read, for those who look for faults.

use super::condition::Condition;
use super::operand::Operand;
use super::operator::{Operator, Test};
use crate::model::Guard;
use crate::policy::{Answer, Condition as Written};

/// The operators that AWS has, without set qualifier and `IfExists`.
pub(in crate::policy) const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

/// Whether AWS has an operator.
pub(in crate::policy) fn is_operator(name: &str) -> bool {
    Operator::read(name).is_some()
}

/// Whether a value of an operator may have variables. AWS's pages do not agree on `Bool`, which therefore may.
pub(in crate::policy) fn takes_variables(operator: &str) -> bool {
    Operator::read(operator).is_some_and(|operator| match operator.test {
        Test::Text | Test::TextIgnoringCase | Test::TextLike | Test::Arn | Test::Bool => true,
        Test::Number(_) | Test::Date(_) | Test::Binary | Test::Address | Test::Null => false,
    })
}

/// What the values of an operator must be, when this one is none; `None` when it is one.
pub(in crate::policy) fn expected(operator: &str, text: &str) -> Option<&'static str> {
    Operand::expected(text, Operator::read(operator)?.test)
}

/// Whether a condition holds for no request, whatever is in it: because of its operator, its key, or its values.
pub(in crate::policy) fn is_void(condition: &Written, variables: &Answer) -> bool {
    Condition::read(condition, &Guard::always(), variables).is_void
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_one_in_all_its_forms() {
        for name in OPERATORS {
            assert!(is_operator(name) && is_operator(&format!("ForAnyValue:{name}")), "{name}");
            assert_eq!(is_operator(&format!("{name}IfExists")), name != "Null", "{name}");
        }
    }
}
