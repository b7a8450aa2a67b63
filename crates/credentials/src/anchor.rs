//! The few letters by which everything is found that may be a credential.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

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
    /// Base64 of an id's prefix, or of a part of a secret's name, that begins so many bytes behind a group of three.
    Base64(usize),
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

/// The characters of base64 that depend on nothing but the word, for each of the three ways it may lie in the groups.
const BASE64: [(&str, usize); 18] = [
    ("QUtJQ", 0),
    ("FLSU", 1),
    ("BS0lB", 2),
    ("QVNJQ", 0),
    ("FTSU", 1),
    ("BU0lB", 2),
    ("QUJJQ", 0),
    ("FCSU", 1),
    ("BQklB", 2),
    ("QUNDQ", 0),
    ("FDQ0", 1),
    ("BQ0NB", 2),
    ("ZWNyZX", 0),
    ("VjcmV0", 1),
    ("lY3Jld", 2),
    ("RUNSRV", 0),
    ("VDUkVU", 1),
    ("FQ1JFV", 2),
];

struct Anchors {
    searcher: AhoCorasick,
    kinds: Vec<Anchor>,
}

static ANCHORS: LazyLock<Option<Anchors>> = LazyLock::new(|| {
    let ids = PREFIXES.iter().map(|prefix| (*prefix, Anchor::KeyId));
    let encoded = BASE64.iter().map(|(text, phase)| (*text, Anchor::Base64(*phase)));
    let (texts, kinds): (Vec<&str>, Vec<Anchor>) = ids.chain(OTHERS).chain(encoded).unzip();
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA));
    Some(Anchors { searcher: builder.build(texts).ok()?, kinds })
});

/// The anchors of a text with the offsets that they begin and end at, in its order.
pub(crate) fn anchors(bytes: &[u8]) -> impl Iterator<Item = (usize, usize, Anchor)> {
    ANCHORS.iter().flat_map(move |anchors| {
        let found = anchors.searcher.find_iter(bytes);
        found.filter_map(|found| {
            Some((found.start(), found.end(), *anchors.kinds.get(found.pattern().as_usize())?))
        })
    })
}
