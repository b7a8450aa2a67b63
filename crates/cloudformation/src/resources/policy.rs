//! Policies as resources of their own.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Granted, Policy, Principal, Reference};
use iamrail_core::policy::Document;
use iamrail_core::value::{Reason, Unknown, Value};

use super::grants;
use super::properties::Properties;

/// `AWS::IAM::Policy`: an inline policy of everyone it lists.
pub(super) fn inline(properties: &Properties<'_>, declarations: &mut Declarations) {
    grants::listed(properties, &grants::inline(properties), declarations);
}

pub(super) fn managed(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut policy = Policy::new(Arc::clone(properties.declared));
    policy.name = properties.name("ManagedPolicyName");
    policy.path = properties.value("Path");
    policy.description = properties.value("Description");
    policy.document = Document::read(&properties.value("PolicyDocument"));
    // IAM takes no managed policy without a version, and yet CloudFormation creates those of SAM's connectors, which have none.
    if policy.document.version.is_null() && policy.document.size > 0 {
        let version = Unknown::new(Reason::Undocumented, "the version of a managed policy that names none");
        policy.document.version = Value::unknown(version);
    }
    declarations.policies.add(policy);

    let granted = Granted::Managed(Reference::new(properties.itself()));
    grants::listed(properties, &granted, declarations);
}

pub(super) fn of_user(properties: &Properties<'_>, declarations: &mut Declarations) {
    of_one(properties, "UserName", |value| Principal::User(Reference::new(value)), declarations);
}

pub(super) fn of_group(properties: &Properties<'_>, declarations: &mut Declarations) {
    of_one(properties, "GroupName", |value| Principal::Group(Reference::new(value)), declarations);
}

pub(super) fn of_role(properties: &Properties<'_>, declarations: &mut Declarations) {
    of_one(properties, "RoleName", |value| Principal::Role(Reference::new(value)), declarations);
}

fn of_one(
    properties: &Properties<'_>,
    name: &str,
    principal: grants::ToPrincipal,
    declarations: &mut Declarations,
) {
    let to = principal(properties.value(name));
    grants::add(properties, properties.span(name), to, grants::inline(properties), &[], declarations);
}
