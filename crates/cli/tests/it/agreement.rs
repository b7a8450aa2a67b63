//! What is found in a configuration and in the plan that real Terraform made of it, `testdata/plans/<name>/`.
//!
//! A plan knows values that the configuration does not tell, and has forgotten how others were made: what is a fault in
//! one must be a fault in the other, or not be decided there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use iamrail::core::check::{Candidate, Checker};
use iamrail::core::options::Options;
use iamrail::core::report::{Report, Verdict};
use iamrail::core::source::{MemoryFiles, Sources};
use iamrail::terraform::{Options as TerraformOptions, Terraform};

use crate::repository;

/// What a plan cannot tell: it does not have the locals that a secret, which is not known yet, may have gone through.
const BEYOND_PLANS: [&str; 1] =
    ["keys: workload-static-credentials of aws_ecs_task_definition.local is missing in the plan"];

#[test]
fn a_configuration_and_its_plan_have_the_same_faults() {
    let mut differences = Vec::new();
    for entry in fs::read_dir(repository().join("testdata/plans")).unwrap() {
        let dir = entry.unwrap().path();
        if dir.is_dir() {
            let name = dir.file_name().unwrap().to_string_lossy().into_owned();
            let configuration = check(&dir.join("config"));
            let plan = check_file(&dir.join("plan.json"));
            differences.extend(missing(&name, "the plan", &configuration, &plan));
            differences.extend(missing(&name, "the configuration", &plan, &configuration));
        }
    }
    differences.sort();
    assert_eq!(differences, BEYOND_PLANS);
}

/// Where a plan points elsewhere than the configuration does: of a text that it does not know it cannot tell the part.
const ELSEWHERE: [(&str, &str, (u32, u32)); 1] = [("keys", "aws_instance.script", (69, 15))];

#[test]
fn a_plan_points_to_the_same_places_as_its_configuration() {
    let mut differences = Vec::new();
    for entry in fs::read_dir(repository().join("testdata/plans")).unwrap() {
        let dir = entry.unwrap().path();
        if !dir.is_dir() {
            continue;
        }
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        let configuration = places(&check(&dir.join("config")));
        let mut files = vec![("plan.json".to_owned(), fs::read(dir.join("plan.json")).unwrap())];
        collect(&dir.join("config"), "", &mut files);
        let plan = places(&run(files, &["plan.json"], Some("")));
        for (fault, place) in &plan {
            let known = configuration.get(fault).is_none_or(|known| known == place);
            if !known || place.0.ends_with(".json") && !place.0.ends_with(".tf.json") {
                differences.push((name.clone(), fault.1.to_string(), (place.1, place.2)));
            }
        }
    }
    let differences: Vec<_> =
        differences.iter().map(|(name, subject, place)| (name.as_str(), subject.as_str(), *place)).collect();
    assert_eq!(differences, ELSEWHERE);
}

/// A rule, its subject, and what is said.
type Fault = (&'static str, Arc<str>, String);

/// The place of every fault: file, line, column.
fn places(report: &Report) -> BTreeMap<Fault, (Arc<str>, u32, u32)> {
    let violated = report.findings.iter().filter(|finding| finding.verdict == Verdict::Violated);
    let place = violated.map(|finding| {
        let at = report.sources.locate(finding.span).unwrap();
        let fault = (finding.rule.name, Arc::clone(&finding.subject), finding.message.clone());
        (fault, (at.path, at.start.line, at.start.column))
    });
    place.collect()
}

/// The faults of one report that the other neither has nor leaves open.
fn missing(name: &str, other_name: &str, one: &Report, other: &Report) -> Vec<String> {
    let known: BTreeSet<_> = faults(other, None).collect();
    let violated: BTreeSet<_> = faults(one, Some(Verdict::Violated)).collect();
    let missing = violated.into_iter().filter(|fault| !known.contains(fault));
    missing.map(|(rule, subject)| format!("{name}: {rule} of {subject} is missing in {other_name}")).collect()
}

fn faults(report: &Report, verdict: Option<Verdict>) -> impl Iterator<Item = (&'static str, Arc<str>)> {
    let findings =
        report.findings.iter().filter(move |one| verdict.is_none_or(|verdict| one.verdict == verdict));
    findings.flat_map(|finding| {
        // The instances of a resource that share a statement are one finding where it stands at one place.
        let sharing = finding.related.iter().filter(|one| one.message.starts_with("allows "));
        let subjects = sharing.map(|one| &one.subject).chain([&finding.subject]);
        subjects.map(|subject| (finding.rule.name, Arc::clone(subject)))
    })
}

fn check_file(path: &Path) -> Report {
    run(vec![("plan.json".to_owned(), fs::read(path).unwrap())], &["plan.json"], None)
}

fn check(dir: &Path) -> Report {
    let mut files = Vec::new();
    collect(dir, "", &mut files);
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    run(files, &paths, None)
}

pub(crate) fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.push((name, fs::read(&path).unwrap()));
        }
    }
}

/// All rules with their defaults, on the one account and region that the plans were made for.
fn run(files: Vec<(String, Vec<u8>)>, paths: &[impl AsRef<str>], source: Option<&str>) -> Report {
    let candidates: Vec<_> = paths.iter().map(|path| Candidate::found(path.as_ref())).collect();
    let sources = Arc::new(Sources::new(MemoryFiles::new(files)));
    let mut options = TerraformOptions::default();
    options.variables = vec![("on".to_owned(), "true".to_owned())];
    options.source = source.map(str::to_owned);
    Checker::new(Options::default()).with_front_end(Terraform::new(options)).check(&sources, &candidates)
}
