//! The `init` command: drafts a configuration from what the input declares, for a person to review.

mod draft;
mod found;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::args::InitArgs;
use crate::failure::Failure;
use crate::output::{Shown, neutral};
use crate::session::Session;
use crate::settings;
use crate::standard_output::print;
use found::Found;

/// Writes the draft. Whether all of the input was understood is the result.
pub(crate) fn init(args: &InitArgs) -> Result<bool, Failure> {
    let target = target(args)?;
    let session = Session::new(&args.input, &args.paths)?;
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let found = Found::of(&shown.scene, &session.read(), session.options());
    let text = draft::draft(&shown, &found, session.options());
    match &target {
        None => print(&text)?,
        Some(path) => {
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            file.and_then(|mut file| file.write_all(text.as_bytes()))
                .map_err(|error| Failure::Output(path.clone(), error))?;
            let told = format!("wrote `{}`: {found}\n", neutral(&path.display().to_string()));
            print(&told)?;
        }
    }
    Ok(report.is_complete())
}

/// The file to write; `None` for standard output. Nothing is overwritten, and no configuration that holds already is hidden by a
/// nearer one without being asked for.
fn target(args: &InitArgs) -> Result<Option<PathBuf>, Failure> {
    let taken = |path: &Path, advice: &str| {
        Failure::Usage(format!("there is a configuration already, `{}`: {advice}", path.display()))
    };
    match &args.output {
        Some(path) if path.as_os_str() == "-" => Ok(None),
        Some(path) if path.symlink_metadata().is_ok() => {
            Err(taken(path, "take it away first, or give `--output` another name"))
        }
        Some(path) => Ok(Some(path.clone())),
        None => {
            let first = args.paths.first().map_or(Path::new("."), PathBuf::as_path);
            if first.as_os_str() == "-" {
                return Err(Failure::Usage(
                    "standard input has no directory that a configuration could hold for: give `--output`"
                        .to_owned(),
                ));
            }
            let canonical = first.canonicalize().map_err(|error| Failure::Path(first.to_owned(), error))?;
            if let Some(holds) = settings::find_configuration(&canonical)? {
                return Err(taken(&holds, "change it, or give `--output` a name to compare it with a draft"));
            }
            let directory = if canonical.is_dir() { first } else { first.parent().unwrap_or(first) };
            Ok(Some(directory.join(settings::CONFIGURATION)))
        }
    }
}
