//! Where the parts of an image are: in a directory, or in an archive that is read from the disk as it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use iamrail::core::source::{FileError, Files, join, normalize, parent};
use rayon::prelude::*;

use super::compressed;
use super::tar::{Entry, Kind, Source, Tar};
use super::trouble::Trouble;
use crate::disk::DiskFiles;

/// The largest document that is read, in bytes. `Trouble::TooLarge` names it, and the next one.
const LARGEST: u64 = 8 << 20;
/// How much of the documents of a compressed archive is kept, in bytes. An image of ten platforms has some hundred thousand.
const MOST_KEPT: u64 = 32 << 20;
/// How many entries of an archive are kept in mind: those of an image are its layers and documents.
const MOST: usize = 100_000;
/// Where an OCI layout has its parts.
const BLOBS: &str = "blobs";
/// How many links are followed.
const LINKS: usize = 8;

/// The parts of an image by their names.
pub(super) enum Store {
    Directory(DiskFiles),
    Archive(Archive),
}

/// An archive.
pub(super) struct Archive {
    path: PathBuf,
    entries: HashMap<String, Stored>,
    /// The documents of an archive that is compressed as a whole, by where they begin: to read one of them later would be to read all
    /// that stands before it.
    documents: Option<Documents>,
    /// Why what stands behind the entries cannot be read.
    fault: Option<Trouble>,
}

#[derive(Default)]
struct Documents {
    by_offset: HashMap<u64, Vec<u8>>,
    /// Where those begin that there was no room for.
    left_out: HashSet<u64>,
    /// How many bytes they have together.
    size: u64,
}

enum Stored {
    At { offset: u64, size: u64 },
    Link(String),
}

/// Where a part is. Names may stand for the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Spot {
    File(String),
    Stored { offset: u64, size: u64 },
}

impl Store {
    /// The store at a path.
    pub(super) fn new(path: &Path) -> Result<Self, Trouble> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Ok(Self::Directory(DiskFiles::new(path.canonicalize()?, LARGEST)));
        }
        // Opening a pipe would wait for somebody to write to it.
        if !metadata.is_file() {
            return Err(Trouble::NoImage);
        }
        Archive::new(path).map(Self::Archive)
    }

    /// Why parts may be missing.
    pub(super) fn fault(&self) -> Option<&Trouble> {
        match self {
            Self::Directory(_) => None,
            Self::Archive(archive) => archive.fault.as_ref(),
        }
    }

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.spot(name).is_ok()
    }

    /// Where the part of a name is.
    pub(super) fn spot(&self, name: &str) -> Result<Spot, Trouble> {
        let found = match self {
            Self::Directory(files) => files.open(name).map(|_| Spot::File(name.to_owned())),
            Self::Archive(archive) => return archive.find(name),
        };
        found.map_err(|error| absent(name, &error))
    }

    /// A document.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let spot = self.spot(name)?;
        let too_large = || Trouble::TooLarge(name.to_owned());
        if let (Self::Archive(Archive { documents: Some(kept), .. }), Spot::Stored { offset, size }) =
            (self, &spot)
        {
            let fault = || match *size > LARGEST || kept.left_out.contains(offset) {
                true => too_large(),
                false => Trouble::Document(name.to_owned()),
            };
            return kept.by_offset.get(offset).cloned().ok_or_else(fault);
        }
        let mut bytes = Vec::new();
        self.open(&spot)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
    }

    /// The files that are none of these, by their names: of a directory, those where an OCI layout has its parts.
    pub(super) fn others(&self, known: &HashSet<Spot>) -> BTreeMap<String, Spot> {
        let mut others = BTreeMap::new();
        match self {
            Self::Directory(files) => {
                let below = |dir: &str| files.list(dir).unwrap_or_default().into_iter();
                let algorithms = below(BLOBS).filter(|entry| entry.is_dir);
                let blobs = algorithms.flat_map(|entry| {
                    let dir = format!("{BLOBS}/{}", entry.name);
                    below(&dir)
                        .filter(|entry| !entry.is_dir)
                        .map(move |entry| format!("{dir}/{}", entry.name))
                });
                for name in blobs.take(MOST) {
                    others.insert(name.clone(), Spot::File(name));
                }
            }
            Self::Archive(archive) => {
                others.extend(archive.entries.iter().filter_map(|(name, stored)| match *stored {
                    Stored::At { offset, size } => Some((name.clone(), Spot::Stored { offset, size })),
                    Stored::Link(_) => None,
                }));
            }
        }
        others.retain(|_, spot| !known.contains(spot));
        others
    }

    /// What `look` makes of each wanted part, which it is given from its beginning, in the order of `wanted`. It is called for several
    /// parts at once, unless they have to be read one after the other.
    pub(super) fn each<P: Sync, T: Send>(
        &self,
        wanted: &BTreeMap<Spot, P>,
        look: impl Fn(&P, &mut dyn Read) -> T + Sync,
    ) -> Vec<Result<T, Trouble>> {
        match self {
            Self::Archive(Archive { path, documents: Some(_), .. }) => in_order(path, wanted, look),
            _ => {
                let look = |(spot, part)| self.open(spot).map(|mut reader| look(part, &mut *reader));
                wanted.par_iter().map(look).collect()
            }
        }
    }

    fn open(&self, spot: &Spot) -> Result<Box<dyn Read>, Trouble> {
        match (self, spot) {
            (Self::Directory(files), Spot::File(name)) => match files.open(name) {
                Ok(reader) => Ok(reader),
                Err(error) => Err(absent(name, &error)),
            },
            (Self::Archive(Archive { path, .. }), Spot::Stored { offset, size }) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(*offset))?;
                Ok(Box::new(file.take(*size)))
            }
            _ => Err(Trouble::NoImage),
        }
    }
}

