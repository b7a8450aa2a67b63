//! Looks through a layer: every file of it, as a stream.

use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor, Read};
use std::rc::Rc;
use std::sync::Arc;

use iamrail::core::credentials::{Value, find};
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanned, Scanner};
use iamrail::core::sighting::{Medium, Sighting};
use iamrail::core::source::Sources;
use sha2::{Digest, Sha256};

use super::compressed::{self, Budget};
use super::config::named;
use super::digest::{Algorithm, Found, Hasher};
use super::document;
use super::packed::{Files, Unread};
use super::part::Part;
use super::tar::{self, BLOCK, Kind, Source, Tar};
use super::trouble::Trouble;

/// How many entries of a layer are looked at.
const MOST: usize = 5_000_000;
/// How many directories that lead to a file are kept in mind.
const DEEPEST: usize = 64;
/// How many credentials are told of what is said of the entries of a layer.
const MOST_NAMED: usize = 1000;
/// How many other names of files with credentials are kept in mind, and how many credentials are told at such places.
const MOST_LINKS: usize = 1000;
const MOST_LINKED: usize = 1000;
/// What the names of files begin with that stand for the deletion of others, and the one that stands for that of all before.
const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

/// What was found in a layer.
#[derive(Default)]
pub(super) struct Layer {
    /// The credentials, each with where it stands.
    pub(super) sightings: Vec<(Place, Sighting)>,
    pub(super) texts: usize,
    /// Those of them that stand in what is said of entries, and whether there are more.
    named: HashSet<Value>,
    is_crowded: bool,
    /// The files with credentials by their marks and those of their other names, and these names with the file that each is one of.
    files: HashMap<u64, Arc<str>>,
    links: Vec<(Arc<str>, String)>,
    /// The marks of the directories, which may have no entry, and of all else that the layer has, of the paths that it deletes, and of those below which it deletes
    /// all that was there before.
    directories: HashSet<u64>,
    others: Vec<u64>,
    deleted: HashSet<u64>,
    emptied: HashSet<u64>,
    /// The directory of the last entry.
    last_directory: String,
    /// What is stored of it, and what comes of that; `None` unless it was read to its end.
    pub(super) stored: Option<Found>,
    pub(super) content: Option<Found>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What of its files is packed in a way that is not read.
    pub(super) unread: Unread,
    pub(super) troubles: Vec<Trouble>,
}

/// Where in a layer something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the file of a path.
    File(Arc<Steps>),
    /// In the name of an entry, or in what else is said of the one of that name.
    Said(String),
    /// In a field of a document, in the place of a layer; nothing where it is not known in which.
    Field(String),
}

