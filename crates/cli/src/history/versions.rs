//! The versions of all files, each with the commit that brought it.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::TreeRefIter;

use super::roots::{Bringer, Root};

/// The longest path that is kept, in bytes; deeper ones are those of no work tree.
pub(super) const LONGEST_PATH: usize = 4096;

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

impl Version {
    /// What it is called: its path and the commit.
    pub(super) fn name(&self) -> String {
        format!("{}{}", joined(&self.dir, &self.file), self.bringer.suffix)
    }
}

pub(super) fn joined(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// The names of directories, each kept once, and how much more of names is kept.
pub(super) struct Names {
    dirs: HashSet<Arc<str>>,
    left: usize,
}

impl Names {
    pub(super) fn new(left: usize) -> Self {
        Self { dirs: HashSet::new(), left }
    }

    /// A name that is kept; `None` where there is no room for it.
    pub(super) fn dir(&mut self, path: String) -> Option<Arc<str>> {
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

/// The versions of all files.
#[derive(Debug, Default)]
pub(super) struct Versions {
    pub(super) all: Vec<Version>,
    /// How many trees cannot be read.
    pub(super) missing: usize,
    /// Whether there are more names than are kept.
    pub(super) crowded: bool,
    /// Where submodules are or were, whose histories are their own.
    pub(super) submodules: BTreeSet<String>,
}

impl Versions {
    /// The versions of all files below the roots.
    pub(super) fn of(repository: &gix::Repository, roots: &[Root]) -> Self {
        let mut versions = Self::default();
        let mut seen = HashSet::new();
        let mut names = Names::new(MOST_NAMES);
        // A version belongs to what comes first and has it.
        for root in roots {
            let bringer = Arc::new(root.bringer());
            if !root.is_file {
                let whole = versions.tree(repository, root, &bringer, &mut seen, &mut names);
                versions.crowded |= whole.is_none();
            } else if seen.insert(root.id) {
                versions.all.push(Version { id: root.id, dir: "".into(), file: root.name().into(), bringer });
            }
        }
        versions
    }

    /// Adds the files of a tree that no earlier commit has; `None` if there is no room for their names.
    fn tree(
        &mut self,
        repository: &gix::Repository,
        root: &Root,
        bringer: &Arc<Bringer>,
        seen: &mut HashSet<ObjectId>,
        names: &mut Names,
    ) -> Option<()> {
        let mut open: Vec<(ObjectId, Arc<str>, Box<str>)> = vec![(root.id, "".into(), root.name().into())];
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
