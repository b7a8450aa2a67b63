//! Keys of mappings: those that are given twice, and those that are merged in.

use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::report::Diagnostic;

use super::builder::Builder;
use super::{Content, MOST_NODES, NodeId, Pair};

/// Mappings up to this size are searched for duplicates without an index.
const SMALL: usize = 16;

impl Builder<'_> {
    /// Takes the entries of the mapping that ends. Of keys that are given twice the last one counts, of keys that are merged in the first one, and what is written
    /// in the mapping itself counts before both.
    pub(super) fn settle(&mut self, from: usize, merges: &[NodeId]) -> Box<[Pair]> {
        let pairs = self.pairs.drain(from..).collect();
        let mut pairs = self.without_duplicates(pairs);
        if !merges.is_empty() {
            self.merge(&mut pairs, merges);
        }
        pairs.into()
    }

    fn without_duplicates(&mut self, pairs: Vec<Pair>) -> Vec<Pair> {
        let mut last: HashMap<&str, usize> = HashMap::default();
        let mut shadowed = Vec::new();
        for (at, pair) in pairs.iter().enumerate() {
            let before = if pairs.len() <= SMALL {
                pairs.iter().take(at).rposition(|one| one.key == pair.key)
            } else {
                last.insert(pair.key.as_ref(), at)
            };
            shadowed.extend(before.map(|before| (before, at)));
        }
        if shadowed.is_empty() {
            return pairs;
        }
        let mut reports = Vec::new();
        for &(before, at) in &shadowed {
            if let (Some(first), Some(second)) = (pairs.get(before), pairs.get(at)) {
                let line = self.file.position(first.key_span.start).line;
                let message = format!(
                    "the key `{}` is given twice, first in line {line}; the last one counts",
                    second.key
                );
                let path = Arc::clone(self.file.path());
                let report = Diagnostic::warning("duplicate-key", path, message).at(second.key_span);
                reports.push(report.label(format!("also in line {line}")));
            }
        }
        self.diagnostics.extend(reports);
        let kept = pairs.into_iter().enumerate();
        kept.filter(|(at, _)| !shadowed.iter().any(|(before, _)| before == at))
            .map(|(_, pair)| pair)
            .collect()
    }

    fn merge(&mut self, pairs: &mut Vec<Pair>, merges: &[NodeId]) {
        let mut sources = Vec::new();
        for &id in merges {
            match self.nodes.get(id.0 as usize).map(|node| &node.content) {
                Some(Content::Sequence(items)) => sources.extend(items.iter().copied()),
                _ => sources.push(id),
            }
        }
        let mut budget = MOST_NODES;
        for id in sources {
            let Some(node) = self.nodes.get(id.0 as usize) else { continue };
            let Content::Mapping(merged) = &node.content else {
                let span = node.span;
                self.report("syntax", "`<<` merges maps only", span);
                continue;
            };
            let known: HashSet<&str> = pairs.iter().map(|pair| pair.key.as_ref()).collect();
            let new = merged.iter().filter(|pair| !known.contains(pair.key.as_ref()));
            let new: Vec<Pair> = new.take(budget).cloned().collect();
            budget -= new.len();
            pairs.extend(new);
        }
    }
}
