use std::sync::Arc;

use crate::analysis::principal::{Named, declared};
use crate::analysis::trust::{self, Trusted};
use crate::enumeration::enumerated;
use crate::model::{Guard, Id, Model, Role, RoleForm, Workload};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::Unknown;

pub(super) static RULE: Rule = Rule {
    name: "shared-role",
    summary: "a role serves more than one service or workload",
    level: Level::Warning,
    statements: &[StatementId("FG-S2")],
    inputs: Inputs::Resources,
    page: include_str!("shared_role.md"),
    check: Check::Unit(check),
};

/// The kind of principals that are services.
const SERVICE: &str = "Service";
const HELP: &str = "give each of them a role of its own, with the permissions that it needs";
/// How many pairs under conditions are kept.
const MOST_PAIRS: usize = 64;
/// From how many it is tried how many others there are at once with one.
const MOST_STARTS: usize = 16;
/// How many are compared with each other.
const MOST_COMPARED: usize = 256;

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (id, role) in model.roles.iter().filter(|(_, role)| role.form == RoleForm::Declared) {
        let named = declared("role", &model.roles, id, |role| (&role.declared, &role.name));
        let trusted = trust::trusted(role);
        let others = trusted.iter().filter(|trusted| !trust::is_itself(trusted, role));
        let parties: Vec<Party<'_>> = others.map(Party::of).collect();
        let running: Vec<Running<'_>> = running(model, id);
        if of_trust(judge, role, &named, &parties) || of_workloads(judge, model, role, &named, &running) {
            continue;
        }
        match open_end(role, &parties) {
            Some((unknown, span)) => {
                let message = format!("whether the {named} serves one workload only is not known");
                judge.undetermined(&role.declared, span, message, unknown);
            }
            None => judge.holds(),
        }
    }
}

/// Where a trust policy may name a service besides others, and why that is not known. Several who are no service share nothing.
fn open_end<'m>(role: &'m Role, parties: &[Party<'m>]) -> Option<(&'m Arc<Unknown>, Span)> {
    let ends = trust::open_ends(role);
    let has_service = parties.iter().any(|party| party.family.is_some())
        || ends.iter().any(|end| end.kind.is_none_or(|kind| kind == SERVICE));
    let mut open = parties.iter().filter(|_| parties.len() > 1);
    let open = open.find_map(|party| Some((party.undecided?, party.trusted.span)));
    open.or_else(|| ends.first().map(|end| (end.unknown, end.span))).filter(|_| has_service)
}

/// Someone who may assume a role.
struct Party<'m> {
    trusted: &'m Trusted<'m>,
    /// The family of the service; `None` for all that is no service.
    family: Option<String>,
    /// Why it is not known who it is, or whether it is trusted.
    undecided: Option<&'m Arc<Unknown>>,
}

impl<'m> Party<'m> {
    fn of(trusted: &'m Trusted<'m>) -> Self {
        let service = (trusted.kind == SERVICE).then(|| trust::service_of(trusted.element));
        let unknown = || trusted.element.text.holes().next().map(|hole| &hole.unknown);
        let undecided =
            trusted.undecided.as_ref().or_else(|| service.as_ref()?.is_none().then(unknown).flatten());
        let family = service.map(|service| {
            let service = service.unwrap_or_else(|| trusted.element.text.display());
            trust::family(&service).into_owned()
        });
        Self { trusted, family, undecided }
    }

    fn name(&self) -> String {
        let text = self.trusted.element.text.display();
        match self.family {
            Some(_) => format!("the service `{text}`"),
            None if self.trusted.kind == "Federated" => format!("the identity provider `{text}`"),
            None => format!("the principal `{text}`"),
        }
    }

    /// Whether the other is another service, or one of them is no service.
    fn shares_with(&self, other: &Self) -> bool {
        self.family != other.family
    }
}

/// Whether the trust policy names several services, or a service and others.
fn of_trust(judge: &mut Judge<'_>, role: &Role, named: &Named<'_>, parties: &[Party<'_>]) -> bool {
    let certain: Vec<&Party<'_>> = parties.iter().filter(|party| party.undecided.is_none()).collect();
    let pairs = pairs(&certain, |party| &party.trusted.guard, |one, other| one.shares_with(other));
    let Some((_, last)) = pairs.first().map(|(pair, _)| *pair) else { return false };
    let mut names: Vec<String> = Vec::new();
    for name in certain.iter().map(|party| party.name()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let message = format!("the {named} is assumed by {}", enumerated(&names));
    let guards: Vec<&Guard> = pairs.iter().map(|(_, guard)| guard).collect();
    let draft = judge.violated(&role.declared, last.trusted.span, message);
    draft.label("another one that assumes it").help(HELP).when_any(guards);
    for other in certain.iter().filter(|other| !std::ptr::eq(**other, last)) {
        let subject = Arc::clone(&role.declared.subject);
        draft.related(Related::new(
            subject,
            Some(other.trusted.span),
            format!("{} assumes it", other.name()),
        ));
    }
    true
}

/// A workload that runs with a role. Instances of one block are one workload, whether the block has `count` or `for_each` or a call of
/// its module.
struct Running<'m> {
    workload: &'m Workload,
    guard: &'m Guard,
    block: String,
}

fn running(model: &Model, id: Id<Role>) -> Vec<Running<'_>> {
    let mut found: Vec<Running<'_>> = Vec::new();
    for (workload, guard) in model.workloads_of_role(id) {
        let block = block(&workload.declared.subject);
        if !found.iter().any(|one| one.block == block) {
            found.push(Running { workload, guard, block });
        }
    }
    found
}

