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

    /// A text with `${Identifier}` replaced by its value, and `&{Identifier}` by the letters and digits of its value.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut applied = Cow::Borrowed(text);
        for (name, value) in self.iter() {
            if applied.contains(&format!("${{{name}}}")) {
                applied = applied.replace(&format!("${{{name}}}"), value).into();
            }
            if applied.contains(&format!("&{{{name}}}")) {
                let value: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
                applied = applied.replace(&format!("&{{{name}}}"), &value).into();
            }
        }
        applied
    }

    fn iter(&self) -> std::slice::Iter<'_, Binding> {
        self.0.as_deref().unwrap_or_default().iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Bindings;

    #[test]
    fn inner_loops_hide_outer_ones() {
        let bindings = Bindings::default().with("A", "x.1").with("B", "y").with("B", "z");
        assert_eq!(bindings.get("B").map(|value| &**value), Some("z"));
        assert_eq!(bindings.apply("a${A}&{A}-${C}"), "ax.1x1-${C}");
    }
}
