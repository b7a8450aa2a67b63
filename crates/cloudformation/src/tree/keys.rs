//! Entries of mappings: keys that are given twice, those that are merged in, and how one is found.

use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::report::Diagnostic;

use super::builder::Builder;
use super::{Content, MOST_NODES, NodeId, Pair};

/// The code of the diagnostic on a key that is given twice.
pub(crate) const DUPLICATE_KEY: &str = "duplicate-key";

/// Mappings up to this size are searched without an index.
const SMALL: usize = 16;

/// The entries of a mapping, in the order of the text. Of a template nearly all mappings are small: their nodes have no place for an
/// index.
#[derive(Clone, Debug)]
pub(super) enum Entries {
    Few(Box<[Pair]>),
    Many(Box<Indexed>),
}

/// Entries with the places of the pairs, sorted by key.
#[derive(Clone, Debug)]
pub(super) struct Indexed {
    pairs: Box<[Pair]>,
    sorted: Box<[u32]>,
}

impl Entries {
    pub(super) fn new(pairs: Vec<Pair>) -> Self {
        if pairs.len() <= SMALL {
            return Self::Few(pairs.into());
        }
        let mut sorted: Vec<u32> = (0..).take(pairs.len()).collect();
        sorted.sort_by_key(|&at| pairs.get(at as usize).map(|pair| &pair.key));
        Self::Many(Box::new(Indexed { pairs: pairs.into(), sorted: sorted.into() }))
    }

    pub(super) fn pairs(&self) -> &[Pair] {
        match self {
            Self::Few(pairs) => pairs,
            Self::Many(indexed) => &indexed.pairs,
        }
    }

    pub(super) fn pairs_mut(&mut self) -> &mut [Pair] {
        match self {
            Self::Few(pairs) => pairs,
            Self::Many(indexed) => &mut indexed.pairs,
        }
    }

    /// The entry of a key.
    pub(super) fn find(&self, key: &str) -> Option<&Pair> {
        match self {
            Self::Few(pairs) => pairs.iter().find(|pair| &*pair.key == key),
            Self::Many(indexed) => {
                let pair = |&at: &u32| indexed.pairs.get(at as usize);
                let found =
                    indexed.sorted.binary_search_by_key(&Some(key), |at| pair(at).map(|pair| &*pair.key));
                found.ok().and_then(|at| indexed.sorted.get(at)).and_then(pair)
            }
        }
    }
}

impl Builder<'_> {
    /// Takes the entries of the mapping that ends. Of keys that are given twice the last one counts, of keys that are
    /// merged in the first one, and what is written in the mapping itself counts before both.
    pub(super) fn settle(&mut self, from: usize, merges: &[NodeId]) -> Entries {
        let pairs = self.pairs.drain(from..).collect();
        let mut pairs = self.without_duplicates(pairs);
        if !merges.is_empty() {
            self.merge(&mut pairs, merges);
        }
        Entries::new(pairs)
    }

    fn without_duplicates(&mut self, pairs: Vec<Pair>) -> Vec<Pair> {
        let mut last: HashMap<&str, usize> = HashMap::default();
        let mut shadowed = Vec::new();
        for (at, pair) in pairs.iter().enumerate() {
            let before = if pairs.len() <= SMALL {
                // The builder has every key once.
                pairs.iter().take(at).rposition(|one| Arc::ptr_eq(&one.key, &pair.key))
            } else {
                last.insert(pair.key.as_ref(), at)
            };
            shadowed.extend(before.map(|before| (before, at)));
        }
        if shadowed.is_empty() {
            return pairs;
        }
        let again: HashSet<usize> = shadowed.iter().map(|(_, at)| *at).collect();
        let mut reports = Vec::new();
        // A key is reported once, however often it is given.
        for &(before, at) in shadowed.iter().filter(|(before, _)| !again.contains(before)) {
            if let (Some(first), Some(second)) = (pairs.get(before), pairs.get(at)) {
                let line = self.file.position(first.key_span.start).line;
                let message = format!("the key `{}` is given twice, first in line {line}", second.key);
                let path = Arc::clone(self.file.path());
                let report = Diagnostic::warning(DUPLICATE_KEY, path, message).at(second.key_span);
                let report = report.label(format!("also in line {line}"));
                reports.push(report.help("the last one counts: leave the others out"));
            }
        }
        self.diagnostics.extend(reports);
        let shadowed: HashSet<usize> = shadowed.into_iter().map(|(before, _)| before).collect();
        let kept = pairs.into_iter().enumerate().filter(|(at, _)| !shadowed.contains(at));
        kept.map(|(_, pair)| pair).collect()
    }

    fn merge(&mut self, pairs: &mut Vec<Pair>, merges: &[NodeId]) {
        let mut sources = Vec::new();
        for &id in merges {
            match self.nodes.get(id.0 as usize).map(|node| &node.content) {
                Some(Content::Sequence(items)) => sources.extend(items.iter().copied()),
                _ => sources.push(id),
            }
        }
        // What is merged in twice adds nothing the second time.
        let mut seen = HashSet::default();
        sources.retain(|id| seen.insert(*id));
        let mut known: HashSet<Arc<str>> = pairs.iter().map(|pair| Arc::clone(&pair.key)).collect();
        for id in sources {
            let Some(node) = self.nodes.get(id.0 as usize) else { continue };
            let span = node.span;
            let merged = match &node.content {
                Content::Mapping(merged) => merged,
                Content::Unread => continue,
                _ => {
                    self.report("syntax", "`<<` merges maps only", span);
                    continue;
                }
            };
            let merged = merged.pairs();
            self.merged = self.merged.saturating_add(merged.len());
            if self.merged > MOST_NODES {
                self.report_too_large(format!("`<<` merges more than {MOST_NODES} entries"), span);
                return;
            }
            pairs.extend(merged.iter().filter(|pair| known.insert(Arc::clone(&pair.key))).cloned());
        }
    }
}
