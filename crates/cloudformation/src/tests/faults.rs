//! What becomes of templates of which only a part can be read.

use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker};
use iamrail_core::report::{Report, Verdict};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::CloudFormation;

pub(super) fn check(path: &str, text: &str) -> Report {
    let sources = Arc::new(Sources::new(MemoryFiles::new([(path, text)])));
    let checker = Checker::new(iamrail_core::options::Options::default());
    checker.with_front_end(CloudFormation::default()).check(&sources, &[Candidate::found(path)])
}

/// Every finding as `rule subject`, those that are not known with a question mark; and the codes of the diagnostics.
pub(super) fn found(path: &str, text: &str) -> (Vec<String>, Vec<&'static str>) {
    let report = check(path, text);
    assert!(!report.is_complete(), "{text}");
    let finding = |one: &iamrail_core::report::Finding| {
        let mark = if one.verdict == Verdict::Undetermined { "?" } else { "" };
        format!("{} {}{mark}", one.rule.name, one.subject)
    };
    let findings = report.findings.iter().map(finding).collect();
    (findings, report.diagnostics.iter().map(|one| one.code).collect())
}

pub(super) const GROUP: &str = "
Resources:
  Operators:
    Type: AWS::IAM::Group
    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']}
";

#[test]
fn what_stands_before_a_syntax_error_is_checked() {
    let administrator =
        ["unused-grant Operators?", "broad-admin-policy Operators", "unapproved-administrator Operators"];
    for rest in ["  Broken: [\n", "\tX: 1\n", "  A: {B: 'c\n", "Outputs:\n  a: {Value: b}\n c: d\n"] {
        let bucket = "  Bucket: {Type: 'AWS::S3::Bucket'}\n";
        let (findings, codes) = found("t.yaml", &format!("AWSTemplateFormatVersion: x{GROUP}{bucket}{rest}"));
        assert_eq!(findings, administrator, "{rest:?}");
        assert_eq!(codes, ["syntax"], "{rest:?}");
    }
    let group = r#"{"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}"#;
    for rest in ["", ",}", " \"B\": {", ", \"B\": {\"Type\": \"AWS::IAM::User\""] {
        let bucket = r#""Bucket": {"Type": "AWS::S3::Bucket"}"#;
        let text = format!("{{\"Resources\": {{\"Operators\": {group}, {bucket}{rest}");
        let (findings, codes) = found("t.json", &text);
        assert_eq!(findings.get(..3), Some(&administrator.map(str::to_owned)[..]), "{rest:?}");
        assert_eq!(codes, ["syntax"], "{rest:?}");
    }
}

#[test]
fn a_macro_may_put_anyone_in_a_group() {
    let user = "Resources:\n  U: {Type: AWS::IAM::User, Properties: {UserName: ann}}\n";
    let verdicts = |text: &str| {
        let findings = check("t.yaml", text).findings.into_iter();
        let lacking = findings.filter(|one| one.rule.name == "user-without-group");
        lacking.map(|one| (one.verdict, one.message.contains("the text of `Own`"))).collect::<Vec<_>>()
    };
    for certain in [user.to_owned(), format!("Transform: AWS::Serverless-2016-10-31\n{user}")] {
        assert_eq!(verdicts(&certain), [(Verdict::Violated, false)], "{certain}");
    }
    for open in [format!("Transform: [Own]\n{user}"), format!("{user}  Fn::Transform: {{Name: Own}}\n")] {
        assert_eq!(verdicts(&open), [(Verdict::Undetermined, true)], "{open}");
    }
}

#[test]
fn a_name_that_is_null_is_refused_and_hides_nothing() {
    for (kind, name) in [("Group", "GroupName"), ("Role", "RoleName"), ("User", "UserName")] {
        for null in ["", "~", "null"] {
            let text = format!(
                "Resources:\n  X:\n    Type: AWS::IAM::{kind}\n    Properties:\n      {name}: {null}\n      \
                 ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n"
            );
            let (findings, codes) = found("t.yaml", &text);
            assert!(findings.contains(&"broad-admin-policy X".to_owned()), "{kind} {null}: {findings:?}");
            assert_eq!(codes, ["null-value"], "{kind} {null}");
        }
    }
}

