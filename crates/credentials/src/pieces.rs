//! Credentials that may turn up in part, wherever the parts are written.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use crate::Value;

/// How many characters in a row are recognised: fewer of them come about by chance.
const LENGTH: usize = 8;

/// What short-term keys of Amazon Bedrock begin with, which are words.
const HEAD: &[u8] = b"bedrock-api-key-";

/// Recognises any eight characters in a row of the credentials that it was given. It tells where they stand in a text and cannot
/// show them.
#[derive(Clone, Default)]
pub struct Pieces {
    windows: HashSet<[u8; LENGTH]>,
    /// The characters of ASCII that they have, a bit for each: most of a text has others, and is passed over.
    characters: u128,
}

impl Pieces {
    /// Recognises those of a credential too.
    pub fn add(&mut self, value: &Value) {
        let own = value.bytes().strip_prefix(HEAD).unwrap_or(value.bytes());
        self.windows.extend(own.array_windows::<LENGTH>());
        self.characters |= own.iter().fold(0, |all, &byte| all | bit(byte));
    }

    /// The parts of a text that are pieces of a credential, in its order.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut begin = 0;
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            let end = at + 1;
            if self.characters & bit(byte) == 0 {
                begin = end;
            }
            let Some(start) = end.checked_sub(LENGTH).filter(|start| begin <= *start) else { continue };
            if !text.as_bytes().get(start..end).is_some_and(|window| self.windows.contains(window)) {
                continue;
            }
            match places.last_mut().filter(|last| start <= last.end) {
                Some(last) => last.end = end,
                None => places.push(start..end),
            }
        }
        places
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
    fn eight_characters_of_a_credential_are_recognised_and_fewer_are_not() {
        let secret = ["2HPcHyGcFRl1SPnXNYvM", "IHa+2o76umfXfKm+r5kJ"].concat();
        let mut pieces = Pieces::default();
        pieces.add(&Value::new(secret.as_bytes()));
        let (piece, less) = (secret.get(9..17).unwrap(), secret.get(20..27).unwrap());
        assert_eq!(pieces.places(&format!("a {piece}, é{less}b {secret}")), [2..10, 23..63]);
        assert!(pieces.places("short").is_empty());
        assert_eq!(format!("{pieces:?}"), "****");
    }
}
