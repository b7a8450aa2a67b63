use crate::analysis::principal::declared;
use crate::model::{Id, Link, Membership, Model, User};
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
        let mut memberships = model.memberships_of_user(id).peekable();
        if memberships.peek().is_none() {
            match elsewhere {
                Some(unknown) => {
                    let message = format!("whether the {named} joins a group is not known");
                    judge.undetermined(&user.declared, user.declared.span, message, unknown);
                }
                None => report(model, judge, id, user),
            }
            continue;
        }
        match memberships.find_map(certain) {
            Some(()) => judge.holds(),
            None => {
                let unknown = model.memberships_of_user(id).find_map(unknown_group);
                let Some(unknown) = unknown else { continue };
                let message = format!("whether the {named} joins a group is not known");
                judge.undetermined(&user.declared, user.declared.span, message, unknown);
            }
        }
    }
}

fn report(model: &Model, judge: &mut Judge<'_>, id: Id<User>, user: &User) {
    let named = declared("user", &model.users, id, |user| (&user.declared, &user.name));
    let has_credential =
        model.access_keys_of_user(id).next().is_some() || model.login_profiles_of_user(id).next().is_some();
    let has_permission = model.grants_of_user(id).next().is_some();
    let (message, level) = if has_credential || has_permission {
        (format!("the {named} joins no group"), Level::Error)
    } else {
        // Nothing is granted yet, and no way in exists: whatever it gets later should come through a group.
        (format!("the {named} joins no group, and has neither permission nor credential here"), Level::Warning)
    };
    judge
        .violated(&user.declared, user.declared.span, message)
        .at_most(level)
        .label("declared here, a member of nothing")
        .help(format!("add `{}` to the group whose permissions it needs, or remove it", named.name));
}

/// A membership that surely gives its user a group.
fn certain(membership: &Membership) -> Option<()> {
    (membership.undecided.is_none() && !matches!(membership.group.link, Link::Unknown(_) | Link::None)).then_some(())
}

fn unknown_group(membership: &Membership) -> Option<&Unknown> {
    membership.undecided.as_deref().or(match &membership.group.link {
        Link::Unknown(unknown) => Some(unknown),
        _ => None,
    })
}

/// Why it is not known whom a membership adds.
fn unknown_user(membership: &Membership) -> Option<&Unknown> {
    match &membership.user.link {
        Link::Unknown(unknown) => Some(unknown),
        Link::Declared(_) | Link::Named(_) | Link::None => None,
    }
}
