//! What Terraform accepts and the parser does not. The text is changed without moving anything in it: places are those
//! of the text as it was written, and so are the names that are read from it.

use std::ops::Range;

use hcl_edit::expr::Expression;
use hcl_edit::parser::{self, Error};
use hcl_edit::structure::Body;
use hcl_edit::template::Template;

use super::cursor::Cursor;
use super::walk::{Passed, Walk};

/// How many faults of one text are mended.
const MOST: usize = 64;

/// Parses a body, mending what it can.
pub(super) fn parse_body(text: &str) -> Result<Body, Error> {
    mended(text, Walk::new, parser::parse_body)
}

/// Parses an expression, mending what it can.
pub(super) fn parse_expr(text: &str) -> Result<Expression, Error> {
    mended(text, Walk::new, parser::parse_expr)
}

/// Parses a template, mending what it can.
pub(super) fn parse_template(text: &str) -> Result<Template, Error> {
    mended(text, Walk::template, parser::parse_template)
}

/// What the parser makes of a text that is mended until it is satisfied, or until nothing helps.
fn mended<'t, T>(
    text: &'t str,
    walk: fn(&'t str) -> Walk<'t>,
    parse: fn(&str) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut mended = text.as_bytes().to_vec();
    if text.contains("<<") {
        hide_markers(text, walk(text), &mut mended);
    }
    let mut is_laid_out = false;
    let mut round = 0;
    loop {
        let Ok(changed) = std::str::from_utf8(&mended) else { return parse(text) };
        let error = match parse(changed) {
            Err(error) if round < MOST => error,
            parsed => return parsed,
        };
        if error.message().contains("redefined object key") {
            rename_key(text, &mut mended, error.location().offset(), round);
        } else if !is_laid_out {
            change_layout(text, walk(text), &mut mended);
            is_laid_out = true;
        } else {
            return Err(error);
        }
        round += 1;
    }
}

/// Terraform takes the last of several equal keys of an object, the parser none: it is given another name of the same
/// length.
fn rename_key(text: &str, mended: &mut [u8], at: usize, round: usize) {
    let Some(key) = key_range(text, at).and_then(|range| mended.get_mut(range)) else { return };
    for (letter, byte) in other_name(round, key.len()).zip(key) {
        *byte = letter;
    }
}

/// The bare or quoted name of a key at an offset, without quotes.
fn key_range(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    match rest.strip_prefix('"') {
        Some(inner) => Some(at + 1..at + 1 + inner.find('"')?),
        None => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))?;
            (end > 0).then_some(at..at + end)
        }
    }
}

/// A name of a given length that nobody writes, another one each round.
fn other_name(round: usize, length: usize) -> impl Iterator<Item = u8> {
    let letters = b"QXZJKVWYqxzjkvwy";
    (0..length).map(move |at| {
        let digit = round.checked_shr(u32::try_from(at * 4).unwrap_or(u32::MAX)).unwrap_or(0) % letters.len();
        letters.get(digit).copied().unwrap_or(b'_')
    })
}

/// Where Terraform reads the layout otherwise. In `{ for ... }` the end of a line means nothing, while to the parser it
/// ends the value: such line ends become blanks, and comments with them, as do those in headings.
fn change_layout(text: &str, mut walk: Walk<'_>, mended: &mut [u8]) {
    // For everything that is open, whether it is the brace of a `for`.
    let mut joins = vec![false; walk.depth()];
    loop {
        let start = walk.cursor.at();
        let byte = walk.cursor.peek();
        let Ok(passed) = walk.step() else { return };
        let end = walk.cursor.at();
        let is_heading = joins.is_empty() && passed == Passed::Comment;
        let is_line_end = passed == Passed::Comment || matches!(byte, Some(b'\n' | b'\r'));
        if is_heading || is_line_end && joins.last() == Some(&true) {
            for gap in mended.get_mut(start..end).into_iter().flatten() {
                *gap = b' ';
            }
        }
        if walk.depth() > joins.len() {
            joins.push(byte == Some(b'{') && begins_for(text, walk.cursor.at()));
        }
        joins.truncate(walk.depth());
    }
}

/// A heredoc ends where its marker stands alone on a line, while to the parser more may follow, which it then may
/// well take for what comes next: such markers are hidden, whether it complains or not.
fn hide_markers(text: &str, mut walk: Walk<'_>, mended: &mut [u8]) {
    loop {
        let start = walk.cursor.at();
        match walk.step() {
            Ok(Passed::Heredoc) => hide_markers_of(text, start..walk.cursor.at(), mended),
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// Changes the first letter of each marker in a heredoc that is not alone on its line.
fn hide_markers_of(text: &str, heredoc: Range<usize>, mended: &mut [u8]) {
    let whole = text.get(heredoc.clone()).unwrap_or_default();
    let mut lines = whole.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let marker = first.trim_start_matches(['<', '-']).trim_end();
    let mut at = heredoc.start + first.len();
    for line in lines {
        let start = at + (line.len() - line.trim_start().len());
        if line.trim() != marker && line.trim_start().starts_with(marker) {
            let letter = marker.chars().next().map_or(0, char::len_utf8);
            mended.get_mut(start..start + letter).into_iter().flatten().for_each(|byte| *byte = b'_');
        }
        at += line.len();
    }
}

fn begins_for(text: &str, at: usize) -> bool {
    let mut cursor = Cursor::new(text, at);
    cursor.skip_trivia();
    cursor.identifier() == Some("for") && !matches!(cursor.peek(), Some(b'=' | b':' | b'.'))
}
