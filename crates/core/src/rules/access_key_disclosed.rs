use std::sync::Arc;

use crate::analysis::static_credentials::Keys;
use crate::model::{AccessKey, Deployment, Disclosure, Guard, KeyForm};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::{Origin, Unknown, Value};

pub(super) static RULE: Rule = Rule {
    name: "access-key-disclosed",
    summary: "the secret of an access key is shown or kept in clear text",
    level: Level::Error,
    statements: &[StatementId("UB-3.1"), StatementId("FG-P2")],
    inputs: Inputs::Resources,
    page: include_str!("access_key_disclosed.md"),
    check: Check::Unit(check),
};

/// The attributes of a key with which others could act; what is encrypted is none, nor is an id alone.
const SECRETS: [&str; 7] = [
    "secret",
    "ses_smtp_password_v4",
    "service_password",
    "service_credential_secret",
    "SecretAccessKey",
    "ServicePassword",
    "ServiceCredentialSecret",
];

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let keys = Keys::of(model);
    for disclosure in &model.disclosures {
        shown(judge, &keys, disclosure);
    }
    let kept = model.access_keys.iter().map(|(_, key)| key).filter(|key| key.form == KeyForm::AccessKey);
    for key in kept {
        if let Some(sealed) = &key.sealed {
            kept_in_state(context, judge, key, sealed);
        }
    }
}

/// A secret that a place shows.
struct Shown<'m> {
    key: &'m AccessKey,
    origin: Origin,
    /// The conditions under which it is there.
    guard: Guard,
    /// Why it is not known whether it is, if it is not.
    undecided: Option<&'m Arc<Unknown>>,
    /// Why it is not known whether the secret is encrypted, and has no value in clear text, if it is not.
    sealed: Option<Arc<Unknown>>,
}

fn shown(judge: &mut Judge<'_>, keys: &Keys<'_>, disclosure: &Disclosure) {
    let possible = disclosure.value.alternatives();
    let mut found: Vec<Shown<'_>> = Vec::new();
    for one in &possible {
        let origins = one.value.into_iter().flat_map(|value| value.origins.iter());
        for origin in origins.filter(|origin| SECRETS.contains(&&*origin.attribute)) {
            let Some(key) = keys.of_origin(origin) else { continue };
            // A secret that is encrypted has no value in clear text.
            let sealed = match key.sealed.as_ref().map(|sealed| is_sealed(sealed, &Deployment::default())) {
                Some(Sealed::Yes) => continue,
                Some(Sealed::Unknown(unknown)) => Some(unknown),
                Some(Sealed::No) | None => None,
            };
            let (origin, guard) = (origin.clone(), one.guard.clone());
            found.push(Shown { key, origin, guard, undecided: one.undecided, sealed });
        }
    }
    let Disclosure { declared, what, value, .. } = disclosure;
    let mut told: Vec<&str> = Vec::new();
    for one in &found {
        let subject = &one.key.declared.subject;
        if told.contains(&&**subject) {
            continue;
        }
        told.push(subject);
        let of_key: Vec<&Shown<'_>> =
            found.iter().filter(|other| other.key.declared.subject == *subject).collect();
        // Where each of several values shows it, it does not matter which one is real.
        let in_all = of_key.len() >= possible.len();
        let is_certain = |one: &&&Shown<'_>| one.sealed.is_none() && (in_all || one.undecided.is_none());
        let certain: Vec<&Guard> = of_key.iter().filter(is_certain).map(|one| &one.guard).collect();
        let span = value.span.unwrap_or(declared.span);
        let whose = match one.key.form {
            KeyForm::AccessKey => "access key",
            KeyForm::ServiceSpecific => "credential",
        };
        let message =
            format!("the {what} `{}` shows the secret of the {whose} `{subject}`", declared.subject);
        let draft = match one.undecided.or(one.sealed.as_ref()).filter(|_| certain.is_empty()) {
            Some(unknown) => {
                let message = format!("whether {message} is not known");
                judge.undetermined(declared, span, message, unknown).when_any(of_key.iter().map(|one| &one.guard))
            }
            None => judge.violated(declared, span, message).when_any(certain).help(
                "leave it out, and remove the key once a role has taken its place; a value that is marked sensitive is still kept in clear text",
            ),
        };
        draft
            .label(format!("the `{}` of the {whose} arrives here", one.origin.attribute))
            .key(subject.to_string());
        draft.related(Related::new(
            Arc::clone(subject),
            Some(one.key.declared.span),
            format!("the {whose} is created here"),
        ));
        for (number, step) in (1..).zip(one.origin.steps()) {
            let message = format!("step {number}: goes through `{}`", step.what);
            draft.related(Related::new(Arc::clone(&declared.subject), step.span, message));
        }
    }
    if found.is_empty() {
        judge.holds();
    }
}

/// Terraform keeps the secret of a key in its state, encrypted when it is given a key for that.
fn kept_in_state(context: &Context<'_>, judge: &mut Judge<'_>, key: &AccessKey, sealed: &Value) {
    let declared = &key.declared;
    let subject = &declared.subject;
    let guards: Vec<Guard> = sealed.alternatives().into_iter().map(|one| one.guard).collect();
    let judged = |deployment: &Deployment| is_sealed(sealed, deployment);
    for case in context.model.conditions.cases(&declared.guard, &guards, judged) {
        match &case.outcome {
            Sealed::Yes => judge.holds(),
            Sealed::No => {
                let message =
                    format!("the state keeps the secret of the access key `{subject}` in clear text");
                judge
                    .violated(declared, declared.span, message)
                    .label("its secret is an attribute of the state")
                    .help("replace the key by a role; until then, encrypt its secret with `pgp_key`")
                    .when_any(&case.guards);
            }
            Sealed::Unknown(unknown) => {
                let message = format!(
                    "whether the state keeps the secret of the access key `{subject}` in clear text is not known"
                );
                judge.undetermined(declared, declared.span, message, unknown).when_any(&case.guards);
            }
        }
    }
}

/// Whether a secret is encrypted, given the key for that.
fn is_sealed(sealed: &Value, deployment: &Deployment) -> Sealed {
    let possible = deployment.alternatives(sealed);
    let is_open = |value: Option<&Value>| value.is_none_or(is_nothing);
    let open = possible.iter().filter(|one| is_open(one.value)).count();
    match possible.iter().find_map(|one| one.undecided.or_else(|| may_be_null(one.value?))) {
        _ if open == possible.len() => Sealed::No,
        Some(unknown) => Sealed::Unknown(Arc::clone(unknown)),
        None => Sealed::Yes,
    }
}

/// Whether a secret is encrypted.
#[derive(Clone, Debug, PartialEq)]
enum Sealed {
    Yes,
    No,
    Unknown(Arc<Unknown>),
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_text().is_some_and(|text| text.is_empty())
}

/// Why it is not known whether a value is there: a text with parts that are not known is.
fn may_be_null(value: &Value) -> Option<&Arc<Unknown>> {
    if value.as_text().is_some() { None } else { value.unknown_part() }
}
