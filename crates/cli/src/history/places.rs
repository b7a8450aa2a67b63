//! Every path of the files in which something was found, with what brought the file there.

use std::collections::HashSet;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::TreeRefIter;

use super::roots::Root;
use super::versions::{LONGEST_PATH, Names, joined};

/// How much the names of directories may take together, in bytes.
const MOST_NAMES: usize = 64 << 20;

/// How many directories with something in them are entered: those of some hundred thousand commits. A few small trees that hold each
/// other can be a tree of any size.
const MOST: usize = 4_000_000;

/// Walks the trees in which something was found.
pub(super) struct Places<'p, W> {
    repository: &'p gix::Repository,
    /// Whether something was found in a file.
    is_wanted: W,
    /// Trees in which nothing is, wherever they stand.
    barren: HashSet<ObjectId>,
    /// The others, at the paths that they were walked at.
    walked: HashSet<(ObjectId, Arc<str>)>,
    names: Names,
}

/// A tree that is being walked.
struct Open {
    id: ObjectId,
    path: Arc<str>,
    /// What is left of the trees in it, with their names.
    trees: Vec<(ObjectId, String)>,
    is_barren: bool,
}

impl<'p, W: Fn(&ObjectId) -> bool> Places<'p, W> {
    pub(super) fn new(repository: &'p gix::Repository, is_wanted: W) -> Self {
        let (barren, walked) = (HashSet::new(), HashSet::new());
        Self { repository, is_wanted, barren, walked, names: Names::new(MOST_NAMES) }
    }

    /// Calls `each` for the files below a root that stand where they did not stand below the roots before it; a file may be told
    /// again. `None` if that is too much, or `each` says that it is.
    pub(super) fn below(
        &mut self,
        root: &Root,
        mut each: impl FnMut(&ObjectId, &str) -> Option<()>,
    ) -> Option<()> {
        if root.is_file {
            return if (self.is_wanted)(&root.id) { each(&root.id, root.name()) } else { Some(()) };
        }
        let mut open: Vec<Open> = Vec::new();
        if let Entered::New(tree) = self.enter(root.id, root.name().to_owned(), &mut each)? {
            open.push(tree);
        }
        while let Some(tree) = open.last_mut() {
            if let Some((id, name)) = tree.trees.pop() {
                let path = joined(&tree.path, &name);
                match self.enter(id, path, &mut each)? {
                    Entered::New(inner) => open.push(inner),
                    Entered::Walked => tree.is_barren = false,
                    Entered::Barren => {}
                }
            } else if let Some(Open { id, path, is_barren, .. }) = open.pop() {
                if is_barren {
                    self.barren.insert(id);
                    continue;
                }
                if self.walked.len() == MOST {
                    return None;
                }
                self.walked.insert((id, path));
                if let Some(above) = open.last_mut() {
                    above.is_barren = false;
                }
            }
        }
        Some(())
    }

    /// Reads a tree, and tells the files in it.
    fn enter(
        &mut self,
        id: ObjectId,
        path: String,
        each: &mut impl FnMut(&ObjectId, &str) -> Option<()>,
    ) -> Option<Entered> {
        if path.len() > LONGEST_PATH || self.barren.contains(&id) {
            return Some(Entered::Barren);
        }
        let path = self.names.dir(path)?;
        if self.walked.contains(&(id, Arc::clone(&path))) {
            return Some(Entered::Walked);
        }
        // That it is missing was said when it was looked for at first.
        let Ok(object) = self.repository.find_object(id) else { return Some(Entered::Barren) };
        let mut tree = Open { id, path, trees: Vec::new(), is_barren: true };
        for entry in TreeRefIter::from_bytes(&object.data, id.kind()).map_while(Result::ok) {
            let id = entry.oid.to_owned();
            if entry.mode.is_tree() {
                if !self.barren.contains(&id) {
                    tree.trees.push((id, entry.filename.to_string()));
                }
            } else if (self.is_wanted)(&id) {
                each(&id, &joined(&tree.path, &entry.filename.to_string()))?;
                tree.is_barren = false;
            }
        }
        Some(Entered::New(tree))
    }
}

/// What becomes of a tree.
enum Entered {
    New(Open),
    /// It was walked at this path.
    Walked,
    Barren,
}
