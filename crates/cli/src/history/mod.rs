//! Looks through the history of a git repository for credentials: every version of every file once, whatever its name.
//!
//! Objects are read by `gix`, with no configuration but that of the repository: nothing is executed.

mod places;
mod roots;
mod tips;
mod told;
mod versions;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gix::ThreadSafeRepository;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanned, Scanner};
use iamrail::core::sighting::Sightings;
use iamrail::core::source::Sources;
use rayon::prelude::*;

use crate::failure::Failure;
use crate::repository::{Fault, Repository};
use crate::walk::slashed;
use roots::{Message, Roots};
use tips::Tips;
use told::Told;
use versions::{Version, Versions};

/// How much of what versions are stored as differences to is kept in mind, in bytes for a thread.
const CACHE: usize = 32 << 20;
/// How many versions a thread takes at once.
const BATCH: usize = 64;
/// The largest version of which at least the beginning is looked at, to tell whether it is a text: one at a time, since git has most
/// objects as a whole or not at all.
const LARGEST: u64 = 256 << 20;

/// What the history holds.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The credentials in it, each once at a path, in the commit that first had it there.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What became of one version.
enum Looked {
    Through(Scanned),
    TooLarge(u64),
    Missing,
}

/// Looks through the histories of the repositories of work trees below `root`. Versions of more than `limit` bytes are left out, and
/// said to be.
///
/// # Errors
/// None of them is a repository.
pub(crate) fn look_through(
    dirs: &[PathBuf],
    root: &Path,
    sources: &Sources,
    limit: u64,
) -> Result<History, Failure> {
    let mut history = History::default();
    let mut seen = HashSet::new();
    let mut are_none = true;
    for dir in dirs {
        let prefix = dir.strip_prefix(root).ok().and_then(slashed).unwrap_or_default();
        let opened = Repository::at(dir, root).and_then(|at| Ok((open(&at, limit)?, at)));
        match opened {
            Ok((repository, at)) => {
                are_none = false;
                // Work trees share what they have in common.
                if seen.insert(at.common.clone()) {
                    let place = Place { prefix, sources, limit };
                    history.look(&repository, &at, &place);
                }
            }
            Err(Fault::None) if dirs.len() == 1 => {}
            Err(fault) => {
                are_none = false;
                history.diagnostics.push(not_read(&prefix, &fault));
            }
        }
    }
    if are_none {
        return Err(Failure::Usage(format!(
            "`--history` is for git repositories, and `{}` is none",
            root.display()
        )));
    }
    Ok(history)
}

fn open(at: &Repository, limit: u64) -> Result<ThreadSafeRepository, Fault> {
    at.is_self_contained()?;
    // What `git replace` puts in the place of an object hides the object, and leaves it to whoever has the repository. What an object
    // says of its size is not believed.
    let largest = format!("gitoxide.objects.allocLimit={}", limit.max(LARGEST));
    let options = gix::open::Options::isolated();
    let options = options.config_overrides(["core.useReplaceRefs=false", &largest]);
    ThreadSafeRepository::open_opts(&at.dir, options).map_err(|_| Fault::None)
}

/// How what is found in a repository is called, and kept.
struct Place<'p> {
    /// Where the repository is below the root.
    prefix: String,
    sources: &'p Sources,
    limit: u64,
}

impl Place<'_> {
    fn path(&self, name: &str) -> Arc<str> {
        if self.prefix.is_empty() { name.into() } else { format!("{}/{name}", self.prefix).into() }
    }

    fn shown(&self) -> &str {
        if self.prefix.is_empty() { "." } else { &self.prefix }
    }
}

