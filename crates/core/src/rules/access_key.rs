use crate::analysis::principal::{declared, named};
use crate::analysis::user_kind::user_kind;
use crate::model::{AccessKey, KeyForm, Principal};
use crate::options::UserKind;
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "access-key",
    summary: "a long-lived access key is created",
    level: Level::Error,
    statements: &[StatementId("UB-2.2"), StatementId("FG-M3")],
    inputs: Inputs::Resources,
    page: include_str!("access_key.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    for (_, key) in context.model.access_keys.iter() {
        report(context, judge, key);
    }
}

fn report(context: &Context<'_>, judge: &mut Judge<'_>, key: &AccessKey) {
    let model = context.model;
    let what = match key.form {
        KeyForm::AccessKey => "a long-lived access key",
        KeyForm::ServiceSpecific => "a long-lived credential for one service",
    };
    let judged = key.user.declared().map(|id| (id, user_kind(model, &context.options.users, id)));
    let person = judged.as_ref().is_some_and(|(_, judged)| judged.kind == UserKind::Human && !judged.assumed);
    let message = match &judged {
        Some((id, judged)) => {
            let user = declared("user", &model.users, *id, |user| (&user.declared, &user.name));
            let kind = match (judged.kind, judged.assumed) {
                (UserKind::Human, false) => format!(", a person by {}", judged.evidence),
                (UserKind::Application, false) => format!(", an application by {}", judged.evidence),
                _ => String::new(),
            };
            format!("{what} is created for the {user}{kind}")
        }
        None if key.user.value.is_null() => format!("{what} is created for whoever applies this"),
        None => {
            let principal = Principal::User(key.user.clone());
            format!("{what} is created for the {}", named(model, &principal))
        }
    };
    let draft = judge.violated(&key.declared, key.declared.span, message);
    draft.label("never expires by itself").at_most(if person { Level::Warning } else { Level::Error }).help(if person {
        "sign in with temporary credentials instead, through AWS IAM Identity Center or `sts:GetSessionToken` with MFA"
    } else {
        "give the application a role instead and remove the key; a copy in Secrets Manager or a SecureString is still long-lived"
    });
    if let Some(user) = judged.and_then(|(id, _)| model.users.get(id)) {
        let declared = &user.declared;
        draft.related(Related::new(declared.subject.clone(), Some(declared.span), "the user that it belongs to"));
    }
}
