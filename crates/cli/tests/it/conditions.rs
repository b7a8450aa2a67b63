//! Templates with many conditions, or with conditions that are hard to decide.

use serde_json::Value;

use crate::command::{directory, iamrail};

/// The findings of a template, each as `rule verdict message`, and the codes of its diagnostics.
fn found(template: &str) -> (Vec<String>, Vec<String>) {
    let dir = directory(&[("template.yaml", template.as_bytes())]);
    let run = iamrail(dir.path(), &["check", "--format", "json"]);
    let report = run.json();
    let findings = report.pointer("/findings").and_then(Value::as_array).into_iter().flatten();
    let shown = |one: &Value| {
        ["rule", "verdict", "message"]
            .map(|key| one.get(key).and_then(Value::as_str).unwrap_or_default())
            .join(" ")
    };
    (findings.map(shown).collect(), run.codes())
}

/// The parameters and conditions of flags that are independent of each other.
fn flags(count: usize) -> String {
    let parameters = (0..count).map(|at| format!("  P{at}: {{Type: String, AllowedValues: [on, off]}}\n"));
    let conditions = (0..count).map(|at| format!("  C{at}: !Equals [!Ref P{at}, on]\n"));
    format!("Parameters:\n{}Conditions:\n{}", parameters.collect::<String>(), conditions.collect::<String>())
}

#[test]
fn flags_that_do_not_matter_hide_no_administrator() {
    let statement = |at: usize| {
        let what = if at == 0 {
            "Action: '*', Resource: '*'"
        } else {
            "Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'"
        };
        format!("        - !If [C{at}, {{Effect: Allow, {what}}}, !Ref 'AWS::NoValue']\n")
    };
    let statements: String = (0..40).map(statement).collect();
    let (findings, codes) = found(&format!(
        "{}Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Groups: [admins]\n      PolicyDocument:\n        Statement:\n{statements}",
        flags(40)
    ));
    let expected = "unapproved-administrator violated the group `admins` is an administrator without approval: the policy `P` allows every action when C0";
    assert!(findings.iter().any(|one| one == expected), "{findings:#?}");
    assert_eq!(codes, [""; 0]);
}

#[test]
fn a_user_that_joins_a_group_by_one_of_many_flags_is_certain_to_be_without_one_when_none_is_set() {
    let groups: String = (0..20).map(|at| format!("!If [C{at}, readers, !Ref 'AWS::NoValue'], ")).collect();
    let (findings, codes) = found(&format!(
        "{}Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {{LoginProfile: {{Password: '{{{{resolve:ssm:x}}}}'}}, Groups: [{groups}]}}\n",
        flags(20)
    ));
    let without = findings.iter().find(|one| one.starts_with("user-without-group")).expect("it is found");
    assert!(
        without.starts_with("user-without-group violated the user `U` joins no group when not C"),
        "{without}"
    );
    assert_eq!(codes, [""; 0]);
}

#[test]
fn what_needs_a_condition_that_is_too_hard_is_undetermined_and_said_to_be() {
    // Ten parameters with nine values are to differ: no deployment has that.
    let (count, values) = (10, 9);
    let allowed = (0..values).map(|value| format!("v{value}")).collect::<Vec<_>>().join(", ");
    let parameters: String =
        (0..count).map(|at| format!("  P{at}: {{Type: String, AllowedValues: [{allowed}]}}\n")).collect();
    let is = |at: usize, value: usize| format!("!Equals [!Ref P{at}, v{value}]");
    let pairs = (0..count).flat_map(|one| (0..one).map(move |other| (one, other)));
    let same = pairs.flat_map(|(one, other)| (0..values).map(move |value| (one, other, value)));
    let differ: Vec<_> = same
        .map(|(one, other, value)| format!("!Not [!And [{}, {}]]", is(one, value), is(other, value)))
        .collect();
    let conditions = format!("Conditions:\n  Hard: !And [{}]\n", differ.join(", "));
    let users = "Resources:\n  U: {Type: AWS::IAM::User, Condition: Hard, Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']}}\n  V: {Type: AWS::IAM::User}\n";
    let (findings, codes) = found(&format!("Parameters:\n{parameters}{conditions}{users}"));
    let mut of_u = findings.iter().filter(|one| one.contains("`U`"));
    assert!(
        of_u.clone().count() > 0 && of_u.all(|one| one.contains(" undetermined whether ")),
        "{findings:#?}"
    );
    assert!(
        findings.iter().any(|one| one.starts_with("user-without-group violated the user `V`")),
        "{findings:#?}"
    );
    // CloudFormation takes ten conditions at most, which is said as well.
    assert!(codes.contains(&"too-large".to_owned()), "{codes:?}");
    assert!(codes.iter().all(|code| ["too-large", "invalid-function"].contains(&code.as_str())), "{codes:?}");
}

/// What is found of a role that functions run with, each of them under a condition or in any case, and the codes of diagnostics.
fn found_of_role(count: usize, conditions: impl Fn(usize) -> Option<usize>) -> (Vec<String>, Vec<String>) {
    let values = (0..count).map(|at| format!("  C{at}: !Equals [!Ref Stage, v{at}]\n")).collect::<String>();
    let function = |at: usize| {
        let condition = conditions(at).map(|at| format!("Condition: C{at}, ")).unwrap_or_default();
        format!(
            "  F{at}: {{Type: AWS::Lambda::Function, {condition}Properties: {{Role: !GetAtt Role.Arn}}}}\n"
        )
    };
    let functions = (0..count).map(function).collect::<String>();
    let (findings, codes) = found(&format!(
        "Parameters:\n  Stage: {{Type: String}}\nConditions:\n{values}Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Statement: {{Effect: Allow, Action: sts:AssumeRole, Principal: {{Service: lambda.amazonaws.com}}}}\n{functions}"
    ));
    (findings.into_iter().filter(|one| one.starts_with("shared-role")).collect(), codes)
}

#[test]
fn workloads_that_share_a_role_are_found_among_many_that_do_not() {
    // Of the first twenty no deployment has two.
    let found = found_of_role(21, |at| Some(at.min(19)));
    let expected = "shared-role violated the role `Role` serves 2 workloads: the Lambda function `F19` and the Lambda function `F20` when C19";
    assert_eq!(found, (vec![expected.to_owned()], Vec::new()));
    assert_eq!(found_of_role(20, Some), (Vec::new(), Vec::new()));
}

#[test]
fn all_workloads_that_share_a_role_are_counted() {
    let (found, _) = found_of_role(300, |_| None);
    let found: Vec<&str> = found.iter().filter_map(|one| one.split(": ").next()).collect();
    assert_eq!(found, ["shared-role violated the role `Role` serves 300 workloads"]);
}

#[test]
fn workloads_under_too_many_conditions_are_not_said_to_be_apart() {
    let (found, codes) = found_of_role(200, Some);
    let expected = "shared-role undetermined whether the role `Role` serves one workload only is not known: `the combination of its conditions` is too large to be evaluated";
    assert_eq!(found, [expected]);
    assert_eq!(codes, ["too-large"]);
}
