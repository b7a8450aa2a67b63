//! The proof that a user can do nothing without MFA but enrol a device.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::asker::{Asker, prepared};
use super::flawed::Flaws;
use super::open::{Opening, are_guarded, names, openings};
use super::sign_in::SignIn;
use super::trust::Trusts;
use crate::analysis::administrators::Administrators;
use crate::analysis::holding::{Held, Holder, policies};
use crate::analysis::user_kind::Judged;
use crate::model::{Case, Deployment, Id, KeyForm, Link, Model, User};
use crate::policy::{Answer, Document};
use crate::value::{Reason, Unknown};

/// Whether MFA is demanded of a user.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// Nothing is possible without it, or a device is assigned.
    Proven,
    /// Nothing is granted and there is no way to sign in.
    Idle,
    /// It is not.
    Missing(Hole),
    /// It is not, because of statements that are meant to demand it and do not: those are the fault.
    Flawed,
    /// Not known.
    Unknown(Arc<Unknown>),
}

impl Demand {
    /// Why it is not known whether MFA is demanded of a user, if it is not. Of a [stranger](is_stranger) too little is known.
    pub fn doubt(&self, model: &Model, is_stranger: bool) -> Option<Unknown> {
        match self {
            Self::Unknown(_) | Self::Missing(_) if is_stranger => {
                Some(Unknown::new(Reason::Import, "its password or access key"))
            }
            Self::Unknown(unknown) => Some(unknown.as_ref().clone()),
            Self::Missing(_) => unknown_members(model).map(|unknown| unknown.as_ref().clone()),
            Self::Proven | Self::Idle | Self::Flawed => None,
        }
    }
}

/// Whether nothing tells that a user is a person, nor how it would sign in.
pub fn is_stranger(model: &Model, user: Id<User>, kind: &Judged, is_administrator: bool) -> bool {
    kind.assumed && !has_credential(model, user) && !is_administrator
}

/// What is possible without MFA.
#[derive(Clone, Debug, PartialEq)]
pub enum Hole {
    /// An action.
    Action {
        /// The action.
        action: String,
        /// How the user signs in.
        sign_in: SignIn,
        /// Whether some statement demands MFA of it for other actions.
        guarded: bool,
    },
    /// To assume a role of the input.
    Role {
        /// The resource that declares it.
        subject: Arc<str>,
        /// How the user signs in.
        sign_in: SignIn,
    },
    /// Nothing: the user can sign in, and whatever it is granted elsewhere is not guarded.
    SignIn,
}

/// With which credentials a user signs in.
#[derive(Clone, Copy, Debug)]
struct Credentials {
    key: bool,
    password: bool,
}

/// Whether MFA is demanded of a user, in each of the deployments in which the answer differs.
pub fn demands<'m>(
    model: &'m Model,
    administrators: &Administrators<'m>,
    trusts: &Trusts<'m>,
    flaws: &Flaws<'m>,
    user: Id<User>,
) -> Vec<Case<Demand>> {
    let held = policies(model, Holder::User(user));
    let guards = held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
    let assumed = model.users.get(user).map(|user| user.declared.guard.clone()).unwrap_or_default();
    let mut owners = model.mfa_devices.iter().filter_map(|(_, device)| device.user.as_ref()?.declared());
    let has_device = owners.any(|owner| owner == user);
    model.conditions.cases(&assumed, guards, |deployment| {
        if has_device {
            return Demand::Proven;
        }
        let documents: Vec<Cow<'_, Document>> =
            held.iter().filter_map(|held| deployed(held, deployment)).collect();
        let proof = Proof { model, administrators, trusts, user };
        match proof.demand(&documents) {
            Demand::Missing(hole) => {
                let mended: Vec<_> = documents.iter().map(|document| flaws.mended(document)).collect();
                let is_mended = mended.iter().any(Option::is_some);
                let documents: Vec<Cow<'_, Document>> = documents
                    .iter()
                    .zip(mended)
                    .map(|(document, mended)| mended.map_or(Cow::Borrowed(&**document), Cow::Owned))
                    .collect();
                match is_mended.then(|| proof.demand(&documents)) {
                    Some(Demand::Missing(hole)) => Demand::Missing(hole),
                    Some(_) => Demand::Flawed,
                    None => Demand::Missing(hole),
                }
            }
            other => other,
        }
    })
}

fn deployed<'h>(held: &'h Held<'_>, deployment: &Deployment) -> Option<Cow<'h, Document>> {
    let mut undecided = held.undecided.clone();
    let is_there = deployment.keeps(&held.guard, &mut undecided);
    is_there.then(|| held.document.deployed(deployment, undecided.as_ref()))
}

