use std::sync::Arc;

use crate::analysis::aws_managed;
use crate::analysis::documents::{Given, granting, trusting};
use crate::analysis::misnamed;
use crate::analysis::sharers::Sharers;
use crate::collections::IndexMap;
use crate::model::{Grant, Granted, Guard, Link, Model, Reference};
use crate::policy::faults::{Consequence, Fault, of_document, of_statement};
use crate::policy::{Answer, Statement};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "invalid-policy",
    summary: "a policy document that AWS refuses or that cannot mean what it says",
    level: Level::Error,
    statements: &[StatementId("FG-P4")],
    inputs: Inputs::Resources,
    page: include_str!("invalid_policy.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let documents: Vec<Given<'_>> = granting(model).into_iter().chain(trusting(model)).collect();
    // A document that several resources use is wrong once.
    let mut found: IndexMap<(Option<Span>, String, String), Found<'_>> = IndexMap::default();
    for given in &documents {
        let faults = faults(model, given);
        if faults.is_empty() && given.document.size > 0 {
            judge.holds();
        }
        for located in faults {
            let place = match located.fault.span {
                Some(_) => String::new(),
                None => given.declared.subject.to_string(),
            };
            let when = located.ways.iter().map(Guard::to_string).collect::<Vec<_>>().join("\0");
            let key = (located.fault.span, located.fault.message.clone(), format!("{place}\0{when}"));
            let found = found.entry(key).or_insert_with(|| Found { given, located, users: Vec::new() });
            found.users.push(given);
        }
    }
    found.values().for_each(|found| report(judge, found));
    for one in misnamed::of(model) {
        let message = format!("AWS refuses `{}`: {}", one.declared.subject, one.message);
        let draft = judge.violated(one.declared, one.span, message);
        draft.label("AWS refuses this").help(one.help).when(one.guard).key(one.message);
    }
    for (grants, limit) in too_large(model) {
        report_total(judge, &grants, limit);
    }
    unlisted(judge, model);
}

/// The policies of AWS that are attached and that AWS has not, as far as the catalogue tells; each place once.
fn unlisted(judge: &mut Judge<'_>, model: &Model) {
    let mut found: IndexMap<(Span, &str), Vec<&Grant>> = IndexMap::default();
    for grant in &model.grants {
        if let Granted::Managed(Reference { link: Link::Named(arn), .. }) = &grant.policy
            && aws_managed::unlisted(arn).is_some()
        {
            found.entry((grant.span, arn)).or_default().push(grant);
        }
    }
    for ((span, arn), grants) in &found {
        let (Some(unknown), Some(first)) = (aws_managed::unlisted(arn), grants.first()) else { continue };
        let message = format!("whether the attached policy `{arn}` exists is not known");
        let draft = judge.undetermined(&first.declared, *span, message, &unknown);
        draft.when_any(grants.iter().map(|grant| &grant.guard)).key(*arn).stands_for(grants.len());
    }
}

/// A fault with the conditions under which it is there, each guard one of several ways to it.
struct Located {
    fault: Fault,
    ways: Vec<Guard>,
}

/// A fault of a document.
struct Found<'m> {
    given: &'m Given<'m>,
    located: Located,
    /// All that have the document, the first one included.
    users: Vec<&'m Given<'m>>,
}

/// The faults of a document.
fn faults(model: &Model, given: &Given<'_>) -> Vec<Located> {
    let variables = given.document.has_variables();
    let whole = of_document(given.document, given.kind).into_iter();
    let mut found: Vec<Located> =
        whole.map(|fault| Located { ways: vec![fault.guard.clone()], fault }).collect();
    for statement in &given.document.statements {
        found.extend(of_deployments(model, given, statement, &variables));
    }
    found
}

fn of_deployments(
    model: &Model,
    given: &Given<'_>,
    statement: &Statement,
    variables: &Answer,
) -> Vec<Located> {
    if statement.guard.is_always() && statement.guards().next().is_none() {
        let faults = of_statement(statement, given.kind, variables).into_iter();
        return faults.map(|fault| Located { fault, ways: vec![Guard::always()] }).collect();
    }
    let Some(assumed) = given.declared.guard.and(&statement.guard) else { return Vec::new() };
    let cases = model.conditions.cases(&assumed, statement.guards(), |deployment| {
        let statement = statement.deployed(deployment, None);
        statement.map_or_else(Vec::new, |statement| of_statement(&statement, given.kind, variables))
    });
    let mut found: Vec<Located> = Vec::new();
    for case in &cases {
        let ways = || case.guards.iter().filter_map(|guard| statement.guard.and(guard));
        for fault in &case.outcome {
            match found.iter_mut().find(|known| known.fault == *fault) {
                Some(known) => known.ways.extend(ways()),
                None => found.push(Located { fault: fault.clone(), ways: ways().collect() }),
            }
        }
    }
    found
}

