//! Looks through a layer: every file of it, as a stream.

use std::collections::HashSet;
use std::io::{self, Read};
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanner};
use iamrail::core::sighting::{Medium, Sighting};
use sha2::{Digest, Sha256};

use super::manifest::{Part, hex};
use super::store::Store;
use super::tar::{Kind, Source, Tar};
use super::{Trouble, compressed};

/// How many entries of a layer are looked at.
const MOST: usize = 5_000_000;
/// What the names of files begin with that stand for the deletion of others, and the one that stands for that of all before.
const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

/// What was found in a layer.
#[derive(Default)]
pub(super) struct Layer {
    /// The credentials, each with the path of its file.
    pub(super) sightings: Vec<(String, Sighting)>,
    pub(super) texts: usize,
    /// The marks of the directories and of all else that the layer has, of the paths that it deletes, and of those below which it deletes
    /// all that was there before.
    directories: Vec<u64>,
    others: Vec<u64>,
    deleted: HashSet<u64>,
    emptied: HashSet<u64>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) troubles: Vec<Trouble>,
}

/// What a later layer does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Deleted,
    Replaced,
}

impl Layer {
    /// Looks through a layer; `name` is what it is called in reports, `free` how many bytes may come of it in any case.
    pub(super) fn look(store: &Store, part: &Part, name: &str, free: u64, scanner: &mut Scanner<'_>) -> Self {
        let mut layer = Self::default();
        if let Err(trouble) = layer.read(store, part, name, free, scanner) {
            layer.troubles.push(trouble);
        }
        layer.directories.sort_unstable();
        layer.others.sort_unstable();
        layer
    }

    fn read(
        &mut self,
        store: &Store,
        part: &Part,
        name: &str,
        free: u64,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), Trouble> {
        let mut stored = Digested { reader: store.open(&part.name)?, digest: Sha256::new() };
        if part.is_document {
            self.document(&mut stored, name, scanner)?;
            io::copy(&mut stored, &mut io::sink())?;
            return part.verify_digest(&hex(&stored.digest.finalize()));
        }
        let entries = {
            let mut tar = Tar::new(compressed::content(&mut stored, free)?);
            let entries = self.entries(&mut tar, name, MOST, scanner);
            if entries.is_ok() {
                // What stands behind the end of the archive belongs to the layer, and to its digest.
                tar.drain()?;
            }
            entries
        };
        entries?;
        io::copy(&mut stored, &mut io::sink())?;
        part.verify_digest(&hex(&stored.digest.finalize()))
    }

    /// Looks through a layer that is no archive.
    fn document(
        &mut self,
        reader: &mut dyn Read,
        name: &str,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), Trouble> {
        let path: Arc<str> = name.into();
        let scanned = scanner.scan(&path, &Medium::Image("".into()), reader);
        self.texts += 1;
        self.sightings.extend(scanned.sightings.into_iter().map(|one| (String::new(), one)));
        match scanned.extent {
            Extent::Failed(error) => return Err(error.into()),
            extent => self.diagnostics.extend(extent.trouble(&path, u64::MAX)),
        }
        Ok(())
    }

    fn entries(
        &mut self,
        tar: &mut Tar<impl Source>,
        name: &str,
        most: usize,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), Trouble> {
        while let Some(entry) = tar.next()? {
            if self.directories.len() + self.others.len() + self.deleted.len() + self.emptied.len() >= most {
                return Err(Trouble::Crowded);
            }
            let (dir, file) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            if file == OPAQUE {
                self.emptied.insert(mark(dir));
            } else if let Some(deleted) = file.strip_prefix(WHITEOUT) {
                let path = if dir.is_empty() { deleted.to_owned() } else { format!("{dir}/{deleted}") };
                self.deleted.insert(mark(&path));
            } else if entry.kind == Kind::Directory {
                self.directories.push(mark(&entry.path));
            } else {
                self.others.push(mark(&entry.path));
            }
            if entry.kind != Kind::File || entry.size == 0 {
                continue;
            }
            let path: Arc<str> = format!("{name}/{}", entry.path).into();
            let scanned = scanner.scan(&path, &Medium::Image("".into()), tar);
            self.texts += 1;
            self.sightings.extend(scanned.sightings.into_iter().map(|one| (entry.path.clone(), one)));
            match scanned.extent {
                Extent::Failed(error) => return Err(error.into()),
                extent => self.diagnostics.extend(extent.trouble(&path, u64::MAX)),
            }
        }
        Ok(())
    }

    /// What the layer does to a file of a layer below it.
    pub(super) fn fate(&self, path: &str) -> Option<Fate> {
        let above = || std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(dir, _)| dir));
        let has = |entries: &[u64], path: &str| entries.binary_search(&mark(path)).is_ok();
        if has(&self.directories, path) || has(&self.others, path) {
            return Some(Fate::Replaced);
        }
        // A file or a link in the place of a directory leaves nothing of it.
        let covered = above().skip(1).any(|dir| has(&self.others, dir));
        let deleted = above().any(|path| self.deleted.contains(&mark(path)));
        let emptied = above().skip(1).chain([""]).any(|dir| self.emptied.contains(&mark(dir)));
        (covered || deleted || emptied).then_some(Fate::Deleted)
    }
}

/// Stands for a path: layers may have millions of them.
fn mark(path: &str) -> u64 {
    let digest = Sha256::digest(path);
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

/// Computes the digest of what is read.
struct Digested<R> {
    reader: R,
    digest: Sha256,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.digest.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
