//! Paths on which someone changes its own rights.

use super::{Gain, On, Path, path, step};

pub(super) static OWN: &[Path] = &[
    path(
        "iam-001",
        &[step("iam:CreatePolicyVersion", On::OwnPolicy)],
        Gain::Everything,
        &["pathfinding:iam-001", "rhino:1", "prowler", "iam-vulnerable:privesc1"],
    ),
    path(
        "x-iam-setdefaultpolicyversion",
        &[step("iam:SetDefaultPolicyVersion", On::OwnPolicy)],
        Gain::OlderVersion,
        &["rhino:2", "prowler", "iam-vulnerable:privesc2"],
    )
    .missing("an older version of the policy that allows more"),
    path(
        "iam-005",
        &[step("iam:PutRolePolicy", On::OwnRole)],
        Gain::Everything,
        &["pathfinding:iam-005", "rhino:12", "pmapper", "iam-vulnerable:privesc12"],
    ),
    path(
        "iam-007",
        &[step("iam:PutUserPolicy", On::OwnUser)],
        Gain::Everything,
        &["pathfinding:iam-007", "rhino:10", "pmapper", "iam-vulnerable:privesc10"],
    ),
    path(
        "iam-008",
        &[step("iam:AttachUserPolicy", On::OwnUser)],
        Gain::Everything,
        &["pathfinding:iam-008", "rhino:7", "pmapper", "iam-vulnerable:privesc7"],
    ),
    path(
        "iam-009",
        &[step("iam:AttachRolePolicy", On::OwnRole)],
        Gain::Everything,
        &["pathfinding:iam-009", "rhino:9", "pmapper", "iam-vulnerable:privesc9"],
    ),
    path(
        "iam-010",
        &[step("iam:AttachGroupPolicy", On::OwnGroup)],
        Gain::Everything,
        &["pathfinding:iam-010", "rhino:8", "iam-vulnerable:privesc8"],
    ),
    path(
        "iam-011",
        &[step("iam:PutGroupPolicy", On::OwnGroup)],
        Gain::Everything,
        &["pathfinding:iam-011", "rhino:11", "iam-vulnerable:privesc11"],
    ),
    path(
        "iam-013",
        &[step("iam:AddUserToGroup", On::Group)],
        Gain::Group,
        &["pathfinding:iam-013", "rhino:13", "iam-vulnerable:privesc13"],
    ),
    path(
        "iam-025",
        &[step("iam:DetachUserPolicy", On::OwnUser)],
        Gain::WithoutDeny,
        &["pathfinding:iam-025"],
    ),
    path(
        "iam-026",
        &[step("iam:DeleteUserPolicy", On::OwnUser)],
        Gain::WithoutDeny,
        &["pathfinding:iam-026"],
    ),
    path("x-iam-detachrolepolicy", &[step("iam:DetachRolePolicy", On::OwnRole)], Gain::WithoutDeny, &[]),
    path("x-iam-deleterolepolicy", &[step("iam:DeleteRolePolicy", On::OwnRole)], Gain::WithoutDeny, &[]),
    path("x-iam-detachgrouppolicy", &[step("iam:DetachGroupPolicy", On::OwnGroup)], Gain::WithoutDeny, &[]),
    path("x-iam-deletegrouppolicy", &[step("iam:DeleteGroupPolicy", On::OwnGroup)], Gain::WithoutDeny, &[]),
    path(
        "x-iam-removeuserfromgroup",
        &[step("iam:RemoveUserFromGroup", On::OwnGroup)],
        Gain::WithoutDeny,
        &[],
    ),
    path(
        "x-iam-createpolicyversion-deny",
        &[step("iam:CreatePolicyVersion", On::DenyingPolicy)],
        Gain::WithoutDeny,
        &[],
    ),
    path(
        "iam-022",
        &[step("iam:DeleteUserPermissionsBoundary", On::OwnUser)],
        Gain::WithoutBoundary,
        &["pathfinding:iam-022", "prowler"],
    ),
    path(
        "iam-024",
        &[step("iam:PutUserPermissionsBoundary", On::OwnUser)],
        Gain::WithoutBoundary,
        &["pathfinding:iam-024"],
    ),
];
