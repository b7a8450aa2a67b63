//! Which roles people may assume, and whether MFA is demanded of them.

use std::sync::Arc;

use super::kept::{Kept, kept_from};
use super::ready::Ready;
use super::sign_in::{SignIn, direct_call};
use super::statement::Holds;
use crate::analysis::principal::is_listed;
use crate::analysis::user_kind::user_kinds;
use crate::collections::{HashMap, HashSet};
use crate::model::{Deployment, Guard, Id, Model, Role, User, name_in};
use crate::options::{UserKind, UserOptions};
use crate::policy::{Answer, Condition, Element, Prepared, Statement};
use crate::source::Span;
use crate::value::{Hole, Part, Reason, Unknown};

/// Whom a principal of a trust policy stands for.
#[derive(Clone, Debug)]
pub(super) enum Trusted {
    Everyone,
    /// Whoever an account lets.
    Account {
        /// How messages name it.
        name: String,
        /// Whether it is surely the one that the input is deployed in.
        is_own: bool,
    },
    User(Option<Id<User>>, String),
    /// A role, or a session of one.
    Machine,
    Unknown(Arc<Unknown>),
}

/// The principals that an input declares, by the resources that declare them, and the policies that they have.
pub struct Trusts<'m> {
    model: &'m Model,
    users: HashMap<&'m str, Id<User>>,
    roles: HashSet<&'m str>,
    /// The account that all is deployed in, if that is known.
    account: Option<&'m Arc<str>>,
    ready: Ready<'m>,
}

/// Whether people can assume a role without MFA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// People cannot assume it.
    NoPeople,
    /// MFA is demanded of them.
    Demanded,
    /// They can.
    Open(Opened),
    /// Not known.
    Unknown(Arc<Unknown>, Option<Span>),
}

/// What lets people assume a role without MFA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Who: "the user `ana`", "users of the account".
    pub who: String,
    /// Where the trust policy names them, or its statement.
    pub span: Option<Span>,
    /// What is wrong with the conditions on MFA of the statement, if it has any, and where.
    pub fault: Option<(String, Option<Span>)>,
    /// The conditions of the input under which it does, each guard one of several ways to it.
    pub guards: Vec<Guard>,
}

impl<'m> Trusts<'m> {
    /// Of a model.
    pub fn of(model: &'m Model) -> Self {
        let users = model.users.iter().map(|(id, user)| (&*user.declared.subject, id)).collect();
        let roles = model.roles.iter().map(|(_, role)| &*role.declared.subject).collect();
        Self { model, users, roles, account: model.account(), ready: Ready::default() }
    }

    /// The roles whose trust policy may be meant for a user: by name, or with all of its account when its policies let it assume
    /// roles.
    pub(super) fn roles_of(&self, user: Id<User>, by_account: bool) -> Vec<Id<Role>> {
        let name = self.model.users.get(user).and_then(|user| user.name.as_str());
        let is_meant = |(_, element): (Option<Span>, &Element)| match self.trusted(element) {
            Trusted::Everyone | Trusted::Unknown(_) => true,
            Trusted::Account { .. } => by_account,
            Trusted::User(Some(one), _) => one == user,
            Trusted::User(None, one) => name.as_ref().is_none_or(|name| **name == one),
            Trusted::Machine => false,
        };
        let roles = self.model.roles.iter().filter(|(_, role)| {
            role.trust.statements.iter().filter(|one| !one.is_deny()).flat_map(people_like).any(is_meant)
        });
        roles.map(|(id, _)| id).collect()
    }

    /// Whether people can assume a role without MFA in a deployment.
    pub fn access(&self, role: &Role, deployment: &Deployment, users: &UserOptions) -> Access {
        let document = role.trust.deployed(deployment, None);
        let trust = Prepared::resource(&document, &Guard::always());
        let mut access = Access::NoPeople;
        if let Some(unknown) = &document.open {
            access = Access::Unknown(Arc::clone(unknown), document.span);
        }
        for statement in document.statements.iter().filter(|statement| !statement.is_deny()) {
            let assumes = statement.actions.covered_by("sts:AssumeRole", true).0 != Answer::No;
            if !assumes || is_for_roles(statement) {
                continue;
            }
            let demanded = demands(&document.statements, statement, &trust);
            if let (Some((unknown, span)), false) = (open_end(statement), demanded == Answer::Yes) {
                access = Access::Unknown(Arc::clone(unknown), span.or(statement.span));
            }
            for (key, element) in people_like(statement) {
                let trusted = self.trusted(element);
                if is_third_party(statement, &trusted) {
                    continue;
                }
                let mut guards = vec![Guard::always()];
                let (who, unknown) = match trusted {
                    Trusted::Everyone => ("anyone".to_owned(), None),
                    Trusted::Account { name, .. } => (format!("users of {name}"), None),
                    Trusted::User(id, name) if !self.is_application(id, &name, users) => {
                        if let Some(id) = id.filter(|_| demanded != Answer::Yes) {
                            match kept_from(self, id, role) {
                                Kept::Yes if matches!(access, Access::NoPeople) => {
                                    access = Access::Demanded;
                                    continue;
                                }
                                Kept::Yes => continue,
                                Kept::Unless(ways) => guards = ways,
                                Kept::Unknown(unknown) => {
                                    access = Access::Unknown(unknown, element.span.or(key));
                                    continue;
                                }
                            }
                        }
                        (format!("the user `{name}`"), None)
                    }
                    Trusted::User(..) | Trusted::Machine => continue,
                    Trusted::Unknown(unknown) => (String::new(), Some(unknown)),
                };
                let uncertain = unknown.or_else(|| {
                    let parts = [&element.undecided, &statement.undecided, &statement.conditions_open];
                    parts.into_iter().find_map(Clone::clone)
                });
                match (demanded.clone(), uncertain) {
                    (Answer::Yes, _) if matches!(access, Access::NoPeople) => access = Access::Demanded,
                    (Answer::Yes, _) => {}
                    (Answer::Perhaps(unknown), _) | (Answer::No, Some(unknown)) => {
                        access = Access::Unknown(unknown, element.span.or(key).or(statement.span));
                    }
                    (Answer::No, None) => {
                        let fault = Holds::of(&trust, statement).and_then(Holds::fault_of_allow);
                        let fault = fault.map(|fault| {
                            let place = fault.condition(statement).and_then(|condition| condition.key_span);
                            (fault.explained(statement).to_string(), place)
                        });
                        let span = element.span.or(key).or(statement.span);
                        return Access::Open(Opened { who, span, fault, guards });
                    }
                }
            }
        }
        access
    }

