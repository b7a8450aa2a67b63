//! Numbers as Terraform reads and writes them.
//!
//! Terraform computes with 512 bits; here whole numbers are exact up to 127 bits and others have the precision of
//! a double. A result that needs more is none.

use iamrail_core::value::Number;

/// Doubles up to this size hold every whole number exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The number that a text is, as Terraform converts it: decimal, with fraction and exponent.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_decimal =
        digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
            && digits.bytes().any(|byte| byte.is_ascii_digit());
    if !is_decimal {
        return None;
    }
    if let Ok(whole) = text.parse::<i128>() {
        return Some(Number::Int(whole));
    }
    whole_with_exponent(text).or_else(|| text.parse().ok().map(normalize))
}

/// `1e3` and `1.50e2`, which are whole numbers, without the detour over a double.
fn whole_with_exponent(text: &str) -> Option<Number> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let shift = u32::try_from(shift).ok().filter(|&shift| shift < 40)?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    digits.checked_mul(10_i128.checked_pow(shift)?).map(Number::Int)
}

/// A double as a number: whole when it has no fraction, so that `2.0` equals `2`.
pub(crate) fn normalize(number: f64) -> Number {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and within the range that was just checked"
        )]
        return Number::Int(number as i128);
    }
    Number::Float(number)
}

/// The nearest double.
pub(crate) fn to_float(number: Number) -> f64 {
    match number {
        #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
        Number::Int(whole) => whole as f64,
        Number::Float(number) => number,
    }
}

/// The text that Terraform makes of a number: without exponent, `-0` as `0`.
pub(crate) fn format_number(number: Number) -> String {
    match number {
        Number::Float(number) if number.is_infinite() => {
            if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
        }
        number => number.to_string(),
    }
}

/// The sum of two numbers. Decimal fractions are added as such, so that 0.1 and 0.2 make 0.3, as with Terraform's
/// precision.
pub(crate) fn add(a: Number, b: Number) -> Number {
    let exact = || Decimal::of(a)?.plus(&Decimal::of(b)?)?.number();
    exact().unwrap_or_else(|| normalize(to_float(a) + to_float(b)))
}

/// The product of two numbers, of decimal fractions as such.
pub(crate) fn multiply(a: Number, b: Number) -> Number {
    let exact = || Decimal::of(a)?.times(&Decimal::of(b)?)?.number();
    exact().unwrap_or_else(|| normalize(to_float(a) * to_float(b)))
}

/// What is left of a number after division by another; all of it when that is zero.
pub(crate) fn remainder(a: Number, b: Number) -> Number {
    if to_float(b) == 0.0 {
        return a;
    }
    let exact = || Decimal::of(a)?.modulo(&Decimal::of(b)?)?.number();
    exact().unwrap_or_else(|| normalize(to_float(a) % to_float(b)))
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inexact {
    /// Zero by zero or infinity by infinity, which Terraform refuses.
    Undefined,
    /// It depends on digits that are not kept here.
    Unclear,
}

/// The quotient of two numbers. By zero everything is infinite but zero itself, which cannot be divided.
///
/// What has no end has the digits of a double, and is told by them from what has. Decimal fractions that divide without
/// rest are not clear: Terraform keeps them in bits, of which the last decides whether `0.5 / 0.01` is 50.
pub(crate) fn divide(a: Number, b: Number) -> Result<Number, Inexact> {
    let quotient = to_float(a) / to_float(b);
    if quotient.is_nan() {
        return Err(Inexact::Undefined);
    }
    if quotient.is_infinite() || to_float(a) == 0.0 {
        return Ok(normalize(quotient));
    }
    let parts = Decimal::of(a).zip(Decimal::of(b));
    match parts.as_ref().and_then(|(a, b)| a.over(b)).and_then(|quotient| quotient.number()) {
        Some(exact) if parts.is_some_and(|(a, b)| a.is_binary() && b.is_binary()) => Ok(exact),
        Some(_) => Err(Inexact::Unclear),
        None => rounded(quotient),
    }
}

/// A number of which only the first digits are known, unless it cannot be told from one that is exact.
pub(crate) fn rounded(number: f64) -> Result<Number, Inexact> {
    let is_whole = is_near(number, number.round());
    let number = Number::Float(number);
    if is_whole || !is_rounded(number) { Err(Inexact::Unclear) } else { Ok(number) }
}

/// Whether two numbers may be the same or not, by digits that are not kept.
pub(crate) fn is_close(a: Number, b: Number) -> bool {
    (is_rounded(a) || is_rounded(b)) && is_near(to_float(a), to_float(b))
}

/// Whether a number has as many digits as a double has, so that more may have been lost.
pub(crate) fn is_rounded(number: Number) -> bool {
    let Number::Float(float) = number else { return false };
    let text = format_number(number);
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    float.is_finite() && digits >= 16
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// The number with the other sign.
pub(crate) fn negate(number: Number) -> Number {
    match number {
        Number::Int(whole) => {
            whole.checked_neg().map_or_else(|| Number::Float(-to_float(number)), Number::Int)
        }
        Number::Float(number) => Number::Float(-number),
    }
}

/// A number in decimal digits.
struct Decimal {
    digits: i128,
    /// How many of the digits stand behind the point.
    places: usize,
}

impl Decimal {
    /// The number, if its digits fit.
    fn of(number: Number) -> Option<Self> {
        if let Number::Int(digits) = number {
            return Some(Self { digits, places: 0 });
        }
        let text = format_number(number);
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Some(Self { digits: text.replace('.', "").parse().ok()?, places })
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let digits = self.scaled(places)?.checked_add(other.scaled(places)?)?;
        Some(Self { digits, places })
    }

    fn times(&self, other: &Self) -> Option<Self> {
        let places = self.places + other.places;
        Some(Self { digits: self.digits.checked_mul(other.digits)?, places })
    }

    fn modulo(&self, other: &Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let digits = self.scaled(places)?.checked_rem(other.scaled(places)?)?;
        Some(Self { digits, places })
    }

    /// The quotient, if its digits have an end.
    fn over(&self, other: &Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let (above, below) = (self.scaled(places)?, other.scaled(places)?);
        let shared = i128::try_from(greatest_divisor(above.unsigned_abs(), below.unsigned_abs())).ok()?;
        let below = below.checked_div(shared.checked_mul(below.signum())?)?;
        let above = above.checked_div(shared.checked_mul(other.digits.signum())?)?;
        let (mut rest, mut twos, mut fives) = (below, 0, 0);
        while rest % 2 == 0 && rest != 0 {
            (rest, twos) = (rest / 2, twos + 1);
        }
        while rest % 5 == 0 && rest != 0 {
            (rest, fives) = (rest / 5, fives + 1);
        }
        let places = u32::max(twos, fives);
        let digits = above.checked_mul(10_i128.checked_pow(places)?)?;
        (rest == 1).then_some(())?;
        Some(Self { digits: digits.checked_div(below)?, places: usize::try_from(places).ok()? })
    }

    /// Whether the digits have an end in bits as well.
    fn is_binary(&self) -> bool {
        let fives = u32::try_from(self.places).ok().and_then(|places| 5_i128.checked_pow(places));
        fives.is_some_and(|fives| self.digits % fives == 0)
    }

    fn scaled(&self, places: usize) -> Option<i128> {
        let zeros = u32::try_from(places.checked_sub(self.places)?).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(zeros)?)
    }

    fn number(&self) -> Option<Number> {
        if self.places == 0 {
            return Some(Number::Int(self.digits));
        }
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = self.places + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - self.places)?;
        parse_number(&format!("{}{whole}.{fraction}", if self.digits < 0 { "-" } else { "" }))
    }
}

