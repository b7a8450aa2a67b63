//! Events: what a role may do because of them, and the roles with which they start what they start.

use iamrail_core::model::Guard;
use iamrail_core::value::Value;

use super::function::events;
use super::policies::Policies;
use super::role::Role;
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

/// Adds what the role of a function may do because of its events.
pub(super) fn add_policies(stack: &Stack, instance: &Instance, policies: &mut Policies) {
    for (name, event) in events(instance) {
        let pen = Pen(event.span.unwrap_or(instance.declared.span));
        let Some(kind) = event.get("Type").and_then(Value::as_str) else { continue };
        let properties = event.get("Properties").cloned().unwrap_or_default();
        if let Some((_, policy)) = POLLED.iter().find(|(polled, _)| *polled == kind) {
            policies.aws_managed(stack, policy, pen);
        }
        let statements = match kind.as_ref() {
            "MQ" => with_source(&properties, "Broker", &["mq:DescribeBroker"], pen),
            "DocumentDB" => {
                let mut statements = with_source(&properties, "Cluster", &["rds:DescribeDBClusters"], pen);
                statements.push(pen.allow(NETWORK, pen.text("*")));
                statements
            }
            "SelfManagedKafka" => {
                let mut statements = secrets(&properties, pen);
                if accesses(&properties).iter().any(|(kind, _)| kind == "VPC_SUBNET") {
                    statements.push(pen.allow(NETWORK, pen.text("*")));
                }
                statements
            }
            "MSK" => secrets(&properties, pen),
            _ => Vec::new(),
        };
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

/// The ways in which a source is accessed: type and identifier.
fn accesses(properties: &Value) -> Vec<(String, Value)> {
    let list = properties.get("SourceAccessConfigurations").and_then(Value::as_list);
    let of = |item: &Value| Some((item.get("Type")?.as_str()?.into_owned(), item.get("URI")?.clone()));
    list.into_iter().flat_map(|list| list.items.iter().filter_map(of)).collect()
}

/// What it takes to send to a destination.
pub(super) fn destination(stack: &Stack, to: &Value, prefix: &str, pen: Pen) -> Option<Value> {
    let target = to.get("Destination").cloned();
    let target = target.unwrap_or_else(|| computed(&format!("{prefix}Destination"), "Arn", pen.0));
    let (name, statements) = match to.get("Type")?.as_str()?.as_ref() {
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
pub(super) fn schedule_roles(instance: &Instance, action: &str) -> Vec<Instance> {
    let scheduled = |kind: &str| (kind == "ScheduleV2").then_some("scheduler.amazonaws.com");
    start_roles(instance, action, &scheduled)
}

/// The roles with which events start a function or state machine. `service` says which service does for a type of event.
pub(super) fn start_roles(
    instance: &Instance,
    action: &str,
    service: &dyn Fn(&str) -> Option<&'static str>,
) -> Vec<Instance> {
    let mut roles = Vec::new();
    for (name, event) in events(instance) {
        let Some(service) = event.get("Type").and_then(Value::as_str).and_then(|kind| service(&kind)) else {
            continue;
        };
        if event.get("Properties").is_some_and(|properties| properties.get("RoleArn").is_some()) {
            continue;
        }
        let pen = Pen(event.span.unwrap_or(instance.declared.span));
        let suffix = format!("{name}Role");
        let target = computed(&instance.declared.subject, "Arn", pen.0);
        let policy = pen.policy(format!("{suffix}Policy"), vec![pen.allow([action], target)]);
        let policies = Policies { managed: Vec::new(), inline: vec![policy] };
        let trust = pen.trust(service);
        let guard = Guard::always();
        roles.extend(Role { owner: instance, suffix: &suffix, trust, policies, guard }.make());
    }
    roles
}
