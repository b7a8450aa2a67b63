//! Workloads that move data and compute on it.

use super::{Row, row};
use crate::resources::workload::Runs;

pub(super) static WORKLOADS: &[Row] = &[
    row(
        "AWS::DataPipeline::Pipeline",
        "data pipeline",
        Runs::Alone,
        &["ParameterValues", "PipelineObjects.Fields"],
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
    row("AWS::Glue::Session", "Glue session", Runs::Role(&["Role"]), &["DefaultArguments"], &[]),
    row("AWS::Glue::Trigger", "Glue trigger", Runs::Alone, &["Actions.Arguments"], &[]),
    row("AWS::Glue::Workflow", "Glue workflow", Runs::Alone, &["DefaultRunProperties"], &[]),
    row(
        "AWS::KinesisAnalyticsV2::Application",
        "Flink application",
        Runs::Role(&["ServiceExecutionRole"]),
        &["ApplicationConfiguration.EnvironmentProperties.PropertyGroups.PropertyMap"],
        &[],
    ),
    row(
        "AWS::MWAA::Environment",
        "Airflow environment",
        Runs::Role(&["ExecutionRoleArn"]),
        &["AirflowConfigurationOptions"],
        &[],
    ),
];
