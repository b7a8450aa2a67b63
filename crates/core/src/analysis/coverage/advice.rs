//! Which policies of AWS are good advice, and for whom.

use iamrail_catalog::{ManagedPolicy, Service};

use super::super::{aws_managed, power};
use crate::model::{Grant, Model, Principal, Role};

/// What AWS calls services in the names of policies, where it is neither their prefix nor their name.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("certificatemanagerprivateca", "acm-pca"),
    ("cloudwatchevents", "events"),
    ("cognito", "cognito-idp"),
    ("ec2containerregistry", "ecr"),
    ("msk", "kafka"),
    ("privateca", "acm-pca"),
    ("prometheus", "aps"),
    ("vpc", "ec2"),
];

/// Whether attaching a policy of AWS is advice for those who have a custom policy: it can be attached, it is made for what it grants
/// and for them, and it does not hand out the power of an administrator.
pub fn is_advisable(model: &Model, grants: &[&Grant], policy: &ManagedPolicy) -> bool {
    let is_for_roles =
        || !grants.is_empty() && grants.iter().all(|grant| is_for_role(model, &grant.principal, policy));
    let is_for_people =
        || !grants.is_empty() && !grants.iter().any(|grant| matches!(grant.principal, Principal::Role(_)));
    let is_for_them = match policy.path() {
        "/" => is_for_what_it_grants(policy),
        "/job-function/" => is_for_people(),
        "/service-role/" => is_for_roles(),
        _ => false,
    };
    let is_powerful = || {
        let document = aws_managed::document(&policy.arn("aws"));
        document.is_none_or(|(_, document)| power::hands_out_power(document))
    };
    is_for_them && !policy.is_retired() && !is_powerful()
}

/// Whether a policy of AWS is made for roles that a certain service assumes.
pub fn is_for_a_service(policy: &ManagedPolicy) -> bool {
    policy.path() == "/service-role/"
}

/// Whether a policy is named after a service that it grants actions of, as AmazonS3ReadOnlyAccess is, and not after another that
/// needs them, as AmazonWorkSpacesServiceAccess, which grants actions of EC2.
fn is_for_what_it_grants(policy: &ManagedPolicy) -> bool {
    let name = letters(policy.name());
    let name = ["amazon", "aws"].into_iter().find_map(|maker| name.strip_prefix(maker)).unwrap_or(&name);
    let is_named = |service: &'static Service| {
        let other = OTHER_NAMES.iter().filter(|(_, prefix)| *prefix == service.prefix());
        let full = service.name().split(['(', ',']).next().unwrap_or_default();
        let full: String = full.split(' ').filter(|word| !["Amazon", "AWS"].contains(word)).collect();
        let mut names = [letters(service.prefix()), letters(&full)]
            .into_iter()
            .chain(other.map(|(name, _)| (*name).to_owned()));
        names.any(|service| service.len() > 1 && name.starts_with(&service))
    };
    policy.allowed().services().any(is_named)
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_for_role(model: &Model, principal: &Principal, policy: &ManagedPolicy) -> bool {
    let Principal::Role(role) = principal else { return false };
    let role = role.declared().and_then(|id| model.roles.get(id));
    role.is_some_and(|role| services(role).any(|service| is_named_after(policy.name(), &service)))
}

/// The services that a role trusts.
fn services(role: &Role) -> impl Iterator<Item = String> {
    let trusted = role.trust.statements.iter().filter(|statement| statement.is_allow());
    let principals = trusted.filter_map(|statement| statement.principals.as_ref()).filter(|one| !one.except);
    let services = principals.flat_map(|one| &one.entries).filter(|(kind, _)| kind.as_ref() == "Service");
    services
        .flat_map(|(_, elements)| &elements.items)
        .filter_map(|element| element.pattern().map(|service| service.into_owned()))
}

/// Whether the name of a policy names the service of a principal: `AWSLambdaBasicExecutionRole` that of `lambda.amazonaws.com`,
/// `AmazonECSTaskExecutionRolePolicy` that of `ecs-tasks.amazonaws.com`. Names of two letters say too little.
fn is_named_after(name: &str, principal: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some((labels, _)) = principal.split_once(".amazonaws.") else { return false };
    labels.split('.').any(|label| {
        let label = label.replace('-', "");
        let label = label.strip_suffix('s').filter(|short| short.len() > 2).unwrap_or(&label);
        label.len() > 2 && name.contains(label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_for_what_they_grant_are_told_from_those_for_a_product() {
        for (name, expected) in [
            ("AmazonS3ReadOnlyAccess", true),
            ("AmazonEC2ContainerRegistryReadOnly", true),
            ("AWSXRayDaemonWriteAccess", true),
            ("AmazonVPCReadOnlyAccess", true),
            ("CloudWatchLogsFullAccess", true),
            ("AWSStepFunctionsFullAccess", true),
            ("AmazonWorkSpacesServiceAccess", false),
            ("AWSCloud9SSMInstanceProfile", false),
            ("AmazonEKSFargatePodExecutionRolePolicy", false),
        ] {
            let policy = iamrail_catalog::managed_policy(name).unwrap();
            assert_eq!(is_for_what_it_grants(policy), expected, "{name}");
        }
    }

    #[test]
    fn policies_are_named_after_the_services_that_they_are_for() {
        for (policy, principal, expected) in [
            ("AWSLambdaBasicExecutionRole", "lambda.amazonaws.com", true),
            ("AWSLambdaBasicExecutionRole", "ec2.amazonaws.com", false),
            ("AmazonECSTaskExecutionRolePolicy", "ecs-tasks.amazonaws.com", true),
            ("AmazonRDSEnhancedMonitoringRole", "monitoring.rds.amazonaws.com", true),
            ("AWSCodeDeployRole", "codedeploy.us-east-1.amazonaws.com", true),
            ("AmazonAPIGatewayPushToCloudWatchLogs", "apigateway.amazonaws.com", true),
            ("AmazonEC2RoleforSSM", "ec2.amazonaws.com.cn", true),
            ("AWSTransferLoggingAccess", "es.amazonaws.com", false),
        ] {
            assert_eq!(is_named_after(policy, principal), expected, "{policy} {principal}");
        }
    }
}
