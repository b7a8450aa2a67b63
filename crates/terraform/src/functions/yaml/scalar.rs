//! What plain scalars mean to Terraform: a mixture of YAML 1.1 and 1.2.

use iamrail_core::value::{Kind, Number, Text};

use crate::types::{normalize, parse_number};

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

/// A date as a timestamp of RFC 3339, as which Terraform takes it.
fn date(text: &str) -> Option<String> {
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    if shape == "0000-00-00" {
        return text.parse::<jiff::civil::Date>().ok().map(|_| format!("{text}T00:00:00Z"));
    }
    let (day, time) = text.split_once(['T', 't', ' ']).filter(|_| shape.starts_with("0000-00-00"))?;
    day.parse::<jiff::civil::Date>().ok()?;
    let (clock, offset) = time.split_at_checked(time.find(['Z', 'z', '+', '-'])?)?;
    let clock = clock.trim_end().split('.').next()?;
    clock.parse::<jiff::civil::Time>().ok()?;
    Some(format!("{day}T{clock}{}", offset.to_ascii_uppercase()))
}
