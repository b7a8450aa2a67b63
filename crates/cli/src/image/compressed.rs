//! Layers as they were before they were compressed, with an end to what expands without measure.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// So much may come of all layers of an image together, in bytes, however small they are, and as much of the archive that they are in.
pub(super) const FREE: u64 = 4 << 30;
/// How much may come of a byte, beyond that. Files of text shrink to a tenth, logs that say the same again and again to a hundredth,
/// a disk full of zeros to a thousandth.
const MOST: u64 = 200;
const BUFFER: usize = 64 << 10;
/// The largest window of a frame of Zstandard, in bytes: so much of what came before is kept by every thread. Builders use 8 MiB.
const WINDOW: u64 = 64 << 20;
/// The only way that gzip compresses.
const DEFLATE: u8 = 8;
/// How many bytes tell how a file is compressed.
const MAGIC: u64 = 10;
/// The last block of a frame, with nothing in it, and room for a sum.
const END: &[u8] = &[0x01, 0, 0, 0, 0, 0, 0];
/// The longest header of a frame, with its magic number.
const HEADER: usize = 18;

/// Whether a file begins as what is compressed does.
pub(super) fn is_begun(file: impl Read) -> io::Result<bool> {
    let mut magic = Vec::new();
    file.take(MAGIC).read_to_end(&mut magic)?;
    Ok(is_gzip(&magic) || is_zstd(&magic) || other(&magic).is_some())
}

fn is_gzip(magic: &[u8]) -> bool {
    matches!(magic, [0x1F, 0x8B, ..])
}

/// Whether a frame begins, or one that is to be skipped.
fn is_zstd(magic: &[u8]) -> bool {
    matches!(magic, [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// Whether a file within a layer begins as what is compressed does.
pub(super) fn is_one(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B, DEFLATE]) || is_zstd(head)
}

/// What may have been compressed.
pub(super) struct Content<'r> {
    pub(super) reader: Box<dyn Read + 'r>,
    /// Whether it was.
    pub(super) is_compressed: bool,
    /// How much may come of what is compressed within it.
    pub(super) within: Rc<Budget>,
}

/// How much may come of something, whatever it goes through.
pub(super) struct Budget {
    /// How many bytes of it were read.
    taken: Rc<Cell<u64>>,
    /// How many came of them, and how many may in any case.
    given: Cell<u64>,
    free: u64,
}

/// The content of what may be compressed with gzip or Zstandard. `free` bytes of it are read in any case.
pub(super) fn content<'r>(reader: impl Read + 'r, free: u64) -> io::Result<Content<'r>> {
    let taken = Rc::new(Cell::new(0));
    let budget = || Rc::new(Budget { taken: Rc::clone(&taken), given: Cell::new(0), free });
    let mut counted = Counted { reader, taken: Rc::clone(&taken) };
    // What is decompressed itself may come byte by byte.
    let mut magic = Vec::new();
    counted.by_ref().take(MAGIC).read_to_end(&mut magic)?;
    let is_compressed = is_gzip(&magic) || is_zstd(&magic) || other(&magic).is_some();
    let reader = BufReader::with_capacity(BUFFER, Cursor::new(magic.clone()).chain(counted));
    let reader = if is_compressed { decoded(reader, &magic, &budget())? } else { Box::new(reader) };
    Ok(Content { reader, is_compressed, within: budget() })
}

/// The content of a file within a layer that is compressed, of all of which so much may come.
pub(super) fn within<'r>(mut reader: impl Read + 'r, budget: &Rc<Budget>) -> io::Result<Box<dyn Read + 'r>> {
    let mut magic = Vec::new();
    reader.by_ref().take(MAGIC).read_to_end(&mut magic)?;
    let reader = BufReader::with_capacity(BUFFER, Cursor::new(magic.clone()).chain(reader));
    decoded(reader, &magic, budget)
}

fn decoded<'r>(
    reader: impl BufRead + 'r,
    magic: &[u8],
    budget: &Rc<Budget>,
) -> io::Result<Box<dyn Read + 'r>> {
    if let Some(name) = other(magic) {
        let message = format!("it is compressed with {name}, which is not read");
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    Ok(if is_gzip(magic) {
        Box::new(Bounded::new(MultiGzDecoder::new(reader), budget))
    } else {
        let zstd = Zstd { reader, decoder: FrameDecoder::new(), within: false, failed: None };
        Box::new(Bounded::new(zstd, budget))
    })
}

/// What else the beginning of a file says that it is compressed with.
pub(super) fn other(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some("bzip2"),
        [0x04, 0x22, 0x4D, 0x18, ..] => Some("lz4"),
        [b'h', b's', b'q', b's', ..] => Some("squashfs"),
        _ => None,
    }
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// Fails where more comes out than can be meant.
pub(super) struct Bounded<R> {
    reader: R,
    budget: Rc<Budget>,
}