#[test]
fn null_is_taken_where_the_transform_or_a_function_takes_it() {
    for resource in [
        "Type: AWS::Serverless::Function\n    Properties: {Role: null, Events: null}\n",
        "Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {AvailabilityZones: !GetAZs}\n",
        "Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {AvailabilityZones: {'Fn::GetAZs': null}}\n",
    ] {
        let text = format!("Transform: AWS::Serverless-2016-10-31\nResources:\n  X:\n    {resource}");
        let sources = Arc::new(Sources::new(MemoryFiles::new([("t.yaml", text)])));
        let checker = Checker::new(iamrail_core::options::Options::default());
        let report =
            checker.with_front_end(CloudFormation::default()).check(&sources, &[Candidate::found("t.yaml")]);
        assert!(
            report.is_complete() && report.diagnostics.is_empty(),
            "{resource}: {:?}",
            report.diagnostics
        );
    }
}

#[test]
fn what_follows_a_syntax_error_is_checked() {
    let administrator =
        ["unused-grant Operators?", "broad-admin-policy Operators", "unapproved-administrator Operators"];
    let resource = GROUP.trim_start().trim_start_matches("Resources:\n");
    for broken in ["  Broken: [\n", "  Broken:\n    Type: A::B::C\n   Properties: {}\n"] {
        let text = format!(
            "AWSTemplateFormatVersion: x\nResources:\n  First: {{Type: 'A::B::C'}}\n{broken}{resource}"
        );
        let (findings, codes) = found("t.yaml", &text);
        assert_eq!(findings, administrator, "{text}");
        assert_eq!(codes, ["syntax"], "{text}");
    }
}

#[test]
fn what_lies_beside_something_nested_too_deep_is_checked() {
    let deep = format!("{}{}", "[".repeat(150), "]".repeat(150));
    let (findings, codes) = found("t.yaml", &format!("Metadata: {deep}{GROUP}"));
    let expected =
        ["unused-grant Operators", "broad-admin-policy Operators", "unapproved-administrator Operators"];
    assert_eq!(findings, expected);
    assert_eq!(codes, ["too-deep"]);
}

#[test]
fn what_is_no_utf_8_is_said_and_all_else_is_checked() {
    let text = format!("# Gr\u{FC}\u{DF}e\n{GROUP}");
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let unmarked = |unit: fn(u16) -> [u8; 2]| wide(unit).split_off(2);
    let wider = |unit: fn(u32) -> [u8; 4]| -> Vec<u8> {
        "\u{FEFF}".chars().chain(text.chars()).flat_map(|letter| unit(letter as u32)).collect()
    };
    for (bytes, line, column) in [
        (latin, 1, 5),
        (wide(u16::to_le_bytes), 1, 1),
        (wide(u16::to_be_bytes), 1, 1),
        (unmarked(u16::to_le_bytes), 1, 1),
        (unmarked(u16::to_be_bytes), 1, 1),
        (wider(u32::to_le_bytes), 1, 1),
        (wider(u32::to_be_bytes), 1, 1),
        (wider(u32::to_le_bytes).split_off(4), 1, 1),
        (wider(u32::to_be_bytes).split_off(4), 1, 1),
    ] {
        let sources = Arc::new(Sources::new(MemoryFiles::new([("t.yaml", bytes)])));
        let checker = Checker::new(iamrail_core::options::Options::default());
        let report =
            checker.with_front_end(CloudFormation::default()).check(&sources, &[Candidate::found("t.yaml")]);
        let found: Vec<_> = report.findings.iter().map(|one| one.rule.name).collect();
        assert_eq!(found, ["unused-grant", "broad-admin-policy", "unapproved-administrator"]);
        assert!(!report.is_complete());
        let said = report.diagnostics.iter().map(|one| {
            let at =
                one.span.and_then(|span| sources.locate(span)).map(|at| (at.start.line, at.start.column));
            (one.code, at)
        });
        assert_eq!(said.collect::<Vec<_>>(), [("encoding", Some((line, column)))]);
    }
}

