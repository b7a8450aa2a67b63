//! Texts in UTF-16, which some programs of Windows write.

use std::io::{self, Read};

/// Reads UTF-16 as UTF-8; what is no character is replaced.
pub(super) struct Decoded<R> {
    reader: R,
    little: bool,
    /// Bytes of UTF-8 that were not asked for yet.
    ready: Vec<u8>,
    given: usize,
    /// The unit that was read and waits for its other half.
    high: Option<u16>,
    /// The byte that was read and waits for its other half.
    odd: Option<u8>,
}

impl<R: Read> Decoded<R> {
    /// The text behind the byte order mark.
    pub(super) fn new(reader: R, little: bool) -> Self {
        Self { reader, little, ready: Vec::new(), given: 0, high: None, odd: None }
    }

    fn more(&mut self) -> io::Result<usize> {
        let mut bytes = [0; 8192];
        let kept = usize::from(self.odd.is_some());
        if let (Some(odd), Some(first)) = (self.odd.take(), bytes.first_mut()) {
            *first = odd;
        }
        let read = self.reader.read(bytes.get_mut(kept..).unwrap_or_default())?;
        self.ready.clear();
        self.given = 0;
        let pairs = bytes.get(..kept + read).unwrap_or_default().chunks(2);
        let mut units: Vec<u16> = self.high.take().into_iter().collect();
        for pair in pairs {
            match *pair {
                [a, b] if self.little => units.push(u16::from_le_bytes([a, b])),
                [a, b] => units.push(u16::from_be_bytes([a, b])),
                [odd] => self.odd = Some(odd),
                _ => {}
            }
        }
        if read > 0 && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            self.high = units.pop();
        }
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(read)
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            if self.more()? == 0 && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}
