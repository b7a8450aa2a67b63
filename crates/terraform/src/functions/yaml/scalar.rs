//! What plain scalars mean to Terraform: a mixture of YAML 1.1 and 1.2.

use iamrail_core::value::{Kind, Number, Text};

use crate::types::{normalize, parse_number};

/// Whether a scalar without quotes and tag is the number that is none, for which Terraform has no value.
pub(super) fn is_not_a_number(text: &str) -> bool {
    matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// The value of a scalar without quotes and tag.
pub(super) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Kind::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Kind::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Kind::Number(Number::Float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Kind::Number(Number::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    if let Some(number) = number(text) {
        return Kind::Number(number);
    }
    Kind::Text(Text::literal(date(text).as_deref().unwrap_or(text), None))
}

fn number(text: &str) -> Option<Number> {
    let in_base = |prefix: &str, base| {
        let digits = text.strip_prefix(prefix).filter(|digits| !digits.starts_with(['+', '-']))?;
        i128::from_str_radix(digits, base).ok().map(Number::Int)
    };
    in_base("0x", 16).or_else(|| in_base("0o", 8)).or_else(|| {
        // Zeros in front change nothing.
        parse_number(text).map(|number| match number {
            Number::Float(number) => normalize(number),
            whole => whole,
        })
    })
}

/// A date as a timestamp of RFC 3339, as which Terraform takes it: with a zone behind `T`, without one behind a space.
fn date(text: &str) -> Option<String> {
    let (day, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, Some((text.get(at..=at)?, text.get(at + 1..)?))),
        None => (text, None),
    };
    let [year, month, day] = numbers(day, '-')?;
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if text.find('-') != Some(4) {
        return None;
    }
    let Some((separator, time)) = time else { return Some(format!("{date}T00:00:00Z")) };
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let zone = match (separator, zone) {
        (" ", "") => "Z",
        ("T" | "t", zone) if is_zone(zone) => zone,
        _ => return None,
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':')?;
    let fits = hour < 24 && minute < 60 && second < 60;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    (fits && is_fraction).then(|| format!("{date}T{hour:02}:{minute:02}:{second:02}{zone}"))
}

/// Three numbers, the second and third of at most two digits.
fn numbers(text: &str, separator: char) -> Option<[i16; 3]> {
    let mut parts = text.split(separator);
    let mut number = |most: usize| {
        let part = parts.next().filter(|part| (1..=most).contains(&part.len()))?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let three = [number(4)?, number(2)?, number(2)?];
    parts.next().is_none().then_some(three)
}

/// `Z`, `+01:00`.
fn is_zone(text: &str) -> bool {
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    matches!(shape.as_str(), "Z" | "+00:00" | "-00:00")
}
