//! What serves an application: its APIs, its front, its configuration.

use super::{Row, row};
use crate::resources::workload::Runs;

pub(super) static WORKLOADS: &[Row] = &[
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
    row("AWS::ApiGateway::Deployment", "API stage", Runs::Alone, &["StageDescription.Variables"], &[]),
    row("AWS::ApiGateway::Stage", "API stage", Runs::Alone, &["Variables"], &[]),
    row("AWS::ApiGatewayV2::Stage", "API stage", Runs::Alone, &["StageVariables"], &[]),
    row("AWS::AppConfig::HostedConfigurationVersion", "hosted configuration", Runs::Alone, &["Content"], &[]),
    row("AWS::AppSync::FunctionConfiguration", "AppSync function", Runs::Alone, &["Code"], &[]),
    row("AWS::AppSync::GraphQLApi", "GraphQL API", Runs::Alone, &["EnvironmentVariables"], &[]),
    row("AWS::AppSync::Resolver", "AppSync resolver", Runs::Alone, &["Code"], &[]),
    row("AWS::Cognito::IdentityPool", "identity pool", Runs::Alone, &[], &[]),
    // The transform makes stages of APIs, and rules and schedules of events.
    row("AWS::Serverless::Api", "API", Runs::Alone, &["Variables"], &[]),
    row("AWS::Serverless::HttpApi", "API", Runs::Alone, &["StageVariables"], &[]),
    row("AWS::Serverless::WebSocketApi", "API", Runs::Alone, &["StageVariables"], &[]),
];
