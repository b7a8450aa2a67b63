use iamrail_core::check::{Candidate, Discovery, FrontEnd, Unit};
use iamrail_core::model::{Grant, Granted, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::CloudFormation;

struct Case {
    sources: Sources,
    discovery: Discovery,
}

impl Case {
    fn new(path: &str, bytes: impl Into<Vec<u8>>, named: bool) -> Self {
        let sources = Sources::new(MemoryFiles::new([(path, bytes)]));
        let candidate = if named { Candidate::named(path) } else { Candidate::found(path) };
        let discovery = CloudFormation::default().discover(&[candidate], &sources);
        Self { sources, discovery }
    }

    fn unit(&self) -> Unit {
        CloudFormation::default().read(self.discovery.units.first().expect("it is a template"), &self.sources)
    }

    /// Every diagnostic as `line:column code`.
    fn said(&self) -> Vec<String> {
        let mut all = self.discovery.diagnostics.clone();
        if !self.discovery.units.is_empty() {
            all.extend(self.unit().diagnostics);
        }
        all.iter()
            .map(|one| {
                let at = one.span.and_then(|span| self.sources.locate(span)).map(|at| at.start);
                let at = at.map_or("?".to_owned(), |at| format!("{}:{}", at.line, at.column));
                format!("{at} {}", one.code)
            })
            .collect()
    }
}

fn said(text: &str) -> Vec<String> {
    Case::new("t.yaml", text, false).said()
}

const VERSION: &str = "AWSTemplateFormatVersion: '2010-09-09'\n";

#[test]
fn broken_templates_are_named_with_their_place() {
    for (text, expected) in [
        ("Resources:\n\tX: 1\n", "3:2 syntax"),
        ("Resources: [\n", "2:12 syntax"),
        ("Resources:\n  X: {Type: 'A::B'\n", "3:6 syntax"),
        ("Resources:\n  A: *nowhere\n", "3:6 syntax"),
        ("Parameters: {}\n", "1:1 no-resources"),
        ("Resources: []\n", "2:12 no-resources"),
        ("Resources: {X: 1}\n", "2:13 invalid-template"),
        ("Resources: {X: {Properties: {}}}\n", "2:13 invalid-template"),
        ("Resources: {}\nParameters: 1\n", "3:13 invalid-template"),
        ("Transform: [AWS::LanguageExtensions, Own]\nResources: {}\n", "2:38 macro"),
        ("Resources: {}\nRessources: {}\n", "3:1 unknown-section"),
        ("Resources: {}\n---\nResources: {}\n", "4:1 several-documents"),
        ("Resources: {}\nResources: {}\n", "3:1 duplicate-key"),
        ("Resources: {X: {Type: AWS::IAM::User, Properties: {UserName: !Ref Y}}}\n", "2:62 invalid-function"),
    ] {
        let said = said(&format!("{VERSION}{text}"));
        assert!(said.iter().any(|one| one == expected), "{text:?}: {said:?}");
    }
    assert_eq!(
        Case::new("t.json", "{\"Resources\": {\"X\": {\"Type\": \"A::B\",}}", false).said(),
        ["1:36 syntax"]
    );
}

#[test]
fn names_that_are_declared_nowhere_are_said_wherever_they_stand() {
    let text = "Transform: AWS::Serverless-2016-10-31
Conditions: {C: !Equals [!Ref AWS::Region, a]}
Resources:
  T: {Type: AWS::SNS::Topic, Condition: No, DependsOn: [Nope, F], Properties: {A: !Ref Missing, B: !GetAtt T.Arn}}
  F: {Type: AWS::Serverless::Function, Properties: {Role: !Sub '${FRole.Arn}${!Literal}${No.Arn}'}}
  S: {Type: A::B::C, Properties: {A: !Sub ['${Own}${Not}', {Own: !GetAtt Lost.Arn}], B: !If [D, 1, !If [C, 2, 3]]}}
  Mod: {Type: A::B::MODULE, Properties: {A: !Ref Mod.Inner, Z: !Ref ModInner, B: {'Fn::If': [C, {Ref: T}, {Ref: Gone}]}}}
Outputs:
  O: {Condition: None, Value: !Ref Away}
";
    let case = Case::new("t.yaml", text, false);
    let unknown: Vec<_> = case.said().into_iter().filter(|one| one.ends_with("unknown-name")).collect();
    let expected = ["4:41", "4:57", "4:83", "6:51", "6:66", "6:94", "7:107", "9:18", "9:31"];
    assert_eq!(unknown, expected.map(|at| format!("{at} unknown-name")));
    // What a rule asks for makes the result unsure.
    assert!(case.said().contains(&"5:88 invalid-function".to_owned()), "{:?}", case.said());
    // What a macro makes has names that nobody knows.
    let macros =
        text.replace("Transform: AWS::Serverless-2016-10-31", "Transform: [AWS::Serverless-2016-10-31, Own]");
    assert!(!said(&macros).iter().any(|one| one.ends_with("unknown-name")));
}

#[test]
fn what_cloudformation_refuses_is_said() {
    for (text, expected) in [
        ("Resources: {X: {Type: A::B::C, Condition: !Equals [a, b]}}\n", "2:43 invalid-template"),
        ("Resources: {X: {Type: AWS::IAM::Bogus}}\n", "2:13 unknown-type"),
        ("Resources: {X: {Type: AWS::Serverless::Api}}\n", "2:13 missing-transform"),
        ("Resources: {'Fn::ForEach::L': [I, [a], {'X${I}': {Type: A::B::C}}]}\n", "2:13 missing-transform"),
        (
            "Resources: {X: {Type: AWS::IAM::Group, Properties: {GroupName: !Sub [a]}}}\n",
            "2:64 invalid-function",
        ),
        (
            "Resources: {X: {Type: AWS::IAM::Group, Properties: {GroupName: {Ref: X, 'Fn::Sub': b}}}}\n",
            "2:65 invalid-function",
        ),
        (
            "Resources: {X: {Type: AWS::IAM::Group, Properties: {GroupName: !ImportValue [a]}}}\n",
            "2:64 invalid-function",
        ),
    ] {
        let said = said(&format!("{VERSION}{text}"));
        assert!(said.iter().any(|one| one == expected), "{text:?}: {said:?}");
    }
    assert_eq!(said("Resources: {X: {Type: AWS::IAM::ServerCertificate}}\n"), [""; 0]);
    assert_eq!(said("Resources: {X: {Type: AWS::SNS::Topic, Properties: {A: !<!Sub> '${X}'}}}\n"), [""; 0]);
}

#[test]
fn what_is_wrong_in_one_place_leaves_the_rest_checked() {
    let text = "Resources:\n  A: 1\n  U: {Type: AWS::IAM::User, Properties: {UserName: !Nonsense x}}\n  V: {Type: AWS::IAM::User}\n";
    let case = Case::new("t.yaml", text, false);
    assert_eq!(case.unit().model.users.len(), 2);
    assert_eq!(case.said(), ["2:3 invalid-template", "3:52 unknown-function"]);
}

#[test]
fn other_encodings_are_named() {
    let utf16: Vec<u8> = format!("\u{FEFF}{VERSION}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let case = Case::new("t.yaml", utf16, false);
    assert_eq!(case.said(), ["? unreadable"]);
    assert!(case.discovery.diagnostics.iter().all(|one| one.message.contains("UTF-16")));
    assert!(said(&format!("\u{FEFF}{VERSION}Resources: {{}}\r\n")).is_empty());
}

#[test]
fn files_that_are_no_templates_are_left_alone() {
    for text in ["kind: Pod\n", "a: [\n", "", "%"] {
        let case = Case::new("t.yaml", text, false);
        assert!(case.discovery.claimed.is_empty() && case.discovery.diagnostics.is_empty(), "{text}");
    }
    assert!(Case::new("t.yaml", "kind: Pod\n", true).discovery.claimed.is_empty());
    assert_eq!(Case::new("t.yaml", "a: [\n", true).said(), ["1:4 syntax"]);
    assert_eq!(Case::new("t.rs", format!("{VERSION}Resources: {{}}"), true).discovery.units.len(), 1);
    assert!(Case::new("t.rs", format!("{VERSION}Resources: {{}}"), false).discovery.units.is_empty());
}

#[test]
fn templates_in_every_notation_are_found() {
    let group = "{Type: AWS::IAM::Group}";
    for text in [
        format!("{{AWSTemplateFormatVersion: 2010-09-09, Resources: {{G: {group}}}}}"),
        format!("{{\n  Resources: {{\n    G: {group}\n  }}\n}}\n"),
        "{'Resources': {'G': {'Type': 'AWS::IAM::Group'}}}".to_owned(),
        "{\"Resources\": {G: {\"Type\": AWS::IAM::Group}}}".to_owned(),
        format!("? Resources\n: ? G\n  : {group}\n"),
        "'Resources':\n  G:\n    ? Type\n    : AWS::IAM::Group\n".to_owned(),
        format!("Hooks: &g {{G: {group}}}\nResources: {{<<: *g}}\n"),
        "Resources: {Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: more.yaml}}}\n".to_owned(),
    ] {
        assert_eq!(Case::new("t.yaml", text.as_str(), false).discovery.units.len(), 1, "{text}");
    }
    for path in ["t.cform", "t.cft", "t.cloudformation"] {
        assert_eq!(Case::new(path, format!("Resources: {{G: {group}}}"), false).discovery.units.len(), 1);
    }
}

#[test]
fn a_named_file_that_is_no_template_is_told_why() {
    let why = |text: &str| {
        let case = Case::new("t.json", text, true);
        case.discovery.refused.into_iter().map(|(_, why)| why).collect::<String>()
    };
    assert_eq!(why("kind: Pod\n"), "as a template, it has no `Resources`");
    assert_eq!(why("[1]"), "as a template, it is a list, not a map");
    assert_eq!(why("Resources: [a]"), "as a template, it has `Resources` that are a list, not a map");
    assert_eq!(
        why("Resources: {A: {Type: b}}"),
        "as a template, it has no resource with a `Type` such as `AWS::IAM::Role`"
    );
    assert_eq!(why("{{ x }"), "as a template, it is neither YAML nor JSON");
    assert_eq!(why(""), "as a template, it is empty");
}

fn nest(files: &[(&str, &str)]) -> (Vec<String>, Vec<Unit>) {
    let sources = Sources::new(MemoryFiles::new(files.iter().map(|&(path, text)| (path, text))));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&candidates, &sources);
    assert!(discovery.diagnostics.is_empty());
    let units = discovery.units.iter().map(|unit| front_end.read(unit, &sources)).collect();
    (discovery.units.iter().map(|unit| unit.path.to_string()).collect(), units)
}

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
fn a_file_is_included_as_often_as_it_is_named() {
    let include = "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: part.yaml}}}";
    let roles: String = (0..3)
        .map(|at| {
            format!("  R{at}: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: {include}}}}}\n")
        })
        .collect();
    let (_, units) = nest(&[
        ("main.yaml", &format!("Resources:\n{roles}")),
        ("part.yaml", "- arn:aws:iam::aws:policy/A\n- arn:aws:iam::aws:policy/B\n"),
    ]);
    let unit = units.first().expect("there is a unit");
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(unit.model.grants.len(), 6);
}

#[test]
fn files_that_make_a_template_too_large_are_named() {
    let include = "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: part.yaml}}}";
    let parts: String = (0..300).map(|at| format!("  M{at}: {include}\n")).collect();
    let part: String = (0..5_000).map(|at| format!("k{at}: 1\n")).collect();
    let (_, units) = nest(&[
        ("main.yaml", &format!("{VERSION}Resources: {{}}\nMappings:\n{parts}")),
        ("part.yaml", &part),
    ]);
    let codes: Vec<_> = units.iter().flat_map(|unit| unit.diagnostics.iter().map(|one| one.code)).collect();
    assert_eq!(codes, ["too-large"]);
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
fn properties_that_are_no_map_are_named_and_not_known() {
    for properties in ["[a]", "text", "!If [C, {UserName: a}, b]"] {
        let text = format!(
            "Conditions: {{C: !Equals [!Ref AWS::Region, a]}}\nResources:\n  U: {{Type: AWS::IAM::User, Properties: {properties}}}\n"
        );
        let case = Case::new("t.yaml", text, false);
        assert!(
            case.said().iter().all(|one| one.ends_with("invalid-function")),
            "{properties}: {:?}",
            case.said()
        );
        assert!(case.unit().model.users.iter().all(|(_, user)| user.name.is_unknown()), "{properties}");
    }
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
        "{Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: '{}'}}",
    ] {
        let said = said(&format!("{VERSION}Resources:\n  X: {resource}\n"));
        assert!(matches!(&said[..], [one] if one.ends_with(" nested-template")), "{said:?}");
    }
}

#[test]
fn an_export_of_several_templates_tells_nothing() {
    let exporter = |policy: &str, other: &str| {
        format!(
            "{VERSION}Resources: {{}}\nOutputs:\n  X: {{Value: {policy}, Export: {{Name: x}}}}\n  Y: {{Value: y, Export: {{Name: {other}}}}}\n"
        )
    };
    let importer = "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Join ['', [!ImportValue y, !ImportValue z]]\n      ManagedPolicyArns: [!ImportValue x]\n";
    let (_, units) = nest(&[
        ("a.yaml", &exporter("arn:aws:iam::aws:policy/ReadOnlyAccess", "y")),
        ("b.yaml", &exporter("arn:aws:iam::aws:policy/AdministratorAccess", "z")),
        ("c.yaml", importer),
    ]);
    let unit = units.iter().find(|unit| !unit.model.roles.is_empty()).expect("there is a role");
    assert_eq!(
        unit.model.roles.iter().filter_map(|(_, role)| role.name.as_str()).collect::<Vec<_>>(),
        ["yy"]
    );
    let granted: Vec<_> = unit.model.grants.iter().map(|grant| format!("{:?}", grant.policy)).collect();
    assert!(matches!(&granted[..], [one] if one.contains("!ImportValue x")), "{granted:?}");
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
fn loops_declare_what_they_go_through() {
    let (_, units) = nest(&[(
        "t.yaml",
        "
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'alice,bob.2'}}
Conditions:
  Fn::ForEach::C: [N, [x, y], {'Is${N}': !Equals [!Ref AWS::Region, !Ref N]}]
Resources:
  Fn::ForEach::Users:
    - Name
    - !Ref Names
    - 'User&{Name}': {Type: AWS::IAM::User, Properties: {UserName: !Ref Name, Path: !Sub '/${Name}/'}}
      Fn::ForEach::Keys:
        - Number
        - [1, 2]
        - 'Key&{Name}${Number}':
            Type: AWS::IAM::AccessKey
            Condition: Isx
            Properties: {UserName: !Ref 'User&{Name}', Status: !If ['Is${X}', a, b]}
",
    )]);
    let unit = units.first().expect("there is a unit");
    let model = &unit.model;
    let users: Vec<_> = model
        .users
        .iter()
        .map(|(_, user)| format!("{} {:?} {:?}", user.declared.subject, user.name, user.path))
        .collect();
    assert_eq!(users, ["Useralice \"alice\" \"/alice/\"", "Userbob2 \"bob.2\" \"/bob.2/\""]);
    let keys: Vec<_> = model
        .access_keys
        .iter()
        .map(|(_, key)| {
            let user = key.user.declared().map(|id| model.users[id].declared.subject.to_string());
            format!("{} {} {}", key.declared.subject, user.unwrap_or_default(), key.declared.guard)
        })
        .collect();
    assert_eq!(
        keys,
        [
            "Keyalice1 Useralice Isx",
            "Keyalice2 Useralice Isx",
            "Keybob21 Userbob2 Isx",
            "Keybob22 Userbob2 Isx"
        ]
    );
    let messages: Vec<_> = unit.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(messages, ["there is no condition `Is${X}`"]);
}

