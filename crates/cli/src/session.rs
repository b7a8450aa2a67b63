//! One run of the command over one input: files, configuration, checker, threads.

use std::path::PathBuf;
use std::sync::Arc;

use iamrail::core::check::{Checker, OTHER, Reading};
use iamrail::core::options::Options;
use iamrail::core::report::{Diagnostic, Report};
use iamrail::core::sighting::Sightings;
use iamrail::core::source::SourceFile;
use iamrail::terraform::{PLAN, STATE};

use crate::args::InputArgs;
use crate::failure::Failure;
use crate::input::{Gathering, Input};
use crate::paths::Paths;
use crate::walk::slashed;
use crate::{history, image, settings};

/// The stack of a thread in bytes: front ends bound their depth, and this is what the bound is made for.
const STACK: usize = 16 << 20;

/// What is said of a file that was named and is nothing to any front end.
const NOT_RECOGNISED: &str = "not-recognised";
/// What is said when there is no infrastructure code, but other texts.
pub(crate) const NO_CODE: &str = "no-infrastructure-code";
/// What is said of files that are no text.
const BINARY: &str = "binary";
/// How many notes are told when there is no input.
const MOST_NOTES: usize = 3;
/// How many files are named that git ignores.
const MOST_NAMED: usize = 5;

/// What is needed to run.
pub(crate) struct Session {
    input: Input,
    checker: Checker,
    paths: Paths,
    /// The paths as the user wrote them, for messages.
    named: String,
    pool: rayon::ThreadPool,
    /// Whether the input shall have a plan or state.
    demands_artifact: bool,
    beyond: Beyond,
    /// How many texts were read before the check, for its configuration.
    settings: usize,
    /// Whether texts are an input of their own, that may hold access keys and nothing else.
    takes_texts: bool,
    standard_input: bool,
    /// The most bytes of a file.
    limit: u64,
}

/// What is looked through for access keys besides the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beyond {
    /// The history of the repository.
    pub(crate) history: bool,
    /// Container images.
    pub(crate) images: Vec<PathBuf>,
}

impl Beyond {
    /// Whether images are all that there is besides the files.
    fn is_images(&self) -> bool {
        !self.images.is_empty() && !self.history
    }

    fn is_nothing(&self) -> bool {
        self.images.is_empty() && !self.history
    }
}

impl Session {
    /// Reads the configuration and finds the files; no paths stand for the current directory.
    pub(crate) fn new(args: &InputArgs, paths: &[PathBuf]) -> Result<Self, Failure> {
        let session = Self::for_check(args, paths, Beyond::default())?;
        Ok(Self { takes_texts: false, ..session })
    }

