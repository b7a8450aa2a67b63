//! Users, groups, their credentials, and policies.

use std::sync::Arc;

use iamrail_core::model::{
    AccessKey, Declarations, Declared, Disclosure, Group, KeyForm, LoginProfile, MfaDevice, Policy,
    Reference, Use, User,
};
use iamrail_core::policy::Document;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Reason, Unknown, Value};

use super::arguments::{Argument, Arguments};
use super::path;

pub(super) const USER: &[&str] = &["name", "path", "tags", BOUNDARY];

/// The argument with the permissions boundary of a user or role.
pub(super) const BOUNDARY: &str = "permissions_boundary";

pub(super) fn user(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut user = User::new(Arc::clone(arguments.declared));
    user.name = arguments.name("name");
    user.path = arguments.value("path");
    user.tags = arguments.value("tags");
    declarations.users.add(user);
    bound(arguments, declarations);
}

/// The permissions boundary of a user or role. What it forbids is not looked at, only that the policy is in use.
pub(super) fn bound(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    for item in arguments.items(Argument::One(BOUNDARY)) {
        let declared = Arc::clone(arguments.declared);
        declarations.uses.push(Use::as_boundary(declared, item.span, item.value));
    }
    arguments.leave_aside(BOUNDARY, "permissions boundary", declarations);
}

pub(super) const OF_PERMISSION_SET_NAME: &str = "customer_managed_policy_reference.name";
pub(super) const OF_PERMISSION_SET: &[&str] = &[OF_PERMISSION_SET_NAME];
pub(super) const BOUNDARY_OF_PERMISSION_SET_NAME: &str =
    "permissions_boundary.customer_managed_policy_reference.name";
pub(super) const BOUNDARY_OF_PERMISSION_SET: &[&str] = &[BOUNDARY_OF_PERMISSION_SET_NAME];

/// A policy that a permission set of IAM Identity Center attaches, or that is its boundary, in every account that it is assigned to.
pub(super) fn of_permission_set(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut add = |of: &Arguments<'_>, make: fn(Arc<Declared>, Span, Value) -> Use| {
        for reference in of.blocks("customer_managed_policy_reference") {
            let names = reference.items(Argument::One("name")).into_iter();
            let uses = names.map(|item| make(Arc::clone(arguments.declared), item.span, item.value));
            declarations.uses.extend(uses);
        }
    };
    add(arguments, Use::new);
    arguments.blocks(BOUNDARY).iter().for_each(|boundary| add(boundary, Use::as_boundary));
}

pub(super) const GROUP: &[&str] = &["name", "path"];

pub(super) fn group(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut group = Group::new(Arc::clone(arguments.declared));
    group.name = arguments.name("name");
    group.path = arguments.value("path");
    declarations.groups.add(group);
}

pub(super) const POLICY: &[&str] = &["name", "path", "description", "tags", "policy"];

pub(super) fn policy(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut policy = Policy::new(Arc::clone(arguments.declared));
    policy.name = arguments.name("name");
    policy.path = arguments.value("path");
    policy.description = arguments.value("description");
    policy.tags = arguments.value("tags");
    policy.document = Document::read(&arguments.value("policy"));
    declarations.policies.add(policy);
}

pub(super) const ACCESS_KEY: &[&str] = &["user", "status", "create_date", "pgp_key", LIFECYCLE];

/// The block that says to Terraform when to replace a resource.
pub(super) const LIFECYCLE: &str = "lifecycle";

pub(super) fn access_key(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut key = AccessKey::new(Arc::clone(arguments.declared));
    key.user = Reference::new(arguments.value("user"));
    key.status = arguments.value("status");
    key.created = arguments.value("create_date");
    key.renewal = renewal(arguments);
    key.sealed = Some(arguments.value("pgp_key"));
    declarations.access_keys.add(key);
}

/// What makes Terraform replace a key in time: the triggers that it is given, or a date that reaches an argument which cannot be
/// changed in place, or the keys of `for_each`.
fn renewal(arguments: &Arguments<'_>) -> Value {
    let triggers = path::at(arguments.all(), "lifecycle.replace_triggered_by");
    let has_triggers = match &triggers.kind {
        Kind::Null => false,
        Kind::List(list) => !list.items.is_empty() || list.open.is_some(),
        _ => true,
    };
    if has_triggers {
        return triggers;
    }
    let has_date = |value: &Value| value.origins.iter().any(|origin| is_date_of_rotation(&origin.resource));
    let differs_in_time =
        |unknown: &&Arc<Unknown>| unknown.reason == Reason::Volatile || is_date_of_rotation(&unknown.what);
    let moved = ["user", "pgp_key"].into_iter().map(|name| arguments.value(name)).find(has_date);
    let instances = arguments.declared.instances.as_ref().filter(differs_in_time);
    let date = moved.or_else(|| instances.map(|unknown| Value::unknown(Arc::clone(unknown))));
    date.map_or(triggers, |date| Value::list(vec![date]))
}

/// Whether an address leads to a resource whose date moves on.
fn is_date_of_rotation(address: &str) -> bool {
    let mut rest = address;
    while let Some((_, inner)) = rest.strip_prefix("module.").and_then(|inner| inner.split_once('.')) {
        rest = inner;
    }
    ["time_rotating.", "time_offset."].into_iter().any(|kind| rest.starts_with(kind))
}

pub(super) const SERVICE_SPECIFIC_CREDENTIAL: &[&str] = &["user_name", "status", "create_date"];

pub(super) fn service_specific_credential(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut key = AccessKey::new(Arc::clone(arguments.declared));
    key.user = Reference::new(arguments.value("user_name"));
    key.status = arguments.value("status");
    key.created = arguments.value("create_date");
    key.form = KeyForm::ServiceSpecific;
    declarations.access_keys.add(key);
}

pub(super) const LOGIN_PROFILE: &[&str] = &["user"];

pub(super) fn login_profile(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut profile = LoginProfile::new(Arc::clone(arguments.declared));
    profile.user = Reference::new(arguments.value("user"));
    declarations.login_profiles.add(profile);
}

pub(super) const MFA_DEVICE: &[&str] = &["user_name"];

/// Terraform creates a virtual device without assigning it; only a state knows to whom it was assigned since.
pub(super) fn mfa_device(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut device = MfaDevice::new(Arc::clone(arguments.declared));
    let user = arguments.value("user_name");
    if user.as_str().is_some_and(|name| !name.is_empty()) {
        device.user = Some(Reference::new(user));
    }
    declarations.mfa_devices.add(device);
}

pub(super) const OUTPUT: &[&str] = &["value"];

pub(super) fn output(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    disclose(arguments, "output", OUTPUT, declarations);
}

pub(super) const FILE: &[&str] = &["content", "sensitive_content", "content_base64"];

pub(super) fn file(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    disclose(arguments, "local file", FILE, declarations);
}

fn disclose(arguments: &Arguments<'_>, what: &'static str, names: &[&str], declarations: &mut Declarations) {
    for name in names {
        let declared = Arc::clone(arguments.declared);
        let value = arguments.value(name);
        let span = value.span.or(Some(arguments.span(name)));
        declarations.disclosures.push(Disclosure::new(declared, what, value.at(span)));
    }
}
