//! Puts together what the same unit shows in several environments.

use std::sync::Arc;

use super::environments::union;
use super::run::Outcome;
use crate::collections::{HashMap, IndexMap};
use crate::report::{Diagnostic, Finding, Level, Related, Tally, UnitSummary, Verdict};
use crate::rule::Rule;
use crate::source::Span;

/// What a unit shows in some environments. `known` are all environments, in their order.
pub(super) fn together(known: &[Arc<str>], mut variants: Vec<Outcome>) -> Outcome {
    if variants.len() < 2 {
        return variants.pop().unwrap_or_default();
    }
    let mut all = Outcome::default();
    let mut groups: IndexMap<Alike, Vec<Finding>> = IndexMap::default();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for variant in variants {
        let mut seen: HashMap<Alike, usize> = HashMap::default();
        for finding in variant.findings {
            let mut alike = Alike::of(&finding);
            let before = seen.entry(alike.clone()).or_default();
            alike.before = *before;
            *before += 1;
            groups.entry(alike).or_default().push(finding);
        }
        diagnostics.extend(variant.diagnostics);
        all.tallies = most(all.tallies, variant.tallies);
        all.secrets.extend(variant.secrets);
        all.computed.extend(variant.computed);
        all.claims.extend(variant.claims);
        all.aliases.extend(variant.aliases);
        all.spoken.extend(variant.spoken);
        all.matched.join(variant.matched);
        all.summary = both(known, all.summary, variant.summary);
    }
    all.findings = groups.into_values().filter_map(|group| one(known, group)).collect();
    all.diagnostics = said_once(known, diagnostics);
    all
}

/// What findings have in common that are the same in several environments.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Alike {
    rule: &'static str,
    verdict: Verdict,
    level: Level,
    subject: Arc<str>,
    span: Span,
    message: String,
    label: String,
    help: String,
    /// How many that are like it stand before it in its environment.
    before: usize,
}

impl Alike {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.name,
            verdict: finding.verdict,
            level: finding.level,
            subject: Arc::clone(&finding.subject),
            span: finding.span,
            message: finding.message.clone(),
            label: finding.label.clone(),
            help: finding.help.clone(),
            before: 0,
        }
    }
}

/// A place that takes part in a finding: what stands there, where, and how it takes part.
type Part = (Arc<str>, Option<Span>, String);

/// The finding that several are. A place that takes part in some of the environments only says in which.
fn one(known: &[Arc<str>], group: Vec<Finding>) -> Option<Finding> {
    let mut related: IndexMap<Part, Vec<Arc<str>>> = IndexMap::default();
    for finding in &group {
        for Related { subject, span, message } in &finding.related {
            let place = (Arc::clone(subject), *span, message.clone());
            related.entry(place).or_default().extend(finding.environments.iter().cloned());
        }
    }
    let mut all: Option<Finding> = None;
    for finding in group {
        match &mut all {
            Some(all) => {
                all.environments = union(known, &all.environments, &finding.environments);
                all.verdicts = all.verdicts.max(finding.verdicts);
            }
            None => all = Some(finding),
        }
    }
    let mut all = all?;
    let told = related.into_iter().map(|((subject, span, message), mut environments)| {
        environments.sort();
        environments.dedup();
        let is_everywhere = environments.len() >= all.environments.len();
        let names = known.iter().filter(|name| environments.contains(name)).map(|name| format!("`{name}`"));
        let message = match (is_everywhere, message.is_empty()) {
            (true, _) => message,
            (false, true) => format!("in {}", names.collect::<Vec<_>>().join(", ")),
            (false, false) => format!("{message} (in {})", names.collect::<Vec<_>>().join(", ")),
        };
        Related { subject, span, message }
    });
    all.related = told.collect();
    Some(all)
}

/// Diagnostics, each once with the environments it is said of.
pub(super) fn said_once(known: &[Arc<str>], diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut said: IndexMap<_, Diagnostic> = IndexMap::default();
    for diagnostic in diagnostics {
        let what =
            (Arc::clone(&diagnostic.path), diagnostic.span, diagnostic.code, diagnostic.message.clone());
        match said.get_mut(&what) {
            Some(first) => {
                first.environments = union(known, &first.environments, &diagnostic.environments);
                first.incomplete |= diagnostic.incomplete;
            }
            None => drop(said.insert(what, diagnostic)),
        }
    }
    said.into_values().collect()
}

/// How often rules decided what: of environments, the one with the most verdicts that hold counts.
fn most(
    some: Vec<(&'static Rule, Tally)>,
    others: Vec<(&'static Rule, Tally)>,
) -> Vec<(&'static Rule, Tally)> {
    let mut tallies: IndexMap<&'static str, (&'static Rule, Tally)> = IndexMap::default();
    for (rule, tally) in some.into_iter().chain(others) {
        let (_, most) = tallies.entry(rule.name).or_insert((rule, Tally::default()));
        most.holds = most.holds.max(tally.holds);
    }
    tallies.into_values().collect()
}

fn both(known: &[Arc<str>], one: Option<UnitSummary>, other: Option<UnitSummary>) -> Option<UnitSummary> {
    let (Some(one), Some(other)) = (&one, &other) else { return one.or(other) };
    Some(UnitSummary {
        environments: union(known, &one.environments, &other.environments),
        complete: one.complete && other.complete,
        resources: one.resources.max(other.resources),
        ..one.clone()
    })
}
