//! Reads archives of tar as a stream, entry by entry. Nothing is unpacked, and no header is believed: what an entry is called and how
//! large it says it is decides only what is read next.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr_iter;

use super::trouble::Trouble;

/// What an archive consists of, in bytes.
pub(super) const BLOCK: usize = 512;
/// How much is read of a name, in bytes.
const LONGEST: u64 = 64 << 10;
/// How long the names of attributes may be, and how many digits the length of an attribute may have.
const LONGEST_KEY: u64 = 512;
const DIGITS: u64 = 20;
/// How much is kept of what an archive says of an entry, in bytes. File systems keep 64 KiB of attributes of a file.
const MOST_SAID: u64 = 1 << 20;

const EMPTY: [u8; BLOCK] = [0; BLOCK];

/// Where a header has the names of the user and the group, and how long these are.
const OWNERS: [(usize, usize); 2] = [(265, 32), (297, 32)];

/// What names the version of the format of a sparse file.
const MAJOR: &[u8] = b"GNU.sparse.major=";
const MINOR: &[u8] = b"GNU.sparse.minor=";

/// What archives are read from.
pub(super) trait Source: Read {
    /// Passes over bytes, and says over how many; fewer may be left.
    fn skip(&mut self, bytes: u64) -> io::Result<u64>;
}

impl Source for Box<dyn Read + '_> {
    fn skip(&mut self, bytes: u64) -> io::Result<u64> {
        io::copy(&mut self.take(bytes), &mut io::sink())
    }
}

/// An entry of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name, without what leads to the root: `./`, `/`.
    pub(super) path: String,
    pub(super) kind: Kind,
    /// How many bytes are stored of it, and where they begin in the archive.
    pub(super) size: u64,
    pub(super) offset: u64,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    /// A symbolic link, with what it leads to as it is written.
    Link(String),
    /// One more name of a file, with the name that came first, as seen from the root.
    Name(String),
    Directory,
    /// A device, a pipe.
    Other,
}

/// An archive.
pub(super) struct Tar<S> {
    source: S,
    /// Where in the archive the source stands.
    at: u64,
    /// Where the next header begins.
    next: u64,
    /// How much of the current entry is left to be read.
    left: u64,
    /// Whether an end was seen.
    ended: bool,
    /// What is said of the current entry: its name, what it leads to, whose it is, its attributes, each in a line.
    said: Vec<u8>,
    /// Whether more is said than is kept.
    is_cut: bool,
    /// What the entry before is called.
    last: Option<String>,
}

/// What headers say of the entry that follows them.
#[derive(Default)]
struct Announced {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
    /// The version of the format that a sparse file is in.
    version: [Option<u64>; 2],
}

