//! The proof that a user can do nothing without MFA but enrol a device.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::asker::Asker;
use super::flawed::Flaws;
use super::open::{Opening, are_guarded, names, openings};
use super::ready::{deployed, once};
use super::sign_in::SignIn;
use super::trust::Trusts;
use crate::analysis::administrators::Administrators;
use crate::analysis::credentials::Credentials;
use crate::analysis::holding::{Holder, policies};
use crate::analysis::user_kind::Judged;
use crate::model::{Case, Deployment, Guard, Id, Link, MfaDevice, Model, Reference, User};
use crate::policy::{Answer, Document};
use crate::value::{Reason, Unknown};

/// Whether MFA is demanded of a user.
#[derive(Clone, Debug, PartialEq)]
pub enum Demand {
    /// Nothing is possible without it, or a device is assigned and no key of an administrator gets around it.
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
    /// Why it is not known whether MFA is demanded of a user, if it is not. Of a [stranger](is_stranger) too little is known, and
    /// of who may be an administrator, for the reason that is given, what is not known may be what demands it.
    pub fn doubt(
        &self,
        model: &Model,
        is_stranger: bool,
        administrator: Option<&Arc<Unknown>>,
    ) -> Option<Unknown> {
        match self {
            Self::Unknown(_) | Self::Missing(_) if is_stranger => {
                Some(Unknown::new(Reason::Import, "its password or access key"))
            }
            Self::Unknown(unknown) => Some(unknown.as_ref().clone()),
            Self::Missing(_) => {
                administrator.or_else(|| unknown_members(model)).map(|unknown| unknown.as_ref().clone())
            }
            Self::Proven | Self::Idle | Self::Flawed => None,
        }
    }
}

/// Whether nothing tells that a user is a person, nor how it would sign in.
pub fn is_stranger(kind: &Judged, may_be_administrator: bool) -> bool {
    kind.assumed && !kind.has_credential && !may_be_administrator
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

/// With which credentials a user signs in, in a deployment.
#[derive(Clone, Copy, Debug)]
struct Declared {
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
    let credentials = Credentials::of(model, user);
    let guards = held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
    let guards = guards.chain(credentials.guards());
    let assumed = model.users.get(user).map(|user| user.declared.guard.clone()).unwrap_or_default();
    let devices = Devices::of(model, user, administrators);
    let guards = guards.chain(devices.guards());
    let ask = |deployment: &Deployment| {
        deployment.ask(devices.guards());
        deployment.ask(credentials.guards());
        for held in held.iter().filter(|held| deployment.holds(&held.guard) != Some(false)) {
            deployment.ask(held.document.guards());
        }
    };
    model.conditions.cases_asking(&assumed, guards, ask, |deployment| {
        let device = devices.assigned(deployment);
        let declared = Declared {
            key: credentials.has_access_key_in(deployment),
            password: credentials.has_password_in(deployment),
        };
        if device == Answer::Yes && !(devices.are_of_administrator && declared.key) {
            return Demand::Proven;
        }
        let documents = once(held.iter().filter_map(|held| deployed(held, deployment)));
        let has_device = device == Answer::Yes;
        let proof = Proof { model, administrators, trusts, user, declared, has_device };
        let demand = match (proof.demand(&documents), device) {
            // With the device it would be clean.
            (Demand::Missing(_), Answer::Perhaps(unknown)) => Demand::Unknown(unknown),
            (demand, _) => demand,
        };
        match demand {
            Demand::Missing(hole) => {
                let mended: Vec<_> = documents.iter().map(|document| flaws.mended(document)).collect();
                let is_mended = mended.iter().any(Option::is_some);
                let documents: Vec<Cow<'m, Document>> = documents
                    .into_iter()
                    .zip(mended)
                    .map(|(document, mended)| mended.map_or(document, Cow::Owned))
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

/// The devices that are assigned to a user.
struct Devices<'m> {
    guards: Vec<&'m Guard>,
    /// Whether the user is an administrator: then a device does not stop access keys. The console asks for it, and requests with a key
    /// do not; of an administrator a key alone is the whole account.
    are_of_administrator: bool,
}

impl<'m> Devices<'m> {
    fn of(model: &'m Model, user: Id<User>, administrators: &Administrators<'_>) -> Self {
        let is_assigned =
            |device: &&MfaDevice| device.user.as_ref().and_then(Reference::declared) == Some(user);
        let devices = model.mfa_devices.iter().map(|(_, device)| device).filter(is_assigned);
        Self {
            guards: devices.map(|device| &device.declared.guard).collect(),
            are_of_administrator: administrators.is(Holder::User(user)) == Answer::Yes,
        }
    }

    /// The guards that tell deployments apart.
    fn guards(&self) -> impl Iterator<Item = &'m Guard> {
        self.guards.iter().copied()
    }

    /// Whether the user has a device in a deployment.
    fn assigned(&self, deployment: &Deployment) -> Answer {
        self.guards.iter().fold(Answer::No, |has, guard| {
            let mut undecided = None;
            match deployment.keeps(guard, &mut undecided) {
                true => has.or(undecided.map_or(Answer::Yes, Answer::Perhaps)),
                false => has,
            }
        })
    }
}

struct Proof<'m, 'a> {
    model: &'m Model,
    administrators: &'a Administrators<'m>,
    trusts: &'a Trusts<'m>,
    user: Id<User>,
    declared: Declared,
    /// Whether a device is assigned: then a key is all that is asked about.
    has_device: bool,
}

impl<'m> Proof<'m, '_> {
    fn demand(&self, documents: &[Cow<'m, Document>]) -> Demand {
        let prepared = self.trusts.ready().prepared(documents);
        let Some(asker) = Asker::new(Some((self.model, self.user)), &prepared) else {
            let what = "the name of a user that IAM does not take";
            return Demand::Unknown(Arc::new(Unknown::new(Reason::Invalid, what)));
        };
        let documents: Vec<&Document> = documents.iter().map(|document| &**document).collect();
        let declared = self.declared;
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
        let is_asked = |sign_in: &SignIn| !self.has_device || *sign_in != SignIn::Console;
        for sign_in in sign_ins(&asker, declared).filter(is_asked) {
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
}

/// The ways of signing in without MFA that a user has, or may give itself once it has signed in with MFA. Of a user without any
/// credential here it is not known which ones it has elsewhere.
fn sign_ins(asker: &Asker<'_, '_>, declared: Declared) -> impl Iterator<Item = SignIn> {
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

/// Why a group may have members that are not known, if one does: whoever they are, they have its policies.
fn unknown_members(model: &Model) -> Option<&Arc<Unknown>> {
    model.memberships.iter().find_map(|membership| match &membership.user.link {
        Link::Unknown(unknown) => Some(unknown),
        _ => None,
    })
}
