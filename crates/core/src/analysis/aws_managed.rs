//! AWS-managed policies, as far as rules must know them by name.

/// How much a policy hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// Less than administration, but far more than a routine task needs.
    NearAdministration,
    /// Everything, or all of IAM, which amounts to everything.
    Administration,
}

/// Policies that hand out administration or come near. Each document is in the AWS Managed Policy Reference Guide:
/// the first allows `*`, the second `iam:*`, the third everything but IAM, Organizations and account management.
const BROAD: [(&str, Power); 3] = [
    ("AdministratorAccess", Power::Administration),
    ("IAMFullAccess", Power::Administration),
    ("PowerUserAccess", Power::NearAdministration),
];

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
    Some(path.rsplit_once('/').map_or(path, |(_, name)| name))
}

/// How much an AWS-managed policy hands out, if it is known to be broad.
pub fn power(name: &str) -> Option<Power> {
    BROAD.iter().find(|(broad, _)| *broad == name).map(|(_, power)| *power)
}
