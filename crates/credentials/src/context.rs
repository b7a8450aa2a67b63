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
/// How far before a secret the access key of another service may stand, and how far behind it: a token may stand between them.
const OTHERS: usize = 200;
const OTHERS_BEHIND: usize = 600;
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
/// The services of AWS that a secret key is called after.
const SERVICES: [&[u8]; 7] = [b"dynamodb", b"ec2", b"iam", b"ses", b"sns", b"sqs", b"sts"];
/// What the name of an access key ends with, written together in small letters.
const ACCESS_KEYS: [&[u8]; 3] = [b"accesskey", b"accesskeyid", b"accessid"];
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
        if contains(before, b"aws") || contains(before, b"s3") || contains(before, b"amazon") {
            return Some(Self::new(bytes, start, end, Says::Secret));
        }
        let first = written_together(before.rsplit(|byte| *byte == b'.').next()?);
        let is_key = rest.ends_with(b"key");
        let mut words = before.rsplit(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let service = words.next().unwrap_or_default().to_ascii_lowercase();
        if is_key && SERVICES.contains(&service.as_slice()) {
            return Some(Self::new(bytes, start, end, Says::Secret));
        }
        let says = if is_key { Says::SomeKey } else { Says::SomeSecret };
        (first.is_empty() || FIRST.contains(&first.as_slice())).then(|| Self::new(bytes, start, end, says))
    }

    /// The name of `aws` that has `key` in it, or credentials; `start` and `behind` are the offsets of `aws` and behind it.
    pub(crate) fn of_aws(bytes: &[u8], start: usize, behind: usize) -> Option<Self> {
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
            let follows =
                place.start < self.line && (self.says == Says::Key || is_filler(text(self.end..place.start)));
            follows || label(bytes, place.start) && self.is_in_block(bytes, place.start)
        };
        belongs && (self.is_of_aws(bytes) || !is_of_others(bytes, place))
    }

    /// Whether the name itself says that it is of AWS.
    fn is_of_aws(&self, bytes: &[u8]) -> bool {
        let before = name_to(bytes.get(self.word.saturating_sub(BEFORE)..self.word).unwrap_or_default());
        contains(before, b"aws") || contains(bytes.get(self.word..self.end).unwrap_or_default(), b"aws")
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

/// Whether the access key of another service that speaks as S3 does stands before a secret or behind it, in the same block and under
/// its name: twenty capitals and digits, without the prefix of an id.
fn is_of_others(bytes: &[u8], place: &Range<usize>) -> bool {
    let near = |range: Range<usize>| escape::unquoted(bytes.get(range).unwrap_or_default());
    let before = near(place.start.saturating_sub(OTHERS)..place.start);
    let behind = near(place.end.min(bytes.len())..bytes.len().min(place.end + OTHERS_BEHIND));
    let own = indent(last_line(&near(place.start.saturating_sub(REACH)..place.start)));
    let is_before = |key: &Range<usize>| {
        let (head, rest) = (before.get(..key.start), before.get(key.end..));
        !ends_block(rest.unwrap_or_default(), indent(last_line(head.unwrap_or_default())))
    };
    let is_behind = |key: &Range<usize>| !ends_block(behind.get(..key.start).unwrap_or_default(), own);
    keys_of_others(&before).any(|key| is_before(&key)) || keys_of_others(&behind).any(|key| is_behind(&key))
}

/// The access keys of other services in a text that stand behind their names.
fn keys_of_others(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_key = |word: &[u8]| {
        let has = |is: fn(&u8) -> bool| word.iter().any(is);
        let of_capitals = word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let of_aws = PREFIXES.iter().any(|prefix| word.starts_with(prefix.as_bytes()));
        let random = has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
        word.len() == key_id::LENGTH && of_capitals && random && !of_aws
    };
    let is_named = |before: &[u8]| {
        let marks = before.iter().rev().take_while(|byte| !is_name(**byte)).count();
        let name = written_together(name_to(before.get(..before.len() - marks).unwrap_or_default()));
        ACCESS_KEYS.iter().any(|key| name.ends_with(key))
    };
    let mut start = 0;
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').filter_map(move |word| {
        let own = start..start + word.len();
        start = own.end + 1;
        (is_key(word) && is_named(text.get(..own.start).unwrap_or_default())).then_some(own)
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
