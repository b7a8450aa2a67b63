//! What units say of policies and groups that other ones declare, by name or ARN.

use std::sync::Arc;

use super::run::Run;
use crate::analysis::usage::is_made;
use crate::collections::{HashMap, IndexMap};
use crate::model::{Declared, Granted, Guard, Link, Membership, Model, Principal, name_in};
use crate::policy::Answer;
use crate::report::{Finding, Related, Verdict};
use crate::source::Span;
use crate::value::{Unknown, Value};

/// Something that other units know by its name or ARN alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    name: Name,
    /// Its path, if that is known.
    path: Option<Arc<str>>,
}

impl Thing {
    /// A customer-managed policy that somebody has.
    pub(crate) fn policy(name: Arc<str>, path: &Value) -> Self {
        Self { name: (Kind::Policy, name), path: path_of(path) }
    }

    /// A group that somebody is in.
    pub(crate) fn group(name: Arc<str>, path: &Value) -> Self {
        Self { name: (Kind::Group, name), path: path_of(path) }
    }
}

fn path_of(path: &Value) -> Option<Arc<str>> {
    if path.is_null() { Some("/".into()) } else { path.as_str().map(|path| path.as_ref().into()) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Policy,
    Group,
}

type Name = (Kind, Arc<str>);

/// What an ARN tells beside the name: nothing where it is a name alone, or where that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Address {
    account: Option<Arc<str>>,
    path: Option<Arc<str>>,
}

/// What a unit speaks of that it does not declare.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken {
    said: IndexMap<(Name, Address), Said>,
    /// The accounts of the policies that are attached in it: those that it is deployed to.
    accounts: Vec<Arc<str>>,
}

/// Whether something is made use of, and where that shows.
#[derive(Clone, Debug)]
struct Said {
    answer: Answer,
    by: Arc<str>,
    span: Span,
}

/// What makes use of something by name: what declares it, where, when, and why that is not known.
type Maker<'m> = (&'m Arc<Declared>, Span, &'m Guard, Option<&'m Arc<Unknown>>);

impl Spoken {
    pub(super) fn of(model: &Model) -> Self {
        let mut makers: IndexMap<(Name, Address), Vec<Maker<'_>>> = IndexMap::default();
        let mut accounts: Vec<Arc<str>> = Vec::new();
        for grant in model.grants.iter().filter(|grant| names_anyone(&grant.principal)) {
            let Granted::Managed(policy) = &grant.policy else { continue };
            let Some(named) = named(Kind::Policy, &policy.link) else { continue };
            accounts.extend(named.1.account.clone().filter(|account| !accounts.contains(account)));
            let maker = (&grant.declared, grant.span, &grant.guard, grant.forsaken.as_ref());
            makers.entry(named).or_default().push(maker);
        }
        for one in &model.uses {
            let Some(named) = named(Kind::Policy, &one.policy.link) else { continue };
            let maker = (&one.declared, one.span, &one.guard, one.undecided.as_ref());
            makers.entry(named).or_default().push(maker);
        }
        let is_of_anyone = |one: &&Membership| !matches!(one.user.link, Link::None);
        for one in model.memberships.iter().filter(is_of_anyone) {
            let Some(named) = named(Kind::Group, &one.group.link) else { continue };
            let maker = (&one.declared, one.span, &one.guard, one.undecided.as_ref());
            makers.entry(named).or_default().push(maker);
        }
        let said = makers.into_iter().filter_map(|(named, makers)| Some((named, said(model, &makers)?)));
        Self { said: said.collect(), accounts }
    }
}

fn names_anyone(principal: &Principal) -> bool {
    match principal {
        Principal::User(user) => !matches!(user.link, Link::None),
        Principal::Group(group) => !matches!(group.link, Link::None),
        Principal::Role(role) => !matches!(role.link, Link::None),
    }
}

