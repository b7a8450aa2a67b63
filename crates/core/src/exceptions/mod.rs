//! Exceptions from the guardrails: read, held to what is demanded of them, and applied to findings.
//!
//! An exception that is not documented, justified, approved and current is none: it is reported, and covers nothing.

mod apply;
mod codeowners;
mod entry;
mod fields;
mod judge;
mod pattern;
mod read;
mod select;
mod settings;

use std::sync::Arc;

pub(crate) use apply::Aliases;
pub use apply::without_keys;
pub use codeowners::CodeOwners;
pub use entry::{Claimant, Entry, Misread, Origin, Standing, Written};
pub(crate) use fields::{date, text};
pub use fields::{is_field, plain};
pub use judge::{Fault, FaultKind, Judged};
pub use read::{Configured, claims, configuration, file};
pub use settings::{Approval, Settings, Team};

use judge::Judgement;

use crate::collections::{HashMap, HashSet, IndexMap};
use crate::options::Options;
use crate::report::{Finding, Related};
use crate::rule::{Judge, Rule, Subject};
use crate::source::{FileId, Span};

/// The exceptions of a run besides those that its resources claim. Their places are in the sources of the run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Exceptions {
    /// Those of files.
    pub entries: Vec<Entry>,
    /// What all of them are held to.
    pub settings: Settings,
    /// Who owns which file.
    pub owners: Option<CodeOwners>,
    /// Whether the run checks all that the files speak of, so that one of theirs that matches nothing is not needed.
    pub covers_all: bool,
    /// Texts of the sources that are no part of the input, and so are not judged themselves.
    pub aside: HashSet<FileId>,
    /// The claims that count instead of those of the resources that are checked: as they stood in an earlier revision.
    pub earlier: Option<Earlier>,
}

/// The claims of resources in an earlier revision, which was read as the input of the run is.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// What the revision is called.
    pub revision: String,
    /// The claims. The unit of a claimant is an index into `units`.
    pub entries: Vec<Entry>,
    /// The units of the revision: kind and path.
    pub units: Vec<(&'static str, Arc<str>)>,
}

/// All exceptions of a run with what became of them.
#[derive(Debug, Default)]
pub(crate) struct Reviewed {
    pub(crate) judged: Vec<Judged>,
}

impl Exceptions {
    /// Judges exceptions; `claimed` are those of the resources that are checked, `environments` all that are configured.
    pub(crate) fn review(
        &self,
        claimed: Vec<Entry>,
        options: &Options,
        rules: &[&'static Rule],
        environments: &[Arc<str>],
    ) -> Reviewed {
        let (settings, owners) = (&self.settings, self.owners.as_ref());
        let judgement = Judgement { settings, owners, options, rules, environments };
        let entries = self.entries.iter().cloned().chain(claimed);
        Reviewed { judged: entries.map(|entry| judgement.judge(entry)).collect() }
    }
}

impl Earlier {
    /// The claims for units that are still there, which `unit_at` finds by kind and path.
    pub(crate) fn counting(&self, unit_at: impl Fn(&str, &str) -> Option<usize>) -> Vec<Entry> {
        let still = |claimant: &Claimant| {
            let (kind, path) = self.units.get(claimant.unit)?;
            Some(Claimant { unit: unit_at(kind, path)?, ..claimant.clone() })
        };
        let moved = self.entries.iter().filter_map(|entry| {
            let Origin::Inline(claimants) = &entry.origin else { return None };
            let claimants: Vec<Claimant> = claimants.iter().filter_map(still).collect();
            let origin = Origin::Inline(claimants);
            Some(Entry { origin, ..entry.clone() })
        });
        moved
            .filter(|entry| matches!(&entry.origin, Origin::Inline(claimants) if !claimants.is_empty()))
            .collect()
    }
}

impl Reviewed {
    /// Marks the findings that are covered. `aliases` are those of the unit of a finding in an environment. A finding of several
    /// environments of which exceptions cover some becomes several.
    pub(crate) fn apply<'a>(
        &mut self,
        findings: Vec<Finding>,
        aliases: impl Fn(usize, Option<&Arc<str>>) -> &'a Aliases,
    ) -> Vec<Finding> {
        let mut by_rule: HashMap<&'static str, Vec<usize>> = HashMap::default();
        for (index, judged) in self.judged.iter().enumerate().filter(|(_, judged)| judged.is_honoured()) {
            judged.rules.iter().for_each(|rule| by_rule.entry(rule).or_default().push(index));
        }
        let mut applied = Vec::with_capacity(findings.len());
        for mut finding in findings {
            let Some(speaking) = by_rule.get(finding.rule.name) else {
                applied.push(finding);
                continue;
            };
            let mut closest = |environment: Option<&Arc<str>>| {
                let aliases = aliases(finding.unit, environment);
                apply::closest(&mut self.judged, speaking, &finding, environment, aliases)
            };
            if finding.environments.is_empty() {
                let closest = closest(None);
                finding.exception = self.cover(closest);
                applied.push(finding);
                continue;
            }
            let mut parts: IndexMap<Option<usize>, Vec<Arc<str>>> = IndexMap::default();
            for environment in &finding.environments {
                parts.entry(closest(Some(environment))).or_default().push(Arc::clone(environment));
            }
            for (closest, environments) in parts {
                let exception = self.cover(closest);
                applied.push(Finding { environments, exception, ..finding.clone() });
            }
        }
        applied
    }

