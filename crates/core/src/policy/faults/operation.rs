//! Operations of APIs that go by other actions.

/// Services with operations that have no action of their name, and the actions that they ask for.
const OPERATIONS: [(&str, &[(&str, &str)]); 7] = [
    // <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html>
    ("bedrock", &[("Converse", "InvokeModel"), ("ConverseStream", "InvokeModelWithResponseStream")]),
    // <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html>
    ("kms", &[("ReEncrypt", "ReEncryptFrom ReEncryptTo")]),
    // <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    ("lambda", &[("Invoke", "InvokeFunction")]),
    // <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>
    ("rds", &[("connect", "rds-db:connect")]),
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
    (
        "s3",
        &[
            ("CompleteMultipartUpload", "PutObject"),
            ("CopyObject", "GetObject PutObject"),
            ("CreateMultipartUpload", "PutObject"),
            ("DeleteBucketCors", "PutBucketCORS"),
            ("DeleteBucketEncryption", "PutEncryptionConfiguration"),
            ("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
            ("DeleteBucketReplication", "PutReplicationConfiguration"),
            ("DeleteObjects", "DeleteObject"),
            ("GetBucketEncryption", "GetEncryptionConfiguration"),
            ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
            ("GetBucketNotificationConfiguration", "GetBucketNotification"),
            ("GetBucketReplication", "GetReplicationConfiguration"),
            ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
            ("HeadBucket", "ListBucket"),
            ("HeadObject", "GetObject"),
            ("ListBuckets", "ListAllMyBuckets"),
            ("ListMultipartUploads", "ListBucketMultipartUploads"),
            ("ListObjects", "ListBucket"),
            ("ListObjectsV2", "ListBucket"),
            ("ListObjectVersions", "ListBucketVersions"),
            ("ListParts", "ListMultipartUploadParts"),
            ("PutBucketEncryption", "PutEncryptionConfiguration"),
            ("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
            ("PutBucketNotificationConfiguration", "PutBucketNotification"),
            ("PutBucketReplication", "PutReplicationConfiguration"),
            ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
            ("UploadPart", "PutObject"),
        ],
    ),
    // <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
    ("sns", &[("PublishBatch", "Publish")]),
    // <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html>
    (
        "sqs",
        &[
            ("ChangeMessageVisibilityBatch", "ChangeMessageVisibility"),
            ("DeleteMessageBatch", "DeleteMessage"),
            ("SendMessageBatch", "SendMessage"),
        ],
    ),
];

/// The actions that an operation of a service asks for, for people, if it has no action of its own name.
pub(super) fn actions(service: &str, operation: &str) -> Option<String> {
    let (_, operations) = OPERATIONS.iter().find(|(prefix, _)| *prefix == service)?;
    let (_, actions) = operations.iter().find(|(name, _)| name.eq_ignore_ascii_case(operation))?;
    Some(named(service, actions).map(|action| format!("`{action}`")).collect::<Vec<_>>().join(" and "))
}

/// The full names of actions, those of the service without its prefix.
fn named<'a>(service: &'a str, actions: &'a str) -> impl Iterator<Item = String> + 'a {
    actions.split(' ').map(move |name| match name.contains(':') {
        true => name.to_owned(),
        false => format!("{service}:{name}"),
    })
}

#[cfg(test)]
mod tests {
    use iamrail_catalog::{Standing, standing};

    use super::*;

    #[test]
    fn operations_have_no_action_of_their_name_and_ask_for_actions_that_are_there() {
        for (service, operations) in OPERATIONS {
            for (operation, asked) in operations {
                let name = format!("{service}:{operation}");
                assert_eq!(standing(&name), Standing::Unknown, "{name}");
                for action in named(service, asked) {
                    assert_eq!(standing(&action), Standing::Current, "{name} asks for {action}");
                }
            }
        }
        assert_eq!(actions("s3", "copyobject").as_deref(), Some("`s3:GetObject` and `s3:PutObject`"));
        assert_eq!(actions("rds", "Connect").as_deref(), Some("`rds-db:connect`"));
        assert_eq!(actions("s3", "GetObject"), None);
    }
}