#[test]
fn included_files_stand_where_they_are_asked_for() {
    let sources = Sources::new(MemoryFiles::new([
        (
            "t.yaml",
            "
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}
  U:
    Type: AWS::IAM::User
    Properties:
      UserName: own
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: user.json}}
  V: {Type: AWS::IAM::User, Properties: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}}}
  W: {Type: AWS::IAM::User, Properties: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: none.yaml}}}}
",
        ),
        ("more.yaml", "Role: {Type: AWS::IAM::Role}\n"),
        ("user.json", "{\"UserName\": \"theirs\", \"Path\": \"/p/\", \"Groups\": [{\"Ref\": \"No\"}]}"),
    ]));
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&[Candidate::found("t.yaml")], &sources);
    let unit = front_end.read(discovery.units.first().expect("it is a template"), &sources);
    let users: Vec<_> =
        unit.model.users.iter().map(|(_, user)| format!("{:?} {:?}", user.name, user.path)).collect();
    let missing = "<unknown: the text of `Fn::Transform` is not at hand>";
    assert_eq!(
        users,
        ["\"own\" \"/p/\"".to_owned(), format!("{missing} {missing}"), format!("{missing} {missing}")]
    );
    assert_eq!(unit.model.roles.len(), 1);
    let said: Vec<_> = unit.diagnostics.iter().map(|one| format!("{}: {}", one.path, one.message)).collect();
    assert_eq!(
        said,
        [
            "t.yaml: the included file `none.yaml` is not found",
            "user.json: there is no parameter or resource `No`"
        ]
    );
}