impl<S: Source> Tar<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, at: 0, next: 0, left: 0, ended: false, said: Vec::new(), is_cut: false, last: None }
    }

    /// The next entry; what is left of the current one is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Trouble> {
        let mut announced = Announced::default();
        self.said.clear();
        self.is_cut = false;
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            let size = number(field(&header, 124, 12)).ok_or_else(|| self.damaged())?;
            let flag = header.get(156).copied().unwrap_or_default();
            match flag {
                b'L' => announced.path = Some(text(&self.content(size)?)),
                b'K' => announced.link = Some(text(&self.content(size)?)),
                b'x' => self.attributes(size, &mut announced)?,
                // What is said of all entries names none of them.
                b'g' => self.attributes(size, &mut Announced::default())?,
                _ => return self.entry(&header, flag, announced.size.unwrap_or(size), announced).map(Some),
            }
        }
    }

    fn entry(&mut self, header: &[u8], flag: u8, size: u64, announced: Announced) -> Result<Entry, Trouble> {
        if flag == b'S' && header.get(482).is_some_and(|more| *more != 0) {
            self.sparse_map()?;
        }
        let is_mapped = announced.is_mapped();
        let path = announced.path.unwrap_or_else(|| {
            let prefix = text(field(header, 345, 155));
            let name = text(field(header, 0, 100));
            let is_posix = field(header, 257, 6) == b"ustar\0" && !prefix.is_empty();
            if is_posix { format!("{prefix}/{name}") } else { name }
        });
        let kind = match flag {
            // Older programs tell directories by their names.
            b'0' | 0 if size == 0 && path.ends_with('/') => Kind::Directory,
            b'0' | 0 | b'7' | b'S' => Kind::File,
            b'1' | b'2' => {
                let target = announced.link.unwrap_or_else(|| text(field(header, 157, 100)));
                if flag == b'1' { Kind::Name(relative(&target)) } else { Kind::Link(target) }
            }
            b'5' => Kind::Directory,
            _ => Kind::Other,
        };
        // Links and directories have no content, whatever they say.
        let size = if kind == Kind::File || flag == b'x' { size } else { 0 };
        self.say(path.as_bytes());
        if let Kind::Link(target) | Kind::Name(target) = &kind {
            self.say(target.as_bytes());
        }
        for (start, length) in OWNERS {
            let name = field(header, start, length);
            self.say(name.split(|byte| *byte == 0).next().unwrap_or_default());
        }
        let offset = self.at;
        self.left = size;
        self.next = padded(offset, size).map_err(|_| self.damaged())?;
        if kind == Kind::File && is_mapped {
            self.map_in_content()?;
        }
        let path = relative(&path);
        self.last.get_or_insert_default().clone_from(&path);
        Ok(Entry { path, kind, size, offset })
    }

    /// Adds a line to what is said of the entry.
    fn say(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.said.extend_from_slice(text);
            self.said.push(b'\n');
        }
    }

    /// What is said of the current entry, and whether that is all.
    pub(super) fn said(&self) -> (&[u8], bool) {
        (&self.said, !self.is_cut)
    }

    /// What is wrong where an entry should begin and none does.
    fn damaged(&self) -> Trouble {
        match &self.last {
            Some(last) => Trouble::Damaged(last.clone()),
            None => Trouble::NoArchive,
        }
    }

    /// The next header; `None` at the end. Empty blocks mark it, and more may stand behind them: an archive that was appended to another.
    fn header(&mut self) -> Result<Option<[u8; BLOCK]>, Trouble> {
        // Not every program fills the last block.
        if self.source.skip(self.next - self.at)? < self.left {
            return Err(Trouble::Truncated);
        }
        self.left = 0;
        self.at = self.next;
        let mut header = [0; BLOCK];
        loop {
            let mut filled = 0;
            while let Some(rest) = header.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match self.source.read(rest)? {
                    0 => break,
                    read => filled += read,
                }
            }
            // Of these there may be gigabytes, in a file with holes.
            let is_empty = header.get(..filled) == EMPTY.get(..filled);
            match (filled, is_empty) {
                (BLOCK, false) => break,
                (BLOCK, true) => {
                    self.ended = true;
                    self.at += BLOCK as u64;
                    self.next = self.at;
                }
                (0, _) => return Ok(None),
                (_, true) if self.ended => return Ok(None),
                _ => return Err(if self.ended { Trouble::Behind } else { Trouble::Truncated }),
            }
        }
        if !has_sum(&header) {
            return Err(if self.ended { Trouble::Behind } else { self.damaged() });
        }
        self.at += BLOCK as u64;
        self.next = self.at;
        Ok(Some(header))
    }

    /// The beginning of an entry that speaks of the next one; a name that is longer is cut.
    fn content(&mut self, size: u64) -> Result<Vec<u8>, Trouble> {
        let mut content = Vec::new();
        self.next = padded(self.at, size)?;
        let most = size.min(LONGEST);
        let read = (&mut self.source as &mut dyn Read).take(most).read_to_end(&mut content)? as u64;
        self.at += read;
        if read < most { Err(Trouble::Truncated) } else { Ok(content) }
    }

    /// Takes the attributes of the next entry. They may be many: access lists, what a signature says.
    fn attributes(&mut self, size: u64, announced: &mut Announced) -> Result<(), Trouble> {
        self.next = padded(self.at, size)?;
        let capacity = usize::try_from(size.min(LONGEST)).unwrap_or(BLOCK);
        let mut reader = BufReader::with_capacity(capacity, (&mut self.source as &mut dyn Read).take(size));
        self.is_cut |= !announced.attributes(&mut reader, &mut self.said)?;
        io::copy(&mut reader, &mut io::sink())?;
        let left = reader.into_inner().limit();
        self.at += size - left;
        if left > 0 { Err(Trouble::Truncated) } else { Ok(()) }
    }

    /// Passes over the blocks that say where the parts of a sparse file belong: only what is stored is looked at.
    fn sparse_map(&mut self) -> Result<(), Trouble> {
        let mut block = [0; BLOCK];
        loop {
            self.source.read_exact(&mut block)?;
            self.at += BLOCK as u64;
            if block.get(504).is_none_or(|more| *more == 0) {
                return Ok(());
            }
        }
    }

    /// Passes over the map of a sparse file where it is the beginning of the content: a count, and twice as many numbers, a line each, up to
    /// the end of a block.
    fn map_in_content(&mut self) -> Result<(), Trouble> {
        let (mut lines, mut count) = (0, None);
        let mut first = Vec::new();
        loop {
            let mut block = Vec::new();
            (&mut *self).take(BLOCK as u64).read_to_end(&mut block)?;
            if count.is_none() {
                first.extend(block.iter().take_while(|byte| **byte != b'\n'));
            }
            let number = || std::str::from_utf8(&first).ok().and_then(|first| first.parse::<u64>().ok());
            if count.is_none() && block.contains(&b'\n') {
                count = Some(number().ok_or_else(|| self.damaged())?);
            }
            lines += memchr_iter(b'\n', &block).count() as u64;
            if count.is_some_and(|count| lines > count.saturating_mul(2)) {
                return Ok(());
            }
            if block.len() < BLOCK || first.len() > BLOCK {
                return Err(self.damaged());
            }
        }
    }

    /// Reads what stands behind the end of the archive.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        self.source.skip(u64::MAX).map(drop)
    }

    /// Whether the end of the archive was marked.
    pub(super) fn is_ended(&self) -> bool {
        self.ended
    }
}

