//! Names that announce a secret, and where their value stands.

use std::ops::Range;

use crate::anchor::{Anchor, anchors};
use crate::escape;
use crate::key_id::{self, PREFIXES};
use crate::surroundings::{indent, is_about_aws};

/// How far behind its name a value may end, in bytes.
const REACH: usize = 400;
/// How far behind a name that begins a block the value may stand, such as the default of a variable.
const BLOCK: usize = 1000;
/// How far before its name a value may stand, where the name is written as a value itself.
const BEFORE_NAME: usize = 160;
/// How far before the word `secret` the word `aws` may stand, on the same line.
const BEFORE: usize = 40;
/// How far before a secret the access key of another service may stand.
const OTHERS: usize = 200;
/// How far behind a secret it may stand, with a session token between them.
const OTHERS_BEHIND: usize = 2000;
/// How long the rest of a name may be.
const LONGEST_NAME: usize = 32;

/// What a secret is called besides `secret`, written together in small letters: what follows the word.
const REST: [&[u8]; 6] = [b"", b"key", b"accesskey", b"access", b"value", b"keyvalue"];
/// The words before `secret` in names that may be those of AWS. A `client_secret` is another one.
const FIRST: [&[u8]; 13] = [
    b"access",
    b"accesskey",
    b"account",
    b"amazon",
    b"cloud",
    b"credentials",
    b"default",
    b"iam",
    b"key",
    b"my",
    b"s3",
    b"the",
    b"user",
];
/// What the name of an access key ends with, written together in small letters.
const ACCESS_KEYS: [&[u8]; 3] = [b"accesskey", b"accesskeyid", b"accessid"];
/// Services of AWS that names of secrets are called after, as whole words.
const SERVICES: [&[u8]; 10] = [
    b"cloudfront",
    b"cloudwatch",
    b"dynamodb",
    b"ec2",
    b"kinesis",
    b"route53",
    b"ses",
    b"sns",
    b"sqs",
    b"sts",
];
/// The words right before `secret` in the names of other secrets, whatever stands before them.
const OTHER_SECRETS: [&[u8]; 7] =
    [b"client", b"cookie", b"jwt", b"oauth", b"session", b"signing", b"webhook"];
/// What a value is called that has its name elsewhere.
const LABELS: [&[u8]; 12] = [
    b"content",
    b"data",
    b"default",
    b"defaultvalue",
    b"literal",
    b"parametervalue",
    b"plaintext",
    b"secretstring",
    b"string",
    b"stringvalue",
    b"text",
    b"value",
];
/// What else stands between a name and its value.
const FILLERS: [&[u8]; 14] = [
    b"access",
    b"cdata",
    b"const",
    b"env",
    b"equals",
    b"get",
    b"id",
    b"is",
    b"key",
    b"name",
    b"optional",
    b"or",
    b"str",
    b"type",
];

/// A name that announces a secret.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// Where the word begins by which it was recognised.
    word: usize,
    /// The offset behind it.
    end: usize,
    says: Says,
    /// Whether it is the very name that AWS gives a secret access key.
    pub(crate) is_exact: bool,
    /// Where the value ends that follows it at once.
    line: usize,
    /// Where the value may stand.
    pub(crate) window: Range<usize>,
}

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// It can be nothing but a secret access key of AWS, and all that its line holds may be the value.
    Key,
    /// A secret of AWS, which is the value that belongs to it.
    Secret,
    /// A secret key of something.
    SomeKey,
    /// A secret of something.
    SomeSecret,
}

