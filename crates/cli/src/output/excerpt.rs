//! A few lines of a source as they may be shown: secrets masked, control characters neutralised, long lines cut.

use std::ops::Range;

use iamrail::core::source::{SourceFile, Span};

use super::mask::Mask;
use super::neutral::stand_in;

/// How many bytes of a line are shown around what matters in it.
const AROUND: usize = 60;
/// The longest line that is shown whole, in bytes.
const LONGEST: usize = 200;
/// Lines of no more bytes than this are looked through together for what must not be shown.
const MOST: usize = 8192;
/// What stands for the part of a line that is cut.
const CUT: &str = "…";

/// Lines of a source with the way from their offsets to the shown ones.
#[derive(Debug)]
pub(crate) struct Excerpt {
    /// What is shown.
    pub(crate) text: String,
    /// The number of the first line.
    pub(crate) first_line: u32,
    segments: Vec<Segment>,
    cut: bool,
}

/// A run of bytes that is shown as it stands, or the place of something else.
#[derive(Debug)]
struct Segment {
    source: Range<usize>,
    shown: usize,
    verbatim: bool,
}

impl Excerpt {
    /// The lines from the first to the last one that a span touches; all spans are of `file`.
    pub(crate) fn new(file: &SourceFile, spans: &[Span], mask: &Mask) -> Self {
        let text: &str = file.text();
        let start = spans.iter().map(|span| span.start as usize).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.end as usize).max().unwrap_or(start);
        let start = line_start(text, start.min(text.len()));
        let end = line_end(text, end.clamp(start, text.len()));
        let first_line = file.position(u32::try_from(start).unwrap_or(u32::MAX)).line;
        let cut = start == 0 && file.begins_within_a_line();
        let mut excerpt = Self { text: String::new(), first_line, segments: Vec::new(), cut };
        let mut at = start;
        let lines = text.get(start..end).unwrap_or_default().split_inclusive('\n').map(|line| {
            let whole = at..at + line.len();
            at = whole.end;
            (keep(&whole, text, spans), whole)
        });
        let lines: Vec<_> = lines.collect();
        let pieces: Vec<Range<usize>> = if end - start <= MOST {
            std::iter::once(start..end).collect()
        } else {
            lines.iter().map(|(keep, _)| keep.clone()).collect()
        };
        let mut secrets: Vec<_> = pieces.iter().flat_map(|piece| mask.ranges(file, piece)).collect();
        // What stands near a secret is mostly another one.
        if !secrets.is_empty() || mask.is_in(file, &(start..end)) {
            secrets.extend(pieces.iter().flat_map(|piece| Mask::tokens(file, piece)));
        }
        for (keep, whole) in lines {
            if keep.start > whole.start {
                excerpt.replace(whole.start..keep.start, CUT);
                excerpt.cut = true;
            }
            excerpt.show(file, keep.clone(), &secrets);
            if keep.end < whole.end {
                let newline = if text.get(..whole.end).is_some_and(|text| text.ends_with('\n')) {
                    "…\n"
                } else {
                    CUT
                };
                excerpt.replace(keep.end..whole.end, newline);
            }
        }
        excerpt
    }

    /// Whether the start of a line is left out, so that columns of the shown text are not those of the source.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The shown range of a span: whole characters, also of a span that begins or ends within one.
    pub(crate) fn range(&self, span: Span) -> Range<usize> {
        let start = self.shown(span.start as usize);
        let end = self.shown(span.end as usize).max(start);
        floor(&self.text, start)..ceil(&self.text, end)
    }

    fn shown(&self, offset: usize) -> usize {
        let next = self.segments.partition_point(|segment| segment.source.start <= offset);
        let Some(segment) = next.checked_sub(1).and_then(|at| self.segments.get(at)) else { return 0 };
        if segment.verbatim {
            segment.shown + offset.min(segment.source.end) - segment.source.start
        } else if offset >= segment.source.end {
            self.segments.get(next).map_or(self.text.len(), |segment| segment.shown)
        } else {
            segment.shown
        }
    }

    fn show(&mut self, file: &SourceFile, range: Range<usize>, secrets: &[Range<usize>]) {
        let text = file.slice(file.span(range.start, range.end));
        let touches = |secret: &&Range<usize>| secret.start < range.end && range.start < secret.end;
        let secrets: Vec<_> = secrets.iter().filter(touches).collect();
        let mut verbatim: Option<usize> = None;
        for (at, character) in text.char_indices() {
            let secret = secrets.iter().any(|secret| secret.contains(&(range.start + at)));
            let instead = match character {
                '\n' | '\t' => None,
                // The end of a line as Windows writes it is no part of what is shown.
                '\r' if text.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')) => Some(None),
                '\u{FEFF}' if range.start + at == 0 => Some(None),
                _ if secret => Some(Some('*')),
                other => stand_in(other).map(Some),
            };
            let Some(instead) = instead else {
                verbatim.get_or_insert(at);
                continue;
            };
            if let Some(start) = verbatim.take() {
                self.copy(range.start + start, text.get(start..at).unwrap_or_default());
            }
            let shown = instead.map(String::from).unwrap_or_default();
            let start = range.start + at;
            self.replace(start..start + character.len_utf8(), &shown);
        }
        if let Some(start) = verbatim {
            self.copy(range.start + start, text.get(start..).unwrap_or_default());
        }
    }

    fn copy(&mut self, source: usize, text: &str) {
        let shown = self.text.len();
        self.segments.push(Segment { source: source..source + text.len(), shown, verbatim: true });
        self.text.push_str(text);
    }

    fn replace(&mut self, source: Range<usize>, shown: &str) {
        self.segments.push(Segment { source, shown: self.text.len(), verbatim: false });
        self.text.push_str(shown);
    }
}

