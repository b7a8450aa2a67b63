//! What Terraform writes: plans and states.

mod address;
mod attached;
mod flow;
mod mentions;
mod outputs;
mod plan;
mod recognise;
mod state;
mod values;
mod written;

use std::sync::Arc;

use iamrail_core::check::{Candidate, Discovery, Unit, UnitSource};
use iamrail_core::model::{Declarations, Exception, Mention, Model};
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, SourceFile, Sources, Span, file_name};
use iamrail_core::value::{Reason, Unknown, Value};
use rayon::prelude::*;

use crate::Options;
use crate::module::Library;
use crate::resources::{self, Instance};
pub(crate) use address::without_keys;
use recognise::{Recognised, is_json, recognise};
use written::Written;

/// The kind of the units that are plans.
pub const PLAN: &str = "terraform-plan";

/// The kind of the units that are states.
pub const STATE: &str = "terraform-state";

/// Which of the candidates are plans or states, and which are mistaken for one.
pub(crate) fn discover(candidates: &[Candidate], sources: &Sources) -> Discovery {
    let looked_at: Vec<Look<'_>> = candidates
        .par_iter()
        .filter(|candidate| candidate.named || is_likely(&candidate.path))
        .filter_map(|candidate| look(candidate, sources))
        .collect();
    let mut discovery = Discovery::default();
    for Look { candidate, recognised, adopted } in looked_at {
        let path = Arc::clone(&candidate.path);
        discovery.claimed.push(Arc::clone(&path));
        match (kind_of(&recognised), adopted) {
            (Some(kind), Ok(())) => discovery.units.push(UnitSource::new(kind, path)),
            (Some(_), Err(error)) => discovery.diagnostics.push(unreadable(&path, &error)),
            (None, _) => discovery.diagnostics.extend(wrong(candidate, &recognised)),
        }
    }
    discovery
}

/// A candidate that Terraform wrote.
struct Look<'c> {
    candidate: &'c Candidate,
    recognised: Recognised,
    /// Whether its text could be kept, if it is a unit.
    adopted: Result<(), FileError>,
}

/// Looks at a candidate. `None` when it is nothing that Terraform writes.
fn look<'c>(candidate: &'c Candidate, sources: &Sources) -> Option<Look<'c>> {
    let path = &candidate.path;
    let bytes = if is_likely(path) {
        sources.look_at(path).ok()?
    } else {
        let (start, is_whole) = sources.look_at_start(path).ok()?;
        // Only JSON has to be read to its end to be told.
        if is_whole || !is_json(&start) { start } else { sources.look_at(path).ok()? }
    };
    let Some(recognised) = recognise(&bytes) else {
        sources.give_back(path, bytes);
        return None;
    };
    let adopted = kind_of(&recognised).map_or(Ok(()), |_| sources.adopt(path, bytes).map(drop));
    Some(Look { candidate, recognised, adopted })
}

/// The kind of a unit; `None` for what is mistaken for one.
fn kind_of(recognised: &Recognised) -> Option<&'static str> {
    match recognised {
        Recognised::Plan => Some(PLAN),
        Recognised::State | Recognised::StateFile(4) => Some(STATE),
        _ => None,
    }
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
        Recognised::Encrypted => (
            "encrypted",
            "is encrypted by OpenTofu".to_owned(),
            "give the output of `tofu show -json`, which decrypts it".to_owned(),
        ),
        Recognised::Gzip => (
            "compressed",
            "is compressed with gzip".to_owned(),
            format!("give what is in it: `gunzip -c {} | iamrail check -`", file_name(path)),
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
    Some(make(code, Arc::clone(path), format!("`{path}` {what}")).hides(Arc::clone(path)).help(help))
}

fn unreadable(path: &Arc<str>, error: &FileError) -> Diagnostic {
    Diagnostic::unreadable(Arc::clone(path), error)
}

