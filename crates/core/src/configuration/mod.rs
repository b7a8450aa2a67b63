//! What a configuration file says, with its places: for findings on the configuration itself.

mod matching;
mod read;

use std::sync::Arc;

use jiff::civil::Date;

pub(crate) use matching::{Matched, matched};
pub use read::read;

use crate::source::Span;

/// A configuration file. What it means is in the [`Options`](crate::options::Options); this is where it says so.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// What the file is called in the run.
    pub path: Arc<str>,
    /// Its beginning.
    pub start: Span,
    /// What it accepts that is not accepted without it, in its order.
    pub entries: Vec<Entry>,
    /// The day on which it was last reviewed.
    pub reviewed: Option<(Date, Span)>,
    /// Where it says that reviews are demanded.
    pub demands_review: Option<Span>,
}

/// Something that a configuration accepts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it speaks of.
    pub kind: EntryKind,
    /// The name or pattern.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// What an entry speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryKind {
    /// A user that may be an administrator.
    ApprovedUser,
    /// A group whose members may be administrators.
    ApprovedGroup,
    /// A role that may be an administrator.
    ApprovedRole,
    /// The name or path of users that are applications.
    ApplicationUser,
    /// The name or path of users that are people.
    HumanUser,
    /// A tag that states a purpose.
    PurposeTag,
    /// A rule that is off.
    RuleOff,
}
