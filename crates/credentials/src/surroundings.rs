//! What stands around a name: the heads of the blocks that it is in, and its neighbours. They say whose secret a `secret_key` is.

use crate::context::contains;
use crate::escape;

/// How far before a name that is looked for, in bytes, and how far behind it.
const BEFORE: usize = 2048;
const BEHIND: usize = 512;
/// How far before a name its own line is read.
const LINE: usize = 400;

/// What follows `aws` in a word that speaks of credentials. Types of resources, such as `aws_instance`, are everywhere in a
/// configuration, and say nothing.
const OF_CREDENTIALS: [&[u8]; 12] = [
    b"acc",
    b"auth",
    b"basic",
    b"client",
    b"conf",
    b"cred",
    b"iam",
    b"key",
    b"provider",
    b"session",
    b"static",
    b"v4",
];
/// What Terraform is told of its backend on a command line. Of the backends that have keys, those of S3 have them.
const BACKEND: &[u8] = b"backend-config=";

/// Services that settings are called after; the first three are how Hadoop calls one of them.
const SERVICES: [&[u8]; 8] = [b"s3", b"s3a", b"s3n", b"dynamodb", b"ec2", b"ses", b"sns", b"sqs"];
/// The areas and the directions in the names of regions, such as `eu-west-1`.
const AREAS: [&[u8]; 10] = [b"af", b"ap", b"ca", b"cn", b"eu", b"il", b"me", b"mx", b"sa", b"us"];
const DIRECTIONS: [&[u8]; 5] = [b"central", b"east", b"north", b"south", b"west"];

/// Whether the blocks around a name are about AWS, by what stands before `{` or is indented less. `with_neighbours` says that what
/// stands in the same block counts too.
pub(crate) fn is_about_aws(bytes: &[u8], name: usize, with_neighbours: bool) -> bool {
    let before = escape::unquoted(bytes.get(name.saturating_sub(BEFORE)..name).unwrap_or_default());
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    let own = indent(line);
    let mut depth = 0;
    let near = line.get(line.len().saturating_sub(LINE)..).unwrap_or_default();
    unwound(line, &mut depth);
    if speaks_of_aws(&around_end(near)) {
        return true;
    }
    let mut level = own;
    let mut neighbours = Neighbours::default();
    for line in lines {
        let read = unwound(line, &mut depth);
        let text = read.text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let deep = indent(line);
        // In JSON it may be the first line of a text.
        let section = text.rsplit(|byte| *byte == b'"').next().unwrap_or_default();
        let is_section = section.starts_with(b"[") && section.ends_with(b"]");
        let is_comment = [b"#".as_slice(), b"//", b";", b"<!--"].iter().any(|mark| text.starts_with(mark));
        if is_section && deep <= level {
            let of_tool = section == b"[default]" && neighbours.have_id && with_neighbours;
            let is_own = with_neighbours && neighbours.speak(bytes, name, own);
            return speaks_of_aws(section) || of_tool || is_own;
        }
        if !is_comment && (read.opens || deep < level) {
            if speaks_of_aws(text) {
                return true;
            }
            neighbours.are_read = true;
            level = level.min(deep);
            if level == 0 && own > 0 {
                break;
            }
        } else if deep == own && !neighbours.are_read {
            neighbours.take(text);
        }
    }
    with_neighbours && neighbours.speak(bytes, name, own)
}

/// What stands next to a name.
#[derive(Default)]
struct Neighbours {
    /// Whether the block of the name begins behind what is read now.
    are_read: bool,
    of_aws: bool,
    have_id: bool,
    /// Whether there is a secret of AWS among them, which this one is not then.
    have_secret: bool,
}

impl Neighbours {
    fn take(&mut self, text: &[u8]) {
        // What has the prefix of an id stands for one, be it a placeholder.
        self.of_aws |=
            speaks_of_aws(text) || is_region(text) || contains(text, b"\"AKIA") || contains(text, b"=AKIA");
        self.have_id |= [b"access_key".as_slice(), b"access-key", b"accesskey"]
            .iter()
            .any(|id| text.get(..id.len()).is_some_and(|head| head.eq_ignore_ascii_case(id)));
        self.have_secret |= contains(text, b"secret");
    }

