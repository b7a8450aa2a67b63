//! Which entries of a configuration match something in a unit.

use std::sync::Arc;

use super::{Configuration, Entry, EntryKind};
use crate::model::{Declared, Link, Model, Principal, Reference, WorkloadRole, name_in};
use crate::policy::{Answer, Glob};
use crate::value::{Reason, Text, Unknown, Value};

/// Whether entries match anything, in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matched(pub(crate) Vec<Answer>);

impl Matched {
    /// Takes what another unit matches.
    pub(crate) fn join(&mut self, other: Matched) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        for (one, other) in self.0.iter_mut().zip(other.0) {
            let mine = std::mem::replace(one, Answer::No);
            *one = mine.or(other);
        }
    }

    /// Says of those that match nothing that they may, for this reason.
    pub(crate) fn doubt(&mut self, unknown: &Arc<Unknown>) {
        for one in self.0.iter_mut().filter(|one| **one == Answer::No) {
            *one = Answer::Perhaps(Arc::clone(unknown));
        }
    }
}

/// Which entries match something in a model. `finds` says whether a rule that is off would find anything there.
pub(crate) fn matched(configuration: &Configuration, model: &Model, finds: impl Fn(&str) -> bool) -> Matched {
    let names = Names::of(model);
    let answer = |entry: &Entry| match entry.kind {
        EntryKind::ApprovedUser => is_among(&names.users, &entry.text),
        EntryKind::ApprovedGroup => is_among(&names.groups, &entry.text),
        EntryKind::ApprovedRole => is_among(&names.roles, &entry.text),
        EntryKind::ApplicationUser | EntryKind::HumanUser if entry.text.starts_with('/') => {
            any(model.users.iter().map(|(_, user)| has_path(&user.path, &entry.text)))
        }
        EntryKind::ApplicationUser | EntryKind::HumanUser => is_among(&names.users, &entry.text),
        EntryKind::PurposeTag => {
            let roles = model.roles.iter().map(|(_, role)| &role.tags);
            let policies = model.policies.iter().map(|(_, policy)| &policy.tags);
            any(roles.chain(policies).map(|tags| has_tag(tags, &entry.text)))
        }
        EntryKind::RuleOff => Answer::from(finds(&entry.text)),
    };
    Matched(configuration.entries.iter().map(answer).collect())
}

fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    answers.fold(Answer::No, Answer::or)
}

/// The users, groups and roles that a unit declares or names, with the address of those that it declares.
#[derive(Default)]
struct Names<'m> {
    users: Vec<(&'m Value, Option<&'m Arc<str>>)>,
    groups: Vec<(&'m Value, Option<&'m Arc<str>>)>,
    roles: Vec<(&'m Value, Option<&'m Arc<str>>)>,
}

impl<'m> Names<'m> {
    fn of(model: &'m Model) -> Self {
        fn own<'m>(declared: &'m Declared, name: &'m Value) -> (&'m Value, Option<&'m Arc<str>>) {
            (name, Some(&declared.subject))
        }
        let mut names = Self::default();
        names.users.extend(model.users.iter().map(|(_, user)| own(&user.declared, &user.name)));
        names.groups.extend(model.groups.iter().map(|(_, group)| own(&group.declared, &group.name)));
        names.roles.extend(model.roles.iter().map(|(_, role)| own(&role.declared, &role.name)));
        for grant in &model.grants {
            match &grant.principal {
                Principal::User(user) => names.users.extend(other(user)),
                Principal::Group(group) => names.groups.extend(other(group)),
                Principal::Role(role) => names.roles.extend(other(role)),
            }
        }
        for membership in &model.memberships {
            names.users.extend(other(&membership.user));
            names.groups.extend(other(&membership.group));
        }
        names.users.extend(model.access_keys.iter().filter_map(|(_, key)| other(&key.user)));
        names.users.extend(model.login_profiles.iter().filter_map(|(_, one)| other(&one.user)));
        names.roles.extend(model.instance_profiles.iter().filter_map(|(_, profile)| other(&profile.role)));
        names.roles.extend(model.workloads.iter().filter_map(|(_, workload)| match &workload.role {
            WorkloadRole::Role(role) => other(role),
            WorkloadRole::NotAsked | WorkloadRole::Absent | WorkloadRole::Profile(_) => None,
        }));
        names
    }
}

/// What names something that the unit does not declare.
fn other<T>(reference: &Reference<T>) -> Option<(&Value, Option<&Arc<str>>)> {
    matches!(reference.link, Link::Named(_) | Link::Unknown(_)).then_some((&reference.value, None))
}

fn is_among(names: &[(&Value, Option<&Arc<str>>)], entry: &str) -> Answer {
    let glob = Glob::new(entry);
    any(names.iter().map(|(name, address)| match address.is_some_and(|address| **address == *entry) {
        // A name that AWS makes up is approved by the address of the resource.
        true => Answer::Yes,
        false => is_name(name, &glob),
    }))
}

fn is_name(name: &Value, glob: &Glob) -> Answer {
    any(name.alternatives().into_iter().filter_map(|one| {
        let value = one.value?;
        let unknown = value.unknown_part();
        // Who has a name of their own choice cannot know what AWS makes up.
        if value.is_unknown()
            && unknown.is_some_and(|one| one.reason == Reason::Computed)
            && !glob.has_wildcard()
        {
            return Some(Answer::No);
        }
        let pattern = value.as_text().map_or_else(|| "*".to_owned(), Text::widest_pattern);
        let last = name_in(&pattern);
        Some(match unknown {
            None => Answer::from(glob.matches(last)),
            Some(unknown) => met(glob, last, unknown),
        })
    }))
}

/// Whether a glob matches what a pattern stands for, of which a part is not known.
fn met(glob: &Glob, pattern: &str, unknown: &Arc<Unknown>) -> Answer {
    let pattern = Glob::new(pattern);
    match (glob.covers(&pattern), glob.meets(&pattern)) {
        (true, _) => Answer::Yes,
        (false, true) => Answer::Perhaps(Arc::clone(unknown)),
        (false, false) => Answer::No,
    }
}

/// Whether a path is one that begins with a glob, has it in it, or matches it, as users are told apart by their paths.
fn has_path(path: &Value, entry: &str) -> Answer {
    let glob = Glob::new(entry);
    any(path.alternatives().into_iter().filter_map(|one| {
        let value = one.value?;
        Some(match (value.as_str(), value.unknown_part()) {
            (Some(path), _) => Answer::from(path.contains(entry) || glob.matches(&path)),
            (None, Some(unknown)) => Answer::Perhaps(Arc::clone(unknown)),
            (None, None) => Answer::No,
        })
    }))
}

fn has_tag(tags: &Value, name: &str) -> Answer {
    any(tags.alternatives().into_iter().filter_map(|one| {
        let value = one.value?;
        let Some(map) = value.as_map() else {
            return value.unknown_part().map(|unknown| Answer::Perhaps(Arc::clone(unknown)));
        };
        let known = map.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        let open = map.open.as_ref().map_or(Answer::No, |open| Answer::Perhaps(Arc::clone(open)));
        Some(Answer::from(known).or(open))
    }))
}
