//! Events: what a role may do because of them, and the roles with which they start what they start.

use iamrail_core::model::Guard;
use iamrail_core::value::Value;

use super::function::events;
use super::policies::Policies;
use super::role::{Role, or_made};
use super::written::Pen;
use crate::eval::{Stack, computed};
use crate::resources::Instance;

/// Events that are polled by the function, with the AWS-managed policy that this takes.
const POLLED: &[(&str, &str)] = &[
    ("DynamoDB", "service-role/AWSLambdaDynamoDBExecutionRole"),
    ("Kinesis", "service-role/AWSLambdaKinesisExecutionRole"),
    ("MSK", "service-role/AWSLambdaMSKExecutionRole"),
    ("SQS", "service-role/AWSLambdaSQSQueueExecutionRole"),
];

/// What a function in a network does to reach its source.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

/// What it takes to learn about a cluster of documents.
const CLUSTER: &[(&str, &str)] = &[
    (
        "rds:DescribeDBClusterParameters",
        "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster-pg:*",
    ),
    ("rds:DescribeDBSubnetGroups", "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:subgrp:*"),
];

/// The key of a secret.
const KEY: &str = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}";

/// The schemas of a registry.
const SCHEMAS: &str = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/{registry}/*";

/// Adds what the role of a function may do because of its events.
pub(super) fn add_policies(stack: &Stack, instance: &Instance, policies: &mut Policies) {
    for (name, event) in events(instance) {
        let pen = Pen(event.span.unwrap_or(instance.declared.span));
        let Some(kind) = event.get("Type").and_then(Value::as_str) else { continue };
        let properties = event.get("Properties").cloned().unwrap_or_default();
        // A topic may be read through a queue.
        let is_queue = kind == "SNS"
            && properties.get("SqsSubscription").is_some_and(|one| one.as_bool() != Some(false));
        let polled = if is_queue { "SQS" } else { &kind };
        if let Some((_, policy)) = POLLED.iter().find(|(source, _)| *source == polled) {
            policies.aws_managed(stack, policy, pen);
        }
        let mut statements = match kind.as_ref() {
            "MQ" => with_source(&properties, "Broker", &["mq:DescribeBroker"], pen),
            "DocumentDB" => {
                let mut statements = with_source(&properties, "Cluster", &["rds:DescribeDBClusters"], pen);
                for (action, resource) in CLUSTER {
                    statements.push(pen.allow([*action], stack.substitute(resource, &|_| None, pen.0)));
                }
                statements.push(pen.allow(NETWORK, pen.text("*")));
                statements
            }
            "SelfManagedKafka" => {
                let mut statements = secrets(&properties, pen);
                statements.extend(registry(stack, &properties, pen));
                if accesses(&properties).iter().any(|(kind, _)| kind == "VPC_SUBNET") {
                    statements.push(pen.allow(NETWORK, pen.text("*")));
                }
                statements
            }
            "MSK" => {
                let mut statements = secrets(&properties, pen);
                statements.extend(registry(stack, &properties, pen));
                statements
            }
            _ => Vec::new(),
        };
        if let Some(key) = properties.get("SecretsManagerKmsKeyId") {
            let key = stack.substitute(KEY, &|name| (name == "Key").then(|| key.clone()), pen.0);
            statements.push(pen.allow(["kms:Decrypt"], key));
        }
        if !statements.is_empty() {
            policies.inline.push(pen.policy(format!("{name}{kind}Policy"), statements));
        }
        let failure = properties.get("DestinationConfig").and_then(|config| config.get("OnFailure"));
        let prefix = format!("{}{name}", instance.declared.subject);
        policies.inline.extend(failure.and_then(|to| destination(stack, to, &prefix, pen)));
    }
}

fn with_source(properties: &Value, source: &str, actions: &[&str], pen: Pen) -> Vec<Value> {
    let mut statements = secrets(properties, pen);
    if let Some(source) = properties.get(source) {
        statements.push(pen.allow(actions.iter().copied(), source.clone()));
    }
    statements
}

/// The secrets with which a source is accessed.
fn secrets(properties: &Value, pen: Pen) -> Vec<Value> {
    let is_secret = |kind: &str| kind.ends_with("_AUTH") || kind.ends_with("_CERTIFICATE");
    let secrets = accesses(properties).into_iter().filter(|(kind, _)| is_secret(kind));
    secrets.map(|(_, secret)| pen.allow(["secretsmanager:GetSecretValue"], secret)).collect()
}

/// What it takes to learn the schemas of the records from a registry: its secrets, and where it is one of Glue, the
/// registry and what is in it.
fn registry(stack: &Stack, properties: &Value, pen: Pen) -> Vec<Value> {
    let Some(registry) = properties.get("SchemaRegistryConfig") else { return Vec::new() };
    let accesses = registry.get("AccessConfigs").and_then(Value::as_list);
    let secrets = accesses.into_iter().flat_map(|list| list.items.iter().filter_map(|one| one.get("URI")));
    let mut statements: Vec<Value> =
        secrets.map(|secret| pen.allow(["secretsmanager:GetSecretValue"], secret.clone())).collect();
    let uri = registry.get("SchemaRegistryURI");
    let name = uri.and_then(Value::as_text).map(|uri| uri.display());
    let name = name.as_deref().and_then(|uri| uri.splitn(6, ':').nth(5)?.strip_prefix("registry/"));
    if let (Some(uri), Some(name)) = (uri, name) {
        statements.push(pen.allow(["glue:GetRegistry"], uri.clone()));
        let schemas = SCHEMAS.replace("{registry}", name);
        statements.push(pen.allow(["glue:GetSchemaVersion"], stack.substitute(&schemas, &|_| None, pen.0)));
    }
    statements
}

/// The ways in which a source is accessed: type and identifier.
fn accesses(properties: &Value) -> Vec<(String, Value)> {
    let list = properties.get("SourceAccessConfigurations").and_then(Value::as_list);
    let of = |item: &Value| Some((item.get("Type")?.as_str()?.into_owned(), item.get("URI")?.clone()));
    list.into_iter().flat_map(|list| list.items.iter().filter_map(of)).collect()
}

/// What it takes to send to a destination.
pub(super) fn destination(stack: &Stack, to: &Value, prefix: &str, pen: Pen) -> Option<Value> {
    let kind = to.get("Type")?.as_str()?;
    // Where no queue or topic is named, the transform makes one.
    let made = match kind.as_ref() {
        "SNS" => computed(&format!("{prefix}Topic"), "Ref", pen.0),
        _ => computed(&format!("{prefix}Queue"), "Arn", pen.0),
    };
    let target = or_made(&to.get("Destination").cloned().unwrap_or_default(), &made);
    let (name, statements) = match kind.as_ref() {
        "SQS" => ("SQSPolicy", vec![pen.allow(["sqs:SendMessage"], target)]),
        "SNS" => ("SNSPolicy", vec![pen.allow(["sns:publish"], target)]),
        "EventBridge" => ("EventBridgePolicy", vec![pen.allow(["events:PutEvents"], target)]),
        "Lambda" => ("LambdaPolicy", vec![pen.allow(["lambda:InvokeFunction"], target)]),
        "S3" | "S3Bucket" => {
            let objects = stack.substitute("${Bucket}/*", &|_| Some(target.clone()), pen.0);
            (
                "S3Policy",
                vec![pen.allow(["s3:PutObject"], objects), pen.allow(["s3:ListBucket"], target.clone())],
            )
        }
        _ => return None,
    };
    Some(pen.policy(format!("{prefix}{name}"), statements))
}

/// The roles with which schedules of the scheduler start a function or state machine.
pub(super) fn schedule_roles(instance: &Instance, action: &str, target: &Value) -> Vec<Instance> {
    let scheduled = |kind: &str| (kind == "ScheduleV2").then_some("scheduler.amazonaws.com");
    start_roles(instance, action, target, &scheduled)
}

/// The roles with which events start a function or state machine. `service` says which service does for a type of event.
pub(super) fn start_roles(
    instance: &Instance,
    action: &str,
    target: &Value,
    service: &dyn Fn(&str) -> Option<&'static str>,
) -> Vec<Instance> {
    let mut roles = Vec::new();
    for (name, event) in events(instance) {
        let Some(service) = event.get("Type").and_then(Value::as_str).and_then(|kind| service(&kind)) else {
            continue;
        };
        let properties = event.get("Properties").cloned().unwrap_or_default();
        if properties.get("RoleArn").is_some() {
            continue;
        }
        let pen = Pen(event.span.unwrap_or(instance.declared.span));
        let suffix = format!("{name}Role");
        let mut statements = vec![pen.allow([action], target.clone())];
        let queue = properties.get("DeadLetterConfig").and_then(|queue| queue.get("Arn"));
        if let Some(queue) = queue.filter(|_| service.starts_with("scheduler.")) {
            statements.push(pen.allow(["sqs:SendMessage"], queue.clone()));
        }
        let policy = pen.policy(format!("{suffix}Policy"), statements);
        let policies = Policies { managed: Vec::new(), inline: vec![policy] };
        let trust = pen.trust(service);
        let guard = Guard::always();
        roles.extend(Role { owner: instance, suffix: &suffix, trust, policies, guard }.make());
    }
    roles
}
