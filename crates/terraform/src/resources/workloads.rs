//! The types of workloads: which of their arguments reach their code, and which one is their role.

use iamrail_core::model::Workload;

use super::settings::{Form, Sink};
use super::table::Meaning;
use super::workload::{Runs, Shape};

type Row = (&'static str, Meaning);

const fn row(kind: &'static str, what: &'static str, runs: Runs, sinks: &'static [Sink]) -> Row {
    (kind, Meaning::Workload(Shape { what, runs, execution: &[], sinks, template: &[], vault: None }))
}

/// A row of a workload that its service starts with a role of its own.
const fn executed(
    kind: &'static str,
    what: &'static str,
    runs: Runs,
    execution: &'static [&'static str],
    sinks: &'static [Sink],
) -> Row {
    (kind, Meaning::Workload(Shape { what, runs, execution, sinks, template: &[], vault: None }))
}

/// A row of a workload that may start from a launch template.
const fn started(
    kind: &'static str,
    what: &'static str,
    runs: Runs,
    template: &'static [&'static str],
    sinks: &'static [Sink],
) -> Row {
    (kind, Meaning::Workload(Shape { what, runs, execution: &[], sinks, template, vault: None }))
}

const fn plain(path: &'static str) -> Sink {
    Sink { path, form: Form::Plain }
}

const fn base64(path: &'static str) -> Sink {
    Sink { path, form: Form::Base64 }
}

/// The resource itself is one setting.
const ITSELF: &[Sink] = &[plain("")];

const USER_DATA: &[Sink] = &[base64("user_data"), base64("user_data_base64"), plain("provisioner")];

const INSTANCE: Runs = Runs::OptionalProfile(&["iam_instance_profile"]);

const TEMPLATE: &[&str] = &["launch_template.id", "launch_template.name"];

const PROVISIONERS: Sink = plain("provisioner");

