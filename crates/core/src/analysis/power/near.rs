//! Power that is near to administration.

use std::sync::Arc;

use super::handed::Handed;
use crate::analysis::actions::{Actions, Reading};
use crate::analysis::administration::Circumstances;
use crate::analysis::aws_managed::Power;
use crate::analysis::bearer::Bearer;
use crate::policy::{Answer, Document, Elements, Statement};
use crate::source::Span;
use crate::value::Reason;

/// The actions of one service that are near to administration together.
struct Near {
    service: &'static str,
    /// All of them, as a pattern.
    all: &'static str,
    how: &'static str,
    /// The same when a Deny takes some away.
    less: &'static str,
}

const NEAR: [Near; 3] = [
    Near {
        service: "iam",
        all: "iam:*",
        how: "allows every action of IAM",
        less: "allows every action of IAM but those that a Deny takes away",
    },
    Near {
        service: "organizations",
        all: "organizations:*",
        how: "allows every action of Organizations",
        less: "allows every action of Organizations but those that a Deny takes away",
    },
    Near {
        service: "kms",
        all: "kms:*",
        how: "allows every action of KMS, key policies included",
        less: "allows every action of KMS but those that a Deny takes away",
    },
];

/// Whether a statement may hand out power that is near to administration, or take it away.
pub(super) fn may_be_near(statement: &Statement) -> bool {
    let may_cover = |near: &Near| statement.actions.covered_by(near.all, true).0 != Answer::No;
    statement.is_deny() || statement.actions.except || NEAR.iter().any(may_cover)
}

/// Power that is near to administration: everything but some services, all of Organizations, all of KMS.
pub(super) fn near_administration(document: &Document, bearer: &Bearer) -> Option<Handed> {
    Circumstances::all(bearer, &[document]).iter().find_map(|circumstances| {
        let mut denied = None;
        document.statements.iter().find_map(|statement| {
            let undecided = statement.undecided.as_ref();
            let is_conditional = undecided.is_some_and(|unknown| unknown.reason == Reason::Budget);
            let is_plain = statement.is_allow()
                && (undecided.is_none() || is_conditional)
                && is_everywhere(statement)
                && circumstances.allow(document, statement, None) == Answer::Yes
                && statement.conditions_open.is_none();
            if !is_plain || !may_be_near(statement) {
                return None;
            }
            let denied = denied.get_or_insert_with(|| denied_everywhere(document, circumstances));
            let (how, span) = near(statement, denied)?;
            // Whether a statement is there that depends on too many conditions is not known.
            let power = undecided.map_or(Ok(Power::NearAdministration), |unknown| Err(Arc::clone(unknown)));
            Some(Handed { how: if power.is_ok() { how } else { "" }, power, span })
        })
    })
}

/// How what a statement allows is near to administration when some actions are denied, and where it says so.
fn near(statement: &Statement, denied: &Actions) -> Option<(&'static str, Option<Span>)> {
    let mut left = Actions::of(&statement.actions, Reading::Sure);
    left.remove(denied);
    if left.is_open && statement.actions.except {
        return Some(("allows everything but the actions that it names", statement.actions.key));
    }
    if left.is_open {
        let (_, element) = statement.actions.covered_by("*", true);
        let how = "allows every action but those that a Deny takes away";
        return Some((how, element.and_then(|element| element.span)));
    }
    NEAR.iter().find_map(|Near { service, all, how, less }| {
        let facts = iamrail_catalog::service(service)?;
        let (covered, element) = statement.actions.covered_by(all, true);
        let is_whole = match statement.actions.except {
            true => Actions::of(&statement.actions, Reading::Sure).listed.has_service(facts),
            false => covered == Answer::Yes,
        };
        // Who cannot change who may use a key has no power over KMS, and who can change nothing has none at all.
        let is_power = |action: &&'static iamrail_catalog::Action| match *service {
            "kms" => action.access().is_permissions_management(),
            _ => !(action.access().is_list() || action.access().is_read()),
        };
        let mut powers = facts.actions().iter().filter(is_power);
        if !is_whole || !powers.any(|action| left.listed.contains(action)) {
            return None;
        }
        let how = if left.listed.has_service(facts) { how } else { less };
        let key = statement.actions.key.filter(|_| statement.actions.except);
        Some((*how, key.or_else(|| element.and_then(|element| element.span))))
    })
}

/// The actions that are denied on everything, whatever the circumstances that the caller chooses.
fn denied_everywhere(document: &Document, circumstances: &Circumstances) -> Actions {
    let mut denied = Actions::default();
    for statement in document.statements.iter().filter(|statement| statement.is_deny()) {
        let is_certain = statement.undecided.is_none() && statement.conditions_open.is_none();
        if is_certain
            && is_everywhere(statement)
            && circumstances.deny(document, statement, None) == Answer::Yes
        {
            denied.extend(&Actions::of(&statement.actions, Reading::Sure));
        }
    }
    denied
}

/// Whether a statement is about every resource.
fn is_everywhere(statement: &Statement) -> bool {
    let covers =
        |resources: &Elements| !resources.except && resources.covered_by("*", false).0 == Answer::Yes;
    statement.resources.as_ref().is_some_and(covers)
}