fn greatest_divisor(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::{Inexact, add, divide, format_number, multiply, parse_number};

    #[test]
    fn quotients_are_exact_or_not_clear() {
        for (a, b, quotient) in [
            ("1", "10", Ok("0.1")),
            ("-7", "2", Ok("-3.5")),
            ("6", "-2", Ok("-3")),
            ("1.5", "0.25", Ok("6")),
            ("10", "3", Ok("3.3333333333333335")),
            ("1000000000000000000000", "10", Ok("100000000000000000000")),
            ("0.3", "0.1", Err(Inexact::Unclear)),
            ("100000000000000000000", "3", Err(Inexact::Unclear)),
            ("1", "0", Ok("+Inf")),
            ("0", "0", Err(Inexact::Undefined)),
        ] {
            let [one, two] = [a, b].map(|text| parse_number(text).unwrap());
            assert_eq!(divide(one, two).map(format_number), quotient.map(str::to_owned), "{a} / {b}");
        }
    }

    #[test]
    fn decimal_fractions_add_up() {
        for (a, b, sum) in [
            ("0.1", "0.2", "0.3"),
            ("-1.5", "0.25", "-1.25"),
            ("1", "-0.5", "0.5"),
            ("1e20", "0.5", "100000000000000000000.5"),
        ] {
            let [a, b] = [a, b].map(|text| parse_number(text).unwrap());
            assert_eq!(add(a, b), parse_number(sum).unwrap());
        }
    }

    #[test]
    fn decimal_fractions_are_multiplied_without_loss() {
        for (a, b, product) in [("0.1", "3", "0.3"), ("1.15", "100", "115"), ("-0.5", "0.5", "-0.25")] {
            let [a, b] = [a, b].map(|text| parse_number(text).unwrap());
            assert_eq!(multiply(a, b), parse_number(product).unwrap());
        }
    }

    #[test]
    fn numbers_are_read_and_written_as_terraform_does() {
        for (text, expected) in [
            ("1.50", Some("1.5")),
            ("1e3", Some("1000")),
            ("1.5e1", Some("15")),
            ("-0", Some("0")),
            ("0.1", Some("0.1")),
            ("1e21", Some("1000000000000000000000")),
            ("100000000000000000000", Some("100000000000000000000")),
            ("1E-2", Some("0.01")),
            ("", None),
            ("no", None),
            ("inf", None),
            ("1e", None),
            ("--1", None),
            (" 1", None),
        ] {
            assert_eq!(parse_number(text).map(format_number).as_deref(), expected, "{text:?}");
        }
    }
}
