use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::administrators::Strength;
use crate::analysis::approval::{Approval, approval};
use crate::analysis::escalation::paths::Gain;
use crate::analysis::escalation::{Doubt, Escalation, Step};
use crate::analysis::holding::Holder;
use crate::analysis::principal::{Named, named};
use crate::collections::HashMap;
use crate::model::{Declared, Guard, Principal};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::source::Span;
use crate::value::{Reason, Unknown};

pub(super) static RULE: Rule = Rule {
    name: "privilege-escalation",
    summary: "someone can make itself an administrator",
    level: Level::Error,
    statements: &[StatementId("FG-M5")],
    inputs: Inputs::Resources,
    page: include_str!("privilege_escalation.md"),
    check: Check::Unit(check),
};

/// What one policy opens, and for whom.
struct Cause<'a> {
    declared: &'a Arc<Declared>,
    span: Span,
    /// The principals, each with its ways, the simplest first.
    principals: Vec<(Principal, Vec<&'a Escalation<'a>>)>,
}

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let approved = &context.options.administrators;
    let model = context.model;
    let causes = causes(context);
    let holders = context.escalations().iter().map(|one| one.holder).collect::<BTreeSet<_>>();
    let found = holders.len() + context.escalations().unfinished().len();
    unfinished(context, judge);
    (found..model.users.len() + model.groups.len() + model.roles.len()).for_each(|_| judge.holds());
    for cause in causes {
        let refused: Vec<_> = cause
            .principals
            .iter()
            .filter(|(principal, _)| !matches!(approval(context.model, approved, principal), Approval::Yes))
            .collect();
        match refused.first() {
            Some((principal, ways)) => report(context, judge, &cause, principal, ways, &refused),
            None => judge.holds(),
        }
    }
}

/// Of whom it is not known whether they have a way, because there are too many to be tried.
fn unfinished(context: &Context<'_>, judge: &mut Judge<'_>) {
    let approved = &context.options.administrators;
    let holders = context.escalations().unfinished().iter().copied().map(Principal::from);
    let refused: Vec<Principal> = holders
        .filter(|principal| !matches!(approval(context.model, approved, principal), Approval::Yes))
        .collect();
    let Some(first) = refused.first().map(|first| named(context.model, first)) else { return };
    let Some(declared) = first.declared else { return };
    let (who, itself) = match refused.len() {
        1 => (format!("the {first}"), "itself an administrator"),
        more => (format!("the {first} and {} more", more - 1), "themselves administrators"),
    };
    let message = format!("whether {who} can make {itself} is not known");
    let unknown = Unknown::new(Reason::Budget, "what they may do to all others");
    judge.undetermined(declared, declared.span, message, &unknown).key("unfinished");
}

/// The policies that open a way, in the order of the input.
fn causes<'a>(context: &Context<'a>) -> Vec<Cause<'a>> {
    let mut causes: Vec<Cause<'a>> = Vec::new();
    let mut known: HashMap<(&'a str, Span, bool, String), usize> = HashMap::default();
    for ways in together(context) {
        let Some((first, (declared, span))) = ways.first().and_then(|first| Some((*first, granted(first)?)))
        else {
            continue;
        };
        // What is told of several principals at once holds under the same conditions for all.
        let when = first.guards.iter().map(ToString::to_string).collect::<Vec<_>>().join("\0");
        let key = (declared.subject.as_ref(), span, first.doubt.is_none(), when);
        let place = *known.entry(key).or_insert_with(|| {
            causes.push(Cause { declared, span, principals: Vec::new() });
            causes.len() - 1
        });
        if let Some(cause) = causes.get_mut(place) {
            cause.principals.push((Principal::from(first.holder), ways));
        }
    }
    causes
}

/// The ways that are told together: those of one principal with the first of them, and again with each that is open under conditions
/// under which those before it are not.
fn together<'a>(context: &Context<'a>) -> Vec<Vec<&'a Escalation<'a>>> {
    let mut told: Vec<Vec<&'a Escalation<'a>>> = Vec::new();
    for escalation in context.escalations().iter() {
        let of_holder = |ways: &&mut Vec<&Escalation<'_>>| {
            ways.first().is_some_and(|first| first.holder == escalation.holder)
        };
        let tells = |ways: &&mut Vec<&Escalation<'_>>| {
            ways.first().is_some_and(|first| is_told_with(escalation, first))
        };
        match told.iter_mut().rev().take_while(of_holder).find(tells) {
            Some(ways) => ways.push(escalation),
            None if granted(escalation).is_some() => told.push(vec![escalation]),
            None => {}
        }
    }
    told
}

/// Whether a way is open in no deployment in which another one is not.
fn is_told_with(way: &Escalation<'_>, other: &Escalation<'_>) -> bool {
    let implies =
        |guard: &Guard, other: &Guard| other.terms().iter().all(|term| guard.terms().contains(term));
    way.doubt.is_none() == other.doubt.is_none()
        && way.guards.iter().all(|guard| other.guards.iter().any(|other| implies(guard, other)))
}

