use std::sync::Arc;

use crate::model::{AccessKey, Deployment, Guard, KeyForm};
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Unknown;

pub(super) static RULE: Rule = Rule {
    name: "inactive-access-key",
    summary: "an access key that is out of use is kept",
    level: Level::Error,
    statements: &[StatementId("UB-3.2")],
    inputs: Inputs::Resources,
    page: include_str!("inactive_access_key.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    for (_, key) in context.model.access_keys.iter() {
        let what = match key.form {
            KeyForm::AccessKey => "access key",
            KeyForm::ServiceSpecific => "credential",
        };
        let subject = &key.declared.subject;
        let guards: Vec<Guard> = key.status.alternatives().into_iter().map(|one| one.guard).collect();
        let span = key.status.span.unwrap_or(key.declared.span);
        for case in context.model.conditions.cases(&key.declared.guard, &guards, |one| activity(key, one)) {
            match &case.outcome {
                Activity::Active => judge.holds(),
                Activity::Unknown(unknown) => {
                    let message = format!("whether the {what} `{subject}` is active is not known");
                    judge.undetermined(&key.declared, span, message, unknown).when_any(&case.guards);
                }
                Activity::Inactive => {
                    let message = format!("the {what} `{subject}` is inactive and kept");
                    judge
                        .violated(&key.declared, span, message)
                        .label("can be activated again by one call")
                        .help("remove it: what is out of use for good is deleted, and not only deactivated")
                        .when_any(&case.guards);
                }
            }
        }
    }
}

/// Whether a key can be used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Activity {
    Active,
    Inactive,
    Unknown(Arc<Unknown>),
}

/// Whether a key can be used in a deployment.
pub(super) fn activity(key: &AccessKey, deployment: &Deployment) -> Activity {
    let mut found = None;
    for one in deployment.alternatives(&key.status) {
        let status = one.value.and_then(|value| value.as_str());
        let activity = match (status, one.value.and_then(|value| value.unknown_part())) {
            (None, Some(unknown)) => return Activity::Unknown(Arc::clone(unknown)),
            (status, _) if status.as_deref().is_some_and(is_inactive) => Activity::Inactive,
            _ => Activity::Active,
        };
        match (&found, one.undecided) {
            (Some(before), undecided) if *before != activity => {
                let undecided = undecided.cloned().unwrap_or_else(|| Arc::new(crate::model::undecided()));
                return Activity::Unknown(undecided);
            }
            _ => found = Some(activity),
        }
    }
    found.unwrap_or(Activity::Active)
}

fn is_inactive(status: &str) -> bool {
    status.eq_ignore_ascii_case("inactive")
}
