//! The table against the schemas of CloudFormation.

use std::collections::{BTreeMap, BTreeSet};

use super::super::table::WITHOUT_MEANING;
use super::super::workload::{Runs, Shape};
use super::super::{is_relevant, workloads};

/// What is read of the resources of IAM.
const IAM: &[(&str, &[&str])] = &[
    ("AWS::IAM::AccessKey", &["Serial", "Status", "UserName"]),
    ("AWS::IAM::Group", &["GroupName", "ManagedPolicyArns", "Path", "Policies"]),
    ("AWS::IAM::GroupPolicy", &["GroupName", "PolicyDocument", "PolicyName"]),
    ("AWS::IAM::InstanceProfile", &["InstanceProfileName", "Path", "Roles"]),
    (
        "AWS::IAM::ManagedPolicy",
        &["Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"],
    ),
    ("AWS::IAM::Policy", &["Groups", "PolicyDocument", "PolicyName", "Roles", "Users"]),
    (
        "AWS::IAM::Role",
        &[
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "Policies.PolicyDocument",
            "Policies.PolicyName",
            "RoleName",
            "Tags",
        ],
    ),
    ("AWS::IAM::RolePolicy", &["PolicyDocument", "PolicyName", "RoleName"]),
    ("AWS::IAM::ServiceLinkedRole", &["AWSServiceName", "Description", "RoleName"]),
    (
        "AWS::IAM::User",
        &[
            "Groups",
            "LoginProfile",
            "ManagedPolicyArns",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "Policies.PolicyDocument",
            "Policies.PolicyName",
            "Tags",
            "UserName",
        ],
    ),
    ("AWS::IAM::UserPolicy", &["PolicyDocument", "PolicyName", "UserName"]),
    ("AWS::IAM::UserToGroupAddition", &["GroupName", "Users"]),
    ("AWS::IAM::VirtualMFADevice", &["Users"]),
    ("AWS::SSO::PermissionSet", &["CustomerManagedPolicyReferences", "PermissionsBoundary"]),
];

fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../../../../testdata/cloudformation/schema.json");
    serde_json::from_str(text).expect("the schema is JSON")
}

fn paths(shape: &Shape) -> Vec<&'static str> {
    let role: &[&str] = match &shape.runs {
        Runs::Alone => &[],
        Runs::Role(paths) | Runs::OptionalRole(paths) => paths,
        Runs::Profile(paths) | Runs::OptionalProfile(paths) => paths,
        Runs::ProfileOption { list, .. } => &[list],
    };
    [role, shape.template, shape.settings, shape.scripts].concat()
}

#[test]
fn every_type_and_property_of_the_table_is_in_the_schemas() {
    let schema = schema();
    let mut missing = Vec::new();
    let workloads = workloads::all().map(|(kind, shape)| (*kind, paths(shape)));
    for (kind, paths) in IAM.iter().map(|(kind, paths)| (*kind, paths.to_vec())).chain(workloads) {
        match schema.get(kind) {
            None => missing.push(kind.to_owned()),
            Some(known) => {
                let unknown = paths.into_iter().filter(|path| !known.contains(*path));
                missing.extend(unknown.map(|path| format!("{kind}.{path}")));
            }
        }
    }
    assert!(missing.is_empty(), "not in the schemas: {missing:#?}");
}

#[test]
fn every_type_of_iam_is_read_or_known_to_say_nothing() {
    for kind in schema().keys().filter(|kind| kind.starts_with("AWS::IAM::")) {
        assert_ne!(is_relevant(kind), WITHOUT_MEANING.contains(&kind.as_str()), "{kind}");
    }
}

#[test]
fn no_workload_stands_in_the_table_twice() {
    let mut seen = BTreeSet::new();
    for (kind, _) in workloads::all() {
        assert!(seen.insert(*kind), "{kind}");
    }
}

#[test]
fn the_page_names_every_type_that_is_read_and_every_ending_that_is_looked_for() {
    let page = include_str!("../../../../../docs/cloudformation.md");
    let kinds = IAM.iter().map(|(kind, _)| *kind).chain(workloads::all().map(|(kind, _)| *kind));
    let missing: Vec<_> = kinds.filter(|kind| !page.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for extension in crate::recognise::EXTENSIONS {
        assert!(page.contains(&format!("`.{extension}`")), "{extension}");
    }
}
