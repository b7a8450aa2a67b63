//! Lists of names in messages: the first few, and how many more there are.

/// How many names are written.
const NAMED: usize = 3;

/// "a, b and c"; of more, the first three and the number of the others.
pub(crate) fn enumerated(names: &[String]) -> String {
    match names.get(NAMED..) {
        Some([_, ..]) => {
            let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            format!("{} and {} more", first.join(", "), names.len() - NAMED)
        }
        _ => match names {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        },
    }
}

/// The same of names in backticks.
pub(crate) fn quoted<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    enumerated(&quoted)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn of_many_names_the_first_are_written() {
        for (count, expected) in [
            (0, ""),
            (1, "`1`"),
            (2, "`1` and `2`"),
            (3, "`1`, `2` and `3`"),
            (4, "`1`, `2`, `3` and 1 more"),
            (9, "`1`, `2`, `3` and 6 more"),
        ] {
            assert_eq!(quoted(1..=count), expected);
        }
    }
}
