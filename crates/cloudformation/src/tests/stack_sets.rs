//! Stack sets, whose template is part of the stack around them.

use super::{nest, said};

#[test]
fn the_template_of_a_stack_set_is_read_like_that_of_a_nested_stack() {
    let inner = "Parameters: {Name: {Type: String, Default: own}, Kind: {Type: String, Default: none}}
Resources:
  U:
    Type: AWS::IAM::User
    Properties: {UserName: !Sub '${Name}-${Kind}-${AWS::Region}'}
";
    let set = |template: &str| {
        format!(
            "Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      Parameters: [{{ParameterKey: Name, ParameterValue: given}}, {{ParameterKey: Kind, ParameterValue: one}}]
      StackInstancesGroup: [{{ParameterOverrides: [{{ParameterKey: Kind, ParameterValue: other}}]}}]
      {template}
"
        )
    };
    let lines: String = inner.lines().map(|line| format!("        {line}\n")).collect();
    for files in [
        vec![("main.yaml", set("TemplateURL: inner.yaml")), ("inner.yaml", inner.to_owned())],
        vec![("main.yaml", set(&format!("TemplateBody: |\n{lines}")))],
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let (paths, units) = nest(&files);
        assert_eq!(paths, ["main.yaml"]);
        let unit = units.first().expect("there is a unit");
        assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
        let (_, user) = unit.model.users.iter().next().expect("there is a user");
        assert_eq!(&*user.declared.subject, "Set.U");
        let name = user.name.as_text().map(|name| name.display()).unwrap_or_default();
        assert_eq!(name, "given-other-${Set.AWS::Region}");
    }
    let text = set("TemplateURL: inner.yaml")
        .replace("[{ParameterOverrides", "[{}, {Regions: [r]}, {ParameterOverrides");
    let (_, units) = nest(&[("main.yaml", &text), ("inner.yaml", inner)]);
    let users = units.iter().flat_map(|unit| unit.model.users.iter());
    let shown = users.map(|(_, user)| {
        let name = user.name.as_text().map(|name| name.display()).unwrap_or_default();
        format!("{} {name}", user.declared.subject)
    });
    let each = ["Set[0].U given-one-${Set[0].AWS::Region}", "Set[2].U given-other-${Set[2].AWS::Region}"];
    assert_eq!(shown.collect::<Vec<_>>(), each);
    // What is in the text has its place there.
    for sub in ["", "!Sub "] {
        let body =
            format!("TemplateBody: {sub}|\n        Resources:\n          U: {{Type: AWS::IAM::Bogus}}\n");
        assert_eq!(
            said(&set(&body)),
            ["5:35 unknown-name", "6:66 unknown-name", "9:11 unknown-type"],
            "{sub}"
        );
    }
}

/// What the stack sets of a template make: roles with their names, then what is said.
fn made_by(resources: &str) -> (Vec<String>, Vec<String>) {
    let text = format!(
        "Transform: AWS::LanguageExtensions
Parameters:
  Name: {{Type: String, Default: shop}}
  Stage: {{Type: String}}
  Secret: {{Type: String, NoEcho: true, Default: hidden}}
Resources:
{resources}"
    );
    let (_, units) = nest(&[("main.yaml", &text)]);
    let roles = units.iter().flat_map(|unit| unit.model.roles.iter()).map(|(_, role)| {
        let span = role.name.span.map(|span| span.len()).unwrap_or_default();
        let name = role.name.as_text().map(|name| name.display()).unwrap_or_default();
        format!("{} {name} {span}", role.declared.subject)
    });
    let said = units.iter().flat_map(|unit| &unit.diagnostics).map(|one| one.message.clone());
    (roles.collect(), said.collect())
}