fn report(judge: &mut Judge<'_>, found: &Found<'_>) {
    let Found { given, located: Located { fault, ways }, users } = found;
    let span = fault.span.unwrap_or(given.declared.span);
    let sharers = Sharers::of(users.iter().map(|user| user.declared));
    let what = &given.what;
    let draft = match (&fault.undecided, fault.consequence) {
        (Some(unknown), _) => {
            let message = format!("whether {what} is valid is not known, as {}", fault.message);
            judge.undetermined(given.declared, span, message, unknown)
        }
        (None, Consequence::Refused) => {
            let message = format!("AWS refuses {what}: {}", fault.message);
            judge.violated(given.declared, span, message).label("AWS refuses this").help(&fault.help)
        }
        (None, Consequence::Void) => {
            let message = format!("{what} cannot mean what it says: {}", fault.message);
            judge.violated(given.declared, span, message).label("has no effect").help(&fault.help)
        }
        (None, Consequence::Dated) => {
            let message = format!("{what} is out of date: {}", fault.message);
            let draft = judge.violated(given.declared, span, message).at_most(Level::Note);
            draft.label("not in use today").help(&fault.help)
        }
    };
    draft.when_any(ways).when_any(given.guards.iter().copied()).key(&fault.message);
    if let Some((span, message)) = &fault.related {
        draft.related(Related::new(Arc::clone(&given.declared.subject), *span, message.clone()));
    }
    draft.stands_for(users.len());
    sharers.relate(draft, |_| "has the same document".to_owned());
}

/// A limit of all inline policies of a principal together.
#[derive(Clone, Copy)]
struct Limit {
    of: &'static str,
    most: usize,
    shown: &'static str,
}

const OF_USERS: Limit = Limit { of: "a user", most: 2_048, shown: "2,048" };
const OF_GROUPS: Limit = Limit { of: "a group", most: 5_120, shown: "5,120" };
const OF_ROLES: Limit = Limit { of: "a role", most: 10_240, shown: "10,240" };

/// The inline policies of principals that surely have more characters together than AWS allows.
fn too_large(model: &Model) -> Vec<(Vec<&Grant>, Limit)> {
    let users = model
        .users
        .iter()
        .map(|(id, user)| (&user.declared.guard, model.grants_of_user(id).collect::<Vec<_>>(), OF_USERS));
    let groups = model
        .groups
        .iter()
        .map(|(id, group)| (&group.declared.guard, model.grants_of_group(id).collect(), OF_GROUPS));
    let roles = model
        .roles
        .iter()
        .map(|(id, role)| (&role.declared.guard, model.grants_of_role(id).collect(), OF_ROLES));
    let all = users.chain(groups).chain(roles).map(|(guard, mut grants, limit)| {
        // What is there whenever the principal is.
        grants
            .retain(|grant| grant.undecided.is_none() && (grant.guard.is_always() || grant.guard == *guard));
        grants.sort_by_key(|grant| std::cmp::Reverse(size(grant)));
        (grants, limit)
    });
    all.filter(|(grants, limit)| total(grants) > limit.most).collect()
}

fn size(grant: &Grant) -> usize {
    match &grant.policy {
        Granted::Inline { document, .. } => document.size,
        Granted::InlineNamed(_) | Granted::Managed(_) => 0,
    }
}

fn total(grants: &[&Grant]) -> usize {
    grants.iter().map(|grant| size(grant)).sum()
}

fn report_total(judge: &mut Judge<'_>, grants: &[&Grant], limit: Limit) {
    let Some((largest, others)) = grants.split_first() else { return };
    let message = format!(
        "AWS refuses the inline policies of `{}`: they have {} characters without white space together, and those of {} may have {}",
        largest.declared.subject,
        total(grants),
        limit.of,
        limit.shown
    );
    let draft = judge.violated(&largest.declared, largest.span, message);
    draft
        .label("the largest of them")
        .help("move statements to a customer-managed policy")
        .when(&largest.guard);
    for other in others.iter().filter(|other| size(other) > 0) {
        let message = format!("{} characters more", size(other));
        draft.related(Related::new(Arc::clone(&other.declared.subject), Some(other.span), message));
    }
}