/// The part of a line that is shown: all of it, or what surrounds the first span in it.
fn keep(line: &Range<usize>, text: &str, spans: &[Span]) -> Range<usize> {
    if line.len() <= LONGEST {
        return line.clone();
    }
    let touches = |span: &&Span| (span.start as usize) < line.end && (span.end as usize) >= line.start;
    let focus = spans.iter().filter(touches).map(|span| span.start as usize).min();
    let focus = focus.unwrap_or(line.start).max(line.start);
    let start = focus.saturating_sub(AROUND).max(line.start);
    let end = (start + LONGEST).min(line.end);
    floor(text, start)..floor(text, end)
}

/// The start of the character that a byte belongs to.
pub(super) fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of the character that a byte is in the middle of.
fn ceil(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr(b'\n', text.as_bytes().get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |newline| at + newline)
}

#[cfg(test)]
mod tests {
    use iamrail::core::source::{MemoryFiles, Sources};

    use super::{Excerpt, Mask};

    /// The excerpt around the first `needle` of a text with the secrets given by their texts, and what it marks.
    fn excerpt(text: &str, needle: &str, secret: Option<&str>) -> (String, String) {
        let sources = Sources::new(MemoryFiles::new([("a", text)]));
        let file = sources.load("a").unwrap();
        let find = |needle: &str| {
            let start = text.find(needle).unwrap();
            file.span(start, start + needle.len())
        };
        let secrets: Vec<_> = secret.into_iter().map(find).collect();
        let span = find(needle);
        let excerpt = Excerpt::new(&file, &[span], &Mask::new(&secrets, &sources));
        let marked = excerpt.text.get(excerpt.range(span)).unwrap().to_owned();
        (excerpt.text, marked)
    }

    #[test]
    fn a_secret_is_masked_at_equal_width_and_marks_stay_where_they_were() {
        let (text, marked) = excerpt("a\nkey = \"sécret-value\" # note\nb", "# note", Some("sécret-value"));
        assert_eq!(text, "key = \"************\" # note");
        assert_eq!(marked, "# note");
    }

    #[test]
    fn control_characters_are_shown_and_marks_stay_where_they_were() {
        let (text, marked) = excerpt("a\u{1b}[2Jb \u{202e}name\r\nrest", "name", None);
        assert_eq!((text.as_str(), marked.as_str()), ("a\u{241b}[2Jb \u{fffd}name\u{240d}", "name"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}needle{}", "é".repeat(100_000), "y".repeat(100_000));
        let (text, marked) = excerpt(&line, "needle", None);
        assert_eq!(marked, "needle");
        assert!(text.len() < 300 && text.starts_with('…') && text.ends_with('…'), "{text}");
    }

    #[test]
    fn a_place_within_a_character_is_the_character() {
        let sources = Sources::new(MemoryFiles::new([("a", "“x”")]));
        let file = sources.load("a").unwrap();
        let excerpt = Excerpt::new(&file, &[], &Mask::new(&[], &sources));
        assert_eq!(excerpt.range(file.span(0, 1)), 0..3);
        assert_eq!(excerpt.range(file.span(1, 5)), 0..7);
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let sources = Sources::new(MemoryFiles::new([("a", "")]));
        let file = sources.load("a").unwrap();
        let span = file.span(5, 9);
        let excerpt = Excerpt::new(&file, &[span], &Mask::new(&[], &sources));
        assert_eq!((excerpt.text.as_str(), excerpt.range(span)), ("", 0..0));
    }
}
