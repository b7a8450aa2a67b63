//! What conditions come to, and which of them can hold together.

use super::faults::{self, GROUP, check};
use super::parameters::found;
use super::said;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Whether a group is found to be an administrator that exists under one condition and is one under another.
fn can_be_together(sections: &str, one: &str, other: &str) -> bool {
    let text = format!(
        "{sections}\n  One: {one}\n  Other: {other}\nResources:\n  G:\n    Type: AWS::IAM::Group\n    Condition: One\n    \
         Properties: {{ManagedPolicyArns: [!If [Other, '{ADMINISTRATOR}', !Ref AWS::NoValue]]}}\n"
    );
    found(&text, &[]).iter().any(|one| one.starts_with("unapproved-administrator"))
}

#[test]
fn texts_that_are_put_together_are_compared_with_their_parts() {
    let sections = "
Parameters:
  A: {Type: String}
  B: {Type: String}
  Kind: {Type: String, AllowedValues: [a-1, b-2]}
  List: {Type: CommaDelimitedList, AllowedValues: [a, b]}
Mappings:
  M: {a-x: {v: one}, b-x: {v: two}}
  R: {eu-west-1: {v: one}, us-east-1: {v: two}}
Conditions:";
    for (one, other, is_possible) in [
        ("!Equals [!Join ['', [!Ref A, '-x']], prod-x]", "!Equals [!Ref A, dev]", false),
        ("!Equals [!Join ['', [!Ref A, '-x']], prod-x]", "!Equals [!Ref A, prod]", true),
        ("!Equals [!Sub '${A}/${B}', x/y]", "!Not [!Equals [!Ref A, x]]", false),
        ("!Equals [!Sub '${A}/${B}', x/y/z]", "!Not [!Equals [!Ref A, x]]", true),
        ("!Equals [!Sub '${A}${B}', xy]", "!And [!Equals [!Ref A, x], !Equals [!Ref B, x]]", false),
        ("!Equals [!Sub '${A}-x', !Sub '${A}-y']", "!Equals [a, a]", false),
        ("!Equals [!Sub 'x-${A}', !Sub 'x-${B}']", "!Not [!Equals [!Ref B, !Ref A]]", false),
        ("!Equals [!Sub 'x-${A}', !Sub '${B}-x']", "!Equals [!Ref A, y]", true),
        ("!Equals [!Select [0, !Split ['-', !Ref Kind]], a]", "!Equals [!Ref Kind, b-2]", false),
        ("!Equals [!Select [0, !Split ['-', !Ref Kind]], a]", "!Equals [!Sub '${Kind}', a-1]", true),
        ("!Equals [!FindInMap [M, !Sub '${A}-x', v], one]", "!Equals [!Ref A, b]", false),
        ("!Equals [!FindInMap [M, !Sub '${A}-x', v], one]", "!Equals [!Ref A, a]", true),
        (
            "!Equals [!FindInMap [R, !Ref AWS::Region, v], one]",
            "!Equals [!Ref AWS::Region, us-east-1]",
            false,
        ),
        ("!Equals [!FindInMap [R, !Ref AWS::Region, v], one]", "!Equals [!Ref AWS::Region, eu-west-1]", true),
        // A list has any number of its values.
        ("!Equals [!Join ['', [!Join [',', !Ref List], '.']], 'a,b.']", "!Equals [a, a]", true),
    ] {
        assert_eq!(can_be_together(sections, one, other), is_possible, "{one} with {other}");
    }
}

