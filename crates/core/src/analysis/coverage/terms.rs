//! What policies say, in a form in which they can be compared.

use std::sync::Arc;

use iamrail_catalog::{Action, ActionSet};

use crate::analysis::actions::{Actions, Reading};
use crate::policy::{Answer, Condition, Document, Effect, Element, Elements, Glob, Statement};
use crate::value::{Part, Reason, Text, Unknown};

/// Stands for a part of an ARN that is not known: a letter that no ARN has.
const HOLE: char = '\u{1}';

/// What a policy says.
#[derive(Debug, Default)]
pub(super) struct Said<'d> {
    pub(super) allows: Vec<Term<'d>>,
    pub(super) denies: Vec<Term<'d>>,
    /// All actions that it allows on something.
    pub(super) allowed: ActionSet,
}

/// What a statement says.
#[derive(Debug)]
pub(super) struct Term<'d> {
    pub(super) statement: &'d Statement,
    pub(super) actions: Actions,
    pub(super) resources: Resources,
    conditions: Vec<Test>,
}

/// The resources of a statement.
#[derive(Debug, PartialEq)]
pub(super) enum Resources {
    /// Every resource.
    Every,
    /// Those of these patterns, the partitions left out of account.
    These(Vec<Glob>),
    /// Every resource but those.
    Except(Vec<Glob>),
}

/// A condition: operator and key in lower case, and the values in order.
#[derive(Debug, PartialEq, Eq)]
struct Test {
    operator: String,
    key: String,
    values: Vec<String>,
}

impl<'d> Said<'d> {
    /// What a document says, as one deployment has it.
    pub(super) fn read(document: &'d Document, reading: Reading) -> Self {
        let mut said = Self::default();
        for statement in &document.statements {
            let is_sure = statement.undecided.is_none() && statement.conditions_open.is_none();
            // What is possible is wide in what it allows, and narrow in what it denies.
            match (&statement.effect, reading) {
                (Effect::Allow, Reading::Sure) if !is_sure => {}
                (Effect::Allow, _) => said.allows.push(Term::read(statement, reading)),
                (Effect::Unknown(_), Reading::Possible) => said.allows.push(Term::read(statement, reading)),
                (Effect::Deny, Reading::Possible) if !is_sure => {}
                (Effect::Deny | Effect::Unknown(_), _) => {
                    let opposite = match reading {
                        Reading::Sure => Reading::Possible,
                        Reading::Possible => Reading::Sure,
                    };
                    said.denies.push(Term::read(statement, opposite));
                }
            }
        }
        said.allows.iter().for_each(|term| said.allowed.extend(&term.actions.listed));
        said
    }

    /// What of a term that allows something is allowed by none of the terms of this policy.
    pub(super) fn lacking(&self, term: &Term<'_>) -> ActionSet {
        let mut left = term.actions.listed.clone();
        let usable = || self.allows.iter().filter(|mine| mine.holds_whenever(term));
        for mine in usable() {
            // Whether resources are covered is asked only where it matters: it takes the longest.
            if !mine.actions.listed.is_disjoint(&left) && mine.resources.cover(&term.resources) {
                left.remove(&mine.actions.listed);
            }
            if left.is_empty() {
                return left;
            }
        }
        // Of what is left, only that can be covered which some term names for certain resources.
        let mut in_parts = ActionSet::new();
        for mine in usable().filter(|mine| mine.resources.may_add_to(&term.resources)) {
            in_parts.extend(&mine.actions.listed);
        }
        in_parts.retain(&left);
        let mut globs = Vec::new();
        let mut covered = ActionSet::new();
        for action in in_parts.iter() {
            globs.clear();
            for mine in usable().filter(|mine| mine.actions.listed.contains(action)) {
                if let Resources::These(these) = &mine.resources {
                    globs.extend(these);
                }
            }
            if are_all(action, &term.resources, &globs) {
                covered.insert(action);
            }
        }
        left.remove(&covered);
        left
    }