/// What all that may make use of something say together; `None` when it is made use of in no deployment.
fn said(model: &Model, makers: &[Maker<'_>]) -> Option<Said> {
    let any = |deployment: &_| {
        let made = makers
            .iter()
            .map(|(by, _, guard, undecided)| is_made(by.instances.as_ref(), guard, *undecided, deployment));
        made.fold(Answer::No, Answer::or)
    };
    let guards = makers.iter().map(|(_, _, guard, _)| *guard);
    let cases = model.conditions.cases(&Guard::always(), guards, any);
    let (by, span, ..) = makers.first()?;
    let mut outcomes = cases.into_iter().map(|case| case.outcome);
    let first = outcomes.next()?;
    let answer = outcomes.fold(first, |all, one| match (all, one) {
        (all, one) if all == one => all,
        (Answer::Perhaps(unknown), _) | (_, Answer::Perhaps(unknown)) => Answer::Perhaps(unknown),
        _ => Answer::Perhaps(Arc::new(crate::model::undecided())),
    });
    (answer != Answer::No).then(|| Said { answer, by: Arc::clone(&by.subject), span: *span })
}

/// What a link names that is outside. Policies of AWS have names of their own.
fn named<T>(kind: Kind, link: &Link<T>) -> Option<(Name, Address)> {
    let Link::Named(written) = link else { return None };
    if written.contains(":iam::aws:") {
        return None;
    }
    let mut address = Address::default();
    if let Some((account, resource)) = written.split_once(":iam::").and_then(|(_, rest)| rest.split_once(':'))
    {
        let is_known = |part: &&str| !part.is_empty() && !part.contains('*');
        address.account = Some(account).filter(is_known).map(Arc::from);
        let path = resource.find('/').zip(resource.rfind('/')).and_then(|(from, to)| resource.get(from..=to));
        address.path = path.filter(is_known).map(Arc::from);
    }
    Some(((kind, name_in(written).into()), address))
}

/// What all units say, by what they speak of.
#[derive(Default)]
pub(super) struct Elsewhere<'s> {
    said: HashMap<&'s Name, IndexMap<&'s Address, Speakers<'s>>>,
    /// The accounts that each unit is deployed to, as far as it tells.
    accounts: Vec<Vec<&'s Arc<str>>>,
}

