//! The policies that AWS manages.

use std::sync::OnceLock;

use crate::load::{Blocks, unpack};
use crate::{Service, services};

static INDEX: &[u8] = include_bytes!("../data/policies.zst");
static DOCUMENTS: &[u8] = include_bytes!("../data/documents.zst");
static SERVICES: &[u8] = include_bytes!("../data/policy-services.zst");

/// A policy that AWS manages, the same in every partition but for the partition in its ARNs.
#[derive(Debug)]
pub struct ManagedPolicy {
    name: &'static str,
    path: &'static str,
    version: &'static str,
    is_retired: bool,
    place: usize,
    block: usize,
    start: usize,
    length: usize,
}

/// The services whose actions a policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedServices {
    /// All, or all but those that it excepts.
    Every,
    /// These, by their places among [`services`], in order, each with the number of actions in use that it allows.
    These(Vec<(u16, usize)>),
}

struct Index {
    policies: Vec<ManagedPolicy>,
    documents: Blocks,
}

fn index() -> &'static Index {
    static READ: OnceLock<Index> = OnceLock::new();
    READ.get_or_init(|| Index::read(unpack(INDEX)))
}

/// All policies, by name.
pub fn managed_policies() -> &'static [ManagedPolicy] {
    &index().policies
}

/// The policy of a name.
pub fn managed_policy(name: &str) -> Option<&'static ManagedPolicy> {
    let policies = managed_policies();
    policies.binary_search_by(|policy| policy.name.cmp(name)).ok().and_then(|place| policies.get(place))
}

/// The policy that an ARN names, in any partition; the partition may be a pattern.
///
/// ```
/// use iamrail_catalog::managed_policy_by_arn;
/// let policy = managed_policy_by_arn("arn:aws-cn:iam::aws:policy/job-function/Billing").unwrap();
/// assert_eq!(policy.name(), "Billing");
/// assert!(managed_policy_by_arn("arn:aws:iam::aws:policy/Billing").is_none(), "its path is part of the ARN");
/// assert!(managed_policy_by_arn("arn:aws:iam::111122223333:policy/AdministratorAccess").is_none());
/// ```
pub fn managed_policy_by_arn(arn: &str) -> Option<&'static ManagedPolicy> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let path = rest.strip_prefix("iam::aws:policy")?;
    let (before, name) = path.rsplit_once('/')?;
    let policy = managed_policy(name)?;
    (policy.path.strip_suffix('/') == Some(before)).then_some(policy)
}

impl ManagedPolicy {
    /// Its name: `AmazonS3ReadOnlyAccess`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its path, which starts and ends with a slash.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The version whose document this is: `v3`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// Whether AWS has withdrawn it: it cannot be attached any more, and stays where it is attached.
    pub fn is_retired(&self) -> bool {
        self.is_retired
    }

    /// Its place among all policies.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Its ARN in a partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    /// What it says, in JSON without space. ARNs in it are those of the partition `aws`.
    pub fn document(&self) -> &'static str {
        index().documents.part(self.block, self.start, self.length).trim_end()
    }

    /// The services whose actions it allows, which can be asked of all policies without reading their documents.
    pub fn allowed_services(&self) -> &'static AllowedServices {
        static READ: OnceLock<Vec<AllowedServices>> = OnceLock::new();
        const NONE: &AllowedServices = &AllowedServices::These(Vec::new());
        let all = READ.get_or_init(|| unpack(SERVICES).lines().map(AllowedServices::read).collect());
        all.get(self.place).unwrap_or(NONE)
    }
}

impl AllowedServices {
    fn read(line: &str) -> Self {
        match line {
            "*" => Self::Every,
            line => {
                let one = |field: &str| {
                    let (place, count) = field.split_once(':')?;
                    Some((place.parse().ok()?, count.parse().ok()?))
                };
                Self::These(line.split('\t').filter_map(one).collect())
            }
        }
    }

    /// The services.
    pub fn iter(&self) -> impl Iterator<Item = &'static Service> {
        let all = matches!(self, Self::Every).then(|| services().iter()).into_iter().flatten();
        let these = match self {
            Self::Every => &[][..],
            Self::These(places) => places,
        };
        all.chain(these.iter().filter_map(|(place, _)| services().get(usize::from(*place))))
    }
}

impl Index {
    /// Reads the lines that `data/catalog.py` describes.
    fn read(text: &'static str) -> Self {
        let mut policies: Vec<ManagedPolicy> = Vec::with_capacity(2_048);
        let (mut lengths, mut start) = (Vec::new(), 0);
        for line in text.lines() {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            if next() == "M" {
                let (name, path, version, is_retired) = (next(), next(), next(), next() == "retired");
                let length = next().parse().unwrap_or_default();
                // The dictionary has a length too.
                let (place, block) = (policies.len(), lengths.len().saturating_sub(2));
                policies.push(ManagedPolicy { name, path, version, is_retired, place, block, start, length });
                start += length;
            } else {
                lengths.push(next().parse().unwrap_or_default());
                start = 0;
            }
        }
        Self { policies, documents: Blocks::new(DOCUMENTS, &lengths) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_a_document_with_statements() {
        assert!(managed_policies().len() > 1_500, "{}", managed_policies().len());
        for policy in managed_policies() {
            let document = policy.document();
            assert!(document.starts_with('{') && document.ends_with('}'), "{}", policy.name());
            assert!(document.contains(r#""Statement":"#) && !document.contains('\n'), "{}", policy.name());
            let found = managed_policy_by_arn(&policy.arn("aws-us-gov")).map(ManagedPolicy::name);
            assert_eq!(found, Some(policy.name()));
        }
    }

    #[test]
    fn a_document_is_what_it_was() {
        let expected =
            r#"{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}"#;
        assert_eq!(managed_policy("AdministratorAccess").unwrap().document(), expected);
    }

    #[test]
    fn a_policy_that_was_withdrawn_is_marked() {
        assert!(managed_policy("AWSLambdaFullAccess").unwrap().is_retired());
        assert!(!managed_policy("AWSLambda_FullAccess").unwrap().is_retired());
        assert!(managed_policy("NoSuchPolicy").is_none());
    }

    #[test]
    fn the_services_that_a_policy_allows_are_told_without_its_document() {
        let services = |name: &str| {
            let services = managed_policy(name).unwrap().allowed_services();
            services.iter().map(Service::prefix).collect::<Vec<_>>()
        };
        assert_eq!(services("AmazonS3ReadOnlyAccess"), ["s3", "s3-object-lambda"]);
        assert_eq!(services("AWSDenyAll"), [""; 0]);
        assert_eq!(services("PowerUserAccess").len(), crate::services().len());
    }
}