    /// Whether all of a term that allows something is allowed by the terms of this policy together.
    pub(super) fn grants(&self, term: &Term<'_>) -> bool {
        let usable = || self.allows.iter().filter(|mine| mine.holds_whenever(term));
        let covers = |mine: &Term<'_>| mine.resources.cover(&term.resources);
        let names = |name: &String| {
            let is_named = |mine: &Term<'_>| {
                mine.actions.unlisted.contains(name) || {
                    let (named, _) = mine.statement.actions.covered_by(name, true);
                    (named == Answer::Yes) != mine.statement.actions.except
                }
            };
            usable().any(|mine| is_named(mine) && covers(mine))
        };
        let is_open =
            |mine: &Term<'_>| mine.actions.is_open && mine.actions.except.is_subset(&term.actions.except);
        (!term.actions.is_open || usable().any(|mine| is_open(mine) && covers(mine)))
            && term.actions.unlisted.iter().all(names)
            && self.lacking(term).is_empty()
    }

    /// The actions that it allows on everything without condition.
    pub(super) fn allowed_everywhere(&self) -> ActionSet {
        let mut all = ActionSet::new();
        let plain = |term: &&Term<'_>| term.resources == Resources::Every && term.conditions.is_empty();
        self.allows.iter().filter(plain).for_each(|term| all.extend(&term.actions.listed));
        all
    }
}

impl<'d> Term<'d> {
    fn read(statement: &'d Statement, reading: Reading) -> Self {
        Self {
            statement,
            // Actions that are not known are never the ones that a policy of AWS happens to grant.
            actions: match (reading, statement.effect == Effect::Deny) {
                (Reading::Possible, false) => Actions::named_by(&statement.actions),
                _ => Actions::of(&statement.actions, reading),
            },
            resources: statement
                .resources
                .as_ref()
                .map_or(Resources::These(Vec::new()), |resources| Resources::read(resources, reading)),
            conditions: statement.conditions.iter().map(Test::read).collect(),
        }
    }

    /// The same for some of its actions only.
    pub(super) fn only(&self, actions: Actions) -> Self {
        let resources = match &self.resources {
            Resources::Every => Resources::Every,
            Resources::These(these) => Resources::These(these.clone()),
            Resources::Except(these) => Resources::Except(these.clone()),
        };
        let conditions = self.conditions.iter().map(Test::same).collect();
        Self { statement: self.statement, actions, resources, conditions }
    }

    /// Whether its conditions hold whenever those of another term do.
    pub(super) fn holds_whenever(&self, other: &Term<'_>) -> bool {
        self.conditions.iter().all(|mine| other.conditions.contains(mine))
    }
}

impl Resources {
    fn read(elements: &Elements, reading: Reading) -> Self {
        let sure = |element: &&Element| reading == Reading::Possible || element.undecided.is_none();
        let globs: Vec<Glob> = match elements.except {
            true => elements.items.iter().map(pattern).collect(),
            false => elements.items.iter().filter(sure).map(pattern).collect(),
        };
        let possible = reading == Reading::Possible
            && (elements.open.is_some()
                || elements.items.iter().any(|element| may_be_every(element).is_some()));
        match elements.except {
            true => Self::Except(globs),
            false if possible || globs.iter().any(Glob::is_everything) => Self::Every,
            false => Self::These(globs),
        }
    }

    /// Whether all resources of others are among these.
    pub(super) fn cover(&self, others: &Resources) -> bool {
        match (self, others) {
            (Self::Every, _) => true,
            (mine, others) if mine == others => true,
            (Self::These(mine), Self::These(others)) => {
                others.iter().all(|other| mine.iter().any(|one| one.covers(other)))
            }
            (Self::Except(mine), Self::Except(others)) => {
                mine.iter().all(|one| others.iter().any(|other| other.covers(one)))
            }
            (Self::Except(mine), Self::These(others)) => {
                !mine.iter().any(|one| others.iter().any(|other| one.meets(other)))
            }
            (Self::These(_) | Self::Except(_), _) => false,
        }
    }

    /// Whether patterns may, with those of other statements, take in what is among others.
    fn may_add_to(&self, others: &Resources) -> bool {
        // Of all that an action acts on, nothing is taken in by what is not known.
        let is_known = |glob: &Glob| !glob.has_letter(HOLE);
        matches!(self, Self::These(these) if *others != Self::Every || these.iter().any(is_known))
    }

