//! The versions of all files, each with the commit that brought it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::{CommitRef, TagRef, TreeRefIter};

/// The longest path that is kept, in bytes; deeper ones are those of no work tree.
const LONGEST_PATH: usize = 4096;

/// A version of a file.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) id: ObjectId,
    /// The path that it was found at first.
    pub(super) path: String,
    /// The day and the commit that brought it: `2024-01-31, commit 0123456789ab`.
    pub(super) since: Arc<String>,
}

impl Version {
    /// What it is called: its path and the commit.
    pub(super) fn name(&self) -> Arc<str> {
        let commit = self.since.rsplit(' ').next().unwrap_or_default();
        format!("{}@{commit}", self.path).into()
    }
}

/// All that can be reached from branches, tags, remotes and the stash.
#[derive(Debug)]
pub(super) struct Versions {
    pub(super) all: Vec<Version>,
    /// How many commits and trees cannot be read.
    pub(super) missing: usize,
    /// Whether a branch, a tag or another reference cannot be read: nobody knows what is reached from it.
    pub(super) unread: bool,
    /// Whether the repository says of itself that it holds only a part of its history.
    pub(super) shallow: bool,
}

struct Commit {
    id: ObjectId,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    /// When it was made, in seconds; and when its content was written.
    made: i64,
    written: i64,
}

impl Versions {
    pub(super) fn of(repository: &gix::Repository) -> Self {
        let shallow = repository.is_shallow().unwrap_or(false);
        let mut versions = Self { all: Vec::new(), missing: 0, unread: false, shallow };
        let commits = versions.commits(repository);
        let mut seen = HashSet::new();
        // A version belongs to the commit that brought it.
        for commit in parents_first(commits) {
            let since = Arc::new(since(&commit));
            versions.tree(repository, commit.tree, &since, &mut seen);
        }
        versions
    }

    fn commits(&mut self, repository: &gix::Repository) -> Vec<Commit> {
        let mut open = self.tips(repository);
        // The parents of these are known not to be there.
        let grafts: HashSet<ObjectId> = match repository.shallow_commits() {
            Ok(Some(commits)) => commits.iter().copied().collect(),
            _ => HashSet::new(),
        };
        let mut seen: HashSet<ObjectId> = open.iter().copied().collect();
        let mut commits = Vec::new();
        while let Some(id) = open.pop() {
            let Ok(object) = repository.find_object(id) else {
                self.missing += 1;
                continue;
            };
            match object.kind {
                gix::object::Kind::Tag => {
                    let target = TagRef::from_bytes(&object.data, id.kind()).map(|tag| tag.target());
                    open.extend(target.ok().filter(|target| seen.insert(*target)));
                }
                gix::object::Kind::Commit => match CommitRef::from_bytes(&object.data, id.kind()) {
                    Ok(commit) => {
                        let parents: Vec<ObjectId> =
                            commit.parents().filter(|_| !grafts.contains(&id)).collect();
                        open.extend(parents.iter().copied().filter(|parent| seen.insert(*parent)));
                        let made = commit.time().map_or(0, |time| time.seconds);
                        let written = commit.author().ok().and_then(|author| author.time().ok());
                        let written = written.map_or(made, |time| time.seconds);
                        commits.push(Commit { id, tree: commit.tree(), parents, made, written });
                    }
                    Err(_) => self.missing += 1,
                },
                _ => {}
            }
        }
        commits
    }

    /// What HEAD, branches, tags, remotes and the stash lead to.
    fn tips(&mut self, repository: &gix::Repository) -> Vec<ObjectId> {
        let mut open = Vec::new();
        match repository.head() {
            Ok(head) => open.extend(head.id().map(gix::Id::detach)),
            Err(_) => self.unread = true,
        }
        // Other stores than that of files look empty from here.
        let store = repository.config_snapshot().string("extensions.refStorage");
        self.unread |= store.is_some_and(|store| !store.eq_ignore_ascii_case(b"files"));
        let references = repository.references();
        let Ok(all) = references.as_ref().map_err(drop).and_then(|all| all.all().map_err(drop)) else {
            self.unread = true;
            return open;
        };
        for reference in all {
            match reference {
                Ok(reference) => open.extend(reference.try_id().map(gix::Id::detach)),
                Err(_) => self.unread = true,
            }
        }
        open
    }

    /// Adds the files of a tree that no earlier commit has.
    fn tree(
        &mut self,
        repository: &gix::Repository,
        tree: ObjectId,
        since: &Arc<String>,
        seen: &mut HashSet<ObjectId>,
    ) {
        let mut open = vec![(tree, String::new())];
        while let Some((id, path)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Ok(object) = repository.find_object(id) else {
                self.missing += 1;
                continue;
            };
            for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
                let Ok(entry) = entry else {
                    self.missing += 1;
                    break;
                };
                let name = entry.filename.to_string();
                let path = if path.is_empty() { name } else { format!("{path}/{name}") };
                let id = entry.oid.to_owned();
                if path.len() > LONGEST_PATH {
                    self.missing += 1;
                } else if entry.mode.is_tree() {
                    open.push((id, path));
                } else if entry.mode.is_blob() && seen.insert(id) {
                    self.all.push(Version { id, path, since: Arc::clone(since) });
                }
            }
        }
    }
}

/// The commits, every one behind its parents, and otherwise the older ones first. Clocks are wrong, and commits are made anew in one second.
fn parents_first(commits: Vec<Commit>) -> impl Iterator<Item = Commit> {
    let places: HashMap<ObjectId, usize> = commits.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); commits.len()];
    let mut waits: Vec<usize> = vec![0; commits.len()];
    for (at, commit) in commits.iter().enumerate() {
        for parent in commit.parents.iter().filter_map(|parent| places.get(parent)) {
            if let (Some(children), Some(waits)) = (children.get_mut(*parent), waits.get_mut(at)) {
                children.push(at);
                *waits += 1;
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    let ready = |commits: &[Option<Commit>], at: usize| {
        commits.get(at).and_then(Option::as_ref).map(|commit| Reverse((commit.made, commit.id, at)))
    };
    let roots = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut open: BinaryHeap<_> = roots.filter_map(|(at, _)| ready(&commits, at)).collect();
    std::iter::from_fn(move || {
        let Reverse((_, _, at)) = open.pop()?;
        for child in children.get_mut(at).map(std::mem::take).unwrap_or_default() {
            if let Some(waits) = waits.get_mut(child) {
                *waits -= 1;
                if *waits == 0 {
                    open.extend(ready(&commits, child));
                }
            }
        }
        commits.get_mut(at)?.take()
    })
}

fn since(commit: &Commit) -> String {
    let day =
        jiff::Timestamp::from_second(commit.written).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let id = commit.id.to_hex_with_len(12);
    match day {
        Ok(day) => format!("{day}, commit {id}"),
        Err(_) => format!("an unknown day, commit {id}"),
    }
}