struct Proof<'m, 'a> {
    model: &'m Model,
    administrators: &'a Administrators<'m>,
    trusts: &'a Trusts<'m>,
    user: Id<User>,
}

impl Proof<'_, '_> {
    fn demand(&self, documents: &[Cow<'_, Document>]) -> Demand {
        let prepared = prepared(documents);
        let Some(asker) = Asker::new(Some((self.model, self.user)), &prepared) else {
            return Demand::Idle;
        };
        let documents: Vec<&Document> = documents.iter().map(|document| &**document).collect();
        let declared = self.credentials();
        let mut statements = documents.iter().flat_map(|document| &document.statements);
        let assumes = statements.any(|one| !one.is_deny() && names(&one.actions, "sts:AssumeRole"));
        let roles = self.trusts.roles_of(self.user, assumes);
        if documents.is_empty() && roles.is_empty() {
            return if declared.key || declared.password {
                Demand::Missing(Hole::SignIn)
            } else {
                Demand::Idle
            };
        }
        let mut unknown = None;
        for sign_in in sign_ins(&asker, declared) {
            let found = &mut |Opening { sign_in, action, unknown: open }: Opening| match open {
                None => ControlFlow::Break((action, sign_in)),
                Some(open) => {
                    unknown.get_or_insert(open);
                    ControlFlow::Continue(())
                }
            };
            if let ControlFlow::Break((action, sign_in)) =
                openings(&asker, self.model, &documents, sign_in, found)
            {
                let guarded = are_guarded(&documents);
                return Demand::Missing(Hole::Action { action, sign_in, guarded });
            }
            // That people get at the power of an administrator without MFA is a fault of the role, and beside that power no other
            // role counts.
            let is_administrator = |holder| self.administrators.is(holder) == Answer::Yes;
            let others = roles.iter().filter(|role| {
                let is_of_use = self.model.grants_of_role(**role).next().is_some();
                is_of_use
                    && !is_administrator(Holder::User(self.user))
                    && !is_administrator(Holder::Role(**role))
            });
            for (role, declared) in others.filter_map(|role| Some((*role, self.model.roles.get(*role)?))) {
                match asker.can_assume(sign_in, self.model, role) {
                    Answer::No => {}
                    Answer::Perhaps(open) => drop(unknown.get_or_insert(open)),
                    Answer::Yes => {
                        let subject = Arc::clone(&declared.declared.subject);
                        return Demand::Missing(Hole::Role { subject, sign_in });
                    }
                }
            }
        }
        unknown.map_or(Demand::Proven, Demand::Unknown)
    }

    fn credentials(&self) -> Credentials {
        let is_key = |form| form == KeyForm::AccessKey;
        Credentials {
            key: self.model.access_keys_of_user(self.user).any(|key| is_key(key.form)),
            password: self.model.login_profiles_of_user(self.user).next().is_some(),
        }
    }
}

/// The ways of signing in without MFA that a user has, or may give itself once it has signed in with MFA. Of a user without any
/// credential here it is not known which ones it has elsewhere.
fn sign_ins(asker: &Asker<'_, '_>, declared: Credentials) -> impl Iterator<Item = SignIn> {
    let none = !declared.key && !declared.password;
    let can = |action| asker.is_open(SignIn::Mfa, action, &asker.own_arn()) != Answer::No;
    let key = none || declared.key || can("iam:CreateAccessKey");
    let password = none || declared.password || can("iam:CreateLoginProfile");
    let session = key && asker.is_denied(SignIn::AccessKey, "sts:GetSessionToken", "*").is_none();
    let mut all = [(key, SignIn::AccessKey), (session, SignIn::KeySession), (password, SignIn::Console)];
    if declared.password {
        // What is declared says more than what may be.
        all.rotate_right(1);
    }
    all.into_iter().filter(|(has, _)| *has).map(|(_, sign_in)| sign_in)
}

/// Whether a user has a credential here, or a device.
pub fn has_credential(model: &Model, user: Id<User>) -> bool {
    model.access_keys_of_user(user).next().is_some() || model.login_profiles_of_user(user).next().is_some()
}

/// Why a group may have members that are not known, if one does: whoever they are, they have its policies.
fn unknown_members(model: &Model) -> Option<&Arc<Unknown>> {
    model.memberships.iter().find_map(|membership| match &membership.user.link {
        Link::Unknown(unknown) => Some(unknown),
        _ => None,
    })
}
