//! Looks through the history of a git repository for credentials: every version of every file once, whatever its name.
//!
//! Objects are read by `gix`, with no configuration but that of the repository: nothing is executed.

mod versions;

use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use gix::ThreadSafeRepository;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use iamrail::core::credentials::Value;
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanner};
use iamrail::core::sighting::{Medium, Sighting, Sightings};
use iamrail::core::source::Sources;
use rayon::prelude::*;

use crate::failure::Failure;
use versions::{Version, Versions};

/// How much of what versions are stored as differences to is kept in mind, in bytes for a thread.
const CACHE: usize = 32 << 20;
/// How many versions a thread takes at once.
const BATCH: usize = 64;

/// What the history holds.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The credentials in it, each once a file, in the commit that brought it.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What became of one version.
enum Looked {
    Through(Vec<Sighting>, Extent),
    TooLarge(u64),
    Missing,
}

/// Looks through the history of the repository at `root`. Versions of more than `limit` bytes are left out, and said to be.
pub(crate) fn look_through(root: &Path, sources: &Sources, limit: u64) -> Result<History, Failure> {
    // What `git replace` puts in the place of an object hides the object, and leaves it to whoever has the repository.
    let options = gix::open::Options::isolated().config_overrides(["core.useReplaceRefs=false"]);
    let repository = ThreadSafeRepository::open_opts(root, options).map_err(|_| {
        Failure::Usage(format!("`--history` is for git repositories, and `{}` is none", root.display()))
    })?;
    let Versions { mut all, missing, unread, shallow } = Versions::of(&repository.to_thread_local());
    // Versions of one file are stored as differences to each other.
    all.sort_by(|a, b| (&a.path, &a.since).cmp(&(&b.path, &b.since)));
    let looked: Vec<(&Version, Looked)> = all
        .par_chunks(BATCH)
        .flat_map_iter(|batch| {
            let mut repository = repository.to_thread_local();
            repository.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(CACHE)));
            let mut scanner = Scanner::new(sources, limit);
            let looked: Vec<_> = batch
                .iter()
                .map(|version| (version, look(&repository, version, &mut scanner, limit)))
                .collect();
            looked
        })
        .collect();
    let mut history = History::default();
    let mut missing = missing;
    for (version, looked) in looked {
        match looked {
            Looked::Through(sightings, extent) => {
                history.seen.texts += usize::from(!matches!(extent, Extent::Binary));
                history.seen.all.extend(sightings);
                history.diagnostics.extend(extent.trouble(&version.name(), limit));
            }
            Looked::TooLarge(size) => history.diagnostics.push(too_large(version, size, limit)),
            Looked::Missing => missing += 1,
        }
    }
    history.seen.all = first_of_each(std::mem::take(&mut history.seen.all), sources);
    history.diagnostics.extend(partial(missing, shallow));
    if unread {
        let message = "not all branches, tags and other references of the repository can be read".to_owned();
        let help = "see what `git fsck` says; of the ways to store references, only files are read: \
                    `git refs migrate --ref-format=files`";
        history.diagnostics.push(Diagnostic::error("history", ".", message).help(help));
    }
    Ok(history)
}

fn look(repository: &gix::Repository, version: &Version, scanner: &mut Scanner<'_>, limit: u64) -> Looked {
    match repository.find_header(version.id) {
        Ok(header) if header.size() > limit => return Looked::TooLarge(header.size()),
        Ok(_) => {}
        Err(_) => return Looked::Missing,
    }
    let Ok(object) = repository.find_object(version.id) else { return Looked::Missing };
    let medium = Medium::History(version.since.as_str().into());
    let scanned = scanner.scan(&version.name(), &medium, &mut Cursor::new(&object.data));
    Looked::Through(scanned.sightings, scanned.extent)
}

/// Every credential of a file once, in the version that first has it.
fn first_of_each(mut sightings: Vec<Sighting>, sources: &Sources) -> Vec<Sighting> {
    sightings.sort_by(|a, b| a.medium.cmp(&b.medium));
    let mut files: HashMap<_, Arc<str>> = HashMap::new();
    let mut known: HashSet<(Arc<str>, Value)> = HashSet::new();
    sightings.retain(|one| {
        let file = files.entry(one.span.file).or_insert_with(|| {
            let path = sources.file(one.span.file).map(|file| Arc::clone(file.path())).unwrap_or_default();
            path.rsplit_once('@').map_or(Arc::clone(&path), |(file, _)| file.into())
        });
        known.insert((Arc::clone(file), one.value.clone()))
    });
    sightings
}

fn too_large(version: &Version, size: u64, limit: u64) -> Diagnostic {
    let name = version.name();
    let message =
        format!("`{name}` was not looked through: it has {size} bytes, more than the limit of {limit}");
    // Large files are mostly no texts, and what git holds of them is not looked at to find out.
    Diagnostic::error("too-large", name, message).help("raise the limit of bytes")
}

fn partial(missing: usize, shallow: bool) -> Option<Diagnostic> {
    let message = match (missing, shallow) {
        (0, false) => return None,
        (0, true) => "the repository holds only the newest part of its history".to_owned(),
        (1, _) => "an object of the history is not in the repository".to_owned(),
        (missing, _) => format!("{missing} objects of the history are not in the repository"),
    };
    Some(
        Diagnostic::error("history", ".", message)
            .help("fetch the whole history, such as with `git fetch --unshallow`"),
    )
}
