//! Policies made ready to be asked about many requests.

mod action;
mod condition;
mod elements;
mod operand;
mod operator;
mod principal;
mod reading;
mod resource;

use std::sync::Arc;

use super::request::{Context, Request};
use super::{Answer, Condition as Written, Document, Effect, Element, Elements, Statement};
use crate::model::Guard;
use crate::value::{Origins, Part, Reason, Unknown};
use action::Action;
use condition::Condition;
pub use condition::holds;
use elements::{Alternatives, presence};
pub(crate) use operand::date;
use principal::{Addressed, Principals};
pub(super) use reading::{OPERATORS, expected, is_operator, is_void, takes_variables};
use resource::{Place, Resource};

/// A policy made ready to be asked about many requests. To clone it costs next to nothing.
#[derive(Clone, Debug)]
pub struct Prepared<'d> {
    pub(super) document: &'d Document,
    clauses: Arc<[Clause<'d>]>,
    /// Set when it is not known whether the principal has it.
    undecided: Option<Arc<Unknown>>,
    undocumented: Arc<Unknown>,
}

/// A statement made ready.
#[derive(Debug)]
pub(super) struct Clause<'d> {
    pub(super) statement: &'d Statement,
    actions: Alternatives<Action>,
    resources: Option<Alternatives<Resource>>,
    principals: Option<Principals>,
    /// Each with its place in the statement, and why it is not known to be there.
    conditions: Vec<(usize, Condition, Option<Arc<Unknown>>)>,
    /// Set when it is not known whether it is there, or what else it says.
    uncertain: Option<Arc<Unknown>>,
}

/// Whether a statement applies to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Applies {
    /// Whether it does.
    pub(super) answer: Answer,
    /// Whether it does, and speaks of the caller rather than of the account of the caller only.
    pub(super) directly: Answer,
    /// The first part that does not, if it does not.
    pub(super) fails: Option<Clashing>,
}