    /// Whether those before the name or those behind it say that it is of AWS.
    fn speak(&mut self, bytes: &[u8], name: usize, own: usize) -> bool {
        let behind = escape::unquoted(bytes.get(name..bytes.len().min(name + BEHIND)).unwrap_or_default());
        for line in behind.split(|byte| *byte == b'\n').skip(1) {
            let text = line.trim_ascii();
            let ends = indent(line) < own || text.starts_with(b"[") || text.starts_with(b"}");
            if ends && !text.is_empty() {
                break;
            }
            if indent(line) == own {
                self.take(text);
            }
        }
        self.of_aws && !self.have_secret
    }
}

/// How far a line is indented; the mark of an item belongs to that.
pub(crate) fn indent(line: &[u8]) -> usize {
    let spaces = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match line.get(spaces..) {
        Some([b'-', b' ', ..]) => spaces + 2,
        _ => spaces,
    }
}

/// A line without the blocks that begin and end before its end.
struct Unwound {
    text: Vec<u8>,
    /// Whether a block begins in it that goes on.
    opens: bool,
}

/// Reads a line backwards; `depth` is how many blocks end behind it that were not begun.
fn unwound(line: &[u8], depth: &mut usize) -> Unwound {
    let mut read = Unwound { text: Vec::new(), opens: false };
    for byte in line.iter().rev() {
        match byte {
            b'}' => *depth += 1,
            b'{' if *depth > 0 => *depth -= 1,
            b'{' => read.opens = true,
            _ if *depth == 0 => read.text.push(*byte),
            _ => {}
        }
    }
    read.text.reverse();
    read
}

/// What stands on a line before its end, without the blocks that end in it and what they are called.
fn around_end(line: &[u8]) -> Vec<u8> {
    let mut depth = 0;
    let mut is_name = false;
    let mut text = Vec::new();
    for byte in line.iter().rev() {
        match byte {
            b'}' => depth += 1,
            b'{' if depth > 0 => {
                depth -= 1;
                is_name = depth == 0;
            }
            _ if depth > 0 => {}
            b',' | b';' | b'{' => {
                is_name = false;
                text.push(*byte);
            }
            _ if is_name => {}
            _ => text.push(*byte),
        }
    }
    text.reverse();
    text
}

/// Whether a text names AWS, or its storage, and no type of a resource.
fn speaks_of_aws(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let word = |at: usize| {
        at.checked_sub(1).and_then(|at| lower.get(at)).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let rest = |at: usize| lower.get(at..).unwrap_or_default();
    let starts = (0..lower.len()).filter(|at| word(*at));
    starts.into_iter().any(|at| match rest(at) {
        [b'a', b'w', b's', behind @ ..] => {
            // Every resource of a plan or state names the provider that it is of.
            let before = lower.get(..at).unwrap_or_default();
            is_account(behind) && ![b"arn:".as_slice(), b"hashicorp/"].iter().any(|one| before.ends_with(one))
        }
        [b'a', b'm', b'a', b'z', b'o', b'n', ..] => true,
        rest if rest.starts_with(BACKEND) => true,
        rest => SERVICES.iter().any(|service| {
            let ends = |behind: &[u8]| behind.first().is_none_or(|byte| !byte.is_ascii_alphanumeric());
            rest.strip_prefix(*service).is_some_and(ends)
        }),
    })
}

/// Whether a line gives a region, and it is one of AWS.
fn is_region(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    let mut words = lower.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_name = words.next().is_some_and(|word| word == b"region");
    let words: Vec<&[u8]> = words.collect();
    is_name
        && words.windows(3).any(|parts| match parts {
            [area, direction, [b'1'..=b'9']] => {
                AREAS.contains(area) && DIRECTIONS.iter().any(|one| direction.starts_with(one))
            }
            _ => false,
        })
}

/// Whether what follows `aws` is no type of a resource.
fn is_account(behind: &[u8]) -> bool {
    let rest = behind.strip_prefix(b"_").unwrap_or(behind);
    match behind {
        [b':', b':', ..] => false,
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => {
            OF_CREDENTIALS.iter().any(|word| rest.starts_with(word))
        }
        _ => true,
    }
}