impl Name {
    /// The name with `secret` in it, in any case. `at` is the offset behind the first letter of it.
    pub(crate) fn of_secret(bytes: &[u8], at: usize) -> Option<Self> {
        let start = at.checked_sub(1).filter(|start| matches!(bytes.get(*start), Some(b's' | b'S')))?;
        let behind = at + 5;
        let before = escape::unquoted(bytes.get(start.saturating_sub(BEFORE)..start)?);
        let line = before.rsplit(|byte| matches!(byte, b'\n' | b'}')).next()?;
        let key = key_in(bytes, behind);
        let between = key.and_then(|key| bytes.get(behind..key)).unwrap_or_default();
        // What is given an access key before it on the line is a neighbour.
        let own = line.rsplit(|byte| matches!(byte, b',' | b';' | b'{')).next()?;
        if key.is_some()
            && (contains(between, b"access") || contains(line, b"aws") || contains(own, b"access"))
        {
            let name = Self::new(bytes, start, key? + 3, Says::Key);
            return Some(Self { is_exact: written_together(between) == b"access", ..name });
        }
        let end = match key {
            // Spaces are a part of a name only in prose.
            Some(key) if between.contains(&b' ') => key + 3,
            _ => behind + name_from(bytes, behind).len(),
        };
        let rest = written_together(bytes.get(behind..end)?);
        if !REST.contains(&rest.as_slice()) {
            return None;
        }
        let before = name_to(line);
        if OTHER_SECRETS.contains(&last_word(before).as_slice()) {
            return None;
        }
        if contains(before, b"aws") || contains(before, b"s3") || contains(before, b"amazon") {
            return Some(Self::new(bytes, start, end, Says::Secret));
        }
        let is_key = rest.ends_with(b"key");
        if names_service(path_to(line), is_key) {
            return Some(Self::new(bytes, start, end, Says::Secret));
        }
        let first = written_together(before.rsplit(|byte| *byte == b'.').next()?);
        let says = if is_key { Says::SomeKey } else { Says::SomeSecret };
        (first.is_empty() || FIRST.contains(&first.as_slice())).then(|| Self::new(bytes, start, end, says))
    }

    /// The name of `aws` that has `key` in it, or credentials; `start` and `behind` are the offsets of `aws` and behind it.
    pub(crate) fn of_aws(bytes: &[u8], start: usize, behind: usize) -> Option<Self> {
        // The module of a class, as in Ruby.
        let behind = behind + if bytes.get(behind..)?.starts_with(b"::") { 2 } else { 0 };
        // A command line begins with `aws` too: what spaces separate is no name.
        let rest = name_from(bytes, behind);
        if let Some(key) = find(rest, b"key") {
            return Some(Self::new(bytes, start, behind + key + 3, Says::Key));
        }
        let credentials = find(rest, b"credential")?;
        Some(Self::new(bytes, start, behind + credentials + 10, Says::Secret))
    }

    fn new(bytes: &[u8], word: usize, end: usize, says: Says) -> Self {
        let line = value(bytes, end);
        let reach = if opens(bytes, end) { line.max(bytes.len().min(end + BLOCK)) } else { line };
        let is_sure = matches!(says, Says::Key | Says::Secret);
        let from = if is_sure && is_named(bytes, word) { word.saturating_sub(BEFORE_NAME) } else { end };
        Self { word, end, says, is_exact: false, line, window: from..reach }
    }

    /// The offset behind it.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Whether it announces the value at a place in its window.
    pub(crate) fn announces(&self, bytes: &[u8], place: &Range<usize>) -> bool {
        self.claims(bytes, place)
            && match self.says {
                Says::Key | Says::Secret => true,
                Says::SomeKey => is_about_aws(bytes, self.word, true),
                Says::SomeSecret => is_about_aws(bytes, self.word, false),
            }
    }

    /// Whether it announces the value at a place in its window, if that is about AWS.
    pub(crate) fn claims(&self, bytes: &[u8], place: &Range<usize>) -> bool {
        let text = |range: Range<usize>| bytes.get(range).unwrap_or_default();
        let belongs = if place.end <= self.word {
            label(bytes, place.start) && is_filler(text(place.end..self.word))
        } else {
            let between = text(self.end..place.start);
            let is_value = self.says == Says::Key || is_filler(between) || is_argument(between);
            let follows = place.start < self.line && is_value;
            follows || label(bytes, place.start) && self.is_in_block(bytes, place.start)
        };
        belongs && (self.is_of_aws(bytes) || !self.is_of_others(bytes, place))
    }

