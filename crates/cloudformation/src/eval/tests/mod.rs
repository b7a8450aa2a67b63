use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, SourceFile, Sources};
use iamrail_core::value::{Kind, Part, Reason, Value};

use super::Stack;
use crate::template::Template;
use crate::tree::Tree;

mod arguments;

/// A template of which the properties of the resource `X` are looked at.
struct Case {
    file: Arc<SourceFile>,
    stack: Stack,
}

impl Case {
    fn new(text: &str, given: &[(&str, &str)]) -> Self {
        let file = Sources::new(MemoryFiles::default()).adopt("t.yaml", text.into()).expect("it is UTF-8");
        let (tree, mut diagnostics) = Tree::parse(&file);
        let template =
            Template::read(tree.expect("it can be read"), &mut diagnostics).expect("it is a template");
        assert!(diagnostics.iter().all(|one| !one.incomplete), "{diagnostics:?}");
        let given = given.iter().map(|&(name, value)| (Arc::from(name), value.into())).collect();
        Self { file, stack: Stack::new(Arc::new(template), given) }
    }

    fn property(&self, name: &str) -> Value {
        let resource = self.stack.resources().get("X").expect("there is an X");
        let scope = self.stack.scope(resource).expect("it can exist");
        let properties = self.stack.properties(resource, &scope);
        properties.get(name).cloned().unwrap_or_default()
    }

    fn diagnostics(self) -> Vec<Diagnostic> {
        self.stack.diagnostics()
    }
}

/// The property `P` of a resource in a template with these sections, and the messages.
fn evaluated(property: &str, sections: &str, given: &[(&str, &str)]) -> (Value, Vec<String>) {
    let text =
        format!("{sections}\nResources:\n  X:\n    Type: A::B::C\n    Properties:\n      P: {property}\n");
    let case = Case::new(&text, given);
    let value = case.property("P");
    (value, case.diagnostics().into_iter().map(|one| one.message).collect())
}

fn value(property: &str) -> Value {
    let (value, messages) = evaluated(property, SECTIONS, &[]);
    assert_eq!(messages, [""; 0], "{property}");
    value
}

/// What can be the case, with the conditions.
fn shown(value: &Value) -> Vec<String> {
    let all = value.alternatives();
    all.iter()
        .map(|one| {
            let value = one.value.map_or("nothing".to_owned(), |value| match &value.kind {
                Kind::Text(text) => text.display(),
                _ => format!("{value:?}"),
            });
            if one.guard.is_always() { value } else { format!("{}: {value}", one.guard) }
        })
        .collect()
}

const SECTIONS: &str = "
Parameters:
  Stage: {Type: String, Default: dev}
  Free: {Type: String}
  Size: {Type: String, AllowedValues: [s, l]}
  List: {Type: CommaDelimitedList, Default: 'a, b,c'}
  Secret: {Type: String, NoEcho: true, Default: hidden}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
Mappings:
  M:
    eu: {name: one, other: two}
    us: {name: three}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Equals [!Ref Stage, dev]
  NotProd: !Not [!Condition Prod]
  Small: {'Fn::Equals': [{Ref: Size}, s]}
  Never: !Equals [a, b]
  Both: !And [{Condition: Prod}, {Condition: Small}]
  Mapped: !Equals [!FindInMap [M, !Ref Free, name], one]
  IsEu: !Equals [!Ref Free, eu]
";

#[test]
fn functions_in_short_and_long_form_mean_the_same() {
    for (property, expected) in [
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Sub 'a-${Stage}-${!Stage}'", "a-dev-${Stage}"),
        ("{'Fn::Sub': ['${A}-${Stage}', {A: !Ref Stage}]}", "dev-dev"),
        ("!Join ['-', [a, !Ref Stage, 1, true]]", "a-dev-1-true"),
        ("{'Fn::Join': ['', !Ref List]}", "abc"),
        ("!Select [1, !Ref List]", "b"),
        ("!Select ['2', !Split ['/', 'x/y/z']]", "z"),
        ("!FindInMap [M, eu, !Sub 'na${Empty}me']", "one"),
        ("{'Fn::Base64': !Sub '#!/bin/sh ${Stage}'}", "#!/bin/sh dev"),
        ("!Base64 {Ref: Stage}", "dev"),
    ] {
        let sections = SECTIONS.replace("  Stage:", "  Empty: {Type: String, Default: ''}\n  Stage:");
        let (value, messages) = evaluated(property, &sections, &[]);
        assert_eq!(value.as_str().as_deref(), Some(expected), "{property} {messages:?}");
        assert_eq!(messages, [""; 0], "{property}");
    }
}