#[test]
fn the_template_of_a_stack_set_is_read_when_functions_put_it_together() {
    let set = |body: &str| {
        format!("  Set: {{Type: AWS::CloudFormation::StackSet, Properties: {{TemplateBody: {body}}}}}\n")
    };
    let block = |lines: &[&str]| {
        let lines: String = lines.iter().map(|line| format!("        {line}\n")).collect();
        format!(
            "  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: !Sub |\n{lines}"
        )
    };
    for (resources, expected) in [
        // What is known is part of the text, in any place.
        (
            block(&["Resources:", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: \"${Name}\"}}"]),
            "Set.R shop 9",
        ),
        (
            block(&["Resources:", "  ${Name}:", "    Type: AWS::IAM::Role", "    Properties: {RoleName: x}"]),
            "Set.shop x 1",
        ),
        // What is not known stays a part of the scalar that it stands in.
        (
            block(&[
                "Resources:",
                "  R: {Type: AWS::IAM::Role, Properties: {RoleName: \"a-${Stage}-${!x}\"}}",
            ]),
            "Set.R a-${Stage}-${x} 0",
        ),
        (
            block(&[
                "Resources:",
                "  R: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub \"a-${Stage}-${!AWS::Region}\"}}",
            ]),
            "Set.R a-${Stage}-${Set.AWS::Region} 0",
        ),
        (
            set(
                "!Join ['', ['{\"Resources\": {\"R\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\"RoleName\": \"', !Ref Name, '\"}}}}']]",
            ),
            "Set.R shop 0",
        ),
        (
            set(
                "{'Fn::ToJsonString': {Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub '${Stage}-x'}}}}}",
            ),
            "Set.R ${Stage}-x 0",
        ),
    ] {
        let (roles, said) = made_by(&resources);
        assert!(said.is_empty(), "{resources}: {said:?}");
        let [role] = roles.as_slice() else { panic!("{resources}: {roles:?}") };
        let (name, _) = role.rsplit_once(' ').expect("it has a length");
        let (expected, length) = expected.rsplit_once(' ').expect("it has a length");
        assert_eq!(name, expected, "{resources}");
        assert!(length == "0" || role.ends_with(&format!(" {length}")), "{role}");
    }
    // Where more than a scalar is not known, nothing is.
    for lines in [
        &["Resources:", "  ${Stage}: {Type: AWS::IAM::Role}"][..],
        &["Resources:", "  R: {Type: \"${Stage}\"}"],
        &["Resources:", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: ${Stage}, Tags: [}}"],
        &["${Stage}"],
        &["Resources:", "  R: {Type: AWS::IAM::Role, Properties: {RoleName: \"${Secret}\"}}"],
    ] {
        let (roles, said) = made_by(&block(lines));
        assert!(roles.is_empty(), "{lines:?}: {roles:?}");
        assert_eq!(
            said,
            ["the template that `Set` nests is not at hand; what it makes is not known"],
            "{lines:?}"
        );
    }
}

#[test]
fn a_stack_set_stands_in_regions_of_its_own() {
    let outer = |kind: &str| {
        format!(
            "Conditions: {{Here: !Equals [!Ref AWS::Region, eu-west-1]}}
Resources:
  Inner: {{Type: AWS::CloudFormation::{kind}, Condition: Here, Properties: {{TemplateURL: inner.yaml}}}}
"
        )
    };
    let inner = "Resources:
  Last: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: last.yaml}}
";
    let last = "Conditions:
  There: !Equals [!Ref AWS::Region, us-east-1]
  Both: !And [!Condition There, !Equals [!Ref AWS::Partition, aws]]
  China: !And [!Condition There, !Equals [!Ref AWS::Partition, aws-cn]]
Resources:
  Other: {Type: AWS::IAM::User, Condition: There, Properties: {UserName: !Select [1, !Split ['-', !Sub 'a-${AWS::Region}']]}}
  Usual: {Type: AWS::IAM::User, Condition: Both}
  Never: {Type: AWS::IAM::User, Condition: China}
";
    let users = |kind: &str| {
        let main = outer(kind);
        let (_, units) = nest(&[("main.yaml", &main), ("inner.yaml", inner), ("last.yaml", last)]);
        let users = units.iter().flat_map(|unit| unit.model.users.iter());
        users.map(|(_, user)| format!("{} {:?}", user.declared.subject, user.name)).collect::<Vec<_>>()
    };
    assert_eq!(users("Stack"), [""; 0]);
    let unknown = "<unknown: `Inner.Last.Usual.UserName` is computed on creation>";
    let [other, usual] =
        ["Inner.Last.Other \"${Inner.AWS::Region}\"".to_owned(), format!("Inner.Last.Usual {unknown}")];
    assert_eq!(users("StackSet"), [other, usual]);
}

#[test]
fn groups_of_a_stack_set_that_differ_in_what_is_not_shown_are_several() {
    let inner = "Parameters: {Name: {Type: String}}
Resources: {U: {Type: AWS::IAM::User, Properties: {UserName: !Ref Name}}}
";
    let users = |sections: &str, values: [&str; 2]| {
        let [one, other] = values.map(|value| {
            format!("{{ParameterOverrides: [{{ParameterKey: Name, ParameterValue: {value}}}]}}")
        });
        let main = format!(
            "{sections}Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties: {{TemplateURL: inner.yaml, StackInstancesGroup: [{one}, {other}]}}
"
        );
        let (_, units) = nest(&[("main.yaml", &main), ("inner.yaml", inner)]);
        units.iter().map(|unit| unit.model.users.iter().count()).sum::<usize>()
    };
    let secrets = "Parameters:
  A: {Type: String, NoEcho: true, Default: a}
  B: {Type: String, NoEcho: true, Default: b}
";
    let conditions = "Conditions: {C: !Equals [!Ref AWS::Region, x], D: !Equals [!Ref AWS::AccountId, x]}\n";
    for (sections, values, count) in [
        ("", ["a", "a"], 1),
        ("", ["a", "b"], 2),
        ("", ["!Ref AWS::Region", "!Ref AWS::Region"], 1),
        ("", ["!Ref AWS::Region", "'${AWS::Region}'"], 2),
        (secrets, ["!Ref A", "!Ref B"], 2),
        (secrets, ["!Sub '${A}-x'", "!Sub '${B}-x'"], 2),
        (conditions, ["!If [C, a, b]", "!If [C, a, b]"], 1),
        (conditions, ["!If [C, a, b]", "!If [D, a, b]"], 2),
    ] {
        assert_eq!(users(sections, values), count, "{values:?}");
    }
}
