//! Tells templates from other files by their bytes, without parsing them.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::decode::{Wide, wide};

/// What is looked for in every file or line: to make the search ready takes longer than to go through a small one.
type Needle = LazyLock<Finder<'static>>;

static VERSION: Needle = LazyLock::new(|| Finder::new("AWSTemplateFormatVersion"));
static RESOURCES: Needle = LazyLock::new(|| Finder::new("Resources"));
static TYPE: Needle = LazyLock::new(|| Finder::new("Type"));
static TRANSFORM: Needle = LazyLock::new(|| Finder::new("Fn::Transform"));
/// What every type of a resource has.
static PARTED: Needle = LazyLock::new(|| Finder::new("::"));
static URL: Needle = LazyLock::new(|| Finder::new("TemplateURL"));
static APPLICATION: Needle = LazyLock::new(|| Finder::new("AWS::Serverless::Application"));
static IMPORT: Needle = LazyLock::new(|| Finder::new("ImportValue"));
static EXPORT: Needle = LazyLock::new(|| Finder::new("Export"));
static BODY: Needle = LazyLock::new(|| Finder::new("TemplateBody"));
/// What a change set has for every resource that changes.
static CHANGE: Needle = LazyLock::new(|| Finder::new("ResourceChange"));

/// Extensions of files that may be templates. Others are read only when the caller names them.
pub(crate) const EXTENSIONS: &[&str] =
    &["yaml", "yml", "json", "template", "cfn", "cform", "cft", "cf", "cloudformation", "txt"];
/// Those of them that only templates have.
const OWN_EXTENSIONS: &[&str] = &["template", "cfn", "cform", "cft", "cloudformation"];

/// Whether a file that the caller did not name is looked at.
pub(crate) fn may_be_template(path: &str) -> bool {
    extension(path).is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// Whether the name of a file says that it may be a template, and not some other text.
pub(crate) fn is_told_by_name(path: &str) -> bool {
    may_be_template(path) && extension(path) != Some("txt")
}

/// Whether the first bytes of a long file may be those of a template. The longest that can be deployed are shorter.
pub(crate) fn may_begin_template(start: &[u8]) -> bool {
    let text = start.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(start);
    text.trim_ascii_start().starts_with(b"{") || is_template(start) || may_hide_template(start)
}

/// Whether a file of this name that cannot be read or parsed is worth a word: one in YAML, or with an extension that only
/// templates have.
pub(crate) fn is_mostly_template(path: &str) -> bool {
    extension(path)
        .is_some_and(|extension| matches!(extension, "yaml" | "yml") || OWN_EXTENSIONS.contains(&extension))
}

/// Whether a file of this name that the caller names and that is no template is taken for one that was meant to be.
pub(crate) fn is_called_like_template(path: &str) -> bool {
    is_mostly_template(path) || extension(path) == Some("json")
}

/// How many objects are looked at to tell JSON from YAML in flow style.
const MOST_OBJECTS: usize = 8;

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// Whether a key at the top is one of an answer of the AWS command line that holds a template, or shows a change set.
fn is_of_answer(key: &[u8], text: &[u8]) -> bool {
    key == b"TemplateBody" || (key == b"Changes" && has(&CHANGE, text))
}

/// Whether the bytes are those of a template, be it a broken one: they have `AWSTemplateFormatVersion`, or `Resources` with
/// entries that have a `Type`, each at the place where a template has them.
pub(crate) fn is_template(bytes: &[u8]) -> bool {
    let bytes = &*narrow(bytes);
    let is_answer = || has(&BODY, bytes) || has(&CHANGE, bytes);
    let may_be = has(&VERSION, bytes) || (has(&RESOURCES, bytes) && has(&TYPE, bytes)) || is_answer();
    if !may_be {
        return false;
    }
    let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => json(text),
        _ => yaml(text),
    }
}

/// Whether the bytes may be those of a template in a notation that only parsing tells: in flow style, with keys that are marked
/// or with resources that are merged in. Strict JSON says all without being parsed.
pub(crate) fn may_hide_template(bytes: &[u8]) -> bool {
    let may_be =
        has(&VERSION, bytes) || (has(&RESOURCES, bytes) && (has(&TYPE, bytes) || has(&TRANSFORM, bytes)));
    may_be && has(&PARTED, bytes) && !is_mostly_json(bytes)
}

/// Whether every object has a key in double quotes, or none.
fn is_mostly_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    let mut objects = memchr::memchr_iter(b'{', text).take(MOST_OBJECTS);
    text.starts_with(b"{")
        && objects
            .all(|at| matches!(text.get(at + 1..).unwrap_or_default().trim_ascii_start(), [b'"' | b'}', ..]))
}

/// Whether a template may nest others of the same input.
pub(crate) fn may_nest(bytes: &[u8]) -> bool {
    has(&URL, bytes) || has(&APPLICATION, bytes)
}

/// Whether a template may import values of others.
pub(crate) fn may_import(text: &str) -> bool {
    has(&IMPORT, text.as_bytes())
}

/// Whether a template may export values.
pub(crate) fn may_export(text: &str) -> bool {
    has(&EXPORT, text.as_bytes())
}

fn has(needle: &Needle, bytes: &[u8]) -> bool {
    needle.find(bytes).is_some()
}

/// UTF-16 and UTF-32 as far as they are ASCII, so that templates in them are told to be unreadable rather than overlooked.
fn narrow(bytes: &[u8]) -> Cow<'_, [u8]> {
    match wide(bytes) {
        Some(Wide::Two(rest, _) | Wide::Four(rest, _)) => {
            rest.iter().copied().filter(|&byte| byte != 0).collect::<Vec<u8>>().into()
        }
        None => bytes.into(),
    }
}

