//! Looks into the files of a layer that are archives or compressed themselves, such as programs of Java: as streams, and with one end to
//! what comes of all of them.

use std::collections::HashSet;
use std::io::{self, Cursor, Read};
use std::rc::Rc;
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;
use iamrail::core::credentials::{Value, find};
use iamrail::core::report::Diagnostic;
use iamrail::core::scan::{Extent, Scanner};
use iamrail::core::sighting::{Medium, Sighting};

use super::compressed::{self, Bounded, Budget};
use super::tar::{self, BLOCK, Kind, Tar};
use super::trouble::Trouble;
use super::zip::{self, Ahead, Member, Packed};

/// How many archives that are within each other are looked into: a program of Java in one for the web in an archive of tar in gzip.
const DEEPEST: usize = 4;
/// How many credentials are told of what archives say of their members.
const MOST_NAMED: usize = 1000;
/// What stands behind a member of an archive of zip, at most: its sum and its sizes. It is no text.
const DESCRIPTION: u64 = 24;

/// Files that were not looked into, or not to their end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) count: usize,
    /// What the first of them is called.
    pub(super) first: Option<Arc<str>>,
}

/// What a file is, by its beginning.
enum Form {
    Text,
    /// A text, behind which an archive of zip may begin: programs of Java and Python are written so.
    Script,
    Zip,
    Tar,
    Compressed,
    /// Compressed in a way that is not read.
    Unknown,
}

impl Form {
    fn of(head: &[u8]) -> Self {
        match head {
            [b'#', b'!', ..] => Self::Script,
            _ if zip::is_begun(head) => Self::Zip,
            _ if compressed::is_one(head) => Self::Compressed,
            _ if compressed::other(head).is_some() => Self::Unknown,
            _ if tar::has_sum(head) => Self::Tar,
            _ => Self::Text,
        }
    }
}

/// Looks through the files of a layer.
pub(super) struct Files<'f, 's> {
    scanner: &'f mut Scanner<'s>,
    budget: Rc<Budget>,
    /// What was found in the current file, and what is to be said of it.
    pub(super) sightings: Vec<Sighting>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) texts: usize,
    pub(super) unread: Unread,
    /// The credentials in what archives say of their members.
    named: HashSet<Value>,
    /// What came of all that is compressed, once that is too much.
    pub(super) spent: Option<Trouble>,
}

impl<'f, 's> Files<'f, 's> {
    /// `budget` is what may come of all that is compressed in files.
    pub(super) fn new(scanner: &'f mut Scanner<'s>, budget: Rc<Budget>) -> Self {
        Self {
            scanner,
            budget,
            sightings: Vec::new(),
            diagnostics: Vec::new(),
            texts: 0,
            unread: Unread::default(),
            named: HashSet::new(),
            spent: None,
        }
    }