    /// Whether the name itself says that it is of AWS.
    fn is_of_aws(&self, bytes: &[u8]) -> bool {
        let before = name_to(bytes.get(self.word.saturating_sub(BEFORE)..self.word).unwrap_or_default());
        contains(before, b"aws") || contains(bytes.get(self.word..self.end).unwrap_or_default(), b"aws")
    }

    /// Whether the access key that stands with a secret, in the same block and under its name, is none of AWS. Most stand before their
    /// secrets; one behind its secret is called alike.
    fn is_of_others(&self, bytes: &[u8], place: &Range<usize>) -> bool {
        let text = |range: Range<usize>| escape::unquoted(bytes.get(range).unwrap_or_default());
        let before = text(place.start.saturating_sub(OTHERS)..place.start);
        let is_beside = |key: &AccessKey<'_>| !ends_block(key.behind, indent(last_line(key.before)));
        let mut keys = access_keys(&before).filter(is_beside).peekable();
        if keys.peek().is_some() {
            return keys.any(|key| key.is_of_others());
        }
        let behind = text(place.end..bytes.len().min(place.end + OTHERS_BEHIND));
        let own = name_to(bytes.get(self.word.saturating_sub(BEFORE)..self.word).unwrap_or_default());
        let own = written_together(own);
        let next = access_keys(&behind).find(|key| key.owner == own);
        next.is_some_and(|key| !ends_block(key.before, indent(last_line(&before))) && key.is_of_others())
    }

    /// Whether a place behind the name belongs to the block that the name begins or stands in.
    fn is_in_block(&self, bytes: &[u8], place: usize) -> bool {
        let before =
            escape::unquoted(bytes.get(self.word.saturating_sub(REACH)..self.word).unwrap_or_default());
        let own = indent(before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default());
        let between = escape::unquoted(bytes.get(self.end..place).unwrap_or_default());
        let mut lines = between.split(|byte| *byte == b'\n');
        let head = lines.next().unwrap_or_default().trim_ascii_end();
        let (braced, keyed) = (head.ends_with(b"{"), head.ends_with(b":"));
        let mut depth = 0i32;
        for line in lines {
            for byte in line {
                depth += match byte {
                    b'{' => 1,
                    b'}' => -1,
                    _ => 0,
                };
                if depth < 0 - i32::from(braced) {
                    return false;
                }
            }
            let text = line.trim_ascii();
            let deep = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let ends = match text {
                [] => false,
                [b'<', b'/', ..] => deep < own,
                _ if braced => depth < 0,
                _ if keyed => deep <= own,
                _ => deep < own || text.starts_with(b"- "),
            };
            if ends {
                return false;
            }
        }
        true
    }
}

/// Whether a text is a name that announces a credential of AWS.
pub(crate) fn is_of_secret(text: &[u8]) -> bool {
    let is_name = |(start, end, anchor)| match anchor {
        Anchor::Secret => Name::of_secret(text, start).is_some(),
        Anchor::Aws => Name::of_aws(text, start, end).is_some(),
        _ => false,
    };
    contains(text, b"accesskey") || contains(text, b"access_key") || anchors(text).any(is_name)
}

/// The offset of `key` in the rest of a name, which may be words of prose.
fn key_in(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..bytes.len().min(from + LONGEST_NAME))?;
    let name = tail.split(|byte| !is_name(*byte) && *byte != b' ').next()?;
    Some(from + find(name, b"key")?)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The rest of a name.
fn name_from(bytes: &[u8], from: usize) -> &[u8] {
    let tail = bytes.get(from..bytes.len().min(from + LONGEST_NAME)).unwrap_or_default();
    tail.split(|byte| !is_name(*byte)).next().unwrap_or_default()
}

