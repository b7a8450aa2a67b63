//! Finds the files below directories, each of which is listed once.

mod lists;
mod secretive;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::FileType;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use iamrail::core::check::Candidate;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{FileError, file_name, normalize};
use rayon::Scope;

use self::lists::{Fault as ListFault, Known, Lists};
use self::secretive::{LeftOut, is_secretive};
use crate::disk::reason;
use crate::repository::{Fault, Repository};
use crate::tracked;

/// The directory that git keeps its own in.
const GIT: &str = ".git";
/// What is said of names that are no UTF-8.
const UNNAMED: &str = "file-name";
/// Directories that hold copies and bookkeeping of tools: what is called from there is read through its caller, and all that is
/// looked for by itself are access keys.
const COPIES: &[&str] = &[".terraform", ".terragrunt-cache"];
/// What package managers write for themselves. It is large, there is much of it, and no infrastructure code is called so.
const LOCKS: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"];
/// How much the names of files may take together that git tracks although it is told to ignore them, in bytes. Where links lead in a
/// circle, a file has names without number.
const MOST_NAMES: usize = 64 << 20;

/// How directories are walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    /// The root of the run, canonical.
    pub(crate) root: &'a Path,
    /// Whether `.gitignore` files are heeded.
    pub(crate) gitignore: bool,
    /// Whether the root is a repository, so that the `.gitignore` files above a directory count as well.
    pub(crate) repository: bool,
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
    /// The directories that were walked, none of them a link, relative to the root.
    pub(crate) directories: Vec<String>,
}

/// What is found in directories.
#[derive(Debug, Default)]
struct Seen {
    found: Found,
    left_out: LeftOut,
}

/// What the threads of a walk have in common.
struct Common<'w> {
    /// The directory that is walked, relative to the root.
    base: &'w str,
    lists: &'w Known,
    seen: Mutex<Seen>,
}

/// What is seen of a name that is no directory.
enum Named {
    Nothing,
    File(Candidate),
    Trouble(Diagnostic),
}

/// A directory to be walked.
struct Directory {
    /// Relative to the root.
    path: String,
    /// What holds above it.
    lists: Lists,
}

