//! The `review` command: who may do what, for people who come together to look at it.

mod administrators;
mod allowed;
mod findings;
mod html;
mod markdown;
mod mfa;
mod page;
mod people;
mod picture;
mod roles;
mod subject;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use iamrail::core::analysis::administrators::{Administrator, Strength};
use iamrail::core::check::Reading;
use iamrail::core::options::Options;
use iamrail::core::report::{Finding, Level, UnitSummary, Verdict};

use crate::args::{ReviewArgs, ReviewFormat};
use crate::failure::Failure;
use crate::output::{Line, Shown, Tone, environments, plural};
use crate::session::Session;
use crate::standard_output::print;
use page::{Page, Row, Section, Table, UnitPage};
use subject::Subject;

/// Writes the review. Whether all of the input was understood is the result.
pub(crate) fn review(args: &ReviewArgs) -> Result<bool, Failure> {
    let format = format(args)?;
    let session = Session::new(&args.input, &args.paths)?;
    let report = session.check()?;
    let shown = Shown::new(&report, session.paths());
    let page = page(&shown, &session.read(), session.options());
    let text = match format {
        ReviewFormat::Markdown => markdown::markdown(&shown.scene, &page),
        ReviewFormat::Html => html::html(&shown.scene, &page),
    };
    let write = |out: &mut dyn Write| -> io::Result<()> {
        out.write_all(text.as_bytes())?;
        out.flush()
    };
    match &args.output {
        Some(path) => File::create(path)
            .and_then(|file| write(&mut BufWriter::new(file)))
            .map_err(|error| Failure::Output(path.clone(), error))?,
        None => print(&text)?,
    }
    Ok(report.is_complete())
}

/// The format that is asked for, or that the name of the file tells.
fn format(args: &ReviewArgs) -> Result<ReviewFormat, Failure> {
    let by_name = |path: &Path| match path.extension()?.to_str()? {
        "md" | "markdown" => Some(ReviewFormat::Markdown),
        "html" | "htm" => Some(ReviewFormat::Html),
        _ => None,
    };
    match (args.format, &args.output) {
        (Some(format), _) => Ok(format),
        (None, None) => Ok(ReviewFormat::Markdown),
        (None, Some(path)) => by_name(path).ok_or_else(|| {
            let path = path.display();
            Failure::Usage(format!(
                "which format shall `{path}` have? Give `--format`, or name it .md or .html"
            ))
        }),
    }
}

fn page(shown: &Shown<'_>, readings: &[Reading], options: &Options) -> Page {
    let (scene, report) = (&shown.scene, shown.report);
    let mut rows = Vec::new();
    let mut pages = Vec::new();
    // A unit that differs between environments is told for each way in which it does.
    for (number, reading) in readings.iter().enumerate() {
        let Some(summary) = report.units.get(reading.number) else { continue };
        let subject = Subject::new(scene, report, reading, options);
        let is_told = concerns_iam(&subject);
        // What could not be read may concern IAM.
        if is_told || !summary.complete {
            rows.push(Row { leads_to: is_told.then_some(number), ..row(&subject, number, summary) });
        }
        if is_told {
            pages.push(self::unit(&subject, number, summary));
        }
    }
    let columns = [
        "Unit",
        "What",
        "Administrators",
        "Users",
        "Groups",
        "Roles",
        "Policies",
        "Violated",
        "Undetermined",
    ];
    let mut words = words(shown);
    match readings.len() - rows.len() {
        0 => {}
        1 => words.push(Line::prose("1 unit declares nothing of IAM, and is left out.")),
        more => words.push(Line::prose(format!("{more} units declare nothing of IAM, and are left out."))),
    }
    Page {
        words,
        overview: Table { heading: columns.to_vec(), rows },
        units: pages,
        trouble: findings::trouble(scene, &report.diagnostics),
    }
}

