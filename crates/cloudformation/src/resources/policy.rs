//! Policies as resources of their own.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Granted, Policy, Principal, Reference};
use iamrail_core::policy::Document;

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
    // The transform of serverless applications marks the policies of connectors in the template that it makes.
    policy.is_made_up = properties.is_implicit || properties.metadata().get("aws:sam:connectors").is_some();
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