impl Walk<'_> {
    /// All files below a directory, which must be canonical and not outside of the root. Runs on the rayon thread pool it is called in.
    pub(crate) fn find(&self, dir: &Path) -> Found {
        let base = self.relative(dir).unwrap_or_default();
        let known = Known::default();
        let lists = match self.above(dir, &known) {
            Ok(lists) => lists,
            Err((at, fault)) => {
                return Found { diagnostics: vec![no_list(&base, &at, &fault)], ..Found::default() };
            }
        };
        let common = Common { base: &base, lists: &known, seen: Mutex::default() };
        rayon::scope(|scope| self.enter(scope, Directory { path: base.clone(), lists }, &common));
        let Seen { mut found, left_out } = common.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.repositories.sort();
        if self.gitignore {
            self.add_tracked(dir, &base, &mut found);
            found.ignored = left_out.name(self.root, &found.candidates);
        }
        found.candidates.sort();
        found.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// The lists of the directories above one that is walked, or the one of them whose list cannot be read.
    fn above(&self, dir: &Path, known: &Known) -> Result<Lists, (String, ListFault)> {
        let mut above: Vec<String> = dir
            .ancestors()
            .skip(1)
            .take_while(|_| self.gitignore && self.repository)
            .map_while(|above| self.relative(above))
            .collect();
        above.reverse();
        above.into_iter().try_fold(Lists::default(), |lists, above| {
            let is_repository = Repository::has_work_tree(&self.root.join(&above));
            let lists = if is_repository { Lists::default() } else { lists };
            lists.within(self.root, &above, known).map_err(|fault| (above, fault))
        })
    }

    /// Lists a directory and enters those in it.
    fn enter<'s>(&'s self, scope: &Scope<'s>, dir: Directory, common: &'s Common<'s>) {
        let mut seen = Seen::default();
        match self.list(&dir, common, &mut seen) {
            Ok(directories) => {
                for below in directories {
                    scope.spawn(move |scope| self.enter(scope, below, common));
                }
                seen.found.directories.push(dir.path);
            }
            Err(error) => seen.found.diagnostics.push(unreadable(&dir.path, &error)),
        }
        let mut all = common.seen.lock().unwrap_or_else(PoisonError::into_inner);
        all.found.candidates.append(&mut seen.found.candidates);
        all.found.diagnostics.append(&mut seen.found.diagnostics);
        all.found.repositories.append(&mut seen.found.repositories);
        all.found.directories.append(&mut seen.found.directories);
        all.left_out.append(seen.left_out);
    }

    /// Takes what is in a directory; returns those in it that shall be entered.
    fn list(&self, dir: &Directory, common: &Common<'_>, seen: &mut Seen) -> io::Result<Vec<Directory>> {
        let mut entries = Vec::new();
        for entry in self.root.join(&dir.path).read_dir()? {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok(entry) => entries.push(entry),
                Err(error) => seen.found.diagnostics.push(unreadable(&dir.path, &error)),
            }
        }
        let has = |name: &str| entries.iter().any(|(own, _)| own == name);
        let is_repository = has(GIT);
        seen.found.repositories.extend(is_repository.then(|| self.root.join(&dir.path)));
        // What is said above a repository is not meant for what it has.
        let mut lists = if is_repository { Lists::default() } else { dir.lists.clone() };
        if self.gitignore && has(lists::NAME) {
            lists = match lists.within(self.root, &dir.path, common.lists) {
                Ok(lists) => lists,
                Err(fault) => {
                    seen.found.diagnostics.push(no_list(&dir.path, &dir.path, &fault));
                    return Ok(Vec::new());
                }
            };
        }
        let mut directories = Vec::new();
        for (name, kind) in entries {
            if kind.is_dir() && name == GIT {
                continue;
            }
            let shown = name.to_string_lossy();
            let path = if dir.path.is_empty() {
                shown.clone().into_owned()
            } else {
                format!("{}/{shown}", dir.path)
            };
            let is_named = name.to_str().is_some();
            if lists.leave_out(&path, kind.is_dir()) {
                // Passed over without a word, but for what mostly holds secrets.
                if is_named && kind.is_dir() {
                    seen.left_out.directories.push(path);
                } else if is_named && is_secretive(&path) {
                    seen.left_out.files.push(path);
                }
            } else if !is_named {
                seen.found.diagnostics.push(no_name(path, if kind.is_dir() { "into" } else { "at" }));
            } else if kind.is_dir() {
                directories.push(Directory { path, lists: lists.clone() });
            } else {
                match self.look(common.base, path, kind) {
                    Named::File(candidate) => seen.found.candidates.push(candidate),
                    Named::Trouble(diagnostic) => seen.found.diagnostics.push(diagnostic),
                    Named::Nothing => {}
                }
            }
        }
        Ok(directories)
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
            match self.look(base, path, kind) {
                Named::File(candidate) => found.candidates.push(candidate),
                Named::Trouble(diagnostic) => found.diagnostics.push(diagnostic),
                Named::Nothing => {}
            }
        }
        found.candidates.sort();
        found.candidates.dedup();
        found.diagnostics.extend(troubles);
        for path in unnamed {
            let path = path.strip_prefix(self.root).unwrap_or(&path).display().to_string();
            let covers = |told: &str| told == path || below(told, &path).is_some();
            if !found.diagnostics.iter().any(|one| one.code == UNNAMED && covers(&one.path)) {
                found.diagnostics.push(no_name(path, "at"));
            }
        }
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
            Fault::None | Fault::Special(_) | Fault::Crowded | Fault::Refused | Fault::Unreadable(..) => {
                Diagnostic::error("git-index", path, message).help(help)
            }
        }
    }

    fn look(&self, base: &str, path: String, kind: FileType) -> Named {
        if kind.is_symlink() {
            self.follow(base, &self.root.join(&path), path)
        } else if kind.is_file() {
            Named::File(candidate(base, path))
        } else {
            Named::Nothing
        }
    }

    /// A link to a file below the root is that file; a link to a directory is not entered, since what it leads to is
    /// found by itself.
    fn follow(&self, base: &str, link: &Path, path: String) -> Named {
        match link.canonicalize() {
            Ok(target) if !target.starts_with(self.root) => {
                let message = format!("`{path}` is a link: {}", FileError::OutsideRoot);
                Named::Trouble(
                    Diagnostic::error("outside-root", path, message)
                        .help("name the directory that holds both with `--root`"),
                )
            }
            Ok(target) if target.is_file() => Named::File(candidate(base, path)),
            // Editors leave links to nowhere as their locks.
            Ok(_) | Err(_) => Named::Nothing,
        }
    }

    fn relative(&self, path: &Path) -> Option<String> {
        slashed(path.strip_prefix(self.root).ok()?)
    }
}

/// A directory as it is named in messages; the empty path is the root.
fn shown(dir: &str) -> &str {
    if dir.is_empty() { "." } else { dir }
}

/// The list that is said to stand `at` a directory, above one or in it, cannot be read.
fn no_list(dir: &str, at: &str, fault: &ListFault) -> Diagnostic {
    let list = Path::new(at).join(lists::NAME).display().to_string();
    let why = match fault {
        ListFault::Irregular => format!("`{list}` is no regular file below the root"),
        ListFault::TooLarge => format!("`{list}` has more than {} bytes", lists::LARGEST),
        ListFault::Failed(error) => format!("`{list}` cannot be read: {}", reason(error)),
    };
    Diagnostic::error("unreadable", shown(dir), format!("cannot look into `{}`: {why}", shown(dir)))
        .help("give `--no-ignore` to have what git ignores checked as well")
}

fn unreadable(dir: &str, error: &io::Error) -> Diagnostic {
    let message = format!("cannot look into `{}`: {}", shown(dir), reason(error));
    Diagnostic::error("unreadable", shown(dir), message)
}

/// Paths are texts: what is called by none is not looked `whither`.
fn no_name(path: String, whither: &str) -> Diagnostic {
    let message = format!("`{path}` is not looked {whither}: its name is no UTF-8");
    Diagnostic::error(UNNAMED, path, message)
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
    let is_aside = LOCKS.contains(&file_name(&path)) || parts.any(|part| COPIES.contains(&part));
    if is_aside { Candidate::aside(path) } else { Candidate::found(path) }
}

/// A relative path with `/` between its parts; `None` when a part is no UTF-8.
pub(crate) fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
