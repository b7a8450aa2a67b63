//! The table against the provider's schema, and what resources become in the model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iamrail_core::model::{Declarations, Declared, Granted, Model, Principal, WorkloadRole};
use iamrail_core::source::{MemoryFiles, Sources, Span};
use iamrail_core::value::{
    Alternative, Choice, Field, Hole, Kind, List, Origins, Part, Reason, Text, Unknown, Value,
};
use indexmap::IndexMap;

use super::table;
use super::{Instance, derived, is_relevant, lower, managed_policy_arn};

/// Resources of IAM that say nothing about who may do what.
const WITHOUT_MEANING: &[&str] = &[
    "aws_iam_account_alias",
    "aws_iam_account_password_policy",
    "aws_iam_organizations_features",
    "aws_iam_outbound_web_identity_federation",
    "aws_iam_security_token_service_preferences",
    "aws_iam_server_certificate",
    "aws_iam_signing_certificate",
    "aws_iam_user_ssh_key",
];

struct Schema {
    iam: BTreeSet<String>,
    resources: BTreeMap<String, Vec<String>>,
}

fn schema() -> Schema {
    let text = include_str!("../../../../testdata/terraform/schema.json");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let resources = json["resources"].as_object().unwrap();
    Schema {
        iam: strings(&json["iam"]).into_iter().collect(),
        resources: resources.iter().map(|(kind, paths)| (kind.clone(), strings(paths))).collect(),
    }
}

impl Schema {
    /// Whether a path is an attribute, or leads into one that holds JSON or a map.
    fn has(&self, kind: &str, path: &str) -> bool {
        let paths = &self.resources[kind];
        let is_leaf = |path: &str| {
            paths.iter().any(|one| one == path)
                && !paths.iter().any(|one| one.starts_with(&format!("{path}.")))
        };
        paths.iter().any(|one| one == path)
            || path.match_indices('.').any(|(at, _)| path.get(..at).is_some_and(is_leaf))
    }
}

#[test]
fn every_resource_and_argument_of_the_table_is_in_the_providers_schema() {
    let schema = schema();
    let mut missing = Vec::new();
    for (kind, meaning) in table::rows().filter(|(kind, _)| kind.starts_with("aws_")) {
        if !schema.resources.contains_key(*kind) {
            missing.push((*kind).to_owned());
            continue;
        }
        let paths = table::paths(meaning).into_iter().filter(|path| *path != "provisioner");
        let unknown = paths.filter(|path| !schema.has(kind, path));
        missing.extend(unknown.map(|path| format!("{kind}.{path}")));
    }
    assert!(missing.is_empty(), "not in the schema: {missing:#?}");
}

#[test]
fn every_iam_resource_of_the_provider_is_read_or_known_to_say_nothing() {
    let schema = schema();
    for kind in &schema.iam {
        let silent = WITHOUT_MEANING.contains(&kind.as_str());
        assert_ne!(is_relevant(kind), silent, "{kind}");
    }
}

#[test]
fn no_type_stands_in_the_table_twice() {
    let mut seen = BTreeSet::new();
    for (kind, _) in table::rows() {
        assert!(seen.insert(kind), "{kind}");
    }
}

/// A resource of a test: all of its places are the start of one file.
struct Fixture {
    span: Span,
    declarations: Declarations,
}

impl Fixture {
    fn new() -> Self {
        let sources = Sources::new(MemoryFiles::new([("main.tf", "")]));
        let span = sources.load("main.tf").unwrap().span(0, 0);
        Self { span, declarations: Declarations::default() }
    }

    fn with(mut self, address: &str, arguments: Value) -> Self {
        let kind = address.split('.').next().unwrap_or_default();
        let declared = Arc::new(Declared::new(address, kind, self.span));
        lower(&Instance { declared, attributes: arguments }, &mut self.declarations);
        self
    }

