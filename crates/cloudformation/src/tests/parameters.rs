//! Values that are given to parameters.

use std::sync::Arc;

use iamrail_core::check::{Candidate, Checker, Environments, FrontEnd};
use iamrail_core::report::Level;
use iamrail_core::source::{MemoryFiles, Sources};

use crate::{Argument, CloudFormation, Options, Parameters};

/// What is said of values that templates are given, as `path:line: level: message (help)`.
fn said(files: &[(&str, &str)], given: &[(&str, &str)]) -> Vec<String> {
    let sources = Sources::new(MemoryFiles::new(files.iter().map(|&(path, text)| (path, text))));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let parameters = given.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
    let front_end = CloudFormation::new(Options { parameters });
    let discovery = front_end.discover(&candidates, &Environments::default(), &sources);
    let units = discovery.units.iter().flat_map(|unit| front_end.read(unit, &sources).diagnostics);
    let show = |one: iamrail_core::report::Diagnostic| {
        let line = one.span.and_then(|span| sources.locate(span)).map_or(0, |at| at.start.line);
        let level = if one.level == Level::Error { "error" } else { "warning" };
        assert_eq!(one.incomplete, one.level == Level::Error);
        let help = if one.help.is_empty() { String::new() } else { format!(" ({})", one.help) };
        format!("{}:{line}: {level}: {}{help}", one.path, one.message)
    };
    discovery.diagnostics.into_iter().chain(units).map(show).collect()
}

/// The findings on a template whose parameters are given these values.
pub(super) fn found(text: &str, given: &[(&str, &str)]) -> Vec<String> {
    found_in(&[("t.yaml", text)], given)
}

/// The same of several files.
fn found_in(files: &[(&str, &str)], given: &[(&str, &str)]) -> Vec<String> {
    found_with(files, given.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect())
}

/// The same with parameters that may keep their values.
fn found_with(files: &[(&str, &str)], parameters: Parameters) -> Vec<String> {
    let sources = Arc::new(Sources::new(MemoryFiles::new(files.iter().map(|&(path, text)| (path, text)))));
    let checker = Checker::new(iamrail_core::options::Options::default());
    let checker = checker.with_front_end(CloudFormation::new(Options { parameters }));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let findings = checker.check(&sources, &candidates).findings;
    findings.into_iter().map(|one| format!("{} {}: {}", one.rule.name, one.subject, one.message)).collect()
}

#[test]
fn given_values_say_which_templates_are_linked() {
    let group = |policy: &str| {
        format!(
            "Resources: {{G: {{Type: AWS::IAM::Group, Properties: {{ManagedPolicyArns: [{policy}]}}}}}}\n"
        )
    };
    let (dev, prod) = (
        group("'arn:aws:iam::aws:policy/ReadOnlyAccess'"),
        group("'arn:aws:iam::aws:policy/PowerUserAccess'"),
    );
    for default in ["", ", Default: dev"] {
        let outer = format!(
            "Parameters: {{Stage: {{Type: String{default}}}}}\nResources:\n  N: {{Type: AWS::CloudFormation::Stack, Properties: \
             {{TemplateURL: !Sub 's/${{Stage}}.yaml'}}}}\n"
        );
        let files = [("t.yaml", outer.as_str()), ("s/dev.yaml", &dev), ("s/prod.yaml", &prod)];
        let nested = |stage: &str| found_in(&files, &[("Stage", stage)]).into_iter();
        let subjects = |stage| nested(stage).filter(|one| one.contains("broad-admin-policy N.G")).count();
        assert_eq!([subjects("dev"), subjects("prod")], [0, 1], "{default}");
        let said = said(&files, &[("Stage", "prod")]);
        assert!(said.is_empty(), "{said:?}");
    }
    let exporter = |stage: &str, action: &str| {
        format!(
            "Resources: {{P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: \
             [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}}}}}}}\n\
             Outputs: {{O: {{Value: !Ref P, Export: {{Name: {stage}-policy}}}}}}\n"
        )
    };
    let (dev, prod) = (exporter("dev", "s3:ListAllMyBuckets"), exporter("prod", "*"));
    let importer = "Parameters: {Stage: {Type: String, Default: dev}}\nResources:\n  G: {Type: AWS::IAM::Group, Properties: \
                    {ManagedPolicyArns: [!ImportValue {'Fn::Sub': '${Stage}-policy'}]}}\n";
    let files = [("dev.yaml", dev.as_str()), ("importer.yaml", importer), ("prod.yaml", &prod)];
    for stage in ["dev", "prod"] {
        let found = found_in(&files, &[("Stage", stage)]);
        assert!(!found.iter().any(|one| one.contains("comes from outside")), "{stage}: {found:?}");
    }
}

