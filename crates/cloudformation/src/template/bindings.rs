//! What the identifiers of `Fn::ForEach` stand for.

use std::borrow::Cow;
use std::sync::Arc;

/// The identifiers of all loops around something, with their values in one round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bindings(Option<Arc<[Binding]>>);

/// An identifier with its value.
type Binding = (Arc<str>, Arc<str>);

impl Bindings {
    /// Whether there is no loop.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of an identifier.
    pub(crate) fn get(&self, identifier: &str) -> Option<&Arc<str>> {
        self.iter().rev().find(|(name, _)| &**name == identifier).map(|(_, value)| value)
    }

    /// The same within one more loop.
    #[must_use]
    pub(crate) fn with(&self, identifier: &str, value: &str) -> Self {
        let bindings = self.iter().cloned().chain([(identifier.into(), value.into())]);
        Self(Some(bindings.collect()))
    }

    /// A text with `${Identifier}` replaced by its value, and `&{Identifier}` by the letters and digits of its value. What
    /// stands in a value stays as it is. `None` when it would have more than so many bytes.
    pub(crate) fn apply<'t>(&self, text: &'t str, most: usize) -> Option<Cow<'t, str>> {
        if self.is_empty() {
            return Some(Cow::Borrowed(text));
        }
        let mut applied = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = identifier(rest) {
            match self.get(name) {
                Some(value) => {
                    let (literal, sigil) = before.split_at(before.len() - 1);
                    applied.push_str(literal);
                    match sigil {
                        "$" => applied.push_str(value),
                        _ => applied.extend(value.chars().filter(char::is_ascii_alphanumeric)),
                    }
                    rest = after;
                }
                None => {
                    applied.push_str(before);
                    applied.push('{');
                    rest = rest.get(before.len() + 1..).unwrap_or_default();
                }
            }
            if applied.len() > most {
                return None;
            }
        }
        if applied.is_empty() {
            return Some(Cow::Borrowed(rest));
        }
        applied.push_str(rest);
        Some(Cow::Owned(applied))
    }

    fn iter(&self) -> std::slice::Iter<'_, Binding> {
        self.0.as_deref().unwrap_or_default().iter()
    }
}

/// The first identifier in a text that is written as one: what stands before its brace, its name, what follows it.
fn identifier(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.match_indices('{').map(|(at, _)| at);
    let mut open = open.filter(|&at| text.get(..at).is_some_and(|before| before.ends_with(['$', '&'])));
    let at = open.next()?;
    let (before, rest) = (text.get(..at)?, text.get(at + 1..)?);
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::Bindings;

    #[test]
    fn inner_loops_hide_outer_ones() {
        let bindings = Bindings::default().with("A", "x.1").with("B", "y").with("B", "z");
        assert_eq!(bindings.get("B").map(|value| &**value), Some("z"));
        assert_eq!(bindings.apply("a${A}&{A}-${C}&", 64).as_deref(), Some("ax.1x1-${C}&"));
    }

    #[test]
    fn what_stands_in_a_value_is_no_identifier() {
        let bindings = Bindings::default().with("A", "${B}${B}").with("B", "${A}${A}");
        assert_eq!(bindings.apply("${A}${${B}", 64).as_deref(), Some("${B}${B}${${A}${A}"));
        assert_eq!(bindings.apply("${A}${B}", 15), None);
    }
}
