//! The report for people, laid out as the Rust compiler does.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Style, Origin, Renderer, Snippet};
use iamrail::core::credentials::find;
use iamrail::core::exceptions::{Entry, Written};
use iamrail::core::report::{Diagnostic, Finding, Level, Verdict};
use iamrail::core::source::{SourceFile, Sources, Span};

use super::excerpt::Excerpt;
use super::related::{MOST_OTHERS, folded};
use super::{Mask, Scene, Shown, environments, neutral, plural};
use crate::paths::Paths;
use crate::session::NO_CODE;

/// How many related places of one finding are shown with their lines; more of them are named in a line each.
const MOST_SHOWN: usize = 8;
/// How many related places of one finding are told; the rest is counted, but for whoever asks for everything.
const MOST_RELATED: usize = 32;
/// The longest message in characters; more of it is cut.
const LONGEST: usize = 400;
/// Places this many lines apart share one excerpt.
const NEAR: u32 = 25;
/// A place of more lines than this is shown by its first one; so is every related place that has several.
const TALLEST: u32 = 8;

/// How the report is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Human {
    /// Whether escape sequences may be used.
    pub(crate) color: bool,
    /// The width of the terminal in columns.
    pub(crate) width: usize,
    /// Whether notes on the input are shown.
    pub(crate) verbose: bool,
}

/// A place of a finding or diagnostic with what is said there.
struct Place {
    span: Span,
    label: String,
    primary: bool,
}

/// What is shown as one message.
struct Block<'b> {
    style: Style<'static>,
    id: &'b str,
    message: &'b str,
    /// The file or directory, for a message without a place.
    path: &'b str,
    places: Vec<Place>,
    notes: Vec<(Style<'static>, String)>,
}

impl Human {
    /// Writes a report; `time` is how long the check took.
    pub(crate) fn write(&self, shown: &Shown<'_>, time: Duration, out: &mut dyn Write) -> io::Result<()> {
        let worth = |one: &&Diagnostic| one.level > Level::Note || self.verbose;
        for (first, others) in same_words(shown.report.diagnostics.iter().filter(worth)) {
            self.diagnostic(&shown.scene, first, &others, out)?;
        }
        for group in alike(&shown.report.findings) {
            self.finding(shown, &group, out)?;
        }
        self.summary(shown, time, out)
    }

    /// A diagnostic outside of any report, without colour.
    pub(crate) fn alone(sources: &Sources, diagnostic: &Diagnostic, paths: &Paths) -> String {
        let file = diagnostic.span.and_then(|span| sources.file(span.file));
        let secrets: Vec<Span> = file.iter().flat_map(|file| credentials(file)).collect();
        let scene = Scene { sources, paths, mask: Mask::new(&secrets, sources) };
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ =
            Self { color: false, width: 120, verbose: false }.diagnostic(&scene, diagnostic, &[], &mut text);
        String::from_utf8_lossy(&text).trim_end().to_owned()
    }

    /// Writes a diagnostic; `others` say the same of other places.
    pub(crate) fn diagnostic(
        &self,
        scene: &Scene<'_>,
        diagnostic: &Diagnostic,
        others: &[&Diagnostic],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let place =
            diagnostic.span.map(|span| Place { span, label: diagnostic.label.clone(), primary: true });
        let environments = environments::of_diagnostic(diagnostic).map(|text| (Style::NOTE, text));
        let also = (!others.is_empty()).then(|| (Style::NOTE, also_at(scene, others)));
        let help = (!diagnostic.help.is_empty()).then(|| (Style::HELP, diagnostic.help.clone()));
        let block = Block {
            style: style(diagnostic.level),
            id: diagnostic.code,
            message: &diagnostic.message,
            path: &diagnostic.path,
            places: place.into_iter().collect(),
            notes: environments.into_iter().chain(also).chain(help).collect(),
        };
        self.block(scene, &block, out)
    }

