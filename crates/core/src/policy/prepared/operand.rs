//! The values of conditions, compared as their operators ask.

use std::net::IpAddr;
use std::sync::Arc;

use super::operator::Test;
use crate::policy::request::{Arn, Context};
use crate::policy::wording::{Reading, Resolved, Wording};
use crate::policy::{Answer, Element};
use crate::value::Unknown;

/// A value of a condition, made ready for comparison.
#[derive(Debug)]
pub(super) enum Operand {
    /// A text or a pattern.
    Text(Wording),
    /// A pattern of ARNs: the whole, and its parts.
    Arn(Wording, Vec<Wording>),
    /// A number.
    Number(Number),
    /// A point in time.
    Date(i128),
    /// A network.
    Network(Network),
    /// None that the operator understands: it equals nothing.
    Nothing,
    /// Not known.
    Unknown(Arc<Unknown>),
}

impl Operand {
    pub(super) fn read(element: &Element, test: Test, variables: &Answer) -> Self {
        let wording = |wildcards, variables| Wording::read(&element.text, Reading { wildcards, variables });
        match test {
            Test::Text | Test::TextIgnoringCase => return Self::Text(wording(false, variables)),
            Test::Bool => {
                let text = wording(false, variables);
                let is_none = text.fixed().is_some()
                    && element.text.as_str().is_some_and(|text| Self::expected(&text, test).is_some());
                return if is_none { Self::Nothing } else { Self::Text(text) };
            }
            Test::TextLike => return Self::Text(wording(true, variables)),
            Test::Arn => {
                let whole = wording(true, variables);
                let parts = whole.segments(6);
                return Self::Arn(whole, parts);
            }
            Test::Number(_) | Test::Date(_) | Test::Binary | Test::Address | Test::Null => {}
        }
        let Some(text) = element.text.as_str() else {
            let hole = element.text.holes().next();
            return hole.map_or(Self::Nothing, |hole| Self::Unknown(Arc::clone(&hole.unknown)));
        };
        if Self::expected(&text, test).is_some() {
            return Self::Nothing;
        }
        let read = match test {
            Test::Number(_) => Number::read(&text).map(Self::Number),
            Test::Date(_) => date(&text).map(Self::Date),
            Test::Address => Network::read(&text).map(Self::Network),
            _ => Some(Self::Text(wording(false, &Answer::No))),
        };
        read.unwrap_or(Self::Nothing)
    }

    /// What a value must be for an operator that cannot read this one; `None` when it can.
    pub(super) fn expected(text: &str, test: Test) -> Option<&'static str> {
        match test {
            Test::Number(_) if Number::read(text).is_none() => Some("a number"),
            Test::Date(_) if date(text).is_none() => Some("a date or the seconds since 1970"),
            Test::Address if Network::read(text).is_none() => {
                Some("an address or a network such as `203.0.113.0/24`")
            }
            Test::Bool | Test::Null
                if !["true", "false"].iter().any(|one| text.eq_ignore_ascii_case(one)) =>
            {
                Some("`true` or `false`")
            }
            _ => None,
        }
    }

    /// Whether a value of a request passes; `None` when the operator does not understand that value.
    pub(super) fn passes(
        &self,
        test: Test,
        value: &str,
        context: &Context,
        undocumented: &Arc<Unknown>,
    ) -> Option<Answer> {
        Some(match (self, test) {
            (Self::Unknown(unknown), _) => Answer::Perhaps(Arc::clone(unknown)),
            (Self::Text(text), Test::TextIgnoringCase) => {
                let value = value.to_lowercase();
                text.resolve(context).answer(|glob| glob.to_lowercase().matches(&value))
            }
            (Self::Text(text), Test::Bool) => {
                let value = value.to_ascii_lowercase();
                if value != "true" && value != "false" {
                    return None;
                }
                text.resolve(context).answer(|glob| glob.to_lowercase().matches(&value))
            }
            (Self::Text(text), _) => text.resolve(context).answer(|glob| glob.matches(value)),
            (Self::Arn(whole, parts), _) => {
                let arn = Arn::read(value)?;
                let in_parts = parts.len() == 6
                    && parts.iter().enumerate().all(|(place, part)| match part.resolve(context) {
                        Resolved::Known(glob) if place < 5 => glob.to_lowercase().matches(arn.segment(place)),
                        Resolved::Known(glob) => glob.matches(arn.segment(place)),
                        Resolved::Unknown { .. } | Resolved::Nothing => false,
                    });
                if in_parts {
                    return Some(Answer::Yes);
                }
                let is_short = parts.len() < 6;
                match whole.resolve(context) {
                    Resolved::Known(glob) if is_short && glob.matches(value) => {
                        Answer::Perhaps(Arc::clone(undocumented))
                    }
                    Resolved::Known(_) => Answer::No,
                    other => other.answer(|glob| glob.matches(value)),
                }
            }
            (Self::Number(number), Test::Number(order)) => {
                order.holds(Number::read(value)?.compared_to(*number)?).into()
            }
            (Self::Date(point), Test::Date(order)) => order.holds(date(value)?.cmp(point)).into(),
            (Self::Network(network), _) => network.contains(value.trim().parse().ok()?).into(),
            (Self::Nothing | Self::Number(_) | Self::Date(_), _) => Answer::No,
        })
    }
}

