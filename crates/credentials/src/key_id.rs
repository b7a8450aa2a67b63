//! Access key ids, and what they tell.

use std::fmt;

use crate::canary;
use crate::plausible::{entropy, has_sequence};
use crate::words;

/// Prefixes of access key ids that go with a secret: long-term, temporary, bearer token, context-specific.
pub(crate) const PREFIXES: [&str; 4] = ["AKIA", "ASIA", "ABIA", "ACCA"];
/// The letter that all of them begin with.
pub(crate) const FIRST: u8 = b'A';
/// The number of characters of an id.
pub(crate) const LENGTH: usize = 20;
/// Account numbers have twelve digits.
const LAST_ACCOUNT: u64 = 999_999_999_999;
/// An access key id. Displaying it shows its first and last four characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; LENGTH]);

impl KeyId {
    /// The id in 20 bytes that have its form and are no placeholder. That of a stand-in for AWS is one.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let id = Self(bytes.try_into().ok()?);
        let (prefix, body) = bytes.split_at(4);
        let is_prefix = PREFIXES.iter().any(|one| one.as_bytes() == prefix);
        // The alphabet is that of base32: 0, 1, 8 and 9 are impossible.
        let well_formed = body.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        (is_prefix && well_formed && (id.is_of_stand_in() || !id.is_placeholder())).then_some(id)
    }

    /// The account that the id belongs to, 12 digits. `None` for ids of the old generation, which do not carry it, and for what
    /// decodes to no account. The encoding is not documented by AWS: found by Aidan Steele and by WithSecure Labs.
    pub fn account(&self) -> Option<String> {
        self.number().filter(|number| is_account(*number)).map(|number| format!("{number:012}"))
    }

    /// Whether the id has the form of those that carry an account, and none that can be: AWS made no such id, as far as the
    /// encoding is known.
    pub fn is_doubtful(&self) -> bool {
        self.number().is_some_and(|number| !is_account(number))
    }

    /// Whether the account is one of those whose keys are planted to be found.
    pub fn is_planted(&self) -> bool {
        self.number().is_some_and(canary::is_planted)
    }

    /// Whether its secret expires by itself.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with(b"ASIA")
    }

    /// Whether it is one that a stand-in for AWS made, such as LocalStack or moto: their account is one of zeros.
    pub(crate) fn is_of_stand_in(&self) -> bool {
        self.number() == Some(0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The forty bits behind that of the generation, which is 1 in ids whose bodies begin with Q to Z or 2 to 7.
    fn number(&self) -> Option<u64> {
        // Ten letters of base32 are fifty bits: the generation, forty of the account, nine that do not belong to it.
        let bits = self.0.iter().skip(4).take(10).fold(0u64, |bits, byte| {
            let five = if byte.is_ascii_digit() { byte - b'2' + 26 } else { byte - b'A' };
            bits << 5 | u64::from(five)
        });
        (bits >> 49 == 1).then_some((bits >> 9) & 0xFF_FFFF_FFFF)
    }

    fn is_placeholder(&self) -> bool {
        // Ids of accounts with a low number have many of one letter.
        let least = if self.account().is_some() { 2.7 } else { 3.0 };
        let body = self.0.get(4..).unwrap_or_default();
        words::make_up(body)
            || words::read_as_english(body)
            || has_sequence(body, 7)
            || entropy(&self.0) < least
    }
}

/// Whether a text is an id of an account of zeros, as stand-ins for AWS make them.
pub(crate) fn is_of_stand_in(text: &[u8]) -> bool {
    let is_formed = text.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    is_formed && <[u8; LENGTH]>::try_from(text).is_ok_and(|id| KeyId(id).number() == Some(0))
}

/// Whether a number can be that of an account. Stand-ins for AWS make keys of an account of zeros.
fn is_account(number: u64) -> bool {
    (1..=LAST_ACCOUNT).contains(&number)
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.0);
        let (first, last) = (text.get(..4).unwrap_or_default(), text.get(LENGTH - 4..).unwrap_or_default());
        write!(f, "{first}…{last}")
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
