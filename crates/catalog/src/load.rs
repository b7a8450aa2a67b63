//! Unpacks what is embedded.
//!
//! The files are part of the program, and tests read all of them: content that cannot be unpacked is empty.

use std::io::Read;
use std::sync::{Mutex, OnceLock, PoisonError};

use ruzstd::decoding::{Dictionary, FrameDecoder, StreamingDecoder};

/// The text of an embedded file, which lives as long as the program.
pub(crate) fn unpack(packed: &'static [u8]) -> &'static str {
    let mut content = Vec::with_capacity(packed.len().saturating_mul(8));
    if let Ok(mut decoder) = StreamingDecoder::new(packed) {
        // What was read before an error is of no use either, but there is no error: see above.
        let _ = decoder.read_to_end(&mut content);
    }
    text(content)
}

fn text(content: Vec<u8>) -> &'static str {
    String::leak(String::from_utf8(content).unwrap_or_default())
}

/// A file of blocks behind a dictionary that they share, each of which is unpacked when it is asked for.
pub(crate) struct Blocks {
    packed: &'static [u8],
    /// Where the dictionary ends, and where the blocks do.
    ends: Vec<usize>,
    texts: Vec<OnceLock<&'static str>>,
    decoder: Mutex<Option<FrameDecoder>>,
}

impl Blocks {
    /// The blocks of a file, given the packed lengths of the dictionary and of the blocks.
    pub(crate) fn new(packed: &'static [u8], lengths: &[usize]) -> Self {
        let ends = lengths.iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        let texts = lengths.iter().skip(1).map(|_| OnceLock::new()).collect();
        Self { packed, ends: ends.collect(), texts, decoder: Mutex::new(None) }
    }

    /// A part of a block: `start` and `length` are bytes of its text.
    pub(crate) fn part(&self, block: usize, start: usize, length: usize) -> &'static str {
        let Some(text) = self.texts.get(block) else { return "" };
        let text = text.get_or_init(|| self.unpack(block).map_or("", self::text));
        text.get(start..start + length).unwrap_or_default()
    }

    fn unpack(&self, block: usize) -> Option<Vec<u8>> {
        let packed = self.packed.get(*self.ends.get(block)?..*self.ends.get(block + 1)?)?;
        // A thread that panicked left a decoder behind that starts afresh with every block.
        let mut decoder = self.decoder.lock().unwrap_or_else(PoisonError::into_inner);
        if decoder.is_none() {
            *decoder = Some(self.with_dictionary()?);
        }
        let mut content = Vec::with_capacity(packed.len().saturating_mul(16));
        StreamingDecoder::new_with_decoder(packed, decoder.as_mut()?).ok()?.read_to_end(&mut content).ok()?;
        Some(content)
    }

    fn with_dictionary(&self) -> Option<FrameDecoder> {
        let mut dictionary = Vec::new();
        let packed = self.packed.get(..*self.ends.first()?)?;
        StreamingDecoder::new(packed).ok()?.read_to_end(&mut dictionary).ok()?;
        let mut decoder = FrameDecoder::new();
        decoder.add_dict(Dictionary::decode_dict(&dictionary).ok()?).ok()?;
        Some(decoder)
    }
}
