//! A deployment of the input: who is an administrator in it, and what there is to be taken over.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::asking::Asker;
use super::cast::Cast;
use super::paths::Path;
use crate::analysis::holding::Holder;
use crate::collections::{HashMap, HashSet};
use crate::model::{Guard, Id, Reference, Role, Workload, WorkloadRole};
use crate::policy::{Answer, Element, Glob};

/// What steps work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    User,
    Group,
    Role,
}

/// Who is worth to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Worth {
    /// Anyone: what the path puts on them is the gain.
    Anyone,
    /// Administrators.
    Administrator,
    /// Those who became administrators in the last round: the others have been tried.
    Fresh,
}

/// The places of what a pattern matches.
type Matching = HashMap<(Kind, Worth, String), Rc<[usize]>>;

/// Where paths are taken.
#[derive(Debug)]
pub(super) struct Stage<'e, 'm> {
    pub(super) cast: &'e Cast<'m>,
    pub(super) given: &'e Guard,
    /// Who is an administrator so far, by place.
    pub(super) administrators: Vec<bool>,
    /// Who became one in the last round: the others have been tried as targets.
    pub(super) fresh: HashSet<usize>,
    by_arn: HashMap<&'e str, usize>,
    /// What patterns match, each pattern looked up once.
    matching: RefCell<Matching>,
    /// The roles whose trust policies name someone.
    trusting: BTreeMap<usize, Vec<usize>>,
    /// The roles that are in an instance profile.
    profiled: HashSet<Id<Role>>,
    /// Those who were not tried with every target, by place.
    unfinished: RefCell<BTreeSet<usize>>,
}

impl<'e, 'm> Stage<'e, 'm> {
    pub(super) fn new(cast: &'e Cast<'m>, given: &'e Guard) -> Self {
        let by_arn: HashMap<&str, usize> =
            cast.actors.iter().enumerate().map(|(place, actor)| (actor.own_arn.as_str(), place)).collect();
        let profiles = cast.model.instance_profiles.iter();
        let profiles = profiles.filter(|(_, profile)| profile.declared.guard.and(given).is_some());
        Self {
            profiled: profiles
                .flat_map(|(_, profile)| profile.role.cases())
                .filter_map(|case| case.link.declared())
                .collect(),
            trusting: trusting(cast, &by_arn),
            cast,
            given,
            administrators: vec![false; cast.actors.len()],
            fresh: HashSet::default(),
            by_arn,
            matching: RefCell::default(),
            unfinished: RefCell::default(),
        }
    }

    /// Makes someone an administrator, if `is_one`.
    pub(super) fn make_administrator(&mut self, place: usize, is_one: bool) {
        if let Some(one) = self.administrators.get_mut(place) {
            *one |= is_one;
        }
    }

    /// Goes on with those who became administrators in this round.
    pub(super) fn next_round(&mut self, fresh: Vec<usize>) {
        self.fresh = fresh.into_iter().collect();
        // Who is worth to be taken over is another matter now.
        self.matching.borrow_mut().clear();
    }

    /// Those who were not tried with every target that their policies allow.
    pub(super) fn unfinished(&self) -> Vec<usize> {
        self.unfinished.borrow().iter().copied().collect()
    }

    /// The one with an ARN.
    pub(super) fn named_by(&self, arn: &str) -> Option<usize> {
        self.by_arn.get(arn).copied()
    }

