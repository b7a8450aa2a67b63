//! Looks through a layer: every file of it, as a stream.

use std::collections::HashSet;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanner};
use iamrail::core::sighting::{Medium, Sighting};
use sha2::{Digest, Sha256};

use super::digest::{Algorithm, Found, Hasher};
use super::manifest::Part;
use super::tar::{self, BLOCK, Kind, Source, Tar};
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
    /// What is stored of it, and what comes of that; `None` unless it was read to its end.
    pub(super) stored: Option<Found>,
    pub(super) content: Option<Found>,
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
    pub(super) fn look(
        reader: &mut dyn Read,
        part: &Part,
        name: &str,
        free: u64,
        scanner: &mut Scanner<'_>,
    ) -> Self {
        let mut layer = Self::default();
        if let Err(trouble) = layer.read(reader, part, name, free, scanner) {
            layer.troubles.push(trouble);
        }
        layer.directories.sort_unstable();
        layer.others.sort_unstable();
        layer
    }

    fn read(
        &mut self,
        reader: &mut dyn Read,
        part: &Part,
        name: &str,
        free: u64,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), Trouble> {
        if part.is_encrypted {
            return Err(Trouble::Encrypted);
        }
        let mut stored = Digested::new(reader, part.algorithm());
        let (content, is_compressed) = {
            let content = compressed::content(&mut stored, free)?;
            let is_compressed = content.is_compressed;
            // What is not compressed is its own content.
            let algorithm = if is_compressed { Algorithm::Sha256 } else { Algorithm::None };
            let mut content = Digested::new(content.reader, algorithm);
            self.content(&mut content, part, name, scanner)?;
            (content.found(), is_compressed)
        };
        io::copy(&mut stored, &mut io::sink())?;
        let stored = stored.found();
        self.content = if is_compressed { Some(content) } else { Some(stored.clone()) };
        self.stored = Some(stored);
        Ok(())
    }

    fn content(
        &mut self,
        reader: &mut dyn Read,
        part: &Part,
        name: &str,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), Trouble> {
        let mut head = Vec::new();
        reader.take(BLOCK as u64).read_to_end(&mut head)?;
        // An empty archive has nothing but zeros.
        let is_empty = part.is_archive && head.iter().all(|byte| *byte == 0);
        let is_archive = is_empty || tar::has_sum(&head);
        let mut reader: Box<dyn Read + '_> = Box::new(Cursor::new(head).chain(reader));
        if is_archive {
            let mut tar = Tar::new(reader);
            self.entries(&mut tar, name, MOST, scanner)?;
            // What stands behind the end of the archive belongs to the layer, and to its digest.
            return Ok(tar.drain()?);
        }
        self.document(&mut reader, name, scanner)?;
        io::copy(&mut reader, &mut io::sink())?;
        // What it holds was looked through all the same.
        if part.is_archive { Err(Trouble::NoArchive) } else { Ok(()) }
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

/// Computes the digest of what is read, and how much it is.
struct Digested<R> {
    reader: R,
    size: u64,
    digest: Hasher,
}

impl<R: Read> Digested<R> {
    fn new(reader: R, algorithm: Algorithm) -> Self {
        Self { reader, size: 0, digest: algorithm.hasher() }
    }

    fn found(self) -> Found {
        Found { size: self.size, digest: self.digest.digest() }
    }
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.digest.update(buffer.get(..read).unwrap_or_default());
        self.size += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use ::tar::{Builder, Header};
    use iamrail::core::scan::Scanner;
    use iamrail::core::source::{MemoryFiles, Sources};

    use super::super::Trouble;
    use super::super::tar::Tar;
    use super::Layer;

    #[test]
    fn of_endless_entries_only_so_many_are_kept_in_mind() {
        let mut tar = Builder::new(Vec::new());
        for name in ["a", "b/.wh.c", "d/.wh..wh..opq", "e"] {
            let mut header = Header::new_gnu();
            header.set_size(0);
            tar.append_data(&mut header, name, std::io::empty()).unwrap();
        }
        let bytes = tar.into_inner().unwrap();
        let sources = Sources::new(MemoryFiles::default());
        let look = |most| {
            let mut layer = Layer::default();
            let reader: Box<dyn Read> = Box::new(std::io::Cursor::new(bytes.clone()));
            let looked =
                layer.entries(&mut Tar::new(reader), "x", most, &mut Scanner::new(&sources, u64::MAX));
            (layer.others.len() + layer.deleted.len() + layer.emptied.len(), looked)
        };
        assert!(matches!(look(4), (4, Ok(()))));
        assert!(matches!(look(3), (3, Err(Trouble::Crowded))));
    }
}
