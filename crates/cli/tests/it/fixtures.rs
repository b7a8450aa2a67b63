//! The fixtures of the rules, `testdata/rules/<rule>/<name>/`, each a small input with its expected findings.
//!
//! In files that take comments the expectations are comments (see [`crate::caret`]); those of other files are in
//! `expected.txt`, a line each. All rules run, the findings of the rule that the directory is named after are shown;
//! a file `rules` names others, a line each. `iamrail.yaml` is the configuration, and `iam-exceptions.yaml` has exceptions. `UPDATE=1` writes the expectations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::core::check::{Candidate, Checker};
use iamrail::core::exceptions::Exceptions;
use iamrail::core::options::Options;
use iamrail::core::report::{Diagnostic, Level, Report, Verdict};
use iamrail::core::rules::RULES;
use iamrail::core::source::{Location, MemoryFiles, Sources};

use crate::caret::{Note, annotate, strip, takes_comments};
use crate::{TODAY, repository};

/// Files of a fixture that are no input.
const EXPECTED: &str = "expected.txt";
const SHOWN: &str = "rules";
pub(crate) const CONFIGURATION: &str = "iamrail.yaml";
const EXCEPTIONS: &str = "iam-exceptions.yaml";

#[test]
fn every_fixture_gives_the_findings_that_it_names() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for dir in fixtures() {
        let written = read(&dir);
        let found = expectations(&dir, &written);
        if update {
            write(&dir, &written, &found);
        } else if written != found {
            wrong.push(difference(&dir, &written, &found));
        }
    }
    assert!(wrong.is_empty(), "{}\n`UPDATE=1 cargo test` writes what is found", wrong.join("\n"));
}

#[test]
fn every_folder_of_fixtures_is_named_after_a_rule() {
    for dir in fixtures() {
        let rule = rule_of(&dir);
        assert!(RULES.iter().any(|known| known.name == rule), "there is no rule `{rule}`");
    }
}

/// Rules that judge what stands there: something that is not known is no reason to speak.
const ALWAYS_DECIDED: &[&str] = &[
    "access-key",
    "application-user",
    "embedded-access-key",
    "expired-exception",
    "ineffective-mfa-guard",
    "invalid-exception",
    "open-ended-exception",
    "unapproved-exception",
    "unused-exception",
    "workload-static-credentials",
];

