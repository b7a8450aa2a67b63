//! AWS-managed policies, and what each of them says.

use std::borrow::Cow;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use iamrail_catalog::{ManagedPolicy, managed_policies, managed_policy, managed_policy_by_arn};

use super::power::Handed;
use crate::collections::HashMap;
use crate::model::name_in;
use crate::policy::Document;
use crate::suggest::closest;
use crate::value::{Reason, Unknown};

/// The partitions that have AWS-managed policies.
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];

/// How much a policy hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// Less than administration, but far more than a routine task needs.
    NearAdministration,
    /// Everything, or all of IAM, which amounts to everything.
    Administration,
}

/// The name of the AWS-managed policy that an ARN names, in any partition: `arn:aws-cn:iam::aws:policy/job-function/Billing`
/// is `Billing`. The partition may be a pattern.
///
/// ```
/// use iamrail_core::analysis::aws_managed::name;
/// assert_eq!(name("arn:aws-us-gov:iam::aws:policy/AdministratorAccess"), Some("AdministratorAccess"));
/// assert_eq!(name("arn:aws:iam::111122223333:policy/AdministratorAccess"), None);
/// ```
pub fn name(arn: &str) -> Option<&str> {
    let rest = arn.strip_prefix("arn:")?;
    let (_, rest) = rest.split_once(':')?;
    let path = rest.strip_prefix("iam::aws:policy/")?;
    Some(name_in(path))
}

/// Why it is not known what an AWS-managed policy says that is none of the catalogue; `None` for all that is no such policy.
pub fn unlisted(arn: &str) -> Option<Unknown> {
    let is_one = name(arn).is_some_and(|name| !name.is_empty()) && !arn.contains(['*', '?']);
    (is_one && managed_policy_by_arn(arn).is_none()).then(|| Unknown::new(Reason::Unlisted, arn))
}

/// The AWS-managed policy that may be meant by an ARN of none: one of the name with another path, or of a similar name.
pub fn meant(arn: &str) -> Option<String> {
    let partition = arn.split(':').nth(1)?;
    let written = name(arn)?;
    let named = || managed_policies().iter().filter(|one| !one.is_retired()).map(ManagedPolicy::name);
    let policy = managed_policy(written).or_else(|| managed_policy(closest(written, named())?))?;
    Some(policy.arn(partition))
}

/// What to do about a policy that AWS has not, as far as the catalogue tells.
pub fn advice(arn: &str) -> String {
    match meant(arn) {
        Some(meant) => format!("did you mean `{meant}`? Otherwise review by hand what the policy says"),
        None => "review by hand whether there is such a policy, and what it says".to_owned(),
    }
}

/// An AWS-managed policy that something attaches.
#[derive(Debug)]
pub(super) struct Managed {
    pub(super) name: &'static str,
    pub(super) document: Document,
    /// What it hands out, looked for once for all that attach it.
    pub(super) handed: OnceLock<Option<Handed>>,
}

/// The name and the document of the AWS-managed policy that an ARN names. The ARNs in it are those of the partition that the ARN
/// names, `aws` if that is a pattern.
pub fn document(arn: &str) -> Option<(&'static str, &'static Document)> {
    managed(arn).map(|policy| (policy.name, &policy.document))
}

/// The AWS-managed policy that an ARN names.
pub(super) fn managed(arn: &str) -> Option<&'static Managed> {
    static READ: LazyLock<Mutex<HashMap<(&'static str, &'static str), &'static Managed>>> =
        LazyLock::new(Mutex::default);
    let policy = managed_policy_by_arn(arn)?;
    let partition = PARTITIONS.into_iter().find(|one| arn.split(':').nth(1) == Some(*one)).unwrap_or("aws");
    // A thread that panicked left whole documents behind, or none.
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let managed = read.entry((partition, policy.name())).or_insert_with(|| {
        let text = match partition {
            "aws" => Cow::Borrowed(policy.document()),
            // The texts of a document are ARNs from their start or not at all.
            _ => Cow::Owned(policy.document().replace("\"arn:aws:", &format!("\"arn:{partition}:"))),
        };
        let document = Document::from_text(&text);
        Box::leak(Box::new(Managed { name: policy.name(), document, handed: OnceLock::new() }))
    });
    Some(managed)
}