impl<R> Bounded<R> {
    pub(super) fn new(reader: R, budget: &Rc<Budget>) -> Self {
        Self { reader, budget: Rc::clone(budget) }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let Budget { taken, given, free } = &*self.budget;
        given.set(given.get() + read as u64);
        if given.get() > *free && given.get() / MOST > taken.get() {
            let free = free >> 20;
            let message = format!(
                "it expands to more than {free} MiB and {MOST} times its size, and the rest was not looked through"
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(read)
    }
}

/// Frames of Zstandard, one after the other, and what is to be skipped between them.
struct Zstd<R> {
    reader: R,
    decoder: FrameDecoder,
    /// Whether a frame was begun and not ended.
    within: bool,
    /// Why the frame cannot be read on.
    failed: Option<io::Error>,
}

impl<R: io::BufRead> Zstd<R> {
    /// What is wrong where a frame cannot be decoded: it may just be cut off.
    fn broken(&mut self, error: &FrameDecoderError) -> io::Error {
        match self.reader.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
            Err(error) => error,
        }
    }
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.within {
                if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let some = BlockDecodingStrategy::UptoBlocks(1);
                    if let Err(error) = self.decoder.decode_blocks(&mut self.reader, some) {
                        // What came of the frame is given out only when it is at its end.
                        self.failed = Some(self.broken(&error));
                        let some = BlockDecodingStrategy::UptoBlocks(1);
                        self.decoder.decode_blocks(END, some).map_err(|error| self.broken(&error))?;
                    }
                }
                let read = Read::read(&mut self.decoder, buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.within = !self.decoder.is_finished() || self.decoder.can_collect() > 0;
                if let Some(error) = self.failed.take_if(|_| !self.within) {
                    return Err(error);
                }
            } else if self.reader.fill_buf()?.is_empty() {
                return Ok(0);
            } else {
                let header = header(&mut self.reader)?;
                if window(&header).is_some_and(|window| window > WINDOW) {
                    let message =
                        format!("it can be decompressed only with more than {} MiB of memory", WINDOW >> 20);
                    return Err(io::Error::new(io::ErrorKind::Unsupported, message));
                }
                match self.decoder.reset(header.as_slice().chain(&mut self.reader)) {
                    Ok(()) => self.within = true,
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length,
                        ..
                    })) => {
                        io::copy(&mut (&mut self.reader).take(u64::from(length)), &mut io::sink())?;
                    }
                    Err(error) => return Err(self.broken(&error)),
                }
            }
        }
    }
}

/// What a frame begins with: its magic number, what describes it, and the fields that this announces. Fewer bytes where the input ends.
fn header(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut header = Vec::with_capacity(HEADER);
    reader.by_ref().take(5).read_to_end(&mut header)?;
    if let [0x28, 0xB5, 0x2F, 0xFD, descriptor] = *header.as_slice() {
        let rest = fields(descriptor).iter().sum::<usize>();
        reader.take(rest as u64).read_to_end(&mut header)?;
    }
    Ok(header)
}

/// How many bytes the window, the dictionary and the size of the content take in a header (RFC 8878, 3.1.1.1).
fn fields(descriptor: u8) -> [usize; 3] {
    let is_single = descriptor & 0x20 != 0;
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or_default();
    let size = match descriptor >> 6 {
        0 => usize::from(is_single),
        flag => 1 << flag,
    };
    [usize::from(!is_single), dictionary, size]
}

/// The window that a header of a frame demands, in bytes. `None` for what is no whole header of a frame.
fn window(header: &[u8]) -> Option<u64> {
    let [0x28, 0xB5, 0x2F, 0xFD, descriptor, rest @ ..] = header else { return None };
    let [window, dictionary, size] = fields(*descriptor);
    if window == 1 {
        let byte = *rest.first()?;
        let base = 1u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * u64::from(byte & 7));
    }
    // A frame of one segment has its content for a window; two bytes count from 256, which does not matter here.
    let size = rest.get(dictionary..dictionary + size)?;
    Some(size.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::content;

    const FRAME: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

    fn read(header: &[u8]) -> Result<Vec<u8>, String> {
        // The last block, which holds one byte as it is.
        let bytes = [&FRAME, header, &[0x09, 0, 0, b'x']].concat();
        let mut read = Vec::new();
        let mut reader = content(bytes.as_slice(), 0).map_err(|error| error.to_string())?.reader;
        reader.read_to_end(&mut read).map_err(|error| error.to_string())?;
        Ok(read)
    }

    #[test]
    fn a_window_larger_than_the_limit_is_refused() {
        assert_eq!(read(&[0x00, 16 << 3]), Ok(b"x".to_vec()));
        assert_eq!(read(&[0x20, 1]), Ok(b"x".to_vec()));
        let refused = Err("it can be decompressed only with more than 64 MiB of memory".to_owned());
        assert_eq!(read(&[0x00, 16 << 3 | 1]), refused);
        assert_eq!(read(&[0xA0, 0, 0, 0, 5]), refused);
        assert_eq!(read(&[0xE0, 0, 0, 0, 0, 1, 0, 0, 0]), refused);
    }

    /// Bytes of which a thousandth is left when they are compressed.
    fn zeros(count: usize) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![0; count]).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn what_is_compressed_otherwise_is_called_by_its_name() {
        for (bytes, name) in [(&b"\xFD7zXZ\0\0"[..], "xz"), (b"BZh91AY&SY\0", "bzip2")] {
            let error = content(bytes, 0).err().unwrap().to_string();
            assert_eq!(error, format!("it is compressed with {name}, which is not read"));
        }
    }

    #[test]
    fn what_expands_without_measure_is_read_as_far_as_is_free() {
        let free = 1 << 20;
        // A block of Zstandard that says of one byte that it stands there again and again.
        let repeated = [0x02, 0, 0x10, 0];
        let zstd = [&FRAME[..], &[0x00, 0x58], &repeated.repeat(40), &[0x01, 0, 0]].concat();
        for packed in [zeros(4 << 20), zstd] {
            let mut read = Vec::new();
            let error = content(packed.as_slice(), free).unwrap().reader.read_to_end(&mut read).unwrap_err();
            assert!(error.to_string().starts_with("it expands to more than 1 MiB and 200 times its size"));
            assert!(read.len() as u64 + (128 << 10) >= free, "{}", read.len());
        }
        // Ordinary content that shrinks as much, and is no more than what is free.
        let mut read = Vec::new();
        content(zeros(1 << 20).as_slice(), free).unwrap().reader.read_to_end(&mut read).unwrap();
        assert_eq!(read.len() as u64, free);
    }
}