    /// Whether some resource is among both.
    pub(super) fn meet(&self, others: &Resources) -> bool {
        match (self, others) {
            (Self::These(mine), Self::These(others)) => {
                mine.iter().any(|one| others.iter().any(|other| one.meets(other)))
            }
            _ => true,
        }
    }
}

/// Whether patterns take in everything that an action acts on, as far as it is among some resources.
fn are_all(action: &Action, resources: &Resources, globs: &[&Glob]) -> bool {
    let is_taken_in = |other: &Glob| globs.iter().any(|glob| glob.covers(other));
    match resources {
        Resources::These(these) => !these.is_empty() && these.iter().all(is_taken_in),
        Resources::Except(_) => false,
        // An action that need not name a resource is granted on all of them only by `*`.
        Resources::Every => {
            let mut types = action.resource_types().peekable();
            let names_one = action.resource_types().any(|(_, required)| required);
            types.peek().is_some()
                && names_one
                && types.all(|(kind, _)| is_taken_in(&Glob::new(&any_partition(kind.pattern()))))
        }
    }
}

/// The pattern of a resource; what is not known of it covers nothing but itself.
fn pattern(element: &Element) -> Glob {
    Glob::new(&any_partition(&with_holes(&element.text)))
}

fn with_holes(text: &Text) -> String {
    text.with_holes_as(HOLE.encode_utf8(&mut [0; 4]))
}

/// An ARN without its partition: a policy is deployed in one only. Nothing stands in its place, so that the services of two ARNs
/// tell them apart at the first look.
fn any_partition(arn: &str) -> String {
    match arn.strip_prefix("arn:").and_then(|rest| rest.split_once(':')) {
        Some((_, rest)) => ["arn::", rest].concat(),
        None => arn.to_owned(),
    }
}

/// Why a resource may be `*`, if it may: nothing is known of it, and it is no attribute of something.
fn may_be_every(element: &Element) -> Option<&Arc<Unknown>> {
    let [Part::Hole(hole)] = element.text.parts() else { return None };
    let may_be = may_be_anything(&hole.unknown) && hole.origins.all_exact().next().is_none();
    (may_be && !is_arn_of_module(&hole.unknown)).then_some(&hole.unknown)
}

/// Whether something is what a module calls an ARN, whose text is not at hand.
fn is_arn_of_module(unknown: &Unknown) -> bool {
    unknown.reason == Reason::Missing && unknown.what.to_ascii_lowercase().ends_with("arn")
}

/// Whether what is not known may be any text, and is no attribute of something that exists or will.
fn may_be_anything(unknown: &Unknown) -> bool {
    !matches!(
        unknown.reason,
        Reason::Computed
            | Reason::Applied
            | Reason::DataSource
            | Reason::Environment
            | Reason::Deployer
            | Reason::Volatile
    )
}

/// Why a statement may say more than it surely does, if it may.
pub(super) fn uncertainty(statement: &Statement) -> Option<&Arc<Unknown>> {
    let effect = match &statement.effect {
        Effect::Unknown(unknown) => Some(unknown),
        Effect::Allow | Effect::Deny => None,
    };
    let whole = statement.undecided.as_ref().or(statement.conditions_open.as_ref()).or(effect);
    let undecided = || statement.actions.items.iter().find_map(|element| element.undecided.as_ref());
    let resource = || {
        let resources = statement.resources.as_ref()?;
        let items = resources.items.iter();
        let of_item = |element| may_be_every(element);
        let is_open = |unknown: &&Arc<Unknown>| may_be_anything(unknown) && !is_arn_of_module(unknown);
        let open = resources.open.as_ref().filter(is_open);
        open.or_else(|| items.clone().find_map(|one| one.undecided.as_ref()))
            .or_else(|| items.clone().find_map(of_item))
    };
    whole.or_else(undecided).or_else(resource)
}

impl Test {
    fn read(condition: &Condition) -> Self {
        let mut values: Vec<String> =
            condition.values.items.iter().map(|element| with_holes(&element.text)).collect();
        values.sort();
        Self { operator: condition.operator.to_ascii_lowercase(), key: condition.folded_key(), values }
    }

    fn same(&self) -> Self {
        Self { operator: self.operator.clone(), key: self.key.clone(), values: self.values.clone() }
    }
}