#[test]
fn what_is_not_known_says_why() {
    for (property, reason, what) in [
        ("!Ref Free", Reason::NoValue, "Free"),
        ("!Ref AWS::Region", Reason::Environment, "AWS::Region"),
        ("!ImportValue base-role", Reason::Import, "!ImportValue base-role"),
        ("!Ref Stored", Reason::Import, "Stored"),
        ("!GetAZs ''", Reason::Environment, "!GetAZs "),
        ("!Ref X", Reason::Computed, "X"),
        ("!GetAtt X.Some.Thing", Reason::Computed, "X.Some.Thing"),
        ("{'Fn::GetAtt': [X, Arn]}", Reason::Computed, "X.Arn"),
        ("!Ref X.Inner", Reason::Computed, "X.Inner"),
        ("!Select [2, !Split ['/', !Ref AWS::StackId]]", Reason::Environment, "AWS::StackId"),
        ("{'Fn::Sub': {'Fn::Transform': {Name: M}}}", Reason::Missing, "Fn::Transform"),
        ("!FindInMap [M, !Select [0, !Split ['-', !Ref Free]], name]", Reason::NoValue, "Free"),
        ("'{{resolve:ssm:/a/b}}'", Reason::Import, "{{resolve:ssm:/a/b}}"),
        (
            "!Sub '{{resolve:secretsmanager:${Free}:SecretString:k}}'",
            Reason::Import,
            "{{resolve:secretsmanager:${Free}:SecretString:k}}",
        ),
        (
            "!Join [':', ['{{resolve:secretsmanager', !Ref Free, 'SecretString:k}}']]",
            Reason::Import,
            "{{resolve:secretsmanager:${Free}:SecretString:k}}",
        ),
    ] {
        let value = value(property);
        let unknown = value.unknown_part().expect("it is not known");
        assert_eq!((unknown.reason, unknown.what.as_ref()), (reason, what), "{property}");
    }
}

#[test]
fn a_text_keeps_what_is_known_of_it() {
    let text = "Resources:\n  X:\n    Type: A::B::C\n    Properties:\n      P: !Sub 'arn:${AWS::Partition}:iam::aws:policy/Admin'\n";
    let case = Case::new(text, &[]);
    let value = case.property("P");
    let parts = value.as_text().expect("it is a text").parts();
    let [Part::Literal { span: Some(first), .. }, Part::Hole(hole), Part::Literal { text, span: Some(last) }] =
        parts
    else {
        panic!("{parts:?}", parts = parts.len());
    };
    assert_eq!(case.file.slice(*first), "arn:");
    assert_eq!(case.file.slice(hole.span.expect("it stands somewhere")), "${AWS::Partition}");
    assert_eq!(case.file.slice(*last), text.as_ref());
}

#[test]
fn every_branch_of_a_condition_is_a_deployment() {
    assert_eq!(shown(&value("!If [Prod, a, b]")), ["Prod: a", "not Prod: b"]);
    assert_eq!(shown(&value("!If [Prod, a, !Ref 'AWS::NoValue']")), ["Prod: a", "not Prod: nothing"]);
    assert_eq!(shown(&value("!If [Never, a, b]")), ["b"]);
    assert_eq!(shown(&value("!Sub ['${A}/${B}', {A: !If [Prod, a, b], B: !If [Small, x, y]}]")).len(), 4);
    assert_eq!(
        shown(&value("!Join ['/', [!If [Prod, a, !Ref AWS::NoValue], z]]")),
        ["Prod: a/z", "not Prod: z"]
    );
}

#[test]
fn branches_that_exclude_each_other_are_not_combined() {
    assert_eq!(shown(&value("!If [Prod, !If [Dev, a, b], !If [NotProd, c, d]]")), ["Prod: b", "not Prod: c"]);
    assert_eq!(shown(&value("!If [Both, !If [Small, a, b], c]")), ["Both: a", "not Both: c"]);
    let by_mapping = value("!If [Mapped, !If [IsEu, a, b], !If [IsEu, c, d]]");
    assert_eq!(shown(&by_mapping), ["Mapped: a", "not Mapped: d"]);
}

