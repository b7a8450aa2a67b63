use iamrail_core::model::Guard;
use iamrail_core::policy::Document;
use iamrail_core::value::{Alternative, Choice, Kind, Reason, Text, Unknown, Value};
use std::sync::Arc;

use super::policy_document;

/// The value that a JSON text is, as arguments of the data source.
fn value(json: &str) -> Value {
    iamrail_core::value::json::read(&Text::literal(json, None)).unwrap()
}

fn minified(arguments: &Value) -> String {
    let document = policy_document(arguments);
    let json = document.get("minified_json").unwrap();
    json.as_text().map_or_else(|| format!("{json:?}"), Text::display)
}

fn unknown() -> Value {
    Value::unknown(Unknown::new(Reason::NoValue, "var.x"))
}

fn document_of(statement: Value) -> Value {
    let mut arguments = value(r#"{"statement": []}"#);
    let Kind::Map(map) = &mut arguments.kind else { unreachable!() };
    Arc::make_mut(map).entries[0].value = Value::list(vec![statement]);
    arguments
}

#[test]
fn one_element_goes_without_brackets_and_several_are_sorted_backwards() {
    let arguments = value(
        r#"{"statement": [{"sid": "", "actions": ["s3:A", "s3:C", "s3:A", "s3:B"], "resources": ["arn:&{aws:username}"],
            "condition": [{"test": "B", "variable": "v", "values": ["2", "1"]}, {"test": "A", "variable": "v", "values": ["x"]}]}]}"#,
    );
    assert_eq!(
        minified(&arguments),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:C","s3:B","s3:A"],"Resource":"arn:${aws:username}","Condition":{"A":{"v":"x"},"B":{"v":["2","1"]}}}]}"#
    );
}

#[test]
fn principals_of_every_type_are_everyone() {
    for (principals, expected) in [
        (r#"[{"type": "*", "identifiers": ["*"]}]"#, r#""*""#),
        (r#"[{"type": "AWS", "identifiers": ["*"]}]"#, r#"{"AWS":"*"}"#),
        (
            r#"[{"type": "Service", "identifiers": ["b", "a"]}, {"type": "AWS", "identifiers": ["x"]}]"#,
            r#"{"AWS":"x","Service":["b","a"]}"#,
        ),
    ] {
        let arguments = value(&format!(r#"{{"statement": [{{"principals": {principals}}}]}}"#));
        let expected = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{expected}}}]}}"#
        );
        assert_eq!(minified(&arguments), expected);
    }
}

#[test]
fn a_statement_takes_the_place_of_its_namesake_and_sources_must_not_repeat_names() {
    let with = |own: &str, list: &str| {
        let source =
            r#"{\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\"},{\"Effect\":\"Deny\"}]}"#;
        let arguments =
            format!(r#"{{"{list}": ["{source}"], "statement": [{{"sid": "{own}", "actions": ["x"]}}]}}"#);
        minified(&value(&arguments))
    };
    assert_eq!(
        with("A", "source_policy_documents"),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"x"},{"Effect":"Deny"}]}"#
    );
    assert_eq!(
        with("A", "override_policy_documents"),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"*"},{"Effect":"Deny"}]}"#
    );
    let twice = r#"{"source_policy_documents": ["{\"Statement\":[{\"Sid\":\"A\"}]}", "{\"Statement\":[{\"Sid\":\"A\"}]}"]}"#;
    let json = policy_document(&value(twice)).get("json").cloned().unwrap();
    assert!(matches!(&json.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Invalid));
}

#[test]
fn an_unknown_override_leaves_named_statements_in_doubt() {
    let mut arguments =
        value(r#"{"statement": [{"sid": "A"}, {"actions": ["x"]}], "override_policy_documents": []}"#);
    let Kind::Map(map) = &mut arguments.kind else { unreachable!() };
    Arc::make_mut(map).entries[1].value = Value::list(vec![unknown()]);
    let document = Document::read(policy_document(&arguments).get("json").unwrap());
    assert!(document.open.is_some());
    let doubts: Vec<_> = document.statements.iter().map(|one| one.undecided.is_some()).collect();
    assert_eq!(doubts, [true, false]);
}

#[test]
fn an_unknown_resource_is_a_hole_and_the_rest_stays() {
    let mut statement = value(r#"{"actions": ["s3:*"], "resources": []}"#);
    let Kind::Map(map) = &mut statement.kind else { unreachable!() };
    Arc::make_mut(map).entries[1].value = Value::list(vec![unknown(), Value::text("b")]);
    let arguments = document_of(statement);
    assert_eq!(
        minified(&arguments),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["b","${var.x}"]}]}"#
    );
    let document = Document::read(policy_document(&arguments).get("json").unwrap());
    assert_eq!(document.statements[0].resources.as_ref().unwrap().items.len(), 2);
}

#[test]
fn a_statement_that_may_not_be_there_is_undecided() {
    let statement = value(r#"{"actions": ["*"], "resources": ["*"]}"#);
    let choice = Choice {
        alternatives: vec![
            Alternative { guard: Guard::always(), value: Some(statement) },
            Alternative { guard: Guard::always(), value: None },
        ],
        undecided: Some(Arc::new(Unknown::new(Reason::NoValue, "var.x"))),
    };
    let arguments = document_of(Value::new(Kind::Choice(Arc::new(choice))));
    let document = Document::read(policy_document(&arguments).get("json").unwrap());
    assert_eq!(document.statements.len(), 1);
    assert!(document.statements[0].undecided.is_some());
    assert!(document.open.is_none());
}
