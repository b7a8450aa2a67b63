//! Numbers of things in sentences.

/// A number of things, with the word for them: "1 finding", "2 findings".
pub(crate) fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
