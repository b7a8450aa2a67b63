//! How to speak of principals.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{Declared, Id, Link, Model, Principal, Reference, Table, name_in};
use crate::policy::glob_matches;
use crate::value::{Unknown, Value};

/// A principal as messages name it.
#[derive(Clone, Debug)]
pub struct Named<'m> {
    /// `user`, `group` or `role`.
    pub kind: &'static str,
    /// Its name, or the address of the resource that declares it when AWS makes the name up or the name is empty.
    pub name: Cow<'m, str>,
    /// The resource that declares it, if one does.
    pub declared: Option<&'m Arc<Declared>>,
    /// Why its name is not known, if it is not.
    pub unknown: Option<Arc<Unknown>>,
    /// A name of which only a part is known, with `*` for the rest: `cdk-hnb659fds-deploy-role-*`.
    pub pattern: Option<String>,
}

impl Named<'_> {
    /// What an approval can say to speak of it.
    pub fn approvable(&self) -> &str {
        self.pattern.as_deref().unwrap_or(&self.name)
    }
}

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)
    }
}

/// The principal of a grant as messages name it.
pub fn named<'m>(model: &'m Model, principal: &'m Principal) -> Named<'m> {
    match principal {
        Principal::User(user) => of("user", user, &model.users, |user| (&user.declared, &user.name)),
        Principal::Group(group) => of("group", group, &model.groups, |group| (&group.declared, &group.name)),
        Principal::Role(role) => of("role", role, &model.roles, |role| (&role.declared, &role.name)),
    }
}

fn of<'m, T>(
    kind: &'static str,
    reference: &'m Reference<T>,
    table: &'m Table<T>,
    key: impl Fn(&'m T) -> (&'m Arc<Declared>, &'m Value),
) -> Named<'m> {
    match &reference.link {
        Link::Declared(id) => declared(kind, table, *id, key),
        Link::Named(name) => {
            Named { kind, name: name_in(name).into(), declared: None, unknown: None, pattern: None }
        }
        Link::Unknown(unknown) => {
            // Of a name such as `${var.stage}-deployer` more is known than what is unknown in it.
            let text =
                reference.value.as_text().filter(|text| text.parts().len() > 1 && !reference.value.sensitive);
            let name = text.map_or_else(|| unknown.what.as_ref().into(), |text| text.display().into());
            let pattern = pattern(&reference.value);
            Named { kind, name, declared: None, unknown: Some(Arc::clone(unknown)), pattern }
        }
        Link::Several(_) | Link::None => {
            Named { kind, name: "".into(), declared: None, unknown: None, pattern: None }
        }
    }
}

/// An entity of a table as messages name it.
pub fn declared<'m, T>(
    kind: &'static str,
    table: &'m Table<T>,
    id: Id<T>,
    key: impl Fn(&'m T) -> (&'m Arc<Declared>, &'m Value),
) -> Named<'m> {
    let (declared, name) = key(&table[id]);
    match name.as_str().filter(|text| !text.is_empty() && !name.sensitive) {
        Some(name) => Named { kind, name, declared: Some(declared), unknown: None, pattern: None },
        None => Named {
            kind,
            name: declared.subject.as_ref().into(),
            declared: Some(declared),
            unknown: name.unknown_part().cloned(),
            pattern: pattern(name),
        },
    }
}

fn pattern(name: &Value) -> Option<String> {
    let text = name.as_text().filter(|text| !name.sensitive && !text.is_known())?;
    Some(text.widest_pattern()).filter(|pattern| pattern.chars().any(|letter| letter != '*'))
}

/// Whether one of the globs matches.
pub fn is_listed(globs: &[String], name: &str) -> bool {
    globs.iter().any(|glob| glob_matches(glob, name))
}
