//! The versions of all files, each with the commit that brought it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::{CommitRef, Kind, TagRef, TreeRefIter};

use super::tips::{Tip, Tips};

/// The longest path that is kept, in bytes; deeper ones are those of no work tree.
const LONGEST_PATH: usize = 4096;

/// How much the names of directories and files may take together, in bytes: ten times what a history of a million commits has. Objects
/// that are small when they are packed may have names without measure.
const MOST_NAMES: usize = 512 << 20;

/// A version of a file.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) id: ObjectId,
    /// The directory that it was found in at first, which others share, and its name there.
    pub(super) dir: Arc<str>,
    pub(super) file: Box<str>,
    pub(super) bringer: Arc<Bringer>,
}

/// What brought a version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bringer {
    /// The day and the commit: `2024-01-31, commit 0123456789ab`.
    pub(super) since: String,
    /// The commit as it is written behind a path: `@0123456789ab`. Nothing for what a reference leads to by itself.
    pub(super) suffix: String,
}

/// A message with what has it.
#[derive(Debug)]
pub(super) struct Message {
    /// `message of commit`, `message of tag`.
    pub(super) of: &'static str,
    pub(super) text: Vec<u8>,
    pub(super) bringer: Bringer,
}

impl Version {
    /// What it is called: its path and the commit.
    pub(super) fn name(&self) -> String {
        format!("{}{}", joined(&self.dir, &self.file), self.bringer.suffix)
    }
}

fn joined(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// The names of directories, each kept once, and how much more of names is kept.
struct Names {
    dirs: HashSet<Arc<str>>,
    left: usize,
}

impl Names {
    fn new(left: usize) -> Self {
        Self { dirs: HashSet::new(), left }
    }

    fn dir(&mut self, path: String) -> Option<Arc<str>> {
        if let Some(known) = self.dirs.get(path.as_str()) {
            return Some(Arc::clone(known));
        }
        self.take(path.len())?;
        let path: Arc<str> = path.into();
        self.dirs.insert(Arc::clone(&path));
        Some(path)
    }

    fn take(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes)?;
        Some(())
    }
}

/// All that can be reached from branches, tags, remotes and the stash.
#[derive(Debug, Default)]
pub(super) struct Versions {
    pub(super) all: Vec<Version>,
    /// How many commits and trees cannot be read.
    pub(super) missing: usize,
    /// Whether a branch, a tag or another reference cannot be read: nobody knows what is reached from it.
    pub(super) unread: bool,
    /// Whether the repository says of itself that it holds only a part of its history.
    pub(super) shallow: bool,
    /// Whether there are more names than are kept.
    pub(super) crowded: bool,
    /// Where submodules are or were, whose histories are their own.
    pub(super) submodules: BTreeSet<String>,
}

struct Commit {
    id: ObjectId,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    /// When it was made, in seconds; and when its content was written.
    made: i64,
    written: i64,
}

/// A file or a tree that a reference leads to without a commit.
struct Loose {
    id: ObjectId,
    kind: Kind,
    name: String,
    since: String,
}

impl Versions {
    /// All versions, and what `each` message of a commit or tag is called with.
    pub(super) fn of(repository: &gix::Repository, tips: Tips, mut each: impl FnMut(Message)) -> Self {
        let shallow = repository.is_shallow().unwrap_or(false);
        let mut versions = Self { unread: tips.unread, shallow, ..Self::default() };
        let (commits, loose) = versions.commits(repository, tips.all, &mut each);
        let mut seen = HashSet::new();
        let mut names = Names::new(MOST_NAMES);
        // A version belongs to the commit that brought it.
        for commit in parents_first(commits) {
            let bringer = Arc::new(Bringer::commit(commit.id, commit.written));
            let whole = versions.tree(repository, commit.tree, "", &bringer, &mut seen, &mut names);
            versions.crowded |= whole.is_none();
        }
        for Loose { id, kind, name, since } in loose {
            let bringer = Arc::new(Bringer { since, suffix: String::new() });
            if kind == Kind::Tree {
                let whole = versions.tree(repository, id, &name, &bringer, &mut seen, &mut names);
                versions.crowded |= whole.is_none();
            } else if seen.insert(id) {
                versions.all.push(Version { id, dir: "".into(), file: name.into(), bringer });
            }
        }
        versions
    }