/// A user of whom everything is written, then something that is no YAML.
const USER: &str = "
AWSTemplateFormatVersion: x
Resources:
  Person:
    Type: AWS::IAM::User
    Properties:
      LoginProfile: {Password: !Ref Secret}
      Tags: [{Key: Kind, Value: human}]
";

#[test]
fn nothing_is_said_to_be_missing_that_may_stand_where_nothing_was_read() {
    // With all of the text, both are at fault.
    let whole = check("t.yaml", &format!("{USER}Parameters: {{Secret: {{Type: String, NoEcho: true}}}}\n"));
    let faults: Vec<_> = whole.findings.iter().map(|one| (one.rule.name, one.verdict)).collect();
    assert_eq!(
        faults,
        [("human-user-without-mfa", Verdict::Violated), ("user-without-group", Verdict::Violated)]
    );
    // A membership may follow, and the parameter does.
    let (findings, codes) = found("t.yaml", &format!("{USER}  Broken: [\n"));
    assert_eq!(findings, ["human-user-without-mfa Person?", "user-without-group Person?"]);
    assert_eq!(codes, ["syntax"]);
}

#[test]
fn what_is_not_known_for_a_fault_names_the_file() {
    let unknown: Vec<String> = check("t.yaml", &format!("{USER}  Broken: [\n"))
        .findings
        .iter()
        .filter(|one| one.verdict == Verdict::Undetermined)
        .map(|one| one.message.clone())
        .collect();
    let names = |message: &String| message.ends_with("`t.yaml` cannot be evaluated because it is wrong");
    assert!(!unknown.is_empty() && unknown.iter().all(names), "{unknown:?}");
}

#[test]
fn a_workload_without_a_role_is_told_where_it_can_have_one() {
    let text = "Resources:
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: a}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
";
    let report = check("t.yaml", text);
    let help = report.findings.iter().filter(|one| one.rule.name == "workload-without-role");
    let help: Vec<_> = help.map(|one| one.help.split(';').next().unwrap_or_default()).collect();
    assert_eq!(
        help,
        [
            "give it a role of its own, with `TaskRoleArn`",
            "give it a role of its own, through an instance profile on EC2"
        ]
    );
}