    /// The model.
    pub(super) fn model(&self) -> &'m Model {
        self.model
    }

    /// The policies that they have, made ready.
    pub(super) fn ready(&self) -> &Ready<'m> {
        &self.ready
    }

    /// Whether a role is surely assumed without MFA: people can do without, or nobody else than services and machines assumes it.
    pub(super) fn is_without_mfa(&self, role: Id<Role>) -> bool {
        let Some(role) = self.model.roles.get(role) else { return false };
        let mut allows = role.trust.statements.iter().filter(|one| !one.is_deny());
        let is_known = role.trust.open.is_none()
            && allows.clone().all(|one| one.is_allow() && one.undecided.is_none() && open_end(one).is_none());
        let trust = Prepared::resource(&role.trust, &Guard::always());
        is_known && (self.lets_people_in(role, &trust) || !allows.any(|one| self.is_for_people(one)))
    }

    /// Whether a statement of a trust policy speaks of people.
    pub(super) fn is_for_people(&self, statement: &Statement) -> bool {
        let is_person = |(_, element): (Option<Span>, &Element)| {
            let trusted = self.trusted(element);
            let is_one = matches!(trusted, Trusted::Everyone | Trusted::Account { .. } | Trusted::User(..));
            is_one && !is_third_party(statement, &trusted)
        };
        !is_for_roles(statement) && people_like(statement).any(is_person)
    }

    /// Whether a trust policy surely lets people in without MFA.
    pub(super) fn lets_people_in(&self, role: &Role, trust: &Prepared<'_>) -> bool {
        let statements = &role.trust.statements;
        let allows = statements.iter().filter(|one| one.is_allow() && self.is_for_people(one));
        allows.into_iter().any(|allow| demands(statements, allow, trust) == Answer::No)
    }

    fn is_application(&self, user: Option<Id<User>>, name: &str, options: &UserOptions) -> bool {
        match user {
            Some(id) => {
                // One that is a person in any deployment is one that may come.
                let kinds = user_kinds(self.model, options, id, &Guard::always());
                let mut kinds = kinds.iter().map(|case| &case.outcome);
                kinds.all(|judged| judged.kind == UserKind::Application && !judged.assumed)
            }
            None => is_listed(&options.application, name),
        }
    }

    /// Whether an account is the one that all is deployed in.
    fn is_own(&self, account: &str) -> bool {
        self.account.is_some_and(|own| **own == *account)
    }

    fn trusted(&self, element: &Element) -> Trusted {
        let holes = element.text.holes();
        let origins =
            holes.flat_map(|hole| hole.origins.all_exact()).chain(element.value.origins.all_exact());
        for origin in origins {
            if let Some(id) = self.users.get(&*origin.resource) {
                let name = self.model.users.get(*id).and_then(|user| user.name.as_str());
                let name = name.map_or_else(|| origin.resource.to_string(), std::borrow::Cow::into_owned);
                return Trusted::User(Some(*id), name);
            }
            if self.roles.contains(&*origin.resource) {
                return Trusted::Machine;
            }
        }
        let pattern = element.widest_pattern();
        let resource = pattern.splitn(6, ':').nth(5).unwrap_or_default();
        let account = || pattern.split(':').nth(4).unwrap_or_default();
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(name) = resource.strip_prefix("user/") {
            let name = name_in(name);
            let declared = self.model.users.iter();
            let declared = declared.filter(|(_, user)| user.name.as_str().as_deref() == Some(name));
            return Trusted::User(declared.map(|(id, _)| id).next(), name.to_owned());
        }
        let is_environment = |hole: &Arc<Hole>| hole.unknown.reason == Reason::Environment;
        let is_this_account = matches!(element.text.parts(), [Part::Hole(hole)] if is_environment(hole));
        let of = |name: String| Trusted::Account { name, is_own: false };
        match element.text.holes().next() {
            _ if element.text.as_str().as_deref() == Some("*") => Trusted::Everyone,
            _ if self.is_own(&pattern) || resource == "root" && self.is_own(account()) => {
                Trusted::Account { name: "the account".to_owned(), is_own: true }
            }
            _ if is_account(&pattern) => of(format!("the account `{pattern}`")),
            _ if resource == "root" && is_account(account()) => of(format!("the account `{}`", account())),
            _ if resource == "root" || is_this_account => Trusted::Account {
                name: "the account".to_owned(),
                is_own: element.text.holes().all(is_environment),
            },
            _ if resource.starts_with("role/") || resource.starts_with("assumed-role/") => Trusted::Machine,
            Some(hole) => Trusted::Unknown(Arc::clone(&hole.unknown)),
            // What is left are identifiers of principals that exist no more, and federated users.
            None => Trusted::Machine,
        }
    }
}

