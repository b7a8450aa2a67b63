//! What breaks the guardrails, what is undetermined, which exceptions are claimed, what was left aside.

use iamrail::core::exceptions::Written;
use iamrail::core::report::{Diagnostic, Finding, Level, Verdict};

use super::page::{Cell, Row, Section};
use super::subject::{Subject, place, verdict_mark};
use crate::output::{Line, Scene, Tone, environments};

/// What breaks the guardrails, the gravest first.
pub(super) fn violated(subject: &Subject<'_>) -> Section {
    let mut found: Vec<&Finding> =
        subject.counting().filter(|finding| finding.verdict == Verdict::Violated).collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let row = |finding: &Finding| {
        let tone = match finding.level {
            Level::Error => Tone::Bad,
            Level::Warning => Tone::Open,
            _ => Tone::Plain,
        };
        Row::new([
            vec![Line::mark(tone, finding.level.as_str())],
            rule(finding),
            vec![
                subject.message(&finding.message),
                Line::prose("To do: ").and(subject.message(&finding.help)),
            ],
            vec![subject.place(finding.span)],
        ])
    };
    let rows = found.into_iter().map(row).collect();
    let empty = "No rule is violated, as far as this input tells.";
    Section::new("Findings", &["Level", "Rule", "What", "Where"], rows, empty)
}

/// What could not be decided, with what would settle it.
pub(super) fn undetermined(subject: &Subject<'_>) -> Section {
    let found = subject.counting().filter(|finding| finding.verdict == Verdict::Undetermined);
    let row = |finding: &Finding| {
        Row::new([
            rule(finding),
            vec![subject.message(&finding.message)],
            vec![subject.message(&finding.help)],
            vec![subject.place(finding.span)],
        ])
    };
    let rows = found.map(row).collect();
    let columns = ["Rule", "What", "What would settle it", "Where"];
    Section::new("Undetermined", &columns, rows, "Every rule was decided.")
}

fn rule(finding: &Finding) -> Cell {
    let statements: Vec<&str> = finding.rule.statements.iter().map(|statement| statement.0).collect();
    vec![Line::code(finding.rule.name), Line::prose(statements.join(", "))]
}

/// What an exception covers.
pub(super) fn excepted(subject: &Subject<'_>) -> Section {
    let row = |finding: &Finding| {
        let exception = finding.exception.as_ref()?;
        let told = |what: &str, written: &Option<Written>| {
            let text = written.as_ref().map(|one| one.text.to_string())?;
            Some(Line::prose(format!("{what}: ")).and(subject.message(&text)))
        };
        let until = match exception.review {
            Some((date, _)) => format!("until {date}"),
            None => "without end".to_owned(),
        };
        let why = [
            told("reason", &exception.reason),
            told("owner", &exception.owner),
            told("approved by", &exception.approver),
            Some(Line::prose(until)),
            Some(subject.place(exception.span)),
        ];
        Some(Row::new([
            rule(finding),
            vec![verdict_mark(finding.verdict).and_prose(": ").and(subject.message(&finding.message))],
            why.into_iter().flatten().collect(),
            vec![subject.place(finding.span)],
        ]))
    };
    let rows = subject.findings().filter_map(row).collect();
    Section::new("Excepted", &["Rule", "What", "Exception", "Where"], rows, "")
}

/// The exceptions that resources claim for themselves, field by field as they are written.
pub(super) fn exceptions(subject: &Subject<'_>) -> Section {
    let rows = subject.model.exceptions.iter().map(|exception| {
        let fields: Cell = match exception.written.as_map() {
            Some(map) => map
                .iter()
                .flat_map(|(name, value)| {
                    let named = move |line| Line::code(&**name).and_prose(": ").and(line);
                    subject.value(value).into_iter().map(named)
                })
                .collect(),
            None => subject.value(&exception.written),
        };
        Row::new([
            vec![Line::code(&*exception.declared.subject)],
            fields,
            vec![subject.place(exception.span)],
        ])
    });
    Section::new("Exceptions claimed", &["By", "As written", "Where"], rows.collect(), "").saying(
        Line::prose("An exception is not honoured by being claimed; each needs an approval and a date."),
    )
}

/// What the guardrails exclude.
pub(super) fn asides(subject: &Subject<'_>) -> Section {
    let rows = subject.model.asides.iter().map(|aside| {
        Row::new([
            vec![Line::code(&*aside.subject)],
            vec![Line::prose(aside.what)],
            vec![subject.place(aside.span)],
        ])
    });
    Section::new("Left aside", &["Resource", "What", "Where"], rows.collect(), "")
        .saying(Line::prose("Out of the scope of the guardrails, and not judged here."))
}

/// What could not be read or understood.
pub(super) fn trouble(scene: &Scene<'_>, diagnostics: &[Diagnostic]) -> Section {
    let grave = diagnostics.iter().filter(|one| one.incomplete || one.level > Level::Note);
    let row = |one: &Diagnostic| {
        let mark = match one.incomplete {
            true => Line::mark(Tone::Bad, "left out"),
            false => Line::mark(Tone::Open, one.level.as_str()),
        };
        let mut what = vec![Line::message(scene, &one.message)];
        what.extend(environments::of_diagnostic(one).map(|text| Line::message(scene, &text)));
        if !one.help.is_empty() {
            what.push(Line::prose("To do: ").and(Line::message(scene, &one.help)));
        }
        let at = one.span.map(|span| place(scene, span)).filter(|line| *line != Line::default());
        let at = at.unwrap_or_else(|| Line::place(scene.path(&one.path)));
        Row::new([vec![mark], what, vec![at]])
    };
    let rows = grave.map(row).collect();
    let empty = "All of the input was read and understood.";
    Section::new("What could not be read or understood", &["Effect", "What", "Where"], rows, empty)
}
