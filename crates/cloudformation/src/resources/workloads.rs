//! The types of workloads: which of their properties reach their code, and which one is their role.

use iamrail_core::model::Workload;

use super::machine_learning::MACHINE_LEARNING;
use super::workload::{Runs, Shape};

pub(super) type Row = (&'static str, Shape);

pub(super) const fn row(
    kind: &'static str,
    what: &'static str,
    runs: Runs,
    settings: &'static [&'static str],
    scripts: &'static [&'static str],
) -> Row {
    (kind, Shape { what, runs, execution: &[], template: &[], settings, scripts })
}

/// The same of a workload that may start from a launch template.
const fn started((kind, shape): Row, template: &'static [&'static str]) -> Row {
    (kind, Shape { template, ..shape })
}

/// The same of a workload that its service starts with a role of its own.
const fn executed((kind, shape): Row, execution: &'static [&'static str]) -> Row {
    (kind, Shape { execution, ..shape })
}

/// Everything that a template gives to a custom resource reaches the code behind it.
pub(super) static CUSTOM_RESOURCE: Shape = Shape {
    what: "custom resource",
    runs: Runs::Alone,
    execution: &[],
    template: &[],
    settings: &[""],
    scripts: &[],
};

/// The options name the instance profile.
const BEANSTALK: Runs = Runs::ProfileOption { list: "OptionSettings", name: "IamInstanceProfile" };

/// What a type of workload reads.
pub(super) fn shape(kind: &str) -> Option<&'static Shape> {
    all().find(|(name, _)| *name == kind).map(|(_, shape)| shape)
}

/// The types with what is read of them.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    WORKLOADS.iter().chain(MACHINE_LEARNING)
}

