//! The `simulate` command: what becomes of requests.

mod answer;
mod case;
mod circumstances;
mod parts;
mod slips;
mod unit;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use iamrail::core::check::Reading;
use iamrail::core::policy::Decision;
use serde_json::Value as Json;

use crate::args::SimulateArgs;
use crate::failure::Failure;
use crate::output::{Shown, texts};
use crate::session::Session;
use crate::standard_output;
use answer::Answer;
use unit::Asked;

/// Answers requests. Whether all of them could be decided is the result.
pub(crate) fn simulate(args: &SimulateArgs) -> Result<bool, Failure> {
    let (answers, complete) = match &args.cases {
        Some(path) => (cases(path, args.input.max_file_size)?, true),
        None => of_principal(args)?,
    };
    print(&answers)?;
    Ok(complete && answers.iter().all(|answer| answer.decision != Decision::Undetermined))
}

/// The answers for the principals of a name, and whether all of the input was understood.
fn of_principal(args: &SimulateArgs) -> Result<(Vec<Answer>, bool), Failure> {
    let asked = Asked {
        principal: args.principal.as_deref().unwrap_or_default(),
        action: args.action.as_deref().unwrap_or_default(),
        resource: &args.resource,
        context: &args.context,
        open: args.open_context,
    };
    let session = Session::new(&args.input, &args.paths)?;
    // The rules know what is secret.
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let mut answers = Vec::new();
    let mut slips = Vec::new();
    for Reading { unit, environments, .. } in &session.read() {
        let (more, named) = asked.answers(unit, &shown.scene)?;
        let environments = texts(&shown.scene, environments);
        answers.extend(more.into_iter().map(|one| Answer { environments: environments.clone(), ..one }));
        slips.extend(named.into_iter().map(|slip| (slip, None)));
    }
    slips::tell(slips);
    if answers.is_empty() {
        return Err(Failure::Usage(format!(
            "no user or role `{}` is declared in the input",
            asked.principal
        )));
    }
    Ok((answers, report.is_complete()))
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
    let mut slips = Vec::new();
    let mut answers = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        let (answer, named) = case::answer(place, case);
        slips.extend(named.into_iter().map(|slip| (slip, Some(answer.id.clone()))));
        answers.push(answer);
    }
    slips::tell(slips);
    Ok(answers)
}

fn read(input: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(answers: &[Answer]) -> Result<(), Failure> {
    standard_output::write(|out, _| {
        serde_json::to_writer_pretty(&mut *out, answers)?;
        writeln!(out)
    })
}
