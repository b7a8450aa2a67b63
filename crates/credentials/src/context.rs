//! Names that announce a secret, and where their value stands.

use std::ops::Range;

/// How far behind its name a value may end, in bytes.
const REACH: usize = 400;
/// How far before the word `secret` the word `aws` may stand, on the same line.
const BEFORE: usize = 40;
/// How long the rest of a name may be.
const LONGEST_NAME: usize = 32;

/// Where the value stands that is announced by `secret` and `key` in one name, with `aws` before them on the line or `access` in
/// it, in any case. `at` is the offset behind the first letter of `secret`.
pub(crate) fn after_secret(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(1).filter(|start| matches!(bytes.get(*start), Some(b's' | b'S')))?;
    let behind = at + 5;
    let key = key_in(bytes, behind)?;
    let between = bytes.get(behind..key)?;
    let line = bytes.get(start.saturating_sub(BEFORE)..start)?.rsplit(|byte| *byte == b'\n').next()?;
    let announces = contains(between, b"access") || contains(line, b"aws") || contains(line, b"access");
    announces.then(|| value(bytes, key + 3))
}

/// Where the value stands that is announced by a name of `aws` that has `key` in it; `behind` is the offset behind `aws`.
pub(crate) fn after_aws(bytes: &[u8], behind: usize) -> Option<Range<usize>> {
    // A command line begins with `aws` too: what spaces separate is no name.
    let name =
        key_in(bytes, behind).filter(|key| !bytes.get(behind..*key).unwrap_or_default().contains(&b' '));
    name.map(|key| value(bytes, key + 3))
}

/// The offset of `key` in the rest of a name.
fn key_in(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..bytes.len().min(from + LONGEST_NAME))?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ');
    let name = tail.split(|byte| !is_name(byte)).next()?;
    let at = name.windows(3).position(|word| word.eq_ignore_ascii_case(b"key"))?;
    Some(from + at)
}

/// The rest of the line behind a name; where nothing but marks follows, the next line too.
fn value(bytes: &[u8], from: usize) -> Range<usize> {
    let near = bytes.get(from..bytes.len().min(from + REACH)).unwrap_or_default();
    let is_mark = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'#';
    let mut seen = false;
    let end = near.iter().position(|byte| {
        seen |= !is_mark(byte);
        *byte == b'\n' && seen
    });
    from..from + end.unwrap_or(near.len())
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}
