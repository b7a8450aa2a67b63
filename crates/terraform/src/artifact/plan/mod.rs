//! Plans: the output of `terraform show -json`.

mod address;
mod document;
mod graph;
mod instances;
mod origins;
mod recognise;
mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, Unit, UnitSource};
use iamrail_core::model::{Declarations, Model};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, SourceFile, Sources, file_name};

use crate::resources;
use document::Plan;
use recognise::{Recognised, recognise};
use values::Source;

/// The kind of the units that this module reads.
pub(crate) const KIND: &str = "terraform-plan";

/// Which of the candidates are plans, and which are mistaken for one.
pub(crate) fn discover(candidates: &[Candidate], sources: &Sources) -> Discovery {
    let mut discovery = Discovery::default();
    for candidate in candidates.iter().filter(|candidate| candidate.named || may_be_plan(&candidate.path)) {
        let Ok(bytes) = sources.files().read(&candidate.path) else { continue };
        let Some(recognised) = recognise(&bytes) else { continue };
        discovery.claimed.push(Arc::clone(&candidate.path));
        if recognised == Recognised::Plan {
            match sources.adopt(&candidate.path, bytes) {
                Ok(_) => discovery.units.push(UnitSource::new(KIND, Arc::clone(&candidate.path))),
                Err(error) => discovery.diagnostics.push(unreadable(&candidate.path, &error)),
            }
        } else {
            discovery.diagnostics.extend(wrong(candidate, &recognised));
        }
    }
    discovery
}

/// Whether a file that nobody named is worth a look.
fn may_be_plan(path: &str) -> bool {
    let name = file_name(path);
    let is_source = name.ends_with(".tf.json") || name.ends_with(".tofu.json");
    (name.ends_with(".json") && !is_source) || name.ends_with("tfplan")
}

/// Says of a file that is no plan what it is, and which command gives the right one.
fn wrong(candidate: &Candidate, recognised: &Recognised) -> Option<Diagnostic> {
    let path = &candidate.path;
    let (code, what, help) = match recognised {
        Recognised::Plan | Recognised::State | Recognised::StateFile(4) => return None,
        Recognised::UnknownFormat(version) => (
            "plan-format",
            format!("has format version {version}, of which the meaning is not known"),
            "write it with a Terraform whose plans have format version 1".to_owned(),
        ),
        Recognised::StateFile(version) => (
            "state-version",
            format!("is a state of version {version}, which only Terraform before 0.12 reads"),
            "upgrade it with `terraform init` and `terraform apply` of a newer Terraform".to_owned(),
        ),
        Recognised::BinaryPlan => (
            "binary-plan",
            "is a plan in Terraform's own binary format".to_owned(),
            format!("give the output of `terraform show -json {}`", file_name(path)),
        ),
        Recognised::Log => (
            "plan-log",
            "is the log of `terraform plan -json`, not the plan".to_owned(),
            "write the plan with `terraform plan -out tfplan` and give the output of `terraform show -json tfplan`"
                .to_owned(),
        ),
        Recognised::Utf16 => (
            "encoding",
            "is UTF-16, as Windows PowerShell writes it".to_owned(),
            "write it as UTF-8: `terraform show -json tfplan | Out-File -Encoding utf8 plan.json`".to_owned(),
        ),
    };
    let make = if candidate.named { Diagnostic::error } else { Diagnostic::note };
    Some(make(code, Arc::clone(path), format!("`{path}` {what}")).help(help))
}

fn unreadable(path: &Arc<str>, error: &FileError) -> Diagnostic {
    Diagnostic::error("unreadable", Arc::clone(path), format!("`{path}` cannot be read: {error}"))
}

/// Reads a plan.
pub(crate) fn read(unit: &UnitSource, sources: &Sources) -> Unit {
    match sources.load(&unit.path) {
        Ok(file) => read_text(&file),
        Err(error) => Unit::new(Model::default(), vec![unreadable(&unit.path, &error)], 0),
    }
}

fn read_text(file: &SourceFile) -> Unit {
    let text = file.text().strip_prefix('\u{FEFF}').unwrap_or(file.text());
    let plan: Plan<'_> = match serde_json::from_str(text) {
        Ok(plan) => plan,
        Err(error) => {
            let message = format!("`{}` is no plan that can be read: {error}", file.path());
            let diagnostic = Diagnostic::error("plan-format", Arc::clone(file.path()), message);
            return Unit::new(Model::default(), vec![diagnostic], 0);
        }
    };
    let source = Source(file);
    let instances = instances::read(source, &plan);
    let mut diagnostics = shortcomings(file, &plan);
    diagnostics.extend(instances.unreadable.iter().map(|span| {
        let message = "a change of this plan is not written as Terraform writes them";
        Diagnostic::error("plan-format", Arc::clone(file.path()), message).at(*span)
    }));
    let mut declarations = Declarations::default();
    for instance in &instances.relevant {
        resources::lower(instance, &mut declarations);
    }
    Unit::new(declarations.link(), diagnostics, instances.resources)
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
