//! Names under which AWS SDKs and tools look for long-lived credentials.

use memchr::memmem;

use crate::source::Span;
use crate::value::{Flat, HOLE, Value};

/// Variables of the environment; the last two are those that the SDK for Java knows as well.
const VARIABLES: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"];
/// Members of the metadata with which `cfn-init` signs its downloads.
const OF_DOWNLOADS: [&str; 2] = ["Authentication.accessKeyId", "Authentication.secretKey"];
/// The start of the settings of Hadoop's clients of S3 (`fs.s3`, `fs.s3n`, `fs.s3a`).
const HADOOP: &str = "fs.s3";
/// How those of them end that are credentials.
const OF_HADOOP: [&str; 4] = [".access.key", ".secret.key", ".awsaccesskeyid", ".awssecretaccesskey"];
/// A session token beside a key makes it temporary.
const TOKEN: &str = "AWS_SESSION_TOKEN";
/// Names in files of configuration and on command lines. Code has variables and arguments of these names, so that only what the
/// configuration puts in counts as their value.
const WRITTEN: [&str; 8] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "fs.s3a.access.key",
    "fs.s3a.secret.key",
    "fs.s3.awsAccessKeyId",
    "fs.s3.awsSecretAccessKey",
    "fs.s3n.awsAccessKeyId",
    "fs.s3n.awsSecretAccessKey",
];
/// What stands around a name or value in a script or in JSON, which may itself be in a text.
const QUOTES: [char; 4] = ['"', '\'', '\\', ' '];

/// Whether a setting of this name is a long-lived credential: a variable, be it behind the dashes of an argument
/// (`--AWS_SECRET_ACCESS_KEY`) or behind a prefix (`spark.executorEnv.AWS_SECRET_ACCESS_KEY`), or a setting of Hadoop.
pub(super) fn is_name(name: &str) -> bool {
    let last = last(name);
    VARIABLES.iter().any(|one| one.eq_ignore_ascii_case(last))
        || OF_DOWNLOADS.contains(&name)
        || (name.contains(HADOOP) && {
            let name = name.to_ascii_lowercase();
            OF_HADOOP.iter().any(|end| name.ends_with(end))
        })
}

/// Whether a setting of this name is a session token.
pub(super) fn is_session_token(name: &str) -> bool {
    last(name).eq_ignore_ascii_case(TOKEN) || (name.contains(HADOOP) && name.ends_with(".session.token"))
}

