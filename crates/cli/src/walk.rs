//! Finds the files below directories.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc;

use iamrail::core::check::Candidate;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{FileError, file_name, normalize};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::disk::reason;
use crate::repository::{Fault, Repository};
use crate::tracked;

/// The directory that git keeps its own in.
const GIT: &str = ".git";
/// The file that lists what git ignores.
const IGNORED: &str = ".gitignore";
/// Directories that hold copies and bookkeeping of tools: what is called from there is read through its caller, and all that is
/// looked for by itself are access keys.
const COPIES: &[&str] = &[".terraform", ".terragrunt-cache"];
/// Directories of ignored packages, which are published by others.
const PACKAGES: &[&str] = &["node_modules", "site-packages"];
/// How much the names of files may take together that git tracks although it is told to ignore them, in bytes. Where links lead in a
/// circle, a file has names without number.
const MOST_NAMES: usize = 64 << 20;
/// How many entries of ignored directories are looked at for files to name, and how deeply.
const MOST_IGNORED: usize = 50_000;
const DEEPEST_IGNORED: usize = 12;

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
    /// The directories below that have a repository of their own, sorted.
    pub(crate) repositories: Vec<PathBuf>,
}

enum Seen {
    Nothing,
    File(Candidate),
    Directory(Directory),
    Trouble(Diagnostic),
}

/// What a directory holds, whether it is ignored or not.
#[derive(Debug, Default)]
struct Directory {
    path: String,
    /// The files whose names are those of secrets.
    secretive: Vec<String>,
    directories: Vec<String>,
    /// Whether it has a repository.
    repository: bool,
}

