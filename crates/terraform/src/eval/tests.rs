//! Expressions, against what Terraform computes, and what is kept of values that are not known.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::{Kind, Number, Part, Value};

use super::Evaluator;
use crate::module::Library;
use crate::{Flavor, Options};

/// The local `v` of a module, with what is wrong.
fn local(files: &[(&str, &str)]) -> (Value, Vec<Diagnostic>, Sources) {
    let files = MemoryFiles::new(files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())));
    let sources = Sources::new(files);
    let (library, options) = (Library::default(), Options::default());
    let (value, diagnostics) = {
        let evaluator = Evaluator::new(&"".into(), Flavor::Terraform, &sources, &library, &options);
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
fn splats_without_end_are_over_budget() {
    let deep = 200_000;
    for step in ["[*]", ".*", ".*[*]", ".*[0]", ".b"] {
        let text = format!("locals {{\n  v = [1]{}\n}}\n", step.repeat(deep));
        let (_, diagnostics, _) = local(&[("main.tf", &text)]);
        assert_eq!(diagnostics.len(), 1, "{step}: {diagnostics:?}");
    }
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

/// The local `v` as it is written for debugging, in a module with variables `flag` and `name` that have no value.
fn shown(expression: &str) -> String {
    let value = value_of(&format!(
        "variable \"flag\" {{}}\nvariable \"name\" {{}}\nlocals {{\n  v = {expression}\n}}\n"
    ));
    format!("{value:?}")
}

#[test]
fn an_element_that_may_not_be_there_is_not_counted() {
    let unknown = "<unknown: `var.flag` has no value>";
    for (expression, expected) in [
        ("length([for e in [\"a\", \"b\"] : e if var.flag])", unknown),
        (
            "element([for e in [\"a\", \"b\"] : e if var.flag], 1)",
            "{Some(\"b\"), Some(<unknown: `var.flag` has no value>)}",
        ),
        ("chunklist([for e in [\"a\", \"b\"] : e if var.flag], 2)", unknown),
        ("slice([for e in [\"a\", \"b\"] : e if var.flag], 0, 1)", "[<unknown: `var.flag` has no value>]"),
        (
            "coalescelist([for e in [\"a\"] : e if var.flag], [\"b\"])",
            "{Some([{Some(\"a\"), None}]), Some([\"b\"])}",
        ),
        ("join(\",\", [for e in [\"a\", \"b\"] : e if var.flag])", "\"${var.flag}\""),
        ("concat([for e in [\"a\"] : e if var.flag], [\"b\"])[0]", "{Some(\"a\"), Some(\"b\")}"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_made_of_an_element_that_may_not_be_there_may_not_be_there_either() {
    for (expression, expected) in [
        ("[for e in [for e in [\"a\"] : e if var.flag] : upper(e)]", "[{Some(\"A\"), None}]"),
        ("[for e in [for e in [\"a\"] : e if var.flag] : 1]", "[{Some(1), None}]"),
        ("[for e in [{ a = 1 }] : e if var.flag][*].a", "[{Some(1), None}]"),
        ("{ for e in [for e in [\"a\"] : e if var.flag] : e => 1 }", "{\"a\": {Some(1), None}}"),
        (
            "\"x%{ for e in [for e in [\"a\"] : e if var.flag] }-${e}%{ endfor }\"",
            "{Some(\"x-a\"), Some(\"x\")}",
        ),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn what_stands_behind_elements_that_are_not_known_may_stand_elsewhere() {
    assert_eq!(
        shown("concat(var.name, [\"b\"])[0]"),
        "{Some(\"b\"), Some(<unknown: `var.name` has no value>)}"
    );
}

#[test]
fn what_hangs_on_the_last_digits_of_a_quotient_is_not_known() {
    for (expression, expected) in [
        ("0.3 / 0.1 == 3", "<unknown: `0.3 / 0.1` is not evaluated>"),
        ("1 / 3 == 0.3333333333333333", "<unknown: `1 / 3 == 0.3333333333333333` is not evaluated>"),
        ("10 / 3 * 3 == 10", "<unknown: `10 / 3 * 3` is not evaluated>"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_read_from_a_secret_is_secret() {
    for expression in [
        "sensitive([{ a = 1 }])[*].a",
        "[\"a\", \"b\"][sensitive(0)]",
        "{ (sensitive(\"a\")) = 1 }",
        "trimprefix(\"a\", sensitive(\"b\"))",
        "replace(\"a\", sensitive(\"b\"), \"c\")",
        "coalesce(sensitive(\"\"), \"a\")",
        "coalescelist(sensitive([]), [\"a\"])",
    ] {
        let value = value_of(&format!("locals {{\n  v = {expression}\n}}\n"));
        assert!(value.sensitive, "{expression}");
    }
}

#[test]
fn a_case_that_cannot_be_evaluated_is_not_the_real_one_unless_something_else_is_tried() {
    for (expression, expected) in [
        ("{ a = { b = 1 }, c = {} }[var.name].b", "1"),
        ("try({ a = { b = 1 }, c = {} }[var.name].b, 2)", "{Some(1), Some(2)}"),
        ("can({ a = { b = 1 }, c = {} }[var.name].b)", "<unknown: `var.name` has no value>"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn a_resource_as_a_whole_has_what_the_provider_knows_of_it() {
    let value = value_of(concat!(
        "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
        "locals {\n  v = aws_iam_user.u\n}\n",
    ));
    assert!(value.get("name").is_some() && value.get("lifecycle").is_none(), "{value:?}");
}

#[test]
fn that_something_takes_too_much_is_no_fault_to_fall_back_from() {
    let large = "[for a in range(1000) : [for b in range(1000) : b]]";
    for (v, expected) in [
        (format!("try({large}, \"safe\")"), "`b` is too large to be evaluated"),
        (format!("can({large})"), "`b` is too large to be evaluated"),
        (format!("[{large}, upper(local.user)][1]"), "`b[...]` is too large to be evaluated"),
        (
            r#"try(replace(format("%0100000d", 0), "0", format("%01000d", 0)), 1)"#.to_owned(),
            r#"`replace(format("%0100000d", 0), "0", format("%01000d", 0))` is too large to be evaluated"#,
        ),
    ] {
        let (value, diagnostics, _) =
            local(&[("main.tf", &format!("locals {{\n  user = \"x\"\n  v = {v}\n}}\n"))]);
        assert_eq!(diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["budget-exceeded"], "{v}");
        assert_eq!(value.unknown_part().map(ToString::to_string).as_deref(), Some(expected), "{v}");
    }
}

#[test]
fn what_a_resource_does_not_set_is_an_attribute_of_it_wherever_the_resource_goes() {
    let value = value_of(
        "resource \"aws_iam_role\" \"r\" {}\nlocals {\n  o = aws_iam_role.r\n  v = local.o.name\n}\n",
    );
    let origin = value.origins.exact().map(|origin| (&*origin.resource, &*origin.attribute));
    assert_eq!(origin, Some(("aws_iam_role.r", "name")));
}
