//! Looks through the history of a git repository for credentials: every version of every file once, whatever its name.
//!
//! Objects are read with no configuration but that of the repository: nothing is executed.

mod budget;
mod ids;
mod objects;
mod packs;
mod places;
mod roots;
mod tips;
mod told;
mod trouble;
mod versions;

use std::collections::HashSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::{ObjectId, ThreadSafeRepository};
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::Scanner;
use iamrail::core::sighting::{Sighting, Sightings};
use iamrail::core::source::Sources;

use crate::failure::Failure;
use crate::repository::{Fault, Repository};
use crate::walk::slashed;
use ids::Ids;
use objects::Objects;
use packs::Packs;
use places::{Places, Standing};
use roots::{Message, Roots};
use tips::Tips;
use told::Told;
use trouble::{Incomplete, Parts};
use versions::{LARGEST, Notable, Versions};

/// What the history holds.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The credentials in it, each once at a path, in the commit that first had it there.
    pub(crate) seen: Sightings,
    /// What could not be looked through.
    pub(crate) diagnostics: Vec<Diagnostic>,
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
        let opened = Repository::at(dir, root).and_then(|at| Opened::new(at, limit));
        match opened {
            Ok(opened) => {
                are_none = false;
                // Work trees share what they have in common.
                if seen.insert(opened.at.common.clone()) {
                    history.look(&opened, &Place { prefix, sources, limit });
                }
            }
            Err(Fault::None) if dirs.len() == 1 => {}
            Err(fault) => {
                are_none = false;
                history.diagnostics.push(trouble::not_read(&prefix, &fault));
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

struct Opened {
    at: Repository,
    repository: ThreadSafeRepository,
    packs: Packs,
}

impl Opened {
    fn new(at: Repository, limit: u64) -> Result<Self, Fault> {
        let stores = at.stores()?;
        // What `git replace` puts in the place of an object hides the object, and leaves it to whoever has the repository. What an object
        // says of its size is not believed.
        let largest = format!("gitoxide.objects.allocLimit={}", limit.max(LARGEST));
        let options = gix::open::Options::isolated();
        let options = options.config_overrides(["core.useReplaceRefs=false", &largest]);
        let repository = ThreadSafeRepository::open_opts(&at.dir, options).map_err(|_| at.refused())?;
        let packs = Packs::of(&stores, repository.to_thread_local().object_hash());
        Ok(Self { at, repository, packs })
    }
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

/// What references lead to, and what stands in commits and tags themselves.
struct Entrance {
    tips: Tips,
    roots: Roots,
    sightings: Vec<Sighting>,
    diagnostics: Vec<Diagnostic>,
}

impl Entrance {
    fn of(opened: &Opened, place: &Place<'_>) -> Self {
        let local = opened.repository.to_thread_local();
        let mut scanner = Scanner::new(place.sources, u64::MAX);
        let (mut sightings, mut diagnostics) = (Vec::new(), Vec::new());
        let mut each = |Message { of, text, bringer }: Message<'_>| {
            let path = place.path(&format!("{of}{}", bringer.suffix));
            let scanned = scanner.scan(&path, &bringer.medium(), &mut Cursor::new(text));
            sightings.extend(scanned.sightings);
            diagnostics.extend(scanned.extent.trouble(&path, u64::MAX));
        };
        let mut tips = Tips::of(&local, &opened.at);
        tips.names(&mut each);
        let objects = Objects::new(&local, &opened.packs);
        let roots = Roots::of(&local, objects, std::mem::take(&mut tips.all), &mut each);
        Self { tips, roots, sightings, diagnostics }
    }
}

impl History {
    fn look(&mut self, opened: &Opened, place: &Place<'_>) {
        let (entrance, versions) = rayon::join(
            || Entrance::of(opened, place),
            || Versions::of(&opened.repository, &opened.packs, place),
        );
        let Entrance { tips, roots, sightings, diagnostics } = entrance;
        self.seen.all.extend(sightings);
        self.diagnostics.extend(diagnostics);
        self.seen.texts += versions.texts;
        self.seen.binary_versions += versions.binaries;

        let local = opened.repository.to_thread_local();
        let mut told = Told::new(place);
        let mut parts = Parts::new(place);
        let mut reached = Ids::default();
        let objects = Objects::new(&local, &opened.packs);
        let mut places = Places::new(objects, |id: &ObjectId| versions.notable.contains_key(id));
        for root in &roots.all {
            let mut bringer = None;
            places.below(root, |standing, path| {
                let bringer = &*bringer.get_or_insert_with(|| root.bringer());
                match standing {
                    Standing::Name => told.name(path, bringer),
                    Standing::File(id) => {
                        if let Some(notable) = versions.notable.get(id) {
                            told.tell(&notable.sightings, path, bringer);
                            let is_new = reached.insert(*id);
                            parts.extend(
                                notable.trouble.iter().filter(|_| is_new).map(|one| (path, bringer, one)),
                            );
                        }
                    }
                }
                !told.is_part()
            });
        }
        let is_lost =
            |(id, one): (&ObjectId, &Arc<Notable>)| !one.sightings.is_empty() && !reached.contains(id);
        let has_lost = versions.notable.iter().any(is_lost);
        let incomplete = Incomplete {
            lack: roots.lack + places.objects.lack + parts.lack,
            is_shallow: local.is_shallow().unwrap_or(false),
            is_filtered: opened.at.is_filtered(),
            broken: opened.packs.broken.len(),
            is_unlisted: versions.unlisted,
            has_unread_tips: tips.unread,
            store: tips.store,
            is_too_deep: places.too_deep,
            is_too_much: roots.is_too_much || versions.is_too_much || places.objects.is_spent(),
            is_part: places.is_part(),
            has_lost,
        };
        self.seen.all.extend(told.all);
        self.diagnostics.extend(parts.told());
        self.diagnostics.extend(incomplete.told(place.shown()));
        self.diagnostics.extend(trouble::submodules(&places.submodules, place));
    }
}
