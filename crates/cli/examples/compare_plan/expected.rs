//! Where iamrail and a plan may differ though both are right.

use std::collections::{BTreeMap, BTreeSet};

use iamrail::core::value::Value;
use serde_json::Value as Json;

use super::plan::Planned;

/// What the AWS provider puts where an argument is null, as its documentation has it. Nothing else that
/// iamrail takes for null, and a plan does not, is a default.
const DEFAULTS: [(&str, &str); 16] = [
    ("assign_generated_ipv6_cidr_block", "false"),
    ("bypass_policy_lockout_safety_check", "false"),
    ("customer_master_key_spec", r#""SYMMETRIC_DEFAULT""#),
    ("force_overwrite_replica_secret", "false"),
    ("is_enabled", "true"),
    ("key_usage", r#""ENCRYPT_DECRYPT""#),
    ("max_aggregation_interval", "600"),
    ("max_session_duration", "3600"),
    ("password_length", "20"),
    ("path", r#""/""#),
    ("recovery_window_in_days", "30"),
    ("retention_in_days", "0"),
    ("retire_on_delete", "false"),
    ("self", "false"),
    ("skip_destroy", "false"),
    ("status", r#""Active""#),
];

/// Whether a provider sets an argument of this name to this value when it is null.
pub(crate) fn is_default(name: &str, nested: bool, after: &Json) -> bool {
    let is_region = |value: &str| {
        let mut parts = value.split('-');
        let is_known =
            matches!(parts.next(), Some("af" | "ap" | "ca" | "cn" | "eu" | "il" | "me" | "mx" | "sa" | "us"));
        is_known && parts.next_back().is_some_and(|last| last.parse::<u8>().is_ok())
    };
    match after {
        Json::String(value) if name == "region" => is_region(value),
        // Members of blocks that are arguments as well have no null.
        Json::String(value) if nested && value.is_empty() => true,
        Json::Bool(false) if nested => true,
        Json::Number(number) if nested && number.as_u64() == Some(0) => true,
        _ => DEFAULTS.contains(&(name, after.to_string().as_str())),
    }
}

/// The resources whose id is a name that they are given, and the argument that gives it.
const NAMED: [(&str, &str); 4] = [
    ("aws_iam_group", "name"),
    ("aws_iam_role", "name"),
    ("aws_iam_user", "name"),
    ("aws_s3_bucket", "bucket"),
];

/// What a plan tells about values that it does not know yet.
pub(crate) struct Early<'p> {
    ids: BTreeSet<&'p str>,
    defers_documents: bool,
}

impl<'p> Early<'p> {
    pub(crate) fn new(plan: &'p Json, planned: &BTreeMap<String, Planned<'p>>) -> Self {
        let id = |block: &Planned<'p>| {
            let (_, argument) = NAMED.iter().find(|(kind, _)| *kind == block.kind)?;
            block.after.get(argument)?.as_str()
        };
        let changes = plan.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
        let mut kinds = changes.filter_map(|change| change.get("type")?.as_str());
        Self {
            ids: planned.values().filter_map(id).collect(),
            // A data source is among the changes only if it is read while they are made.
            defers_documents: kinds.any(|kind| kind == "aws_iam_policy_document"),
        }
    }

    /// Why a value is right though the plan does not know it.
    pub(crate) fn reason(&self, value: &Value) -> Option<&'static str> {
        let text = value.as_text()?.as_str()?;
        if self.ids.contains(&*text) {
            return Some("the id of a resource is the name that the plan gives it");
        }
        let is_policy =
            || serde_json::from_str::<Json>(&text).is_ok_and(|json| json.get("Statement").is_some());
        (self.defers_documents && is_policy()).then_some("the plan reads documents only when it is applied")
    }
}
