//! Layers as they were before they were compressed, with an end to what expands without measure.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// So much may come of anything, in bytes.
const FREE: u64 = 256 << 20;
/// How much may come of a byte, beyond that. Files of text shrink to a tenth, a disk full of zeros to a thousandth.
const MOST: u64 = 200;
const BUFFER: usize = 64 << 10;

/// The content of what may be compressed with gzip or Zstandard.
pub(super) fn content<'r>(reader: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let taken = Rc::new(Cell::new(0));
    let counted = Counted { reader, taken: Rc::clone(&taken) };
    let mut reader = BufReader::with_capacity(BUFFER, counted);
    let magic = io::BufRead::fill_buf(&mut reader)?;
    let given = 0;
    Ok(match magic {
        [0x1F, 0x8B, ..] => Box::new(Bounded { reader: MultiGzDecoder::new(reader), taken, given }),
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => {
            let zstd = Zstd { reader, decoder: FrameDecoder::new(), within: false };
            Box::new(Bounded { reader: zstd, taken, given })
        }
        _ => Box::new(reader),
    })
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
struct Bounded<R> {
    reader: R,
    taken: Rc<Cell<u64>>,
    given: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.given += read as u64;
        if self.given > FREE && self.given / MOST > self.taken.get() {
            let message = format!("it expands to more than {MOST} times its size");
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
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let broken = |error: FrameDecoderError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        loop {
            if self.within {
                if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let some = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder.decode_blocks(&mut self.reader, some).map_err(broken)?;
                }
                let read = Read::read(&mut self.decoder, buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.within = !self.decoder.is_finished() || self.decoder.can_collect() > 0;
            } else if self.reader.fill_buf()?.is_empty() {
                return Ok(0);
            } else {
                match self.decoder.reset(&mut self.reader) {
                    Ok(()) => self.within = true,
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length,
                        ..
                    })) => {
                        io::copy(&mut (&mut self.reader).take(u64::from(length)), &mut io::sink())?;
                    }
                    Err(error) => return Err(broken(error)),
                }
            }
        }
    }
}
