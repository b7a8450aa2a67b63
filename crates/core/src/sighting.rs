//! Credentials at their places: what the rule on access keys judges.

use std::sync::Arc;

use iamrail_credentials::{Credential, KeyId, Kind, Value};

use crate::source::{FileId, Span};

/// A credential at a place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sighting {
    /// What it is.
    pub kind: Kind,
    /// The access key that it is, or that it stands next to.
    pub id: Option<KeyId>,
    /// The account of a key of Amazon Bedrock, where it tells it.
    pub account: Option<String>,
    /// The credential itself; it can be compared and not shown.
    pub value: Value,
    /// How it stands there.
    pub form: Form,
    /// Whether it is the id of a signature in a presigned URL.
    pub presigned: bool,
    /// The place: of one that is put together, that of its first part.
    pub span: Span,
    /// The places of its parts in their order, which no output may show; none where only that of the expression is known.
    pub parts: Vec<Span>,
    /// The environments that it is put together in; none if it does not depend on them.
    pub environments: Vec<Arc<str>>,
    /// What it stands in.
    pub medium: Medium,
}

/// How a credential stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// As it is.
    Plain,
    /// In base64.
    Base64,
    /// In parts that an expression puts together.
    Computed,
}

/// What a credential stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Medium {
    /// A file.
    File,
    /// An earlier version of a file.
    History {
        /// When it was written, in seconds since 1970 in UTC; the largest number where that is not known.
        written: i64,
        /// The day, and which commit has it.
        since: Arc<str>,
    },
    /// A container image: in which part of it, and what made that part.
    Image(Arc<str>),
}

impl Sighting {
    /// A credential that was found at a place.
    pub fn new(credential: Credential, span: Span, medium: Medium) -> Self {
        let form = if credential.encoded { Form::Base64 } else { Form::Plain };
        let Credential { kind, id, account, value, presigned, .. } = credential;
        Self {
            kind,
            id,
            account,
            value,
            form,
            presigned,
            span,
            parts: vec![span],
            environments: Vec::new(),
            medium,
        }
    }

    /// Takes what is known of the same one in other environments.
    pub(crate) fn join(&mut self, other: &Sighting) {
        self.id = self.id.or(other.id);
        if self.environments.is_empty() || other.environments.is_empty() {
            self.environments.clear();
        } else {
            self.environments.extend(other.environments.iter().cloned());
            self.environments.sort();
            self.environments.dedup();
        }
    }

    /// The same credential in a copy of the file that it stands in.
    #[must_use]
    pub fn in_copy(&self, file: FileId, medium: Medium) -> Self {
        let moved = |span: &Span| Span { file, ..*span };
        let parts = self.parts.iter().map(moved).collect();
        Self { span: moved(&self.span), parts, medium, ..self.clone() }
    }
}

/// All that was seen in a run.
#[derive(Clone, Debug, Default)]
pub struct Sightings {
    /// The credentials at their places, by medium, path and place.
    pub all: Vec<Sighting>,
    /// How many texts were looked through.
    pub texts: usize,
    /// How many files were passed over since they are no text.
    pub binaries: usize,
    /// The same of versions of files in a history.
    pub binary_versions: usize,
}