/// An address without the keys of instances: `module.web.aws_instance.app` for `module.web["a"].aws_instance.app[0]`.
fn block(subject: &str) -> String {
    let (mut block, mut is_key, mut is_quoted, mut is_escaped) = (String::new(), false, false, false);
    for letter in subject.chars() {
        match letter {
            '"' if is_key && !is_escaped => is_quoted = !is_quoted,
            '[' if !is_quoted => is_key = true,
            ']' if !is_quoted => is_key = false,
            _ if !is_key => block.push(letter),
            _ => {}
        }
        is_escaped = is_quoted && letter == '\\' && !is_escaped;
    }
    block
}

/// Whether several workloads run with the role.
fn of_workloads(
    judge: &mut Judge<'_>,
    model: &Model,
    role: &Role,
    named: &Named<'_>,
    running: &[Running<'_>],
) -> bool {
    let all: Vec<&Running<'_>> = running.iter().collect();
    let mut pairs = pairs(&all, |one| one.guard, |_, _| true);
    pairs.retain(|(_, guard)| model.conditions.is_possible(guard));
    if pairs.is_empty() {
        return false;
    }
    let are_together = |one: &Running<'_>, other: &Running<'_>| {
        let both = one.guard.and(other.guard);
        !std::ptr::eq(one, other) && both.is_some_and(|both| model.conditions.is_possible(&both))
    };
    let has_company =
        |one: &&Running<'_>| all.iter().take(MOST_COMPARED).any(|other| are_together(one, other));
    let company: Vec<&Running<'_>> = all.iter().copied().filter(has_company).collect();
    let name = |one: &Running<'_>| format!("the {} `{}`", one.workload.what, one.block);
    let names: Vec<String> = company.iter().map(|one| name(one)).collect();
    let most = most_at_once(model, &company);
    let at_once = if most < names.len() { " at once, at most, of" } else { ":" };
    let message = format!("the {named} serves {most} workloads{at_once} {}", enumerated(&names));
    let draft = judge.violated(&role.declared, role.declared.span, message);
    draft.label("shared by several workloads").help(HELP).when_any(pairs.iter().map(|(_, guard)| guard));
    for one in company {
        let declared = &one.workload.declared;
        let related = Related::new(
            Arc::clone(&declared.subject),
            Some(declared.span),
            format!("{} runs with it", name(one)),
        );
        draft.related(related);
    }
    true
}

/// How many of them are there at once in some deployment, as far as adding one to another tells.
fn most_at_once(model: &Model, all: &[&Running<'_>]) -> usize {
    let from = |first: usize| {
        let mut given = Guard::always();
        let mut count = 0;
        for one in all.iter().skip(first).chain(all.iter().take(first)).take(MOST_COMPARED) {
            let both = given.and(one.guard).filter(|both| model.conditions.is_possible(both));
            if let Some(both) = both {
                (given, count) = (both, count + 1);
            }
        }
        count
    };
    let starts = if all.iter().all(|one| one.guard.is_always()) { 1 } else { all.len().min(MOST_STARTS) };
    (0..starts).map(from).max().unwrap_or_default()
}

/// Two that are there at once, and when.
type Pair<'p, T> = ((&'p T, &'p T), Guard);

/// Those of them that are there at once and of which two together are too many.
fn pairs<'p, T>(
    all: &[&'p T],
    guard: impl Fn(&'p T) -> &'p Guard,
    is_too_many: impl Fn(&T, &T) -> bool,
) -> Vec<Pair<'p, T>> {
    let mut found = Vec::new();
    for (at, one) in all.iter().enumerate().take(MOST_COMPARED) {
        for other in all.iter().take(MOST_COMPARED).skip(at + 1).filter(|other| is_too_many(one, other)) {
            let Some(both) = guard(one).and(guard(other)) else { continue };
            // What is there in any case needs no other way to it.
            if both.is_always() {
                return vec![((*one, *other), both)];
            }
            if found.len() < MOST_PAIRS {
                found.push(((*one, *other), both));
            }
        }
    }
    found
}
