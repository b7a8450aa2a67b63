//! Which resources are read, and which of their arguments: the one place that says so.

use iamrail_core::model::Declarations;

use super::arguments::Argument::{Each, One};
use super::arguments::{Argument, Arguments};
use super::workload::Shape;
use super::workloads::WORKLOADS;
use super::{identity, kept, role};

/// What a type of resource means.
pub(super) enum Meaning {
    /// It is a thing of the model.
    Entity {
        /// The arguments that `lower` reads; those of nested blocks after a dot.
        reads: &'static [&'static str],
        /// Those of them that name another resource.
        links: &'static [&'static str],
        lower: fn(&Arguments<'_>, &mut Declarations),
    },
    /// It gives policies to principals.
    Grants(Grants),
    /// It adds users to groups.
    Membership { user: Argument, group: Argument },
    /// It runs code or configures a connection.
    Workload(Shape),
}

/// How a type of resource gives policies to principals.
pub(super) struct Grants {
    pub(super) users: Option<Argument>,
    pub(super) groups: Option<Argument>,
    pub(super) roles: Option<Argument>,
    pub(super) policy: PolicyArgument,
}

/// How a type of resource says which policy it gives.
pub(super) enum PolicyArgument {
    /// A managed policy by ARN.
    Managed(Argument),
    /// The text of an inline policy.
    Inline { name: &'static str, document: &'static str },
    /// The name of an inline policy whose text stands elsewhere.
    Named(Argument),
}

type Row = (&'static str, Meaning);

const fn entity(
    kind: &'static str,
    reads: &'static [&'static str],
    links: &'static [&'static str],
    lower: fn(&Arguments<'_>, &mut Declarations),
) -> Row {
    (kind, Meaning::Entity { reads, links, lower })
}

const fn to_user(kind: &'static str, user: &'static str, policy: PolicyArgument) -> Row {
    (kind, Meaning::Grants(Grants { users: Some(One(user)), groups: None, roles: None, policy }))
}

const fn to_group(kind: &'static str, group: &'static str, policy: PolicyArgument) -> Row {
    (kind, Meaning::Grants(Grants { users: None, groups: Some(One(group)), roles: None, policy }))
}

const fn to_role(kind: &'static str, role: &'static str, policy: PolicyArgument) -> Row {
    (kind, Meaning::Grants(Grants { users: None, groups: None, roles: Some(One(role)), policy }))
}

const INLINE: PolicyArgument = PolicyArgument::Inline { name: "name", document: "policy" };
const MANAGED: PolicyArgument = PolicyArgument::Managed(One("policy_arn"));
const MANAGED_EACH: PolicyArgument = PolicyArgument::Managed(Each("policy_arns"));
const NAMED_EACH: PolicyArgument = PolicyArgument::Named(Each("policy_names"));

/// The resources of IAM itself.
static IAM: &[Row] = &[
    entity("aws_iam_user", identity::USER, &[identity::BOUNDARY], identity::user),
    entity("aws_iam_group", identity::GROUP, &[], identity::group),
    entity("aws_iam_access_key", identity::ACCESS_KEY, &["user"], identity::access_key),
    entity(
        "aws_iam_service_specific_credential",
        identity::SERVICE_SPECIFIC_CREDENTIAL,
        &["user_name"],
        identity::service_specific_credential,
    ),
    entity("aws_iam_user_login_profile", identity::LOGIN_PROFILE, &["user"], identity::login_profile),
    entity("aws_iam_virtual_mfa_device", identity::MFA_DEVICE, &[], identity::mfa_device),
    entity("aws_iam_policy", identity::POLICY, &[], identity::policy),
    entity("aws_iam_role", role::ROLE, &["managed_policy_arns", identity::BOUNDARY], role::role),
    entity("aws_iam_service_linked_role", role::SERVICE_LINKED, &[], role::service_linked),
    entity("aws_iam_instance_profile", role::INSTANCE_PROFILE, &["role"], role::instance_profile),
    entity(
        "aws_ssoadmin_customer_managed_policy_attachment",
        identity::OF_PERMISSION_SET,
        &[identity::OF_PERMISSION_SET_NAME],
        identity::of_permission_set,
    ),
    entity(
        "aws_ssoadmin_permissions_boundary_attachment",
        identity::BOUNDARY_OF_PERMISSION_SET,
        &[identity::BOUNDARY_OF_PERMISSION_SET_NAME],
        identity::of_permission_set,
    ),
    ("aws_iam_group_membership", Meaning::Membership { user: Each("users"), group: One("group") }),
    ("aws_iam_user_group_membership", Meaning::Membership { user: One("user"), group: Each("groups") }),
    to_user("aws_iam_user_policy", "user", INLINE),
    to_user("aws_iam_user_policy_attachment", "user", MANAGED),
    to_user("aws_iam_user_policies_exclusive", "user_name", NAMED_EACH),
    to_user("aws_iam_user_policy_attachments_exclusive", "user_name", MANAGED_EACH),
    to_group("aws_iam_group_policy", "group", INLINE),
    to_group("aws_iam_group_policy_attachment", "group", MANAGED),
    to_group("aws_iam_group_policies_exclusive", "group_name", NAMED_EACH),
    to_group("aws_iam_group_policy_attachments_exclusive", "group_name", MANAGED_EACH),
    to_role("aws_iam_role_policy", "role", INLINE),
    to_role("aws_iam_role_policy_attachment", "role", MANAGED),
    to_role("aws_iam_role_policies_exclusive", "role_name", NAMED_EACH),
    to_role("aws_iam_role_policy_attachments_exclusive", "role_name", MANAGED_EACH),
    (
        "aws_iam_policy_attachment",
        Meaning::Grants(Grants {
            users: Some(Each("users")),
            groups: Some(Each("groups")),
            roles: Some(Each("roles")),
            policy: MANAGED,
        }),
    ),
];

