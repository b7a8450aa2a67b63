//! Where a git repository keeps what it knows: below `.git`, or where a file of that name points.
//!
//! None of it is trusted. What leads out of the root of the run is named and not followed, unless it is known to belong to the work
//! tree: git itself lets a work tree and its repository point at each other.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The longest file of settings and of pointers that is read, in bytes.
const LONGEST: u64 = 1 << 20;
/// How many stores of objects borrow from each other.
const MOST_ALTERNATES: usize = 64;

/// The directories of a repository, canonical.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// The work tree; the repository itself if it has none.
    pub(crate) dir: PathBuf,
    /// What belongs to the work tree alone: its HEAD and its index.
    pub(crate) own: PathBuf,
    /// What all work trees share: objects and references.
    pub(crate) common: PathBuf,
    root: PathBuf,
}

/// Why a repository is not read. The messages are complete without naming it.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// What makes up a repository is not there.
    #[error("it is no git repository")]
    None,
    /// A part of it is outside of the root.
    #[error("a part of it is `{}`, which is outside of the directory that is checked", .0.display())]
    Outside(PathBuf),
    /// A part of it is a pipe, a device, a socket: opening it might wait for ever.
    #[error("`{}` is no regular file", .0.display())]
    Special(PathBuf),
    /// It borrows objects from more stores than are read.
    #[error("it borrows objects from more than {MOST_ALTERNATES} others")]
    Crowded,
    /// It is one, and cannot be opened.
    #[error("its settings or the stores that it borrows objects from cannot be read")]
    Refused,
    /// Something of it cannot be read.
    #[error("`{}` cannot be read: {}", .0.display(), .1.kind())]
    Unreadable(PathBuf, io::Error),
}

impl Repository {
    /// Whether a directory has a repository, or is one without a work tree.
    pub(crate) fn is_at(dir: &Path) -> bool {
        Self::has_work_tree(dir) || is_bare(dir)
    }

    /// Whether a directory is the top of a work tree.
    pub(crate) fn has_work_tree(dir: &Path) -> bool {
        dir.join(".git").exists()
    }

    /// The repository of the work tree at `dir`, or the one that `dir` is.
    pub(crate) fn at(dir: &Path, root: &Path) -> Result<Self, Fault> {
        let link = dir.join(".git");
        let own = match fs::metadata(&link) {
            Ok(found) if found.is_file() => pointer(&link, "gitdir:")?.ok_or(Fault::None)?,
            Ok(found) if found.is_dir() => link.clone(),
            _ if is_bare(dir) => dir.to_owned(),
            _ => return Err(Fault::None),
        };
        let own = own.canonicalize().map_err(|error| Fault::Unreadable(own, error))?;
        let inside = |path: &Path| path.starts_with(root);
        let is_elsewhere = !inside(&own);
        if is_elsewhere && !is_of(&own, dir)? {
            return Err(Fault::Outside(own));
        }
        let common = match pointer(&own.join("commondir"), "")? {
            Some(common) => common.canonicalize().map_err(|error| Fault::Unreadable(common, error))?,
            None => own.clone(),
        };
        // What is inside may say anything of where the rest is. What is elsewhere and points back here is believed, and shares what
        // the repository has whose work tree it is.
        let shared = own.parent().filter(|parent| parent.ends_with("worktrees")).and_then(Path::parent);
        let is_shared = is_elsewhere && (common == own || shared == Some(&common));
        if !inside(&common) && !is_shared {
            return Err(Fault::Outside(common));
        }
        Ok(Self { dir: dir.to_owned(), own, common, root: root.to_owned() })
    }

    /// How many bytes an identifier of an object has.
    pub(crate) fn id_length(&self) -> usize {
        match setting(&self.common, "extensions.objectFormat") {
            Some(format) if format.eq_ignore_ascii_case("sha256") => 32,
            _ => 20,
        }
    }

    /// How references are stored, if not as files: `reftable`.
    pub(crate) fn reference_store(&self) -> Option<String> {
        setting(&self.common, "extensions.refStorage").filter(|store| !store.eq_ignore_ascii_case("files"))
    }

    /// Why it is not read although its parts are where they have to be.
    pub(crate) fn refused(&self) -> Fault {
        if is_bare(&self.common) { Fault::Refused } else { Fault::None }
    }

