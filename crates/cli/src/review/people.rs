//! Users with what tells of them, groups with their members, long-lived credentials.

use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::principal::declared;
use iamrail::core::analysis::user_kind::{Judged, user_kinds};
use iamrail::core::model::{Case, Group, Guard, Id, KeyForm, Membership, Principal, User};
use iamrail::core::options::UserKind;

use super::allowed::of_holder;
use super::mfa;
use super::page::{Cell, Row, Section};
use super::subject::Subject;
use crate::output::{Line, Tone};

/// The users.
pub(super) fn users(subject: &Subject<'_>) -> Section {
    let rows = subject.model.users.iter().map(|(id, user)| self::user(subject, id, user)).collect();
    let columns = ["User", "Kind", "Groups", "Signs in with", "MFA", "May", "Rules", "Where"];
    Section::new("Users", &columns, rows, "")
}

fn user(subject: &Subject<'_>, id: Id<User>, user: &User) -> Row {
    let model = subject.model;
    let kinds = user_kinds(model, &subject.options.users, id, &user.declared.guard);
    let kinds: Cell = kinds.iter().map(|case| kind(subject, user, case)).collect();
    let group = |membership: &Membership| {
        let group = Principal::Group(membership.group.clone());
        subject.linked(
            &group,
            relative(&membership.guard, &user.declared.guard),
            membership.undecided.as_ref(),
        )
    };
    let mut groups: Cell = model.memberships_of_user(id).map(group).collect();
    if groups.is_empty() {
        groups.push(Line::mark(Tone::Bad, "none"));
    }
    let own: Cell = model
        .grants_of_user(id)
        .map(|grant| {
            Line::mark(Tone::Bad, "a policy of its own").and_prose(" at ").and(subject.place(grant.span))
        })
        .collect();
    groups.extend(own);
    let passwords = model.login_profiles_of_user(id).map(|_| Line::prose("a password"));
    let keys = model
        .access_keys_of_user(id)
        .map(|key| form(key.form).and_prose(" ").and_code(&*key.declared.subject));
    let mut signs: Cell = passwords.chain(keys).collect();
    if signs.is_empty() {
        signs.push(Line::prose("nothing here"));
    }
    Row::new([
        subject.name(&subject.user(id)),
        kinds,
        groups,
        signs,
        mfa::of_user(subject, id),
        of_holder(subject, "user", Holder::User(id), &user.declared),
        subject.rules_against(&user.declared),
        vec![subject.place(user.declared.span)],
    ])
}

/// What a user is, by which evidence, and in which deployments.
fn kind(subject: &Subject<'_>, user: &User, case: &Case<Judged>) -> Line {
    let judged = &case.outcome;
    let kind = match judged.kind {
        UserKind::Human => "person",
        UserKind::Application => "application",
    };
    let by = subject.message(&judged.evidence);
    let line = Line::prose(format!("{kind}, {}", if judged.assumed { "assumed: " } else { "by " })).and(by);
    let guards: Vec<Guard> =
        case.guards.iter().map(|guard| relative(guard, &user.declared.guard).clone()).collect();
    match subject.when(&guards) {
        Some(when) => line.and_prose(" ").and(when),
        None => line,
    }
}

/// The groups.
pub(super) fn groups(subject: &Subject<'_>) -> Section {
    let rows = subject.model.groups.iter().map(|(id, group)| self::group(subject, id, group)).collect();
    Section::new("Groups", &["Group", "Members", "Policies", "May", "Rules", "Where"], rows, "")
}

fn group(subject: &Subject<'_>, id: Id<Group>, group: &Group) -> Row {
    let model = subject.model;
    let named = declared("group", &model.groups, id, |group| (&group.declared, &group.name));
    let member = |membership: &Membership| {
        let user = Principal::User(membership.user.clone());
        subject.linked(
            &user,
            relative(&membership.guard, &group.declared.guard),
            membership.undecided.as_ref(),
        )
    };
    let mut members: Cell = model.memberships_of_group(id).map(member).collect();
    if members.is_empty() {
        members.push(Line::prose("none here"));
    }
    Row::new([
        subject.name(&named),
        members,
        subject.policies(Holder::Group(id)),
        of_holder(subject, "group", Holder::Group(id), &group.declared),
        subject.rules_against(&group.declared),
        vec![subject.place(group.declared.span)],
    ])
}

/// The long-lived credentials.
pub(super) fn keys(subject: &Subject<'_>) -> Section {
    let rows = subject.model.access_keys.iter().map(|(_, key)| {
        let user = Principal::User(key.user.clone());
        let whose = match key.user.cases().as_slice() {
            [] => Line::prose("whoever deploys"),
            [one] => subject.linked(&user, &one.guard, one.undecided.as_ref()),
            _ => Line::prose("as the deployment has it"),
        };
        let mut status = subject.value(&key.status);
        if status.is_empty() {
            status.push(Line::prose("Active"));
        }
        let mut created = subject.value(&key.created);
        if created.is_empty() {
            created.push(Line::prose("not told by this input"));
        }
        let mut which = vec![Line::code(&*key.declared.subject), form(key.form)];
        which.extend(subject.existence(&key.declared));
        Row::new([
            which,
            vec![whose],
            status,
            created,
            subject.rules_against(&key.declared),
            vec![subject.place(key.declared.span)],
        ])
    });
    let columns = ["Credential", "Of", "Status", "Created", "Rules", "Where"];
    Section::new("Long-lived credentials", &columns, rows.collect(), "")
}

fn form(form: KeyForm) -> Line {
    Line::prose(match form {
        KeyForm::ServiceSpecific => "a credential for one service",
        _ => "an access key",
    })
}

/// A guard that is worth telling besides that of the resource in whose row it stands.
fn relative<'g>(guard: &'g Guard, own: &Guard) -> &'g Guard {
    const ALWAYS: &Guard = &Guard::always();
    if guard == own { ALWAYS } else { guard }
}
