//! What `.gitignore` files leave out.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The file that lists what git ignores.
pub(super) const NAME: &str = ".gitignore";
/// How large such a file may be, in bytes.
pub(super) const LARGEST: u64 = 1 << 20;

/// The lists that hold in a directory: its own, and those of the directories above it.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists(Option<Arc<List>>);

#[derive(Debug)]
struct List {
    own: Arc<Gitignore>,
    /// How much of a path says in which directory it stands, in bytes.
    prefix: usize,
    above: Lists,
}

/// The patterns that were read so far, by the texts that they were read from: projects that come from one template have them in common.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<Vec<u8>, Arc<Gitignore>>>);

/// Why a list cannot be read: nobody knows what a directory shall be looked at without.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is a pipe or a device, or leads out of the root.
    Irregular,
    /// It has more bytes than the limit.
    TooLarge,
    /// Reading it failed.
    Failed(io::Error),
}

impl Lists {
    /// These lists with that of a directory below them, if it has one. The directory is relative to `root`, which must be canonical.
    pub(super) fn within(&self, root: &Path, dir: &str, known: &Known) -> Result<Self, Fault> {
        let Some(text) = read(root, dir)? else { return Ok(self.clone()) };
        let prefix = if dir.is_empty() { 0 } else { dir.len() + 1 };
        Ok(Self(Some(Arc::new(List { own: known.patterns(text), prefix, above: self.clone() }))))
    }

    /// Whether they leave out what stands below the directory that they hold in, by its path from the root.
    pub(super) fn leave_out(&self, path: &str, is_directory: bool) -> bool {
        let mut lists = self;
        while let Some(list) = &lists.0 {
            match list.own.matched(path.get(list.prefix..).unwrap_or(path), is_directory) {
                Match::None => lists = &list.above,
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }
}

impl Known {
    fn patterns(&self, text: Vec<u8>) -> Arc<Gitignore> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&text) {
            return Arc::clone(known);
        }
        let patterns = Arc::new(patterns(&text));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text, Arc::clone(&patterns));
        patterns
    }
}

/// The patterns of a list, for paths from its directory. What is no pattern leaves nothing out, as for git.
fn patterns(text: &[u8]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Ok(line) = std::str::from_utf8(line) {
            let _ = builder.add_line(None, line);
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The list of a directory. Directories of the name and links to nowhere are none.
fn read(root: &Path, dir: &str) -> Result<Option<Vec<u8>>, Fault> {
    let list = root.join(dir).join(NAME);
    let Ok(found) = list.metadata() else { return Ok(None) };
    if found.is_dir() {
        return Ok(None);
    }
    let is_outside = || !list.canonicalize().is_ok_and(|to| to.starts_with(root));
    // Whoever opened a pipe would wait for somebody to write to it.
    if !found.is_file() || list.is_symlink() && is_outside() {
        return Err(Fault::Irregular);
    }
    let mut text = Vec::new();
    let file = File::open(&list).map_err(Fault::Failed)?;
    file.take(LARGEST + 1).read_to_end(&mut text).map_err(Fault::Failed)?;
    if text.len() as u64 > LARGEST { Err(Fault::TooLarge) } else { Ok(Some(text)) }
}
