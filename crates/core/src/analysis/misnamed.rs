//! References that IAM refuses: a name where it takes an ARN, an ARN where it takes a name.

use std::sync::Arc;

use iamrail_catalog::managed_policy;

use crate::model::{Declared, Granted, Guard, Model, Principal, Reference};
use crate::source::Span;
use crate::value::{Kind, Part, Value};

/// A reference that IAM refuses.
#[derive(Debug)]
pub struct Misnamed<'m> {
    /// What makes it.
    pub declared: &'m Arc<Declared>,
    /// Where it stands.
    pub span: Span,
    /// The conditions under which it is made.
    pub guard: &'m Guard,
    /// What is wrong, as a clause.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The references of a model that IAM surely refuses. Policies are attached by their ARNs; users, groups and roles are named, and a name has
/// no colon: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>.
pub fn of(model: &Model) -> Vec<Misnamed<'_>> {
    let mut found = Vec::new();
    for grant in model.grants.iter().filter(|grant| grant.undecided.is_none()) {
        let mut add = |span: Option<Span>, (message, help): (String, String)| {
            let (declared, guard, span) = (&grant.declared, &grant.guard, span.unwrap_or(grant.span));
            found.push(Misnamed { declared, span, guard, message, help });
        };
        if let Granted::Managed(policy) = &grant.policy
            && let Some(wrong) = no_arn(&policy.value)
        {
            add(policy.value.span, wrong);
        }
        let (what, value, is_arn) = match &grant.principal {
            Principal::User(user) => ("user", &user.value, is_arn(user)),
            Principal::Group(group) => ("group", &group.value, is_arn(group)),
            Principal::Role(role) => ("role", &role.value, is_arn(role)),
        };
        if is_arn {
            add(value.span, an_arn(what));
        }
    }
    for one in model.memberships.iter().filter(|one| one.undecided.is_none()) {
        let (user, group) =
            (("user", &one.user.value, is_arn(&one.user)), ("group", &one.group.value, is_arn(&one.group)));
        for (what, value, _) in [user, group].into_iter().filter(|(_, _, is_arn)| *is_arn) {
            let (message, help) = an_arn(what);
            let span = value.span.unwrap_or(one.span);
            found.push(Misnamed { declared: &one.declared, span, guard: &one.guard, message, help });
        }
    }
    found
}

fn an_arn(what: &str) -> (String, String) {
    let message = format!("an ARN stands in the place of the name of a {what}");
    (message, format!("give the name of the {what} instead of its ARN"))
}

/// What is wrong with the text in the place of the ARN of a policy; `None` when it is one, or not all of it is known.
fn no_arn(value: &Value) -> Option<(String, String)> {
    let text = value.as_str().filter(|text| !text.is_empty() && !text.starts_with("arn:"))?;
    if value.sensitive {
        return None;
    }
    let help = match managed_policy(&text) {
        Some(policy) => format!("write `{}`", policy.arn("aws")),
        None => "write the whole ARN of the policy".to_owned(),
    };
    Some((format!("`{text}` is not the ARN of a policy"), help))
}

/// Whether a reference is surely an ARN: by its first letters, or as that attribute of what it names.
fn is_arn<T>(reference: &Reference<T>) -> bool {
    let value = &reference.value;
    let is_whole = match &value.kind {
        Kind::Unknown(_) => true,
        Kind::Text(text) => match text.parts() {
            [Part::Literal { text, .. }, ..] if text.starts_with("arn:") => return true,
            [Part::Hole(_)] => true,
            _ => false,
        },
        _ => false,
    };
    let is_attribute =
        || value.origins.exact().is_some_and(|origin| matches!(&*origin.attribute, "Arn" | "arn"));
    is_whole && reference.declared().is_some() && is_attribute()
}