/// A path, as the marks of the directories that lead to it, from outside, and of itself. Of a path that is deeper than any program makes
/// one, the directories that are deepest are left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Steps(Vec<u64>);

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
            let (is_compressed, within) = (content.is_compressed, content.within);
            // What is not compressed is its own content.
            let algorithm = if is_compressed { Algorithm::Sha256 } else { Algorithm::None };
            let mut content = Digested::new(content.reader, algorithm);
            self.content(&mut content, part, name, within, scanner)?;
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
        within: Rc<Budget>,
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
            let mut files = Files::new(scanner, within);
            let looked = self.entries(&mut tar, name, MOST, &mut files);
            self.texts += files.texts;
            self.unread = files.unread;
            self.troubles.extend(files.spent);
            looked?;
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
        self.texts += 1;
        let mut beginning = Vec::new();
        reader.take(document::LARGEST).read_to_end(&mut beginning)?;
        if (beginning.len() as u64) < document::LARGEST {
            let (sightings, trouble) = document::look(scanner, &path, &beginning);
            self.diagnostics.extend(trouble);
            self.sightings.extend(sightings.into_iter().map(|(field, one)| (Place::Field(field), one)));
            return Ok(());
        }
        let whole = &mut Cursor::new(beginning).chain(reader);
        let scanned = scanner.scan(&path, &Medium::Image("".into()), whole);
        self.take(scanned, &path, &Place::Field(String::new()))
    }

    /// Takes what was found at a place.
    fn take(&mut self, scanned: Scanned, path: &Arc<str>, place: &Place) -> Result<(), Trouble> {
        self.sightings.extend(scanned.sightings.into_iter().map(|one| (place.clone(), one)));
        match scanned.extent {
            Extent::Failed(error) => return Err(error.into()),
            extent => self.diagnostics.extend(extent.trouble(path, u64::MAX)),
        }
        Ok(())
    }

    fn entries(
        &mut self,
        tar: &mut Tar<impl Source>,
        name: &str,
        most: usize,
        files: &mut Files<'_, '_>,
    ) -> Result<(), Trouble> {
        while let Some(entry) = tar.next()? {
            if self.directories.len() + self.others.len() + self.deleted.len() + self.emptied.len() >= most {
                return Err(Trouble::Crowded);
            }
            self.said(tar.said(), &entry.path, name, files.scanner());
            self.lead_to(&entry.path);
            let (dir, file) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            if file == OPAQUE {
                self.emptied.insert(mark(dir));
            } else if let Some(deleted) = file.strip_prefix(WHITEOUT) {
                let path = if dir.is_empty() { deleted.to_owned() } else { format!("{dir}/{deleted}") };
                self.deleted.insert(mark(&path));
            } else if entry.kind == Kind::Directory {
                self.directories.insert(mark(&entry.path));
            } else {
                self.others.push(mark(&entry.path));
            }
            if let Kind::Name(first) = &entry.kind
                && let Some(file) = self.files.get(&mark(first)).filter(|_| self.links.len() < MOST_LINKS)
            {
                self.links.push((Arc::clone(file), entry.path.clone()));
                self.files.insert(mark(&entry.path), Arc::clone(file));
            }
            if entry.kind != Kind::File || entry.size == 0 {
                continue;
            }
            let path: Arc<str> = format!("{name}/{}", entry.path).into();
            let looked = files.look(tar, &path);
            if !files.sightings.is_empty() {
                self.files.insert(mark(&entry.path), entry.path.as_str().into());
                let place = Place::File(Arc::new(Steps::of(&entry.path)));
                self.sightings.extend(files.sightings.drain(..).map(|one| (place.clone(), one)));
            }
            self.diagnostics.append(&mut files.diagnostics);
            looked?;
        }
        Ok(())
    }

    /// Keeps in mind that there are directories that lead to a path.
    fn lead_to(&mut self, path: &str) {
        let (dir, _) = path.rsplit_once('/').unwrap_or_default();
        if !dir.is_empty() && self.last_directory != dir {
            self.directories.extend(Steps::of(dir).0);
            dir.clone_into(&mut self.last_directory);
        }
    }

    /// Adds the places that files with credentials have by their other names; `name` is what the layer is called in reports.
    pub(super) fn link(&mut self, name: &str, sources: &Sources) {
        if self.links.is_empty() {
            return;
        }
        let mut by_file: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (place, _)) in self.sightings.iter().enumerate() {
            if let Place::File(steps) = place
                && let Some(own) = steps.0.last()
            {
                by_file.entry(*own).or_default().push(at);
            }
        }
        let mut left = MOST_LINKED;
        for (file, link) in &self.links {
            let place = Place::File(Arc::new(Steps::of(link)));
            let mut last = None;
            for at in by_file.get(&mark(file)).into_iter().flatten().take(left) {
                let Some((_, known)) = self.sightings.get(*at) else { continue };
                let mut sighting = known.clone();
                let id = sighting.span.file;
                let copy = last.take().filter(|(original, _)| *original == id).or_else(|| {
                    let original = sources.file(id)?;
                    // What is within the file has its place behind its name.
                    let inside = original.path().strip_prefix(&format!("{name}/{file}"))?;
                    let copy = sources.adopt_copy(id, format!("{name}/{link}{inside}").into())?;
                    Some((id, copy.id()))
                });
                let Some((_, copy)) = copy else { continue };
                sighting.span.file = copy;
                sighting.parts.iter_mut().for_each(|part| part.file = copy);
                last = Some((id, copy));
                left -= 1;
                self.sightings.push((place.clone(), sighting));
            }
        }
    }

    /// Looks through what is said of an entry. Of what is said of many, such as the name of a directory, the first is told.
    fn said(&mut self, (said, is_all): (&[u8], bool), path: &str, name: &str, scanner: &mut Scanner<'_>) {
        if !is_all && !self.troubles.iter().any(|trouble| matches!(trouble, Trouble::Attributes)) {
            self.troubles.push(Trouble::Attributes);
        }
        if find(said).is_empty() {
            return;
        }
        let path_of_layer: Arc<str> = name.into();
        for one in scanner.scan(&path_of_layer, &Medium::Image("".into()), &mut &*said).sightings {
            if self.named.len() == MOST_NAMED {
                let trouble = Extent::Crowded.trouble(&path_of_layer, u64::MAX);
                self.diagnostics.extend(trouble.filter(|_| !self.is_crowded));
                self.is_crowded = true;
                return;
            }
            if self.named.insert(one.value.clone()) {
                self.sightings.push((Place::Said(named(path)), one));
            }
        }
    }

    /// What the layer does to a file of a layer below it.
    pub(super) fn fate(&self, path: &Steps) -> Option<Fate> {
        let is_other = |mark: &u64| self.others.binary_search(mark).is_ok();
        let (own, above) = path.0.split_last()?;
        if self.directories.contains(own) || is_other(own) {
            return Some(Fate::Replaced);
        }
        // A file or a link in the place of a directory leaves nothing of it.
        let covered = above.iter().any(is_other);
        let deleted = path.0.iter().any(|step| self.deleted.contains(step));
        let emptied = above.iter().chain([&mark("")]).any(|dir| self.emptied.contains(dir));
        (covered || deleted || emptied).then_some(Fate::Deleted)
    }
}

impl Steps {
    fn of(path: &str) -> Self {
        let mut digest = Sha256::new();
        let mut steps = Vec::new();
        for (number, step) in path.split('/').enumerate() {
            if number > 0 {
                digest.update("/");
            }
            digest.update(step);
            if number < DEEPEST {
                steps.push(shortened(&digest.clone().finalize()));
            }
        }
        if path.split('/').nth(DEEPEST).is_some() {
            steps.push(shortened(&digest.finalize()));
        }
        Self(steps)
    }
}

/// Stands for a path: layers may have millions of them.
fn mark(path: &str) -> u64 {
    shortened(&Sha256::digest(path))
}

fn shortened(digest: &[u8]) -> u64 {
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

    use super::super::compressed::content;
    use super::super::packed::Files;
    use super::super::tar::Tar;
    use super::super::trouble::Trouble;
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
            let mut scanner = Scanner::new(&sources, u64::MAX);
            let budget = content(std::io::empty(), 0).unwrap().within;
            let mut files = Files::new(&mut scanner, budget);
            let looked = layer.entries(&mut Tar::new(reader), "x", most, &mut files);
            (layer.others.len() + layer.deleted.len() + layer.emptied.len(), looked)
        };
        // Two directories have no entries.
        assert!(matches!(look(6), (4, Ok(()))));
        assert!(matches!(look(5), (3, Err(Trouble::Crowded))));
    }
}
