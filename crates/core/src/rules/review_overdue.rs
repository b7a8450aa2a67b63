use std::sync::Arc;

use crate::analysis::age;
use crate::analysis::principal::{Named, declared};
use crate::model::{self, Declared, Deployment, Guard, RoleForm};
use crate::options::Options;
use crate::report::Level;
use crate::rule::{Check, Configured, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::{Map, Reason, Unknown, Value};

pub(super) static RULE: Rule = Rule {
    name: "review-overdue",
    summary: "permissions were not reviewed in time",
    level: Level::Warning,
    statements: &[StatementId("UB-R1"), StatementId("FG-S4")],
    inputs: Inputs::Resources,
    page: include_str!("review_overdue.md"),
    check: Check::UnitAndConfiguration(check, check_configuration),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (id, user) in model.users.iter() {
        let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
        of(context, judge, &user.declared, &named, &user.tags);
    }
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form == RoleForm::Declared) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        of(context, judge, &role.declared, &named, &role.tags);
    }
    // CloudFormation has no tags for policies: nobody could add one there.
    let policies =
        model.policies.iter().filter(|(_, policy)| &*policy.declared.kind != "AWS::IAM::ManagedPolicy");
    for (id, policy) in policies {
        let named = declared("policy", &model.policies, id, |policy| (&policy.declared, &policy.name));
        of(context, judge, &policy.declared, &named, &policy.tags);
    }
}

/// The configuration is reviewed as permissions are: it says who may have which.
fn check_configuration(context: &Configured<'_>, judge: &mut Judge<'_>) {
    let configuration = context.configuration;
    let max = context.options.review.max_age;
    let path = &configuration.path;
    let Some((day, span)) = configuration.reviewed else {
        if let Some(span) = configuration.demands_review {
            let message = "the configuration does not say when it was reviewed";
            let draft = judge.violated(path, span, message).label("demands reviews");
            draft.key("configuration").help("review it, and add `reviewed: YYYY-MM-DD` with the day of that");
        }
        return;
    };
    match context.options.today.map(|today| age::days(day, today)) {
        None => {
            let message = "whether the configuration was reviewed in time is not known";
            let draft = judge.undetermined(path, span, message, &age::without_today());
            draft.key("configuration").help("give the check a date");
        }
        Some(age) if age < 0 => {
            let message = "the configuration was reviewed on a day that is still to come";
            let draft = judge.violated(path, span, message).label("later than today");
            draft.key("configuration").help("write the day of the last review, not that of the next one");
        }
        Some(age) if age > i64::from(max) => {
            let message = format!("the configuration was reviewed {age} days ago, and {max} are allowed");
            let draft = judge.violated(path, span, message).label("reviewed on this day");
            draft.key("configuration").help(
                "ask whether all that it approves and accepts is still needed, and set `reviewed` to the day of that",
            );
        }
        Some(_) => judge.holds(),
    }
}

/// What the tag says of the last review.
#[derive(Clone, Debug, PartialEq)]
enum Review {
    InTime,
    Missing,
    /// So many days ago.
    Overdue(i64),
    NoDate,
    Future,
    /// Another day on every run, whatever was reviewed.
    Volatile,
    Unknown(Arc<Unknown>),
}