#[test]
fn rules_limit_parameters() {
    let with = |assertion: &str, other: &str| {
        let sections = format!(
            "\nParameters:\n  A: {{Type: String}}\n  B: {{Type: String}}\nRules:\n  R: {{Assertions: [{{Assert: {assertion}}}]}}\n\
             Conditions:"
        );
        can_be_together(&sections, "!Equals [!Ref A, x]", other)
    };
    for (assertion, other, is_possible) in [
        ("{Fn::EachMemberIn: [[!Ref A, !Ref B], [x, y]]}", "!Equals [!Ref B, z]", false),
        ("{Fn::EachMemberIn: [[!Ref A, !Ref B], [x, y]]}", "!Equals [!Ref B, y]", true),
        ("{Fn::EachMemberEquals: [[!Ref A, !Ref B], x]}", "!Equals [!Ref B, y]", false),
        ("{Fn::EachMemberEquals: [{Fn::RefAll: String}, x]}", "!Equals [!Ref B, y]", false),
        ("{Fn::Contains: [{Fn::RefAll: String}, y]}", "!Not [!Equals [!Ref B, y]]", false),
        ("{Fn::Contains: [{Fn::RefAll: AWS::EC2::VPC::Id}, y]}", "!Equals [!Ref B, z]", true),
        (
            "{Fn::EachMemberIn: [{Fn::ValueOfAll: [AWS::EC2::VPC::Id, Tags.X]}, [x]]}",
            "!Equals [!Ref B, z]",
            true,
        ),
    ] {
        assert_eq!(with(assertion, other), is_possible, "{assertion} with {other}");
    }
}

#[test]
fn what_only_the_account_knows_of_a_parameter_is_open_in_rules() {
    let with = |assertion: &str| {
        said(&format!(
            "Parameters:\n  V: {{Type: 'AWS::EC2::VPC::Id'}}\n  S: {{Type: 'List<AWS::EC2::Subnet::Id>'}}\nRules:\n  R: {{Assertions: \
             [{{Assert: {assertion}}}]}}\nResources:\n  G: {{Type: AWS::IAM::Group}}\n"
        ))
    };
    for assertion in [
        "!EachMemberEquals [!ValueOf [S, VpcId], !Ref V]",
        "!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], [!Ref V]]",
        "!Contains [[Default], !ValueOf [V, Tags.Name]]",
        "!Equals [!ValueOf [V, Tags.Name], Default]",
    ] {
        assert!(with(assertion).is_empty(), "{assertion}");
    }
    assert_eq!(with("!Contains [[Default], !Other V]"), ["5:51 unknown-function"]);
}

#[test]
fn conditions_that_nothing_depends_on_are_worked_out_too() {
    let text = "
Conditions:
  Itself: !Condition Itself
  One: !Not [!Condition Other]
  Other: !Not [!Condition One]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
";
    let (findings, codes) = faults::found("t.yaml", text);
    assert_eq!(findings, [""; 0]);
    assert_eq!(codes, ["invalid-function"; 2]);
}

#[test]
fn conditions_that_depend_on_each_other_are_named_once() {
    let text = "
Conditions:
  A: !Not [!Condition B]
  B: !Not [!Condition C]
  C: !Or [!Condition A, !Condition A, !Condition B]
Resources:
  One: {Type: A::B::C, Condition: A}
  Two: {Type: A::B::C, Condition: B}
";
    let said = check("t.yaml", text).diagnostics;
    let said: Vec<_> = said.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["the conditions `A`, `B` and `C` depend on each other"]);
}

#[test]
fn conditions_may_lead_to_each_other_in_a_long_row() {
    let row = |count: usize| {
        let each = (1..count).rev().map(|at| format!("  C{at}: !Not [!Condition C{}]\n", at - 1));
        let conditions = each.collect::<String>();
        format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions:\n  C0: !Equals [!Ref P, x]\n{conditions}{GROUP}"
        )
    };
    assert!(check("t.yaml", &row(150)).is_complete());
    let (_, codes) = faults::found("t.yaml", &row(2_000));
    assert!(codes.iter().all(|code| *code == "invalid-function"), "{codes:?}");
}

#[test]
fn a_condition_in_a_loop_may_put_the_name_of_its_parameter_together() {
    let text = r#"
Transform: AWS::LanguageExtensions
Parameters: {ParamA: {Type: String}, ParamB: {Type: String}}
Conditions:
  Fn::ForEach::Each:
    - Name
    - [A, B]
    - Is${Name}: {Fn::Equals: [{Ref: {Fn::Sub: "Param${Name}"}}, x]}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
"#;
    let report = check("t.yaml", text);
    assert!(report.is_complete(), "{:?}", report.diagnostics);
}
