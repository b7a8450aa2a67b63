//! How large a document is for AWS.

use crate::value::{Kind, Map, Part, Value};

/// How deeply values are counted; what lies deeper counts as nothing.
const DEPTH: usize = 32;

/// The number of characters that a policy has at least, white space left out: texts with their quotes, and the marks between
/// them. What is not known counts as none, and of several values the shortest counts.
pub(super) fn least_size(map: &Map) -> usize {
    of_map(map, 0)
}

fn of_map(map: &Map, depth: usize) -> usize {
    let entries = map.entries.iter().map(|(key, field)| quoted(key) + 1 + of_value(&field.value, depth + 1));
    framed(entries)
}

fn of_value(value: &Value, depth: usize) -> usize {
    if depth > DEPTH {
        return 0;
    }
    match &value.kind {
        Kind::Null => 4,
        Kind::Bool(true) => 4,
        Kind::Bool(false) => 5,
        Kind::Number(number) => number.to_string().len(),
        Kind::Text(text) => {
            let literals = text.parts().iter().map(|part| match part {
                Part::Literal { text, .. } => letters(text),
                Part::Hole(_) => 0,
            });
            literals.sum::<usize>() + 2
        }
        Kind::List(list) | Kind::Set(list) => framed(list.items.iter().map(|item| of_value(item, depth + 1))),
        Kind::Map(map) => of_map(map, depth),
        Kind::Choice(choice) => {
            let sizes = choice.alternatives.iter();
            let sizes = sizes.map(|one| one.value.as_ref().map_or(0, |value| of_value(value, depth + 1)));
            sizes.min().unwrap_or_default()
        }
        Kind::Unknown(_) => 0,
    }
}

/// Brackets and commas around elements; one that may not be there has no comma either.
fn framed(sizes: impl Iterator<Item = usize>) -> usize {
    let (mut sum, mut count) = (0, 0_usize);
    for size in sizes.filter(|size| *size > 0) {
        sum += size;
        count += 1;
    }
    sum + count.saturating_sub(1) + 2
}

fn quoted(text: &str) -> usize {
    letters(text) + 2
}

fn letters(text: &str) -> usize {
    match text.is_ascii() {
        true => text.bytes().filter(|byte| !matches!(byte, b'\t'..=b'\r' | b' ')).count(),
        false => text.chars().filter(|letter| !letter.is_whitespace()).count(),
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Document;

    #[test]
    fn the_size_is_that_of_the_json_without_white_space() {
        for text in [
            "{\"Statement\":[]}",
            "{ \"Statement\" : [ { \"Effect\" : \"Allow\", \"Action\" : [\"s3:Get*\", \"s3:Put Object\"],\n \"Resource\": \"*\" } ] }",
            "{\"Statement\":{\"Condition\":{\"Bool\":{\"aws:SecureTransport\":false},\"NumericEquals\":{\"a:b\":[12,null]}}}}",
        ] {
            let expected = text.chars().filter(|letter| !letter.is_whitespace()).count();
            assert_eq!(Document::from_text(text).size, expected, "{text}");
        }
    }
}
