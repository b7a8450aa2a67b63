//! Denials that whoever they are meant for can remove: they protect nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::asking::{Asker, By, Permit};
use super::attempt::{Doubt, Proof, Taken, group_of};
use super::cast::{Actor, Cast};
use super::paths::{Gain, Path, paths};
use super::stage::Stage;
use crate::analysis::holding::{Held, Holder};
use crate::collections::HashMap;
use crate::model::{Granted, Link};
use crate::value::{Reason, Unknown};

/// How often is asked, at most, whether a policy can be removed.
const MOST_ASKED: usize = 4096;

/// What someone is left with after it removed the denials that it can remove.
#[derive(Debug)]
pub(super) struct Removal<'e, 'm> {
    /// It, with the policies that are left.
    pub(super) asker: Asker<'e, 'm>,
    /// How, in order.
    pub(super) taken: Vec<Taken<'e>>,
    /// The path of the last step.
    pub(super) path: &'static Path,
    /// Why it is not certain that they can be removed.
    pub(super) doubt: Option<Arc<Unknown>>,
}

/// Removes what can be removed; `None` when nothing can.
///
/// A policy that cannot be removed waits for those that deny it, and is asked about again when they are gone: what is asked grows with
/// the policies, not with their square.
pub(super) fn removal<'e, 'm>(
    stage: &Stage<'e, 'm>,
    place: usize,
    actor: &'e Actor<'m>,
) -> Option<Removal<'e, 'm>> {
    if actor.denied.is_empty() || actor.allowed.is_empty() {
        return None;
    }
    let (cast, questions) = (stage.cast, stage.questions);
    let mut asker = Asker::new(cast, actor, questions, stage.given_to(place));
    let denies = |place: &usize| {
        let reading = actor.held.get(*place).and_then(|(_, reading)| cast.readings.get(*reading));
        reading.is_some_and(|reading| !reading.denied.is_empty())
    };
    let mut left: BTreeSet<usize> = asker.places().iter().copied().filter(denies).collect();
    let mut ready = left.clone();
    let mut waiting = Waiting::default();
    let (mut taken, mut path, mut doubt) = (Vec::new(), None, None);
    while let Some(place) = ready.pop_first() {
        let Some((held, _)) = actor.held.get(place).filter(|_| left.contains(&place)) else { continue };
        let Some(ways) = ways(cast, actor, held) else { continue };
        if asker.asked.get() > MOST_ASKED {
            // Whether the rest of them can be removed is not found out.
            let unknown = Unknown::new(Reason::Budget, "which denials can be removed");
            doubt.get_or_insert_with(|| Arc::new(unknown));
            path = path.or_else(|| ways.actions.first().and_then(|(action, _)| removing(action)));
            asker.lose(|place| left.contains(&place));
            break;
        }
        let Some((action, on, by, perhaps)) = ways.open(&asker, place, &mut waiting) else { continue };
        if let Some(unknown) = perhaps {
            doubt.get_or_insert(unknown);
        }
        if let Some(Some(open)) = questions.presence(&held.guard, None) {
            doubt.get_or_insert(questions.ask(&open));
        }
        // Leaving a group takes all of its policies along.
        let leaves_group = action == "iam:RemoveUserFromGroup";
        let is_gone = |other: usize| {
            let of_group = || is_of(actor.held.get(other).map(|(held, _)| held), held);
            other == place || leaves_group && of_group()
        };
        asker.lose(is_gone);
        let gone: Vec<usize> = left.iter().copied().filter(|other| is_gone(*other)).collect();
        for gone in gone {
            left.remove(&gone);
            ready.extend(waiting.without(gone));
        }
        path = removing(action);
        taken.push(Taken { action, on: Some(on), by });
    }
    Some(Removal { asker, taken, path: path?, doubt })
}

/// The path whose step is an action that removes a denial.
fn removing(action: &str) -> Option<&'static Path> {
    paths().find(|path| path.gain == Gain::WithoutDeny && path.steps.iter().any(|step| step.action == action))
}

/// The denials that wait for others to be removed first.
#[derive(Debug, Default)]
struct Waiting {
    /// The policy of each, and how many policies still deny one way to remove it.
    all: Vec<(usize, usize)>,
    /// Which of them wait for a policy.
    by_denying: HashMap<usize, Vec<usize>>,
}