    fn finding(&self, shown: &Shown<'_>, alike: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        let Some((finding, others)) = alike.split_first() else { return Ok(()) };
        let mut places = vec![Place { span: finding.span, label: finding.label.clone(), primary: true }];
        let mut notes: Vec<(Style<'static>, String)> = Vec::new();
        notes.extend(environments::of_finding(shown.report, finding).map(|text| (Style::NOTE, text)));
        if let Some(exception) = &finding.exception {
            notes.push((Style::NOTE, excepted(&shown.scene, exception)));
            if !others.is_empty() {
                notes.push((Style::NOTE, also_in(shown, finding, others)));
            }
            let style = Style::NOTE.with_name("excepted");
            let block =
                Block { style, id: finding.rule.name, message: &finding.message, path: "", places, notes };
            return self.block(&shown.scene, &block, out);
        }
        let related = folded(&finding.related, &finding.subject);
        let told = if self.verbose { related.len() } else { MOST_RELATED };
        for (number, (span, label)) in related.iter().take(told).enumerate() {
            let label = label.clone();
            match *span {
                Some(span) if number < MOST_SHOWN => places.push(Place { span, label, primary: false }),
                Some(span) => notes.push((Style::NOTE, format!("{}: {label}", line(&shown.scene, span)))),
                None => notes.push((Style::NOTE, label)),
            }
        }
        if let Some(more) = related.len().checked_sub(told).filter(|more| *more > 0) {
            notes.push((Style::NOTE, format!("and {more} more places, which `--verbose` names")));
        }
        if let Some(path) = &finding.construct {
            notes.push((Style::NOTE, format!("made by the construct `{path}`")));
        }
        if !others.is_empty() {
            notes.push((Style::NOTE, also_in(shown, finding, others)));
        }
        let statements: Vec<_> = finding.rule.statements.iter().map(ToString::to_string).collect();
        if !statements.is_empty() {
            notes.push((Style::NOTE, format!("demanded by {}", statements.join(", "))));
        }
        if !finding.help.is_empty() {
            notes.push((Style::HELP, finding.help.clone()));
        }
        let style = match finding.verdict {
            Verdict::Violated => style(finding.level),
            Verdict::Undetermined => Style::INFO.with_name("undetermined"),
        };
        let block =
            Block { style, id: finding.rule.name, message: &finding.message, path: "", places, notes };
        self.block(&shown.scene, &block, out)
    }

    fn block(&self, scene: &Scene<'_>, block: &Block<'_>, out: &mut dyn Write) -> io::Result<()> {
        let clean = |text: &str| short(neutral(&scene.text(text)).into_owned());
        let title = block.style.clone().primary_title(clean(block.message)).id(block.id);
        let mut groups = Vec::new();
        let mut group = Group::with_title(title);
        let excerpts = excerpts(scene, &block.places);
        if excerpts.is_empty() && !block.path.is_empty() {
            group = group.element(Origin::path(neutral(&scene.path(block.path)).into_owned()));
        }
        for (file, excerpt, places) in &excerpts {
            let path = neutral(&scene.path(file.path())).into_owned();
            let snippet = Snippet::source(excerpt.text.clone())
                .line_start(excerpt.first_line as usize)
                .annotations(places.iter().map(|(span, place)| {
                    let kind = if place.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                    let label = Some(clean(&place.label)).filter(|label| !label.is_empty());
                    kind.span(excerpt.range(*span)).label(label)
                }));
            match places.first().filter(|_| excerpt.is_cut()) {
                None => group = group.element(snippet.path(path)),
                // The column that the renderer would count is that of the line as it is shown.
                Some((first, _)) => {
                    let at = file.position(first.start);
                    let origin = Origin::path(path).line(at.line as usize).char_column(at.column as usize);
                    groups.push(group.element(origin));
                    group = Group::with_level(block.style.clone()).element(snippet);
                }
            }
        }
        for (style, note) in &block.notes {
            group = group.element(style.clone().message(clean(note)));
        }
        groups.push(group);
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(self.width).decor_style(DecorStyle::Ascii);
        writeln!(out, "{}\n", renderer.render(&groups))
    }

    fn summary(&self, shown: &Shown<'_>, time: Duration, out: &mut dyn Write) -> io::Result<()> {
        let counts = shown.counts();
        let found: Vec<String> =
            [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| plural(count, what))
                .chain((counts.undetermined > 0).then(|| format!("{} undetermined", counts.undetermined)))
                .chain((counts.excepted > 0).then(|| format!("{} excepted", counts.excepted)))
                .collect();
        let found = if found.is_empty() { "no finding".to_owned() } else { found.join(", ") };
        let texts = shown.report.looked_through;
        // Code may declare nothing that is judged, and configurations are texts of the run too.
        let is_said = || shown.report.diagnostics.iter().any(|one| one.code == NO_CODE);
        let no_code = shown.report.units.is_empty() && (shown.files() == 0 || is_said());
        let checked = match (shown.files(), texts) {
            (files, 1..) if no_code => {
                let texts = plural(files + texts, "text");
                format!("checked no infrastructure code, looked through {texts} for access keys")
            }
            (files, _) => {
                let texts = match texts {
                    0 => String::new(),
                    more => format!(", looked through {} for access keys", plural(more, "other text")),
                };
                format!(
                    "checked {} and {}{texts}",
                    plural(files, "file"),
                    plural(shown.resources(), "resource")
                )
            }
        };
        let passed_over = match shown.report.binaries {
            0 => String::new(),
            binaries => format!(", passed over {}", plural(binaries, "binary file")),
        };
        writeln!(out, "{checked}{passed_over} in {:.2} s: {found}", time.as_secs_f64())?;
        if !shown.report.is_complete() {
            writeln!(out, "incomplete: some of the input could not be read or understood, as said above")?;
        }
        Ok(())
    }
}

/// Where credentials stand in a text.
fn credentials(file: &SourceFile) -> Vec<Span> {
    find(file.text().as_bytes()).into_iter().map(|one| file.span(one.range.start, one.range.end)).collect()
}

/// Why a finding fails nothing.
fn excepted(scene: &Scene<'_>, exception: &Entry) -> String {
    let text =
        |written: &Option<Written>| written.as_ref().map_or_else(String::new, |one| one.text.to_string());
    let until =
        exception.review.map_or_else(|| "without end".to_owned(), |(date, _)| format!("until {date}"));
    let (owner, approver) = (text(&exception.owner), text(&exception.approver));
    let at = line(scene, exception.span);
    let reason = text(&exception.reason);
    format!("excepted {until} by {at}, owned by {owner}, approved by {approver}: {reason}")
}

/// A text that names something endless is cut.
fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn style(level: Level) -> Style<'static> {
    match level {
        Level::Error => Style::ERROR,
        Level::Warning => Style::WARNING,
        _ => Style::NOTE,
    }
}