#[test]
fn given_parameters_decide() {
    let decided = |stage| evaluated("!If [Prod, !Ref Stage, b]", SECTIONS, &[("Stage", stage)]).0;
    assert_eq!(shown(&decided("prod")), ["prod"]);
    assert_eq!(shown(&decided("test")), ["b"]);
    assert_eq!(
        shown(&evaluated("!Ref AWS::Region", SECTIONS, &[("AWS::Region", "eu-west-1")]).0),
        ["eu-west-1"]
    );
}

#[test]
fn allowed_values_are_what_a_parameter_can_be() {
    let size = value("!Ref Size");
    assert_eq!(shown(&size), ["Size=s: s", "Size=l: l"]);
    assert!(size.alternatives().iter().all(|one| one.undecided.is_none()));
    assert_eq!(shown(&value("!If [Small, !Ref Size, x]")), ["Small: s", "not Small: x"]);
    assert_eq!(shown(&value("!Select [1, [a, !Sub '${Size}-${Size}']]")), ["Size=s: s-s", "Size=l: l-l"]);
}

#[test]
fn assumptions_say_what_parameters_are() {
    // Its default is `dev`.
    assert_eq!(shown(&value("!If [Prod, !Ref Stage, !Ref Stage]")), ["Prod: prod", "not Prod: dev"]);
    assert_eq!(shown(&value("!If [Dev, x, !Ref Stage]")), ["Dev: x", "not Dev: ${Stage}"]);
}

#[test]
fn a_mapping_under_an_unknown_key_can_be_any_of_its_values() {
    let found = value("!FindInMap [M, !Ref 'AWS::Region', name]");
    assert_eq!(shown(&found), ["AWS::Region=eu: one", "AWS::Region=us: three"]);
    assert!(found.alternatives().iter().all(|one| one.undecided.is_none()));
}

#[test]
fn no_value_leaves_nothing_behind() {
    let list = value("[a, !Ref AWS::NoValue, !If [Never, b, !Ref AWS::NoValue]]");
    assert_eq!(format!("{list:?}"), "[\"a\"]");
    let map = value("{a: !Ref AWS::NoValue, b: 1}");
    assert_eq!(format!("{map:?}"), "{\"b\": 1}");
}

#[test]
fn secrets_stay_secret_in_all_that_is_made_with_them() {
    for property in ["!Ref Secret", "!Sub 'x-${Secret}'", "[!Ref Secret]", "!Join ['', [!Ref Secret, a]]"] {
        assert!(value(property).sensitive, "{property}");
    }
    let part = |at: usize, text: &str| value(&format!("!Select [{at}, !Split ['/', {text}]]")).sensitive;
    let text = "!Sub 'user/${AWS::Region}/${Secret}/more'";
    assert_eq!([0, 1, 2, 3].map(|at| part(at, text)), [false, false, true, false]);
    let known = "Parameters: {Known: {Type: String, NoEcho: true, Default: k}}";
    let part = |at: usize| {
        let text = format!("!Select [{at}, !Split ['/', !Join ['/', [!Ref Known, public]]]]");
        evaluated(&text, known, &[]).0.sensitive
    };
    assert_eq!([0, 1].map(part), [true, false]);
}

#[test]
fn names_of_iam_resources_are_known_and_link() {
    let text = "
Resources:
  User: {Type: AWS::IAM::User, Properties: {UserName: alice, Path: /people/}}
  Role: {Type: AWS::IAM::Role}
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: p}}
  X:
    Type: A::B::C
    Properties: {U: !Ref User, A: !GetAtt User.Arn, R: !Sub '${Role.Arn}', P: !Ref Policy, J: !Sub '${User}-x'}
