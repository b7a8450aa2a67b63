//! Where the history is entered: HEAD, branches, tags, remotes, notes, and all that was ever stashed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use gix::ObjectId;
use iamrail::core::credentials::find;

use super::roots::{Bringer, Message};
use crate::repository::Repository;

/// How much is read of the log of the stash, in bytes.
const LONGEST_LOG: u64 = 16 << 20;
/// The longest HEAD, in bytes.
const LONGEST_HEAD: u64 = 4096;

/// An object that is reached by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) id: ObjectId,
    /// The reference that leads to it; none for what other objects name.
    pub(super) name: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Tips {
    pub(super) all: Vec<Tip>,
    /// Whether something of it cannot be read.
    pub(super) unread: bool,
    /// How references are stored, if not as files: other stores look empty from here.
    pub(super) store: Option<String>,
}

impl Tips {
    pub(super) fn of(repository: &gix::Repository, at: &Repository) -> Self {
        let mut tips = Self::default();
        match repository.head() {
            Ok(head) => tips.add(head.id().map(gix::Id::detach), "HEAD"),
            Err(_) => tips.unread = true,
        }
        tips.store = at.reference_store();
        tips.references(repository);
        // Work trees that are on no branch.
        let trees = fs::read_dir(at.common.join("worktrees")).into_iter().flatten().flatten();
        for entry in trees.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            let head = beginning(&entry.path().join("HEAD"), LONGEST_HEAD);
            tips.add(head.and_then(|head| ObjectId::from_hex(head.trim_ascii()).ok()), "HEAD");
        }
        // What was stashed before the last stash stands in the log alone.
        let log = beginning(&at.common.join("logs/refs/stash"), LONGEST_LOG).unwrap_or_default();
        for line in log.split(|byte| *byte == b'\n') {
            for id in line.split(|byte| *byte == b' ').take(2) {
                tips.add(ObjectId::from_hex(id).ok().filter(|id| !id.is_null()), "refs/stash");
            }
        }
        tips
    }

    /// Hands over the names in which something is.
    pub(super) fn names(&self, mut each: impl FnMut(Message<'_>)) {
        let names: BTreeSet<&str> = self.all.iter().filter_map(|tip| tip.name.as_deref()).collect();
        for name in names.into_iter().filter(|name| !find(name.as_bytes()).is_empty()) {
            let (of, text) = ("name of reference".to_owned(), name.as_bytes());
            each(Message { of, text, bringer: Bringer::reference(name) });
        }
    }

    fn references(&mut self, repository: &gix::Repository) {
        let references = repository.references();
        let Ok(all) = references.as_ref().map_err(drop).and_then(|all| all.all().map_err(drop)) else {
            self.unread = true;
            return;
        };
        for reference in all {
            match reference {
                Ok(reference) => {
                    let name = reference.name().as_bstr().to_string();
                    self.add(reference.try_id().map(gix::Id::detach), &name);
                }
                Err(_) => self.unread = true,
            }
        }
    }

    fn add(&mut self, id: Option<ObjectId>, name: &str) {
        self.all.extend(id.map(|id| Tip { id, name: Some(name.to_owned()) }));
    }
}

/// The beginning of a file; `None` if there is none.
fn beginning(path: &Path, most: u64) -> Option<Vec<u8>> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
