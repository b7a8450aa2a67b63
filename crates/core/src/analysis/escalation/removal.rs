//! Denials that whoever they are meant for can remove: they protect nothing.

use super::asking::{Asker, By, Permit};
use super::attempt::{Proof, Taken, group_of};
use super::cast::{Actor, Cast};
use super::paths::{Gain, Path, paths};
use super::stage::Stage;
use crate::analysis::holding::{Held, Holder};
use crate::model::{Granted, Link};

/// What someone is left with after it removed the denials that it can remove.
#[derive(Debug)]
pub(super) struct Removal<'r> {
    /// Which of its policies are left, by place.
    pub(super) left: Vec<bool>,
    /// How, in order.
    pub(super) taken: Vec<Taken<'r>>,
    /// The path of the last step.
    pub(super) path: &'static Path,
}

/// Removes what can be removed; `None` when nothing can.
pub(super) fn removal<'e>(stage: &Stage<'e, '_>, actor: &'e Actor<'_>) -> Option<Removal<'e>> {
    if actor.denied.is_empty() || actor.allowed.is_empty() {
        return None;
    }
    let cast = stage.cast;
    let mut left = vec![true; actor.held.len()];
    let mut taken = Vec::new();
    let mut path = None;
    loop {
        let asker = Asker::new(cast, actor, stage.given, |place| left.get(place) == Some(&true));
        let denying = actor.held.iter().enumerate().filter(|(place, (_, reading))| {
            let denies = cast.readings.get(*reading).is_some_and(|reading| !reading.denied.is_empty());
            denies && left.get(*place) == Some(&true)
        });
        let found =
            denying.into_iter().find_map(|(place, (held, _))| Some((place, way(cast, &asker, held)?)));
        let Some((place, (action, on, by))) = found else { break };
        // Leaving a group takes all of its policies along.
        let gone = actor.held.iter().enumerate().filter(|(other, (held, _))| {
            *other == place
                || action == "iam:RemoveUserFromGroup"
                    && is_of(held, actor.held.get(place).map(|(held, _)| held))
        });
        for (gone, _) in gone {
            left.iter_mut().skip(gone).take(1).for_each(|one| *one = false);
        }
        path = paths().find(|path| {
            path.gain == Gain::WithoutDeny && path.steps.iter().any(|step| step.action == action)
        });
        taken.push(Taken { action, on: Some(on), by });
    }
    Some(Removal { left, taken, path: path? })
}

fn is_of(held: &Held<'_>, other: Option<&Held<'_>>) -> bool {
    let group = |held: &Held<'_>| group_of(&held.grant?.principal);
    group(held).is_some() && group(held) == other.and_then(group)
}

/// How someone can remove a policy: the action, what it works on, and what allows it.
fn way<'e>(
    cast: &Cast<'_>,
    asker: &Asker<'e, '_>,
    held: &Held<'_>,
) -> Option<(&'static str, String, By<'e>)> {
    let grant = held.grant?;
    let group = group_of(&grant.principal);
    let owner = match (group, asker.actor.holder) {
        (Some(id), _) => cast.places.get(&Holder::Group(id)).and_then(|place| cast.actors.get(*place))?,
        (None, _) => asker.actor,
    };
    if owner.is_reserved {
        return None;
    }
    let declared = cast.policy_of(held).and_then(|id| cast.policy_arn(id));
    let managed = match &grant.policy {
        Granted::Managed(policy) => match &policy.link {
            Link::Named(arn) => Some(arn.as_ref()),
            _ => declared,
        },
        _ => None,
    };
    let is_managed = matches!(grant.policy, Granted::Managed(_));
    let (detach, delete) = match (group.is_some(), asker.actor.holder) {
        (true, _) | (_, Holder::Group(_)) => ("iam:DetachGroupPolicy", "iam:DeleteGroupPolicy"),
        (false, Holder::User(_)) => ("iam:DetachUserPolicy", "iam:DeleteUserPolicy"),
        (false, Holder::Role(_)) => ("iam:DetachRolePolicy", "iam:DeleteRolePolicy"),
    };
    let owner = owner.own_arn.as_str();
    let mut ways = vec![if is_managed { (detach, owner) } else { (delete, owner) }];
    ways.extend(declared.map(|arn| ("iam:CreatePolicyVersion", arn)));
    if group.is_some() && matches!(asker.actor.holder, Holder::User(_)) {
        ways.push(("iam:RemoveUserFromGroup", owner));
    }
    let keys: Vec<(&str, &str)> = managed.map(|arn| ("iam:PolicyARN", arn)).into_iter().collect();
    ways.into_iter().find_map(|(action, on)| match asker.may(action, on, &keys) {
        Permit::Yes(by) => Some((action, on.to_owned(), by)),
        _ => None,
    })
}

/// The proof that goes on where the removal ends.
pub(super) fn after<'r, 'm>(removal: &Removal<'r>, proof: Proof<'r, 'm>) -> Proof<'r, 'm> {
    let taken = removal.taken.iter().cloned().chain(proof.taken).collect();
    Proof { taken, ..proof }
}