/// Reads the current entry.
impl<S: Source> Read for Tar<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.source.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        self.at += read as u64;
        Ok(read)
    }
}

impl Announced {
    /// Whether the entry begins with a map of what follows, as those of sparse files do in version 1.0 of their format.
    fn is_mapped(&self) -> bool {
        self.version == [Some(1), Some(0)]
    }

    /// Takes the attributes of a pax header, lines such as `30 path=a/b`: those that matter, and of the others what they say, as far as there
    /// is room for it; `false` if there is not.
    fn attributes(&mut self, reader: &mut impl BufRead, said: &mut Vec<u8>) -> io::Result<bool> {
        let mut is_all = true;
        loop {
            let mut digits = Vec::new();
            reader.by_ref().take(DIGITS).read_until(b' ', &mut digits)?;
            let length = std::str::from_utf8(&digits).ok().and_then(|digits| digits.trim_end().parse().ok());
            let rest = length.and_then(|length: u64| length.checked_sub(digits.len() as u64));
            let Some(rest) = rest else { return Ok(is_all) };
            let mut key = Vec::new();
            reader.by_ref().take(rest.min(LONGEST_KEY)).read_until(b'=', &mut key)?;
            let mut value = reader.by_ref().take(rest - key.len() as u64);
            let room = MOST_SAID.saturating_sub(said.len() as u64);
            let mut take = |most: u64| {
                let mut bytes = Vec::new();
                (&mut value).take(most).read_to_end(&mut bytes).map(|_| bytes)
            };
            match key.as_slice() {
                b"path=" | b"linkpath=" | b"size=" | b"GNU.sparse.name=" | MAJOR | MINOR => {
                    let field = text(take(LONGEST)?.trim_ascii_end());
                    match key.as_slice() {
                        b"path=" if self.path.is_some() => {}
                        // A sparse file has a name of its own besides that of what is stored.
                        b"path=" | b"GNU.sparse.name=" => self.path = Some(field),
                        b"linkpath=" => self.link = Some(field),
                        MAJOR => self.version[0] = field.parse().ok(),
                        MINOR => self.version[1] = field.parse().ok(),
                        _ => self.size = field.parse().ok(),
                    }
                }
                _ => {
                    let bytes = take(room.saturating_sub(key.len() as u64))?;
                    if room > 0 {
                        said.extend_from_slice(&key);
                        said.extend_from_slice(&bytes);
                    }
                    is_all &= value.limit() == 0;
                }
            }
            io::copy(&mut value, &mut io::sink())?;
        }
    }
}

fn field(header: &[u8], start: usize, length: usize) -> &[u8] {
    header.get(start..start + length).unwrap_or_default()
}

/// A text up to the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// Whether a header has the sum that it says it has.
pub(super) fn has_sum(header: &[u8]) -> bool {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    let own = field(header, 148, 8);
    number(own) == Some(sum(header) - sum(own) + 8 * u64::from(b' '))
}

/// A number in octal digits, or in binary where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let [first @ 0x80..=0xFF, rest @ ..] = field {
        let (high, low) = rest.split_at(rest.len().checked_sub(8)?);
        let fits = *first == 0x80 && high.iter().all(|byte| *byte == 0);
        return fits.then(|| low.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

/// The end of an entry, which is that of a block.
fn padded(offset: u64, size: u64) -> Result<u64, Trouble> {
    let block = BLOCK as u64;
    let padding = (block - size % block) % block;
    offset.checked_add(size).and_then(|end| end.checked_add(padding)).ok_or(Trouble::NoArchive)
}

/// A name as seen from the root. What leads out of it is kept: nothing is ever opened by these names.
fn relative(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