/// A number of a policy or a request: whole ones are compared exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Other(f64),
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        text.parse().ok().filter(|number: &f64| is_decimal && number.is_finite()).map(Self::Other)
    }

    fn compared_to(self, other: Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Some(one.cmp(&other)),
            (one, other) => one.as_f64().partial_cmp(&other.as_f64()),
        }
    }

    fn as_f64(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "only numbers that are not whole are compared so")]
            Self::Whole(whole) => whole as f64,
            Self::Other(number) => number,
        }
    }
}

/// A point in time in nanoseconds since 1970: a date, a date with a time, or the seconds themselves.
pub(crate) fn date(text: &str) -> Option<i128> {
    let text = text.trim();
    const SECOND: i128 = 1_000_000_000;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() != 4 && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i128>().ok()?.checked_mul(SECOND);
    }
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp.as_nanosecond());
    }
    // The shorter forms, and those without a zone, are in UTC.
    let civil = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => format!("{text}Z"),
    };
    civil.parse::<jiff::Timestamp>().ok().map(|timestamp| timestamp.as_nanosecond())
}

/// A network of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads an address with the length of its prefix; without one, it is the address alone.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= most)?,
            None => most,
        };
        Some(Self { address, prefix })
    }

    fn contains(self, address: IpAddr) -> bool {
        let (mine, other, bits) = match (self.address, address) {
            (IpAddr::V4(mine), IpAddr::V4(other)) => {
                (u128::from(mine.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(mine), IpAddr::V6(other)) => (mine.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let host = bits - self.prefix;
        (mine ^ other).checked_shr(host).unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_forms_that_aws_documents() {
        let second = 1_577_836_801;
        for (text, expected) in [
            ("2020-01-01T00:00:01Z", Some(second)),
            ("2020-01-01T01:00:01+01:00", Some(second)),
            ("1577836801", Some(second)),
            ("2020-01-01T00:00Z", Some(second - 1)),
            ("2020-01-01", Some(second - 1)),
            ("2020-01", Some(second - 1)),
            ("2020", Some(second - 1)),
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("yesterday", None),
            ("", None),
            ("2020-13-01", None),
            ("99999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(date(text).map(|nanoseconds| nanoseconds / 1_000_000_000), expected, "{text}");
        }
    }

    #[test]
    fn networks_contain_their_addresses() {
        for (network, address, expected) in [
            ("203.0.113.0/24", "203.0.113.7", true),
            ("203.0.113.9/24", "203.0.113.7", true),
            ("203.0.113.0/24", "203.0.114.7", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:DB8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db9::1", true),
        ] {
            assert_eq!(
                Network::read(network).unwrap().contains(address.parse().unwrap()),
                expected,
                "{network}"
            );
        }
        for wrong in ["", "203.0.113.0/33", "203.0.113", "::/129", "10.0.0.0/", "any"] {
            assert_eq!(Network::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let compared = |one: &str, other: &str| Number::read(one)?.compared_to(Number::read(other)?);
        assert_eq!(compared("10", "9"), Some(std::cmp::Ordering::Greater));
        assert_eq!(compared("10.0", "10"), Some(std::cmp::Ordering::Equal));
        assert_eq!(compared("-1", "0.5"), Some(std::cmp::Ordering::Less));
        assert_eq!(
            compared("123456789012345678901", "123456789012345678902"),
            Some(std::cmp::Ordering::Less)
        );
        for wrong in ["", "ten", "NaN", "inf", "1,000"] {
            assert!(Number::read(wrong).is_none(), "{wrong}");
        }
    }
}
