//! What the resources of an exception name: subjects, files, single keys.

use std::sync::Arc;

use iamrail_credentials::{KeyId, Kind, find};

use crate::policy::Glob;
use crate::report::Finding;

/// How many digits of a commit the name of a version has.
const COMMIT: usize = 12;
/// How many hexadecimal digits a fingerprint has.
const FINGERPRINT: usize = 32;
/// What stands between the name of a file and that of a key in it.
const IN_FILE: char = '#';
/// What stands for the letters of an id that are not shown, and how it may be written.
const HIDDEN: &str = "…";
const DOTS: &str = "...";

/// What one resource of an exception names.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    name: Name,
    key: Option<NamedKey>,
}

/// A name, or a pattern of names.
#[derive(Clone, Debug)]
struct Name {
    text: Arc<str>,
    glob: Glob,
}

/// One key, in some files or wherever it stands.
#[derive(Clone, Debug)]
struct NamedKey {
    file: Option<Name>,
    /// The ends of its id as findings show them, or the fingerprint of the finding.
    called: String,
}

impl Pattern {
    pub(super) fn new(text: &Arc<str>) -> Self {
        let (file, key) = parts(text);
        let called = key.replace(DOTS, HIDDEN);
        let file = file.map(|file| Name::new(file.into()));
        let key = (is_redacted(&called) || is_fingerprint(&called)).then_some(NamedKey { file, called });
        Self { name: Name::new(Arc::clone(text)), key }
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.name.glob.has_wildcard()
    }

    /// How many of its letters are no wildcards.
    pub(super) fn letters(&self) -> usize {
        self.name.text.chars().filter(|letter| !matches!(letter, '*' | '?')).count()
    }

    /// Whether it tells no resource from any other: it has no letter and no digit.
    pub(super) fn is_everything(&self) -> bool {
        is_everything(&self.name.text)
    }

    /// Whether it is a name, or a pattern that matches it.
    pub(super) fn names(&self, name: &str) -> bool {
        self.name.is(name)
    }

    /// Whether it names a file, which may be called as a version of it is.
    pub(super) fn names_file(&self, file: &str) -> bool {
        self.name.is(file) || self.name.is(without_commit(file))
    }

    /// Whether it names the very key of a finding, where that stands in a file.
    pub(super) fn names_key(&self, finding: &Finding, file: &str) -> bool {
        let Some(NamedKey { file: within, called }) = &self.key else { return false };
        let is_within = |name: &Name| name.is(file) || name.is(without_commit(file));
        let is_called = finding.key.is_some_and(|id| id.to_string() == *called);
        within.as_ref().is_none_or(is_within) && (is_called || finding.fingerprint == *called)
    }
}

impl Name {
    fn new(text: Arc<str>) -> Self {
        Self { glob: Glob::new(&text), text }
    }

    fn is(&self, name: &str) -> bool {
        if self.glob.has_wildcard() { self.glob.matches(name) } else { *self.text == *name }
    }
}

/// Whether a pattern tells no resource from any other: it has no letter and no digit.
pub(super) fn is_everything(pattern: &str) -> bool {
    pattern.contains('*') && !pattern.contains(char::is_alphanumeric)
}

/// The key whose whole id is written where the ends of it would name it.
pub(super) fn whole_id(text: &str) -> Option<KeyId> {
    let (_, key) = parts(text);
    let is_whole = |kind: Kind, length: usize| kind == Kind::KeyId && length == key.len();
    find(key.as_bytes()).into_iter().find(|one| is_whole(one.kind, one.range.len()))?.id
}

/// The name of a file, if there is one, and what stands behind it.
fn parts(text: &str) -> (Option<&str>, &str) {
    text.rsplit_once(IN_FILE).map_or((None, text), |(file, key)| (Some(file), key))
}

/// Whether this is an id as findings show it: `AKIA…7W7M`.
fn is_redacted(key: &str) -> bool {
    let is_end =
        |end: &str| end.len() == 4 && end.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    key.split_once(HIDDEN).is_some_and(|(first, last)| is_end(first) && is_end(last))
}

fn is_fingerprint(key: &str) -> bool {
    key.len() == FINGERPRINT && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The path of a file that may be called as a version of it is: `ci/deploy.sh@0123456789ab`.
fn without_commit(file: &str) -> &str {
    match file.rsplit_once('@') {
        Some((path, commit)) if commit.len() == COMMIT && commit.bytes().all(|b| b.is_ascii_hexdigit()) => {
            path
        }
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_redacted, without_commit};

    #[test]
    fn a_version_of_a_file_is_the_file() {
        assert_eq!(without_commit("ci/deploy.sh@0123456789ab"), "ci/deploy.sh");
        assert_eq!(without_commit("ci/deploy@home"), "ci/deploy@home");
    }

    #[test]
    fn an_id_is_named_by_both_of_its_ends() {
        assert!(is_redacted("AKIA…7W7M"));
        for text in ["AKIA…", "…7W7M", "AKIA…7W7", "AKIA…7W*M", "akia…7w7m", "AKIA7W7M", ""] {
            assert!(!is_redacted(text), "{text}");
        }
    }
}
