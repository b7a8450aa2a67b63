//! With which credentials a user signs in, in which deployments.

use crate::model::{AccessKey, Deployment, Guard, Id, KeyForm, Model, User};

/// The credentials of a user, each with the conditions under which it has them.
#[derive(Clone, Debug, Default)]
pub struct Credentials<'m> {
    keys: Vec<(&'m AccessKey, Guard)>,
    passwords: Vec<&'m Guard>,
}

impl<'m> Credentials<'m> {
    /// Those that the input gives it.
    pub fn of(model: &'m Model, user: Id<User>) -> Self {
        let of_user = |key: &'m AccessKey| {
            let cases = key.user.cases().into_iter();
            let own = cases.filter(|case| case.undecided.is_none() && case.link.declared() == Some(user));
            own.filter_map(|case| Some((key, key.declared.guard.and(&case.guard)?))).collect::<Vec<_>>()
        };
        let keys = model.access_keys_of_user(user).flat_map(of_user).collect();
        let passwords = model.login_profiles_of_user(user).map(|profile| &profile.declared.guard).collect();
        Self { keys, passwords }
    }

    /// The conditions that make a difference to them.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        self.keys.iter().map(|(_, guard)| guard).chain(self.passwords.iter().copied())
    }

    /// All keys that it may have.
    pub fn keys(&self) -> impl Iterator<Item = &'m AccessKey> {
        self.keys.iter().map(|(key, _)| *key)
    }

    /// The keys that it may have in a deployment, those for single services included.
    pub fn keys_in(&self, deployment: &Deployment) -> impl Iterator<Item = &'m AccessKey> {
        self.keys.iter().filter(|(_, guard)| deployment.holds(guard) != Some(false)).map(|(key, _)| *key)
    }

    /// Whether it may have an access key in a deployment.
    pub fn has_access_key_in(&self, deployment: &Deployment) -> bool {
        self.keys_in(deployment).any(|key| key.form == KeyForm::AccessKey)
    }

    /// Whether it may have a password in a deployment.
    pub fn has_password_in(&self, deployment: &Deployment) -> bool {
        self.passwords.iter().any(|guard| deployment.holds(guard) != Some(false))
    }
}