fn of(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    declared: &Arc<Declared>,
    named: &Named<'_>,
    tags: &Value,
) {
    let options = context.options;
    let (tag, max) = (&options.review.tag, options.review.max_age);
    let judged = |deployment: &Deployment| review(tags, options, deployment);
    let written = place(tags, tag).unwrap_or(declared.span);
    for case in context.model.conditions.cases(&declared.guard, &guards(tags, tag), judged) {
        let draft = match &case.outcome {
            Review::InTime => {
                judge.holds();
                continue;
            }
            Review::Missing if !options.review.required => continue,
            Review::Missing => judge
                .violated(declared, declared.span, format!("the {named} does not say when it was reviewed"))
                .label(format!("has no tag `{tag}`")),
            Review::Overdue(age) => judge
                .violated(
                    declared,
                    written,
                    format!("the {named} was reviewed {age} days ago, and {max} are allowed"),
                )
                .label("reviewed on this day"),
            Review::NoDate => judge
                .violated(declared, written, format!("the tag `{tag}` of the {named} is no date"))
                .label("no day like 2026-01-31"),
            Review::Future => judge
                .violated(
                    declared,
                    written,
                    format!("the {named} was reviewed on a day that is still to come"),
                )
                .label("later than today"),
            Review::Volatile => judge
                .violated(
                    declared,
                    written,
                    format!("the tag `{tag}` of the {named} is another one on every run"),
                )
                .label("no record of a review"),
            Review::Unknown(unknown) => {
                let message = format!("whether the {named} was reviewed in time is not known");
                judge.undetermined(declared, written, message, unknown).when_any(&case.guards);
                continue;
            }
        };
        draft.when_any(&case.guards).help(format!(
            "ask those who use its permissions whether they still need them, remove the others, and set `{tag}` to the day of that"
        ));
    }
}

/// The values of the tag.
fn values<'v>(tags: &'v Value, tag: &str) -> Option<&'v Value> {
    tags.as_map()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag)).map(|(_, value)| value)
}

fn place(tags: &Value, tag: &str) -> Option<Span> {
    tags.alternatives().into_iter().find_map(|one| values(one.value?, tag)?.span)
}

/// The conditions that make a difference to the tag.
fn guards(tags: &Value, tag: &str) -> Vec<Guard> {
    let maps = tags.alternatives();
    let inside = maps.iter().filter_map(|one| values(one.value?, tag)).flat_map(Value::alternatives);
    let guards = maps.iter().map(|one| one.guard.clone()).chain(inside.map(|one| one.guard));
    guards.filter(|guard| !guard.is_always()).collect()
}

fn review(tags: &Value, options: &Options, deployment: &Deployment) -> Review {
    let mut found: Option<Review> = None;
    for map in deployment.alternatives(tags) {
        let value = map.value.and_then(|tags| values(tags, &options.review.tag));
        let possible = value.map(|value| deployment.alternatives(value)).unwrap_or_default();
        let reviews: Vec<_> = match value {
            Some(_) => possible.iter().map(|one| (of_value(one.value, options), one.undecided)).collect(),
            None => vec![(untagged(map.value, options), None)],
        };
        for (review, undecided) in reviews {
            match &found {
                Some(before) if *before != review => {
                    let unknown = undecided.or(map.undecided).cloned();
                    return Review::Unknown(unknown.unwrap_or_else(|| Arc::new(model::undecided())));
                }
                _ => found = Some(review),
            }
        }
    }
    found.unwrap_or(Review::Missing)
}

/// What is known of a resource among whose known tags there is none. Where nobody asks for it, it is not taken for granted that
/// one is hidden among the others.
fn untagged(tags: Option<&Value>, options: &Options) -> Review {
    let open = tags
        .and_then(|tags| tags.as_map().map_or_else(|| tags.unknown_part(), |map: &Map| map.open.as_ref()));
    match open.filter(|_| options.review.required) {
        Some(unknown) => Review::Unknown(Arc::clone(unknown)),
        None => Review::Missing,
    }
}

fn of_value(value: Option<&Value>, options: &Options) -> Review {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Review::Missing };
    let Some(text) = value.as_str() else {
        return match value.unknown_part() {
            None => Review::NoDate,
            Some(unknown) if unknown.reason == Reason::Volatile => Review::Volatile,
            Some(unknown) => Review::Unknown(Arc::clone(unknown)),
        };
    };
    let Some(day) = age::day(text.trim()) else { return Review::NoDate };
    match options.today.map(|today| age::days(day, today)) {
        None => Review::Unknown(Arc::new(age::without_today())),
        Some(age) if age < 0 => Review::Future,
        Some(age) if age > i64::from(options.review.max_age) => Review::Overdue(age),
        Some(_) => Review::InTime,
    }
}
