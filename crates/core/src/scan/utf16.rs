//! Texts in UTF-16, which some programs of Windows write.

use std::io::{self, Read};

use memchr::memchr;

/// How a text in UTF-16 begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Whether the first byte of a unit is its low one.
    pub(super) little: bool,
    /// How many bytes the byte order mark takes.
    pub(super) mark: usize,
}

/// How a text in UTF-16 begins, by its byte order mark, or else by what its units are in one order and not in the other: characters
/// of text, of which one in four is ASCII. `None` for what is none.
pub(super) fn start(head: &[u8]) -> Option<Start> {
    match head {
        [0xFF, 0xFE, ..] => Some(Start { little: true, mark: 2 }),
        [0xFE, 0xFF, ..] => Some(Start { little: false, mark: 2 }),
        // Without a zero nothing of it is ASCII.
        _ => memchr(0, head).and_then(|_| {
            let little = [true, false].into_iter().find(|little| is_text(head, *little))?;
            Some(Start { little, mark: 0 })
        }),
    }
}

fn is_text(head: &[u8], little: bool) -> bool {
    let unit = |unit: &[u8; 2]| if little { u16::from_le_bytes(*unit) } else { u16::from_be_bytes(*unit) };
    let mut units: Vec<u16> = head.as_chunks::<2>().0.iter().map(unit).collect();
    // A character of two units may go on behind the end.
    let _ = units.pop_if(|last| (0xD800..0xDC00).contains(last));
    let ascii = units.iter().filter(|unit| **unit < 0x80).count();
    let is_control = |one: char| one.is_control() && !matches!(one, '\n' | '\r' | '\t');
    let is_character = |one: Result<char, _>| one.is_ok_and(|one| !is_control(one));
    ascii > 0 && ascii * 4 >= units.len() && char::decode_utf16(units).all(is_character)
}

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
