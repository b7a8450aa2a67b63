//! Roles with the policies that they carry themselves, and instance profiles.

use std::sync::Arc;

use iamrail_core::model::{
    Declarations, Grant, Granted, InstanceProfile, Principal, Reference, Role, RoleForm,
};
use iamrail_core::policy::Document;
use iamrail_core::value::Value;

use super::arguments::Argument::Each;
use super::arguments::Arguments;
use super::{grants, identity};

pub(super) const ROLE: &[&str] = &[
    "name",
    "path",
    "description",
    "tags",
    "assume_role_policy",
    identity::BOUNDARY,
    "managed_policy_arns",
    "inline_policy.name",
    "inline_policy.policy",
];

pub(super) fn role(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut role = Role::new(Arc::clone(arguments.declared));
    role.name = arguments.name("name");
    role.path = arguments.value("path");
    role.description = arguments.value("description");
    role.tags = arguments.value("tags");
    role.trust = Document::read(&arguments.value("assume_role_policy"));
    declarations.roles.add(role);

    let itself = || Principal::Role(Reference::new(arguments.itself("name")));
    for item in arguments.items(Each("managed_policy_arns")) {
        let policy = Granted::Managed(Reference::new(item.value.clone()));
        let declared = Arc::clone(arguments.declared);
        declarations.grants.extend(grants::of_item(Grant::new(declared, item.span, itself(), policy), &item));
    }
    for block in arguments.blocks("inline_policy") {
        let document = block.value("policy");
        // An empty block stands for "no inline policy".
        if document.is_null() {
            continue;
        }
        let document = Arc::new(Document::read(&document));
        let policy = Granted::Inline { name: block.value("name"), document };
        let declared = Arc::clone(arguments.declared);
        declarations.grants.push(Grant::new(declared, block.span("policy"), itself(), policy));
    }
    identity::bound(arguments, declarations);
}

pub(super) const SERVICE_LINKED: &[&str] = &["aws_service_name", "description", "tags"];

/// A role whose trust is that of the service and whose policy only AWS changes.
pub(super) fn service_linked(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut role = Role::new(Arc::clone(arguments.declared));
    role.name = arguments.name("name");
    role.path = Value::text(format!(
        "/aws-service-role/{}/",
        arguments.value("aws_service_name").as_str().as_deref().unwrap_or("*")
    ));
    role.description = arguments.value("description");
    role.tags = arguments.value("tags");
    role.form = RoleForm::ServiceLinked;
    declarations.roles.add(role);
}

pub(super) const INSTANCE_PROFILE: &[&str] = &["name", "role"];

pub(super) fn instance_profile(arguments: &Arguments<'_>, declarations: &mut Declarations) {
    let mut profile = InstanceProfile::new(Arc::clone(arguments.declared));
    profile.name = arguments.name("name");
    profile.role = Reference::new(arguments.value("role"));
    declarations.instance_profiles.add(profile);
}