/// A name without dashes before it, and without what it is a member of.
fn last(name: &str) -> &str {
    let name = name.trim_start_matches('-');
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// A name of a credential inside of a longer text, such as a script, that is given a value; and its place, if it has one.
pub(super) fn announced(value: &Value) -> Option<(&'static str, Option<Span>)> {
    let flat = Flat::new(value.as_text()?);
    let text = flat.text();
    let holes = text.contains(HOLE);
    let variables = VARIABLES.iter().map(|name| (*name, true));
    let written = WRITTEN.iter().filter(|_| holes).map(|name| (*name, false));
    // Most texts are shorter than a name.
    let mut names = variables.chain(written).filter(|(name, _)| name.len() < text.len());
    names.find_map(|(name, may_be_word)| {
        let at = memmem::find_iter(text.as_bytes(), name).find(|&at| {
            let (before, after) = (text.get(..at), text.get(at + name.len()..));
            before.zip(after).is_some_and(|(before, after)| is_given(before, after, may_be_word))
        })?;
        Some((name, flat.span(at, at + name.len())))
    })
}

/// Whether a name between two texts is given a value that the configuration puts in or, where that is allowed, a word.
fn is_given(before: &str, after: &str, may_be_word: bool) -> bool {
    let is_value = |text: &str| {
        let text = text.trim_start_matches(QUOTES);
        text.starts_with(HOLE)
            || (may_be_word && text.starts_with(|first: char| first.is_ascii_alphanumeric()))
    };
    let rest = after.trim_start_matches(QUOTES);
    if let Some(assigned) = rest.strip_prefix(['=', ':']) {
        return is_value(assigned);
    }
    // `aws configure set aws_secret_access_key …`
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let command = before.strip_suffix(word).unwrap_or(before).trim_end_matches([' ', '\t']);
    if command.ends_with("configure set") || command.ends_with("configure\" \"set") {
        return after.starts_with(char::is_whitespace) && is_value(after);
    }
    is_beside_value(before, rest)
}

/// Whether a name is that of a pair in JSON whose value is put in: `"name": "…", "value": "…"`, or the other way round.
fn is_beside_value(before: &str, rest: &str) -> bool {
    let start = before.trim_end_matches(QUOTES);
    let Some(start) = start.strip_suffix(':').and_then(|start| member(start, "name")) else { return false };
    let follows = || {
        let rest = rest
            .strip_prefix(',')?
            .trim_start_matches(|one: char| QUOTES.contains(&one) || one.is_whitespace());
        let key = rest.get(.."value".len()).filter(|key| key.eq_ignore_ascii_case("value"))?;
        let rest = rest.strip_prefix(key)?;
        let rest = rest.strip_prefix("From").unwrap_or(rest).trim_start_matches(QUOTES).strip_prefix(':')?;
        Some(rest.trim_start_matches(QUOTES).starts_with(HOLE))
    };
    let precedes = || {
        let is_space = |one: char| QUOTES.contains(&one) || one.is_whitespace();
        let start = start.trim_end_matches(is_space).strip_suffix(',')?.trim_end_matches(is_space);
        let start = start.strip_suffix(HOLE)?.trim_end_matches(QUOTES).strip_suffix(':')?;
        member(start, "value").or_else(|| member(start, "valueFrom"))
    };
    follows().unwrap_or(false) || precedes().is_some()
}

/// What stands before the name of a member at the end of a text, whatever the case of its letters.
fn member<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let text = text.trim_end_matches(QUOTES);
    let (before, last) = text.split_at_checked(text.len().checked_sub(name.len())?)?;
    last.eq_ignore_ascii_case(name).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::{HOLE, is_given, is_name};

    #[test]
    fn names_of_arguments_members_and_hadoop_are_those_of_credentials() {
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "--aws_secret_access_key",
            "spark.executorEnv.AWS_ACCESS_KEY_ID",
            "fs.s3a.secret.key",
            "spark.hadoop.fs.s3a.bucket.logs.access.key",
            "fs.s3n.awsSecretAccessKey",
            "AWS_SECRET_KEY",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["fs.s3a.endpoint", "--key", "secretKey", "AWS_SECRET_ACCESS_KEY_ARN", "app.secret.key"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_name_in_a_text_is_given_a_value_by_assignments_commands_and_pairs() {
        let given = |text: &str, name: &str| {
            let text = text.replace('@', &HOLE.to_string());
            let (before, after) = text.split_once(name).expect("the name is there");
            is_given(before, after, name.starts_with('A'))
        };
        for text in [
            "aws configure set aws_secret_access_key @",
            "aws configure set profile.ci.aws_secret_access_key '@'",
            "aws_secret_access_key = @",
            r#"{\"name\":\"aws_secret_access_key\",\"value\":\"@\"}"#,
            r#"{"Name": "aws_secret_access_key", "Value": "@"}"#,
            r#"{"Value": "@", "Name": "aws_secret_access_key"}"#,
        ] {
            assert!(given(text, "aws_secret_access_key"), "{text}");
        }
        for text in [
            "client(aws_secret_access_key=credentials.secret)",
            "aws configure set aws_secret_access_key $(cat @)",
            "aws configure get aws_secret_access_key @",
            r#"{"Name": "aws_secret_access_key"}, {"Value": "@"}"#,
            r#"{"Value": "@"}, {"Name": "aws_secret_access_key"}"#,
        ] {
            assert!(!given(text, "aws_secret_access_key"), "{text}");
        }
        assert!(given("export AWS_SECRET_ACCESS_KEY=x", "AWS_SECRET_ACCESS_KEY"));
        assert!(!given("export AWS_SECRET_ACCESS_KEY=$(cat @)", "AWS_SECRET_ACCESS_KEY"));
    }
}