#[test]
fn loops_that_multiply_are_given_up_and_the_rest_stands() {
    let round = |name: char| format!("Fn::ForEach::{name}: [{name}, [{}], ", ["a"; 40].join(", "));
    let text = format!(
        "Resources:\n  {}{{{}{{{}{{'U${{A}}${{B}}${{C}}': {{Type: AWS::IAM::User}}}}]}}]}}]\n  R: {{Type: AWS::IAM::Role}}\n",
        round('A'),
        round('B'),
        round('C'),
    );
    let unit = Case::new("t.yaml", format!("{VERSION}{text}"), false).unit();
    assert!(unit.diagnostics.iter().any(|one| one.code == "too-large" && one.incomplete));
    assert_eq!(unit.model.roles.len(), 1);
}

#[test]
fn what_macros_add_is_named() {
    let said = said("Resources:\n  Fn::Transform: {Name: Own}\n  U: {Type: AWS::IAM::User}\n");
    assert_eq!(said, ["2:3 macro"]);
}

#[test]
fn what_macros_and_modules_make_is_named_with_an_advice() {
    let text = "Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Written: {'Fn::Transform': {Name: M}}
  More: {Type: AWS::IAM::User, 'Fn::Transform': {Name: M}}
  Module: {Type: My::Own::Thing::MODULE}
  Typeless: {Type: [a]}
  'Fn::ForEach::Loop': [N, !Ref Names, {'U${N}': {Type: AWS::IAM::User}}]
  Away: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../x.yaml}}
