//! What a name that announces a secret is given as: it may be a part of one, whatever becomes of it.

use std::ops::Range;

use crate::anchor::{Anchor, anchors};
use crate::context::{Name, mentions};
use crate::plausible::changes;
use crate::run;
use crate::surroundings::indent;

/// The shortest part that is hidden.
const SHORTEST: usize = 8;
/// How far behind its name a value is read, in bytes.
const REACH: usize = 2000;
/// What names of access key ids hold.
const ACCESS_KEYS: [&[u8]; 2] = [b"access_key", b"accesskey"];

/// The parts of a text that may be parts of a credential, since the name before them announces one: what is written there as it is, in
/// quotes or not, and no name of anything else.
pub(crate) fn announced(bytes: &[u8]) -> Vec<Range<usize>> {
    let secrets = anchors(bytes).filter_map(|(start, end, anchor)| match anchor {
        Anchor::Secret => Name::of_secret(bytes, start),
        Anchor::Aws => Name::of_aws(bytes, start, end),
        _ => None,
    });
    let mut names: Vec<usize> = secrets.map(|name| name.end()).collect();
    names.extend(ACCESS_KEYS.iter().flat_map(|name| mentions(bytes, name)));
    names.sort_unstable();
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for behind in names {
        // A name in the value of another one was read with it.
        let is_read = hidden.last().is_some_and(|last| behind < last.end);
        if let Some(start) = value_of(bytes, behind).filter(|_| !is_read) {
            Reader { bytes, own: own_indent(bytes, behind), hidden: &mut hidden }.value(start);
        }
    }
    hidden
}

/// Where the value begins that a name is given, if it is given one.
fn value_of(bytes: &[u8], behind: usize) -> Option<usize> {
    let rest = bytes.get(behind..)?;
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let name = rest.iter().take_while(|byte| of_name(byte)).count();
    let marks = rest.get(name..)?;
    let closing = marks.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\t')).count();
    match marks.get(closing..)? {
        [b'=' | b':', b'=' | b'>', ..] => Some(behind + name + closing + 2),
        [b'=' | b':', ..] => Some(behind + name + closing + 1),
        _ => None,
    }
}

/// How far the line that holds an offset is indented.
fn own_indent(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    indent(before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// Where a reader is: in a text with its quote, or in an expression that one is put into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text(u8),
    Expression,
}

struct Reader<'t> {
    bytes: &'t [u8],
    /// How far the line of the name is indented.
    own: usize,
    hidden: &'t mut Vec<Range<usize>>,
}

impl Reader<'_> {
    /// Reads a value to its end: that of its line, unless brackets are open or deeper lines follow.
    fn value(&mut self, start: usize) {
        let most = self.bytes.len().min(start + REACH);
        let mut within: Vec<Within> = Vec::new();
        let (mut at, mut open) = (start, 0usize);
        while let Some(byte) = self.bytes.get(at).copied().filter(|_| at < most) {
            let next = self.bytes.get(at + 1).copied();
            at += match (within.last().copied(), byte) {
                (_, b'\\') => 2,
                // A text ends on its line; that of which the name itself is a part ends behind its value.
                (Some(Within::Text(_)), b'\n') => break,
                (None, b'"' | b'\'') if open == 0 && self.ends_word(at) => break,
                (Some(Within::Text(_)), b'$' | b'%') | (None, b'$') if next == Some(b'{') => {
                    within.push(Within::Expression);
                    2
                }
                (Some(Within::Text(quote)), _) if byte == quote => {
                    within.pop();
                    1
                }
                (Some(Within::Expression), b'}') => {
                    within.pop();
                    1
                }
                (Some(Within::Expression) | None, b'"' | b'\'') => {
                    within.push(Within::Text(byte));
                    1
                }
                (None, b'(' | b'[' | b'{') => {
                    open += 1;
                    1
                }
                // What closes or goes on is what the name itself stands in.
                (None, b')' | b']' | b'}' | b',' | b';') if open == 0 => break,
                (None, b')' | b']' | b'}') => {
                    open -= 1;
                    1
                }
                (None, b'\n') if open == 0 && !self.goes_on(at + 1) => break,
                (place, _) => self.run(at, place),
            };
        }
    }

    /// Whether something else than marks stands right before an offset.
    fn ends_word(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.bytes.get(at));
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'}' | b'+' | b'/'))
    }

    /// Whether the line that begins at an offset belongs to the value before it, as blocks of YAML do.
    fn goes_on(&self, at: usize) -> bool {
        let line = self.bytes.get(at..).unwrap_or_default();
        let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
        indent(line) > self.own && !line.contains(&b'=')
    }

    /// Hides the run of characters at an offset if it may be a part of a secret, and gives its length.
    fn run(&mut self, at: usize, place: Option<Within>) -> usize {
        let Some(run) = run::next(self.bytes, at, at + 1, 1) else { return 1 };
        let characters = run.characters.as_ref();
        let is_part = match place {
            Some(Within::Text(_)) => is_mixed(characters),
            Some(Within::Expression) => false,
            None => is_mixed(characters) && is_lively(characters),
        };
        if characters.len() >= SHORTEST && is_part {
            self.hidden.push(run.range.clone());
        }
        run.range.len().max(1)
    }
}