static WORKLOADS: &[Row] = &[
    row(
        "AWS::Amplify::App",
        "Amplify app",
        Runs::Role(&["ComputeRoleArn"]),
        &["EnvironmentVariables", "BuildSpec", "AutoBranchCreationConfig.EnvironmentVariables"],
        &[],
    ),
    row(
        "AWS::Amplify::Branch",
        "Amplify branch",
        Runs::Role(&["ComputeRoleArn"]),
        &["EnvironmentVariables", "BuildSpec"],
        &[],
    ),
    row("AWS::ApiGateway::Stage", "API stage", Runs::Alone, &["Variables"], &[]),
    row("AWS::ApiGatewayV2::Stage", "API stage", Runs::Alone, &["StageVariables"], &[]),
    row("AWS::AppConfig::HostedConfigurationVersion", "hosted configuration", Runs::Alone, &["Content"], &[]),
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
    row("AWS::CloudFormation::Stack", "CloudFormation stack", Runs::Alone, &["Parameters"], &[]),
    row(
        "AWS::CloudFormation::StackSet",
        "stack set",
        Runs::Role(&["AdministrationRoleARN"]),
        &["Parameters"],
        &[],
    ),
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
    row("AWS::Cognito::IdentityPool", "identity pool", Runs::Alone, &[], &[]),
    row("AWS::DeviceFarm::Project", "Device Farm project", Runs::Alone, &["EnvironmentVariables"], &[]),
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
        "AWS::EMR::Cluster",
        "EMR cluster",
        Runs::Profile(&["JobFlowRole"]),
        &["Configurations", "BootstrapActions", "Steps"],
        &[],
    ),
    row("AWS::EMR::InstanceGroupConfig", "EMR instance group", Runs::Alone, &["Configurations"], &[]),
    row("AWS::EMR::Step", "EMR step", Runs::Alone, &["HadoopJarStep"], &[]),
    row(
        "AWS::EMRServerless::Application",
        "EMR Serverless application",
        Runs::Alone,
        &["RuntimeConfiguration"],
        &[],
    ),
    // What starts a task or a build may override its environment.
    row(
        "AWS::Events::Rule",
        "EventBridge rule",
        Runs::Alone,
        &["Targets.Input", "Targets.InputTransformer.InputTemplate"],
        &[],
    ),
    row(
        "AWS::Glue::Connection",
        "Glue connection",
        Runs::Alone,
        &["ConnectionInput.ConnectionProperties"],
        &[],
    ),
    row("AWS::Glue::DevEndpoint", "Glue development endpoint", Runs::Role(&["RoleArn"]), &["Arguments"], &[]),
    row(
        "AWS::Glue::Job",
        "Glue job",
        Runs::Role(&["Role"]),
        &["DefaultArguments", "NonOverridableArguments"],
        &[],
    ),
    row("AWS::Glue::Trigger", "Glue trigger", Runs::Alone, &["Actions.Arguments"], &[]),
    row("AWS::Glue::Session", "Glue session", Runs::Role(&["Role"]), &["DefaultArguments"], &[]),
    row(
        "AWS::GreengrassV2::ComponentVersion",
        "Greengrass component",
        Runs::Alone,
        &["InlineRecipe", "LambdaFunction.ComponentLambdaParameters.EnvironmentVariables"],
        &[],
    ),
    row("AWS::ImageBuilder::Component", "image component", Runs::Alone, &["Data"], &[]),
    row(
        "AWS::ImageBuilder::ImageRecipe",
        "image recipe",
        Runs::Alone,
        &["Components.Parameters"],
        &["AdditionalInstanceConfiguration.UserDataOverride"],
    ),
    row(
        "AWS::ImageBuilder::InfrastructureConfiguration",
        "image builder",
        Runs::Profile(&["InstanceProfileName"]),
        &[],
        &[],
    ),
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
    row("AWS::Lambda::MicrovmImage", "Lambda image", Runs::Alone, &["EnvironmentVariables"], &[]),
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
    row("AWS::OpsWorks::App", "OpsWorks application", Runs::Alone, &["AppSource", "Environment"], &[]),
    row(
        "AWS::Pipes::Pipe",
        "EventBridge pipe",
        Runs::Alone,
        &[
            "TargetParameters.BatchJobParameters.ContainerOverrides.Environment",
            "TargetParameters.EcsTaskParameters.Overrides.ContainerOverrides.Environment",
            "TargetParameters.InputTemplate",
        ],
        &[],
    ),
    row("AWS::Scheduler::Schedule", "schedule", Runs::Alone, &["Target.Input"], &[]),
    row("AWS::SSM::Association", "SSM association", Runs::Alone, &["Parameters"], &[]),
    row("AWS::SSM::Document", "SSM document", Runs::Alone, &["Content"], &[]),
    row(
        "AWS::SSM::MaintenanceWindowTask",
        "maintenance task",
        Runs::Alone,
        &["TaskInvocationParameters", "TaskParameters"],
        &[],
    ),
    row("AWS::SSM::Parameter", "SSM parameter", Runs::Alone, &["Value"], &[]),
    // The transform makes stages of APIs, and rules and schedules of events.
    row("AWS::Serverless::Api", "API", Runs::Alone, &["Variables"], &[]),
    row(
        "AWS::Serverless::Function",
        "Lambda function",
        Runs::Role(&["Role"]),
        &["Environment.Variables", "InlineCode", "Events.*.Properties.Input"],
        &[],
    ),
    row("AWS::Serverless::HttpApi", "API", Runs::Alone, &["StageVariables"], &[]),
    row(
        "AWS::Serverless::StateMachine",
        "state machine",
        Runs::Role(&["Role"]),
        &[
            "Definition",
            "DefinitionSubstitutions",
            "Events.*.Properties.Input",
            "Events.*.Properties.InputTransformer.InputTemplate",
        ],
        &[],
    ),
    row(
        "AWS::Serverless::WebFunction",
        "Lambda function",
        Runs::Role(&["ExecutionRoleArn"]),
        &["EnvironmentVariables", "InlineCode"],
        &[],
    ),
    row("AWS::Serverless::WebSocketApi", "API", Runs::Alone, &["StageVariables"], &[]),
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
    row("AWS::ApiGateway::Deployment", "API stage", Runs::Alone, &["StageDescription.Variables"], &[]),
    row("AWS::AppStream::Application", "streamed application", Runs::Alone, &["LaunchParameters"], &[]),
    row("AWS::AppStream::Fleet", "AppStream fleet", Runs::Role(&["IamRoleArn"]), &[], &[]),
    row("AWS::AppStream::ImageBuilder", "AppStream image builder", Runs::Role(&["IamRoleArn"]), &[], &[]),
    row("AWS::AppSync::FunctionConfiguration", "AppSync function", Runs::Alone, &["Code"], &[]),
    row("AWS::AppSync::GraphQLApi", "GraphQL API", Runs::Alone, &["EnvironmentVariables"], &[]),
    row("AWS::AppSync::Resolver", "AppSync resolver", Runs::Alone, &["Code"], &[]),
    row(
        "AWS::DataPipeline::Pipeline",
        "data pipeline",
        Runs::Alone,
        &["ParameterValues", "PipelineObjects.Fields"],
        &[],
    ),
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
    row(
        "AWS::EKS::Addon",
        "EKS add-on",
        Runs::Role(&["ServiceAccountRoleArn"]),
        &["ConfigurationValues"],
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
    row("AWS::Glue::Workflow", "Glue workflow", Runs::Alone, &["DefaultRunProperties"], &[]),
    row(
        "AWS::Greengrass::FunctionDefinition",
        "Greengrass function",
        Runs::Alone,
        &["InitialVersion.Functions.FunctionConfiguration.Environment.Variables"],
        &[],
    ),
    row(
        "AWS::Greengrass::FunctionDefinitionVersion",
        "Greengrass function",
        Runs::Alone,
        &["Functions.FunctionConfiguration.Environment.Variables"],
        &[],
    ),
    row(
        "AWS::ImageBuilder::ContainerRecipe",
        "container recipe",
        Runs::Alone,
        &["Components.Parameters", "DockerfileTemplateData"],
        &[],
    ),
    row("AWS::IoT::Command", "device command", Runs::Alone, &["Payload.Content"], &[]),
    row(
        "AWS::IoTAnalytics::Dataset",
        "data set container",
        Runs::Role(&["Actions.ContainerAction.ExecutionRoleArn"]),
        &["Actions.ContainerAction.Variables"],
        &[],
    ),
    row(
        "AWS::IoTSiteWise::Pipeline",
        "SiteWise pipeline",
        Runs::Alone,
        &["Computations.EnvironmentVariables", "EnvironmentVariables"],
        &[],
    ),
    row(
        "AWS::IoTSiteWise::Task",
        "SiteWise task",
        Runs::Role(&["TaskConfiguration.ContainerTaskConfiguration.TaskExecutionRole"]),
        &["TaskConfiguration.ContainerTaskConfiguration.EnvironmentVariables"],
        &[],
    ),
    row(
        "AWS::Lambda::WebFunctionRevision",
        "Lambda function",
        Runs::Role(&["ServiceConfig.ExecutionRoleArn"]),
        &["ServiceConfig.EnvironmentVariables"],
        &[],
    ),
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
    row("AWS::Serverless::MicrovmImage", "Lambda image", Runs::Alone, &["EnvironmentVariables"], &[]),
    row(
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "provisioned product",
        Runs::Alone,
        &["ProvisioningParameters"],
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