/// Findings of one rule at one place that say the same of it, which are shown once: instances of a resource, callers of a
/// module. Two faults of one subject at one place stay two.
fn alike(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut index = HashMap::new();
    let mut faults = HashMap::new();
    for finding in findings {
        let exception = finding.exception.as_ref().map(|exception| exception.span);
        let Finding { rule, verdict, level, span, label, environments, .. } = finding;
        let place = (rule.name, *verdict, *level, *span, label, exception, environments);
        let fault: &mut usize = faults.entry((place, &finding.subject, finding.unit)).or_default();
        let group = *index.entry((place, *fault)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        *fault += 1;
        if let Some(group) = groups.get_mut(group) {
            group.push(finding);
        }
    }
    groups
}

/// Diagnostics in the same words, each with the others that say the same: a fault that a whole tree shares is said once.
fn same_words<'d>(
    diagnostics: impl Iterator<Item = &'d Diagnostic>,
) -> Vec<(&'d Diagnostic, Vec<&'d Diagnostic>)> {
    let mut groups: Vec<(&Diagnostic, Vec<&Diagnostic>)> = Vec::new();
    let mut index = HashMap::new();
    for diagnostic in diagnostics {
        let Diagnostic { level, code, message, environments, .. } = diagnostic;
        let words = (*level, *code, message.as_str(), environments);
        let at = *index.entry(words).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, others)) => others.push(diagnostic),
            None => groups.push((diagnostic, Vec::new())),
        }
    }
    groups
}

