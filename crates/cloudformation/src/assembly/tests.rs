use iamrail_core::check::{Candidate, Environments, FrontEnd, Unit};
use iamrail_core::model::{Granted, Principal};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::{ASSEMBLY, CloudFormation, KIND, Options};

const MANIFEST: &str = r#"{
  "version": "48.0.0",
  "artifacts": {
    "Data.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Data.assets.json"}},
    "Data": {
      "type": "aws:cloudformation:stack",
      "environment": "aws://111122223333/cn-north-1",
      "properties": {"templateFile": "Data.template.json"},
      "metadata": {
        "/App/Data/Worker/Resource": [{"type": "aws:cdk:logicalId", "data": "Worker1"}],
        "/App/Data/Inner": [{"type": "aws:cdk:templateFile", "data": "Inner.nested.template.json"}],
        "/App/Data/Inner/Worker/Resource": [{"type": "aws:cdk:logicalId", "data": "Worker1"}]
      }
    },
    "Users": {
      "type": "aws:cloudformation:stack",
      "environment": "aws://unknown-account/unknown-region",
      "properties": {"templateFile": "Users.template.json"},
      "additionalMetadataFile": "Users.metadata.json"
    },
    "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}
  }
}"#;

const ASSETS: &str = r#"{"files": {"0a": {"source": {"path": "Inner.nested.template.json", "packaging": "file"},
  "destinations": {"d": {"bucketName": "b", "objectKey": "0a.json"}}}}}"#;

const DATA: &str = r#"{
  "Resources": {
    "Worker1": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "w-${AWS::Region}"}}},
    "Inner": {
      "Type": "AWS::CloudFormation::Stack",
      "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/", {"Fn::Sub": "b-${AWS::AccountId}"}, "/0a.json"]]}}
    }
  },
  "Outputs": {"Worker": {"Value": {"Ref": "Worker1"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Worker"}}}}
}"#;

const INNER: &str = r#"{"Resources": {"Worker1": {"Type": "AWS::IAM::Role"}}}"#;

const USERS: &str = r#"{
  "Parameters": {"Stage": {"Type": "String"}},
  "Resources": {
    "Extra": {
      "Type": "AWS::IAM::Policy",
      "Properties": {
        "PolicyName": {"Ref": "Stage"}, "PolicyDocument": {"Statement": []},
        "Roles": [
          {"Fn::ImportValue": "Data:Worker"}, {"Fn::ImportValue": "Elsewhere:Worker"},
          {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "Worker"}},
          {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "Worker", "Region": "eu-west-1"}}
        ]
      }
    }
  }
}"#;

const FILES: [(&str, &str); 6] = [
    ("cdk.out/manifest.json", MANIFEST),
    ("cdk.out/Data.assets.json", ASSETS),
    ("cdk.out/Data.template.json", DATA),
    ("cdk.out/Inner.nested.template.json", INNER),
    ("cdk.out/Users.template.json", USERS),
    (
        "cdk.out/Users.metadata.json",
        r#"{"/App/Users/Extra/Resource": [{"type": "aws:cdk:logicalId", "data": "Extra"}]}"#,
    ),
];

fn units(files: &[(&str, &str)], parameters: &[(&str, &str)]) -> Vec<(&'static str, String, Unit)> {
    let sources = Sources::new(MemoryFiles::new(files.iter().map(|&(path, text)| (path, text))));
    let candidates: Vec<_> = files.iter().map(|(path, _)| Candidate::found(*path)).collect();
    let parameters = parameters.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
    let front_end = CloudFormation::new(Options { parameters });
    let discovery = front_end.discover(&candidates, &Environments::default(), &sources);
    assert!(discovery.diagnostics.is_empty(), "{:?}", discovery.diagnostics);
    let units = discovery.units.into_iter();
    units.map(|unit| (unit.kind, unit.path.to_string(), front_end.read(&unit, &sources))).collect()
}

