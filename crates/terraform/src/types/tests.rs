use hcl_edit::expr::Expression;
use iamrail_core::value::{Kind, Reason, Unknown, Value};

use super::{Constraint, equal, into_set};

fn constraint(text: &str) -> Constraint {
    let expression: Expression = text.parse().unwrap();
    Constraint::parse(&expression, &|_| None).unwrap()
}

fn refusal(text: &str) -> String {
    let expression: Expression = text.parse().unwrap();
    Constraint::parse(&expression, &|_| None).unwrap_err().message
}

/// The literal that an expression is, by way of a default value.
fn value(text: &str) -> Value {
    let Constraint::Object(attributes) = constraint(&format!("object({{ a = optional(any, {text}) }})"))
    else {
        panic!("no object")
    };
    attributes["a"].default.clone().unwrap()
}

fn converted(to: &str, from: &str) -> String {
    match constraint(to).convert(value(from)) {
        Ok(value) => format!("{value:?}"),
        Err(message) => message,
    }
}

#[test]
fn values_become_what_the_type_asks_for() {
    for (to, from, expected) in [
        ("string", "1.50", "\"1.5\""),
        ("string", "true", "\"true\""),
        ("number", "\"0x1F\"", "a number is required"),
        ("number", "\"1e3\"", "1000"),
        ("bool", "\"true\"", "true"),
        ("bool", "\"TRUE\"", "a bool is required; to convert from string, use lowercase \"true\""),
        ("bool", "1", "bool required"),
        ("list(string)", "[1, true, null]", "[\"1\", \"true\", null]"),
        ("list", "[1, \"a\"]", "[\"1\", \"a\"]"),
        ("list(any)", "[1, true]", "all list elements must have the same type"),
        ("list(any)", "[{ a = 1 }, { b = \"x\" }]", "[{\"a\": \"1\"}, {\"b\": \"x\"}]"),
        ("list(any)", "[[1], [\"a\", true]]", "[[\"1\"], [\"a\", \"true\"]]"),
        ("set(string)", "[\"c\", \"b\", \"b\", 3]", "[\"3\", \"b\", \"c\"]"),
        ("set(number)", "[10, 9, \"9\"]", "[9, 10]"),
        ("map", "{ b = 1, a = true, c = \"x\" }", "{\"a\": \"true\", \"b\": \"1\", \"c\": \"x\"}"),
        ("map(string)", "{ a = [] }", "element \"a\": string required"),
        ("tuple([string, number])", "[1, \"2\"]", "[\"1\", 2]"),
        ("object({ a = string })", "{ a = 1, b = 2 }", "{\"a\": \"1\"}"),
        ("object({ a = string, b = string })", "{}", "attributes \"a\" and \"b\" are required"),
        (
            "object({ a = object({ b = number }) })",
            "{ a = { b = \"x\" } }",
            "attribute \"a\": attribute \"b\": a number is required",
        ),
        ("object({ a = optional(string) })", "{}", "{\"a\": null}"),
        ("object({ a = optional(string, 5) })", "{ a = null }", "{\"a\": \"5\"}"),
        (
            "object({ a = optional(object({ b = optional(bool, true) }), {}) })",
            "{}",
            "{\"a\": {\"b\": true}}",
        ),
        ("list(object({ a = optional(list(string), [\"*\"]) }))", "[{}, null]", "[{\"a\": [\"*\"]}, null]"),
        ("\"list(string)\"", "[1]", "[\"1\"]"),
    ] {
        assert_eq!(converted(to, from), expected, "{from} to {to}");
    }
}

#[test]
fn what_is_no_type_is_refused() {
    for (text, expected) in [
        ("str", "`str` is not a type"),
        ("set", "the set type needs an argument"),
        ("list(string, string)", "the list type takes one argument"),
        ("object(string)", "an object type takes a map of types"),
        ("optional(string)", "`optional` stands only for an attribute of an object type"),
        ("object({ a = optional(number, \"x\") })", "the default value does not fit: a number is required"),
        ("5", "a type is a keyword or a call such as `list(string)`"),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn equality_needs_one_type_and_knows_what_it_does_not_know() {
    let unknown = || Value::unknown(Unknown::new(Reason::NoValue, "var.x"));
    assert_eq!(equal(&Value::int(1), &Value::text("1")), Some(false));
    assert_eq!(equal(&Value::null(), &Value::null()), Some(true));
    assert_eq!(equal(&Value::null(), &unknown()), None);
    assert_eq!(equal(&value("[1, [2]]"), &value("[1, [2]]")), Some(true));
    assert_eq!(equal(&Value::list(vec![unknown(), Value::int(1)]), &value("[1, 2]")), Some(false));
    assert_eq!(equal(&Value::list(vec![unknown(), Value::int(2)]), &value("[1, 2]")), None);
    assert_eq!(equal(&value("{ a = 1 }"), &value("{ b = 1 }")), Some(false));
}

#[test]
fn a_set_keeps_what_may_be_equal_behind_what_is_known() {
    let unknown = Value::unknown(Unknown::new(Reason::NoValue, "var.x"));
    let set = into_set(vec![unknown, Value::text("b"), Value::text("a"), Value::text("b")], None);
    assert_eq!(set.items.len(), 3);
    assert!(matches!(set.items[0].kind, Kind::Text(_)));
    assert!(set.items[2].is_unknown());
}
