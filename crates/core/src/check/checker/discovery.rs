//! What the candidates are to the front ends: units, or nothing; and what environments have that no unit has a use for.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Checker, internal_error};
use crate::check::{Candidate, Discovery, Environments, FrontEnd, UnitSource};
use crate::collections::HashSet;
use crate::report::Diagnostic;
use crate::source::Sources;

impl Checker {
    pub(super) fn discover<'c>(&self, sources: &Sources, candidates: &'c [Candidate]) -> Found<'_, 'c> {
        let mut asked = Cow::Borrowed(candidates);
        if candidates.iter().any(|one| one.aside) {
            asked.to_mut().retain(|one| !one.aside);
        }
        let mut units: Vec<(&dyn FrontEnd, UnitSource)> = Vec::new();
        let mut claimed = HashSet::default();
        let mut diagnostics = Vec::new();
        let mut refused = Vec::new();
        // One after the other: what is nothing to one of them is not read again for the next. Each looks at many files at once.
        for front_end in &self.front_ends {
            let discovery = guarded_discover(front_end.as_ref(), &asked, &self.environments, sources);
            units.extend(discovery.units.into_iter().map(|unit| (front_end.as_ref(), unit)));
            claimed.extend(discovery.claimed);
            diagnostics.extend(discovery.diagnostics);
            refused.extend(discovery.refused);
        }
        let unclaimed = candidates.iter().filter(|one| one.named && !claimed.contains(&one.path));
        let unclaimed = unclaimed.map(|candidate| {
            let why = refused.iter().filter(|(path, _)| *path == candidate.path);
            let front_ends = self.front_ends.iter().map(|front_end| front_end.name()).collect();
            Unclaimed { path: &candidate.path, why: why.map(|(_, why)| why.clone()).collect(), front_ends }
        });
        let unclaimed = unclaimed.collect();
        units.retain(|(_, unit)| {
            let said: Vec<_> = unit.files().filter_map(|path| self.environments.left_out(path)).collect();
            let is_checked = said.len() <= unit.beside.len();
            diagnostics.extend(said);
            is_checked
        });
        units.sort_by(|(_, a), (_, b)| a.cmp(b));
        Found { units, diagnostics, unclaimed }
    }

    /// What environments have that nothing of the input has a use for. Nobody can tell who does not see all of it.
    pub(super) fn unused(&self, units: &[(&dyn FrontEnd, UnitSource)], sources: &Sources) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for environment in self.environments.checked().filter(|_| self.exceptions.covers_all) {
            let own: Vec<UnitSource> =
                units.iter().filter_map(|(_, unit)| environment.part_of(unit)).collect();
            let own: Vec<&UnitSource> = own.iter().collect();
            if own.is_empty() && environment.paths.is_some() {
                diagnostics.push(Environments::empty(environment, sources));
            }
            for front_end in &self.front_ends {
                let unused = front_end.unused(&environment.name, &own, sources);
                diagnostics.extend(
                    unused
                        .into_iter()
                        .map(|one| Diagnostic { environments: vec![Arc::clone(&environment.name)], ..one }),
                );
            }
        }
        diagnostics
    }
}

/// What the candidates are.
pub(super) struct Found<'f, 'c> {
    /// The units of all front ends in the order of the report.
    pub(super) units: Vec<(&'f dyn FrontEnd, UnitSource)>,
    /// What is wrong with candidates that are no unit.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) unclaimed: Vec<Unclaimed<'c>>,
}

/// A candidate that the caller named and that is nothing to any front end.
pub(super) struct Unclaimed<'c> {
    path: &'c Arc<str>,
    /// Why it is none, where it is called like an input.
    why: Vec<String>,
    front_ends: Vec<&'static str>,
}

impl Unclaimed<'_> {
    /// What is said of it. A text that is not called like an input was checked for all that it can hold when it was looked through
    /// for credentials; `texts` are those.
    pub(super) fn diagnostic(self, texts: &HashSet<Arc<str>>) -> Diagnostic {
        let Self { path, why, front_ends } = self;
        if why.is_empty() && texts.contains(path) {
            let message =
                format!("`{path}` is no infrastructure code, and was looked through for access keys");
            return Diagnostic::note("not-recognised", Arc::clone(path), message);
        }
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
        let message = format!("`{path}` is no input that can be checked{why}");
        Diagnostic::error("not-recognised", Arc::clone(path), message)
            .help(format!("give an input of {}", front_ends.join(" or ")))
    }
}

fn guarded_discover(
    front_end: &dyn FrontEnd,
    candidates: &[Candidate],
    environments: &Environments,
    sources: &Sources,
) -> Discovery {
    catch_unwind(AssertUnwindSafe(|| front_end.discover(candidates, environments, sources))).unwrap_or_else(
        |_| Discovery {
            diagnostics: vec![internal_error(".", format!("the {} front end failed", front_end.name()))],
            ..Discovery::default()
        },
    )
}