";
    let case = Case::new("t.yaml", text, true);
    let unit = case.unit();
    assert_eq!(unit.resources, 3);
    let said: Vec<_> = unit.diagnostics.iter().map(|one| (one.message.as_str(), one.help.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                "the nested template `../x.yaml` lies outside of the directory that is checked",
                "start the check further up, so that the file is part of it"
            ),
            ("a macro writes the resource `Written` when the template is deployed", crate::advice::PROCESSED),
            ("a macro writes the resource `More` when the template is deployed", crate::advice::PROCESSED),
            ("what the module `Module` makes is not at hand", crate::advice::PROCESSED),
            ("the `Type` of the resource `Typeless` must be a text, not a list", ""),
            (
                "the collection of the loop `Loop` is not known",
                "give `Names` a value: `--parameters 'Names=...'`"
            ),
        ]
    );
}

#[test]
fn answers_of_the_command_line_are_read_where_they_hold_templates() {
    let yaml = "Resources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {UserName: anna}\n";
    let json = r#"{"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "anna"}}}}"#;
    let quoted = |text: &str| serde_json::to_string(text).expect("it is a text");
    for answer in [
        format!(r#"{{"TemplateBody": {}, "StagesAvailable": ["Original"]}}"#, quoted(yaml)),
        format!(r#"{{"TemplateBody": {}}}"#, quoted(json)),
        format!(r#"{{"StagesAvailable": [], "TemplateBody": {json}}}"#),
        format!("StagesAvailable: []\nTemplateBody: |\n  {}", yaml.replace('\n', "\n  ")),
    ] {
        let case = Case::new("answer.json", answer.as_str(), true);
        let unit = case.unit();
        assert!(unit.diagnostics.is_empty(), "{answer}: {:?}", unit.diagnostics);
        let (_, user) = unit.model.users.iter().next().expect("there is a user");
        let shown = |span| {
            let file = case.sources.load("answer.json").expect("it is there");
            file.slice(span).to_owned()
        };
        assert_eq!(shown(user.declared.span).trim_matches(['"', '\\']), "U", "{answer}");
        assert_eq!(
            shown(user.name.span.expect("it stands somewhere")).trim_matches(['"', '\\']),
            "anna",
            "{answer}"
        );
    }
}

#[test]
fn a_change_set_is_a_template_of_what_changes() {
    let change = |action: &str, id: &str, after: &str| {
        let after = serde_json::to_string(after).expect("it is a text");
        format!(
            r#"{{"Type": "Resource", "ResourceChange": {{"Action": "{action}", "LogicalResourceId": "{id}",
                "ResourceType": "AWS::IAM::User", "AfterContext": {after}}}}}"#
        )
    };
    let made_up = r#"{"Properties": {"UserName": "{{changeSet:KNOWN_AFTER_APPLY}}"}}"#;
    let text = format!(
        r#"{{"ChangeSetName": "c", "Changes": [{}, {}, {}]}}"#,
        change("Add", "Anna", r#"{"Properties": {"UserName": "anna"}}"#),
        change("Modify", "Made", made_up),
        change("Remove", "Gone", "{}")
    );
    let unit = Case::new("changes.json", text.as_str(), true).unit();
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let users: Vec<_> = unit
        .model
        .users
        .iter()
        .map(|(_, user)| format!("{} {:?}", user.declared.subject, user.name))
        .collect();
    assert_eq!(users, ["Anna \"anna\"", "Made \"${{{changeSet:KNOWN_AFTER_APPLY}}}\""]);
    let without = text.replace("AfterContext", "Context");
    assert_eq!(Case::new("changes.json", without, true).said(), ["1:35 change-set"]);
}

