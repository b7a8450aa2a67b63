//! The types of workloads: which of their properties reach their code, and which one is their role.

use super::workload::{Runs, Shape};

type Row = (&'static str, Shape);

const fn row(
    kind: &'static str,
    what: &'static str,
    runs: Runs,
    settings: &'static [&'static str],
    scripts: &'static [&'static str],
) -> Row {
    (kind, Shape { what, runs, settings, scripts })
}

/// Everything that a template gives to a custom resource reaches the code behind it.
pub(super) static CUSTOM_RESOURCE: Shape =
    Shape { what: "custom resource", runs: Runs::Alone, settings: &[""], scripts: &[] };

/// What a type of workload reads.
pub(super) fn shape(kind: &str) -> Option<&'static Shape> {
    WORKLOADS.iter().find(|(name, _)| *name == kind).map(|(_, shape)| shape)
}

static WORKLOADS: &[Row] = &[
    row(
        "AWS::Amplify::App",
        "Amplify app",
        Runs::Role(&["ComputeRoleArn"]),
        &["EnvironmentVariables", "BuildSpec", "AutoBranchCreationConfig.EnvironmentVariables"],
        &[],
    ),
    row("AWS::Amplify::Branch", "Amplify branch", Runs::Alone, &["EnvironmentVariables"], &[]),
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
    // `cfn-init` may be told to read the metadata of the group.
    row("AWS::AutoScaling::AutoScalingGroup", "Auto Scaling group", Runs::Alone, &[], &[]),
    row(
        "AWS::AutoScaling::LaunchConfiguration",
        "launch configuration",
        Runs::OptionalProfile { paths: &["IamInstanceProfile"], unless: &[] },
        &[],
        &["UserData"],
    ),
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
    row("AWS::CloudFormation::Stack", "CloudFormation stack", Runs::Alone, &["Parameters"], &[]),
    row(
        "AWS::CodeBuild::Project",
        "CodeBuild project",
        Runs::Role(&["ServiceRole"]),
        &["Environment.EnvironmentVariables", "Source.BuildSpec", "SecondarySources.BuildSpec"],
        &[],
    ),
    row(
        "AWS::CodePipeline::Pipeline",
        "CodePipeline pipeline",
        Runs::Role(&["RoleArn"]),
        &["Stages.Actions.Configuration", "Variables"],
        &[],
    ),
    row(
        "AWS::EC2::Instance",
        "EC2 instance",
        Runs::OptionalProfile { paths: &["IamInstanceProfile"], unless: &["LaunchTemplate"] },
        &[],
        &["UserData"],
    ),
    row(
        "AWS::EC2::LaunchTemplate",
        "launch template",
        Runs::OptionalProfile {
            paths: &[
                "LaunchTemplateData.IamInstanceProfile.Arn",
                "LaunchTemplateData.IamInstanceProfile.Name",
            ],
            unless: &[],
        },
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
    row(
        "AWS::ECS::TaskDefinition",
        "ECS task definition",
        Runs::OptionalRole(&["TaskRoleArn"]),
        &["ContainerDefinitions"],
        &[],
    ),
    row(
        "AWS::ElasticBeanstalk::ConfigurationTemplate",
        "Elastic Beanstalk configuration",
        Runs::Alone,
        &["OptionSettings"],
        &[],
    ),
    row(
        "AWS::ElasticBeanstalk::Environment",
        "Elastic Beanstalk environment",
        Runs::Alone,
        &["OptionSettings"],
        &[],
    ),
    row(
        "AWS::EMR::Cluster",
        "EMR cluster",
        Runs::Profile(&["JobFlowRole"]),
        &["Configurations", "BootstrapActions", "Steps"],
        &[],
    ),
    row("AWS::EMR::Step", "EMR step", Runs::Alone, &["HadoopJarStep"], &[]),
    row(
        "AWS::Glue::Connection",
        "Glue connection",
        Runs::Alone,
        &["ConnectionInput.ConnectionProperties"],
        &[],
    ),
    row(
        "AWS::Glue::Job",
        "Glue job",
        Runs::Role(&["Role"]),
        &["DefaultArguments", "NonOverridableArguments"],
        &[],
    ),
    row("AWS::ImageBuilder::Component", "image component", Runs::Alone, &["Data"], &[]),
    row(
        "AWS::KinesisAnalyticsV2::Application",
        "Flink application",
        Runs::Role(&["ServiceExecutionRole"]),
        &["ApplicationConfiguration.EnvironmentProperties.PropertyGroups.PropertyMap"],
        &[],
    ),
    row(
        "AWS::Lambda::Function",
        "Lambda function",
        Runs::Role(&["Role"]),
        &["Environment.Variables", "Code.ZipFile"],
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
    row(
        "AWS::MWAA::Environment",
        "Airflow environment",
        Runs::Role(&["ExecutionRoleArn"]),
        &["AirflowConfigurationOptions"],
        &[],
    ),
    row("AWS::OpsWorks::App", "OpsWorks application", Runs::Alone, &["Environment"], &[]),
    row(
        "AWS::SageMaker::Model",
        "SageMaker model",
        Runs::Role(&["ExecutionRoleArn"]),
        &["PrimaryContainer.Environment", "Containers.Environment"],
        &[],
    ),
    row("AWS::SageMaker::NotebookInstance", "SageMaker notebook", Runs::Role(&["RoleArn"]), &[], &[]),
    row(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "SageMaker notebook",
        Runs::Alone,
        &[],
        &["OnCreate.Content", "OnStart.Content"],
    ),
    row(
        "AWS::SageMaker::StudioLifecycleConfig",
        "SageMaker studio",
        Runs::Alone,
        &[],
        &["StudioLifecycleConfigContent"],
    ),
    row("AWS::SSM::Association", "SSM association", Runs::Alone, &["Parameters"], &[]),
    row("AWS::SSM::Document", "SSM document", Runs::Alone, &["Content"], &[]),
    row("AWS::SSM::Parameter", "SSM parameter", Runs::Alone, &["Value"], &[]),
    row(
        "AWS::Serverless::Function",
        "Lambda function",
        Runs::Role(&["Role"]),
        &["Environment.Variables", "InlineCode"],
        &[],
    ),
    row(
        "AWS::Serverless::StateMachine",
        "state machine",
        Runs::Role(&["Role"]),
        &["Definition", "DefinitionSubstitutions"],
        &[],
    ),
    row(
        "AWS::StepFunctions::StateMachine",
        "state machine",
        Runs::Role(&["RoleArn"]),
        &["DefinitionString", "Definition", "DefinitionSubstitutions"],
        &[],
    ),
    row(
        "AWS::Synthetics::Canary",
        "canary",
        Runs::Role(&["ExecutionRoleArn"]),
        &["RunConfig.EnvironmentVariables", "Code.Script"],
        &[],
    ),
];
