//! Operators of conditions.

/// An operator with what stands before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    /// What is to be compared, and how.
    pub(super) test: Test,
    /// Whether it holds when the values differ.
    pub(super) negated: bool,
    /// Whether it holds when the request does not have the key.
    pub(super) if_exists: bool,
    /// How many of the values of the request must pass.
    pub(super) quantity: Quantity,
}

/// How many of the values of a key must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// The only one.
    Single,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// The same text.
    Text,
    /// The same text whatever the case.
    TextIgnoringCase,
    /// A text of a pattern.
    TextLike,
    /// A number in this order to the one of the policy.
    Number(Order),
    /// A point in time in this order to the one of the policy.
    Date(Order),
    /// The same truth value.
    Bool,
    /// The same bytes.
    Binary,
    /// An address in a network.
    Address,
    /// An ARN of a pattern.
    Arn,
    /// Whether the request has the key at all.
    Null,
}

/// An order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(super) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Operator {
    /// Whether a key with several values passes nothing, because one value is asked for.
    pub(super) fn asks_for_one(self) -> bool {
        self.quantity == Quantity::Single && self.test != Test::Null
    }

    /// Reads an operator; `None` when there is no such.
    pub(super) fn read(text: &str) -> Option<Self> {
        let folded = text.to_ascii_lowercase();
        let (quantity, rest) = match folded.split_once(':') {
            None => (Quantity::Single, folded.as_str()),
            Some(("forallvalues", rest)) => (Quantity::All, rest),
            Some(("foranyvalue", rest)) => (Quantity::Any, rest),
            Some(_) => return None,
        };
        if rest == "null" {
            return Some(Self { test: Test::Null, negated: false, if_exists: false, quantity });
        }
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let (test, negated) = match name {
            "stringequals" => (Test::Text, false),
            "stringnotequals" => (Test::Text, true),
            "stringequalsignorecase" => (Test::TextIgnoringCase, false),
            "stringnotequalsignorecase" => (Test::TextIgnoringCase, true),
            "stringlike" => (Test::TextLike, false),
            "stringnotlike" => (Test::TextLike, true),
            "bool" => (Test::Bool, false),
            "binaryequals" => (Test::Binary, false),
            "ipaddress" => (Test::Address, false),
            "notipaddress" => (Test::Address, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            _ => {
                let (test, name) = match (name.strip_prefix("numeric"), name.strip_prefix("date")) {
                    (Some(name), _) => (Test::Number as fn(Order) -> Test, name),
                    (None, Some(name)) => (Test::Date as fn(Order) -> Test, name),
                    (None, None) => return None,
                };
                let (order, negated) = match name {
                    "equals" => (Order::Equal, false),
                    "notequals" => (Order::Equal, true),
                    "lessthan" => (Order::Less, false),
                    "lessthanequals" => (Order::LessOrEqual, false),
                    "greaterthan" => (Order::Greater, false),
                    "greaterthanequals" => (Order::GreaterOrEqual, false),
                    _ => return None,
                };
                (test(order), negated)
            }
        };
        Some(Self { test, negated, if_exists, quantity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_read_with_all_that_belongs_to_them() {
        let read =
            |text: &str| Operator::read(text).map(|one| (one.test, one.negated, one.if_exists, one.quantity));
        for (text, expected) in [
            ("StringEquals", Some((Test::Text, false, false, Quantity::Single))),
            ("stringnotlikeifexists", Some((Test::TextLike, true, true, Quantity::Single))),
            ("ForAnyValue:BoolIfExists", Some((Test::Bool, false, true, Quantity::Any))),
            ("ForAllValues:ArnNotEquals", Some((Test::Arn, true, false, Quantity::All))),
            ("DateLessThanEquals", Some((Test::Date(Order::LessOrEqual), false, false, Quantity::Single))),
            ("NumericNotEquals", Some((Test::Number(Order::Equal), true, false, Quantity::Single))),
            ("Null", Some((Test::Null, false, false, Quantity::Single))),
            ("NullIfExists", None),
            ("StringContains", None),
            ("ForSomeValues:StringEquals", None),
            ("NumericLike", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