/// A line at the margin opens a section; types stand below the section of resources, or in its line. Where the first line
/// is indented, all of them are.
fn yaml(text: &[u8]) -> bool {
    let (mut in_resources, mut begins) = (false, false);
    let mut margin = None;
    for line in text.split(|&byte| byte == b'\n') {
        let indent = line.iter().take_while(|&&byte| byte == b' ').count();
        if margin.is_none() && line.get(indent).is_some_and(|byte| starts_key(*byte)) {
            margin = Some(indent);
        }
        let line = line.get(margin.unwrap_or_default().min(indent)..).unwrap_or_default();
        let key = key_at_margin(line);
        let key_is_here = key.is_some();
        if let Some(key) = key {
            if key == b"AWSTemplateFormatVersion" || is_of_answer(key, text) {
                return true;
            }
            in_resources = key == b"Resources";
            begins = in_resources;
        }
        // What CodeDeploy is given has a list of resources, each with a `Type` as well.
        let content = line.trim_ascii_start();
        if begins && !key_is_here && !matches!(content, [] | [b'#', ..]) {
            in_resources &= !is_item(content);
            begins = false;
        }
        if in_resources && has_type(line) {
            return true;
        }
    }
    false
}

/// Whether a line is an element of a list.
fn is_item(content: &[u8]) -> bool {
    matches!(content, [b'-', b' ' | b'\r', ..] | [b'-'])
}

/// Whether a byte can be the first of a section, rather than that of a comment, a marker or an empty line.
fn starts_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'"' | b'\'')
}

/// The key at the start of a line. What is no name is indentation, a comment, an element of a list or a line of a text.
fn key_at_margin(line: &[u8]) -> Option<&[u8]> {
    let (key, _) = line.split_at_checked(memchr::memchr(b':', line)?)?;
    let key = match key.trim_ascii_end() {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        key => key,
    };
    (!key.is_empty() && key.iter().all(u8::is_ascii_alphanumeric)).then_some(key)
}

/// Whether a line has a key `Type` with a value like that of a resource.
fn has_type(line: &[u8]) -> bool {
    let mut after = TYPE.find_iter(line).filter_map(|at| line.get(at + 4..));
    after.any(|rest| {
        let rest =
            rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
        rest.first() == Some(&b':') && has(&PARTED, rest)
    })
}

/// Walks over the keys of an object: those of the object itself, and `Type` two levels below its `Resources`.
fn json(text: &[u8]) -> bool {
    let (mut at, mut depth, mut in_resources) = (0, 0_usize, false);
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let Some(len) = string_len(text, at) else { return false };
                let string = text.get(at..at + len).unwrap_or_default();
                at += len + 1;
                let after = text.get(at..).unwrap_or_default().trim_ascii_start();
                if after.first() != Some(&b':') {
                    continue;
                }
                match (depth, string) {
                    (1, b"AWSTemplateFormatVersion") => return true,
                    (1, key) if is_of_answer(key, text) => return true,
                    (1, key) => in_resources = key == b"Resources",
                    (3, b"Type") if in_resources => {
                        let value = after.get(1..).unwrap_or_default().trim_ascii_start();
                        let end = string_len(value, 1).unwrap_or_default();
                        if has(&PARTED, value.get(..end + 1).unwrap_or_default()) {
                            return true;
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    false
}

/// The number of bytes of a string whose opening quote stands before `at`.
fn string_len(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    loop {
        end += memchr::memchr2(b'"', b'\\', text.get(end..)?)?;
        if text.get(end) == Some(&b'"') {
            return Some(end - at);
        }
        end += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::is_template;

    #[test]
    fn templates_are_recognised_by_their_content() {
        for template in [
            "AWSTemplateFormatVersion: '2010-09-09'\nResources: [broken",
            "# a comment\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n",
            "\"Resources\":\r\n  X:\r\n    \"Type\": 'Custom::X'\r\n",
            "Resources: {X: {Type: AWS::SNS::Topic}}",
            "\u{FEFF}{\"Resources\": {\"A\": {\"DependsOn\": [\"Type\"], \"Type\" : \"AWS::SNS::Topic\"}}}",
            "{\"AWSTemplateFormatVersion\" : \"2010-09-09\"",
            "---\n\n  # a comment\n  AWSTemplateFormatVersion: '2010-09-09'\n  Resources: {}\n",
            "Resources:\n  ? [X]\n  : {Type: AWS::SNS::Topic}\n",
            "Resources:\n  Fn::ForEach::Each:\n    - X\n    - [a]\n    - Topic${X}:\n        Type: AWS::SNS::Topic\n",
        ] {
            assert!(is_template(template.as_bytes()), "{template}");
        }
        let utf16: Vec<u8> =
            "\u{FEFF}AWSTemplateFormatVersion: x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_template(&utf16));
    }

    #[test]
    fn other_files_are_not() {
        for other in [
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  t: |\n    Resources:\n      X:\n        Type: AWS::SNS::Topic\n",
            "resources:\n  Resources:\n    X:\n      Type: AWS::SNS::Topic\n",
            "Resources:\n  - Type: cpu\n",
            "version: 0.0\nResources:\n  # one\n  - Topic:\n      Type: AWS::SNS::Topic\nHooks:\n  - AfterAllowTraffic: X\n",
            "version: 0.0\r\nResources:\r\n-\r\n  Type: AWS::Lambda::Function\r\n",
            "{\"x\": {\"Resources\": {\"A\": {\"Type\": \"AWS::SNS::Topic\"}}}}",
            "{\"Resources\": [\"a\"], \"Type\": \"b\"}",
            "{\"Resources\": \"\\",
            "",
        ] {
            assert!(!is_template(other.as_bytes()), "{other}");
        }
    }
}