#[test]
fn a_value_that_is_kept_is_not_the_default() {
    let text = "
Parameters:
  Level: {Type: String, Default: ReadOnlyAccess}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  G: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: [!Sub 'arn:aws:iam::aws:policy/${Level}']}}
  P:
    Type: AWS::IAM::Group
    Condition: IsProd
    Properties: {ManagedPolicyArns: [!If [IsDev, 'arn:aws:iam::aws:policy/PowerUserAccess', !Ref 'AWS::NoValue']]}
  Q:
    Type: AWS::IAM::Group
    Properties: {ManagedPolicyArns: [!If [IsProd, 'arn:aws:iam::aws:policy/PowerUserAccess', !Ref 'AWS::NoValue']]}
";
    let broad = |given: &[(&str, Argument)]| -> Vec<String> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let found = found_with(&[("t.yaml", text)], given).into_iter();
        found.filter(|one| one.starts_with("broad-admin-policy") || one.contains("administrator")).collect()
    };
    let defaults = broad(&[("Stage", "dev".into())]);
    assert!(defaults.is_empty(), "{defaults:?}");
    let kept = broad(&[("Stage", Argument::Previous), ("Level", Argument::Previous)]);
    assert!(kept.iter().any(|one| one.contains("the previous value of `Level`")), "{kept:?}");
    assert!(kept.iter().any(|one| one.contains("`Q`") && one.contains("when IsProd")), "{kept:?}");
    assert!(!kept.iter().any(|one| one.contains("`P`")), "{kept:?}");
}

#[test]
fn a_value_that_is_kept_is_one_value() {
    let text = "
Parameters:
  Stage: {Type: String}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Sub '${Stage}-x', prod-x]
Mappings: {M: {dev: {p: PowerUserAccess}, prod: {p: ReadOnlyAccess}}}
Resources:
  P:
    Type: AWS::IAM::Group
    Condition: IsProd
    Properties: {ManagedPolicyArns: [!If [IsDev, 'arn:aws:iam::aws:policy/PowerUserAccess', !Ref 'AWS::NoValue']]}
  Q:
    Type: AWS::IAM::Group
    Condition: IsProd
    Properties: {ManagedPolicyArns: [!Sub ['arn:aws:iam::aws:policy/${Name}', {Name: !FindInMap [M, !Ref Stage, p]}]]}
  R:
    Type: AWS::IAM::Group
    Condition: IsDev
    Properties: {ManagedPolicyArns: [!Sub ['arn:aws:iam::aws:policy/${Name}', {Name: !FindInMap [M, !Ref Stage, p]}]]}
  S:
    Type: AWS::IAM::Group
    Condition: IsDev
    Properties: {GroupName: !Ref Stage, ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}
";
    let found = |given: Parameters| {
        let found = found_with(&[("t.yaml", text)], given).into_iter();
        found.filter(|one| one.starts_with("broad-admin-policy")).collect::<Vec<_>>()
    };
    let kept = found(vec![("Stage".to_owned(), Argument::Previous)]);
    assert_eq!(kept, found(Vec::new()));
    assert!(!kept.iter().any(|one| one.contains("`P`") || one.contains("`Q`")), "{kept:?}");
    assert!(kept.iter().any(|one| one.contains("`R`")), "{kept:?}");
}

