//! Templates that exchange values, in several environments: which of them are deployed together.

use crate::command::{Run, directory};
use crate::environments::{check, found, names};

const PATHS: &str =
    "environments:\n  production: { paths: [prod, shared.yaml] }\n  staging: { paths: [stg, shared.yaml] }\n";

/// Exports a policy with these actions as `base`.
fn exporter(actions: &str) -> String {
    format!(
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: base\n      Description: Lets those \
         who run the accounts do their work\n      PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '{actions}', Resource: '*'}}]}}\n\
         Outputs:\n  P: {{Value: !Ref P, Export: {{Name: base}}}}\n"
    )
}

const IMPORTER: &str = "Resources:\n  G:\n    Type: AWS::IAM::Group\n    Properties:\n      GroupName: readers\n      \
                        ManagedPolicyArns: [!ImportValue base]\n";

/// What is said of the administrators, and which diagnostics there are.
fn said(run: &Run) -> (Vec<String>, Vec<String>) {
    let administrators = found(run).into_iter().filter(|one| one.starts_with("unapproved-administrator"));
    let json = run.json();
    let diagnostics = json.pointer("/diagnostics").unwrap().as_array().unwrap().iter();
    let code = |one: &serde_json::Value| {
        format!("{} {}", one["code"].as_str().unwrap(), one["path"].as_str().unwrap_or_default())
    };
    (administrators.collect(), diagnostics.map(code).collect())
}

#[test]
fn what_one_environment_exports_is_not_imported_in_another() {
    let staging = exporter("*");
    let dir = directory(&[
        ("stg/a.yaml", staging.as_bytes()),
        ("prod/b.yaml", IMPORTER.as_bytes()),
        ("iamrail.yaml", PATHS.as_bytes()),
    ]);
    for args in [&[][..], &["--environment", "production"]] {
        let run = check(dir.path(), args);
        assert!(said(&run).0.is_empty(), "{:?}", run.out);
        // What the group may do is not known.
        assert!(run.out.contains("!ImportValue base"), "{}", run.out);
        let units = run.json()["units"].as_array().unwrap().clone();
        let production = units.iter().find(|unit| unit["path"] == "prod/b.yaml").unwrap();
        assert_eq!(names(&production["environments"]), "production");
    }
}

#[test]
fn equal_names_of_exports_in_several_environments_are_told_apart() {
    let (production, staging) = (exporter("s3:GetObject"), exporter("*"));
    let dir = directory(&[
        ("prod/a.yaml", production.as_bytes()),
        ("prod/b.yaml", IMPORTER.as_bytes()),
        ("stg/a.yaml", staging.as_bytes()),
        ("stg/b.yaml", IMPORTER.as_bytes()),
        ("iamrail.yaml", PATHS.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    assert_eq!(said(&run), (vec!["unapproved-administrator staging".to_owned()], vec![]));
    assert!(!run.out.contains("!ImportValue base"), "{}", run.out);
}

#[test]
fn a_template_of_several_environments_is_beside_those_of_each() {
    let (production, staging) = (exporter("s3:GetObject"), exporter("*"));
    let dir = directory(&[
        ("shared.yaml", IMPORTER.as_bytes()),
        ("prod/a.yaml", production.as_bytes()),
        ("stg/a.yaml", staging.as_bytes()),
        ("iamrail.yaml", PATHS.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    assert_eq!(said(&run), (vec!["unapproved-administrator staging".to_owned()], vec![]));
    // What only staging has is found in staging alone.
    let wide = found(&run).into_iter().filter(|one| one.starts_with("broad-admin-policy"));
    assert_eq!(wide.collect::<Vec<_>>(), ["broad-admin-policy staging"]);
    let run = check(dir.path(), &["--environment", "production"]);
    assert_eq!(said(&run), (vec![], vec!["other-environment stg/a.yaml".to_owned()]));
}

#[test]
fn several_exports_of_one_environment_are_said_of_it() {
    let (one, other) = (exporter("s3:GetObject"), exporter("*"));
    let dir = directory(&[
        ("prod/a.yaml", one.as_bytes()),
        ("prod/b.yaml", IMPORTER.as_bytes()),
        ("prod/c.yaml", other.as_bytes()),
        ("stg/a.yaml", one.as_bytes()),
        ("stg/b.yaml", IMPORTER.as_bytes()),
        ("iamrail.yaml", PATHS.as_bytes()),
    ]);
    let run = check(dir.path(), &[]);
    let json = run.json();
    let ambiguous: Vec<_> = json
        .pointer("/diagnostics")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["code"] == "ambiguous-export")
        .collect();
    assert_eq!(ambiguous.len(), 1, "{}", run.out);
    assert_eq!(names(&ambiguous[0]["environments"]), "production");
    let run = check(dir.path(), &["--environment", "staging"]);
    assert!(!run.out.contains("ambiguous-export"), "{}", run.out);
}
