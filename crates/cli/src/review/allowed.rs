//! What someone may do, in few words.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamrail::core::analysis::holding::Holder;
use iamrail::core::model::Declared;

use super::page::Cell;
use super::subject::Subject;
use crate::output::{Line, Tone};
use crate::show::permissions::{PermissionEntry, of};

/// How many permissions are told of one list, how many actions and resources of one permission, and how many deployments.
const MOST_PERMISSIONS: usize = 6;
const MOST_ACTIONS: usize = 8;
/// How many actions are examples of those that are too many to be told, and how many policies are named that allow them.
const EXAMPLES: usize = 3;
const MOST_RESOURCES: usize = 3;
const MOST_DEPLOYMENTS: usize = 3;

/// What a principal may do; `kind` is `user`, `group` or `role`.
pub(super) fn of_holder(
    subject: &Subject<'_>,
    kind: &'static str,
    holder: Holder,
    declared: &Arc<Declared>,
) -> Cell {
    let deployments = of(subject.scene, subject.model, kind, holder, declared);
    let mut cell = Cell::new();
    for deployment in deployments.iter().take(MOST_DEPLOYMENTS) {
        // The name tells when the principal is there; what it may do then goes without saying.
        let own = declared.guard.to_string();
        let when: Vec<String> = deployment.when.iter().filter(|when| **when != own).cloned().collect();
        if !when.is_empty() {
            cell.push(Line::prose("when ").and_codes(&when, MOST_DEPLOYMENTS).and_prose(":"));
        }
        let lists = [
            (Line::default(), &deployment.allow),
            (Line::prose("never: "), &deployment.deny),
            (Line::mark(Tone::Open, "perhaps").and_prose(" "), &deployment.undetermined),
        ];
        for (lead, list) in lists {
            cell.extend(
                list.iter().take(MOST_PERMISSIONS).map(|one| lead.clone().and(permission(subject, one))),
            );
            if let more @ 1.. = list.len().saturating_sub(MOST_PERMISSIONS) {
                cell.push(lead.and_prose(format!("and {more} more")));
            }
        }
        if deployment.allow.is_empty() && deployment.undetermined.is_empty() {
            cell.push(Line::prose("nothing"));
        }
    }
    if let more @ 1.. = deployments.len().saturating_sub(MOST_DEPLOYMENTS) {
        cell.push(Line::prose(format!("and otherwise in {more} more deployments")));
    }
    cell
}

fn permission(subject: &Subject<'_>, one: &PermissionEntry) -> Line {
    let mut line = match one.effect {
        Some("Deny") => Line::prose("not "),
        _ => Line::default(),
    };
    line = match one.actions.as_slice() {
        [all] if all == "*" => line.and(Line::mark(Tone::Plain, "every action")),
        actions if actions.len() > MOST_ACTIONS => many(subject, line, one),
        actions => line.and_codes(actions, MOST_ACTIONS),
    };
    if !one.not_actions.is_empty() {
        line = line.and_prose(" except ").and_codes(&one.not_actions, MOST_ACTIONS);
    }
    match one.resources.as_slice() {
        [all] if all == "*" => line = line.and_prose(" on everything"),
        [] => {}
        resources => line = line.and_prose(" on ").and_codes(resources, MOST_RESOURCES),
    }
    if !one.not_resources.is_empty() {
        line = line.and_prose(" on everything except ").and_codes(&one.not_resources, MOST_RESOURCES);
    }
    for (at, condition) in one.conditions.iter().enumerate() {
        line = line.and_prose(if at == 0 { ", if " } else { " and " });
        line = line.and_code(condition.key.clone()).and_prose(" ").and_code(condition.operator.clone());
        line = line.and_prose(" ").and_codes(&condition.values, MOST_RESOURCES);
    }
    match &one.because {
        Some(because) => line.and_prose(": ").and(subject.message(because)),
        None => line,
    }
}

/// Actions that are too many to be told, by the policies that speak of them.
fn many(subject: &Subject<'_>, line: Line, one: &PermissionEntry) -> Line {
    let services: BTreeSet<&str> =
        one.actions.iter().map(|action| action.split(':').next().unwrap_or_default()).collect();
    let services = match services.len() {
        1 => "one service".to_owned(),
        more => format!("{more} services"),
    };
    let mut line = line.and_prose(format!("actions of {services}, by "));
    for (at, policy) in one.by.iter().take(EXAMPLES).enumerate() {
        line = if at > 0 { line.and_prose(" and ") } else { line };
        line = line.and(subject.message(policy));
    }
    if let more @ 1.. = one.by.len().saturating_sub(EXAMPLES) {
        line = line.and_prose(format!(" and {more} more"));
    }
    line.and_prose(" (").and_codes(&one.actions, EXAMPLES).and_prose(")")
}
