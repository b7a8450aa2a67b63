//! Which types of resources are read: the one place that says so.

use iamrail_core::model::Declarations;

use super::properties::Properties;
use super::workload::Shape;
use super::workloads::{self, CUSTOM_RESOURCE};
use super::{credential, kept, permission_set, policy, role, user};

/// What a type of resource means.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// It is a thing of IAM.
    Entity(Lower),
    /// It runs code or configures a connection.
    Workload(&'static Shape),
}

/// Adds what the properties of a resource declare.
type Lower = fn(&Properties<'_>, &mut Declarations);
type Row = (&'static str, Lower);

static IAM: &[Row] = &[
    ("AWS::IAM::AccessKey", credential::access_key),
    ("AWS::IAM::Group", user::group),
    ("AWS::IAM::GroupPolicy", policy::of_group),
    ("AWS::IAM::InstanceProfile", role::instance_profile),
    ("AWS::IAM::ManagedPolicy", policy::managed),
    ("AWS::IAM::Policy", policy::inline),
    ("AWS::IAM::Role", role::role),
    ("AWS::IAM::RolePolicy", policy::of_role),
    ("AWS::IAM::ServiceLinkedRole", role::service_linked),
    ("AWS::IAM::ServiceSpecificCredential", credential::service_specific),
    ("AWS::IAM::User", user::user),
    ("AWS::IAM::UserPolicy", policy::of_user),
    ("AWS::IAM::UserToGroupAddition", user::user_to_group_addition),
    ("AWS::IAM::VirtualMFADevice", credential::mfa_device),
    ("AWS::SSO::PermissionSet", permission_set::permission_set),
];

/// What keeps values that may be credentials, whatever else it means.
static STORES: &[Row] =
    &[("AWS::SSM::Parameter", kept::parameter), ("AWS::SecretsManager::Secret", kept::secret)];

/// Properties that name policies, groups or principals of the model, in resources of IAM and in those that a transform makes of.
const LINKS: &[&str] = &[
    "CustomerManagedPolicyReferences",
    "GroupName",
    "Groups",
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "RoleName",
    "Roles",
    "UserName",
    "Users",
];

/// What the serverless transform gives a role: AWS-managed policies, those of the template, statements.
const POLICIES: &str = "Policies";

/// Whether a property names other resources of the model, by name or ARN.
pub(crate) fn is_link(kind: &str, property: &str) -> bool {
    let is_serverless = kind.starts_with("AWS::Serverless::");
    (is_serverless && property == POLICIES)
        || ((is_serverless || IAM.iter().any(|(name, _)| *name == kind)) && LINKS.contains(&property))
}

/// Resources of IAM that say nothing about who may do what.
pub(super) const WITHOUT_MEANING: &[&str] = &["AWS::IAM::ServerCertificate"];

/// What the guardrails exclude, by the start of the type.
static LEFT_ASIDE: &[(&str, &str)] = &[
    ("AWS::IAM::OIDCProvider", "OpenID Connect provider"),
    ("AWS::IAM::SAMLProvider", "SAML provider"),
    ("AWS::IdentityStore::", "IAM Identity Center"),
    ("AWS::Organizations::Policy", "organization policy"),
    ("AWS::SSO::", "IAM Identity Center"),
];

/// What a type of resource means, if it means anything.
pub(super) fn meaning(kind: &str) -> Option<Meaning> {
    if let Some(lower) = row(IAM, kind) {
        return Some(Meaning::Entity(lower));
    }
    if kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource" || is_extension(kind) {
        return Some(Meaning::Workload(&CUSTOM_RESOURCE));
    }
    workloads::shape(kind).map(Meaning::Workload)
}

/// How a type of resource keeps a value, if it keeps one.
pub(super) fn store(kind: &str) -> Option<Lower> {
    row(STORES, kind)
}

fn row(rows: &[Row], kind: &str) -> Option<Lower> {
    rows.iter().find(|(name, _)| *name == kind).map(|(_, lower)| *lower)
}

/// Whether a type comes from the registry of extensions: the code behind it gets all of its properties, such as the values of
/// `AWSQS::Kubernetes::Helm`. Modules are no resources.
fn is_extension(kind: &str) -> bool {
    let of_aws = kind.starts_with("AWS::") || kind.starts_with("Alexa::");
    !of_aws && kind.split("::").count() == 3 && !kind.ends_with("::MODULE")
}

/// What the guardrails exclude about a type of resource.
pub(super) fn left_aside(kind: &str) -> Option<&'static str> {
    LEFT_ASIDE.iter().find(|(start, _)| kind.starts_with(start)).map(|&(_, what)| what)
}