/// Who speaks: in all environments together, in those of units that belong to none, and in each. Of the units that surely make
/// use of something, and of those that perhaps do, two tell all: one of them is another than the one that declares it.
type Speakers<'s> = HashMap<Where<'s>, [Vec<(usize, &'s Said)>; 2]>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Where<'s> {
    Anywhere,
    InNone,
    In(&'s str),
}

/// What each unit speaks of, and in which environments it does.
pub(super) type ByUnit = Vec<Vec<(Vec<Arc<str>>, Spoken)>>;

impl<'s> Elsewhere<'s> {
    pub(super) fn of(units: &'s ByUnit) -> Self {
        let mut elsewhere = Self::default();
        for (unit, variants) in units.iter().enumerate() {
            let mut accounts: Vec<&Arc<str>> =
                variants.iter().flat_map(|(_, spoken)| &spoken.accounts).collect();
            accounts.sort();
            accounts.dedup();
            elsewhere.accounts.push(accounts);
            for (environments, spoken) in variants {
                for ((name, address), said) in &spoken.said {
                    let speakers = elsewhere.said.entry(name).or_default().entry(address).or_default();
                    let own = environments.iter().map(|name| Where::In(name));
                    let none = environments.is_empty().then_some(Where::InNone);
                    for place in own.chain(none).chain([Where::Anywhere]) {
                        let [sure, perhaps] = speakers.entry(place).or_default();
                        let list = if said.answer == Answer::Yes { sure } else { perhaps };
                        if list.len() < 2 && list.iter().all(|(one, _)| *one != unit) {
                            list.push((unit, said));
                        }
                    }
                }
            }
        }
        elsewhere
    }

    /// What another unit than the one that declares a thing says of it in an environment, or in any.
    fn said_of(&self, thing: &Thing, unit: usize, environment: Option<&str>) -> Option<&'s Said> {
        let places = match environment {
            Some(name) => [Where::In(name), Where::InNone],
            None => [Where::Anywhere; 2],
        };
        let mut perhaps = None;
        for (address, speakers) in self.said.get(&thing.name)? {
            if !self.may_be(address, thing, unit) {
                continue;
            }
            for [sure, open] in places.iter().filter_map(|place| speakers.get(place)) {
                let other = |list: &[(usize, &'s Said)]| {
                    list.iter().find(|(one, _)| *one != unit).map(|(_, said)| *said)
                };
                if let Some(said) = other(sure) {
                    return Some(said);
                }
                perhaps = perhaps.or_else(|| other(open));
            }
        }
        perhaps
    }

    /// Whether an ARN may be that of a thing. A unit tells which account it is deployed to by what it attaches, which has to be of the
    /// same account; one that tells nothing of it may be deployed to any.
    fn may_be(&self, address: &Address, thing: &Thing, unit: usize) -> bool {
        let own = self.accounts.get(unit).map(Vec::as_slice).unwrap_or_default();
        let is_other_account = address.account.as_ref().is_some_and(|account| match own {
            [own] => *own != account,
            _ => false,
        });
        let is_other_path = address.path.is_some() && thing.path.is_some() && address.path != thing.path;
        !is_other_account && !is_other_path
    }

    /// Divides a finding by what others say of its subject in each of its environments.
    pub(super) fn divide(&self, finding: Finding) -> Divided {
        let Some(thing) = &finding.unless else { return Divided { left: vec![finding], holds: 0 } };
        let said = |environment: Option<&str>| self.said_of(thing, finding.unit, environment);
        if finding.environments.is_empty() {
            let said = said(None);
            return Divided::of([(said, finding)]);
        }
        let mut parts: [(Option<&Said>, Vec<Arc<str>>); 3] = Default::default();
        let [(_, none), perhaps, yes] = &mut parts;
        for environment in &finding.environments {
            match said(Some(environment)) {
                None => none.push(Arc::clone(environment)),
                Some(one) => {
                    let part = if one.answer == Answer::Yes { &mut *yes } else { &mut *perhaps };
                    part.0.get_or_insert(one);
                    part.1.push(Arc::clone(environment));
                }
            }
        }
        let parts = parts.into_iter().filter(|(_, environments)| !environments.is_empty());
        Divided::of(parts.map(|(said, environments)| (said, Finding { environments, ..finding.clone() })))
    }
}

/// A finding as others leave it.
pub(super) struct Divided {
    pub(super) left: Vec<Finding>,
    /// How many verdicts hold because of them.
    pub(super) holds: usize,
}

impl Divided {
    fn of<'s>(parts: impl IntoIterator<Item = (Option<&'s Said>, Finding)>) -> Self {
        let mut divided = Self { left: Vec::new(), holds: 0 };
        for (said, finding) in parts {
            match said.map(|said| (said, &said.answer)) {
                Some((_, Answer::Yes)) => divided.holds = divided.holds.max(finding.verdicts),
                Some((said, Answer::Perhaps(unknown))) => {
                    divided.left.push(open(finding, said, unknown));
                }
                Some((_, Answer::No)) | None => divided.left.push(finding),
            }
        }
        if !divided.left.is_empty() {
            divided.holds = 0;
        }
        divided
    }
}

/// The finding when it is not known whether another unit makes use of its subject.
fn open(mut finding: Finding, said: &Said, unknown: &Unknown) -> Finding {
    let by = Arc::clone(&said.by);
    finding.related.push(Related::new(by, Some(said.span), "names it, and may be there or not"));
    if finding.verdict == Verdict::Violated {
        finding.verdict = Verdict::Undetermined;
        finding.message = format!("whether {} is not known: {unknown}", finding.message);
        finding.help = format!("decide whether `{}` is made", said.by);
    }
    finding
}

impl Run {
    /// Drops what holds unless another unit makes use of something that does, for the environments in which it does. What one of
    /// them perhaps makes use of is undetermined.
    pub(super) fn clear_what_is_spoken_of(&mut self) {
        let elsewhere = Elsewhere::of(&self.spoken);
        let mut findings = Vec::with_capacity(self.findings.len());
        for finding in std::mem::take(&mut self.findings) {
            let rule = finding.rule.name;
            let Divided { left, holds } = elsewhere.divide(finding);
            findings.extend(left);
            if holds > 0 {
                self.tallies.entry(rule).or_default().holds += holds;
            }
        }
        self.findings = findings;
    }
}
