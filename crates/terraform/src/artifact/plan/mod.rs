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

use iamrail_core::report::Diagnostic;
use iamrail_core::source::SourceFile;

use super::outputs::OutputSecrets;
use super::values::{self, Source};
use super::{Content, unreadable_part};
use document::{Plan, PlannedValues};

/// Reads a plan.
pub(super) fn read(file: &SourceFile) -> Content {
    let source = Source(file);
    let plan: Plan<'_> = match serde_json::from_str(source.text()) {
        Ok(plan) => plan,
        Err(error) => return Content::wrong(file, "plan", &error),
    };
    let instances = instances::read(source, &plan);
    let mut diagnostics = shortcomings(file, &plan);
    diagnostics.extend(instances.unreadable.iter().map(|span| unreadable_part(file, *span)));
    diagnostics.extend(instances.given_up);
    let mut secrets = instances.secrets;
    let mut outputs = OutputSecrets::default();
    for change in plan.output_changes.values() {
        outputs.add(source, change.before, &change.before_sensitive);
        outputs.add(source, change.after, &change.after_sensitive);
    }
    secrets.extend(outputs.places(file, &instances.known));
    let declared = &plan.configuration.root_module.variables;
    for (name, variable) in &plan.variables {
        let is_secret = declared.get(name).is_some_and(|declaration| declaration.sensitive);
        values::secrets(source, variable.value, &is_secret.into(), &mut secrets);
    }
    let variables = plan
        .variables
        .iter()
        .filter_map(|(name, variable)| Some((name.as_str().into(), source.value(variable.value?))));
    Content {
        instances: instances.relevant,
        diagnostics,
        resources: instances.resources,
        variables: variables.collect(),
        secrets,
        mentions: instances.mentions,
        ..Content::default()
    }
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
    let planned = || serde_json::from_str::<PlannedValues>(plan.planned_values?.get()).ok();
    if plan.resource_changes.is_empty() && planned().is_some_and(|values| values.has_resources()) {
        let message =
            format!("`{}` has resources and no changes, as a plan that only refreshes", file.path());
        let mut diagnostic = Diagnostic::warning("plan-incomplete", path(), message)
            .help("plan without `-refresh-only`, or give the state: the output of `terraform show -json`");
        diagnostic.incomplete = true;
        diagnostics.push(diagnostic);
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
