//! The `simulate` command: what becomes of requests.

mod answer;
mod case;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use iamrail::core::policy::Decision;
use serde_json::Value as Json;

use crate::args::SimulateArgs;
use crate::failure::Failure;
use answer::Answer;

/// Answers requests. Whether all of them could be decided is the result.
pub(crate) fn simulate(args: &SimulateArgs) -> Result<bool, Failure> {
    let answers = cases(args.cases.as_deref().unwrap_or(Path::new("-")), args.input.max_file_size)?;
    // Whoever reads may stop reading.
    let _ = print(&answers);
    Ok(answers.iter().all(|answer| answer.decision != Decision::Undetermined))
}

/// The answers to the cases in a file, or on standard input.
fn cases(path: &Path, limit: u64) -> Result<Vec<Answer>, Failure> {
    let bytes = if path.as_os_str() == "-" {
        read(io::stdin().lock(), limit).map_err(Failure::StandardInput)?
    } else {
        let file = File::open(path).map_err(|error| Failure::Path(path.to_owned(), error))?;
        read(file, limit).map_err(|error| Failure::Path(path.to_owned(), error))?
    };
    if bytes.len() as u64 > limit {
        return Err(Failure::Cases(
            path.to_owned(),
            format!("larger than {limit} bytes (see --max-file-size)"),
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let cases: Json = serde_json::from_slice(bytes)
        .map_err(|error| Failure::Cases(path.to_owned(), format!("no JSON: {error}")))?;
    let Json::Array(cases) = cases else {
        return Err(Failure::Cases(path.to_owned(), "no list of cases".to_owned()));
    };
    Ok(cases.iter().enumerate().map(|(place, case)| case::answer(place, case)).collect())
}

fn read(input: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(answers: &[Answer]) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, answers)?;
    writeln!(out)?;
    out.flush()
}
