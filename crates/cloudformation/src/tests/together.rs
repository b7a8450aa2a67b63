//! Templates that are made of several files, and those that exchange values: inclusions, exports.

use iamrail_core::check::{Candidate, Environments, FrontEnd, Unit};
use iamrail_core::model::{Named, Role, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources};

use super::{VERSION, nest};
use crate::CloudFormation;

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
fn an_export_of_several_templates_tells_nothing() {
    let exporter = |policy: &str, other: &str| {
        format!(
            "{VERSION}Resources: {{}}\nOutputs:\n  X: {{Value: {policy}, Export: {{Name: x}}}}\n  Y: {{Value: y, Export: {{Name: {other}}}}}\n"
        )
    };
    let importer = "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Join ['', [!ImportValue y, !ImportValue z]]\n      ManagedPolicyArns: [!ImportValue x]\n";
    let (a, b) = (
        exporter("arn:aws:iam::aws:policy/ReadOnlyAccess", "y"),
        exporter("arn:aws:iam::aws:policy/AdministratorAccess", "z"),
    );
    let files = [("a.yaml", a.as_str()), ("b.yaml", &b), ("c.yaml", importer)];
    let sources = Sources::new(MemoryFiles::new(files));
    let front_end = CloudFormation::default();
    let discovery = front_end.discover(
        &files.map(|(path, _)| Candidate::found(path)),
        &Environments::default(),
        &sources,
    );
    let said: Vec<_> = discovery.diagnostics.iter().map(|one| one.message.as_str()).collect();
    let expected = "several templates export `x`: `a.yaml`, `b.yaml`; which of them is deployed beside this one is not known";
    assert_eq!(said, [expected]);
    let units: Vec<Unit> = discovery.units.iter().map(|unit| front_end.read(unit, &sources)).collect();
    let unit = units.iter().find(|unit| !unit.model.roles.is_empty()).expect("there is a role");
    assert_eq!(
        unit.model.roles.iter().filter_map(|(_, role)| role.name.as_str()).collect::<Vec<_>>(),
        ["yy"]
    );
    let granted: Vec<_> = unit.model.grants.iter().map(|grant| format!("{:?}", grant.policy)).collect();
    assert!(matches!(&granted[..], [one] if one.contains("!ImportValue x")), "{granted:?}");
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
    let discovery = front_end.discover(&[Candidate::found("t.yaml")], &Environments::default(), &sources);
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
    let files = [("b.yaml", exporter), ("a.yaml", importer), ("c.yaml", exporter)];
    let discovery = CloudFormation::default().discover(
        &files.map(|(path, _)| Candidate::found(path)),
        &Environments::default(),
        &Sources::new(MemoryFiles::new(files)),
    );
    let paths: Vec<_> = discovery.units.iter().map(|unit| &*unit.path).collect();
    assert_eq!(paths, ["a.yaml", "b.yaml", "c.yaml"]);
    assert_eq!(discovery.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["ambiguous-export"]);
}

#[test]
fn an_export_exists_under_the_condition_of_its_output() {
    let exporter = "Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod], Test: !Equals [!Ref Stage, test], Never: !Equals [a, b]}
Resources:
  R: {Type: AWS::IAM::Role}
  S: {Type: AWS::IAM::Role}
Outputs:
  A: {Condition: Prod, Value: !If [Prod, !GetAtt R.Arn, !GetAtt S.Arn], Export: {Name: role}}
  B: {Condition: Test, Value: !GetAtt S.Arn, Export: {Name: both}}
  C: {Condition: Prod, Value: !GetAtt R.Arn, Export: {Name: both}}
  D: {Condition: Never, Value: !GetAtt S.Arn, Export: {Name: role}}
";
    let cases = |name: &str| {
        let importer = format!(
            "Resources: {{F: {{Type: AWS::Lambda::Function, Properties: {{Role: !ImportValue {name}}}}}}}"
        );
        let (_, units) = nest(&[("a.yaml", &importer), ("b.yaml", exporter)]);
        let model = &units.first().expect("there is a unit").model;
        let (_, workload) = model.workloads.iter().next().expect("there is a function");
        let WorkloadRole::Role(role) = &workload.role else { panic!("it has a role") };
        let show = |case: &Named<Role>| {
            let what = match case.link.declared() {
                Some(id) => model.roles[id].declared.subject.to_string(),
                None => format!("{:?}", case.link),
            };
            format!("{what} {}", case.guard)
        };
        role.cases().iter().map(show).collect::<Vec<_>>()
    };
    let absent = "Unknown(Unknown { reason: Import, what: \"b.Outputs.A\" }) not b.Prod";
    assert_eq!(cases("role"), ["b.R b.Prod", absent]);
    assert_eq!(cases("both"), ["b.S b.Test", "b.R b.Prod"]);
}