#[test]
fn rules_that_allow_no_deployment_are_named() {
    let text = "Parameters: {A: {Type: String, AllowedValues: [x, y]}}
Rules:
  Known: {Assertions: [{Assert: {'Fn::Contains': [[x], {Ref: A}]}}]}
  Never: {Assertions: [{Assert: {'Fn::Equals': [{Ref: A}, y]}}, {Assert: {'Fn::EachMemberIn': [a, b]}}]}
Resources: {T: {Type: AWS::SNS::Topic}}
";
    assert_eq!(said(text), ["4:33 rule"]);
}

#[test]
fn templates_that_exchange_values_are_read_together() {
    let exporter =
        "Resources: {R: {Type: AWS::IAM::Role}}\nOutputs: {O: {Value: !Ref R, Export: {Name: role}}}\n";
    let importer =
        "Resources: {P: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: !ImportValue role}}}\n";
    let (paths, units) =
        nest(&[("b.yaml", exporter), ("a.yaml", importer), ("c.yaml", "Resources: {X: {Type: A::B}}")]);
    assert_eq!(paths, ["a.yaml", "c.yaml"]);
    let model = &units.first().expect("there is a unit").model;
    let (role, _) = model.roles.iter().next().expect("there is a role");
    assert_eq!(model.roles[role].declared.subject.as_ref(), "b.R");
    assert_eq!(model.grants_of_role(role).count(), 1);
    // A name that two templates export tells nothing.
    let (paths, _) = nest(&[("b.yaml", exporter), ("a.yaml", importer), ("c.yaml", exporter)]);
    assert_eq!(paths, ["a.yaml", "b.yaml", "c.yaml"]);
}

