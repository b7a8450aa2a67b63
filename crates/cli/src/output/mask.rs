//! Hides secrets.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use iamrail::core::credentials::Pieces;
use iamrail::core::credentials::redact::{announced, credentials, tokens};
use iamrail::core::source::{FileId, SourceFile, Sources, Span};

use super::excerpt::floor;
use super::passwords::{behind_names, in_addresses};

/// The shortest text that is masked wherever it turns up. Shorter ones are no credentials, and would blot out words.
const SHORTEST: usize = 8;
/// How far before and behind a piece of a source a secret that reaches into it is looked for, in bytes.
const LONGEST: usize = 8192;
/// How far before and behind a piece of a source is read what says of a text in it that it is a credential, in bytes.
const NEAR: usize = 2048;

/// Knows the places that hold secrets, and the secrets themselves: a value may travel into a message, or be written
/// again elsewhere.
#[derive(Debug)]
pub(crate) struct Mask {
    /// The places by file, in order and apart from each other.
    spans: BTreeMap<FileId, Vec<Range<usize>>>,
    texts: Option<AhoCorasick>,
    pieces: Pieces,
}

impl Mask {
    /// A mask over the given places.
    pub(crate) fn new(secrets: &[Span], sources: &Sources) -> Self {
        Self::with_pieces(secrets, sources, Pieces::default())
    }

    /// The same over whatever is a piece of a credential too, wherever it is written.
    pub(crate) fn with_pieces(secrets: &[Span], sources: &Sources, pieces: Pieces) -> Self {
        let mut spans: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        for span in secrets {
            spans.entry(span.file).or_default().push(span.start as usize..span.end as usize);
        }
        let spans = spans.into_iter().map(|(file, ranges)| (file, merged(ranges))).collect();
        let mut texts = BTreeSet::new();
        for span in secrets {
            let Some(file) = sources.file(span.file) else { continue };
            let text = file.slice(*span).trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
            // A secret of several lines, such as a key block, is shown line by line.
            for line in text.lines().map(str::trim) {
                // A message may leave out what is neither a letter nor a digit.
                let plain: String = line.chars().filter(char::is_ascii_alphanumeric).collect();
                // Credentials are recognised by their pieces.
                let is_own = |text: &&str| text.len() >= SHORTEST && !pieces.cover(text);
                texts.extend([line, &plain].into_iter().filter(is_own).map(str::to_owned));
            }
        }
        // The automaton that is made fastest: what is written is short.
        let builder = || {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::NoncontiguousNFA));
            // A name may be made of a secret by `lower`.
            builder.ascii_case_insensitive(true);
            builder
        };
        let texts = (!texts.is_empty()).then(|| builder().build(texts).ok()).flatten();
        Self { spans, texts, pieces }
    }

    /// The text with `*` for every character of a secret in it, of a password in an address, and of whatever is a credential by its
    /// form.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut hidden = self.find(text);
        hidden.extend(credentials(text));
        hidden.extend(in_addresses(text));
        starred(text, hidden)
    }

    /// A path with `*` for every character of a credential in it. It names a file that is there: a directory that is called as some
    /// default password must still be found, so that only what has the form of a credential is hidden, and pieces of those that were found.
    pub(crate) fn path<'t>(&self, path: &'t str) -> Cow<'t, str> {
        let is_token = |range: &Range<usize>| !tokens(path.get(range.clone()).unwrap_or_default()).is_empty();
        let mut hidden: Vec<_> = self.find(path).into_iter().filter(is_token).collect();
        hidden.extend(self.pieces.places(path));
        hidden.extend(credentials(path));
        starred(path, hidden)
    }

    /// Where secrets and pieces of credentials turn up in a text.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        [self.pieces.places(text), self.known(text)].concat()
    }

    /// Where secrets turn up in a text that are no credentials.
    fn known(&self, text: &str) -> Vec<Range<usize>> {
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

    /// The parts of a source that must be masked within `piece`, or touching it: the secrets, whatever is a credential by its form,
    /// what the name of a secret is given, and passwords.
    pub(crate) fn ranges(&self, file: &SourceFile, piece: &Range<usize>) -> Vec<Range<usize>> {
        let mut ranges = self.places(file.id(), piece).to_vec();
        let mut take = |most: usize, find: &dyn Fn(&str) -> Vec<Range<usize>>| {
            let around = around(file, piece, most);
            let found = find(file.text().get(around.clone()).unwrap_or_default()).into_iter();
            let found = found.map(|found| around.start + found.start..around.start + found.end);
            ranges.extend(found.filter(|found| found.start < piece.end && piece.start < found.end));
        };
        take(Pieces::REACH, &|text| self.pieces.places(text));
        take(LONGEST, &|text| self.known(text));
        take(NEAR, &credentials);
        take(NEAR, &announced);
        take(NEAR, &in_addresses);
        take(NEAR, &behind_names);
        ranges
    }

    /// The parts of a source that may be tokens within `piece`, or touching it: what is masked where a secret is near.
    pub(crate) fn tokens(file: &SourceFile, piece: &Range<usize>) -> Vec<Range<usize>> {
        let text = file.text();
        let words = words_around(text, piece, around(file, piece, LONGEST));
        let found = |found: Range<usize>| words.start + found.start..words.start + found.end;
        tokens(text.get(words.clone()).unwrap_or_default()).into_iter().map(found).collect()
    }

    /// Whether a part of a source holds a place of a secret.
    pub(crate) fn is_in(&self, file: &SourceFile, part: &Range<usize>) -> bool {
        !self.places(file.id(), part).is_empty()
    }

    /// The places of secrets in a file that touch a part of it.
    fn places(&self, file: FileId, part: &Range<usize>) -> &[Range<usize>] {
        let all = self.spans.get(&file).map_or([].as_slice(), Vec::as_slice);
        let first = all.partition_point(|range| range.end <= part.start);
        let behind = all.partition_point(|range| range.start < part.end);
        all.get(first..behind).unwrap_or_default()
    }
}

/// A part of a source with so many bytes before and behind it, as whole characters.
fn around(file: &SourceFile, part: &Range<usize>, most: usize) -> Range<usize> {
    let text = file.text();
    let end = part.end.saturating_add(most).min(text.len());
    floor(text, part.start.saturating_sub(most).min(end))..floor(text, end)
}

/// A text with `*` for every character in what is hidden.
fn starred(text: &str, hidden: Vec<Range<usize>>) -> Cow<'_, str> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut shown = 0;
    for secret in merged(hidden) {
        masked.push_str(text.get(shown..secret.start).unwrap_or_default());
        masked.extend(text.get(secret.clone()).unwrap_or_default().chars().map(|_| '*'));
        shown = secret.end;
    }
    masked.push_str(text.get(shown..).unwrap_or_default());
    Cow::Owned(masked)
}

/// A text of the input or of the command line, with `*` for every character of a credential in it.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    starred(text, credentials(text))
}

/// The ranges in order, those that touch as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges
}

/// A part of a text with the rest of the words that it begins and ends in, as far as `most`.
fn words_around(text: &str, part: &Range<usize>, most: Range<usize>) -> Range<usize> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let before = text.as_bytes().get(most.start..part.start).unwrap_or_default();
    let behind = text.as_bytes().get(part.end..most.end).unwrap_or_default();
    let start = before.iter().rposition(ends).map_or(most.start, |at| most.start + at + 1);
    start..behind.iter().position(ends).map_or(most.end, |at| part.end + at)
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
