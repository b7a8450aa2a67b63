//! What is known of service principals: which of them are parts of one, and which say for whom they act.

use std::borrow::Cow;

use iamrail_catalog::service_principals;

use crate::policy::Element;

/// Principals of one service each, which AWS's pages name together in the trust policy of one role, or as names of one service.
/// Each has its page.
const FAMILIES: &[&[&str]] = &[
    // https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
    &["airflow", "airflow-env"],
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/oracle-kerberos-setting-up.html
    &["directoryservice.rds", "rds"],
    // https://docs.aws.amazon.com/dms/latest/sbs/dm-postgresql-step-1.html
    &["dms", "dms-data-migrations"],
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECS_FullAccess.html
    &["ecs", "ecs-tasks"],
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    &["edgelambda", "lambda"],
    // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ml-amazon-connector.html
    &["es", "opensearchservice"],
    // https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-iam.html
    // https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-control-identity-based.html
    &["redshift", "redshift-serverless", "scheduler.redshift"],
];

/// Services that name the account and the resource for which they assume a role, each with the page that recommends a condition on
/// `aws:SourceAccount` or `aws:SourceArn` in its trust policy. Others take a role only from callers of its own account who may pass it,
/// or do not say: of them it is not asked.
const WITH_SOURCE: &[(&str, &str)] = &[
    ("airflow", "mwaa/latest/userguide/cross-service-confused-deputy-prevention.html"),
    ("airflow-env", "mwaa/latest/userguide/cross-service-confused-deputy-prevention.html"),
    ("appstream", "appstream2/latest/developerguide/example-fleet-machine.html"),
    ("autoscaling", "autoscaling/ec2/userguide/cross-service-confused-deputy-prevention.html"),
    ("bedrock", "bedrock/latest/userguide/agents-permissions.html"),
    ("ecs-tasks", "AmazonECS/latest/developerguide/task-iam-roles.html"),
    ("fis", "fis/latest/userguide/getting-started-iam-service-role.html"),
    ("iot", "iot/latest/developerguide/cross-service-confused-deputy-prevention.html"),
    ("monitoring.rds", "AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html"),
    ("personalize", "personalize/latest/dg/cross-service-confused-deputy-prevention.html"),
    ("pipes", "eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html"),
    ("scheduler", "scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html"),
    ("ssm", "systems-manager/latest/userguide/cross-service-confused-deputy-prevention.html"),
    ("states", "step-functions/latest/dg/procedure-create-iam-role.html"),
    ("vpc-flow-logs", "vpc/latest/userguide/flow-logs-cwl.html"),
];

/// The service of a principal, in lower case without the domain and the region: `logs` for `logs.eu-west-1.amazonaws.com`. `None` when
/// that is not known.
pub fn service_of(element: &Element) -> Option<String> {
    let pattern = element.widest_pattern().to_ascii_lowercase();
    let name = match pattern.find(".amazonaws.") {
        Some(end) => pattern.get(..end)?,
        // The domain may be the suffix of the partition, which is not known.
        None => pattern.strip_suffix(".*").unwrap_or(&pattern),
    };
    let name = match name.rsplit_once('.') {
        Some((service, region)) if is_region(region) => service,
        _ => name,
    };
    (!name.contains('*')).then(|| name.to_owned())
}

/// The service principal that was probably meant by one that AWS's lists do not have: the only one that differs by a slip or two. Short names
/// are all like each other, and there it must be one slip, or none is told.
pub fn meant_service(element: &Element) -> Option<&'static str> {
    let written = element.text.as_str()?.to_ascii_lowercase();
    let principals = service_principals();
    let name = service_of(element)?;
    let is_name = |known: &&&str| known.split_once(".amazonaws.").is_some_and(|(service, _)| service == name);
    if principals.contains(&&*written) || principals.iter().any(|known| is_name(&known)) {
        return None;
    }
    let slips = match name.split('.').next().map_or(0, str::len) {
        0..=4 => return None,
        5 | 6 => 1,
        _ => 2,
    };
    let mut near = principals.iter().copied().filter(|known| {
        !known.contains('*')
            && known.len().abs_diff(written.len()) <= slips
            && strsim::damerau_levenshtein(known, &written) <= slips
    });
    near.next().filter(|_| near.next().is_none())
}

fn is_region(label: &str) -> bool {
    let ends_in_number =
        label.rsplit_once('-').is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    label == "*" || (ends_in_number && label.matches('-').count() >= 2)
}

/// What a service belongs to; itself when it stands alone.
pub fn family(service: &str) -> Cow<'_, str> {
    let family = FAMILIES.iter().find(|family| family.contains(&service)).and_then(|family| family.first());
    family.map_or(Cow::Borrowed(service), |first| Cow::Borrowed(*first))
}

/// The page of AWS that recommends to say in the trust policy of a role for whom a service may assume it, if one does.
pub fn page_on_source(service: &str) -> Option<String> {
    let (_, page) = WITH_SOURCE.iter().find(|(name, _)| *name == service)?;
    Some(format!("https://docs.aws.amazon.com/{page}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Document;
    use crate::value::{Value, json};

    fn services(document: &str) -> Vec<Option<String>> {
        let value: Value = json::read(&crate::value::Text::literal(document, None)).expect("it is JSON");
        let document = Document::read(&value);
        let entries = document.statements.iter().flat_map(|one| &one.principals).flat_map(|one| &one.entries);
        entries.flat_map(|(_, elements)| elements.items.iter().map(service_of)).collect()
    }

    #[test]
    fn a_service_is_found_whatever_the_region_and_the_domain() {
        let found = services(
            r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": [
                "ec2.amazonaws.com", "ec2.amazonaws.com.cn", "Logs.eu-west-1.amazonaws.com", "ops.apigateway.amazonaws.com",
                "dms.us-gov-west-1.amazonaws.com"]}}}"#,
        );
        let names: Vec<_> = found.iter().flatten().map(String::as_str).collect();
        assert_eq!(names, ["ec2", "ec2", "logs", "ops.apigateway", "dms"]);
    }

    #[test]
    fn no_service_is_in_two_families() {
        let mut all: Vec<_> = FAMILIES.iter().copied().flatten().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
