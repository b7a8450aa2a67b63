//! Models for tests, without a front end.

use std::sync::Arc;

use crate::model::{
    Declarations, Declared, Grant, Granted, Group, Guard, Membership, Model, Principal, Reference, Role, User,
};
use crate::policy::Document;
use crate::source::{MemoryFiles, Sources, Span};
use crate::value::Value;

/// A model in the making. What it declares is declared by resources of the same names.
#[derive(Default)]
pub(super) struct Sketch(Declarations);

impl Sketch {
    pub(super) fn link(self) -> Model {
        self.0.link()
    }

    pub(super) fn user(&mut self, name: &str) {
        self.0.users.add(User { name: Value::text(name), ..User::new(declared(name)) });
    }

    pub(super) fn group(&mut self, name: &str, members: &[&str]) {
        self.0.groups.add(Group { name: Value::text(name), ..Group::new(declared(name)) });
        for member in members {
            let (user, group) = (Reference::new(Value::text(*member)), Reference::new(Value::text(name)));
            self.0.memberships.push(Membership::new(declared(name), span(), user, group));
        }
    }

    pub(super) fn role(&mut self, name: &str) {
        self.0.roles.add(Role { name: Value::text(name), ..Role::new(declared(name)) });
    }

    /// An inline policy.
    pub(super) fn grant(&mut self, principal: Principal, statements: &str, guard: Guard) {
        let policy = Granted::Inline { name: Value::null(), document: Arc::new(document(statements)) };
        self.0.grants.push(Grant { guard, ..Grant::new(declared("grant"), span(), principal, policy) });
    }

    /// A managed policy.
    pub(super) fn attach(&mut self, principal: Principal, arn: &str) {
        let policy = Granted::Managed(Reference::new(Value::text(arn)));
        self.0.grants.push(Grant::new(declared("grant"), span(), principal, policy));
    }
}

pub(super) fn user(name: &str) -> Principal {
    Principal::User(Reference::new(Value::text(name)))
}

pub(super) fn group(name: &str) -> Principal {
    Principal::Group(Reference::new(Value::text(name)))
}

pub(super) fn role(name: &str) -> Principal {
    Principal::Role(Reference::new(Value::text(name)))
}

fn document(statements: &str) -> Document {
    Document::read(&Value::text(format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)))
}

fn declared(name: &str) -> Arc<Declared> {
    Arc::new(Declared::new(name, "test", span()))
}

fn span() -> Span {
    let sources = Sources::new(MemoryFiles::new([("sketch", "")]));
    sources.load("sketch").unwrap().span(0, 0)
}
