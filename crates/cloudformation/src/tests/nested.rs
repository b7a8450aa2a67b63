//! Nested stacks: templates that are part of the one around them, and which of several it is.

use iamrail_core::model::{Grant, Granted, WorkloadRole};

use super::{VERSION, nest, said};

#[test]
fn nested_stacks_are_part_of_the_one_around_them() {
    let (paths, units) = nest(&[
        (
            "main.yaml",
            "
Parameters: {Stage: {Type: String, Default: dev}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  Roles:
    Type: AWS::CloudFormation::Stack
    Condition: Prod
    Properties: {TemplateURL: ./parts/roles.yaml, Parameters: {Name: !Sub 'app-${Stage}', Stage: !Ref Stage, Policies: [a, b]}}
  Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: someone}}
  Lambda: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Roles.Outputs.Role}}
",
        ),
        (
            "parts/roles.yaml",
            "
Parameters: {Name: {Type: String}, Stage: {Type: String}, Size: {Type: String, Default: s}, Policies: {Type: CommaDelimitedList}}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
  Small: !Equals [!Ref Size, s]
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref Name, ManagedPolicyArns: !Ref Policies}}
  Never: {Type: AWS::IAM::Role, Condition: Dev}
  Always: {Type: AWS::IAM::Role, Condition: Small}
Outputs: {Role: {Value: !GetAtt Role.Arn}}
",
        ),
    ]);
    assert_eq!(paths, ["main.yaml"]);
    let unit = units.first().expect("there is a unit");
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(unit.resources, 6);
    let model = &unit.model;
    let roles: Vec<_> = model
        .roles
        .iter()
        .map(|(_, role)| {
            format!(
                "{} {:?} {} {}",
                role.declared.subject,
                role.name,
                role.declared.guard,
                role.declared.calls.len()
            )
        })
        .collect();
    assert_eq!(
        roles,
        [
            "Roles.Role \"app-prod\" Prod 1",
            "Roles.Always <unknown: `Roles.Always.RoleName` is computed on creation> Prod 1",
        ]
    );
    assert_eq!(model.grants.len(), 2);
    let (_, function) = model.workloads.iter().next().expect("there is a workload");
    let WorkloadRole::Role(role) = &function.role else { panic!("it has a role") };
    assert_eq!(
        role.declared().map(|id| model.roles[id].declared.subject.to_string()).as_deref(),
        Some("Roles.Role")
    );
}

#[test]
fn a_parameter_that_is_given_under_a_condition_has_its_default_otherwise() {
    let (_, units) = nest(&[
        (
            "main.yaml",
            "
Parameters: {Stage: {Type: String}}
Conditions: {Limited: !Equals [!Ref Stage, dev]}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: s.yaml, Parameters: {Arn: !If [Limited, a/Read, !Ref AWS::NoValue]}}
  T:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: s.yaml, Parameters: !If [Limited, {Arn: a/Write}, !Ref AWS::NoValue]}
",
        ),
        (
            "s.yaml",
            "
Parameters: {Arn: {Type: String, Default: a/Admin}}
Resources: {G: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: [!Ref Arn]}}}
",
        ),
    ]);
    let model = &units.first().expect("there is a unit").model;
    let granted = |grant: &Grant| match &grant.policy {
        Granted::Managed(policy) => format!("{:?} when {}", policy.value, grant.guard),
        _ => "?".to_owned(),
    };
    assert_eq!(
        model.grants.iter().map(granted).collect::<Vec<_>>(),
        [
            "\"a/Read\" when Limited",
            "\"a/Admin\" when not Limited",
            "\"a/Write\" when Limited",
            "\"a/Admin\" when not Limited",
        ]
    );
}

#[test]
fn stacks_in_loops_nest_templates_too() {
    let (paths, units) = nest(&[
        (
            "main.yaml",
            "
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Stacks:
    - Team
    - [Red, Blue]
    - Far${Team}: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://bucket.s3.amazonaws.com/a.yaml}}
      Near${Team}:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: ./child.yaml, Parameters: {Name: !Sub 'team-${Team}'}}
  Typo: {Type: AWS::IAM::User, Properties: {UserName: !GetAtt NearRed.Outputs.Nothing}}
",
        ),
        (
            "child.yaml",
            "Parameters: {Name: {Type: String}}\nResources: {U: {Type: AWS::IAM::User, Properties: {UserName: !Ref Name}}}\n",
        ),
    ]);
    assert_eq!(paths, ["main.yaml"]);
    let unit = units.first().expect("there is a unit");
    let names: Vec<_> = unit.model.users.iter().filter_map(|(_, user)| user.name.as_str()).collect();
    assert_eq!(names, ["team-Red", "team-Blue"]);
    let said: Vec<_> = unit.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "the template that `Far${Team}` nests is not at hand; what it makes is not known",
            "the template that `NearRed` nests has no output `Nothing`"
        ]
    );
}