";
    let case = Case::new(text, &[]);
    let seen = |name: &str| {
        let value = case.property(name);
        let exact = value.origins.exact().map(|origin| format!("{}.{}", origin.resource, origin.attribute));
        (value.as_text().map(|text| text.display()), exact)
    };
    let arn = |end: &str| Some(format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{end}"));
    assert_eq!(seen("U"), (Some("alice".to_owned()), Some("User.Ref".to_owned())));
    assert_eq!(seen("A"), (arn("user/people/alice"), Some("User.Arn".to_owned())));
    assert_eq!(seen("R"), (arn("role/${the name of the role}"), Some("Role.Arn".to_owned())));
    assert_eq!(seen("P"), (arn("policy/p"), Some("Policy.Ref".to_owned())));
    assert_eq!(seen("J"), (Some("alice-x".to_owned()), None));
}

#[test]
fn circles_end_with_a_diagnostic() {
    let text = "
Conditions:
  A: !Not [!Condition B]
  B: !Not [!Condition A]
Resources:
  U: {Type: AWS::IAM::User, Properties: {UserName: !Sub 'a${V}'}}
  V: {Type: AWS::IAM::User, Properties: {UserName: !Ref U}}
  X: {Type: A::B::C, Properties: {P: !Ref U, Q: !If [A, 1, 2]}}
";
    let case = Case::new(text, &[]);
    assert!(case.property("P").unknown_part().is_some());
    assert_eq!(shown(&case.property("Q")), ["A: 1", "not A: 2"]);
    let messages: Vec<_> = case.diagnostics().into_iter().map(|one| one.message).collect();
    assert!(messages.iter().any(|one| one == "`U` refers to itself"), "{messages:?}");
    assert!(
        messages.iter().any(|one| one == "the conditions `A` and `B` depend on each other"),
        "{messages:?}"
    );
}

#[test]
fn wrong_arguments_are_diagnostics_with_a_place() {
    for property in [
        "!Ref Nothing",
        "!Ref [a]",
        "!GetAtt Nothing.Arn",
        "!GetAtt X",
        "!Sub [a, b, c]",
        "!Sub {a: b}",
        "!Join [a]",
        "!Join [!Ref Stage, [a]]",
        "!Select [9, [a]]",
        "!Select [x, [a]]",
        "!Split ['', a]",
        "!If [Prod, a]",
        "!If [Nowhere, a, b]",
        "!FindInMap [M, eu, none]",
        "!FindInMap [N, eu, name]",
        "!GetStackOutput [a, b]",
        "!Nonsense a",
        "!Equals [a, b]",
    ] {
        let text = format!(
            "{SECTIONS}\nResources:\n  X:\n    Type: A::B::C\n    Properties:\n      P: {property}\n"
        );
        let case = Case::new(&text, &[]);
        case.property("P");
        let diagnostics = case.diagnostics();
        assert!(!diagnostics.is_empty() && diagnostics.iter().all(|one| one.span.is_some()), "{property}");
    }
}

#[test]
fn values_that_double_are_given_up() {
    let mut text =
        String::from("Resources:\n  R0: {Type: AWS::IAM::User, Properties: {UserName: !Ref AWS::Region}}\n");
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!("  R{level}: {{Type: AWS::IAM::User, Properties: {{UserName: !Sub '${{R{before}}}a${{R{before}}}'}}}}\n"));
    }
    text.push_str("  X: {Type: A::B::C, Properties: {P: !Ref R39}}\n");
    let value = Case::new(&text, &[]).property("P");
    assert!(value.unknown_part().is_some_and(|unknown| unknown.reason == Reason::Budget));
}

#[test]
fn texts_that_grow_are_given_up_with_a_place() {
    let sections = format!("Parameters: {{Big: {{Type: String, Default: '{}'}}}}", "x".repeat(100_000));
    for property in
        [format!("!Sub '{}'", "${Big}".repeat(20)), format!("!Join ['', [{}]]", "!Ref Big, ".repeat(20))]
    {
        let (value, messages) = evaluated(&property, &sections, &[]);
        assert!(value.unknown_part().is_some_and(|unknown| unknown.reason == Reason::Budget), "{property}");
        assert_eq!(messages, ["the template takes too many steps or too much space to evaluate"]);
    }
    let (list, messages) = evaluated(&format!("[{}]", "!Ref Big, ".repeat(4_000)), &sections, &[]);
    let last = list.as_list().and_then(|list| list.items.last()).expect("it is a list");
    assert!(last.unknown_part().is_some_and(|unknown| unknown.reason == Reason::Budget));
    assert_eq!(messages.len(), 1);
}

