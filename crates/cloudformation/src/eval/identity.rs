//! What resources answer to `Ref` and `GetAtt` when it follows from their properties.

/// Where an answer comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// It is the value of a property.
    Property(&'static str),
    /// It is the ARN of an IAM entity with the name in a property.
    Arn {
        /// The kind of entity in the ARN.
        form: &'static str,
        /// The property with the name.
        name: &'static str,
    },
}

/// Type, kind in the ARN, property with the name. What `Ref` answers is the name unless said otherwise below.
const NAMED: &[(&str, &str, &str)] = &[
    ("AWS::IAM::User", "user", "UserName"),
    ("AWS::IAM::Group", "group", "GroupName"),
    ("AWS::IAM::Role", "role", "RoleName"),
    ("AWS::IAM::ManagedPolicy", "policy", "ManagedPolicyName"),
    ("AWS::IAM::InstanceProfile", "instance-profile", "InstanceProfileName"),
];

/// Dynamic references by how they start, with the type of the resource that keeps what they fetch and the property that has it.
const STORES: &[(&str, &str, &str)] = &[
    ("{{resolve:ssm:", "AWS::SSM::Parameter", "Value"),
    ("{{resolve:secretsmanager:", "AWS::SecretsManager::Secret", "SecretString"),
];

/// The property of a type of resource whose value a dynamic reference fetches.
pub(super) fn fetched(reference: &str, kind: &str) -> Option<&'static str> {
    let found = STORES.iter().find(|(start, store, _)| reference.starts_with(start) && *store == kind);
    found.map(|(_, _, property)| *property)
}

/// The property that an attribute is, where that is a value which a resource keeps for others.
pub(super) fn kept(kind: &str, attribute: &str) -> Option<&'static str> {
    let found = STORES.iter().find(|(_, store, property)| *store == kind && *property == attribute);
    found.map(|(_, _, property)| *property)
}

/// The answer to an attribute, with `Ref` as the attribute of `Ref`.
pub(super) fn answer(kind: &str, attribute: &str) -> Option<Answer> {
    let (_, form, name) = NAMED.iter().find(|(named, _, _)| *named == kind)?;
    match (kind, attribute) {
        ("AWS::IAM::ManagedPolicy", "Ref" | "PolicyArn") => Some(Answer::Arn { form, name }),
        (_, "Ref") => Some(Answer::Property(name)),
        (_, "Arn") => Some(Answer::Arn { form, name }),
        _ => None,
    }
}

/// The attributes that resources of IAM have beside `Ref`, by type.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("AWS::IAM::AccessKey", &["Id", "SecretAccessKey"]),
    ("AWS::IAM::Group", &["Arn", "GroupId"]),
    ("AWS::IAM::InstanceProfile", &["Arn"]),
    (
        "AWS::IAM::ManagedPolicy",
        &[
            "AttachmentCount",
            "CreateDate",
            "DefaultVersionId",
            "IsAttachable",
            "PermissionsBoundaryUsageCount",
            "PolicyArn",
            "PolicyId",
            "UpdateDate",
        ],
    ),
    ("AWS::IAM::Role", &["Arn", "RoleId"]),
    ("AWS::IAM::User", &["Arn", "UserId"]),
    ("AWS::IAM::VirtualMFADevice", &["SerialNumber"]),
];

/// The attributes of a type, when none of them is the one that is asked for; `None` when it is one, or nothing is known of the
/// type.
pub(super) fn others_than(kind: &str, attribute: &str) -> Option<&'static [&'static str]> {
    let (_, attributes) = ATTRIBUTES.iter().find(|(named, _)| *named == kind)?;
    (attribute != "Ref" && !attributes.contains(&attribute)).then_some(attributes)
}

/// Whether an attribute is a credential.
pub(super) fn is_secret(kind: &str, attribute: &str) -> bool {
    matches!(
        (kind, attribute),
        ("AWS::IAM::AccessKey", "SecretAccessKey")
            | ("AWS::IAM::ServiceSpecificCredential", "ServicePassword")
    )
}
