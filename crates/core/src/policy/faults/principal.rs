//! The principals of trust policies.

use super::{Fault, shown};
use crate::policy::{Element, Elements, Statement};

/// The kinds of principals that AWS has.
const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(super) fn check(statement: &Statement, faults: &mut Vec<Fault>) {
    if let Some(resources) = &statement.resources
        && (resources.key.is_some() || !resources.items.is_empty())
    {
        let fault =
            Fault::refused("a trust policy cannot have a `Resource`", resources.key.or(statement.span));
        faults.push(fault.help("leave it out: a trust policy speaks of its role"));
    }
    let Some(principals) = &statement.principals else {
        let is_open = statement.resources.as_ref().is_some_and(|resources| resources.open.is_some());
        if !is_open {
            let fault = Fault::refused("the statement of a trust policy has no `Principal`", statement.span);
            faults.push(fault.help("add `Principal` with those who may assume the role"));
        }
        return;
    };
    if principals.except {
        let fault =
            Fault::refused("a trust policy cannot have a `NotPrincipal`", principals.key.or(statement.span));
        faults.push(fault.help("name in `Principal` who may assume the role"));
        return;
    }
    let is_empty = |elements: &Elements| elements.items.is_empty() && elements.open.is_none();
    if principals.open.is_none() && principals.entries.iter().all(|(_, elements)| is_empty(elements)) {
        let fault = Fault::refused("`Principal` has no principal in it", principals.key.or(statement.span));
        faults.push(fault.help("name those who may assume the role"));
    }
    for (kind, elements) in &principals.entries {
        if !KINDS.contains(&kind.as_ref()) {
            let message = format!("`{kind}` is no kind of principal");
            let help = "write `AWS`, `Service` or `Federated`";
            faults.push(Fault::refused(message, elements.key.or(principals.key)).help(help));
            continue;
        }
        let found = elements.items.iter().filter_map(|element| {
            let fault = match kind.as_ref() {
                "AWS" => identity(element),
                "Service" => service(element),
                _ => None,
            };
            Some(fault?.of(element))
        });
        faults.extend(found);
    }
}

/// An account, an ARN, an identifier that AWS made up, or everyone.
fn identity(element: &Element) -> Option<Fault> {
    let pattern = element.widest_pattern();
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    if let [_, _, "iam", _, _, resource] = parts.as_slice()
        && resource.starts_with("group/")
    {
        let message = format!("a group cannot be a principal, and {} is one", shown(&element.text.display()));
        return Some(
            Fault::refused(message, None).help("name the users, or a role that the members may assume"),
        );
    }
    let text = element.text.as_str()?;
    if text == "*" {
        return None;
    }
    if text.contains(['*', '?']) {
        let message = format!("the principal {} has a wildcard in it", shown(&text));
        let help = "name every principal, or the account together with a condition on `aws:PrincipalArn`";
        return Some(Fault::refused(message, None).help(help));
    }
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_id =
        text.len() >= 16 && text.starts_with('A') && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_account || is_id || text.starts_with("arn:") {
        return None;
    }
    let message = format!("the principal {} is neither an account nor an ARN", shown(&text));
    Some(Fault::refused(message, None).help("write the ARN of a user or role, or the number of an account"))
}

fn service(element: &Element) -> Option<Fault> {
    let text = element.text.as_str()?;
    if text.contains('.') && !text.contains(['*', ' ', ':', '/']) {
        return None;
    }
    let message = format!("{} is the name of no service principal", shown(&text));
    Some(Fault::refused(message, None).help("write the whole name, such as `lambda.amazonaws.com`"))
}
