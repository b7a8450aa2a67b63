//! Policies of a role that the provider reports twice: as resources that attach them, and as attributes of the role.

use std::sync::Arc;

use iamrail_core::collections::HashSet;
use iamrail_core::value::{Kind, List, Value};

use crate::resources::Instance;

/// Takes from the roles what other resources attach to them.
pub(super) fn deduplicate(instances: &mut [Instance]) {
    let attached: HashSet<(String, String)> = instances.iter().flat_map(attachments).collect();
    if attached.is_empty() {
        return;
    }
    for role in instances.iter_mut().filter(|instance| &*instance.declared.kind == "aws_iam_role") {
        let Some(name) = text(&role.attributes, "name") else { continue };
        let Kind::Map(map) = &mut role.attributes.kind else { continue };
        let entries = &mut Arc::make_mut(map).entries;
        let is_attached =
            |policy: Option<String>| policy.is_some_and(|policy| attached.contains(&(name.clone(), policy)));
        if let Some(field) = entries.get_mut("managed_policy_arns") {
            retain(&mut field.value, |policy| !is_attached(policy.as_str().map(|arn| arn.into_owned())));
        }
        if let Some(field) = entries.get_mut("inline_policy") {
            retain(&mut field.value, |block| !is_attached(text(block, "name")));
        }
    }
}

/// Names of roles with the ARNs and names of the policies that a resource gives them.
fn attachments(instance: &Instance) -> Vec<(String, String)> {
    let argument = |name: &str| text(&instance.attributes, name);
    let (role, policy) = match &*instance.declared.kind {
        "aws_iam_role_policy" => (argument("role"), argument("name")),
        "aws_iam_role_policy_attachment" => (argument("role"), argument("policy_arn")),
        "aws_iam_policy_attachment" => {
            let Some(policy) = argument("policy_arn") else { return Vec::new() };
            let roles = instance.attributes.get("roles").and_then(Value::as_list);
            let roles = roles.into_iter().flat_map(|list| &list.items).filter_map(Value::as_str);
            return roles.map(|role| (role.into_owned(), policy.clone())).collect();
        }
        _ => return Vec::new(),
    };
    role.zip(policy).into_iter().collect()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(|text| text.into_owned())
}

fn retain(value: &mut Value, keep: impl Fn(&Value) -> bool) {
    if let Some(list) = value.as_list() {
        let items = list.items.iter().filter(|item| keep(item)).cloned().collect();
        value.kind = Kind::List(Arc::new(List::new(items, list.open.clone())));
    }
}