#[test]
fn a_list_that_is_kept_is_that_of_the_stack_around() {
    let outer = "
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Own: !Ref Names}}}
";
    let inner = "
Parameters: {Own: {Type: CommaDelimitedList, Default: arn:aws:iam::aws:policy/ReadOnlyAccess}}
Resources: {G: {Type: AWS::IAM::Group, Properties: {ManagedPolicyArns: !Ref Own}}}
";
    let files = [("outer.yaml", outer), ("inner.yaml", inner)];
    let found = found_with(&files, vec![("Names".to_owned(), Argument::Previous)]);
    assert!(found.iter().any(|one| one.contains("the previous value of `Names`")), "{found:?}");
    assert!(!found.iter().any(|one| one.contains("`Inner.Own`")), "{found:?}");
}

#[test]
fn with_given_values_only_what_really_deploys_counts() {
    let text = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Region: {Type: String, Default: here}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsHere: !Equals [!Ref Region, here]
Resources:
  Prod:
    Type: AWS::IAM::Group
    Condition: IsProd
    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}
  Here:
    Type: AWS::IAM::Group
    Condition: IsHere
    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}
";
    let subjects = |given: &[(&str, &str)]| {
        let found = found(text, given).into_iter().filter(|one| one.starts_with("broad-admin-policy"));
        found.map(|one| (one.contains("Prod"), one.contains(" when "))).collect::<Vec<_>>()
    };
    // Any deployment may be.
    assert_eq!(subjects(&[]), [(true, true), (false, true)]);
    // The region alone says nothing of the parameters.
    assert_eq!(subjects(&[("AWS::Region", "eu-west-1")]), [(true, true), (false, true)]);
    // What is given no value has its default.
    assert_eq!(subjects(&[("Region", "there")]), []);
    assert_eq!(subjects(&[("Region", "here")]), [(false, false)]);
    assert_eq!(subjects(&[("Stage", "prod")]), [(true, false), (false, false)]);
}

#[test]
fn a_name_that_is_a_truth_value_in_yaml_is_true_or_false() {
    let text = "
Resources:
  Group:
    Type: AWS::IAM::Group
    Properties: {GroupName: yes, ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess']}
  User:
    Type: AWS::IAM::User
    Properties: {UserName: no, Groups: [on]}
  More: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: 'true', Users: [!Ref Other, off]}}
  Other: {Type: AWS::IAM::User, Properties: {UserName: 12}}
";
    let found = found(text, &[]);
    assert!(found.iter().all(|one| !one.starts_with("user-without-group")), "{found:?}");
    let users = ["`false`", "`12`"];
    assert!(users.iter().all(|name| found.iter().any(|one| one.contains(name))), "{found:?}");
}

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Count: {Type: Number, MinValue: 1, MaxValue: 10}
  Sizes: {Type: List<Number>, AllowedValues: [1, 2]}
  Name: {Type: String, AllowedPattern: '[a-z]+', MinLength: 2, MaxLength: 4}
  Names: {Type: CommaDelimitedList, AllowedPattern: '(?:[a-z]|-)*'}
  Strange: {Type: String, AllowedPattern: '(?!x)\\p{Punct}+'}
  Secret: {Type: String, NoEcho: true, AllowedValues: [one]}
  Stored: {Type: AWS::SSM::Parameter::Value<String>, AllowedValues: [a]}
Resources:
  T: {Type: AWS::SNS::Topic}
";

