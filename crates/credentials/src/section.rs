//! Keys whose id and secret stand in one section of a text, with other settings between them.

use std::collections::HashSet;
use std::ops::Range;

use crate::surroundings::indent;
use crate::{Credential, KeyId, Kind};

/// How far from each other an id and its secret stand at most, in bytes. What stands in the same section as either of them reaches as
/// far again, and all of that is within the margin of a window.
const REACH: usize = 7 << 10;
/// How far before a credential its own line is read.
const LINE: usize = 400;
/// What begins the lines that say nothing.
const COMMENTS: [&[u8]; 4] = [b"#", b";", b"//", b"*"];

/// Gives each secret without an id the id without a secret that stands in its section, if there is no other such secret or id in it.
/// Of `doubtful`, which are secrets of AWS only if they have an id, those are taken over that get one.
pub(crate) fn pair_sections(bytes: &[u8], found: &mut Vec<Credential>, doubtful: Vec<Credential>) {
    pair(bytes, found);
    if !doubtful.is_empty() {
        let known: HashSet<Range<usize>> = found.iter().map(|one| one.range.clone()).collect();
        let new = |one: &Credential| !known.contains(&one.range);
        found.extend(doubtful.into_iter().filter(new));
        found.sort_by_key(|one| (one.range.start, one.range.end));
        pair(bytes, found);
        found.retain(|one| known.contains(&one.range) || one.id.is_some());
    }
}

fn pair(bytes: &[u8], found: &mut [Credential]) {
    let secrets = found.iter().filter(|one| one.kind == Kind::SecretKey);
    let taken: HashSet<KeyId> = secrets.filter_map(|one| one.id).collect();
    let is_lone = |one: &Credential| match one.kind {
        Kind::KeyId => !one.presigned && !one.id.is_some_and(|id| taken.contains(&id)),
        kind => kind == Kind::SecretKey && one.id.is_none(),
    };
    let lone: Vec<usize> =
        found.iter().enumerate().filter(|(_, one)| is_lone(one)).map(|(at, _)| at).collect();
    // Whether each stands in the same section as the one behind it.
    let joined: Vec<bool> = lone
        .windows(2)
        .map(|pair| match pair {
            [one, next] => found
                .get(*one)
                .zip(found.get(*next))
                .is_some_and(|(one, next)| are_in_one_section(bytes, &one.range, &next.range)),
            _ => false,
        })
        .collect();
    let is_joined = |at: Option<usize>| at.and_then(|at| joined.get(at)).copied().unwrap_or_default();
    for (at, pair) in lone.windows(2).enumerate() {
        let &[one, next] = pair else { continue };
        let only = is_joined(Some(at)) && !is_joined(at.checked_sub(1)) && !is_joined(Some(at + 1));
        let kinds = [one, next].map(|at| found.get(at).map(|one| (one.kind, one.id)));
        let (secret, id) = match kinds {
            [Some((Kind::KeyId, id)), Some((Kind::SecretKey, _))] => (next, id),
            [Some((Kind::SecretKey, _)), Some((Kind::KeyId, id))] => (one, id),
            _ => continue,
        };
        if let Some(secret) = found.get_mut(secret).filter(|_| only) {
            secret.id = id;
        }
    }
}

/// Whether no section ends between two places: by its brace, the head of the next one, or a line that is indented less.
fn are_in_one_section(bytes: &[u8], one: &Range<usize>, next: &Range<usize>) -> bool {
    let between = match bytes.get(one.end..next.start) {
        Some(between) if between.len() <= REACH => between,
        _ => return false,
    };
    let line = |at: usize| {
        let before = bytes.get(at.saturating_sub(LINE)..at).unwrap_or_default();
        before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
    };
    let own = indent(line(one.start));
    if own != indent(line(next.start)) {
        return false;
    }
    let mut depth = 0i32;
    let mut lines = between.split(|byte| *byte == b'\n').enumerate();
    let goes_on = lines.all(|(number, line)| {
        let text = line.trim_ascii();
        if number > 0 && (text.is_empty() || COMMENTS.iter().any(|mark| text.starts_with(mark))) {
            return true;
        }
        for byte in line {
            depth += i32::from(*byte == b'{') - i32::from(*byte == b'}');
            if depth < 0 {
                return false;
            }
        }
        let is_head = text.starts_with(b"[") && text.ends_with(b"]") || text.starts_with(b"---");
        let is_item = text.starts_with(b"- ") && indent(line) == own;
        number == 0 || !is_head && !is_item && indent(line) >= own
    });
    goes_on && depth == 0
}
