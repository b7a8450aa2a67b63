//! Whether the credentials that a user has leave room for new ones.

use std::sync::Arc;

use super::stage::Stage;
use crate::analysis::holding::Holder;
use crate::model::{Guard, KeyForm};
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
    let has_keys = |count: usize| {
        let keys = model.access_keys_of_user(id).filter(|key| key.form == KeyForm::AccessKey);
        at_least(count, stage, keys.map(|key| &key.declared.guard))
    };
    let has_password =
        || at_least(1, stage, model.login_profiles_of_user(id).map(|profile| &profile.declared.guard));
    match action {
        "iam:CreateAccessKey" if !makes_room => has_keys(MOST_KEYS).negated(),
        "iam:CreateLoginProfile" => has_password().negated(),
        "iam:UpdateLoginProfile" => match has_password() {
            Answer::No => match has_keys(1) {
                Answer::Yes => Answer::No,
                Answer::No => {
                    // Of a user without any credential here it is not known which ones it has elsewhere.
                    let subject = stage.cast.actors.get(user).map(|user| Arc::clone(&user.declared.subject));
                    let what = format!("a password of `{}`", subject.unwrap_or_default());
                    Answer::Perhaps(Arc::new(Unknown::new(Reason::Runtime, what)))
                }
                perhaps => perhaps,
            },
            password => password,
        },
        _ => Answer::Yes,
    }
}

/// Whether so many of some resources are there.
fn at_least<'g>(count: usize, stage: &Stage<'_, '_>, guards: impl Iterator<Item = &'g Guard>) -> Answer {
    let there: Vec<_> = guards.filter_map(|guard| stage.questions.presence(guard, None)).collect();
    let sure = there.iter().filter(|open| open.is_none()).count();
    match there.iter().flatten().next() {
        _ if sure >= count => Answer::Yes,
        Some(open) if there.len() >= count => Answer::Perhaps(stage.questions.ask(open)),
        _ => Answer::No,
    }
}
