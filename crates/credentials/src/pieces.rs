//! Credentials that may turn up in part, wherever the parts are written.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::Value;

/// How many characters in a row are recognised: fewer of them come about by chance. They fit into a word of the machine.
const LENGTH: usize = 8;

/// What short-term keys of Amazon Bedrock begin with, which are words.
const HEAD: &[u8] = b"bedrock-api-key-";

/// How many bits the filter has for each row of characters, at least.
const BITS: usize = 8;

/// Recognises any eight characters in a row of the credentials that it was given, in any letter case, also where what is neither a
/// letter nor a digit is left out of them. It tells where they stand in a text and cannot show them.
#[derive(Clone, Default)]
pub struct Pieces(Arc<Windows>);

#[derive(Clone, Default)]
struct Windows {
    /// Each row of characters, in small letters.
    all: HashSet<u64>,
    /// A bit for each of them: most of what is asked for is none, and has no bit.
    filter: Vec<u64>,
    /// The characters of ASCII that they have, a bit for each: most of a text has others, and is passed over.
    characters: u128,
}

impl Pieces {
    /// How far around a part of a text a piece may reach that touches it, in bytes.
    pub const REACH: usize = LENGTH;

    /// Recognises those of a credential too.
    pub fn add(&mut self, value: &Value) {
        let own = value.bytes().strip_prefix(HEAD).unwrap_or(value.bytes());
        let windows = Arc::make_mut(&mut self.0);
        windows.add(own.iter().copied());
        if !own.iter().all(u8::is_ascii_alphanumeric) {
            windows.add(own.iter().copied().filter(u8::is_ascii_alphanumeric));
        }
    }

    /// The parts of a text that are pieces of a credential, in its order.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut row = Row::default();
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            let byte = byte.to_ascii_lowercase();
            if self.0.characters & bit(byte) == 0 {
                row = Row::default();
                continue;
            }
            let end = at + 1;
            if !row.next(byte).is_some_and(|window| self.0.has(window)) {
                continue;
            }
            match places.last_mut().filter(|last| end - LENGTH <= last.end) {
                Some(last) => last.end = end,
                None => places.push(end - LENGTH..end),
            }
        }
        places
    }

    /// Whether all of a text is recognised.
    pub fn cover(&self, text: &str) -> bool {
        matches!(self.places(text).as_slice(), [place] if *place == (0..text.len()))
    }
}

impl Windows {
    fn add(&mut self, characters: impl Iterator<Item = u8>) {
        let mut row = Row::default();
        for byte in characters.map(|byte| byte.to_ascii_lowercase()) {
            self.characters |= bit(byte);
            let Some(window) = row.next(byte).filter(|window| self.all.insert(*window)) else { continue };
            if self.all.len() * BITS > self.filter.len() * 64 {
                self.filter = vec![0; (self.all.len() * BITS / 32).next_power_of_two()];
                let all = std::mem::take(&mut self.all);
                all.iter().for_each(|window| self.mark(*window));
                self.all = all;
            }
            self.mark(window);
        }
    }

    fn mark(&mut self, window: u64) {
        let (word, bit) = self.place(window);
        if let Some(word) = self.filter.get_mut(word) {
            *word |= bit;
        }
    }

    fn has(&self, window: u64) -> bool {
        let (word, bit) = self.place(window);
        self.filter.get(word).is_some_and(|word| word & bit != 0) && self.all.contains(&window)
    }

    /// Where the bit of a row is: in which word of the filter, whose length is a power of two.
    fn place(&self, window: u64) -> (usize, u64) {
        // Multiplied by the golden ratio, the upper bits depend on all characters.
        let mixed = window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24;
        let word = usize::try_from(mixed >> 6).unwrap_or_default() & self.filter.len().wrapping_sub(1);
        (word, 1 << (mixed & 63))
    }
}

/// The last characters of a text.
#[derive(Default)]
struct Row {
    characters: u64,
    length: usize,
}

impl Row {
    /// The row that ends with one more character, if there are enough of them.
    fn next(&mut self, byte: u8) -> Option<u64> {
        self.characters = self.characters << 8 | u64::from(byte);
        self.length += 1;
        (self.length >= LENGTH).then_some(self.characters)
    }
}

/// The bit of a character of ASCII; none of any other.
fn bit(byte: u8) -> u128 {
    1_u128.checked_shl(byte.into()).unwrap_or_default()
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use crate::Value;

    #[test]
    fn many_credentials_are_recognised_and_nothing_else_is() {
        let secret = |number: u64| {
            let digits =
                [3u64, 5, 7, 11, 13].map(|factor| format!("{:08x}", (number + 1) * factor * 0x0123_4567));
            digits.concat()
        };
        let mut pieces = Pieces::default();
        (0..1000).for_each(|number| pieces.add(&Value::new(secret(number).as_bytes())));
        for number in 0..1000 {
            assert!(pieces.cover(&secret(number)), "{number}");
        }
        let others = (0..1000).filter(|number| !pieces.places(&format!("qz{number:06}")).is_empty());
        assert_eq!(others.count(), 0);
    }

    #[test]
    fn eight_characters_of_a_credential_are_recognised_and_fewer_are_not() {
        let secret = ["2HPcHyGcFRl1SPnXNYvM", "IHa+2o76umfXfKm+r5kJ"].concat();
        let mut pieces = Pieces::default();
        pieces.add(&Value::new(secret.as_bytes()));
        let (piece, less) = (secret.get(9..17).unwrap(), secret.get(20..27).unwrap());
        assert_eq!(pieces.places(&format!("a {piece}, é{less}b {secret}")), [2..10, 23..63]);
        assert!(pieces.places("short").is_empty());
        let (upper, plain) = (secret.to_uppercase(), secret.replace('+', ""));
        for text in [&secret, &upper, &plain, &plain.to_lowercase()] {
            assert!(pieces.cover(text), "{text}");
            assert!(!pieces.cover(&format!("{text}z")), "{text}");
        }
        assert_eq!(format!("{pieces:?}"), "****");
    }
}
