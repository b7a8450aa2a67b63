//! Models for tests, without a front end.

use std::sync::Arc;

use crate::model::{
    AccessKey, Declarations, Declared, Grant, Granted, Group, Guard, InstanceProfile, LoginProfile,
    Membership, Model, Policy, Principal, Reference, Role, User, Workload, WorkloadRole,
};
use crate::policy::Document;
use crate::source::{MemoryFiles, Sources, Span};
use crate::value::{Field, Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

/// A model in the making. What it declares is declared by resources of the same names.
#[derive(Default)]
pub(super) struct Sketch(Declarations, Guard);

impl Sketch {
    /// What is declared and granted from here on is so under these conditions.
    pub(super) fn under(&mut self, guard: Guard) {
        self.1 = guard;
    }

    fn declared(&self, name: &str) -> Arc<Declared> {
        Arc::new(Declared { guard: self.1.clone(), ..Declared::new(name, "test", span()) })
    }

    pub(super) fn link(self) -> Model {
        self.0.link()
    }

    pub(super) fn user(&mut self, name: &str) {
        self.0.users.add(User { name: Value::text(name), ..User::new(self.declared(name)) });
    }

    /// A user with tags.
    pub(super) fn user_with_tags(&mut self, name: &str, tags: &[(&str, &str)]) {
        let tags = map(tags);
        self.0.users.add(User { name: Value::text(name), tags, ..User::new(self.declared(name)) });
    }

    /// A password of a user.
    pub(super) fn password(&mut self, user: &str, guard: Guard) {
        let declared = Arc::new(Declared { guard, ..Declared::new("password", "test", span()) });
        let user = Reference::new(Value::text(user));
        self.0.login_profiles.add(LoginProfile { user, ..LoginProfile::new(declared) });
    }

    /// An access key of a user.
    pub(super) fn key(&mut self, user: &str) {
        let user = Reference::new(Value::text(user));
        self.0.access_keys.add(AccessKey { user, ..AccessKey::new(self.declared("key")) });
    }

    pub(super) fn group(&mut self, name: &str, members: &[&str]) {
        self.0.groups.add(Group { name: Value::text(name), ..Group::new(self.declared(name)) });
        for member in members {
            let (user, group) = (Reference::new(Value::text(*member)), Reference::new(Value::text(name)));
            self.0.memberships.push(Membership {
                guard: self.1.clone(),
                ..Membership::new(self.declared(name), span(), user, group)
            });
        }
    }

    pub(super) fn role(&mut self, name: &str) {
        self.0.roles.add(Role { name: Value::text(name), ..Role::new(self.declared(name)) });
    }

    /// A role with tags, and with the statements of its trust policy.
    pub(super) fn role_with_tags(&mut self, name: &str, trust: &str, tags: &[(&str, &str)]) {
        let (trust, tags) = (document(trust), map(tags));
        self.0.roles.add(Role { name: Value::text(name), trust, tags, ..Role::new(self.declared(name)) });
    }

    /// A role with the statements of its trust policy.
    pub(super) fn role_for(&mut self, name: &str, trust: &str) {
        let trust = document(trust);
        self.0.roles.add(Role { name: Value::text(name), trust, ..Role::new(self.declared(name)) });
    }

    /// A role with a path.
    pub(super) fn role_below(&mut self, path: &str, name: &str, trust: &str) {
        let (trust, path) = (document(trust), Value::text(path));
        self.0.roles.add(Role { name: Value::text(name), path, trust, ..Role::new(self.declared(name)) });
    }

    /// A customer-managed policy.
    pub(super) fn policy(&mut self, name: &str, statements: &str) {
        let document = document(statements);
        self.0.policies.add(Policy { name: Value::text(name), document, ..Policy::new(self.declared(name)) });
    }

    /// A managed policy with a path.
    pub(super) fn policy_at(&mut self, path: &str, name: &str, statements: &str) {
        let (document, path) = (document(statements), Value::text(path));
        self.0.policies.add(Policy {
            name: Value::text(name),
            path,
            document,
            ..Policy::new(self.declared(name))
        });
    }

    /// A workload that runs with a role.
    pub(super) fn workload(&mut self, what: &'static str, name: &str, role: &str) {
        let role = WorkloadRole::Role(Reference::new(Value::text(role)));
        let name_of = Value::text(name);
        self.0.workloads.add(Workload { what, role, name: name_of, ..Workload::new(self.declared(name)) });
    }

    /// An instance profile with a role.
    pub(super) fn profile(&mut self, role: &str) {
        let role = Reference::new(Value::text(role));
        self.0
            .instance_profiles
            .add(InstanceProfile { role, ..InstanceProfile::new(self.declared("profile")) });
    }

    /// An inline policy.
    pub(super) fn grant(&mut self, principal: Principal, statements: &str, guard: Guard) {
        let policy = Granted::Inline { name: Value::null(), document: Arc::new(document(statements)) };
        self.0.grants.push(Grant { guard, ..Grant::new(self.declared("grant"), span(), principal, policy) });
    }

    /// An inline policy whose statements are there under conditions of their own.
    pub(super) fn grant_each(&mut self, principal: Principal, statements: &[(String, Guard)]) {
        let texts: Vec<&str> = statements.iter().map(|(text, _)| text.as_str()).collect();
        let mut document = document(&texts.join(", "));
        for (statement, (_, guard)) in document.statements.iter_mut().zip(statements) {
            statement.guard = guard.clone();
        }
        let policy = Granted::Inline { name: Value::null(), document: Arc::new(document) };
        self.0.grants.push(Grant::new(self.declared("grant"), span(), principal, policy));
    }

    /// An inline policy in which a text is not known: `what` says what it is.
    pub(super) fn grant_unknown(&mut self, principal: Principal, statement: &str, text: &str, what: &str) {
        let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let (before, after) = document.split_once(text).unwrap();
        let unknown = Arc::new(Unknown::new(Reason::NoValue, what));
        let hole = Arc::new(Hole { unknown, origins: Origins::default(), span: None });
        let literal = |text: &str| Part::Literal { text: text.into(), span: None };
        let parts = vec![literal(before), Part::Hole(hole), literal(after)];
        let document = Document::read(&Value::new(Kind::Text(Text::from_parts(parts))));
        let policy = Granted::Inline { name: Value::null(), document: Arc::new(document) };
        self.0.grants.push(Grant::new(self.declared("grant"), span(), principal, policy));
    }

    /// A managed policy.
    pub(super) fn attach(&mut self, principal: Principal, arn: &str) {
        let policy = Granted::Managed(Reference::new(Value::text(arn)));
        let grant = Grant::new(self.declared("grant"), span(), principal, policy);
        self.0.grants.push(Grant { guard: self.1.clone(), ..grant });
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

fn map(entries: &[(&str, &str)]) -> Value {
    let field = |value: &str| Field { key: None, value: Value::text(value) };
    Value::map(entries.iter().map(|(key, value)| (Arc::from(*key), field(value))).collect())
}

fn span() -> Span {
    let sources = Sources::new(MemoryFiles::new([("sketch", "")]));
    sources.load("sketch").unwrap().span(0, 0)
}
