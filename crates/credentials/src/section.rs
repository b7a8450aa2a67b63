//! Keys whose id and secret stand in one section of a text, with other settings between them.

use std::collections::HashSet;
use std::ops::Range;

use crate::belonging::Owners;
use crate::surroundings::indent;
use crate::{Credential, KeyId, Kind};

/// How far before a credential its own line is read.
const LINE: usize = 400;
/// What begins the lines that say nothing.
const COMMENTS: [&[u8]; 4] = [b"#", b";", b"//", b"*"];

/// Gives each secret without an id the id without a secret that stands in its section, if there is no other such secret or id in it.
/// Of `doubtful`, which are secrets of AWS only if they have an id, those are taken over that get one. What is farther from each other
/// than `reach` stands in no section together.
pub(crate) fn pair_sections(
    bytes: &[u8],
    found: &mut Vec<Credential>,
    doubtful: Vec<Credential>,
    reach: usize,
) {
    let own = pairs(bytes, found, reach);
    if !doubtful.is_empty() {
        let known: HashSet<Range<usize>> = found.iter().map(|one| one.range.clone()).collect();
        // What gets an id without the doubtful ones stands among them too: whether they get one depends on nothing farther away.
        let mut all = found.clone();
        all.extend(doubtful.into_iter().filter(|one| !known.contains(&one.range)));
        all.sort_by_key(|one| (one.range.start, one.range.end));
        let claimed = pairs(bytes, &all, reach).into_iter().filter_map(|(secret, id)| {
            let secret = all.get(secret).filter(|one| !known.contains(&one.range))?;
            Some(Credential { id: Some(id), ..secret.clone() })
        });
        let claimed: Vec<Credential> = claimed.collect();
        give(found, own);
        found.extend(claimed);
        found.sort_by_key(|one| (one.range.start, one.range.end));
    } else {
        give(found, own);
    }
}

fn give(found: &mut [Credential], ids: Vec<(usize, KeyId)>) {
    for (secret, id) in ids {
        if let Some(secret) = found.get_mut(secret) {
            secret.id = Some(id);
        }
    }
}

/// The secrets that have an id in their section, by their index, each with it.
fn pairs(bytes: &[u8], found: &[Credential], reach: usize) -> Vec<(usize, KeyId)> {
    let owners = Owners::new(found);
    let is_lone = |one: &Credential| match one.kind {
        Kind::KeyId => !one.presigned && !one.id.is_some_and(|id| owners.have(id, &one.range, reach)),
        kind => kind == Kind::SecretKey && one.id.is_none(),
    };
    let lone: Vec<(usize, &Credential)> = found.iter().enumerate().filter(|(_, one)| is_lone(one)).collect();
    // Whether each stands in the same section as the one behind it.
    let joined: Vec<bool> = lone
        .windows(2)
        .map(|pair| match pair {
            [(_, one), (_, next)] => are_in_one_section(bytes, &one.range, &next.range, reach),
            _ => false,
        })
        .collect();
    let is_joined = |at: Option<usize>| at.and_then(|at| joined.get(at)).copied().unwrap_or_default();
    let only = |at: usize| is_joined(Some(at)) && !is_joined(at.checked_sub(1)) && !is_joined(Some(at + 1));
    let pair = |pair: &[(usize, &Credential)]| match pair {
        [(_, id), (at, secret)] | [(at, secret), (_, id)]
            if id.kind == Kind::KeyId && secret.kind == Kind::SecretKey =>
        {
            Some((*at, id.id?))
        }
        _ => None,
    };
    lone.windows(2).enumerate().filter(|(at, _)| only(*at)).filter_map(|(_, both)| pair(both)).collect()
}

/// Whether no section ends between two places: by its brace, the head of the next one, or a line that is indented less.
fn are_in_one_section(bytes: &[u8], one: &Range<usize>, next: &Range<usize>, reach: usize) -> bool {
    let between = match bytes.get(one.end..next.start) {
        Some(between) if between.len() <= reach => between,
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
