//! Resources whose made-up role holds one AWS-managed policy and nothing else.

use iamrail_core::model::Guard;
use iamrail_core::value::Value;

use super::graphql::source_roles;
use super::policies::Policies;
use super::role::{Role, absences};
use super::written::Pen;
use crate::eval::Stack;
use crate::resources::Instance;

/// A role that is made for a type of resource.
struct Service {
    /// The type without its prefix.
    kind: &'static str,
    /// The property that names a role; none is made when it is set.
    property: &'static str,
    suffix: &'static str,
    service: &'static str,
    policy: &'static str,
}

static SERVICES: &[Service] = &[
    Service {
        kind: "CapacityProvider",
        property: "OperatorRole",
        suffix: "OperatorRole",
        service: "lambda.amazonaws.com",
        policy: "AWSLambdaManagedEC2ResourceOperator",
    },
    Service {
        kind: "GraphQLApi",
        property: "Logging",
        suffix: "CloudWatchRole",
        service: "appsync.amazonaws.com",
        policy: "service-role/AWSAppSyncPushToCloudWatchLogs",
    },
    Service {
        kind: "NetworkConnector",
        property: "OperatorRole",
        suffix: "OperatorRole",
        service: "lambda.amazonaws.com",
        policy: "AWSLambdaNetworkConnectorOperatorPolicy",
    },
    Service {
        kind: "WebFunction",
        property: "ExecutionRoleArn",
        suffix: "Role",
        service: "lambda.amazonaws.com",
        policy: "service-role/AWSLambdaBasicExecutionRole",
    },
];

/// The resource, with the role that is made for it when it names none.
pub(super) fn service(stack: &Stack, kind: &str, instance: Instance) -> Vec<Instance> {
    let pen = Pen(instance.declared.span);
    let mut made = Vec::new();
    for service in SERVICES.iter().filter(|service| service.kind == kind) {
        let named = instance.properties.get(service.property).cloned().unwrap_or_default();
        let absences = if kind == "GraphQLApi" { without_log_role(&named) } else { absences(&named) };
        for guard in absences {
            let mut policies = Policies::default();
            policies.aws_managed(stack, service.policy, pen);
            let trust = pen.trust(service.service);
            made.extend(Role { owner: &instance, suffix: service.suffix, trust, policies, guard }.make());
        }
    }
    if kind == "GraphQLApi" {
        made.extend(source_roles(stack, &instance));
    }
    made.push(instance);
    made
}

/// `Logging` is on unless it is `false`, and names a role in one of its properties.
fn without_log_role(logging: &Value) -> Vec<Guard> {
    let is_off = logging.as_bool() == Some(false) || logging.get("CloudWatchLogsRoleArn").is_some();
    if is_off { Vec::new() } else { vec![Guard::always()] }
}

/// The role with which functions are deployed bit by bit. All of them share it.
pub(super) fn deployment_role(stack: &Stack, instance: &Instance) -> Option<Instance> {
    let preference = instance.properties.get("DeploymentPreference")?.as_map()?;
    let is_off = preference.get("Enabled").is_some_and(|enabled| enabled.as_bool() == Some(false));
    if is_off || preference.get("Role").is_some() {
        return None;
    }
    let pen = Pen(instance.declared.span);
    let mut policies = Policies::default();
    policies.aws_managed(stack, "service-role/AWSCodeDeployRoleForLambda", pen);
    let trust = pen.trust("codedeploy.amazonaws.com");
    let guard = Guard::always();
    let role = Role { owner: instance, suffix: "", trust, policies, guard };
    role.make_as(stack.id("CodeDeployServiceRole"))
}
