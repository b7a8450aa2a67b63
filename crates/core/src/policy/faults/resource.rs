//! Resources that are no ARNs, and variables where there are none.

use super::{Fault, shown, to_no_effect};
use crate::policy::{Answer, Element, Statement};
use crate::value::{Flat, Form, HOLE};

/// The parts of the world that AWS keeps apart.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];
/// How the part of IAM's ARNs starts that names a resource, as AWS says when it refuses others; the catalog has more of them.
const OF_IAM: [&str; 10] = [
    "federated-user/",
    "group/",
    "instance-profile/",
    "mfa/",
    "policy/",
    "role/",
    "server-certificate/",
    "sms-mfa/",
    "u2f/",
    "user/",
];

pub(super) fn check(statement: &Statement, variables: &Answer, faults: &mut Vec<Fault>) {
    for element in statement.resources.iter().flat_map(|resources| &resources.items) {
        let found = malformed(element).or_else(|| literal_variable(statement, element, variables));
        faults.extend(found.map(|fault| fault.of(element)));
    }
}

/// What AWS refuses. Of a resource that is not wholly known, the parts that are.
fn malformed(element: &Element) -> Option<Fault> {
    let flat = Flat::new(&element.text);
    // Variables are values of the request, and have colons in their names.
    let text = &without_variables(flat.text());
    let first_hole = text.find(HOLE).unwrap_or(text.len());
    let is_known = first_hole == text.len();
    if is_known && text == "*" {
        return None;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let fault = |message: String, help: &str| Some(Fault::refused(message, None).help(help));
    if is_known && text.is_empty() {
        return fault("a resource is an empty text".to_owned(), "write the ARN");
    }
    let [arn, partition, rest @ ..] = parts.as_slice() else {
        // Without a colon it is no ARN, whatever the parts are that have none either.
        let has_colon = || element.text.holes().any(|hole| hole.form() == Form::Any);
        return match !has_colon() && !text.contains(['*', '$']) {
            true => fault(
                format!("the resource {} is neither an ARN nor `*`", shown(&element.text.display())),
                "write the ARN",
            ),
            false => None,
        };
    };
    let is_written = |part: &str| !part.contains(['*', '?', '$', HOLE]);
    if *arn != "arn" {
        return match is_written(arn) {
            true => fault(
                format!("the resource {} does not start with `arn:`", shown(&element.text.display())),
                "write the ARN",
            ),
            false => None,
        };
    }
    if is_written(partition) && !PARTITIONS.contains(partition) {
        let message = format!("the resource {} names no partition of AWS", shown(&element.text.display()));
        return fault(message, "write `aws`, or the partition that the resource is in");
    }
    let Some(service) = rest.first().copied().filter(|_| !partition.contains(HOLE)) else {
        return match is_known {
            true => fault(
                format!("the resource {} names no service", shown(&element.text.display())),
                "write the whole ARN",
            ),
            false => None,
        };
    };
    if service.contains(HOLE) {
        return None;
    }
    if service.is_empty() {
        return fault(
            format!("the resource {} names no service", shown(&element.text.display())),
            "write the whole ARN",
        );
    }
    if is_known && parts.len() < 6 && text.contains("::") {
        let message = format!("the resource {} lacks a part of an ARN", shown(&element.text.display()));
        return fault(message, "write `arn:partition:service:region:account:resource`");
    }
    let (region, path) = (rest.get(1).copied().unwrap_or("*"), rest.get(3).copied().unwrap_or("*"));
    if service == "iam" && !region.is_empty() && is_written(region) {
        let message =
            format!("the resource {} has a region, and IAM has none", shown(&element.text.display()));
        return fault(message, "leave the region out: `arn:aws:iam::`");
    }
    if service == "iam" && rest.len() == 4 && !may_be_of_iam(path) {
        let message = format!("the resource {} is none of IAM", shown(&element.text.display()));
        return fault(message, "write `user/`, `role/`, `policy/` or the like before the name, or `*`");
    }
    None
}

/// Whether a path is that of a resource of IAM as far as it is written. The root of an account is one.
fn may_be_of_iam(path: &str) -> bool {
    let start = path.split(['*', '?', '$', HOLE]).next().unwrap_or_default();
    let fits = |prefix: &str| {
        start.starts_with(prefix) || (start.len() < path.len() && prefix.starts_with(start)) || path == "root"
    };
    OF_IAM.into_iter().any(fits) || listed_of_iam().any(fits)
}

/// How the paths of IAM's resources start that the catalog lists.
fn listed_of_iam() -> impl Iterator<Item = &'static str> {
    let types = iamrail_catalog::service("iam").into_iter().flat_map(|service| service.resource_types());
    types
        .filter_map(|kind| kind.arn().splitn(6, ':').nth(5)?.split('$').next())
        .filter(|start| !start.is_empty())
}

/// Variables are letters like others in policies of the first version; and one without a colon is the variable of nothing.
fn literal_variable(statement: &Statement, element: &Element, variables: &Answer) -> Option<Fault> {
    let variable = variable(element)?;
    let effect = to_no_effect(statement);
    match variables {
        Answer::No => {
            let message =
                format!("`{variable}` is plain text in a policy whose `Version` is not 2012-10-17, {effect}");
            Some(Fault::void(message, None).help("add `Version` with `2012-10-17` to the policy"))
        }
        Answer::Yes if !variable.contains(':') || variable.starts_with("${AWS::") => {
            let message = format!("`{variable}` is no policy variable, {effect}");
            let help = "write the value itself, with `Fn::Sub` in a template, or the name of a condition key";
            Some(Fault::void(message, None).help(help))
        }
        _ => None,
    }
}

/// A text with `${}` for all of its variables.
fn without_variables(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((_, after)) = behind.split_once('}') else { break };
        plain.push_str(before);
        plain.push_str("${}");
        rest = after;
    }
    plain + rest
}

/// The first variable of a text, `${*}`, `${?}` and `${$}` left aside.
pub(super) fn variable(element: &Element) -> Option<String> {
    let text = element.text.as_str()?;
    let mut rest = text.as_ref();
    while let Some((_, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}')?;
        if !matches!(name, "*" | "?" | "$") {
            return Some(format!("${{{name}}}"));
        }
        rest = after;
    }
    None
}