/// The part of a statement that keeps it from applying to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clashing {
    /// `Action` or `NotAction`.
    Action,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Resource` or `NotResource`.
    Resource,
    /// The condition at this place.
    Condition(usize),
}

impl<'d> Prepared<'d> {
    /// A policy of a user, a group or a role, as it is deployed when `given` holds.
    pub fn identity(document: &'d Document, given: &Guard) -> Self {
        Self::read(document, given, Place::Identity)
    }

    /// A policy of a resource, such as the trust policy of a role, as it is deployed when `given` holds.
    pub fn resource(document: &'d Document, given: &Guard) -> Self {
        Self::read(document, given, Place::Resource)
    }

    /// The same policy, which the principal has under the conditions of `guard`, and unless `undecided` says that this is not known;
    /// `None` when it has not got it when `given` holds.
    #[must_use]
    pub fn held(mut self, guard: &Guard, undecided: Option<&Arc<Unknown>>, given: &Guard) -> Option<Self> {
        self.undecided = presence(guard, undecided, given)?;
        Some(self)
    }

    /// What it was made from.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    fn read(document: &'d Document, given: &Guard, place: Place) -> Self {
        let variables = document.has_variables();
        let clauses = document.statements.iter();
        let clauses =
            clauses.filter_map(|statement| Clause::read(statement, given, place, &variables)).collect();
        Self { document, clauses, undecided: None, undocumented: undocumented() }
    }

    /// Whether those conditions of one of its statements hold that `selected` picks, in the circumstances of a request; `No` when it
    /// has no such statement.
    pub fn conditions_hold(
        &self,
        statement: &Statement,
        context: &Context,
        selected: impl Fn(&Written) -> bool,
    ) -> Answer {
        let Some(clause) = self.clauses.iter().find(|clause| std::ptr::eq(clause.statement, statement))
        else {
            return Answer::No;
        };
        let selected = clause
            .conditions
            .iter()
            .filter(|(place, ..)| statement.conditions.get(*place).is_some_and(&selected));
        selected.fold(Answer::Yes, |all, (_, condition, undecided)| {
            let without = undecided.clone().map_or(Answer::No, Answer::Perhaps);
            all.and(condition.holds(context, &self.undocumented).or(without))
        })
    }

    /// What its statements say of a request, each with its place among those that are there.
    pub(super) fn ask(&self, request: &Request) -> impl Iterator<Item = (&Clause<'d>, Applies)> {
        let applies = |clause: &Clause<'d>| {
            let uncertain = clause.uncertain.as_ref().or(self.undecided.as_ref());
            clause.applies(request, uncertain, &self.undocumented)
        };
        self.clauses.iter().map(move |clause| (clause, applies(clause)))
    }
}

impl<'d> Clause<'d> {
    fn read(statement: &'d Statement, given: &Guard, place: Place, variables: &Answer) -> Option<Self> {
        let undecided = presence(&statement.guard, statement.undecided.as_ref(), given)?;
        let resources = statement.resources.as_ref().map(|resources| {
            Alternatives::read(resources, given, |element| Resource::read(element, place, variables))
        });
        let conditions = statement.conditions.iter().enumerate().filter_map(|(place, condition)| {
            let undecided = presence(&condition.guard, None, given)?;
            Some((place, Condition::read(condition, given, variables), undecided))
        });
        Some(Self {
            statement,
            actions: Alternatives::read(&statement.actions, given, Action::read),
            resources,
            principals: statement.principals.as_ref().map(|principals| Principals::read(principals, given)),
            conditions: conditions.collect(),
            uncertain: undecided
                .or_else(|| statement.conditions_open.clone())
                .or_else(|| refusal(statement, place)),
        })
    }

    fn applies(
        &self,
        request: &Request,
        uncertain: Option<&Arc<Unknown>>,
        undocumented: &Arc<Unknown>,
    ) -> Applies {
        let no = |part| Applies { answer: Answer::No, directly: Answer::No, fails: Some(part) };
        let mut answer = self.actions.any(|one| one.takes_in(&request.action, undocumented));
        if answer == Answer::No {
            return no(Clashing::Action);
        }
        let addressed = match &self.principals {
            Some(principals) => principals.address(request, undocumented),
            None => Addressed { directly: Answer::Yes, at_all: Answer::Yes },
        };
        if addressed.at_all == Answer::No {
            return no(Clashing::Principal);
        }
        if let Some(resources) = &self.resources {
            answer = answer.and(resources.any(|one| one.takes_in(request, undocumented)));
            if answer == Answer::No {
                return no(Clashing::Resource);
            }
        }
        for (place, condition, undecided) in &self.conditions {
            let without = undecided.clone().map_or(Answer::No, Answer::Perhaps);
            answer = answer.and(condition.holds(&request.context, undocumented).or(without));
            if answer == Answer::No {
                return no(Clashing::Condition(*place));
            }
        }
        let answer = answer.unless(uncertain);
        Applies {
            directly: answer.clone().and(addressed.directly),
            answer: answer.and(addressed.at_all),
            fails: None,
        }
    }

    /// Whether its effect is this one.
    pub(super) fn is(&self, effect: &Effect) -> Answer {
        match &self.statement.effect {
            Effect::Unknown(unknown) => Answer::Perhaps(Arc::clone(unknown)),
            mine => Answer::from(mine == effect),
        }
    }
}

fn undocumented() -> Arc<Unknown> {
    Arc::new(Unknown::new(Reason::Undocumented, "a pattern that AWS's pages leave open"))
}

/// Why AWS refuses a policy with such a statement, if it does. What the statement then means is nobody's guess.
fn refusal(statement: &Statement, place: Place) -> Option<Arc<Unknown>> {
    let is_empty =
        |elements: &Elements| elements.except && elements.items.is_empty() && elements.open.is_none();
    let what = match place {
        Place::Identity if statement.resources.is_none() => "a statement without `Resource`",
        Place::Identity if statement.principals.is_some() => "a `Principal` in the policy of an identity",
        Place::Resource if statement.principals.is_none() => "a statement without `Principal`",
        _ if is_empty(&statement.actions) || statement.resources.as_ref().is_some_and(is_empty) => {
            "an exception of nothing"
        }
        _ => return None,
    };
    Some(Arc::new(Unknown::new(Reason::Invalid, what)))
}

/// The resource of the input whose ARN an element is, if it is one that is not known yet.
fn linked(element: &Element) -> Option<Arc<str>> {
    let [Part::Hole(hole)] = element.text.parts() else { return None };
    let mut origins = [&hole.origins, &element.value.origins].into_iter().flat_map(Origins::all_exact);
    let origin = origins.find(|origin| origin.attribute.eq_ignore_ascii_case("arn"))?;
    Some(Arc::clone(&origin.resource))
}
