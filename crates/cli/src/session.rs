//! One run of the command over one input: files, configuration, checker, threads.

use std::path::PathBuf;

use iamrail::core::check::{Checker, Unit, UnitSource};
use iamrail::core::options::Options;
use iamrail::core::report::Report;
use iamrail::terraform::{PLAN, STATE};

use crate::args::InputArgs;
use crate::failure::Failure;
use crate::input::{Gathering, Input};
use crate::paths::Paths;
use crate::settings;

/// The stack of a thread in bytes: front ends bound their depth, and this is what the bound is made for.
const STACK: usize = 16 << 20;

/// How many notes are told when there is no input.
const MOST_NOTES: usize = 3;

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
}

impl Session {
    /// Reads the configuration and finds the files; no paths stand for the current directory.
    pub(crate) fn new(args: &InputArgs, paths: &[PathBuf]) -> Result<Self, Failure> {
        let current = PathBuf::from(".");
        let named = named(paths);
        let paths = if paths.is_empty() { std::slice::from_ref(&current) } else { paths };
        let standard_input = paths.iter().any(|path| path.as_os_str() == "-");
        if standard_input && paths.len() > 1 {
            return Err(Failure::Usage("`-` cannot be checked together with other paths".to_owned()));
        }
        let gathering = Gathering {
            root: args.root.clone(),
            max_file_size: args.max_file_size,
            gitignore: !args.no_ignore,
            threads: args.threads,
            source: args.source.clone(),
        };
        let input = if standard_input { gathering.standard_input()? } else { gathering.paths(paths)? };
        let first = if standard_input { &current } else { paths.first().unwrap_or(&current) };
        let checker = settings::checker(args, first, input.root.as_deref())?;
        let seen_from = std::env::current_dir().and_then(|dir| dir.canonicalize()).ok();
        let paths = match (&input.root, seen_from) {
            (Some(root), Some(current)) => Paths::new(root, &current),
            _ => Paths::default(),
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(args.threads)
            .stack_size(STACK)
            .build()
            .map_err(|_| Failure::Threads(args.threads))?;
        Ok(Self { input, checker, paths, named, pool, demands_artifact: args.source.is_some() })
    }

    /// Checks the input.
    ///
    /// # Errors
    /// There is nothing to check, or no plan or state for the configuration that is named.
    pub(crate) fn check(&self) -> Result<Report, Failure> {
        let Input { sources, candidates, diagnostics, .. } = &self.input;
        let mut report = self.pool.install(|| self.checker.check(sources, candidates));
        report.diagnostics.extend(diagnostics.iter().cloned());
        report.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        if report.units.is_empty() && report.is_complete() {
            let notes = report.diagnostics.iter().take(MOST_NOTES).map(|note| note.message.clone());
            return Err(Failure::NoInput(self.named.clone(), notes.collect()));
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

    /// Reads the input without judging it.
    pub(crate) fn read(&self) -> Vec<(UnitSource, Unit)> {
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

fn named(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    if names.is_empty() { "the current directory".to_owned() } else { names.join(", ") }
}
