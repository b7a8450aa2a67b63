//! Digests that parts of images are named by.

use sha2::{Digest, Sha256, Sha512};

/// How many digits a digest has at most; those of SHA-512 are 128.
const LONGEST: usize = 256;

/// How a digest is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Algorithm {
    Sha256,
    Sha512,
    /// In no way that is known here.
    None,
}

/// A digest as it is written: `sha256:0123…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Written {
    pub(super) algorithm: Algorithm,
    /// Hexadecimal digits.
    pub(super) digits: String,
}

/// Bytes that were read, by how many they are and by their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) size: u64,
    /// `None` where none was computed.
    pub(super) digest: Option<Written>,
}

pub(super) enum Hasher {
    Sha256(Box<Sha256>),
    Sha512(Box<Sha512>),
    None,
}

impl Algorithm {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            _ => Self::None,
        }
    }

    pub(super) fn hasher(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher::Sha256(Box::default()),
            Self::Sha512 => Hasher::Sha512(Box::default()),
            Self::None => Hasher::None,
        }
    }
}

impl Written {
    /// A digest from its name; `None` for what is none, such as a path.
    pub(super) fn parse(text: &str) -> Option<(&str, Self)> {
        let plain = |text: &str| {
            !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let (name, digits) = text.split_once(':').filter(|(name, digits)| plain(name) && plain(digits))?;
        Some((name, Self { algorithm: Algorithm::of(name), digits: digits.to_owned() }))
    }

    /// Where an OCI layout has what the digest is of; `algorithm` is how that is written.
    pub(super) fn place(&self, algorithm: &str) -> String {
        format!("blobs/{algorithm}/{}", self.digits)
    }

    /// Whether another digest, which was computed in the same way, is not this one.
    pub(super) fn differs(&self, other: &Self) -> bool {
        let is_known = self.algorithm != Algorithm::None && self.algorithm == other.algorithm;
        is_known && !self.digits.eq_ignore_ascii_case(&other.digits)
    }
}

impl Hasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
            Self::None => {}
        }
    }

    pub(super) fn digest(self) -> Option<Written> {
        let (algorithm, digits) = match self {
            Self::Sha256(hasher) => (Algorithm::Sha256, hex(&hasher.finalize())),
            Self::Sha512(hasher) => (Algorithm::Sha512, hex(&hasher.finalize())),
            Self::None => return None,
        };
        Some(Written { algorithm, digits })
    }
}

impl Found {
    /// What bytes are by an algorithm.
    pub(super) fn of(bytes: &[u8], algorithm: Algorithm) -> Self {
        let mut hasher = algorithm.hasher();
        hasher.update(bytes);
        Self { size: bytes.len() as u64, digest: hasher.digest() }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