proptest::proptest! {
    #[test]
    fn no_template_is_too_strange(lines in proptest::collection::vec(0..LINES.len(), 0..24)) {
        let lines = lines.into_iter().filter_map(|line| LINES.get(line)).copied().collect::<Vec<_>>();
        let case = Case::new("t.yaml", format!("{VERSION}Resources:\n{}", lines.join("\n")), false);
        for diagnostic in case.unit().diagnostics {
            let span = diagnostic.span.expect("it has a place");
            let file = case.sources.file(span.file).expect("the file was loaded");
            proptest::prop_assert!(file.text().get(span.start as usize..span.end as usize).is_some());
        }
    }
}

const LINES: [&str; 22] = [
    "  A:",
    "  B: &b",
    "    Type: AWS::IAM::User",
    "    Type: AWS::Serverless::Function",
    "    Type: AWS::IAM::ManagedPolicy",
    "    Condition: C",
    "    Properties:",
    "      UserName: !Ref A",
    "      UserName: !Sub '${A}${B.Arn}${é'",
    "      Policies: [!If [C, {Statement: x}, !Ref AWS::NoValue], S3ReadPolicy: 1]",
    "      Users: !Split [',', !Join ['', [!Ref A, !GetAtt B.Arn]]]",
    "      Groups: *b",
    "      PolicyDocument: '{\"Statement\": ['",
    "      ManagedPolicyArns: !Select [1, !FindInMap [M, !Ref AWS::Region, x]]",
    "  Fn::ForEach::L: [I, [1, !Ref P], {'X${I}': {Type: 'A::B'}}]",
    "Conditions:",
    "  C: !Or [!Equals [!Ref P, a], !Condition C]",
    "  D: {Fn::Not: [{Condition: C}]}",
    "Parameters: {P: {Type: CommaDelimitedList, Default: 'a,b'}}",
    "Mappings: {M: {eu: {x: [1, 2]}, us: {x: é}}}",
    "Globals: {Function: {Policies: [!Ref B], Role: !Ref AWS::NoValue}}",
    "---",
];

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