#[test]
fn what_is_made_of_templates_that_are_not_at_hand_is_named() {
    for resource in [
        "{Type: AWS::CloudFormation::StackSet, Properties: {TemplateURL: https://bucket.s3.amazonaws.com/a.yaml}}",
        "{Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: !Ref AWS::Region}}",
    ] {
        let said = said(&format!("{VERSION}Resources:\n  X: {resource}\n"));
        assert!(matches!(&said[..], [one] if one.ends_with(" nested-template")), "{said:?}");
    }
}

#[test]
fn a_template_that_is_given_to_itself_ends_with_a_diagnostic() {
    let own = "Parameters: {P: {Type: String}}\nResources: {S: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: !Ref P, Parameters: [{ParameterKey: P, ParameterValue: !Ref P}]}}}\n";
    let text = serde_json::to_string(own).expect("it is a text");
    let (_, units) =
        nest(&[("main.yaml", &own.replace("{Type: String}", &format!("{{Type: String, Default: {text}}}")))]);
    let said: Vec<_> =
        units.iter().flat_map(|unit| &unit.diagnostics).map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["the template that `S` nests is not at hand; what it makes is not known"]);
}

#[test]
fn templates_that_nest_each_other_end_with_a_diagnostic() {
    let stack = |url: &str| {
        format!(
            "Resources: {{S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}}}\n"
        )
    };
    let (paths, units) =
        nest(&[("a.yaml", &stack("b.yaml")), ("b.yaml", &stack("a.yaml")), ("c.yaml", &stack("d.yaml"))]);
    assert_eq!(paths, ["c.yaml", "a.yaml"]);
    let messages: Vec<_> =
        units.iter().flat_map(|unit| unit.diagnostics.iter().map(|one| one.message.clone())).collect();
    assert_eq!(
        messages,
        ["the nested template `d.yaml` is not found", "the nested template `a.yaml` nests itself"]
    );
}

#[test]
fn stacks_that_multiply_are_given_up() {
    let inner = |url: &str| {
        let one = |name: char| {
            format!("  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}\n")
        };
        format!("Resources:\n{}{}{}{}", one('A'), one('B'), one('C'), one('D'))
    };
    let files: Vec<_> =
        (0..14).map(|level| (format!("{level}.yaml"), inner(&format!("{}.yaml", level + 1)))).collect();
    let mut files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("14.yaml", "Resources: {U: {Type: AWS::IAM::User}}"));
    let (paths, units) = nest(&files);
    assert_eq!(paths, ["0.yaml"]);
    assert!(units.iter().flat_map(|unit| &unit.diagnostics).any(|one| one.code == "too-large"));
}

#[test]
fn a_nested_template_that_is_not_at_hand_is_named_once() {
    let text = "Transform: AWS::Serverless-2016-10-31
Resources:
  Remote:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://bucket.s3.amazonaws.com/network.yaml'}
  Computed:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Sub 'https://${AWS::Region}.example/network.yaml'}
  Shared:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}
";
    assert_eq!(said(text), ["5:31 nested-template", "8:31 nested-template", "11:28 nested-template"]);
}

/// A template with a group of administrators, and one without.
const ALL: &str =
    "Resources: {G: {Type: AWS::IAM::Group, Properties: {GroupName: all}}, R: {Type: AWS::IAM::Role}}
Outputs: {Role: {Value: !GetAtt R.Arn}}
";

const FEW: &str = "Resources: {G: {Type: AWS::IAM::Group, Properties: {GroupName: few}}}
Outputs: {Role: {Value: 'arn:aws:iam::123456789012:role/r'}}
";

