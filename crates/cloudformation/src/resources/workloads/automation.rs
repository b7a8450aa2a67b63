//! What builds, deploys and starts others: stacks, pipelines, schedules, state machines, documents of Systems Manager.

use super::{Row, row};
use crate::resources::workload::Runs;

pub(super) static WORKLOADS: &[Row] = &[
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
    row("AWS::DeviceFarm::Project", "Device Farm project", Runs::Alone, &["EnvironmentVariables"], &[]),
    // What starts a task or a build may override its environment.
    row(
        "AWS::Events::Rule",
        "EventBridge rule",
        Runs::Alone,
        &["Targets.Input", "Targets.InputTransformer.InputTemplate"],
        &[],
    ),
    row("AWS::ImageBuilder::Component", "image component", Runs::Alone, &["Data"], &[]),
    row(
        "AWS::ImageBuilder::ContainerRecipe",
        "container recipe",
        Runs::Alone,
        &["Components.Parameters", "DockerfileTemplateData"],
        &[],
    ),
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
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "provisioned product",
        Runs::Alone,
        &["ProvisioningParameters"],
        &[],
    ),
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