/// Reads a plan or state that was discovered.
pub(crate) fn read(unit: &UnitSource, sources: &Sources, library: &Library, options: &Options) -> Unit {
    let file = match sources.load(&unit.path) {
        Ok(file) => file,
        Err(error) => return Unit::new(Model::default(), vec![unreadable(&unit.path, &error)], 0),
    };
    let mut content = match recognise(file.text().as_bytes()) {
        Some(Recognised::State) => state::read_shown(&file),
        Some(Recognised::StateFile(_)) => state::read_stored(&file),
        _ => plan::read(&file),
    };
    let mut secrets = std::mem::take(&mut content.secrets);
    for instance in &content.instances {
        values::secret_places(&instance.attributes, &mut secrets);
    }
    if let Some(dir) = &options.source {
        let variables = std::mem::take(&mut content.variables);
        let written = Written::read(dir, &file, variables, sources, library, options);
        content.point_into(&written, dir, &file);
        content.claims = written.claims;
    }
    let mut unit = content.unit();
    unit.secrets = secrets;
    unit
}

/// What a plan or state has.
#[derive(Default)]
struct Content {
    /// The resource instances that matter to the model.
    instances: Vec<Instance>,
    diagnostics: Vec<Diagnostic>,
    /// How many resources it has.
    resources: usize,
    /// The values of the variables of the root module.
    variables: Vec<(Arc<str>, Value)>,
    /// Where secrets stand in what is not part of the instances.
    secrets: Vec<Span>,
    /// The exceptions that the comments of the configuration claim.
    claims: Vec<Exception>,
    /// The places that hand on what the model has.
    mentions: Vec<Mention>,
}

impl Content {
    /// The content of a file that is not written as Terraform writes it.
    fn wrong(file: &SourceFile, what: &str, error: &serde_json::Error) -> Self {
        let message = format!("`{}` is no {what} that can be read: {error}", file.path());
        let diagnostic = Diagnostic::error("terraform-format", Arc::clone(file.path()), message);
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }

    /// Gives the instances the places of the configuration.
    fn point_into(&mut self, written: &Written, dir: &str, file: &SourceFile) {
        let shown = if dir.is_empty() { "." } else { dir };
        if !written.is_complete {
            let message = format!("the configuration in `{shown}` could not be read in full");
            let help =
                format!("`iamrail check {shown}` says what is wrong with it; places are missing until then");
            self.diagnostics
                .push(Diagnostic::warning("source-incomplete", Arc::clone(file.path()), message).help(help));
        }
        let mut missing = Vec::new();
        for instance in &mut self.instances {
            match written.place(instance) {
                Some(placed) => *instance = placed,
                None => missing.push(Arc::clone(&instance.declared.subject)),
            }
        }
        let [first, others @ ..] = missing.as_slice() else { return };
        let others = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        let message = format!("`{shown}` does not declare `{first}`{others}");
        self.diagnostics.push(
            Diagnostic::warning("source-mismatch", Arc::clone(file.path()), message)
                .help("give the directory that was planned with `--source`, with its modules installed"),
        );
    }

    fn unit(self) -> Unit {
        let mut declarations = Declarations::default();
        declarations.exceptions = self.claims;
        for instance in &self.instances {
            resources::lower(instance, &mut declarations);
        }
        let unread = self.diagnostics.iter().find(|one| one.incomplete);
        let gap = unread.map(|one| {
            let reason = if one.code == "budget-exceeded" { Reason::Budget } else { Reason::Invalid };
            Unknown::new(reason, Arc::clone(&one.path))
        });
        let model = declarations.link().with_mentions(self.mentions).with_gap(gap);
        Unit::new(model, self.diagnostics, self.resources)
    }
}

fn unreadable_part(file: &SourceFile, span: Span) -> Diagnostic {
    let message = "this resource is not written as Terraform writes them";
    Diagnostic::error("terraform-format", Arc::clone(file.path()), message).at(span)
}
