//! Services, actions, and the types of their resources.

use std::ops::Range;
use std::sync::OnceLock;

use crate::facts::{Contents, facts};
use crate::keys::{ConditionKey, keys_of};

/// A service of AWS as far as IAM knows it. What it has is read when it is asked for.
#[derive(Debug)]
pub struct Service {
    pub(crate) prefix: &'static str,
    pub(crate) name: &'static str,
    pub(crate) place: u16,
    pub(crate) first: u32,
    pub(crate) end: u32,
    pub(crate) text: &'static str,
    pub(crate) contents: OnceLock<Contents>,
}

/// An action of a service.
#[derive(Debug)]
pub struct Action {
    pub(crate) index: u32,
    pub(crate) service: u16,
    pub(crate) name: &'static str,
    pub(crate) folded: &'static str,
    pub(crate) access: Access,
    pub(crate) keys: Option<u16>,
    /// Where its types stand among those of all actions of the service, and how many they are.
    pub(crate) on: (u32, u32),
}

/// What kind of access an action is: one level, or in rare cases two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access(u8);

/// A type of resources.
#[derive(Debug)]
pub struct ResourceType {
    pub(crate) name: &'static str,
    pub(crate) arn: &'static str,
    pub(crate) keys: Option<u16>,
    pub(crate) pattern: OnceLock<String>,
}

/// Whether an action exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The service has it.
    Current,
    /// It was there, or AWS's own policies name it; the service does not list it today.
    Retired,
    /// Nothing is known of it.
    Unknown,
}

/// All services, by prefix.
pub fn services() -> &'static [Service] {
    &facts().services
}

/// The service of a prefix, whatever its case.
pub fn service(prefix: &str) -> Option<&'static Service> {
    let facts = facts();
    let place = match facts.by_prefix.get(prefix) {
        Some(place) => place,
        None => facts.by_prefix.get(prefix.to_ascii_lowercase().as_str())?,
    };
    facts.services.get(*place)
}

/// All actions that are in use, by service and name.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    services().iter().flat_map(Service::actions)
}

/// The action of a name such as `s3:GetObject`, whatever its case.
///
/// ```
/// let action = iamrail_catalog::action("S3:getobject").unwrap();
/// assert_eq!(action.to_string(), "s3:GetObject");
/// assert!(action.can_be_limited());
/// assert!(!iamrail_catalog::action("s3:ListAllMyBuckets").unwrap().can_be_limited());
/// ```
pub fn action(name: &str) -> Option<&'static Action> {
    let (prefix, name) = name.split_once(':')?;
    let actions = service(prefix)?.actions();
    let compare =
        |action: &Action| action.folded.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase()));
    actions.binary_search_by(compare).ok().and_then(|place| actions.get(place))
}

/// Whether an action such as `s3:GetObject` exists.
pub fn standing(name: &str) -> Standing {
    if action(name).is_some() {
        return Standing::Current;
    }
    let retired = name.split_once(':').and_then(|(prefix, name)| {
        service(prefix)?.retired_actions().iter().find(|retired| retired.eq_ignore_ascii_case(name))
    });
    if retired.is_some() { Standing::Retired } else { Standing::Unknown }
}

/// The principals of services, such as `lambda.amazonaws.com`, some as patterns: `*.amazonaws.com`.
pub fn service_principals() -> &'static [&'static str] {
    &facts().principals
}

impl Service {
    /// The prefix of its actions: `s3`.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// What people call it: `Amazon S3`; empty for a service that is retired.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its actions by name; none when the service is retired.
    pub fn actions(&'static self) -> &'static [Action] {
        &self.contents().actions
    }

    /// The types of its resources.
    pub fn resource_types(&'static self) -> &'static [ResourceType] {
        &self.contents().types
    }

    /// The names of the actions that it had.
    pub fn retired_actions(&'static self) -> &'static [&'static str] {
        &self.contents().retired
    }

    /// Its place among all services.
    pub fn place(&self) -> u16 {
        self.place
    }

    /// The places of its actions among all actions.
    pub(crate) fn places(&self) -> Range<usize> {
        self.first as usize..self.end as usize
    }

    fn contents(&'static self) -> &'static Contents {
        self.contents.get_or_init(|| Contents::read(self.text, self.place, self.first))
    }
}

impl Action {
    /// The service.
    pub fn service(&self) -> Option<&'static Service> {
        facts().services.get(usize::from(self.service))
    }

    /// The name without the prefix of the service: `GetObject`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name in lower case.
    pub fn folded_name(&self) -> &'static str {
        self.folded
    }

    /// What kind of access it is.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Whether a policy can limit it to resources. One that cannot is granted by `"Resource": "*"` only.
    pub fn can_be_limited(&self) -> bool {
        self.on.1 > 0
    }

    /// The types of the resources that a policy can limit it to, each with whether a request always names one.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'static ResourceType, bool)> {
        let contents = self.service().map(Service::contents);
        let (first, count) = (self.on.0 as usize, self.on.1 as usize);
        contents.into_iter().flat_map(move |contents| {
            let on = contents.on.get(first..first + count).unwrap_or_default();
            on.iter()
                .filter_map(|(place, required)| Some((contents.types.get(usize::from(*place))?, *required)))
        })
    }

    /// The condition keys that its requests may have, besides those that every request has.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static ConditionKey> {
        keys_of(self.keys)
    }

