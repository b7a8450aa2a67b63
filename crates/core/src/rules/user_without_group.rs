use std::sync::Arc;

use crate::analysis::principal::declared;
use crate::model::{Deployment, Guard, Id, Link, Membership, Model, User};
use crate::report::Level;
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Unknown;

pub(super) static RULE: Rule = Rule {
    name: "user-without-group",
    summary: "a user joins no group",
    level: Level::Error,
    statements: &[StatementId("UB-1.1"), StatementId("FG-M1")],
    inputs: Inputs::Resources,
    page: include_str!("user_without_group.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let elsewhere = model.memberships.iter().find_map(unknown_user);
    for (id, user) in model.users.iter() {
        let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
        let guards = model.memberships_of_user(id).map(|membership| &membership.guard);
        let joins = |deployment: &Deployment| joins(model, id, deployment, elsewhere);
        for case in model.conditions.cases(&user.declared.guard, guards, joins) {
            match &case.outcome {
                Joins::Yes => judge.holds(),
                Joins::Perhaps(unknown) => {
                    let message = format!("whether the {named} joins a group is not known");
                    judge
                        .undetermined(&user.declared, user.declared.span, message, unknown)
                        .when_any(&case.guards);
                }
                Joins::No => report(model, judge, id, user, &case.guards),
            }
        }
    }
}

/// Whether a user joins a group.
#[derive(PartialEq)]
enum Joins {
    Yes,
    Perhaps(Arc<Unknown>),
    No,
}

/// Whether a user joins a group in a deployment. `elsewhere` is why a membership may add anyone, if one does.
fn joins(model: &Model, id: Id<User>, deployment: &Deployment, elsewhere: Option<&Arc<Unknown>>) -> Joins {
    let mut perhaps = None;
    for membership in model.memberships_of_user(id) {
        let mut undecided = membership.undecided.clone();
        if !deployment.keeps(&membership.guard, &mut undecided) {
            continue;
        }
        match (undecided, &membership.group.link) {
            (Some(unknown), _) => perhaps = Some(unknown),
            (None, Link::None) => {}
            // Whichever group it is.
            (None, _) => return Joins::Yes,
        }
    }
    perhaps.or_else(|| elsewhere.cloned()).map_or(Joins::No, Joins::Perhaps)
}

fn report(model: &Model, judge: &mut Judge<'_>, id: Id<User>, user: &User, guards: &[Guard]) {
    let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
    let has_credential =
        model.access_keys_of_user(id).next().is_some() || model.login_profiles_of_user(id).next().is_some();
    let has_permission = model.grants_of_user(id).next().is_some();
    let (message, level) = if has_credential || has_permission {
        (format!("the {named} joins no group"), Level::Error)
    } else {
        // Nothing is granted yet, and no way in exists: whatever it gets later should come through a group.
        (
            format!("the {named} joins no group, and has neither permission nor credential here"),
            Level::Warning,
        )
    };
    judge
        .violated(&user.declared, user.declared.span, message)
        .at_most(level)
        .when_any(guards)
        .label("declared here, a member of nothing")
        .help(format!("add `{}` to the group whose permissions it needs, or remove it", named.name));
}

/// Why it is not known whom a membership adds.
fn unknown_user(membership: &Membership) -> Option<&Arc<Unknown>> {
    match &membership.user.link {
        Link::Unknown(unknown) => Some(unknown),
        Link::Declared(_) | Link::Named(_) | Link::Several(_) | Link::None => None,
    }
}