#[test]
fn loops_that_make_too_much_are_given_up_with_a_place() {
    let body: String = (0..1_000).map(|at| format!("'R{at}&{{A}}': {{Type: 'A::B::C'}}, ")).collect();
    let values: String = (0..1_000).map(|at| format!("v{at}, ")).collect();
    let loops = format!("  Fn::ForEach::L: [A, [{values}], {{{body}}}]\n");
    let text = format!("Transform: AWS::LanguageExtensions\nResources:\n{loops}");
    let case = Case::new(&text, &[]);
    assert!(case.stack.resources().len() <= 100_000);
    let diagnostics = case.diagnostics();
    let [large] = &diagnostics[..] else { panic!("{diagnostics:?}") };
    assert_eq!((large.code, large.span.is_some(), large.incomplete), ("too-large", true, true));
}

#[test]
fn names_within_loops_do_not_grow_without_bound() {
    let mut body = "{'X&{A}': {Type: 'A::B::C'}}".to_owned();
    for name in "ABCDEF".chars() {
        let outer = (name as u8 + 1) as char;
        body = format!(
            "{{'Fn::ForEach::L{name}': [{name}, ['{}'], {body}]}}",
            format!("${{{outer}}}").repeat(40)
        );
    }
    let case = Case::new(&format!("Resources: {body}\n"), &[]);
    assert!(case.stack.resources().keys().all(|id| id.len() < 2 << 20));
}

#[test]
fn secrets_are_no_names() {
    let text = format!(
        "{SECTIONS}
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::L': [I, [!Ref Secret], {{'U${{I}}': {{Type: A::B::C}}}}]
  X:
    Type: A::B::C
    Properties: {{M: !FindInMap [!Ref Secret, eu, name], A: !GetAtt [X, !Ref Secret], V: {{'Fn::ForEach::M': [I, [!Ref Secret], {{'V${{I}}': 1}}]}}}}
"
    );
    let case = Case::new(&text, &[]);
    let shown = ["M", "A", "V"].map(|name| format!("{:?}", case.property(name))).join(" ");
    let messages: Vec<_> = case.diagnostics().into_iter().map(|one| one.message).collect();
    assert_eq!(messages.len(), 4, "{messages:?}");
    assert!(!format!("{shown} {messages:?}").contains("hidden"), "{shown} {messages:?}");
}

#[test]
fn a_loop_is_an_entry_even_when_it_is_the_only_one() {
    let property = "{'Fn::ForEach::L': [A, [x, y], {'V${A}': !Ref A}]}";
    let (value, messages) = evaluated(property, "Transform: AWS::LanguageExtensions", &[]);
    assert_eq!(messages, [""; 0]);
    assert_eq!(format!("{value:?}"), "{\"Vx\": \"x\", \"Vy\": \"y\"}");
}

#[test]
fn resources_that_loops_give_one_name_are_reported() {
    let text = "Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::L': [N, [a.b, ab], {'U&{N}': {Type: A::B::C}}]\n";
    let messages: Vec<_> = Case::new(text, &[]).diagnostics().into_iter().map(|one| one.message).collect();
    assert_eq!(messages, ["loops make several resources with the logical id `Uab`"]);
    let text = text.replace("a.b, ab", "a.b, ab, c, c., 'c:', d, d_e");
    let messages: Vec<_> = Case::new(&text, &[]).diagnostics().into_iter().map(|one| one.message).collect();
    let expected =
        "loops make several resources with the logical id `Uab`, and 2 more with one that another has";
    assert_eq!(messages, [expected]);
}

#[test]
fn when_the_space_is_used_up_nothing_more_is_made() {
    let sections =
        format!("Parameters: {{List: {{Type: CommaDelimitedList, Default: '{}'}}}}", "a,".repeat(50_000));
    let (value, messages) = evaluated(&format!("[{}]", "!Ref List, ".repeat(5_000)), &sections, &[]);
    let last = value.as_list().and_then(|list| list.items.last()).expect("it is a list");
    assert!(last.unknown_part().is_some_and(|unknown| unknown.reason == Reason::Budget));
    assert_eq!(messages.len(), 1);
}
