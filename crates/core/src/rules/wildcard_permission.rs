use std::sync::Arc;

use crate::model::{Declared, Granted, Guard};
use crate::policy::{Condition, Document, Element, Statement};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::{Part, Unknown};

pub(super) static RULE: Rule = Rule {
    name: "wildcard-permission",
    summary: "a policy allows more than anyone can have asked for",
    level: Level::Error,
    statements: &[StatementId("FG-P4")],
    inputs: Inputs::Resources,
    page: include_str!("wildcard_permission.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    for (_, policy) in model.policies.iter() {
        check_document(judge, &policy.declared, &policy.document, &Guard::always());
    }
    // A document that one resource writes into several principals is judged once.
    let mut seen: Vec<(&Arc<Declared>, Option<crate::source::Span>)> = Vec::new();
    for grant in &model.grants {
        let Granted::Inline { document, .. } = &grant.policy else { continue };
        let place = (&grant.declared, document.span);
        if document.span.is_some() && seen.iter().rev().take(64).any(|one| Arc::ptr_eq(one.0, place.0) && one.1 == place.1) {
            continue;
        }
        seen.push(place);
        check_document(judge, &grant.declared, document, &grant.guard);
    }
}

fn check_document(judge: &mut Judge<'_>, declared: &Arc<Declared>, document: &Document, guard: &Guard) {
    if let Some(unknown) = &document.open {
        let span = document.span.unwrap_or(declared.span);
        judge.undetermined(declared, span, "whether the policy allows too much is not known", unknown).when(guard);
    }
    for statement in &document.statements {
        if statement.is_allow() {
            check_statement(judge, declared, document, statement, guard);
        } else {
            judge.holds();
        }
    }
}

fn check_statement(
    judge: &mut Judge<'_>,
    declared: &Arc<Declared>,
    document: &Document,
    statement: &Statement,
    guard: &Guard,
) {
    if statement.conditions.iter().any(limits_the_resource) {
        judge.holds();
        return;
    }
    let wide = if statement.actions.except { Vec::new() } else { wide_actions(statement) };
    let not_resource = statement.resources.as_ref().filter(|resources| resources.except);
    let (message, span, help) = if statement.actions.except {
        let span = statement.actions.key.or(statement.span);
        let help = "name the actions that are needed in `Action`; use `NotAction` with Deny only";
        ("the policy allows every action but the ones in `NotAction`".to_owned(), span, help)
    } else if let Some((first, _)) = wide.first() {
        let names: Vec<String> = wide.iter().map(|(_, name)| name.clone()).collect();
        let help = "name the actions that are needed, with `Get*`, `List*` and the like at most";
        (format!("the policy allows {}", listed(&names)), first.span.or(statement.span), help)
    } else if let Some(not_resource) = not_resource {
        let span = not_resource.key.or(statement.span);
        let help = "name the resources that are needed in `Resource`; use `NotResource` with Deny only";
        ("the policy allows its actions on every resource but the ones in `NotResource`".to_owned(), span, help)
    } else {
        undecided_actions(judge, declared, statement, guard);
        return;
    };
    let span = span.or(document.span).unwrap_or(declared.span);
    let uncertain: Option<&Arc<Unknown>> = statement
        .undecided
        .as_ref()
        .or(statement.conditions_open.as_ref())
        .or_else(|| wide.iter().all(|(element, _)| element.undecided.is_some()).then(|| wide.first()?.0.undecided.as_ref()).flatten());
    let key = statement.sid.as_str().unwrap_or_default().into_owned();
    let draft = match uncertain {
        Some(unknown) => judge.undetermined(declared, span, format!("whether {message} is not known"), unknown),
        None => judge.violated(declared, span, message.clone()).help(help),
    };
    draft.when(guard).when(&statement.guard).key(format!("{key}\0{message}"));
    if let [(only, _)] = wide.as_slice() {
        draft.when(&only.guard);
    }
    for (element, name) in wide.iter().skip(1) {
        draft.related(Related::new(Arc::clone(&declared.subject), element.span, format!("and {name}")));
    }
}

/// Actions that may be wildcards, but of which too little is known.
fn undecided_actions(judge: &mut Judge<'_>, declared: &Arc<Declared>, statement: &Statement, guard: &Guard) {
    let unknown = statement.actions.open.as_ref().or_else(|| {
        let whole = |element: &&Element| matches!(element.text.parts(), [Part::Hole(_)]);
        let element = statement.actions.items.iter().find(whole)?;
        element.text.holes().next().map(|hole| &hole.unknown)
    });
    let Some(unknown) = unknown else {
        judge.holds();
        return;
    };
    let span = statement.actions.key.or(statement.span).unwrap_or(declared.span);
    judge
        .undetermined(declared, span, "whether the policy allows whole services is not known", unknown)
        .when(guard)
        .when(&statement.guard);
}

/// The actions that stand for everything or for a whole service, with what to call them.
fn wide_actions(statement: &Statement) -> Vec<(&Element, String)> {
    statement.actions.items.iter().filter_map(|element| Some((element, wide_name(element)?))).collect()
}

fn wide_name(element: &Element) -> Option<String> {
    let text = element.widest_pattern();
    let is_any = |name: &str| name.contains('*') && name.bytes().all(|byte| matches!(byte, b'*' | b'?'));
    match text.split_once(':') {
        // A text that is one hole says nothing; one that was written as a star says everything.
        None => (is_any(&text) && element.text.is_known()).then(|| "every action".to_owned()),
        Some((service, name)) => {
            let written = matches!(element.text.parts().last(), Some(Part::Literal { text, .. }) if text.ends_with('*'));
            let service = match element.text.is_known() {
                true if is_any(service) => return is_any(name).then(|| "every action".to_owned()),
                true => format!("`{service}`"),
                false => "a service".to_owned(),
            };
            (is_any(name) && written).then(|| format!("every action of {service}"))
        }
    }
}

/// Whether a condition limits the resource or the organisation whatever the request says.
fn limits_the_resource(condition: &Condition) -> bool {
    if condition.holds_without_key() {
        return false;
    }
    let key = condition.folded_key();
    const KEYS: [&str; 9] = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "dynamodb:leadingkeys",
        "s3:resourceaccount",
    ];
    KEYS.contains(&key.as_str()) || key.contains(":resourcetag/") || key.contains("resourcetag/")
}

/// "a", "a and b", "a, b and c".
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
