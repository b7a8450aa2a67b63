//! One run of the command over one input: files, configuration, checker, threads.

use std::path::{Path, PathBuf};

use iamrail::core::check::Checker;
use iamrail::core::options::Options;
use iamrail::core::report::Report;
use iamrail::core::source::{MemoryFiles, Sources};

use crate::args::InputArgs;
use crate::failure::Failure;
use crate::input::{Gathering, Input};
use crate::output::Human;
use crate::paths::Paths;

/// The stack of a thread in bytes: front ends bound their depth, and this is what the bound is made for.
const STACK: usize = 16 << 20;

/// What is needed to run.
pub(crate) struct Session {
    input: Input,
    checker: Checker,
    paths: Paths,
    pool: rayon::ThreadPool,
}

impl Session {
    /// Reads the configuration and finds the files; no paths stand for the current directory.
    pub(crate) fn new(args: &InputArgs, paths: &[PathBuf]) -> Result<Self, Failure> {
        let current = PathBuf::from(".");
        let paths = if paths.is_empty() { std::slice::from_ref(&current) } else { paths };
        let standard_input = paths.iter().any(|path| path.as_os_str() == "-");
        if standard_input && paths.len() > 1 {
            return Err(Failure::Usage("`-` cannot be checked together with other paths".to_owned()));
        }
        let options =
            configuration(args, if standard_input { &current } else { paths.first().unwrap_or(&current) })?;
        let gathering = Gathering {
            root: args.root.clone(),
            max_file_size: args.max_file_size,
            gitignore: !args.no_ignore,
            threads: args.threads,
        };
        let input = if standard_input { gathering.standard_input()? } else { gathering.paths(paths)? };
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
        Ok(Self { input, checker: iamrail::checker(options), paths, pool })
    }

    /// Checks the input.
    pub(crate) fn check(&self) -> Report {
        let Input { sources, candidates, diagnostics, .. } = &self.input;
        let mut report = self.pool.install(|| self.checker.check(sources, candidates));
        report.diagnostics.extend(diagnostics.iter().cloned());
        report.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        report
    }

    /// How paths are written.
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }
}

/// The options of the configuration file that is named or found.
fn configuration(args: &InputArgs, first: &Path) -> Result<Options, Failure> {
    let found = || first.canonicalize().ok().and_then(|first| find_configuration(&first));
    let Some(path) = args.config.clone().or_else(found) else { return Ok(Options::default()) };
    let bytes = std::fs::read(&path).map_err(|error| Failure::Path(path.clone(), error))?;
    let name = path.to_string_lossy();
    let sources = Sources::new(MemoryFiles::default());
    let file = sources
        .adopt(&name, bytes)
        .map_err(|error| Failure::Configuration(format!("error: `{name}`: {error}")))?;
    iamrail::config::parse(&file)
        .map_err(|diagnostic| Failure::Configuration(Human::alone(&sources, &diagnostic)))
}

/// The configuration that holds for a path: in its directory or the nearest one above, up to the repository it is in.
fn find_configuration(path: &Path) -> Option<PathBuf> {
    for dir in path.ancestors() {
        let candidate = dir.join("iamrail.yaml");
        if candidate.is_file() {
            return Some(candidate);
        }
        if dir.join(".git").exists() {
            return None;
        }
    }
    None
}
