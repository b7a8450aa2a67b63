//! Expected findings as comments below the line that they point at:
//!
//! ```text
//!   Action = "*"
//! #          ^^^ error[wildcard-permission]: ...
//! ```
//!
//! The comment starts in the first column. A place that starts there too is written `#<^^`, one that goes on behind
//! the end of its line `^^~`; what has no place in its file is written `#! error[...]: ...` at its end.

use std::collections::BTreeMap;

use iamrail::core::source::Location;

/// Something expected in a file: its place, unless it has none, and its text such as `error[rule]: message`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    pub(crate) place: Option<Location>,
    pub(crate) text: String,
}

/// Whether a file takes comments.
pub(crate) fn takes_comments(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["tf", "tofu", "tfvars", "yaml", "yml"].contains(&extension)
}

/// The text without expectations.
pub(crate) fn strip(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !is_note(line)).collect()
}

/// The text, which has no expectations, with these.
pub(crate) fn annotate(text: &str, notes: &[Note]) -> String {
    let mut by_line: BTreeMap<u32, Vec<(u32, String)>> = BTreeMap::new();
    let mut placeless = String::new();
    for Note { place, text: said } in notes {
        match place {
            Some(place) => {
                let line = text.lines().nth(place.start.line as usize - 1).unwrap_or_default();
                let mark = mark(place, line.chars().count());
                by_line
                    .entry(place.start.line)
                    .or_default()
                    .push((place.start.column, format!("{mark} {said}\n")));
            }
            None => placeless.push_str(&format!("#! {said}\n")),
        }
    }
    let mut annotated = String::new();
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        annotated.push_str(line);
        let mut notes = by_line.remove(&number).unwrap_or_default();
        if !notes.is_empty() && !line.ends_with('\n') {
            annotated.push('\n');
        }
        notes.sort();
        notes.iter().for_each(|(_, note)| annotated.push_str(note));
    }
    // Places behind the last line.
    by_line.into_values().flatten().for_each(|(_, note)| annotated.push_str(&note));
    annotated + &placeless
}

fn mark(place: &Location, line_width: usize) -> String {
    let start = place.start.column as usize;
    let goes_on = place.end.line > place.start.line;
    let end = if goes_on { line_width + 1 } else { place.end.column as usize };
    let tail = if goes_on { "~" } else { "" };
    if start == 1 {
        format!("#<{}{tail}", "^".repeat(end.saturating_sub(3).max(1)))
    } else {
        format!("#{}{}{tail}", " ".repeat(start - 2), "^".repeat(end.saturating_sub(start).max(1)))
    }
}

fn is_note(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('#') else { return false };
    let said = match rest.strip_prefix('!') {
        Some(rest) => rest.strip_prefix(' '),
        None => {
            let marked = rest.strip_prefix('<').unwrap_or(rest.trim_start_matches(' '));
            let said = marked.trim_start_matches('^');
            if said.len() == marked.len() { None } else { said.trim_start_matches('~').strip_prefix(' ') }
        }
    };
    let kind = said.and_then(|said| said.split_once('[')).map(|(kind, _)| kind);
    matches!(kind, Some("error" | "warning" | "note" | "undetermined"))
}

#[cfg(test)]
mod tests {
    use iamrail::core::source::{Location, Position};

    use super::{Note, annotate, strip};

    fn note(start: (u32, u32), end: (u32, u32), text: &str) -> Note {
        let position = |(line, column)| Position { line, column };
        let place = Location { path: "a.tf".into(), start: position(start), end: position(end) };
        Note { place: Some(place), text: text.to_owned() }
    }

    #[test]
    fn expectations_stand_below_their_line_and_can_be_stripped_again() {
        let text = "a = \"*\"\nbcdef\n# a comment ^ of its own\n";
        let notes = [
            note((1, 5), (1, 8), "error[x]: wide"),
            note((2, 1), (2, 6), "warning[y]: first column"),
            note((2, 3), (3, 1), "undetermined[z]: several lines"),
            Note { place: None, text: "note[w]: nowhere".to_owned() },
        ];
        let annotated = annotate(text, &notes);
        let expected = "\
a = \"*\"
#   ^^^ error[x]: wide
bcdef
#<^^^ warning[y]: first column
# ^^^~ undetermined[z]: several lines
# a comment ^ of its own
#! note[w]: nowhere
";
        assert_eq!(annotated, expected);
        assert_eq!(strip(&annotated), text);
    }
}
