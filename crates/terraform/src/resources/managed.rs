//! The ARNs of AWS-managed policies by name.

use std::sync::Arc;

use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

/// Policies of AWS that live under a path of their own. All others, as far as is known here, have none.
static PATHS: &[(&str, &[&str])] = &[
    (
        "job-function/",
        &[
            "Billing",
            "DataScientist",
            "DatabaseAdministrator",
            "NetworkAdministrator",
            "SupportUser",
            "SystemAdministrator",
            "ViewOnlyAccess",
        ],
    ),
    (
        "service-role/",
        &[
            "AWSAppSyncPushToCloudWatchLogs",
            "AWSBackupServiceRolePolicyForBackup",
            "AWSBackupServiceRolePolicyForRestores",
            "AWSBatchServiceRole",
            "AWSCodeDeployRole",
            "AWSCodeDeployRoleForECS",
            "AWSCodeDeployRoleForLambda",
            "AWSConfigRole",
            "AWSDataLifecycleManagerServiceRole",
            "AWSElasticBeanstalkEnhancedHealth",
            "AWSElasticBeanstalkService",
            "AWSGlueServiceRole",
            "AWSIoTLogging",
            "AWSIoTRuleActions",
            "AWSIoTThingsRegistration",
            "AWSLambdaBasicExecutionRole",
            "AWSLambdaDynamoDBExecutionRole",
            "AWSLambdaENIManagementAccess",
            "AWSLambdaKinesisExecutionRole",
            "AWSLambdaMSKExecutionRole",
            "AWSLambdaRole",
            "AWSLambdaSQSQueueExecutionRole",
            "AWSLambdaVPCAccessExecutionRole",
            "AWSQuicksightAthenaAccess",
            "AWSShieldDRTAccessPolicy",
            "AWSTransferLoggingAccess",
            "AWS_ConfigRole",
            "AmazonAPIGatewayPushToCloudWatchLogs",
            "AmazonDMSCloudWatchLogsRole",
            "AmazonDMSVPCManagementRole",
            "AmazonEBSCSIDriverPolicy",
            "AmazonEC2ContainerServiceEventsRole",
            "AmazonEC2ContainerServiceRole",
            "AmazonEC2ContainerServiceforEC2Role",
            "AmazonEC2RoleforAWSCodeDeploy",
            "AmazonEC2RoleforSSM",
            "AmazonEC2SpotFleetTaggingRole",
            "AmazonECSTaskExecutionRolePolicy",
            "AmazonEFSCSIDriverPolicy",
            "AmazonElasticMapReduceRole",
            "AmazonElasticMapReduceforEC2Role",
            "AmazonMachineLearningBatchPredictions",
            "AmazonRDSEnhancedMonitoringRole",
            "AmazonSSMAutomationRole",
            "AmazonSSMDirectoryServiceAccess",
            "AmazonSSMMaintenanceWindowRole",
            "CloudTrailServiceRole",
            "ROSAManageSubscription",
        ],
    ),
];

/// The ARN of the AWS-managed policy of this name, whose partition is not known.
pub(crate) fn managed_policy_arn(name: &str) -> Value {
    let path = PATHS.iter().find(|(_, names)| names.contains(&name)).map_or("", |(path, _)| path);
    let unknown = Arc::new(Unknown::new(Reason::Environment, "the partition"));
    let text = Text::from_parts(vec![
        Part::Literal { text: "arn:".into(), span: None },
        Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None })),
        Part::Literal { text: format!(":iam::aws:policy/{path}{name}").into(), span: None },
    ]);
    Value::new(Kind::Text(text))
}
