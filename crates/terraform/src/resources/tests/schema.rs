//! The table against the provider's schema.

use std::collections::{BTreeMap, BTreeSet};

use super::super::workload::NAMES;
use super::super::{is_relevant, table};

/// Resources of IAM that say nothing about who may do what.
const WITHOUT_MEANING: &[&str] = &[
    "aws_iam_account_alias",
    "aws_iam_account_password_policy",
    "aws_iam_organizations_features",
    "aws_iam_outbound_web_identity_federation",
    "aws_iam_security_token_service_preferences",
    "aws_iam_server_certificate",
    "aws_iam_signing_certificate",
    "aws_iam_user_ssh_key",
];

struct Schema {
    iam: BTreeSet<String>,
    resources: BTreeMap<String, Vec<String>>,
}

fn schema() -> Schema {
    let text = include_str!("../../../../../testdata/terraform/schema.json");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let resources = json["resources"].as_object().unwrap();
    Schema {
        iam: strings(&json["iam"]).into_iter().collect(),
        resources: resources.iter().map(|(kind, paths)| (kind.clone(), strings(paths))).collect(),
    }
}

impl Schema {
    /// Whether a path is an attribute, or leads into one that holds JSON or a map.
    fn has(&self, kind: &str, path: &str) -> bool {
        let paths = &self.resources[kind];
        let is_leaf = |path: &str| {
            paths.iter().any(|one| one == path)
                && !paths.iter().any(|one| one.starts_with(&format!("{path}.")))
        };
        paths.iter().any(|one| one == path)
            || path.match_indices('.').any(|(at, _)| path.get(..at).is_some_and(is_leaf))
    }
}

#[test]
fn every_resource_and_argument_of_the_table_is_in_the_providers_schema() {
    let schema = schema();
    let mut missing = Vec::new();
    for (kind, meaning) in table::rows().filter(|(kind, _)| kind.starts_with("aws_")) {
        if !schema.resources.contains_key(*kind) {
            missing.push((*kind).to_owned());
            continue;
        }
        // Blocks that every resource can have are no attributes.
        let is_argument = |path: &&str| !["provisioner", "lifecycle"].contains(path) && !NAMES.contains(path);
        let paths = table::paths(meaning).into_iter().filter(is_argument);
        let unknown = paths.filter(|path| !schema.has(kind, path));
        missing.extend(unknown.map(|path| format!("{kind}.{path}")));
    }
    assert!(missing.is_empty(), "not in the schema: {missing:#?}");
    for name in NAMES {
        assert!(schema.resources.keys().any(|kind| schema.has(kind, name)), "nothing is named by `{name}`");
    }
}

#[test]
fn every_iam_resource_of_the_provider_is_read_or_known_to_say_nothing() {
    let schema = schema();
    for kind in &schema.iam {
        let silent = WITHOUT_MEANING.contains(&kind.as_str());
        assert_ne!(is_relevant(kind), silent, "{kind}");
    }
}

#[test]
fn no_type_stands_in_the_table_twice() {
    let mut seen = BTreeSet::new();
    for (kind, _) in table::rows() {
        assert!(seen.insert(kind), "{kind}");
    }
}
