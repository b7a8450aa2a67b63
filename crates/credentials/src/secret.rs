//! What a run of characters may be.

use crate::plausible::{LEAST_TURNS, entropy, has_sequence, turns};
use crate::run::Run;
use crate::{Kind, base64};

pub(crate) const SECRET: usize = 40;
const SMTP: usize = 44;
const SHORTEST_TOKEN: usize = 100;
/// What session tokens hold: `aws`, or the beginning of `origin_ec`.
const TOKEN_MARKS: [&[u8]; 2] = [b"YXdz", b"Jb3JpZ2luX2Vj"];

/// What surrounds a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// A name announces a secret, or an access key id is near.
    pub(crate) secret: bool,
    /// An id of a long-term key is near.
    pub(crate) user: bool,
    /// An id of a temporary key is near.
    pub(crate) session: bool,
}

/// What a run is in its surroundings, with its value where that is not the run itself.
pub(crate) fn classify(run: &Run, around: Surroundings) -> Option<(Kind, Option<Vec<u8>>)> {
    let characters = run.characters.as_ref();
    match (characters.len(), run.padding) {
        (SECRET, 0) if around.secret => is_secret(characters).then_some((Kind::SecretKey, None)),
        // Base64 of a secret, or of a line that holds nothing else.
        (54, 2) | (55, 1) | (56, 0) if around.secret => {
            let decoded = base64::decode(characters).trim_ascii_end().to_vec();
            is_secret(&decoded).then_some((Kind::SecretKey, Some(decoded)))
        }
        (SMTP, 0) if around.user => is_smtp_password(characters).then_some((Kind::SmtpPassword, None)),
        (SHORTEST_TOKEN..=crate::run::LONGEST, _) if around.session => {
            is_token(characters).then_some((Kind::SessionToken, None))
        }
        _ => None,
    }
}

pub(crate) fn is_secret(secret: &[u8]) -> bool {
    let of_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    secret.len() == SECRET && secret.iter().all(of_alphabet) && is_random(secret)
}

/// The version of the derivation is the first byte, and it is 4.
fn is_smtp_password(password: &[u8]) -> bool {
    matches!(password, [b'B', b'A'..=b'P', ..]) && is_random(password)
}

/// What has no capital, no small letter or no digit is a word, a path or a digest, and so is what changes between them seldom.
fn is_random(bytes: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let hexadecimal = bytes.iter().all(u8::is_ascii_hexdigit);
    mixed
        && !hexadecimal
        && !contains(bytes, b"EXAMPLE")
        && !has_sequence(bytes, 6)
        && turns(bytes) >= LEAST_TURNS
        && entropy(bytes) >= 4.25
}

fn is_token(token: &[u8]) -> bool {
    TOKEN_MARKS.iter().any(|mark| contains(token, mark))
        && !contains(token, b"EXAMPLE")
        && entropy(token) >= 4.5
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
