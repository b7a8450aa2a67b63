//! Functions for upper and lower case.

use super::call::Call;
use super::function::{Function, Outcome, text};
use super::pieces;
use iamrail_core::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::partly("lower", &[text("str")], lower),
    Function::known("title", &[text("str")], title),
    Function::partly("upper", &[text("str")], upper),
];

fn lower(call: &Call<'_>) -> Outcome {
    let changed = |text: &str| text.chars().map(lower_letter).collect();
    Ok(call.derive_text(pieces::map_literals(&call.text(0), changed)))
}

fn upper(call: &Call<'_>) -> Outcome {
    let changed = |text: &str| text.chars().map(upper_letter).collect();
    Ok(call.derive_text(pieces::map_literals(&call.text(0), changed)))
}

fn title(call: &Call<'_>) -> Outcome {
    let mut within = false;
    let titled: String = call
        .str(0)
        .chars()
        .map(|letter| {
            let first = !within;
            within = !is_separator(letter);
            if first { upper_letter(letter) } else { letter }
        })
        .collect();
    Ok(Value::text(titled))
}

/// Go maps letters one to one: `ß` has no upper case, and `İ` loses its dot.
fn upper_letter(letter: char) -> char {
    let mut mapped = letter.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) => upper,
        _ => letter,
    }
}

fn lower_letter(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// What Go takes for the border of a word.
fn is_separator(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_alphanumeric() && letter != '_';
    }
    !letter.is_alphabetic() && letter.is_whitespace()
}
