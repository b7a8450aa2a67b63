//! Expressions, against what Terraform computes, and what is kept of values that are not known.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::{Kind, Number, Part, Value};

use super::Evaluator;
use crate::Options;
use crate::module::Library;

/// The local `v` of a module, with what is wrong.
fn local(files: &[(&str, &str)]) -> (Value, Vec<Diagnostic>, Sources) {
    let files = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())));
    let sources = Sources::new(files);
    let (library, options) = (Library::default(), Options::default());
    let (value, diagnostics) = {
        let evaluator = Evaluator::new(&"".into(), &sources, &library, &options);
        let root = evaluator.root().unwrap();
        let span = root.module.files[0].span(0, 0);
        (evaluator.local(&root, &Arc::from("v"), span), evaluator.into_diagnostics())
    };
    (value, diagnostics, sources)
}

fn value_of(text: &str) -> Value {
    let (value, diagnostics, _) = local(&[("main.tf", text)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    value
}

fn to_json(value: &Value) -> serde_json::Value {
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(value) => (*value).into(),
        Kind::Number(Number::Int(number)) => {
            i64::try_from(*number).map_or_else(|_| (*number as f64).into(), Into::into)
        }
        Kind::Number(Number::Float(number)) => (*number).into(),
        Kind::Text(text) => text.as_str().map_or_else(|| text.display().into(), |text| text.into()),
        Kind::List(list) | Kind::Set(list) => list.items.iter().map(to_json).collect(),
        Kind::Map(map) => map.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect(),
        _ => format!("{value:?}").into(),
    }
}

#[derive(serde::Deserialize)]
struct Case {
    expression: String,
    #[serde(default)]
    value: serde_json::Value,
    #[serde(default)]
    error: bool,
}

#[test]
fn expressions_have_the_values_that_terraform_computes() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../../testdata/terraform/expressions.json")).unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let text = format!("locals {{\n  v = {}\n}}\n", case.expression);
        let (value, diagnostics, _) = local(&[("main.tf", &text)]);
        let right = if case.error {
            !diagnostics.is_empty()
        } else {
            diagnostics.is_empty() && same(&to_json(&value), &case.value)
        };
        if !right {
            wrong.push(format!("{}: {value:?} instead of {} {diagnostics:?}", case.expression, case.value));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= f64::EPSILON * a.abs(),
        _ => match (a, b) {
            (serde_json::Value::Array(a), serde_json::Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            _ => a == b,
        },
    }
}

#[test]
fn every_character_of_a_heredoc_is_where_it_was_written() {
    let text = "locals {\n  v = <<-EOT\n      {\n        \"a\": \"${1 + 1}\"\n      }\n    EOT\n}\n";
    let (value, _, sources) = local(&[("main.tf", text)]);
    let file = sources.load("main.tf").unwrap();
    let parts = value.as_text().unwrap().parts().to_vec();
    assert!(parts.len() > 2);
    for part in parts {
        let Part::Literal { text, span: Some(span) } = part else { continue };
        if span.len() as usize == text.len() && !text.starts_with('2') {
            assert_eq!(file.slice(span), &*text);
        }
    }
    assert_eq!(value.as_str().unwrap(), "{\n  \"a\": \"2\"\n}\n");
}

#[test]
fn a_variable_without_value_leaves_a_hole() {
    let value = value_of("variable \"x\" {}\nlocals {\n  v = \"a-${var.x}-b\"\n}\n");
    assert_eq!(value.as_text().unwrap().display(), "a-${var.x}-b");
}