fn also_at(scene: &Scene<'_>, others: &[&Diagnostic]) -> String {
    let places = others.iter().take(MOST_OTHERS).map(|other| {
        let line = other.span.and_then(|span| scene.sources.locate(span)).map(|at| at.start.line);
        let path = scene.path(&other.path);
        line.map_or_else(|| path.to_string(), |line| format!("{path}:{line}"))
    });
    counted("also at", places, others.len())
}

/// The file and line of a place.
fn line(scene: &Scene<'_>, span: Span) -> String {
    scene
        .sources
        .locate(span)
        .map_or_else(String::new, |at| format!("{}:{}", scene.path(&at.path), at.start.line))
}

/// The first of many, and how many more there are.
fn counted(what: &str, first: impl Iterator<Item = String>, all: usize) -> String {
    let mut text = format!("{what}: {}", first.collect::<Vec<_>>().join(", "));
    if let Some(more) = all.checked_sub(MOST_OTHERS).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

fn also_in(shown: &Shown<'_>, finding: &Finding, others: &[&Finding]) -> String {
    let named = others.iter().take(MOST_OTHERS).map(|other| {
        let unit = shown.report.units.get(other.unit).filter(|_| other.unit != finding.unit);
        match unit {
            Some(unit) => format!("`{}` ({})", other.subject, shown.scene.path(&unit.path)),
            None => format!("`{}`", other.subject),
        }
    });
    counted("also in", named, others.len())
}

/// The places of one file that are shown together, each with what is marked of it.
type Cluster<'p> = Vec<(Span, &'p Place)>;

/// The excerpts that show places, in the order of the places: those near each other in one file together.
fn excerpts<'p>(scene: &Scene<'_>, places: &'p [Place]) -> Vec<(Arc<SourceFile>, Excerpt, Cluster<'p>)> {
    let mut clusters: Vec<(Arc<SourceFile>, Cluster<'p>)> = Vec::new();
    for place in places {
        let Some(file) = scene.sources.file(place.span.file) else { continue };
        let line = file.position(place.span.start).line;
        let near = |(other, cluster): &&mut (Arc<SourceFile>, Cluster<'p>)| {
            other.id() == file.id()
                && cluster.iter().any(|(span, _)| file.position(span.start).line.abs_diff(line) <= NEAR)
        };
        let marked = (low(&file, place), place);
        match clusters.iter_mut().find(near) {
            Some((_, cluster)) => cluster.push(marked),
            None => clusters.push((file, vec![marked])),
        }
    }
    let excerpt = |(file, cluster): (Arc<SourceFile>, Cluster<'p>)| {
        let spans: Vec<Span> = cluster.iter().map(|(span, _)| *span).collect();
        let excerpt = Excerpt::new(&file, &spans, &scene.mask);
        (file, excerpt, cluster)
    };
    clusters.into_iter().map(excerpt).collect()
}

/// What is marked of a place: all of it, or its first line when it has too many.
fn low(file: &SourceFile, place: &Place) -> Span {
    let span = place.span;
    let lines = file.position(span.end).line - file.position(span.start).line;
    if lines <= if place.primary { TALLEST } else { 0 } {
        return span;
    }
    let text = file.slice(span);
    let first = text.split(['\r', '\n']).next().unwrap_or_default();
    file.span(span.start as usize, span.start as usize + first.len())
}
