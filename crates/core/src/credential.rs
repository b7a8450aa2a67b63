//! AWS credentials in texts: found by form, entropy and context, never shown.

use std::fmt;
use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Prefixes of access key ids that go with a secret: long-term, temporary, bearer token, context-specific.
const PREFIXES: [&str; 4] = ["AKIA", "ASIA", "ABIA", "ACCA"];
const ID_LENGTH: usize = 20;
/// The names of secrets hold one of these. The `s` is left out: names begin it with a capital and go on in small letters, or are
/// of one case.
const SECRETS: [&str; 2] = ["ecret", "ECRET"];
const SECRET_LENGTH: usize = 40;
/// How far from an access key id its secret is looked for, in bytes to both sides.
const NEARBY: usize = 400;

/// Many texts are looked through, most of them short: to make the searches ready would take longer.
static PREFIX_FINDERS: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| PREFIXES.map(Finder::new));
static SECRET_FINDERS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| SECRETS.map(Finder::new));

/// A credential in a text. It cannot be formatted whole: displaying it shows the ends of an id and nothing of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credential<'t> {
    /// The offset of its first byte.
    pub start: usize,
    /// The offset behind its last byte.
    pub end: usize,
    /// What it is.
    pub form: Form,
    text: &'t str,
}

/// The forms of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// An access key id, such as begins with `AKIA`.
    KeyId,
    /// A secret access key.
    Secret,
}

impl Credential<'_> {
    /// The account that an access key id belongs to, 12 digits; `None` for secrets and for ids of the old generation, which do
    /// not carry it. The encoding is not documented by AWS: found by Aidan Steele and by WithSecure Labs.
    pub fn account(&self) -> Option<String> {
        if self.form != Form::KeyId {
            return None;
        }
        account_number(self.text).map(|number| format!("{number:012}"))
    }

    /// Whether this secret, or the secret of this id, may expire by itself.
    pub fn is_temporary(&self) -> bool {
        self.text.starts_with("ASIA")
    }
}

impl fmt::Display for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.form, self.text.get(..4), self.text.get(self.text.len().saturating_sub(4)..)) {
            (Form::KeyId, Some(first), Some(last)) => write!(f, "{first}…{last}"),
            _ => f.write_str("****"),
        }
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {self}", self.form)
    }
}

/// The credentials in a text, by their place. Examples of the AWS documentation and placeholders are none.
pub fn find(text: &str) -> Vec<Credential<'_>> {
    if text.len() < ID_LENGTH {
        return Vec::new();
    }
    let mut found: Vec<Credential<'_>> = key_ids(text).collect();
    let ids: Vec<(usize, usize)> = found.iter().map(|id| (id.start, id.end)).collect();
    let mut secrets_at = std::collections::BTreeSet::new();
    for (start, end) in ids {
        let window = (start.saturating_sub(NEARBY), (end + NEARBY).min(text.len()));
        secrets_at.extend(secrets(text, window).map(|secret| secret.start));
    }
    for at in keywords(text) {
        // The value follows its name on the same line, and not far behind it.
        let near = text.as_bytes().get(at..text.len().min(at + NEARBY)).unwrap_or_default();
        let end = at + memchr::memchr(b'\n', near).unwrap_or(near.len());
        secrets_at.extend(secrets(text, (at, end)).map(|secret| secret.start));
    }
    found.extend(secrets_at.into_iter().filter_map(|start| {
        let end = start + SECRET_LENGTH;
        Some(Credential { start, end, form: Form::Secret, text: text.get(start..end)? })
    }));
    found.sort_by_key(|credential| credential.start);
    found
}

fn key_ids(text: &str) -> impl Iterator<Item = Credential<'_>> {
    let bytes = text.as_bytes();
    let candidates = PREFIX_FINDERS.iter().flat_map(move |prefix| prefix.find_iter(bytes));
    candidates.filter_map(move |start| {
        let end = start + ID_LENGTH;
        let id = text.get(start..end)?;
        let alone = !bounded_by(bytes, start, end, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let well_formed = id.bytes().skip(4).all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        let found = Credential { start, end, form: Form::KeyId, text: id };
        (well_formed && alone && !is_placeholder_id(id)).then_some(found)
    })
}

fn is_placeholder_id(id: &str) -> bool {
    let entropy = entropy(id);
    let decodes = account_number(id).is_some();
    id.contains("EXAMPLE")
        || id.contains("ABCDEFG")
        || id.contains("23456")
        || entropy < if decodes { 2.7 } else { 3.0 }
}

/// Runs of exactly forty characters of the alphabet of secrets, between the given offsets.
fn secrets(text: &str, (from, to): (usize, usize)) -> impl Iterator<Item = Credential<'_>> {
    let bytes = text.as_bytes();
    let is_secret_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'+';
    let mut at = from;
    std::iter::from_fn(move || {
        while at < to {
            let run = bytes.get(at..to)?.iter().take_while(|&&byte| is_secret_byte(byte)).count();
            let (start, end) = (at, at + run);
            at = end + 1;
            let secret = if run == SECRET_LENGTH { text.get(start..end) } else { None };
            let Some(secret) = secret else { continue };
            // A run that goes on beyond the window is longer than a secret; padding marks other base64.
            let alone =
                !bounded_by(bytes, start, end, |byte| is_secret_byte(byte) || byte == b'=' || byte == b'_')
                    || (start > 0
                        && bytes.get(start - 1) == Some(&b'=')
                        && !bytes.get(end).is_some_and(|&byte| is_secret_byte(byte)));
            if alone && !is_placeholder_secret(secret) {
                return Some(Credential { start, end, form: Form::Secret, text: secret });
            }
        }
        None
    })
}

