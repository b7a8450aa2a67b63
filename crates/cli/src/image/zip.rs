//! Reads archives of zip as a stream, by what stands in front of each of their members. The directory at the end is not asked: no two
//! members share bytes, whatever it says.

use std::io::{self, BufRead, Read};

use memchr::memmem;

/// How many bytes a header has, without the name and the extra fields behind it.
const HEADER: usize = 30;
const MAGIC: &[u8; 4] = b"PK\x03\x04";
const BUFFER: usize = 64 << 10;
/// How much of a name is told, in bytes.
const LONGEST: usize = 1000;
/// The newest version of the format that programs write, 6.3.
const NEWEST: u8 = 63;
/// The extra field that holds what is too large for the header.
const LARGE: u16 = 1;

/// Whether a file begins as an archive does.
pub(super) fn is_begun(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// A member of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) packed: Packed,
}

/// How a member is stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packed {
    /// As it is, in so many bytes.
    Stored(u64),
    /// Compressed; the end is told by the content.
    Deflated,
    /// As it is, in nobody knows how many bytes.
    Endless,
    /// Encrypted, or compressed otherwise.
    Unknown,
}

/// Reads what is read on later, and lets look ahead.
pub(super) struct Ahead<R> {
    reader: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Ahead<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::with_capacity(BUFFER), at: 0, ended: false }
    }

    /// What comes next, at least so many bytes of it, or all.
    fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.at < least && !self.ended {
            self.buffer.drain(..self.at);
            self.at = 0;
            while self.buffer.len() < least && !self.ended {
                let room = (BUFFER - self.buffer.len()) as u64;
                self.ended = self.reader.by_ref().take(room).read_to_end(&mut self.buffer)? == 0;
            }
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    /// The member whose header comes next, whose content follows then; `None` if there is none.
    pub(super) fn member(&mut self) -> io::Result<Option<Member>> {
        let Some(header) = header(self.peek(HEADER)?) else { return Ok(None) };
        self.consume(HEADER);
        let mut name = Vec::new();
        self.take(u64::from(header.name)).read_to_end(&mut name)?;
        let mut extra = Vec::new();
        self.take(u64::from(header.extra)).read_to_end(&mut extra)?;
        let size = if header.size == u64::from(u32::MAX) { large(&extra) } else { header.size };
        let packed = match header.method {
            _ if header.is_encrypted => Packed::Unknown,
            0 if header.is_described && size == 0 => Packed::Endless,
            0 => Packed::Stored(size),
            8 if header.is_described || size > 0 => Packed::Deflated,
            8 => Packed::Stored(0),
            _ => Packed::Unknown,
        };
        let told = name.get(..LONGEST).unwrap_or(&name);
        Ok(Some(Member { name: String::from_utf8_lossy(told).into_owned(), packed }))
    }

    /// What stands before the next member.
    pub(super) fn between(&mut self) -> Between<'_, R> {
        Between(self)
    }
}

impl<R: Read> Read for Ahead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Ahead<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, count: usize) {
        self.at = self.buffer.len().min(self.at + count);
    }
}

/// Reads up to where the next member begins, or to the end.
pub(super) struct Between<'a, R>(&'a mut Ahead<R>);

impl<R: Read> Read for Between<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.0.peek(HEADER)?;
        if header(ready).is_some() {
            return Ok(0);
        }
        let rest = ready.get(1..).unwrap_or_default();
        // The end may be the beginning of a header.
        let whole = if ready.len() < HEADER { ready.len() } else { ready.len() + 1 - MAGIC.len() };
        let end = memmem::find(rest, MAGIC).map_or(whole, |at| at + 1);
        let read = ready.get(..end).unwrap_or_default().read(buffer)?;
        self.0.consume(read);
        Ok(read)
    }
}

/// What stands in front of a member (APPNOTE 4.3.7).
struct Header {
    method: u16,
    is_encrypted: bool,
    /// Whether its size stands behind it.
    is_described: bool,
    size: u64,
    name: u16,
    extra: u16,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let bytes: &[u8; HEADER] = bytes.first_chunk()?;
    let short = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let is_one = bytes.starts_with(MAGIC) && *bytes.get(4)? <= NEWEST;
    let (flags, method, name) = (short(6)?, short(8)?, short(26)?);
    let is_known = matches!(method, 0..=20 | 93..=99) && name > 0;
    let size = u64::from(u32::from_le_bytes(*bytes.get(18..)?.first_chunk()?));
    let extra = short(28)?;
    let (is_encrypted, is_described) = (flags & 1 != 0, flags & 8 != 0);
    (is_one && is_known).then_some(Header { method, is_encrypted, is_described, size, name, extra })
}

/// The size that stands in the extra fields, behind that of the content (APPNOTE 4.5.3).
fn large(mut extra: &[u8]) -> u64 {
    while let [a, b, c, d, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*c, *d])).min(rest.len());
        let (field, behind) = rest.split_at(length);
        if u16::from_le_bytes([*a, *b]) == LARGE {
            let size = field.get(8..).and_then(|field| field.first_chunk());
            return size.map_or(u64::MAX, |size| u64::from_le_bytes(*size));
        }
        extra = behind;
    }
    u64::from(u32::MAX)
}
