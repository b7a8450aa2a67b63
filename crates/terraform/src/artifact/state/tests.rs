//! What the model has of states that real Terraform made.

use iamrail_core::check::{Candidate, Unit, UnitSource};
use iamrail_core::model::{Granted, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Reason;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::Options;
use crate::artifact::{PLAN, STATE, discover, read};
use crate::module::Library;

const SHOWN: &str = include_str!("../../../../../testdata/plans/keys/state.json");
const STORED: &str = include_str!("../../../../../testdata/plans/keys/terraform.tfstate");
const PLANNED: &str = include_str!("../../../../../testdata/plans/keys/plan.json");
const APPLIED: &str = include_str!("../../../../../testdata/plans/keys/applied.json");

fn read_text(path: &str, text: &str, kind: &str) -> Unit {
    let unit = read_whatever(path, text, kind);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    unit
}

fn read_whatever(path: &str, text: &str, kind: &str) -> Unit {
    let sources = Sources::new(MemoryFiles::new([(path, text)]));
    let discovery = discover(&[Candidate::found(path)], &sources);
    assert_eq!(discovery.units[0].kind, kind);
    read(&discovery.units[0], &sources, &Library::default(), &Options::default())
}

/// Every setting of a workload with the attributes of keys that reach it.
fn tainted(unit: &Unit) -> Vec<String> {
    let mut found = Vec::new();
    for (_, workload) in unit.model.workloads.iter() {
        for setting in &workload.settings {
            let attributes: Vec<_> = setting.value.origins.iter().map(|origin| &*origin.attribute).collect();
            if !attributes.is_empty() {
                found.push(format!(
                    "{} {} {}",
                    workload.declared.subject,
                    setting.name,
                    attributes.join(" ")
                ));
            }
        }
    }
    found
}

const LAMBDAS: [&str; 4] = [
    r#"module.worker["eu"].aws_lambda_function.this AWS_ACCESS_KEY_ID id"#,
    r#"module.worker["eu"].aws_lambda_function.this AWS_SECRET_ACCESS_KEY secret"#,
    r#"module.worker["us"].aws_lambda_function.this AWS_ACCESS_KEY_ID id"#,
    r#"module.worker["us"].aws_lambda_function.this AWS_SECRET_ACCESS_KEY secret"#,
];

#[test]
fn a_key_is_found_in_workloads_of_a_first_plan_but_for_locals() {
    let unit = read_text("plan.json", PLANNED, PLAN);
    assert_eq!(tainted(&unit), [&["aws_instance.script user_data id"], LAMBDAS.as_slice()].concat());
}

#[test]
fn a_key_is_found_in_workloads_once_it_exists_whatever_its_way() {
    let everywhere = [
        &["aws_ecs_task_definition.local AWS_SECRET_ACCESS_KEY secret", "aws_instance.script user_data id"],
        LAMBDAS.as_slice(),
    ]
    .concat();
    for (path, text, kind) in
        [("plan.json", APPLIED, PLAN), ("state.json", SHOWN, STATE), ("terraform.tfstate", STORED, STATE)]
    {
        assert_eq!(tainted(&read_text(path, text, kind)), everywhere, "{path}");
    }
}

#[test]
fn both_forms_of_a_state_and_the_plan_after_it_make_the_same_model() {
    for (path, text, kind) in
        [("plan.json", APPLIED, PLAN), ("state.json", SHOWN, STATE), ("terraform.tfstate", STORED, STATE)]
    {
        let unit = read_text(path, text, kind);
        let model = &unit.model;
        assert_eq!(unit.resources, 9, "{path}");
        let (role, _) = model.roles.iter().next().unwrap();
        let grants: Vec<_> = model.grants_of_role(role).collect();
        assert_eq!(grants.len(), 2, "{path}: the attached and the inline policy");
        assert!(grants.iter().any(|grant| matches!(grant.policy, Granted::Managed(_))));
        let (user, _) = model.users.iter().next().unwrap();
        assert_eq!(model.grants_of_user(user).count(), 1);
        let (_, key) = model.access_keys.iter().next().unwrap();
        assert_eq!(key.user.declared(), Some(user));
        assert_eq!(key.created.as_str().unwrap(), "2024-01-01T00:00:00Z");
        assert_eq!(model.workloads_of_role(role).count(), 2);
        let lambda =
            model.workloads.iter().map(|(_, workload)| workload).find(|one| one.what == "Lambda function");
        let lambda = lambda.unwrap();
        assert!(matches!(&lambda.role, WorkloadRole::Role(reference) if reference.declared() == Some(role)));
        assert_eq!(lambda.declared.calls.len(), 1);
    }
}

#[test]
fn secrets_are_marked_even_where_the_state_does_not_say_so() {
    let unit = read_text("terraform.tfstate", STORED, STATE);
    let settings = unit.model.workloads.iter().flat_map(|(_, workload)| &workload.settings);
    let shown: Vec<_> = settings.map(|setting| format!("{:?}", setting.value)).collect();
    assert!(shown.iter().any(|value| value == "<sensitive>"), "{shown:?}");
}

/// Puts something else in the place of the `at`-th value of a document, counted in depth.
fn replace(document: &mut Json, at: &mut usize, other: &Json) -> bool {
    if *at == 0 {
        *document = other.clone();
        return true;
    }
    *at -= 1;
    match document {
        Json::Array(items) => items.iter_mut().any(|item| replace(item, at, other)),
        Json::Object(members) => members.values_mut().any(|member| replace(member, at, other)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Nothing is asked of the result but that there is one.
    #[test]
    fn a_document_with_a_wrong_value_anywhere_is_read(
        text in prop::sample::select(vec![PLANNED, APPLIED, SHOWN, STORED]),
        at in 0..1500_usize,
        other in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!("x"), json!([]), json!({}), json!([null]),
            json!({"references": ["a["]}), json!({"references": ["module.worker", "each.value", "var.key.id"]}),
        ]),
    ) {
        let mut document: Json = serde_json::from_str(text).unwrap();
        replace(&mut document, &mut { at }, &other);
        let sources = Sources::new(MemoryFiles::new([("x.json", document.to_string())]));
        for kind in [PLAN, STATE] {
            let _ = read(&UnitSource::new(kind, "x.json"), &sources, &Library::default(), &Options::default());
        }
    }
}

#[test]
fn outputs_and_resources_of_no_meaning_hand_on_what_has_its_arn() {
    let arn = |name: &str| format!("arn:aws:iam::111122223333:policy/{name}");
    let policy = |name: &str| {
        json!({
            "mode": "managed", "type": "aws_iam_policy", "name": name,
            "instances": [{ "attributes": { "arn": arn(name), "id": arn(name), "name": name, "policy": "{}" } }],
        })
    };
    let parameter = json!({
        "mode": "managed", "type": "aws_sns_topic", "name": "told",
        "instances": [{ "attributes": { "policy": format!("{{\"Principal\": \"{}\"}}", arn("told")) } }],
    });
    let state = json!({
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 1,
        "lineage": "l",
        "outputs": { "all": { "value": [arn("shown")], "type": ["list", "string"] } },
        "resources": [policy("shown"), policy("told"), policy("kept"), parameter],
    });
    let unit = read_text("terraform.tfstate", &state.to_string(), STATE);
    let mentions: Vec<_> =
        unit.model.mentions.iter().map(|one| format!("{} by {}", one.of, one.by)).collect();
    assert_eq!(mentions, ["aws_iam_policy.shown by output.all", "aws_iam_policy.told by aws_sns_topic.told"]);
}

/// A state of policies with these ARNs, and of topics that have these texts.
fn policies_and_topics(arns: impl Iterator<Item = String>, topics: impl Iterator<Item = String>) -> Unit {
    let policies = arns.enumerate().map(|(place, arn)| {
        json!({
            "mode": "managed", "type": "aws_iam_policy", "name": format!("p{place}"),
            "instances": [{ "attributes": { "arn": arn, "id": arn, "name": "p", "policy": "{}" } }],
        })
    });
    let topics = topics.enumerate().map(|(place, text)| {
        json!({
            "mode": "managed", "type": "aws_sns_topic", "name": format!("t{place}"),
            "instances": [{ "attributes": { "policy": text } }],
        })
    });
    let resources: Vec<_> = policies.chain(topics).collect();
    let state = json!({
        "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources,
    });
    read_whatever("terraform.tfstate", &state.to_string(), STATE)
}

#[test]
fn many_policies_with_one_arn_have_one_mention_each() {
    let all = || (0..300).map(|_| "ab".to_owned());
    let unit = policies_and_topics(all(), all());
    assert!(unit.diagnostics.is_empty());
    assert_eq!(unit.model.mentions.len(), 300);
    assert!(unit.model.mentions.iter().all(|one| &*one.by == "aws_sns_topic.t0"));
    assert_eq!(unit.model.gap, None);
}

#[test]
fn a_search_for_policies_that_is_given_up_leaves_open_what_it_did_not_find() {
    let nested = (1..100).map(|length| "a".repeat(length));
    let found_too_often = policies_and_topics(nested, std::iter::once("a".repeat(1000)));
    let too_long = policies_and_topics(std::iter::once("a".repeat(50_000)), std::iter::empty());
    for unit in [found_too_often, too_long] {
        assert_eq!(unit.diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["budget-exceeded"]);
        let gap = unit.model.gap.as_ref().unwrap();
        assert_eq!(gap.reason, Reason::Budget);
    }
}
