//! A part of an image: a layer, or a document that says what it is made of.

use serde::Deserialize;

use super::digest::{Algorithm, Found, Written};
use super::manifest::if_fit;
use super::trouble::Trouble;

/// How much of a name is shown, in bytes.
const LONGEST: usize = 300;

/// A part of an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    /// Its name in the store; nothing where none can be made of its digest.
    pub(super) name: String,
    /// The digest and the size that it must have, as far as they are known.
    pub(super) digest: Option<Written>,
    pub(super) size: Option<u64>,
    /// Whether it is said to be an archive; what has the place of a layer may be a document, such as what a builder attests.
    pub(super) is_archive: bool,
    pub(super) is_encrypted: bool,
    /// Whether it is what a builder or somebody else says of the image.
    pub(super) is_attested: bool,
    /// Whether it is one that its maker does not let others pass on, so that it is fetched from him and mostly not there.
    pub(super) is_foreign: bool,
    /// Whether a document names it.
    pub(super) is_named: bool,
}

/// How an index or a manifest describes a part.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    media_type: Option<String>,
    digest: String,
    size: Option<u64>,
    pub(super) platform: Option<Platform>,
    #[serde(default, deserialize_with = "if_fit")]
    pub(super) annotations: Annotations,
}

#[derive(Deserialize)]
pub(super) struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

/// What is noted of a part and matters here.
#[derive(Default, Deserialize)]
pub(super) struct Annotations {
    /// The whole name, which containerd writes, and the tag or whatever name an OCI layout has for it.
    #[serde(rename = "io.containerd.image.name")]
    image: Option<String>,
    #[serde(rename = "org.opencontainers.image.ref.name")]
    reference: Option<String>,
    /// The digest of the manifest that it is attested of.
    #[serde(rename = "vnd.docker.reference.digest")]
    pub(super) attests: Option<String>,
}

impl Annotations {
    /// What the part is called.
    pub(super) fn name(&self) -> Option<&String> {
        self.image.as_ref().or(self.reference.as_ref())
    }
}

impl Part {
    /// A part of which nothing is known.
    pub(super) fn unnamed() -> Self {
        Self {
            name: String::new(),
            digest: None,
            size: None,
            is_archive: true,
            is_encrypted: false,
            is_attested: false,
            is_foreign: false,
            is_named: true,
        }
    }

    /// A part that no document names: whatever it is, nothing is known that it should be.
    pub(super) fn unasked(name: String) -> Self {
        Self { name, is_archive: false, is_named: false, ..Self::unnamed() }
    }

    /// A part by the name that `docker save` gives it; newer programs name it by its digest.
    pub(super) fn named(name: String) -> Self {
        let digits = name.strip_prefix("blobs/sha256/").filter(|hex| is_sha256(hex)).map(str::to_owned);
        let digest = digits.map(|digits| Written { algorithm: Algorithm::Sha256, digits });
        Self { name, digest, ..Self::unnamed() }
    }

    /// A part as an index or a manifest describes it.
    pub(super) fn described(part: &Descriptor) -> Result<Self, Trouble> {
        let (algorithm, digest) =
            Written::parse(&part.digest).ok_or_else(|| Trouble::Document(part.digest.clone()))?;
        let name = digest.place(algorithm);
        let media = part.media_type.as_deref().unwrap_or("application/tar");
        // The types of archives name tar, with how they are compressed: `tar+gzip`, `tar.gzip`.
        let has = |word: &str| media.split(['.', '+', '/', '-']).any(|other| other == word);
        Ok(Self {
            name,
            digest: Some(digest),
            size: part.size,
            is_archive: has("tar"),
            is_encrypted: media.ends_with("+encrypted"),
            is_attested: media.ends_with("+json") || media.ends_with("/json"),
            is_foreign: has("nondistributable") || has("foreign"),
            is_named: true,
        })
    }

    /// How its digest is computed; that of one without a digest may be compared with what a configuration says.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.digest.as_ref().map_or(Algorithm::Sha256, |digest| digest.algorithm)
    }

    /// What the part is called in reports: the beginning of its digest, or its name.
    pub(super) fn short(&self) -> &str {
        let digest = self.digest.as_ref().and_then(|digest| digest.digits.get(..12));
        let name = self.name.trim_end_matches("/layer.tar");
        digest.unwrap_or_else(|| name.get(..name.floor_char_boundary(LONGEST)).unwrap_or_default())
    }

    /// Whether what was found is the part.
    pub(super) fn verify(&self, found: &Found) -> Result<(), Trouble> {
        let digests = self.digest.as_ref().zip(found.digest.as_ref());
        if digests.is_some_and(|(named, digest)| named.differs(digest)) {
            return Err(Trouble::Digest(self.name.clone()));
        }
        match self.size {
            Some(said) if said != found.size => {
                let name = self.name.clone();
                Err(Trouble::Size { name, found: found.size, said, is_sure: digests.is_some() })
            }
            _ => Ok(()),
        }
    }
}

impl Platform {
    pub(super) fn name(&self) -> String {
        let variant = self.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
        format!("{}/{}{variant}", self.os, self.architecture)
    }
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}