impl History {
    fn look(&mut self, repository: &ThreadSafeRepository, at: &Repository, place: &Place<'_>) {
        let local = repository.to_thread_local();
        let mut scanner = Scanner::new(place.sources, u64::MAX);
        let tips = Tips::of(&local, at);
        let roots = Roots::of(&local, tips.all, |Message { of, text, bringer }| {
            let path = place.path(&format!("{of}{}", bringer.suffix));
            let medium = bringer.medium();
            let scanned = scanner.scan(&path, &medium, &mut Cursor::new(&text));
            self.seen.all.extend(scanned.sightings);
            self.diagnostics.extend(scanned.extent.trouble(&path, u64::MAX));
        });
        let mut versions = Versions::of(&local, &roots.all);
        // Versions of one file are stored as differences to each other.
        versions.all.sort_by(|a, b| (&a.dir, &a.file, &a.bringer).cmp(&(&b.dir, &b.file, &b.bringer)));
        let mut missing = roots.missing + versions.missing;
        let mut found = HashMap::new();
        let mut parts = Parts::default();
        for (version, looked) in look_at(repository, &versions.all, place) {
            match looked {
                Looked::Through(scanned) => {
                    let of_its_kind = match scanned.extent {
                        Extent::Binary => &mut self.seen.binary_versions,
                        _ => &mut self.seen.texts,
                    };
                    *of_its_kind += 1;
                    if !scanned.sightings.is_empty() {
                        found.insert(version.id, scanned.sightings);
                    }
                    let trouble = scanned.extent.trouble(&place.path(&version.name()), place.limit);
                    parts.extend(trouble.map(|trouble| (version, trouble)));
                }
                Looked::TooLarge(size) => {
                    let name = place.path(&version.name());
                    parts.extend([(version, too_large(name, size, place.limit))]);
                }
                Looked::Missing => missing += 1,
            }
        }
        let told = Told::of(&local, &roots.all, &found, place);
        self.seen.all.extend(told.all);
        self.diagnostics.extend(parts.told());
        self.diagnostics.extend(partial(place.shown(), missing, local.is_shallow().unwrap_or(false)));
        if versions.crowded {
            let message =
                "the names of files in the history are too many, and the rest was not looked through";
            self.diagnostics.push(Diagnostic::error("history", place.shown(), message.to_owned()));
        }
        if told.is_part {
            let message = "credentials of the history stand in more places than are told";
            let help = "each has one that is told: what finds the others is `git log --all -S` with its id";
            self.diagnostics.push(Diagnostic::note("history", place.shown(), message).help(help));
        }
        if tips.unread {
            let message =
                "not all branches, tags and other references of the repository can be read".to_owned();
            let help = "see what `git fsck` says; of the ways to store references, only files are read: \
                        `git refs migrate --ref-format=files`";
            self.diagnostics.push(Diagnostic::error("history", place.shown(), message).help(help));
        }
        let elsewhere = versions.submodules.iter().map(|path| place.path(path));
        self.diagnostics.extend(elsewhere.map(|path| {
            let message = format!("the history of the submodule `{path}` is its own");
            let help = "it is looked through where the submodule is checked out";
            Diagnostic::note("submodule", path, message).help(help)
        }));
    }
}

/// Looks through all versions, in parallel.
fn look_at<'v>(
    repository: &ThreadSafeRepository,
    versions: &'v [Version],
    place: &Place<'_>,
) -> Vec<(&'v Version, Looked)> {
    let large = Mutex::new(());
    versions
        .par_chunks(BATCH)
        .flat_map_iter(|batch| {
            let mut repository = repository.to_thread_local();
            repository.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(CACHE)));
            let mut scanner = Scanner::new(place.sources, place.limit);
            let look = |version| (version, look(&repository, version, &mut scanner, place, &large));
            let looked: Vec<_> = batch.iter().map(look).collect();
            looked
        })
        .collect()
}

fn look(
    repository: &gix::Repository,
    version: &Version,
    scanner: &mut Scanner<'_>,
    place: &Place<'_>,
    large: &Mutex<()>,
) -> Looked {
    let Ok(header) = repository.find_header(version.id) else { return Looked::Missing };
    let size = header.size();
    if size > place.limit.max(LARGEST) {
        return Looked::TooLarge(size);
    }
    let _alone = (size > place.limit).then(|| large.lock().unwrap_or_else(PoisonError::into_inner));
    let Ok(object) = repository.find_object(version.id) else { return Looked::Missing };
    let medium = version.bringer.medium();
    Looked::Through(scanner.scan(&place.path(&version.name()), &medium, &mut Cursor::new(&object.data)))
}

/// What is to be said of versions that were not looked through to their end: once a file and reason.
#[derive(Default)]
struct Parts<'v>(BTreeMap<(&'v str, &'v str, &'static str), (Diagnostic, usize)>);

impl<'v> Extend<(&'v Version, Diagnostic)> for Parts<'v> {
    fn extend<T: IntoIterator<Item = (&'v Version, Diagnostic)>>(&mut self, troubles: T) {
        for (version, trouble) in troubles {
            let key = (&*version.dir, &*version.file, trouble.code);
            self.0.entry(key).and_modify(|(_, others)| *others += 1).or_insert((trouble, 0));
        }
    }
}

impl Parts<'_> {
    fn told(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_values().map(|(mut trouble, others)| {
            trouble.message.push_str(&match others {
                0 => String::new(),
                1 => ", and so it is with another version of the file".to_owned(),
                others => format!(", and so it is with {others} other versions of the file"),
            });
            trouble
        })
    }
}

fn not_read(prefix: &str, fault: &Fault) -> Diagnostic {
    let path = if prefix.is_empty() { "." } else { prefix };
    let message = format!("the history of the repository in `{path}` was not looked through: {fault}");
    let help = match fault {
        Fault::Outside(_) => "name the directory that holds both with `--root`",
        _ => "",
    };
    Diagnostic::error("history", path, message).help(help)
}

fn too_large(name: Arc<str>, size: u64, limit: u64) -> Diagnostic {
    let message =
        format!("`{name}` was not looked through: it has {size} bytes, more than the limit of {limit}");
    Diagnostic::error("too-large", name, message).help("raise the limit of bytes")
}

fn partial(path: &str, missing: usize, shallow: bool) -> Option<Diagnostic> {
    let message = match (missing, shallow) {
        (0, false) => return None,
        (0, true) => "the repository holds only the newest part of its history".to_owned(),
        (1, _) => "an object of the history is not in the repository".to_owned(),
        (missing, _) => format!("{missing} objects of the history are not in the repository"),
    };
    Some(
        Diagnostic::error("history", path, message)
            .help("fetch the whole history, such as with `git fetch --unshallow`"),
    )
}