/// The groups of a template that nests others, each with the condition under which it exists; and what is said.
fn chosen(url: &str, sections: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let main = format!(
        "{sections}Resources:
  Inner: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}
  F: {{Type: AWS::Lambda::Function, Properties: {{Role: !GetAtt Inner.Outputs.Role}}}}
"
    );
    let (paths, units) = nest(&[("main.yaml", &main), ("parts/all.yaml", ALL), ("parts/few.yaml", FEW)]);
    let main = paths.iter().zip(&units).find(|(path, _)| *path == "main.yaml");
    let (_, unit) = main.expect("nothing nests it");
    let groups = unit.model.groups.iter();
    let groups = groups.map(|(_, group)| format!("{} {}", group.declared.subject, group.declared.guard));
    let said = unit.diagnostics.iter().map(|one| one.message.clone()).collect();
    (paths, groups.collect(), said)
}

#[test]
fn conditions_choose_between_nested_templates() {
    let stage = "Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\n";
    let mapped = "Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Mappings: {M: {dev: {path: all}, prod: {path: few}}}
";
    let default = "Parameters: {Dir: {Type: String, Default: parts}}\n";
    let both = ["Inner[parts/all.yaml].G not Prod", "Inner[parts/few.yaml].G Prod"];
    let by_stage = ["Inner[parts/all.yaml].G Stage=dev", "Inner[parts/few.yaml].G Stage=prod"];
    for (url, sections, expected) in [
        ("!If [Prod, parts/few.yaml, parts/all.yaml]", stage, &both[..]),
        ("!Sub ['parts/${Name}.yaml', {Name: !If [Prod, few, all]}]", stage, &both),
        ("!Sub ['parts/${Name}.yaml', {Name: !FindInMap [M, !Ref Stage, path]}]", mapped, &by_stage),
        ("!Join ['', [parts/, !FindInMap [M, prod, path], .yaml]]", mapped, &["Inner.G "]),
        ("!Sub '${Dir}/all.yaml'", default, &["Inner.G "]),
    ] {
        let (paths, mut groups, said) = chosen(url, sections);
        groups.sort();
        // What is not nested in any deployment is a template by itself.
        assert_eq!(paths.len(), 3 - expected.len(), "{url}");
        assert_eq!(groups, expected, "{url}");
        assert_eq!(said, [""; 0], "{url}");
    }
    // Of a branch that is no file of the input nothing is known.
    let (_, groups, said) = chosen("!If [Prod, parts/few.yaml, 'https://bucket.example/x.yaml']", stage);
    assert_eq!(groups, ["Inner.G Prod"]);
    assert_eq!(said, ["the template that `Inner` nests is not at hand; what it makes is not known"]);
    let (_, groups, said) = chosen("!If [Prod, parts/few.yaml, parts/none.yaml]", stage);
    assert_eq!(groups, ["Inner.G Prod"]);
    assert_eq!(said, ["the template that `Inner` nests is not at hand; what it makes is not known"]);
    let (paths, groups, said) = chosen("!Sub 'parts/${Stage}.yaml'", stage);
    assert_eq!(groups, [""; 0]);
    assert_eq!(said, ["the template that `Inner` nests is not at hand; what it makes is not known"]);
    assert_eq!(paths.len(), 3, "{paths:?}");
}

#[test]
fn outputs_of_chosen_templates_are_those_of_either() {
    let main = "Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !If [Prod, few.yaml, all.yaml]}}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Inner.Outputs.Role}}
";
    let (_, units) = nest(&[("main.yaml", main), ("all.yaml", ALL), ("few.yaml", FEW)]);
    let unit = units.first().expect("there is a unit");
    let (_, workload) = unit.model.workloads.iter().next().expect("there is a function");
    let WorkloadRole::Role(role) = &workload.role else { panic!("it has a role") };
    let cases: Vec<_> = role.cases().iter().map(|case| format!("{:?} {}", case.link, case.guard)).collect();
    assert_eq!(cases, ["Named(\"arn:aws:iam::123456789012:role/r\") Prod", "Declared(#0) not Prod"]);
}

#[test]
fn a_nested_stack_exists_under_its_condition_whatever_its_template() {
    let main = "Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod], Dev: !Equals [!Ref Stage, dev]}
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Condition: Dev, Properties: {TemplateURL: !If [Prod, few.yaml, all.yaml]}}
";
    let (paths, units) = nest(&[("a.yaml", main), ("all.yaml", ALL), ("few.yaml", FEW)]);
    assert_eq!(paths, ["a.yaml", "few.yaml"]);
    let unit = units.first().expect("there is a unit");
    let groups = unit.model.groups.iter().map(|(_, group)| group.declared.guard.to_string());
    assert_eq!(groups.collect::<Vec<_>>(), ["Dev"]);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
}
