//! Makes findings of what rules hand in.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::collections::{HashMap, IndexMap};
use crate::model::Guard;
use crate::report::{Finding, Related};
use crate::rule::{Draft, Rule};

/// How many ways to a finding its message names.
const MOST_NAMED: usize = 3;

/// Gives findings their fingerprints: equal faults of one subject are told apart by their order.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// The finding of a draft; `path` is the unit or file that was judged.
    pub(super) fn finding(&mut self, rule: &'static Rule, draft: Draft, path: &str) -> Finding {
        let Draft {
            verdict,
            subject,
            span,
            mut message,
            level,
            label,
            help,
            mut related,
            guards,
            key,
            unless,
            verdicts,
            environments,
            access_key,
            ..
        } = draft;
        if !guards.iter().any(Guard::is_always) {
            message.push_str(&when(&guards));
        } else if subject.declared.as_ref().is_some_and(|declared| declared.instances.is_some()) {
            message.push_str(" if an instance is created");
        }
        if let Some(declared) = subject.declared.as_ref().filter(|declared| declared.span.file != span.file) {
            // What decides came from another file: a default, a template, a policy document.
            let here = Related::new(Arc::clone(&declared.subject), Some(declared.span), "declared here");
            if !related.iter().any(|one| one.span == here.span) {
                related.push(here);
            }
        }
        let calls = subject.declared.iter().flat_map(|declared| &declared.calls);
        related.extend(
            calls
                .rev()
                .map(|call| Related::new(Arc::clone(&call.subject), Some(call.span), "is called here")),
        );
        let construct = subject.declared.as_ref().and_then(|declared| declared.construct.clone());
        let identity = [rule.name, verdict.as_str(), path, &subject.name, &key].join("\0");
        let ordinal = self.seen.entry(identity.clone()).or_default();
        let digest = Sha256::new().chain_update(&identity).chain_update((*ordinal as u64).to_be_bytes());
        *ordinal += 1;
        let fingerprint = hexadecimal(digest);
        Finding {
            rule,
            level,
            verdict,
            message,
            subject: subject.name,
            construct,
            span,
            label,
            related,
            help,
            fingerprint,
            verdicts,
            unit: 0,
            environments,
            key: access_key,
            exception: None,
            unless,
        }
    }
}

/// Tells findings apart that one fault gives in several environments, where they do not say the same or an exception covers one of
/// them: the first one that counts has the fingerprint of the fault, which is that of a run without environments too.
pub(super) fn tell_apart(known: &[Arc<str>], findings: &mut [Finding]) {
    let mut faults: IndexMap<(usize, String), Vec<usize>> = IndexMap::default();
    for (index, finding) in findings.iter().enumerate().filter(|(_, one)| !one.environments.is_empty()) {
        faults.entry((finding.unit, finding.fingerprint.clone())).or_default().push(index);
    }
    for ((_, fingerprint), mut same) in faults.into_iter().filter(|(_, same)| same.len() > 1) {
        let first_of = |finding: &Finding| {
            let first = finding.environments.first();
            known.iter().position(|name| Some(name) == first).unwrap_or(known.len())
        };
        same.sort_by_key(|index| {
            findings.get(*index).map(|one| (one.exception.is_some(), first_of(one), *index))
        });
        let mut before: HashMap<Option<Arc<str>>, usize> = HashMap::default();
        for index in same.into_iter().skip(1) {
            let Some(finding) = findings.get_mut(index) else { continue };
            let first = finding.environments.first().cloned();
            let ordinal = before.entry(first.clone()).or_default();
            let own = [&*fingerprint, first.as_deref().unwrap_or_default(), &ordinal.to_string()].join("\0");
            *ordinal += 1;
            finding.fingerprint = hexadecimal(Sha256::new().chain_update(own));
        }
    }
}

/// The first half of a digest.
fn hexadecimal(digest: Sha256) -> String {
    let digits = digest.finalize().into_iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The ways to a finding: ` when IsProduction, or when not IsSmall and IsOpen, or in 2 more ways`.
fn when(guards: &[Guard]) -> String {
    let (named, more) = guards.split_at(guards.len().min(MOST_NAMED));
    let named: Vec<String> = named.iter().map(|guard| format!(" when {guard}")).collect();
    let named = named.join(", or");
    match more.len() {
        0 => named,
        1 => format!("{named}, or in one more way"),
        more => format!("{named}, or in {more} more ways"),
    }
}
