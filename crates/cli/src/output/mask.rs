//! Hides secrets.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use iamrail::core::source::{SourceFile, Sources, Span};

use super::excerpt::floor;

/// The shortest text that is masked wherever it turns up. Shorter ones are no credentials, and would blot out words.
const SHORTEST: usize = 8;
/// How far before and behind a piece of a source a secret that reaches into it is looked for, in bytes.
const LONGEST: usize = 8192;

/// Knows the places that hold secrets, and the secrets themselves: a value may travel into a message, or be written
/// again elsewhere.
#[derive(Debug)]
pub(crate) struct Mask {
    spans: Vec<Span>,
    texts: Option<AhoCorasick>,
}

impl Mask {
    /// A mask over the given places.
    pub(crate) fn new(secrets: &[Span], sources: &Sources) -> Self {
        let mut spans = secrets.to_vec();
        spans.sort_unstable();
        let mut texts = BTreeSet::new();
        for span in secrets {
            let Some(file) = sources.file(span.file) else { continue };
            let text = file.slice(*span).trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
            // A secret of several lines, such as a key block, is shown line by line.
            texts
                .extend(text.lines().map(str::trim).filter(|line| line.len() >= SHORTEST).map(str::to_owned));
        }
        // The automaton that is made fastest: what is written is short.
        let builder = || {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::NoncontiguousNFA));
            builder
        };
        let texts = (!texts.is_empty()).then(|| builder().build(texts).ok()).flatten();
        Self { spans, texts }
    }

    /// The text with `*` for every character of a secret in it.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        let mut shown = 0;
        for secret in found {
            masked.push_str(text.get(shown..secret.start).unwrap_or_default());
            masked.extend(text.get(secret.clone()).unwrap_or_default().chars().map(|_| '*'));
            shown = secret.end;
        }
        masked.push_str(text.get(shown..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// Where secrets turn up in a text, in its order.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let Some(texts) = &self.texts else { return ranges };
        let mut at = 0;
        while let Some(found) = texts.find(Input::new(text).range(at..)) {
            let found = found.range();
            at = if stands_alone(text, &found) {
                ranges.push(found.clone());
                found.end
            } else {
                // Another secret may begin within what is none.
                found.start + text.get(found).and_then(|word| word.chars().next()).map_or(1, char::len_utf8)
            };
        }
        ranges
    }

    /// The parts of a source that must be masked within `piece`, or touching it.
    pub(crate) fn ranges(&self, file: &SourceFile, piece: Range<usize>) -> Vec<Range<usize>> {
        let here = self.spans.iter().filter(|span| span.file == file.id());
        let mut ranges: Vec<_> = here.map(|span| span.start as usize..span.end as usize).collect();
        // A secret may reach over the edges of the piece.
        let text = file.text();
        let start = floor(text, piece.start.saturating_sub(LONGEST));
        let end = floor(text, piece.end.saturating_add(LONGEST).min(text.len()));
        let around = self.find(text.get(start..end).unwrap_or_default());
        ranges.extend(around.into_iter().map(|found| start + found.start..start + found.end));
        ranges.retain(|range| range.start < piece.end && piece.start < range.end);
        ranges
    }
}

/// Whether what was found is the secret, and no part of a longer word. A default such as `wordpress` is hidden where it stands for
/// itself; `WordpressInstance` and `wordpress2` are names of other things. What holds more than letters is no word, and is hidden
/// wherever it is.
fn stands_alone(text: &str, found: &Range<usize>) -> bool {
    let is_word = text.get(found.clone()).is_some_and(|found| found.chars().all(char::is_alphabetic));
    let before = text.get(..found.start).and_then(|before| before.chars().next_back());
    let after = text.get(found.end..).and_then(|after| after.chars().next());
    !is_word || !before.into_iter().chain(after).any(char::is_alphanumeric)
}