    /// What looks through the texts.
    pub(super) fn scanner(&mut self) -> &mut Scanner<'s> {
        self.scanner
    }

    /// Looks through a file of the layer, whose archive may be broken.
    pub(super) fn look(&mut self, reader: &mut dyn Read, path: &Arc<str>) -> Result<(), Trouble> {
        let unread = self.unread.clone();
        let mut watched = Watched { reader, failed: None };
        self.file(&mut watched, path, 0);
        match watched.failed {
            // That it ends too early is a matter of the layer.
            Some(trouble) => {
                self.unread = unread;
                Err(trouble)
            }
            None => Ok(()),
        }
    }

    fn file(&mut self, reader: &mut dyn Read, path: &Arc<str>, depth: usize) {
        let mut head = Vec::with_capacity(BLOCK);
        let failed = reader.take(BLOCK as u64).read_to_end(&mut head).err();
        if let Some(error) = failed {
            self.text(&mut head.as_slice(), path);
            return self.failed(&error, path);
        }
        let form = Form::of(&head);
        let mut reader = Cursor::new(head).chain(reader);
        match form {
            Form::Text => self.text(&mut reader, path),
            Form::Script if depth == DEEPEST || self.spent.is_some() => self.text(&mut reader, path),
            _ if depth == DEEPEST || self.spent.is_some() => {
                self.unread(path);
                self.text(&mut reader, path);
            }
            Form::Unknown => {
                self.unread(path);
                self.text(&mut reader, path);
            }
            Form::Compressed => match compressed::within(reader, &self.budget) {
                Ok(mut content) => self.file(&mut *content, path, depth + 1),
                Err(error) => self.failed(&error, path),
            },
            Form::Tar => self.tar(&mut reader, path, depth + 1),
            Form::Zip | Form::Script => self.zip(&mut reader, path, depth + 1),
        }
    }

    fn text(&mut self, reader: &mut dyn Read, path: &Arc<str>) {
        self.texts += 1;
        let scanned = self.scanner.scan(path, &Medium::Image("".into()), reader);
        self.sightings.extend(scanned.sightings);
        match scanned.extent {
            Extent::Failed(error) => self.failed(&error, path),
            extent => self.diagnostics.extend(extent.trouble(path, u64::MAX)),
        }
    }

    fn tar(&mut self, reader: &mut dyn Read, path: &Arc<str>, depth: usize) {
        let boxed: Box<dyn Read + '_> = Box::new(reader);
        let mut tar = Tar::new(boxed);
        loop {
            match tar.next() {
                Ok(Some(entry)) => {
                    let (said, is_all) = tar.said();
                    if !is_all {
                        self.unread(path);
                    }
                    self.said(said, path);
                    if entry.kind == Kind::File && entry.size > 0 {
                        self.file(&mut tar, &within(path, &entry.path), depth);
                    }
                }
                Ok(None) => return,
                Err(_) => return self.unread(path),
            }
        }
    }

    /// Looks through what an archive says of a member. Of what is said of many the first is told.
    fn said(&mut self, said: &[u8], path: &Arc<str>) {
        if find(said).is_empty() {
            return;
        }
        let scanned = self.scanner.scan(path, &Medium::Image("".into()), &mut &*said);
        let room = MOST_NAMED.saturating_sub(self.named.len());
        let is_new = |one: &Sighting| self.named.insert(one.value.clone());
        let mut new: Vec<_> = scanned.sightings.into_iter().filter(is_new).collect();
        if new.len() > room {
            self.unread(path);
        }
        new.truncate(room);
        self.sightings.append(&mut new);
    }

    /// Looks through an archive of zip. That it is damaged is told of a member, or else of itself.
    fn zip(&mut self, reader: &mut dyn Read, path: &Arc<str>, depth: usize) {
        let mut ahead = Ahead::new(reader);
        let known = self.unread.count;
        loop {
            let mut short = Vec::new();
            if let Err(error) = ahead.between().take(DESCRIPTION + 1).read_to_end(&mut short) {
                return self.failed(&error, path);
            }
            if short.len() as u64 > DESCRIPTION {
                self.text(&mut Cursor::new(short.as_slice()).chain(ahead.between()), path);
            }
            let member = match ahead.member() {
                Ok(Some(member)) => member,
                // At its end is its directory.
                Ok(None) if short.is_empty() && self.unread.count == known => return self.unread(path),
                Ok(None) => return,
                Err(error) => return self.failed(&error, path),
            };
            self.member(member, &mut ahead, path, depth);
        }
    }

    /// Looks through a member. What of it cannot be read is text that stands before the next one.
    fn member(
        &mut self,
        Member { name, packed }: Member,
        ahead: &mut Ahead<&mut dyn Read>,
        path: &Arc<str>,
        depth: usize,
    ) {
        if matches!(packed, Packed::Stored(0) | Packed::Endless) {
            return;
        }
        let path = within(path, &name);
        let known = self.unread.count;
        match packed {
            Packed::Stored(size) => {
                let mut content = ahead.take(size);
                self.file(&mut content, &path, depth);
                let is_cut = io::copy(&mut content, &mut io::sink()).is_err() || content.limit() > 0;
                if is_cut && self.unread.count == known {
                    self.unread(&path);
                }
            }
            Packed::Deflated if self.spent.is_none() => {
                let mut content = Bounded::new(DeflateDecoder::new(ahead), &self.budget);
                self.file(&mut content, &path, depth);
                match io::copy(&mut content, &mut io::sink()) {
                    Err(error) if self.unread.count == known => self.failed(&error, &path),
                    _ => {}
                }
            }
            _ => self.unread(&path),
        }
    }

    /// Notes why a file cannot be read on.
    fn failed(&mut self, error: &io::Error, path: &Arc<str>) {
        if error.kind() == io::ErrorKind::FileTooLarge {
            self.spent.get_or_insert_with(|| Trouble::Expands(error.to_string().into()));
        } else {
            self.unread(path);
        }
    }

    fn unread(&mut self, path: &Arc<str>) {
        self.unread.count += 1;
        self.unread.first.get_or_insert_with(|| Arc::clone(path));
    }
}

