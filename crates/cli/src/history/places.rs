//! Every path of the files of which something is to be said, with what brought the file there.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};
use iamrail::core::credentials::find;

use super::ids::{Ids, Keyed};
use super::objects::Objects;
use super::roots::Root;

/// The longest path that is followed, in bytes; deeper ones are those of no work tree.
const LONGEST_PATH: usize = 4096;
/// How much the names of directories may take together, in bytes.
const MOST_NAMES: usize = 64 << 20;
/// How much of trees is kept to see what is new in the next ones, in bytes.
const MOST_LAST: usize = 32 << 20;
/// How many directories with something in them are entered: those of some hundred thousand commits. A few small trees that hold each
/// other can be a tree of any size.
const MOST: usize = 4_000_000;
/// How many submodules are named.
const MOST_SUBMODULES: usize = 1000;

/// Walks the trees of a history.
pub(super) struct Places<'p, W> {
    pub(super) objects: Objects<'p>,
    /// Whether something is to be said of a file.
    is_wanted: W,
    /// The files that were seen.
    files: Ids,
    /// Trees that are none from some entry on.
    broken: Ids,
    /// Trees in which nothing is, wherever they stand.
    barren: Ids,
    /// The others, at the paths that they were walked at.
    walked: HashSet<(ObjectId, Arc<str>)>,
    /// Whether something in them is called like a credential.
    has_names: HashMap<ObjectId, bool, Keyed>,
    /// The same trees whatever their paths, once each is walked at one of them only.
    once: Option<Ids>,
    names: Names,
    last: Last,
    /// Where submodules are or were, whose histories are their own.
    pub(super) submodules: BTreeSet<String>,
    /// Whether there are deeper paths than are followed.
    pub(super) too_deep: bool,
}

/// What stands at a path.
pub(super) enum Standing<'i> {
    /// A file of which something is to be said.
    File(&'i ObjectId),
    /// A file or a directory that is called like a credential.
    Name,
}

/// A tree that is being walked.
struct Open {
    id: ObjectId,
    path: Arc<str>,
    /// The tree as it is stored.
    data: Arc<Vec<u8>>,
    /// What is left of the trees in it, with their names.
    trees: Vec<(ObjectId, String)>,
    has_names: bool,
    is_barren: bool,
}

/// What becomes of a tree.
enum Entered {
    New(Open),
    /// It was walked at this path.
    Walked,
    Barren,
    /// It is too deep here, and may stand elsewhere.
    TooDeep,
}

impl<'p, W: Fn(&ObjectId) -> bool> Places<'p, W> {
    pub(super) fn new(objects: Objects<'p>, is_wanted: W) -> Self {
        Self {
            objects,
            is_wanted,
            files: Ids::default(),
            broken: Ids::default(),
            barren: Ids::default(),
            walked: HashSet::new(),
            has_names: HashMap::default(),
            once: None,
            names: Names::new(MOST_NAMES),
            last: Last::default(),
            submodules: BTreeSet::new(),
            too_deep: false,
        }
    }

    /// Whether not all paths are told.
    pub(super) fn is_part(&self) -> bool {
        self.once.is_some()
    }

