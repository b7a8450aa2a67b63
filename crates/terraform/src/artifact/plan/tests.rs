//! What the model has of a plan that real Terraform made, and of small ones that show one thing each.

use std::sync::Arc;

use iamrail_core::check::{Candidate, Unit, UnitSource};
use iamrail_core::model::{Granted, Id, Link, Model, Principal, Reference, WorkloadRole};
use iamrail_core::report::Level;
use iamrail_core::source::{MemoryFiles, Sources};
use iamrail_core::value::Value;

use crate::Options;
use crate::artifact::{PLAN as KIND, discover, read};
use crate::module::Library;

const HANDMADE: &str = include_str!("../../../../../testdata/plans/handmade/plan.json");

fn read_plan(text: &str) -> (Unit, Sources) {
    let sources = Sources::new(MemoryFiles::new([("plan.json", text)]));
    let unit = read(&UnitSource::new(KIND, "plan.json"), &sources, &Library::default(), &Options::default());
    (unit, sources)
}

/// The subject of what a reference names, or how it fails to name anything.
fn target<T>(reference: &Reference<T>, subject: impl Fn(Id<T>) -> Arc<str>) -> String {
    match &reference.link {
        Link::Declared(id) => subject(*id).to_string(),
        Link::Named(name) => name.to_string(),
        Link::Unknown(unknown) => format!("unknown {}", unknown.what),
        _ => "nothing".to_owned(),
    }
}

fn role(model: &Model, reference: &Reference<iamrail_core::model::Role>) -> String {
    target(reference, |id| Arc::clone(&model.roles[id].declared.subject))
}

/// Every grant of a model as `resource: principal <- policy`.
fn grants(model: &Model) -> Vec<String> {
    let grants = model.grants.iter().map(|grant| {
        let principal = match &grant.principal {
            Principal::User(user) => target(user, |id| Arc::clone(&model.users[id].declared.subject)),
            Principal::Group(group) => target(group, |id| Arc::clone(&model.groups[id].declared.subject)),
            Principal::Role(reference) => role(model, reference),
        };
        let policy = match &grant.policy {
            Granted::Managed(policy) => target(policy, |id| Arc::clone(&model.policies[id].declared.subject)),
            Granted::Inline { name, document } => match &document.open {
                Some(unknown) => format!("inline {name:?}, unknown {}", unknown.what),
                None => format!("inline {name:?}, {} statements", document.statements.len()),
            },
            other => format!("{other:?}"),
        };
        format!("{}: {principal} <- {policy}", grant.declared.subject)
    });
    grants.collect()
}

#[test]
fn every_link_of_a_real_plan_is_found() {
    let (unit, _) = read_plan(HANDMADE);
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
    assert_eq!(
        grants(&unit.model),
        [
            r#"aws_iam_group_policy.team["data"]: aws_iam_group.team["data"] <- inline "data-inline", 5 statements"#,
            r#"aws_iam_group_policy.team["ops"]: aws_iam_group.team["ops"] <- inline "ops-inline", 5 statements"#,
            r#"aws_iam_group_policy_attachment.team["data"]: aws_iam_group.team["data"] <- aws_iam_policy.team["data"]"#,
            r#"aws_iam_group_policy_attachment.team["ops"]: aws_iam_group.team["ops"] <- aws_iam_policy.team["ops"]"#,
            r#"aws_iam_role.lambda: aws_iam_role.lambda <- inline "data", 2 statements"#,
            r#"aws_iam_role.lambda: aws_iam_role.lambda <- inline "logs", 1 statements"#,
            r#"aws_iam_role_policy.ec2[0]: aws_iam_role.ec2[0] <- inline "inline", unknown aws_iam_role_policy.ec2[0].policy"#,
            r#"aws_iam_role_policy.ec2[1]: aws_iam_role.ec2[1] <- inline "inline", unknown aws_iam_role_policy.ec2[1].policy"#,
            r#"aws_iam_role_policy_attachment.managed["lambda"]: aws_iam_role.lambda <- arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"#,
            r#"aws_iam_role_policy_attachment.managed["readonly"]: aws_iam_role.lambda <- arn:aws:iam::aws:policy/ReadOnlyAccess"#,
            r#"aws_iam_role_policy_attachment.managed["team"]: aws_iam_role.lambda <- aws_iam_policy.team["ops"]"#,
            r#"aws_iam_user_policy.first: aws_iam_user.member["data-ana"] <- inline "star", 2 statements"#,
            r#"module.service["api"].aws_iam_role_policy_attachment.this[0]: module.service["api"].aws_iam_role.this <- aws_iam_policy.team["data"]"#,
            r#"module.service["api"].aws_iam_role_policy_attachment.this[1]: module.service["api"].aws_iam_role.this <- arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"#,
            r#"module.service["batch"].aws_iam_role_policy_attachment.this[0]: module.service["batch"].aws_iam_role.this <- aws_iam_policy.team["data"]"#,
            r#"module.service["batch"].aws_iam_role_policy_attachment.this[1]: module.service["batch"].aws_iam_role.this <- arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"#,
        ]
    );
}

