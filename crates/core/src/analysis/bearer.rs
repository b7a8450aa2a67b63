//! Who makes requests, as far as conditions on the caller are concerned: its name, its ARN, its tags.

use std::borrow::Cow;
use std::sync::Arc;

use super::holding::Holder;
use super::mfa::{asks_for_mfa, direct_call};
use super::tags::{fixed, with_tag};
use crate::model::Model;
use crate::policy::{Arn, Condition, Context, Statement};
use crate::value::Value;

/// The account that stands for the one that the input is deployed in.
pub(super) const ACCOUNT: &str = "111122223333";
/// What stands for any name.
pub(super) const ANY: &str = "iamrail";

/// Who makes requests.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Whether it is a user; `None` for whoever gets a policy.
    pub(super) is_user: Option<bool>,
    /// Its name, if that is known.
    pub(super) name: Option<String>,
    /// Its ARN, with names that stand for what is not known of it.
    pub(super) arn: String,
    /// What all of its requests say, whatever they are about. What is open is as the caller likes.
    pub(super) context: Context,
}

impl Bearer {
    /// Whoever gets a policy.
    pub fn anyone() -> Self {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/{ANY}");
        Self { is_user: None, name: None, arn, context: direct_call() }
    }

    /// A declared principal, of a group any member, with all the statements that its requests are judged by.
    pub fn of<'d>(
        model: &Model,
        holder: Holder,
        statements: impl Iterator<Item = &'d Statement> + Clone,
    ) -> Self {
        let conditions: Vec<&Condition> =
            statements.clone().flat_map(|statement| &statement.conditions).collect();
        let null = Value::null();
        let (kind, name, path) = match holder {
            Holder::User(id) => match model.users.get(id) {
                Some(user) => ("user", &user.name, &user.path),
                None => ("user", &null, &null),
            },
            Holder::Group(_) => ("user", &null, &null),
            Holder::Role(id) => match model.roles.get(id) {
                Some(role) => ("role", &role.name, &role.path),
                None => ("role", &null, &null),
            },
        };
        let known = name.as_str().filter(|name| !name.is_empty()).map(Cow::into_owned);
        let resource = format!("{kind}{}{}", path_of(path), known.as_deref().unwrap_or(ANY));
        let (partition, account) = account_in(&conditions, &resource);
        let arn = format!("arn:{partition}:iam::{account}:{resource}");
        let mut context = direct_call();
        if let Some(unknown) = name.unknown_part().or_else(|| path.unknown_part()) {
            context = context.with_unknown("aws:PrincipalArn", Arc::clone(unknown));
        } else if known.is_some() {
            context = context.with("aws:PrincipalArn", [arn.as_str()]);
        }
        if kind == "role" {
            context = context.with("aws:PrincipalType", ["AssumedRole"]).without("aws:username");
        } else {
            context = context.with("aws:PrincipalType", ["User"]);
            if let Some(name) = &known {
                context = context.with("aws:username", [name.as_str()]);
            } else if let Some(unknown) = name.unknown_part() {
                context = context.with_unknown("aws:username", Arc::clone(unknown));
            }
        }
        if let Some(tags) = fixed(model, holder, statements) {
            let keys = conditions.iter().map(|condition| condition.folded_key());
            for key in keys.filter(|key| key.starts_with("aws:principaltag/")) {
                context = with_tag(context, &key, tags);
            }
        }
        Self { is_user: Some(kind == "user"), name: known, arn, context }
    }
}

/// Whether a condition is about what is known of a bearer.
pub(super) fn tells_bearers_apart(condition: &Condition) -> bool {
    let key = condition.folded_key();
    matches!(key.as_str(), "aws:username" | "aws:principalarn" | "aws:principaltype")
        || key.starts_with("aws:principaltag/")
        || asks_for_mfa(condition)
}

/// A path as IAM has it, `/` when the input has none or one that IAM does not take.
fn path_of(path: &Value) -> Cow<'_, str> {
    let is_path = |path: &Cow<'_, str>| path.starts_with('/') && path.ends_with('/');
    path.as_str().filter(is_path).unwrap_or(Cow::Borrowed("/"))
}

/// The partition and the account that conditions on the ARN of the caller speak of: only with them can they be compared. Of
/// several, those of the condition that speaks of this resource.
fn account_in(conditions: &[&Condition], resource: &str) -> (String, String) {
    let on_arn = conditions.iter().filter(|condition| condition.folded_key() == "aws:principalarn");
    let values = on_arn.flat_map(|condition| &condition.values.items);
    let mut found = None;
    for value in values {
        let pattern = value.widest_pattern();
        let Some(arn) = Arn::read(&pattern) else { continue };
        let (partition, account) = (arn.segment(1), arn.segment(4));
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let partition = if partition.contains(['*', '?']) { "aws" } else { partition };
        if crate::policy::glob_matches(arn.segment(5), resource) {
            return (partition.to_owned(), account.to_owned());
        }
        found.get_or_insert_with(|| (partition.to_owned(), account.to_owned()));
    }
    found.unwrap_or_else(|| ("aws".to_owned(), ACCOUNT.to_owned()))
}
