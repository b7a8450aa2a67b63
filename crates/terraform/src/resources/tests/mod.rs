//! What resources become in the model.

mod schema;
mod workloads;

use std::sync::Arc;

use iamrail_core::collections::IndexMap;
use iamrail_core::model::{Declarations, Declared, Granted, Model, Principal};
use iamrail_core::source::{MemoryFiles, Sources, Span};
use iamrail_core::value::{Alternative, Choice, Field, Kind, List, Origins, Reason, Unknown, Value};

use super::{Instance, derived, lower, managed_policy_arn};

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
    Value::map(IndexMap::from_iter(entries))
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
    let open = List::new(vec![Value::text("ana")], Some(unknown()));
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