    /// Calls `each` for what stands below a root where it did not stand below the roots before it; it may be told again. Where that is
    /// too much, or `each` says that it is, only one path of each tree is walked from there on.
    pub(super) fn below(&mut self, root: &Root, mut each: impl FnMut(Standing<'_>, &str) -> bool) {
        if root.is_file {
            self.file(&root.id, root.name(), &mut each);
            return;
        }
        let mut open: Vec<Open> = Vec::new();
        if let Entered::New(tree) = self.enter(root.id, root.name().to_owned(), &mut each) {
            open.push(tree);
        }
        while let Some(tree) = open.last_mut() {
            if let Some((id, name)) = tree.trees.pop() {
                let path = joined(&tree.path, &name);
                match self.enter(id, path, &mut each) {
                    Entered::New(inner) => open.push(inner),
                    Entered::Walked | Entered::TooDeep => tree.is_barren = false,
                    Entered::Barren => {}
                }
            } else if let Some(Open { id, path, data, has_names, is_barren, .. }) = open.pop() {
                if is_barren {
                    self.barren.insert(id);
                    self.last.keep(path, data);
                    continue;
                }
                match &mut self.once {
                    Some(once) => {
                        once.insert(id);
                    }
                    None => {
                        self.has_names.insert(id, has_names);
                        self.walked.insert((id, path));
                        if self.walked.len() == MOST {
                            self.walk_once();
                        }
                    }
                }
                if let Some(above) = open.last_mut() {
                    above.is_barren = false;
                }
            }
        }
    }

    fn walk_once(&mut self) {
        let walked = std::mem::take(&mut self.walked);
        self.once.get_or_insert_with(|| walked.into_iter().map(|(id, _)| id).collect());
    }

    /// Tells a file if something is to be said of it.
    fn file(&mut self, id: &ObjectId, path: &str, each: &mut impl FnMut(Standing<'_>, &str) -> bool) -> bool {
        if self.files.insert(*id) {
            self.objects.expect_file(id);
        }
        let is_wanted = (self.is_wanted)(id);
        if is_wanted && !each(Standing::File(id), path) {
            self.walk_once();
        }
        is_wanted
    }

    /// Reads a tree, and tells the files in it.
    fn enter(
        &mut self,
        id: ObjectId,
        path: String,
        each: &mut impl FnMut(Standing<'_>, &str) -> bool,
    ) -> Entered {
        if self.barren.contains(&id) {
            return Entered::Barren;
        }
        if path.len() > LONGEST_PATH {
            self.too_deep = true;
            return Entered::TooDeep;
        }
        if self.once.is_none() && !self.names.has_room(&path) {
            self.walk_once();
        }
        let path = match &self.once {
            Some(once) if once.contains(&id) => return Entered::Walked,
            Some(_) => path.into(),
            None => self.names.kept(path),
        };
        if self.walked.contains(&(id, Arc::clone(&path))) {
            return Entered::Walked;
        }
        let Some(object) = self.objects.find(&id, Kind::Tree) else {
            self.barren.insert(id);
            return Entered::Barren;
        };
        // That it is read again at another path is not for nothing.
        if !self.objects.take(object.data.len()) {
            return Entered::Walked;
        }
        let has_names = self.has_names.get(&id).copied();
        let has_names = has_names.unwrap_or_else(|| !find(&object.data).is_empty());
        let last = self.last.trees.get(&path).cloned().unwrap_or_default();
        let mut before = TreeRefIter::from_bytes(&last, id.kind()).map_while(Result::ok).peekable();
        let data = Arc::clone(&object.data);
        let mut tree = Open { id, path, data, trees: Vec::new(), has_names, is_barren: true };
        for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
            let Ok(entry) = entry else {
                self.objects.lack.unreadable += usize::from(self.broken.insert(tree.id));
                break;
            };
            // Most of a tree is as it was.
            while before.next_if(|one| one.filename < entry.filename).is_some() {}
            if before.next_if_eq(&entry).is_some() {
                continue;
            }
            let id = entry.oid.to_owned();
            if has_names && !find(entry.filename).is_empty() {
                tree.is_barren = false;
                if !each(Standing::Name, &joined(&tree.path, &entry.filename.to_string())) {
                    self.walk_once();
                }
            }
            if entry.mode.is_tree() {
                if !self.barren.contains(&id) {
                    tree.trees.push((id, entry.filename.to_string()));
                }
            } else if entry.mode.is_commit() {
                if self.submodules.len() < MOST_SUBMODULES {
                    self.submodules.insert(joined(&tree.path, &entry.filename.to_string()));
                }
            } else if !self.files.contains(&id) || (self.is_wanted)(&id) {
                let path = joined(&tree.path, &entry.filename.to_string());
                tree.is_barren &= !self.file(&id, &path, each);
            }
        }
        Entered::New(tree)
    }
}

fn joined(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// The trees in which nothing was, as they stood at their paths last.
#[derive(Default)]
struct Last {
    trees: HashMap<Arc<str>, Arc<Vec<u8>>>,
    bytes: usize,
}

impl Last {
    fn keep(&mut self, path: Arc<str>, tree: Arc<Vec<u8>>) {
        self.bytes += path.len() + tree.len();
        let before = self.trees.insert(Arc::clone(&path), tree);
        self.bytes -= before.map_or(0, |before| path.len() + before.len());
        if self.bytes > MOST_LAST {
            *self = Self::default();
        }
    }
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

    fn has_room(&self, path: &str) -> bool {
        self.left >= path.len() || self.dirs.contains(path)
    }

    /// A name that is kept.
    fn kept(&mut self, path: String) -> Arc<str> {
        if let Some(known) = self.dirs.get(path.as_str()) {
            return Arc::clone(known);
        }
        self.left = self.left.saturating_sub(path.len());
        let path: Arc<str> = path.into();
        self.dirs.insert(Arc::clone(&path));
        path
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use gix::ObjectId;

    use super::super::budget::Budget;
    use super::super::packs::Packs;
    use super::super::roots::Roots;
    use super::super::tips::Tip;
    use super::{Names, Objects, Places};

    /// What `git` says in a repository, given an input.
    fn git(dir: &std::path::Path, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new("git");
        let command = command.arg("-C").arg(dir).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn every_walk_through_a_tree_is_taken_from_the_budget() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        git(path, &["init", "-q", "--bare", "--object-format=sha1"], "");
        let blob = git(path, &["hash-object", "-w", "--stdin"], "x");
        let files = (0..50).map(|at| format!("100644 blob {blob}\tfile{at}\n")).collect::<String>();
        let inner = git(path, &["mktree"], &files);
        let dirs = (0..20).map(|at| format!("040000 tree {inner}\tdir{at}\n")).collect::<String>();
        let tree = git(path, &["mktree"], &dirs);
        let who = "nobody <nobody@example.com> 1700000000 +0000";
        let commit = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n");
        let commit = git(path, &["hash-object", "-w", "-t", "commit", "--stdin"], &commit);
        git(path, &["update-ref", "refs/heads/main", &commit], "");
        let told = |budget: u64| {
            let repository = gix::open_opts(path, gix::open::Options::isolated()).unwrap();
            let mut packs = Packs::of(&[path.join("objects")], repository.object_hash());
            let tip = Tip { id: ObjectId::from_hex(commit.as_bytes()).unwrap(), name: None };
            let roots = Roots::of(&repository, Objects::new(&repository, &packs), vec![tip], |_| {});
            packs.budget = Budget(budget);
            let mut places = Places::new(Objects::new(&repository, &packs), |_: &ObjectId| true);
            let mut told = 0;
            for root in &roots.all {
                places.below(root, |_, _| {
                    told += 1;
                    true
                });
            }
            (told, places.objects.is_spent())
        };
        // Each walk reads 1.6 KiB, whether the tree is read anew for it or was kept.
        let (loose, is_spent) = told(16 << 10);
        assert!(loose > 0 && loose < 1000 && is_spent, "{loose}");
        assert_eq!(told(1 << 20), (1000, false));
        git(path, &["repack", "-adq"], "");
        assert!(fs::read_dir(path.join("objects/pack")).unwrap().count() > 1);
        let (packed, is_spent) = told(16 << 10);
        assert!(packed > 0 && packed < 1000 && is_spent, "{packed}");
        assert_eq!(told(1 << 20), (1000, false));
    }

    #[test]
    fn names_of_directories_are_kept_once_and_only_as_many_as_fit() {
        let mut names = Names::new(5);
        assert_eq!(&*names.kept("abc".to_owned()), "abc");
        assert_eq!(&*names.kept("abc".to_owned()), "abc");
        assert_eq!(names.left, 2);
        assert!(names.has_room("ab") && names.has_room("abc") && !names.has_room("abd"));
    }
}
