//! Where the parts of an image are: in a directory, or in an archive that is read from the disk as it is.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use iamrail::core::source::{Files, join, normalize, parent};

use super::tar::{Kind, Source, Tar};
use super::{Trouble, compressed};
use crate::disk::DiskFiles;

/// The largest document that is read, in bytes.
const LARGEST: u64 = 8 << 20;
/// How many entries of an archive are kept in mind: those of an image are its layers and documents.
const MOST: usize = 100_000;
/// How many links are followed.
const LINKS: usize = 8;

/// The parts of an image by their names.
pub(super) enum Store {
    Directory(DiskFiles),
    Archive(Archive),
}

pub(super) struct Archive {
    path: PathBuf,
    /// Whether the archive is compressed as a whole.
    compressed: bool,
    entries: HashMap<String, Stored>,
}

enum Stored {
    At { offset: u64, size: u64 },
    Link(String),
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

    /// Whether there is a part of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Directory(files) => files.open(name).is_ok(),
            Self::Archive(archive) => archive.find(name).is_some(),
        }
    }

    /// A part, from its beginning.
    pub(super) fn open(&self, name: &str) -> Result<Box<dyn Read>, Trouble> {
        match self {
            Self::Directory(files) => match files.open(name) {
                Ok(reader) => Ok(reader),
                Err(error) => Err(Trouble::Missing(name.to_owned(), error.to_string())),
            },
            Self::Archive(archive) => archive.open(name),
        }
    }

    /// A document.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let mut bytes = Vec::new();
        self.open(name)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST { Err(Trouble::Document(name.to_owned())) } else { Ok(bytes) }
    }
}

impl Archive {
    fn new(path: &Path) -> Result<Self, Trouble> {
        let mut magic = [0; 4];
        let is_short = File::open(path)?.read(&mut magic)? < magic.len();
        let compressed = !is_short && matches!(magic, [0x1F, 0x8B, ..] | [0x28, 0xB5, 0x2F, 0xFD]);
        let mut archive = Self { path: path.to_owned(), compressed, entries: HashMap::new() };
        if compressed {
            archive.read(Tar::new(compressed::content(File::open(path)?, compressed::FREE)?))?;
        } else {
            archive.read(Tar::new(Plain(File::open(path)?)))?;
        }
        Ok(archive)
    }

    fn read(&mut self, mut tar: Tar<impl Source>) -> Result<(), Trouble> {
        while let Some(entry) = tar.next()? {
            let stored = match entry.kind {
                Kind::File => Stored::At { offset: entry.offset, size: entry.size },
                Kind::Link(target) => Stored::Link(target),
                Kind::Directory | Kind::Other => continue,
            };
            if self.entries.len() == MOST {
                return Err(Trouble::NoImage);
            }
            self.entries.insert(entry.path, stored);
        }
        Ok(())
    }

    /// Where a part is stored. Archives of older programs hold links where layers are the same.
    fn find(&self, name: &str) -> Option<(u64, u64)> {
        let mut name = normalize(name)?;
        for _ in 0..LINKS {
            match self.entries.get(&name)? {
                Stored::At { offset, size } => return Some((*offset, *size)),
                Stored::Link(target) => {
                    let beside = join(parent(&name), target).filter(|path| self.entries.contains_key(path));
                    name = beside.or_else(|| normalize(target))?;
                }
            }
        }
        None
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read>, Trouble> {
        let missing = || Trouble::Missing(name.to_owned(), "no such entry".to_owned());
        let (offset, size) = self.find(name).ok_or_else(missing)?;
        let mut file = File::open(&self.path)?;
        if self.compressed {
            let mut content = compressed::content(file, compressed::FREE)?;
            content.skip(offset)?;
            return Ok(Box::new(content.take(size)));
        }
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file.take(size)))
    }
}

/// A file, in which passing over is free.
struct Plain(File);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Source for Plain {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let bytes = i64::try_from(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        self.0.seek(SeekFrom::Current(bytes)).map(drop)
    }
}
