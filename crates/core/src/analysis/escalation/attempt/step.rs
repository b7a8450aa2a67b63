//! Whether a step of a path can be taken.

use super::Attempt;
use super::meaning::Meaning;
use crate::analysis::escalation::actions::is_assumption;
use crate::analysis::escalation::asking::{Permit, is_trusted};
use crate::analysis::escalation::credentials::works;
use crate::analysis::escalation::paths::{On, Path, Step};
use crate::analysis::holding::Holder;
use crate::model::Granted;
use crate::policy::Answer;

impl<'e, 'm> Attempt<'_, 'e, 'm> {
    /// Whether a step can be taken, with which action and on what.
    pub(super) fn step(
        &self,
        path: &Path,
        step: &Step,
        meaning: &Meaning<'m>,
    ) -> Option<(&'static str, Option<String>, Permit<'e>)> {
        let cast = self.stage.cast;
        let of = |place: Option<usize>| place.and_then(|place| cast.actors.get(place));
        let changeable = |place: Option<usize>| of(place).filter(|actor| !actor.is_reserved);
        let mut best = (step.action, None, Permit::No);
        for action in step.actions() {
            let (on, permit) = match step.on {
                On::OwnUser => {
                    (Some(self.asker.actor.arn.clone()), self.asker.may_grant(action, &self.asker.actor.arn))
                }
                On::OwnRole => {
                    let own = changeable(Some(self.place))?;
                    (Some(own.arn.clone()), self.asker.may_grant(action, &own.arn))
                }
                On::OwnGroup | On::Group => {
                    let group = of(meaning.group)?;
                    (Some(group.own_arn.clone()), self.asker.may_grant(action, &group.own_arn))
                }
                On::OwnPolicy => {
                    let arn = cast.policy_arn(meaning.policy?)?;
                    (Some(arn.to_owned()), self.asker.may(action, arn, &[]))
                }
                On::User => {
                    let user = of(meaning.user)?;
                    let makes_room = path.steps.iter().any(|step| step.action == "iam:DeleteAccessKey");
                    let permit = match self.asker.may_grant(action, &user.arn) {
                        Permit::No => Permit::No,
                        permit => permit.given(works(self.stage, action, meaning.user?, makes_room)),
                    };
                    (Some(user.arn.clone()), permit)
                }
                On::Role if is_assumption(action, step.on) => {
                    (Some(of(meaning.role)?.arn.clone()), self.asker.may_assume(meaning.role?))
                }
                On::Role => {
                    let role = changeable(meaning.role)?;
                    (Some(role.arn.clone()), self.asker.may_grant(action, &role.arn))
                }
                On::PolicyOfRole => self.policy_of_role(action, meaning.role?),
                On::NewUser | On::NewRole => (None, self.asker.may_grant(action, meaning.new.as_deref()?)),
                On::PassedRole => {
                    let role = changeable(meaning.role)?;
                    (Some(role.arn.clone()), self.pass(path, action, meaning.role?, &role.arn))
                }
                On::Workload => {
                    let workload = meaning.workload?;
                    (
                        Some(workload.declared.subject.to_string()),
                        self.asker.may_to_workload(action, workload),
                    )
                }
                On::Anything => (None, self.may_anywhere(action)),
                // Denials are removed before paths are taken.
                On::DenyingPolicy => return None,
            };
            match permit {
                Permit::Yes(_) => return Some((action, on, permit)),
                Permit::Perhaps(..) => best = (action, on, permit),
                Permit::No => {}
            }
        }
        Some(best)
    }

    fn policy_of_role(&self, action: &str, role: usize) -> (Option<String>, Permit<'e>) {
        let cast = self.stage.cast;
        let Some(Holder::Role(id)) = cast.actors.get(role).map(|role| role.holder) else {
            return (None, Permit::No);
        };
        let mut best = (None, Permit::No);
        let questions = self.stage.questions;
        for grant in cast.model.grants_of_role(id) {
            let Granted::Managed(policy) = &grant.policy else { continue };
            let Some(arn) = policy.declared().and_then(|id| cast.policy_arn(id)) else { continue };
            let Some(open) = questions.presence(&grant.guard, grant.undecided.as_ref()) else { continue };
            let permit = match (self.asker.may(action, arn, &[]), open) {
                (Permit::Yes(by), Some(open)) => Permit::Perhaps(questions.ask(&open), by),
                (permit, _) => permit,
            };
            match permit {
                Permit::Yes(_) => return (Some(arn.to_owned()), permit),
                Permit::Perhaps(..) => best = (Some(arn.to_owned()), permit),
                Permit::No => {}
            }
        }
        best
    }

    /// Whether a role can be passed to one of the services of a path, and works for it.
    fn pass(&self, path: &Path, action: &str, role: usize, arn: &str) -> Permit<'e> {
        let mut best = Permit::No;
        for service in path.services {
            let trusted = is_trusted(service, role, self.stage.cast, self.stage.questions);
            if trusted == Answer::No {
                continue;
            }
            let permit = self.asker.may(action, arn, &[("iam:PassedToService", service)]);
            best = best.or(|| permit.given(trusted));
        }
        best
    }

    pub(super) fn may_anywhere(&self, action: &'static str) -> Permit<'e> {
        if let Some(known) = self.anywhere.borrow().get(action) {
            return known.clone();
        }
        let permit = self.asker.may_anywhere(action);
        self.anywhere.borrow_mut().insert(action, permit.clone());
        permit
    }
}
