//! Where the results of functions stand: findings point at what was written, through every function that leaves it as it
//! is.

use std::sync::Arc;

use iamrail_core::policy::Document;
use iamrail_core::source::{MemoryFiles, Sources};

use crate::eval::Evaluator;
use crate::module::Library;
use crate::{Flavor, Options};

/// The texts at which the resources of a policy are found to stand, with their file.
fn resources(text: &str) -> Vec<String> {
    let policy = "{\"Statement\": [{\"Effect\": \"Allow\", \"Resource\": [\"*\", \"${resource}\"]}]}";
    let yaml = "statement:\n  - Effect: Allow\n    Resource: \"*\"\n";
    let sources = Sources::new(MemoryFiles::new([("main.tf", text), ("p.json", policy), ("p.yaml", yaml)]));
    let (library, options) = (Library::default(), Options::default());
    let evaluator = Evaluator::new(&"".into(), Flavor::Terraform, &sources, &library, &options);
    let root = evaluator.root().unwrap();
    let value = evaluator.local(&root, &Arc::from("v"), root.module.files[0].span(0, 0));
    assert!(evaluator.into_diagnostics().is_empty());
    let document = Document::read(&value);
    let found = document.statements.iter().flat_map(|one| one.resources.iter()).flat_map(|one| &one.items);
    found
        .map(|item| {
            let span = item.span.unwrap();
            let file = sources.file(span.file).unwrap();
            format!("{}: {}", file.path(), file.slice(span))
        })
        .collect()
}

#[test]
fn a_policy_points_into_the_file_in_which_its_parts_are_written() {
    for (text, expected) in [
        (
            "data \"aws_iam_policy_document\" \"a\" {\n  statement {\n    resources = [\"a\", \"*\"]\n  }\n}\n\
             locals {\n  v = data.aws_iam_policy_document.a.json\n}\n",
            ["main.tf: \"a\"", "main.tf: \"*\""].as_slice(),
        ),
        (
            "data \"aws_iam_policy_document\" \"a\" {\n  statement {\n    resources = [local.all]\n  }\n}\n\
             data \"aws_iam_policy_document\" \"b\" {\n\
             source_policy_documents = [data.aws_iam_policy_document.a.json]\n}\n\
             locals {\n  all = \"*\"\n  v = data.aws_iam_policy_document.b.minified_json\n}\n",
            &["main.tf: \"*\""],
        ),
        (
            "locals {\n  v = jsonencode(merge({ Statement = [for r in concat([\"a\"], [\"*\"]) : { Effect = \"Deny\", \
             Resource = r }] }, {}))\n}\n",
            &["main.tf: \"a\"", "main.tf: \"*\""],
        ),
        ("locals {\n  v = file(\"p.json\")\n}\n", &["p.json: \"*\"", "p.json: \"${resource}\""]),
        (
            "locals {\n  v = trimspace(templatefile(\"p.json\", { resource = \"x\" }))\n}\n",
            &["p.json: \"*\"", "p.json: \"${resource}\""],
        ),
        (
            "locals {\n  v = jsonencode({ Statement = yamldecode(file(\"p.yaml\")).statement })\n}\n",
            &["p.yaml: \"*\""],
        ),
        (
            "locals {\n  v = replace(trimspace(<<-EOT\n\n    {\"Statement\": {\"Effect\": \"Allow\", \"Resource\": \"*\"},\n\
             \"Version\": \"VERSION\"}\n    EOT\n  ), \"VERSION\", \"2012-10-17\")\n}\n",
            &["main.tf: \"*\""],
        ),
    ] {
        assert_eq!(resources(text), expected, "{text}");
    }
}
