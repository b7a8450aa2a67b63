use std::sync::Arc;

use crate::analysis::principal::{declared, named};
use crate::analysis::user_kind::{Judged, user_kinds};
use crate::model::{self, AccessKey, Case, Declared, Guard, Id, KeyForm, Model, Principal, Reference, User};
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
        let cases = key.user.cases();
        if cases.is_empty() {
            report(judge, key, "whoever applies this", &[], &[Guard::always()]);
            continue;
        }
        let owners: Vec<(Owner<'_>, Vec<Guard>)> =
            cases.iter().flat_map(|case| Owner::of(context, key, case)).collect();
        if cases.iter().any(|case| case.undecided.is_some()) {
            // Whose it is is not known; that it is created is.
            let owners: Vec<Owner<'_>> = owners.into_iter().map(|(owner, _)| owner).collect();
            let names: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
            report(judge, key, &names.join(" or "), &owners, &[Guard::always()]);
        } else {
            for (owner, guards) in &owners {
                report(judge, key, &owner.name, std::slice::from_ref(owner), guards);
            }
        }
    }
}

/// Whom a key belongs to.
struct Owner<'m> {
    /// With the evidence of what it is: "the user `u`, a person by its login profile".
    name: String,
    is_person: bool,
    declared: Option<&'m Arc<Declared>>,
}

impl<'m> Owner<'m> {
    /// The owner in a case, as whatever it is in each deployment.
    fn of(context: &Context<'m>, key: &AccessKey, case: &model::Named<User>) -> Vec<(Self, Vec<Guard>)> {
        let model = context.model;
        let Some(id) = case.link.declared() else {
            let user = Reference { value: key.user.value.clone(), link: case.link.clone() };
            let name = format!("the {}", named(model, &Principal::User(user)));
            return vec![(Self { name, is_person: false, declared: None }, vec![case.guard.clone()])];
        };
        let Some(assumed) = key.declared.guard.and(&case.guard) else { return Vec::new() };
        let kinds = user_kinds(model, &context.options.users, id, &assumed);
        let owner = |kind: Case<Judged>| {
            let guards = kind.guards.iter().filter_map(|guard| guard.and(&case.guard)).collect();
            (Self::judged(model, id, &kind.outcome), guards)
        };
        kinds.into_iter().map(owner).collect()
    }

    fn judged(model: &'m Model, id: Id<User>, judged: &Judged) -> Self {
        let user = declared("user", &model.users, id, |user| (&user.declared, &user.name));
        let kind = match (judged.kind, judged.assumed) {
            (UserKind::Human, false) => format!(", a person by {}", judged.evidence),
            (UserKind::Application, false) => format!(", an application by {}", judged.evidence),
            _ => String::new(),
        };
        Self {
            name: format!("the {user}{kind}"),
            is_person: judged.kind == UserKind::Human && !judged.assumed,
            declared: user.declared,
        }
    }
}

fn report(judge: &mut Judge<'_>, key: &AccessKey, whom: &str, owners: &[Owner<'_>], guards: &[Guard]) {
    let what = match key.form {
        KeyForm::AccessKey => "a long-lived access key",
        KeyForm::ServiceSpecific => "a long-lived credential for one service",
    };
    let person = !owners.is_empty() && owners.iter().all(|owner| owner.is_person);
    let message = format!("{what} is created for {whom}");
    let draft = judge.violated(&key.declared, key.declared.span, message);
    draft.when_any(guards).label("never expires by itself").at_most(if person { Level::Warning } else { Level::Error }).help(if person {
        "sign in with temporary credentials instead, through AWS IAM Identity Center or `sts:GetSessionToken` with MFA"
    } else {
        "give the application a role instead and remove the key; a copy in Secrets Manager or a SecureString is still long-lived"
    });
    for declared in owners.iter().filter_map(|owner| owner.declared) {
        draft.related(Related::new(
            declared.subject.clone(),
            Some(declared.span),
            "the user that it belongs to",
        ));
    }
}
