//! Plans: the output of `terraform show -json PLAN`.

mod blocks;
mod document;
mod documents;
mod expression;
mod graph;
mod instances;
mod tracer;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::check::Unit;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::SourceFile;

use super::values::Source;
use super::{unit, unreadable_part, wrong_format};
use document::Plan;

/// Reads a plan.
pub(super) fn read(file: &SourceFile) -> Unit {
    let source = Source(file);
    let plan: Plan<'_> = match serde_json::from_str(source.text()) {
        Ok(plan) => plan,
        Err(error) => return wrong_format(file, "plan", &error),
    };
    let instances = instances::read(source, &plan);
    let mut diagnostics = shortcomings(file, &plan);
    diagnostics.extend(instances.unreadable.iter().map(|span| unreadable_part(file, *span)));
    unit(&instances.relevant, diagnostics, instances.resources)
}

/// Why a plan does not tell everything.
fn shortcomings(file: &SourceFile, plan: &Plan<'_>) -> Vec<Diagnostic> {
    let path = || Arc::clone(file.path());
    let mut diagnostics = Vec::new();
    if plan.errored {
        let message = format!("`{}` is a plan that ended with an error: it misses resources", file.path());
        diagnostics.push(
            Diagnostic::error("plan-errored", path(), message)
                .help("mend the error that Terraform reports, and plan again"),
        );
    }
    if plan.complete == Some(false) && !plan.errored || !plan.deferred_changes.is_empty() {
        let message =
            format!("`{}` is not the whole plan: some changes are left for a later one", file.path());
        let mut diagnostic = Diagnostic::warning("plan-incomplete", path(), message)
            .help("plan without `-target`, and again after this plan is applied");
        diagnostic.incomplete = true;
        diagnostics.push(diagnostic);
    }
    diagnostics
}
