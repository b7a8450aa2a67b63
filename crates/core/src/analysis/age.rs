//! Days, and how long ago they were.

use jiff::civil::Date;

use crate::value::{Reason, Unknown};

/// The day that a text starts with, as in `2026-01-31` or `2026-01-31T12:00:00Z`.
pub fn day(text: &str) -> Option<Date> {
    let rest = text.get(10..)?;
    let ends = rest.is_empty() || rest.starts_with(['T', 't', ' ']);
    text.get(..10).filter(|_| ends)?.parse().ok()
}

/// How many days passed from one day to another; negative when the other one comes first.
pub fn days(from: Date, to: Date) -> i64 {
    to.since(from).map_or(0, |span| i64::from(span.get_days()))
}

/// Why an age is not known when the caller names no date of the check.
pub fn without_today() -> Unknown {
    Unknown::new(Reason::NoValue, "the date of the check")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_read_whatever_the_time() {
        for text in ["2026-01-31", "2026-01-31T23:59:59Z", "2026-01-31 12:00"] {
            assert_eq!(day(text), Some(date(2026, 1, 31)), "{text}");
        }
        for text in ["", "2026-1-31", "2026-02-30", "2026-01-311", "31.01.2026", "2026-01-3é"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_in_both_directions() {
        assert_eq!(days(date(2026, 1, 31), date(2027, 1, 31)), 365);
        assert_eq!(days(date(2026, 1, 31), date(2026, 1, 1)), -30);
    }
}