impl Unread {
    /// Adds what was not read elsewhere.
    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.first = self.first.take().or_else(|| other.first.clone());
    }

    /// What is to be said of them; `name` is what the image is called.
    pub(super) fn diagnostic(&self, name: &str) -> Option<Diagnostic> {
        let first = self.first.as_ref()?;
        let what = match self.count {
            1 => format!("`{first}` is"),
            count => format!("`{first}` and {} more files are", count - 1),
        };
        let message = format!(
            "not all of the image `{name}` was looked through: {what} damaged, encrypted, compressed in another way than \
             with deflate, gzip or Zstandard, or an archive within {DEEPEST} others"
        );
        Some(Diagnostic::note("packed", name, message))
    }
}

fn within(archive: &str, member: &str) -> Arc<str> {
    format!("{archive}!/{member}").into()
}

/// Keeps in mind why something cannot be read on: what is made of it may say something else.
struct Watched<R> {
    reader: R,
    failed: Option<Trouble>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| {
            let again = io::Error::new(error.kind(), error.to_string());
            self.failed.get_or_insert(error.into());
            again
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};
    use iamrail::core::scan::Scanner;
    use iamrail::core::source::{MemoryFiles, Sources};

    use super::super::compressed::content;
    use super::Files;

    /// An archive with members of so many zeros, of which a thousandth is left when they are compressed.
    fn zeros(members: usize, count: usize) -> Vec<u8> {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![0; count]).unwrap();
        let member =
            [b"PK\x03\x04\x14\0\x08\0\x08\0".as_slice(), &[0; 16], b"\x01\0\0\0a", &packed.finish().unwrap()];
        [member.concat().repeat(members), b"PK\x05\x06".to_vec()].concat()
    }

    #[test]
    fn of_all_that_is_packed_in_files_only_so_much_is_read() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&zeros(20, 1 << 20)).unwrap();
        let sources = Sources::new(MemoryFiles::default());
        for (file, first) in [(zeros(20, 1 << 20), "a!/a"), (packed.finish().unwrap(), "a!/a")] {
            let mut scanner = Scanner::new(&sources, u64::MAX);
            let mut files = Files::new(&mut scanner, content(std::io::empty(), 4 << 20).unwrap().within);
            files.look(&mut file.as_slice(), &"a".into()).unwrap();
            files.look(&mut file.as_slice(), &"b".into()).unwrap();
            assert!(
                files
                    .spent
                    .is_some_and(|why| why.to_string().contains("more than 4 MiB and 200 times its size"))
            );
            assert_eq!(files.unread.first.as_deref(), Some(first));
        }
        let mut scanner = Scanner::new(&sources, u64::MAX);
        let mut files = Files::new(&mut scanner, content(std::io::empty(), 4 << 20).unwrap().within);
        files.look(&mut zeros(3, 1 << 20).as_slice(), &"a".into()).unwrap();
        assert!(files.spent.is_none() && files.unread.count == 0 && files.texts == 3);
    }
}
