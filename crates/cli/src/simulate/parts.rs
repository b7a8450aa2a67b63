//! Requests with patterns: which part of them is decided how.

use iamrail::core::policy::{
    Decision, Element, Elements, Glob, Policies, Request, Statement, Target, decide,
};

use super::answer::Because;

/// How many of a list a message names.
const MOST_NAMED: usize = 3;

/// Actions of a pattern that are decided alike.
pub(super) struct Part {
    pub(super) decision: Decision,
    actions: Vec<String>,
}

/// The actions that the pattern of a request stands for today, by what becomes of them; none when it asks for one action.
pub(super) fn of(request: &Request, policies: Policies<'_, '_>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (action, one) in request.each() {
        let decision = decide(&one, policies).decision;
        match parts.iter_mut().find(|part| part.decision == decision) {
            Some(part) => part.actions.push(action.to_string()),
            None => parts.push(Part { decision, actions: vec![action.to_string()] }),
        }
    }
    parts
}

impl Part {
    pub(super) fn because(&self) -> Because {
        let message = format!("{}: {}", self.decision, named(self.actions.iter().map(String::as_str)));
        Because { message, actions: self.actions.clone(), ..Because::default() }
    }
}

/// What a statement has in common with a request that has a pattern, in the words of the statement: "`s3:GetObject` on
/// `arn:aws:s3:::secret/*`". `None` when the request has no pattern, or when AWS's pages leave open whether
/// they have anything in common.
pub(super) fn in_common(request: &Request, statement: &Statement) -> Option<String> {
    let actions = request.action.pattern().and_then(|name| {
        let asked = Glob::new(&format!("{}:", request.action.service()));
        let meets = |element: &Element| {
            let text = element.widest_pattern().to_ascii_lowercase();
            match text.split_once(':') {
                Some((service, one)) => {
                    Glob::new(&format!("{service}:")).meets(&asked) && Glob::new(one).meets(name)
                }
                None => Glob::new(&text).is_everything(),
            }
        };
        shown(&statement.actions, "action", &meets)
    });
    let resources = match (&request.target, &statement.resources) {
        (Target::Resources(asked), Some(resources)) => {
            let meets = |element: &Element| {
                let mine = Glob::new(&element.widest_pattern());
                mine.meets(asked)
                    && (mine.is_everything() || asked.is_everything() || mine.meets_in_parts(asked))
            };
            Some(shown(resources, "resource", &meets)?)
        }
        _ => None,
    };
    match (actions, resources) {
        (Some(actions), Some(resources)) => Some(format!("{actions} on {resources}")),
        (one, other) => one.or(other),
    }
}

/// The elements that meet a request, or those that `Not...` takes out of it; `None` when it may be that none does.
fn shown(elements: &Elements, what: &str, meets: &dyn Fn(&Element) -> bool) -> Option<String> {
    let met = elements.items.iter().filter(|element| meets(element));
    let met: Vec<String> = met.map(|element| element.text.display().to_string()).collect();
    let named = named(met.iter().map(String::as_str));
    match (elements.except, met.is_empty()) {
        (false, true) => None,
        (false, false) => Some(named),
        (true, true) => Some(format!("every {what}")),
        (true, false) => Some(format!("every {what} but {named}")),
    }
}

/// "`s3:GetObject`, `s3:PutObject` and 4 more".
fn named<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MOST_NAMED);
    let shown: Vec<String> = names.take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
