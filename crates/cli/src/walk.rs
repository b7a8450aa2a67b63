//! Finds the files below directories.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc;

use iamrail::core::check::Candidate;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::FileError;
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::disk::reason;

/// Directories that hold copies and bookkeeping of tools: what is called from there is read through its caller.
const SKIPPED: &[&str] = &[".git", ".terraform", ".terragrunt-cache"];

/// How directories are walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    /// The root of the run, canonical.
    pub(crate) root: &'a Path,
    /// Whether `.gitignore` files are heeded.
    pub(crate) gitignore: bool,
    /// Whether the root is a repository, so that the `.gitignore` files above a directory count as well.
    pub(crate) repository: bool,
    /// The number of threads; 0 lets the walker decide.
    pub(crate) threads: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files, sorted by path.
    pub(crate) candidates: Vec<Candidate>,
    /// What could not be looked into.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Files that git ignores and that mostly hold secrets, sorted.
    pub(crate) ignored: Vec<String>,
}

enum Seen {
    Nothing,
    File(Candidate),
    /// The files in a directory whose names are those of secrets.
    Directory(Vec<String>),
    Trouble(Diagnostic),
}

impl Walk<'_> {
    /// All files below a directory, which must be canonical and not outside of the root.
    pub(crate) fn find(&self, dir: &Path) -> Found {
        let (send, receive) = mpsc::channel();
        WalkBuilder::new(dir)
            // What git is told to ignore is looked up in the tree alone: the same on every machine.
            .standard_filters(false)
            .git_ignore(self.gitignore)
            .parents(self.gitignore && self.repository)
            .require_git(false)
            .threads(self.threads)
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry))
            .build_parallel()
            .run(|| {
                let send = send.clone();
                Box::new(move |entry| {
                    // Nobody listens any more only when the walk is over.
                    let _ = send.send(self.look(dir, entry));
                    WalkState::Continue
                })
            });
        drop(send);
        let mut found = Found::default();
        let mut secretive = Vec::new();
        for seen in receive {
            match seen {
                Seen::Nothing => {}
                Seen::File(candidate) => found.candidates.push(candidate),
                Seen::Trouble(diagnostic) => found.diagnostics.push(diagnostic),
                Seen::Directory(files) => secretive.extend(files),
            }
        }
        found.candidates.sort();
        let known: HashSet<&str> = found.candidates.iter().map(|one| &*one.path).collect();
        secretive.retain(|path| !known.contains(path.as_str()));
        secretive.sort();
        found.ignored = secretive;
        found.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    fn look(&self, dir: &Path, entry: Result<DirEntry, ignore::Error>) -> Seen {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Seen::Trouble(self.unreadable(dir, &error)),
        };
        let Some(path) = self.relative(entry.path()) else {
            let shown = entry.path().strip_prefix(self.root).unwrap_or(entry.path()).display().to_string();
            let message = format!("`{shown}` is not looked at: its name is no UTF-8");
            return Seen::Trouble(Diagnostic::error("file-name", shown, message));
        };
        match entry.file_type() {
            Some(kind) if kind.is_file() => Seen::File(Candidate::found(path)),
            // What git is told to ignore is passed over without a word.
            Some(kind) if kind.is_dir() && self.gitignore => Seen::Directory(secretive(entry.path(), &path)),
            Some(kind) if kind.is_symlink() => self.follow(entry.path(), path),
            _ => Seen::Nothing,
        }
    }

    /// A link to a file below the root is that file; a link to a directory is not entered, since what it leads to is
    /// found by itself.
    fn follow(&self, link: &Path, path: String) -> Seen {
        match link.canonicalize() {
            Ok(target) if !target.starts_with(self.root) => {
                let message = format!("`{path}` is a link: {}", FileError::OutsideRoot);
                Seen::Trouble(
                    Diagnostic::error("outside-root", path, message)
                        .help("name the directory that holds both with `--root`"),
                )
            }
            Ok(target) if target.is_file() => Seen::File(Candidate::found(path)),
            // Editors leave links to nowhere as their locks.
            Ok(_) | Err(_) => Seen::Nothing,
        }
    }

    fn unreadable(&self, dir: &Path, error: &ignore::Error) -> Diagnostic {
        let path = failing_path(error).unwrap_or(dir);
        let path = self.relative(path).unwrap_or_default();
        let why = error.io_error().map_or_else(|| error.to_string(), |error| reason(error).to_string());
        let path = if path.is_empty() { ".".to_owned() } else { path };
        let message = format!("cannot look into `{path}`: {why}");
        Diagnostic::error("unreadable", path, message)
    }

    fn relative(&self, path: &Path) -> Option<String> {
        slashed(path.strip_prefix(self.root).ok()?)
    }
}

/// The files in a directory that mostly hold secrets, by their names.
fn secretive(dir: &Path, path: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter(|name| is_secretive(name));
    names.map(|name| if path.is_empty() { name } else { format!("{path}/{name}") }).collect()
}

fn is_secretive(name: &str) -> bool {
    let ends = [".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".env"];
    ends.iter().any(|end| name.ends_with(end)) || name.starts_with(".env.")
}

fn is_skipped(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name))
}

fn failing_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failing_path(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// A relative path with `/` between its parts; `None` when a part is no UTF-8.
pub(crate) fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
