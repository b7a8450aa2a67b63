//! Workloads that are code on machines: instances, containers, functions.

use iamrail_core::model::Workload;

use super::{Row, executed, row, started};
use crate::resources::workload::Runs;

/// The options name the instance profile.
const BEANSTALK: Runs = Runs::ProfileOption { list: "OptionSettings", name: "IamInstanceProfile" };

pub(super) static WORKLOADS: &[Row] = &[
    row(
        "AWS::AppRunner::Service",
        "App Runner service",
        Runs::Role(&["InstanceConfiguration.InstanceRoleArn"]),
        &[
            "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables",
            "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentSecrets",
            "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables",
            "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentSecrets",
        ],
        &[],
    ),
    row("AWS::AppStream::Application", "streamed application", Runs::Alone, &["LaunchParameters"], &[]),
    row("AWS::AppStream::Fleet", "AppStream fleet", Runs::Role(&["IamRoleArn"]), &[], &[]),
    row("AWS::AppStream::ImageBuilder", "AppStream image builder", Runs::Role(&["IamRoleArn"]), &[], &[]),
    // `cfn-init` may be told to read the metadata of the group.
    row("AWS::AutoScaling::AutoScalingGroup", "Auto Scaling group", Runs::Alone, &[], &[]),
    row(
        "AWS::AutoScaling::LaunchConfiguration",
        "launch configuration",
        Runs::OptionalProfile(&["IamInstanceProfile"]),
        &[],
        &["UserData"],
    ),
    started(
        row(
            "AWS::Batch::ComputeEnvironment",
            "Batch compute environment",
            Runs::Profile(&["ComputeResources.InstanceRole"]),
            &[],
            &[],
        ),
        &[
            "ComputeResources.LaunchTemplate.LaunchTemplateId",
            "ComputeResources.LaunchTemplate.LaunchTemplateName",
        ],
    ),
    executed(
        row(
            "AWS::Batch::JobDefinition",
            "Batch job definition",
            Runs::Role(&["ContainerProperties.JobRoleArn", "EcsProperties.TaskProperties.TaskRoleArn"]),
            &[
                "ContainerProperties",
                "NodeProperties",
                "EcsProperties",
                "EksProperties.PodProperties.Containers.Env",
                "Parameters",
            ],
            &[],
        ),
        &["ContainerProperties.ExecutionRoleArn", "EcsProperties.TaskProperties.ExecutionRoleArn"],
    ),
    row("AWS::Batch::JobQueue", "Batch job queue", Runs::Alone, &[], &[]),
    started(
        row(
            "AWS::EC2::EC2Fleet",
            "EC2 fleet",
            Runs::Alone,
            &[],
            &["LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateSpecificationUserData"],
        ),
        &[
            "LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateId",
            "LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateName",
        ],
    ),
    started(
        row(
            "AWS::EC2::Instance",
            "EC2 instance",
            Runs::OptionalProfile(&["IamInstanceProfile"]),
            &["SsmAssociations.AssociationParameters"],
            &["UserData"],
        ),
        &["LaunchTemplate.LaunchTemplateId", "LaunchTemplate.LaunchTemplateName"],
    ),
    row(
        "AWS::EC2::LaunchTemplate",
        Workload::LAUNCH_TEMPLATE,
        Runs::OptionalProfile(&[
            "LaunchTemplateData.IamInstanceProfile.Arn",
            "LaunchTemplateData.IamInstanceProfile.Name",
        ]),
        &[],
        &["LaunchTemplateData.UserData"],
    ),
    row(
        "AWS::EC2::SpotFleet",
        "spot fleet",
        Runs::Profile(&["SpotFleetRequestConfigData.LaunchSpecifications.IamInstanceProfile.Arn"]),
        &[],
        &["SpotFleetRequestConfigData.LaunchSpecifications.UserData"],
    ),
    row("AWS::ECS::Cluster", "ECS cluster", Runs::Alone, &[], &[]),
    executed(
        row(
            "AWS::ECS::DaemonTaskDefinition",
            "ECS task definition",
            Runs::OptionalRole(&["TaskRoleArn"]),
            &["ContainerDefinitions"],
            &[],
        ),
        &["ExecutionRoleArn"],
    ),
    executed(
        row(
            "AWS::ECS::ExpressGatewayService",
            "ECS service",
            Runs::OptionalRole(&["TaskRoleArn"]),
            &["PrimaryContainer"],
            &[],
        ),
        &["ExecutionRoleArn"],
    ),
    executed(
        row(
            "AWS::ECS::TaskDefinition",
            "ECS task definition",
            Runs::OptionalRole(&["TaskRoleArn"]),
            &["ContainerDefinitions"],
            &[],
        ),
        &["ExecutionRoleArn"],
    ),
    row(
        "AWS::EKS::Addon",
        "EKS add-on",
        Runs::Role(&["ServiceAccountRoleArn"]),
        &["ConfigurationValues"],
        &[],
    ),
    started(
        row("AWS::EKS::Nodegroup", "EKS node group", Runs::Role(&["NodeRole"]), &[], &[]),
        &["LaunchTemplate.Id", "LaunchTemplate.Name"],
    ),
    row(
        "AWS::ElasticBeanstalk::ConfigurationTemplate",
        "Elastic Beanstalk configuration",
        BEANSTALK,
        &["OptionSettings"],
        &[],
    ),
    row(
        "AWS::ElasticBeanstalk::Environment",
        "Elastic Beanstalk environment",
        BEANSTALK,
        &["OptionSettings"],
        &[],
    ),
    row(
        "AWS::GameLift::ContainerGroupDefinition",
        "game server container",
        Runs::Alone,
        &[
            "GameServerContainerDefinition.EnvironmentOverride",
            "SupportContainerDefinitions.EnvironmentOverride",
        ],
        &[],
    ),
    row(
        "AWS::GameLift::Fleet",
        "GameLift fleet",
        Runs::Role(&["InstanceRoleARN"]),
        &["RuntimeConfiguration.ServerProcesses.Parameters", "ServerLaunchParameters"],
        &[],
    ),
    started(
        row("AWS::GameLift::GameServerGroup", "game server group", Runs::Alone, &[], &[]),
        &["LaunchTemplate.LaunchTemplateId", "LaunchTemplate.LaunchTemplateName"],
    ),
    row(
        "AWS::Lambda::Function",
        "Lambda function",
        Runs::Role(&["Role"]),
        &["Environment.Variables", "Code.ZipFile"],
        &[],
    ),
    row("AWS::Lambda::MicrovmImage", "Lambda image", Runs::Alone, &["EnvironmentVariables"], &[]),
    row(
        "AWS::Lambda::WebFunctionRevision",
        "Lambda function",
        Runs::Role(&["ServiceConfig.ExecutionRoleArn"]),
        &["ServiceConfig.EnvironmentVariables"],
        &[],
    ),
    row(
        "AWS::Lightsail::Container",
        "Lightsail container",
        Runs::Alone,
        &[
            "ContainerServiceDeployment.Containers.Environment",
            "ContainerServiceDeployment.Containers.Command",
        ],
        &[],
    ),
    row("AWS::Lightsail::Instance", "Lightsail instance", Runs::Alone, &[], &["UserData"]),
    row("AWS::OpsWorks::App", "OpsWorks application", Runs::Alone, &["AppSource", "Environment"], &[]),
    row(
        "AWS::OpsWorks::Layer",
        "OpsWorks layer",
        Runs::Profile(&["CustomInstanceProfileArn"]),
        &["CustomJson"],
        &[],
    ),
    row(
        "AWS::OpsWorks::Stack",
        "OpsWorks stack",
        Runs::Profile(&["DefaultInstanceProfileArn"]),
        &["CustomCookbooksSource", "CustomJson"],
        &[],
    ),
    row(
        "AWS::Serverless::Function",
        "Lambda function",
        Runs::Role(&["Role"]),
        &["Environment.Variables", "InlineCode", "Events.*.Properties.Input"],
        &[],
    ),
    row("AWS::Serverless::MicrovmImage", "Lambda image", Runs::Alone, &["EnvironmentVariables"], &[]),
    row(
        "AWS::Serverless::WebFunction",
        "Lambda function",
        Runs::Role(&["ExecutionRoleArn"]),
        &["EnvironmentVariables", "InlineCode"],
        &[],
    ),
    row(
        "AWS::WorkspacesInstances::WorkspaceInstance",
        "WorkSpaces instance",
        Runs::Profile(&["ManagedInstance.IamInstanceProfile.Arn", "ManagedInstance.IamInstanceProfile.Name"]),
        &[],
        &["ManagedInstance.UserData"],
    ),
];
