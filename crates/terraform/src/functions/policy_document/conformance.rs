//! Documents against what the AWS provider renders.

use std::sync::Arc;

use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Value;

use crate::eval::Evaluator;
use crate::module::Library;
use crate::{Flavor, Options};

const CASES: &str = include_str!("../../../../../testdata/terraform/policy_documents.json");

#[derive(serde::Deserialize)]
struct Case {
    /// The body of the data source.
    body: String,
    #[serde(default)]
    json: String,
    #[serde(default)]
    error: bool,
}

fn rendered(body: &str) -> Value {
    let text = format!(
        "data \"aws_iam_policy_document\" \"d\" {{\n{body}\n}}\n\
         locals {{\n  v = data.aws_iam_policy_document.d.json\n}}\n"
    );
    let sources = Sources::new(MemoryFiles::new([("main.tf", text)]));
    let (library, options) = (Library::default(), Options::default());
    let evaluator = Evaluator::new(&"".into(), Flavor::Terraform, &sources, &library, &options);
    let root = evaluator.root().unwrap();
    let span = root.module.files[0].span(0, 0);
    evaluator.local(&root, &Arc::from("v"), span)
}

#[test]
fn documents_are_rendered_byte_by_byte_as_the_provider_does() {
    let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let value = rendered(&case.body);
        let right = match value.as_str() {
            Some(json) => !case.error && json == case.json,
            None => case.error && value.is_unknown(),
        };
        if !right {
            wrong.push(format!("{}\n--- is\n{value:?}\n--- instead of\n{:?}", case.body, case.json));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}