impl Walk<'_> {
    /// All files below a directory, which must be canonical and not outside of the root.
    pub(crate) fn find(&self, dir: &Path) -> Found {
        let (send, receive) = mpsc::channel();
        let base = self.relative(dir).unwrap_or_default();
        let base = &base;
        let above = dir.ancestors().skip(1).filter(|_| self.repository);
        let mut lists =
            std::iter::once(dir).chain(above).map(|dir| dir.join(IGNORED)).filter(|_| self.gitignore);
        if let Some(list) = lists.find(|list| !is_readable(list, self.root)) {
            let diagnostics = vec![self.no_list(dir, &list)];
            return Found { diagnostics, ..Found::default() };
        }
        let (root, heeded) = (self.root.to_owned(), self.gitignore);
        let (tell, closed) = mpsc::channel();
        WalkBuilder::new(dir)
            // What git is told to ignore is looked up in the tree alone: the same on every machine.
            .standard_filters(false)
            .git_ignore(self.gitignore)
            .parents(self.gitignore && self.repository)
            .require_git(false)
            .threads(self.threads)
            .filter_entry(move |entry| {
                let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
                if entry.depth() == 0 || is_of_git(entry) || !heeded || !is_directory {
                    return entry.depth() == 0 || !is_of_git(entry);
                }
                let is_listed = is_readable(&entry.path().join(IGNORED), &root);
                if !is_listed {
                    let _ = tell.send(entry.path().to_owned());
                }
                is_listed
            })
            .build_parallel()
            .run(|| {
                let send = send.clone();
                Box::new(move |entry| {
                    // Nobody listens any more only when the walk is over.
                    let _ = send.send(self.look(dir, base, entry));
                    WalkState::Continue
                })
            });
        drop(send);
        let mut found = Found::default();
        let mut directories = Vec::new();
        for seen in receive {
            match seen {
                Seen::Nothing => {}
                Seen::File(candidate) => found.candidates.push(candidate),
                Seen::Trouble(diagnostic) => found.diagnostics.push(diagnostic),
                Seen::Directory(directory) => directories.push(directory),
            }
        }
        found.diagnostics.extend(closed.try_iter().map(|dir| self.no_list(&dir, &dir.join(IGNORED))));
        let with_repository = directories.iter().filter(|one| one.repository);
        found.repositories = with_repository.map(|one| self.root.join(&one.path)).collect();
        found.repositories.sort();
        if self.gitignore {
            self.add_tracked(dir, base, &mut found);
            self.name_ignored(directories, &mut found);
        }
        found.candidates.sort();
        found.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// Adds what git tracks although it is told to ignore it: everybody who has the repository has it.
    fn add_tracked(&self, dir: &Path, base: &str, found: &mut Found) {
        let known: HashSet<&str> = found.candidates.iter().map(|one| &*one.path).collect();
        let above = dir.ancestors().skip(1).take_while(|above| above.starts_with(self.root));
        let above = above.filter(|_| !found.repositories.iter().any(|one| one == dir));
        let above = above.map(Path::to_owned).find(|above| Repository::has_work_tree(above));
        let mut tracked = HashMap::new();
        let mut unnamed = BTreeSet::new();
        let mut names = 0;
        let mut troubles = Vec::new();
        for top in above.iter().chain(&found.repositories) {
            let prefix = self.relative(top).filter(|prefix| !prefix.is_empty());
            let read = Repository::at(top, self.root).and_then(|repository| {
                let read = tracked::each(&repository, |path| {
                    let Ok(path) = std::str::from_utf8(path) else {
                        names += path.len();
                        let path = gix::path::from_byte_slice(path).ok().map(|path| top.join(path));
                        let is_there =
                            |path: &PathBuf| leads_below(path, dir) && path.symlink_metadata().is_ok();
                        unnamed.extend(path.filter(is_there).filter(|_| names <= MOST_NAMES));
                        return if names > MOST_NAMES { Err(ErrorKind::FileTooLarge.into()) } else { Ok(()) };
                    };
                    let path =
                        prefix.as_ref().map_or_else(|| path.to_owned(), |prefix| format!("{prefix}/{path}"));
                    let is_below = below(base, &path).is_some() && normalize(&path).as_ref() == Some(&path);
                    if !is_below || known.contains(path.as_str()) || tracked.contains_key(&path) {
                        return Ok(());
                    }
                    // What is not in the work tree was not checked out, or was removed.
                    let Ok(metadata) = self.root.join(&path).symlink_metadata() else { return Ok(()) };
                    names += path.len();
                    if names > MOST_NAMES {
                        return Err(ErrorKind::FileTooLarge.into());
                    }
                    tracked.insert(path, metadata.file_type());
                    Ok(())
                });
                read.map_err(|error| Fault::Unreadable(repository.own.join("index"), error))
            });
            match read {
                Ok(()) | Err(Fault::None) => {}
                Err(fault) => troubles.push(self.untold(top, &fault)),
            }
        }
        let mut tracked: Vec<_> = tracked.into_iter().collect();
        tracked.sort_by(|a, b| a.0.cmp(&b.0));
        for (path, kind) in tracked {
            if kind.is_symlink() {
                match self.follow(base, &self.root.join(&path), path) {
                    Seen::File(candidate) => found.candidates.push(candidate),
                    Seen::Trouble(diagnostic) => found.diagnostics.push(diagnostic),
                    _ => {}
                }
            } else if kind.is_file() {
                found.candidates.push(candidate(base, path));
            }
        }
        found.candidates.sort();
        found.candidates.dedup();
        found.diagnostics.extend(troubles);
        for path in unnamed {
            let unnamed = self.unnamed(&path);
            if !found.diagnostics.iter().any(|one| (&one.path, one.code) == (&unnamed.path, unnamed.code)) {
                found.diagnostics.push(unnamed);
            }
        }
    }

    /// Paths are texts.
    fn unnamed(&self, path: &Path) -> Diagnostic {
        let shown = path.strip_prefix(self.root).unwrap_or(path).display().to_string();
        let message = format!("`{shown}` is not looked at: its name is no UTF-8");
        Diagnostic::error("file-name", shown, message)
    }

    /// Git cannot be asked what it tracks.
    fn untold(&self, top: &Path, fault: &Fault) -> Diagnostic {
        let path = self.relative(top).filter(|path| !path.is_empty()).unwrap_or_else(|| ".".to_owned());
        let message = format!(
            "which files git tracks in `{path}` is not known, and those that it ignores were left out: {fault}"
        );
        let help = "give `--no-ignore` to have what git ignores checked as well";
        match fault {
            Fault::Outside(_) => Diagnostic::warning("git-index", path, message)
                .help("name the directory that holds both with `--root`, or give `--no-ignore`"),
            // A work tree that was copied or mounted without its repository.
            Fault::Unreadable(_, error) if error.kind() == ErrorKind::NotFound => {
                Diagnostic::warning("git-index", path, message).help(help)
            }
            Fault::None | Fault::Special(_) | Fault::Crowded | Fault::Unreadable(..) => {
                Diagnostic::error("git-index", path, message).help(help)
            }
        }
    }

    /// Names files that mostly hold secrets and were left out, those in directories that were left out too.
    fn name_ignored(&self, directories: Vec<Directory>, found: &mut Found) {
        let known: HashSet<&str> = found.candidates.iter().map(|one| &*one.path).collect();
        let walked: HashSet<String> = directories.iter().map(|one| one.path.clone()).collect();
        let mut ignored: Vec<String> = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        for directory in directories {
            ignored.extend(directory.secretive);
            left_out.extend(directory.directories.into_iter().filter(|path| !walked.contains(path)));
        }
        left_out.sort();
        let mut open: VecDeque<(String, usize)> = left_out.into_iter().map(|path| (path, 0)).collect();
        let mut rest = MOST_IGNORED;
        while let Some((path, depth)) = open.pop_front() {
            if PACKAGES.contains(&file_name(&path)) || depth > DEEPEST_IGNORED {
                continue;
            }
            let mut directory = directory(&self.root.join(&path), &path, &mut rest);
            if path.split('/').any(|part| COPIES.contains(&part)) {
                // Examples come with modules, and states do not.
                directory.secretive.retain(|path| path.contains(".tfstate"));
            }
            ignored.append(&mut directory.secretive);
            directory.directories.sort();
            open.extend(directory.directories.into_iter().map(|path| (path, depth + 1)));
        }
        ignored.retain(|path| !known.contains(path.as_str()));
        ignored.sort();
        ignored.dedup();
        found.ignored = ignored;
    }

    fn look(&self, dir: &Path, base: &str, entry: Result<DirEntry, ignore::Error>) -> Seen {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Seen::Trouble(self.unreadable(dir, &error)),
        };
        let Some(path) = self.relative(entry.path()) else {
            return Seen::Trouble(self.unnamed(entry.path()));
        };
        match entry.file_type() {
            Some(kind) if kind.is_file() => Seen::File(candidate(base, path)),
            // What git is told to ignore is passed over without a word.
            Some(kind) if kind.is_dir() => {
                let mut all = usize::MAX;
                Seen::Directory(directory(entry.path(), &path, &mut all))
            }
            Some(kind) if kind.is_symlink() => self.follow(base, entry.path(), path),
            _ => Seen::Nothing,
        }
    }

    /// A link to a file below the root is that file; a link to a directory is not entered, since what it leads to is
    /// found by itself.
    fn follow(&self, base: &str, link: &Path, path: String) -> Seen {
        match link.canonicalize() {
            Ok(target) if !target.starts_with(self.root) => {
                let message = format!("`{path}` is a link: {}", FileError::OutsideRoot);
                Seen::Trouble(
                    Diagnostic::error("outside-root", path, message)
                        .help("name the directory that holds both with `--root`"),
                )
            }
            Ok(target) if target.is_file() => Seen::File(candidate(base, path)),
            // Editors leave links to nowhere as their locks.
            Ok(_) | Err(_) => Seen::Nothing,
        }
    }

    /// Nobody knows what a directory shall be looked at without.
    fn no_list(&self, dir: &Path, list: &Path) -> Diagnostic {
        let path = self.relative(dir).filter(|path| !path.is_empty()).unwrap_or_else(|| ".".to_owned());
        let list = list.strip_prefix(self.root).unwrap_or(list).display();
        let message = format!("cannot look into `{path}`: `{list}` is no regular file below the root");
        Diagnostic::error("unreadable", path, message)
            .help("give `--no-ignore` to have what git ignores checked as well")
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

/// The part of a path below a directory; the empty path is the root.
fn below<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    if dir.is_empty() { Some(path) } else { path.strip_prefix(dir)?.strip_prefix('/') }
}

