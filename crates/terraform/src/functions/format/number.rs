//! Numbers as Go writes them.

use iamrail_core::value::Number;

use super::super::call::Fault;
use super::verb::Verb;

/// `%d`, `%b`, `%o`, `%x` and `%X`.
pub(super) fn integer(verb: &Verb<'_>, number: Number) -> Result<String, Fault> {
    let Number::Int(whole) = number else { return Err(verb.refuses("an integer is required")) };
    let magnitude = whole.unsigned_abs();
    let (prefix, digits) = match verb.mode {
        'b' => ("0b", format!("{magnitude:b}")),
        'o' => ("0", format!("{magnitude:o}")),
        'x' => ("0x", format!("{magnitude:x}")),
        'X' => ("0X", format!("{magnitude:X}")),
        _ => ("", magnitude.to_string()),
    };
    let prefix = if verb.sharp { prefix } else { "" };
    if verb.precision == Some(0) && magnitude == 0 {
        return Ok(String::new());
    }
    let sign = sign(verb, whole < 0);
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let missing = missing(verb, sign.len() + prefix.len() + zeros + digits.len());
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    let (left, right, zeros) = (" ".repeat(left), " ".repeat(right), "0".repeat(zeros));
    Ok(format!("{left}{sign}{prefix}{zeros}{digits}{right}"))
}

/// `%e`, `%f` and `%g`.
pub(super) fn float(verb: &Verb<'_>, number: f64) -> String {
    let magnitude = number.abs();
    let digits = match verb.mode {
        _ if number.is_infinite() => "Inf".to_owned(),
        'f' => format!("{magnitude:.*}", verb.precision.unwrap_or(6)),
        'e' | 'E' => exponential(&format!("{magnitude:.*e}", verb.precision.unwrap_or(6))),
        _ => match verb.precision {
            None => general(magnitude),
            Some(precision) => general_to(magnitude, precision.max(1)),
        },
    };
    let digits = if verb.mode.is_ascii_uppercase() { digits.to_ascii_uppercase() } else { digits };
    let sign = if number.is_infinite() && number > 0.0 { "+" } else { sign(verb, number < 0.0) };
    let pad = missing(verb, sign.len() + digits.len());
    if verb.zero && number.is_finite() {
        format!("{sign}{}{digits}", "0".repeat(pad))
    } else if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(pad))
    } else {
        format!("{}{sign}{digits}", " ".repeat(pad))
    }
}

/// `%v`: all digits, with an exponent for the large and the small.
pub(super) fn shortest(number: Number) -> String {
    let sign = if crate::types::to_float(number) < 0.0 { "-" } else { "" };
    let digits = match number {
        Number::Int(whole) => scientific(&whole.unsigned_abs().to_string()),
        Number::Float(number) => general(number.abs()),
    };
    format!("{sign}{digits}")
}

fn sign(verb: &Verb<'_>, is_negative: bool) -> &'static str {
    match (is_negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn missing(verb: &Verb<'_>, length: usize) -> usize {
    verb.width.unwrap_or(0).saturating_sub(length)
}

/// Rust's `1e7` as `1e+07`.
fn exponential(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// The exponent from which on a number is written with one, when all of its digits are wanted.
const LARGE: i32 = 6;

fn general(magnitude: f64) -> String {
    let text = format!("{magnitude:e}");
    let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    if magnitude != 0.0 && !(-4..LARGE).contains(&exponent) {
        exponential(&text)
    } else {
        magnitude.to_string()
    }
}

/// A whole number of any size.
fn scientific(digits: &str) -> String {
    let exponent = digits.len() - 1;
    if i32::try_from(exponent).is_ok_and(|exponent| exponent < LARGE) {
        return digits.to_owned();
    }
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e+{exponent:0>2}")
}

/// With a number of significant digits.
fn general_to(magnitude: f64, precision: usize) -> String {
    let text = format!("{magnitude:.*e}", precision - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let last = i32::try_from(precision).unwrap_or(i32::MAX);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if exponent < -4 || exponent >= last {
        return exponential(&format!("{}e{exponent}", trimmed(mantissa)));
    }
    let decimals = usize::try_from(last - 1 - exponent).unwrap_or(0);
    trimmed(&format!("{magnitude:.decimals$}"))
}
