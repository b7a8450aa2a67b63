//! A deployment of the input: who is an administrator in it, and what there is to be taken over.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::asking::Asker;
use super::cast::Cast;
use super::paths::Path;
use super::questions::{Open, Questions};
use crate::analysis::holding::Holder;
use crate::collections::{HashMap, HashSet};
use crate::model::{Guard, Id, Named, Reference, Role, Workload, WorkloadRole};
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
type Matching = HashMap<(Kind, Worth, Pattern), Rc<[usize]>>;

/// What a statement names, as wide as it can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// Whether all of it is known.
    is_known: bool,
}

impl Pattern {
    pub(super) fn of(element: &Element) -> Self {
        Self { text: element.widest_pattern(), is_known: element.text.is_known() }
    }
}

/// Where paths are taken.
#[derive(Debug)]
pub(super) struct Stage<'e, 'm> {
    pub(super) cast: &'e Cast<'m>,
    pub(super) given: &'e Guard,
    /// What is asked of the deployment beyond what is given.
    pub(super) questions: &'e Questions,
    /// Who is an administrator so far, or may be one, by place.
    pub(super) administrators: Vec<bool>,
    /// Those of them who are one under a condition, by place: it is not known whether it holds.
    pub(super) suspects: HashMap<usize, Arc<str>>,
    /// What is given beyond that where they are none, by place. Where they are administrators, they need no path, and what they
    /// have only there is no part of one.
    powerless: HashMap<usize, Guard>,
    /// Who became one in the last round: the others have been tried as targets.
    pub(super) fresh: HashSet<usize>,
    by_arn: HashMap<&'e str, usize>,
    /// What patterns match, each pattern looked up once.
    matching: RefCell<Matching>,
    /// The roles whose trust policies name someone.
    trusting: BTreeMap<usize, Vec<usize>>,
    /// The roles that are in an instance profile, each with what that depends on, if it does.
    profiled: HashMap<Id<Role>, Option<Open>>,
    /// Those who were not tried with every target, by place.
    unfinished: RefCell<BTreeSet<usize>>,
}

impl<'e, 'm> Stage<'e, 'm> {
    pub(super) fn new(cast: &'e Cast<'m>, questions: &'e Questions) -> Self {
        let by_arn: HashMap<&str, usize> =
            cast.actors.iter().enumerate().map(|(place, actor)| (actor.own_arn.as_str(), place)).collect();
        Self {
            profiled: profiled(cast, questions),
            trusting: trusting(cast, &by_arn),
            cast,
            given: questions.given(),
            questions,
            administrators: vec![false; cast.actors.len()],
            suspects: HashMap::default(),
            powerless: HashMap::default(),
            fresh: HashSet::default(),
            by_arn,
            matching: RefCell::default(),
            unfinished: RefCell::default(),
        }
    }

    /// Notes that someone is an administrator, for certain or as far as it depends on something; `None` when it is none.
    pub(super) fn stand(&mut self, place: usize, standing: Option<&Option<Open>>) {
        if let Some(one) = self.administrators.get_mut(place) {
            *one = standing.is_some();
        }
        self.suspects.remove(&place);
        if let Some(Some(Open::Condition(condition))) = standing {
            self.suspects.insert(place, Arc::clone(condition));
        }
    }

