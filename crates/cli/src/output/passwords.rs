//! Passwords that a text tells to be some: in the address of a server, or as the value of a name such as `password`.
//!
//! They are no credentials of AWS, and no finding. They stand on lines that are shown for another reason.

use std::ops::Range;

use super::excerpt::floor;

/// How the names of secrets end, in small letters without what stands between words. `token_url` names something else.
const NAMES: [&str; 9] =
    ["password", "passwd", "passphrase", "pwd", "secret", "secretkey", "secretaccesskey", "apikey", "token"];
/// How far before what separates a name from its value the name is looked for, in bytes.
const LONGEST_NAME: usize = 100;
/// How values begin that say where the secret is.
const REFERENCES: [&str; 8] = ["arn:", "{{", "${", "$", "!", "<", "var.", "data."];
/// Values that are no secrets.
const WORDS: [&str; 7] = ["true", "false", "yes", "no", "null", "none", "~"];

/// The passwords in addresses, such as of `postgres://user:password@host`.
pub(super) fn in_addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`');
    for (at, mark) in text.match_indices("://") {
        let start = at + mark.len();
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let authority = rest.get(..rest.iter().position(ends).unwrap_or(rest.len())).unwrap_or_default();
        let user = memchr::memrchr(b'@', authority).and_then(|end| authority.get(..end)).unwrap_or_default();
        if let Some(colon) = memchr::memchr(b':', user) {
            found.extend(without_holes(text, start + colon + 1..start + user.len()));
        }
    }
    found
}

/// The values of names that say that they are secret: quoted ones, and those that stand behind the name without a space before them.
pub(super) fn behind_names(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut behind = 0;
        for (separator, _) in line.match_indices([':', '=']) {
            let start = floor(line, separator.saturating_sub(LONGEST_NAME));
            let is_value =
                separator >= behind && is_of_secret(line.get(start..separator).unwrap_or_default());
            if let Some(value) = is_value.then(|| value(line, separator)).flatten() {
                behind = value.end;
                found.extend(without_holes(text, at + value.start..at + value.end));
            }
        }
        at += line.len();
    }
    found
}

/// Whether a text ends with a name that says that its value is secret.
fn is_of_secret(text: &str) -> bool {
    let of_value = |c: char| matches!(c, '"' | '\'' | '\\' | ' ' | '\t' | ':' | '=' | ']');
    let text = text.trim_end_matches(of_value);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = text.rsplit(|c| !is_name(c)).next().unwrap_or_default();
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.iter().any(|end| plain.to_ascii_lowercase().ends_with(end))
}

/// The value behind what separates it from its name, if it is written there.
fn value(line: &str, separator: usize) -> Option<Range<usize>> {
    let behind = line.get(separator + 1..)?;
    let marks = behind.trim_start_matches(['=', '>', ':']);
    let rest = marks.trim_start_matches([' ', '\t', '\\']);
    let start = line.len() - rest.len();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = match quote {
        Some(quote) => start + 1..start + 1 + rest.get(1..)?.find(quote)?,
        None => {
            // In YAML a space follows the colon, in the settings of a shell nothing the equals sign. Elsewhere that is an expression.
            let is_yaml = line.get(separator..)?.starts_with(": ");
            let is_setting = line.get(separator..=separator) == Some("=") && rest.len() == behind.len();
            let length = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\''));
            (is_yaml || is_setting).then(|| start..start + length.unwrap_or(rest.len()))?
        }
    };
    let text = line.get(value.clone())?.trim_end_matches('\\');
    let is_secret = !text.is_empty()
        && !REFERENCES.iter().any(|one| text.starts_with(one))
        && !WORDS.iter().any(|one| text.eq_ignore_ascii_case(one));
    (is_secret || quote.is_some() && text.starts_with("${")).then(|| value.start..value.start + text.len())
}

/// The parts of a range that no expression takes the place of.
fn without_holes(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) {
        let hole = rest.find("${").unwrap_or(rest.len());
        parts.push(at..at + hole);
        at +=
            hole + rest.get(hole..).and_then(|hole| hole.find('}')).map_or(rest.len() - hole, |end| end + 1);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{behind_names, in_addresses};

    fn hidden(text: &str, find: fn(&str) -> Vec<std::ops::Range<usize>>) -> Vec<&str> {
        find(text).into_iter().filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn passwords_in_addresses_are_told_and_ports_and_expressions_are_none() {
        for (text, expected) in [
            ("url = \"postgres://app:hunter2@db.internal:5432/x\"", &["hunter2"][..]),
            ("amqps://a:p@ss:w@host https://b:c@d", &["p@ss:w", "c"]),
            ("redis://:hunter2@host", &["hunter2"]),
            ("mysql://${var.user}:pre${var.password}post@${var.host}/x", &["pre", "post"]),
            ("https://host:8080/a@b http://user@host \"s3://b\":c@d git@github.com:a/b", &[]),
        ] {
            assert_eq!(hidden(text, in_addresses), expected, "{text}");
        }
    }

    #[test]
    fn values_of_names_of_secrets_are_told_and_references_are_none() {
        for (text, expected) in [
            ("  password = \"hunter2\" # x", &["hunter2"][..]),
            ("DbPassword: hunter2\nName: db", &["hunter2"]),
            ("{\"api_key\": \"a b\", \"name\": \"n\"}", &["a b"]),
            ("\\\"client_secret\\\":\\\"abc\\\"", &["abc"]),
            ("ENV TOKEN=abc NAME=x", &["abc"]),
            ("auth_token: 'it is', DB_PASSWORD => \"x\"", &["it is", "x"]),
            ("environment[\"PASSWORD\"] = \"x\"", &["x"]),
            ("password = \"${local.a}-tail\"", &["-tail"]),
            ("password = var.password\npassword = random_password.p.result", &[]),
            ("Password: !Ref P\nSecret: {{resolve:ssm:x}}\nServiceToken: arn:aws:lambda:x", &[]),
            ("manage_master_user_password = true\nGenerateSecret: false\nsecret_name: n", &[]),
            (
                "token_url = \"https://x\"\nvariable \"password\" {\nActions: [secretsmanager:GetSecretValue]",
                &[],
            ),
            ("default = \"x\"\npassword = \"\"\nexport TOKEN=$OTHER", &[]),
        ] {
            assert_eq!(hidden(text, behind_names), expected, "{text}");
        }
    }
}
