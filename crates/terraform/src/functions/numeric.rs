//! Functions on numbers.

use iamrail_core::value::{Kind, Number, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, number};
use crate::types::{Constraint, add, compare, normalize, type_name};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("abs", &[number("num")], abs),
    Function::known("ceil", &[number("num")], ceil),
    Function::known("floor", &[number("num")], floor),
    Function::known("log", &[number("num"), number("base")], log),
    Function::known("max", &[], max).with_rest(number("numbers")),
    Function::known("min", &[], min).with_rest(number("numbers")),
    Function::known("parseint", &[any("number"), number("base")], parseint),
    Function::known("pow", &[number("num"), number("power")], pow),
    Function::known("signum", &[number("num")], signum),
    Function::known("sum", &[any("list")], sum),
];

fn value(number: Number) -> Outcome {
    Ok(Value::new(Kind::Number(number)))
}

fn abs(call: &Call<'_>) -> Outcome {
    value(match call.number(0) {
        Number::Int(whole) => Number::Int(whole.saturating_abs()),
        Number::Float(number) => Number::Float(number.abs()),
    })
}

fn ceil(call: &Call<'_>) -> Outcome {
    value(match call.number(0) {
        Number::Float(number) => normalize(number.ceil()),
        whole => whole,
    })
}

fn floor(call: &Call<'_>) -> Outcome {
    value(match call.number(0) {
        Number::Float(number) => normalize(number.floor()),
        whole => whole,
    })
}

fn computed(number: f64) -> Outcome {
    if number.is_nan() { Err(Fault::call("the result is not a number")) } else { value(normalize(number)) }
}

fn log(call: &Call<'_>) -> Outcome {
    computed(call.float(0).ln() / call.float(1).ln())
}

fn pow(call: &Call<'_>) -> Outcome {
    computed(call.float(0).powf(call.float(1)))
}

fn signum(call: &Call<'_>) -> Outcome {
    Ok(Value::int(call.whole(0)?.signum()))
}

fn max(call: &Call<'_>) -> Outcome {
    let greatest = call.arguments.iter().max_by(|a, b| compare(a, b).unwrap_or(std::cmp::Ordering::Equal));
    greatest.cloned().ok_or_else(|| Fault::call("must pass at least one number"))
}

fn min(call: &Call<'_>) -> Outcome {
    let least = call.arguments.iter().min_by(|a, b| compare(a, b).unwrap_or(std::cmp::Ordering::Equal));
    least.cloned().ok_or_else(|| Fault::call("must pass at least one number"))
}

fn sum(call: &Call<'_>) -> Outcome {
    let list = call.value(0);
    let Some(items) = list.as_list() else {
        let message = match list.kind {
            Kind::Map(_) => "argument must be list, set, or tuple. Received object".to_owned(),
            _ => "cannot sum noniterable".to_owned(),
        };
        return Err(Fault::argument(0, message));
    };
    if items.items.is_empty() {
        return Err(Fault::argument(0, "cannot sum an empty list"));
    }
    let mut total = Number::Int(0);
    for item in &items.items {
        let converted = Constraint::Number.convert(item.clone()).map(|item| item.kind);
        let Ok(Kind::Number(number)) = converted else {
            return Err(Fault::argument(0, "argument must be list, set, or tuple of number values"));
        };
        total = add(total, number);
    }
    value(total)
}

fn parseint(call: &Call<'_>) -> Outcome {
    let Kind::Text(_) = call.value(0).kind else {
        let got = type_name(call.value(0));
        return Err(Fault::argument(0, format!("first argument must be a string, not {got}")));
    };
    let Number::Int(base @ 2..=62) = call.number(1) else {
        return Err(Fault::argument(1, "base must be a whole number between 2 and 62 inclusive"));
    };
    let text = call.str(0);
    let wrong = || Fault::argument(0, format!("cannot parse {text:?} as a base {base} integer"));
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let mut whole: i128 = 0;
    for letter in digits.chars() {
        let digit = digit(letter, base).ok_or_else(wrong)?;
        whole = whole.checked_mul(base).and_then(|whole| whole.checked_add(digit)).ok_or_else(wrong)?;
    }
    if digits.is_empty() {
        return Err(wrong());
    }
    value(Number::Int(if text.starts_with('-') { -whole } else { whole }))
}

/// Up to base 36 the case of letters does not matter; beyond it upper case follows lower case.
fn digit(letter: char, base: i128) -> Option<i128> {
    let digit = match letter {
        '0'..='9' => u32::from(letter) - u32::from('0'),
        'a'..='z' => u32::from(letter) - u32::from('a') + 10,
        'A'..='Z' if base <= 36 => u32::from(letter) - u32::from('A') + 10,
        'A'..='Z' => u32::from(letter) - u32::from('A') + 36,
        _ => return None,
    };
    Some(i128::from(digit)).filter(|digit| *digit < base)
}
