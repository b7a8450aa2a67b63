//! The role and the settings of workloads.

use std::sync::Arc;

use iamrail_core::model::{Guard, WorkloadRole};
use iamrail_core::value::{Alternative, Choice, Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

use super::{Fixture, map, of, unknown};

#[test]
fn what_may_be_left_out_and_is_in_some_of_the_cases_stays_a_choice() {
    let choice = |values: [Value; 2]| {
        let alternatives = values.map(|value| Alternative { guard: Guard::always(), value: Some(value) });
        let undecided = Some(Arc::new(Unknown::new(Reason::NoValue, "var.profile")));
        Value::new(Kind::Choice(Arc::new(Choice { alternatives: alternatives.to_vec(), undecided })))
    };
    let block = |fields| map([("iam_instance_profile", Value::list(vec![map(fields)]))]);
    let cases = [
        ("aws_instance.app", map([]), "absent"),
        ("aws_instance.app", map([("iam_instance_profile", Value::null())]), "absent"),
        ("aws_instance.app", map([("iam_instance_profile", Value::text("p"))]), r#""p""#),
        ("aws_launch_template.app", block([("arn", Value::null()), ("name", Value::text("p"))]), r#""p""#),
        (
            "aws_launch_template.app",
            block([("arn", choice([Value::null(), Value::text("a")])), ("name", Value::text("n"))]),
            r#"{Some("n"), Some("a")}"#,
        ),
        (
            "aws_launch_template.app",
            block([("arn", choice([Value::null(), Value::text("a")])), ("name", Value::null())]),
            r#"{Some(null), Some("a")}"#,
        ),
    ];
    for (address, arguments, expected) in cases {
        let model = Fixture::new().with(address, arguments).model();
        let (_, workload) = model.workloads.iter().next().unwrap();
        let found = match &workload.role {
            WorkloadRole::Absent => "absent".to_owned(),
            WorkloadRole::Profile(profile) => format!("{:?}", profile.value),
            other => format!("{other:?}"),
        };
        assert_eq!(found, expected);
    }
}

fn settings(address: &str, arguments: Value) -> Vec<(String, String)> {
    let model = Fixture::new().with(address, arguments).model();
    let workloads = model.workloads.iter();
    let settings = workloads.flat_map(|(_, workload)| &workload.settings);
    settings.map(|one| (one.name.to_string(), format!("{:?}", one.value))).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), format!("{value:?}"))
}

#[test]
fn variables_are_settings_by_name_however_they_are_written() {
    let entry = |name: &str, value: &str| map([("name", Value::text(name)), ("value", Value::text(value))]);
    let environment = map([("variables", map([("A", Value::text("1")), ("B", Value::text("2"))]))]);
    assert_eq!(
        settings("aws_lambda_function.f", map([("environment", Value::list(vec![environment]))])),
        [pair("A", "1"), pair("B", "2")]
    );
    let environment = map([("environment_variable", Value::list(vec![entry("A", "1"), entry("B", "2")]))]);
    assert_eq!(
        settings("aws_codebuild_project.p", map([("environment", Value::list(vec![environment]))])),
        [pair("A", "1"), pair("B", "2")]
    );
    let containers = Value::list(vec![map([("environment", Value::list(vec![entry("A", "1")]))])]);
    let text = Text::literal("[...]", None).encoding(Arc::new(containers));
    assert_eq!(
        settings("aws_ecs_task_definition.t", map([("container_definitions", Value::new(Kind::Text(text)))])),
        [pair("A", "1")]
    );
    let secret = map([("secret_name", Value::text("A")), ("plaintext_value", Value::text("1"))]);
    assert_eq!(settings("github_actions_secret.s", secret), [pair("A", "1")]);
}

#[test]
fn json_that_is_written_as_text_is_taken_apart_around_its_holes() {
    let before = r#"[{"environment": [{"name": "A", "value": ""#;
    let parts = |text: &str| Part::Literal { text: text.into(), span: None };
    let origins = Origins::of("aws_iam_access_key.k", "secret");
    let hole = Part::Hole(Arc::new(Hole { unknown: unknown(), origins, span: None }));
    let text = Text::from_parts(vec![parts(before), hole, parts(r#""}, {"name": "B", "value": "2"}]}]"#)]);
    let arguments = map([("container_definitions", Value::new(Kind::Text(text)))]);
    let model = Fixture::new().with("aws_ecs_task_definition.t", arguments).model();
    let (_, workload) = model.workloads.iter().next().unwrap();
    let tainted: Vec<_> =
        workload.settings.iter().map(|one| (&*one.name, one.value.origins.iter().count())).collect();
    assert_eq!(tainted, [("A", 1), ("B", 0)]);

    let job = map([("container_properties", Value::text(r#"{"jobRoleArn": "arn:aws:iam::1:role/r"}"#))]);
    let model = Fixture::new().with("aws_batch_job_definition.j", job).model();
    let (_, workload) = model.workloads.iter().next().unwrap();
    assert!(matches!(workload.role, WorkloadRole::Role(_)));
}

#[test]
fn the_origin_of_a_setting_survives() {
    let variables = map([("KEY", of("aws_iam_access_key.k", "secret"))]);
    let environment = Value::list(vec![map([("variables", variables)])]);
    let model = Fixture::new().with("aws_lambda_function.f", map([("environment", environment)])).model();
    let (_, workload) = model.workloads.iter().next().unwrap();
    assert_eq!(&*workload.settings[0].value.origins.exact().unwrap().resource, "aws_iam_access_key.k");
}

#[test]
fn user_data_is_read_through_base64() {
    let encoded = map([("user_data", Value::text("IyEvYmluL3NoCmV4cG9ydCBBPTE="))]);
    assert_eq!(settings("aws_launch_template.t", encoded), [pair("user_data", "#!/bin/sh\nexport A=1")]);
    let plain = map([("user_data", Value::text("#!/bin/sh"))]);
    assert_eq!(settings("aws_instance.i", plain), [pair("user_data", "#!/bin/sh")]);
}

#[test]
fn an_encrypted_parameter_is_no_sink() {
    let parameter = |form: &str| map([("type", Value::text(form)), ("value", Value::text("x"))]);
    assert!(settings("aws_ssm_parameter.p", parameter("SecureString")).is_empty());
    assert_eq!(settings("aws_ssm_parameter.p", parameter("String")), [pair("value", "x")]);
}
