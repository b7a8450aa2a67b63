//! The files that git tracks, as its index lists them: what is tracked is published, whatever `.gitignore` says of it.
//!
//! Versions 2 to 4 of the format are read (`gitformat-index`), as a stream; nothing in it is believed but the names.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::repository::Repository;

/// The largest index that is read, in bytes: that of ten million files.
const LARGEST: u64 = 1 << 30;
/// The longest name that is read, in bytes; no file system has longer ones.
const LONGEST: usize = 4096;
/// How much of an entry stands before the identifier of its object, in bytes, and where its mode begins.
const STATUS: usize = 40;
const MODE: usize = 24;

/// Calls `each` for the path of every file that a repository tracks, as seen from its work tree.
///
/// # Errors
/// The index cannot be read, or is none, or `each` fails. What stands before the fault was told.
pub(crate) fn each(repository: &Repository, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let Some(file) = open(&repository.own.join("index"))? else { return Ok(()) };
    let length = repository.id_length();
    let mut index = Index { reader: file, length, read: 0 };
    index.entries(&mut each)?;
    // An index may be split: the names that both parts have stand in the shared one alone. Those that were removed since stand there
    // as well, and are told all the same.
    let Some(shared) = index.shared()? else { return Ok(()) };
    let reader = open(&repository.own.join(format!("sharedindex.{shared}")))?.ok_or_else(invalid)?;
    Index { reader, length, read: 0 }.entries(&mut each)
}

/// A file of the repository that is no link; `None` if there is none.
fn open(path: &Path) -> io::Result<Option<BufReader<File>>> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(None) };
    if !found.is_file() {
        return Err(invalid());
    }
    if found.len() > LARGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(Some(BufReader::new(File::open(path)?)))
}

struct Index<R> {
    reader: R,
    /// How many bytes an identifier has.
    length: usize,
    /// How many bytes were read.
    read: u64,
}

impl<R: BufRead + Seek> Index<R> {
    fn entries(&mut self, each: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let header = self.bytes::<12>()?;
        let [b'D', b'I', b'R', b'C', version @ .., _, _, _, _] = header else { return Err(invalid()) };
        let version = u32::from_be_bytes(version);
        if !(2..=4).contains(&version) {
            return Err(invalid());
        }
        let [.., a, b, c, d] = header;
        let mut name = Vec::new();
        for _ in 0..u32::from_be_bytes([a, b, c, d]) {
            let start = self.read;
            let status = self.bytes::<STATUS>()?;
            self.pass_over(self.length)?;
            let [flags, _] = self.bytes::<2>()?;
            if flags & 0x40 != 0 {
                self.pass_over(2)?;
            }
            if version == 4 {
                let dropped = self.number()?;
                name.truncate(name.len().checked_sub(dropped).ok_or_else(invalid)?);
            } else {
                name.clear();
            }
            self.name(&mut name)?;
            if version < 4 {
                // Zeros fill an entry up to a multiple of eight bytes; one of them ended the name.
                self.pass_over(usize::try_from((8 - (self.read - start) % 8) % 8).unwrap_or_default())?;
            }
            let kind = status.get(MODE + 2).copied().unwrap_or_default() >> 4;
            // Files and links; not submodules, and not directories that are left out of the work tree.
            if matches!(kind, 0o10 | 0o12) && !name.is_empty() {
                each(&name)?;
            }
        }
        Ok(())
    }

    /// The identifier of the index that this one is a part of, from the extension that stands behind the entries.
    fn shared(&mut self) -> io::Result<Option<String>> {
        loop {
            let mut header = [0; 8];
            let mut filled = 0;
            while let Some(rest) = header.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match self.reader.read(rest)? {
                    0 => return Ok(None),
                    read => filled += read,
                }
            }
            let [name @ .., a, b, c, d] = header;
            let size = u32::from_be_bytes([a, b, c, d]);
            if name == *b"link" {
                let mut id = vec![0; self.length];
                self.reader.read_exact(&mut id)?;
                let is_alone = id.iter().all(|byte| *byte == 0);
                return Ok((!is_alone).then(|| id.iter().map(|byte| format!("{byte:02x}")).collect()));
            }
            // What is none are the digest that the file ends with.
            if !name.iter().all(u8::is_ascii_alphabetic) {
                return Ok(None);
            }
            self.reader.seek(SeekFrom::Current(i64::from(size)))?;
        }
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.read += N as u64;
        Ok(bytes)
    }

    fn pass_over(&mut self, mut count: usize) -> io::Result<()> {
        while count > 0 {
            self.bytes::<1>()?;
            count -= 1;
        }
        Ok(())
    }

    /// A number of a variable count of bytes, as offsets in packs are written.
    fn number(&mut self) -> io::Result<usize> {
        let [mut byte] = self.bytes()?;
        let mut number = usize::from(byte & 0x7F);
        while byte & 0x80 != 0 {
            [byte] = self.bytes()?;
            number = (number + 1) << 7 | usize::from(byte & 0x7F);
            if number > LONGEST {
                return Err(invalid());
            }
        }
        Ok(number)
    }

    /// Adds what stands up to the next zero to a name.
    fn name(&mut self, name: &mut Vec<u8>) -> io::Result<()> {
        let before = name.len();
        let most = LONGEST as u64;
        let read = (&mut self.reader).take(most).read_until(0, name)?;
        self.read += read as u64;
        if name.pop() != Some(0) || name.len() < before || name.len() > LONGEST {
            return Err(invalid());
        }
        Ok(())
    }
}

fn invalid() -> io::Error {
    ErrorKind::InvalidData.into()
}
