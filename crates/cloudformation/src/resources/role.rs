//! Roles and instance profiles.

use std::sync::{Arc, LazyLock};

use iamrail_core::model::{Declarations, InstanceProfile, Principal, Reference, Role, RoleForm};
use iamrail_core::policy::{Document, Glob, Principals};
use iamrail_core::value::{Alternative, Text, Value};

use super::grants;
use super::path;
use super::permission_set;
use super::properties::Properties;

/// The name of the role with which CloudFormation deploys where `cdk bootstrap` prepared an account.
static DEPLOYS: LazyLock<Glob> = LazyLock::new(|| Glob::new("cdk-*-cfn-exec-role-*"));

pub(super) fn role(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut role = Role::new(Arc::clone(properties.declared));
    role.name = properties.name("RoleName");
    role.path = properties.value("Path");
    role.description = properties.value("Description");
    role.tags = properties.tags("Tags");
    role.trust = Document::read(&properties.value("AssumeRolePolicyDocument"));
    if is_of_cdk_bootstrap(&role) {
        role.form = RoleForm::Implicit;
    } else if properties.is_implicit || is_made_by_sam(&role.tags) {
        let is_made = trusts_services_alone(&role.trust);
        role.form = if is_made { RoleForm::Implicit } else { RoleForm::ImplicitWithTrust };
    }
    declarations.roles.add(role);

    grants::carried(properties, &|| Principal::Role(Reference::new(properties.itself())), declarations);
    permission_set::bound(properties, declarations);
}

/// Whether the serverless transform made a role: it says so in a tag, such as `lambda:createdBy`, of the processed template.
fn is_made_by_sam(tags: &Value) -> bool {
    let says_so = |(key, value): (&Arc<str>, &Value)| {
        key.ends_with(":createdBy") && value.as_str().as_deref() == Some("SAM")
    };
    tags.as_map().is_some_and(|map| map.iter().any(says_so))
}

/// Whether a trust policy is like those that the serverless transform writes of itself: it trusts services and nobody else.
fn trusts_services_alone(trust: &Document) -> bool {
    let is_of_services = |principals: &Principals| {
        let mut kinds = principals.entries.iter().map(|(kind, _)| kind.as_ref());
        !principals.except && principals.open.is_none() && kinds.all(|kind| kind == "Service")
    };
    let mut each = trust.statements.iter().map(|statement| statement.principals.as_ref());
    trust.open.is_none() && each.all(|principals| principals.is_some_and(is_of_services))
}

/// Whether a role is one of those with which `cdk bootstrap` prepares an account. Most say in a tag what they are for; the one with
/// which CloudFormation deploys says so in its name alone, which ends with the account and the region.
fn is_of_cdk_bootstrap(role: &Role) -> bool {
    let is_tagged = role.tags.as_map().is_some_and(|tags| tags.get("aws-cdk:bootstrap-role").is_some());
    let deploys = |name: &Text| DEPLOYS.covers(&Glob::new(&name.widest_pattern()));
    is_tagged || role.name.as_text().is_some_and(deploys)
}

/// A role whose trust is that of the service and whose policy only AWS changes.
pub(super) fn service_linked(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut role = Role::new(Arc::clone(properties.declared));
    role.name = properties.name("RoleName");
    let service = properties.value("AWSServiceName");
    role.path = Value::text(format!("/aws-service-role/{}/", service.as_str().as_deref().unwrap_or("*")));
    role.description = properties.value("Description");
    role.form = RoleForm::ServiceLinked;
    declarations.roles.add(role);
}

pub(super) fn instance_profile(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut profile = InstanceProfile::new(Arc::clone(properties.declared));
    profile.name = properties.name("InstanceProfileName");
    // A profile holds one role although the property is a list.
    let roles = properties.items("Roles");
    let undecided = roles.iter().find_map(|item| item.undecided.clone());
    let roles = roles.into_iter().map(|item| Alternative { guard: item.guard, value: Some(item.value) });
    profile.role = Reference::new(path::one_of(roles.collect(), undecided).unwrap_or_default());
    declarations.instance_profiles.add(profile);
}