    /// Its place among all actions.
    pub(crate) fn index(&self) -> usize {
        self.index as usize
    }
}

/// Every action is in the catalog once.
impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Action {}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = self.service().map_or("", Service::prefix);
        write!(f, "{prefix}:{}", self.name)
    }
}

impl ResourceType {
    /// Its name: `bucket`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The shape of its ARNs: `arn:${Partition}:s3:::${BucketName}`.
    pub fn arn(&self) -> &'static str {
        self.arn
    }

    /// Its ARNs as a pattern: `arn:*:s3:::*`.
    ///
    /// ```
    /// let object = iamrail_catalog::service("s3").unwrap().resource_types().iter().find(|kind| kind.name() == "object");
    /// assert_eq!(object.unwrap().pattern(), "arn:*:s3:::*/*");
    /// ```
    pub fn pattern(&self) -> &str {
        self.pattern.get_or_init(|| {
            let mut pattern = String::with_capacity(self.arn.len());
            let mut rest = self.arn;
            while let Some((before, behind)) = rest.split_once("${") {
                pattern.push_str(before);
                pattern.push('*');
                rest = behind.split_once('}').map_or("", |(_, after)| after);
            }
            pattern + rest
        })
    }

    /// The condition keys that requests on such a resource may have.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static ConditionKey> {
        keys_of(self.keys)
    }
}

impl Access {
    const LIST: u8 = 1;
    const READ: u8 = 2;
    const WRITE: u8 = 4;
    const TAGGING: u8 = 8;
    const PERMISSIONS: u8 = 16;

    pub(crate) fn read(letters: &str) -> Self {
        let bit = |letter| match letter {
            b'L' => Self::LIST,
            b'R' => Self::READ,
            b'W' => Self::WRITE,
            b'T' => Self::TAGGING,
            b'P' => Self::PERMISSIONS,
            _ => 0,
        };
        Self(letters.bytes().map(bit).fold(0, |all, bit| all | bit))
    }

    /// Whether it finds out what there is, and changes nothing.
    pub fn is_list(self) -> bool {
        self.0 & Self::LIST != 0
    }

    /// Whether it finds out what there is, and does nothing else.
    pub fn is_list_only(self) -> bool {
        self.0 == Self::LIST
    }

    /// Whether it reads what is stored, and changes nothing.
    pub fn is_read(self) -> bool {
        self.0 & Self::READ != 0
    }

    /// Whether it creates, changes or deletes.
    pub fn is_write(self) -> bool {
        self.0 & Self::WRITE != 0
    }

    /// Whether it changes tags.
    pub fn is_tagging(self) -> bool {
        self.0 & Self::TAGGING != 0
    }

    /// Whether it changes permissions.
    pub fn is_permissions_management(self) -> bool {
        self.0 & Self::PERMISSIONS != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_say_what_kind_they_are_and_what_they_act_on() {
        let put = action("iam:PutUserPolicy").unwrap();
        assert!(put.access().is_permissions_management());
        let types: Vec<_> = put.resource_types().map(|(kind, required)| (kind.name(), required)).collect();
        assert_eq!(types, [("user", true)]);
        assert!(
            put.resource_types()
                .all(|(kind, _)| kind.arn() == "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}")
        );
        assert!(put.condition_keys().any(|key| key.name == "iam:PermissionsBoundary"));
        assert!(action("ec2:DescribeInstances").is_some_and(|action| action.access().is_list()));
        assert!(!action("iam:ListUsers").unwrap().can_be_limited());
    }

    #[test]
    fn an_action_is_in_use_retired_or_unknown() {
        for (name, expected) in [
            ("s3:GetObject", Standing::Current),
            ("IAM:PASSROLE", Standing::Current),
            ("codestar:CreateProject", Standing::Retired),
            ("s3:GetEverything", Standing::Unknown),
            ("nowhere:GetObject", Standing::Unknown),
            ("s3", Standing::Unknown),
        ] {
            assert_eq!(standing(name), expected, "{name}");
        }
    }

    #[test]
    fn all_of_the_data_is_read() {
        assert!(services().len() > 450, "{}", services().len());
        assert!(actions().count() > 22_000, "{}", actions().count());
        assert_eq!(services().last().map(|service| service.places().end), Some(actions().count()));
        assert!(service_principals().len() > 250, "{}", service_principals().len());
        assert!(service_principals().contains(&"lambda.amazonaws.com"));
        for one in actions() {
            assert!(std::ptr::eq(action(&one.to_string()).unwrap(), one), "{one}");
            assert!(one.access() != Access::default(), "{one}");
            assert_eq!(one.resource_types().count(), one.on.1 as usize, "{one}");
        }
    }
}
