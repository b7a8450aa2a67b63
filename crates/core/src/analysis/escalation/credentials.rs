//! Whether the credentials that a user has leave room for new ones.

use std::sync::Arc;

use super::stage::Stage;
use crate::analysis::holding::Holder;
use crate::model::{Declared, Guard, KeyForm};
use crate::policy::Answer;
use crate::value::{Reason, Unknown};

/// How many access keys AWS lets a user have.
const MOST_KEYS: usize = 2;

/// Whether an action that gives a credential works on the user at a place: nobody gets a second password or a third access key, and
/// only a password that is there is changed. `makes_room` says that an old access key is deleted as well.
pub(super) fn works(stage: &Stage<'_, '_>, action: &str, user: usize, makes_room: bool) -> Answer {
    let model = stage.cast.model;
    let Some(Holder::User(id)) = stage.cast.actors.get(user).map(|user| user.holder) else {
        return Answer::Yes;
    };
    let is_key = |form: KeyForm| form == KeyForm::AccessKey;
    let keys = || model.access_keys_of_user(id).filter(|key| is_key(key.form)).map(|key| &key.declared);
    let password = at_least(1, stage, model.login_profiles_of_user(id).map(|profile| &profile.declared));
    match action {
        "iam:CreateAccessKey" if !makes_room => at_least(MOST_KEYS, stage, keys()).negated(),
        "iam:CreateLoginProfile" => password.negated(),
        "iam:UpdateLoginProfile" if password == Answer::No && keys().next().is_none() => {
            // Of a user without any credential here it is not known which ones it has elsewhere.
            let subject = stage.cast.actors.get(user).map(|user| Arc::clone(&user.declared.subject));
            let what = format!("a password of `{}`", subject.unwrap_or_default());
            Answer::Perhaps(Arc::new(Unknown::new(Reason::Runtime, what)))
        }
        "iam:UpdateLoginProfile" => password,
        _ => Answer::Yes,
    }
}

/// The conditions of a deployment on which it depends that an action that gives a credential works on a user.
pub(super) fn conditions(stage: &Stage<'_, '_>, action: &str, user: usize) -> Guard {
    let model = stage.cast.model;
    let Some(Holder::User(id)) = stage.cast.actors.get(user).map(|user| user.holder) else {
        return Guard::always();
    };
    let declared: Vec<&Arc<Declared>> = match action {
        "iam:CreateAccessKey" => model.access_keys_of_user(id).map(|key| &key.declared).collect(),
        "iam:CreateLoginProfile" | "iam:UpdateLoginProfile" => {
            model.login_profiles_of_user(id).map(|profile| &profile.declared).collect()
        }
        _ => Vec::new(),
    };
    let terms = declared.iter().flat_map(|declared| declared.guard.terms());
    let given =
        terms.filter_map(|term| stage.given.terms().iter().find(|given| given.condition == term.condition));
    given.fold(Guard::always(), |guard, term| {
        let one = Guard::when(Arc::clone(&term.condition), term.holds);
        guard.and(&one).unwrap_or(guard)
    })
}

/// Whether so many of some resources are there.
fn at_least<'d>(
    count: usize,
    stage: &Stage<'_, '_>,
    declared: impl Iterator<Item = &'d Arc<Declared>>,
) -> Answer {
    let mut sure = 0;
    let mut perhaps = Vec::new();
    for guard in declared.map(|declared| &declared.guard).filter(|guard| guard.and(stage.given).is_some()) {
        match guard.terms().iter().find(|term| !stage.given.terms().contains(term)) {
            None => sure += 1,
            Some(term) => perhaps.push(&term.condition),
        }
    }
    match perhaps.first() {
        _ if sure >= count => Answer::Yes,
        Some(condition) if sure + perhaps.len() >= count => {
            Answer::Perhaps(Arc::new(Unknown::new(Reason::NoValue, Arc::clone(condition))))
        }
        _ => Answer::No,
    }
}
