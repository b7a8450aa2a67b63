//! Whether users are kept from roles that trust them, by their own policies and those of their groups.

use std::borrow::Cow;
use std::sync::Arc;

use super::asker::Asker;
use super::ready::deployed;
use super::sign_in::SignIn;
use super::trust::Trusts;
use crate::analysis::holding::{Holder, policies};
use crate::model::{Deployment, Guard, Id, Role, User};
use crate::policy::{Answer, Document};
use crate::value::Unknown;

/// Whether a user is kept from a role without MFA.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// In every deployment.
    Yes,
    /// Not under these conditions of the input, each guard one of several.
    Unless(Vec<Guard>),
    /// Not known.
    Unknown(Arc<Unknown>),
}

/// Whether the policies of a user deny it to assume a role without MFA. A Deny wins whomever the trust policy names.
pub(super) fn kept_from(trusts: &Trusts<'_>, user: Id<User>, role: &Role) -> Kept {
    let model = trusts.model();
    let held = policies(model, Holder::User(user));
    let guards = held.iter().flat_map(|held| std::iter::once(&held.guard).chain(held.document.guards()));
    let assumed = model.users.get(user).map(|user| user.declared.guard.clone()).unwrap_or_default();
    let cases = model.conditions.cases(&assumed, guards, |deployment: &Deployment| {
        let documents: Vec<Cow<'_, Document>> =
            held.iter().filter_map(|held| deployed(held, deployment)).collect();
        let prepared = trusts.ready().prepared(&documents);
        let Some(asker) = Asker::new(Some((model, user)), &prepared) else { return Answer::No };
        let sign_ins = [SignIn::AccessKey, SignIn::Console].into_iter();
        sign_ins.fold(Answer::Yes, |kept, sign_in| kept.and(asker.is_kept_from(sign_in, role)))
    });
    let mut open = cases.iter().filter(|case| case.outcome == Answer::No).peekable();
    if open.peek().is_some() {
        return Kept::Unless(open.flat_map(|case| case.guards.iter().cloned()).collect());
    }
    let unknown = cases.into_iter().find_map(|case| match case.outcome {
        Answer::Perhaps(unknown) => Some(unknown),
        Answer::Yes | Answer::No => None,
    });
    unknown.map_or(Kept::Yes, Kept::Unknown)
}