/// What is wrong with a part that cannot be opened.
fn absent(name: &str, error: &FileError) -> Trouble {
    match error {
        FileError::NotAFile => Trouble::Irregular(name.to_owned()),
        _ => Trouble::Missing(name.to_owned(), error.to_string()),
    }
}

/// Goes through a compressed archive once.
fn in_order<P, T>(
    path: &Path,
    wanted: &BTreeMap<Spot, P>,
    look: impl Fn(&P, &mut dyn Read) -> T,
) -> Vec<Result<T, Trouble>> {
    let mut left = wanted.iter().peekable();
    let mut looked = Vec::new();
    let go = || -> Result<(), Trouble> {
        let mut tar = Tar::new(decompressed(path)?);
        while left.peek().is_some()
            && let Some(Entry { offset, size, .. }) = tar.next()?
        {
            if let Some((_, part)) = left.next_if(|(spot, _)| **spot == Spot::Stored { offset, size }) {
                looked.push(Ok(look(part, &mut tar)));
            }
        }
        Ok(())
    };
    // The archive was read as far before.
    let fault = { go }().err().unwrap_or(Trouble::Truncated);
    looked.extend(left.map(|_| Err(fault.clone())));
    looked
}

fn decompressed(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(compressed::content(File::open(path)?, compressed::FREE)?.reader)
}

impl Archive {
    fn new(path: &Path) -> Result<Self, Trouble> {
        let mut file = File::open(path)?;
        let is_compressed = compressed::is_begun(&mut file)?;
        let mut archive =
            Self { path: path.to_owned(), entries: HashMap::new(), documents: None, fault: None };
        if is_compressed {
            archive.documents = Some(Documents::default());
            let content = decompressed(path).map_err(|error| match error.kind() {
                io::ErrorKind::Unsupported => Trouble::Packed(error.to_string().into()),
                _ => error.into(),
            })?;
            archive.read(Tar::new(content))?;
        } else {
            file.seek(SeekFrom::Start(0))?;
            let left = file.metadata()?.len();
            archive.read(Tar::new(Plain { file, left }))?;
        }
        Ok(archive)
    }

    /// Finds out what is where, as far as the archive can be read.
    fn read(&mut self, mut tar: Tar<impl Source>) -> Result<(), Trouble> {
        let mut last = None;
        let fault = loop {
            match tar.next() {
                Ok(Some(entry)) => {
                    last = Some(entry.path.clone());
                    if let Err(trouble) = self.keep(entry, &mut tar) {
                        break trouble;
                    }
                }
                Ok(None) => {
                    // Not every program marks the end. Without the mark what is missing may have stood there.
                    let has_image =
                        ["manifest.json", "index.json"].iter().any(|name| self.find(name).is_ok());
                    if tar.is_ended() || has_image {
                        return Ok(());
                    }
                    break Trouble::Truncated;
                }
                Err(Trouble::NoArchive) if last.is_none() => return Err(Trouble::NoImage),
                Err(trouble) => break trouble,
            }
        };
        self.fault = Some(match (fault, last) {
            (Trouble::Truncated, None) => return Err(Trouble::NoImage),
            (Trouble::Truncated, Some(last)) => Trouble::Cut(last),
            (fault, _) => fault,
        });
        Ok(())
    }

    fn keep(&mut self, entry: Entry, tar: &mut Tar<impl Source>) -> Result<(), Trouble> {
        let Entry { path, kind, size, offset } = entry;
        let stored = match kind {
            Kind::File => Stored::At { offset, size },
            Kind::Link(target) | Kind::Name(target) => Stored::Link(target),
            Kind::Directory | Kind::Other => return Ok(()),
        };
        if self.entries.len() == MOST {
            return Err(Trouble::Crowded);
        }
        self.entries.insert(path, stored);
        let Some(documents) = self.documents.as_mut().filter(|_| size <= LARGEST) else { return Ok(()) };
        let mut bytes = Vec::new();
        tar.take(1).read_to_end(&mut bytes)?;
        if !matches!(bytes.as_slice(), [b'{' | b'[' | b' ' | b'\t' | b'\n' | b'\r']) {
            return Ok(());
        }
        if documents.size + size > MOST_KEPT {
            documents.left_out.insert(offset);
            return Ok(());
        }
        tar.read_to_end(&mut bytes)?;
        documents.size += size;
        documents.by_offset.insert(offset, bytes);
        Ok(())
    }

    /// Where a part is stored. Archives of older programs hold links where layers are the same.
    fn find(&self, name: &str) -> Result<Spot, Trouble> {
        let missing = || Trouble::Missing(name.to_owned(), "no such entry".to_owned());
        let mut name = normalize(name).ok_or_else(missing)?;
        for _ in 0..LINKS {
            match self.entries.get(&name).ok_or_else(missing)? {
                Stored::At { offset, size } => return Ok(Spot::Stored { offset: *offset, size: *size }),
                Stored::Link(target) => {
                    let beside = join(parent(&name), target).filter(|path| self.entries.contains_key(path));
                    name = beside.or_else(|| normalize(target)).ok_or_else(missing)?;
                }
            }
        }
        Err(missing())
    }
}

/// A file, in which passing over is free.
struct Plain {
    file: File,
    /// How many bytes are left in it.
    left: u64,
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl Source for Plain {
    fn skip(&mut self, bytes: u64) -> io::Result<u64> {
        let passed = bytes.min(self.left);
        let by = i64::try_from(passed).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        self.file.seek(SeekFrom::Current(by))?;
        self.left -= passed;
        Ok(passed)
    }
}
