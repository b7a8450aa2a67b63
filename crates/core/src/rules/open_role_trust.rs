use std::sync::Arc;

use crate::analysis::principal::{Named, declared};
use crate::analysis::trust::{self, Trusted};
use crate::model::{Guard, Role};
use crate::policy::{Condition, Element, Statement};
use crate::report::Level;
use crate::rule::{Check, Context, Draft, Inputs, Judge, Rule, StatementId};
use crate::value::{Part, Reason, Unknown};

pub(super) static RULE: Rule = Rule {
    name: "open-role-trust",
    summary: "a role can be assumed by more than it is for",
    level: Level::Error,
    statements: &[StatementId("FG-S2")],
    inputs: Inputs::Resources,
    page: include_str!("open_role_trust.md"),
    check: Check::Unit(check),
};

const OF_ACCOUNTS: &str = "name the role or user that may assume it instead of the account, or add a condition such as `sts:ExternalId` or `aws:PrincipalArn`";
/// Keys that say for whom a service acts.
const SOURCES: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];
/// Keys that say who everyone is. An external identifier is known to whoever was given it, and keeps nobody else out.
const CALLERS: [&str; 5] =
    ["aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid"];

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form.has_own_trust()) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let before = judge.drafts.len();
        for statement in trust::allowing(role) {
            except(judge, role, &named, statement);
        }
        for trusted in trust::trusted(role) {
            misspelt(judge, role, &named, &trusted);
            match Openness::of(&trusted, role.declared.account.as_deref()) {
                Openness::Open(Open::Deputy(_)) if trust::is_execution_role(model, id) => {}
                Openness::Closed => {}
                Openness::Unknown(unknown) => unknown_one(judge, role, &named, &trusted, &unknown),
                Openness::Open(open) => report(judge, role, &named, &trusted, &open),
            }
        }
        // Identity providers are out of scope.
        if let Some(end) = trust::open_ends(role).iter().find(|end| end.kind != Some("Federated")) {
            let message = format!("whether the {named} trusts more than it is for is not known");
            judge.undetermined(&role.declared, end.span, message, end.unknown).key("open end");
        }
        if judge.drafts.len() == before {
            judge.holds();
        }
    }
}

/// Everyone but those whom a statement spares.
fn except(judge: &mut Judge<'_>, role: &Role, named: &Named<'_>, statement: &Statement) {
    let Some(principals) = statement.principals.as_ref().filter(|principals| principals.except) else {
        return;
    };
    let span = principals.key.or(statement.span).unwrap_or(role.declared.span);
    judge
        .violated(&role.declared, span, format!("the {named} trusts everyone except those in `NotPrincipal`"))
        .label("everyone else may assume it")
        .help("name in `Principal` who may assume the role")
        .when(&statement.guard);
}

/// A service that is almost called like one that AWS has.
fn misspelt(judge: &mut Judge<'_>, role: &Role, named: &Named<'_>, trusted: &Trusted<'_>) {
    let is_service = trusted.kind == "Service" && trusted.undecided.is_none();
    let Some(meant) = is_service.then(|| trust::meant_service(trusted.element)).flatten() else { return };
    let text = trusted.element.text.display();
    let message = format!("the {named} trusts the service `{text}`, which AWS does not list");
    let draft = judge.violated(&role.declared, trusted.span, message).at_most(Level::Warning);
    draft
        .label("no service of this name")
        .help(format!("did you mean `{meant}`?"))
        .when(&trusted.guard)
        .key(text);
}

/// How far a principal of a trust policy reaches.
enum Openness {
    /// To those it is for.
    Closed,
    /// Not known.
    Unknown(Arc<Unknown>),
    Open(Open),
}

enum Open {
    Everyone,
    /// An account that is surely another one.
    Account,
    /// A service, on behalf of whoever asks it, and the page of AWS that recommends otherwise.
    Deputy(String),
}

impl Openness {
    /// `own` is the account of the role, if that is known.
    fn of(trusted: &Trusted<'_>, own: Option<&str>) -> Self {
        match trusted.kind {
            "Service" => {
                let service = trust::service_of(trusted.element);
                let page = service.and_then(|service| trust::page_on_source(&service));
                page.map_or(Self::Closed, |page| Self::Open(Open::Deputy(page)))
            }
            "AWS" => Self::of_identity(trusted.element, own),
            _ => Self::Closed,
        }
    }

    fn of_identity(element: &Element, own: Option<&str>) -> Self {
        let pattern = element.widest_pattern();
        if element.text.as_str().as_deref() == Some("*") {
            return Self::Open(Open::Everyone);
        }
        let segments: Vec<&str> = pattern.splitn(6, ':').collect();
        match segments.as_slice() {
            // An account, or something of which nothing is known.
            [account] => match element.text.holes().next() {
                None if is_account(account) => Self::of_account(account, own),
                Some(hole) if is_whole(element) && may_be_account(&hole.unknown) => {
                    Self::Unknown(Arc::clone(&hole.unknown))
                }
                _ => Self::Closed,
            },
            [_, _, _, _, account, "root"] if is_account(account) => Self::of_account(account, own),
            [_, _, _, _, _, "root"] => {
                // Among resources there are accounts: `aws_organizations_account.shop.id`.
                let is_other = |unknown: &Unknown| {
                    may_be_account(unknown) || matches!(unknown.reason, Reason::Computed | Reason::Applied)
                };
                match element.text.holes().find(|hole| is_other(&hole.unknown)) {
                    Some(hole) => Self::Unknown(Arc::clone(&hole.unknown)),
                    None => Self::Closed,
                }
            }
            _ => Self::Closed,
        }
    }