    /// The same with what is looked through besides the files, which are input too where they are no infrastructure code. Images
    /// without paths stand for themselves.
    pub(crate) fn for_check(args: &InputArgs, paths: &[PathBuf], beyond: Beyond) -> Result<Self, Failure> {
        let current = PathBuf::from(".");
        let shown = shown(paths);
        let named = paths;
        let paths = if paths.is_empty() { std::slice::from_ref(&current) } else { paths };
        let standard_input = paths.iter().any(|path| path.as_os_str() == "-");
        if standard_input && paths.len() > 1 {
            return Err(Failure::Usage("`-` cannot be checked together with other paths".to_owned()));
        }
        let gathering = Gathering {
            root: args.root.clone(),
            max_file_size: args.max_file_size,
            gitignore: !args.no_ignore,
            source: args.source.clone(),
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(args.threads)
            .stack_size(STACK)
            .build()
            .map_err(|_| Failure::Threads(args.threads))?;
        let only_images = beyond.is_images() && named.is_empty();
        let input = match (standard_input, only_images) {
            (true, _) => gathering.standard_input()?,
            (false, true) => gathering.nothing()?,
            (false, false) => pool.install(|| gathering.paths(paths))?,
        };
        let first = if standard_input { &current } else { paths.first().unwrap_or(&current) };
        let seen_from = std::env::current_dir().and_then(|dir| dir.canonicalize()).ok();
        let paths = match (&input.root, seen_from) {
            (Some(root), Some(current)) => Paths::new(root, &current),
            _ => Paths::default(),
        };
        let checker = pool.install(|| settings::checker(args, first, &input, &paths))?;
        let settings = input.sources.all().len();
        Ok(Self {
            input,
            checker,
            paths,
            named: shown,
            pool,
            demands_artifact: args.source.is_some(),
            beyond,
            settings,
            takes_texts: true,
            standard_input,
            limit: args.max_file_size,
        })
    }

    /// Checks the input.
    ///
    /// # Errors
    /// There is nothing to check, or no plan or state for the configuration that is named.
    pub(crate) fn check(&self) -> Result<Report, Failure> {
        let Input { sources, candidates, diagnostics, .. } = &self.input;
        let (seen, beyond) = self.pool.install(|| self.beyond())?;
        let mut report = self.pool.install(|| self.checker.check_with(sources, candidates, seen));
        // Code that cannot be checked, such as that of Terragrunt, is no text without code.
        let is_code = report.diagnostics.iter().any(|one| ![NOT_RECOGNISED, BINARY].contains(&one.code));
        report.diagnostics.extend(diagnostics.iter().cloned());
        report.diagnostics.extend(beyond);
        report.diagnostics.extend(ignored(&self.input).filter(|_| self.checker.judges_credentials()));
        report.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        let without_code =
            report.units.is_empty() && sources.all().len() <= self.settings && self.beyond.is_nothing();
        if without_code
            && report.findings.is_empty()
            && report.is_complete()
            && (is_code || !self.are_input(&report))
        {
            let notes = report.diagnostics.iter().take(MOST_NOTES).map(|note| note.message.clone());
            return Err(Failure::NoInput(self.named.clone(), notes.collect()));
        }
        // What cannot be read may be the code.
        let is_unread = report.diagnostics.iter().any(|one| one.code == "unreadable");
        if without_code && !is_unread && report.looked_through > 0 {
            report.diagnostics.insert(0, self.no_code());
        }
        if report.units.is_empty() && report.diagnostics.iter().any(|one| one.code == OTHER) {
            return Err(Failure::Usage(format!(
                "nothing in {} belongs to an environment that is checked: name another one with `--environment`, or none",
                self.named
            )));
        }
        let is_artifact = |kind: &str| [PLAN, STATE].contains(&kind);
        if self.demands_artifact
            && report.is_complete()
            && !report.units.iter().any(|unit| is_artifact(unit.kind))
        {
            return Err(Failure::Usage(format!(
                "`--source` is for plans and states, and there is none in {}: give the output of \
                 `terraform show -json PLAN`, or leave `--source` out",
                self.named
            )));
        }
        Ok(report)
    }

    /// Whether texts that were looked through are all that there is to check. What a program writes to standard input is more than that
    /// unless something went wrong.
    fn are_input(&self, report: &Report) -> bool {
        self.takes_texts && !self.standard_input && report.looked_through > 0
    }

    /// Whoever meant another directory has to see it.
    fn no_code(&self) -> Diagnostic {
        let message = format!(
            "no infrastructure code was found in {}: texts were looked through for access keys alone",
            self.named
        );
        Diagnostic::warning(NO_CODE, ".", message)
            .help("if there should be some, see that the path is the right one")
    }

    /// Looks through the history and the images, and says what of them could not be.
    fn beyond(&self) -> Result<(Sightings, Vec<Diagnostic>), Failure> {
        let mut seen = Sightings::default();
        let mut diagnostics = Vec::new();
        if !self.checker.judges_credentials() {
            return Ok((seen, diagnostics));
        }
        let root = self.input.root.as_deref();
        let mut take = |more: Sightings, troubles: Vec<Diagnostic>| {
            seen.all.extend(more.all);
            seen.texts += more.texts;
            seen.binaries += more.binaries;
            seen.binary_versions += more.binary_versions;
            diagnostics.extend(troubles);
        };
        if self.beyond.history {
            let root = root.ok_or_else(|| {
                Failure::Usage("`--history` is for directories, and standard input has none".to_owned())
            })?;
            let Input { repositories, sources, .. } = &self.input;
            let found = history::look_through(repositories, root, sources, self.limit)?;
            take(found.seen, found.diagnostics);
        }
        for path in &self.beyond.images {
            let canonical = image::locate(path)?;
            let relative = root.and_then(|root| slashed(canonical.strip_prefix(root).ok()?));
            let relative = relative.map(|path| if path.is_empty() { ".".to_owned() } else { path });
            let name = relative.unwrap_or_else(|| canonical.display().to_string());
            let found = image::look_through(&canonical, &name, &self.input.sources);
            take(found.seen, found.diagnostics);
        }
        Ok((seen, diagnostics))
    }

    /// The texts of the files that may be checked, as far as they can be read.
    pub(crate) fn texts(&self) -> Vec<Arc<SourceFile>> {
        let candidates = self.input.candidates.iter().filter(|candidate| !candidate.aside);
        let paths = candidates.map(|candidate| &candidate.path);
        paths.filter_map(|path| self.input.sources.load(path).ok()).collect()
    }

    /// Reads the input without judging it: every unit as often as environments differ.
    pub(crate) fn read(&self) -> Vec<Reading> {
        self.pool.install(|| self.checker.read(&self.input.sources, &self.input.candidates))
    }

    /// What the input is judged by.
    pub(crate) fn options(&self) -> &Options {
        self.checker.options()
    }

    /// How paths are written.
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }
}

/// What git ignores and no front end reads either.
fn ignored(input: &Input) -> Option<Diagnostic> {
    let left_out: Vec<&String> = input.ignored.iter().filter(|path| !input.sources.has(path)).collect();
    let first = left_out.first()?;
    let named: Vec<String> = left_out.iter().take(MOST_NAMED).map(|path| format!("`{path}`")).collect();
    let more = match left_out.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message =
        format!("not looked through for access keys, since git ignores it: {}{more}", named.join(", "));
    let diagnostic = Diagnostic::warning("ignored", first.as_str(), message);
    Some(diagnostic.help("give `--no-ignore` to have what git ignores checked as well"))
}

fn shown(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    if names.is_empty() { "the current directory".to_owned() } else { names.join(", ") }
}
