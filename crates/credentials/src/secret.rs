//! What a run of characters may be.

use crate::plausible::{LEAST_TURNS, entropy, has_sequence, pairs_of_capitals, turns};
use crate::run::Run;
use crate::{Kind, base64, words};

pub(crate) const SECRET: usize = 40;
const SMTP: usize = 44;
const SHORTEST_TOKEN: usize = 100;
/// What session tokens hold: `aws`, or the beginning of `origin_ec`.
const TOKEN_MARKS: [&[u8]; 2] = [b"YXdz", b"Jb3JpZ2luX2Vj"];
/// The bounds of what is no words although it may have no digits, under which one in a million random secrets is. A capital follows a
/// capital in them eight or nine times.
const LEAST_CAPITALS: usize = 1;
const LIKELY_TURNS: usize = 9;
const LIKELY_ENTROPY: f64 = 3.9;

/// What a run may be, by its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A secret access key, decoded where that is not the run itself.
    Secret(Option<Vec<u8>>, Sureness),
    /// An SMTP password of Amazon SES, decoded where that is not the run itself.
    SmtpPassword(Option<Vec<u8>>),
    /// A session token, decoded likewise.
    SessionToken(Option<Vec<u8>>),
}

/// How sure it is that characters are random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sureness {
    /// They may as well be words: a secret when an id is near, and a name announces it.
    Named,
    /// They have no digits, as one secret in a thousand, or are less mixed than most: a secret when an id is near, or under the very name
    /// that AWS gives it.
    Likely,
    /// They cannot be anything else, if anything says that they are a secret.
    Random,
}

/// What a run may be.
pub(crate) fn form(run: &Run<'_>) -> Option<Form> {
    let characters = run.characters.as_ref();
    match (characters.len(), run.padding) {
        (SECRET, 0) => Some(Form::Secret(None, sureness(characters)?)),
        // Base64 of a secret, or of a line that holds nothing else.
        (54, 2) | (55, 1) | (56, 0) => {
            let decoded = base64::decode(characters).trim_ascii_end().to_vec();
            let of_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
            let is_secret = decoded.len() == SECRET && decoded.iter().all(of_alphabet);
            let sureness = is_secret.then(|| sureness(&decoded)).flatten()?;
            Some(Form::Secret(Some(decoded), sureness))
        }
        // Base64 of that again.
        (72..=80, _) if is_base64(&base64::decode(characters)) => {
            let decoded = base64::decode(characters).trim_ascii_end().to_vec();
            let padding = decoded.iter().rev().take_while(|byte| **byte == b'=').count();
            let characters = decoded.get(..decoded.len() - padding)?.into();
            form(&Run { range: run.range.clone(), characters, padding })
        }
        (SMTP, 0) => is_smtp(characters).then_some(Form::SmtpPassword(None)),
        (59, 1) | (60, 0) => {
            let decoded = base64::decode(characters).trim_ascii_end().to_vec();
            is_smtp(&decoded).then_some(Form::SmtpPassword(Some(decoded)))
        }
        (SHORTEST_TOKEN..=crate::run::LONGEST, _) if is_token(characters) => Some(Form::SessionToken(None)),
        (SHORTEST_TOKEN..=crate::run::LONGEST, _) => {
            let decoded = base64::decode(characters).trim_ascii_end().to_vec();
            let is_one = decoded.len() >= SHORTEST_TOKEN && is_base64(&decoded);
            (is_one && is_token(&decoded)).then_some(Form::SessionToken(Some(decoded)))
        }
        _ => None,
    }
}

/// Whether a text is base64, up to a line break.
fn is_base64(text: &[u8]) -> bool {
    let of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+' | b'=');
    text.trim_ascii_end().iter().all(of_base64)
}

/// Whether characters are an SMTP password: the version of the derivation is the first byte, and it is 4.
fn is_smtp(characters: &[u8]) -> bool {
    let of_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    characters.len() == SMTP
        && matches!(characters, [b'B', b'A'..=b'P', ..])
        && characters.iter().all(of_alphabet)
        && is_random(characters)
}

impl Form {
    /// The kind and the decoded value.
    pub(crate) fn kind(self) -> (Kind, Option<Vec<u8>>) {
        match self {
            Form::Secret(decoded, _) => (Kind::SecretKey, decoded),
            Form::SmtpPassword(decoded) => (Kind::SmtpPassword, decoded),
            Form::SessionToken(decoded) => (Kind::SessionToken, decoded),
        }
    }
}

/// Whether characters have the form of a secret key, whatever stands around them.
pub(crate) fn is_secret(secret: &[u8]) -> bool {
    let of_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    secret.len() == SECRET && secret.iter().all(of_alphabet) && is_random(secret)
}

/// How sure it is that forty characters are a secret; `None` if they are none.
fn sureness(secret: &[u8]) -> Option<Sureness> {
    if is_random(secret) {
        return Some(Sureness::Random);
    }
    let has = |is: fn(&u8) -> bool| usize::from(secret.iter().any(is));
    let classes = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit);
    let hexadecimal = secret.iter().all(u8::is_ascii_hexdigit);
    if hexadecimal || classes < 2 || contains(secret, b"EXAMPLE") || has_sequence(secret, 6) {
        return None;
    }
    let are_words = words::make_up(&secret.to_ascii_uppercase());
    let (turns, entropy) = (turns(secret), entropy(secret));
    let is_likely = !words::written_together(secret)
        && pairs_of_capitals(secret) >= LEAST_CAPITALS
        && turns >= LIKELY_TURNS
        && entropy >= LIKELY_ENTROPY;
    let is_possible = turns >= LEAST_TURNS / 2 && entropy >= 3.0;
    match (is_likely, is_possible) {
        _ if are_words => None,
        (true, _) => Some(Sureness::Likely),
        (false, true) => Some(Sureness::Named),
        (false, false) => None,
    }
}

/// What has no capital, no small letter or no digit is a word, a path or a digest, and so is what changes between them seldom.
fn is_random(bytes: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let hexadecimal = bytes.iter().all(u8::is_ascii_hexdigit);
    // A document of JSON in base64, such as the head of a signed token.
    let is_json = bytes.starts_with(b"eyJ") && base64::decode(bytes).is_ascii();
    mixed
        && !is_json
        && !words::written_together(bytes)
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
