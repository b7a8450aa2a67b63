//! Users and groups.

use std::sync::Arc;

use iamrail_core::model::{Declarations, Declared, Group, LoginProfile, Principal, Reference, User};

use super::grants;
use super::permission_set;
use super::properties::Properties;

pub(super) fn user(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut user = User::new(Arc::clone(properties.declared));
    user.name = properties.name("UserName");
    user.path = properties.value("Path");
    user.tags = properties.tags("Tags");
    declarations.users.add(user);

    grants::carried(properties, &|| Principal::User(Reference::new(properties.itself())), declarations);
    for item in properties.items("Groups") {
        grants::join(properties, properties.itself(), item.value.clone(), &item, declarations);
    }
    for item in properties.items("LoginProfile") {
        let Some(guard) = properties.declared.guard.and(&item.guard) else { continue };
        let mut declared = Declared::clone(properties.declared);
        declared.guard = guard;
        declared.instances = item.undecided.or(declared.instances);
        let mut login = LoginProfile::new(Arc::new(declared));
        login.user = Reference::new(properties.itself());
        declarations.login_profiles.add(login);
    }
    permission_set::bound(properties, declarations);
}

pub(super) fn group(properties: &Properties<'_>, declarations: &mut Declarations) {
    let mut group = Group::new(Arc::clone(properties.declared));
    group.name = properties.name("GroupName");
    group.path = properties.value("Path");
    declarations.groups.add(group);

    grants::carried(properties, &|| Principal::Group(Reference::new(properties.itself())), declarations);
}

pub(super) fn user_to_group_addition(properties: &Properties<'_>, declarations: &mut Declarations) {
    for item in properties.items("Users") {
        grants::join(properties, item.value.clone(), properties.value("GroupName"), &item, declarations);
    }
}
