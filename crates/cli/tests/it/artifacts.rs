//! Plans and states as they are given to the command, and the configuration that they were made of.

use std::fs;

use crate::command::{CLEAN, Run, directory, iamrail, iamrail_with};
use crate::repository;

const MODULE: &str = "testdata/plans/keys";

/// A plan in one directory and its configuration in another.
fn plan_and_source() -> tempfile::TempDir {
    let read = |name: &str| fs::read(repository().join(MODULE).join(name)).unwrap();
    directory(&[
        ("out/plan.json", &read("plan.json")),
        ("infra/main.tf", &read("config/main.tf")),
        ("infra/modules/worker/main.tf", &read("config/modules/worker/main.tf")),
    ])
}

/// The files that findings and what belongs to them point into.
fn files(run: &Run) -> Vec<String> {
    let findings = run.json().pointer("/findings").unwrap().as_array().unwrap().clone();
    let mut files: Vec<String> = findings
        .iter()
        .flat_map(|finding| {
            let related = finding.pointer("/related").unwrap().as_array().unwrap();
            std::iter::once(finding).chain(related).filter_map(|one| one.pointer("/location/file")).cloned()
        })
        .map(|file| file.as_str().unwrap().to_owned())
        .collect();
    files.sort();
    files.dedup();
    files
}

#[test]
fn a_plan_points_into_the_source_that_is_named() {
    let dir = plan_and_source();
    let plain = iamrail(dir.path(), &["check", "--format", "json", "out/plan.json"]);
    assert_eq!(files(&plain), ["out/plan.json"]);

    let sources = ["infra/main.tf", "infra/modules/worker/main.tf"];
    let pointed = iamrail(dir.path(), &["check", "--format", "json", "out/plan.json", "--source", "infra"]);
    assert_eq!((pointed.status, files(&pointed)), (1, sources.map(str::to_owned).to_vec()));
    assert_eq!(pointed.json().pointer("/units/0/kind").unwrap(), "terraform-plan");
    assert!(pointed.codes().is_empty(), "{pointed:?}");
    let tainted = |run: &Run| run.out.matches("`aws_ecs_task_definition.local` carries").count();
    assert!(tainted(&plain) == 0 && tainted(&pointed) > 0, "the source has the local that a plan has not");

    let plan = fs::read(dir.path().join("out/plan.json")).unwrap();
    let piped = iamrail_with(dir.path(), &["check", "--format", "json", "-", "--source", "infra"], &plan);
    assert_eq!((piped.status, files(&piped)), (1, sources.map(str::to_owned).to_vec()));
}

#[test]
fn what_the_source_does_not_declare_points_into_the_plan() {
    let dir = plan_and_source();
    fs::write(dir.path().join("infra/main.tf"), CLEAN).unwrap();
    let run = iamrail(dir.path(), &["check", "--format", "json", "out/plan.json", "--source", "infra"]);
    assert_eq!((run.status, files(&run)), (1, vec!["out/plan.json".to_owned()]));
    assert_eq!(run.codes(), ["source-mismatch"]);
}

#[test]
fn a_source_that_is_no_directory_is_refused() {
    let dir = plan_and_source();
    for source in ["infra/main.tf", "nowhere"] {
        let run = iamrail(dir.path(), &["check", "out/plan.json", "--source", source]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.err.contains(source), "{run:?}");
    }
}

#[test]
fn a_plan_points_into_the_files_of_the_program_that_made_it() {
    let dir = plan_and_source();
    let main = fs::read(dir.path().join("infra/main.tf")).unwrap();
    fs::write(dir.path().join("infra/main.tofu"), main).unwrap();
    let check = ["check", "--format", "json", "out/plan.json", "--source", "infra"];
    let module = "infra/modules/worker/main.tf".to_owned();
    assert_eq!(files(&iamrail(dir.path(), &check)), ["infra/main.tf".to_owned(), module.clone()]);
    let told = [check.as_slice(), &["--flavor", "opentofu"]].concat();
    assert_eq!(files(&iamrail(dir.path(), &told)), ["infra/main.tofu".to_owned(), module]);
}

#[test]
fn a_state_points_into_the_source_that_is_named() {
    let dir = plan_and_source();
    for name in ["state.json", "terraform.tfstate"] {
        let state = fs::read(repository().join(MODULE).join(name)).unwrap();
        fs::write(dir.path().join("out").join(name), state).unwrap();
        let path = format!("out/{name}");
        let run = iamrail(dir.path(), &["check", "--format", "json", &path, "--source", "infra"]);
        // The key itself stands in the state, and nowhere in the source.
        let expected = ["infra/main.tf", "infra/modules/worker/main.tf", &path];
        assert_eq!((run.status, files(&run)), (1, expected.map(str::to_owned).to_vec()), "{name}");
        assert!(run.codes().is_empty(), "{run:?}");
    }
}

#[test]
fn a_source_that_cannot_be_read_in_full_is_told_once() {
    let dir = plan_and_source();
    let path = dir.path().join("infra/main.tf");
    let broken =
        [fs::read(&path).unwrap().as_slice(), b"\nresource \"aws_iam_user\" {\n}\nlocals {\n".as_slice()]
            .concat();
    fs::write(path, broken).unwrap();
    let run = iamrail(dir.path(), &["check", "--format", "json", "out/plan.json", "--source", "infra"]);
    assert_eq!((run.status, run.codes()), (1, vec!["source-incomplete".to_owned()]));
}

#[test]
fn a_source_without_a_plan_or_state_is_refused() {
    let dir = plan_and_source();
    for command in ["check", "show"] {
        let run = iamrail(dir.path(), &[command, "infra", "--source", "infra"]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.err.contains("terraform show -json"), "{run:?}");
    }
}
