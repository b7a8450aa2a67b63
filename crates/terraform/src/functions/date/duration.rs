//! Durations as Go writes them: `-1h30m0.5s`.

use jiff::SignedDuration;

/// Reads a duration.
///
/// # Errors
/// Says what is wrong, in one line.
pub(super) fn parse(text: &str) -> Result<SignedDuration, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let end = rest.find(|letter| !is_number(letter)).unwrap_or(rest.len());
        let (number, behind) = rest.split_at_checked(end).unwrap_or(("", rest));
        if !number.contains(|letter: char| letter.is_ascii_digit()) {
            return Err(invalid());
        }
        let end = behind.find(is_number).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end).unwrap_or(("", behind));
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let nanoseconds =
            scale(unit).ok_or_else(|| format!("time: unknown unit {unit:?} in duration {text:?}"))?;
        total = nanoseconds_of(number, nanoseconds)
            .and_then(|amount| total.checked_add(amount))
            .ok_or_else(invalid)?;
        rest = behind;
    }
    Ok(SignedDuration::from_nanos(if is_negative { -total } else { total }))
}

/// The nanoseconds in a unit.
fn scale(unit: &str) -> Option<i64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

fn nanoseconds_of(number: &str, scale: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanoseconds = whole.checked_mul(scale)?;
    let mut unit = scale;
    for digit in fraction.chars() {
        unit /= 10;
        nanoseconds = nanoseconds.checked_add(unit.checked_mul(digit.to_digit(10)?.into())?)?;
    }
    Some(nanoseconds)
}
