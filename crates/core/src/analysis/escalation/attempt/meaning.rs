//! What the words of a path may mean for someone: which user, role, group, policy or workload it is taken with.

use super::{Attempt, MOST_MEANINGS};
use crate::analysis::escalation::actions::is_assumption;
use crate::analysis::escalation::paths::{Gain, On, Path, Step};
use crate::analysis::escalation::questions::Open;
use crate::analysis::escalation::reading::ACCOUNT;
use crate::analysis::escalation::stage::{Kind, Worth};
use crate::analysis::holding::Holder;
use crate::model::{Grant, Granted, Group, Id, Policy, Workload};
use crate::value::symbol;

/// What the words of a path mean in one attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning<'m> {
    pub(super) group: Option<usize>,
    pub(super) policy: Option<Id<Policy>>,
    pub(super) user: Option<usize>,
    pub(super) role: Option<usize>,
    pub(super) workload: Option<&'m Workload>,
    /// The ARN of what is made.
    pub(super) new: Option<String>,
    /// What it depends on whether they mean this, if it does.
    pub(super) open: Option<Open>,
}

impl<'m> Attempt<'_, '_, 'm> {
    /// What the words of a path may mean.
    pub(super) fn meanings(&self, path: &'static Path) -> Vec<Meaning<'m>> {
        let has = |on: On| path.steps.iter().any(|step| step.on == on);
        let worth = match (path.gain, self.only_fresh) {
            (Gain::Everything, _) => Worth::Anyone,
            (_, true) => Worth::Fresh,
            (_, false) => Worth::Administrator,
        };
        let gives = |place: usize| self.stage.gives(place, worth);
        let targets = |on: On, kind: Kind| {
            let steps = path.steps.iter().filter(|step| step.on == on);
            let mut targets: Vec<usize> = Vec::new();
            if let Some(step) = steps.clone().next() {
                for action in step.actions() {
                    targets.extend(self.stage.targets(self.asker, action, kind, worth));
                }
            }
            if steps.clone().any(|step| is_assumption(step.action, step.on)) {
                targets.extend(self.stage.trusting(self.place));
            }
            targets.sort_unstable();
            targets.dedup();
            targets.retain(|target| *target != self.place && gives(*target));
            if targets.len() > MOST_MEANINGS {
                // Roles that let somebody in come before those of services.
                targets.sort_by_cached_key(|target| !self.stage.trusts_identities(*target));
            }
            targets
        };
        let one = || Meaning::default();
        match () {
            () if has(On::OwnGroup) => self
                .groups()
                .into_iter()
                .map(|(group, open)| Meaning { group: Some(group), open, ..one() })
                .collect(),
            () if has(On::OwnPolicy) => {
                let policies = self.own_policies().into_iter();
                policies.map(|(policy, open)| Meaning { policy: Some(policy), open, ..one() }).collect()
            }
            () if has(On::Group) => targets(On::Group, Kind::Group)
                .into_iter()
                .map(|group| Meaning { group: Some(group), ..one() })
                .collect(),
            () if has(On::User) => targets(On::User, Kind::User)
                .into_iter()
                .map(|user| Meaning { user: Some(user), ..one() })
                .collect(),
            () if has(On::Role) => targets(On::Role, Kind::Role)
                .into_iter()
                .map(|role| Meaning { role: Some(role), ..one() })
                .collect(),
            () if has(On::PassedRole) => {
                let roles = targets(On::PassedRole, Kind::Role);
                let workloads: Vec<_> = match has(On::Workload) {
                    true => self.stage.workloads(path).map(|(one, _, open)| (Some(one), open)).collect(),
                    false => vec![(None, None)],
                };
                let pair = |role| {
                    workloads.iter().map(move |(workload, open)| Meaning {
                        role: Some(role),
                        workload: *workload,
                        open: open.clone(),
                        ..one()
                    })
                };
                roles.into_iter().flat_map(pair).collect()
            }
            () if path.gain == Gain::WorkloadRole => {
                let workloads =
                    self.stage.workloads(path).filter_map(|(one, role, open)| Some((one, role?, open)));
                let workloads = workloads.filter(|(_, role, _)| *role != self.place && gives(*role));
                workloads
                    .map(|(workload, role, open)| Meaning {
                        workload: Some(workload),
                        role: Some(role),
                        open,
                        ..one()
                    })
                    .collect()
            }
            () if path.gain == Gain::ProfiledRole => {
                let roles = self.stage.profiled().filter(|(role, _)| *role != self.place && gives(*role));
                let roles: Vec<_> = roles.collect();
                let templates = self.stage.workloads(path);
                let pair = |(workload, _, of_workload): (_, _, Option<Open>)| {
                    roles.iter().map(move |(role, open)| Meaning {
                        workload: Some(workload),
                        role: Some(*role),
                        open: of_workload.clone().or(open.clone()),
                        ..one()
                    })
                };
                templates.flat_map(pair).collect()
            }
            () if has(On::NewUser) || has(On::NewRole) => {
                self.new_names(path).into_iter().map(|new| Meaning { new: Some(new), ..one() }).collect()
            }
            () => vec![one()],
        }
    }

    /// Its groups, each with what that depends on, if it does.
    fn groups(&self) -> Vec<(usize, Option<Open>)> {
        let places = &self.stage.cast.places;
        let of = |id: Id<Group>| places.get(&Holder::Group(id)).copied();
        match self.asker.actor.holder {
            Holder::Group(id) => of(id).into_iter().map(|place| (place, None)).collect(),
            Holder::User(id) => {
                let memberships = self.stage.cast.model.memberships_of_user(id);
                let presence = |guard, undecided| self.stage.questions.presence(guard, undecided);
                memberships
                    .filter_map(|one| {
                        Some((of(one.group.declared()?)?, presence(&one.guard, one.undecided.as_ref())?))
                    })
                    .collect()
            }
            Holder::Role(_) => Vec::new(),
        }
    }

    /// The customer-managed policies that it has, whatever they say: one that only grants what no path takes can be rewritten
    /// all the same. Each with what that depends on, if it does.
    fn own_policies(&self) -> Vec<(Id<Policy>, Option<Open>)> {
        let model = self.stage.cast.model;
        let grants: Vec<(&Grant, Option<Open>)> = match self.asker.actor.holder {
            Holder::User(id) => model.grants_of_user(id).map(|grant| (grant, None)).collect(),
            Holder::Group(_) => Vec::new(),
            Holder::Role(id) => model.grants_of_role(id).map(|grant| (grant, None)).collect(),
        };
        let of_groups = self.groups().into_iter().flat_map(|(group, open)| {
            let holder = self.stage.cast.actors.get(group).map(|actor| actor.holder);
            let grants = match holder {
                Some(Holder::Group(id)) => Some(model.grants_of_group(id)),
                _ => None,
            };
            grants.into_iter().flatten().map(move |grant| (grant, open.clone()))
        });
        let policies = grants.into_iter().chain(of_groups).filter_map(|(grant, open)| {
            let Granted::Managed(policy) = &grant.policy else { return None };
            let of_grant = self.stage.questions.presence(&grant.guard, grant.undecided.as_ref())?;
            Some((policy.declared()?, open.or(of_grant)))
        });
        let mut policies: Vec<_> = policies.collect();
        // The surest way to each comes first.
        policies.sort_by_key(|(policy, open)| (*policy, open.is_some()));
        policies.dedup_by_key(|(policy, _)| *policy);
        policies
    }

    /// ARNs that what a path makes could have.
    fn new_names(&self, path: &Path) -> Vec<String> {
        let is_user = path.steps.iter().any(|step| step.on == On::NewUser);
        let kind = if is_user { "user" } else { "role" };
        let prefix = format!("arn:aws:iam::{ACCOUNT}:{kind}/");
        let mut names = vec![format!("{prefix}{}", symbol("new"))];
        for action in path.steps.iter().flat_map(Step::actions) {
            names.extend(self.asker.examples(action).into_iter().filter(|name| name.starts_with(&prefix)));
        }
        names.retain(|name| !name.contains("/aws-service-role/") && !name.contains("/aws-reserved/"));
        names.dedup();
        names
    }
}