    /// Whether it was cloned without some of the objects.
    pub(crate) fn is_filtered(&self) -> bool {
        let packs = fs::read_dir(self.common.join("objects/pack")).into_iter().flatten().flatten();
        packs.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|end| end == "promisor"))
    }

    /// The directories that objects are read from, its own first. All that objects and references are read from is inside: links, and
    /// stores that objects are borrowed from.
    ///
    /// # Errors
    /// Names what is not.
    pub(crate) fn stores(&self) -> Result<Vec<PathBuf>, Fault> {
        for name in ["HEAD", "config", "config.worktree", "packed-refs", "refs", "shallow"] {
            self.plain(&self.own.join(name))?;
            self.plain(&self.common.join(name))?;
        }
        for name in ["worktrees", "logs/refs/stash"] {
            self.inside(&self.common.join(name))?;
        }
        let mut open = vec![self.common.join("objects")];
        let mut stores: Vec<PathBuf> = Vec::new();
        while let Some(objects) = open.pop() {
            // Some borrow from each other, and some are not there.
            let Ok(objects) = objects.canonicalize() else { continue };
            if stores.contains(&objects) {
                continue;
            }
            if stores.len() == MOST_ALTERNATES {
                return Err(Fault::Crowded);
            }
            self.plain(&objects)?;
            let list = objects.join("info/alternates");
            for line in text(&list)?.unwrap_or_default().lines() {
                match line.as_bytes() {
                    [] | [b'#', ..] => {}
                    // Names in quotes are those that no other way could be written, and nothing that programs write.
                    [b'"', ..] => return Err(Fault::Outside(PathBuf::from(line))),
                    _ => open.push(objects.join(line)),
                }
            }
            stores.push(objects);
        }
        Ok(stores)
    }

    /// Whether a path leads to regular files inside, or to nothing: itself, and all that is below.
    fn plain(&self, path: &Path) -> Result<(), Fault> {
        let mut seen = HashSet::new();
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            self.inside(&path)?;
            let Ok(found) = fs::metadata(&path) else { continue };
            if !found.is_dir() {
                if !found.is_file() {
                    return Err(Fault::Special(path));
                }
                continue;
            }
            // Links may lead back to where they are.
            if !path.canonicalize().is_ok_and(|place| seen.insert(place)) {
                continue;
            }
            for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_file() => {}
                    Ok(kind) if kind.is_dir() || kind.is_symlink() => open.push(entry.path()),
                    _ => return Err(Fault::Special(entry.path())),
                }
            }
        }
        Ok(())
    }

    /// Whether a path leads to something inside, or to nothing.
    fn inside(&self, path: &Path) -> Result<(), Fault> {
        match path.canonicalize() {
            Ok(target) if target.starts_with(&self.root) || target.starts_with(&self.common) => Ok(()),
            Ok(target) => Err(Fault::Outside(target)),
            Err(_) => Ok(()),
        }
    }
}

/// Whether a directory is a repository without a work tree.
fn is_bare(dir: &Path) -> bool {
    dir.join("HEAD").is_file() && dir.join("objects").is_dir() && dir.join("refs").is_dir()
}

/// Whether what a work tree points at points back at it: as one of several work trees, or as that of a submodule.
fn is_of(own: &Path, dir: &Path) -> Result<bool, Fault> {
    let here = |path: PathBuf| path.canonicalize().is_ok_and(|path| path == dir || path == dir.join(".git"));
    if pointer(&own.join("gitdir"), "")?.is_some_and(here) {
        return Ok(true);
    }
    Ok(setting(own, "core.worktree").is_some_and(|tree| here(own.join(tree))))
}

/// The path in a file that holds only that, as seen from the directory of the file.
fn pointer(path: &Path, key: &str) -> Result<Option<PathBuf>, Fault> {
    let Some(text) = text(path)? else { return Ok(None) };
    let target = text.strip_prefix(key).map(|rest| rest.trim_start().trim_end_matches(['\n', '\r']));
    let dir = path.parent().unwrap_or(path);
    Ok(target.filter(|target| !target.is_empty()).map(|target| dir.join(target)))
}

/// A setting of a repository, from its own configuration alone: what that includes is not read.
fn setting(dir: &Path, key: &str) -> Option<String> {
    let text = text(&dir.join("config")).ok()??;
    let config = gix::config::File::try_from(text.as_str()).ok()?;
    Some(config.string(key)?.to_string())
}

/// A small file; `None` if there is none.
fn text(path: &Path) -> Result<Option<String>, Fault> {
    let wrong = |error| Fault::Unreadable(path.to_owned(), error);
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        _ => return Ok(None),
    }
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text)).map_err(wrong)?;
    if read as u64 > LONGEST { Err(wrong(io::ErrorKind::FileTooLarge.into())) } else { Ok(Some(text)) }
}