    /// All of an account whose number is written out.
    fn of_account(account: &str, own: Option<&str>) -> Self {
        match own {
            None => Self::Unknown(Arc::new(this_account(account))),
            Some(own) if own == account => Self::Closed,
            Some(_) => Self::Open(Open::Account),
        }
    }
}

/// Whether a text is one value that is not known.
fn is_whole(element: &Element) -> bool {
    matches!(element.text.parts(), [Part::Hole(_)])
}

/// Whether a value that is not known may be the number or the root of another account. What depends on where the input is deployed is
/// this one, and so is the account of whoever deploys it; what a resource has when it is created is its own ARN.
fn may_be_account(unknown: &Unknown) -> bool {
    !matches!(unknown.reason, Reason::Environment | Reason::Deployer | Reason::Computed | Reason::Applied)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What would have to be known of an account whose number is written out.
fn this_account(account: &str) -> Unknown {
    Unknown::new(Reason::Environment, format!("whether {account} is this account"))
}

fn unknown_one(
    judge: &mut Judge<'_>,
    role: &Role,
    named: &Named<'_>,
    trusted: &Trusted<'_>,
    unknown: &Unknown,
) {
    let Some(ways) = unless_limited(trusted.statement, |condition| !is_of_mfa(condition)) else { return };
    let text = trusted.element.text.display();
    let message = format!("whether the {named} trusts all of another account with `{text}` is not known");
    let draft = judge.undetermined(&role.declared, trusted.span, message, unknown);
    draft.when(&trusted.guard).when_any(&ways).key(text).help(OF_ACCOUNTS);
}

fn report(judge: &mut Judge<'_>, role: &Role, named: &Named<'_>, trusted: &Trusted<'_>, open: &Open) {
    let limits = |condition: &Condition| {
        let key = condition.folded_key();
        let is_source = SOURCES.contains(&key.as_str());
        match open {
            Open::Everyone => is_source || CALLERS.contains(&key.as_str()),
            Open::Account => !is_of_mfa(condition),
            Open::Deputy(_) => is_source,
        }
    };
    let Some(ways) = unless_limited(trusted.statement, limits) else { return };
    let undecided = trusted.undecided.as_ref().or(trusted.statement.conditions_open.as_ref());
    let text = trusted.element.text.display();
    let message = match open {
        Open::Everyone => format!("the {named} trusts everyone"),
        Open::Account => format!("the {named} trusts all of another account with `{text}`"),
        Open::Deputy(_) => format!("the {named} trusts the service `{text}` on behalf of any account"),
    };
    let draft: &mut Draft = match undecided {
        Some(unknown) => {
            let message = format!("whether {message} is not known");
            judge.undetermined(&role.declared, trusted.span, message, unknown)
        }
        None => judge.violated(&role.declared, trusted.span, message),
    };
    draft.when(&trusted.guard).when_any(&ways).key(text);
    match open {
        Open::Everyone => draft
            .label("anyone in any account")
            .help("name the roles, users or services that may assume it, or limit it to the organisation with `aws:PrincipalOrgID`"),
        Open::Account => draft.label("anyone in that account whom it lets assume roles").help(OF_ACCOUNTS),
        Open::Deputy(page) => draft.at_most(Level::Warning).label("whoever makes the service act").help(format!(
            "add a condition on `aws:SourceAccount` with this account, or on `aws:SourceArn` with the resource that the service acts for, as AWS recommends: {page}",
        )),
    };
}

/// The conditions of the input under which no condition of a statement limits it; `None` when one does in any case.
fn unless_limited(statement: &Statement, limits: impl Fn(&Condition) -> bool) -> Option<Vec<Guard>> {
    let limiting = statement.conditions.iter().filter(|condition| !condition.holds_without_key());
    let mut limiting = limiting.filter(|condition| limits(condition) && !is_for_all(condition)).peekable();
    if limiting.peek().is_none() {
        return Some(vec![Guard::always()]);
    }
    let mut ways = vec![Guard::always()];
    for condition in limiting {
        let without = condition.guard.unless();
        ways = ways
            .iter()
            .flat_map(|way| without.iter().filter_map(|guard| way.and(guard)))
            .take(MOST_WAYS)
            .collect();
    }
    (!ways.is_empty()).then_some(ways)
}

/// How many ways around the conditions of a statement are followed.
const MOST_WAYS: usize = 64;

/// Whether one of the values of a condition matches whatever comes.
fn is_for_all(condition: &Condition) -> bool {
    let takes_patterns =
        !condition.folded_operator().ends_with("equals") || condition.folded_operator().starts_with("arn");
    let is_wide = |value: &Element| {
        value
            .text
            .as_str()
            .is_some_and(|text| !text.is_empty() && text.chars().all(|letter| matches!(letter, '*' | ':')))
    };
    takes_patterns && condition.values.items.iter().any(is_wide)
}

/// Whether a condition says how someone signed in, and not who.
fn is_of_mfa(condition: &Condition) -> bool {
    condition.folded_key().starts_with("aws:multifactorauth")
}