    fn commits(
        &mut self,
        repository: &gix::Repository,
        mut open: Vec<Tip>,
        each: &mut impl FnMut(Message),
    ) -> (Vec<Commit>, Vec<Loose>) {
        // The parents of these are known not to be there.
        let grafts: HashSet<ObjectId> = match repository.shallow_commits() {
            Ok(Some(commits)) => commits.iter().copied().collect(),
            _ => HashSet::new(),
        };
        let mut seen = HashSet::new();
        open.retain(|tip| seen.insert(tip.id));
        let (mut commits, mut loose) = (Vec::new(), Vec::new());
        while let Some(Tip { id, name }) = open.pop() {
            // What a reference leads to may be a file, which is not read before its turn.
            let kind =
                name.as_ref().and_then(|_| repository.find_header(id).ok()).map(|header| header.kind());
            if let (Some(name), Some(kind @ (Kind::Blob | Kind::Tree))) = (&name, kind) {
                let since = format!("an unknown day, reference {name}");
                loose.push(Loose { id, kind, name: name.clone(), since });
                continue;
            }
            let Ok(object) = repository.find_object(id) else {
                self.missing += 1;
                continue;
            };
            match object.kind {
                Kind::Tag => match TagRef::from_bytes(&object.data, id.kind()) {
                    Ok(tag) => {
                        let made = tag.tagger().ok().flatten().and_then(|tagger| tagger.time().ok());
                        let bringer = Bringer::new("tag", id, made.map(|time| time.seconds));
                        each(Message { of: "message of tag", text: tag.message.to_vec(), bringer });
                        let target = tag.target();
                        open.extend(seen.insert(target).then_some(Tip { id: target, name }));
                    }
                    Err(_) => self.missing += 1,
                },
                Kind::Commit => match CommitRef::from_bytes(&object.data, id.kind()) {
                    Ok(commit) => {
                        let parents: Vec<ObjectId> =
                            commit.parents().filter(|_| !grafts.contains(&id)).collect();
                        let new = parents.iter().copied().filter(|parent| seen.insert(*parent));
                        open.extend(new.map(|id| Tip { id, name: None }));
                        let made = commit.time().map_or(0, |time| time.seconds);
                        let written = commit.author().ok().and_then(|author| author.time().ok());
                        let written = written.map_or(made, |time| time.seconds);
                        let bringer = Bringer::commit(id, written);
                        each(Message { of: "message of commit", text: commit.message.to_vec(), bringer });
                        commits.push(Commit { id, tree: commit.tree(), parents, made, written });
                    }
                    Err(_) => self.missing += 1,
                },
                Kind::Blob | Kind::Tree => {}
            }
        }
        (commits, loose)
    }

    /// Adds the files of a tree that no earlier commit has; `None` if there is no room for their names.
    fn tree(
        &mut self,
        repository: &gix::Repository,
        tree: ObjectId,
        path: &str,
        bringer: &Arc<Bringer>,
        seen: &mut HashSet<ObjectId>,
        names: &mut Names,
    ) -> Option<()> {
        let mut open: Vec<(ObjectId, Arc<str>, Box<str>)> = vec![(tree, "".into(), path.into())];
        while let Some((id, above, name)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Ok(object) = repository.find_object(id) else {
                self.missing += 1;
                continue;
            };
            let dir = names.dir(joined(&above, &name))?;
            for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
                let Ok(entry) = entry else {
                    self.missing += 1;
                    break;
                };
                let name = entry.filename.to_string();
                let id = entry.oid.to_owned();
                if dir.len() + 1 + name.len() > LONGEST_PATH {
                    self.missing += 1;
                } else if entry.mode.is_tree() {
                    names.take(name.len())?;
                    open.push((id, Arc::clone(&dir), name.into()));
                } else if entry.mode.is_commit() {
                    let path = joined(&dir, &name);
                    names.take(path.len())?;
                    self.submodules.insert(path);
                } else if seen.insert(id) {
                    names.take(name.len())?;
                    let bringer = Arc::clone(bringer);
                    self.all.push(Version { id, dir: Arc::clone(&dir), file: name.into(), bringer });
                }
            }
        }
        Some(())
    }
}

impl Bringer {
    fn commit(id: ObjectId, written: i64) -> Self {
        Self::new("commit", id, Some(written))
    }

    fn new(what: &str, id: ObjectId, seconds: Option<i64>) -> Self {
        let at = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        let day = at.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
        let day = day.unwrap_or_else(|| "an unknown day".to_owned());
        let id = id.to_hex_with_len(12);
        Self { since: format!("{day}, {what} {id}"), suffix: format!("@{id}") }
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

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_of_directories_are_kept_once_and_only_as_many_as_fit() {
        let mut names = Names::new(5);
        assert_eq!(names.dir("abc".to_owned()).as_deref(), Some("abc"));
        assert_eq!(names.dir("abc".to_owned()).as_deref(), Some("abc"));
        assert_eq!((names.left, names.take(3), names.take(2)), (2, None, Some(())));
        assert_eq!(names.dir("b".to_owned()), None);
    }
}