#[test]
fn a_value_that_a_parameter_cannot_have_is_refused() {
    let help = "(CloudFormation deploys nothing with this value: give another one)";
    for (name, value, line, why) in [
        ("Stage", "prdo", 2, "`prdo`, which is none of the allowed values: `dev`, `prod`"),
        ("Count", "many", 3, "`many`, which is no number"),
        ("Count", "11", 3, "`11`, which is more than 10"),
        ("Count", "0.5", 3, "`0.5`, which is less than 1"),
        ("Sizes", "1, 3", 4, "`1, 3`, which is none of the allowed values: `1`, `2`"),
        ("Name", "a1", 5, "`a1`, which does not match the pattern `[a-z]+`"),
        ("Name", "a", 5, "`a`, which is shorter than 2"),
        ("Name", "abcde", 5, "`abcde`, which is longer than 4"),
        ("Names", "a-b,C", 6, "`a-b,C`, which does not match the pattern `(?:[a-z]|-)*`"),
        ("Secret", "hunter2", 8, "a value, which is none of the allowed values"),
    ] {
        let expected = format!("t.yaml:{line}: error: the parameter `{name}` is given {why} {help}");
        assert_eq!(said(&[("t.yaml", TEMPLATE)], &[(name, value)]), [expected]);
    }
    for (name, value) in [
        ("Stage", "dev"),
        ("Count", "1e0"),
        ("Sizes", "2,1.0"),
        ("Sizes", ""),
        ("Name", "abcd"),
        ("Names", "a, b-"),
        // A pattern that these expressions do not know.
        ("Strange", "x"),
        // What is given is the name of an entry of the parameter store.
        ("Stored", "/name"),
    ] {
        assert_eq!(said(&[("t.yaml", TEMPLATE)], &[(name, value)]), [""; 0], "{name} {value}");
    }
}

#[test]
fn a_name_that_no_template_declares_is_said() {
    let other = "Parameters: {Other: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}\n";
    let both = [("t.yaml", TEMPLATE), ("u.yaml", other)];
    assert_eq!(
        said(&both, &[("Stgae", "dev"), ("Stgae", "prod")]),
        [
            "t.yaml:2: warning: no template declares the parameter `Stgae`, which is given a value (did you mean `Stage`?)"
        ]
    );
    assert_eq!(
        said(&both, &[("AWS::Regoin", "x"), ("AWS::Region", "x")]),
        [
            "t.yaml:0: warning: there is no pseudo parameter `AWS::Regoin`, which is given a value (did you mean `AWS::Region`?)"
        ]
    );
    // One file of values for several templates.
    assert_eq!(said(&both, &[("Stage", "dev"), ("Other", "x")]), [""; 0]);
    // A name may be declared where the template cannot be read.
    let broken = [("t.yaml", TEMPLATE), ("u.yaml", "AWSTemplateFormatVersion: x\nResources: [\n")];
    let found = said(&broken, &[("Elsewhere", "x")]);
    assert!(matches!(&found[..], [one] if one.contains("no YAML")), "{found:?}");
}

#[test]
fn a_nested_stack_is_given_what_its_template_declares() {
    let outer = "Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: t.yaml
      Parameters:
        Stgae: dev
        Stage: x
";
    assert_eq!(
        said(&[("outer.yaml", outer), ("t.yaml", TEMPLATE)], &[]),
        [
            "outer.yaml:7: warning: the nested template declares no parameter `Stgae` (did you mean `Stage`?)",
            "t.yaml:2: error: the parameter `Stage` is given `x`, which is none of the allowed values: `dev`, `prod` \
             (CloudFormation deploys nothing with this value: give another one)",
        ]
    );
}

#[test]
fn the_account_that_is_given_is_no_other_one() {
    let text = "
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {AWS: 'arn:aws:iam::111122223333:root'}}]
";
    let asks =
        |given: &[(&str, &str)]| found(text, given).iter().any(|one| one.starts_with("open-role-trust"));
    assert!(asks(&[]));
    assert!(asks(&[("AWS::AccountId", "444455556666")]));
    assert!(!asks(&[("AWS::AccountId", "111122223333")]));
}