    fn model(self) -> Model {
        self.declarations.link()
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.map(|(key, value)| (Arc::from(key), Field { key: None, value }));
    Value::map(IndexMap::from(entries))
}

fn of(resource: &str, attribute: &str) -> Value {
    let unknown = Unknown::new(Reason::Computed, format!("{resource}.{attribute}"));
    Value::unknown(unknown).with_origins(Origins::of(resource, attribute))
}

fn unknown() -> Arc<Unknown> {
    Arc::new(Unknown::new(Reason::NoValue, "var.users"))
}

#[test]
fn an_attachment_to_lists_is_a_grant_for_every_principal() {
    let model = Fixture::new()
        .with("aws_iam_user.ana", map([("name", Value::text("ana"))]))
        .with(
            "aws_iam_policy_attachment.all",
            map([
                ("users", Value::list(vec![of("aws_iam_user.ana", "name"), Value::text("bo")])),
                ("groups", Value::list(vec![Value::text("ops")])),
                ("roles", Value::list(vec![])),
                ("policy_arn", Value::text("arn:aws:iam::aws:policy/ReadOnlyAccess")),
            ]),
        )
        .model();
    assert_eq!(model.grants.len(), 3);
    let (ana, _) = model.users.iter().next().unwrap();
    assert_eq!(model.grants_of_user(ana).count(), 1);
    assert!(model.grants.iter().all(|grant| grant.undecided.is_none()));
}

#[test]
fn a_list_that_is_empty_or_null_grants_nothing() {
    for users in [Value::list(vec![]), Value::null()] {
        let arguments = map([("users", users), ("policy_arn", Value::text("arn:aws:iam::aws:policy/X"))]);
        let model = Fixture::new().with("aws_iam_policy_attachment.none", arguments).model();
        assert!(model.grants.is_empty());
    }
}

#[test]
fn a_list_that_is_not_known_is_a_grant_that_may_not_be_made() {
    let open = List { items: vec![Value::text("ana")], open: Some(unknown()) };
    let optional = Choice {
        alternatives: vec![
            Alternative { guard: Default::default(), value: Some(Value::list(vec![Value::text("ana")])) },
            Alternative { guard: Default::default(), value: Some(Value::list(vec![])) },
        ],
        undecided: Some(unknown()),
    };
    for (users, decided, undecided) in [
        (Value::unknown(unknown()), 0, 1),
        (Value::new(Kind::List(Arc::new(open))), 1, 1),
        (Value::new(Kind::Choice(Arc::new(optional))), 0, 1),
    ] {
        let arguments = map([("users", users), ("policy_arn", Value::text("arn:aws:iam::aws:policy/X"))]);
        let model = Fixture::new().with("aws_iam_policy_attachment.some", arguments).model();
        let known = model.grants.iter().filter(|grant| grant.undecided.is_none()).count();
        assert_eq!((known, model.grants.len() - known), (decided, undecided));
    }
}

#[test]
fn a_role_carries_its_inline_and_managed_policies_even_when_it_has_no_name() {
    let document = Value::text(r#"{"Version":"2012-10-17","Statement":[]}"#);
    let model = Fixture::new()
        .with(
            "aws_iam_role.app",
            map([
                ("name_prefix", Value::text("app-")),
                ("managed_policy_arns", Value::list(vec![Value::text("arn:aws:iam::aws:policy/X")])),
                (
                    "inline_policy",
                    Value::list(vec![map([("name", Value::text("logs")), ("policy", document)]), map([])]),
                ),
            ]),
        )
        .model();
    let (role, _) = model.roles.iter().next().unwrap();
    let grants: Vec<_> = model.grants_of_role(role).collect();
    assert_eq!(grants.len(), 2, "the empty block is none");
    assert!(matches!(grants[0].principal, Principal::Role(_)));
    assert!(matches!(grants[0].policy, Granted::Managed(_)));
    assert!(matches!(grants[1].policy, Granted::Inline { .. }));
}

#[test]
fn memberships_are_read_from_both_sides() {
    let model = Fixture::new()
        .with("aws_iam_user.ana", map([("name", Value::text("ana"))]))
        .with("aws_iam_group.ops", map([("name", Value::text("ops"))]))
        .with(
            "aws_iam_user_group_membership.ana",
            map([
                ("user", of("aws_iam_user.ana", "name")),
                ("groups", Value::list(vec![Value::text("ops"), Value::text("elsewhere")])),
            ]),
        )
        .with(
            "aws_iam_group_membership.ops",
            map([("group", of("aws_iam_group.ops", "id")), ("users", Value::list(vec![Value::text("ana")]))]),
        )
        .model();
    let (ana, _) = model.users.iter().next().unwrap();
    let (ops, _) = model.groups.iter().next().unwrap();
    assert_eq!(model.memberships_of_user(ana).count(), 3);
    assert_eq!(model.memberships_of_group(ops).count(), 2);
}

#[test]
fn instances_are_asked_for_a_profile_unless_their_template_brings_one() {
    let cases = [
        (map([]), "absent"),
        (map([("iam_instance_profile", Value::null())]), "absent"),
        (map([("iam_instance_profile", Value::text("p"))]), "profile"),
        (map([("launch_template", Value::list(vec![map([("id", Value::text("lt-1"))])]))]), "not asked"),
    ];
    for (arguments, expected) in cases {
        let model = Fixture::new().with("aws_instance.app", arguments).model();
        let (_, workload) = model.workloads.iter().next().unwrap();
        let role = match workload.role {
            WorkloadRole::Absent => "absent",
            WorkloadRole::Profile(_) => "profile",
            WorkloadRole::Role(_) => "role",
            _ => "not asked",
        };
        assert_eq!(role, expected);
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

#[test]
fn what_the_guardrails_exclude_is_noted() {
    let model = Fixture::new()
        .with(
            "aws_iam_user.u",
            map([("name", Value::text("u")), ("permissions_boundary", Value::text("arn"))]),
        )
        .with("aws_iam_openid_connect_provider.ci", map([]))
        .with("aws_ssoadmin_permission_set.p", map([]))
        .model();
    let asides: Vec<_> = model.asides.iter().map(|aside| aside.what).collect();
    assert_eq!(asides, ["permissions boundary", "OpenID Connect provider", "IAM Identity Center"]);
}

#[test]
fn names_serve_as_ids_and_arns_have_a_fixed_form() {
    let named = map([("name", Value::text("ana")), ("path", Value::text("/people/"))]);
    let shown = |value: Option<Value>| value.map(|value| format!("{value:?}"));
    assert_eq!(shown(derived("aws_iam_user", "id", &named)).as_deref(), Some("\"ana\""));
    assert_eq!(
        shown(derived("aws_iam_user", "arn", &named)).as_deref(),
        Some("\"arn:${the partition}:iam::${the account id}:user/people/ana\"")
    );
    let prefixed = map([("name_prefix", Value::text("x-"))]);
    assert_eq!(shown(derived("aws_iam_role", "arn", &prefixed)), None);
    assert_eq!(shown(derived("aws_iam_user", "unique_id", &named)), None);
}

#[test]
fn aws_managed_policies_have_their_paths() {
    for (name, path) in [
        ("AdministratorAccess", "AdministratorAccess"),
        ("AWSLambdaBasicExecutionRole", "service-role/AWSLambdaBasicExecutionRole"),
        ("ViewOnlyAccess", "job-function/ViewOnlyAccess"),
    ] {
        let shown = format!("{:?}", managed_policy_arn(name));
        assert_eq!(shown, format!("\"arn:${{the partition}}:iam::aws:policy/{path}\""));
    }
}
