//! The `exceptions` command: what is excepted, what is wrong with that, and drafts from other tools.

mod import;
mod suppression;

use std::time::Instant;

use iamrail::core::exceptions::{FaultKind, Judged, Origin, Written};
use iamrail::core::report::Report;
use iamrail::core::rule::Inputs;

use crate::args::{Color, ExceptionInput, ExceptionsCommand, FailOn};
use crate::catalogue::table;
use crate::check::{Outcome, colour, outcome, width};
use crate::failure::Failure;
use crate::output::{Human, Scene, Shown, neutral};
use crate::session::Session;
use crate::standard_output::{self, print};

/// Runs the command.
pub(crate) fn run(command: &ExceptionsCommand) -> Result<Outcome, Failure> {
    match command {
        ExceptionsCommand::List(args) => list(args),
        ExceptionsCommand::Check(args) => check(args),
        ExceptionsCommand::Import(args) => {
            let session = Session::new(&args.input, &args.paths)?;
            print(&import::drafts(&session)?)?;
            Ok(Outcome::Clean)
        }
    }
}

fn list(args: &ExceptionInput) -> Result<Outcome, Failure> {
    let session = Session::new(&args.input, &args.paths)?;
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    if report.exceptions.is_empty() {
        print("no exceptions\n")?;
    } else {
        let heading =
            ["state", "excepts", "of", "owner", "approved by", "review date", "findings", "stands in"];
        print(&table(heading, report.exceptions.iter().map(|one| row(&shown.scene, one))))?;
    }
    Ok(if report.is_complete() { Outcome::Clean } else { Outcome::Incomplete })
}

fn row(scene: &Scene<'_>, judged: &Judged) -> [String; 8] {
    let entry = &judged.entry;
    let clean = |text: &str| neutral(&scene.text(text)).into_owned();
    let one =
        |written: &Option<Written>| written.as_ref().map_or_else(|| "-".to_owned(), |one| clean(&one.text));
    let all =
        |list: Vec<&str>, none: &str| if list.is_empty() { none.to_owned() } else { clean(&list.join(", ")) };
    let texts = |list: &[Written]| -> Vec<String> { list.iter().map(|one| one.text.to_string()).collect() };
    let what = [texts(&entry.rules), texts(&entry.statements), texts(&entry.policies)].concat();
    let of = match &entry.origin {
        Origin::Inline(claimants) => claimants.iter().map(|one| &*one.declared.subject).collect(),
        _ => entry.resources.iter().map(|one| &*one.text).collect(),
    };
    let of = all(of, "everything");
    let of = match texts(&entry.environments) {
        environments if environments.is_empty() => of,
        environments => format!("{of} in {}", clean(&environments.join(", "))),
    };
    let at = scene.sources.locate(entry.span);
    [
        state(judged).to_owned(),
        all(what.iter().map(String::as_str).collect(), "-"),
        of,
        one(&entry.owner),
        one(&entry.approver),
        entry.review.map_or_else(|| "-".to_owned(), |(date, _)| date.to_string()),
        judged.covers.to_string(),
        at.map_or_else(String::new, |at| clean(&format!("{}:{}", scene.path(&at.path), at.start.line))),
    ]
}

/// What is most wrong with an exception, in a word.
fn state(judged: &Judged) -> &'static str {
    let has = |kind: FaultKind| judged.faults.iter().any(|fault| fault.kind == kind);
    let undecided = judged.faults.iter().any(|fault| fault.unknown.is_some());
    let kinds = [
        (FaultKind::Invalid, "invalid"),
        (FaultKind::Unapproved, "unapproved"),
        (FaultKind::Expired, if undecided { "undetermined" } else { "expired" }),
        (FaultKind::Unused, "unused"),
        (FaultKind::Open, "open-ended"),
    ];
    kinds.into_iter().find(|(kind, _)| has(*kind)).map_or("in force", |(_, state)| state)
}

fn check(args: &ExceptionInput) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let session = Session::new(&args.input, &args.paths)?;
    let mut report: Report = session.check()?;
    report.findings.retain(|finding| finding.rule.inputs == Inputs::Exceptions);
    let shown = Shown::new(&report, session.paths());
    standard_output::write(|out, terminal| {
        let human = Human { color: colour(Color::Auto, terminal), width: width(terminal), verbose: false };
        human.write(&shown, start.elapsed(), out)
    })?;
    Ok(outcome(&report, FailOn::Error, false))
}
