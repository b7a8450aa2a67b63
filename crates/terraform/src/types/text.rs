//! Texts as Terraform keeps them.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Whether a text may begin with what belongs to the letter before it.
pub(crate) fn continues_letter(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|first| !first.is_ascii() && is_nfc_quick(std::iter::once(first)) != IsNormalized::Yes)
}

/// The text with every letter in its composed form: to Terraform, `e` with an accent behind it and `é` are the same.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}
