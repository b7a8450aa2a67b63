//! Every function against what Terraform computes.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::{Kind, Number, Value};
use serde_json::Value as Json;

use super::FAMILIES;
use crate::eval::Evaluator;
use crate::module::Library;
use crate::{Flavor, Options};

const CASES: &str = include_str!("../../../../testdata/terraform/functions.json");

const FILES: [(&str, &str); 5] = [
    ("files/hello.txt", include_str!("../../../../testdata/terraform/files/hello.txt")),
    ("files/list.tftpl", include_str!("../../../../testdata/terraform/files/list.tftpl")),
    ("files/nested/data.json", include_str!("../../../../testdata/terraform/files/nested/data.json")),
    ("files/nested/data.yaml", include_str!("../../../../testdata/terraform/files/nested/data.yaml")),
    ("files/policy.json.tftpl", include_str!("../../../../testdata/terraform/files/policy.json.tftpl")),
];

#[derive(serde::Deserialize)]
struct Case {
    expression: String,
    #[serde(default)]
    value: Json,
    /// The message, or `true` for any.
    #[serde(default)]
    error: Json,
}

/// The value of an expression, or what is wrong with it.
fn computed(expression: &str) -> Result<Value, String> {
    let text = format!("locals {{\n  v = (\n{expression}\n  )\n}}\n");
    let files = FILES.iter().copied().chain([("main.tf", text.as_str())]);
    let sources = Sources::new(MemoryFiles::new(files));
    let (library, options) = (Library::default(), Options::default());
    let evaluator = Evaluator::new(&"".into(), Flavor::Terraform, &sources, &library, &options);
    let root = evaluator.root().unwrap();
    let span = root.module.files[0].span(0, 0);
    let value = evaluator.local(&root, &Arc::from("v"), span);
    match evaluator.into_diagnostics().first() {
        None => Ok(value),
        Some(diagnostic) => Err(diagnostic.message.clone()),
    }
}

/// Without the name of the function in front, and without the capital letter that Terraform begins with.
fn bare(message: &str) -> String {
    let message = match message.split_once("`: ") {
        Some((name, rest)) if name.starts_with('`') => rest,
        _ => message,
    };
    let message = message.replace(". Missing", "; missing");
    let message = message.as_str();
    let message = message.strip_prefix("Function ").map_or(message, |rest| rest.split_once(' ').unwrap().1);
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn to_json(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(Number::Int(number)) => {
            i64::try_from(*number).map_or((*number as f64).into(), Into::into)
        }
        Kind::Number(Number::Float(number)) => (*number).into(),
        Kind::Text(text) => text.as_str().unwrap().into(),
        Kind::List(list) | Kind::Set(list) => list.items.iter().map(to_json).collect(),
        Kind::Map(map) => map.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect(),
        _ => format!("{value:?}").into(),
    }
}

/// Numbers are the same when they differ by no more than the precision of doubles.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(_), Json::Number(_)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= f64::EPSILON * a.abs()
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn functions_give_the_values_and_messages_of_terraform() {
    let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let difference = match (computed(&case.expression), &case.error) {
            (Ok(value), Json::Null) if same(&to_json(&value), &case.value) => None,
            (Ok(value), Json::Null) => Some(format!("{} instead of {}", to_json(&value), case.value)),
            (Ok(value), error) => Some(format!("{} instead of the error {error}", to_json(&value))),
            (Err(_), Json::Bool(_)) => None,
            (Err(message), Json::String(expected)) if bare(&message) == bare(expected) => None,
            (Err(message), expected) => Some(format!("error {:?} instead of {expected}", bare(&message))),
        };
        wrong.extend(difference.map(|difference| format!("{}\n    {difference}", case.expression)));
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_function_of_terraform_is_there_and_compared() {
    let names: BTreeSet<_> = FAMILIES.iter().flat_map(|family| family.iter()).map(|one| one.name).collect();
    // Terraform 1.11: `terraform metadata functions -json`, without those of the namespace `core`.
    assert_eq!(names.len(), 118);
    let is_used = |name: &&str| !CASES.contains(&format!("{name}("));
    let unused: Vec<_> = names.iter().copied().filter(is_used).collect();
    let unknown = ["base64gzip", "bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid"];
    assert_eq!(unused, unknown);
}
