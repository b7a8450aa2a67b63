//! The `check` command.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ArgMatches;
use iamrail::core::report::{Finding, Level, Report, Verdict};

use crate::args::{CheckArgs, Color, FailOn, Format};
use crate::failure::Failure;
use crate::output::{Human, Shown, checklist, json, sarif};
use crate::session::{Beyond, Session};
use crate::standard_output;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was checked, nothing that matters was found.
    Clean,
    /// Something that matters was found.
    Found,
    /// Nothing that matters was found in what could be read, but not all could be.
    Incomplete,
}

impl Outcome {
    /// The exit status.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Incomplete => 3,
        }
    }
}

/// A format with the file it is written to; `None` stands for standard output.
pub(crate) type Destination = (Format, Option<PathBuf>);

/// Where the report goes. A `--format` speaks of the `--output` that follows it, or of standard output.
pub(crate) fn destinations(args: &CheckArgs, matches: &ArgMatches) -> Result<Vec<Destination>, Failure> {
    let positions = |id: &str| matches.indices_of(id).into_iter().flatten();
    let mut formats = positions("format").zip(&args.format).peekable();
    let mut destinations: Vec<Destination> = Vec::new();
    let mut standard = None;
    let mut to_standard = |format| match standard.replace(format) {
        Some(_) => Err(Failure::Usage(
            "standard output takes one `--format`; give the other an `--output`".to_owned(),
        )),
        None => Ok(()),
    };
    for (at, file) in positions("output").zip(&args.output) {
        let mut format = None;
        while let Some((_, next)) = formats.next_if(|(position, _)| *position < at) {
            if let Some(unclaimed) = format.replace(*next) {
                to_standard(unclaimed)?;
            }
        }
        let format = format.or_else(|| by_extension(file)).ok_or_else(|| {
            let file = file.display();
            Failure::Usage(format!(
                "which format shall `{file}` have? Put `--format` before it, or name it .json, .sarif, .md or .txt"
            ))
        })?;
        destinations.push((format, Some(file.clone())));
    }
    for (_, format) in formats {
        to_standard(*format)?;
    }
    destinations.push((standard.unwrap_or(Format::Human), None));
    Ok(destinations)
}

fn by_extension(file: &Path) -> Option<Format> {
    match file.extension()?.to_str()? {
        "json" => Some(Format::Json),
        "sarif" => Some(Format::Sarif),
        "txt" => Some(Format::Human),
        "md" => Some(Format::Checklist),
        _ => None,
    }
}

/// Runs the check and writes the report.
pub(crate) fn check(args: &CheckArgs, destinations: &[Destination]) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let beyond = Beyond { history: args.history, images: args.image.clone() };
    let session = Session::for_check(&args.input, &args.paths, beyond)?;
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let time = start.elapsed();
    for (format, file) in destinations {
        let write = |out: &mut dyn Write, terminal: bool| -> io::Result<()> {
            let human =
                Human { color: colour(args.color, terminal), width: width(terminal), verbose: args.verbose };
            match format {
                Format::Human => human.write(&shown, time, out)?,
                Format::Json => json(&shown, out)?,
                Format::Sarif => sarif(&shown, out)?,
                Format::Checklist => checklist(&shown, session.options(), out)?,
            }
            out.flush()
        };
        match file {
            Some(path) => File::create(path)
                .and_then(|file| write(&mut BufWriter::new(file), false))
                .map_err(|error| Failure::Output(path.clone(), error))?,
            None => standard_output::write(write)?,
        }
    }
    let outcome = outcome(&report, args.fail_on, args.allow_incomplete);
    // The process is about to end, which frees all at once what would be taken apart piece by piece here.
    std::mem::forget((report, session));
    Ok(outcome)
}

/// How a check with this report ends.
pub(crate) fn outcome(report: &Report, fail_on: FailOn, allow_incomplete: bool) -> Outcome {
    let counting = |finding: &&Finding| finding.exception.is_none();
    let fails = report.findings.iter().filter(counting).any(|finding| match (finding.verdict, fail_on) {
        (_, FailOn::Never) => false,
        (Verdict::Undetermined, fail_on) => fail_on == FailOn::Undetermined,
        (Verdict::Violated, FailOn::Error) => finding.level >= Level::Error,
        (Verdict::Violated, FailOn::Warning | FailOn::Undetermined) => finding.level >= Level::Warning,
    });
    match (fails, report.is_complete() || allow_incomplete) {
        (true, _) => Outcome::Found,
        (false, false) => Outcome::Incomplete,
        (false, true) => Outcome::Clean,
    }
}

/// Whether to use colour.
pub(crate) fn colour(when: Color, terminal: bool) -> bool {
    match when {
        Color::Always => true,
        Color::Never => false,
        // https://no-color.org: any value but the empty one.
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// The width to write for: the terminal's, or one that suits logs.
pub(crate) fn width(terminal: bool) -> usize {
    let terminal = terminal.then(terminal_size::terminal_size).flatten();
    terminal.map_or(120, |(width, _)| usize::from(width.0).clamp(60, 160))
}