#[test]
fn a_document_that_is_still_to_be_read_keeps_what_is_known_of_it() {
    let (unit, _) = read_plan(include_str!("../../../../../testdata/plans/deferred-documents/plan.json"));
    let grant = unit.model.grants.iter().find(|grant| !grant.declared.calls.is_empty()).unwrap();
    let Granted::Inline { document, .. } = &grant.policy else { panic!() };
    assert!(document.open.is_none() && document.statements.len() == 2);
    let resources = &document.statements[0].resources.as_ref().unwrap().items;
    let bucket = resources.iter().find_map(|resource| resource.value.origins.iter().next()).unwrap();
    assert_eq!(&*bucket.resource, "aws_s3_bucket.archive");
    assert!(resources.iter().any(|resource| resource.text.as_str().as_deref() == Some("*")));
}

#[test]
fn users_keys_and_workloads_of_a_real_plan_are_linked() {
    let (unit, _) = read_plan(HANDMADE);
    let model = &unit.model;
    let (_, key) = model.access_keys.iter().next().unwrap();
    let user = |user| target(user, |id| Arc::clone(&model.users[id].declared.subject));
    assert_eq!(user(&key.user), r#"aws_iam_user.member["data-ana"]"#);
    assert_eq!(model.memberships.len(), 3);
    for membership in &model.memberships {
        assert!(membership.user.declared().is_some() && membership.group.declared().is_some());
    }
    let (_, profile) = model.instance_profiles.iter().next().unwrap();
    assert_eq!(role(model, &profile.role), "aws_iam_role.ec2[0]");
    for (_, workload) in model.workloads.iter() {
        match &workload.role {
            WorkloadRole::Role(reference) => assert_eq!(role(model, reference), "aws_iam_role.lambda"),
            WorkloadRole::Profile(profile) => assert!(profile.declared().is_some()),
            _ => assert_eq!(workload.what, "provider"),
        }
    }
    assert_eq!((model.workloads.len(), model.asides.len()), (3, 2));
}

#[test]
fn places_lie_in_the_plan_even_inside_of_policies() {
    let (unit, sources) = read_plan(HANDMADE);
    let file = sources.load("plan.json").unwrap();
    let star = unit
        .model
        .grants
        .iter()
        .find(|grant| &*grant.declared.subject == "aws_iam_user_policy.first")
        .unwrap();
    assert_eq!(file.slice(star.span), r#""ana""#);
    assert_eq!(file.slice(star.declared.span), r#""aws_iam_user_policy.first""#);
    let Granted::Inline { document, .. } = &star.policy else { panic!() };
    let action = &document.statements[0].actions.items[0];
    assert_eq!(file.slice(action.span.unwrap()), r#"\"iam:PassRole\""#);
}

/// A plan with one root module of these resources and changes.
fn plan(resources: &str, changes: &str) -> String {
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","configuration":{{"root_module":{{"resources":[{resources}]}}}},
        "resource_changes":[{changes}]}}"#
    )
}

fn change(kind: &str, actions: &str, after: &str, unknown: &str, sensitive: &str) -> String {
    format!(
        r#"{{"address":"{kind}.x","mode":"managed","type":"{kind}","name":"x","change":
        {{"actions":{actions},"after":{after},"after_unknown":{unknown},"after_sensitive":{sensitive}}}}}"#
    )
}

fn block(kind: &str, expressions: &str) -> String {
    format!(
        r#"{{"address":"{kind}.x","mode":"managed","type":"{kind}","name":"x","expressions":{expressions}}}"#
    )
}

