//! Applies the exceptions of a run to what was found, and judges them.

use std::sync::Arc;

use super::Checker;
use super::judging::Judged;
use crate::check::run::Run;
use crate::collections::{HashMap, HashSet};
use crate::exceptions::{Entry, together};
use crate::report::Diagnostic;
use crate::source::Sources;

impl Checker {
    /// Applies the exceptions, and judges them.
    pub(super) fn except(&self, run: &mut Run, sources: &Sources) {
        let mut claims = together(std::mem::take(&mut run.claims));
        if let Some(earlier) = &self.exceptions.earlier {
            let mut counting = together(earlier.counting(|kind, path| run.unit_at(kind, path)));
            let here: HashMap<String, &Entry> = claims.iter().map(|claim| (claim.said(), claim)).collect();
            for entry in &mut counting {
                if let Some(claim) = here.get(&entry.said()) {
                    entry.stand_as(claim);
                }
            }
            let said: HashSet<String> = counting.iter().map(Entry::said).collect();
            let new = claims.iter().filter(|claim| !said.contains(&claim.said()));
            run.diagnostics.extend(new.map(|claim| not_in(&earlier.revision, claim)));
            claims = counting;
        }
        let environments = &self.environments;
        let mut reviewed = self.exceptions.review(claims, &self.options, &self.rules, &environments.known);
        run.except(&mut reviewed, self.exceptions.covers_all, |entry| {
            let checks_its_own = || entry.environments.iter().all(|one| environments.checks(&one.text));
            !environments.is_partial() || (!entry.environments.is_empty() && checks_its_own())
        });
        let outcome = self.judge(&Judged::Exceptions(&reviewed));
        run.take_text(sources, outcome);
        run.keep(reviewed);
    }
}

/// A claim that does not stand in the revision whose claims count.
fn not_in(revision: &str, claim: &Entry) -> Diagnostic {
    let message = format!("{} does not stand in `{revision}` like this, and covers nothing", claim.named());
    Diagnostic::warning("exception-not-in-revision", Arc::clone(&claim.path), message)
        .at(claim.span)
        .help("it counts as soon as that revision has it")
}