#[test]
fn the_stacks_of_an_assembly_are_one_unit() {
    let units = units(&FILES, &[("Users:Stage", "prod"), ("Data:Stage", "dev")]);
    let [(kind, path, unit)] = units.as_slice() else { panic!("{units:?}") };
    assert_eq!((*kind, path.as_str()), (ASSEMBLY, "cdk.out"));
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(unit.resources, 4);
    let roles: Vec<_> = unit
        .model
        .roles
        .iter()
        .map(|(_, role)| {
            let declared = &role.declared;
            format!(
                "{} {:?} {}",
                declared.subject,
                role.name,
                declared.construct.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        roles,
        [
            "Data.Worker1 \"w-cn-north-1\" App/Data/Worker/Resource",
            "Data.Inner.Worker1 <unknown: `Data.Inner.Worker1.RoleName` is computed on creation> App/Data/Inner/Worker/Resource",
        ]
    );
}

#[test]
fn outputs_come_from_constructs_as_well() {
    let users = r#"{"Resources": {"Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "ana"}}},
        "Outputs": {"Shown": {"Value": {"Fn::GetAtt": ["Key", "SecretAccessKey"]}}}}"#;
    let metadata = r#"{"/App/Users/Shown": [{"type": "aws:cdk:logicalId", "data": "Shown"}]}"#;
    let mut files = FILES;
    for (path, text) in &mut files {
        match *path {
            "cdk.out/Users.template.json" => *text = users,
            "cdk.out/Users.metadata.json" => *text = metadata,
            _ => {}
        }
    }
    let units = units(&files, &[]);
    let shown = units.iter().flat_map(|(_, _, unit)| &unit.model.disclosures);
    let shown: Vec<_> =
        shown.map(|one| (&*one.declared.subject, one.declared.construct.as_deref())).collect();
    assert!(shown.contains(&("Users.Shown", Some("App/Users/Shown"))), "{shown:?}");
}

#[test]
fn what_a_stack_exports_another_one_imports() {
    let units = units(&FILES, &[("Users:Stage", "prod")]);
    let model = &units.first().expect("there is a unit").2.model;
    let grants: Vec<_> = model
        .grants
        .iter()
        .map(|grant| {
            let Principal::Role(role) = &grant.principal else { panic!("it is given to roles") };
            let Granted::Inline { name, .. } = &grant.policy else { panic!("it is inline") };
            let role = role.declared().map(|id| model.roles[id].declared.subject.to_string());
            let construct = grant.declared.construct.as_deref().unwrap_or_default();
            format!("{} {} {:?} {construct}", grant.declared.subject, role.unwrap_or_default(), name)
        })
        .collect();
    assert_eq!(
        grants,
        [
            "Users.Extra Data.Worker1 \"prod\" App/Users/Extra/Resource",
            "Users.Extra  \"prod\" App/Users/Extra/Resource",
            "Users.Extra Data.Worker1 \"prod\" App/Users/Extra/Resource",
            "Users.Extra  \"prod\" App/Users/Extra/Resource"
        ]
    );
}

#[test]
fn the_manifest_gives_parameters_their_values() {
    let template = r#""templateFile": "Users.template.json""#;
    let manifest =
        MANIFEST.replace(template, &format!("{template}, \"parameters\": {{\"Stage\": \"beta\"}}"));
    let mut files = FILES;
    files[0].1 = &manifest;
    for (parameters, expected) in [(&[][..], "beta"), (&[("Users:Stage", "prod")], "prod")] {
        let units = units(&files, parameters);
        let model = &units.first().expect("there is a unit").2.model;
        let names = model.grants.iter().filter_map(|grant| match &grant.policy {
            Granted::Inline { name, .. } => name.as_str().map(|name| name.into_owned()),
            _ => None,
        });
        assert_eq!(names.collect::<Vec<_>>(), [expected; 4]);
    }
}

#[test]
fn exports_that_depend_on_each_other_end() {
    let circle = |mine: &str, other: &str| {
        format!(
            r#"{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"RoleName": {{"Fn::ImportValue": "{other}"}}}}}}}},
            "Outputs": {{"O": {{"Value": {{"Fn::ImportValue": "{other}"}}, "Export": {{"Name": "{mine}"}}}}}}}}"#
        )
    };
    let (data, users) = (circle("a", "b"), circle("b", "a"));
    let mut files = FILES;
    files[2].1 = &data;
    files[4].1 = &users;
    let units = units(&files, &[]);
    let model = &units.first().expect("there is a unit").2.model;
    assert!(model.roles.iter().all(|(_, role)| role.name.as_str().is_none()));
}

#[test]
fn the_assembly_of_a_stage_is_a_unit_of_its_own() {
    let manifest = r#"{"artifacts": {"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}}"#;
    let inner = r#"{"artifacts": {"Gone": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../../up.json"}},
        "Data": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Data.template.json"}},
        "Lost": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Lost.template.json"}}}}"#;
    let units = units(
        &[
            ("manifest.json", manifest),
            ("assembly-Prod/manifest.json", inner),
            ("assembly-Prod/Data.template.json", DATA),
            ("asset.0b/product.template.json", INNER),
        ],
        &[],
    );
    let shown: Vec<_> = units
        .iter()
        .map(|(kind, path, unit)| {
            let codes: Vec<_> = unit.diagnostics.iter().map(|one| one.code).collect();
            format!("{kind} `{path}` {} {codes:?}", unit.resources)
        })
        .collect();
    assert_eq!(
        shown,
        [
            format!("{ASSEMBLY} `` 0 []"),
            format!("{ASSEMBLY} `assembly-Prod` 2 [\"unreadable\", \"nested-template\", \"unreadable\"]"),
            format!("{KIND} `asset.0b/product.template.json` 1 []"),
        ]
    );
}