/// The beginning of a name that goes on behind the text.
fn name_to(text: &[u8]) -> &[u8] {
    text.rsplit(|byte| !is_name(*byte)).next().unwrap_or_default()
}

/// The beginning of a name or of a path that goes on behind the text.
fn path_to(text: &[u8]) -> &[u8] {
    text.rsplit(|byte| !is_name(*byte) && *byte != b'/').next().unwrap_or_default()
}

/// The words of a name, in small letters: what marks or capitals divide.
fn words(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let parts = name.split(|byte| !byte.is_ascii_alphanumeric());
    let words = parts.flat_map(|part| {
        part.chunk_by(|one, next| !(next.is_ascii_uppercase() && !one.is_ascii_uppercase()))
    });
    words.filter(|word| !word.is_empty()).map(<[u8]>::to_ascii_lowercase)
}

/// The last word of a name whose rest follows.
fn last_word(name: &[u8]) -> Vec<u8> {
    words(name).last().unwrap_or_default()
}

/// Whether a name is called after a service of AWS that has no other secrets than keys. IAM has users, whose keys they are.
fn names_service(name: &[u8], is_key: bool) -> bool {
    let words: Vec<Vec<u8>> = words(name).collect();
    let has = |word: &[u8]| words.iter().any(|one| one == word);
    SERVICES.iter().any(|service| has(service)) || has(b"iam") && (is_key || has(b"user"))
}

/// The letters and digits of a name, in small letters.
fn written_together(name: &[u8]) -> Vec<u8> {
    name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// The end of the line behind a name; where nothing but marks follows, of the next line.
fn value(bytes: &[u8], from: usize) -> usize {
    let near = bytes.get(from..bytes.len().min(from + REACH)).unwrap_or_default();
    let is_mark = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'#';
    let mut seen = false;
    let end = near.iter().position(|byte| {
        seen |= !is_mark(byte);
        *byte == b'\n' && seen
    });
    from + end.unwrap_or(near.len())
}

/// Whether no value follows a name on its line, so that it may stand in the lines behind.
fn opens(bytes: &[u8], from: usize) -> bool {
    let near = bytes.get(from..bytes.len().min(from + BEFORE)).unwrap_or_default();
    let Some(end) = near.iter().position(|byte| *byte == b'\n') else { return false };
    let rest = near.get(..end).unwrap_or_default();
    let is_tag = rest.starts_with(b"</");
    let comment = |byte: &u8| *byte == b'#';
    is_tag || !rest.split(comment).next().unwrap_or_default().iter().any(u8::is_ascii_alphanumeric)
}

/// What a text gives as an access key.
struct AccessKey<'t> {
    /// What stands before `access key` in its name, written together in small letters.
    owner: Vec<u8>,
    word: &'t [u8],
    before: &'t [u8],
    behind: &'t [u8],
}

impl AccessKey<'_> {
    /// Whether it is that of another service that speaks as S3 does, twenty capitals and digits without the prefix of an id, or that
    /// of a stand-in for AWS.
    fn is_of_others(&self) -> bool {
        let has = |is: fn(&u8) -> bool| self.word.iter().any(is);
        let of_capitals = self.word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let has_prefix = PREFIXES.iter().any(|prefix| self.word.starts_with(prefix.as_bytes()));
        let of_aws = has_prefix && !key_id::is_of_stand_in(self.word);
        let random = has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
        self.word.len() == key_id::LENGTH && of_capitals && random && !of_aws
    }
}

/// What a text gives as access keys, in its order.
fn access_keys(text: &[u8]) -> impl Iterator<Item = AccessKey<'_>> {
    let mut start = 0;
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter_map(move |word| {
        let (before, rest) = text.split_at_checked(start)?;
        start += word.len() + 1;
        let behind = rest.get(word.len()..)?;
        let marks = before.iter().rev().take_while(|byte| !is_name(**byte)).count();
        let name = written_together(name_to(before.get(..before.len() - marks)?));
        let owner = ACCESS_KEYS.iter().find_map(|key| name.strip_suffix(*key))?.to_vec();
        (marks > 0 && !word.is_empty()).then_some(AccessKey { owner, word, before, behind })
    })
}

