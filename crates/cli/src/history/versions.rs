//! The versions of all files, each with the commit that brought it.

use std::collections::HashSet;
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
    /// Whether the repository says of itself that it holds only a part of its history.
    pub(super) shallow: bool,
}

struct Commit {
    id: ObjectId,
    tree: ObjectId,
    /// When it was made, in seconds; and when its content was written.
    made: i64,
    written: i64,
}

impl Versions {
    pub(super) fn of(repository: &gix::Repository) -> Self {
        let shallow = repository.is_shallow().unwrap_or(false);
        let mut versions = Self { all: Vec::new(), missing: 0, shallow };
        let mut commits = versions.commits(repository);
        // Oldest first: a version belongs to the commit that brought it.
        commits.sort_by_key(|commit| (commit.made, commit.id));
        let mut seen = HashSet::new();
        for commit in commits {
            let since = Arc::new(since(&commit));
            versions.tree(repository, commit.tree, &since, &mut seen);
        }
        versions
    }

    fn commits(&mut self, repository: &gix::Repository) -> Vec<Commit> {
        let mut open: Vec<ObjectId> = repository.head_id().ok().map(gix::Id::detach).into_iter().collect();
        if let Ok(references) = repository.references()
            && let Ok(all) = references.all()
        {
            open.extend(all.flatten().filter_map(|one| one.try_id().map(gix::Id::detach)));
        }
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
                        if !grafts.contains(&id) {
                            open.extend(commit.parents().filter(|parent| seen.insert(*parent)));
                        }
                        let made = commit.time().map_or(0, |time| time.seconds);
                        let written = commit.author().ok().and_then(|author| author.time().ok());
                        let written = written.map_or(made, |time| time.seconds);
                        commits.push(Commit { id, tree: commit.tree(), made, written });
                    }
                    Err(_) => self.missing += 1,
                },
                _ => {}
            }
        }
        commits
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
            for entry in TreeRefIter::from_bytes(&object.data, id.kind()).flatten() {
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

fn since(commit: &Commit) -> String {
    let day =
        jiff::Timestamp::from_second(commit.written).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let id = commit.id.to_hex_with_len(12);
    match day {
        Ok(day) => format!("{day}, commit {id}"),
        Err(_) => format!("an unknown day, commit {id}"),
    }
}