#[test]
fn every_rule_is_violated_kept_and_left_open_by_its_fixtures() {
    let mut lacking = Vec::new();
    for rule in RULES {
        let (mut violated, mut kept, mut open) = (false, false, false);
        for dir in fixtures().into_iter().filter(|dir| rule_of(dir) == rule.name) {
            let report = check(&dir, &input_of(&read(&dir)));
            let (_, tally) = report.rules.iter().find(|(known, _)| known.name == rule.name).unwrap();
            violated |= tally.violated > 0;
            kept |= tally.holds > 0 || tally.violated + tally.undetermined == 0;
            open |= tally.undetermined > 0;
        }
        for (is_there, what) in [
            (violated, "violated"),
            (kept, "kept"),
            (open || ALWAYS_DECIDED.contains(&rule.name), "left open"),
        ] {
            if !is_there {
                lacking.push(format!("{} is never {what}", rule.name));
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

/// The directories of all fixtures, sorted.
pub(crate) fn fixtures() -> Vec<PathBuf> {
    let folders = directories(&repository().join("testdata/rules"));
    folders.iter().flat_map(|rule| directories(rule)).collect()
}

fn directories(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

pub(crate) fn rule_of(dir: &Path) -> String {
    dir.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned()
}

/// The files of a fixture with their paths relative to it.
pub(crate) fn read(dir: &Path) -> BTreeMap<String, String> {
    fn collect(dir: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                collect(&entry.path(), &format!("{path}/"), files);
            } else {
                files.insert(path, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(dir, "", &mut files);
    files
}

/// The files as they should be: the same, with the expectations that a check gives.
fn expectations(dir: &Path, written: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut files = input_of(written);
    let shown = match files.get(SHOWN) {
        Some(names) => names.lines().map(str::to_owned).collect(),
        None => vec![rule_of(dir)],
    };
    let report = check(dir, &files);
    let mut elsewhere = String::new();
    let mut notes: BTreeMap<String, Vec<Note>> = BTreeMap::new();
    for (path, note) in notes_of(&report, &shown) {
        match &note.place {
            _ if takes_comments(&path) && files.contains_key(&path) => {
                notes.entry(path).or_default().push(note)
            }
            Some(place) => {
                let (line, column) = (place.start.line, place.start.column);
                elsewhere.push_str(&format!("{path}:{line}:{column}: {}\n", note.text));
            }
            None => elsewhere.push_str(&format!("{path}: {}\n", note.text)),
        }
    }
    for (path, mut notes) in notes {
        notes.sort();
        notes.dedup();
        let text = files.get_mut(&path).unwrap();
        *text = annotate(text, &notes);
    }
    if !elsewhere.is_empty() {
        files.insert(EXPECTED.to_owned(), elsewhere);
    }
    files
}

/// The files without expectations.
pub(crate) fn input_of(written: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut files = written.clone();
    files.remove(EXPECTED);
    for (_, text) in files.iter_mut().filter(|(path, _)| takes_comments(path)) {
        *text = strip(text);
    }
    files
}

fn check(dir: &Path, files: &BTreeMap<String, String>) -> Report {
    let input = || files.iter().filter(|(path, _)| ![SHOWN, CONFIGURATION].contains(&path.as_str()));
    let memory = MemoryFiles::new(files.iter().map(|(path, text)| (path, text.as_bytes())));
    let sources = Arc::new(Sources::new(memory));
    let candidates: Vec<_> = input().map(|(path, _)| Candidate::found(path.as_str())).collect();
    checker(dir, files, &sources).check(&sources, &candidates)
}

/// The checker of a fixture: with its configuration and its exceptions.
pub(crate) fn checker(dir: &Path, files: &BTreeMap<String, String>, sources: &Sources) -> Checker {
    let wrong = |errors: &[Diagnostic]| -> ! { panic!("{}: {errors:?}", dir.display()) };
    let mut options = Options::default();
    let mut exceptions = Exceptions::default();
    if files.contains_key(CONFIGURATION) {
        let file = sources.load(CONFIGURATION).unwrap();
        options = iamrail::config::parse(&file).unwrap_or_else(|error| wrong(&[*error]));
        let configured = iamrail::exceptions::parse_configuration(&file, file.path());
        let configured = configured.unwrap_or_else(|errors| wrong(&errors));
        exceptions.settings = configured.settings;
        exceptions.entries = configured.entries;
    }
    if files.contains_key(EXCEPTIONS) {
        let file = sources.load(EXCEPTIONS).unwrap();
        let entries = iamrail::exceptions::parse(&file, file.path());
        exceptions.entries.extend(entries.unwrap_or_else(|errors| wrong(&errors)));
    }
    exceptions.covers_all = true;
    options.today = Some(TODAY);
    iamrail::checker(options).with_exceptions(exceptions)
}

/// The findings of the shown rules, and what is wrong with the input, with the files they stand in.
fn notes_of(report: &Report, shown: &[String]) -> Vec<(String, Note)> {
    let note = |path: &str, place: Option<Location>, kind: &str, id: &str, message: &str| {
        (path.to_owned(), Note { place, text: format!("{kind}[{id}]: {message}") })
    };
    let findings =
        report.findings.iter().filter(|finding| shown.iter().any(|rule| rule == finding.rule.name));
    let findings = findings.map(|finding| {
        let place = report.sources.locate(finding.span).unwrap();
        let kind = match finding.verdict {
            Verdict::Violated => finding.level.as_str(),
            Verdict::Undetermined => "undetermined",
        };
        note(&place.path.clone(), Some(place), kind, finding.rule.name, &finding.message)
    });
    let diagnostics = report.diagnostics.iter().filter(|diagnostic| diagnostic.level > Level::Note);
    let diagnostics = diagnostics.map(|diagnostic| {
        let place = diagnostic.span.and_then(|span| report.sources.locate(span));
        let path = place.as_ref().map_or(&diagnostic.path, |place| &place.path).clone();
        note(&path, place, diagnostic.level.as_str(), diagnostic.code, &diagnostic.message)
    });
    diagnostics.chain(findings).collect()
}

fn write(dir: &Path, written: &BTreeMap<String, String>, found: &BTreeMap<String, String>) {
    for (path, text) in found.iter().filter(|(path, text)| written.get(*path) != Some(text)) {
        fs::write(dir.join(path), text).unwrap();
    }
    if !found.contains_key(EXPECTED) && written.contains_key(EXPECTED) {
        fs::remove_file(dir.join(EXPECTED)).unwrap();
    }
}

fn difference(dir: &Path, written: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for path in written.keys().chain(found.keys().filter(|path| !written.contains_key(*path))) {
        let (old, new) =
            (written.get(path).map_or("", String::as_str), found.get(path).map_or("", String::as_str));
        if old != new {
            let diff = similar::TextDiff::from_lines(old, new);
            let name = dir.join(path).display().to_string();
            text.push_str(&diff.unified_diff().header(&name, "found").to_string());
        }
    }
    text
}