fn last_line(text: &[u8]) -> &[u8] {
    text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// Whether the block that goes on before a text ends in it: by its brace, an empty line, the head of a section, or a line that is
/// indented less than its own.
fn ends_block(text: &[u8], own: usize) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').skip(1).peekable();
    let mut ends = text.contains(&b'}');
    while let Some(line) = lines.next() {
        let text = line.trim_ascii();
        // The last line holds the name of the secret, or nothing.
        ends |= text.starts_with(b"[") || text.is_empty() && lines.peek().is_some();
        ends |= !text.is_empty() && indent(line) < own;
    }
    ends
}

/// Whether a name is what `name` or `key` is given as.
fn is_named(bytes: &[u8], word: usize) -> bool {
    let before = bytes.get(word.saturating_sub(BEFORE)..word).unwrap_or_default();
    let before = before.get(..before.len() - name_to(before).len()).unwrap_or_default();
    let marks = before
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b':' | b'=' | b' '))
        .count();
    let label = name_to(before.get(..before.len() - marks).unwrap_or_default());
    marks > 0 && [b"name", b"key".as_slice()].iter().any(|one| label.eq_ignore_ascii_case(one))
}

/// Whether the word before a value says no more than that it is one.
fn label(bytes: &[u8], place: usize) -> bool {
    let before = escape::unquoted(bytes.get(place.saturating_sub(2 * BEFORE)..place).unwrap_or_default());
    let letter = |byte: &u8| byte.is_ascii_alphanumeric();
    let marks = before.iter().rev().take_while(|byte| !letter(byte)).count();
    let word = before.get(..before.len() - marks).unwrap_or_default();
    let word = word.rsplit(|byte| !letter(byte) && !matches!(byte, b'_' | b'-')).next().unwrap_or_default();
    LABELS.contains(&written_together(word).as_slice())
}

/// Whether what stands between a name and its value says nothing else.
fn is_filler(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if let Some(escape) = escape::at(text, at) {
            at += escape.width;
        } else if byte.is_ascii_alphabetic() {
            let rest = text.get(at..).unwrap_or_default();
            let word = rest.split(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
            let lower = word.to_ascii_lowercase();
            if word.len() > 1 && !LABELS.contains(&lower.as_slice()) && !FILLERS.contains(&lower.as_slice()) {
                return false;
            }
            at += word.len();
        } else if byte.is_ascii_digit() {
            return false;
        } else {
            at += 1;
        }
    }
    true
}

/// Whether what stands between the name of credentials and a text in quotes makes that an argument of their constructor: `.create(id, "`.
fn is_argument(text: &[u8]) -> bool {
    let of_call = |byte: &u8| is_name(*byte) || matches!(byte, b':' | b' ' | b'(');
    let open = text.iter().take_while(|byte| of_call(byte)).position(|byte| *byte == b'(');
    let is_quoted = matches!(text.last(), Some(b'"' | b'\'' | b'`'));
    let mut depth = 0usize;
    let mut bytes = text.get(open.unwrap_or(text.len())..).unwrap_or_default().iter();
    let is_within = bytes.all(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth > 0
    });
    open.is_some() && is_quoted && is_within && depth == 1
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}

/// The offsets behind a word in any case.
pub(crate) fn mentions(bytes: &[u8], word: &[u8]) -> impl Iterator<Item = usize> {
    let found = bytes.windows(word.len()).enumerate();
    found.filter(|(_, window)| window.eq_ignore_ascii_case(word)).map(|(at, _)| at + word.len())
}

pub(crate) fn contains(bytes: &[u8], word: &[u8]) -> bool {
    find(bytes, word).is_some()
}
