use iamrail_core::check::{Candidate, Discovery, Environments, FrontEnd, Unit};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::CloudFormation;

mod conditions;
mod faults;
mod mutants;
mod nested;
mod parameters;
mod references;
mod stack_sets;
mod together;

struct Case {
    sources: Sources,
    discovery: Discovery,
}

impl Case {
    fn new(path: &str, bytes: impl Into<Vec<u8>>, named: bool) -> Self {
        let sources = Sources::new(MemoryFiles::new([(path, bytes)]));
        let candidate = if named { Candidate::named(path) } else { Candidate::found(path) };
        let discovery = CloudFormation::default().discover(&[candidate], &Environments::default(), &sources);
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

fn nest(files: &[(&str, &str)]) -> (Vec<String>, Vec<Unit>) {
    let sources = Sources::new(MemoryFiles::new(files.iter().map(|&(path, text)| (path, text))));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(&candidates, &Environments::default(), &sources);
    assert!(discovery.diagnostics.is_empty());
    let units = discovery.units.iter().map(|unit| front_end.read(unit, &sources)).collect();
    (discovery.units.iter().map(|unit| unit.path.to_string()).collect(), units)
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
  S: {Type: AWS::B::C, Properties: {A: !Sub ['${Own}${Not}', {Own: !GetAtt Lost.Arn}], B: !If [D, 1, !If [C, 2, 3]]}}
  Mod: {Type: A::B::MODULE, Properties: {A: !Ref Mod.Inner, Z: !Ref ModInner, B: {'Fn::If': [C, {Ref: T}, {Ref: Gone}]}}}
Outputs:
  O: {Condition: None, Value: !Ref Away}
";
    let case = Case::new("t.yaml", text, false);
    let unknown: Vec<_> = case.said().into_iter().filter(|one| one.ends_with("unknown-name")).collect();
    let expected = ["4:41", "4:57", "4:83", "6:53", "6:68", "6:96", "7:107", "9:18", "9:31"];
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
        ("Resources: {X: {Type: AWS::IAM::Role, Properties: {Path: !GetAtt X.Name}}}\n", "2:58 unknown-name"),
        (
            "Resources: {X: {Type: AWS::IAM::User}}\nOutputs: {O: {Value: !GetAtt [X, Id]}}\n",
            "3:22 unknown-name",
        ),
        (
            "Resources: {X: {Type: AWS::IAM::User}}\nOutputs: {O: {Value: !Sub '${X.Id}'}}\n",
            "3:28 unknown-name",
        ),
        ("Resources: {X: {Type: A::B::C, Properties: {P: !Sub 'a${b'}}}\n", "2:55 unclosed-variable"),
        (
            "Resources: {X: {Type: A::B::C, Properties: {P: !Sub '${ X }${ !Z}${ Y }'}}}\n",
            "2:66 invalid-function",
        ),
        ("Conditions: {C: !And [!Equals [a, b]]}\nResources: {}\n", "2:17 invalid-function"),
        (
            "Resources: {X: {Type: AWS::IAM::Group, Properties: {GroupName: !Base64 [a]}}}\n",
            "2:64 invalid-function",
        ),
        ("Resources: {X: {Type: A::B::C, Properties: {P: {'Fn::Length': [a]}}}}\n", "2:48 missing-transform"),
        (
            "Resources: {X: {Type: A::B::C, Properties: {P: {'Fn::ToJsonString': [a]}}}}\n",
            "2:48 missing-transform",
        ),
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
    let utf16: Vec<u8> =
        format!("\u{FEFF}{VERSION}Resources: {{}}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let case = Case::new("t.yaml", utf16, false);
    assert_eq!(case.said(), ["1:1 encoding"]);
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
    // What else the stack has may put them in groups; a new stack has nothing else.
    assert_eq!(unit.model.memberships.len(), 1);
    let new = text.replace("Modify", "Add").replace("Remove", "Add");
    assert!(Case::new("changes.json", new, true).unit().model.memberships.is_empty());
    let without = text.replace("AfterContext", "Context");
    assert_eq!(Case::new("changes.json", without, true).said(), ["1:35 change-set"]);
}

#[test]
fn the_stack_of_a_change_set_tells_the_account() {
    let after = r#"{\"Properties\": {\"UserName\": {\"Fn::Sub\": \"u-${AWS::AccountId}\"}}}"#;
    let names = |stack: &str| {
        let text = format!(
            r#"{{"StackId": "{stack}", "Changes": [{{"Type": "Resource", "ResourceChange": {{"Action": "Add",
                "LogicalResourceId": "U", "ResourceType": "AWS::IAM::User", "AfterContext": "{after}"}}}}]}}"#
        );
        let unit = Case::new("changes.json", text, true).unit();
        let users = unit.model.users.iter();
        let each = users.map(|(_, user)| format!("{:?} {:?}", user.name, user.declared.account));
        each.collect::<Vec<_>>()
    };
    let arn = |account: &str| format!("arn:aws:cloudformation:eu-west-1:{account}:stack/shop/1");
    assert_eq!(names(&arn("111122223333")), [r#""u-111122223333" Some("111122223333")"#]);
    for other in [arn("1"), "shop".to_owned()] {
        assert_eq!(names(&other), [r#""u-${AWS::AccountId}" None"#], "{other}");
    }
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
