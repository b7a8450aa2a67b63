//! The `show` command: the shared model as JSON.

pub(crate) mod document;
mod entity;
pub(crate) mod permissions;
pub(crate) mod value;

use iamrail::core::check::Reading;
use serde::Serialize;

use crate::args::ShowArgs;
use crate::failure::Failure;
use crate::output::{DiagnosticEntry, Scene, Shown, texts};
use crate::session::Session;
use crate::standard_output;
use entity::Entities;
use permissions::PermissionsEntry;

/// The version of the format: raised when something is taken away or changes its meaning, not when something is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document {
    version: u32,
    units: Vec<UnitEntry>,
    diagnostics: Vec<DiagnosticEntry>,
}

#[derive(Serialize)]
struct UnitEntry {
    kind: &'static str,
    path: String,
    /// The environments in which it is like this; not there when it belongs to none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    environments: Vec<String>,
    #[serde(flatten)]
    entities: Entities,
    /// What each principal may do, in every deployment that makes a difference; on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<PermissionsEntry>>,
}

/// Prints the model of the input. Whether all of it was understood is the result.
pub(crate) fn show(args: &ShowArgs) -> Result<bool, Failure> {
    let session = Session::new(&args.input, &args.paths)?;
    // The rules know what is secret.
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let units = session.read();
    let document = Document {
        version: VERSION,
        units: units.iter().map(|reading| UnitEntry::new(&shown.scene, reading, args.permissions)).collect(),
        diagnostics: report.diagnostics.iter().map(|one| DiagnosticEntry::new(&shown.scene, one)).collect(),
    };
    standard_output::write(|out, _| {
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    })?;
    Ok(report.is_complete())
}

impl UnitEntry {
    fn new(scene: &Scene<'_>, reading: &Reading, with_permissions: bool) -> Self {
        let Reading { source, environments, unit, .. } = reading;
        Self {
            kind: source.kind,
            path: scene.path(&source.path),
            environments: texts(scene, environments),
            entities: Entities::new(scene, &unit.model),
            permissions: with_permissions.then(|| permissions::all(scene, &unit.model)),
        }
    }
}
