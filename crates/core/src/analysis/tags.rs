//! What requests say of the tags of principals and resources that the input declares.

use std::borrow::Cow;
use std::sync::Arc;

use super::holding::Holder;
use crate::model::Model;
use crate::policy::{Answer, Condition, Context, Document, Statement};
use crate::value::{Kind, Reason, Unknown, Value};

/// A request by or for something with these tags, as far as one condition key speaks of one of them: `aws:PrincipalTag/team`. Tags are
/// compared without regard to case. Tags that the input does not show, such as those of a whole stack, are taken for absent.
pub(super) fn with_tag(context: Context, key: &str, tags: &Value) -> Context {
    let tag = key.split_once('/').map_or("", |(_, tag)| tag);
    let entries = match &tags.kind {
        Kind::Null => return context.without(key),
        Kind::Map(map) => map,
        _ => return context.with_unknown(key, unknown(tags, tag)),
    };
    match entries.iter().find(|(one, _)| one.eq_ignore_ascii_case(tag)).map(|(_, value)| value) {
        Some(value) => match text(value) {
            Some(text) => context.with(key, [text]),
            None if value.is_null() => context.without(key),
            None => context.with_unknown(key, unknown(value, tag)),
        },
        None => match &entries.open {
            Some(open) => context.with_unknown(key, Arc::clone(open)),
            None => context.without(key),
        },
    }
}

/// The tags of a principal, if its policies ask for them and it cannot have others: whoever may be able to change its own tags, or
/// brings tags along, has those that it likes.
pub(super) fn fixed<'m, 'd>(
    model: &'m Model,
    holder: Holder,
    mut statements: impl Iterator<Item = &'d Statement> + Clone,
) -> Option<&'m Value> {
    let (tags, changes) = match holder {
        Holder::User(id) => (&model.users.get(id)?.tags, "iam:TagUser"),
        Holder::Role(id) => {
            let role = model.roles.get(id).filter(|role| !brings_tags(&role.trust))?;
            (&role.tags, "iam:TagRole")
        }
        Holder::Group(_) => return None,
    };
    let can_change = |one: &Statement| {
        !one.is_deny()
            && !asks(one)
            && (one.actions.covered_by(changes, true).0 == Answer::No) == one.actions.except
    };
    (statements.clone().any(asks) && !statements.any(can_change)).then_some(tags)
}

fn asks(statement: &Statement) -> bool {
    statement.conditions.iter().any(is_about_tags)
}

fn is_about_tags(condition: &Condition) -> bool {
    condition.folded_key().starts_with("aws:principaltag/")
}

/// Whether whoever assumes a role may bring tags along, which then stand for those of the role.
pub(super) fn brings_tags(trust: &Document) -> bool {
    let mut allows = trust.statements.iter().filter(|statement| !statement.is_deny());
    trust.open.is_some() || allows.any(|one| one.actions.covered_by("sts:TagSession", true).0 != Answer::No)
}

fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(is) => Some(is.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => value.as_str().map(Cow::into_owned),
    }
}

fn unknown(value: &Value, tag: &str) -> Arc<Unknown> {
    let undecided = || Arc::new(Unknown::new(Reason::NoValue, format!("the tag {tag}")));
    value.unknown_part().cloned().unwrap_or_else(undecided)
}
