//! Whether a policy can limit an action to some of several resources.

use crate::actions::{Action, ResourceType};
use crate::pattern::expand;

/// The ARNs of resources that have a name and of which every account has one all the same.
const SINGLE: [&str; 2] = [
    // Only the default one is supported: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDataset.html>.
    "arn:${Partition}:cloudwatch:${Region}:${Account}:dataset/${DatasetId}",
    // It is enabled for an account in a region: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHubV2.html>.
    "arn:${Partition}:securityhub:${Region}:${Account}:hubv2/${HubV2Id}",
];

/// Actions with resources that a request names at will, beside what it is about: the models of the APIs in botocore 1.44.8
/// (Apache-2.0, read on 2026-11-27) have these parameters and do not require them. A request that names none is allowed by `"Resource": "*"` only, as Polly's own table of permissions has it. That a
/// type is optional in AWS's lists does not tell: it also stands for one of several that are always named, such as the object or the
/// access point of `s3:GetObject`.
const AT_WILL: [(&str, &[&str]); 9] = [
    // `CrossRegionConfig` and `AutomatedReasoningPolicyConfig`; `CustomOutputConfiguration`.
    ("bedrock", &["CreateDataAutomationProject", "CreateGuardrail"]),
    // `BillingViewArn`.
    (
        "ce",
        &[
            "GetCostAndUsage",
            "GetCostAndUsageComparisons",
            "GetCostAndUsageWithResources",
            "GetCostCategories",
            "GetCostComparisonDrivers",
            "GetCostForecast",
            "GetDimensionValues",
            "GetTags",
            "GetUsageForecast",
        ],
    ),
    // `StackName` and `StackSetName`.
    ("cloudformation", &["GetTemplateSummary"]),
    // `SourceBackupId`.
    ("cloudhsm", &["CreateCluster"]),
    // `EndpointArn`.
    ("comprehend", &["DetectEntities"]),
    // `AgentArns`.
    ("datasync", &["CreateLocationAzureBlob", "CreateLocationObjectStorage", "CreateLocationS3"]),
    // `LexiconNames`.
    ("polly", &["StartSpeechSynthesisStream", "StartSpeechSynthesisTask", "SynthesizeSpeech"]),
    // `ProjectVersion`.
    ("rekognition", &["DetectModerationLabels", "StartMediaAnalysisJob"]),
    // `TerminologyNames` and `ParallelDataNames`.
    ("translate", &["StartTextTranslationJob", "TranslateDocument", "TranslateText"]),
];

impl Action {
    /// Whether a policy can limit it to some of several resources. One that only acts on what an account has one of, such as the hub
    /// of Security Hub, is not limited by the ARN of that; nor is one whose requests may name no resource.
    pub fn has_choice(&self) -> bool {
        let mut choices = self.resource_types().filter(|(kind, _)| !kind.is_single());
        let Some((_, is_required)) = choices.next() else { return false };
        // One type that need not be named narrows a list.
        let is_filter = self.access().is_list_only() && !is_required && choices.next().is_none();
        !is_filter && !self.names_at_will()
    }

    fn names_at_will(&self) -> bool {
        let service = self.service().map(|service| service.prefix());
        AT_WILL.iter().any(|(prefix, names)| Some(*prefix) == service && names.contains(&self.name()))
    }
}

impl ResourceType {
    /// Whether an account has at most one of them in a region: nothing in its ARNs tells one from another.
    pub fn is_single(&self) -> bool {
        let name = self.arn().splitn(6, ':').nth(5);
        SINGLE.contains(&self.arn()) || name.is_some_and(|name| !name.contains(['$', '*']))
    }
}

/// The actions of a pattern that it can limit to some of several resources. A pattern that stands for lists mostly, which need all
/// resources, is meant for these: of `ec2:Describe*`, a tenth can be limited, and no list of names could be kept complete.
pub fn expand_with_choice(pattern: &str) -> Vec<&'static Action> {
    /// The share of lists that can be limited, at most, of a pattern that is meant for the others.
    const ONE_IN: usize = 5;
    let all = expand(pattern);
    let limited: Vec<&'static Action> = all.iter().filter(|action| action.has_choice()).collect();
    let are_lists = limited.iter().all(|action| action.access().is_list_only());
    if are_lists && limited.len() * ONE_IN <= all.len() { Vec::new() } else { limited }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action;

    #[test]
    fn what_an_account_has_one_of_leaves_no_choice() {
        for (name, expected) in [
            ("s3:GetObject", true),
            ("s3:ListBucket", true),
            ("s3:ListAllMyBuckets", false),
            ("cloudwatch:PutMetricData", false),
            ("cloudwatch:PutMetricAlarm", true),
            ("securityhub:EnableSecurityHub", false),
            ("securityhub:GetFindings", false),
            ("dms:DeleteMigrationProject", true),
        ] {
            assert_eq!(action(name).map(Action::has_choice), Some(expected), "{name}");
        }
    }

    #[test]
    fn resources_that_a_request_names_at_will_leave_no_choice() {
        for (name, expected) in [
            ("translate:TranslateText", false),
            ("translate:DeleteTerminology", true),
            ("polly:SynthesizeSpeech", false),
            ("polly:DeleteLexicon", true),
            ("ce:GetCostAndUsage", false),
            ("ce:GetAnomalies", true),
            ("cloudformation:DescribeStacks", false),
            ("cloudformation:DeleteStack", true),
            ("es:ESHttpGet", true),
            ("dynamodb:ListExports", false),
            ("dynamodb:Scan", true),
            ("logs:DescribeLogStreams", true),
        ] {
            assert_eq!(action(name).map(Action::has_choice), Some(expected), "{name}");
        }
    }

    #[test]
    fn actions_that_name_resources_at_will_are_all_there_and_need_none() {
        for (prefix, names) in AT_WILL {
            for name in names {
                let action = action(&format!("{prefix}:{name}")).unwrap();
                assert_eq!(action.name(), *name);
                assert!(action.can_be_limited(), "{action}");
                assert!(action.resource_types().all(|(_, is_required)| !is_required), "{action}");
            }
        }
    }

    #[test]
    fn a_pattern_of_lists_that_need_all_resources_is_meant_for_these() {
        for (pattern, expected) in [
            ("ec2:Describe*", false),
            ("logs:Describe*", false),
            ("autoscaling:Describe*", false),
            ("ec2:Get*", true),
            ("s3:List*", true),
            ("s3:Get*", true),
            ("iam:List*", true),
            ("logs:DescribeLogStream*", true),
            ("ec2:*", true),
        ] {
            assert_eq!(!expand_with_choice(pattern).is_empty(), expected, "{pattern}");
        }
    }
}