/// Whether a path that may be made up leads to something below a directory.
fn leads_below(path: &Path, dir: &Path) -> bool {
    let below = path.strip_prefix(dir);
    below.is_ok_and(|below| below.components().all(|part| matches!(part, Component::Normal(_))))
}

/// A file below a directory that is walked.
fn candidate(base: &str, path: String) -> Candidate {
    let mut parts = below(base, &path).unwrap_or(&path).split('/');
    if parts.any(|part| COPIES.contains(&part)) { Candidate::aside(path) } else { Candidate::found(path) }
}

/// Lists a directory; `rest` is how many entries may be looked at.
fn directory(dir: &Path, path: &str, rest: &mut usize) -> Directory {
    let mut listed = Directory { path: path.to_owned(), ..Directory::default() };
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if *rest == 0 {
            break;
        }
        *rest -= 1;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if name == GIT {
            listed.repository = true;
            continue;
        }
        let is_secretive = !is_directory && is_secretive(&name);
        if is_directory || is_secretive {
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            if is_directory { &mut listed.directories } else { &mut listed.secretive }.push(path);
        }
    }
    listed
}

/// Whether a list of what is ignored can be read without waiting for somebody to write it, or is none. Directories of the name are no
/// lists; above the root, links lead where their owner wants.
fn is_readable(list: &Path, root: &Path) -> bool {
    let Ok(found) = list.metadata() else { return true };
    let is_outside = || list.starts_with(root) && !list.canonicalize().is_ok_and(|to| to.starts_with(root));
    found.is_dir() || found.is_file() && !(list.is_symlink() && is_outside())
}

fn is_secretive(name: &str) -> bool {
    let ends = [".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".env"];
    ends.iter().any(|end| name.ends_with(end)) || name.starts_with(".env.")
}

fn is_of_git(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir()) && entry.file_name() == GIT
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