/// The principals of a statement among which people can be, with the place of the key that they stand under. Services and those whom an identity provider vouches for are none.
fn people_like(statement: &Statement) -> impl Iterator<Item = (Option<Span>, &Element)> {
    let principals = statement.principals.iter().filter(|principals| !principals.except);
    let entries = principals.flat_map(|principals| &principals.entries);
    let of_aws = entries.filter(|(kind, _)| kind.as_ref() == "AWS").map(|(_, elements)| elements);
    of_aws.flat_map(|elements| elements.items.iter().map(|element| (elements.key, element)))
}

/// Why a statement may trust others than those it names, if it may.
fn open_end(statement: &Statement) -> Option<(&Arc<Unknown>, Option<Span>)> {
    let principals = statement.principals.as_ref().filter(|principals| !principals.except)?;
    let of_aws = principals.entries.iter().filter(|(kind, _)| kind.as_ref() == "AWS");
    let mut open = of_aws.filter_map(|(_, elements)| Some((elements.open.as_ref()?, elements.key)));
    open.next().or_else(|| Some((principals.open.as_ref()?, principals.key)))
}

/// Whether the conditions of a statement leave only roles, with which nobody signs in to the console.
fn is_for_roles(statement: &Statement) -> bool {
    let is_role = |value: &Element| {
        let pattern = value.widest_pattern();
        let resource = pattern.splitn(6, ':').nth(5).unwrap_or_default();
        resource.starts_with("role/") || resource.starts_with("assumed-role/")
    };
    statement.conditions.iter().any(|condition| {
        condition.folded_key() == "aws:principalarn"
            && !condition.holds_without_key()
            && !condition.values.items.is_empty()
            && condition.values.items.iter().all(is_role)
    })
}

/// Whether whom a statement trusts is a third party that was given an external identifier, with which nobody signs in to the
/// console. Whoever belongs to the account of the role, as its declared users do, is no third party.
fn is_third_party(statement: &Statement, trusted: &Trusted) -> bool {
    let is_own = matches!(trusted, Trusted::User(Some(_), _) | Trusted::Account { is_own: true, .. });
    let asks_for_identifier =
        |condition: &Condition| condition.folded_key() == "sts:externalid" && !condition.holds_without_key();
    !is_own && statement.conditions.iter().any(asks_for_identifier)
}

/// Whether a trust policy demands MFA of those whom a statement trusts.
fn demands(statements: &[Statement], allow: &Statement, trust: &Prepared<'_>) -> Answer {
    let mut answer = Answer::Yes;
    for sign_in in [SignIn::AccessKey, SignIn::Console] {
        let context = sign_in.of(&direct_call());
        let holds = |statement: &Statement| trust.conditions_hold(statement, &context, |_| true);
        let allows = match holds(allow) {
            Answer::Perhaps(unknown) if unknown.reason != Reason::Unstated => Answer::Perhaps(unknown),
            Answer::No => Answer::No,
            Answer::Yes | Answer::Perhaps(_) => Answer::Yes,
        };
        let denies = statements.iter().filter(|one| one.is_deny() && concerns_everyone(one)).map(|deny| {
            match holds(deny).unless(deny.undecided.as_ref()) {
                // Circumstances in which it does not deny are as good as any.
                Answer::Perhaps(unknown) if unknown.reason == Reason::Unstated => Answer::No,
                other => other,
            }
        });
        let denied = denies.fold(Answer::No, Answer::or);
        answer = answer.and(allows.and(denied.negated()).negated());
    }
    answer
}

/// Whether a Deny stops whoever would assume the role.
fn concerns_everyone(deny: &Statement) -> bool {
    let everyone = |(_, element): (Option<Span>, &Element)| element.text.as_str().as_deref() == Some("*");
    deny.actions.covered_by("sts:AssumeRole", true).0 == Answer::Yes
        && !deny.actions.except
        && people_like(deny).any(everyone)
}
