//! Documents as AWS hands them over: JSON, or JSON encoded for use in URLs.

use std::borrow::Cow;

use super::Document;
use crate::value::Value;

impl Document {
    /// Reads a document from its JSON, URL-encoded or not.
    ///
    /// ```
    /// use iamrail_core::policy::Document;
    /// let deny = "%7B%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D";
    /// let document = Document::from_text(&format!("%7B%22Statement%22%3A{deny}%7D"));
    /// assert!(document.problems.is_empty() && document.statements[0].is_deny());
    /// ```
    pub fn from_text(text: &str) -> Document {
        let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        Document::read(&Value::text(decoded(text).as_ref()))
    }
}

/// The text without its URL encoding, if that is what it has.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%7b")) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digits = rest.clone();
        let mut digit = || char::from(digits.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (byte, digit(), digit()) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = digits;
            }
            (b'+', ..) => bytes.push(b' '),
            (byte, ..) => bytes.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_badly_is_a_problem_of_the_document_and_nothing_worse() {
        for text in ["%7B%2", "%7B%zz%7D", "%7b", "", "%", "%7B%C3%28%7D", "{\"Statement\": 1"] {
            assert!(!Document::from_text(text).problems.is_empty(), "{text}");
        }
    }

    #[test]
    fn letters_beyond_ascii_survive_the_encoding() {
        assert_eq!(decoded("%7B%22caf%C3%A9%22+%7D"), "{\"café\" }");
        assert_eq!(decoded("{%22}"), "{%22}");
    }
}