fn words(shown: &Shown<'_>) -> Vec<Line> {
    let counts = shown.counts();
    let units = plural(shown.report.units.len(), "unit");
    let violated = counts.errors + counts.warnings + counts.notes;
    let mut words = vec![Line::prose(format!(
        "{units} with {}: {} ({}, {}, {}), {} undetermined.",
        plural(shown.resources(), "resource"),
        plural(violated, "finding"),
        plural(counts.errors, "error"),
        plural(counts.warnings, "warning"),
        plural(counts.notes, "note"),
        counts.undetermined
    ))];
    if counts.excepted > 0 {
        words.push(Line::prose(format!("Covered by exceptions: {} more.", counts.excepted)));
    }
    if !shown.report.is_complete() {
        let line = Line::mark(Tone::Bad, "incomplete");
        words.push(
            line.and_prose(": not all of the input could be read or understood; see the end of this page."),
        );
    }
    words.push(Line::prose(
        "This tells what the code would create. What exists besides, and what was changed by hand, is not part of it.",
    ));
    words
}

/// Whether there is anything to review in a unit.
fn concerns_iam(subject: &Subject<'_>) -> bool {
    let model = subject.model;
    let declares = model.users.len() + model.groups.len() + model.roles.len() + model.policies.len();
    declares + model.access_keys.len() + model.grants.len() + model.memberships.len() > 0
        || subject.findings().next().is_some()
}

fn row(subject: &Subject<'_>, number: usize, summary: &UnitSummary) -> Row {
    let model = subject.model;
    let count = |count: usize| vec![Line::prose(count.to_string())];
    let number_of = |is: &dyn Fn(&Finding) -> bool| subject.counting().filter(|one| is(one)).count();
    let mut name = vec![Line::prose(format!("{}. ", number + 1)).and(heading(subject, summary))];
    if !summary.complete {
        name.push(Line::mark(Tone::Bad, "incomplete"));
    }
    let mut violated = count(number_of(&|one| one.verdict == Verdict::Violated));
    if let errors @ 1.. = number_of(&|one| one.verdict == Verdict::Violated && one.level == Level::Error) {
        let what = if errors == 1 { "error" } else { "errors" };
        violated = vec![Line::prose(format!("{errors} ")).and(Line::mark(Tone::Bad, what))];
        if let others @ 1.. = number_of(&|one| one.verdict == Verdict::Violated) - errors {
            violated.push(Line::prose(format!("and {others} less grave")));
        }
    }
    let what = vec![Line::prose(summary.kind)];
    let is_open = |one: &&Administrator<'_>| matches!(one.strength, Strength::Possible(_));
    let perhaps = subject.administrators.iter().filter(is_open).count();
    let mut administrators = count(subject.administrators.iter().count() - perhaps);
    if perhaps > 0 {
        administrators.push(Line::prose(format!("perhaps {perhaps} more")));
    }
    let entities =
        [model.users.len(), model.groups.len(), model.roles.len(), model.policies.len()].map(count);
    let mut cells = vec![name, what, administrators];
    cells.extend(entities);
    cells.extend([violated, count(number_of(&|one| one.verdict == Verdict::Undetermined))]);
    Row::new(cells)
}

/// The path of a unit, and the environments that it is told for.
fn heading(subject: &Subject<'_>, summary: &UnitSummary) -> Line {
    let path = Line::place(subject.scene.path(&summary.path));
    match environments::names(subject.environments) {
        Some(names) => path.and_prose(" in ").and(subject.message(&names)),
        None => path,
    }
}

fn unit(subject: &Subject<'_>, number: usize, summary: &UnitSummary) -> UnitPage {
    let mut words = vec![Line::prose(format!("{}, {} resources", summary.kind, summary.resources))];
    if !summary.complete {
        let line = Line::mark(Tone::Bad, "incomplete");
        words.push(
            line.and_prose(
                ": some of it could not be read or understood, and there may be more than is told.",
            ),
        );
    }
    let always = [administrators::section(subject)];
    let if_any = [
        people::users(subject),
        people::groups(subject),
        people::keys(subject),
        roles::roles(subject),
        roles::policies(subject),
        roles::workloads(subject),
        findings::exceptions(subject),
    ];
    let ends = [findings::violated(subject), findings::undetermined(subject)];
    let asides = [findings::excepted(subject), findings::asides(subject)];
    let has_rows = |section: &Section| !section.table.rows.is_empty();
    let sections = always
        .into_iter()
        .chain(if_any.into_iter().filter(has_rows))
        .chain(ends)
        .chain(asides.into_iter().filter(has_rows));
    UnitPage {
        number,
        path: heading(subject, summary),
        words,
        picture: picture::picture(subject),
        sections: sections.collect(),
    }
}