    /// Notes under which conditions someone is an administrator: it takes paths where none of them holds.
    pub(super) fn power<'g>(&mut self, place: usize, guards: impl Iterator<Item = &'g Guard>) {
        let without = guards.fold(self.given.clone(), |given, guard| {
            let mut open = guard.terms().iter().filter(|term| !given.terms().contains(term));
            match (open.next(), open.next()) {
                (Some(term), None) => {
                    let fails = Guard::when(Arc::clone(&term.condition), !term.holds);
                    given.and(&fails).unwrap_or(given)
                }
                // Which of several fails is open.
                _ => given,
            }
        });
        self.powerless.insert(place, without);
    }

    /// The conditions that hold where someone takes paths.
    pub(super) fn given_to(&self, place: usize) -> &Guard {
        self.powerless.get(&place).unwrap_or(self.given)
    }

    /// Whether someone is an administrator, for all that is known.
    pub(super) fn may_be_one(&self, place: usize) -> bool {
        self.administrators.get(place) == Some(&true)
    }

    /// Whether someone is an administrator for certain.
    pub(super) fn is_sure(&self, place: usize) -> bool {
        self.may_be_one(place) && !self.suspects.contains_key(&place)
    }

    /// Goes on with those who became administrators in this round.
    pub(super) fn next_round(&mut self, fresh: Vec<(usize, Option<Open>)>) {
        for (place, open) in &fresh {
            self.stand(*place, Some(open));
        }
        self.fresh = fresh.into_iter().map(|(place, _)| place).collect();
        // Who is worth to be taken over is another matter now.
        self.matching.borrow_mut().clear();
    }

    /// Those who were not tried with every target that their policies allow.
    pub(super) fn unfinished(&self) -> BTreeSet<usize> {
        self.unfinished.borrow().clone()
    }

    /// The one with an ARN.
    pub(super) fn named_by(&self, arn: &str) -> Option<usize> {
        self.by_arn.get(arn).copied()
    }

    /// Whether an ARN may be that of someone of whose name not all is known.
    pub(super) fn may_name(&self, arn: &str) -> bool {
        let glob = Glob::new(arn);
        self.cast.names.open.values().any(|open| !open.is_made_up && open.pattern.meets_by_parts(&glob))
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
            let is_left_out = if statement.actions.except { Answer::Yes } else { Answer::No };
            if named == is_left_out {
                continue;
            }
            let Some(resources) = &statement.resources else { continue };
            let patterns: Vec<Pattern> = match resources.except || resources.open.is_some() {
                true => vec![Pattern { text: "*".to_owned(), is_known: true }],
                false => resources.items.iter().map(Pattern::of).collect(),
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

    fn matching(&self, mut pattern: Pattern, kind: Kind, worth: Worth) -> Rc<[usize]> {
        // Variables stand for anything until they are asked about.
        while let Some((before, rest)) = pattern.text.split_once("${") {
            let behind = rest.split_once('}').map_or("", |(_, behind)| behind);
            pattern.text = format!("{before}*{behind}");
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
        if !pattern.text.contains(['*', '?'])
            && let Some(named) = self.by_arn.get(pattern.text.as_str())
        {
            return Some(*named)
                .filter(|place| is_of(*place) && self.gives(*place, worth))
                .into_iter()
                .collect();
        }
        if let Some(known) = self.matching.borrow().get(&(kind, worth, pattern.clone())) {
            return Rc::clone(known);
        }
        let glob = Glob::new(&pattern.text);
        let may_be = |arn: &str| {
            let open = self.cast.names.open.get(arn);
            open.is_some_and(|open| {
                !(open.is_made_up && pattern.is_known) && glob.meets_by_parts(&open.pattern)
            })
        };
        let matching = self.cast.actors.iter().enumerate();
        let matching: Vec<usize> = matching
            .filter(|(place, _)| is_of(*place) && self.gives(*place, worth))
            .filter(|(_, actor)| glob.matches(&actor.own_arn) || may_be(&actor.own_arn))
            .map(|(place, _)| place)
            .collect();
        let matching: Rc<[usize]> = matching.into();
        self.matching.borrow_mut().insert((kind, worth, pattern), Rc::clone(&matching));
        matching
    }

    /// Whether a workload runs with a role.
    pub(super) fn has_workload(&self, place: usize) -> bool {
        match self.cast.actors.get(place).map(|actor| actor.holder) {
            Some(Holder::Role(id)) => self.cast.model.workloads_of_role(id).next().is_some(),
            _ => false,
        }
    }

    /// The workloads that a path takes over, with the places of their roles and what that depends on, if it does.
    pub(super) fn workloads(
        &self,
        path: &Path,
    ) -> impl Iterator<Item = (&'m Workload, Option<usize>, Option<Open>)> {
        self.of_kinds(path.workloads).flat_map(move |(workload, open)| {
            let mut roles = self.roles_of(workload);
            if roles.is_empty() {
                roles.push((None, None));
            }
            roles.into_iter().map(move |(role, of_role)| {
                let place = role.and_then(|role| self.cast.places.get(&Holder::Role(role)).copied());
                (workload, place, open.clone().or(of_role))
            })
        })
    }

    /// Whether one of the workloads that a path needs besides is there: `None` when none is.
    pub(super) fn beside(&self, path: &Path) -> Option<Option<Open>> {
        match path.beside {
            [] => Some(None),
            kinds => surest(self.of_kinds(kinds).map(|(_, open)| open)),
        }
    }

    fn of_kinds(&self, kinds: &'static [&'static str]) -> impl Iterator<Item = (&'m Workload, Option<Open>)> {
        let workloads = self.cast.model.workloads.iter().map(|(_, workload)| workload);
        let questions = self.questions;
        workloads
            .filter(|workload| kinds.contains(&workload.what))
            .filter_map(|workload| Some((workload, questions.presence(&workload.declared.guard, None)?)))
    }

    /// The roles that a workload may run with, each with what that depends on, if it does.
    fn roles_of(&self, workload: &Workload) -> Vec<(Option<Id<Role>>, Option<Open>)> {
        let roles = match &workload.role {
            WorkloadRole::Role(role) => named(role, self.questions),
            WorkloadRole::Profile(profile) => {
                let profiles = named(profile, self.questions).into_iter().filter_map(|(profile, open)| {
                    Some((self.cast.model.instance_profiles.get(profile)?, open))
                });
                let roles = profiles.flat_map(|(profile, open)| {
                    let roles = named(&profile.role, self.questions).into_iter();
                    roles.map(move |(role, of_role)| (role, open.clone().or(of_role)))
                });
                roles.collect()
            }
            WorkloadRole::NotAsked | WorkloadRole::Absent => Vec::new(),
        };
        roles.into_iter().map(|(role, open)| (Some(role), open)).collect()
    }

    /// The roles that are in an instance profile, each with what that depends on, if it does.
    pub(super) fn profiled(&self) -> impl Iterator<Item = (usize, Option<Open>)> {
        (0..self.cast.actors.len()).filter_map(|place| Some((place, self.profile(place)?)))
    }

    /// Whether a role is in an instance profile: `None` when it is in none.
    pub(super) fn profile(&self, place: usize) -> Option<Option<Open>> {
        match self.cast.actors.get(place)?.holder {
            Holder::Role(id) => self.profiled.get(&id).cloned(),
            _ => None,
        }
    }
}

/// What a reference names, each with what that depends on, if it does.
fn named<T>(reference: &Reference<T>, questions: &Questions) -> Vec<(Id<T>, Option<Open>)> {
    let named = |case: Named<T>| {
        Some((case.link.declared()?, questions.presence(&case.guard, case.undecided.as_ref())?))
    };
    reference.cases().into_iter().filter_map(named).collect()
}

/// Of several things that do, the one that depends on nothing; `None` when there are none.
pub(super) fn surest(all: impl Iterator<Item = Option<Open>>) -> Option<Option<Open>> {
    let mut first = None;
    for open in all {
        if open.is_none() {
            return Some(None);
        }
        first.get_or_insert(open);
    }
    first
}

fn profiled(cast: &Cast<'_>, questions: &Questions) -> HashMap<Id<Role>, Option<Open>> {
    let mut profiled: HashMap<Id<Role>, Option<Open>> = HashMap::default();
    for (_, profile) in cast.model.instance_profiles.iter() {
        let Some(open) = questions.presence(&profile.declared.guard, None) else { continue };
        for (role, of_role) in named(&profile.role, questions) {
            let open = open.clone().or(of_role);
            let known = profiled.entry(role).or_insert_with(|| open.clone());
            if open.is_none() {
                *known = None;
            }
        }
    }
    profiled
}

/// Whether the letters of an element tell whom it names.
fn is_whole(element: &Element, text: &str, by_arn: &HashMap<&str, usize>) -> bool {
    element.text.is_known() || by_arn.contains_key(text)
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
                let Some(text) = element.text.lettered().filter(|text| is_whole(element, text, by_arn))
                else {
                    // In whatever account, which may be this one.
                    let name = named(&element.widest_pattern()).filter(|name| !name.contains('*'));
                    for place in name.and_then(|name| by_name.get(&name)).into_iter().flatten() {
                        trusting.entry(*place).or_default().push(*role);
                    }
                    continue;
                };
                if text == "*" {
                    (0..cast.actors.len()).for_each(|place| trusting.entry(place).or_default().push(*role));
                } else if let Some(place) = by_arn.get(text.as_str()) {
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