/// Everything that carries configuration to code, by type.
pub(super) static WORKLOADS: &[Row] = &[
    row(
        "aws_amplify_app",
        "Amplify app",
        Runs::Role(&["compute_role_arn"]),
        &[
            plain("environment_variables"),
            plain("build_spec"),
            plain("auto_branch_creation_config.environment_variables"),
        ],
    ),
    row("aws_amplify_branch", "Amplify branch", Runs::Alone, &[plain("environment_variables")]),
    row(
        "aws_apprunner_service",
        "App Runner service",
        Runs::Role(&["instance_configuration.instance_role_arn"]),
        &[
            plain(
                "source_configuration.code_repository.code_configuration.code_configuration_values.runtime_environment_variables",
            ),
            plain(
                "source_configuration.code_repository.code_configuration.code_configuration_values.runtime_environment_secrets",
            ),
            plain("source_configuration.image_repository.image_configuration.runtime_environment_variables"),
            plain("source_configuration.image_repository.image_configuration.runtime_environment_secrets"),
        ],
    ),
    started(
        "aws_batch_compute_environment",
        "Batch compute environment",
        Runs::Profile(&["compute_resources.instance_role"]),
        &[
            "compute_resources.launch_template.launch_template_id",
            "compute_resources.launch_template.launch_template_name",
        ],
        &[],
    ),
    executed(
        "aws_batch_job_definition",
        "Batch job definition",
        Runs::Role(&["container_properties.jobRoleArn"]),
        &["container_properties.executionRoleArn"],
        &[
            plain("container_properties"),
            plain("node_properties"),
            plain("ecs_properties"),
            plain("eks_properties.pod_properties.containers.env"),
            plain("parameters"),
        ],
    ),
    row("aws_batch_job_queue", "Batch job queue", Runs::Alone, &[]),
    row(
        "aws_bedrockagentcore_agent_runtime",
        "agent runtime",
        Runs::Role(&["role_arn"]),
        &[plain("environment_variables")],
    ),
    row("aws_bedrockagentcore_browser", "agent browser", Runs::Role(&["execution_role_arn"]), &[]),
    row(
        "aws_bedrockagentcore_code_interpreter",
        "code interpreter",
        Runs::Role(&["execution_role_arn"]),
        &[],
    ),
    row(
        "aws_cloudformation_stack",
        "CloudFormation stack",
        Runs::Role(&["iam_role_arn"]),
        &[plain("parameters"), plain("template_body")],
    ),
    row(
        "aws_cloudformation_stack_set",
        "stack set",
        Runs::Role(&["administration_role_arn"]),
        &[plain("parameters"), plain("template_body")],
    ),
    row(
        "aws_codebuild_project",
        "CodeBuild project",
        Runs::Role(&["service_role"]),
        &[
            plain("environment.environment_variable"),
            plain("source.buildspec"),
            plain("secondary_sources.buildspec"),
        ],
    ),
    row(
        "aws_codepipeline",
        "CodePipeline pipeline",
        Runs::Role(&["role_arn"]),
        &[plain("stage.action.configuration"), plain("variable")],
    ),
    row("aws_ecs_cluster", "ECS cluster", Runs::Alone, &[]),
    executed(
        "aws_ecs_express_gateway_service",
        "ECS service",
        Runs::OptionalRole(&["task_role_arn"]),
        &["execution_role_arn"],
        &[
            plain("primary_container.environment"),
            plain("primary_container.secret"),
            plain("primary_container.command"),
        ],
    ),
    executed(
        "aws_ecs_task_definition",
        "ECS task definition",
        Runs::OptionalRole(&["task_role_arn"]),
        &["execution_role_arn"],
        &[plain("container_definitions")],
    ),
    started("aws_eks_node_group", "EKS node group", Runs::Role(&["node_role_arn"]), TEMPLATE, &[]),
    row(
        "aws_elastic_beanstalk_configuration_template",
        "Elastic Beanstalk configuration",
        Runs::Alone,
        &[plain("setting")],
    ),
    row(
        "aws_elastic_beanstalk_environment",
        "Elastic Beanstalk environment",
        Runs::Alone,
        &[plain("setting")],
    ),
    row(
        "aws_emr_cluster",
        "EMR cluster",
        Runs::Profile(&["ec2_attributes.instance_profile"]),
        &[plain("configurations_json"), plain("bootstrap_action.args"), plain("step.hadoop_jar_step")],
    ),
    row(
        "aws_emrcontainers_job_template",
        "EMR job template",
        Runs::Role(&["job_template_data.execution_role_arn"]),
        &[
            plain("job_template_data.configuration_overrides.application_configuration"),
            plain("job_template_data.job_driver"),
        ],
    ),
    row("aws_autoscaling_group", "Auto Scaling group", Runs::Alone, &[]),
    row("aws_cognito_identity_pool", "identity pool", Runs::Alone, &[]),
    row(
        "aws_glue_dev_endpoint",
        "Glue development endpoint",
        Runs::Role(&["role_arn"]),
        &[plain("arguments")],
    ),
    row("aws_glue_connection", "Glue connection", Runs::Alone, &[plain("connection_properties")]),
    row(
        "aws_glue_job",
        "Glue job",
        Runs::Role(&["role_arn"]),
        &[plain("default_arguments"), plain("non_overridable_arguments")],
    ),
    row("aws_imagebuilder_component", "image component", Runs::Alone, &[plain("data")]),
    started("aws_instance", "EC2 instance", INSTANCE, TEMPLATE, USER_DATA),
    row(
        "aws_kinesisanalyticsv2_application",
        "Flink application",
        Runs::Role(&["service_execution_role"]),
        &[plain("application_configuration.environment_properties.property_group.property_map")],
    ),
    row("aws_lambda_function", "Lambda function", Runs::Role(&["role"]), &[plain("environment.variables")]),
    row(
        "aws_launch_configuration",
        "launch configuration",
        Runs::OptionalProfile(&["iam_instance_profile"]),
        &[base64("user_data"), base64("user_data_base64")],
    ),
    row(
        "aws_launch_template",
        Workload::LAUNCH_TEMPLATE,
        Runs::OptionalProfile(&["iam_instance_profile.arn", "iam_instance_profile.name"]),
        &[base64("user_data")],
    ),
    row(
        "aws_lightsail_container_service_deployment_version",
        "Lightsail container",
        Runs::Alone,
        &[plain("container.environment"), plain("container.command")],
    ),
    row("aws_lightsail_instance", "Lightsail instance", Runs::Alone, &[base64("user_data"), PROVISIONERS]),
    row(
        "aws_mwaa_environment",
        "Airflow environment",
        Runs::Role(&["execution_role_arn"]),
        &[plain("airflow_configuration_options")],
    ),
    row("aws_opsworks_application", "OpsWorks application", Runs::Alone, &[plain("environment")]),
    row("aws_s3_bucket_object", "S3 object", Runs::Alone, &[plain("content"), base64("content_base64")]),
    row("aws_s3_object", "S3 object", Runs::Alone, &[plain("content"), base64("content_base64")]),
    row(
        "aws_sagemaker_model",
        "SageMaker model",
        Runs::Role(&["execution_role_arn"]),
        &[plain("container.environment"), plain("primary_container.environment")],
    ),
    row("aws_sagemaker_notebook_instance", "SageMaker notebook", Runs::Role(&["role_arn"]), &[]),
    row(
        "aws_sagemaker_notebook_instance_lifecycle_configuration",
        "SageMaker notebook",
        Runs::Alone,
        &[base64("on_create"), base64("on_start")],
    ),
    row(
        "aws_sagemaker_studio_lifecycle_config",
        "SageMaker studio",
        Runs::Alone,
        &[base64("studio_lifecycle_config_content")],
    ),
    row("aws_sfn_state_machine", "state machine", Runs::Role(&["role_arn"]), &[plain("definition")]),
    row(
        "aws_spot_fleet_request",
        "spot fleet",
        Runs::Profile(&["launch_specification.iam_instance_profile"]),
        &[base64("launch_specification.user_data")],
    ),
    started("aws_spot_instance_request", "EC2 spot instance", INSTANCE, TEMPLATE, USER_DATA),
    row("aws_ssm_association", "SSM association", Runs::Alone, &[plain("parameters")]),
    row("aws_ssm_document", "SSM document", Runs::Alone, &[plain("content")]),
    (
        "aws_ssm_parameter",
        Meaning::Workload(Shape {
            what: "SSM parameter",
            runs: Runs::Alone,
            execution: &[],
            sinks: &[plain("value"), plain("insecure_value")],
            template: &[],
            vault: Some(("type", "SecureString")),
        }),
    ),
    row(
        "aws_synthetics_canary",
        "canary",
        Runs::Role(&["execution_role_arn"]),
        &[plain("run_config.environment_variables")],
    ),
    // Other providers, whose schemas are not at hand.
    row("backend.s3", "backend", Runs::Alone, CREDENTIALS),
    row("bitbucket_deployment_variable", "Bitbucket variable", Runs::Alone, ITSELF),
    row("bitbucket_repository_variable", "Bitbucket variable", Runs::Alone, ITSELF),
    row("circleci_context_environment_variable", "CircleCI variable", Runs::Alone, ITSELF),
    row("circleci_environment_variable", "CircleCI variable", Runs::Alone, ITSELF),
    row("docker_container", "container", Runs::Alone, &[plain("env"), plain("command"), PROVISIONERS]),
    row("github_actions_environment_secret", "GitHub secret", Runs::Alone, ITSELF),
    row("github_actions_environment_variable", "GitHub variable", Runs::Alone, ITSELF),
    row("github_actions_organization_secret", "GitHub secret", Runs::Alone, ITSELF),
    row("github_actions_organization_variable", "GitHub variable", Runs::Alone, ITSELF),
    row("github_actions_secret", "GitHub secret", Runs::Alone, ITSELF),
    row("github_actions_variable", "GitHub variable", Runs::Alone, ITSELF),
    row("github_codespaces_secret", "GitHub secret", Runs::Alone, ITSELF),
    row("github_dependabot_secret", "GitHub secret", Runs::Alone, ITSELF),
    row("gitlab_group_variable", "GitLab variable", Runs::Alone, ITSELF),
    row("gitlab_instance_variable", "GitLab variable", Runs::Alone, ITSELF),
    row("gitlab_project_variable", "GitLab variable", Runs::Alone, ITSELF),
    row(
        "helm_release",
        "Helm release",
        Runs::Alone,
        &[plain("values"), plain("set"), plain("set_list"), plain("set_sensitive")],
    ),
    row("heroku_app", "Heroku app", Runs::Alone, &[plain("config_vars"), plain("sensitive_config_vars")]),
    row("kubernetes_config_map", "Kubernetes configuration", Runs::Alone, KUBERNETES_DATA),
    row("kubernetes_config_map_v1", "Kubernetes configuration", Runs::Alone, KUBERNETES_DATA),
    row("kubernetes_cron_job", "Kubernetes job", Runs::Alone, CRON_POD),
    row("kubernetes_cron_job_v1", "Kubernetes job", Runs::Alone, CRON_POD),
    row("kubernetes_daemonset", "Kubernetes workload", Runs::Alone, POD),
    row("kubernetes_daemon_set_v1", "Kubernetes workload", Runs::Alone, POD),
    row("kubernetes_deployment", "Kubernetes workload", Runs::Alone, POD),
    row("kubernetes_deployment_v1", "Kubernetes workload", Runs::Alone, POD),
    row("kubernetes_job", "Kubernetes job", Runs::Alone, POD),
    row("kubernetes_job_v1", "Kubernetes job", Runs::Alone, POD),
    row("kubernetes_manifest", "Kubernetes manifest", Runs::Alone, &[plain("manifest")]),
    row("kubernetes_secret", "Kubernetes secret", Runs::Alone, KUBERNETES_DATA),
    row("kubernetes_secret_v1", "Kubernetes secret", Runs::Alone, KUBERNETES_DATA),
    row("kubernetes_stateful_set", "Kubernetes workload", Runs::Alone, POD),
    row("kubernetes_stateful_set_v1", "Kubernetes workload", Runs::Alone, POD),
    row("null_resource", "provisioner", Runs::Alone, &[plain("triggers"), PROVISIONERS]),
    row("provider.aws", "provider", Runs::Alone, CREDENTIALS),
    row(
        "terraform_data",
        "provisioner",
        Runs::Alone,
        &[plain("input"), plain("triggers_replace"), PROVISIONERS],
    ),
    row("tfe_variable", "HCP Terraform variable", Runs::Alone, ITSELF),
    row("vault_aws_secret_backend", "Vault backend", Runs::Alone, CREDENTIALS),
    row("vercel_project_environment_variable", "Vercel variable", Runs::Alone, ITSELF),
];

const CREDENTIALS: &[Sink] = &[plain("access_key"), plain("secret_key"), plain("token")];

const KUBERNETES_DATA: &[Sink] = &[plain("data"), plain("binary_data"), plain("string_data")];

const POD: &[Sink] = &[plain("spec.template.spec.container"), plain("spec.template.spec.init_container")];

const CRON_POD: &[Sink] = &[plain("spec.job_template.spec.template.spec.container")];
