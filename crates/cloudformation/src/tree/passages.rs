//! Passages of a text that hold no entries: conflicts that were not resolved, lines of text templates, and quoted texts.

use std::ops::Range;

/// What begins a conflict of git, and what ends it.
const MARKERS: [&str; 2] = ["<<<<<<<", ">>>>>>>"];

/// The conflicts of a text, from the line with the first marker to that with the last.
pub(super) fn conflicts(text: &str) -> Vec<Range<usize>> {
    let [first, last] = MARKERS;
    if !text.contains(first) {
        return Vec::new();
    }
    let (mut at, mut begin, mut found) = (0, None, Vec::new());
    for line in text.split_inclusive('\n') {
        if line.starts_with(first) {
            begin.get_or_insert(at);
        }
        at += line.len();
        if line.starts_with(last) {
            found.extend(begin.take().map(|begin| begin..at));
        }
    }
    found
}

/// Whether a place is within one of the conflicts of a text.
pub(super) fn is_in_conflict(at: usize, conflicts: &[Range<usize>]) -> bool {
    let before = conflicts.partition_point(|conflict| conflict.end <= at);
    conflicts.get(before).is_some_and(|conflict| conflict.start <= at)
}

/// Whether a line is a directive of a text template, as of Jinja or Handlebars.
pub(super) fn is_directive(content: &str) -> bool {
    let is_block = ["{%", "{{#", "{{/", "{{else", "{{^", "{#"].iter().any(|start| content.starts_with(start));
    is_block && (content.ends_with('}'))
}

/// Where the quoted text ends that begins in the line at a place and goes on in others; `None` when there is none. A quote
/// behind whose end something stands that cannot was never meant to begin one.
pub(super) fn quoted(text: &str, start: usize, line: &str) -> Option<usize> {
    let mut begins = true;
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '#' if line.get(..at).is_none_or(|before| before.is_empty() || before.ends_with(' ')) => {
                return None;
            }
            '"' | '\'' if begins => {
                let from = start + at + 1;
                let end = from + closing(text.get(from..)?, letter)?;
                if end > start + line.len() {
                    let rest = text.get(end..)?.lines().next().unwrap_or_default().trim_start();
                    let is_end = rest.is_empty() || rest.starts_with(['#', ',', ']', '}']);
                    return is_end.then_some(end);
                }
                while letters.next_if(|(next, _)| start + next < end).is_some() {}
                begins = false;
            }
            ' ' => begins |= line.get(..at).is_some_and(|before| before.ends_with([':', '-', '?'])),
            '[' | '{' | ',' => begins = true,
            '!' if begins => {
                // A tag stands before what it is for.
                while letters.next_if(|(_, next)| *next != ' ' && *next != '\n').is_some() {}
            }
            _ => begins = false,
        }
    }
    None
}

/// Where the closing quote ends of a text that begins behind its opening one.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote && (quote == '"' || letters.next_if(|(_, next)| *next == quote).is_none()) {
            return Some(at + 1);
        }
    }
    None
}
