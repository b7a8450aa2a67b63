//! Writes reports: pure functions of the report, with what must not be shown taken out.

mod checklist;
pub(crate) mod environments;
mod excerpt;
mod human;
mod json;
mod line;
mod mask;
mod neutral;
mod passwords;
mod place;
mod plural;
mod related;
mod sarif;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use iamrail::core::report::{Level, Report, Verdict};
use iamrail::core::source::Sources;

pub(crate) use checklist::checklist;
pub(crate) use human::Human;
pub(crate) use json::{DiagnosticEntry, json, texts};
pub(crate) use line::{Line, Tone, html, html_text, yaml_text};
pub(crate) use mask::{Mask, redacted};
pub(crate) use neutral::neutral;
pub(crate) use place::Place;
pub(crate) use plural::plural;
pub(crate) use sarif::sarif;

use crate::paths::Paths;

/// Texts as they may be shown: paths as the user would write them, secrets masked.
#[derive(Debug)]
pub(crate) struct Scene<'s> {
    /// The texts.
    pub(crate) sources: &'s Sources,
    /// How paths are written.
    pub(crate) paths: &'s Paths,
    /// What must not be seen.
    pub(crate) mask: Mask,
}

impl Scene<'_> {
    /// A text without the secrets in it.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.mask.text(text)
    }

    /// A path as the user would write it, without the credentials in it.
    pub(crate) fn path(&self, path: &str) -> String {
        self.mask.path(&self.paths.show(path)).into_owned()
    }
}

/// A report as it may be shown.
#[derive(Debug)]
pub(crate) struct Shown<'r> {
    /// The report.
    pub(crate) report: &'r Report,
    /// Its texts.
    pub(crate) scene: Scene<'r>,
}

impl<'r> Shown<'r> {
    /// A report with its secrets masked.
    pub(crate) fn new(report: &'r Report, paths: &'r Paths) -> Self {
        let sources: &Sources = &report.sources;
        let mask = Mask::with_pieces(&report.secrets, sources, report.pieces.clone());
        Self { report, scene: Scene { sources, paths, mask } }
    }

    /// How many findings there are of which sort.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.report.findings {
            let count = match (finding.verdict, finding.level) {
                _ if finding.exception.is_some() => &mut counts.excepted,
                (Verdict::Undetermined, _) => &mut counts.undetermined,
                (Verdict::Violated, Level::Error) => &mut counts.errors,
                (Verdict::Violated, Level::Warning) => &mut counts.warnings,
                (Verdict::Violated, _) => &mut counts.notes,
            };
            *count += 1;
        }
        counts
    }

    /// How many resources were checked.
    pub(crate) fn resources(&self) -> usize {
        self.report.units.iter().map(|unit| unit.resources).sum()
    }

    /// How many texts were read.
    pub(crate) fn files(&self) -> usize {
        self.scene.sources.all().len()
    }
}

/// Findings by sort.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Violations of level error.
    pub(crate) errors: usize,
    /// Violations of level warning.
    pub(crate) warnings: usize,
    /// Violations of level note.
    pub(crate) notes: usize,
    /// What could not be decided, of any level.
    pub(crate) undetermined: usize,
    /// What an exception covers, which counts as nothing else.
    pub(crate) excepted: usize,
}
