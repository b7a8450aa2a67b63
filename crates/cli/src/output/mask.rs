//! Hides secrets.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
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
        let texts = (!texts.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts).ok())
            .flatten();
        Self { spans, texts }
    }

    /// The text with `*` for every character of a secret in it.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(texts) = &self.texts else { return Cow::Borrowed(text) };
        if !texts.is_match(text) {
            return Cow::Borrowed(text);
        }
        let mut masked = String::with_capacity(text.len());
        texts.replace_all_with(text, &mut masked, |_, secret, masked| {
            masked.extend(secret.chars().map(|_| '*'));
            true
        });
        Cow::Owned(masked)
    }

    /// The parts of a source that must be masked within `piece`, or touching it.
    pub(crate) fn ranges(&self, file: &SourceFile, piece: Range<usize>) -> Vec<Range<usize>> {
        let here = self.spans.iter().filter(|span| span.file == file.id());
        let mut ranges: Vec<_> = here.map(|span| span.start as usize..span.end as usize).collect();
        if let Some(texts) = &self.texts {
            // A secret may reach over the edges of the piece.
            let text = file.text();
            let start = floor(text, piece.start.saturating_sub(LONGEST));
            let end = floor(text, piece.end.saturating_add(LONGEST).min(text.len()));
            let around = text.get(start..end).unwrap_or_default();
            ranges.extend(texts.find_iter(around).map(|found| start + found.start()..start + found.end()));
        }
        ranges.retain(|range| range.start < piece.end && piece.start < range.end);
        ranges
    }
}
