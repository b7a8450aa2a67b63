use std::sync::Arc;

use super::inactive_access_key::{Activity, activity};
use crate::analysis::age;
use crate::model::{AccessKey, Deployment, Guard, KeyForm};
use crate::options::Options;
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::{Kind, Reason, Unknown, Value};

pub(super) static RULE: Rule = Rule {
    name: "access-key-rotation",
    summary: "an active access key is not replaced in time",
    level: Level::Error,
    statements: &[StatementId("UB-3.2")],
    inputs: Inputs::Resources,
    page: include_str!("access_key_rotation.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let keys = context.model.access_keys.iter().map(|(_, key)| key);
    for key in keys.filter(|key| key.form == KeyForm::AccessKey) {
        let values = [&key.status, &key.renewal];
        let guards: Vec<Guard> =
            values.into_iter().flat_map(Value::alternatives).map(|one| one.guard).collect();
        let judged = |deployment: &Deployment| rotation(key, context.options, deployment);
        for case in context.model.conditions.cases(&key.declared.guard, &guards, judged) {
            report(judge, key, context.options, &case.outcome, &case.guards);
        }
    }
}

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq)]
enum Rotation {
    /// It is replaced in time, or out of use.
    Kept,
    /// Nothing replaces it.
    Never,
    /// It is this many days old.
    Late(i64),
    Unknown(Arc<Unknown>),
}

fn rotation(key: &AccessKey, options: &Options, deployment: &Deployment) -> Rotation {
    match activity(key, deployment) {
        Activity::Inactive => return Rotation::Kept,
        Activity::Unknown(unknown) => return Rotation::Unknown(unknown),
        Activity::Active => {}
    }
    // Its age is what counts, whatever is meant to replace it.
    let created = key.created.as_str().and_then(|text| age::day(&text));
    let age = created.map(|created| match options.today {
        Some(today) => Ok(age::days(created, today)),
        None => Err(Arc::new(age::without_today())),
    });
    match (&age, renewal(key, deployment)) {
        (Some(Ok(age)), _) if *age > i64::from(options.access_keys.max_age) => Rotation::Late(*age),
        (_, Renewal::None) => Rotation::Never,
        (Some(Ok(_)), _) | (None, Renewal::Given) => Rotation::Kept,
        (Some(Err(unknown)), _) => Rotation::Unknown(Arc::clone(unknown)),
        (None, Renewal::Unknown(unknown)) => Rotation::Unknown(unknown),
    }
}

/// Whether an input says that it replaces a key.
enum Renewal {
    None,
    Given,
    Unknown(Arc<Unknown>),
}

fn renewal(key: &AccessKey, deployment: &Deployment) -> Renewal {
    let judged = |value: Option<&Value>| match value.map(|value| &value.kind) {
        None | Some(Kind::Null) => Renewal::None,
        Some(Kind::List(list) | Kind::Set(list)) if list.items.is_empty() => match &list.open {
            Some(unknown) => Renewal::Unknown(Arc::clone(unknown)),
            None => Renewal::None,
        },
        // A parameter is there to be changed, and so is a trigger; what nothing is known of may be none.
        Some(Kind::Unknown(unknown)) if unknown.reason != Reason::NoValue => {
            Renewal::Unknown(Arc::clone(unknown))
        }
        Some(_) => Renewal::Given,
    };
    let possible = deployment.alternatives(&key.renewal);
    let Some(undecided) = possible.iter().find_map(|one| one.undecided) else {
        return judged(possible.first().and_then(|one| one.value));
    };
    let all_given = possible.iter().all(|one| matches!(judged(one.value), Renewal::Given));
    if all_given { Renewal::Given } else { Renewal::Unknown(Arc::clone(undecided)) }
}

fn report(judge: &mut Judge<'_>, key: &AccessKey, options: &Options, rotation: &Rotation, guards: &[Guard]) {
    let (declared, max) = (&key.declared, options.access_keys.max_age);
    let subject = &declared.subject;
    let help = "replace the application's key by a role; until then, replace the key regularly and remove the old one";
    match rotation {
        Rotation::Kept => judge.holds(),
        Rotation::Unknown(unknown) => {
            let message = format!("whether the access key `{subject}` is replaced in time is not known");
            judge
                .undetermined(declared, key.created.span.unwrap_or(declared.span), message, unknown)
                .when_any(guards);
        }
        Rotation::Never => {
            let message = format!("nothing replaces the access key `{subject}`");
            judge
                .violated(declared, declared.span, message)
                .label("stays as it is")
                .help(help)
                .when_any(guards);
        }
        Rotation::Late(age) => {
            let span = key.created.span.unwrap_or(declared.span);
            let message = format!("the access key `{subject}` is {age} days old, and {max} are allowed");
            judge.violated(declared, span, message).label("created on this day").help(help).when_any(guards);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::model::Declared;
    use crate::source::{MemoryFiles, Sources};

    /// A key as a state has it: created on a day, and nothing is known of what replaces it.
    fn key(created: &str) -> AccessKey {
        let sources = Sources::new(MemoryFiles::default());
        let span = sources.adopt("terraform.tfstate", Vec::new()).expect("it is UTF-8").span(0, 0);
        let mut key =
            AccessKey::new(Arc::new(Declared::new("aws_iam_access_key.k", "aws_iam_access_key", span)));
        key.created = Value::text(created);
        key.renewal = Value::unknown(Unknown::new(Reason::Missing, "lifecycle"));
        key
    }

    fn options(today: Option<Date>) -> Options {
        Options { today, ..Options::default() }
    }

    #[test]
    fn a_key_may_be_as_old_as_is_allowed_and_no_day_older() {
        let key = key("2026-01-31T23:59:59Z");
        let on = |today| rotation(&key, &options(Some(today)), &Deployment::default());
        assert_eq!(on(date(2026, 1, 31)), Rotation::Kept);
        assert_eq!(on(date(2026, 5, 1)), Rotation::Kept);
        assert_eq!(on(date(2026, 5, 2)), Rotation::Late(91));
        assert_eq!(on(date(2027, 1, 31)), Rotation::Late(365));
    }

    #[test]
    fn without_a_date_of_the_check_an_age_is_not_known() {
        let judged = rotation(&key("2026-01-31T23:59:59Z"), &options(None), &Deployment::default());
        assert!(matches!(judged, Rotation::Unknown(_)), "{judged:?}");
    }
}