/// Whether characters are of more than one sort, as random ones are.
fn is_mixed(characters: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| usize::from(characters.iter().any(is));
    has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(|byte| !byte.is_ascii_alphabetic()) > 1
}

/// Whether characters are no name of anything: those are words that each begin with a capital.
fn is_lively(characters: &[u8]) -> bool {
    let turns = changes(characters, |byte| Some(byte.is_ascii_uppercase()));
    characters.iter().any(|byte| !byte.is_ascii_alphabetic()) || turns * 3 > characters.len()
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test fails by panicking")]
mod tests {
    use super::announced;

    fn hidden(text: &str) -> Vec<&str> {
        announced(text.as_bytes()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_the_name_of_a_secret_is_given_is_hidden_whatever_it_is_written_in() {
        let (a, b) = ("ce4BsYQ89C+8rwZAJ", "qvndMYQp73sFWsJKWqmnVzb");
        for text in [
            format!("  secret_key = foo(\"{a}\", \"{b}\")\n  other = \"Something1\"\n"),
            format!("  secret_key = \"{a}\" + \"{b}\"\n"),
            format!("  aws_secret_access_key = \"x${{join(\"\", [\"{a}\", var.Abc12345678])}}{b}\"\n"),
            format!(
                "  secret_key = join(\"\", [\n    \"{a}\",\n    \"{b}\",\n  ])\n  region = \"Something1\"\n"
            ),
            format!("description = \"AWS_SECRET_ACCESS_KEY={a}${{local.d}} AWS_SECRET_KEY={b}\"\n"),
            format!(
                "description = \"AWS_SECRET_KEY={a}${{x}}\"\npolicy = jsonencode({{Statement = \"{b}\"}})\nsecret_key = \"{b}\"\n"
            ),
            format!("SecretAccessKey: !Join ['', ['{a}', '{b}']]\nOther: Something1\n"),
            format!(
                "  SecretAccessKey:\n    Fn::Join:\n      - ''\n      - - {a}\n        - {b}\n  Other: Something1\n"
            ),
            format!(
                "{{\"SecretAccessKey\": {{\"Fn::Foo\": [\"{a}\", \"{b}\"]}}, \"Other\": \"Something1\"}}"
            ),
        ] {
            assert_eq!(hidden(&text), [a, b], "{text}");
        }
        assert_eq!(hidden("access_key = foo(\"AKIAZ2RMA\", \"O2TQ7VRZJD7\")"), ["AKIAZ2RMA", "O2TQ7VRZJD7"]);
    }

    #[test]
    fn names_of_other_things_are_shown() {
        for text in [
            "secret_key = aws_iam_access_key.deploy.secret\n",
            "secret_key = var.someSecretOfTheDeployment\n",
            "SecretKey: !GetAtt MyApplicationAccessKey.SecretAccessKey\n",
            "resource \"aws_iam_access_key\" \"Deployment2\" {\n",
            "SecretString: !Sub '{\"id\": \"${MyApplicationAccessKey1}\"}'\n",
        ] {
            assert_eq!(hidden(text), [""; 0], "{text}");
        }
    }
}
