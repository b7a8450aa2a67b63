//! Paths on which someone gets hold of another user or role, or makes a new one.

use super::{Gain, On, Path, path, step};

pub(super) static PRINCIPALS: &[Path] = &[
    path(
        "iam-023",
        &[step("sts:AssumeRole", On::Role), step("iam:DeleteRolePermissionsBoundary", On::Role)],
        Gain::WithoutBoundary,
        &["pathfinding:iam-023"],
    ),
    path(
        "iam-002",
        &[step("iam:CreateAccessKey", On::User)],
        Gain::User,
        &["pathfinding:iam-002", "rhino:4", "pmapper", "iam-vulnerable:privesc4"],
    ),
    path(
        "iam-003",
        &[step("iam:CreateAccessKey", On::User), step("iam:DeleteAccessKey", On::User)],
        Gain::User,
        &["pathfinding:iam-003", "pmapper"],
    ),
    path(
        "iam-004",
        &[step("iam:CreateLoginProfile", On::User)],
        Gain::User,
        &["pathfinding:iam-004", "rhino:5", "pmapper", "iam-vulnerable:privesc5"],
    ),
    path(
        "iam-006",
        &[step("iam:UpdateLoginProfile", On::User)],
        Gain::User,
        &["pathfinding:iam-006", "rhino:6", "pmapper", "iam-vulnerable:privesc6"],
    ),
    path("x-iam-updateaccesskey", &[step("iam:UpdateAccessKey", On::User)], Gain::User, &[])
        .missing("the secret of an inactive access key"),
    path(
        "x-iam-mfa-takeover",
        &[
            step("iam:DeactivateMFADevice", On::User),
            step("iam:CreateVirtualMFADevice", On::Anything),
            step("iam:EnableMFADevice", On::User),
            step("iam:CreateAccessKey", On::User).or(&["iam:CreateLoginProfile", "iam:UpdateLoginProfile"]),
        ],
        Gain::User,
        &[],
    ),
    path(
        "iam-012",
        &[step("iam:UpdateAssumeRolePolicy", On::Role)],
        Gain::Role,
        &["pathfinding:iam-012", "rhino:14", "pmapper", "iam-vulnerable:privesc14"],
    ),
    path(
        "iam-014",
        &[step("iam:AttachRolePolicy", On::Role), step("sts:AssumeRole", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-014"],
    ),
    path(
        "iam-015",
        &[step("iam:AttachUserPolicy", On::User), step("iam:CreateAccessKey", On::User)],
        Gain::Everything,
        &["pathfinding:iam-015"],
    ),
    path(
        "iam-016",
        &[step("iam:CreatePolicyVersion", On::PolicyOfRole), step("sts:AssumeRole", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-016"],
    ),
    path(
        "iam-017",
        &[step("iam:PutRolePolicy", On::Role), step("sts:AssumeRole", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-017"],
    ),
    path(
        "iam-018",
        &[step("iam:PutUserPolicy", On::User), step("iam:CreateAccessKey", On::User)],
        Gain::Everything,
        &["pathfinding:iam-018"],
    ),
    path(
        "iam-019",
        &[step("iam:AttachRolePolicy", On::Role), step("iam:UpdateAssumeRolePolicy", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-019"],
    ),
    path(
        "iam-020",
        &[step("iam:CreatePolicyVersion", On::PolicyOfRole), step("iam:UpdateAssumeRolePolicy", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-020"],
    ),
    path(
        "iam-021",
        &[step("iam:PutRolePolicy", On::Role), step("iam:UpdateAssumeRolePolicy", On::Role)],
        Gain::Everything,
        &["pathfinding:iam-021"],
    ),
    path(
        "x-iam-createrole-attach",
        &[step("iam:CreateRole", On::NewRole), step("iam:AttachRolePolicy", On::NewRole)],
        Gain::Everything,
        &["pmapper"],
    ),
    path(
        "x-iam-createrole-put",
        &[step("iam:CreateRole", On::NewRole), step("iam:PutRolePolicy", On::NewRole)],
        Gain::Everything,
        &["pmapper"],
    ),
    path(
        "x-iam-createuser",
        &[
            step("iam:CreateUser", On::NewUser),
            step("iam:CreateAccessKey", On::NewUser).or(&["iam:CreateLoginProfile"]),
            step("iam:AttachUserPolicy", On::NewUser).or(&["iam:PutUserPolicy"]),
        ],
        Gain::Everything,
        &[],
    ),
    path(
        "sts-001",
        &[step("sts:AssumeRole", On::Role)],
        Gain::Role,
        &["pathfinding:sts-001", "pmapper", "iam-vulnerable:privesc-AssumeRole"],
    ),
    path("x-sts-federated", &[step("sts:AssumeRoleWithWebIdentity", On::Role)], Gain::Federation, &[])
        .missing("an identity that the provider vouches for"),
    path(
        "sso-001",
        &[
            step("sso:CreatePermissionSet", On::Anything),
            step("sso:CreateAccountAssignment", On::Anything),
            step("sso:AttachManagedPolicyToPermissionSet", On::Anything),
        ],
        Gain::PermissionSet,
        &["pathfinding:sso-001", "prowler"],
    )
    .missing("IAM Identity Center"),
    path(
        "sso-002",
        &[step("sso:AttachManagedPolicyToPermissionSet", On::Workload)],
        Gain::PermissionSet,
        &["pathfinding:sso-002", "prowler"],
    )
    .missing("IAM Identity Center"),
    path(
        "sso-003",
        &[step("sso:PutInlinePolicyToPermissionSet", On::Workload)],
        Gain::PermissionSet,
        &["pathfinding:sso-003", "prowler"],
    )
    .missing("IAM Identity Center"),
];