    /// The exception with an index, which covers one more finding.
    fn cover(&mut self, index: Option<usize>) -> Option<Arc<Entry>> {
        let judged = self.judged.get_mut(index?)?;
        judged.covers += 1;
        Some(Arc::clone(&judged.entry))
    }

    /// Notes which of the exceptions are not needed. `is_covered` says whether all that one could match was checked.
    pub(crate) fn find_unused(&mut self, is_covered: impl Fn(&Entry) -> bool) {
        let mut seen: HashMap<String, Span> = HashMap::default();
        // What a resource claims may differ between environments: it is needed if one of them needs it.
        let needed: HashSet<Span> =
            self.judged.iter().filter(|one| one.matches).map(|one| one.entry.span).collect();
        for judged in self.judged.iter_mut().filter(|judged| judged.is_honoured()) {
            let identity = identity(judged);
            if let Some(first) = seen.get(&identity) {
                let mut fault = Fault::new(
                    FaultKind::Unused,
                    "duplicate",
                    judged.entry.span,
                    "says what another one says already",
                )
                .help("leave one of them out");
                fault.other = Some(*first);
                judged.faults.push(fault);
                continue;
            }
            seen.insert(identity, judged.entry.span);
            if !needed.contains(&judged.entry.span) && is_covered(&judged.entry) {
                let fault = Fault::new(FaultKind::Unused, "unused", judged.entry.span, "matches no finding");
                judged.faults.push(fault.help("remove it, or name the resource as the finding does"));
            }
        }
    }

    /// Hands in the faults of a kind.
    pub(crate) fn report(&self, kind: FaultKind, judge: &mut Judge<'_>) {
        for judged in &self.judged {
            let entry = &judged.entry;
            let subject = match &entry.origin {
                Origin::Inline(claimants) => {
                    claimants.first().map(|one| Subject::from(&one.declared.subject))
                }
                Origin::File => None,
            };
            let subject = subject.unwrap_or_else(|| Subject::from(&entry.path));
            let mut holds = true;
            for fault in judged.faults.iter().filter(|fault| fault.kind == kind) {
                holds = false;
                let message = format!("{} {}", entry.named(), fault.message);
                let draft = match &fault.unknown {
                    Some(unknown) => {
                        let message = format!("whether {} {} is not known", entry.named(), fault.message);
                        judge.undetermined(subject.clone(), fault.span, message, unknown)
                    }
                    None => judge.violated(subject.clone(), fault.span, message),
                };
                draft.help(fault.help.clone()).key(format!("{}\0{}", identity(judged), fault.key));
                if let Some(other) = fault.other {
                    draft.related(Related::new("", Some(other), "the other one"));
                }
            }
            if holds {
                judge.holds();
            }
        }
    }
}

/// The resources that claim an exception, by unit and address.
type Claimants = IndexMap<(usize, Arc<str>), Claimant>;

/// Claims that stand at one place and say the same are one, whichever units declare it, in whichever environments.
pub(crate) fn together(claims: Vec<Entry>) -> Vec<Entry> {
    let mut all: Vec<(Entry, Claimants)> = Vec::with_capacity(claims.len());
    let mut index: HashMap<(Span, String), usize> = HashMap::default();
    for mut claim in claims {
        let claimants = match &mut claim.origin {
            Origin::Inline(claimants) => std::mem::take(claimants),
            Origin::File => Vec::new(),
        };
        let at = *index.entry((claim.span, claim.fields())).or_insert_with(|| {
            all.push((claim, Claimants::default()));
            all.len() - 1
        });
        let Some((_, known)) = all.get_mut(at) else { continue };
        for claimant in claimants {
            let key = (claimant.unit, Arc::clone(&claimant.declared.subject));
            match known.get_mut(&key) {
                Some(one) => one.environments.extend(claimant.environments),
                None => drop(known.insert(key, claimant)),
            }
        }
    }
    let whole = |(claim, claimants): (Entry, Claimants)| match claim.origin {
        Origin::Inline(_) => Entry { origin: Origin::Inline(claimants.into_values().collect()), ..claim },
        Origin::File => claim,
    };
    all.into_iter().map(whole).collect()
}

/// What tells an exception from others: what it excepts, and of what.
fn identity(judged: &Judged) -> String {
    let entry = &judged.entry;
    let mut rules: Vec<&str> = judged.rules.iter().copied().collect();
    let named =
        [&entry.rules, &entry.statements, &entry.policies].into_iter().flatten().map(|one| &*one.text);
    if rules.is_empty() {
        rules.extend(named);
    }
    let mut resources: Vec<&str> = match &entry.origin {
        Origin::Inline(claimants) => claimants.iter().map(|one| &*one.declared.subject).collect(),
        Origin::File => entry.resources.iter().map(|one| &*one.text).collect(),
    };
    let mut environments: Vec<&str> = entry.environments.iter().map(|one| &*one.text).collect();
    if let Origin::Inline(claimants) = &entry.origin {
        environments.extend(claimants.iter().flat_map(|one| &one.environments).map(|name| &**name));
    }
    rules.sort_unstable();
    resources.sort_unstable();
    environments.sort_unstable();
    format!("{}\0{}\0{}", rules.join(","), resources.join(","), environments.join(","))
}