#[test]
fn what_a_change_set_leaves_as_it_is_is_not_said_to_be_wrong() {
    let change = r#"{"ResourceChange": {"Action": "Modify", "LogicalResourceId": "U", "ResourceType": "AWS::IAM::User",
        "AfterContext": "{\"Properties\": {\"UserName\": \"bob\", \"LoginProfile\": {\"Password\": \"{{resolve:ssm-secure:p}}\"}}}"}}"#;
    let report = check("set.json", &format!(r#"{{"ChangeSetName": "c", "Changes": [{change}]}}"#));
    let unknown = report.findings.iter().filter(|one| one.verdict == Verdict::Undetermined);
    let unknown: Vec<_> = unknown.map(|one| (one.message.as_str(), one.help.as_str())).collect();
    let says = |message: &str| message.ends_with("`set.json` is a change set, which shows only what changes");
    assert!(unknown.iter().all(|(message, _)| says(message)), "{unknown:?}");
    let advised = |(_, help): &(&str, &str)| *help == "check the template that the change set is made of";
    assert!(unknown.iter().any(advised), "{unknown:?}");
}

#[test]
fn a_policy_may_be_attached_where_nothing_was_read() {
    let policy = "
AWSTemplateFormatVersion: x
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: Lets operators read the reports of the night
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: s3:GetObject, Resource: arn:aws:s3:::reports/*}]
";
    let whole: Vec<_> =
        check("t.yaml", policy).findings.iter().map(|one| (one.rule.name, one.verdict)).collect();
    assert_eq!(whole, [("unused-grant", Verdict::Violated)]);
    assert_eq!(found("t.yaml", &format!("{policy}  Broken: [\n")).0, ["unused-grant Policy?"]);
}

#[test]
fn properties_that_were_not_read_are_not_known() {
    let role = "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: r\n";
    for rest in ["      Path: [\n", "     Path: x\n", "\tx: y\n"] {
        let (findings, codes) = found("t.yaml", &format!("AWSTemplateFormatVersion: x\n{role}{rest}"));
        assert!(findings.contains(&"role-without-purpose R?".to_owned()), "{rest:?}: {findings:?}");
        assert!(findings.iter().all(|one| one.ends_with('?')), "{rest:?}: {findings:?}");
        assert_eq!(codes, ["syntax"], "{rest:?}");
    }
    let (findings, codes) = found("t.json", r#"{"Resources": {"R": {"Type": "AWS::IAM::Role","#);
    assert!(findings.iter().all(|one| one.ends_with('?')), "{findings:?}");
    assert_eq!(codes, ["syntax"]);
}

#[test]
fn a_statement_that_was_read_in_part_may_yet_be_narrow() {
    let start = "{\"Resources\": {\"P\": {\"Type\": \"AWS::IAM::ManagedPolicy\", \"Properties\": {\"Groups\": [\"g\"], \
        \"Description\": \"Lets operators read the reports of the night\", \"PolicyDocument\": {\"Version\": \"2012-10-17\", \
        \"Statement\": [{\"Effect\": \"Allow\", ";
    for (rest, expected) in [
        // A condition may follow, or a resource.
        ("\"Action\": \"s3:*\", \"Resource\": \"*\"", false),
        ("\"Action\": \"*\"", false),
        // A bracket too many may have ended the statement.
        ("\"Action\": \"s3:*\", \"Resource\": \"*\"}, {", false),
        // Before an entry that begins as it should all is known.
        ("\"Action\": \"s3:*\", \"Resource\": \"*\"}]}}}, \"B\": {\"Type\": \"AWS::S3::Bucket\", ", true),
    ] {
        let (findings, codes) = found("t.json", &format!("{start}{rest}"));
        assert_eq!(
            findings.iter().any(|one| one == "wildcard-permission P"),
            expected,
            "{rest}: {findings:?}"
        );
        let violated: Vec<_> = findings.iter().filter(|one| !one.ends_with('?')).collect();
        assert!(expected || violated.is_empty(), "{rest}: {violated:?}");
        assert_eq!(codes, ["syntax"]);
    }
}

#[test]
fn functions_and_names_that_were_not_read_are_not_called_wrong() {
    for text in [
        "{\"Resources\": {\"U\": {\"Type\": \"AWS::IAM::User\", \"Condition\": \"C\", \"Properties\": {\"Groups\": [{\"Ref\": \"G\"}, \
         {\"Fn::FindInMap\": [\"M\", \"a\", \"b\"]}], \"Tags\": {\"Fn::If\": [\"C\", ",
        "{\"AWSTemplateFormatVersion\": \"2010-09-09\", \"Mappings\": {\"M\": {\"a\": {}}}, \"Conditions\": {\"C\": {\"Fn::Equals\": [\"a\"",
    ] {
        let (findings, codes) = found("t.json", text);
        assert_eq!(codes, ["syntax"], "{text}");
        assert!(findings.iter().all(|one| one.ends_with('?')), "{findings:?}");
    }
}

#[test]
fn nothing_is_sure_of_the_entries_around_a_fault() {
    let role = "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Description: Lets auditors read reports\n\
        \x20     AssumeRolePolicyDocument:";
    let statement =
        "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": \"sts:AssumeRole\"}";
    for rest in [
        // A text that is indented less in one line.
        format!(" |\n        {{\"Version\": \"2012-10-17\",\n      \"Statement\": [{statement}]}}\n"),
        // A condition that is moved to the left.
        format!(
            "\n        Version: '2012-10-17'\n        Statement: [{statement}]\n  Condition:\n\
             \x20             StringEquals: {{a: b}}\n      MaxSessionDuration: 3600\n"
        ),
    ] {
        let (findings, codes) = found("t.yaml", &format!("{role}{rest}"));
        assert!(findings.iter().all(|one| one.ends_with('?')), "{rest}: {findings:?}");
        assert_eq!(codes, ["syntax"], "{rest}");
    }
}

#[test]
fn a_text_that_looks_like_a_resource_is_none() {
    let text = "Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Properties:\n      Role: @bad\n      Code:\n\
        \x20       ZipFile: \"\n  Fake:\n    Type: AWS::IAM::User\n    Properties:\n\
        \x20     ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n  \"\n";
    let resource = GROUP.trim_start().trim_start_matches("Resources:\n");
    let (findings, _) = found("t.yaml", &format!("{text}{resource}"));
    assert!(findings.contains(&"broad-admin-policy Operators".to_owned()), "{findings:?}");
    assert!(!findings.iter().any(|one| one.contains("Fake")), "{findings:?}");
}

#[test]
fn what_follows_a_conflict_or_a_directive_is_checked() {
    let resource = GROUP.trim_start().trim_start_matches("Resources:\n");
    for (broken, message) in [
        (
            "    Type: A::B::C\n<<<<<<< HEAD\n    Condition: C\n=======\n    Condition: D\n>>>>>>> other\n",
            "conflict of git",
        ),
        ("    Type: A::B::C\n{% if x %}\n    Condition: C\n{% endif %}\n", ""),
        ("    Type: A::B::C\n Near:\n    Type: A::B::C\n", ""),
    ] {
        let text = format!("AWSTemplateFormatVersion: x\nResources:\n  First:\n{broken}{resource}");
        let (findings, _) = found("t.yaml", &text);
        assert!(findings.contains(&"broad-admin-policy Operators".to_owned()), "{text}: {findings:?}");
        let said = check("t.yaml", &text).diagnostics;
        assert!(said.iter().any(|one| one.code == "syntax" && one.message.contains(message)), "{said:?}");
    }
}

#[test]
fn what_follows_a_conflict_is_checked_wherever_that_begins() {
    let group = r#"{"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}"#;
    let (one, other) = ("<<<<<<< HEAD\n", ">>>>>>> other\n");
    for text in [
        // Behind the name of the first resource.
        format!(
            "AWSTemplateFormatVersion: x\nResources:\n  First:\n{one}    Type: A::B::C\n=======\n    Type: A::B::D\n{other}    Properties: {{}}\n  Operators: {group}\n"
        ),
        // Behind the name of the section.
        format!(
            "AWSTemplateFormatVersion: x\nResources:\n{one}  A: {group}\n=======\n  B: {group}\n{other}  Operators: {group}\n"
        ),
        // Before everything else.
        format!("{one}Description: x\n=======\nDescription: y\n{other}Resources:\n  Operators: {group}\n"),
        // Behind the name of a resource in JSON.
        format!(
            "{{\n  \"Resources\": {{\n    \"A\":\n{one}      {group},\n=======\n      {{}},\n{other}    \"Operators\": {{\n      {}\n  }}\n}}\n",
            group.trim_start_matches('{')
        ),
    ] {
        let (findings, codes) = found("t.yaml", &text);
        let sure: Vec<_> = findings.iter().filter(|one| !one.ends_with('?')).collect();
        assert_eq!(sure, ["broad-admin-policy Operators", "unapproved-administrator Operators"], "{text}");
        assert_eq!(codes, ["syntax"], "{text}");
    }
}

#[test]
fn brackets_too_many_or_too_few_invent_nothing() {
    let administrator = r#"{"Type": "AWS::IAM::User", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}"#;
    let alice =
        r#""Alice": {"Type": "AWS::IAM::User", "Properties": {"UserName": "alice"}, "Groups": ["g"]}}"#;
    let text = format!(
        "{{\"Resources\": {{\"G\": {{\"Type\": \"AWS::IAM::Group\"}},\n{alice},\n\"Bob\": {administrator}}}\n}}"
    );
    let (findings, _) = found("t.json", &text);
    assert!(findings.iter().any(|one| one.starts_with("broad-admin-policy Bob")), "{findings:?}");
    assert!(!findings.contains(&"user-without-group Alice".to_owned()), "{findings:?}");
    let (findings, _) = found(
        "t.json",
        r#"{"Resources": {"Alice": {"Type": "AWS::IAM::User", "Properties":, {"UserName": "alice", "Groups": ["g"]}}}}"#,
    );
    assert!(findings.iter().all(|one| one.ends_with('?')), "{findings:?}");
}

#[test]
fn a_comment_of_another_language_is_no_name() {
    let group = r#"{"Type": "AWS::IAM::Group"}"#;
    let (_, codes) =
        found("t.json", &format!("{{\"Resources\": {{\"A\": {group},\n// the operator\n\"B\": {group}}}}}"));
    assert_eq!(codes, ["syntax"]);
}

#[test]
fn what_has_a_key_that_is_no_text_beside_it_is_checked() {
    for text in [
        "Resources:\n  ? [A]\n  : {Type: AWS::S3::Bucket}\n",
        "Resources:\n  !Ref A: {Type: AWS::S3::Bucket}\n",
    ] {
        let resource = GROUP.trim_start().trim_start_matches("Resources:\n");
        let (findings, codes) = found("t.yaml", &format!("{text}{resource}"));
        assert!(findings.contains(&"broad-admin-policy Operators".to_owned()), "{text}: {findings:?}");
        assert_eq!(codes, ["syntax"], "{text}");
    }
}

#[test]
fn what_cloudformation_refuses_of_a_resource_is_said_and_the_resource_is_checked() {
    let group = r#"{"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}"#;
    for (path, text, id) in [
        ("t.yaml", format!("Resources:\n  A_b: {group}\n"), "A_b"),
        ("t.yaml", format!("Resources:\n  A b: {group}\n"), "A b"),
        ("t.yaml", format!("Resources:\n  \u{c4}: {group}\n"), "\u{c4}"),
        ("t.yaml", format!("Resources:\n  A: !Foo {group}\n"), "A"),
        ("t.json", format!("{{\"Resources\": {{\"\": {group}}}}}"), ""),
        ("t.json", format!("{{\"Resources\": {{\"C\": {group}, /* */ \"A\": {group}}}}}"), "C"),
    ] {
        let (findings, codes) = found(path, &text);
        assert!(findings.contains(&format!("broad-admin-policy {id}")), "{text}: {findings:?}");
        assert!(matches!(codes.as_slice(), ["invalid-template" | "syntax"]), "{text}: {codes:?}");
    }
    for kind in ["5", "1.5", "yes", "~", "!Ref A", "[a]"] {
        let (findings, codes) =
            found("t.yaml", &format!("Resources:\n  A: {{Type: {kind}}}\n  B: {group}\n"));
        assert!(findings.contains(&"broad-admin-policy B".to_owned()), "{kind}: {findings:?}");
        assert_eq!(codes, ["invalid-template"], "{kind}");
    }
}

#[test]
fn names_that_are_made_when_the_template_is_deployed_are_not_refused() {
    for text in [
        "Transform: AWS::LanguageExtensions\nParameters: {P: {Type: CommaDelimitedList}}\nResources:\n           Fn::ForEach::Each: [X, !Ref P, {'T&{X}': {Type: AWS::SNS::Topic}, 'U${X}': {Type: AWS::SNS::Topic}}]\n",
        "Transform: AWS::LanguageExtensions\nResources:\n           Fn::ForEach::Each: [X, [a.b, c-d], {'T&{X}': {Type: AWS::SNS::Topic}}]\n",
        "Transform: Own\nResources:\n  a-topic: {Type: AWS::SNS::Topic}\n",
        "Resources:\n  Module: {Type: Own::Topics::All::MODULE}\n",
    ] {
        let said = check("t.yaml", text).diagnostics;
        assert!(said.iter().all(|one| !one.message.contains("logical id")), "{text}: {said:?}");
    }
}
