//! What is to be said of what could not be looked through.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use iamrail::core::report::Diagnostic;

use super::Place;
use super::objects::Lack;
use super::roots::Bringer;
use super::versions::Trouble;
use crate::repository::Fault;

/// What is to be said of versions that were not looked through to their end: once a file and reason.
pub(super) struct Parts<'p> {
    place: &'p Place<'p>,
    all: BTreeMap<(String, &'static str), (Diagnostic, usize)>,
    pub(super) lack: Lack,
}

impl<'p> Parts<'p> {
    pub(super) fn new(place: &'p Place<'p>) -> Self {
        Self { place, all: BTreeMap::new(), lack: Lack::default() }
    }

    pub(super) fn told(self) -> impl Iterator<Item = Diagnostic> {
        self.all.into_values().map(|(mut trouble, others)| {
            trouble.message.push_str(&match others {
                0 => String::new(),
                1 => ", and so it is with another version of the file".to_owned(),
                others => format!(", and so it is with {others} other versions of the file"),
            });
            trouble
        })
    }
}

impl<'v> Extend<(&'v str, &'v Bringer, &'v Trouble)> for Parts<'_> {
    fn extend<T: IntoIterator<Item = (&'v str, &'v Bringer, &'v Trouble)>>(&mut self, troubles: T) {
        for (path, bringer, trouble) in troubles {
            let name = self.place.path(&format!("{path}{}", bringer.suffix));
            let limit = self.place.limit;
            let diagnostic = match trouble {
                Trouble::Cut(extent) => extent.trouble(&name, limit),
                Trouble::TooLarge(size) => {
                    let message = format!(
                        "`{name}` was not looked through: it has {size} bytes, more than the limit of {limit}"
                    );
                    Some(Diagnostic::error("too-large", name, message).help("raise the limit of bytes"))
                }
                Trouble::Unreadable => {
                    self.lack.unreadable += 1;
                    None
                }
            };
            if let Some(diagnostic) = diagnostic {
                let key = (path.to_owned(), diagnostic.code);
                self.all.entry(key).and_modify(|(_, others)| *others += 1).or_insert((diagnostic, 0));
            }
        }
    }
}

/// What a history is without.
pub(super) struct Incomplete {
    pub(super) lack: Lack,
    /// Whether the repository was cloned without older commits.
    pub(super) is_shallow: bool,
    /// Whether it was cloned without some of the objects, which are fetched when they are needed.
    pub(super) is_filtered: bool,
    /// How many packs cannot be read.
    pub(super) broken: usize,
    /// Whether not all objects are listed.
    pub(super) is_unlisted: bool,
    /// Whether not all references can be read.
    pub(super) has_unread_tips: bool,
    /// How references are stored, where that is a way that is not read.
    pub(super) store: Option<String>,
    /// Whether there are deeper paths than are followed.
    pub(super) is_too_deep: bool,
    /// Whether objects expand to more than is read.
    pub(super) is_too_much: bool,
    /// Whether not all places of credentials are told.
    pub(super) is_part: bool,
    /// Whether credentials stand in versions that nothing leads to.
    pub(super) has_lost: bool,
}

impl Incomplete {
    pub(super) fn told(self, path: &str) -> impl Iterator<Item = Diagnostic> {
        let lack = self.lack.absent + self.lack.unreadable + self.broken;
        let is_whole = lack == 0
            && !self.is_too_deep
            && !self.is_too_much
            && !self.has_unread_tips
            && self.store.is_none();
        let mut told = Vec::new();
        let mut error = |message: String, help: &str| {
            told.push(Diagnostic::error("history", path, message).help(help));
        };
        match (self.lack.absent, self.is_shallow) {
            (0, false) => {}
            (0, true) => error(
                "the repository holds only the newest part of its history".to_owned(),
                "fetch the whole history, such as with `git fetch --unshallow`",
            ),
            (absent, is_shallow) => error(
                format!("{} not in the repository", objects(absent)),
                match (self.is_filtered, is_shallow) {
                    (true, _) => {
                        "the repository was cloned without them: clone it without `--filter`, or fetch them with `git fetch --refetch --no-filter`"
                    }
                    (false, true) => "fetch the whole history, such as with `git fetch --unshallow`",
                    (false, false) => {
                        "`git fsck` names them: fetch them anew, such as with `git fetch --refetch`"
                    }
                },
            ),
        }
        if self.lack.unreadable > 0 {
            error(
                format!("{} in the repository, and cannot be read", objects(self.lack.unreadable)),
                "`git fsck` says what is wrong with them: clone the repository anew",
            );
        }
        if self.broken > 0 || self.is_unlisted {
            let packs = match self.broken {
                0 | 1 => "a pack of objects cannot be read".to_owned(),
                broken => format!("{broken} packs of objects cannot be read"),
            };
            error(packs, "`git fsck` says what is wrong with it: clone the repository anew");
        }
        match self.store {
            Some(store) => error(
                format!(
                    "branches and tags are stored as `{store}`, which is not read: what only they lead to was not looked through"
                ),
                "check a clone that stores them as files: `git clone --mirror --ref-format=files`",
            ),
            None if self.has_unread_tips => error(
                "not all branches, tags and other references of the repository can be read".to_owned(),
                "`git fsck` says what is wrong with them",
            ),
            None => {}
        }
        if self.is_too_deep {
            error(
                "paths in the history are too long, and what stands deeper was not looked through".to_owned(),
                "",
            );
        }
        if self.is_too_much {
            error(
                "the packs of objects hold much more than their size, and the rest was not looked through"
                    .to_owned(),
                "",
            );
        }
        if self.is_part {
            let message = "credentials of the history stand in more places than are told";
            let help = "each has one that is told: what finds the others is `git log --all -S` with its id";
            told.push(Diagnostic::note("history", path, message).help(help));
        }
        if self.has_lost && is_whole {
            let message = "credentials stand in objects that no branch, tag or stash leads to any more";
            let help = "they are not told, since nobody else gets them: `git gc --prune=now` removes them";
            told.push(Diagnostic::note("history", path, message).help(help));
        } else if self.has_lost {
            let message = "credentials stand in objects whose commits are not known, and are not told";
            let help = "make the repository whole, as said of it, and check it again";
            told.push(Diagnostic::note("history", path, message).help(help));
        }
        told.into_iter()
    }
}

fn objects(count: usize) -> String {
    match count {
        1 => "an object of the history is".to_owned(),
        count => format!("{count} objects of the history are"),
    }
}

pub(super) fn not_read(prefix: &str, fault: &Fault) -> Diagnostic {
    let path = if prefix.is_empty() { "." } else { prefix };
    let message = format!("the history of the repository in `{path}` was not looked through: {fault}");
    let help = match fault {
        Fault::Outside(_) => "name the directory that holds both with `--root`",
        Fault::Refused => "`git fsck` says what is wrong: clone the repository anew",
        _ => "",
    };
    Diagnostic::error("history", path, message).help(help)
}

/// The histories of submodules are those of other repositories.
pub(super) fn submodules(paths: &BTreeSet<String>, place: &Place<'_>) -> impl Iterator<Item = Diagnostic> {
    paths.iter().map(|path| {
        let path = place.path(path);
        let message = format!("the history of the submodule `{path}` is its own");
        let help = "it is looked through where the submodule is checked out";
        Diagnostic::note("submodule", path, message).help(help)
    })
}