    /// The roles whose trust policies name someone.
    pub(super) fn trusting(&self, place: usize) -> &[usize] {
        self.trusting.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// What an action of someone may work on, as far as the statements that allow it say.
    pub(super) fn targets(
        &self,
        asker: &Asker<'e, 'm>,
        action: &str,
        kind: Kind,
        worth: Worth,
    ) -> Vec<usize> {
        let mut targets = Vec::new();
        let mut seen = HashSet::default();
        for statement in asker.statements() {
            let (named, _) = statement.actions.covered_by(action, true);
            if (named == Answer::No) != statement.actions.except {
                continue;
            }
            let Some(resources) = &statement.resources else { continue };
            let patterns: Vec<String> = match resources.except || resources.open.is_some() {
                true => vec!["*".to_owned()],
                false => resources.items.iter().map(Element::widest_pattern).collect(),
            };
            for pattern in patterns {
                let matching = self.matching(pattern, kind, worth);
                targets.extend(matching.iter().copied().filter(|place| seen.insert(*place)));
            }
        }
        targets
    }

    /// Whether someone has power that is worth having.
    pub(super) fn gives(&self, place: usize, worth: Worth) -> bool {
        match worth {
            Worth::Anyone => true,
            Worth::Administrator => self.administrators.get(place).copied().unwrap_or_default(),
            Worth::Fresh => self.fresh.contains(&place),
        }
    }

    /// Someone was not tried with every target.
    pub(super) fn leave_unfinished(&self, place: usize) {
        self.unfinished.borrow_mut().insert(place);
    }

    /// Whether the trust policy of a role names users, roles or accounts, and not only services.
    pub(super) fn trusts_identities(&self, role: usize) -> bool {
        let trust = self.cast.trusts.get(&role).into_iter().flat_map(|reading| &reading.document.statements);
        let kinds = trust.filter_map(|one| one.principals.as_ref()).flat_map(|one| &one.entries);
        kinds.into_iter().any(|(kind, _)| &**kind == "AWS")
    }

    fn matching(&self, mut pattern: String, kind: Kind, worth: Worth) -> Rc<[usize]> {
        // Variables stand for anything until they are asked about.
        while let Some((before, rest)) = pattern.split_once("${") {
            let behind = rest.split_once('}').map_or("", |(_, behind)| behind);
            pattern = format!("{before}*{behind}");
        }
        let is_of = |place: usize| {
            let holder = self.cast.actors.get(place).map(|actor| actor.holder);
            matches!(
                (holder, kind),
                (Some(Holder::User(_)), Kind::User)
                    | (Some(Holder::Group(_)), Kind::Group)
                    | (Some(Holder::Role(_)), Kind::Role)
            )
        };
        if !pattern.contains(['*', '?']) {
            return self
                .by_arn
                .get(pattern.as_str())
                .copied()
                .filter(|place| is_of(*place) && self.gives(*place, worth))
                .into_iter()
                .collect();
        }
        if let Some(known) = self.matching.borrow().get(&(kind, worth, pattern.clone())) {
            return Rc::clone(known);
        }
        let glob = Glob::new(&pattern);
        let matching = self.cast.actors.iter().enumerate();
        let matching: Vec<usize> = matching
            .filter(|(place, _)| is_of(*place) && self.gives(*place, worth))
            .filter(|(_, actor)| glob.matches(&actor.own_arn))
            .map(|(place, _)| place)
            .collect();
        let matching: Rc<[usize]> = matching.into();
        self.matching.borrow_mut().insert((kind, worth, pattern), Rc::clone(&matching));
        matching
    }

    /// The workloads that a path takes over, with the places of their roles.
    pub(super) fn workloads(&self, path: &Path) -> impl Iterator<Item = (&'m Workload, Option<usize>)> {
        let place = |id: Id<Role>| self.cast.places.get(&Holder::Role(id)).copied();
        self.of_kinds(path.workloads).map(move |workload| (workload, self.role_of(workload).and_then(place)))
    }

    /// Whether one of the workloads that a path needs besides is there.
    pub(super) fn has_beside(&self, path: &Path) -> bool {
        path.beside.is_empty() || self.of_kinds(path.beside).next().is_some()
    }

    fn of_kinds(&self, kinds: &'static [&'static str]) -> impl Iterator<Item = &'m Workload> {
        let model = self.cast.model;
        let given = self.given;
        let workloads = model.workloads.iter().map(|(_, workload)| workload);
        workloads.filter(move |workload| {
            kinds.contains(&workload.what) && workload.declared.guard.and(given).is_some()
        })
    }

    fn role_of(&self, workload: &Workload) -> Option<Id<Role>> {
        match &workload.role {
            WorkloadRole::Role(role) => self.named(role),
            WorkloadRole::Profile(profile) => {
                let profile = self.cast.model.instance_profiles.get(self.named(profile)?)?;
                self.named(&profile.role)
            }
            WorkloadRole::NotAsked | WorkloadRole::Absent => None,
        }
    }

    /// What a reference names for certain in this deployment.
    fn named<T>(&self, reference: &Reference<T>) -> Option<Id<T>> {
        let cases = reference.cases().into_iter();
        let sure = cases.filter(|case| case.undecided.is_none() && case.guard.and(self.given).is_some());
        sure.filter_map(|case| case.link.declared()).next()
    }

    /// The roles that are in an instance profile.
    pub(super) fn profiled(&self) -> impl Iterator<Item = usize> {
        (0..self.cast.actors.len()).filter(|place| self.has_profile(*place))
    }

    /// Whether a workload runs with a role.
    pub(super) fn has_workload(&self, place: usize) -> bool {
        match self.cast.actors.get(place).map(|actor| actor.holder) {
            Some(Holder::Role(id)) => self.cast.model.workloads_of_role(id).next().is_some(),
            _ => false,
        }
    }

    /// Whether a role is in an instance profile.
    pub(super) fn has_profile(&self, place: usize) -> bool {
        match self.cast.actors.get(place).map(|actor| actor.holder) {
            Some(Holder::Role(id)) => self.profiled.contains(&id),
            _ => false,
        }
    }
}

/// The roles whose trust policies name someone of the model, or everyone.
fn trusting(cast: &Cast<'_>, by_arn: &HashMap<&str, usize>) -> BTreeMap<usize, Vec<usize>> {
    let mut trusting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let named = |arn: &str| arn.splitn(6, ':').nth(5).map(str::to_owned);
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::default();
    for (place, actor) in cast.actors.iter().enumerate() {
        by_name.entry(named(&actor.own_arn).unwrap_or_default()).or_default().push(place);
    }
    for (role, reading) in &cast.trusts {
        for statement in reading.document.statements.iter().filter(|statement| !statement.is_deny()) {
            let Some(principals) = &statement.principals else { continue };
            let aws = principals.entries.iter().filter(|(kind, _)| &**kind == "AWS");
            for element in aws.flat_map(|(_, elements)| &elements.items) {
                let Some(text) = element.text.as_str() else {
                    // In whatever account, which may be this one.
                    let name = named(&element.widest_pattern()).filter(|name| !name.contains('*'));
                    for place in name.and_then(|name| by_name.get(&name)).into_iter().flatten() {
                        trusting.entry(*place).or_default().push(*role);
                    }
                    continue;
                };
                if text == "*" {
                    (0..cast.actors.len()).for_each(|place| trusting.entry(place).or_default().push(*role));
                } else if let Some(place) = by_arn.get(&*text) {
                    trusting.entry(*place).or_default().push(*role);
                }
            }
        }
    }
    for roles in trusting.values_mut() {
        roles.sort_unstable();
        roles.dedup();
    }
    trusting
}
