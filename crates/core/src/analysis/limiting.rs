//! Conditions that limit what a statement is about.

use iamrail_catalog::{Action, condition_key};

use crate::policy::Condition;

/// Whether a condition asks for a key that the catalog lists for the resources of the actions: it then limits which resources are
/// meant, whatever the request says. The region is a key of many resources, and limits none.
pub(crate) fn limits_its_resources(condition: &Condition, actions: &[&'static Action]) -> bool {
    let key = condition.folded_key();
    if condition.holds_without_key() || key.starts_with("aws:") || key.ends_with(":region") {
        return false;
    }
    let Some(key) = condition_key(&key) else { return false };
    let mut types = actions.iter().flat_map(|action| action.resource_types());
    types.any(|(kind, _)| kind.condition_keys().any(|one| one.name == key.name))
}

/// Whether a condition limits the resource or the organisation whatever the request says.
pub(crate) fn limits_the_resource(condition: &Condition) -> bool {
    if condition.holds_without_key() {
        return false;
    }
    let key = condition.folded_key();
    const KEYS: [&str; 9] = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "dynamodb:leadingkeys",
        "s3:resourceaccount",
    ];
    KEYS.contains(&key.as_str()) || key.contains(":resourcetag/") || key.contains("resourcetag/")
}
