use std::sync::Arc;

use crate::analysis::static_credentials::{Found, What};
use crate::model::{AccessKey, KeyForm, Model, Workload};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "workload-static-credentials",
    summary: "a workload carries long-lived credentials",
    level: Level::Error,
    statements: &[StatementId("UB-2.1"), StatementId("UB-2.2"), StatementId("FG-M2"), StatementId("FG-M3")],
    inputs: Inputs::Resources,
    page: include_str!("workload_static_credentials.md"),
    check: Check::Unit(check),
};

const HELP: &str =
    "run the workload with a role and let the AWS SDK find its temporary credentials; then remove the key";

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    for (workload, carried) in context.workloads() {
        carried.secrets.iter().for_each(|span| judge.secret(*span));
        match carried.hidden {
            _ if !carried.found.is_empty() => report(context.model, judge, workload, &carried.found),
            Some((setting, unknown)) => {
                let Workload { what, declared, .. } = workload;
                let span = setting.value.span.or(setting.name_span).unwrap_or(declared.span);
                let message = format!(
                    "whether the {what} `{}` carries long-lived credentials is not known",
                    declared.subject
                );
                judge.undetermined(declared, span, message, unknown).when(&setting.guard);
            }
            None => judge.holds(),
        }
    }
}

fn report(model: &Model, judge: &mut Judge<'_>, workload: &Workload, found: &[Found<'_>]) {
    // A declared key, or else whatever is not declared here, is one cause, wherever its parts arrive.
    let mut causes: Vec<(Option<&AccessKey>, Vec<&Found<'_>>)> = Vec::new();
    for one in found {
        let key = match &one.what {
            What::Key(key, _) => Some(*key),
            What::Literal | What::Name => None,
        };
        let same = |cause: &&mut (Option<&AccessKey>, Vec<&Found<'_>>)| {
            cause.0.map(|key| &key.declared.subject) == key.map(|key| &key.declared.subject)
        };
        match causes.iter_mut().find(same) {
            Some((_, places)) => places.push(one),
            None => causes.push((key, vec![one])),
        }
    }
    for (key, places) in causes {
        let (certain, open): (Vec<_>, Vec<_>) =
            places.into_iter().partition(|found| found.undecided.is_none());
        report_cause(model, judge, workload, key, &certain);
        // What may be there as well adds nothing to what is there in any case.
        if !certain.iter().any(|found| found.guard.is_always()) {
            report_cause(model, judge, workload, key, &open);
        }
    }
}

/// What a key is, in words: at first, and where it was named before.
fn words(key: &AccessKey) -> (&'static str, &'static str) {
    match key.form {
        KeyForm::AccessKey => ("access key", "key"),
        KeyForm::ServiceSpecific => ("service-specific credential", "credential"),
    }
}

fn report_cause(
    model: &Model,
    judge: &mut Judge<'_>,
    workload: &Workload,
    key: Option<&AccessKey>,
    places: &[&Found<'_>],
) {
    let Some(first) = places.first() else { return };
    let subject = &workload.declared.subject;
    let literal = places.iter().any(|found| matches!(found.what, What::Literal));
    let carried = match key {
        Some(key) => format!("the {} `{}`", words(key).0, key.declared.subject),
        None if literal => "an access key that is written out".to_owned(),
        None => "a long-lived access key".to_owned(),
    };
    let message = format!("the {} `{subject}` carries {carried} in `{}`", workload.what, first.name);
    let span = first.span.unwrap_or(workload.declared.span);
    let draft = match &first.undecided {
        Some(unknown) => {
            let message = format!("whether {message} is not known");
            judge.undetermined(&workload.declared, span, message, unknown)
        }
        None => judge.violated(&workload.declared, span, message).help(HELP),
    };
    draft.key(carried).when_any(places.iter().map(|found| &found.guard)).label(
        match (&first.what, literal) {
            (What::Key(key, origin), _) => {
                format!("the `{}` of the {} arrives here", origin.attribute, words(key).1)
            }
            (_, true) => "a credential stands here".to_owned(),
            _ => "credentials arrive under this name".to_owned(),
        },
    );
    // Whichever value a parameter has, it arrives in one place.
    let others = places.iter().skip(1).filter(|other| other.span.is_none() || other.span != first.span);
    for other in others {
        draft.related(Related::new(Arc::clone(subject), other.span, format!("and in `{}`", other.name)));
    }
    if let What::Key(key, origin) = &first.what {
        let declared = &key.declared;
        draft.related(Related::new(
            Arc::clone(&declared.subject),
            Some(declared.span),
            format!("the {} is created here", words(key).1),
        ));
        for (number, step) in (1..).zip(origin.steps()) {
            let message = format!("step {number}: goes through `{}`", step.what);
            draft.related(Related::new(Arc::clone(subject), step.span, message));
        }
        if let Some(user) = key.user.declared().and_then(|id| model.users.get(id)) {
            let declared = &user.declared;
            draft.related(Related::new(
                Arc::clone(&declared.subject),
                Some(declared.span),
                format!("the {} belongs to this user", words(key).1),
            ));
        }
    }
}
