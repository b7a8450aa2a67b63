//! What is found.

use std::fmt;
use std::ops::Range;

use crate::KeyId;

/// A credential in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The bytes that it takes up in the text, encoded or not.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// The access key that it is, or that it stands next to.
    pub id: Option<KeyId>,
    /// The account of a key of Amazon Bedrock, 12 digits: those for the long term begin with it, in the others an id tells it.
    pub account: Option<String>,
    /// Whether it stands there in base64.
    pub encoded: bool,
    /// Whether it is the id of a signature in a presigned URL, `X-Amz-Credential`, which tells nothing of the secret.
    pub presigned: bool,
    /// The credential itself, decoded; it can be compared and not shown.
    pub value: Value,
}

/// The kinds of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// An access key id, such as begins with `AKIA`.
    KeyId,
    /// A secret access key.
    SecretKey,
    /// The session token of a temporary key.
    SessionToken,
    /// The password for the SMTP interface of Amazon SES, which is derived from a secret key.
    SmtpPassword,
    /// A long-term API key of Amazon Bedrock.
    BedrockKey,
    /// A short-term API key of Amazon Bedrock.
    BedrockToken,
}

impl Kind {
    /// As it is called in a sentence: `secret access key`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::KeyId => "access key id",
            Kind::SecretKey => "secret access key",
            Kind::SessionToken => "session token",
            Kind::SmtpPassword => "SMTP password of Amazon SES",
            Kind::BedrockKey => "API key of Amazon Bedrock",
            Kind::BedrockToken => "short-term API key of Amazon Bedrock",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The bytes of a credential. Equal ones can be told; nothing gives them out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(Box<[u8]>);

impl Value {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where it stands in a text as it is.
    pub fn place_in(&self, text: &str) -> Option<Range<usize>> {
        let text = text.as_bytes();
        let start = text.windows(self.0.len().max(1)).position(|window| window == &*self.0)?;
        Some(start..start + self.0.len())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}
