//! The policies that AWS manages.

use std::sync::OnceLock;

use crate::facts::{number, take};
use crate::{ActionSet, Service, services};

static INDEX: &str = include_str!("../data/policies.txt");
static DOCUMENTS: &str = include_str!("../data/documents.txt");
static ACTIONS: &str = include_str!("../data/policy-actions.txt");

/// A policy that AWS manages, the same in every partition but for the partition in its ARNs.
#[derive(Debug)]
pub struct ManagedPolicy {
    name: &'static str,
    path: &'static str,
    version: &'static str,
    is_retired: bool,
    place: usize,
    document: &'static str,
    actions: &'static str,
    allowed: OnceLock<Allowed>,
}

/// What a policy allows, whatever the resources and the conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// All actions, or all but those that it excepts.
    Every,
    /// These.
    These {
        /// The services whose actions it allows, by their places among [`services`], in order, each with the number of actions in
        /// use that it allows.
        services: Vec<(u16, usize)>,
        /// The actions in use that it allows.
        actions: ActionSet,
    },
}

/// All policies, by name.
pub fn managed_policies() -> &'static [ManagedPolicy] {
    static READ: OnceLock<Vec<ManagedPolicy>> = OnceLock::new();
    READ.get_or_init(read)
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
        self.document
    }

    /// What it allows, which can be asked without reading its document.
    pub fn allowed(&self) -> &Allowed {
        self.allowed.get_or_init(|| Allowed::read(self.actions))
    }

    /// The place of the first service whose actions it allows; `None` when it allows those of every service, or none. It can be
    /// asked of all policies for little.
    pub fn first_service(&self) -> Option<u16> {
        self.actions.split_once(':').and_then(|(place, _)| place.parse().ok())
    }
}

impl Allowed {
    fn read(line: &str) -> Self {
        if line == "*" {
            return Self::Every;
        }
        let (mut allowed, mut actions) = (Vec::new(), ActionSet::new());
        for (place, ranges) in line.split('\t').filter_map(|field| field.split_once(':')) {
            let place = number(place);
            let Some(service) = services().get(usize::from(place)) else { continue };
            let mut count = 0;
            for range in ranges.split(',').filter(|range| !range.is_empty()) {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let start = service.places().start;
                let range = start + number::<usize>(first)..start + number::<usize>(last) + 1;
                count += range.len();
                actions.insert_places(range);
            }
            allowed.push((place, count));
        }
        Self::These { services: allowed, actions }
    }

    /// The services whose actions it allows.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> {
        let (all, these) = match self {
            Self::Every => (services(), &[][..]),
            Self::These { services, .. } => (&[][..], services.as_slice()),
        };
        all.iter().chain(these.iter().filter_map(|(place, _)| services().get(usize::from(*place))))
    }
}

/// Reads the lines that `data/catalog.py` describes.
fn read() -> Vec<ManagedPolicy> {
    let (mut documents, mut actions) = (DOCUMENTS, ACTIONS);
    let read = |(place, line): (usize, &'static str)| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        ManagedPolicy {
            name: next(),
            path: next(),
            version: next(),
            is_retired: next() == "retired",
            place,
            document: take(&mut documents, number(next())).trim_end(),
            actions: take(&mut actions, number(next())).trim_end(),
            allowed: OnceLock::new(),
        }
    };
    INDEX.lines().enumerate().map(read).collect()
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
    fn what_a_policy_allows_is_told_without_its_document() {
        let services = |name: &str| {
            let allowed = managed_policy(name).unwrap().allowed();
            allowed.services().map(Service::prefix).collect::<Vec<_>>()
        };
        assert_eq!(services("AmazonS3ReadOnlyAccess"), ["s3", "s3-object-lambda"]);
        assert_eq!(services("AWSDenyAll"), [""; 0]);
        assert_eq!(services("PowerUserAccess").len(), crate::services().len());
        let Allowed::These { actions, .. } = managed_policy("AWSLambdaBasicExecutionRole").unwrap().allowed()
        else {
            panic!("it names three actions");
        };
        let names: Vec<String> = actions.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
        for policy in managed_policies() {
            let first = match policy.allowed() {
                Allowed::Every => None,
                Allowed::These { services, .. } => services.first().map(|(place, _)| *place),
            };
            assert_eq!(policy.first_service(), first, "{}", policy.name());
        }
    }
}
