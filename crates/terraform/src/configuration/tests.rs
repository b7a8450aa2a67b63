//! Whole configurations, from bytes to the model.

use std::sync::Arc;

use iamrail_core::check::{Candidate, FrontEnd, Unit};
use iamrail_core::source::{MemoryFiles, Sources};

use crate::Terraform;

/// The units of a run over these files.
fn read(files: &[(&str, &str)]) -> Vec<(String, Unit)> {
    let files = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())));
    let candidates: Vec<Candidate> = files.paths().map(|path| Candidate::found(Arc::from(path))).collect();
    let sources = Sources::new(files);
    let terraform = Terraform::default();
    let discovery = terraform.discover(&candidates, &sources);
    discovery.units.iter().map(|unit| (unit.path.to_string(), terraform.read(unit, &sources))).collect()
}

#[test]
fn a_directory_becomes_a_model() {
    let units = read(&[(
        "main.tf",
        "resource \"aws_iam_user\" \"u\" {\n  name = \"alice\"\n}\nresource \"aws_s3_bucket\" \"b\" {}\n",
    )]);
    let [(path, unit)] = units.as_slice() else { panic!("one unit") };
    assert_eq!(path, "");
    assert_eq!(unit.resources, 2);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    let (_, user) = unit.model.users.iter().next().unwrap();
    assert_eq!(&*user.declared.subject, "aws_iam_user.u");
    assert_eq!(user.name.as_str().unwrap(), "alice");
}