impl Waiting {
    fn add(&mut self, place: usize, denying: &BTreeSet<usize>) {
        // One that keeps itself from being removed stays, and so does one that nothing allows to remove.
        if denying.is_empty() || denying.contains(&place) {
            return;
        }
        for denying in denying {
            self.by_denying.entry(*denying).or_default().push(self.all.len());
        }
        self.all.push((place, denying.len()));
    }

    /// The policies that no policy keeps from being removed any more, now that one is gone.
    fn without(&mut self, denying: usize) -> Vec<usize> {
        let mut free = Vec::new();
        for at in self.by_denying.remove(&denying).unwrap_or_default() {
            if let Some((place, count)) = self.all.get_mut(at) {
                *count -= 1;
                if *count == 0 {
                    free.push(*place);
                }
            }
        }
        free
    }
}

fn is_of(held: Option<&Held<'_>>, other: &Held<'_>) -> bool {
    let group = |held: &Held<'_>| group_of(&held.grant?.principal);
    group(other).is_some() && held.and_then(group) == group(other)
}

/// The ways to remove a policy.
#[derive(Debug)]
struct Ways<'r> {
    /// Actions, with what each works on.
    actions: Vec<(&'static str, &'r str)>,
    /// The ARN of the policy, if it is a managed one.
    managed: Option<&'r str>,
}

impl Ways<'_> {
    /// The first way that someone can take: the action, what it works on, what allows it, and why that is not certain. Where there
    /// is none, the policy waits for those that deny the ways to it.
    fn open<'e>(
        &self,
        asker: &Asker<'e, '_>,
        place: usize,
        waiting: &mut Waiting,
    ) -> Option<(&'static str, String, By<'e>, Option<Arc<Unknown>>)> {
        let keys: Vec<(&str, &str)> = self.managed.map(|arn| ("iam:PolicyARN", arn)).into_iter().collect();
        let mut perhaps = None;
        for (action, on) in &self.actions {
            let before = asker.questions.count();
            match asker.may_unless_denied(action, on, &keys) {
                (Permit::Yes(by), _) => return Some((action, (*on).to_owned(), by, None)),
                // Where more is known of the conditions, it is allowed, perhaps.
                (Permit::Perhaps(unknown, by), _) if asker.questions.count() > before => {
                    perhaps.get_or_insert((*action, (*on).to_owned(), by, Some(unknown)));
                }
                (_, denying) => waiting.add(place, &denying),
            }
        }
        perhaps
    }
}

/// How someone can remove a policy that it has, if it can at all.
fn ways<'r>(cast: &'r Cast<'_>, actor: &'r Actor<'_>, held: &'r Held<'_>) -> Option<Ways<'r>> {
    let grant = held.grant?;
    let group = group_of(&grant.principal);
    let owner = match group {
        Some(id) => cast.places.get(&Holder::Group(id)).and_then(|place| cast.actors.get(*place))?,
        None => actor,
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
    let (detach, delete) = match (group.is_some(), actor.holder) {
        (true, _) | (_, Holder::Group(_)) => ("iam:DetachGroupPolicy", "iam:DeleteGroupPolicy"),
        (false, Holder::User(_)) => ("iam:DetachUserPolicy", "iam:DeleteUserPolicy"),
        (false, Holder::Role(_)) => ("iam:DetachRolePolicy", "iam:DeleteRolePolicy"),
    };
    let owner = owner.own_arn.as_str();
    let mut actions = vec![if is_managed { (detach, owner) } else { (delete, owner) }];
    actions.extend(declared.map(|arn| ("iam:CreatePolicyVersion", arn)));
    if group.is_some() && matches!(actor.holder, Holder::User(_)) {
        actions.push(("iam:RemoveUserFromGroup", owner));
    }
    Some(Ways { actions, managed })
}

/// The proof that goes on where the removal ends.
pub(super) fn after<'r, 'm>(removal: &Removal<'r, 'm>, proof: Proof<'r>) -> Proof<'r> {
    let taken = removal.taken.iter().cloned().chain(proof.taken).collect();
    let doubt = proof.doubt.or_else(|| removal.doubt.clone().map(Doubt::Unknown));
    Proof { taken, doubt, ..proof }
}
