use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::mfa::{Flaw, Flawed};
use crate::analysis::principal::named;
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "ineffective-mfa-guard",
    summary: "a statement is meant to demand multi-factor authentication and does not",
    level: Level::Error,
    statements: &[StatementId("UB-5.1"), StatementId("UB-5.2"), StatementId("FG-S1")],
    inputs: Inputs::Resources,
    page: include_str!("ineffective_mfa_guard.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    (0..context.mfa_flaws().sound).for_each(|_| judge.holds());
    for flawed in context.mfa_flaws().iter() {
        report(context, judge, flawed);
    }
}

fn report(context: &Context<'_>, judge: &mut Judge<'_>, flawed: &Flawed<'_>) {
    let Flawed { declared, statement, flaw, grants } = flawed;
    let which = match statement.sid.as_str().filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("the statement `{sid}`"),
        None if statement.is_deny() => "the Deny".to_owned(),
        None => "the Allow".to_owned(),
    };
    let verb = match flaw {
        Flaw::Tolerated(_) => "demands MFA for less than it could",
        Flaw::Role(holds) if *holds == statement.is_allow() => "demands no MFA",
        Flaw::Role(true) => "stops every session",
        Flaw::Role(false) => "allows no session anything",
        _ => "does not enforce MFA",
    };
    let condition = statement.conditions.iter().find(|one| one.folded_key().contains("multifactor"));
    let place = match flaw {
        Flaw::Conditions(fault) => fault.condition(statement).and_then(|condition| condition.key_span),
        Flaw::Exceptions(_) | Flaw::Tolerated(_) | Flaw::Actions(_) => statement.actions.key,
        Flaw::Resources | Flaw::Variables => statement.resources.as_ref().and_then(|resources| resources.key),
        Flaw::Circumstances(key) => {
            statement.conditions.iter().find(|one| one.key == *key).and_then(|one| one.key_span)
        }
        Flaw::Role(_) => condition.and_then(|condition| condition.key_span),
    };
    let span = place.or(statement.span).unwrap_or(declared.span);
    let level = match flaw {
        Flaw::Tolerated(actions) if actions.iter().all(|action| is_harmless(action)) => Level::Note,
        Flaw::Tolerated(_) => Level::Warning,
        Flaw::Role(holds) if *holds != statement.is_allow() => Level::Warning,
        _ => Level::Error,
    };
    let draft = judge.violated(*declared, span, format!("{which} {verb}: {}", why(flawed)));
    draft.at_most(level).when(&statement.guard).help(help(flawed)).key(which);
    let mut told = BTreeSet::new();
    for grant in grants {
        let named = named(context.model, &grant.principal);
        let subject = named.declared.map_or(&grant.declared.subject, |declared| &declared.subject);
        if *subject != declared.subject && told.insert(Arc::clone(subject)) {
            let span = named.declared.map_or(grant.span, |declared| declared.span);
            draft.related(Related::new(Arc::clone(subject), Some(span), format!("the {named} has it")));
        }
    }
}

fn why(Flawed { statement, flaw, .. }: &Flawed<'_>) -> String {
    match flaw {
        Flaw::Conditions(fault) => fault.explained(statement).to_string(),
        Flaw::Exceptions(actions) => {
            format!("it leaves {} open, with which whoever has no MFA gets past it", some_of(actions))
        }
        Flaw::Tolerated(actions) => {
            format!("it leaves {} open, which enrolling a device does not take", some_of(actions))
        }
        Flaw::Circumstances(key) => {
            format!("it depends on `{key}` as well, and passes over all other requests")
        }
        Flaw::Resources => "it does not cover every resource, as its actions are meant to".to_owned(),
        Flaw::Actions(action) => format!("IAM understands no action in `{action}`"),
        Flaw::Variables => "its variables are plain text before version `2012-10-17`".to_owned(),
        Flaw::Role(_) => "the sessions of a role do not tell whether it was assumed with MFA".to_owned(),
    }
}

/// Whether all that an action does is to throw away devices that nobody uses.
fn is_harmless(action: &str) -> bool {
    action.eq_ignore_ascii_case("iam:DeleteVirtualMFADevice")
}

/// The first few of a list of actions.
fn some_of(actions: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = actions.iter().take(SHOWN).map(|action| format!("`{action}`")).collect();
    match actions.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

fn help(Flawed { statement, flaw, .. }: &Flawed<'_>) -> String {
    match flaw {
        Flaw::Conditions(_) if statement.is_deny() => {
            "write `BoolIfExists` with `aws:MultiFactorAuthPresent` `false`, and no other condition on MFA".to_owned()
        }
        Flaw::Conditions(_) => {
            "write `Bool` with `aws:MultiFactorAuthPresent` `true`, and no other condition on MFA".to_owned()
        }
        Flaw::Exceptions(_) => {
            "leave open only what enrolling a device takes: `iam:CreateVirtualMFADevice`, `iam:EnableMFADevice`, \
             `iam:ResyncMFADevice`, `iam:ListMFADevices`, `iam:ListVirtualMFADevices`, `iam:GetUser`, `sts:GetSessionToken`"
                .to_owned()
        }
        Flaw::Tolerated(actions) => format!("take {} from the exceptions", some_of(actions)),
        Flaw::Circumstances(key) => format!("take the condition on `{key}` out, or put it in a statement of its own"),
        Flaw::Resources => "let it deny on `*`".to_owned(),
        Flaw::Actions(_) => "write `*`, or the actions as `service:Name`".to_owned(),
        Flaw::Variables => "give the policy the version `2012-10-17`".to_owned(),
        Flaw::Role(_) => "demand MFA in the trust policy of the role, and take it out here".to_owned(),
    }
}
