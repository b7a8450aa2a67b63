//! Timestamps of RFC 3339, as strictly as Terraform reads them.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The point in time from which others are counted.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time, and the offset in which it is written. Its date may be one that the calendar of UTC has no year
/// for any more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    local: DateTime,
    /// Where it is seen from.
    pub(super) offset: Offset,
}

impl Moment {
    /// The date and the time of day.
    pub(super) fn local(&self) -> DateTime {
        self.local
    }

    /// The same, so much later; `None` when there is no such date.
    pub(super) fn after(self, duration: SignedDuration) -> Option<Self> {
        let local = self.local.checked_add(duration).ok()?;
        Some(Self { local, ..self })
    }

    /// How long after the epoch it is.
    pub(super) fn since_epoch(&self) -> SignedDuration {
        self.local.duration_since(EPOCH) - SignedDuration::from_secs(self.offset.seconds().into())
    }

    /// As text, without fractions of seconds.
    pub(super) fn to_text(self) -> String {
        let local = self.local();
        let offset = if self.offset.is_zero() { "Z".to_owned() } else { self.offset_text(":") };
        let (year, month, day) = (local.year(), local.month(), local.day());
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{offset}")
    }

    /// The offset: `+02:00`.
    pub(super) fn offset_text(&self, separator: &str) -> String {
        let seconds = self.offset.seconds();
        let minutes = seconds.unsigned_abs() / 60;
        let sign = if seconds < 0 { '-' } else { '+' };
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }
}

/// Reads a timestamp.
///
/// # Errors
/// Says what is wrong, in one line.
pub(super) fn parse(text: &str) -> Result<Moment, String> {
    let mut reader = Reader { rest: text };
    reader.moment().map_err(|message| format!("not a valid RFC3339 timestamp: {message}"))
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn moment(&mut self) -> Result<Moment, String> {
        let year = self.digits(4, "year")?;
        self.expect("-")?;
        let month = self.digits(2, "month")?;
        self.expect("-")?;
        let day = self.digits(2, "day")?;
        if !self.rest.starts_with('T') {
            return Err("missing required time introducer 'T'".to_owned());
        }
        self.expect("T")?;
        let hour = self.digits(2, "hour")?;
        self.expect(":")?;
        let minute = self.digits(2, "minute")?;
        self.expect(":")?;
        let second = self.digits(2, "second")?;
        let nanosecond = self.fraction()?;
        let offset = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("cannot use {:?} as timestamp segment", self.rest));
        }
        for (value, most, name) in [(hour, 23, "hour"), (minute, 59, "minute"), (second, 59, "second")] {
            if value > most {
                return Err(format!("{name} must be between 0 and {most} inclusive"));
            }
        }
        let small = |value: u32| i8::try_from(value).unwrap_or(i8::MAX);
        let local = DateTime::new(
            i16::try_from(year).unwrap_or(i16::MAX),
            small(month),
            small(day),
            small(hour),
            small(minute),
            small(second),
            nanosecond,
        );
        let wrong = if (1..=12).contains(&month) { "day out of range" } else { "month out of range" };
        let local = local.map_err(|_| wrong.to_owned())?;
        Ok(Moment { local, offset })
    }

    fn digits(&mut self, count: usize, name: &str) -> Result<u32, String> {
        if self.rest.is_empty() {
            return Err(format!("end of string before {name}"));
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at_checked(digits).unwrap_or(("", self.rest));
        if digits != count {
            return Err(match digits {
                0 => format!("cannot use {:?} as {name}", self.rest),
                _ => format!("{name} must have exactly {} digits", if count == 4 { "four" } else { "two" }),
            });
        }
        self.rest = rest;
        number.parse().map_err(|_| format!("cannot use {number:?} as {name}"))
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        if self.rest.is_empty() {
            return Err(format!("end of string where {expected:?} is expected"));
        }
        self.rest = self
            .rest
            .strip_prefix(expected)
            .ok_or_else(|| format!("found {:?} where {expected:?} is expected", self.rest))?;
        Ok(())
    }

    /// Nanoseconds behind a point.
    fn fraction(&mut self) -> Result<i32, String> {
        let Some(rest) = self.rest.strip_prefix('.') else { return Ok(0) };
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at_checked(count).unwrap_or(("", rest));
        if digits.is_empty() {
            return Err(format!("cannot use {:?} as timestamp segment", self.rest));
        }
        self.rest = rest;
        let nanoseconds: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
        Ok(nanoseconds.parse().unwrap_or(0))
    }

    fn offset(&mut self) -> Result<Offset, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(Offset::UTC);
        }
        let sign = match self.rest.chars().next() {
            None => return Err("end of string before UTC offset".to_owned()),
            Some('+') => 1,
            Some('-') => -1,
            Some(_) => return Err(format!("cannot use {:?} as UTC offset", self.rest)),
        };
        self.rest = self.rest.trim_start_matches(['+', '-']);
        let hours = self.digits(2, "UTC offset")?;
        self.expect(":")?;
        let minutes = self.digits(2, "UTC offset")?;
        let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or(i32::MAX);
        let offset = Offset::from_seconds(sign * seconds).ok().filter(|_| hours < 24 && minutes < 60);
        offset.ok_or_else(|| "UTC offset out of range".to_owned())
    }
}
