//! What resources answer to `Ref` and `GetAtt` when it follows from their properties, and what form it has otherwise.

use iamrail_core::value::Form;

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
    /// It is the ARN of a bucket with the name in a property.
    Bucket {
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

const BUCKET: &str = "AWS::S3::Bucket";

/// Types whose `Ref` is a name or an identifier and no ARN, the property with the name if there is one, and the form. The attributes
/// that the constructs of the AWS CDK (aws-cdk-lib 2.276.0) make of `Ref` tell: `bucketName: this.ref`.
const REFERRED: &[(&str, Option<&str>, Form)] = &[
    (BUCKET, Some("BucketName"), Form::Name),
    ("AWS::CloudFront::Distribution", None, Form::Name),
    ("AWS::CodeBuild::Project", Some("Name"), Form::Name),
    ("AWS::CodePipeline::Pipeline", Some("Name"), Form::Name),
    ("AWS::Cognito::UserPool", None, Form::Name),
    ("AWS::DynamoDB::GlobalTable", Some("TableName"), Form::Name),
    ("AWS::DynamoDB::Table", Some("TableName"), Form::Name),
    ("AWS::EC2::Instance", None, Form::Name),
    ("AWS::ECR::Repository", Some("RepositoryName"), Form::Path),
    ("AWS::ECS::Cluster", Some("ClusterName"), Form::Name),
    ("AWS::EFS::FileSystem", None, Form::Name),
    ("AWS::EKS::Cluster", Some("Name"), Form::Name),
    ("AWS::KMS::Key", None, Form::Name),
    ("AWS::Kinesis::Stream", Some("Name"), Form::Name),
    ("AWS::KinesisFirehose::DeliveryStream", Some("DeliveryStreamName"), Form::Name),
    ("AWS::Lambda::Function", Some("FunctionName"), Form::Name),
    ("AWS::Logs::LogGroup", Some("LogGroupName"), Form::Path),
    ("AWS::OpenSearchService::Domain", Some("DomainName"), Form::Name),
    ("AWS::SSM::Parameter", Some("Name"), Form::Path),
    ("AWS::Serverless::Function", Some("FunctionName"), Form::Name),
    ("AWS::Serverless::SimpleTable", Some("TableName"), Form::Name),
];

/// Whether an attribute is an address on the web: the queues of SQS answer to `Ref` with theirs.
pub(super) fn is_url(kind: &str, attribute: &str) -> bool {
    (kind, attribute) == ("AWS::SQS::Queue", "Ref")
}

/// The form of an attribute that AWS makes up, with `Ref` as the attribute of `Ref`.
pub(super) fn form(kind: &str, attribute: &str) -> Form {
    let referred = REFERRED.iter().find(|(named, ..)| attribute == "Ref" && *named == kind);
    let of_iam = |_: &&(&str, &str, &str)| kind != "AWS::IAM::ManagedPolicy" && attribute == "Ref";
    let named = NAMED.iter().find(|(named, ..)| *named == kind).filter(of_iam).map(|_| Form::Name);
    referred.map(|(.., form)| *form).or(named).unwrap_or_default()
}

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
    if let Some((_, name, _)) = REFERRED.iter().find(|(named, ..)| *named == kind) {
        return match (kind, attribute) {
            (_, "Ref") => name.map(Answer::Property),
            (BUCKET, "Arn") => name.map(|name| Answer::Bucket { name }),
            _ => None,
        };
    }
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
