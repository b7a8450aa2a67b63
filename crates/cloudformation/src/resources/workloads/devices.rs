//! What runs on devices, and what is computed of theirs.

use super::{Row, row};
use crate::resources::workload::Runs;

pub(super) static WORKLOADS: &[Row] = &[
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
        "AWS::GreengrassV2::ComponentVersion",
        "Greengrass component",
        Runs::Alone,
        &["InlineRecipe", "LambdaFunction.ComponentLambdaParameters.EnvironmentVariables"],
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
];