/// The first policy that allows a step, and where.
fn granted<'a>(escalation: &'a Escalation<'a>) -> Option<(&'a Arc<Declared>, Span)> {
    let step = escalation.steps.iter().find(|step| step.declared.is_some())?;
    let declared = step.declared?;
    Some((declared, step.span.unwrap_or(declared.span)))
}

fn report(
    context: &Context<'_>,
    judge: &mut Judge<'_>,
    cause: &Cause<'_>,
    principal: &Principal,
    ways: &[&Escalation<'_>],
    refused: &[&(Principal, Vec<&Escalation<'_>>)],
) {
    let Some(first) = ways.first() else { return };
    let model = context.model;
    let principal = named(model, principal);
    let (who, itself) = match (principal.kind, refused.len()) {
        ("group", 1) => (format!("a member of the {principal}"), "itself an administrator"),
        (_, 1) => (format!("the {principal}"), "itself an administrator"),
        (_, more) => (format!("the {principal} and {} more", more - 1), "themselves administrators"),
    };
    let does = format!("{} ({})", actions(first), first.path.id);
    let draft = match &first.doubt {
        None => {
            let message = format!("{who} can make {itself}: {does}");
            judge.violated(cause.declared, cause.span, message).help(help(first, &principal))
        }
        Some(doubt) => {
            let unknown = match doubt {
                Doubt::Unknown(unknown) => Arc::clone(unknown),
                Doubt::Missing(what) => Arc::new(Unknown::new(Reason::Runtime, *what)),
            };
            let message = format!("whether {who} can make {itself} by {does} is not known");
            judge.undetermined(cause.declared, cause.span, message, &unknown)
        }
    };
    draft.when_any(&first.guards).key(format!("{}\0{}", first.path.id, principal.name));
    if first.doubt.is_none() {
        draft.label("allows the first step");
    }
    for (at, step) in first.steps.iter().enumerate() {
        let subject = step.declared.map_or(&cause.declared.subject, |declared| &declared.subject);
        draft.related(Related::new(Arc::clone(subject), step.span, told(at, step)));
    }
    if let Some(target) = first.reaches {
        draft.related(reached(context, target));
    }
    let mut others: Vec<&str> = ways.iter().skip(1).map(|way| way.path.id).collect();
    others.dedup();
    if !others.is_empty() {
        let message = format!("has other ways as well: {}", others.join(", "));
        draft.related(Related::new(principal.to_string(), None, message));
    }
    for (other, _) in refused.iter().skip(1) {
        let other = named(model, other);
        let subject = other
            .declared
            .map_or_else(|| Arc::from(other.to_string()), |declared| Arc::clone(&declared.subject));
        let span = other.declared.map(|declared| declared.span);
        draft.related(Related::new(subject, span, format!("the {other} can do the same")));
    }
}

/// The actions of a way, with what they work on.
fn actions(way: &Escalation<'_>) -> String {
    let step = |step: &Step<'_>| match &step.on {
        Some(on) if on == "itself" => format!("`{}` on itself", step.action),
        Some(on) => format!("`{}` on `{on}`", step.action),
        None => format!("`{}`", step.action),
    };
    way.steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

fn told(at: usize, step: &Step<'_>) -> String {
    let by = if step.policy.is_empty() {
        "nothing denies it".to_owned()
    } else {
        format!("allowed by {}", step.policy)
    };
    format!("step {}: `{}`, {by}", at + 1, step.action)
}

/// Whose power is reached.
fn reached(context: &Context<'_>, holder: Holder) -> Related {
    let principal = Principal::from(holder);
    let named = named(context.model, &principal);
    let (subject, span) = match named.declared {
        Some(declared) => (Arc::clone(&declared.subject), Some(declared.span)),
        None => (Arc::from(named.to_string()), None),
    };
    let message = match context.administrators().get(holder).map(|one| &one.strength) {
        Some(Strength::Direct { how, .. }) => format!("the {named} is an administrator: its policy {how}"),
        Some(Strength::Via(next)) => {
            format!("the {named} gets further by {} ({})", actions(next), next.path.id)
        }
        _ => format!("the {named} is an administrator"),
    };
    Related::new(subject, span, message)
}

fn help(way: &Escalation<'_>, principal: &Named<'_>) -> String {
    let first = way.steps.first().map_or("it", |step| step.action);
    let mend = match way.path.gain {
        Gain::PassedRole => format!("limit `{first}` to roles that may do no more than who passes them"),
        Gain::WithoutDeny => "put the Deny where who it is meant for cannot remove it".to_owned(),
        _ => format!("take `{first}` away, or limit it to resources that give no more rights"),
    };
    format!(
        "{mend}; or approve `{}` under `administrators.approved.{}s` in iamrail.yaml",
        principal.approvable(),
        principal.kind
    )
}
