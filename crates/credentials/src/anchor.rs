//! The few letters by which everything is found that may be a credential.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, PatternID};

use crate::base64::{self, Run};
use crate::key_id::PREFIXES;

/// What stands at an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// The prefix of an access key id.
    KeyId,
    /// A part of a name that secrets have. The `s` is left out: names begin it with a capital and go on in small letters, or are
    /// of one case.
    Secret,
    /// `aws`, with which names of secrets begin.
    Aws,
    /// The beginning of a long-term key of Amazon Bedrock.
    BedrockKey,
    /// The beginning of a short-term key of Amazon Bedrock.
    BedrockToken,
    /// Base64 of an id's prefix, of a part of a secret's name, or of the beginning of a key of Amazon Bedrock, that begins so many bytes behind a group of three.
    Base64 {
        /// How many bytes.
        phase: usize,
        /// Whether it is UTF-16.
        wide: bool,
    },
}

const OTHERS: [(&str, Anchor); 7] = [
    ("ecret", Anchor::Secret),
    ("ECRET", Anchor::Secret),
    ("aws", Anchor::Aws),
    ("AWS", Anchor::Aws),
    ("Aws", Anchor::Aws),
    ("ABSKQmVkcm9ja0FQSUtleS", Anchor::BedrockKey),
    ("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", Anchor::BedrockToken),
];

/// The parts of names that are looked for in base64, and what keys of Amazon Bedrock begin with.
const ENCODED: [&str; 4] = ["ecret", "ECRET", "ABSKQmVk", "bedrock-api-key"];

struct Anchors {
    searcher: AhoCorasick,
    kinds: Vec<Anchor>,
    /// What may be broken over two lines, by the last byte of what stands on the first. UTF-16 is written in one.
    breaks: HashMap<u8, Vec<Break>>,
}

/// A way to break an anchor over two lines.
struct Break {
    before: Vec<u8>,
    behind: Vec<u8>,
    phase: usize,
}

static ANCHORS: LazyLock<Option<Anchors>> = LazyLock::new(|| {
    let ids = PREFIXES.iter().map(|prefix| (prefix.as_bytes().to_vec(), Anchor::KeyId));
    let others = OTHERS.iter().map(|(text, anchor)| (text.as_bytes().to_vec(), *anchor));
    let encoded: Vec<_> = PREFIXES.iter().chain(&ENCODED).flat_map(|word| encoded(word)).collect();
    let mut breaks: HashMap<u8, Vec<Break>> = HashMap::new();
    for (text, anchor) in &encoded {
        let Anchor::Base64 { phase, wide: false } = *anchor else { continue };
        for (before, behind) in (1..text.len()).filter_map(|at| text.split_at_checked(at)) {
            let Some(last) = before.last() else { continue };
            let (before, behind) = (before.to_vec(), behind.to_vec());
            breaks.entry(*last).or_default().push(Break { before, behind, phase });
        }
    }
    let (texts, kinds): (Vec<Vec<u8>>, Vec<Anchor>) = ids.chain(others).chain(encoded).unzip();
    let mut builder = AhoCorasick::builder();
    // A prefilter passes over nearly all of a text. What is left takes no longer by this, and a table takes longer to be made than a
    // small input to be looked through.
    builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::ContiguousNFA));
    Some(Anchors { searcher: builder.build(texts).ok()?, kinds, breaks })
});

/// The characters of base64 that depend on nothing but the word, as it is and in UTF-16, for each of the three ways it may lie in the
/// groups.
fn encoded(word: &str) -> impl Iterator<Item = (Vec<u8>, Anchor)> {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [(word.as_bytes().to_vec(), false), (utf16, true)].into_iter().flat_map(|(word, wide)| {
        (0..3).map(move |phase| (base64::inner(&word, phase), Anchor::Base64 { phase, wide }))
    })
}

/// The anchors of a text with the offsets that they begin and end at, in its order.
pub(crate) fn anchors(bytes: &[u8]) -> impl Iterator<Item = (usize, usize, Anchor)> {
    anchors_among(bytes, &base64::long_runs(bytes))
}

/// The same where it is known which runs may be lines of base64.
pub(crate) fn anchors_among<'t>(
    bytes: &'t [u8],
    runs: &[Run],
) -> impl Iterator<Item = (usize, usize, Anchor)> + use<'t> {
    let anchors = ANCHORS.as_ref();
    let ends = runs.iter().map(|run| run.range.end);
    let broken: Vec<_> = ends.filter_map(|end| anchors?.over_break(bytes, end)).collect();
    let mut broken = broken.into_iter().peekable();
    let whole = anchors.into_iter().flat_map(move |anchors| {
        let kind = |pattern: PatternID| anchors.kinds.get(pattern.as_usize()).copied();
        let whole = anchors.searcher.find_iter(bytes);
        whole.filter_map(move |one| Some((one.start(), one.end(), kind(one.pattern())?)))
    });
    let mut whole = whole.peekable();
    std::iter::from_fn(move || {
        let is_next = |broken: &(usize, usize, Anchor)| whole.peek().is_none_or(|whole| broken.0 < whole.0);
        if broken.peek().is_some_and(is_next) { broken.next() } else { whole.next() }
    })
}

impl Anchors {
    /// The anchor that a line break at an offset divides.
    fn over_break(&self, bytes: &[u8], at: usize) -> Option<(usize, usize, Anchor)> {
        let behind = at + base64::line_break(bytes, at)?;
        let (before, rest) = (bytes.get(..at)?, bytes.get(behind..)?);
        let mut ways = self.breaks.get(before.last()?)?.iter();
        let way = ways.find(|way| rest.starts_with(&way.behind) && before.ends_with(&way.before))?;
        let anchor = Anchor::Base64 { phase: way.phase, wide: false };
        Some((at - way.before.len(), behind + way.behind.len(), anchor))
    }
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn words_are_looked_for_in_base64_wherever_they_begin() {
        let found: Vec<String> =
            encoded("AKIA").map(|(text, _)| String::from_utf8_lossy(&text).into_owned()).collect();
        assert_eq!(found, ["QUtJQ", "FLSU", "BS0lB", "QQBLAEkAQQ", "EASwBJAEEA", "BAEsASQBBA"]);
    }
}