fn is_placeholder_secret(secret: &str) -> bool {
    let hexadecimal = secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    // What has no capital, no small letter or no digit is a word, a path or a digest, not a random secret.
    let mixed = secret.bytes().any(|byte| byte.is_ascii_lowercase())
        && secret.bytes().any(|byte| byte.is_ascii_uppercase())
        && secret.bytes().any(|byte| byte.is_ascii_digit());
    hexadecimal || !mixed || secret.contains("EXAMPLE") || entropy(secret) < 4.25
}

fn bounded_by(bytes: &[u8], start: usize, end: usize, same: impl Fn(u8) -> bool) -> bool {
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    let after = bytes.get(end);
    before.is_some_and(|&byte| same(byte)) || after.is_some_and(|&byte| same(byte))
}

/// Offsets behind names that announce the secret of AWS: `secret` and `key` in one name, with `aws` before them on the line or
/// `access` between them, in any case.
fn keywords(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let candidates = SECRET_FINDERS.iter().flat_map(move |rest| rest.find_iter(bytes));
    candidates.filter_map(move |at| {
        let start = at.checked_sub(1).filter(|&start| matches!(bytes.get(start), Some(b's' | b'S')))?;
        let behind = at + 5;
        let tail = bytes.get(behind..bytes.len().min(behind + 16))?;
        let key =
            (0..tail.len()).find(|&at| tail.get(at..).is_some_and(|rest| starts_with_word(rest, b"key")))?;
        let between = tail.get(..key)?;
        let one_name = between
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b' '));
        let has_access = contains_word(between, b"access");
        let line = bytes.get(start.saturating_sub(40)..start)?.rsplit(|&byte| byte == b'\n').next()?;
        (one_name && (has_access || contains_word(line, b"aws"))).then_some(behind + key + 3)
    })
}

fn contains_word(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn starts_with_word(bytes: &[u8], word: &[u8]) -> bool {
    bytes.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// The account in an id of the new generation, whose bodies begin with Q to Z or 2 to 7.
fn account_number(id: &str) -> Option<u64> {
    let body = id.get(4..14)?;
    // Ten letters of base32 are fifty bits: the generation, forty of the account, nine that do not belong to it.
    let bits = body.bytes().try_fold(0u64, |bits, byte| {
        let five = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        Some(bits << 5 | u64::from(five))
    })?;
    let account = (bits >> 9) & 0xFF_FFFF_FFFF;
    (bits >> 49 == 1 && account <= 999_999_999_999).then_some(account)
}

/// Shannon entropy in bits a byte.
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let share = |count: &u32| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    };
    counts.iter().filter(|&&count| count > 0).map(share).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner of this repository takes it for a leak.
    fn id() -> String {
        ["AKIA", "QYLPMN5HNM4", "OWEZR"].concat()
    }

    fn secret() -> String {
        ["q9Zt7LhVw2", "/kTn4XbR8s", "YcJ0mUeF3a", "+DpGiKo1Hu"].concat()
    }

    fn forms(text: &str) -> Vec<Form> {
        find(text).iter().map(|credential| credential.form).collect()
    }

    #[test]
    fn ids_and_the_secrets_near_them_are_found() {
        let text = format!("access_key = \"{}\"\nsecret_key = \"{}\"\n", id(), secret());
        assert_eq!(forms(&text), [Form::KeyId, Form::Secret]);
        assert_eq!(forms(&format!("AWS_SECRET_ACCESS_KEY={}", secret())), [Form::Secret]);
        assert_eq!(forms(&format!("SecretAccessKey: '{}'", secret())), [Form::Secret]);
        assert_eq!(forms(&format!("checksum: {}", secret())), []);
        assert_eq!(forms(&format!("django_secret_key: {}", secret())), []);
    }

    #[test]
    fn examples_digests_and_placeholders_are_left_alone() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAXXXXXXXXXXXXXXXX",
            "AKIA1234567890123456",
            "secret_key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "secret_key: da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "AIDAQYLPMN5HNM4OWEZRX",
        ] {
            assert_eq!(forms(text), [], "{text}");
        }
    }

    #[test]
    fn the_account_is_decoded_and_nothing_secret_is_displayed() {
        let (id, secret) = (id(), secret());
        let found = find(&id);
        assert_eq!(found[0].to_string(), "AKIA…WEZR");
        assert!(found[0].account().is_some());
        let text = format!("aws_secret_key={secret}");
        assert_eq!(format!("{:?} {}", find(&text)[0], find(&text)[0]), "Secret **** ****");
    }
}
