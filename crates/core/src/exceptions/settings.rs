//! What exceptions are held to.

use std::collections::BTreeMap;

/// What exceptions are held to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What makes an approval.
    pub approval: Approval,
    /// How many days a review may be away.
    pub max_days: i32,
    /// Who belongs to which team; names in the form of [`plain`](super::plain).
    pub teams: BTreeMap<String, Team>,
}

/// A team.
#[derive(Clone, Debug, Default)]
pub struct Team {
    /// Who belongs to it.
    pub members: Vec<String>,
}

/// What makes an approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Approval {
    /// Somebody is named who approved.
    #[default]
    Declared,
    /// Whoever is named is a member of the team that owns the exception.
    Teams,
    /// The file that the exception stands in belongs to its owner by CODEOWNERS, who so approves every change of it.
    CodeOwners,
}

impl Approval {
    /// The way of approval that goes by a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "declared" => Some(Self::Declared),
            "teams" => Some(Self::Teams),
            "codeowners" => Some(Self::CodeOwners),
            _ => None,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { approval: Approval::Declared, max_days: 365, teams: BTreeMap::new() }
    }
}
