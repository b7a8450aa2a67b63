//! What to do about a document that cannot be read as one.

/// Words of messages, each with the way out.
const REMEDIES: [(&str, &str); 13] = [
    ("URL-encoded", "decode it: `%7B` is `{`, `%22` is `\"`; IAM's API gives documents encoded"),
    ("JSON", "write the document as one JSON object, with `Version` and `Statement`"),
    ("the policy has no `Statement`", "add `Statement` with what the policy allows or denies"),
    ("has no statement in it", "say what the policy allows or denies, or leave the policy out"),
    ("a statement must be", "write every statement as an object with `Effect`, `Action` and `Resource`"),
    ("no `Action`", "add `Action` with the actions that the statement speaks of"),
    ("no `Effect`", "add `Effect` with `Allow` or `Deny`"),
    (" and `Not", "keep one of the two"),
    ("must be `Allow` or `Deny`", "write `Allow` or `Deny`"),
    ("in it", "name at least one, or leave the statement out"),
    ("a string or a list of strings", "write a text in quotes, or a list of such"),
    (
        "condition",
        "write it as `{OPERATOR: {KEY: VALUES}}`, such as `{\"Bool\": {\"aws:SecureTransport\": \"true\"}}`",
    ),
    (
        "principal",
        "write `*`, or the kind of the principals with their list, such as `{\"AWS\": [\"111122223333\"]}`",
    ),
];

/// The way out of what a message says; empty when there is none but to take the place away.
pub(super) fn remedy(message: &str) -> &'static str {
    REMEDIES.iter().find(|(words, _)| message.contains(words)).map_or("", |(_, remedy)| remedy)
}

#[cfg(test)]
mod tests {
    use super::super::{PolicyKind, of_document};
    use crate::policy::Document;
    use crate::value::Value;

    #[test]
    fn whatever_cannot_be_read_says_what_to_do() {
        let statement = |text: &str| format!(r#"{{"Version": "2012-10-17", "Statement": {text}}}"#);
        let of = |elements: &str| {
            statement(&format!(
                r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", {elements}}}"#
            ))
        };
        for (text, message, help) in [
            ("%7B%22Version%22%3A%222012-10-17%22%7D".to_owned(), "is URL-encoded", "decode it"),
            ("".to_owned(), "is no JSON", "as one JSON object"),
            ("Version: x".to_owned(), "is no JSON", "as one JSON object"),
            ("[]".to_owned(), "no JSON object", "as one JSON object"),
            (r#""text""#.to_owned(), "a JSON string", "as one JSON object"),
            (r#"{"Version": "2012-10-17"}"#.to_owned(), "no `Statement`", "add `Statement`"),
            (statement("[]"), "no statement in it", "or leave the policy out"),
            (statement("7"), "must be an object", "write every statement as"),
            (statement(r#"["x"]"#), "must be an object", "write every statement as"),
            (statement(r#"{"Effect": "Allow", "Resource": "*"}"#), "no `Action`", "add `Action`"),
            (statement(r#"{"Action": "s3:*", "Resource": "*"}"#), "no `Effect`", "add `Effect`"),
            (
                statement(r#"{"Effect": true, "Action": "s3:*", "Resource": "*"}"#),
                "`Allow` or `Deny`",
                "write `Allow`",
            ),
            (of(r#""NotAction": "s3:*""#), "`Action` and `NotAction`", "keep one"),
            (of(r#""NotResource": "*""#), "`Resource` and `NotResource`", "keep one"),
            (of(r#""Condition": 7"#), "must be an object", "write it as"),
            (of(r#""Condition": {"Bool": 7}"#), "must be an object", "write it as"),
            (of(r#""Principal": 7"#), "a principal must be", "write `*`"),
            (
                statement(r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#),
                "has no action in it",
                "name at least one",
            ),
            (
                statement(r#"{"Effect": "Allow", "Action": {}, "Resource": "*"}"#),
                "a list of strings",
                "write a text",
            ),
        ] {
            let faults = of_document(&Document::read(&Value::text(text.as_str())), PolicyKind::Inline);
            let found = faults.iter().find(|fault| fault.message.contains(message));
            let found = found.unwrap_or_else(|| panic!("{text}: {faults:?}"));
            assert!(found.help.starts_with(help) || found.help.contains(help), "{text}: {found:?}");
        }
    }
}
