//! Why a value is not known.

use std::fmt;
use std::sync::Arc;

use super::Origins;

/// A value that is not known: what it is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// The kind of reason, which decides what would settle it.
    pub reason: Reason,
    /// What is not known, in the terms of the input: `var.admin_arn`, `data.aws_iam_role.ci.arn`, `!ImportValue Base`.
    pub what: Arc<str>,
}

/// The kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// AWS or the provider computes it when the resource is created.
    Computed,
    /// Not even the plan knows it: it is computed when the plan is applied.
    Applied,
    /// A Terraform variable or CloudFormation parameter without value and default.
    NoValue,
    /// A data source that is read from the provider.
    DataSource,
    /// An import from another stack, a remote state, a dynamic reference.
    Import,
    /// A pseudo parameter, the caller's account, region or partition.
    Environment,
    /// What names whoever deploys the input: `data.aws_caller_identity.current.arn`.
    Deployer,
    /// A module or nested template whose text is not at hand.
    Missing,
    /// Random or dependent on the time.
    Volatile,
    /// The input is wrong at this place; a diagnostic says how.
    Invalid,
    /// A change set leaves it as it is, and shows only what changes.
    Unchanged,
    /// Something that iamrail does not evaluate.
    Unsupported,
    /// AWS's documentation does not say what it means.
    Undocumented,
    /// The request that is asked about does not say.
    Unstated,
    /// Only the running account shows it.
    Runtime,
    /// AWS has no policy of this name, as far as the catalogue of its policies tells.
    Unlisted,
    /// Something hands it on, and what becomes of it there is not seen.
    HandedOn,
    /// Evaluation was given up because a budget was exceeded.
    Budget,
}

impl Unknown {
    /// An unknown for a reason.
    pub fn new(reason: Reason, what: impl Into<Arc<str>>) -> Self {
        Self { reason, what: what.into() }
    }
}

/// What of the place where an input is deployed is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Partition,
    Suffix,
    Region,
    Account,
}

impl Unknown {
    /// What of the place where the input is deployed it is, if it is that.
    pub(crate) fn place(&self) -> Option<Place> {
        if self.reason != Reason::Environment {
            return None;
        }
        let what = self.what.to_ascii_lowercase();
        let is = |words: &[&str]| words.iter().any(|word| what.ends_with(word));
        match () {
            () if is(&["dns_suffix", "urlsuffix"]) => Some(Place::Suffix),
            () if is(&["partition"]) => Some(Place::Partition),
            () if is(&["aws::region", ".region"]) => Some(Place::Region),
            () if what.contains("aws_region.") && is(&[".name", ".id"]) => Some(Place::Region),
            () if is(&["account_id", "aws::accountid", "the account id"]) => Some(Place::Account),
            () if what.contains("aws_caller_identity.") && is(&[".id"]) => Some(Place::Account),
            () => None,
        }
    }

    /// Letters for what is the same text wherever one unit has it: a variable, a parameter, the place where it is deployed. `None`
    /// for a value with origins that do not say it is that, but something that was made of it.
    pub(crate) fn symbol(&self, origins: &Origins) -> Option<String> {
        origins.variable(&self.what).map(symbol)
    }
}

/// Letters that stand for a text which is not known, and that no name in AWS has.
pub(crate) fn symbol(what: &str) -> String {
    format!("{{{}}}", what.replace(['*', '?', ':', '/', '$'], "_"))
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = &self.what;
        match self.reason {
            Reason::Computed => write!(f, "`{what}` is computed on creation"),
            Reason::NoValue => write!(f, "`{what}` has no value"),
            Reason::DataSource => write!(f, "`{what}` is read from a data source"),
            Reason::Import => write!(f, "`{what}` comes from outside of this input"),
            Reason::Environment => write!(f, "`{what}` depends on where it is deployed"),
            Reason::Deployer => write!(f, "`{what}` is whoever deploys it"),
            Reason::Missing => write!(f, "the text of `{what}` is not at hand"),
            Reason::Applied => write!(f, "`{what}` is known only after the plan is applied"),
            Reason::Volatile => write!(f, "`{what}` differs on every run"),
            Reason::Invalid => write!(f, "`{what}` cannot be evaluated because it is wrong"),
            Reason::Unchanged => write!(f, "`{what}` is a change set, which shows only what changes"),
            Reason::Unsupported => write!(f, "`{what}` is not evaluated"),
            Reason::Undocumented => write!(f, "AWS does not document what `{what}` means"),
            Reason::Unstated => write!(f, "the request does not say what `{what}` is"),
            Reason::Runtime => write!(f, "{what} is seen in the running account only"),
            Reason::Unlisted => {
                let [.., policies] = iamrail_catalog::SOURCES;
                write!(f, "AWS has no policy `{what}` as of {}", policies.date)
            }
            Reason::HandedOn => write!(f, "`{what}` hands it on, and where it goes is not seen here"),
            Reason::Budget => write!(f, "`{what}` is too large to be evaluated"),
        }
    }
}
