//! Units as they are in each environment: read by their front end, and judged.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::judging::Judged;
use super::{Checker, internal_error};
use crate::analysis::trust::unbound_builds;
use crate::check::credentials::InValues;
use crate::check::elsewhere::Spoken;
use crate::check::run::Outcome;
use crate::check::{FrontEnd, Unit, UnitSource, variants};
use crate::configuration::matched;
use crate::exceptions::Aliases;
use crate::model::{Aside, Model};
use crate::report::{Diagnostic, UnitSummary};
use crate::rule::Analyses;
use crate::source::Sources;

impl Checker {
    /// Reads a unit as it is in each environment that it belongs to.
    pub(super) fn read_unit(
        &self,
        front_end: &dyn FrontEnd,
        source: &UnitSource,
        sources: &Sources,
        mut take: impl FnMut(Vec<Arc<str>>, Unit),
    ) {
        let parts = self.environments.parts_of(source);
        let mut missing: Vec<Arc<str>> = parts.values().flatten().cloned().collect();
        let read = || {
            if parts.is_empty() {
                take(Vec::new(), front_end.read(source, sources));
            }
            for (part, environments) in &parts {
                front_end.read_in(part, environments, sources, &mut |environments, unit| {
                    missing.retain(|name| !environments.contains(name));
                    take(environments, unit);
                });
            }
        };
        if catch_unwind(AssertUnwindSafe(read)).is_err() {
            let message = format!("the {} front end failed on this input", front_end.name());
            let unit = Unit::new(Model::default(), vec![internal_error(&source.path, message)], 0);
            take(missing, unit);
        }
    }

    pub(super) fn check_unit(
        &self,
        front_end: &dyn FrontEnd,
        source: &UnitSource,
        sources: &Sources,
    ) -> Outcome {
        let mut variants = Vec::new();
        self.read_unit(front_end, source, sources, |environments, unit| {
            variants.push(self.check_reading(front_end, source, environments, unit));
        });
        variants::together(&self.environments.known, variants)
    }

    fn check_reading(
        &self,
        front_end: &dyn FrontEnd,
        source: &UnitSource,
        environments: Vec<Arc<str>>,
        unit: Unit,
    ) -> Outcome {
        let analyses = Analyses::default();
        let judged = Judged::Unit { model: &unit.model, analyses: &analyses, source, front_end };
        let mut outcome = self.judge(&judged);
        outcome.diagnostics.extend(unit.diagnostics);
        outcome.secrets.extend(unit.secrets);
        outcome.secrets.extend(unit.model.sensitive_places());
        if self.judges_credentials() {
            let values = InValues::of(&unit.model);
            outcome.diagnostics.extend((!values.is_whole()).then(|| {
                let message =
                    "not all values of this unit are looked through for access keys: they are too long";
                Diagnostic::warning("unsearched-values", Arc::clone(&source.path), message)
            }));
            outcome.computed = values.found;
            outcome.secrets.extend(values.parts);
        }
        let federated = unbound_builds(&unit.model);
        let asides = unit.model.asides.iter().chain(&federated);
        outcome.diagnostics.extend(asides.map(|aside| left_aside(aside, &source.path)));
        outcome.findings.iter_mut().for_each(|one| one.environments.clone_from(&environments));
        outcome.diagnostics.iter_mut().for_each(|one| one.environments.clone_from(&environments));
        outcome.computed.iter_mut().for_each(|one| one.environments.clone_from(&environments));
        outcome.claims.push((environments.clone(), unit.model.exceptions.clone()));
        outcome.spoken.push((environments.clone(), Spoken::of(&unit.model)));
        if let Some(configuration) = self.options.configuration.as_ref().filter(|_| self.judges_matches()) {
            outcome.matched = matched(configuration, &unit.model, |name| self.would_find(name, &judged));
        }
        if self.exceptions.entries.iter().any(|entry| !entry.resources.is_empty()) {
            outcome.aliases.push((environments.clone(), Aliases::of(&unit.model)));
        }
        outcome.summary = Some(UnitSummary {
            kind: source.kind,
            path: if source.path.is_empty() { ".".into() } else { Arc::clone(&source.path) },
            complete: !outcome.diagnostics.iter().any(|diagnostic| diagnostic.incomplete),
            resources: unit.resources,
            environments,
        });
        outcome
    }
}

/// What the guardrails exclude is named and never judged.
fn left_aside(aside: &Aside, path: &Arc<str>) -> Diagnostic {
    let Aside { subject, span, what } = aside;
    let message = format!("`{subject}`: the {what} is out of the scope of the guardrails");
    Diagnostic::note("out-of-scope", Arc::clone(path), message).at(*span).label("left aside")
}
