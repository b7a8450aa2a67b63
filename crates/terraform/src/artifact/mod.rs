//! What Terraform writes: plans and states.

mod address;
mod attached;
mod flow;
mod plan;
mod recognise;
mod state;
mod values;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, Unit, UnitSource};
use iamrail_core::model::{Declarations, Model};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, SourceFile, Sources, Span, file_name};

use crate::resources::{self, Instance};
use recognise::{Recognised, recognise};

/// The kind of the units that are plans.
pub(crate) const PLAN: &str = "terraform-plan";

/// The kind of the units that are states.
pub(crate) const STATE: &str = "terraform-state";

/// Which of the candidates are plans or states, and which are mistaken for one.
pub(crate) fn discover(candidates: &[Candidate], sources: &Sources) -> Discovery {
    let mut discovery = Discovery::default();
    for candidate in candidates.iter().filter(|candidate| candidate.named || is_likely(&candidate.path)) {
        let Ok(bytes) = sources.files().read(&candidate.path) else { continue };
        let Some(recognised) = recognise(&bytes) else { continue };
        discovery.claimed.push(Arc::clone(&candidate.path));
        let kind = match &recognised {
            Recognised::Plan => PLAN,
            Recognised::State | Recognised::StateFile(4) => STATE,
            mistaken => {
                discovery.diagnostics.extend(wrong(candidate, mistaken));
                continue;
            }
        };
        match sources.adopt(&candidate.path, bytes) {
            Ok(_) => discovery.units.push(UnitSource::new(kind, Arc::clone(&candidate.path))),
            Err(error) => discovery.diagnostics.push(unreadable(&candidate.path, &error)),
        }
    }
    discovery
}

/// Whether a file that nobody named is worth a look.
fn is_likely(path: &str) -> bool {
    let name = file_name(path);
    let is_source = name.ends_with(".tf.json") || name.ends_with(".tofu.json");
    (name.ends_with(".json") && !is_source) || name.ends_with("tfplan") || name.ends_with(".tfstate")
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
            "is an archive, such as `terraform plan -out` writes".to_owned(),
            format!("give the output of `terraform show -json {}`", file_name(path)),
        ),
        Recognised::Log => (
            "plan-log",
            "is a log such as `terraform plan -json` prints, not the plan".to_owned(),
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

/// Reads a plan or state that was discovered.
pub(crate) fn read(unit: &UnitSource, sources: &Sources) -> Unit {
    let file = match sources.load(&unit.path) {
        Ok(file) => file,
        Err(error) => return Unit::new(Model::default(), vec![unreadable(&unit.path, &error)], 0),
    };
    match recognise(file.text().as_bytes()) {
        Some(Recognised::State) => state::read_shown(&file),
        Some(Recognised::StateFile(_)) => state::read_stored(&file),
        _ => plan::read(&file),
    }
}

/// The unit of these instances.
fn unit(instances: &[Instance], diagnostics: Vec<Diagnostic>, resources: usize) -> Unit {
    let mut declarations = Declarations::default();
    let mut secrets = Vec::new();
    for instance in instances {
        resources::lower(instance, &mut declarations);
        instance.attributes.sensitive_places(&mut secrets);
    }
    let mut unit = Unit::new(declarations.link(), diagnostics, resources);
    unit.secrets = secrets;
    unit
}

/// The unit of a file that is not written as Terraform writes it.
fn wrong_format(file: &SourceFile, what: &str, error: &serde_json::Error) -> Unit {
    let message = format!("`{}` is no {what} that can be read: {error}", file.path());
    let diagnostic = Diagnostic::error("terraform-format", Arc::clone(file.path()), message);
    Unit::new(Model::default(), vec![diagnostic], 0)
}

fn unreadable_part(file: &SourceFile, span: Span) -> Diagnostic {
    let message = "this resource is not written as Terraform writes them";
    Diagnostic::error("terraform-format", Arc::clone(file.path()), message).at(span)
}