#[test]
fn what_is_deleted_or_forgotten_is_not_judged() {
    for (actions, users) in [
        (r#"["create"]"#, 1),
        (r#"["no-op"]"#, 1),
        (r#"["delete","create"]"#, 1),
        (r#"["delete"]"#, 0),
        (r#"["forget"]"#, 0),
    ] {
        let (unit, _) = read_plan(&plan("", &change("aws_iam_user", actions, r#"{"name":"x"}"#, "{}", "{}")));
        assert_eq!(unit.model.users.len(), users, "{actions}");
    }
}

fn settings(unit: &Unit) -> Vec<(String, &Value)> {
    let workloads = unit.model.workloads.iter();
    workloads.flat_map(|(_, one)| &one.settings).map(|one| (one.name.to_string(), &one.value)).collect()
}

#[test]
fn an_unknown_secret_taints_exactly_what_is_unknown() {
    let changes = [
        change(
            "aws_iam_access_key",
            r#"["create"]"#,
            r#"{"user":"x"}"#,
            r#"{"id":true,"secret":true}"#,
            "{}",
        ),
        change(
            "aws_lambda_function",
            r#"["create"]"#,
            r#"{"environment":[{"variables":{"LEVEL":"info"}}]}"#,
            r#"{"environment":[{"variables":{"SECRET":true}}]}"#,
            "{}",
        ),
    ];
    let expressions = r#"{"environment":[{"variables":{"references":["aws_iam_access_key.x.secret","aws_iam_access_key.x"]}}]}"#;
    let (unit, _) = read_plan(&plan(&block("aws_lambda_function", expressions), &changes.join(",")));
    let tainted: Vec<_> =
        settings(&unit).iter().map(|(name, value)| (name.clone(), value.origins.iter().count())).collect();
    assert_eq!(tainted, [("LEVEL".to_owned(), 0), ("SECRET".to_owned(), 1)]);
}

#[test]
fn a_known_secret_taints_what_contains_it() {
    let changes = [
        change(
            "aws_iam_access_key",
            r#"["no-op"]"#,
            r#"{"user":"x","secret":"s3cr3tk3y"}"#,
            "{}",
            r#"{"secret":true}"#,
        ),
        change(
            "aws_lambda_function",
            r#"["update"]"#,
            r#"{"environment":[{"variables":{"LEVEL":"info","URL":"x://s3cr3tk3y@host"}}]}"#,
            "{}",
            r#"{"environment":[{"variables":true}]}"#,
        ),
    ];
    let expressions = r#"{"environment":[{"variables":{"references":["aws_iam_access_key.x.secret","aws_iam_access_key.x"]}}]}"#;
    let (unit, _) = read_plan(&plan(&block("aws_lambda_function", expressions), &changes.join(",")));
    let tainted: Vec<_> = settings(&unit)
        .iter()
        .map(|(name, value)| (name.clone(), value.origins.iter().count(), value.sensitive))
        .collect();
    assert_eq!(tainted, [("LEVEL".to_owned(), 0, true), ("URL".to_owned(), 1, true)]);
}

#[test]
fn what_aws_fills_in_is_no_argument() {
    let unknown = r#"{"managed_policy_arns":true,"inline_policy":true,"arn":true}"#;
    let changes = change("aws_iam_role", r#"["create"]"#, r#"{"name":"x"}"#, unknown, "{}");
    let (unit, _) = read_plan(&plan(&block("aws_iam_role", r#"{"name":{"constant_value":"x"}}"#), &changes));
    assert!(unit.model.grants.is_empty());
    let attached = r#"{"name":"x","managed_policy_arns":["arn:aws:iam::aws:policy/ReadOnlyAccess"]}"#;
    let changes = change("aws_iam_role", r#"["no-op"]"#, attached, "{}", "{}");
    let (unit, _) = read_plan(&plan(&block("aws_iam_role", r#"{"name":{"constant_value":"x"}}"#), &changes));
    assert!(unit.model.grants.is_empty());
}

#[test]
fn hashed_user_data_is_read_from_the_configuration() {
    let hash = "a".repeat(40);
    let changes =
        change("aws_instance", r#"["create"]"#, &format!(r#"{{"user_data":"{hash}"}}"#), "{}", "{}");
    let expressions = r##"{"user_data":{"constant_value":"#!/bin/sh\nexport A=1"}}"##;
    let (unit, _) = read_plan(&plan(&block("aws_instance", expressions), &changes));
    assert_eq!(settings(&unit)[0].1.as_str().unwrap(), "#!/bin/sh\nexport A=1");
}

#[test]
fn credentials_of_providers_are_read_from_the_configuration() {
    let text = r#"{"format_version":"1.2","terraform_version":"1.11.4","variables":{"secret":{"value":"given"}},
        "configuration":{"provider_config":{"aws.eu":{"name":"aws","alias":"eu","expressions":{
            "access_key":{"constant_value":"literal"},"secret_key":{"references":["var.secret"]},
            "token":{"references":["local.token"]}}}},
            "root_module":{"variables":{"secret":{"sensitive":true}}}}}"#;
    let (unit, _) = read_plan(text);
    let (_, workload) = unit.model.workloads.iter().next().unwrap();
    assert_eq!(&*workload.declared.subject, "provider.aws.eu");
    let shown: Vec<_> = settings(&unit).iter().map(|(_, value)| format!("{value:?}")).collect();
    assert_eq!(shown[..2], ["\"literal\"", "<sensitive>"]);
    assert_eq!(settings(&unit)[1].1.as_str().unwrap(), "given");
    assert!(settings(&unit)[2].1.is_unknown());
}

#[test]
fn provisioners_are_read_from_the_configuration() {
    let changes = [
        change("aws_iam_access_key", r#"["create"]"#, r#"{"user":"x"}"#, r#"{"secret":true}"#, "{}"),
        change("null_resource", r#"["create"]"#, "{}", r#"{"id":true}"#, "{}"),
    ];
    let resource = r#"{"address":"null_resource.x","mode":"managed","type":"null_resource","name":"x","expressions":{},
        "provisioners":[{"type":"local-exec","expressions":{"command":{"constant_value":"deploy"},
        "environment":{"references":["aws_iam_access_key.x.secret","aws_iam_access_key.x"]}}}]}"#;
    let (unit, _) = read_plan(&plan(resource, &changes.join(",")));
    let settings = settings(&unit);
    assert_eq!(settings[0].1.as_str().unwrap(), "deploy");
    assert_eq!(&*settings[1].1.origins.iter().next().unwrap().attribute, "secret");
}

#[test]
fn a_plan_that_does_not_tell_everything_says_so() {
    for (member, code) in [
        (r#""errored":true,"complete":false"#, "plan-errored"),
        (r#""complete":false"#, "plan-incomplete"),
        (r#""deferred_changes":[{}]"#, "plan-incomplete"),
        (r#""planned_values":{"root_module":{"resources":[{}]}}"#, "plan-incomplete"),
        (r#""resource_changes":[{"address":1}]"#, "terraform-format"),
    ] {
        let (unit, _) =
            read_plan(&format!(r#"{{"format_version":"1.2","terraform_version":"1.11.4",{member}}}"#));
        let codes: Vec<_> = unit.diagnostics.iter().map(|one| (one.code, one.incomplete)).collect();
        assert_eq!(codes, [(code, true)]);
    }
}

#[test]
fn null_stands_for_nothing_in_a_plan() {
    let members = ["variables", "resource_changes", "deferred_changes", "configuration", "output_changes"];
    let nulls: Vec<String> = members.iter().map(|member| format!("\"{member}\":null")).collect();
    let (unit, _) = read_plan(&format!("{{\"format_version\":\"1.2\",{}}}", nulls.join(",")));
    assert!(unit.diagnostics.is_empty(), "{:?}", unit.diagnostics);
}

#[test]
fn secrets_are_known_wherever_they_stand() {
    let secret = |text: &str| {
        format!(
            r#"{{"actions":["create"],"before":{{"a":"{text}-1"}},"after":{{"a":"{text}-2"}},"before_sensitive":{{"a":true}},"after_sensitive":{{"a":true}}}}"#
        )
    };
    let database = format!(
        r#"{{"address":"aws_db_instance.d","mode":"managed","type":"aws_db_instance","name":"d","change":{}}}"#,
        secret("resource")
    );
    let text = format!(
        r#"{{"format_version":"1.2","variables":{{"p":{{"value":"variable"}},"q":{{"value":"open"}}}},"resource_changes":[{database}],"output_changes":{{"o":{}}},"configuration":{{"root_module":{{"variables":{{"p":{{"sensitive":true}},"q":{{}}}}}}}}}}"#,
        r#"{"actions":["create"],"after":"output","after_sensitive":true}"#,
    );
    let (unit, sources) = read_plan(&text);
    let file = sources.all().remove(0);
    let mut shown: Vec<&str> = unit.secrets.iter().map(|span| file.slice(*span)).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["output", "resource-1", "resource-2", "variable"]);
}

#[test]
fn what_stands_beside_a_secret_is_none() {
    let key = change(
        "aws_iam_access_key",
        r#"["create"]"#,
        r#"{"user":"reporting","secret":"hunter2-hunter2"}"#,
        "{}",
        r#"{"secret":true}"#,
    );
    let (unit, sources) = read_plan(&format!(r#"{{"format_version":"1.2","resource_changes":[{key}]}}"#));
    let file = sources.all().remove(0);
    let secrets: std::collections::BTreeSet<&str> =
        unit.secrets.iter().map(|span| file.slice(*span)).collect();
    assert_eq!(secrets.into_iter().collect::<Vec<_>>(), ["hunter2-hunter2"]);
}

#[test]
fn the_parts_of_a_sensitive_output_are_secret_but_for_what_a_resource_shows() {
    let user = change("aws_iam_user", r#"["create"]"#, r#"{"name":"reporting"}"#, "{}", "{}");
    let parts = r#"{"user":"reporting","login":{"password":"hunter2-hunter2"},"pin":[12345678]}"#;
    let plan = format!(
        r#"{{"format_version":"1.2","resource_changes":[{user}],"output_changes":{{"o":{{"actions":["create"],"after":{parts},"after_sensitive":true}}}}}}"#
    );
    let shown = format!(
        r#"{{"format_version":"1.0","terraform_version":"1.9.0","values":{{"outputs":{{"o":{{"sensitive":true,"value":{parts}}}}},"root_module":{{"resources":[{{"address":"aws_iam_user.u","mode":"managed","type":"aws_iam_user","values":{{"name":"reporting"}}}}]}}}}}}"#
    );
    let stored = format!(
        r#"{{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"x","outputs":{{"o":{{"sensitive":true,"value":{parts}}}}},"resources":[{{"mode":"managed","type":"aws_iam_user","name":"u","instances":[{{"attributes":{{"name":"reporting"}}}}]}}]}}"#
    );
    for text in [plan, shown, stored] {
        let (unit, sources) = read_plan(&text);
        let file = sources.all().remove(0);
        let mut masked: Vec<&str> = unit.secrets.iter().map(|span| file.slice(*span)).collect();
        masked.sort_unstable();
        assert_eq!(masked, ["12345678", "hunter2-hunter2"], "{text}");
    }
}

#[test]
fn only_plans_are_units_and_what_is_mistaken_for_one_is_explained() {
    let plan = r#"{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{}}"#;
    let sources = Sources::new(MemoryFiles::new([
        ("a/plan.json", plan.as_bytes()),
        ("a/tfplan", b"PK\x03\x04 tfplan".as_slice()),
        ("a/package.json", b"{}".as_slice()),
        ("a/main.tf.json", plan.as_bytes()),
        ("old.json", br#"{"version":3,"terraform_version":"0.11.1","serial":1}"#.as_slice()),
    ]));
    let candidates = [
        Candidate::found("a/plan.json"),
        Candidate::found("a/tfplan"),
        Candidate::found("a/package.json"),
        Candidate::found("a/main.tf.json"),
        Candidate::named("old.json"),
    ];
    let discovery = discover(&candidates, &sources);
    assert_eq!(discovery.units, [UnitSource::new(KIND, "a/plan.json")]);
    let said: Vec<_> = discovery.diagnostics.iter().map(|one| (one.code, one.level)).collect();
    assert_eq!(said, [("binary-plan", Level::Note), ("state-version", Level::Error)]);
    assert_eq!(discovery.claimed.len(), 3);
}

#[test]
fn a_policy_that_is_new_is_handed_on_by_what_refers_to_it() {
    let change = |address: &str, kind: &str, name: &str| {
        serde_json::json!({
            "address": address, "mode": "managed", "type": kind, "name": name,
            "change": { "actions": ["create"], "before": null, "after": { "name": name }, "after_unknown": { "arn": true, "id": true } },
        })
    };
    let resource = |kind: &str, name: &str, expressions: serde_json::Value| {
        serde_json::json!({
            "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "expressions": expressions,
        })
    };
    let to = |name: &str| serde_json::json!({ "references": [format!("aws_iam_policy.{name}.arn"), format!("aws_iam_policy.{name}")] });
    let plan = serde_json::json!({
        "format_version": "1.2",
        "resource_changes": [
            change("aws_iam_policy.shown", "aws_iam_policy", "shown"),
            change("aws_iam_policy.told", "aws_iam_policy", "told"),
            change("aws_iam_policy.kept", "aws_iam_policy", "kept"),
            change("aws_sns_topic.told", "aws_sns_topic", "told"),
        ],
        "configuration": { "root_module": {
            "outputs": { "all": { "expression": to("shown") } },
            "resources": [
                resource("aws_iam_policy", "shown", serde_json::json!({})),
                resource("aws_iam_policy", "told", serde_json::json!({})),
                resource("aws_iam_policy", "kept", serde_json::json!({})),
                resource("aws_sns_topic", "told", serde_json::json!({ "policy": to("told") })),
            ],
        } },
    });
    let (unit, _) = read_plan(&plan.to_string());
    let mentions: Vec<_> =
        unit.model.mentions.iter().map(|one| format!("{} by {}", one.of, one.by)).collect();
    assert_eq!(mentions, ["aws_iam_policy.shown by output.all", "aws_iam_policy.told by aws_sns_topic.told"]);
}