/// The kind of the outputs of a root module.
pub(crate) const OUTPUT: &str = "output";

/// What shows values to whoever sees it. Of other providers the schemas are not at hand.
static DISCLOSURES: &[Row] = &[
    entity(OUTPUT, identity::OUTPUT, &[], identity::output),
    entity("local_file", identity::FILE, &[], identity::file),
    entity("local_sensitive_file", identity::FILE, &[], identity::file),
];

/// What keeps values for others to read. A parameter of Systems Manager is among the workloads: one that is no secret shows them too.
static KEPT: &[Row] = &[entity("aws_secretsmanager_secret_version", kept::VERSION, &[], kept::secret)];

/// What the guardrails exclude, by the start of the type.
static LEFT_ASIDE: &[(&str, &str)] = &[
    ("aws_iam_openid_connect_provider", "OpenID Connect provider"),
    ("aws_iam_saml_provider", "SAML provider"),
    ("aws_identitystore_", "IAM Identity Center"),
    ("aws_organizations_policy", "organization policy"),
    ("aws_ssoadmin_", "IAM Identity Center"),
];

/// The paths of all arguments of a type of resource that are read; the empty path stands for all of them.
pub(super) fn paths(meaning: &Meaning) -> Vec<&'static str> {
    match meaning {
        Meaning::Entity { reads, .. } => reads.to_vec(),
        Meaning::Membership { user, group } => vec![user.name(), group.name()],
        Meaning::Grants(grants) => {
            let principals = [grants.users, grants.groups, grants.roles];
            let mut paths: Vec<_> = principals.iter().flatten().map(|argument| argument.name()).collect();
            match grants.policy {
                PolicyArgument::Managed(argument) | PolicyArgument::Named(argument) => {
                    paths.push(argument.name());
                }
                PolicyArgument::Inline { name, document } => paths.extend([name, document]),
            }
            paths
        }
        Meaning::Workload(shape) => shape.paths(),
    }
}

/// Whether an argument is read of a type of resource.
pub(crate) fn reads(kind: &str) -> impl Fn(&str) -> bool {
    let paths = meaning(kind).map(paths).unwrap_or_default();
    move |argument| paths.iter().any(|path| path.is_empty() || path.split('.').next() == Some(argument))
}

/// What a type of resource means, if it means anything.
pub(super) fn meaning(kind: &str) -> Option<&'static Meaning> {
    rows().find(|(name, _)| *name == kind).map(|(_, meaning)| meaning)
}

/// Whether an argument names another resource of the model, by name or ARN.
pub(crate) fn is_link(kind: &str, path: &str) -> bool {
    let is = |argument: &Argument| argument.name() == path;
    match meaning(kind) {
        None => false,
        Some(Meaning::Entity { links, .. }) => links.contains(&path),
        Some(Meaning::Membership { user, group }) => is(user) || is(group),
        Some(Meaning::Grants(grants)) => {
            let policy = matches!(&grants.policy, PolicyArgument::Managed(argument) if is(argument));
            policy || [grants.users, grants.groups, grants.roles].iter().flatten().any(is)
        }
        Some(Meaning::Workload(shape)) => {
            let links = [shape.runs.paths(), shape.execution, shape.template];
            links.iter().any(|paths| paths.contains(&path))
        }
    }
}

/// Whether a type of resource does nothing but attach policies, or add users to groups.
pub(crate) fn attaches(kind: &str) -> bool {
    matches!(meaning(kind), Some(Meaning::Grants(_) | Meaning::Membership { .. }))
}

/// Whether an argument or nested block names another resource of the model, or holds an argument that does.
pub(crate) fn holds_link(kind: &str, argument: &str) -> bool {
    let Some(meaning) = meaning(kind) else { return false };
    let mut paths = paths(meaning).into_iter();
    paths.any(|path| path.split('.').next() == Some(argument) && is_link(kind, path))
}

/// What the guardrails exclude about a type of resource.
pub(super) fn left_aside(kind: &str) -> Option<&'static str> {
    LEFT_ASIDE.iter().find(|(start, _)| kind.starts_with(start)).map(|&(_, what)| what)
}

/// Whether a type of resource shows values to whoever sees it.
pub(crate) fn shows(kind: &str) -> bool {
    DISCLOSURES.iter().any(|(name, _)| *name == kind)
}

/// All types that are read.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    IAM.iter().chain(DISCLOSURES).chain(KEPT).chain(WORKLOADS)
}
