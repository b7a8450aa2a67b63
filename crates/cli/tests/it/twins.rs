//! The same facts give the same verdicts: `testdata/rules/<rule>/terraform<name>` and `cloudformation<name>` say the
//! same in two languages. What only one of them can say stands in a directory that ends with `-only`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use iamrail::core::check::Candidate;
use iamrail::core::model::{Declared, Model};
use iamrail::core::report::Verdict;
use iamrail::core::source::{MemoryFiles, Sources};

use crate::fixtures::{CONFIGURATION, checker, fixtures, input_of, read, rule_of};

/// Rules that speak of the place where a policy is given: a resource of its own in Terraform, often the principal
/// itself in CloudFormation.
const OF_GRANTS: &[&str] = &[
    "broad-admin-policy",
    "custom-policy",
    "invalid-policy",
    "ineffective-mfa-guard",
    "privilege-escalation",
    "unapproved-administrator",
    "unused-grant",
    "user-direct-policy",
    "wildcard-permission",
];

#[test]
fn twins_give_the_same_verdicts() {
    let mut differences = Vec::new();
    let mut paired = BTreeSet::new();
    for dir in fixtures() {
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        let Some(case) = name.strip_prefix("terraform").filter(|case| *case != "-only") else { continue };
        let twin = dir.with_file_name(format!("cloudformation{case}"));
        assert!(twin.is_dir(), "{} has no twin", dir.display());
        paired.insert(rule_of(&dir));
        let (one, other) = (verdicts(&dir), verdicts(&twin));
        for verdict in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
            let count =
                |verdicts: &BTreeMap<String, usize>| verdicts.get(verdict).copied().unwrap_or_default();
            if count(&one) != count(&other) {
                differences.push(format!(
                    "{}: {verdict}: {} and {}",
                    dir.display(),
                    count(&one),
                    count(&other)
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let rules: BTreeSet<_> = fixtures().iter().map(|dir| rule_of(dir)).collect();
    assert_eq!(paired, rules, "every rule has twins");
}

#[test]
fn no_template_is_without_its_twin() {
    for dir in fixtures() {
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(case) = name.strip_prefix("cloudformation").filter(|case| *case != "-only") {
            assert!(dir.with_file_name(format!("terraform{case}")).is_dir(), "{} has no twin", dir.display());
        }
    }
}

/// How often every verdict is given: rule, level, verdict, kind of subject.
fn verdicts(dir: &Path) -> BTreeMap<String, usize> {
    let files = input_of(&read(dir));
    let memory = MemoryFiles::new(files.iter().map(|(path, text)| (path, text.as_bytes())));
    let sources = Arc::new(Sources::new(memory));
    let input = files.keys().filter(|path| *path != CONFIGURATION);
    let candidates: Vec<_> = input.map(|path| Candidate::found(path.as_str())).collect();
    let checker = checker(dir, &files, &sources);
    let units = checker.read(&sources, &candidates);
    let kinds: BTreeMap<_, _> = units
        .iter()
        .flat_map(|reading| declared(&reading.unit.model))
        .map(|declared| (Arc::clone(&declared.subject), Arc::clone(&declared.kind)))
        .collect();
    let mut verdicts = BTreeMap::new();
    for finding in checker.check(&sources, &candidates).findings {
        // Only Terraform has a state that keeps the secret of a key.
        if finding.message.contains("the state keeps the secret") {
            continue;
        }
        let kind = match kinds.get(&finding.subject) {
            Some(_) if OF_GRANTS.contains(&finding.rule.name) => "a grant",
            Some(kind) => family(kind),
            None => "a file",
        };
        let verdict = match finding.verdict {
            Verdict::Violated => finding.level.as_str(),
            Verdict::Undetermined => "undetermined",
        };
        let verdict = format!("{verdict}[{}] of {kind}", finding.rule.name);
        *verdicts.entry(verdict).or_default() += finding.verdicts;
    }
    verdicts
}

fn declared(model: &Model) -> Vec<Arc<Declared>> {
    let users = model.users.iter().map(|(_, one)| &one.declared);
    let groups = model.groups.iter().map(|(_, one)| &one.declared);
    let roles = model.roles.iter().map(|(_, one)| &one.declared);
    let policies = model.policies.iter().map(|(_, one)| &one.declared);
    let keys = model.access_keys.iter().map(|(_, one)| &one.declared);
    let workloads = model.workloads.iter().map(|(_, one)| &one.declared);
    let grants = model.grants.iter().map(|one| &one.declared);
    let disclosures = model.disclosures.iter().map(|one| &one.declared);
    users
        .chain(groups)
        .chain(roles)
        .chain(policies)
        .chain(keys)
        .chain(workloads)
        .chain(grants)
        .chain(disclosures)
        .cloned()
        .collect()
}

/// What a type of resource is called in both languages.
fn family(kind: &str) -> &'static str {
    match kind {
        "aws_iam_user" | "AWS::IAM::User" => "a user",
        "aws_iam_group" | "AWS::IAM::Group" => "a group",
        "aws_iam_role" | "AWS::IAM::Role" => "a role",
        "aws_iam_policy" | "AWS::IAM::ManagedPolicy" => "a policy",
        "aws_iam_access_key" | "AWS::IAM::AccessKey" => "a key",
        "aws_iam_service_specific_credential" | "AWS::IAM::ServiceSpecificCredential" => "a credential",
        "output" => "an output",
        "aws_lambda_function" | "AWS::Lambda::Function" => "a function",
        "aws_ecs_task_definition" | "AWS::ECS::TaskDefinition" => "a task",
        "aws_instance" | "AWS::EC2::Instance" => "an instance",
        "aws_launch_template" | "AWS::EC2::LaunchTemplate" => "a launch template",
        "aws_launch_configuration" | "AWS::AutoScaling::LaunchConfiguration" => "a launch configuration",
        other => panic!("`{other}` has no twin"),
    }
}
